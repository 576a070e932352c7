"""The responsible person's code: set, changed, removed, tried in vain; nowhere in clear."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from uuid import UUID

import pytest

from merchant_app.errors import Bug, Problem, ProblemKind
from merchant_app.ids import EpochId, TillId
from merchant_app.journal.events import Event, EventKind
from merchant_app.journal.owner import JournalOwner
from merchant_app.settings.secrets import SecretName, SessionSecrets
from merchant_app.till import pin_hash
from merchant_app.till.pin_desk import PinGone, PinKept, PinRefused, is_pin
from merchant_app.till.pins import For, Pins
from tests.fakes.clock import FakeClock


class Place:
    """A computer: its keyring and its journal outlive the program."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.clock = FakeClock()
        self.secrets = SessionSecrets()
        self.start()
        self.journal.run(
            lambda journal: journal.begin_epoch(
                EpochId(UUID(int=1)), till_id=TillId(UUID(int=2)), generation=0
            )
        )

    def start(self, cashier: str = "Claire") -> None:
        self.journal = JournalOwner(self.path, self.clock)
        self.pins = Pins(
            self.secrets,
            self.journal,
            self.clock,
            cashier=cashier,
            random_bytes=lambda count: bytes(range(count)),
            cost=2,
        )

    def events(self) -> tuple[Event, ...]:
        return self.journal.run(lambda journal: journal.events.since(0, limit=1_000))

    def wrong(self, times: int) -> list[int]:
        """So many wrong tries, each as soon as it is looked at; the seconds after each."""
        waits = []
        for _ in range(times):
            refused = self.pins.refusal("0000", For.LIMIT)
            assert refused is not None
            assert refused.wrong
            waits.append(refused.wait_s)
            self.clock.advance(seconds=refused.wait_s)
        return waits


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Place]:
    place = Place(tmp_path / "journal.sqlite")
    yield place
    place.journal.close()


def test_without_a_code_nothing_passes_as_one(place: Place) -> None:
    assert not place.pins.is_set
    assert place.pins.refusal("", For.LIMIT) == PinRefused(wrong=True, wait_s=0)


def test_a_code_is_set_once_and_kept_over_a_restart(place: Place) -> None:
    assert place.pins.change("2580", old="") == PinKept(session_only=False)
    place.journal.close()
    place.start()
    assert place.pins.is_set
    assert place.pins.refusal("2580", For.LIMIT) is None
    assert place.pins.refusal("25800", For.LIMIT) is not None


def test_another_code_needs_the_old_one(place: Place) -> None:
    place.pins.change("2580", old="")
    assert place.pins.change("1234", old="") == PinRefused(wrong=True, wait_s=0)
    assert place.pins.refusal("1234", For.LIMIT) is not None
    assert place.pins.change("13571357", old="2580") == PinKept(session_only=False)
    assert place.pins.refusal("13571357", For.LIMIT) is None
    assert place.pins.refusal("2580", For.LIMIT) is not None


def test_it_is_removed_by_whoever_knows_it(place: Place) -> None:
    place.pins.change("2580", old="")
    assert place.pins.remove("2581") == PinRefused(wrong=True, wait_s=0)
    assert place.pins.is_set
    assert place.pins.remove("2580") == PinGone()
    assert place.secrets.get(SecretName.MANAGER_PIN) is None
    assert place.pins.remove("") == PinGone(), "there is none any more"


def test_only_a_salted_hash_is_kept(place: Place) -> None:
    place.pins.change("25802580", old="")
    kept = place.secrets.get(SecretName.MANAGER_PIN)
    assert kept is not None
    assert kept.startswith("scrypt:2:000102030405060708090a0b0c0d0e0f:")
    assert "25802580" not in kept
    place.pins.refusal("13571357", For.LIMIT)
    place.journal.close()
    for file in place.path.parent.iterdir():
        held = file.read_bytes()
        assert b"25802580" not in held
        assert b"13571357" not in held
    place.start()


def test_what_is_done_about_it_is_recorded_without_it(place: Place) -> None:
    place.pins.change("2580", old="")
    place.pins.change("1357", old="2580")
    place.pins.refusal("2580", For.LIMIT)
    place.pins.remove("1357")
    assert [(event.kind, dict(event.detail)) for event in place.events()] == [
        (EventKind.PIN_SET, {"replaced": 0}),
        (EventKind.PIN_SET, {"replaced": 1}),
        (EventKind.PIN_WRONG, {"for": "limit", "misses": 1, "wait_s": 0}),
        (EventKind.PIN_RIGHT, {"misses": 1}),
        (EventKind.PIN_REMOVED, {}),
    ]


def test_wrong_tries_make_everybody_wait_longer_and_longer(place: Place) -> None:
    place.pins.change("2580", old="")
    assert place.wrong(7) == [0, 0, 0, 0, 30, 60, 120]
    place.pins.refusal("0000", For.LIMIT)
    early = place.pins.refusal("2580", For.LIMIT)
    assert early == PinRefused(wrong=False, wait_s=240), "not even looked at"
    assert place.pins.remove("2580") == early
    place.clock.advance(seconds=240)
    assert place.pins.refusal("2580", For.LIMIT) is None
    assert place.wrong(1) == [0], "the count begins anew"


def test_neither_a_restart_nor_another_cashier_nor_the_clock_ends_the_wait(place: Place) -> None:
    place.pins.change("2580", old="")
    place.wrong(5)
    place.pins.refusal("0000", For.LIMIT)
    place.journal.close()
    place.clock.jump(minutes=-90)
    place.start(cashier="Anne")
    refused = place.pins.refusal("2580", For.LIMIT)
    assert refused == PinRefused(wrong=False, wait_s=60)


def test_where_the_keyring_says_nothing_the_code_is_what_it_was(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    place.pins.change("2580", old="")

    def gone(*_: object) -> None:
        raise Problem(ProblemKind.KEYRING_UNAVAILABLE, "gone")

    monkeypatch.setattr(place.secrets, "set", gone)
    with pytest.raises(Problem):
        place.pins.change("1357", old="2580")
    assert place.pins.refusal("2580", For.LIMIT) is None
    assert [event.kind for event in place.events()] == [EventKind.PIN_SET]


def test_a_change_that_cannot_be_recorded_does_not_hold(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    place.pins.change("2580", old="")
    kept = place.secrets.get(SecretName.MANAGER_PIN)

    def full(*_: object) -> None:
        raise Problem(ProblemKind.DISK_FULL, "full")

    with monkeypatch.context() as patched:
        patched.setattr(place.journal, "run", full)
        with pytest.raises(Problem):
            place.pins.change("1357", old="2580")
    assert place.secrets.get(SecretName.MANAGER_PIN) == kept
    assert place.pins.refusal("2580", For.LIMIT) is None


@pytest.mark.expects_log("is none")
@pytest.mark.parametrize("text", ["", "2580", "scrypt:3:00:00", "scrypt:2:zz:00", "md5:2:00:00"])
def test_what_is_no_hash_is_as_good_as_none(place: Place, text: str) -> None:
    place.secrets.set(SecretName.MANAGER_PIN, text)
    place.journal.close()
    place.start()
    assert not place.pins.is_set
    assert place.pins.change("2580", old="") == PinKept(session_only=False)


@pytest.mark.parametrize("text", ["", "258", "258025802", "25a0", "٢٥٨٠", "25 80", "-258"])
def test_a_code_is_four_to_eight_digits(place: Place, text: str) -> None:
    assert not is_pin(text)
    with pytest.raises(Bug):
        place.pins.change(text, old="")


def test_the_hash_costs_memory_and_time_and_reads_back() -> None:
    made = pin_hash.hashed("2580", lambda count: b"s" * count)
    assert made.cost == 2**15
    again = pin_hash.from_text(made.to_text())
    assert again.fits("2580")
    assert not again.fits("2581")
    assert "2580" not in repr(made)
    other = pin_hash.hashed("2580", lambda count: b"t" * count)
    assert other.digest != made.digest

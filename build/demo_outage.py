"""The demo's second act: the line fails in mid-request, the till sells on, the line comes back.

A program of its own, started by `demo.py`: `demo_outage.py --out DIR --first-number N`. A real
window, the real central service, and between them a line that can be cut. Prints its summary as
one JSON object; exits 1 if anything is off.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
os.environ["LOGNAME"] = "Claire"  # who stands at the till is the account's name
sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from demo_cast import Role, issued
from demo_driver import Driver, Step
from demo_second_till import SecondTill
from PySide6.QtCore import Qt, Slot

from merchant_app.bootstrap.arguments import parse
from merchant_app.bootstrap.program import Assembled, assemble
from merchant_app.bootstrap.training import SHOP, TrainingService
from merchant_app.money import Money
from merchant_app.scanning.sample_video import write_sample_video
from merchant_app.settings.secrets import OpenedSecrets, SessionSecrets
from merchant_app.till.matters import Card
from merchant_app.till.results import LineState, Status
from merchant_app.ui.a_traiter.screen import ATraiterScreen
from merchant_app.ui.encaisser.states import (
    Accepted,
    BeyondLimit,
    Debitable,
    Ready,
    State,
    Unanswered,
)
from merchant_app.ui.function_keys import ACCEPT_KEY, LOSS_KEY, TO_SETTLE_KEY
from tests.fakes.fault_kinds import CutBeforeAnswer
from tests.fakes.fault_proxy import FaultProxy

SIGNS = {"issue": 1, "credit": 1, "debit": -1, "shortfall": 0, "shortfall_returned": 0}
REASON = "geste commercial"


class Outage(Driver):
    """One till at the end of a line that is cut, and a second one that still has its own."""

    def __init__(
        self,
        assembled: Assembled,
        out: Path,
        *,
        line: FaultProxy,
        service: TrainingService,
        first_number: int,
    ) -> None:
        self._line = line
        self._service = service
        self._status: Status | None = None
        self._listens = False
        self._loss_minor = 0
        self.cast = {
            name: issued(service, name, amount=amount)
            for name, amount in (("first", 50), ("second", 50), ("third", 20), ("large", 100))
        }
        super().__init__(assembled, out, first_number=first_number)

    def play(self) -> Iterator[Step]:
        """See `Driver.play`."""
        first, second, third, large = self.cast.values()
        yield Step("outage-online", "", self._is_online)
        self.scan(first.code)
        yield Step("outage-valid", "first", self.shows(lambda s: isinstance(s, Debitable)))
        self._line.always = CutBeforeAnswer()  # it is debited; nobody hears of it
        self.press(Qt.Key.Key_Return)
        yield Step("outage-no-answer", "first", self.shows(lambda s: isinstance(s, Unanswered)))
        self._line.line_down()
        self.press_named(ACCEPT_KEY)
        yield Step("outage-first-accepted", "first", self._accepted(1))
        self.press(Qt.Key.Key_Escape)
        self.scan(second.code)
        yield Step("outage-second-valid", "second", self.shows(lambda s: isinstance(s, Debitable)))
        self.press(Qt.Key.Key_Return)
        yield Step("outage-second-accepted", "second", self._accepted(2))
        self.press(Qt.Key.Key_Escape)
        self.scan(third.code)
        yield Step("outage-third-valid", "third", self.shows(lambda s: isinstance(s, Debitable)))
        self.press(Qt.Key.Key_Return)
        yield Step("outage-third-accepted", "third", self._accepted(3))
        self.press(Qt.Key.Key_Escape)
        self.scan(large.code)
        yield Step("outage-large-valid", "large", self.shows(lambda s: isinstance(s, Debitable)))
        self.press(Qt.Key.Key_Return)
        yield Step("outage-beyond-limit", "large", self.shows(_is_beyond_fifty))
        self.press(Qt.Key.Key_Escape)
        yield Step("outage-offline", "", self.shows(lambda s: isinstance(s, Ready)))
        SecondTill(self._service).redeem(second, minor=5_000)
        self._line.always = None
        self._line.line_up()
        yield Step("outage-line-is-back", "", self._is_drained)
        self.press_named(TO_SETTLE_KEY)
        yield Step("outage-to-settle", "second", lambda: len(self._open_cards()) == 1)
        self._loss_minor = self._open_cards()[0].at_stake.minor
        self.press_named(LOSS_KEY)
        yield Step("outage-loss-reason", "second", self._asks_for_a_reason)
        self.type_slowly(REASON)
        yield Step("outage-loss-written", "second", lambda: not self.is_typing)
        self.press(Qt.Key.Key_Return)
        yield Step("outage-settled", "second", lambda: self._open_cards() == [])

    # --- what has to come to pass ----------------------------------------------------------------

    @Slot(object)
    def _status_came(self, status: Status) -> None:
        self._status = status

    def _is_online(self) -> bool:
        if not self._listens:
            self._listens = True
            self.screen.status_changed.connect(self._status_came)
        status = self._status
        return (
            isinstance(self.state, Ready)
            and status is not None
            and status.line is LineState.ONLINE
            and status.snapshot_at is not None
        )

    def _accepted(self, count: int) -> Any:
        return self.shows(
            lambda state: isinstance(state, Accepted) and state.result.standing.count == count
        )

    def _is_drained(self) -> bool:
        status = self._status
        return (
            status is not None
            and status.line is LineState.ONLINE
            and status.unsent == 0
            and status.to_settle == 1
        )

    @property
    def _a_traiter(self) -> ATraiterScreen:
        found = self.assembled.running.window.findChild(ATraiterScreen)
        assert isinstance(found, ATraiterScreen)
        return found

    def _open_cards(self) -> list[Card]:
        screen = self._a_traiter.screen
        items = () if screen is None or not screen.loaded else screen.items
        return [item for item in items if isinstance(item, Card) and item.is_open]

    def _asks_for_a_reason(self) -> bool:
        return bool(self._a_traiter.view.field.isVisible())

    # --- the summary -----------------------------------------------------------------------------

    def summary(self) -> dict[str, Any]:
        """What happened, and whether the ledger agrees with what went over the counter."""
        kept = {row["voucher_id"]: row for row in self._service.ask("vouchers", "--shop", SHOP)}
        wanted = {"first": 0, "second": 0, "third": 0, "large": 10_000}
        balances = [
            self._balance(role, kept[role.voucher_id], wanted_minor=wanted[name])
            for name, role in self.cast.items()
        ]
        audit = self._service.ask("audit", accepted=(0, 1))
        right = not audit["wrong"] and not audit["unevaluated"] and self._loss_minor == 5_000
        return {
            "agrees": not self.failed and right and all(row["agrees"] for row in balances),
            "failed": self.failed or None,
            "steps": self.steps,
            "balances": balances,
            "loss_minor": self._loss_minor,
        }

    def _balance(self, role: Role, row: dict[str, Any], *, wanted_minor: int) -> dict[str, Any]:
        entries = self._service.ask("audit", "--voucher", role.voucher_id)["entries"]
        derived_minor = sum(SIGNS[entry["kind"]] * entry["amount_minor"] for entry in entries)
        return {
            "voucher": role.label,
            "role": role.name,
            "wanted_minor": wanted_minor,
            "service_minor": row["balance_minor"],
            "service_entries_minor": derived_minor,
            "agrees": wanted_minor == row["balance_minor"] == derived_minor,
        }


def _is_beyond_fifty(state: State) -> bool:
    if not isinstance(state, BeyondLimit) or state.offer is None:
        return False
    return state.offer.amount == Money(5_000, "EUR")


def main(argv: list[str]) -> int:
    """Play the outage; 0 when everything was as it should be."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--first-number", type=int, default=1)
    parser.add_argument("--language", choices=("fr", "en"), default="fr")
    parser.add_argument("--theme", choices=("light", "dark"), default="light")
    options = parser.parse_args(argv)
    options.out.mkdir(parents=True, exist_ok=True)
    with (
        tempfile.TemporaryDirectory(prefix="comptoir-outage-") as name,
        ExitStack() as held,
    ):
        folder = Path(name)
        service = TrainingService(folder)
        held.callback(service.stop)
        service.fill()
        # More than its share of each voucher: a shop that would rather lose a sale to another till
        # now and then than send a customer away.
        service.ask("policy", "--offline-voucher-max", "50")
        service.start()
        line = held.enter_context(FaultProxy(service.url))
        film = folder / "film.mp4"
        write_sample_video(film, [], fps=2, gap_seconds=120)  # an empty counter
        assembled = _till(folder / "till", film, options, line=line, service=service)
        held.callback(assembled.close)
        story = Outage(
            assembled, options.out, line=line, service=service, first_number=options.first_number
        )
        assembled.running.window.show()
        assembled.running.application.exec()
        summary = story.summary()
    print(json.dumps(summary, ensure_ascii=False))
    return 0 if summary["agrees"] else 1


def _till(
    folder: Path,
    film: Path,
    options: argparse.Namespace,
    *,
    line: FaultProxy,
    service: TrainingService,
) -> Assembled:
    """A real till, no training: enrolled over the line, its secrets kept for this session."""
    secrets = OpenedSecrets(SessionSecrets(), None)
    arguments = ["--data-dir", str(folder), "--camera", str(film)]
    arguments += ["--language", options.language, "--theme", options.theme]
    assembled = assemble(parse(arguments), secrets=lambda _service: secrets)
    silent = assembled.opener.enrol(address=line.url, code=service.enrolment_code())
    if silent is not None:
        raise SystemExit(f"not enrolled: {silent.value}")
    return assembled


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

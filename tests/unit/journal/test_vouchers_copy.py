"""The till's own copy of the vouchers: never a wrong balance, never a wait."""

from __future__ import annotations

import random
import sqlite3
import stat
import sys
import threading
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from merchant_app.central.port import SnapshotVoucher, VouchersPage
from merchant_app.errors import Bug, Problem, ProblemKind
from merchant_app.ids import ShopNumber, VoucherId
from merchant_app.journal import vouchers_file, vouchers_rows
from merchant_app.journal.vouchers_copy import VouchersCopy, belonging
from merchant_app.money import Money
from merchant_app.vouchers.terms import Terms, VatKind, Voucher, VoucherStatus
from tests.fakes.clock import FakeClock
from tests.fakes.waiting import LIMIT_S

SHOP = ShopNumber(7)
BELONGS_TO = belonging(SHOP, b"p" * 32)


def voucher(number: int, *, balance_minor: int = 5000, **other: Any) -> SnapshotVoucher:
    """The voucher of this number."""
    return SnapshotVoucher(
        Voucher(
            voucher_id=id_of(number),
            shop_number=SHOP,
            face=Money(5000, "EUR"),
            balance=Money(balance_minor, "EUR"),
            terms=other.pop("terms", Terms()),
            status=other.pop("status", VoucherStatus.ACTIVE),
            label="…H2M7",
            holder="Claire D.",
            **other,
        ),
        mac(number),
    )


def id_of(number: int) -> VoucherId:
    return VoucherId(UUID(int=number + 1))


def mac(number: int) -> bytes:
    return number.to_bytes(32, "big")


def page(
    *vouchers: SnapshotVoucher,
    gone: Sequence[int] = (),
    cursor: str = "1.1",
    more: bool = False,
    starts_over: bool = False,
) -> VouchersPage:
    return VouchersPage(vouchers, tuple(map(id_of, gone)), cursor, more, starts_over)


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "vouchers.sqlite"


@pytest.fixture
def copy(path: Path, clock: FakeClock) -> Iterator[VouchersCopy]:
    with opened(path, clock) as copy:
        yield copy


def opened(path: Path, clock: FakeClock, belongs_to: str = BELONGS_TO) -> closing[VouchersCopy]:
    return closing(VouchersCopy(path, clock, belongs_to=belongs_to))


def take(copy: VouchersCopy, *pages: VouchersPage) -> None:
    for one in pages:
        copy.apply(one, copy.next_ask())


def balances(copy: VouchersCopy, numbers: Iterable[int] = range(10)) -> dict[int, int]:
    found = copy.balances(map(id_of, numbers))
    return {voucher_id.int - 1: minor for voucher_id, minor in found.items()}


# --- what is in it -------------------------------------------------------------------------------


def test_an_empty_copy_knows_nothing_and_has_no_age(copy: VouchersCopy) -> None:
    assert (copy.count, copy.fetched_at, copy.age_s()) == (0, None, None)
    assert copy.by_code_mac(mac(1)) is None
    assert copy.by_id(id_of(1)) is None
    assert copy.balances([id_of(1)]) == {}
    assert copy.next_ask().cursor == ""


money = st.integers(0, 2**40).map(lambda minor: Money(minor, "EUR"))
days = st.none() | st.dates()
vouchers = st.builds(
    Voucher,
    voucher_id=st.uuids().map(VoucherId),
    shop_number=st.integers(1, 2**32 - 1).map(ShopNumber),
    face=money,
    balance=money,
    terms=st.builds(
        Terms,
        partial_allowed=st.booleans(),
        valid_from=days,
        expires_on=days,
        minimum_purchase=st.none() | money,
        vat_kind=st.sampled_from(VatKind),
    ),
    status=st.sampled_from(VoucherStatus),
    label=st.text(max_size=5),
    holder=st.text(max_size=20),
)


@given(many=st.lists(vouchers, max_size=5, unique_by=lambda one: one.voucher_id))
def test_every_field_comes_back_as_it_was(
    tmp_path_factory: pytest.TempPathFactory, many: list[Voucher]
) -> None:
    path = tmp_path_factory.mktemp("copy") / "vouchers.sqlite"
    with opened(path, FakeClock()) as copy:
        take(copy, page(*(SnapshotVoucher(one, mac(n)) for n, one in enumerate(many))))
    with opened(path, FakeClock()) as copy:
        assert [copy.by_code_mac(mac(n)) for n in range(len(many))] == many
        assert [copy.by_id(one.voucher_id) for one in many] == many
        assert copy.count == len(many)


def test_a_code_that_two_vouchers_claim_is_left_to_the_service(copy: VouchersCopy) -> None:
    twin = replace(voucher(2), code_mac=mac(1))
    take(copy, page(voucher(1), twin))
    assert copy.by_code_mac(mac(1)) is None
    assert copy.by_id(id_of(2)) == twin.voucher


# --- pages ---------------------------------------------------------------------------------------


def test_a_snapshot_counts_when_its_last_page_is_there(
    copy: VouchersCopy, clock: FakeClock
) -> None:
    take(copy, page(voucher(1), cursor="1.1", more=True))
    assert (copy.count, copy.age_s(), balances(copy)) == (0, None, {})
    clock.advance(seconds=5)
    take(copy, page(voucher(2), cursor="1.2"))
    assert (copy.count, copy.age_s(), balances(copy)) == (2, 0, {1: 5000, 2: 5000})
    clock.advance(hours=25)
    assert copy.age_s() == 25 * 3600
    clock.jump(days=-2)
    age_s = copy.age_s()
    assert age_s is not None
    assert age_s < 0


def test_its_age_counts_from_the_question_not_from_the_answer(
    copy: VouchersCopy, clock: FakeClock
) -> None:
    asked = copy.next_ask()
    clock.advance(seconds=8)
    copy.apply(page(voucher(1)), asked)
    assert copy.age_s() == 8


def test_a_delta_changes_adds_and_removes_all_at_once(copy: VouchersCopy) -> None:
    take(copy, page(*map(voucher, range(4)), cursor="1.4"))
    take(copy, page(voucher(1, balance_minor=100), gone=[2, 9], cursor="1.5", more=True))
    assert balances(copy) == dict.fromkeys(range(4), 5000)
    take(copy, page(voucher(5), cursor="1.6"))
    assert balances(copy) == {0: 5000, 1: 100, 3: 5000, 5: 5000}
    assert (copy.count, copy.next_ask().cursor) == (4, "1.6")


def test_the_later_page_is_right_about_what_comes_and_goes(copy: VouchersCopy) -> None:
    take(
        copy,
        page(voucher(1), voucher(2), more=True, cursor="1.1"),
        page(voucher(2, balance_minor=7), gone=[1], more=True, cursor="1.2"),
        page(voucher(1, balance_minor=9), cursor="1.3"),
    )
    assert balances(copy) == {1: 9, 2: 7}


def test_an_empty_delta_makes_it_younger(copy: VouchersCopy, clock: FakeClock) -> None:
    take(copy, page(voucher(1)))
    clock.advance(minutes=10)
    take(copy, page())
    assert (copy.age_s(), copy.count) == (0, 1)


def test_a_service_that_starts_over_replaces_everything_at_the_end(copy: VouchersCopy) -> None:
    take(copy, page(voucher(1), voucher(2), cursor="1.9"))
    take(copy, page(voucher(2, balance_minor=1), cursor="2.1", more=True, starts_over=True))
    assert balances(copy) == {1: 5000, 2: 5000}
    take(copy, page(voucher(3), cursor="2.2"))
    assert balances(copy) == {2: 1, 3: 5000}
    assert copy.count == 2


def test_starting_over_in_the_middle_drops_the_pages_before(copy: VouchersCopy) -> None:
    take(copy, page(voucher(1), cursor="1.1", more=True))
    take(copy, page(voucher(2), cursor="2.1", starts_over=True))
    assert balances(copy) == {2: 5000}


def test_asking_from_the_start_keeps_what_is_there_until_the_end(copy: VouchersCopy) -> None:
    take(copy, page(voucher(1), cursor="1.9"))
    copy.ask_from_the_start()
    assert copy.next_ask().cursor == ""
    take(copy, page(voucher(2), cursor="1.1", more=True))
    assert balances(copy) == {1: 5000}
    take(copy, page(cursor="1.2"))
    assert balances(copy) == {2: 5000}


@pytest.mark.parametrize("whole", [True, False])
def test_a_fetch_that_broke_off_goes_on_where_it_was(
    path: Path, clock: FakeClock, *, whole: bool
) -> None:
    with opened(path, clock) as copy:
        if not whole:
            take(copy, page(voucher(0), cursor="1.0"))
        take(copy, page(voucher(1), cursor="1.1", more=True))
    with opened(path, clock) as copy:
        assert copy.next_ask().cursor == "1.1"
        take(copy, page(voucher(2), cursor="1.2"))
        assert balances(copy) == dict.fromkeys((1, 2) if whole else (0, 1, 2), 5000)


def test_a_page_for_another_question_is_left_out(copy: VouchersCopy) -> None:
    asked = copy.next_ask()
    take(copy, page(voucher(1), cursor="1.1"))
    assert copy.apply(page(voucher(2), cursor="1.2"), asked) is False
    assert balances(copy) == {1: 5000}


changes = st.tuples(
    st.lists(st.tuples(st.integers(0, 9), st.integers(0, 5000)), max_size=4),
    st.lists(st.integers(0, 9), max_size=3),
    st.booleans(),
    st.sampled_from([False, False, False, True]),
)


@given(history=st.lists(changes, max_size=12))
def test_whatever_the_pages_say_the_copy_is_what_they_said(
    tmp_path_factory: pytest.TempPathFactory,
    history: list[tuple[list[tuple[int, int]], list[int], bool, bool]],
) -> None:
    path = tmp_path_factory.mktemp("copy") / "vouchers.sqlite"
    complete: dict[int, int] = {}
    coming: dict[int, int] = {}
    with opened(path, FakeClock()) as copy:
        for here, gone, more, starts_over in history:
            if starts_over:
                coming = {}
            coming.update(here)
            left = {number: minor for number, minor in coming.items() if number not in gone}
            coming = left | {n: minor for n, minor in here if n not in gone}
            sent = [
                voucher(number, balance_minor=minor)
                for number, minor in dict(here).items()
                if number not in gone
            ]
            take(copy, page(*sent, gone=gone, more=more, starts_over=starts_over))
            complete = complete if more else dict(coming)
            assert balances(copy) == complete
            assert copy.count == len(complete)


# --- on disk -------------------------------------------------------------------------------------


def test_it_is_written_ahead_and_not_waited_for(copy: VouchersCopy) -> None:
    found = copy._owner.run(
        lambda keeper: keeper.do(
            lambda file: [
                file._connection.execute(f"PRAGMA {name}").fetchone()[0]
                for name in ("journal_mode", "synchronous")
            ]
        )
    )
    assert found == ["wal", 1]  # NORMAL


@pytest.mark.skipif(sys.platform == "win32", reason="Windows protects the profile by its folder")
def test_only_its_owner_can_read_it(path: Path, copy: VouchersCopy) -> None:
    take(copy, page(voucher(1)))
    copy.by_id(id_of(1))
    for file in path.parent.iterdir():
        assert stat.S_IMODE(file.stat().st_mode) == 0o600, file.name


def test_look_ups_use_an_index(copy: VouchersCopy, path: Path) -> None:
    take(copy, page(voucher(1)))
    with closing(sqlite3.connect(path)) as connection:
        for query in (vouchers_rows.BY_CODE_MAC, vouchers_rows.BY_ID):
            plan = connection.execute(f"EXPLAIN QUERY PLAN {query}", (b"",)).fetchall()
            assert all(row[3].startswith("SEARCH") for row in plan), plan


def test_another_shops_copy_is_fetched_again(path: Path, clock: FakeClock) -> None:
    with opened(path, clock) as copy:
        take(copy, page(voucher(1)))
    for belongs_to in (belonging(ShopNumber(8), b"p" * 32), belonging(SHOP, b"q" * 32)):
        with opened(path, clock, belongs_to) as copy:
            assert (copy.count, copy.age_s(), copy.next_ask().cursor) == (0, None, "")
            take(copy, page(voucher(1)))


@pytest.mark.parametrize("version", [vouchers_file.VERSION + 1, 0])
def test_another_versions_copy_is_fetched_again(path: Path, clock: FakeClock, version: int) -> None:
    with opened(path, clock) as copy:
        take(copy, page(voucher(1)))
    with closing(sqlite3.connect(path)) as connection:
        connection.execute(f"PRAGMA user_version = {version}")
    with opened(path, clock) as copy:
        assert (copy.count, copy.next_ask().cursor) == (0, "")
        take(copy, page(voucher(1)))
        assert balances(copy) == {1: 5000}


@pytest.mark.expects_log("the copy of the vouchers is damaged")
@pytest.mark.parametrize("content", [b"not a database, but long enough to be one" * 40, b"x"])
def test_something_else_in_its_place_is_replaced(
    path: Path, clock: FakeClock, content: bytes
) -> None:
    path.write_bytes(content)
    with opened(path, clock) as copy:
        take(copy, page(voucher(1)))
        assert balances(copy) == {1: 5000}


@pytest.mark.expects_log("the copy of the vouchers is damaged")
def test_a_flipped_bit_never_becomes_a_balance(path: Path, clock: FakeClock) -> None:
    many = [voucher(n, balance_minor=n, terms=Terms(expires_on=date(2027, 1, 31)))
            for n in range(60)]  # fmt: skip
    with opened(path, clock) as copy:
        take(copy, page(*many))
    whole = path.read_bytes()
    chance = random.Random(11)
    noticed = 0
    for _ in range(150):
        place, bit = chance.randrange(len(whole)), 1 << chance.randrange(8)
        path.write_bytes(whole[:place] + bytes([whole[place] ^ bit]) + whole[place + 1 :])
        with opened(path, clock) as copy:
            for n, one in enumerate(many):
                assert copy.by_code_mac(mac(n)) in (one.voucher, None), place
                assert copy.by_id(id_of(n)) in (one.voucher, None), place
            noticed += copy.fetched_at is None
            copy.ask_from_the_start()
            take(copy, page(*many))
            assert balances(copy, range(60)) == {n: n for n in range(60)}, place
    assert noticed > 20


@pytest.mark.expects_log("the copy of the vouchers is damaged")
def test_damage_that_a_page_meets_is_a_problem_once(path: Path, clock: FakeClock) -> None:
    with opened(path, clock) as copy:
        take(copy, page(*map(voucher, range(200))))
    size = path.stat().st_size
    with path.open("r+b") as file:
        file.seek(4096)
        file.write(b"\xff" * (size - 4096))
    with closing(sqlite3.connect(path)) as connection, pytest.raises(sqlite3.DatabaseError):
        connection.execute("SELECT count(*) FROM vouchers").fetchone()
    with opened(path, clock) as copy:
        assert (copy.count, copy.next_ask().cursor) == (0, "")
        take(copy, page(voucher(1)))
        assert balances(copy) == {1: 5000}


@pytest.mark.expects_log("the copy of the vouchers is damaged")
def test_damage_under_an_open_copy_empties_it(
    path: Path, clock: FakeClock, copy: VouchersCopy
) -> None:
    take(copy, page(voucher(1), cursor="1.1"))
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("UPDATE vouchers SET balance_minor = 9999")
        connection.commit()
    assert copy.by_id(id_of(1)) is None
    assert (copy.count, copy.age_s(), copy.next_ask().cursor) == (0, None, "")
    take(copy, page(voucher(1)))
    assert balances(copy) == {1: 5000}


@pytest.mark.expects_log("the copy of the vouchers is damaged")
def test_damage_met_while_writing_is_a_problem_and_the_copy_goes_on(
    path: Path, copy: VouchersCopy
) -> None:
    take(copy, page(voucher(1), cursor="1.1"))

    def damage(file: vouchers_file.VouchersFile) -> None:
        raise vouchers_rows.Damaged("planted")

    with pytest.raises(Problem) as caught:
        copy._owner.run(lambda keeper: copy._kept(keeper, damage))
    assert caught.value.kind is ProblemKind.JOURNAL_DAMAGED
    assert (copy.count, copy.age_s()) == (0, None)
    take(copy, page(voucher(1)))
    assert balances(copy) == {1: 5000}


def test_a_page_for_which_there_is_no_room_changes_nothing(copy: VouchersCopy, path: Path) -> None:
    take(copy, page(voucher(1), cursor="1.1"))
    copy._owner.run(
        lambda keeper: keeper._file._connection.execute(
            f"PRAGMA max_page_count = {path.stat().st_size // 4096 or 1}"
        ).fetchall()
    )
    with pytest.raises(Problem) as caught:
        take(copy, page(*map(voucher, range(1000)), cursor="1.2"))
    assert caught.value.kind is ProblemKind.DISK_FULL
    assert (copy.count, copy.next_ask().cursor, balances(copy)) == (1, "1.1", {1: 5000})


# --- threads -------------------------------------------------------------------------------------


def test_nobody_who_reads_waits_for_a_page_that_is_written(copy: VouchersCopy) -> None:
    take(copy, page(voucher(1)))
    writing, go_on = threading.Event(), threading.Event()

    def write_long(_keeper: object) -> None:
        writing.set()
        assert go_on.wait(LIMIT_S)

    writer = threading.Thread(target=lambda: copy._owner.run(write_long))
    writer.start()
    assert writing.wait(LIMIT_S)
    assert balances(copy) == {1: 5000}
    assert copy.by_code_mac(mac(1)) is not None
    assert (copy.count, copy.next_ask().cursor) == (1, "1.1")
    go_on.set()
    writer.join()


def test_readers_see_one_snapshot_or_the_other_and_never_half(copy: VouchersCopy) -> None:
    numbers = range(40)
    take(copy, page(*(voucher(n, balance_minor=0) for n in numbers)))
    wrong: list[object] = []
    done = threading.Event()

    def read() -> None:
        seen = [0] * len(numbers)
        while not done.is_set():
            for n in numbers:
                found = copy.by_code_mac(mac(n))
                # Balances only grow from one snapshot to the next.
                if found is None or found.balance.minor < seen[n]:
                    wrong.append((n, found))
                    return
                seen[n] = found.balance.minor

    threads = [threading.Thread(target=read) for _ in range(3)]
    for thread in threads:
        thread.start()
    for turn in range(1, 15):
        copy.ask_from_the_start()
        for first in range(0, 40, 10):
            some = [voucher(n, balance_minor=turn) for n in range(first, first + 10)]
            take(copy, page(*some, more=first < 30, cursor=f"{turn}.{first}"))
    done.set()
    for thread in threads:
        thread.join()
    assert wrong == []


@pytest.mark.expects_log("the copy of the vouchers is damaged")
def test_many_who_notice_the_same_damage_empty_it_once(path: Path, copy: VouchersCopy) -> None:
    take(copy, page(*map(voucher, range(20))))
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("UPDATE vouchers SET face_minor = face_minor + 1")
        connection.commit()
    start = threading.Barrier(4)
    found: list[Voucher | None] = []

    def read() -> None:
        start.wait(LIMIT_S)
        found.extend(copy.by_id(id_of(n)) for n in range(20))

    threads = [threading.Thread(target=read) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [None] * 80
    assert copy._readers.renewals == 1


def test_a_closed_copy_says_so(path: Path, clock: FakeClock) -> None:
    with opened(path, clock) as copy:
        pass
    with pytest.raises(Bug):
        copy.by_id(id_of(1))

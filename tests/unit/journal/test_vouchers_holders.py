"""Whom vouchers were bought for: sealed on the disk, opened when asked, kept up to date."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from merchant_app.central.port import SnapshotVoucher
from merchant_app.ids import VoucherId
from merchant_app.journal.sealing import KEY_LENGTH, NotOpened, Sealer
from merchant_app.journal.vouchers_copy import HoldersMark, VouchersCopy
from merchant_app.vouchers.holders import Holder
from tests.fakes.clock import FakeClock
from tests.unit.journal.test_vouchers_copy import BELONGS_TO, id_of, page, voucher

OLD = Path(__file__).parents[2] / "data" / "vouchers" / "v2.sqlite"
KEY = bytes(range(KEY_LENGTH))
ZOE = Holder("Zoë Le Goff", "zoe@example.org", "SCA-104233", date(2026, 5, 3))
PAUL = Holder("Paul Martin")


def of(number: int, holder: Holder | None) -> SnapshotVoucher:
    return replace(voucher(number), holder=holder)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "vouchers.sqlite"


def opened(path: Path, key: bytes | None = KEY) -> VouchersCopy:
    sealer = None if key is None else Sealer(key)
    return VouchersCopy(path, FakeClock(), belongs_to=BELONGS_TO, sealer=sealer)


def filled(path: Path) -> VouchersCopy:
    copy = opened(path)
    copy.apply(page(of(1, ZOE), of(2, PAUL), of(3, None)), copy.next_ask())
    return copy


@pytest.fixture
def copy(path: Path) -> Iterator[VouchersCopy]:
    copy = filled(path)
    yield copy
    copy.close()


def told(copy: VouchersCopy, mark: HoldersMark | None) -> tuple[bool, dict[VoucherId, Holder]]:
    news = copy.holders_since(mark)
    return news.everything, dict(news.holders)


def test_a_holder_comes_back_whole(copy: VouchersCopy) -> None:
    assert copy.holder(id_of(1)) == ZOE
    assert copy.holder(id_of(2)) == PAUL
    assert copy.holder(id_of(3)) is None
    assert copy.holder(id_of(4)) is None


def test_nothing_of_a_person_is_on_the_disk(path: Path) -> None:
    copy = filled(path)
    assert copy.holder(id_of(1)) == ZOE
    copy.close()
    written = b"".join(file.read_bytes() for file in path.parent.iterdir())
    assert written
    for text in ("Goff", "example.org", "104233", "Martin", "2026-05-03"):
        assert text.encode() not in written


def test_everybody_is_told_once_then_only_who_is_new(copy: VouchersCopy) -> None:
    news = copy.holders_since(None)
    assert news.everything
    assert dict(news.holders) == {id_of(1): ZOE, id_of(2): PAUL}
    assert told(copy, news.mark) == (False, {})
    renamed = Holder("Paule Martin")
    copy.apply(
        page(of(1, ZOE), of(2, renamed), of(4, PAUL), gone=[3], cursor="1.2"), copy.next_ask()
    )
    assert told(copy, news.mark) == (False, {id_of(2): renamed, id_of(4): PAUL})


def test_a_debit_is_no_news_of_anybody(copy: VouchersCopy) -> None:
    mark = copy.holders_since(None).mark
    debited = replace(voucher(1, balance_minor=100), holder=ZOE)
    copy.apply(page(debited, cursor="1.2"), copy.next_ask())
    assert told(copy, mark) == (False, {})
    assert copy.holder(id_of(1)) == ZOE


def test_who_is_gone_is_known_no_more(copy: VouchersCopy) -> None:
    copy.apply(page(gone=[1], cursor="1.2"), copy.next_ask())
    assert copy.holder(id_of(1)) is None
    assert told(copy, None) == (True, {id_of(2): PAUL})


def test_a_whole_new_snapshot_tells_everybody_again(copy: VouchersCopy) -> None:
    mark = copy.holders_since(None).mark
    copy.ask_from_the_start()
    copy.apply(page(of(9, ZOE), cursor="2.1", starts_over=True), copy.next_ask())
    assert told(copy, mark) == (True, {id_of(9): ZOE})


@pytest.mark.expects_log("the copy of the vouchers is damaged .a holder cannot be unsealed.")
@pytest.mark.parametrize("how", ["another key", "a flipped bit", "another row"])
def test_what_does_not_open_is_fetched_again(path: Path, how: str) -> None:
    filled(path).close()
    key = bytes(KEY_LENGTH) if how == "another key" else KEY
    with closing(sqlite3.connect(path)) as connection:
        if how == "a flipped bit":
            connection.execute("UPDATE vouchers SET sealed = zeroblob(40) WHERE sealed IS NOT NULL")
        elif how == "another row":
            connection.execute(
                "UPDATE vouchers SET sealed = (SELECT sealed FROM vouchers WHERE voucher_id = ?)",
                (id_of(2).bytes,),
            )
        connection.commit()
    again = opened(path, key)
    assert again.holder(id_of(1)) is None
    assert again.next_ask().cursor == ""
    again.apply(page(of(1, ZOE)), again.next_ask())
    assert again.holder(id_of(1)) == ZOE
    again.close()


def test_without_a_key_nobody_is_kept(path: Path) -> None:
    copy = opened(path, None)
    copy.apply(page(of(1, ZOE)), copy.next_ask())
    assert copy.by_id(id_of(1)) is not None
    assert copy.holder(id_of(1)) is None
    assert told(copy, None) == (True, {})
    copy.close()


def test_the_copy_of_an_older_program_goes_on_and_learns_who_they_are(path: Path) -> None:
    shutil.copyfile(OLD, path)
    copy = opened(path)
    assert copy.count == 20
    assert copy.fetched_at == FakeClock().now()
    found = copy.by_id(id_of(7))
    assert found is not None
    assert found.balance.minor == 4993
    assert copy.by_id(id_of(20)) is None, "its last page had not come"
    assert copy.holder(id_of(7)) is None
    assert copy.next_ask().cursor == "", "everybody's name is asked for"
    copy.apply(page(of(7, ZOE), cursor="1.30", starts_over=True), copy.next_ask())
    assert copy.count == 1
    assert copy.holder(id_of(7)) == ZOE
    copy.close()
    again = opened(path)
    assert again.holder(id_of(7)) == ZOE
    again.close()


@given(
    name=st.text(max_size=120),
    email=st.text(max_size=60),
    order=st.text(max_size=60),
    bought_on=st.none() | st.dates(),
)
def test_any_text_can_be_sealed(name: str, email: str, order: str, bought_on: date | None) -> None:
    holder = Holder(name, email, order, bought_on)
    sealer = Sealer(KEY)
    found = sealer.open(id_of(1), sealer.seal(id_of(1), holder))
    assert found.bought_on == bought_on
    assert found.name == name.replace("\x1f", " ")


@given(st.binary(max_size=80))
def test_any_bytes_open_or_do_not(sealed: bytes) -> None:
    with pytest.raises(NotOpened):
        Sealer(KEY).open(id_of(1), sealed)


def test_the_same_holder_is_sealed_differently_each_time() -> None:
    sealer = Sealer(KEY)
    assert sealer.seal(id_of(1), ZOE) != sealer.seal(id_of(1), ZOE)
    assert "Zo" not in repr(ZOE)
    assert "Sealer()" in repr(sealer)

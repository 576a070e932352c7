"""The till's own copy of its shop's vouchers: a look-up that needs no line and never waits.

One thread owns the file and writes it. Whoever looks something up reads through a connection of
its own (SQLite's write-ahead log lets readers go on while a page is written), because the way
through the owner's thread costs more than the look-up, and far more while a snapshot comes in.
No voucher code is in the file: `code_mac` is HMAC-SHA256(pepper, code).
"""

from __future__ import annotations

import hashlib
import logging
import sqlite3
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TypeVar
from uuid import UUID

from merchant_app.clock import Clock
from merchant_app.errors import Bug, Problem, ProblemKind
from merchant_app.ids import ShopNumber, VoucherId
from merchant_app.journal.opening import BUSY_WAIT_S
from merchant_app.journal.owner import Owner
from merchant_app.journal.sealing import NotOpened, Sealer
from merchant_app.journal.vouchers_file import News, NotOurs, State, VouchersFile
from merchant_app.journal.vouchers_rows import (
    ALL,
    BY_CODE_MAC,
    BY_ID,
    SEALED,
    SEALED_BY_ID,
    Damaged,
    Page,
    reading,
    voucher_of,
)
from merchant_app.vouchers.holders import Holder
from merchant_app.vouchers.terms import Voucher

Result = TypeVar("Result")

_log = logging.getLogger(__name__)


def belonging(shop_number: ShopNumber, pepper: bytes) -> str:
    """Names what a copy is of: this shop, and codes hashed with this key. No secret."""
    mark = hashlib.sha256(b"comptoir vouchers copy\x00" + pepper).hexdigest()[:16]
    return f"{shop_number}:{mark}"


@dataclass(frozen=True, slots=True)
class Ask:
    """What to ask the service for next.

    Attributes:
        cursor: for `CentralService.vouchers`.
        at: now, UTC: what the answer leaves out, nobody knew by then.
    """

    cursor: str
    at: datetime


@dataclass(frozen=True, slots=True)
class HoldersMark:
    """How far somebody has read the holders."""

    news: News
    count: int


@dataclass(frozen=True, slots=True)
class HolderNews:
    """Attributes:
    mark: for the next time.
    everything: `holders` are all that are known; else only the new ones.
    """

    mark: HoldersMark
    everything: bool
    holders: Iterator[tuple[VoucherId, Holder]]


class VouchersCopy:
    """The copy. Any thread may use it.

    What is read is the newest complete snapshot or delta, and nothing newer: what the till booked
    since `fetched_at` is in its journal. A damaged file is given up when that is noticed: the copy
    is then empty and has no age, until it is fetched again.
    """

    def __init__(
        self, path: Path, clock: Clock, *, belongs_to: str, sealer: Sealer | None = None
    ) -> None:
        """Open the file, or make it; a damaged one, or one of something else, is made anew.

        Args:
            path: of the file.
            clock: says when something was asked for.
            belongs_to: see `belonging`.
            sealer: seals whom vouchers were bought for; None: that is not kept.

        Raises:
            Problem: it cannot be written (`opening.world_errors`).
        """
        self._clock = clock
        self._sealer = sealer
        self._readers = _Readers(path)
        self._owner = Owner(
            lambda: _Keeper(path, self._readers, belongs_to, sealer), name="vouchers"
        )
        self._state, self._news = self._owner.run(_Keeper.facts)

    def close(self) -> None:
        """Finish what is being read and written, close the file, end its thread."""
        self._owner.close()

    # --- reading -------------------------------------------------------------------------------

    @property
    def fetched_at(self) -> datetime | None:
        """When the newest of it was asked for, UTC; None: there is no whole snapshot."""
        return self._state.fetched_at

    @property
    def count(self) -> int:
        """How many vouchers are here."""
        return self._state.count

    def age_s(self) -> float | None:
        """Seconds since the newest of it was asked for; negative: the clock went back."""
        fetched_at = self.fetched_at
        return None if fetched_at is None else (self._clock.now() - fetched_at).total_seconds()

    def by_code_mac(self, mac: bytes) -> Voucher | None:
        """The voucher of a code; None: not here, or not the only one the service gave us for it."""
        return self._one(BY_CODE_MAC, mac)

    def by_id(self, voucher_id: VoucherId) -> Voucher | None:
        """The voucher of this id; None: not here."""
        return self._one(BY_ID, voucher_id.bytes)

    def all(self) -> list[Voucher]:
        """Every voucher that is here; none when the file turns out to be damaged."""
        renewals = self._readers.renewals
        try:
            with self._readers.one() as connection, reading():
                return [voucher_of(row, row[0]) for row in connection.execute(ALL)]
        except Damaged as damage:
            self._renew(damage, renewals)
            return []

    def balances(self, ids: Iterable[VoucherId]) -> dict[VoucherId, int]:
        """Balances in minor units, of those that are here."""
        found = ((voucher_id, self.by_id(voucher_id)) for voucher_id in ids)
        return {one: voucher.balance.minor for one, voucher in found if voucher is not None}

    def holder(self, voucher_id: VoucherId) -> Holder | None:
        """Whom a voucher was bought for; None: nobody knows."""
        if self._sealer is None:
            return None
        try:
            with self._readers.one() as connection, reading():
                row = connection.execute(SEALED_BY_ID, (voucher_id.bytes,)).fetchone()
            return self._opened(voucher_id, None if row is None else row[0])
        except Damaged as damage:
            self._renew(damage, self._readers.renewals)
            return None

    def holders_since(self, mark: HoldersMark | None) -> HolderNews:
        """Whom vouchers were bought for: those that are new since the mark, or all of them.

        Whoever was there and is no more is not told of: `holder` knows.
        """
        news = self._news
        count = len(news.changed)
        after = HoldersMark(news, count)
        if mark is not None and mark.news is news:
            ids = news.changed[mark.count : count]
            found = ((voucher_id, self.holder(voucher_id)) for voucher_id in ids)
            known = ((voucher_id, one) for voucher_id, one in found if one is not None)
            return HolderNews(after, everything=False, holders=known)
        return HolderNews(after, everything=True, holders=self._all_holders())

    def _all_holders(self) -> Iterator[tuple[VoucherId, Holder]]:
        renewals = self._readers.renewals
        try:
            with self._readers.one() as connection, reading():
                for raw_id, sealed in connection.execute(SEALED):
                    voucher_id = VoucherId(UUID(bytes=raw_id))
                    one = self._opened(voucher_id, sealed)
                    if one is not None:
                        yield voucher_id, one
        except Damaged as damage:
            self._renew(damage, renewals)

    def _opened(self, voucher_id: VoucherId, sealed: bytes | None) -> Holder | None:
        if self._sealer is None or sealed is None:
            return None
        try:
            return self._sealer.open(voucher_id, sealed)
        except NotOpened:
            raise Damaged("a holder cannot be unsealed") from None

    def _one(self, query: str, key: bytes) -> Voucher | None:
        renewals = self._readers.renewals
        try:
            with self._readers.one() as connection, reading():
                rows = connection.execute(query, (key,)).fetchall()
                return voucher_of(rows[0], key) if len(rows) == 1 else None
        except Damaged as damage:
            self._renew(damage, renewals)
            return None

    # --- writing -------------------------------------------------------------------------------

    def next_ask(self) -> Ask:
        """What to ask the service for next; a fetch that was broken off goes on where it was."""
        return Ask(self._state.next_cursor, self._clock.now())

    def apply(self, page: Page, asked: Ask) -> bool:
        """Take the page that the service gave for `asked`. One fetch at a time.

        The pages of a snapshot or delta count when the last one has come, all at once.

        Returns:
            Whether the copy is complete. False: ask for more (or again, if it was damaged and
            made anew since `asked`; the page is then left out).

        Raises:
            Problem: it could not be written; JOURNAL_DAMAGED: it was damaged, and is empty now.
        """

        def take(file: VouchersFile) -> bool:
            if asked.cursor != file.state.next_cursor:
                return False
            file.apply(page, at=asked.at)
            return not page.more

        return self._owner.run(lambda keeper: self._kept(keeper, take))

    def ask_from_the_start(self) -> None:
        """Fetch everything again; what is here stays until that is complete.

        Raises:
            Problem: as `apply`.
        """

        self._owner.run(lambda keeper: self._kept(keeper, VouchersFile.forget_cursor))

    def _kept(self, keeper: _Keeper, work: Callable[[VouchersFile], Result]) -> Result:
        """Do the work on the owner's thread; if the file is damaged, it is empty afterwards."""
        try:
            return keeper.do(work)
        finally:
            self._state, self._news = keeper.facts()

    def _renew(self, damage: Damaged, renewals: int) -> None:
        def renew(keeper: _Keeper) -> None:
            if renewals == self._readers.renewals:  # else somebody noticed before us
                keeper.renew(damage)
                self._state, self._news = keeper.facts()

        self._owner.run(renew)


class _Keeper:
    """Keeps the file, whatever happens to it. Lives in the owner's thread."""

    def __init__(
        self, path: Path, readers: _Readers, belongs_to: str, sealer: Sealer | None
    ) -> None:
        self._path = path
        self._readers = readers
        self._belongs_to = belongs_to
        self._sealer = sealer
        try:
            self._file = VouchersFile(path, belongs_to=belongs_to, sealer=sealer)
            return
        except NotOurs as other:
            _log.info("the copy of the vouchers is of %s; it is fetched again", other)
        except Damaged as damage:
            _log.error("the copy of the vouchers is damaged (%s); it is fetched again", damage)
        self._make_anew()

    def facts(self) -> tuple[State, News]:
        return self._file.state, self._file.news

    def do(self, work: Callable[[VouchersFile], Result]) -> Result:
        """The result of `work`.

        Raises:
            Problem: of the world; JOURNAL_DAMAGED: the file was damaged, and is empty now.
        """
        try:
            return work(self._file)
        except Damaged as damage:
            self.renew(damage)
            raise Problem(
                ProblemKind.JOURNAL_DAMAGED, f"copy of the vouchers: {damage}"
            ) from damage

    def renew(self, damage: Damaged) -> None:
        """Give the file up and begin with an empty one."""
        _log.error("the copy of the vouchers is damaged (%s); it is fetched again", damage)
        with self._readers.kept_out():
            self._file.close()
            self._make_anew()

    def close(self) -> None:
        self._readers.close()
        self._file.close()

    def _make_anew(self) -> None:
        try:
            for ending in ("", "-wal", "-shm"):
                self._path.with_name(self._path.name + ending).unlink(missing_ok=True)
        except OSError as error:
            raise Problem(ProblemKind.DISK_READ_ONLY, f"{type(error).__name__}: {error}") from error
        self._file = VouchersFile(self._path, belongs_to=self._belongs_to, sealer=self._sealer)


class _Readers:
    """Connections that only read; as many as there are threads that do so at the same time.

    Attributes:
        renewals: how often everybody was kept out; the file before is not the file after.
    """

    def __init__(self, path: Path) -> None:
        self._address = f"{path.absolute().as_uri()}?mode=ro"
        self._changed = threading.Condition()
        self._idle: list[sqlite3.Connection] = []
        self._at_work = 0
        self._kept_out = False
        self._closed = False
        self.renewals = 0

    @contextmanager
    def one(self) -> Iterator[sqlite3.Connection]:
        """A connection for one look-up; waits only while the file is being replaced."""
        with self._changed:
            self._changed.wait_for(lambda: not self._kept_out)
            if self._closed:
                raise Bug("a look-up in a copy that was closed")
            self._at_work += 1
            connection = self._idle.pop() if self._idle else None
        try:
            if connection is None:
                with reading():
                    connection = self._open()
            yield connection
        finally:
            with self._changed:
                self._at_work -= 1
                if connection is not None:
                    self._idle.append(connection)
                if not self._at_work:
                    self._changed.notify_all()

    def _open(self) -> sqlite3.Connection:
        # One thread at a time uses it, but not always the same one.
        return sqlite3.connect(
            self._address,
            uri=True,
            timeout=BUSY_WAIT_S,
            isolation_level=None,
            check_same_thread=False,
        )

    @contextmanager
    def kept_out(self) -> Iterator[None]:
        """Nobody reads, and no connection is open, inside the block."""
        with self._changed:
            self._kept_out = True
            self._changed.wait_for(lambda: not self._at_work)
            for connection in self._idle:
                connection.close()
            self._idle.clear()
        try:
            yield
        finally:
            with self._changed:
                self.renewals += 1
                self._kept_out = False
                self._changed.notify_all()

    def close(self) -> None:
        """Let look-ups end; another one would be a Bug."""
        with self.kept_out():
            self._closed = True

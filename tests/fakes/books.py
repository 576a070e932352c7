"""A till's books, written into a real journal: sales, answers, voids, closings. For tests."""

from __future__ import annotations

import json
import random
import sqlite3
from collections.abc import Sequence
from contextlib import closing
from datetime import date
from pathlib import Path
from uuid import UUID
from zoneinfo import ZoneInfo

from merchant_app.clock import business_date, to_text
from merchant_app.contract.status import OutcomeStatus
from merchant_app.ids import EpochId, OpId, ShopNumber, TillId, VoucherId, uuid7
from merchant_app.journal.book_reader import BookReader, Horizon
from merchant_app.journal.journal import Journal
from merchant_app.ledger.entries import (
    Choice,
    Decision,
    Entry,
    Line,
    Redemption,
    Resolution,
    Void,
    envelopes,
    to_body,
)
from merchant_app.ledger.messages import Outcome, OutcomeLine, Stored
from merchant_app.ledger.till import Progress
from merchant_app.money import Money
from merchant_app.reports.exports.rows import Till
from merchant_app.vouchers.terms import Terms, VatKind, Voucher, VoucherStatus
from tests.fakes.clock import FakeClock

ZONE = "Europe/Paris"


class Books:
    """One till's journal.

    Attributes:
        path: of the journal.
        clock: moved on by every id that is made.
        vouchers: what the till knows of them; those of a `vat` other than None.
        closings: how many there are.
    """

    def __init__(self, path: Path, *, seed: int = 1, cashier: str = "Zoë") -> None:
        self.path = path
        self.clock = FakeClock()
        self.vouchers: dict[VoucherId, Voucher] = {}
        self.closings = 0
        self._cashier = cashier
        self._chance = random.Random(seed)
        self._journal = Journal(path, self.clock)
        self._cursor = 0
        self.enrol_again()

    def close(self) -> None:
        self._journal.close()

    def reader(self) -> BookReader:
        return BookReader(self.path)

    def till(self, title: str = "Caisse 1") -> Till:
        return Till(title=title, zone=ZoneInfo(ZONE), find=self.vouchers.get)

    # --- entries ---------------------------------------------------------------------------------

    def redemption(
        self,
        *minor: int,
        honoured: bool = False,
        vat: VatKind | None = VatKind.MULTI_PURPOSE,
        currency: str = "EUR",
    ) -> Redemption:
        """One that is not written yet: a line for each amount."""
        lines = tuple(
            Line(self._voucher(amount, vat, currency), Money(amount, currency), "…H2M7")
            for amount in minor
        )
        return Redemption(
            op_id=OpId(self._id()),
            lines=lines,
            purchase=None,
            honoured=honoured,
            at=self.clock.now(),
            cashier=self._cashier,
        )

    def decision(self, redemption: Redemption, *, handed_over: bool) -> Decision:
        return Decision(
            op_id=OpId(self._id()),
            redemption_id=redemption.op_id,
            handed_over=handed_over,
            at=self.clock.now(),
            cashier=self._cashier,
        )

    def voiding(self, redemption: Redemption) -> Void:
        return Void(
            op_id=OpId(self._id()),
            redemption_id=redemption.op_id,
            at=self.clock.now(),
            cashier=self._cashier,
        )

    def resolution(self, about: Redemption | Void, choice: Choice) -> Resolution:
        return Resolution(
            op_id=OpId(self._id()),
            about_id=about.op_id,
            choice=choice,
            note="",
            retry_id=OpId(self._id()) if choice is Choice.RETRIED else None,
            at=self.clock.now(),
            cashier=self._cashier,
        )

    def write(self, *entries: Entry) -> None:
        self._journal.append(*entries)

    def enrol_again(self) -> None:
        """Entries go to a new epoch from now on; nobody has compared yet what is missing."""
        self._journal.begin_epoch(EpochId(self._id()), till_id=TillId(self._id()), generation=0)

    def resend(self, *entries: Entry) -> None:
        """They stand in the current epoch because the service had them not."""
        self._journal.reconciled([to_body(entry) for entry in entries])

    def adopt(self, *entries: Entry) -> None:
        """A copy of this till wrote them."""
        chain = envelopes(entries, last_seq=0, last_hash=bytes(32))
        self._journal.adopt(EpochId(self._id()), chain)

    # --- the usual stories -----------------------------------------------------------------------

    def sell(self, *minor: int, vat: VatKind | None = VatKind.MULTI_PURPOSE) -> Redemption:
        """Online: the service takes everything, the goods are handed over."""
        redemption = self.redemption(*minor, vat=vat)
        self.write(redemption)
        self.tell(redemption, OutcomeStatus.ACCEPTED, *((amount, 0) for amount in minor))
        self.write(self.decision(redemption, handed_over=True))
        return redemption

    def sell_offline(self, *minor: int, vat: VatKind | None = None) -> Redemption:
        """The service has not said anything."""
        redemption = self.redemption(*minor, honoured=True, vat=vat)
        self.write(redemption)
        return redemption

    def void(self, redemption: Redemption) -> Void:
        """The goods came back, the service agreed."""
        void = self.voiding(redemption)
        self.write(void)
        self.tell(void, OutcomeStatus.REVERSED)
        self.tell(redemption, OutcomeStatus.VOIDED, *((0, 0) for _ in redemption.lines))
        return void

    def tell(
        self, about: Redemption | Void, status: OutcomeStatus, *lines: tuple[int, int]
    ) -> None:
        """The service says what it debited and could not debit of each line."""
        told: Sequence[OutcomeLine] = ()
        if isinstance(about, Redemption):
            told = [
                OutcomeLine(line.voucher_id, accepted, shortfall, 0, None)
                for line, (accepted, shortfall) in zip(about.lines, lines, strict=False)
            ]
        self._answered(Outcome(about.op_id, status, tuple(told), self.clock.now()))

    def alarm(self, seq: int | None = None) -> None:
        """The service cannot make sense of an entry: the last one, if none is named."""
        self._answered(alarm_seqs=(self._journal.head()[0] if seq is None else seq,))

    def confirm(self) -> None:
        """The service says that it has everything, and nothing else."""
        self._answered()

    def _answered(self, *outcomes: Outcome, alarm_seqs: tuple[int, ...] = ()) -> None:
        self._cursor += 1
        seq, head_hash = self._journal.head()
        receipt = Stored(
            generation=0,
            head_seq=seq,
            head_hash=head_hash,
            head_at=self.clock.now(),
            head_signature=bytes(64),
            outcomes=outcomes,
            next_outcome_cursor=self._cursor,
            more_outcomes=False,
            alarm_seqs=alarm_seqs,
        )
        progress = Progress(
            epoch_id=self._journal.epoch_id(), acked_seq=seq, outcome_cursor=self._cursor
        )
        self._journal.record_answer(progress, receipt=receipt)

    def close_day(self, day: date | None = None) -> Horizon:
        """A closing over everything since the last one, as far as an export reads it."""
        with self.reader() as reader:
            end = reader.horizon()
        self.closings += 1
        at = self.clock.now()
        body = {
            "business_date": (day or business_date(at, ZONE)).isoformat(),
            "closed_at": to_text(at),
            "last_entry": end.entry,
            "last_adopted": end.adopted,
            "last_outcome": end.outcome,
        }
        with closing(sqlite3.connect(self.path)) as connection, connection:
            connection.execute(
                "CREATE TABLE IF NOT EXISTS closings (number INTEGER PRIMARY KEY, kind TEXT, "
                "body TEXT, hash BLOB, signature BLOB)"
            )
            connection.execute(
                "INSERT INTO closings VALUES (?, 'day', ?, ?, ?)",
                (self.closings, json.dumps(body), bytes(32), bytes(64)),
            )
        return end

    def _voucher(self, minor: int, vat: VatKind | None, currency: str) -> VoucherId:
        voucher_id = VoucherId(self._id())
        if vat is not None:
            self.vouchers[voucher_id] = Voucher(
                voucher_id=voucher_id,
                shop_number=ShopNumber(7),
                face=Money(minor, currency),
                balance=Money(0, currency),
                terms=Terms(vat_kind=vat),
                status=VoucherStatus.ACTIVE,
                label="…H2M7",
            )
        return voucher_id

    def _id(self) -> UUID:
        self.clock.advance(seconds=1)
        return uuid7(self.clock.now(), self._chance.randbytes)

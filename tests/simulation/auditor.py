"""The auditor: knows the rules of ledger.md and what really happened, nothing of how it is done.

It reads the service's books and the tills' journals as they lie there, and asks no judgement of
the engine's. I1, I7, I14 at every step; the others when everything has come to rest.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from typing import Protocol

from merchant_app.contract.status import OutcomeStatus
from merchant_app.ids import OpId, VoucherId
from merchant_app.ledger.entries import (
    Decision,
    Entry,
    Redemption,
    Resolution,
    Void,
    from_body,
)
from merchant_app.ledger.messages import Batch, Outcome
from merchant_app.ledger.service import MovementKind, Record
from tests.simulation.journals import SimulatedJournal
from tests.simulation.purchases import Purchase, Violation
from tests.simulation.world import World


class Audited(Protocol):
    """What the auditor sees of a till."""

    machine: int
    journal: SimulatedJournal
    balances: Mapping[VoucherId, int]


class Auditor:
    """One run's auditor."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._profile = world.profile
        self._truth = world.truth

    # --- at every step ---------------------------------------------------------------------------

    def sent(self, till: Audited, batch: Batch) -> None:
        """I14: an entry that leaves is durable."""
        if not batch.entries:
            return
        first_seq, last_seq = batch.entries[0].seq, batch.entries[-1].seq
        durable = till.journal.durable_hashes(first_seq, last_seq)
        if durable != [envelope.hash for envelope in batch.entries]:
            raise Violation(f"I14 one of {first_seq} to {last_seq} left before it was durable")

    def accepted_offline(self, till: Audited) -> None:
        """I7: what is unconfirmed is within the limits, counted here from the entries."""
        profile, total, count = self._profile, 0, 0
        by_voucher: dict[int, int] = {}
        newest: Redemption | None = None
        for redemption in till.journal.standing.unconfirmed.values():
            count, newest = count + 1, redemption
            for line in redemption.lines:
                minor, voucher = line.amount.minor, line.voucher_id.int
                total += minor
                by_voucher[voucher] = by_voucher.get(voucher, 0) + minor
        if newest is None:
            raise Violation("I7 something accepted offline is not counted")
        # Beyond the soft limits only with a word of somebody responsible, and never beyond twice.
        times = 2 if till.journal.is_lifted(newest.op_id) else 1
        if total > times * profile.till_max_minor or count > times * profile.count_max:
            raise Violation(f"I7 {count} redemptions, {total} unconfirmed at a till")
        for line in newest.lines:
            most = min(profile.voucher_max_minor, till.balances.get(line.voucher_id, 0))
            taken = by_voucher[line.voucher_id.int]
            if taken > most:
                raise Violation(f"I7 {taken} on a voucher, not {most}")

    def balances(self) -> None:
        """I1, at any time."""
        for voucher in self._world.service.ledger.vouchers.values():
            if not 0 <= voucher.balance.minor <= voucher.face.minor:
                raise Violation(f"I1 a balance of {voucher.balance.minor}")

    # --- at rest ---------------------------------------------------------------------------------

    def final(self, tills: Iterable[Audited]) -> None:
        """Everything has come to rest: does it add up?"""
        tills = list(tills)
        self.balances()
        records, statuses, stored = self._records(), self._statuses(), self._stored()
        self._lost = self._what_is_lost(stored)
        self._money(records)
        self._origins(stored)
        for till in tills:
            self._journal(till, records, stored)
        paid = _payments(stored.values(), records)
        self._shortfalls(records, paid)
        for purchase in self._truth.purchases:
            self._purchase(purchase, records, statuses)
        self._shown(records)

    def _records(self) -> dict[OpId, Record]:
        ops = self._world.service.ledger.books.ops
        return {op_id: op.record for op_id, op in ops.items() if op.record is not None}

    def _statuses(self) -> dict[OpId, OutcomeStatus]:
        ops = self._world.service.ledger.books.ops
        return {op_id: op.status for op_id, op in ops.items() if op.status is not None}

    def _stored(self) -> dict[OpId, Entry]:
        stored: dict[OpId, Entry] = {}
        for chain in self._world.service.ledger.books.chains.values():
            previous = chain.root
            for number, envelope in enumerate(chain.entries, start=1):
                message = b"comptoir entry v1\x00" + previous + number.to_bytes(8, "big")
                previous = hashlib.sha256(message + envelope.body.encode()).digest()
                if envelope.seq != number or envelope.hash != previous:
                    raise Violation(f"I10 the service's chain breaks at {number}")
                entry = from_body(envelope.body)
                known = stored.setdefault(entry.op_id, entry)
                if known is not entry and known != entry:
                    raise Violation("I3 one op, two entries")
        return stored

    def _what_is_lost(self, stored: dict[OpId, Entry]) -> set[OpId]:
        """Redemptions about which a till without a mirror has lost an entry for good."""
        lost = {about_id for op_id, about_id in self._truth.declared.items() if op_id not in stored}
        self._world.counts.declared = len(lost)
        return lost

    def _money(self, records: dict[OpId, Record]) -> None:
        """I2, I8, I11."""
        ledger = self._world.service.ledger
        accepted = dict.fromkeys(ledger.vouchers, 0)
        shortfall = 0
        for record in records.values():
            for line in record.lines:
                taken = line.accepted_minor + line.shortfall_minor
                if min(line.accepted_minor, line.shortfall_minor) < 0 or (
                    taken > line.line.amount.minor
                ):
                    raise Violation("I11 more taken, or more given back, than there was")
                if line.accepted_minor:
                    accepted[line.line.voucher_id] += line.accepted_minor
                shortfall += line.shortfall_minor
        booked, left = self._moved()
        if booked != shortfall:
            raise Violation(f"I8 losses booked {booked}, losses {shortfall}")
        for voucher_id, voucher in ledger.vouchers.items():
            expected = voucher.face.minor - accepted[voucher_id]
            if voucher.balance.minor != expected or left[voucher_id] != expected:
                raise Violation(f"I2 a balance of {voucher.balance.minor}, should be {expected}")

    def _moved(self) -> tuple[int, dict[VoucherId, int]]:
        """What the movements add up to: losses, and what is left on each voucher."""
        ledger = self._world.service.ledger
        booked, left = 0, dict.fromkeys(ledger.vouchers, 0)
        for movement in ledger.movements:
            match movement.kind:
                case MovementKind.SHORTFALL:
                    booked += movement.amount_minor
                case MovementKind.SHORTFALL_RETURNED:
                    booked -= movement.amount_minor
                case MovementKind.ISSUE | MovementKind.CREDIT:
                    left[movement.voucher_id] += movement.amount_minor
                case MovementKind.DEBIT:
                    left[movement.voucher_id] -= movement.amount_minor
        return booked, left

    def _origins(self, stored: dict[OpId, Entry]) -> None:
        """I6: nothing at the service that no till made."""
        for op_id, entry in stored.items():
            if isinstance(entry, Redemption) and op_id not in self._truth.purchase_of:
                raise Violation("I6 a redemption that nobody made")
            if isinstance(entry, Void) and op_id not in self._truth.void_of:
                raise Violation("I6 an undo that nobody made")

    def _journal(
        self, till: Audited, records: dict[OpId, Record], stored: dict[OpId, Entry]
    ) -> None:
        """I4, I5, I10 of one journal."""
        journal = till.journal
        for epoch in journal.epochs():
            previous = journal.hash_in(epoch.epoch_id, 0)
            rows = journal.bodies(epoch.epoch_id, after_seq=0)
            for number, (op_id, body, own_hash) in enumerate(rows, start=1):
                assert previous is not None
                message = b"comptoir entry v1\x00" + previous + number.to_bytes(8, "big")
                previous = hashlib.sha256(message + body.encode()).digest()
                if own_hash != previous:
                    raise Violation(f"I10 a till's chain breaks at {number}")
                if op_id not in stored:
                    raise Violation(f"I4 entry {number} of till {till.machine} never arrived")
                entry = stored[op_id]
                if isinstance(entry, Redemption):
                    self._settled(journal, entry, records)

    def _settled(
        self, journal: SimulatedJournal, entry: Redemption, records: dict[OpId, Record]
    ) -> None:
        """I5: one decision and one outcome, the same on both sides."""
        record = records.get(entry.op_id)
        if record is None:
            raise Violation("I5 a redemption without an outcome")
        if journal.is_lifted(entry.op_id) and entry.op_id not in self._truth.lifts:
            raise Violation("I7 nobody lifted a limit for it")
        if entry.op_id in self._lost:
            return
        if record.handed_over is None:
            raise Violation("I5 a redemption that nobody has decided")
        told = journal.outcome(entry.op_id)
        if told is None or not _same(told, record):
            raise Violation("I5 a till was told something else than is in the books")

    def _shortfalls(self, records: dict[OpId, Record], paid: dict[OpId, int]) -> None:
        """What was handed over is debited, or a loss with a name, or paid by a second try."""
        for op_id, record in records.items():
            if op_id in self._lost:
                continue
            amount = sum(line.line.amount.minor for line in record.lines)
            accepted = sum(line.accepted_minor for line in record.lines)
            shortfall = sum(line.shortfall_minor for line in record.lines)
            if record.handed_over and record.voided_by is None:
                if shortfall != max(0, amount - accepted - paid.get(op_id, 0)):
                    raise Violation(
                        f"I9 {amount} handed over, {accepted} debited, {shortfall} lost"
                    )
            elif record.handed_over is not None and (accepted or shortfall):
                raise Violation("I9 nothing was handed over, and something was debited")

    def _purchase(
        self,
        purchase: Purchase,
        records: dict[OpId, Record],
        statuses: dict[OpId, OutcomeStatus],
    ) -> None:
        """I9: debited, or a named loss, exactly when the goods went over the counter; once."""
        if not self._lost.isdisjoint(purchase.ops):
            return
        handed_over = [op for op in purchase.ops if op in records and records[op].handed_over]
        undone = {
            self._truth.void_of[void_id]
            for void_id in purchase.voids
            if statuses.get(void_id) is OutcomeStatus.REVERSED
        }
        kept = [op_id for op_id in handed_over if op_id not in undone]
        expected = [purchase.given] if purchase.given is not None else []
        if kept != [op_id for op_id in expected if op_id not in undone]:
            raise Violation(
                f"I9 goods given {purchase.given}, paid for {kept}, undone {len(undone)}"
            )

    def _shown(self, records: dict[OpId, Record]) -> None:
        """I13: what a screen called accepted stays so. Not where a file, or a till, was missing."""
        world = self._world
        if world.forced or world.counts.clones or not self._profile.mirror:
            return
        for op_id in self._truth.shown_accepted:
            if any(line.shortfall_minor for line in records[op_id].lines):
                raise Violation("I13 an accepted redemption became a loss")

    def digest(self) -> str:
        """The whole run in one word."""
        text = repr(
            [
                (op_id.int, op.status, op.lines, op.record and op.record.handed_over)
                for op_id, op in sorted(
                    self._world.service.ledger.books.ops.items(), key=lambda pair: pair[0].int
                )
            ]
        )
        return hashlib.sha256(f"{text}{self._world.counts}".encode()).hexdigest()[:16]


def _same(told: Outcome, record: Record) -> bool:
    return told.status is record.status and [
        (line.voucher_id, line.accepted_minor, line.shortfall_minor) for line in told.lines
    ] == [
        (line.line.voucher_id, line.accepted_minor, line.shortfall_minor) for line in record.lines
    ]


def _payments(stored: Iterable[Entry], records: dict[OpId, Record]) -> dict[OpId, int]:
    """What second tries have paid for which losses."""
    paid: dict[OpId, int] = {}
    used: set[OpId] = set()
    for entry in stored:
        if isinstance(entry, Resolution) and entry.retry_id is not None:
            retry = records.get(entry.retry_id)
            if retry is None or not retry.handed_over or entry.retry_id in used:
                continue
            used.add(entry.retry_id)
            accepted = sum(line.accepted_minor for line in retry.lines)
            paid[entry.about_id] = paid.get(entry.about_id, 0) + accepted
    return paid


def about(entry: Entry) -> OpId:
    """The redemption that an entry is about."""
    match entry:
        case Redemption():
            return entry.op_id
        case Decision() | Void():
            return entry.redemption_id
        case Resolution():
            return entry.about_id

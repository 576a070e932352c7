"""What the journal knows of single redemptions: all that became of them, and when.

Read beside the till, like an export (`book_reader`): nobody at the counter waits for it.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from merchant_app.clock import from_text
from merchant_app.contract.status import OutcomeStatus
from merchant_app.ids import OpId, id_text
from merchant_app.journal.book_reader import BookReader, Placed
from merchant_app.journal.checking import damage_errors
from merchant_app.journal.events import EventKind
from merchant_app.ledger.entries import BadEntry, Resolution, from_body
from merchant_app.ledger.exposure import Limit

_RECEIPTS = (EventKind.RECEIPT_PRINTED.value, EventKind.RECEIPT_REPRINTED.value)


@dataclass(frozen=True, slots=True)
class Printed:
    """A receipt was printed; `again`: a duplicate."""

    at: datetime
    cashier: str
    again: bool


@dataclass(frozen=True, slots=True)
class LiftedBy:
    """Somebody responsible took it beyond a limit."""

    at: datetime
    cashier: str
    limit: Limit


class LifeReader(BookReader):
    """See `BookReader`: one thread, and Problems."""

    def stored(self, placed: Placed) -> datetime | None:
        """When the service first said that it has this entry; None: not yet."""
        query = "SELECT signed_at FROM receipts WHERE epoch_id = ? AND seq >= ? ORDER BY id LIMIT 1"
        row = next(iter(self.select(query, (placed.epoch_id, placed.number))), None)
        with damage_errors():
            return None if row is None else from_text(str(row[0]))

    def hash_of(self, placed: Placed) -> bytes:
        """The entry's own hash; it stands on receipts."""
        table = "adopted" if placed.foreign else "entries"
        query = f"SELECT hash FROM {table} WHERE rowid = ?"  # noqa: S608 - constants
        (row,) = self.select(query, (placed.position,))
        return bytes(row[0])

    def void_answers(self, voids: Sequence[OpId]) -> dict[OpId, OutcomeStatus]:
        """The newest that the service said of these voids, where it said anything."""
        found: dict[OpId, OutcomeStatus] = {}
        with damage_errors():
            for void in voids:
                query = "SELECT status FROM outcomes WHERE op_id = ? ORDER BY id DESC LIMIT 1"
                for row in self.select(query, (id_text(void),)):
                    found[void] = OutcomeStatus(row[0])
        return found

    def alarmed(self, op_ids: Sequence[OpId]) -> datetime | None:
        """When the service said that it cannot make sense of one of these; None: it did not."""
        with damage_errors():
            for op_id in op_ids:
                query = "SELECT recorded_at FROM alarms WHERE op_id = ?"
                for row in self.select(query, (id_text(op_id),)):
                    return from_text(str(row[0]))
        return None

    def resolutions(self, op_ids: Sequence[OpId]) -> list[Resolution]:
        """What people decided about these, in the journal's order; each once."""
        found: dict[OpId, Resolution] = {}
        query = (
            "SELECT body FROM entries WHERE redemption_id = ?1 AND kind = 'resolution' UNION ALL "
            "SELECT body FROM adopted WHERE redemption_id = ?1 AND kind = 'resolution'"
        )
        for op_id in op_ids:
            for row in self.select(query, (id_text(op_id),)):
                entry = _entry(row[0])
                if isinstance(entry, Resolution):
                    found.setdefault(entry.op_id, entry)
        return sorted(found.values(), key=lambda one: one.at)

    def lifted_by(self, op_id: OpId) -> LiftedBy | None:
        """Which limit was lifted for it, at this till; None: none was."""
        query = "SELECT at, cashier, detail FROM events WHERE kind = ? AND instr(detail, ?)"
        with damage_errors():
            values = (EventKind.LIMIT_LIFTED.value, id_text(op_id))
            for at, cashier, detail in self.select(query, values):
                return LiftedBy(from_text(at), cashier, Limit(json.loads(detail)["limit"]))
        return None

    def printed(self, op_id: OpId) -> list[Printed]:
        """The receipts that were printed of it, in order."""
        marks = ", ".join("?" * len(_RECEIPTS))
        query = (
            f"SELECT at, cashier, kind, detail FROM events WHERE kind IN ({marks}) "  # noqa: S608 - marks
            "AND instr(detail, ?) ORDER BY number"
        )
        with damage_errors():
            return [
                Printed(from_text(at), cashier, again=kind != EventKind.RECEIPT_PRINTED.value)
                for at, cashier, kind, detail in self.select(query, (*_RECEIPTS, id_text(op_id)))
                if json.loads(detail)["op_id"] == id_text(op_id)
            ]


def _entry(body: str) -> object:
    with damage_errors():
        try:
            return from_body(body)
        except BadEntry as error:
            raise ValueError(str(error)) from error

"""What a journal file can tell: queries over one connection, no writing."""

from __future__ import annotations

import sqlite3
from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from merchant_app.clock import from_text, to_text
from merchant_app.contract.status import OutcomeStatus
from merchant_app.errors import Bug
from merchant_app.ids import EpochId, OpId, VoucherId, id_of, id_text
from merchant_app.journal import bases, outcome_lines
from merchant_app.journal.bases import Base
from merchant_app.journal.events import lifted_ops
from merchant_app.ledger.entries import (
    Decision,
    Entry,
    Envelope,
    Redemption,
    Resolution,
    from_body,
    root_hash,
)
from merchant_app.ledger.messages import Outcome, Stored
from merchant_app.ledger.till_journal import OwnEpoch, Recorded

_IDS_PER_QUERY = 500

# Every op once: what this till wrote, and what a copy of it wrote.
ALL_OPS = (
    "(SELECT op_id, kind, redemption_id, body, epoch_id, seq, hash, rowid AS position,"
    " 0 AS foreign_ FROM entries WHERE origin = 'own' UNION ALL"
    " SELECT op_id, kind, redemption_id, body, epoch_id, seq, hash, rowid, 1 FROM adopted)"
)

# What decides or undoes a redemption, by each kind's own index: a query for both kinds at once, or
# over ALL_OPS, would read the whole journal. Ours last.
_DECISIONS_AND_VOIDS = (
    "SELECT kind, op_id, body, 1 AS foreign_ FROM adopted"
    " WHERE redemption_id = ?1 AND kind IN ('decision', 'void') UNION ALL"
    " SELECT kind, op_id, body, 0 FROM entries"
    " WHERE redemption_id = ?1 AND kind = 'decision' AND origin = 'own' UNION ALL"
    " SELECT kind, op_id, body, 0 FROM entries"
    " WHERE redemption_id = ?1 AND kind = 'void' AND origin = 'own' ORDER BY foreign_ DESC"
)


class Queries:
    """Answers from one journal file. Confined to the connection's thread."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self._base: tuple[Base | None] | None = None

    # --- what was purged -------------------------------------------------------------------------

    def base(self) -> Base | None:
        """Where this journal begins; None: at its root. It never changes while the file is open."""
        if self._base is None:
            self._base = (bases.base_of(self._connection),)
        return self._base[0]

    def is_purged(self, epoch_id: EpochId, seq: int) -> bool:
        """Whether an entry of this enrolment was here, and is in an archive now."""
        gone = bases.chain_base(self.base(), epoch_id)
        return gone is not None and seq <= gone[0]

    def without_purged(self, receipt: Stored) -> Stored:
        """A receipt without outcomes of what was purged: told once more, after a salvage say, they
        would be about nothing here."""
        base = self.base()
        if base is None or not receipt.outcomes:
            return receipt
        old = [told.op_id for told in receipt.outcomes if base.is_old(told.op_id)]
        gone = set(old) - self.knows(old)
        return replace(
            receipt, outcomes=tuple(told for told in receipt.outcomes if told.op_id not in gone)
        )

    # --- chains ----------------------------------------------------------------------------------

    def current_epoch(self) -> EpochId:
        """The epoch that entries go to.

        Raises:
            Bug: none was begun.
        """
        row = self._connection.execute(
            "SELECT epoch_id FROM epochs ORDER BY position DESC LIMIT 1"
        ).fetchone()
        if row is None:
            raise Bug("no epoch was begun in this journal")
        return EpochId(id_of(row[0]))

    def root_of(self, epoch_id: EpochId) -> bytes:
        """h(0) of an epoch."""
        row = self._connection.execute(
            "SELECT root FROM epochs WHERE epoch_id = ?", (id_text(epoch_id),)
        ).fetchone()
        return bytes(row[0]) if row is not None and row[0] is not None else root_hash(epoch_id)

    def head_of(self, epoch_id: EpochId) -> tuple[int, bytes]:
        """Where an epoch's chain ends here."""
        row = self._connection.execute(
            "SELECT seq, hash FROM entries WHERE epoch_id = ? ORDER BY seq DESC LIMIT 1",
            (id_text(epoch_id),),
        ).fetchone()
        if row is not None:
            return row[0], bytes(row[1])
        gone = bases.chain_base(self.base(), epoch_id)
        return gone or (0, self.root_of(epoch_id))

    def hash_in(self, epoch_id: EpochId, seq: int) -> bytes | None:
        """Our own hash at `seq` of an epoch; None where there is no such entry."""
        if seq == 0:
            return self.root_of(epoch_id)
        row = self._connection.execute(
            "SELECT hash FROM entries WHERE epoch_id = ? AND seq = ?", (id_text(epoch_id), seq)
        ).fetchone()
        if row is not None:
            return bytes(row[0])
        gone = bases.chain_base(self.base(), epoch_id)
        return gone[1] if gone is not None and gone[0] == seq else None

    def epochs(self) -> tuple[OwnEpoch, ...]:
        """Every epoch here, the current one last."""
        rows = self._connection.execute("SELECT epoch_id FROM epochs ORDER BY position").fetchall()
        ids = [EpochId(id_of(row[0])) for row in rows]
        return tuple(OwnEpoch(epoch_id, *self.head_of(epoch_id)) for epoch_id in ids)

    def envelopes(self, epoch_id: EpochId, *, after_seq: int, limit: int) -> tuple[Envelope, ...]:
        """Entries of an epoch, in order."""
        rows = self._connection.execute(
            "SELECT seq, body, hash FROM entries WHERE epoch_id = ? AND seq > ? "
            "ORDER BY seq LIMIT ?",
            (id_text(epoch_id), after_seq, limit),
        )
        return tuple(Envelope(*row) for row in rows)

    def sales_after(self, epoch_id: EpochId, seq: int) -> tuple[int, datetime | None]:
        """How many sales the entries after `seq` are about, and when the first was recorded."""
        sales, first = self._connection.execute(
            "SELECT count(DISTINCT coalesce(redemption_id, op_id)), min(seq) FROM entries "
            "WHERE epoch_id = ? AND seq > ?",
            (id_text(epoch_id), seq),
        ).fetchone()
        if first is None:
            return 0, None
        (at,) = self._connection.execute(
            "SELECT json_extract(body, '$.at') FROM entries WHERE epoch_id = ? AND seq = ?",
            (id_text(epoch_id), first),
        ).fetchone()
        return sales, from_text(at)

    def bodies(self, epoch_id: EpochId, *, after_seq: int) -> tuple[tuple[OpId, str, bytes], ...]:
        """The entries of an epoch from after `after_seq` on: op, body, hash."""
        rows = self._connection.execute(
            "SELECT op_id, body, hash FROM entries WHERE epoch_id = ? AND seq > ? ORDER BY seq",
            (id_text(epoch_id), after_seq),
        )
        return tuple((OpId(id_of(op_id)), body, entry_hash) for op_id, body, entry_hash in rows)

    def adopted_bodies(self) -> tuple[tuple[EpochId, int, OpId, str], ...]:
        """The adopted entries, and where they stood."""
        rows = self._connection.execute(
            "SELECT epoch_id, seq, op_id, body FROM adopted ORDER BY rowid"
        )
        return tuple(
            (EpochId(id_of(epoch_id)), seq, OpId(id_of(op_id)), body)
            for epoch_id, seq, op_id, body in rows
        )

    def knows(self, op_ids: Sequence[OpId], *, in_epoch: EpochId | None = None) -> set[OpId]:
        """Which of these ops are recorded here (in that epoch)."""
        where, known = ("", ()) if in_epoch is None else (" AND epoch_id = ?", (id_text(in_epoch),))
        found: set[OpId] = set()
        for some, marks in _in_pieces(op_ids):
            query = f"SELECT op_id FROM entries WHERE op_id IN ({marks}){where}"  # noqa: S608 - marks
            rows = self._connection.execute(query, (*some, *known)).fetchall()
            if in_epoch is None:
                query = f"SELECT op_id FROM adopted WHERE op_id IN ({marks})"  # noqa: S608 - marks
                rows += self._connection.execute(query, some).fetchall()
            found.update(OpId(id_of(row[0])) for row in rows)
        return found

    # --- ops -------------------------------------------------------------------------------------

    def recorded(self, op_id: OpId) -> Recorded | None:
        """A redemption and what became of it."""
        row = self._connection.execute(
            f"SELECT epoch_id, seq, body, hash, foreign_ FROM {ALL_OPS} "  # noqa: S608 - a constant
            "WHERE op_id = ? AND kind = 'redemption' LIMIT 1",
            (id_text(op_id),),
        ).fetchone()
        if row is None:
            return None
        redemption = from_body(row[2])
        if not isinstance(redemption, Redemption):
            raise Bug(f"entry {row[1]} is not the redemption its row says")
        decision: bool | None = True if redemption.honoured else None
        void = None
        for kind, other_id, body, _ in self._connection.execute(
            _DECISIONS_AND_VOIDS, (id_text(op_id),)
        ):
            # Ours last: where a copy of this till decided otherwise, our own decision counts here.
            if kind == "void":
                void = OpId(id_of(other_id))
            else:
                entry = from_body(body)
                decision = isinstance(entry, Decision) and entry.handed_over
        return Recorded(
            redemption=redemption,
            epoch_id=EpochId(id_of(row[0])),
            envelope=Envelope(row[1], row[2], bytes(row[3])),
            decision=decision,
            outcome=self.outcome(op_id),
            void=void,
            foreign=bool(row[4]),
        )

    def decided_elsewhere(self, redemption_id: OpId) -> bool:
        """Whether a copy of this till decided about a redemption."""
        row = self._connection.execute(
            "SELECT 1 FROM adopted WHERE redemption_id = ? AND kind = 'decision'",
            (id_text(redemption_id),),
        ).fetchone()
        return row is not None

    def entry(self, op_id: OpId) -> Entry | None:
        """Any entry, by its op."""
        row = self._connection.execute(
            f"SELECT body FROM {ALL_OPS} WHERE op_id = ? LIMIT 1",  # noqa: S608 - a constant
            (id_text(op_id),),
        ).fetchone()
        return None if row is None else from_body(row[0])

    def op_at(self, epoch_id: EpochId, seq: int) -> OpId | None:
        """The op of an entry."""
        row = self._connection.execute(
            "SELECT op_id FROM entries WHERE epoch_id = ? AND seq = ?", (id_text(epoch_id), seq)
        ).fetchone()
        return None if row is None else OpId(id_of(row[0]))

    def outcome(self, op_id: OpId) -> Outcome | None:
        """The newest the service said of an op."""
        row = self._connection.execute(
            "SELECT op_id, status, lines, decided_at, generation, signature FROM outcomes "
            "WHERE op_id = ? ORDER BY id DESC LIMIT 1",
            (id_text(op_id),),
        ).fetchone()
        return None if row is None else to_outcome(row)

    def outcomes(self, op_ids: Sequence[OpId]) -> tuple[Outcome, ...]:
        """The newest the service said of each of these ops, where it said anything."""
        found: dict[str, Outcome] = {}
        for some, marks in _in_pieces(op_ids):
            rows = self._connection.execute(
                "SELECT op_id, status, lines, decided_at, generation, signature "  # noqa: S608 - marks
                f"FROM outcomes WHERE op_id IN ({marks}) ORDER BY id",
                some,
            )
            found.update((row[0], to_outcome(row)) for row in rows)
        return tuple(found[id_text(op_id)] for op_id in op_ids if id_text(op_id) in found)

    def resolutions(self, op_id: OpId) -> tuple[Resolution, ...]:
        """What people decided about an op, oldest first."""
        rows = self._connection.execute(
            f"SELECT body FROM {ALL_OPS} WHERE redemption_id = ? "  # noqa: S608 - a constant
            "AND kind = 'resolution' ORDER BY position",
            (id_text(op_id),),
        )
        entries = [from_body(body) for (body,) in rows]
        return tuple(entry for entry in entries if isinstance(entry, Resolution))

    def has_alarm(self, op_id: OpId) -> bool:
        """Whether the service could not make sense of this op."""
        row = self._connection.execute(
            "SELECT 1 FROM alarms WHERE op_id = ?", (id_text(op_id),)
        ).fetchone()
        return row is not None

    def redemptions_of(self, voucher_id: VoucherId, *, limit: int) -> tuple[OpId, ...]:
        """The redemptions that name this voucher, newest first."""
        rows = self._connection.execute(
            "SELECT op_id FROM redemption_vouchers WHERE voucher_id = ? "
            "ORDER BY op_id DESC LIMIT ?",
            (id_text(voucher_id), limit),
        )
        return tuple(OpId(id_of(op_id)) for (op_id,) in rows)

    def booked_since(
        self, voucher_ids: Collection[VoucherId], since: datetime
    ) -> dict[VoucherId, int]:
        """What the service has debited for redemptions of this till that it first spoke of since
        then. What it says once more, after a restore say, is no news."""
        booked: dict[VoucherId, int] = {}
        for voucher_id in voucher_ids:
            rows = self._connection.execute(
                "SELECT o.lines FROM redemption_vouchers v JOIN outcomes o USING (op_id) "
                "WHERE v.voucher_id = ? "
                "AND o.id = (SELECT max(id) FROM outcomes n WHERE n.op_id = v.op_id) "
                "AND (SELECT recorded_at FROM outcomes f WHERE f.op_id = v.op_id "
                "ORDER BY f.id LIMIT 1) >= ?",
                (id_text(voucher_id), to_text(since)),
            )
            booked[voucher_id] = sum(
                line.accepted_minor
                for (lines,) in rows
                for line in outcome_lines.from_text(lines)
                if line.voucher_id == voucher_id
            )
        return booked

    def is_lifted(self, op_id: OpId) -> bool:
        """Whether a limit was lifted for this redemption, at this till."""
        return id_text(op_id) in lifted_ops(self._connection)

    def last_completed(self) -> Recorded | None:
        """The last redemption that was handed over and that no void undoes."""
        rows = self._connection.execute(
            "SELECT kind, op_id, redemption_id FROM entries WHERE origin = 'own' AND "
            "(kind = 'decision' AND json_extract(body, '$.handed_over') OR "
            "kind = 'redemption' AND json_extract(body, '$.honoured')) ORDER BY rowid DESC"
        )
        for kind, op_id, redemption_id in rows:
            completed = OpId(id_of(redemption_id if kind == "decision" else op_id))
            recorded = self.recorded(completed)
            if recorded is not None and recorded.void is None:
                return recorded
        return None


def to_outcome(row: Sequence[Any]) -> Outcome:
    """From op_id, status, lines, decided_at, generation, signature."""
    op_id, status, lines, at, generation, signature = row
    return Outcome(
        OpId(id_of(op_id)),
        OutcomeStatus(status),
        outcome_lines.from_text(lines),
        from_text(at),
        generation,
        bytes(signature),
    )


def _in_pieces(op_ids: Sequence[OpId]) -> Iterator[tuple[tuple[str, ...], str]]:
    """Ids in pieces that fit into one query, each with its question marks."""
    for start in range(0, len(op_ids), _IDS_PER_QUERY):
        some = tuple(id_text(op_id) for op_id in op_ids[start : start + _IDS_PER_QUERY])
        yield some, ",".join("?" * len(some))

"""Where a journal begins that was purged: what came before is in an archive, and is here no more.

A purge removes what a closing of a day and those before it cover. What remains must still prove
itself from its first row on, so an event (`EventKind.JOURNAL_PURGED`) states what it follows: the
last closing that is gone and its hash, the last position of each table, and for each enrolment the
number and the hash of its last entry that is gone. The till signs it:

    signature = Ed25519 over "comptoir base v1" 00 | the detail without "signature", as JSON in
    ASCII, keys sorted, no spaces

A journal may hold more than its newest base states: an older image of the file, put back beside a
mirror that is newer. It then proves itself from where it begins.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from merchant_app.ids import EpochId, OpId, id_of, id_text
from merchant_app.journal.closings import Sign
from merchant_app.journal.events import Detail, EventKind, Row

if TYPE_CHECKING:
    # records.py asks here whether an event makes sense.
    from merchant_app.journal.records import Marks, Record

ENROLMENTS_MAX = 12
"""More do not fit into one event; a till has a handful in its life."""

_TABLES = {
    "entry": "entries",
    "adopted": "adopted",
    "outcome": "outcomes",
    "alarm": "alarms",
    "receipt": "receipts",
    "closing": "closings",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Base:
    """What a purged journal follows.

    Attributes:
        closing: the last closing that is gone, and its hash.
        until: the day it was for.
        marks: the last rowid of each table that is gone.
        chains: by enrolment, number and hash of the last entry that is gone.
        op_max: the greatest id of an op that is gone: they grow with time.
        archive: the SHA-256 of the manifest that holds what is gone, hex.
        key: the public key that signs this, hex.
    """

    closing: tuple[int, bytes]
    until: date
    marks: Marks
    chains: Mapping[EpochId, tuple[int, bytes]]
    op_max: str
    archive: str
    key: str

    def is_gone(self, record: Record) -> bool:
        """Whether a row belongs to what was purged."""
        return record.rowid <= self.marks.get(record.table, 0)

    def is_old(self, op_id: OpId) -> bool:
        """Whether an op that is not here may have been purged."""
        return id_text(op_id) <= self.op_max


def signed_message(detail: Mapping[str, object]) -> bytes:
    """What the till signs of a base."""
    told = {key: value for key, value in detail.items() if key != "signature"}
    text = json.dumps(told, sort_keys=True, separators=(",", ":"))
    return b"comptoir base v1\x00" + text.encode()


def to_detail(base: Base, sign: Sign) -> Detail:
    """The detail of the event that states it, signed."""
    marks = {name: base.marks.get(table, 0) for name, table in _TABLES.items() if name != "closing"}
    chains = " ".join(
        f"{id_text(epoch_id)}:{seq}:{entry_hash.hex()}"
        for epoch_id, (seq, entry_hash) in base.chains.items()
    )
    detail: dict[str, str | int | list[int]] = {
        **marks,
        "closing": base.closing[0],
        "closing_hash": base.closing[1].hex(),
        "until": base.until.isoformat(),
        "chains": chains,
        "op_max": base.op_max,
        "archive": base.archive,
        "key": base.key,
    }
    return {**detail, "signature": sign(signed_message(detail)).hex()}


def from_detail(detail: Mapping[str, object]) -> Base:
    """The base that an event states; its signature is not looked at.

    Raises:
        ValueError: it states none.
    """
    missing = {*_TABLES, "closing_hash", "until", "chains", "op_max", "archive", "key"} - {*detail}
    if missing:
        raise ValueError(f"a base without {min(missing)}")
    marks = {table: int(str(detail[name])) for name, table in _TABLES.items()}
    chains = {}
    for chain in str(detail["chains"]).split():
        epoch_id, seq, entry_hash = chain.split(":")
        chains[EpochId(id_of(epoch_id))] = (int(seq), bytes.fromhex(entry_hash))
    return Base(
        closing=(marks["closings"], bytes.fromhex(str(detail["closing_hash"]))),
        until=date.fromisoformat(str(detail["until"])),
        marks=marks,
        chains=chains,
        op_max=str(detail["op_max"]),
        archive=str(detail["archive"]),
        key=str(detail["key"]),
    )


def newest_of(rows: Iterable[Row]) -> Base | None:
    """The last base that these events state, in their order; None: nothing was purged."""
    newest = None
    for row in rows:
        if row.kind == EventKind.JOURNAL_PURGED.value:
            newest = from_detail(json.loads(row.detail))
    return newest


def base_of(connection: sqlite3.Connection) -> Base | None:
    """Where the journal of this connection begins; None: at its root."""
    there = connection.execute(
        "SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = 'events'"
    ).fetchone()
    if there is None:
        return None
    row = connection.execute(
        "SELECT detail FROM events WHERE kind = ? ORDER BY number DESC LIMIT 1",
        (EventKind.JOURNAL_PURGED.value,),
    ).fetchone()
    return None if row is None else from_detail(json.loads(row[0]))


def chain_base(base: Base | None, epoch_id: EpochId) -> tuple[int, bytes] | None:
    """The last entry of an enrolment that was purged; None: none was."""
    return None if base is None else base.chains.get(epoch_id)

"""A whole till's journal with everything that can prove itself: chains of two enrolments, entries
of another copy, receipts and outcomes that a service signed, events, and closings. For tests.
"""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from merchant_app.journal import events
from merchant_app.journal.events import EventKind
from merchant_app.journal.row_digests import digests_since
from merchant_app.ledger.entries import envelopes
from merchant_app.ledger.exposure import Limit
from merchant_app.ledger.till_journal import Lifted
from tests.fakes.journal_story import Day

SERVICE = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
TILL = Ed25519PrivateKey.from_private_bytes(bytes(range(32, 64)))
KEYS = (
    f"service={SERVICE.public_key().public_bytes_raw().hex()}",
    f"till={TILL.public_key().public_bytes_raw().hex()}",
)
AT = "2026-11-23T18:05:00.000Z"

_TABLE = """CREATE TABLE IF NOT EXISTS closings (
    number    INTEGER PRIMARY KEY,
    kind      TEXT NOT NULL CHECK (kind IN ('day', 'month', 'year')),
    body      TEXT NOT NULL,
    hash      BLOB NOT NULL CHECK (length(hash) = 32),
    signature BLOB NOT NULL CHECK (length(signature) = 64)
) STRICT"""


@dataclass(slots=True)
class Closings:
    """Writes closings as the till would, into a journal that nobody has open.

    Attributes:
        key: the till's.
        marks: how far the last closing went, table by table.
    """

    path: Path
    key: Ed25519PrivateKey = TILL
    marks: dict[str, int] = field(default_factory=dict)

    def close_day(self) -> int:
        """Cover everything that no closing covers yet; the closing's number."""
        with closing(sqlite3.connect(self.path)) as connection, connection:
            connection.execute(_TABLE)
            rows = digests_since(connection, self.marks)
            body = self._day(connection, rows)
            self.marks = {table: last for table, (_, last, _) in rows.items()}
            return self._write(connection, "day", body)

    def _day(
        self, connection: sqlite3.Connection, rows: Mapping[str, tuple[int, int, str]]
    ) -> dict[str, object]:
        epoch_id, seq, entry_hash = connection.execute(
            "SELECT epoch_id, seq, hash FROM entries ORDER BY rowid DESC LIMIT 1"
        ).fetchone()
        number, event_hash = events.Events(connection).head()
        ranges = {
            f"{end}_{name}": rows[table][place]
            for name, table in (
                ("entry", "entries"),
                ("adopted", "adopted"),
                ("outcome", "outcomes"),
            )
            for place, end in enumerate(("first", "last"))
        }
        return {
            **ranges,
            "kind": "day",
            "head": {"epoch_id": epoch_id, "seq": seq, "hash": entry_hash.hex()},
            "events_head": {"number": number, "hash": event_hash.hex()},
            "closed_at": AT,
            "till_public_key": self.key.public_key().public_bytes_raw().hex(),
            "rows": rows,
        }

    def _write(self, connection: sqlite3.Connection, kind: str, body: Mapping[str, object]) -> int:
        last = connection.execute(
            "SELECT number, hash FROM closings ORDER BY number DESC LIMIT 1"
        ).fetchone()
        number, before = (1, bytes(32)) if last is None else (last[0] + 1, last[1])
        text = json.dumps(body, sort_keys=True, separators=(",", ":"))
        closing_hash = hashlib.sha256(
            b"comptoir closing v1\x00" + before + number.to_bytes(8, "big") + text.encode()
        ).digest()
        signature = self.key.sign(b"comptoir closing signature v1\x00" + closing_hash)
        connection.execute(
            "INSERT INTO closings VALUES (?, ?, ?, ?, ?)",
            (number, kind, text, closing_hash, signature),
        )
        self._event(connection, number, closing_hash)
        return number

    def _event(self, connection: sqlite3.Connection, number: int, closing_hash: bytes) -> None:
        last, before = events.Events(connection).head()
        detail = json.dumps(
            {"closing": number, "hash": closing_hash.hex()}, separators=(",", ":"), sort_keys=True
        )
        row = (last + 1, AT, "closing_made", "Zoë", detail)
        connection.execute(
            "INSERT INTO events VALUES (?, ?, ?, ?, ?, ?)", (*row, events.chain_hash(before, *row))
        )


def write_books(path: Path, *, sales: int = 12, seed: int = 1, closed: bool = True) -> None:
    """Write the journal at `path` and close it; its log is empty.

    Sales, one beyond a limit, a void and a refusal in two enrolments; in between, another copy of
    the till sold.
    """
    closings = Closings(path)
    day = Day(path, seed=seed, service_key=SERVICE)
    first = day.begin_epoch()
    day.sell(sales // 3)
    day.journal.append_event(EventKind.SEARCHED, cashier="Zoë", detail={"characters": 4})
    day.close()
    if closed:
        closings.close_day()
    day = Day(path, seed=seed + 500_000, service_key=SERVICE, till_id=day.till_id)
    day.go_on(first)
    day.sell(sales // 3)
    sold = day.redemption()
    day.journal.append(sold, lifted=Lifted(sold.op_id, Limit.TILL_SUM, 100, "Zoë"))
    day.answer(sold)
    day.void(sold)
    seq, head = day.journal.head()
    # The copy sold where this file went on: the service has its entries, and handed them over.
    theirs = [day.redemption(), day.redemption()]
    day.journal.adopt(first, envelopes(theirs, last_seq=seq, last_hash=head))
    day.begin_epoch(previous_head=head)
    resent = day.journal.envelopes(first, after_seq=seq - 1, limit=1)
    day.journal.reconciled([each.body for each in resent])
    day.sell(sales - 2 * (sales // 3))
    for count in range(3):
        day.journal.append_event(EventKind.SEARCHED, cashier="Zoë", detail={"characters": count})
    day.close()
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("INSERT INTO alarms VALUES (?, ?)", (str(sold.op_id), AT))
    if closed:
        closings.close_day()

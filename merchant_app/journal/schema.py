"""The journal's schema, in numbered steps. A step, once released, is never edited."""

from __future__ import annotations

import contextlib
import sqlite3

_STEP_1 = """
CREATE TABLE epochs (
    epoch_id    TEXT PRIMARY KEY,
    till_id     TEXT NOT NULL,
    enrolled_at TEXT NOT NULL,
    position    INTEGER NOT NULL UNIQUE
) STRICT;

CREATE TABLE entries (
    epoch_id      TEXT NOT NULL REFERENCES epochs (epoch_id),
    seq           INTEGER NOT NULL CHECK (seq >= 1),
    kind          TEXT NOT NULL CHECK (kind IN ('redemption', 'decision', 'void')),
    op_id         TEXT NOT NULL,
    redemption_id TEXT,
    body          TEXT NOT NULL,
    hash          BLOB NOT NULL CHECK (length(hash) = 32),
    PRIMARY KEY (epoch_id, seq),
    UNIQUE (epoch_id, op_id)
) STRICT;

-- One decision per redemption, whoever is quicker: the cashier's cancel or the service's answer.
CREATE UNIQUE INDEX one_decision ON entries (redemption_id) WHERE kind = 'decision';
CREATE UNIQUE INDEX one_void ON entries (redemption_id) WHERE kind = 'void';
CREATE INDEX entries_by_op ON entries (op_id);

-- Which vouchers a redemption is about; filled together with its entry.
CREATE TABLE redemption_vouchers (
    voucher_id TEXT NOT NULL,
    op_id      TEXT NOT NULL,
    PRIMARY KEY (voucher_id, op_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE outcomes (
    id          INTEGER PRIMARY KEY,
    op_id       TEXT NOT NULL,
    status      TEXT NOT NULL,
    lines       TEXT NOT NULL,
    decided_at  TEXT NOT NULL,
    recorded_at TEXT NOT NULL
) STRICT;
CREATE INDEX outcomes_by_op ON outcomes (op_id, id);

-- The service's signed receipts for our chain.
CREATE TABLE receipts (
    id         INTEGER PRIMARY KEY,
    epoch_id   TEXT NOT NULL REFERENCES epochs (epoch_id),
    generation INTEGER NOT NULL,
    seq        INTEGER NOT NULL,
    hash       BLOB NOT NULL,
    signed_at  TEXT NOT NULL,
    signature  BLOB NOT NULL
) STRICT;

-- One row for each time the file is open; closed_at stays empty when the program died. Entries from
-- first_entry on (a rowid) may have been recorded without anybody having seen it on the screen.
CREATE TABLE sessions (
    id          INTEGER PRIMARY KEY,
    opened_at   TEXT NOT NULL,
    closed_at   TEXT,
    first_entry INTEGER NOT NULL
) STRICT;

-- Not truth but memory: where sending stands. Its rows change, and those of sessions.
CREATE TABLE progress (
    epoch_id       TEXT PRIMARY KEY REFERENCES epochs (epoch_id),
    generation     INTEGER NOT NULL,
    acked_seq      INTEGER NOT NULL,
    outcome_cursor INTEGER NOT NULL
) STRICT;
"""

_APPEND_ONLY = ("epochs", "entries", "redemption_vouchers", "outcomes", "receipts")


def _append_only(*tables: str) -> str:
    return "".join(
        f"""
CREATE TRIGGER {table}_no_{verb.lower()} BEFORE {verb} ON {table}
BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END;
"""
        for table in tables
        for verb in ("UPDATE", "DELETE")
    )


_STEP_2 = """
-- Where a later epoch is rooted; empty for those of before: the root follows from their id.
ALTER TABLE epochs ADD COLUMN root BLOB;

-- A fourth kind, and entries that stand in a later epoch once more because the service lacked them:
-- they are 'resent', and no second decision or void.
CREATE TABLE entries_2 (
    epoch_id      TEXT NOT NULL REFERENCES epochs (epoch_id),
    seq           INTEGER NOT NULL CHECK (seq >= 1),
    kind          TEXT NOT NULL CHECK (kind IN ('redemption', 'decision', 'void', 'resolution')),
    op_id         TEXT NOT NULL,
    redemption_id TEXT,
    body          TEXT NOT NULL,
    hash          BLOB NOT NULL CHECK (length(hash) = 32),
    origin        TEXT NOT NULL CHECK (origin IN ('own', 'resent')),
    PRIMARY KEY (epoch_id, seq),
    UNIQUE (op_id, epoch_id)
) STRICT;
INSERT INTO entries_2 (rowid, epoch_id, seq, kind, op_id, redemption_id, body, hash, origin)
    SELECT rowid, epoch_id, seq, kind, op_id, redemption_id, body, hash, 'own'
    FROM entries ORDER BY rowid;
DROP TABLE entries;
ALTER TABLE entries_2 RENAME TO entries;
CREATE UNIQUE INDEX one_decision ON entries (redemption_id)
    WHERE kind = 'decision' AND origin = 'own';
CREATE UNIQUE INDEX one_void ON entries (redemption_id) WHERE kind = 'void' AND origin = 'own';
CREATE INDEX resolutions_about ON entries (redemption_id) WHERE kind = 'resolution';

-- Entries of this till that only the service had: another copy of the till wrote them. They are no
-- part of our chains; their redemptions are asked about, their decisions count.
CREATE TABLE adopted (
    op_id         TEXT PRIMARY KEY,
    epoch_id      TEXT NOT NULL,
    seq           INTEGER NOT NULL,
    kind          TEXT NOT NULL,
    redemption_id TEXT,
    body          TEXT NOT NULL,
    hash          BLOB NOT NULL,
    adopted_at    TEXT NOT NULL
) STRICT;
CREATE INDEX adopted_about ON adopted (redemption_id) WHERE redemption_id IS NOT NULL;

-- What the service signs of each outcome, to be believed again after it was restored.
ALTER TABLE outcomes ADD COLUMN generation INTEGER NOT NULL DEFAULT 0;
ALTER TABLE outcomes ADD COLUMN signature BLOB NOT NULL DEFAULT x'';

-- An entry that the service stored and could not make sense of.
CREATE TABLE alarms (
    op_id       TEXT PRIMARY KEY,
    recorded_at TEXT NOT NULL
) STRICT;

ALTER TABLE progress ADD COLUMN resync_to INTEGER NOT NULL DEFAULT 0;
ALTER TABLE progress ADD COLUMN reconcile INTEGER NOT NULL DEFAULT 0;
"""

_STEP_3 = """
-- What happened besides money (events.py): of this computer only, with its own chain. The kinds
-- are the program's to know: another kind is no other schema.
CREATE TABLE events (
    number  INTEGER PRIMARY KEY CHECK (number >= 1),
    at      TEXT NOT NULL,
    kind    TEXT NOT NULL,
    cashier TEXT NOT NULL,
    detail  TEXT NOT NULL,
    hash    BLOB NOT NULL CHECK (length(hash) = 32)
) STRICT;
CREATE INDEX events_by_kind ON events (cashier, kind);
"""

_STEP_4 = """
-- What was sold, in figures that are signed (closings.py).
CREATE TABLE closings (
    number    INTEGER PRIMARY KEY CHECK (number >= 1),
    kind      TEXT NOT NULL CHECK (kind IN ('day', 'month', 'year')),
    body      TEXT NOT NULL,
    hash      BLOB NOT NULL CHECK (length(hash) = 32),
    signature BLOB NOT NULL CHECK (length(signature) = 64)
) STRICT;
CREATE INDEX closings_by_kind ON closings (kind, number);

-- What an entry is about that stands in a later epoch once more: there are few, and a closing must
-- not read the whole journal for them.
CREATE INDEX resent_about ON entries (redemption_id)
    WHERE origin = 'resent' AND redemption_id IS NOT NULL;
"""

STEPS: tuple[str, ...] = (
    _STEP_1 + _append_only(*_APPEND_ONLY),
    _STEP_2 + _append_only("entries", "adopted", "alarms"),
    _STEP_3 + _append_only("events"),
    _STEP_4 + _append_only("closings"),
)
"""Step n brings the file from version n to n + 1; the version is SQLite's user_version."""

VERSION = len(STEPS)


def is_todays(connection: sqlite3.Connection) -> bool:
    """Whether a file has exactly today's tables, whatever number it bears.

    A step always changes tables: with these, a higher number is a flipped bit and no newer program.
    """
    with contextlib.closing(sqlite3.connect(":memory:")) as todays:
        for step in STEPS:
            todays.executescript(step)
        return _tables(todays) == _tables(connection)


def _tables(connection: sqlite3.Connection) -> set[tuple[str, str, str]]:
    rows = connection.execute("SELECT type, name, sql FROM sqlite_schema WHERE sql IS NOT NULL")
    return set(rows.fetchall())

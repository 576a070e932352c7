"""The journal's schema, in numbered steps. A step, once released, is never edited."""

from __future__ import annotations

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

_TRIGGERS = "".join(
    f"""
CREATE TRIGGER {table}_no_{verb.lower()} BEFORE {verb} ON {table}
BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END;
"""
    for table in _APPEND_ONLY
    for verb in ("UPDATE", "DELETE")
)

STEPS: tuple[str, ...] = (_STEP_1 + _TRIGGERS,)
"""Step n brings the file from version n to n + 1; the version is SQLite's user_version."""

VERSION = len(STEPS)

"""What is open at a till, from a journal file: read once, when the file is opened.

Only what is open is parsed; a journal of a million entries is answered by its indexes.
"""

from __future__ import annotations

import sqlite3

from merchant_app.contract.status import OutcomeStatus
from merchant_app.errors import Bug
from merchant_app.ids import OpId, id_of
from merchant_app.journal.queries import ALL_OPS, to_outcome
from merchant_app.ledger.entries import Redemption, from_body
from merchant_app.ledger.standing import CONFIRMED, Standing

_CONFIRMED = ", ".join(f"'{status.value}'" for status in sorted(CONFIRMED, key=lambda s: s.value))
_DECISION = f"SELECT 1 FROM {ALL_OPS} d WHERE d.redemption_id = r.op_id AND d.kind = 'decision'"  # noqa: S608 - constants
_HONOURED = "json_extract(r.body, '$.honoured')"
_CONFIRMED_OUTCOME = (
    f"SELECT 1 FROM outcomes o WHERE o.op_id = r.op_id AND o.status IN ({_CONFIRMED})"  # noqa: S608 - constants
)
_BAD = f"'{OutcomeStatus.SHORT.value}', '{OutcomeStatus.NOT_REVERSIBLE.value}'"


def standing_of(connection: sqlite3.Connection) -> Standing:
    """Everything that waits for a decision, for the service, or for a person."""
    standing = Standing()
    for redemption in _redemptions(connection, f"NOT {_HONOURED} AND NOT EXISTS ({_DECISION})"):
        standing.undecided[redemption.op_id] = redemption
    handed_over = f"{_DECISION} AND json_extract(d.body, '$.handed_over')"
    for redemption in _redemptions(
        connection,
        f"NOT EXISTS ({_CONFIRMED_OUTCOME}) AND ({_HONOURED} OR EXISTS ({handed_over}))",
    ):
        standing.expose(redemption)
    _load_matters(connection, standing)
    return standing


def _redemptions(connection: sqlite3.Connection, condition: str) -> list[Redemption]:
    rows = connection.execute(
        f"SELECT r.body FROM {ALL_OPS} r "  # noqa: S608 - constants of this module
        f"WHERE r.kind = 'redemption' AND {condition} ORDER BY r.foreign_ DESC, r.position"
    )
    found = []
    for (body,) in rows.fetchall():
        entry = from_body(body)
        if not isinstance(entry, Redemption):
            raise Bug("a redemption's row holds something else")
        found.append(entry)
    return found


def _load_matters(connection: sqlite3.Connection, standing: Standing) -> None:
    for choice, known in (
        ("('loss_accepted', 'platform_asked')", standing.settled),
        ("('retried')", standing.retried),
    ):
        rows = connection.execute(
            f"SELECT redemption_id FROM {ALL_OPS} WHERE kind = 'resolution' "  # noqa: S608
            f"AND json_extract(body, '$.choice') IN {choice}"
        )
        known.update(OpId(id_of(row[0])) for row in rows)
    for (op_id,) in connection.execute("SELECT op_id FROM alarms ORDER BY rowid"):
        standing.alarmed(OpId(id_of(op_id)))
    rows = connection.execute(
        "SELECT op_id, status, lines, decided_at, generation, signature FROM outcomes "  # noqa: S608
        "WHERE id IN (SELECT max(id) FROM outcomes WHERE op_id IN (SELECT op_id FROM outcomes "
        f"WHERE status IN ({_BAD}) UNION SELECT op_id FROM alarms) GROUP BY op_id) ORDER BY id"
    )
    standing.told(to_outcome(row) for row in rows.fetchall())

"""Recovery after a restore, resolutions, what tills may accept offline.

Revision 0002, after 0001. What stands here was right on the day it was written: the limits are the
ones that tills of 0.2 begin with, whatever the program's own defaults are by now.
"""

from __future__ import annotations

from typing import Any

from alembic import op
from sqlalchemy import BigInteger, Boolean, Column, Integer, String, Text, Uuid, false, true

revision = "0002"
down_revision: str | None = "0001"
branch_labels: str | None = None
depends_on: str | None = None


def _number(name: str, default: int, kind: Any = BigInteger) -> Column[Any]:
    return Column(name, kind, nullable=False, server_default=str(default))


def upgrade() -> None:
    """Add columns; nothing that is there changes."""
    for column in (
        _number("offline_redemption_max_minor", 5_000),
        Column("offline_voucher_max_minor", BigInteger),
        _number("offline_till_max_minor", 30_000),
        _number("offline_count_max", 40, Integer),
        _number("offline_snapshot_warn_s", 86_400, Integer),
        _number("offline_snapshot_max_s", 259_200, Integer),
        _number("offline_unknown_max_minor", 0),
    ):
        op.add_column("service", column)
    # A restore that began under 0001 asked for nothing that is waited for now.
    op.add_column("shops", Column("recovering", Boolean, nullable=False, server_default=false()))
    op.add_column("tills", Column("resynced", Boolean, nullable=False, server_default=true()))
    op.add_column("pending", Column("prior", Text))
    op.add_column("ops", Column("choice", String(24)))
    op.add_column("ops", Column("note", String(120)))
    op.add_column("ops", Column("retry_id", Uuid))
    op.create_index("ix_ops_retry_id", "ops", ["retry_id"], unique=True)


def downgrade() -> None:
    """There is no way back: a ledger is not taken down by a program."""
    raise NotImplementedError

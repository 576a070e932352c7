"""What statements need: the platform's fee, payouts, and a shop's ops by themselves.

Revision 0003, after 0002.
"""

from __future__ import annotations

from alembic import op
from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    Date,
    DateTime,
    ForeignKey,
    Integer,
    String,
    UniqueConstraint,
)

revision = "0003"
down_revision: str | None = "0002"
branch_labels: str | None = None
depends_on: str | None = None

_ROW_NUMBER = BigInteger().with_variant(Integer, "sqlite")


def upgrade() -> None:
    """Add two tables and an index; nothing that is there changes."""
    op.create_table(
        "fee_rates",
        Column("id", _ROW_NUMBER, primary_key=True),
        Column("since", DateTime(timezone=True), nullable=False),
        Column("rate_ppm", Integer, nullable=False),
        CheckConstraint("rate_ppm >= 0 AND rate_ppm <= 1000000", name="a_part_of_the_whole"),
    )
    op.create_table(
        "payouts",
        Column("id", _ROW_NUMBER, primary_key=True),
        Column("shop_number", BigInteger, ForeignKey("shops.number"), nullable=False),
        Column("day", Date, nullable=False),
        Column("amount_minor", BigInteger, nullable=False),
        Column("reference", String(120), nullable=False),
        Column("recorded_at", DateTime(timezone=True), nullable=False),
        UniqueConstraint("shop_number", "reference", name="payout_once"),
    )
    op.create_index("ops_of_shop", "ops", ["shop_number"])


def downgrade() -> None:
    """There is no way back: a ledger is not taken down by a program."""
    raise NotImplementedError

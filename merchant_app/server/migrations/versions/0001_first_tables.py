"""The first tables. A frozen copy: `schema.py` may go on, this step stays what it was.

Revision 0001, the root.
"""

from __future__ import annotations

from typing import Any

from alembic import op
from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Date,
    DateTime,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    SmallInteger,
    String,
    Table,
    UniqueConstraint,
    Uuid,
)

revision = "0001"
down_revision: str | None = None
branch_labels: str | None = None
depends_on: str | None = None

metadata = MetaData()


def _moment(name: str, *, nullable: bool = False) -> Column[Any]:
    return Column(name, DateTime(timezone=True), nullable=nullable)


_ROW_NUMBER = BigInteger().with_variant(Integer, "sqlite")

service = Table(
    "service",
    metadata,
    Column("id", Integer, CheckConstraint("id = 1", name="service_is_one"), primary_key=True),
    Column("signing_key", LargeBinary, nullable=False),
    Column("code_secret", LargeBinary, nullable=False),
    Column("code_hash_secret", LargeBinary, nullable=False),
    Column("generation", Integer, nullable=False),
    Column("sample_seed", Integer),
)

issuer_keys = Table(
    "issuer_keys",
    metadata,
    Column("key_id", SmallInteger, primary_key=True, autoincrement=False),
    Column("private_key", LargeBinary, nullable=False),
    Column("public_key", LargeBinary, nullable=False),
    Column("state", String(16), nullable=False),
)

shops = Table(
    "shops",
    metadata,
    Column("number", BigInteger, primary_key=True, autoincrement=False),
    Column("slug", String(80), nullable=False, unique=True),
    Column("name", String(120), nullable=False),
    Column("city", String(120), nullable=False),
    Column("currency", String(3), nullable=False),
    Column("time_zone", String(64), nullable=False),
    Column("pepper", LargeBinary, nullable=False),
    # The newest change number of this shop's vouchers. Whoever changes a voucher locks this row
    # first, so changes become visible in the order of their numbers and no delta skips one.
    Column("voucher_version", BigInteger, nullable=False),
)

tills = Table(
    "tills",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("shop_number", BigInteger, ForeignKey("shops.number"), nullable=False),
    Column("name", String(120), nullable=False),
    Column("public_key", LargeBinary, nullable=False),
    Column("program_version", String(120), nullable=False),
    Column("revoked", Boolean, nullable=False),
    Column("feed_position", BigInteger, nullable=False),
    _moment("enrolled_at"),
    UniqueConstraint("shop_number", "name", name="till_name"),
)

enrolment_codes = Table(
    "enrolment_codes",
    metadata,
    Column("code_hash", LargeBinary, primary_key=True),
    Column("shop_number", BigInteger, ForeignKey("shops.number"), nullable=False),
    Column("till_name", String(120)),
    _moment("expires_at"),
    _moment("used_at", nullable=True),
)

till_tokens = Table(
    "till_tokens",
    metadata,
    Column("token_hash", LargeBinary, primary_key=True),
    Column("till_id", Uuid, ForeignKey("tills.id"), nullable=False, index=True),
    _moment("issued_at"),
)

vouchers = Table(
    "vouchers",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("shop_number", BigInteger, ForeignKey("shops.number"), nullable=False),
    Column("face_minor", BigInteger, nullable=False),
    Column("balance_minor", BigInteger, nullable=False),
    Column("currency", String(3), nullable=False),
    Column("partial_allowed", Boolean, nullable=False),
    Column("valid_from", Date),
    Column("expires_on", Date),
    Column("minimum_purchase_minor", BigInteger),
    Column("vat_kind", String(16), nullable=False),
    # active, revoked, or withdrawn: issued by mistake, gone from every snapshot
    Column("status", String(16), nullable=False),
    Column("label", String(16), nullable=False),
    Column("holder", String(120), nullable=False),
    Column("holder_name", String(120), nullable=False),
    Column("holder_first_name", String(120), nullable=False),
    Column("holder_email", String(254), nullable=False),
    Column("order_number", String(120)),
    Column("order_line", Integer),
    Column("purchased_on", Date),
    Column("code_hash", LargeBinary, nullable=False, unique=True),
    Column("code_mac", LargeBinary, nullable=False),
    Column("version", BigInteger, nullable=False),
    _moment("issued_at"),
    CheckConstraint("face_minor > 0 AND face_minor <= 4294967295", name="face_fits_a_token"),
    CheckConstraint("balance_minor >= 0 AND balance_minor <= face_minor", name="never_overdrawn"),
    UniqueConstraint("shop_number", "order_number", "order_line", name="order_line_once"),
    Index("vouchers_changed", "shop_number", "version"),
)

entries = Table(
    "entries",
    metadata,
    Column("id", _ROW_NUMBER, primary_key=True),
    # No foreign key: a shortfall may name a voucher that never existed. That is its point.
    Column("voucher_id", Uuid, nullable=False, index=True),
    Column("kind", String(24), nullable=False),
    Column("amount_minor", BigInteger, nullable=False),
    Column("op_id", Uuid, index=True),
    _moment("at"),
    CheckConstraint("amount_minor > 0", name="amount_is_positive"),
)

epochs = Table(
    "epochs",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("till_id", Uuid, ForeignKey("tills.id"), nullable=False, index=True),
    Column("root", LargeBinary, nullable=False),
    Column("head_seq", BigInteger, nullable=False),
    Column("head_hash", LargeBinary, nullable=False),
    Column("closed", Boolean, nullable=False),
)

envelopes = Table(
    "envelopes",
    metadata,
    Column("epoch_id", Uuid, ForeignKey("epochs.id"), primary_key=True),
    Column("seq", BigInteger, primary_key=True, autoincrement=False),
    # Bytes, because PostgreSQL's text refuses NUL, and storing must not depend on content.
    Column("body", LargeBinary, nullable=False),
    Column("hash", LargeBinary, nullable=False),
    _moment("stored_at"),
)

pending = Table(
    "pending",
    metadata,
    Column("epoch_id", Uuid, ForeignKey("epochs.id"), primary_key=True),
    Column("seq", BigInteger, primary_key=True, autoincrement=False),
    Column("state", String(16), nullable=False),  # stored, waiting, parked
    Column("waits_for", Uuid, index=True),
)

ops = Table(
    "ops",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("kind", String(16), nullable=False),  # redemption, decision, void
    Column("body_hash", LargeBinary, nullable=False),
    Column("shop_number", BigInteger, ForeignKey("shops.number"), nullable=False),
    Column("till_id", Uuid, ForeignKey("tills.id"), nullable=False),
    Column("epoch_id", Uuid, ForeignKey("epochs.id"), nullable=False),
    Column("seq", BigInteger, nullable=False),
    Column("redemption_id", Uuid, index=True),  # what a decision or a void is about
    Column("status", String(16)),  # of a redemption or a void
    Column("handed_over", Boolean),
    Column("voided_by", Uuid),
    Column("currency", String(3)),
    Column("purchase_minor", BigInteger),
    _moment("evaluated_at"),
    _moment("changed_at"),
)

op_lines = Table(
    "op_lines",
    metadata,
    Column("op_id", Uuid, ForeignKey("ops.id"), primary_key=True),
    Column("position", Integer, primary_key=True, autoincrement=False),
    Column("voucher_id", Uuid, nullable=False, index=True),
    Column("amount_minor", BigInteger, nullable=False),
    Column("accepted_minor", BigInteger, nullable=False),
    Column("shortfall_minor", BigInteger, nullable=False),
    Column("balance_minor", BigInteger, nullable=False),
    Column("reason", String(32)),
    CheckConstraint(
        "accepted_minor >= 0 AND shortfall_minor >= 0"
        " AND accepted_minor + shortfall_minor <= amount_minor",
        name="line_adds_up",
    ),
)

feed = Table(
    "feed",
    metadata,
    Column("till_id", Uuid, ForeignKey("tills.id"), primary_key=True),
    Column("op_id", Uuid, ForeignKey("ops.id"), primary_key=True, index=True),
    Column("position", BigInteger, nullable=False),
    UniqueConstraint("till_id", "position", name="feed_in_order"),
)

alarms = Table(
    "alarms",
    metadata,
    Column("epoch_id", Uuid, ForeignKey("epochs.id"), primary_key=True),
    Column("seq", BigInteger, primary_key=True, autoincrement=False),
    Column("kind", String(32), primary_key=True),
    _moment("raised_at"),
    _moment("resolved_at", nullable=True),
)


practice = Table(
    "practice",
    metadata,
    Column("shop_number", BigInteger, ForeignKey("shops.number"), primary_key=True),
    Column("position", Integer, primary_key=True, autoincrement=False),
    Column("kind", String(32), nullable=False),
    Column("voucher_id", Uuid, ForeignKey("vouchers.id"), nullable=False),
)


def _refuse_changes(table: str, dialect: str) -> list[str]:
    """The statements that make a table append-only: UPDATE and DELETE fail in the database."""
    message = f"{table} is append-only"
    if dialect == "postgresql":
        return [
            f"CREATE FUNCTION refuse_change_{table}() RETURNS trigger LANGUAGE plpgsql AS"
            f" $$ BEGIN RAISE EXCEPTION '{message}'; END $$",
            f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {table}"
            f" FOR EACH STATEMENT EXECUTE FUNCTION refuse_change_{table}()",
        ]
    return [
        f"CREATE TRIGGER {table}_no_{event.lower()} BEFORE {event} ON {table}"
        f" BEGIN SELECT RAISE(ABORT, '{message}'); END"
        for event in ("UPDATE", "DELETE")
    ]


def upgrade() -> None:
    """Create everything."""
    bind = op.get_bind()
    metadata.create_all(bind)
    for table in ("entries", "envelopes"):
        for statement in _refuse_changes(table, bind.dialect.name):
            op.execute(statement)


def downgrade() -> None:
    """There is no way back from the first step: a ledger is not taken down by a program."""
    raise NotImplementedError

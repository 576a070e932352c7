"""The tables of the central service, as the program sees them now.

`migrations/` says how a database gets there; a test compares the two. Amounts are whole minor
units, moments are UTC, hashes are raw bytes. Two tables are append-only, by triggers that refuse
UPDATE and DELETE: `entries` (movements of money) and `envelopes` (what tills sent, to the byte).
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Date,
    DateTime,
    Dialect,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    SmallInteger,
    String,
    Table,
    Text,
    UniqueConstraint,
    Uuid,
)
from sqlalchemy.types import TypeDecorator

metadata = MetaData()


class Moment(TypeDecorator[datetime]):
    """An aware UTC moment, in whole milliseconds: what `clock.to_text` can say, and no more.

    SQLite keeps no zone; a naive moment would silently become local time somewhere.
    """

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        utc = value.astimezone(UTC)
        utc = utc.replace(microsecond=utc.microsecond // 1000 * 1000)
        return utc.replace(tzinfo=None) if dialect.name == "sqlite" else utc

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


def _moment(name: str, *, nullable: bool = False) -> Column[Any]:
    return Column(name, Moment, nullable=nullable)


_ROW_NUMBER = BigInteger().with_variant(Integer, "sqlite")  # SQLite counts up INTEGER keys only

service = Table(
    "service",
    metadata,
    Column("id", Integer, CheckConstraint("id = 1", name="service_is_one"), primary_key=True),
    Column("signing_key", LargeBinary, nullable=False),
    Column("code_secret", LargeBinary, nullable=False),
    Column("code_hash_secret", LargeBinary, nullable=False),
    Column("generation", Integer, nullable=False),
    Column("sample_seed", Integer),
    # What tills may accept without asking (`ledger.exposure`); of every shop, in its currency.
    Column("offline_redemption_max_minor", BigInteger, nullable=False),
    Column("offline_voucher_max_minor", BigInteger),  # null: a balance divided by the tills
    Column("offline_till_max_minor", BigInteger, nullable=False),
    Column("offline_count_max", Integer, nullable=False),
    Column("offline_snapshot_warn_s", Integer, nullable=False),
    Column("offline_snapshot_max_s", Integer, nullable=False),
    Column("offline_unknown_max_minor", BigInteger, nullable=False),
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
    # The database came back from a backup, and some till has not sent again what it knows.
    Column("recovering", Boolean, nullable=False),
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
    Column("resynced", Boolean, nullable=False),  # in this generation; see shops.recovering
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
    Column("state", String(16), nullable=False),  # ledger.books.PendingState
    Column("waits_for", Uuid, index=True),
    # What the service said of it before it was restored: JSON, its signature verified.
    Column("prior", Text),
)

ops = Table(
    "ops",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("kind", String(16), nullable=False),  # redemption, decision, void, resolution
    Column("body_hash", LargeBinary, nullable=False),
    Column("shop_number", BigInteger, ForeignKey("shops.number"), nullable=False),
    Column("till_id", Uuid, ForeignKey("tills.id"), nullable=False),
    Column("epoch_id", Uuid, ForeignKey("epochs.id"), nullable=False),
    Column("seq", BigInteger, nullable=False),
    Column("redemption_id", Uuid, index=True),  # what the other kinds are about
    Column("status", String(16)),  # of a redemption or a void
    Column("handed_over", Boolean),
    Column("voided_by", Uuid),
    Column("currency", String(3)),
    Column("purchase_minor", BigInteger),
    Column("choice", String(24)),  # of a resolution
    Column("note", String(120)),
    # The redemption that pays for the loss a resolution is about; each pays for one.
    Column("retry_id", Uuid, index=True, unique=True),
    _moment("evaluated_at"),
    _moment("changed_at"),
    Index("ops_of_shop", "shop_number"),
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

fee_rates = Table(
    "fee_rates",
    metadata,
    Column("id", _ROW_NUMBER, primary_key=True),
    _moment("since"),
    Column("rate_ppm", Integer, nullable=False),
    CheckConstraint("rate_ppm >= 0 AND rate_ppm <= 1000000", name="a_part_of_the_whole"),
)

payouts = Table(
    "payouts",
    metadata,
    Column("id", _ROW_NUMBER, primary_key=True),
    Column("shop_number", BigInteger, ForeignKey("shops.number"), nullable=False),
    Column("day", Date, nullable=False),
    Column("amount_minor", BigInteger, nullable=False),  # negative: taken back
    Column("reference", String(120), nullable=False),
    _moment("recorded_at"),
    UniqueConstraint("shop_number", "reference", name="payout_once"),
)

practice = Table(
    "practice",
    metadata,
    Column("shop_number", BigInteger, ForeignKey("shops.number"), primary_key=True),
    Column("position", Integer, primary_key=True, autoincrement=False),
    Column("kind", String(32), nullable=False),
    Column("voucher_id", Uuid, ForeignKey("vouchers.id"), nullable=False),
)

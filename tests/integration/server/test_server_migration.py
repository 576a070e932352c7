"""A database of an earlier version goes on where it was, with everything in it."""

from __future__ import annotations

import importlib
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import insert, inspect, text
from sqlalchemy.exc import DBAPIError

import merchant_app.server
from merchant_app.clock import SystemClock
from merchant_app.ledger.entries import root_hash
from merchant_app.ledger.exposure import OfflineLimits
from merchant_app.server import catalogue, figures, policy, statements
from merchant_app.server.database import SCHEMA_HEAD, Database
from merchant_app.server.service import Service

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)
TILL_ID, EPOCH_ID, VOUCHER_ID, OP_ID = (UUID(int=number) for number in range(1, 5))
FIRST: Any = importlib.import_module(
    "merchant_app.server.migrations.versions.0001_first_tables"
).metadata.tables


def upgrade(database: Database, revision: str) -> None:
    config = Config()
    folder = Path(merchant_app.server.__file__).parent / "migrations"
    config.set_main_option("script_location", folder.as_posix())
    with database.writing() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, revision)


def fill_as_0001(database: Database) -> None:
    """One shop, one till, one voucher, one redemption: a debit of 10.00, and an entry parked."""
    root = root_hash(EPOCH_ID)  # type: ignore[arg-type]
    secret = bytes(range(32))
    rows: dict[str, list[dict[str, Any]]] = {
        "service": [
            {"id": 1, "signing_key": secret, "code_secret": secret, "code_hash_secret": secret,
             "generation": 3},
        ],
        "issuer_keys": [
            {"key_id": 1, "private_key": secret, "public_key": secret, "state": "current"},
        ],
        "shops": [
            {"number": 1, "slug": "quais", "name": "Quais", "city": "Nantes", "currency": "EUR",
             "time_zone": "Europe/Paris", "pepper": secret, "voucher_version": 2},
        ],
        "tills": [
            {"id": TILL_ID, "shop_number": 1, "name": "Caisse 1", "public_key": secret,
             "program_version": "0.1.0", "revoked": False, "feed_position": 1,
             "enrolled_at": NOW},
        ],
        "vouchers": [
            {"id": VOUCHER_ID, "shop_number": 1, "face_minor": 5000, "balance_minor": 4000,
             "currency": "EUR", "partial_allowed": True, "vat_kind": "multi_purpose",
             "status": "active", "label": "…TEST", "holder": "", "holder_name": "",
             "holder_first_name": "", "holder_email": "", "code_hash": secret, "code_mac": secret,
             "version": 2, "issued_at": NOW},
        ],
        "entries": [
            {"voucher_id": VOUCHER_ID, "kind": "issue", "amount_minor": 5000, "op_id": None,
             "at": NOW},
            {"voucher_id": VOUCHER_ID, "kind": "debit", "amount_minor": 1000, "op_id": OP_ID,
             "at": NOW},
        ],
        "epochs": [
            {"id": EPOCH_ID, "till_id": TILL_ID, "root": root, "head_seq": 2, "head_hash": secret,
             "closed": False},
        ],
        "envelopes": [
            {"epoch_id": EPOCH_ID, "seq": 1, "body": b"{}", "hash": root, "stored_at": NOW},
            {"epoch_id": EPOCH_ID, "seq": 2, "body": b"{}", "hash": secret, "stored_at": NOW},
        ],
        "pending": [{"epoch_id": EPOCH_ID, "seq": 2, "state": "parked"}],
        "ops": [
            {"id": OP_ID, "kind": "redemption", "body_hash": secret, "shop_number": 1,
             "till_id": TILL_ID, "epoch_id": EPOCH_ID, "seq": 1, "status": "accepted",
             "handed_over": True, "currency": "EUR", "evaluated_at": NOW, "changed_at": NOW},
        ],
        "op_lines": [
            {"op_id": OP_ID, "position": 0, "voucher_id": VOUCHER_ID, "amount_minor": 1000,
             "accepted_minor": 1000, "shortfall_minor": 0, "balance_minor": 4000},
        ],
        "feed": [{"till_id": TILL_ID, "op_id": OP_ID, "position": 1}],
    }  # fmt: skip
    with database.writing() as connection:
        for name, values in rows.items():
            connection.execute(insert(FIRST[name]), values)


def test_the_first_schema_becomes_todays_and_keeps_its_rows(database_url: str) -> None:
    database = Database(database_url)
    try:
        upgrade(database, "0001")
        fill_as_0001(database)
        service = Service(database, clock=SystemClock())
        with database.reading() as connection:
            state = connection.scalar(text("SELECT version_num FROM alembic_version"))
            found = figures.audit(connection)
            limits = policy.limits(connection)
            indexes = {index["name"] for index in inspect(connection).get_indexes("ops")}
        assert state == SCHEMA_HEAD
        assert (found["wrong"], found["vouchers"], found["unevaluated"]) == ([], 1, 1)
        assert limits == OfflineLimits()
        assert {"ix_ops_retry_id", "ops_of_shop"} <= indexes
        with database.reading() as connection:
            shop = catalogue.shop_by_number(connection, 1)
            found_statement = statements.statement(
                connection, shop, first_day=NOW.date(), last_day=NOW.date(), now=NOW
            )
        assert found_statement.periods[0].sums.redeemed_minor == 1000
        assert service.waiting_shops() == []
        # The triggers that keep the books append-only are still there.
        with pytest.raises(DBAPIError, match="append-only"), database.writing() as connection:
            connection.execute(text("DELETE FROM entries"))
        assert service.begin_new_generation() > 3
        (waiting,) = service.waiting_shops()
        assert [name for _id, name in waiting.missing] == ["Caisse 1"]
    finally:
        database.close()

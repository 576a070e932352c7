"""Shops and vouchers in the database: rows to domain values, issuing, revoking, withdrawing."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Row, func, insert, select, update

from merchant_app.ids import RandomBytes, ShopNumber, VoucherId, uuid7
from merchant_app.ledger.service import MovementKind
from merchant_app.money import Money
from merchant_app.server import schema
from merchant_app.server.keys import SECRET_BYTES, Secrets, code_mac
from merchant_app.vouchers import code as short_codes
from merchant_app.vouchers.code import ShortCode
from merchant_app.vouchers.terms import Terms, VatKind, Voucher, VoucherStatus
from merchant_app.vouchers.token import Token

WITHDRAWN = "withdrawn"
_INSERT_ROWS_MAX = 500


class CannotDo(Exception):
    """What was asked cannot be done to this shop or voucher; the message is for a person."""


@dataclass(frozen=True, slots=True)
class ShopRow:
    """A shop as stored. `pepper` keys the hashes of codes in its tills' snapshots.

    `recovering`: after a restore it waits for its tills; no balance of it can be told.
    """

    number: ShopNumber
    slug: str
    name: str
    city: str
    currency: str
    time_zone: str
    pepper: bytes
    recovering: bool = False

    @property
    def title(self) -> str:
        """Name and town: what the till of another shop is told."""
        return f"{self.name}, {self.city}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """Who bought, as the platform's list says; (number, line) is unique in a shop."""

    holder: str = ""
    last_name: str = ""
    first_name: str = ""
    email: str = ""
    number: str | None = None
    line: int | None = None
    purchased_on: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """One voucher to issue."""

    face: Money
    terms: Terms
    order: Order = Order()


@dataclass(frozen=True, slots=True)
class Issued:
    """A new or reprinted voucher with its secrets: `code` and `token` can be spent."""

    voucher: Voucher
    code: ShortCode
    token: str


def shop_by_slug(connection: Connection, slug: str) -> ShopRow:
    """The shop.

    Raises:
        CannotDo: there is none of this name.
    """
    row = connection.execute(select(schema.shops).where(schema.shops.c.slug == slug)).one_or_none()
    if row is None:
        raise CannotDo(f"There is no shop “{slug}”. The command “shops” lists them.")
    return _shop(row)


def shop_by_number(connection: Connection, number: int) -> ShopRow:
    """The shop of a number that a row of ours names."""
    return _shop(
        connection.execute(select(schema.shops).where(schema.shops.c.number == number)).one()
    )


def all_shops(connection: Connection) -> list[ShopRow]:
    """Every shop, by number."""
    return [_shop(row) for row in connection.execute(select(schema.shops).order_by("number"))]


def _shop(row: Row[Any]) -> ShopRow:
    return ShopRow(
        number=ShopNumber(row.number),
        slug=row.slug,
        name=row.name,
        city=row.city,
        currency=row.currency,
        time_zone=row.time_zone,
        pepper=row.pepper,
        recovering=row.recovering,
    )


def add_shop(
    connection: Connection,
    *,
    number: int,
    slug: str,
    name: str,
    city: str,
    random_bytes: RandomBytes,
    currency: str = "EUR",
    time_zone: str = "Europe/Paris",
) -> ShopRow:
    """A new shop with a pepper of its own."""
    connection.execute(
        insert(schema.shops).values(
            number=number,
            slug=slug,
            name=name,
            city=city,
            currency=currency,
            time_zone=time_zone,
            pepper=random_bytes(SECRET_BYTES),
            voucher_version=0,
            recovering=False,
        )
    )
    return shop_by_number(connection, number)


def lock_shop(connection: Connection, number: int) -> None:
    """Whoever changes vouchers or ops of a shop takes turns from here to the commit.

    Without it two tills could lock two vouchers in opposite order, and a delta could miss a change
    that committed late. NO KEY UPDATE: rows that merely refer to the shop need not wait.
    """
    connection.execute(
        select(schema.shops.c.number)
        .where(schema.shops.c.number == number)
        .with_for_update(key_share=True)
    ).one()


def lock_shop_of_epoch(connection: Connection, epoch_id: UUID) -> tuple[UUID, ShopRow]:
    """`lock_shop` for the shop of an epoch's till; returns the till's id and the shop."""
    shops, tills, epochs = schema.shops, schema.tills, schema.epochs
    row = connection.execute(
        select(shops, tills.c.id.label("till_id"))
        .join(tills, tills.c.shop_number == shops.c.number)
        .join(epochs, epochs.c.till_id == tills.c.id)
        .where(epochs.c.id == epoch_id)
        .with_for_update(key_share=True, of=shops)
    ).one()
    return row.till_id, _shop(row)


def next_versions(connection: Connection, number: int, count: int = 1) -> int:
    """Reserve `count` change numbers of a shop's vouchers; the first of them."""
    last = connection.execute(
        update(schema.shops)
        .where(schema.shops.c.number == number)
        .values(voucher_version=schema.shops.c.voucher_version + count)
        .returning(schema.shops.c.voucher_version)
    ).scalar_one()
    return int(last) - count + 1


def voucher_of(row: Row[Any]) -> Voucher:
    """A row of `vouchers` as the domain sees it."""
    minimum = row.minimum_purchase_minor
    return Voucher(
        voucher_id=VoucherId(row.id),
        shop_number=ShopNumber(row.shop_number),
        face=Money(row.face_minor, row.currency),
        balance=Money(row.balance_minor, row.currency),
        terms=Terms(
            partial_allowed=row.partial_allowed,
            valid_from=row.valid_from,
            expires_on=row.expires_on,
            minimum_purchase=None if minimum is None else Money(minimum, row.currency),
            vat_kind=VatKind(row.vat_kind),
        ),
        status=VoucherStatus(row.status),
        label=row.label,
        holder=row.holder,
    )


def voucher_by_id(connection: Connection, voucher_id: UUID) -> Voucher | None:
    """The voucher; None when there is none, or it was withdrawn."""
    row = connection.execute(
        select(schema.vouchers).where(
            schema.vouchers.c.id == voucher_id, schema.vouchers.c.status != WITHDRAWN
        )
    ).one_or_none()
    return None if row is None else voucher_of(row)


def issue(
    connection: Connection,
    requests: Sequence[Request],
    *,
    shop: ShopRow,
    secrets: Secrets,
    now: datetime,
    random_bytes: RandomBytes,
) -> list[Issued]:
    """New vouchers of one shop, each with its issue entry, in the caller's transaction.

    Raises:
        IntegrityError: an order line that this shop has already.
    """
    lock_shop(connection, shop.number)
    version = next_versions(connection, shop.number, len(requests))
    issued, rows, entries = [], [], []
    for offset, request in enumerate(requests):
        voucher_id = VoucherId(uuid7(now, random_bytes))
        code = secrets.code_of(voucher_id)
        voucher = Voucher(
            voucher_id=voucher_id,
            shop_number=shop.number,
            face=request.face,
            balance=request.face,
            terms=request.terms,
            status=VoucherStatus.ACTIVE,
            label=short_codes.label(code),
            holder=request.order.holder,
        )
        issued.append(printed(voucher, secrets))
        hashes = {"code_hash": secrets.code_hash(code), "code_mac": code_mac(shop.pepper, code)}
        rows.append(
            _row(voucher, request.order) | hashes | {"version": version + offset, "issued_at": now}
        )
        entries.append(
            {
                "voucher_id": voucher_id,
                "kind": MovementKind.ISSUE.value,
                "amount_minor": request.face.minor,
                "at": now,
            }
        )
    for start in range(0, len(rows), _INSERT_ROWS_MAX):
        connection.execute(insert(schema.vouchers), rows[start : start + _INSERT_ROWS_MAX])
        connection.execute(insert(schema.entries), entries[start : start + _INSERT_ROWS_MAX])
    return issued


def _row(voucher: Voucher, order: Order) -> dict[str, object]:
    terms = voucher.terms
    return {
        "id": voucher.voucher_id,
        "shop_number": voucher.shop_number,
        "face_minor": voucher.face.minor,
        "balance_minor": voucher.balance.minor,
        "currency": voucher.face.currency,
        "partial_allowed": terms.partial_allowed,
        "valid_from": terms.valid_from,
        "expires_on": terms.expires_on,
        "minimum_purchase_minor": terms.minimum_purchase and terms.minimum_purchase.minor,
        "vat_kind": terms.vat_kind.value,
        "status": voucher.status.value,
        "label": voucher.label,
        "holder": voucher.holder,
        "holder_name": order.last_name,
        "holder_first_name": order.first_name,
        "holder_email": order.email,
        "order_number": order.number,
        "order_line": order.line,
        "purchased_on": order.purchased_on,
    }


def printed(voucher: Voucher, secrets: Secrets) -> Issued:
    """A voucher with its code and token, made again from the service's secrets."""
    token = Token(
        key_id=secrets.issuer_key_id,
        shop_number=voucher.shop_number,
        voucher_id=voucher.voucher_id,
        face=voucher.face,
        expires_on=voucher.terms.expires_on,
    )
    return Issued(voucher, secrets.code_of(voucher.voucher_id), secrets.token_of(token))


def vouchers_of_shop(connection: Connection, number: int) -> Iterable[Voucher]:
    """Every voucher of a shop, oldest first."""
    rows = connection.execute(
        select(schema.vouchers)
        .where(schema.vouchers.c.shop_number == number, schema.vouchers.c.status != WITHDRAWN)
        .order_by(schema.vouchers.c.issued_at, schema.vouchers.c.id)
    )
    return [voucher_of(row) for row in rows]


def revoke_voucher(connection: Connection, voucher_id: UUID) -> None:
    """Nobody can debit it from now on; tills learn it with their next delta.

    Raises:
        CannotDo: there is no such voucher.
    """
    shop_number = _lock_shop_of(connection, voucher_id)
    _set_status(connection, voucher_id, shop_number, VoucherStatus.REVOKED.value)


def withdraw_voucher(connection: Connection, voucher_id: UUID) -> None:
    """For a voucher issued by mistake: unknown everywhere, a tombstone in its shop's snapshot.

    Raises:
        CannotDo: there is no such voucher, or a till presented it: then its history must stay.
    """
    shop_number = _lock_shop_of(connection, voucher_id)
    lines = schema.op_lines.c.voucher_id
    if connection.scalar(select(func.count(lines)).where(lines == voucher_id)):
        raise CannotDo("This voucher has been presented at a till; revoke it instead.")
    _set_status(connection, voucher_id, shop_number, WITHDRAWN)


def _lock_shop_of(connection: Connection, voucher_id: UUID) -> int:
    voucher = voucher_by_id(connection, voucher_id)
    if voucher is None:
        raise CannotDo("There is no such voucher.")
    lock_shop(connection, voucher.shop_number)
    return voucher.shop_number


def _set_status(connection: Connection, voucher_id: UUID, shop_number: int, status: str) -> None:
    version = next_versions(connection, shop_number)
    connection.execute(
        update(schema.vouchers)
        .where(schema.vouchers.c.id == voucher_id)
        .values(status=status, version=version)
    )

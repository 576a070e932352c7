"""The rows of the till's own copy of the vouchers: what is written, and what may be believed."""

from __future__ import annotations

import sqlite3
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from typing import Protocol
from uuid import UUID

from merchant_app.errors import Problem, ProblemKind
from merchant_app.ids import ShopNumber, VoucherId
from merchant_app.journal.opening import world_errors
from merchant_app.money import Money
from merchant_app.vouchers.holders import Holder
from merchant_app.vouchers.terms import Terms, VatKind, Voucher, VoucherStatus

COLUMNS = (
    "voucher_id",
    "code_mac",
    "shop_number",
    "currency",
    "face_minor",
    "balance_minor",
    "status",
    "label",
    "holder",
    "partial_allowed",
    "valid_from",
    "expires_on",
    "minimum_purchase_minor",
    "vat_kind",
    "proof",
)
_SELECT = f"SELECT {', '.join(COLUMNS)} FROM vouchers WHERE"  # noqa: S608 - constants
ALL = f"SELECT {', '.join(COLUMNS)} FROM vouchers"  # noqa: S608 - constants
BY_CODE_MAC = f"{_SELECT} code_mac = ? LIMIT 2"
BY_ID = f"{_SELECT} voucher_id = ?"
SEALED_BY_ID = "SELECT sealed FROM vouchers WHERE voucher_id = ?"
SEALED = "SELECT voucher_id, sealed FROM vouchers WHERE sealed IS NOT NULL"


class Damaged(Exception):
    """What is in the file cannot be what was written; it has to be fetched again."""


class CopiedVoucher(Protocol):
    """A voucher, what its code is recognised by (32 bytes), and whom it was bought for."""

    @property
    def voucher(self) -> Voucher: ...
    @property
    def code_mac(self) -> bytes: ...
    @property
    def holder(self) -> Holder | None: ...


class Page(Protocol):
    """What changed since a cursor (`central.port.VouchersPage`)."""

    @property
    def vouchers(self) -> Sequence[CopiedVoucher]: ...
    @property
    def gone(self) -> Sequence[VoucherId]: ...
    @property
    def next_cursor(self) -> str: ...
    @property
    def more(self) -> bool: ...
    @property
    def starts_over(self) -> bool: ...


@contextmanager
def damage_noticed() -> Iterator[None]:
    """Tell damage from what else the world does to a file.

    Raises:
        Damaged: the bytes are not what was written.
        Problem: the disk is full, cannot be written, or the file is locked.
    """
    try:
        with world_errors():
            yield
    except Problem as problem:
        if problem.kind is ProblemKind.JOURNAL_DAMAGED:
            # SQLite's sentence may quote what stands there; its name for it is enough.
            raise Damaged(problem.detail.partition(":")[0]) from problem
        raise


@contextmanager
def reading() -> Iterator[None]:
    """`damage_noticed`, for what turns rows into values.

    Raises:
        Damaged: the same; and a row that cannot be read.
        Problem: the same.
    """
    try:
        with damage_noticed():
            yield
    except (sqlite3.OperationalError, ValueError, TypeError) as error:
        # Damaged bytes come out of sqlite3 as any of these; a table may be missing, too.
        raise Damaged(type(error).__name__) from error


def proof(values: tuple[object, ...]) -> int:
    """What a row carries to prove itself: damage changes one of the two, not both alike."""
    return zlib.crc32(repr(values).encode())


def row_of(one: CopiedVoucher) -> tuple[object, ...]:
    """What is written of it, its proof at the end."""
    voucher, terms = one.voucher, one.voucher.terms
    minimum = terms.minimum_purchase
    values = (
        voucher.voucher_id.bytes,
        one.code_mac,
        voucher.shop_number,
        voucher.face.currency,
        voucher.face.minor,
        voucher.balance.minor,
        voucher.status.value,
        voucher.label,
        voucher.holder,
        int(terms.partial_allowed),
        None if terms.valid_from is None else terms.valid_from.isoformat(),
        None if terms.expires_on is None else terms.expires_on.isoformat(),
        None if minimum is None else minimum.minor,
        terms.vat_kind.value,
    )
    return (*values, proof(values))


def voucher_of(row: tuple[object, ...], key: bytes) -> Voucher:
    """The voucher in a row that `BY_CODE_MAC` or `BY_ID` found by this key, or `ALL` by its id.

    Raises:
        Damaged: the row is not as it was written, or not the one of this key.
    """
    if proof(row[:-1]) != row[-1]:
        raise Damaged("a voucher's row does not prove itself")
    if key not in row[:2]:
        raise Damaged("the index leads to another voucher")
    return _voucher(*row[:-1])  # type: ignore[arg-type]  # proved: as `row_of` made them


def _voucher(
    voucher_id: bytes,
    _code_mac: bytes,
    shop_number: int,
    currency: str,
    face_minor: int,
    balance_minor: int,
    status: str,
    label: str,
    holder: str,
    partial_allowed: int,
    valid_from: str | None,
    expires_on: str | None,
    minimum_purchase_minor: int | None,
    vat_kind: str,
) -> Voucher:
    minimum = minimum_purchase_minor
    return Voucher(
        voucher_id=VoucherId(UUID(bytes=voucher_id)),
        shop_number=ShopNumber(shop_number),
        face=Money(face_minor, currency),
        balance=Money(balance_minor, currency),
        terms=Terms(
            partial_allowed=bool(partial_allowed),
            valid_from=None if valid_from is None else date.fromisoformat(valid_from),
            expires_on=None if expires_on is None else date.fromisoformat(expires_on),
            minimum_purchase=None if minimum is None else Money(minimum, currency),
            vat_kind=VatKind(vat_kind),
        ),
        status=VoucherStatus(status),
        label=label,
        holder=holder,
    )

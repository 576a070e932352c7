"""The columns of an export, declared once: name, heading, and what stands in them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, tzinfo

from merchant_app.i18n import _
from merchant_app.money import Money
from merchant_app.reports.exports.rows import ExportRow, RowKind, RowStatus
from merchant_app.vouchers.terms import VatKind

Cell = str | int | Money | datetime | bool | None
"""A moment is aware, in UTC."""


@dataclass(frozen=True, slots=True)
class Column:
    """One column.

    Attributes:
        name: for programs; stable.
        cell: what stands in it.
    """

    name: str
    cell: Callable[[ExportRow], Cell]


COLUMNS = (
    Column("reference", lambda row: row.reference),
    Column("epoch", lambda row: row.epoch_id),
    Column("number", lambda row: row.number),
    Column("time", lambda row: row.at),
    Column("cashier", lambda row: row.cashier),
    Column("till", lambda row: row.till),
    Column("kind", lambda row: row.kind.value),
    Column("voucher", lambda row: row.label),
    Column("face", lambda row: row.face),
    Column("goods", lambda row: row.goods),
    Column("loss", lambda row: row.loss),
    Column("amount", lambda row: row.amount),
    Column("currency", lambda row: row.amount.currency),
    Column("status", lambda row: row.status.value),
    Column("vat", lambda row: None if row.vat_kind is None else row.vat_kind.value),
    Column("offline", lambda row: row.offline),
    Column("pin", lambda row: row.lifted),
    Column("closing", lambda row: None if row.closing is None else row.closing.number),
)
CURRENCY_COLUMN = next(n for n, column in enumerate(COLUMNS) if column.name == "currency")


def headings() -> list[str]:
    """The columns' names for people, in their order."""
    return [
        _("Reference"),
        _("Epoch"),
        _("Number"),
        _("Time"),
        _("Cashier"),
        _("Till"),
        _("Movement"),
        _("Voucher"),
        _("Face value"),
        _("Goods handed over"),
        _("Loss"),
        _("Owed by the platform"),
        _("Currency"),
        _("State"),
        _("VAT"),
        _("Offline"),
        _("Manager’s PIN"),
        _("Closing"),
    ]


class Words:
    """The values that are words, for people, in the language of the screens."""

    def __init__(self) -> None:
        self._words: dict[tuple[str, str], str] = {
            **{("kind", kind.value): _kind(kind) for kind in RowKind},
            **{("status", status.value): _status(status) for status in RowStatus},
            **{("vat", vat.value): _vat(vat) for vat in VatKind},
        }
        self.yes, self.no = _("yes"), _("no")

    def of(self, column: Column, value: str) -> str:
        """The word for a value of a column; the value itself where it is none of ours."""
        return self._words.get((column.name, value), value)


def local(moment: datetime, zone: tzinfo) -> datetime:
    """A moment where the shop is, to the second, without its zone: as spreadsheets have them."""
    return moment.astimezone(zone).replace(microsecond=0, tzinfo=None)


def cells(row: ExportRow) -> list[Cell]:
    """The row, column by column."""
    return [column.cell(row) for column in COLUMNS]


def _kind(kind: RowKind) -> str:
    match kind:
        case RowKind.REDEMPTION:
            return _("redemption")
        case RowKind.REVERSAL:
            return _("reversal")
        case RowKind.CORRECTION:
            return _("correction")
        case RowKind.SHORTFALL:
            return _("shortfall")


def _status(status: RowStatus) -> str:
    match status:
        case RowStatus.WAITING:
            return _("waiting")
        case RowStatus.ACCEPTED:
            return _("debited")
        case RowStatus.SHORT:
            return _("debited in part")
        case RowStatus.VOIDED:
            return _("reversed")


def _vat(vat: VatKind) -> str:
    match vat:
        case VatKind.SINGLE_PURPOSE:
            return _("single-purpose")
        case VatKind.MULTI_PURPOSE:
            return _("multi-purpose")

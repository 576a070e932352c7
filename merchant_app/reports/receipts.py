"""A customer's receipt, on demand only: as data, and as what its paper says.

It says what was handed over, not what the service paid the shop for it: a shortfall is the shop's
affair. It is no value and carries no signature: its number and check name the entry of the till's
chained journal that it is about, and that entry is what counts.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from functools import reduce
from operator import add
from textwrap import wrap

from merchant_app.clock import local_time
from merchant_app.i18n import _
from merchant_app.i18n.formatting import day, money, time_of_day
from merchant_app.money import Money
from merchant_app.printing.ticket import Ticket, TicketLine, Weight
from merchant_app.reports.closing_sheet import Row, Section, Sheet

QR_VERSION_MAX = 25
"""117 modules a side: the largest that a phone reads easily from a screen."""
_SPACES = str.maketrans({"\u202f": " ", "\u00a0": " "})


class Document(Enum):
    """What the receipt is of. The value is journalled and never changes."""

    DEBIT = "debit"
    UNDO = "undo"


@dataclass(frozen=True, slots=True)
class ReceiptLine:
    """One voucher. `balance` is what is left on it; None while nobody has confirmed it."""

    label: str
    amount: Money
    balance: Money | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """Attributes:
    number, check: the redemption's, see `till.results.Redeemed`.
    at, cashier: of the debit, or of its undo (UTC).
    confirmed: the central service has said so.
    purchase: the total of the whole purchase, when it was typed.
    left_to_pay: of that purchase, when it is known.
    copy: 0 is the original; a duplicate has a number.
    """

    document: Document
    shop: str
    city: str
    till: str
    number: int
    check: str
    at: datetime
    time_zone: str
    cashier: str
    lines: tuple[ReceiptLine, ...]
    confirmed: bool
    purchase: Money | None
    left_to_pay: Money | None
    training: bool
    copy: int

    @property
    def total(self) -> Money:
        return reduce(add, (line.amount for line in self.lines))


def sheet_of(receipt: Receipt) -> Sheet:
    """What the paper says, in the language spoken."""
    number = _("Receipt no. {number} · {check}").format(number=receipt.number, check=receipt.check)
    sections = [_vouchers(receipt), _sums(receipt)]
    if not receipt.confirmed:
        sections.append(Section(_("To be confirmed"), (Row(_waiting_for(receipt.document)),)))
    if receipt.training:
        sections.append(Section(_("Training mode"), (Row(_("No real sale, no value.")),)))
    return Sheet(
        title=receipt.shop,
        lines=(
            receipt.city,
            number,
            f"{day(local_time(receipt.at, receipt.time_zone).date())} · "
            f"{time_of_day(receipt.at, receipt.time_zone)}",
            f"{receipt.till} · {receipt.cashier}",
        ),
        sections=tuple(sections),
        footer=number,
        mark=_mark(receipt),
    )


def _mark(receipt: Receipt) -> str:
    marks = []
    if receipt.training:
        marks.append(_("TRAINING MODE"))
    if receipt.copy:
        marks.append(_("DUPLICATE no. {number}").format(number=receipt.copy))
    return " · ".join(marks)


def _vouchers(receipt: Receipt) -> Section:
    rows = []
    for line in receipt.lines:
        label = _("Voucher {label}").format(label=line.label)
        rows.append(Row(label, "", money(line.amount)))
        if line.balance is not None:
            rows.append(Row(_("left on it"), "", money(line.balance), inner=True))
    match receipt.document:
        case Document.DEBIT:
            return Section(_("Debited"), tuple(rows))
        case Document.UNDO:
            return Section(_("Undone: money back on the vouchers"), tuple(rows))


def _sums(receipt: Receipt) -> Section:
    rows = []
    match receipt.document:
        case Document.DEBIT:
            rows.append(Row(_("Paid with vouchers"), "", money(receipt.total), strong=True))
        case Document.UNDO:
            return Section(
                _("Total"), (Row(_("Given back"), "", money(receipt.total), strong=True),)
            )
    if receipt.purchase is not None:
        rows.append(Row(_("Purchase"), "", money(receipt.purchase)))
    if receipt.left_to_pay is not None:
        rows.append(Row(_("Left to pay"), "", money(receipt.left_to_pay)))
    return Section(_("Total"), tuple(rows))


def _waiting_for(document: Document) -> str:
    match document:
        case Document.DEBIT:
            return _("Accepted here; the central service confirms it later.")
        case Document.UNDO:
            return _("Undone here; the central service confirms it later.")


# --- as lines of a fixed width -------------------------------------------------------------------


def ticket_of(receipt: Receipt, *, columns: int) -> Ticket:
    """The receipt for a printer with lines of so many characters."""
    words = sheet_of(receipt)
    lines: list[TicketLine] = []
    if words.mark:
        lines += _centred(words.mark, columns, Weight.STRONG)
    lines += _centred(words.title, columns, Weight.STRONG)
    for text in words.lines:
        lines += _centred(text, columns, Weight.PLAIN)
    for section in words.sections:
        lines.append(TicketLine("-" * columns))
        lines += [TicketLine(text, Weight.STRONG) for text in _wrapped(section.heading, columns)]
        for row in section.rows:
            lines += _row(row, columns)
    lines.append(TicketLine("-" * columns))
    if words.mark:
        lines += _centred(words.mark, columns, Weight.STRONG)
    return Ticket(words.footer, tuple(lines))


def _centred(text: str, columns: int, weight: Weight) -> list[TicketLine]:
    return [
        TicketLine(" " * ((columns - len(line)) // 2) + line, weight)
        for line in _wrapped(text, columns)
    ]


def _row(row: Row, columns: int) -> list[TicketLine]:
    """Words on the left; the amount on the right of their last line, below where it is long."""
    indent = "  " if row.inner else ""
    weight = Weight.STRONG if row.strong else Weight.PLAIN
    amount = row.amount.translate(_SPACES)
    label = [indent + line for line in _wrapped(row.label, columns - len(indent))]
    if amount and len(label[-1]) + 1 + len(amount) > columns:
        label.append("")
    if amount:
        label[-1] += amount.rjust(columns - len(label[-1]))
    return [TicketLine(line, weight) for line in label]


def _wrapped(text: str, columns: int) -> list[str]:
    return wrap(text.translate(_SPACES), columns) or [""]


# --- as a QR code --------------------------------------------------------------------------------


def text_of(receipt: Receipt) -> str:
    """The receipt as a phone shows it: read from a QR code, without any network."""
    words = sheet_of(receipt)
    lines = [words.mark, words.title, *words.lines]
    for section in words.sections:
        lines += ["", section.heading]
        lines += [f"{row.label} {row.amount}".strip() for row in section.rows]
    return "\n".join(lines).translate(_SPACES).strip()


def qr_of(receipt: Receipt) -> tuple[tuple[bool, ...], ...] | None:
    """The modules of the QR code that holds the receipt's text, dark ones True, row by row;
    nobody is asked for an address. None: there are too many vouchers for one."""
    import segno

    try:
        code = segno.make(
            text_of(receipt), error="l", encoding="utf-8", micro=False, boost_error=False
        )
    except segno.DataOverflowError:
        return None
    if int(code.version) > QR_VERSION_MAX:
        return None
    return tuple(tuple(bool(module) for module in row) for row in code.matrix)

"""The platform's list of beneficiaries becomes vouchers: all of it, or nothing and a report.

Columns are found by name, in French or English, in any order. A line is one voucher; an order with
several vouchers has a column for the line of the order, and (order, line) may come only once: in
the file, and in the shop for ever. Importing a list twice thus changes nothing.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import Enum

from merchant_app.money import BadAmount, Money, parse_amount
from merchant_app.server.catalogue import Order, Request
from merchant_app.server.import_files import Row
from merchant_app.vouchers.terms import Terms

NAME_CHARACTERS_MAX = 120
EMAIL_CHARACTERS_MAX = 254
ORDER_LINE_MAX = 10_000
BAD_ROWS_MAX = 200
"""A report longer than this helps nobody."""


class Field(Enum):
    """What a column can be; the value is how the report calls it."""

    EMAIL = "e-mail"
    LAST_NAME = "name"
    FIRST_NAME = "first name"
    AMOUNT = "amount"
    ORDER_NUMBER = "order number"
    ORDER_LINE = "order line"
    PURCHASED_ON = "purchase date"
    EXPIRES_ON = "expiry"
    SHOP = "shop"


_NAMES: dict[Field, str] = {
    Field.EMAIL: "e mail|email|mail|courriel|adresse e mail|adresse email|adresse mail"
    "|email address|e mail address",
    Field.LAST_NAME: "nom|nom de famille|nom du beneficiaire|beneficiaire|client|name|last name"
    "|lastname|surname|family name|beneficiary|customer",
    Field.FIRST_NAME: "prenom|prenom du beneficiaire|first name|firstname|given name",
    Field.AMOUNT: "montant|montant du bon|montant ttc|valeur|valeur du bon|somme|amount|value"
    "|face value|voucher amount",
    Field.ORDER_NUMBER: "numero de commande|n de commande|no de commande|no commande|n commande"
    "|numero commande|commande|reference|reference de commande|order|order number|order no"
    "|order id|order reference",
    Field.ORDER_LINE: "ligne|ligne de commande|numero de ligne|n de ligne|line|order line"
    "|line number",
    Field.PURCHASED_ON: "date d achat|date de l achat|date de commande|date|date achat"
    "|date commande|purchase date|order date|purchased on",
    Field.EXPIRES_ON: "echeance|date d echeance|expiration|date d expiration|date expiration"
    "|expire le|valable jusqu au"
    "|date de validite|fin de validite|expiry|expiry date|expires|expires on|expiration date"
    "|valid until",
    Field.SHOP: "boutique|commerce|commercant|librairie|magasin|shop|store|merchant",
}
_FIELDS = {name: field for field, names in _NAMES.items() for name in names.split("|")}
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
_DATE = re.compile(
    r"(?:(?P<year>\d{4})-(?P<month>\d{1,2})-(?P<day>\d{1,2})"
    r"|(?P<d>\d{1,2})(?P<by>[/.\-])(?P<m>\d{1,2})(?P=by)(?P<y>\d{4}))"
    r"(?:[T ].*)?",
    re.ASCII,
)
_REASONS = {
    BadAmount.EMPTY: "is missing",
    BadAmount.NOT_A_NUMBER: "is no amount",
    BadAmount.NEGATIVE: "is negative",
    BadAmount.ZERO: "is zero",
    BadAmount.TOO_MANY_DECIMALS: "has too many decimals",
    BadAmount.TOO_LARGE: "is too large",
}


@dataclass(frozen=True, slots=True)
class BadRow:
    """One thing wrong with a row, as the report says it. `row` is the spreadsheet's number."""

    row: int
    column: str
    reason: str


@dataclass(frozen=True, slots=True)
class Wanted:
    """A good row: a voucher to issue, and for which shop (its slug or name, as written)."""

    row: int
    shop: str
    request: Request


class _Bad(Exception):
    def __init__(self, field: Field, reason: str) -> None:
        super().__init__(reason)
        self.field = field
        self.reason = reason


@dataclass(frozen=True, slots=True)
class List:
    """A list that was read: what is good, what is bad, which columns nobody asked for."""

    wanted: list[Wanted]
    bad: list[BadRow]
    ignored_columns: list[str]


def read_list(rows: Sequence[Row], *, currency: str, shop_in_file: bool) -> List:
    """Every row as a voucher to issue, or as what is wrong with it. Pure.

    Args:
        rows: the table, its header first.
        currency: of the amounts; the list names none.
        shop_in_file: whether each row must say its shop.
    """
    header, *lines = rows
    columns, ignored, bad = _columns(header)
    required = [Field.AMOUNT, Field.ORDER_NUMBER, *([Field.SHOP] if shop_in_file else [])]
    bad += [
        BadRow(header.number, field.value, "there is no such column")
        for field in required
        if field not in columns
    ]
    if not {Field.LAST_NAME, Field.EMAIL} & columns.keys():
        bad.append(BadRow(header.number, Field.LAST_NAME.value, "there is no such column"))
    if bad:
        return List([], bad, ignored)
    wanted: list[Wanted] = []
    seen: dict[tuple[str, str, int], int] = {}
    for line in lines:
        values = {
            field: line.cells[place] if place < len(line.cells) else ""
            for field, place in columns.items()
        }
        try:
            item = _wanted(line.number, values, currency=currency)
            _refuse_twice(item, seen)
        except _Bad as error:
            bad.append(BadRow(line.number, error.field.value, error.reason))
        else:
            wanted.append(item)
    if not lines:
        bad.append(BadRow(header.number, "", "there is no row below the header"))
    return List(wanted, bad, ignored)


def plain(text: str) -> str:
    """A name without case, accents and punctuation: "N° de commande" becomes "n de commande"."""
    bare = unicodedata.normalize("NFKD", text.replace("°", " ").casefold())
    bare = "".join(character for character in bare if not unicodedata.combining(character))
    return " ".join(re.findall(r"[a-z0-9]+", bare))


def _columns(header: Row) -> tuple[dict[Field, int], list[str], list[BadRow]]:
    columns: dict[Field, int] = {}
    ignored, bad = [], []
    for place, title in enumerate(header.cells):
        field = _FIELDS.get(plain(title))
        if field is None:
            ignored.append(title)
        elif field in columns:
            bad.append(BadRow(header.number, title, f"a second column for the {field.value}"))
        else:
            columns[field] = place
    return columns, ignored, bad


def _wanted(number: int, values: Mapping[Field, str], *, currency: str) -> Wanted:
    for field, value in values.items():
        limit = EMAIL_CHARACTERS_MAX if field is Field.EMAIL else NAME_CHARACTERS_MAX
        if len(value) > limit:
            raise _Bad(field, f"is longer than {limit} characters")
        if not value.replace("\u00a0", "").replace("\u202f", "").isprintable():
            raise _Bad(field, "holds control characters")
    order_number = values[Field.ORDER_NUMBER]
    if not order_number:
        raise _Bad(Field.ORDER_NUMBER, "is missing")
    last_name, email = values.get(Field.LAST_NAME, ""), values.get(Field.EMAIL, "")
    first_name = values.get(Field.FIRST_NAME, "")
    if not last_name and not email:
        raise _Bad(Field.LAST_NAME, "is missing, and so is the e-mail")
    if email and not _EMAIL.fullmatch(email):
        raise _Bad(Field.EMAIL, "is no e-mail address")
    if Field.SHOP in values and not values[Field.SHOP]:
        raise _Bad(Field.SHOP, "is missing")
    order = Order(
        holder=holder_of(first_name=first_name, last_name=last_name),
        last_name=last_name,
        first_name=first_name,
        email=email,
        number=order_number,
        line=_order_line(values.get(Field.ORDER_LINE, "")),
        purchased_on=_date(values, Field.PURCHASED_ON),
    )
    terms = Terms(expires_on=_date(values, Field.EXPIRES_ON))
    face = _amount(values[Field.AMOUNT], currency)
    return Wanted(number, values.get(Field.SHOP, ""), Request(face=face, terms=terms, order=order))


def holder_of(*, first_name: str, last_name: str) -> str:
    """What a till may know of a person: "Claire D."."""
    names = last_name.split()
    if not first_name and len(names) > 1:  # one column with both: "Claire Dupont"
        first_name, names = names[0], names[1:]
    initial = f"{names[0][0].upper()}." if names else ""
    return f"{first_name} {initial}".strip()


def _amount(text: str, currency: str) -> Money:
    money = parse_amount(text, currency)
    if isinstance(money, BadAmount):
        raise _Bad(Field.AMOUNT, _REASONS[money])
    return money


def _order_line(text: str) -> int:
    if not text:
        return 1
    if not re.fullmatch(r"[0-9]{1,5}", text) or not 1 <= int(text) <= ORDER_LINE_MAX:
        raise _Bad(Field.ORDER_LINE, "is no line number")
    return int(text)


def _date(values: Mapping[Field, str], field: Field) -> date | None:
    """A day, written as in France (31/12/2027) or as in ISO 8601 (2027-12-31)."""
    text = values.get(field, "")
    if not text:
        return None
    match = _DATE.fullmatch(text)
    if match is None:
        raise _Bad(field, "is no date (31/12/2027 or 2027-12-31)")
    parts = match["year"] or match["y"], match["month"] or match["m"], match["day"] or match["d"]
    year, month, day = (int(part) for part in parts)
    try:
        return datetime(year, month, day).date()  # noqa: DTZ001 - a calendar day, no moment
    except ValueError:
        raise _Bad(field, "is a day that does not exist") from None


def _refuse_twice(item: Wanted, seen: dict[tuple[str, str, int], int]) -> None:
    order = item.request.order
    assert order.number is not None
    assert order.line is not None
    key = (plain(item.shop), order.number.casefold(), order.line)
    first = seen.setdefault(key, item.row)
    if first != item.row:
        reason = f"the same order line as row {first}"
        if order.line == 1:
            reason += "; an order of several vouchers needs a column “line”"
        raise _Bad(Field.ORDER_NUMBER, reason)


def already_there(wanted: Iterable[Wanted], known: Iterable[tuple[str, int]]) -> list[BadRow]:
    """The rows whose order line the shop has from an earlier import."""
    lines = {(number.casefold(), line) for number, line in known}
    return [
        BadRow(item.row, Field.ORDER_NUMBER.value, "this order line was imported before")
        for item in wanted
        if ((item.request.order.number or "").casefold(), item.request.order.line) in lines
    ]

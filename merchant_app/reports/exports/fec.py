"""The FEC, the accounting entries that the French tax office asks for.

Sources: livre des procédures fiscales, article A47 A-1 (arrêté du 29 juillet 2013), VII for the 18
columns, IX for the file's name, XI for the description, XII for characters and numbers;
BOI-CF-IOR-60-40-20 for the heading line. Which entries are written, and why:
build/decisions/0062.

Only what is closed is written: a closing is what the text calls validation, and a file made again
for the same year is the same file. An entry for each row of the journal, none for a whole day: the
text does not allow centralised entries.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, tzinfo
from functools import lru_cache
from typing import BinaryIO

from merchant_app.errors import Bug
from merchant_app.money import Money
from merchant_app.reports.exports.cells import plain_number
from merchant_app.reports.exports.rows import ExportRow, RowKind
from merchant_app.vouchers.terms import VatKind

COLUMNS = (
    "JournalCode", "JournalLib", "EcritureNum", "EcritureDate", "CompteNum", "CompteLib",
    "CompAuxNum", "CompAuxLib", "PieceRef", "PieceDate", "EcritureLib", "Debit", "Credit",
    "EcritureLet", "DateLet", "ValidDate", "Montantdevise", "Idevise",
)  # fmt: skip
SEPARATOR = "\t"
ENCODING = "iso8859-15"
_BASIS_POINTS = 10_000
_FIELDS_MAX = 1_024


@dataclass(frozen=True, slots=True, kw_only=True)
class Accounts:
    """The accounts that entries go to, and how VAT is taken out of a price.

    Attributes:
        journal: the code of the accounting journal.
        platform: what the platform owes.
        multi_purpose: vouchers that the cash register took as a means of payment.
        sales: sales paid with single-purpose vouchers, without VAT.
        vat: the VAT of these.
        loss: goods handed over that no voucher paid for.
        vat_basis_points: the rate of single-purpose vouchers; 550 is 5.5 %.
    """

    journal: str
    platform: str
    multi_purpose: str
    sales: str
    vat: str
    loss: str
    vat_basis_points: int


@dataclass(frozen=True, slots=True)
class FiscalYear:
    """Whose entries are written; both days included. An inspection may also ask for a part."""

    first: date
    last: date


@dataclass(frozen=True, slots=True)
class _Posting:
    """One line of an entry: positive is a debit, negative a credit."""

    account: str
    title: str
    debit: Money


def file_name(siren: str, year: FiscalYear) -> str:
    """ "123456789FEC20261231.txt".

    Raises:
        Bug: no SIREN; whoever asks has looked (`exporting.Refusal`).
    """
    if len(siren) != 9 or not (siren.isascii() and siren.isdigit()):
        raise Bug("a FEC for a shop without a SIREN")
    return f"{siren}FEC{year.last:%Y%m%d}.txt"


def write_fec(
    file: BinaryIO,
    rows: Iterable[ExportRow],
    *,
    accounts: Accounts,
    year: FiscalYear,
    zone: tzinfo,
) -> None:
    """Write the heading and the entries of these rows, all of them closed, numbered from 1.

    Order is the order of closings. Where the till's clock was set back between two of them, the
    later one is dated like the earlier one: an accounting journal never goes back.
    """
    file.write(_line(COLUMNS))
    booked_on = year.first
    for number, row in enumerate(rows, start=1):
        postings = _postings(row, accounts)
        if row.closing is None:
            raise Bug("an entry of a day that is not closed")
        booked_on = min(max(booked_on, row.closing.business_date), year.last)
        validated_on = max(booked_on, row.closing.closed_at.astimezone(zone).date())
        for posting in postings:
            file.write(
                _line(
                    (
                        accounts.journal,
                        "Bons d'achat",
                        str(number),
                        _day(booked_on),
                        posting.account,
                        posting.title,
                        "",
                        "",
                        row.reference,
                        _day(row.at.astimezone(zone).date()),
                        _title(row),
                        *_debit_and_credit(posting.debit),
                        "",
                        "",
                        _day(validated_on),
                        *_foreign(posting.debit),
                    )
                )
            )


def description(name: str) -> bytes:
    """The text that must come with the file (A47 A-1, XI), in the file's own characters."""
    text = f"""Description du fichier {name} (article A47 A-1 du livre des procédures fiscales)

Jeu de caractères : ISO 8859-15. Structure : mono-structure, longueur variable.
Séparateur de zone : tabulation. Séparateur d'enregistrement : retour chariot et fin de ligne.
Première ligne : le nom des dix-huit zones, dans l'ordre du VII.
Montants : virgule décimale, sans séparateur de milliers. Dates : AAAAMMJJ.
EcritureNum : suite continue à partir de 1. EcritureDate : jour de la clôture de caisse.
PieceRef : place du mouvement dans le journal de la caisse (E : écriture, A : écriture reprise,
O : réponse du service central). ValidDate : jour où la clôture a été faite.
CompAuxNum, CompAuxLib, EcritureLet, DateLet : sans objet, vides.
Montantdevise, Idevise : vides quand la devise est l'euro.
"""
    return text.replace("\n", "\r\n").encode(ENCODING)


def _postings(row: ExportRow, accounts: Accounts) -> list[_Posting]:
    """The lines of a row's entry; none where nothing moves. They sum to zero."""
    postings = [_Posting(accounts.platform, "Plateforme, bons à recevoir", row.amount)]
    if row.loss:
        postings.append(_Posting(accounts.loss, "Pertes sur bons d'achat", row.loss))
    match row.vat_kind:
        case VatKind.SINGLE_PURPOSE:
            vat = _vat(row.goods, accounts.vat_basis_points)
            postings.append(_Posting(accounts.sales, "Ventes de marchandises", vat - row.goods))
            postings.append(_Posting(accounts.vat, "TVA collectée", -vat))
        case VatKind.MULTI_PURPOSE | None:
            postings.append(_Posting(accounts.multi_purpose, "Bons d'achat acceptés", -row.goods))
    return [posting for posting in postings if posting.debit]


def _vat(price: Money, basis_points: int) -> Money:
    """The VAT inside a price, rounded half up, the same for a price and for its reversal."""
    whole = _BASIS_POINTS + basis_points
    vat = (2 * abs(price.minor) * basis_points + whole) // (2 * whole)
    return Money(vat if price.minor >= 0 else -vat, price.currency)


def _title(row: ExportRow) -> str:
    what = {
        RowKind.REDEMPTION: "Bon d'achat accepté",
        RowKind.REVERSAL: "Annulation d'un bon d'achat",
        RowKind.CORRECTION: "Correction d'un bon d'achat",
        RowKind.SHORTFALL: "Bon d'achat non couvert",
    }[row.kind]
    return f"{what} {row.label.lstrip('…')}"


def _debit_and_credit(debit: Money) -> tuple[str, str]:
    zero = plain_number(Money(0, debit.currency), point=",")
    if debit.minor > 0:
        return plain_number(debit, point=","), zero
    return zero, plain_number(-debit, point=",")


def _foreign(debit: Money) -> tuple[str, str]:
    """Signed like a debit; empty in euros. Books in another currency say which."""
    if debit.currency == "EUR":
        return "", ""
    return plain_number(debit, point=","), debit.currency


def _day(day: date) -> str:
    return f"{day.year:04}{day.month:02}{day.day:02}"


def _line(fields: Sequence[str]) -> bytes:
    return (SEPARATOR.join(map(_field, fields)) + "\r\n").encode(ENCODING)


@lru_cache(maxsize=_FIELDS_MAX)
def _field(text: str) -> str:
    """In the file's characters, and without what separates fields: "Ǹ" becomes "N"."""
    if text.isascii() and text.isprintable() and "|" not in text:
        return text.strip()
    return "".join(_fitting(one) for one in text).strip()


def _fitting(one: str) -> str:
    if one == "|" or not one.isprintable():
        return " "
    for told in (one, unicodedata.normalize("NFKD", one)):
        fits = told.encode(ENCODING, errors="ignore").decode(ENCODING)
        if fits:
            return fits
    return "?"

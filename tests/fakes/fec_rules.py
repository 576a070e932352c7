"""What the law says of a FEC, as a checker that knows nothing of the program that wrote it.

Written from the livre des procédures fiscales, article A47 A-1 (arrêté du 29 juillet 2013), and the
tax office's comments, BOI-CF-IOR-60-40-20. For tests.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal

# VII, 1°: these, in this order.
NAMES = (
    "JournalCode", "JournalLib", "EcritureNum", "EcritureDate", "CompteNum", "CompteLib",
    "CompAuxNum", "CompAuxLib", "PieceRef", "PieceDate", "EcritureLib", "Debit", "Credit",
    "EcritureLet", "DateLet", "ValidDate", "Montantdevise", "Idevise",
)  # fmt: skip
# Blank where they do not apply; every other one is filled in.
MAY_BE_BLANK = {"CompAuxNum", "CompAuxLib", "EcritureLet", "DateLet", "Montantdevise", "Idevise"}
PAIRS = (("CompAuxNum", "CompAuxLib"), ("EcritureLet", "DateLet"), ("Montantdevise", "Idevise"))
FILE_NAME = re.compile(r"([0-9]{9})FEC([0-9]{8})\.txt")
AMOUNT = re.compile(r"-?[0-9]+(,[0-9]+)?")


def violations(name: str, raw: bytes) -> list[str]:
    """Everything that is against the rules, each with the number of its line."""
    found: list[str] = []
    match = FILE_NAME.fullmatch(name)
    closed_on = None if match is None else _day(match[2])
    if closed_on is None:
        found.append("IX: the file is not called SIRENFECAAAAMMJJ.txt")
    text = _text(raw)
    if text is None:
        return [*found, "XII, 1°: neither ISO 8859-15 nor ASCII, or a control character"]
    lines = text.split("\r\n")
    if len(lines) < 3 or lines[-1] != "":
        return [*found, "VI, 1°: records end with CR LF; a heading and one entry at least"]
    separator = "\t" if "\t" in lines[0] else "|"
    if tuple(lines[0].split(separator)) != NAMES:
        found.append("VII, 1°: the first line does not name the 18 fields in their order")
    records = [line.split(separator) for line in lines[1:-1]]
    for number, record in enumerate(records, start=2):
        if len(record) != len(NAMES):
            found.append(f"VI, 4°: line {number} has {len(record)} fields")
            return found
        found += [
            f"line {number}: {what}" for what in _of_record(dict(zip(NAMES, record, strict=True)))
        ]
    if found:
        return found
    entries = [dict(zip(NAMES, record, strict=True)) for record in records]
    return [*_of_entries(entries, closed_on)]


def _text(raw: bytes) -> str | None:
    text = raw.decode("iso8859-15")
    # C1 controls are what UTF-8 looks like there.
    if any(one not in "\t\r\n" and not one.isprintable() and one != "\u00a0" for one in text):
        return None
    return text


def _of_record(record: dict[str, str]) -> Iterator[str]:
    for name, value in record.items():
        if not value.strip() and name not in MAY_BE_BLANK:
            yield f"{name} is empty"
        if value != value.strip():
            yield f"{name} has spaces around it"
    for one, other in PAIRS:
        if bool(record[one]) != bool(record[other]):
            yield f"{one} and {other} go together"
    for name in ("EcritureDate", "PieceDate", "ValidDate", "DateLet"):
        if record[name] and _day(record[name]) is None:
            yield f"XII, 3°: {name} is no day as AAAAMMJJ"
    for name in ("Debit", "Credit", "Montantdevise"):
        if record[name] and AMOUNT.fullmatch(record[name]) is None:
            yield f"XII, 2°: {name} is no number with a decimal comma"
    if re.fullmatch(r"[1-8][0-9]{2}[0-9A-Z]*", record["CompteNum"]) is None:
        yield "CompteNum does not begin with three digits of the chart of accounts"
    if record["Idevise"] and re.fullmatch(r"[A-Z]{3}", record["Idevise"]) is None:
        yield "Idevise is no currency of ISO 4217"


def _of_entries(records: list[dict[str, str]], closed_on: date | None) -> Iterator[str]:
    sums: dict[tuple[str, str], Decimal] = defaultdict(Decimal)
    facts: dict[tuple[str, str], tuple[str, ...]] = {}
    last: dict[str, int] = {}
    titles: dict[str, str] = {}
    last_day = ""
    for record in records:
        journal, number = record["JournalCode"], record["EcritureNum"]
        key = journal, number
        debit, credit = _number(record["Debit"]), _number(record["Credit"])
        if debit and credit:
            yield f"entry {number}: a line debits and credits"
        if not debit and not credit:
            yield f"entry {number}: a line without an amount"
        sums[key] += debit - credit
        said = tuple(
            record[name] for name in ("EcritureDate", "PieceRef", "PieceDate", "ValidDate")
        )
        if facts.setdefault(key, said) != said:
            yield f"entry {number}: its lines disagree about dates or piece"
        if not number.isdigit() or int(number) not in (last.get(journal, 0), _next(last, journal)):
            yield f"entry {number}: the numbers are no sequence without gaps"
        else:
            last[journal] = int(number)
        if record["EcritureDate"] < last_day:
            yield f"entry {number}: before the one before it"
        last_day = record["EcritureDate"]
        if record["ValidDate"] < record["EcritureDate"]:
            yield f"entry {number}: validated before it was written"
        if closed_on is not None and not _within_year(record["EcritureDate"], closed_on):
            yield f"entry {number}: not in the year that the file's name says"
        if titles.setdefault(record["CompteNum"], record["CompteLib"]) != record["CompteLib"]:
            yield f"entry {number}: an account with two titles"
    for (_, number), rest in sums.items():
        if rest:
            yield f"entry {number}: debit and credit differ by {rest}"


def _next(last: dict[str, int], journal: str) -> int:
    return last.get(journal, 0) + 1


def _within_year(day: str, closed_on: date) -> bool:
    first = date(closed_on.year - 1, closed_on.month, min(closed_on.day, 28))
    found = _day(day)
    return found is not None and first <= found <= closed_on


def _number(text: str) -> Decimal:
    return Decimal(text.replace(",", "."))


def _day(text: str) -> date | None:
    if re.fullmatch(r"[0-9]{8}", text) is None:
        return None
    try:
        return datetime.strptime(f"{text} +0000", "%Y%m%d %z").date()
    except ValueError:
        return None

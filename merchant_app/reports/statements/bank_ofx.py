"""OFX, the format that banks call "Money" or "Quicken": version 1 (SGML) and 2 (XML).

Read as a tree and no further: banks leave out fields that the standard asks for.
"""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

from merchant_app.reports.statements.bank_amounts import amount_of, day_of
from merchant_app.reports.statements.bank_lines import (
    LINES_MAX,
    TEXT_MAX,
    BankFile,
    BankFileKind,
    BankFileRefused,
    BankFileResult,
    BankFormat,
    BankLine,
)

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

_TEXTS = ("NAME", "MEMO", "REFNUM", "CHECKNUM", "FITID")
_FIELDS_PER_MOVEMENT_MAX = 40


def read_ofx(raw: bytes, *, currency: str) -> BankFileResult:
    """The movements in an OFX file."""
    from ofxtools.header import OFXHeaderError
    from ofxtools.Parser import OFXTree, ParseError

    if raw.upper().count(b"<STMTTRN>") > LINES_MAX:
        return BankFileRefused(BankFileKind.TOO_MANY_LINES)
    tree = OFXTree()
    try:
        tree.parse(io.BytesIO(raw))
    except (ParseError, OFXHeaderError, ValueError, LookupError) as error:
        # ValueError: bytes that are not of the encoding the header names.
        return BankFileRefused(BankFileKind.DAMAGED, type(error).__name__)
    root: Element | None = tree.getroot()
    movements = [] if root is None else list(root.iter("STMTTRN"))
    if root is None or not movements:
        return BankFileRefused(BankFileKind.NO_MOVEMENTS)
    named = (root.findtext(".//CURDEF") or "").strip().upper() or None
    lines = [_line(one, named, currency=currency) for one in movements]
    read = [line for line in lines if line is not None]
    if not read:
        return BankFileRefused(BankFileKind.NO_MOVEMENTS)
    days = [line.day for line in read]
    for name in ("DTSTART", "DTEND"):
        told = [day_of(one.text or "") for one in root.iter(name)]
        days += [day for day in told if day is not None]
    unread = len(lines) - len(read)
    return BankFile(BankFormat.OFX, tuple(read), min(days), max(days), unread)


def _line(movement: Element, named: str | None, *, currency: str) -> BankLine | None:
    fields = {
        one.tag: (one.text or "").strip() for one in list(movement)[:_FIELDS_PER_MOVEMENT_MAX]
    }
    day = day_of(fields.get("DTPOSTED", ""))
    amount = amount_of(fields.get("TRNAMT", ""), currency=currency)
    if day is None or amount is None:
        return None
    text = " ".join(fields[name] for name in _TEXTS if fields.get(name))
    return BankLine(day, amount, named, text[:TEXT_MAX])

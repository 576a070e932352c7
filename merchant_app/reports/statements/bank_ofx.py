"""OFX, the format that banks call "Money" or "Quicken": version 1 (SGML) and 2 (XML).

Read as a tree and no further: banks leave out fields that the standard asks for. Of ofxtools only
what builds the tree is used: its patterns for the header and for CDATA take hours over a line that
somebody made for it.
"""

from __future__ import annotations

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

_BEGIN = "<OFX>"
_TEXTS = ("NAME", "MEMO", "REFNUM", "CHECKNUM", "FITID")
_FIELDS_PER_MOVEMENT_MAX = 40


def read_ofx(text: str, *, currency: str) -> BankFileResult:
    """The movements in an OFX file."""
    begin = text.find(_BEGIN)
    if begin < 0:
        return BankFileRefused(BankFileKind.DAMAGED, "no <OFX>")
    if text.count("<STMTTRN>") > LINES_MAX:
        return BankFileRefused(BankFileKind.TOO_MANY_LINES)
    try:
        root = _tree(text[begin:].replace("<![CDATA[", "").replace("]]>", ""))
    except (SyntaxError, AssertionError, IndexError) as error:
        # ofxtools' own, and what xml.etree says of elements that close too late or too early.
        return BankFileRefused(BankFileKind.DAMAGED, type(error).__name__)
    movements = list(root.iter("STMTTRN"))
    if not movements:
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


def _tree(body: str) -> Element:
    from ofxtools.Parser import TreeBuilder

    builder = TreeBuilder()
    builder.feed(body)
    root: Element = builder.close()
    return root


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

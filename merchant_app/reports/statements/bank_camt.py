"""CAMT.053 (ISO 20022), what banks call "relevé au format XML": every version of it, by the names
of its elements. No entity, no document type, no other document (OWASP: XML external entities).
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

_CREDIT, _DEBIT = "CRDT", "DBIT"
_BOOKED = ("BOOK", "")
_TEXTS = frozenset(
    {
        "NtryRef", "AcctSvcrRef", "EndToEndId", "TxId", "InstrId", "MsgId", "PmtInfId", "Ustrd",
        "Ref", "AddtlNtryInf", "AddtlTxInf", "Nm", "AddtlRmtInf",
    }
)  # fmt: skip


def read_camt(raw: bytes, *, currency: str) -> BankFileResult:
    """The movements in a bank's XML statement."""
    from xml.etree.ElementTree import ParseError

    from defusedxml.common import DefusedXmlException
    from defusedxml.ElementTree import fromstring

    try:
        root: Element = fromstring(raw, forbid_dtd=True)
    except DefusedXmlException:
        return BankFileRefused(BankFileKind.FORBIDDEN_XML)
    except (ParseError, ValueError, LookupError) as error:
        # LookupError: an encoding that nobody knows.
        return BankFileRefused(BankFileKind.DAMAGED, type(error).__name__)
    entries = [one for one in root.iter() if _name(one) == "Ntry"]
    if not entries:
        is_camt = any(_name(one) in ("BkToCstmrStmt", "Stmt") for one in root.iter())
        kind = BankFileKind.NO_MOVEMENTS if is_camt else BankFileKind.NOT_A_BANK_FILE
        return BankFileRefused(kind)
    if len(entries) > LINES_MAX:
        return BankFileRefused(BankFileKind.TOO_MANY_LINES)
    return _file(entries, root, currency=currency)


def _file(entries: list[Element], root: Element, *, currency: str) -> BankFileResult:
    lines, unread = [], 0
    for entry in entries:
        status = _text(entry, "Sts", "Cd") or _text(entry, "Sts")
        if status not in _BOOKED:
            continue  # announced, and not on the account
        line = _line(entry, currency=currency)
        if line is None:
            unread += 1
        else:
            lines.append(line)
    if not lines:
        return BankFileRefused(BankFileKind.NO_MOVEMENTS)
    days = [line.day for line in lines]
    for name in ("FrDtTm", "ToDtTm"):
        told = [day_of(one.text or "") for one in root.iter() if _name(one) == name]
        days += [day for day in told if day is not None]
    return BankFile(BankFormat.CAMT, tuple(lines), min(days), max(days), unread)


def _line(entry: Element, *, currency: str) -> BankLine | None:
    amount = next((one for one in entry if _name(one) == "Amt"), None)
    sign = {_CREDIT: 1, _DEBIT: -1}.get(_text(entry, "CdtDbtInd"))
    day = day_of(
        _text(entry, "BookgDt", "Dt")
        or _text(entry, "BookgDt", "DtTm")
        or _text(entry, "ValDt", "Dt")
        or _text(entry, "ValDt", "DtTm")
    )
    minor = None if amount is None else amount_of(amount.text or "", currency=currency)
    if amount is None or sign is None or day is None or minor is None or minor < 0:
        return None
    words = (one.text or "" for one in entry.iter() if _name(one) in _TEXTS)
    text = " ".join(word.strip() for word in words)[:TEXT_MAX]
    # A reversal of a movement has the sign of the way its money goes.
    return BankLine(day, sign * minor, amount.get("Ccy"), text)


def _name(element: Element) -> str:
    """Without the namespace: it says the version."""
    return element.tag.rpartition("}")[2]


def _text(element: Element, *path: str) -> str:
    """The text at a path of names below an element; empty when there is none."""
    for name in path:
        below = next((one for one in element if _name(one) == name), None)
        if below is None:
            return ""
        element = below
    return (element.text or "").strip()

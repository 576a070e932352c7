"""A bank's file: found out what it is, and read. Hostile input: what comes from outside may be
anything, of any size, in any encoding, and ends in one of the named outcomes.
"""

from __future__ import annotations

import logging
from pathlib import Path

from merchant_app.reports.statements.bank_camt import read_camt
from merchant_app.reports.statements.bank_csv import read_csv
from merchant_app.reports.statements.bank_lines import (
    FILE_BYTES_MAX,
    TAGS_MAX,
    BankFileKind,
    BankFileRefused,
    BankFileResult,
)
from merchant_app.reports.statements.bank_ofx import read_ofx

_HEAD_CHARACTERS = 4_096
_BOMS = ((b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"), (b"\xef\xbb\xbf", "utf-8-sig"))
_FORBIDDEN = ("<!doctype", "<!entity")

_log = logging.getLogger(__name__)


def read_bank_file(source: Path | bytes, *, currency: str) -> BankFileResult:
    """The movements in a file.

    Args:
        source: the file, or what is in it.
        currency: of the shop: how many decimals an amount has that names none.
    """
    raw = source if isinstance(source, bytes) else _bytes_of(source)
    result = raw if isinstance(raw, BankFileRefused) else _read(raw, currency=currency)
    if isinstance(result, BankFileRefused):
        _log.info("a bank's file was refused: %s %s", result.kind.value, result.detail)
    return result


def _bytes_of(path: Path) -> bytes | BankFileRefused:
    try:
        if not path.is_file():
            return BankFileRefused(BankFileKind.UNREADABLE, "no file")
        with path.open("rb") as file:
            return file.read(FILE_BYTES_MAX + 1)
    except OSError as error:
        return BankFileRefused(BankFileKind.UNREADABLE, type(error).__name__)


def _read(raw: bytes, *, currency: str) -> BankFileResult:
    if len(raw) > FILE_BYTES_MAX:
        return BankFileRefused(BankFileKind.TOO_LARGE)
    if not raw.strip(b" \t\r\n\x00"):
        return BankFileRefused(BankFileKind.EMPTY)
    text = _text_of(raw)
    if text is None:
        return BankFileRefused(BankFileKind.NOT_A_BANK_FILE, "no text")
    head = text[:_HEAD_CHARACTERS].lstrip().lower()
    if text.count("<") > TAGS_MAX:
        return BankFileRefused(BankFileKind.TOO_MANY_LINES)
    if head.startswith("ofxheader") or "<ofx>" in head:
        return _forbidden(text) or read_ofx(text, currency=currency)
    if head.startswith(("<!doctype html", "<html")):
        return BankFileRefused(BankFileKind.NOT_A_BANK_FILE, "a web page")
    if head.startswith("<"):
        return read_camt(raw, currency=currency)
    return read_csv(text, currency=currency)


def _forbidden(text: str) -> BankFileRefused | None:
    lower = text.lower()
    if any(one in lower for one in _FORBIDDEN):
        return BankFileRefused(BankFileKind.FORBIDDEN_XML)
    return None


def _text_of(raw: bytes) -> str | None:
    """The text, in the encodings that banks use; None: no text at all."""
    encodings = [name for mark, name in _BOMS if raw.startswith(mark)]
    for encoding in encodings or ("utf-8", "cp1252"):
        try:
            text = raw.decode(encoding)
        except UnicodeError:
            continue
        # What is no text has control characters; pictures, archives and PDFs among it.
        if not any(character < " " and character not in "\t\r\n\x0c\x1a" for character in text):
            return text
    return None

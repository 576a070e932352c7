"""What a bank's file says, whatever its format, and every way in which it can say nothing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import Enum

FILE_BYTES_MAX = 5_000_000
"""A year of a busy shop's account has some 500,000 bytes."""
LINES_MAX = 50_000
TAGS_MAX = 300_000
"""Marks in a file of OFX or XML: more than 3,000 movements have, and read within seconds."""
TEXT_MAX = 500
"""Characters kept of what the bank writes beside a movement."""
AMOUNT_MINOR_MAX = 10**12


class BankFormat(Enum):
    """The value goes into the log."""

    CSV = "csv"
    OFX = "ofx"
    CAMT = "camt"


@dataclass(frozen=True, slots=True)
class BankLine:
    """One movement on the account.

    Attributes:
        day: when it was booked.
        amount_minor: positive: came in.
        currency: None where the file does not say.
        text: all the bank writes of it, references and remittance information together.
    """

    day: date
    amount_minor: int
    currency: str | None
    text: str


@dataclass(frozen=True, slots=True)
class BankFile:
    """The movements of a file, in its order.

    Attributes:
        first_day, last_day: of its movements; payouts outside of them cannot be in it.
        unread: rows that looked like movements, and could not be read; told, and left out.
    """

    format: BankFormat
    lines: tuple[BankLine, ...]
    first_day: date
    last_day: date
    unread: int


class BankFileKind(Enum):
    """Why a file gave nothing. The value goes into the log; each has its sentence."""

    UNREADABLE = "unreadable"
    """It cannot be opened, or is no file."""
    EMPTY = "empty"
    TOO_LARGE = "too_large"
    TOO_MANY_LINES = "too_many_lines"
    NOT_A_BANK_FILE = "not_a_bank_file"
    """None of the formats: a picture, a PDF, a spreadsheet, a web page."""
    DAMAGED = "damaged"
    """Of a known format, and cut off or broken."""
    FORBIDDEN_XML = "forbidden_xml"
    """XML that defines entities or names other documents: no bank's file does."""
    NO_COLUMNS = "no_columns"
    """A table without a column for the day or the amount."""
    NO_MOVEMENTS = "no_movements"


@dataclass(frozen=True, slots=True)
class BankFileRefused:
    """`detail`: for the log; never what stands in the file."""

    kind: BankFileKind
    detail: str = ""


BankFileResult = BankFile | BankFileRefused

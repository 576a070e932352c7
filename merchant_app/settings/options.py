"""The options of a till: each declared once, with its type, default, limits and explanation.

Secrets are no options (`secrets`), nor is what the platform decides (`enrolment`).
"""

from __future__ import annotations

import re
import threading
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import Any, Generic, TypeVar

from merchant_app.errors import Bug
from merchant_app.settings import document

VERSION = 1

Value = TypeVar("Value")
Choice = TypeVar("Choice", bound=Enum)


class Language(Enum):
    SYSTEM = "system"
    FRENCH = "fr"
    ENGLISH = "en"


class Theme(Enum):
    SYSTEM = "system"
    LIGHT = "light"
    DARK = "dark"
    CONTRAST = "contrast"


class FirstDay(Enum):
    """How far the first day of this till has come: the step that is next."""

    NOT_BEGUN = "not_begun"
    """Nobody was asked anything: a new computer, or a till older than this question."""
    LANGUAGE = "language"
    ENROLMENT = "enrolment"
    CAMERA = "camera"
    SOUNDS = "sounds"
    PRINTER = "printer"
    READY = "ready"
    DONE = "done"


class ReceiptPrinter(Enum):
    """How receipts are printed."""

    SYSTEM = "system"
    """The system's own printer, the one it prints on when nobody chooses."""
    NETWORK = "network"
    USB = "usb"
    SERIAL = "serial"
    FILE = "file"
    NONE = "none"


class ReceiptColumns(Enum):
    """How many characters a line of a receipt has: paper of 58 mm, of 80 mm, of 80 mm and small."""

    NARROW = 32
    USUAL = 42
    SMALL = 48


class ReceiptPages(Enum):
    """Which characters the printer has; see `printing.escpos_bytes.Pages`."""

    DEFAULT = "default"
    STAR = "star"
    ONE = "pc858"


@dataclass(frozen=True, slots=True, eq=False)
class Option(Generic[Value]):
    """One option.

    Attributes:
        key: its name in the file; never changes.
        default: what holds until somebody chooses.
        explanation: for whoever reads the code or the file; screens have their own words.
        limits: the values it may have, in words.
        from_json: the value in the file as a value of the option; ValueError when it is none.
        to_json: the inverse.
    """

    key: str
    default: Value
    explanation: str
    limits: str
    from_json: Callable[[object], Value]
    to_json: Callable[[Value], object]


def _choice(key: str, default: Choice, *, explanation: str) -> Option[Choice]:
    kind = type(default)
    limits = " | ".join(str(member.value) for member in kind)
    return Option(key, default, explanation, limits, kind, lambda value: value.value)


def _number(key: str, default: int, *, minimum: int, maximum: int, explanation: str) -> Option[int]:
    def from_json(value: object) -> int:
        if type(value) is not int or not minimum <= value <= maximum:
            raise ValueError(f"not a whole number from {minimum} to {maximum}")
        return value

    return Option(key, default, explanation, f"{minimum} to {maximum}", from_json, int)


def _switch(key: str, *, on: bool, explanation: str) -> Option[bool]:
    def from_json(value: object) -> bool:
        if not isinstance(value, bool):
            raise ValueError("neither true nor false")
        return value

    return Option(key, on, explanation, "true | false", from_json, bool)


def _text(key: str, default: str, *, length_max: int, explanation: str) -> Option[str]:
    def from_json(value: object) -> str:
        if not isinstance(value, str) or len(value) > length_max or not value.isprintable():
            raise ValueError(f"not a text of at most {length_max} characters")
        return value

    return Option(key, default, explanation, f"at most {length_max} characters", from_json, str)


def _pattern(key: str, default: str, pattern: str, *, limits: str, explanation: str) -> Option[str]:
    def from_json(value: object) -> str:
        if not isinstance(value, str) or re.fullmatch(pattern, value) is None:
            raise ValueError(f"not {limits}")
        return value

    return Option(key, default, explanation, limits, from_json, str)


def _account(key: str, default: str, *, explanation: str) -> Option[str]:
    limits = "an account: three digits, then up to nine digits or capital letters"
    pattern = r"[1-9][0-9]{2}[0-9A-Z]{0,9}"
    return _pattern(key, default, pattern, limits=limits, explanation=explanation)


LANGUAGE = _choice("language", Language.SYSTEM, explanation="Of the screens and receipts.")
THEME = _choice("theme", Theme.SYSTEM, explanation="Light or dark screens, or high contrast.")
FIRST_DAY = _choice(
    "first_day",
    FirstDay.NOT_BEGUN,
    explanation="Which step of the first day comes next; it goes on there at the next start.",
)
SCHOOL_DONE = _text(
    "school_done",
    "",
    length_max=200,
    explanation="Which exercises of training mode were done, by their names.",
)
CAMERA_SOURCE = _text(
    "camera_source",
    "",
    length_max=500,
    explanation="A camera's number, a device, a file, or an address of a stream; empty: the first "
    "camera found.",
)
CAMERA_IDENTITY = _text(
    "camera_identity",
    "",
    length_max=500,
    explanation="Which of this computer's cameras, by name, make and plug; goes before "
    "camera_source. Empty: none was chosen.",
)
CAMERA_MIRRORED = _switch(
    "camera_mirrored",
    on=False,
    explanation="Whether the live picture is shown as in a mirror; reading is not concerned.",
)
CAMERA_IDLE_MINUTES = _number(
    "camera_idle_minutes",
    10,
    minimum=1,
    maximum=240,
    explanation="After how many minutes without a key, a click or a scan the camera sleeps.",
)
CUSTOMER_SCREEN = _switch(
    "customer_screen",
    on=False,
    explanation="Whether a second window shows the customer amounts and balances.",
)
SOUND_ON = _switch("sound_on", on=True, explanation="Whether a verdict is heard.")
SOUND_VOLUME = _number(
    "sound_volume_percent",
    80,
    minimum=0,
    maximum=100,
    explanation="How loud a verdict is, in percent of the system's volume.",
)

OFFLINE_REDEMPTION_MAX = _number(
    "offline_redemption_max_minor",
    100_000_000,
    minimum=0,
    maximum=100_000_000,
    explanation="What the shop itself accepts offline in one redemption, in minor units; the "
    "platform's own limit holds where it is lower. 0: nothing is accepted offline.",
)
KEEP_YEARS = _number(
    "keep_years",
    6,
    minimum=6,
    maximum=100,
    explanation="How many whole years after its own the journal keeps what an archive holds, too; "
    "never under six (LPF art. L102 B).",
)
MIRROR_FOLDER = _text(
    "mirror_folder",
    "",
    length_max=500,
    explanation="Where the journal's second copy is written, best on another disk; empty: beside "
    "the journal.",
)
WATCHED_FOLDER = _text(
    "watched_folder",
    "",
    length_max=500,
    explanation="A folder in which new files with vouchers are noticed, the one for downloads for "
    "instance; they are offered, never debited by themselves. Empty: none is watched.",
)
UPDATE_FEED = _text(
    "update_feed",
    "",
    length_max=500,
    explanation="The https address of the publisher's signed file that says which version is the "
    "newest; asked once a day, to tell of it once. Empty: nobody is asked.",
)
RECEIPT_PRINTER = _choice(
    "receipt_printer", ReceiptPrinter.SYSTEM, explanation="What receipts are printed on."
)
RECEIPT_PRINTER_ADDRESS = _text(
    "receipt_printer_address",
    "",
    length_max=500,
    explanation="Where the receipt printer is: its address in the network, with a port or without; "
    "the device of a USB or serial one (/dev/usb/lp0, /dev/ttyUSB0); a file. The name of one of "
    "the system's printers; empty: the one it uses by itself.",
)
RECEIPT_PRINTER_BAUD = _number(
    "receipt_printer_baud",
    9_600,
    minimum=1_200,
    maximum=230_400,
    explanation="The speed of a serial receipt printer, as its own test print says.",
)
RECEIPT_COLUMNS = _choice(
    "receipt_columns", ReceiptColumns.USUAL, explanation="Characters in a line of a receipt."
)
RECEIPT_PAGES = _choice(
    "receipt_code_pages",
    ReceiptPages.DEFAULT,
    explanation="How the receipt printer numbers its code pages; pc858: it stays with one, for "
    "where accents come out wrong.",
)

# The accounts are those of the French general chart (PCG); build/decisions/0062 says why these.
SIREN = _pattern(
    "siren",
    "",
    r"|[0-9]{9}",
    limits="nine digits, or nothing",
    explanation="The shop's SIREN, part of the name of the tax office's file; empty: not known "
    "yet, and no such file is made.",
)
FEC_JOURNAL = _pattern(
    "fec_journal",
    "BA",
    r"[A-Z0-9]{1,10}",
    limits="one to ten capital letters or digits",
    explanation="The code of the accounting journal that vouchers are booked in.",
)
ACCOUNT_PLATFORM = _account(
    "account_platform", "467100", explanation="What the platform owes for vouchers accepted."
)
ACCOUNT_MULTI_PURPOSE = _account(
    "account_multi_purpose",
    "419100",
    explanation="Multi-purpose vouchers as a means of payment; the cash register's own entry "
    "clears it against sales and VAT.",
)
ACCOUNT_SALES = _account(
    "account_sales", "707000", explanation="Sales paid with single-purpose vouchers, without VAT."
)
ACCOUNT_VAT = _account(
    "account_vat", "445710", explanation="VAT on sales paid with single-purpose vouchers."
)
ACCOUNT_LOSS = _account(
    "account_loss", "658000", explanation="Goods handed over against a voucher that could not pay."
)
SINGLE_PURPOSE_VAT = _number(
    "single_purpose_vat_basis_points",
    550,
    minimum=0,
    maximum=10_000,
    explanation="The VAT rate of single-purpose vouchers, in hundredths of a percent; 550, the "
    "French rate for books, is 5.5 %.",
)

ALL: tuple[Option[Any], ...] = (
    LANGUAGE,
    THEME,
    FIRST_DAY,
    SCHOOL_DONE,
    CAMERA_SOURCE,
    CAMERA_IDENTITY,
    CAMERA_MIRRORED,
    CAMERA_IDLE_MINUTES,
    CUSTOMER_SCREEN,
    SOUND_ON,
    SOUND_VOLUME,
    OFFLINE_REDEMPTION_MAX,
    KEEP_YEARS,
    MIRROR_FOLDER,
    WATCHED_FOLDER,
    UPDATE_FEED,
    SIREN,
    FEC_JOURNAL,
    ACCOUNT_PLATFORM,
    ACCOUNT_MULTI_PURPOSE,
    ACCOUNT_SALES,
    ACCOUNT_VAT,
    ACCOUNT_LOSS,
    SINGLE_PURPOSE_VAT,
    RECEIPT_PRINTER,
    RECEIPT_PRINTER_ADDRESS,
    RECEIPT_PRINTER_BAUD,
    RECEIPT_COLUMNS,
    RECEIPT_PAGES,
)


class Options:
    """The options in one file. Any thread may read and change them.

    A value is on disk when `set` returns.
    """

    def __init__(self, path: Path) -> None:
        """Read the file, if there is one.

        Raises:
            Problem: SETTINGS_UNREADABLE; damaged, newer, or an option that is out of its limits.
        """
        self._path = path
        self._guard = threading.Lock()
        self._fields = document.read(path, version=VERSION) or {}
        self._values = {option.key: self._value(option) for option in ALL}

    def _value(self, option: Option[Value]) -> Value:
        if option.key not in self._fields:
            return option.default
        try:
            return option.from_json(self._fields[option.key])
        except ValueError as error:
            detail = f"{option.key} is not one of: {option.limits}"
            raise document.unreadable(self._path, detail) from error

    def get(self, option: Option[Value]) -> Value:
        """What was chosen, or the default."""
        with self._guard:
            value: Value = self._values[option.key]
            return value

    def set(self, option: Option[Value], value: Value) -> None:
        """Choose, and write it down.

        Raises:
            Bug: out of the option's limits; screens offer nothing else.
            Problem: the file cannot be written; the old value holds.
        """
        told = option.to_json(value)
        try:
            option.from_json(told)
        except ValueError as error:
            raise Bug(f"{option.key} is not one of: {option.limits}") from error
        with self._guard:
            fields = {**self._fields, option.key: told}
            document.write(self._path, fields, version=VERSION)
            self._fields, self._values[option.key] = fields, value

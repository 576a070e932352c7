"""What a camera, a scanner gun or a person gave us: told apart before anything else happens.

Hostile input is normal here. `classify` is total: any text gives an answer, none is opened,
decoded further or echoed. It knows nothing of keys; `token.verify` does.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from enum import Enum

from merchant_app.vouchers import code
from merchant_app.vouchers.code import ShortCode

TOKEN_PREFIX = "V1:"  # noqa: S105 - how every token begins, not a secret
TOKEN_CHARACTERS = 151
TEXT_LENGTH_MAX = len(TOKEN_PREFIX) + TOKEN_CHARACTERS
ENROLMENT_PREFIX = "E1:"


@dataclass(frozen=True, slots=True)
class TokenText:
    """Has the shape of a voucher's signed token; not verified yet. A secret."""

    text: str


@dataclass(frozen=True, slots=True)
class CodeText:
    """A short code whose check characters fit."""

    code: ShortCode


class Foreign(Enum):
    """Not a voucher of ours; the kinds people really scan, because each deserves its sentence."""

    EMPTY = "empty"
    MISTYPED_CODE = "mistyped_code"
    """About as long as a code, but its check characters do not fit."""
    DAMAGED_TOKEN = "damaged_token"  # noqa: S105 - the name of a kind, not a secret
    """Begins like a voucher's QR code but is not one: cut off, or changed."""
    ENROLMENT = "enrolment"
    WEB_ADDRESS = "web_address"
    CONTACT = "contact"
    WIFI = "wifi"
    EMAIL = "email"
    PHONE = "phone"
    PRODUCT = "product"
    """A product's bar code: eight to fourteen digits."""
    BINARY = "binary"
    TOO_LONG = "too_long"
    OTHER_TEXT = "other_text"


Scan = TokenText | CodeText | Foreign


@dataclass(frozen=True, slots=True)
class Enrolment:
    """What an enrolment's QR code holds.

    Attributes:
        code: used once; a secret until then.
        address: the service's, to be shown before anything is sent there; empty: it was not told.
    """

    code: str = field(repr=False)
    address: str


def enrolment_of(text: str) -> Enrolment:
    """The parts of an enrolment's QR code: its code and, after a space, the service's address.

    A bare code is one too. Nothing is checked here: the service knows its codes.
    """
    code_text, _space, address = text.strip().partition(" ")
    return Enrolment(code_text, address.strip())


_TOKEN = re.compile(rf"{TOKEN_PREFIX}[A-Z2-7]{{{TOKEN_CHARACTERS}}}")
_CODE_LIKE = re.compile(r"[0-9A-Za-z]{14,22}")
_SEPARATORS = re.compile(r"[\s\-]+")
_PREFIXES = (
    ("HTTP:", Foreign.WEB_ADDRESS),
    ("HTTPS:", Foreign.WEB_ADDRESS),
    ("WWW.", Foreign.WEB_ADDRESS),
    ("BEGIN:VCARD", Foreign.CONTACT),
    ("MECARD:", Foreign.CONTACT),
    ("WIFI:", Foreign.WIFI),
    ("MAILTO:", Foreign.EMAIL),
    ("MATMSG:", Foreign.EMAIL),
    ("TEL:", Foreign.PHONE),
    ("SMSTO:", Foreign.PHONE),
    (ENROLMENT_PREFIX, Foreign.ENROLMENT),
)


def classify(text: str) -> Scan:
    """What this text is. Never raises, whatever the text."""
    head = text[:TEXT_LENGTH_MAX].strip()
    upper = head.upper() if head.isascii() else head
    for prefix, kind in _PREFIXES:
        if upper.startswith(prefix):
            return kind
    if any(
        (ord(character) < 32 and character not in "\t\r\n") or character == "\ufffd"
        for character in head
    ):
        return Foreign.BINARY
    if upper.startswith(TOKEN_PREFIX):
        whole = text.strip()
        whole = whole.upper() if whole.isascii() else whole
        return TokenText(whole) if _TOKEN.fullmatch(whole) else Foreign.DAMAGED_TOKEN
    if len(text) > TEXT_LENGTH_MAX:
        return Foreign.TOO_LONG
    if not head:
        return Foreign.EMPTY
    return _classify_short(head)


def _classify_short(text: str) -> Scan:
    short_code = code.parse(text)
    if short_code is not None:
        return CodeText(short_code)
    compact = _SEPARATORS.sub("", text)
    if compact.isascii() and compact.isdigit() and 8 <= len(compact) <= 14:
        return Foreign.PRODUCT
    if _CODE_LIKE.fullmatch(compact) and any(character.isdigit() for character in compact):
        return Foreign.MISTYPED_CODE
    return Foreign.OTHER_TEXT

"""Saved mails: what is attached to them or shown in them. Nothing is ever fetched."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterator
from dataclasses import dataclass

from merchant_app.scanning.files.findings import Damaged
from merchant_app.scanning.files.limits import Limits
from merchant_app.scanning.files.refusal import Refusal

_NAME_MAX = 60
# RFC 2397: a picture that is written into the page itself.
_DATA_URL = re.compile(rb"data:image/[a-z+]{1,12};base64,([A-Za-z0-9+/=\s%]{64,})", re.I)


@dataclass(frozen=True, slots=True)
class Part:
    """Something in a mail that may be a picture or a PDF.

    `name` is what the mail calls it, without line breaks and the like; empty when it has none.
    """

    name: str
    data: bytes


def parts_of(data: bytes, limits: Limits) -> Iterator[Part]:
    """Every part that is no plain text, those of forwarded mails included. Child process only.

    Raises:
        Refusal: damaged.
    """
    from email import message_from_bytes
    from email.policy import default

    try:
        mail = message_from_bytes(data, policy=default)
        found = 0
        for part in mail.walk():
            if part.is_multipart():
                continue
            for inner in _data_of(part.get_content_type(), part.get_payload(decode=True)):
                if not inner:
                    continue
                found += 1
                if found > limits.parts_max:
                    return
                yield Part(_name(part.get_filename()), inner)
    except Refusal:
        raise
    except Exception as broken:  # the parser's errors are many: recursion, bad headers, encodings
        raise Refusal(Damaged()) from broken


def _data_of(content_type: str, payload: object) -> Iterator[bytes]:
    if not isinstance(payload, bytes):
        return
    if content_type == "text/html":
        for match in _DATA_URL.finditer(payload):
            try:
                yield base64.b64decode(match[1], validate=False)
            except (binascii.Error, ValueError):  # cut off: the next one may be whole
                continue
    elif content_type != "text/plain":
        yield payload


def _name(told: str | None) -> str:
    clean = "".join(character for character in told or "" if character.isprintable()).strip()
    return clean if len(clean) <= _NAME_MAX else f"{clean[: _NAME_MAX - 1]}…"

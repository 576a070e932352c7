"""The release feed: a small signed file that says which version of Comptoir is the newest.

    {"release": "{\"version\": \"0.2.0\", ...}", "signature": "<128 hexadecimal digits>"}

`release` is the very text that was signed, so that nothing depends on how JSON is written; the
Ed25519 signature (RFC 8032) covers LABEL and its UTF-8. The text is JSON of its own: `Release`.

A feed cannot install anything, only say a sentence. Still it is believed only with the publisher's
signature, and only for a while: a line that is kept on an old feed says nothing after `until`.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Annotated, NewType

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from pydantic import BaseModel, ConfigDict, StringConstraints

from merchant_app.contract.strict_json import Malformed, parse

RELEASE_KEYS: tuple[str, ...] = ()
"""The publisher's public keys, the current and the next, 64 hexadecimal digits each; made by
`build/release_feed.py key`. Without one no feed is believed, and none is asked for."""
LABEL = b"comptoir release v1\x00"
"""Separates these signatures from every other use of the same key."""
FEED_BYTES_MAX = 8_192
_VERSION = r"^(0|[1-9][0-9]{0,3})(\.(0|[1-9][0-9]{0,3})){2}$"
_PAGE = r"^https://[A-Za-z0-9.-]{1,100}(/[A-Za-z0-9._~/-]{0,100})?$"

Version = NewType("Version", tuple[int, int, int])


@dataclass(frozen=True, slots=True)
class Release:
    """What the publisher says.

    Attributes:
        version: the newest there is, "0.2.0".
        page: where to read about it and download it, https.
        until: the last day on which this may be believed.
    """

    version: str
    page: str
    until: date


class _Release(BaseModel):
    model_config = ConfigDict(extra="ignore")  # a later publisher may say more
    version: Annotated[str, StringConstraints(pattern=_VERSION)]
    page: Annotated[str, StringConstraints(pattern=_PAGE)]
    until: date


class _Feed(BaseModel):
    model_config = ConfigDict(extra="forbid")
    release: Annotated[str, StringConstraints(max_length=FEED_BYTES_MAX)]
    signature: Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{128}$")]


def read(raw: bytes, *, keys: Sequence[str], today: date) -> Release:
    """The release in a feed that a publisher signed and that is not over.

    Args:
        keys: the publisher's public keys; one of them must have signed.
        today: the day it is judged on, UTC.

    Raises:
        Malformed: whatever else it is; the reason holds nothing of what came.
    """
    feed = parse(_Feed, raw, bytes_max=FEED_BYTES_MAX)
    text = feed.release.encode("utf-8", "surrogatepass")
    if not any(_is_signed(text, bytes.fromhex(feed.signature), key) for key in keys):
        raise Malformed("signature", "not the publisher's")
    told = parse(_Release, text, bytes_max=FEED_BYTES_MAX)
    if today > told.until:
        raise Malformed("release.until", "over")
    return Release(told.version, told.page, told.until)


def write(release: Release, key: Ed25519PrivateKey) -> bytes:
    """The feed that says this, signed."""
    fields = {
        "version": release.version,
        "page": release.page,
        "until": release.until.isoformat(),
    }
    text = json.dumps(fields)
    signature = key.sign(LABEL + text.encode()).hex()
    return json.dumps({"release": text, "signature": signature}, indent=1).encode() + b"\n"


def is_newer(version: str, than: str) -> bool:
    """Whether one version follows another; both of the form "0.2.0"."""
    return _numbers(version) > _numbers(than)


def _numbers(version: str) -> Version:
    first, second, third = (int(part) for part in version.split("."))
    return Version((first, second, third))


def _is_signed(text: bytes, signature: bytes, key: str) -> bool:
    try:
        Ed25519PublicKey.from_public_bytes(bytes.fromhex(key)).verify(signature, LABEL + text)
    except InvalidSignature:
        return False
    return True

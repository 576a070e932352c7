"""The signed token inside a voucher's QR code: proof of issue that needs no network.

A fixed record of 94 bytes, all numbers big-endian:

    offset  bytes
         0      1  version, always 1
         1      1  id of the issuer's key
         2      4  shop number
         6     16  voucher id (UUID)
        22      4  face value in minor units
        26      2  currency, ISO 4217 number
        28      2  last day of validity, days since 1970-01-01; 0 when it does not expire
        30     64  Ed25519 signature (RFC 8032) over LABEL and the 30 bytes before

written as "V1:" and 151 characters of base 32 (RFC 4648, no padding). That is 154 characters of
QR's alphanumeric alphabet: exactly what version 6 holds at level M.
"""

from __future__ import annotations

import base64
import re
import struct
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from merchant_app.ids import ShopNumber, VoucherId
from merchant_app.money import CURRENCIES, CURRENCY_BY_NUMBER, Money
from merchant_app.vouchers.scan import TOKEN_CHARACTERS, TOKEN_PREFIX
from merchant_app.vouchers.verdicts import UnknownKey, WrongSignature

LABEL = b"comptoir voucher v1\x00"
"""Separates these signatures from every other use of the same key."""
VERSION = 1
_FIELDS = struct.Struct(">BBI16sIHH")
_SIGNATURE_BYTES = 64
_EPOCH = date(1970, 1, 1)
_SHAPE = re.compile(rf"{TOKEN_PREFIX}([A-Z2-7]{{{TOKEN_CHARACTERS}}})")

Keys = Mapping[int, Ed25519PublicKey]
"""Issuers' public keys by key id."""


@dataclass(frozen=True, slots=True)
class Token:
    """What a voucher's QR code states, once its signature has been verified."""

    key_id: int
    shop_number: ShopNumber
    voucher_id: VoucherId
    face: Money
    expires_on: date | None


@dataclass(frozen=True, slots=True)
class NotAToken:
    """It has the prefix, but is no record of ours: damaged, cut off, or made up."""


def sign(token: Token, key: Ed25519PrivateKey) -> str:
    """The text for the QR code.

    Raises:
        struct.error: a field does not fit its place (face above 4,294,967,295 minor units, ...).
    """
    days = (token.expires_on - _EPOCH).days if token.expires_on is not None else 0
    record = _FIELDS.pack(
        VERSION,
        token.key_id,
        token.shop_number,
        token.voucher_id.bytes,
        token.face.minor,
        CURRENCIES[token.face.currency].number,
        days,
    )
    signed = record + key.sign(LABEL + record)
    return TOKEN_PREFIX + base64.b32encode(signed).decode("ascii").rstrip("=")


def verify(text: str, keys: Keys) -> Token | NotAToken | UnknownKey | WrongSignature:
    """What the text of a QR code states, if one of these keys signed it. Never raises.

    Letters may be lower case (a scanner gun with Caps Lock on). Of the many texts that base 32
    would decode to the same bytes only the one `sign` writes is taken.
    """
    parts = _parts(text)
    if parts is None:
        return NotAToken()
    record, signature = parts
    key_id = record[1]
    key = keys.get(key_id)
    if key is None:
        return UnknownKey(key_id)
    try:
        key.verify(signature, LABEL + record)
    except InvalidSignature:
        return WrongSignature()
    return _read(record)


def stated(text: str) -> Token | NotAToken:
    """What the text says about itself, whoever wrote it: only good for telling vouchers apart on
    the way to a look-up. Never raises."""
    parts = _parts(text)
    return NotAToken() if parts is None else _read(parts[0])


def _parts(text: str) -> tuple[bytes, bytes] | None:
    """Record and signature; None: no token of a version that is known."""
    match = _SHAPE.fullmatch(text.upper()) if text.isascii() else None
    if match is None:
        return None
    signed = base64.b32decode(match[1] + "=")
    if base64.b32encode(signed).decode("ascii").rstrip("=") != match[1]:
        return None
    if signed[0] != VERSION:
        return None
    return signed[:-_SIGNATURE_BYTES], signed[-_SIGNATURE_BYTES:]


def _read(record: bytes) -> Token | NotAToken:
    _version, key_id, shop_number, voucher_id, minor, currency_number, days = _FIELDS.unpack(record)
    currency = CURRENCY_BY_NUMBER.get(currency_number)
    if currency is None:
        return NotAToken()
    return Token(
        key_id=key_id,
        shop_number=ShopNumber(shop_number),
        voucher_id=VoucherId(UUID(bytes=voucher_id)),
        face=Money(minor, currency.code),
        expires_on=_EPOCH + timedelta(days=days) if days else None,
    )

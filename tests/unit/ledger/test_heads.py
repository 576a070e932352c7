"""Signed heads: one changed field, one changed bit, another key: not signed."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from uuid import UUID

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from merchant_app.ids import EpochId, TillId
from merchant_app.ledger.heads import Head, is_signed, sign

KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
HEAD = Head(
    till_id=TillId(UUID(int=1)),
    epoch_id=EpochId(UUID(int=2)),
    generation=3,
    seq=4,
    hash=bytes(32),
    at=datetime(2026, 11, 23, 9, 30, 0, 123_000, UTC),
)


def test_a_head_is_signed_as_a_whole() -> None:
    signature = sign(HEAD, KEY)
    public = KEY.public_key()
    assert is_signed(HEAD, signature, public)
    for other in (
        replace(HEAD, till_id=TillId(UUID(int=9))),
        replace(HEAD, epoch_id=EpochId(UUID(int=9))),
        replace(HEAD, generation=4),
        replace(HEAD, seq=5),
        replace(HEAD, hash=bytes(31) + b"\x01"),
        replace(HEAD, at=HEAD.at + timedelta(milliseconds=1)),
    ):
        assert not is_signed(other, signature, public)


def test_the_same_moment_in_another_zone_is_the_same_head() -> None:
    signature = sign(HEAD, KEY)
    elsewhere = HEAD.at.astimezone(timezone(timedelta(hours=2)))
    assert is_signed(replace(HEAD, at=elsewhere), signature, KEY.public_key())


def test_every_bit_of_the_signature_counts() -> None:
    signature = sign(HEAD, KEY)
    for place in range(len(signature) * 8):
        flipped = bytearray(signature)
        flipped[place // 8] ^= 1 << place % 8
        assert not is_signed(HEAD, bytes(flipped), KEY.public_key())
    assert not is_signed(HEAD, b"", KEY.public_key())
    other = Ed25519PrivateKey.from_private_bytes(bytes(32)).public_key()
    assert not is_signed(HEAD, signature, other)

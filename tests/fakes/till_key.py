"""A till's key for closings: the same in every test."""

from __future__ import annotations

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

_KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
PUBLIC_KEY = _KEY.public_key().public_bytes_raw()


def sign(message: bytes) -> bytes:
    """With that key."""
    return _KEY.sign(message)

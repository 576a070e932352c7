"""What is kept of the responsible person's code: a salted hash that takes memory and time.

A code of four digits is found by trying all of them, whatever the hash: what protects it is that
tries are counted (`pins.Pins`) and that the hash is in the keyring, not in a file. The cost makes
somebody who got hold of the hash wait all the same.
"""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass, field

from merchant_app.ids import RandomBytes

COST = 2**15
"""scrypt's n: 32 MiB and a tenth of a second (RFC 7914; OWASP's cheat sheet has 2**17, which an old
laptop feels at the counter)."""
_BLOCK, _LANES = 8, 1
_SALT_LENGTH, _HASH_LENGTH = 16, 32
_MEMORY_MAX = 128 * 1024 * 1024
_SCHEME = "scrypt"


@dataclass(frozen=True, slots=True)
class PinHash:
    """The hash of one code. Its text is what the keyring keeps."""

    cost: int
    salt: bytes = field(repr=False)
    digest: bytes = field(repr=False)

    def fits(self, pin: str) -> bool:
        """Whether it is this code's; takes as long for a wrong one."""
        return hmac.compare_digest(_digest(pin, self.salt, self.cost), self.digest)

    def to_text(self) -> str:
        return f"{_SCHEME}:{self.cost}:{self.salt.hex()}:{self.digest.hex()}"


def hashed(pin: str, random_bytes: RandomBytes, *, cost: int = COST) -> PinHash:
    """The hash of a new code, with a salt of its own."""
    salt = random_bytes(_SALT_LENGTH)
    return PinHash(cost, salt, _digest(pin, salt, cost))


def from_text(text: str) -> PinHash:
    """What `to_text` made.

    Raises:
        ValueError: it made something else.
    """
    scheme, cost_text, salt, digest = text.split(":")
    cost = int(cost_text)
    if scheme != _SCHEME or not 1 < cost <= COST * 4 or cost & (cost - 1):
        raise ValueError("no hash of a code")
    return PinHash(cost, bytes.fromhex(salt), bytes.fromhex(digest))


def _digest(pin: str, salt: bytes, cost: int) -> bytes:
    return hashlib.scrypt(
        pin.encode(),
        salt=salt,
        n=cost,
        r=_BLOCK,
        p=_LANES,
        maxmem=_MEMORY_MAX,
        dklen=_HASH_LENGTH,
    )

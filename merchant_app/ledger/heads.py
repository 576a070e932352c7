"""Signed heads: the service's receipt for how far it holds a till's journal.

A till keeps the newest one. A file that was rolled back or cut then shows: its own chain is
shorter than, or differs from, what the service has signed.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from merchant_app.clock import to_text
from merchant_app.ids import EpochId, TillId

LABEL = b"comptoir head v1\x00"


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """Where the service's copy of one epoch's chain ends."""

    till_id: TillId
    epoch_id: EpochId
    generation: int
    seq: int
    hash: bytes
    at: datetime

    def signed_bytes(self) -> bytes:
        """What the signature covers: LABEL and canonical JSON (keys sorted, ASCII, no spaces)."""
        fields = {
            "at": to_text(self.at),
            "epoch_id": str(self.epoch_id),
            "generation": self.generation,
            "hash": self.hash.hex(),
            "seq": self.seq,
            "till_id": str(self.till_id),
        }
        return LABEL + json.dumps(fields, sort_keys=True, separators=(",", ":")).encode()


def sign(head: Head, key: Ed25519PrivateKey) -> bytes:
    """The 64 bytes of the signature."""
    return key.sign(head.signed_bytes())


def is_signed(head: Head, signature: bytes, key: Ed25519PublicKey) -> bool:
    """Whether the service signed this head."""
    try:
        key.verify(signature, head.signed_bytes())
    except InvalidSignature:
        return False
    return True

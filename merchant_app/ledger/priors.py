"""Signed outcomes: what lets a restored service believe what it said before (ledger.md 2.7).

The service signs every outcome it gives out. A till keeps the newest of each op, and after a
restore sends it along with the entry: whoever was shown green stays paid.
"""

from __future__ import annotations

import json

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from merchant_app.clock import to_text
from merchant_app.ledger.messages import Outcome

LABEL = b"comptoir outcome v1\x00"


def signed_bytes(outcome: Outcome) -> bytes:
    """What the signature covers: LABEL and canonical JSON (keys sorted, ASCII, no spaces).

    The uses of a voucher are news for people, not part of the outcome: they are left out.
    """
    fields = {
        "at": to_text(outcome.at),
        "generation": outcome.generation,
        "lines": [
            {
                "accepted_minor": line.accepted_minor,
                "reason": None if line.reason is None else line.reason.value,
                "shortfall_minor": line.shortfall_minor,
                "voucher": str(line.voucher_id),
            }
            for line in outcome.lines
        ],
        "op": str(outcome.op_id),
        "status": outcome.status.value,
    }
    return LABEL + json.dumps(fields, sort_keys=True, separators=(",", ":")).encode()


def sign(outcome: Outcome, key: Ed25519PrivateKey) -> bytes:
    """The 64 bytes of the signature."""
    return key.sign(signed_bytes(outcome))


def is_signed(outcome: Outcome, key: Ed25519PublicKey) -> bool:
    """Whether the service said this."""
    try:
        key.verify(outcome.signature, signed_bytes(outcome))
    except InvalidSignature:
        return False
    return True

"""Personal data at rest: sealed with a key that the operating system's keyring keeps.

AES-256-GCM (NIST SP 800-38D) with a nonce of its own for every row; what is sealed for one voucher
does not open for another. Whoever carries the file away learns no name, address or order from it.
"""

from __future__ import annotations

import os
from datetime import date

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from merchant_app.ids import RandomBytes, VoucherId
from merchant_app.vouchers.holders import Holder

KEY_LENGTH = 32
_NONCE_LENGTH = 12
_SEPARATOR = "\x1f"
_CONTEXT = b"comptoir holder v1\x00"


class NotOpened(Exception):
    """Damaged, or sealed with another key or for another voucher."""


class Sealer:
    """Seals and opens holders. Any thread."""

    def __init__(self, key: bytes, *, random_bytes: RandomBytes = os.urandom) -> None:
        """`key` has `KEY_LENGTH` bytes."""
        self._cipher = AESGCM(key)
        self._random_bytes = random_bytes

    def __repr__(self) -> str:
        return "Sealer()"

    def seal(self, voucher_id: VoucherId, holder: Holder) -> bytes:
        """What may lie on a disk."""
        bought_on = "" if holder.bought_on is None else holder.bought_on.isoformat()
        texts = (holder.name, holder.email, holder.order_number, bought_on)
        plain = _SEPARATOR.join(text.replace(_SEPARATOR, " ") for text in texts)
        nonce = self._random_bytes(_NONCE_LENGTH)
        return nonce + self._cipher.encrypt(nonce, plain.encode(), _CONTEXT + voucher_id.bytes)

    def open(self, voucher_id: VoucherId, sealed: bytes) -> Holder:
        """Who was sealed.

        Raises:
            NotOpened: see there.
        """
        nonce, rest = sealed[:_NONCE_LENGTH], sealed[_NONCE_LENGTH:]
        try:
            plain = self._cipher.decrypt(nonce, rest, _CONTEXT + voucher_id.bytes).decode()
        except (InvalidTag, ValueError) as error:
            raise NotOpened from error
        name, email, order_number, bought_on = plain.split(_SEPARATOR)
        return Holder(
            name=name,
            email=email,
            order_number=order_number,
            bought_on=date.fromisoformat(bought_on) if bought_on else None,
        )

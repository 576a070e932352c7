"""Names of things. Ids are UUIDv7, made by whoever creates the thing before it is sent anywhere."""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import datetime
from functools import lru_cache
from typing import NewType
from uuid import UUID

VoucherId = NewType("VoucherId", UUID)
OpId = NewType("OpId", UUID)
"""One intention of a cashier: a redemption, a decision or a void. Never reused, kept for ever."""
TillId = NewType("TillId", UUID)
EpochId = NewType("EpochId", UUID)
"""One enrolment of a till; its journal chain starts there."""
ShopNumber = NewType("ShopNumber", int)
"""The shop's number at the central service, 1 to 4,294,967,295; a voucher's token carries it."""

_REMEMBERED_MAX = 4_096


@lru_cache(maxsize=_REMEMBERED_MAX)
def id_of(text: str) -> UUID:
    """The id in a text. The same few are read from file and line again and again.

    Raises:
        ValueError: there is none.
    """
    return UUID(text)


@lru_cache(maxsize=_REMEMBERED_MAX)
def id_text(an_id: UUID) -> str:
    """An id as it is stored; remembered as well: each is part of many rows and queries."""
    return str(an_id)


RandomBytes = Callable[[int], bytes]


def uuid7(now: datetime, random_bytes: RandomBytes = os.urandom) -> UUID:
    """A UUID version 7 (RFC 9562, 5.7): 48 bits of milliseconds, 74 random bits.

    It is a name, never a credential, and its time is never trusted: clocks lie.
    """
    millis = int(now.timestamp() * 1000) & ((1 << 48) - 1)
    tail = int.from_bytes(random_bytes(10), "big")
    rand_a, rand_b = tail >> 68, tail & ((1 << 62) - 1)
    return UUID(int=millis << 80 | 0x7 << 76 | rand_a << 64 | 0b10 << 62 | rand_b)

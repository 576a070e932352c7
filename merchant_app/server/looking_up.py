"""One voucher, by its code or its token, with what became of it.

Whatever does not lead to a voucher gives one and the same answer, after the same look into the
database: a wrong code, a wrong signature, an unknown key, a signed token of a voucher that does not
exist. Somebody who guesses learns nothing from the answer (ASVS 5.0, 2.2 and 11.5).
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from sqlalchemy import Connection, Row, and_, select

from merchant_app.contract.wire import (
    LookupReply,
    LookupRequest,
    SnapshotVoucher,
    WireHolder,
    WireTerms,
    WireUse,
    WireVoucher,
)
from merchant_app.server import schema
from merchant_app.server.catalogue import WITHDRAWN, shop_by_number
from merchant_app.server.enrolling import Till
from merchant_app.server.keys import Secrets
from merchant_app.server.uses import uses_of
from merchant_app.vouchers import code as short_codes
from merchant_app.vouchers import token as tokens

HISTORY_MAX = 100
_NAME_CHARACTERS_MAX = 120
MISSES_MAX = 30
MISSES_WINDOW_S = 60
_NOBODY = UUID(int=0)


def look_up(
    connection: Connection,
    request: LookupRequest,
    *,
    till: Till,
    secrets: Secrets,
    keys: Mapping[int, Ed25519PublicKey],
    now: datetime,
) -> LookupReply | None:
    """The voucher as it is now; None when there is none to be told of."""
    vouchers = schema.vouchers
    if request.voucher_id is not None:
        known = True
        # An id is no proof of anything: only what stands in the till's own snapshot is told.
        own = vouchers.c.shop_number == till.shop.number
        same = and_(vouchers.c.id == request.voucher_id, own)
    elif request.token is not None:
        token = tokens.verify(request.token, keys)
        known = isinstance(token, tokens.Token)
        same = vouchers.c.id == (token.voucher_id if isinstance(token, tokens.Token) else _NOBODY)
    else:
        code = short_codes.parse(request.code or "")
        known = code is not None
        same = vouchers.c.code_hash == (b"" if code is None else secrets.code_hash(code))
    row = connection.execute(
        select(vouchers).where(same, vouchers.c.status != WITHDRAWN)
    ).one_or_none()
    if row is None or not known:
        return None
    if row.shop_number != till.shop.number:
        owner = shop_by_number(connection, row.shop_number)
        return LookupReply(
            result="other_shop", shop_name=owner.name, shop_city=owner.city, server_time=now
        )
    return LookupReply(
        result="found",
        voucher=wire_voucher(row),
        history=[
            WireUse(
                at=use.at,
                till_name=use.till,
                amount_minor=use.amount.minor,
                currency=use.amount.currency,
            )
            for use in uses_of(connection, row.id, limit=HISTORY_MAX)
        ],
        server_time=now,
    )


def wire_voucher(row: Row[Any]) -> WireVoucher:
    """A row of `vouchers` as it is sent: never its code."""
    return WireVoucher(
        voucher_id=row.id,
        shop_number=row.shop_number,
        face_minor=row.face_minor,
        balance_minor=row.balance_minor,
        currency=row.currency,
        status=row.status,
        label=row.label,
        holder=row.holder,
        terms=WireTerms(
            partial_allowed=row.partial_allowed,
            valid_from=row.valid_from,
            expires_on=row.expires_on,
            minimum_purchase_minor=row.minimum_purchase_minor,
            vat_kind=row.vat_kind,
        ),
    )


def snapshot_voucher(row: Row[Any]) -> SnapshotVoucher:
    """A row of `vouchers` as it stands in a shop's snapshot."""
    return SnapshotVoucher(
        voucher=wire_voucher(row),
        code_mac=row.code_mac.hex(),
        version=row.version,
        holder=_wire_holder(row),
    )


def _wire_holder(row: Row[Any]) -> WireHolder | None:
    name = f"{row.holder_first_name} {row.holder_name}".strip()[:_NAME_CHARACTERS_MAX]
    order_number = row.order_number or ""
    if not (name or row.holder_email or order_number):
        return None
    return WireHolder(
        name=name,
        email=row.holder_email,
        order_number=order_number,
        bought_on=row.purchased_on,
    )


@dataclass(frozen=True, slots=True)
class TooManyMisses:
    """No more look-ups for a while."""

    retry_after_s: int


class MissLimit:
    """At most `MISSES_MAX` misses in `MISSES_WINDOW_S` for each key. Any thread may call it.

    In memory: a restart forgives. A short code has 80 bits; even at this rate for a century a
    guess would not come true. The limit is there to be noticed, not to carry the secret.
    """

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._misses: dict[object, deque[float]] = {}

    def wait_s(self, key: object, *, monotonic_s: float) -> int:
        """Whole seconds until the next try is allowed; 0 for now."""
        with self._guard:
            misses = self._recent(key, monotonic_s)
            if len(misses) < MISSES_MAX:
                return 0
            return max(1, int(misses[0] + MISSES_WINDOW_S - monotonic_s) + 1)

    def missed(self, key: object, *, monotonic_s: float) -> None:
        """Count one miss."""
        with self._guard:
            # Forget whoever has been quiet, so that strangers cannot fill the memory.
            for other in list(self._misses):
                if not self._recent(other, monotonic_s):
                    del self._misses[other]
            self._misses.setdefault(key, deque(maxlen=MISSES_MAX)).append(monotonic_s)

    def _recent(self, key: object, monotonic_s: float) -> deque[float]:
        misses = self._misses.get(key, deque())
        while misses and misses[0] <= monotonic_s - MISSES_WINDOW_S:
            misses.popleft()
        return misses

"""The till's copy of the vouchers in memory: what a test puts there, as old as it says."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime

from merchant_app.ids import VoucherId
from merchant_app.vouchers.terms import Voucher


class MemoryCopy:
    """`till.offline.CopyOfVouchers`.

    Attributes:
        at: when it was made; None: there is no copy.
    """

    def __init__(self) -> None:
        self.at: datetime | None = None
        self._vouchers: dict[VoucherId, Voucher] = {}
        self._macs: dict[bytes, VoucherId] = {}

    def put(self, vouchers: Iterable[tuple[Voucher, bytes]], *, at: datetime) -> None:
        """A whole new copy: vouchers, each with the keyed hash of its code."""
        self.at = at
        self._vouchers = {}
        self._macs = {}
        for voucher, mac in vouchers:
            self._vouchers[voucher.voucher_id] = voucher
            self._macs[mac] = voucher.voucher_id

    def by_code_mac(self, mac: bytes) -> Voucher | None:
        voucher_id = self._macs.get(mac)
        return None if voucher_id is None else self._vouchers[voucher_id]

    def by_id(self, voucher_id: VoucherId) -> Voucher | None:
        return self._vouchers.get(voucher_id)

    def balances(self, ids: Iterable[VoucherId]) -> Mapping[VoucherId, int]:
        return {
            voucher_id: self._vouchers[voucher_id].balance.minor
            for voucher_id in ids
            if voucher_id in self._vouchers
        }

    @property
    def fetched_at(self) -> datetime | None:
        return self.at

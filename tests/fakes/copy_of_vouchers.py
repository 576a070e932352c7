"""The till's copy of the vouchers in memory: what a test puts there, as old as it says."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime

from merchant_app.ids import VoucherId
from merchant_app.journal.vouchers_copy import HolderNews, HoldersMark
from merchant_app.journal.vouchers_file import News
from merchant_app.vouchers.holders import Holder
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
        self._holders: dict[VoucherId, Holder] = {}
        self._news = News()

    def put(
        self,
        vouchers: Iterable[tuple[Voucher, bytes]],
        *,
        at: datetime,
        holders: Mapping[VoucherId, Holder] | None = None,
    ) -> None:
        """A whole new copy: vouchers, each with the keyed hash of its code."""
        self.at = at
        self._vouchers = {}
        self._macs = {}
        self._holders = dict(holders or {})
        self._news = News()
        for voucher, mac in vouchers:
            self._vouchers[voucher.voucher_id] = voucher
            self._macs[mac] = voucher.voucher_id

    def by_code_mac(self, mac: bytes) -> Voucher | None:
        voucher_id = self._macs.get(mac)
        return None if voucher_id is None else self._vouchers[voucher_id]

    def by_id(self, voucher_id: VoucherId) -> Voucher | None:
        return self._vouchers.get(voucher_id)

    def all(self) -> list[Voucher]:
        return list(self._vouchers.values())

    def holder(self, voucher_id: VoucherId) -> Holder | None:
        return self._holders.get(voucher_id)

    def holders_since(self, mark: HoldersMark | None) -> HolderNews:
        is_new = mark is None or mark.news is not self._news
        found = self._holders.items() if is_new else ()
        return HolderNews(HoldersMark(self._news, 0), everything=is_new, holders=iter(found))

    def balances(self, ids: Iterable[VoucherId]) -> Mapping[VoucherId, int]:
        return {
            voucher_id: self._vouchers[voucher_id].balance.minor
            for voucher_id in ids
            if voucher_id in self._vouchers
        }

    @property
    def fetched_at(self) -> datetime | None:
        return self.at

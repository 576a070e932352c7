"""The responsible person's code is asked for, to take what is beyond a soft limit. No Qt."""

from __future__ import annotations

from dataclasses import dataclass

from merchant_app.money import Money
from merchant_app.till.results import OfflineRefused, PinRefused
from merchant_app.vouchers.split import Part, total_of


@dataclass(frozen=True, slots=True)
class AskingPin:
    """Somebody is to type the code; nothing was begun.

    Attributes:
        result: the limit that it would lift.
        parts: what is debited then.
        offer: what Enter debits without it, on the card before.
        refused: the last try; None: nobody has tried.
    """

    result: OfflineRefused
    parts: tuple[Part, ...]
    offer: Part | None
    refused: PinRefused | None = None

    @property
    def amount(self) -> Money:
        return total_of(self.parts)

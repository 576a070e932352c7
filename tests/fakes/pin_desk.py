"""The responsible person's code in memory, with knobs."""

from __future__ import annotations

from dataclasses import dataclass, field

from merchant_app.till.pin_desk import PinGone, PinKept, PinRefused
from tests.fakes.planned import Planned


@dataclass
class FakePinDesk:
    """Holds the `PinDesk` protocol.

    Knobs:
        pin: the code; empty: there is none.
        session_only: there is no keyring.
        next_change, next_remove: answers, or exceptions to raise, used up before its own.
        wait_s: what a wrong one is answered with.
    """

    pin: str = ""
    session_only: bool = False
    next_change: Planned[PinKept | PinRefused] = field(default_factory=Planned)
    next_remove: Planned[PinGone | PinRefused] = field(default_factory=Planned)
    wait_s: int = 0

    @property
    def is_set(self) -> bool:
        return bool(self.pin)

    def refusal(self, pin: str) -> PinRefused | None:
        """Why this is not the code; None: it is."""
        return None if pin == self.pin else PinRefused(wrong=True, wait_s=self.wait_s)

    def change(self, new: str, *, old: str) -> PinKept | PinRefused:
        given = self.next_change.take() or self.refusal(old)
        if given is not None:
            return given
        self.pin = new
        return PinKept(self.session_only)

    def remove(self, old: str) -> PinGone | PinRefused:
        given = self.next_remove.take() or self.refusal(old)
        if given is not None:
            return given
        self.pin = ""
        return PinGone()

"""The responsible person's code, in Réglages: set, changed, removed. No Qt.

What is typed passes through and is kept nowhere.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import Enum
from typing import Protocol, TypeAlias

from merchant_app.errors import ProblemKind
from merchant_app.till.pin_desk import PinResult, is_pin


class Slip(Enum):
    """What is wrong with what was typed, before anybody is asked."""

    NO_PIN = "no_pin"
    """The new one is not 4 to 8 digits."""
    NOT_TWICE = "not_twice"
    """The new one and its repetition differ."""


Told: TypeAlias = PinResult | Slip | ProblemKind


@dataclass(frozen=True, slots=True)
class Panel:
    """All that the view paints.

    Attributes:
        is_set: there is a code: changing or removing it needs it.
        working: it is being changed or removed.
        told: what became of it; a `ProblemKind`: this computer was in the way.
    """

    is_set: bool
    working: bool = False
    told: Told | None = None


class Hands(Protocol):
    """What the presenter can have done. Returns at once; `Presenter.finished` follows."""

    def change(self, new: str, *, old: str) -> None: ...

    def remove(self, old: str) -> None: ...

    def is_set(self) -> bool:
        """Whether there is a code now."""
        ...

    def forget_typed(self) -> None:
        """The fields are to be empty."""
        ...


class Presenter:
    """GUI thread only."""

    def __init__(self, hands: Hands, *, show: Callable[[Panel], None]) -> None:
        """`show` is called once after every event that changed something."""
        self._hands = hands
        self._show = show
        self._panel = Panel(hands.is_set())

    def open(self) -> None:
        """Somebody came to this screen."""
        self._hands.forget_typed()
        self._publish(replace(self._panel, is_set=self._hands.is_set(), told=None))

    def change_wanted(self, *, old: str, new: str, again: str) -> None:
        """The button: this is to be the code. All three are secrets."""
        if self._panel.working:
            return
        if not is_pin(new):
            self._publish(replace(self._panel, told=Slip.NO_PIN))
        elif new != again:
            self._publish(replace(self._panel, told=Slip.NOT_TWICE))
        else:
            self._publish(replace(self._panel, working=True, told=None))
            self._hands.change(new, old=old)

    def removal_wanted(self, old: str) -> None:
        """The button: there is to be none. `old` is a secret."""
        if not self._panel.working:
            self._publish(replace(self._panel, working=True, told=None))
            self._hands.remove(old)

    def finished(self, told: PinResult | ProblemKind) -> None:
        """It is changed or removed, or it is not."""
        self._hands.forget_typed()
        self._publish(Panel(self._hands.is_set(), told=told))

    def _publish(self, panel: Panel) -> None:
        self._panel = panel
        self._show(panel)

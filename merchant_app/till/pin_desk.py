"""The responsible person's code: what the screens can do with it, and what that can end in."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol, TypeAlias

PIN_DIGITS = range(4, 9)
"""How many digits a code may have."""


def is_pin(text: str) -> bool:
    """Whether this can be a code: 4 to 8 digits, those on every keyboard."""
    return len(text) in PIN_DIGITS and text.isascii() and text.isdecimal()


@dataclass(frozen=True, slots=True)
class PinRefused:
    """Nothing was done, and nothing recorded but the try.

    Attributes:
        wrong: it is not the code. False: it was not looked at, it is too early.
        wait_s: in so many seconds the next one is looked at; 0: now.
    """

    wrong: bool
    wait_s: int


@dataclass(frozen=True, slots=True)
class PinKept:
    """This is the code from now on.

    `session_only`: this computer has no keyring: it is forgotten when the program ends.
    """

    session_only: bool


@dataclass(frozen=True, slots=True)
class PinGone:
    """There is no code any more."""


PinResult: TypeAlias = PinKept | PinGone | PinRefused


class PinDesk(Protocol):
    """What can be done about the code. Methods block: worker threads only; `is_set` does not.

    Raise Problem: the keyring does not answer, the journal cannot be written; then the code is
    what it was.
    """

    @property
    def is_set(self) -> bool:
        """Whether there is a code. Any thread; at once."""
        ...

    def change(self, new: str, *, old: str) -> PinKept | PinRefused:
        """Set the code, or another one.

        Args:
            new: something that `is_pin` takes; a secret.
            old: what it was; empty where there was none.
        """
        ...

    def remove(self, old: str) -> PinGone | PinRefused:
        """No code any more: limits are limits again."""
        ...

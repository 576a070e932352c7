"""What the screen gives besides its card: a word, the place of the keyboard, a sound. No Qt."""

from __future__ import annotations

from enum import Enum


class Hint(Enum):
    """A soft word under the card, gone with the next change."""

    NONE = "none"
    FINISH_FIRST = "finish_first"
    """A scan or a key came while money was in flight."""
    ANSWER_FIRST = "answer_first"
    """Esc or Enter does not answer the question; its buttons do."""
    CODE_FIRST = "code_first"
    """Enter, but nothing was scanned or typed."""
    SETTLE_FIRST = "settle_first"
    """Something of "to settle" is being recorded."""
    PIN_FIRST = "pin_first"
    """Enter, but what is in its field cannot be the responsible person's code."""
    BASKET_FULL = "basket_full"
    """One voucher more than can be debited at once."""


class Focus(Enum):
    """Which field should have the keyboard now."""

    CODE = "code"
    AMOUNT = "amount"
    PURCHASE = "purchase"
    PIN = "pin"


class Sound(Enum):
    """The value is the file's name in resources/sounds."""

    YES = "yes"
    NO = "no"
    LATER = "later"
    LOOK = "look"
    TICK = "tick"

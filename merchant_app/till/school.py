"""The exercises of training mode: six situations of the counter, and what can be wrong at will."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum
from typing import Protocol, TypeAlias

from merchant_app.money import Money

Modules: TypeAlias = tuple[tuple[bool, ...], ...]
"""The rows of a QR code, dark or not, without the white around it."""


class Situation(Enum):
    """What a customer's voucher turns out to be, in the order it is taught. The value is the
    training service's word."""

    GOOD = "good"
    PART = "part"
    """Only a part of what it is worth is needed."""
    USED = "used"
    EXPIRED = "expired"
    OUTAGE = "outage"
    """The line is down: it is accepted without the service's word."""
    REFUSED_LATER = "refused_later"
    """Accepted while the line was down, and used up elsewhere by then."""


class Fault(Enum):
    """What is wrong with the line to the training service; the value is its own word."""

    NONE = "none"
    DOWN = "down"
    SLOW = "slow"
    REFUSING = "refusing"


@dataclass(frozen=True, slots=True)
class Exercise:
    """One situation with a voucher to try it with.

    Attributes:
        code: grouped as it is printed; it and `token` can be spent in training mode.
        label: how the screens name this voucher.
        modules: of the QR code that holds the token.
    """

    situation: Situation
    voucher_id: str
    code: str = field(repr=False)
    token: str = field(repr=False)
    label: str
    face: Money
    modules: Modules = field(repr=False)


class School(Protocol):
    """Makes the exercises and the faults. Every method blocks, up to seconds: worker threads.

    They raise Problems: TRAINING_SERVICE_FAILED.
    """

    def exercises(self) -> tuple[Exercise, ...]:
        """Fresh vouchers, one for each situation, and the till knows them."""
        ...

    def fault(self, fault: Fault) -> None:
        """From now on this is wrong with the line, and the till has noticed."""
        ...

    def spend_elsewhere(self, exercise: Exercise) -> None:
        """Somebody uses this voucher up at the shop's other till. Once is enough."""
        ...

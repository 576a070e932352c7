"""In what the central service's statement and the till's journal can differ: a closed set.

Each carries what a person needs to name the sale on the telephone; `words.said` has the sentence
and what to do.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import Enum

from merchant_app.contract.status import OutcomeStatus
from merchant_app.ids import OpId
from merchant_app.ledger.statements import Booking, Cause, Period


@dataclass(frozen=True, slots=True)
class Sale:
    """A redemption as the till's journal has it.

    Attributes:
        at: when the till recorded it, UTC, by its own clock.
        label: the last characters of its vouchers' codes, "…H2M7, …3XK9".
        amount_minor: all its vouchers together.
    """

    redemption_id: OpId
    at: datetime
    label: str
    amount_minor: int
    cashier: str


@dataclass(frozen=True, slots=True)
class Amounts:
    """What one side says of a redemption. `status`: None where it says nothing yet."""

    status: OutcomeStatus | None
    accepted_minor: int
    shortfall_minor: int


@dataclass(frozen=True, slots=True)
class MissingAtService:
    """The service had told the till that it debited this, and now has nothing of it: money is
    owed to the shop that no statement shows."""

    sale: Sale
    told: Amounts


class Step(Enum):
    """What the service has not booked."""

    HANDED_OVER = "handed_over"
    REVERSED = "reversed"
    NOT_HANDED_OVER = "not_handed_over"
    """It has debited something that was not handed over here. Where a copy of this till says that
    the goods are gone the service believes that one, and this stays."""
    UNDECIDED = "undecided"
    """It has debited something, and nobody has said whether that was handed over."""


@dataclass(frozen=True, slots=True)
class NotBookedYet:
    """The till is ahead of the service. `sent`: that has the entries, and is silent; else they
    still wait in this till."""

    sale: Sale
    step: Step
    sent: bool


@dataclass(frozen=True, slots=True)
class MissingHere:
    """The service booked an entry of this till that its journal does not have: a copy of the
    journal wrote it, or the journal was put back to an older state."""

    booking: Booking


@dataclass(frozen=True, slots=True)
class AmountDiffers:
    """The same sale, with another amount. Never by itself: somebody changed one side."""

    sale: Sale
    service_minor: int


@dataclass(frozen=True, slots=True)
class DebitDiffers:
    """Both know the sale, and disagree about what was debited or lost."""

    sale: Sale
    journal: Amounts
    service: Amounts


@dataclass(frozen=True, slots=True)
class StateDiffers:
    """The money agrees, and what became of the sale does not: undone on one side only, say."""

    sale: Sale
    journal: Amounts
    service: Amounts


@dataclass(frozen=True, slots=True)
class NotHeardYet:
    """The service has booked it, and the till has not been told: that comes by itself."""

    sale: Sale
    service: Amounts


class Figure(Enum):
    """The figures of a period that follow from its bookings."""

    REDEEMED = "redeemed"
    REVERSED = "reversed"
    SHORTFALL = "shortfall"
    FEE = "fee"


@dataclass(frozen=True, slots=True)
class DoesNotAddUp:
    """A period's figure is not the sum of what the service lists for it."""

    period: Period
    figure: Figure
    told_minor: int
    listed_minor: int


Difference = (
    MissingAtService
    | MissingHere
    | AmountDiffers
    | DebitDiffers
    | StateDiffers
    | DoesNotAddUp
    | NotBookedYet
    | NotHeardYet
)
"""The gravest first: `gravity` is the order in which they are shown."""


@dataclass(frozen=True, slots=True)
class Line:
    """One booking of the statement, and whether this till's journal agrees with it.

    Attributes:
        label: the last characters of the vouchers' codes.
        amount_minor: debited; negative for what was given back.
        ours: of this till; another till's journal is not here to compare.
        agrees: of ours: nothing differs.
    """

    op_id: OpId
    redemption_id: OpId
    cause: Cause
    at: datetime
    till_name: str
    label: str
    amount_minor: int
    shortfall_minor: int
    fee_minor: int
    ours: bool
    agrees: bool


@dataclass(frozen=True, slots=True)
class Reconciliation:
    """A statement against a journal.

    Attributes:
        differences: the gravest first, then oldest first; empty: everything agrees.
        lines: all bookings, in order.
        compared: sales of this till that both sides have, or one of them should.
    """

    differences: tuple[Difference, ...]
    lines: tuple[Line, ...]
    compared: int

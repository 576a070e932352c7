"""À traiter: what ended badly and needs a person, and what can become of it; leaving the till."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import Enum

from merchant_app.ids import OpId
from merchant_app.ledger.entries import Choice as Choice
from merchant_app.money import Money
from merchant_app.till.results import Interrupted, RedeemResult, Stopped
from merchant_app.vouchers.verdicts import Reason, Use


class CardKind(Enum):
    """What ended badly."""

    SHORTFALL = "shortfall"
    """The goods were handed over, and the vouchers could not pay for all of it."""
    VOID_REFUSED = "void_refused"
    """An undo that the service could not carry out: nothing was given back on the voucher."""
    NOT_PROCESSED = "not_processed"
    """The service holds the entry and could not make sense of it; the platform has an alarm."""


@dataclass(frozen=True, slots=True)
class StepTaken:
    """What somebody decided about a card, and when."""

    choice: Choice
    note: str
    at: datetime
    cashier: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """One thing to settle.

    Attributes:
        op_id: the redemption or void it is about.
        at: when it was recorded here; UTC.
        labels: the vouchers, "…H2M7".
        amount: of the whole redemption.
        at_stake: what is missing.
        reason: why the service could not debit; None where it said nothing.
        uses: who else used the voucher, and when, newest first.
        steps: what was decided before, oldest first.
        is_open: nobody has decided yet; it counts in the badge and blocks the closing.
    """

    op_id: OpId
    kind: CardKind
    at: datetime
    till: str
    cashier: str
    labels: tuple[str, ...]
    amount: Money
    at_stake: Money
    reason: Reason | None
    uses: tuple[Use, ...]
    steps: tuple[StepTaken, ...]
    is_open: bool

    @property
    def can_retry(self) -> bool:
        """Whether "try again" makes sense: only money that is missing can be asked for again."""
        return self.is_open and self.kind is CardKind.SHORTFALL


@dataclass(frozen=True, slots=True)
class ToSettle:
    """Everything that waits for a person: questions after a crash first, then cards, oldest first.

    `decided` are cards that somebody has decided about, newest first, at most fifty.
    """

    questions: tuple[Interrupted, ...]
    cards: tuple[Card, ...]
    decided: tuple[Card, ...]

    @property
    def count(self) -> int:
        """What the badge says."""
        return len(self.questions) + len(self.cards)


@dataclass(frozen=True, slots=True)
class Decided:
    """A decision about a card is on disk. `card` is the card as it is now."""

    card: Card


@dataclass(frozen=True, slots=True)
class RetryFailed:
    """The new redemption was not debited; the card stays open. `result` says why."""

    card: Card
    result: RedeemResult


ResolveResult = Decided | RetryFailed | Stopped


# --- leaving -------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class UnsentEntry:
    """One thing that the service does not have yet, in words for a list."""

    op_id: OpId
    at: datetime
    amount: Money
    labels: tuple[str, ...]
    handed_over: bool | None


@dataclass(frozen=True, slots=True)
class MayLeave:
    """Nothing is unsent, undecided or to settle: signing out, resetting, updating lose nothing."""


@dataclass(frozen=True, slots=True)
class MustStay:
    """The till keeps what nobody else has; `unsent` is the list, `to_settle` how many cards."""

    unsent: tuple[UnsentEntry, ...]
    to_settle: int


LeaveResult = MayLeave | MustStay

"""What one redemption is worth in the books, at any moment: pure.

A redemption counts from the entry with which its goods were handed over. Of each of its lines the
books know two amounts:

- goods: what was handed over against the voucher: the whole line while the service has not said
  anything, then what it debited and what it could not debit;
- loss: what it could not debit.

What the platform owes for it is goods less loss. A void that the service took sets both to zero. A
loss that a second redemption paid for is gone from the first one, and so are its goods: the second
one has them.
"""

from __future__ import annotations

from dataclasses import dataclass

from merchant_app.contract.status import OutcomeStatus
from merchant_app.journal.book_reader import Horizon, Placed, Story, Told
from merchant_app.ledger.entries import Decision

_BOOKED = (OutcomeStatus.ACCEPTED, OutcomeStatus.SHORT)
"""After these it is known what was debited. A refusal of what was handed over is no end: the
decision that follows it makes it SHORT."""


@dataclass(frozen=True, slots=True)
class Worth:
    """Of one line, in minor units of its currency; a change where it is a difference."""

    goods_minor: int
    loss_minor: int

    def __sub__(self, other: Worth) -> Worth:
        return Worth(self.goods_minor - other.goods_minor, self.loss_minor - other.loss_minor)

    def __neg__(self) -> Worth:
        return Worth(-self.goods_minor, -self.loss_minor)

    def __bool__(self) -> bool:
        return bool(self.goods_minor or self.loss_minor)


NOTHING = Worth(0, 0)


def handed_over_by(story: Story, horizon: Horizon) -> Placed | None:
    """The entry that says the goods went over the counter; None: none before the horizon does.

    A decision that came back from the service may stand before its redemption: alone it says
    nothing. Where this till and a copy of it disagree the hand-over wins, as at the service.
    """
    placed = story.placed_within(horizon)
    if placed is None or story.redemption.honoured:
        return placed
    for decided in story.decisions:
        entry = decided.entry
        if isinstance(entry, Decision) and entry.handed_over and decided.is_within(horizon):
            return decided
    return None


def void_of(story: Story, horizon: Horizon) -> Placed | None:
    """The entry that undoes it, whatever the service says of that."""
    return next((placed for placed in story.voids if placed.is_within(horizon)), None)


def is_voided(story: Story, horizon: Horizon) -> bool:
    """Whether the service has undone it, for a void of this till or of another one. Until it says
    so nothing is credited, as on the screen."""
    newest = newest_told(story, horizon)
    return newest is not None and newest.status is OutcomeStatus.VOIDED


def newest_told(story: Story, horizon: Horizon) -> Told | None:
    """The last that the service said of it before the horizon."""
    found = None
    for told in story.told:
        if told.position <= horizon.outcome:
            found = told
    return found


def worth(story: Story, horizon: Horizon) -> tuple[Worth, ...]:
    """Of each line, as if it had not been voided; asked only of what was handed over."""
    booked = None
    for told in story.told:
        if told.position > horizon.outcome:
            break
        if told.status is not OutcomeStatus.VOIDED:  # which says what is left: nothing
            booked = told if told.status in _BOOKED else None
    lines = story.redemption.lines
    if booked is None:
        return tuple(Worth(line.amount.minor, 0) for line in lines)
    said = {line.voucher_id: line for line in booked.lines}
    result = []
    for line in lines:
        one = said.get(line.voucher_id)
        if one is None:
            result.append(Worth(line.amount.minor, 0))
        else:
            result.append(Worth(one.accepted_minor + one.shortfall_minor, one.shortfall_minor))
    return tuple(result)


def left(story: Story, horizon: Horizon) -> tuple[Worth, ...]:
    """What a redemption counts for in the books, all told: nothing before its goods were handed
    over, nothing once it was voided."""
    if handed_over_by(story, horizon) is None or is_voided(story, horizon):
        return (NOTHING,) * len(story.redemption.lines)
    return worth(story, horizon)

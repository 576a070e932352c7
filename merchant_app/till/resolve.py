"""À traiter: what ended badly, as cards; and what a person decides about one."""

from __future__ import annotations

from collections.abc import Collection

from merchant_app.central.port import Outcome
from merchant_app.errors import Bug
from merchant_app.ids import OpId
from merchant_app.journal.journal import Journal, Recorded
from merchant_app.ledger.entries import Entry, Line, Redemption, Resolution, Void, about
from merchant_app.money import Money
from merchant_app.sync.connectivity import LineState
from merchant_app.till import redeem
from merchant_app.till.matters import (
    Card,
    CardKind,
    Choice,
    Decided,
    ResolveResult,
    RetryFailed,
    StepTaken,
    ToSettle,
)
from merchant_app.till.results import Redeemed, RedeemUnknown, Stopped
from merchant_app.till.settle import interrupted, total
from merchant_app.till.till import Till

DECIDED_SHOWN_MAX = 50


def to_settle(till: Till) -> ToSettle:
    """See `counter.Counter.to_settle`."""
    questions = interrupted(till)

    def read(journal: Journal) -> tuple[list[Card], list[Card]]:
        standing = journal.standing
        cards = [_card(till, journal, op_id) for op_id in _known(journal, standing.matters)]
        decided = sorted(_known(journal, standing.decided()), reverse=True)
        return cards, [_card(till, journal, op_id) for op_id in decided[:DECIDED_SHOWN_MAX]]

    cards, decided = till.journal.run(read)
    return ToSettle(questions, tuple(cards), tuple(decided))


def count(till: Till) -> int:
    """The badge: questions and open cards. Cheap."""
    return len(interrupted(till)) + till.journal.run(open_cards)


def open_cards(journal: Journal) -> int:
    """How many cards nobody has decided about."""
    return len(_known(journal, journal.standing.matters))


def _known(journal: Journal, op_ids: Collection[OpId]) -> list[OpId]:
    """Those whose entry is here: after an enrolment on a new computer an outcome may come first."""
    known = journal.knows(list(op_ids)) if op_ids else set()
    return [op_id for op_id in op_ids if op_id in known]


def resolve(till: Till, op_id: OpId, choice: Choice, *, note: str) -> ResolveResult:
    """See `counter.Counter.resolve`."""
    if choice is Choice.RETRIED:
        return _retry(till, op_id, note=note)
    resolution = _resolution(till, op_id, choice, note=note, retry_id=None)
    till.journal.run(lambda journal: journal.append(resolution))
    till.wake()
    return Decided(till.journal.run(lambda journal: _card(till, journal, op_id)))


def _resolution(
    till: Till, op_id: OpId, choice: Choice, *, note: str, retry_id: OpId | None
) -> Resolution:
    return Resolution(
        op_id=till.new_op_id(),
        about_id=op_id,
        choice=choice,
        note=note,
        retry_id=retry_id,
        at=till.clock.now(),
        cashier=till.facts.cashier,
    )


def _retry(till: Till, op_id: OpId, *, note: str) -> ResolveResult:
    """A new redemption of what is missing, by the service's word alone.

    What it is for is recorded together with it, so nobody can pay twice for one loss; the service
    takes back as much of the loss as was debited, if anything was.
    """
    if till.connectivity.facts().state is LineState.STOPPED:
        return Stopped()
    lines = till.journal.run(lambda journal: _missing(journal, op_id))
    if not lines:
        raise Bug(f"nothing is missing of {op_id}")
    result = redeem.take(
        till,
        lines,
        purchase=None,
        honoured=False,
        with_it=lambda retry_id: _resolution(
            till, op_id, Choice.RETRIED, note=note, retry_id=retry_id
        ),
    )
    if isinstance(result, RedeemUnknown):
        # Nobody waits at the counter for it: rather none than perhaps one.
        result = redeem.cancel(till, result.op_id)
    if isinstance(result, Redeemed):
        till.deliver(Journal.is_all_sent)
    card = till.journal.run(lambda journal: _card(till, journal, op_id))
    return Decided(card) if isinstance(result, Redeemed) else RetryFailed(card, result)


def _missing(journal: Journal, op_id: OpId) -> tuple[Line, ...]:
    recorded = journal.recorded(op_id)
    if recorded is None or recorded.outcome is None:
        return ()
    short = {line.voucher_id: line.shortfall_minor for line in recorded.outcome.lines}
    return tuple(
        Line(line.voucher_id, Money(short[line.voucher_id], line.amount.currency), line.label)
        for line in recorded.redemption.lines
        if short.get(line.voucher_id, 0) > 0
    )


def _card(till: Till, journal: Journal, op_id: OpId) -> Card:
    entry, outcome = journal.entry(op_id), journal.outcome(op_id)
    recorded = _redemption_of(journal, op_id)
    if entry is None or recorded is None:
        raise Bug(f"{op_id} is to be settled and not in the journal")
    kind = _kind(journal, entry, outcome)
    told = () if outcome is None else outcome.lines
    return Card(
        op_id=op_id,
        kind=kind,
        at=entry.at,
        till=till.facts.till_name,
        cashier=entry.cashier,
        labels=tuple(line.label for line in recorded.redemption.lines),
        amount=total(recorded),
        at_stake=_at_stake(kind, recorded, outcome),
        reason=next((line.reason for line in told if line.reason is not None), None),
        uses=tuple(use for line in told for use in line.uses),
        steps=tuple(
            StepTaken(step.choice, step.note, step.at, step.cashier)
            for step in journal.resolutions(op_id)
        ),
        is_open=op_id in journal.standing.matters,
    )


def _redemption_of(journal: Journal, op_id: OpId) -> Recorded | None:
    """The redemption that an op is about in the end: a card may be about the undo of one."""
    entry = journal.entry(op_id)
    if entry is None or isinstance(entry, Redemption):
        return journal.recorded(op_id)
    return _redemption_of(journal, about(entry))


def _kind(journal: Journal, entry: Entry, outcome: Outcome | None) -> CardKind:
    if isinstance(entry, Void) and outcome is not None:
        return CardKind.VOID_REFUSED
    short = outcome is not None and any(line.shortfall_minor for line in outcome.lines)
    return (
        CardKind.NOT_PROCESSED
        if journal.has_alarm(entry.op_id) and not short
        else (CardKind.SHORTFALL)
    )


def _at_stake(kind: CardKind, recorded: Recorded, outcome: Outcome | None) -> Money:
    currency = recorded.redemption.lines[0].amount.currency
    if kind is CardKind.SHORTFALL and outcome is not None:
        return Money(sum(line.shortfall_minor for line in outcome.lines), currency)
    return total(recorded)

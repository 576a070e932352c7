"""Redeem: record, send, wait for the outcome, decide. One path, whatever the line does."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from datetime import datetime, timedelta

from merchant_app.central.port import (
    Forked,
    NoAnswer,
    NoAnswerKind,
    NotAuthorised,
    NotAuthorisedKind,
)
from merchant_app.contract.status import OutcomeStatus
from merchant_app.ids import OpId, VoucherId
from merchant_app.journal.journal import AlreadyDecided, Journal, Recorded
from merchant_app.ledger import desk
from merchant_app.ledger.entries import Decision, Entry, Envelope, Line, Redemption
from merchant_app.ledger.exposure import Limit, LimitReached
from merchant_app.money import Money
from merchant_app.sync.connectivity import LineState
from merchant_app.sync.delivery import Delivered, Delivery
from merchant_app.till import settle
from merchant_app.till.look_up import confirm
from merchant_app.till.pins import For
from merchant_app.till.results import (
    AcceptedOffline,
    DebitedLine,
    Judged,
    Lift,
    OfflineRefused,
    RedeemCancelled,
    Redeemed,
    RedeemRefused,
    RedeemResult,
    RedeemUnknown,
    RefusedLine,
    SameAgain,
    Stopped,
)
from merchant_app.till.till import Till
from merchant_app.vouchers.split import Part
from merchant_app.vouchers.verdicts import Verdict

CHECK_DIGITS = 8
"""Hex digits of an entry's hash that go on a receipt."""
SAME_AGAIN_WITHIN = timedelta(minutes=5)
_EARLIER_MAX = 5


def redeem(
    till: Till,
    parts: Sequence[Part],
    *,
    purchase: Money | None,
    again: bool = False,
    pin: str | None = None,
) -> RedeemResult:
    """See `counter.Counter.redeem_basket`."""
    line = till.connectivity.facts().state
    if line is LineState.STOPPED:
        return Stopped()
    same = None if again else _same_again(till, parts)
    if same is not None:
        return same
    if line is LineState.NOT_ENTITLED:
        return _refused_offline(till, None, LimitReached(Limit.NOT_ENTITLED, 0))
    honoured = line is LineState.OFFLINE
    if honoured and pin is not None:
        # With the line back nobody needs a code: it is then not even looked at.
        refused = till.pins.refusal(pin, For.LIMIT)
        if refused is not None:
            return refused
    return take(
        till,
        tuple(Line(part.voucher.voucher_id, part.amount, part.voucher.label) for part in parts),
        purchase=purchase,
        honoured=honoured,
        lifts=pin is not None,
    )


def take(
    till: Till,
    lines: tuple[Line, ...],
    *,
    purchase: Money | None,
    honoured: bool,
    lifts: bool = False,
    with_it: Callable[[OpId], Entry] | None = None,
) -> RedeemResult:
    """A new redemption of these lines: by the service's word, or by the till's own (`honoured`).

    `lifts`: somebody responsible takes it beyond a soft limit. `with_it` makes an entry about it
    that is recorded together with it.
    """
    redemption = Redemption(
        op_id=till.new_op_id(),
        lines=lines,
        purchase=purchase,
        honoured=honoured,
        at=till.clock.now(),
        cashier=till.facts.cashier,
    )
    if honoured:
        return _accept(till, redemption, lifts=lifts)
    entries = [redemption] if with_it is None else [redemption, with_it(redemption.op_id)]
    # Awaited before it is recorded: whichever delivery brings the outcome then decides it.
    till.courier.await_outcome(redemption.op_id)
    try:
        till.journal.run(lambda journal: journal.append(*entries))
    except BaseException:
        till.courier.stop_awaiting(redemption.op_id)
        raise
    return wait(till, redemption.op_id)


def _same_again(till: Till, parts: Sequence[Part]) -> SameAgain | None:
    """Whether the very same was done here a moment ago: pressed twice, or shown twice. Of several
    vouchers one is enough: it is told first."""
    since = till.clock.now() - SAME_AGAIN_WITHIN

    def find(journal: Journal) -> SameAgain | None:
        for part in parts:
            at = _redeemed_since(journal, part, since)
            if at is not None:
                return SameAgain(part.voucher.label, part.amount, at)
        return None

    return till.journal.run(find)


def _redeemed_since(journal: Journal, part: Part, since: datetime) -> datetime | None:
    voucher_id = part.voucher.voucher_id
    for op_id in journal.redemptions_of(voucher_id, limit=_EARLIER_MAX):
        recorded = journal.recorded(op_id)
        if recorded is None or not recorded.decision or recorded.void is not None:
            continue
        redemption = recorded.redemption
        if redemption.at >= since and any(
            line.voucher_id == voucher_id and line.amount == part.amount
            for line in redemption.lines
        ):
            return redemption.at
    return None


def _accept(till: Till, redemption: Redemption, *, lifts: bool) -> RedeemResult:
    offline = till.offline.now([line.voucher_id for line in redemption.lines])
    verdict = till.journal.run(
        lambda journal: desk.accept(journal, redemption, offline, lifts=lifts)
    )
    if isinstance(verdict, LimitReached):
        return _refused_offline(till, None, verdict)
    till.wake()
    return _accepted(till, redemption, verdict)


def honour(till: Till, op_id: OpId) -> RedeemResult:
    """See `counter.Counter.honour`."""
    recorded = settle.recorded_or_bug(till, op_id)
    if till.connectivity.facts().state is LineState.STOPPED:
        return Stopped()
    decision = Decision(
        op_id=till.new_op_id(),
        redemption_id=op_id,
        handed_over=True,
        at=till.clock.now(),
        cashier=till.facts.cashier,
    )
    offline = till.offline.now([line.voucher_id for line in recorded.redemption.lines])
    try:
        verdict = till.journal.run(
            lambda journal: desk.honour(journal, recorded, decision, offline)
        )
    except AlreadyDecided:
        return _result(till, settle.recorded_or_bug(till, op_id), Delivered())
    if isinstance(verdict, LimitReached):
        return _refused_offline(till, op_id, verdict)
    till.courier.stop_awaiting(op_id)
    till.wake()
    return _accepted(till, recorded.redemption, recorded.envelope)


def wait(till: Till, op_id: OpId) -> RedeemResult:
    """See `counter.Counter.wait`."""

    def is_decided(journal: Journal) -> bool:
        recorded = journal.recorded(op_id)
        return recorded is not None and recorded.decision is not None

    delivery = till.courier.deliver(wait_s=till.answer_wait_s, until=is_decided)
    return _result(till, settle.recorded_or_bug(till, op_id), delivery)


def booked(till: Till, op_ids: Collection[OpId]) -> frozenset[OpId]:
    """See `counter.Counter.booked`."""
    outcomes = till.journal.run(lambda journal: journal.outcomes(tuple(op_ids)))
    return frozenset(
        outcome.op_id for outcome in outcomes if outcome.status is OutcomeStatus.ACCEPTED
    )


def cancel(till: Till, op_id: OpId) -> RedeemResult:
    """See `counter.Counter.cancel`."""
    settle.decide(till, op_id, handed_over=False)

    delivery = till.deliver(Journal.is_all_sent)
    return _result(till, settle.recorded_or_bug(till, op_id), delivery)


# --- what to show --------------------------------------------------------------------------------


def _result(till: Till, recorded: Recorded, delivery: Delivery) -> RedeemResult:
    op_id = recorded.redemption.op_id
    if recorded.decision is None:
        if isinstance(delivery, Forked):
            till.courier.stop_awaiting(op_id)
            return Stopped()
        return RedeemUnknown(op_id, settle.total(recorded), _why(delivery))
    till.courier.stop_awaiting(op_id)
    till.wake()  # the decision follows without anybody waiting for it
    if recorded.decision:
        # Without an outcome it was no decision of this screen: another copy of this till made it,
        # and the goods went over that counter.
        return Stopped() if recorded.outcome is None else _redeemed(recorded)
    refused = recorded.outcome is not None and any(line.reason for line in recorded.outcome.lines)
    if refused:
        return _refused(till, recorded)
    confirmed = isinstance(delivery, Delivered)
    return RedeemCancelled(op_id, settle.total(recorded), confirmed)


def _why(delivery: Delivery) -> NoAnswerKind | NotAuthorisedKind | None:
    match delivery:
        case NoAnswer(kind=kind) | NotAuthorised(kind=kind):
            return kind
        case _:
            return None


def _redeemed(recorded: Recorded) -> Redeemed:
    told = () if recorded.outcome is None else recorded.outcome.lines
    return Redeemed(
        op_id=recorded.redemption.op_id,
        lines=_debited(recorded.redemption, {line.voucher_id: line.balance_minor for line in told}),
        number=recorded.envelope.seq,
        check=recorded.envelope.hash.hex()[:CHECK_DIGITS],
        at=recorded.redemption.at,
    )


def _debited(redemption: Redemption, balances: dict[VoucherId, int]) -> tuple[DebitedLine, ...]:
    return tuple(
        DebitedLine(line.label, line.amount, Money(balances[line.voucher_id], line.amount.currency))
        for line in redemption.lines
    )


def _accepted(till: Till, redemption: Redemption, envelope: Envelope) -> AcceptedOffline:
    """Amber: accepted, and nobody has confirmed it. The balances are what the till expects."""
    known = till.offline.balances([line.voucher_id for line in redemption.lines])
    exposure = till.journal.run(lambda journal: journal.standing.exposure())
    pending = exposure.by_voucher
    expected = {
        line.voucher_id: max(0, known.get(line.voucher_id, 0) - pending.get(line.voucher_id, 0))
        for line in redemption.lines
    }
    return AcceptedOffline(
        op_id=redemption.op_id,
        lines=_debited(redemption, expected),
        number=envelope.seq,
        check=envelope.hash.hex()[:CHECK_DIGITS],
        at=redemption.at,
        standing=till.offline.standing(exposure),
    )


def _refused_offline(till: Till, op_id: OpId | None, reached: LimitReached) -> OfflineRefused:
    exposure = till.journal.run(lambda journal: journal.standing.exposure())
    most = Money(reached.most_minor, till.facts.currency) if reached.most_minor > 0 else None
    lift = Lift.NEVER
    if reached.liftable and op_id is None:
        lift = Lift.WITH_PIN if till.pins.is_set else Lift.NO_PIN_SET
    return OfflineRefused(
        op_id, reached.limit, most, till.offline.standing(exposure), reached.voucher_id, lift
    )


def _refused(till: Till, recorded: Recorded) -> RedeemRefused:
    told = () if recorded.outcome is None else recorded.outcome.lines
    reasons = {line.voucher_id: line.reason for line in told}
    lines = tuple(
        RefusedLine(line.label, reason, line.voucher_id)
        for line in recorded.redemption.lines
        if (reason := reasons.get(line.voucher_id)) is not None
    )
    verdict = _verdict_now(till, lines[0].voucher_id, recorded.redemption.purchase)
    return RedeemRefused(recorded.redemption.op_id, lines, verdict)


def _verdict_now(till: Till, voucher_id: VoucherId, purchase: Money | None) -> Verdict | None:
    """Ask again, for the "when and where": the customer will want to know."""
    asked = till.recent.asked_for(voucher_id)
    if asked is None:
        return None
    found = confirm(till, asked, purchase=purchase)
    return found.verdict if isinstance(found, Judged) else None

"""Redeem: record, send, wait for the outcome, decide. One path, whatever the line does."""

from __future__ import annotations

from merchant_app.central.port import (
    Forked,
    NoAnswer,
    NoAnswerKind,
    NotAuthorised,
    NotAuthorisedKind,
    OutcomeLine,
)
from merchant_app.errors import Bug
from merchant_app.ids import OpId
from merchant_app.journal.journal import Journal, Recorded
from merchant_app.ledger.entries import Line, Redemption
from merchant_app.money import Money
from merchant_app.sync.connectivity import LineState
from merchant_app.sync.delivery import Delivered, Delivery
from merchant_app.till import settle
from merchant_app.till.look_up import look_up
from merchant_app.till.results import (
    DebitedLine,
    Judged,
    RedeemCancelled,
    Redeemed,
    RedeemRefused,
    RedeemResult,
    RedeemUnknown,
    RefusedLine,
    Stopped,
)
from merchant_app.till.till import Till
from merchant_app.vouchers.terms import Voucher
from merchant_app.vouchers.verdicts import Verdict

CHECK_DIGITS = 8
"""Hex digits of an entry's hash that go on a receipt."""


def redeem(till: Till, voucher: Voucher, *, amount: Money, purchase: Money | None) -> RedeemResult:
    """See `counter.Counter.redeem`."""
    if till.connectivity.facts().state is LineState.STOPPED:
        return Stopped()
    redemption = Redemption(
        op_id=till.new_op_id(),
        lines=(Line(voucher.voucher_id, amount, voucher.label),),
        purchase=purchase,
        honoured=False,
        at=till.clock.now(),
        cashier=till.facts.cashier,
    )
    # Awaited before it is recorded: whichever delivery brings the outcome then decides it.
    till.courier.await_outcome(redemption.op_id)
    try:
        till.journal.run(lambda journal: journal.append(redemption))
    except BaseException:
        till.courier.stop_awaiting(redemption.op_id)
        raise
    return wait(till, redemption.op_id)


def wait(till: Till, op_id: OpId) -> RedeemResult:
    """See `counter.Counter.wait`."""

    def is_decided(journal: Journal) -> bool:
        recorded = journal.recorded(op_id)
        return recorded is not None and recorded.decision is not None

    delivery = till.courier.deliver(wait_s=till.answer_wait_s, until=is_decided)
    return _result(till, settle.recorded_or_bug(till, op_id), delivery)


def cancel(till: Till, op_id: OpId) -> RedeemResult:
    """See `counter.Counter.cancel`."""
    settle.decide(till, op_id, handed_over=False)

    delivery = till.courier.deliver(wait_s=till.answer_wait_s, until=Journal.is_all_sent)
    return _result(till, settle.recorded_or_bug(till, op_id), delivery)


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
        return _redeemed(recorded)
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


def _outcome_lines(recorded: Recorded) -> tuple[OutcomeLine, ...]:
    if recorded.outcome is None:
        raise Bug("a completed redemption has an outcome")
    return recorded.outcome.lines


def _redeemed(recorded: Recorded) -> Redeemed:
    balances = {line.voucher_id: line.balance_minor for line in _outcome_lines(recorded)}
    return Redeemed(
        op_id=recorded.redemption.op_id,
        lines=tuple(
            DebitedLine(
                line.label,
                line.amount,
                Money(balances[line.voucher_id], line.amount.currency),
            )
            for line in recorded.redemption.lines
        ),
        number=recorded.envelope.seq,
        check=recorded.envelope.hash.hex()[:CHECK_DIGITS],
        at=recorded.redemption.at,
    )


def _refused(till: Till, recorded: Recorded) -> RedeemRefused:
    reasons = {line.voucher_id: line.reason for line in _outcome_lines(recorded)}
    lines = tuple(
        RefusedLine(line.label, reason)
        for line in recorded.redemption.lines
        if (reason := reasons.get(line.voucher_id)) is not None
    )
    verdict = _verdict_now(till, recorded)
    return RedeemRefused(recorded.redemption.op_id, lines, verdict)


def _verdict_now(till: Till, recorded: Recorded) -> Verdict | None:
    """Ask again, for the "when and where": the customer will want to know."""
    text = till.recent.text_of(recorded.redemption.lines[0].voucher_id)
    if text is None:
        return None
    found = look_up(till, text, purchase=recorded.redemption.purchase)
    return found.verdict if isinstance(found, Judged) else None

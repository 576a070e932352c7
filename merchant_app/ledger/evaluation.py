"""Stage 2 of a till's journal: what each stored entry does, by the rules of `ledger.service`.

One entry at a time, over the books of its shop: first every rule says what is to be done, then all
of it is written, so an entry whose evaluation fails has done nothing. An op id acts once. An entry
about an op that is not there yet, or not decided, waits and is woken by it.

Decisions and resolutions have no outcome of their own: a till is never told of them, people see
them at the service. What they change is told as the new outcome of the redemption.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import NoReturn

from merchant_app.contract.status import OutcomeStatus
from merchant_app.errors import Bug
from merchant_app.ids import OpId, VoucherId
from merchant_app.ledger import reinstating, service
from merchant_app.ledger.books import (
    Books,
    Case,
    EntryAlarm,
    NewOp,
    Place,
    Recalled,
    Redeemed,
)
from merchant_app.ledger.entries import (
    BadEntry,
    Decision,
    Entry,
    Line,
    Redemption,
    Resolution,
    Void,
    from_body,
)
from merchant_app.ledger.service import (
    AlarmKind,
    Effect,
    FindVoucher,
    Judge,
    NotReversible,
    Record,
    Waits,
)
from merchant_app.money import Money
from merchant_app.vouchers.terms import Voucher
from merchant_app.vouchers.verdicts import Verdict, judge


def recall(books: Books, entry: Entry, case: Case) -> Recalled:
    """Whether this entry was evaluated before: an op id acts once, whatever comes under it."""
    return books.recall(entry.op_id, case.body)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """The rules of money. A test may hand in one that fails, or that is missing.

    `believe` holds while a restored service asks all its tills, `believe_late` afterwards.
    """

    recall: Callable[[Books, Entry, Case], Recalled] = recall
    redeem: Callable[..., Effect] = service.redeem
    decide: Callable[..., Effect | Waits] = service.decide
    void: Callable[..., Effect | Waits | NotReversible] = service.void
    settle: Callable[[Record, Sequence[Record]], Effect | None] = service.settle
    believe: reinstating.Believe = reinstating.as_it_was
    believe_late: reinstating.Believe = reinstating.as_far_as_it_goes
    gap_closed: Callable[[Record, VoucherId, int], Effect] = service.gap_closed


def evaluate(books: Books, case: Case, rules: Rules) -> Sequence[Place]:
    """Let one entry have its effect; returns the entries that waited for it.

    Raises:
        Exception: whatever a rule or the books raise; nothing of this entry may be kept then.
    """
    try:
        entry = from_body(case.body)
    except BadEntry:
        books.alarm(case.place, EntryAlarm.NOT_UNDERSTOOD.value)
        books.done(case.place)
        return ()
    recalled = rules.recall(books, entry, case)
    if recalled is not Recalled.NEW:
        if recalled is Recalled.FOREIGN:
            books.alarm(case.place, EntryAlarm.OP_REUSED.value)
        elif isinstance(entry, Redemption | Void):
            books.announce(entry.op_id, also_to=case.till_id)
        books.done(case.place)
        return ()
    woken: tuple[OpId, ...] | Waits
    match entry:
        case Redemption():
            woken = _redeem(books, case, entry, rules)
        case Decision():
            woken = _decide(books, case, entry, rules)
        case Void():
            woken = _void(books, case, entry, rules)
        case Resolution():
            woken = _resolve(books, case, entry, rules)
    if isinstance(woken, Waits):
        books.wait(case.place, woken.redemption_id)
        return ()
    books.done(case.place)
    places: list[Place] = []
    for op_id in woken:
        places += books.woken(op_id)
    return places


# --- the kinds of entries: each returns what it waits for, or the ops whose waiters it wakes ------


def _redeem(books: Books, case: Case, entry: Redemption, rules: Rules) -> tuple[OpId, ...]:
    """R, seen for the first time."""
    effect = None
    if case.prior is not None:
        effect = rules.believe_late(entry, case.prior, find=own_vouchers(books))
    if effect is None:
        find, judge_line = _facts(books, entry.purchase)
        effect = rules.redeem(entry, find=find, judge=judge_line)
    add_redemption(books, case, entry, effect)
    return (entry.op_id,)


def add_redemption(books: Books, case: Case, entry: Redemption, effect: Effect) -> None:
    """Write a redemption seen for the first time."""
    books.move((entry.op_id, movement) for movement in effect.movements)
    books.add(NewOp(case=case, entry=entry, record=effect.record))
    books.announce(entry.op_id, also_to=case.till_id)
    _raise_alarms(books, case, effect)


def _decide(books: Books, case: Case, entry: Decision, rules: Rules) -> tuple[OpId, ...] | Waits:
    """D. Another shop's redemption is none of this till's business: people look at it."""
    about = books.redemption(entry.redemption_id)
    if about is not None and not about.ours:
        books.add(NewOp(case=case, entry=entry))
        books.alarm(case.place, AlarmKind.CONFLICTING_DECISION.value)
        return (entry.redemption_id,)
    record = None if about is None else about.record
    find, judge_line = _facts(books, None if about is None else about.purchase)
    effect = rules.decide(record, entry, find=find, judge=judge_line)
    if isinstance(effect, Waits):
        return effect
    effects = [effect, *consequences(books, effect, rules)] if effect.record != record else []
    books.add(NewOp(case=case, entry=entry))
    for one in effects:
        change(books, one, cause=entry.op_id)
    _raise_alarms(books, case, effect)
    return (entry.redemption_id,)


def _void(books: Books, case: Case, entry: Void, rules: Rules) -> tuple[OpId, ...] | Waits:
    """V. Its own outcome goes to the till that wrote it, the redemption's to the till of that."""
    about = books.redemption(entry.redemption_id)
    foreign = about is not None and not about.ours
    effect = (
        NotReversible() if foreign else rules.void(None if about is None else about.record, entry)
    )
    if isinstance(effect, Waits):
        return effect
    if isinstance(effect, NotReversible):
        books.add(NewOp(case=case, entry=entry, status=OutcomeStatus.NOT_REVERSIBLE))
    else:
        also = consequences(books, effect, rules)
        change(books, effect, cause=entry.op_id)
        books.add(
            NewOp(
                case=case,
                entry=entry,
                status=OutcomeStatus.REVERSED,
                lines=effect.record.lines,
            )
        )
        for one in also:
            change(books, one, cause=entry.op_id)
        _raise_alarms(books, case, effect)
    books.announce(entry.op_id, also_to=case.till_id)
    return (entry.op_id, entry.redemption_id)


def _resolve(books: Books, case: Case, entry: Resolution, rules: Rules) -> tuple[OpId, ...] | Waits:
    """S. Kept for people; RETRIED gives a loss back as far as the new redemption was debited."""
    about = books.redemption(entry.about_id)
    if about is None and books.recall(entry.about_id, "") is Recalled.NEW:
        return Waits(entry.about_id)
    if entry.retry_id is None or about is None or not about.ours:
        books.add(NewOp(case=case, entry=entry))
        return ()
    retry = books.redemption(entry.retry_id)
    if retry is None or (retry.ours and retry.record.handed_over is None):
        return Waits(entry.retry_id)
    if not _pays(books, entry, about, retry):
        books.add(NewOp(case=case, entry=entry))
        return ()
    effect = rules.settle(about.record, (*books.retries(entry.about_id), retry.record))
    books.add(NewOp(case=case, entry=entry, retry_id=entry.retry_id))
    if effect is not None:
        change(books, effect, cause=entry.op_id)
    return ()


def _pays(books: Books, entry: Resolution, about: Redeemed, retry: Redeemed) -> bool:
    """Whether the new redemption may pay for the old one's loss: it was handed over, and is new."""
    if not retry.ours or not retry.record.handed_over or entry.retry_id == entry.about_id:
        return False
    if _currency(retry.record) != _currency(about.record):
        return False
    return books.paid_by(retry.record.op_id) is None


def _currency(record: Record) -> str:
    return record.lines[0].line.amount.currency


def consequences(books: Books, effect: Effect, rules: Rules) -> list[Effect]:
    """What else changes with a redemption: a loss of it that was paid for, or that it pays for."""
    record = effect.record
    found: list[Effect | None] = []
    if record.status is OutcomeStatus.SHORT:
        retries = books.retries(record.op_id)
        found.append(rules.settle(record, retries) if retries else None)
    if record.voided_by is not None or record.status is OutcomeStatus.SHORT:
        found.append(_loss_paid_for(books, record, rules))
    return [one for one in found if one is not None]


def _loss_paid_for(books: Books, retry: Record, rules: Rules) -> Effect | None:
    about_id = books.paid_by(retry.op_id)
    if about_id is None:
        return None
    about = books.redemption(about_id)
    if about is None:
        return None
    retries = [retry if one.op_id == retry.op_id else one for one in books.retries(about_id)]
    return rules.settle(about.record, retries)


# --- what the rules ask, and how what they say is written ----------------------------------------


def own_vouchers(books: Books) -> FindVoucher:
    """The vouchers of this shop alone."""

    def find(voucher_id: VoucherId) -> Voucher | None:
        voucher = books.voucher(voucher_id)
        if voucher is None or voucher.shop_number != books.shop_number:
            return None
        return voucher

    return find


def _facts(books: Books, purchase: Money | None) -> tuple[FindVoucher, Judge]:
    """What the rules ask: the vouchers as they are now, and a verdict on each line.

    A voucher of another shop has nothing to give here. Its verdict says so anyway; its balance is
    hidden as well, because the rule for goods already handed over asks no verdict.
    """

    def find(voucher_id: VoucherId) -> Voucher | None:
        voucher = books.voucher(voucher_id)
        if voucher is None or voucher.shop_number == books.shop_number:
            return voucher
        return replace(voucher, balance=Money(0, voucher.balance.currency))

    def judge_line(line: Line) -> Verdict:
        voucher = books.voucher(line.voucher_id)
        if voucher is None:
            _no_verdict()
        return judge(
            voucher,
            shop_number=books.shop_number,
            shop_name_of_voucher=books.shop_title(voucher.shop_number),
            today=books.today,
            purchase=purchase,
            amount=line.amount,
        )

    return find, judge_line


def _no_verdict() -> NoReturn:
    raise Bug("a verdict on a voucher that does not exist")


def change(books: Books, effect: Effect, *, cause: OpId) -> None:
    """A redemption's new state, because of a later entry: movements, record, feeds."""
    books.move((cause, movement) for movement in effect.movements)
    books.change(effect.record)
    books.announce(effect.record.op_id)


def _raise_alarms(books: Books, case: Case, effect: Effect) -> None:
    for kind in effect.alarms:
        books.alarm(case.place, kind.value)

"""One redemption's whole life: recorded, stored, answered, decided, undone, settled, printed,
counted."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from merchant_app.contract.status import OutcomeStatus
from merchant_app.errors import Bug
from merchant_app.ids import OpId, id_text
from merchant_app.journal.book_reader import DayClosed, Story, Told
from merchant_app.journal.journal import Journal
from merchant_app.journal.lives import LifeReader
from merchant_app.ledger.entries import Decision, Void
from merchant_app.money import Money
from merchant_app.reports.exports import effects
from merchant_app.till.find import EVERYTHING, sale_of
from merchant_app.till.journal_results import (
    Answered,
    Counted,
    HandedOver,
    Life,
    LifeLine,
    LimitLifted,
    NotProcessed,
    Place,
    ReceiptPrinted,
    Recorded,
    Resolved,
    Step,
    Stored,
    Undone,
)
from merchant_app.till.redeem import CHECK_DIGITS
from merchant_app.till.till import Till


def life(till: Till, op_id: OpId) -> Life:
    """See `journal_desk.JournalDesk.life`."""
    with LifeReader(till.journal_file) as reader:
        story = reader.stories([id_text(op_id)]).get(id_text(op_id))
        if story is None:
            raise Bug(f"no redemption {op_id} in the journal")
        voids = [one.entry.op_id for one in story.voids]
        answers = reader.void_answers(voids)
        steps = sorted(_steps(reader, story, answers), key=lambda one: one[0])
    to_settle, can_undo = till.journal.run(lambda journal: _now(journal, op_id, voids))
    return Life(
        sale=sale_of(story, Place(0, "", id_text(op_id)), answers),
        lines=_lines(story),
        steps=tuple(step for _, step in steps),
        to_settle=to_settle,
        can_undo=can_undo,
    )


def _now(journal: Journal, op_id: OpId, voids: list[OpId]) -> tuple[bool, bool]:
    standing = journal.standing
    unseen = journal.unseen_completed()
    is_question = op_id in standing.undecided or (
        unseen is not None and unseen.redemption.op_id == op_id
    )
    is_card = any(one in standing.matters for one in (op_id, *voids))
    last = journal.last_completed()
    return is_question or is_card, last is not None and last.redemption.op_id == op_id


_ONE_COMMIT = timedelta(seconds=2)
_Ordered = tuple[tuple[datetime, int], Step]
"""Things that became known in one instant stand in the order of `_steps`."""


def _steps(
    reader: LifeReader, story: Story, answers: dict[OpId, OutcomeStatus]
) -> Iterator[_Ordered]:
    for order, (at, step) in enumerate(_told_steps(reader, story, answers)):
        # The service's clock may be behind ours: nothing is known before it was recorded.
        yield (max(at, story.redemption.at), order), step


def _told_steps(
    reader: LifeReader, story: Story, answers: dict[OpId, OutcomeStatus]
) -> Iterator[tuple[datetime, Step]]:
    redemption, placed = story.redemption, story.placed
    yield from _begun(reader, story)
    stored_at = reader.stored(placed)
    if stored_at is not None:
        yield stored_at, Stored(stored_at)
    said: tuple[object, ...] = ()
    for told in story.told:
        # The service says the same once more, in its feed or after a restore: no news.
        if said != (told.status, told.lines):
            yield _known_at(story, told), _answer(story, told)
        said = (told.status, told.lines)
    for one in story.decisions:
        if isinstance(one.entry, Decision):
            at = one.entry.at
            yield at, HandedOver(at, one.entry.cashier, one.entry.handed_over)
    for one in story.voids:
        if isinstance(one.entry, Void):
            at, answer = one.entry.at, answers.get(one.entry.op_id)
            taken = None if answer is None else answer is OutcomeStatus.REVERSED
            yield at, Undone(at, one.entry.cashier, taken)
    ops = [redemption.op_id, *(one.entry.op_id for one in story.voids)]
    alarmed_at = reader.alarmed(ops)
    if alarmed_at is not None:
        yield alarmed_at, NotProcessed(alarmed_at)
    for solved in reader.resolutions(ops):
        at = solved.at
        yield at, Resolved(at, solved.cashier, solved.choice, solved.note)
    for paper in reader.printed(redemption.op_id):
        yield paper.at, ReceiptPrinted(paper.at, paper.cashier, paper.again)
    closing = _closing_of(reader, story)
    if closing is not None:
        at = closing.closed_at
        yield at, Counted(at, closing.number, closing.business_date)


def _begun(reader: LifeReader, story: Story) -> Iterator[tuple[datetime, Step]]:
    redemption, placed = story.redemption, story.placed
    check = reader.hash_of(placed).hex()[:CHECK_DIGITS]
    yield (
        redemption.at,
        Recorded(
            redemption.at,
            redemption.cashier,
            placed.number,
            check,
            redemption.honoured,
            redemption.purchase,
        ),
    )
    lifted = reader.lifted_by(redemption.op_id)
    if lifted is not None:
        # Recorded a moment before the entry, in one transaction with it: told beside it.
        yield redemption.at, LimitLifted(lifted.at, lifted.cashier, lifted.limit)


def _known_at(story: Story, told: Told) -> datetime:
    """An answer and the decision that it leads to are one commit, in which the decision is dated
    some milliseconds earlier: the answer comes first all the same."""
    together = (
        one.entry.at
        for one in story.decisions
        if timedelta() < told.recorded_at - one.entry.at < _ONE_COMMIT
    )
    return min(together, default=told.recorded_at)


def _answer(story: Story, told: Told) -> Answered:
    currency = story.redemption.lines[0].amount.currency
    return Answered(
        told.recorded_at,
        told.status,
        Money(sum(line.accepted_minor for line in told.lines), currency),
        Money(sum(line.shortfall_minor for line in told.lines), currency),
    )


def _closing_of(reader: LifeReader, story: Story) -> DayClosed | None:
    """The closing that counts it; what was not handed over is in none's figures."""
    placed = effects.handed_over_by(story, EVERYTHING)
    if placed is None:
        return None
    return next((day for day in reader.days_closed() if placed.is_within(day.end)), None)


def _lines(story: Story) -> tuple[LifeLine, ...]:
    newest = effects.newest_told(story, EVERYTHING)
    said = {} if newest is None else {line.voucher_id: line for line in newest.lines}
    lines = []
    for line in story.redemption.lines:
        one, currency = said.get(line.voucher_id), line.amount.currency
        if one is None:
            lines.append(LifeLine(line.label, line.amount, None, None, None, None))
            continue
        lines.append(
            LifeLine(
                line.label,
                line.amount,
                Money(one.accepted_minor, currency),
                Money(one.shortfall_minor, currency),
                Money(one.balance_minor, currency),
                one.reason,
            )
        )
    return tuple(lines)

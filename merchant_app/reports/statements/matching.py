"""The service's statement against the till's journal, sale by sale. Pure.

Both sides name a sale by the same id, so nothing is guessed: a booking without an entry, a debit
without a booking, other amounts, another state. When a sale was booked is for the service to say,
by its clock; when it was made is for the till: at the ends of a statement they may differ, and what
was booked outside of it is looked for there (`unaccounted`).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import assert_never

from merchant_app.ids import OpId, TillId
from merchant_app.journal.closed_ops import Standing, TouchedOp
from merchant_app.ledger.entries import Redemption
from merchant_app.ledger.statements import Booking, RedemptionState, Statement, Sums, periods
from merchant_app.reports.statements.differences import (
    AmountDiffers,
    Amounts,
    DebitDiffers,
    Difference,
    DoesNotAddUp,
    Figure,
    Line,
    MissingAtService,
    MissingHere,
    NotBookedYet,
    NotHeardYet,
    Reconciliation,
    Sale,
    StateDiffers,
    Step,
)

_NEVER = datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class JournalSide:
    """What the till's journal has of the sales in question.

    Attributes:
        ops: redemptions as they stand now, by id.
        in_question: those recorded, decided or undone in the days of the statement.
        known: the op ids among the statement's that the journal has.
        unsent: redemptions of which the service does not have every entry.
        undecided: those of which nobody has said whether the goods were handed over.
    """

    ops: Mapping[OpId, TouchedOp]
    in_question: Collection[OpId]
    known: Collection[OpId]
    unsent: Collection[OpId]
    undecided: Collection[OpId]


@dataclass(slots=True)
class _Found:
    differences: list[Difference] = field(default_factory=list)
    concerned: set[OpId] = field(default_factory=set)

    def add(self, redemption_id: OpId, difference: Difference) -> None:
        self.differences.append(difference)
        self.concerned.add(redemption_id)


def unaccounted(side: JournalSide, bookings: Iterable[Booking]) -> set[OpId]:
    """The sales that the service had told the till it debited, and that are not among these: if no
    other day has them, they are missing."""
    booked = {booking.redemption_id for booking in bookings}
    return {
        redemption_id
        for redemption_id in side.in_question
        if redemption_id not in booked
        and redemption_id in side.ops
        and _is_debited(side.ops[redemption_id].after)
    }


def reconcile(
    statement: Statement,
    bookings: Sequence[Booking],
    side: JournalSide,
    *,
    till_id: TillId,
    elsewhere: Iterable[Booking] = (),
) -> Reconciliation:
    """A statement against a journal.

    Args:
        statement: the figures.
        bookings: all of its days, of all tills, in order.
        side: the journal, read after both.
        till_id: whose journal it is.
        elsewhere: bookings of other days, in which what was `unaccounted` was looked for.
    """
    found = _Found()
    # A copy of this journal that was enrolled as another till sent our entries under its name.
    ours = [one for one in bookings if one.till_id == till_id or one.redemption_id in side.ops]
    for booking in ours:
        is_known = booking.redemption_id in side.ops and booking.op_id in side.known
        if booking.till_id == till_id and not is_known:
            found.add(booking.redemption_id, MissingHere(booking))
    now = {one.redemption_id: one.now for one in (*elsewhere, *ours)}
    compared = 0
    for redemption_id in sorted({*side.in_question, *(one.redemption_id for one in ours)}):
        op = side.ops.get(redemption_id)
        if op is None:
            continue
        compared += 1
        difference = _difference(op, now.get(redemption_id), side)
        if difference is not None:
            found.add(redemption_id, difference)
    differences = [*found.differences, *_sums(statement, bookings)]
    return Reconciliation(
        differences=tuple(sorted(differences, key=lambda one: (_gravity(one), _moment(one)))),
        lines=tuple(
            _line(
                one,
                ours=one.till_id == till_id or one.redemption_id in side.ops,
                concerned=found.concerned,
            )
            for one in bookings
        ),
        compared=compared,
    )


def _difference(op: TouchedOp, now: RedemptionState | None, side: JournalSide) -> Difference | None:
    sale, standing = _sale(op.redemption), op.after
    sent = op.redemption.op_id not in side.unsent
    here = _amounts(standing)
    if now is None:
        if _is_debited(standing):
            return MissingAtService(sale, here)
        waits = standing.handed_over and standing.told is None
        return NotBookedYet(sale, Step.HANDED_OVER, sent) if waits else None
    there = Amounts(now.status, now.accepted_minor, now.shortfall_minor)
    if now.amount_minor != sale.amount_minor:
        return AmountDiffers(sale, now.amount_minor)
    if standing.told is None:
        return NotHeardYet(sale, there)
    if (here.accepted_minor, here.shortfall_minor) != (there.accepted_minor, there.shortfall_minor):
        return DebitDiffers(sale, here, there)
    if here.status is not there.status:
        return StateDiffers(sale, here, there)
    if standing.void_waits:
        return NotBookedYet(sale, Step.REVERSED, sent)
    if not standing.handed_over and _is_debited(standing):
        is_open = op.redemption.op_id in side.undecided
        return NotBookedYet(sale, Step.UNDECIDED if is_open else Step.NOT_HANDED_OVER, sent)
    return None


def _is_debited(standing: Standing) -> bool:
    told = standing.told
    return told is not None and told.accepted_minor + told.shortfall_minor > 0


def _amounts(standing: Standing) -> Amounts:
    told = standing.told
    if told is None:
        return Amounts(None, 0, 0)
    return Amounts(told.status, told.accepted_minor, told.shortfall_minor)


def _sale(redemption: Redemption) -> Sale:
    return Sale(
        redemption.op_id,
        redemption.at,
        ", ".join(line.label for line in redemption.lines),
        sum(line.amount.minor for line in redemption.lines),
        redemption.cashier,
    )


def _sums(statement: Statement, bookings: Iterable[Booking]) -> Iterable[DoesNotAddUp]:
    """Each period's figures against the bookings that the service itself lists."""
    listed = periods(
        statement.first_day,
        statement.last_day,
        bookings=bookings,
        sales=(),
        payouts=(),
        time_zone=statement.time_zone,
    )
    sums = {(one.kind, one.name, one.first_day): one.sums for one in listed}
    for period in statement.periods:
        other = sums.get((period.kind, period.name, period.first_day), Sums())
        for figure in Figure:
            told, listed_minor = _figure(period.sums, figure), _figure(other, figure)
            if told != listed_minor:
                yield DoesNotAddUp(period, figure, told, listed_minor)


def _figure(sums: Sums, figure: Figure) -> int:
    match figure:
        case Figure.REDEEMED:
            return sums.redeemed_minor
        case Figure.REVERSED:
            return sums.reversed_minor
        case Figure.SHORTFALL:
            return sums.shortfall_minor
        case Figure.FEE:
            return sums.fee_minor


def _line(booking: Booking, *, ours: bool, concerned: Collection[OpId]) -> Line:
    return Line(
        op_id=booking.op_id,
        redemption_id=booking.redemption_id,
        cause=booking.cause,
        at=booking.at,
        till_name=booking.till_name,
        label=", ".join(one.label for one in booking.vouchers if one.label),
        amount_minor=booking.redeemed_minor - booking.reversed_minor,
        shortfall_minor=booking.shortfall_minor,
        fee_minor=booking.fee_minor,
        ours=ours,
        agrees=ours and booking.redemption_id not in concerned,
    )


def _gravity(difference: Difference) -> int:
    """What costs money first, what comes right by itself last."""
    match difference:
        case MissingAtService():
            return 0
        case MissingHere():
            return 1
        case AmountDiffers():
            return 2
        case DebitDiffers():
            return 3
        case StateDiffers():
            return 4
        case DoesNotAddUp():
            return 5
        case NotBookedYet():
            return 6
        case NotHeardYet():
            return 7
        case _:
            assert_never(difference)


def _moment(difference: Difference) -> datetime:
    match difference:
        case MissingHere(booking=booking):
            return booking.at
        case DoesNotAddUp():
            return _NEVER
        case (
            MissingAtService(sale=sale)
            | AmountDiffers(sale=sale)
            | DebitDiffers(sale=sale)
            | StateDiffers(sale=sale)
            | NotBookedYet(sale=sale)
            | NotHeardYet(sale=sale)
        ):
            return sale.at
        case _:
            assert_never(difference)

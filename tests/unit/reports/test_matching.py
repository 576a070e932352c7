"""The service's statement against the journal: each way in which they can differ, and no other."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import pytest

from merchant_app.contract.status import OutcomeStatus
from merchant_app.ids import OpId, TillId, VoucherId
from merchant_app.journal.closed_ops import Standing, Told, TouchedOp
from merchant_app.ledger.entries import Line, Redemption
from merchant_app.ledger.statements import (
    Booking,
    Cause,
    NamedVoucher,
    RedemptionState,
    Statement,
    periods,
)
from merchant_app.money import Money
from merchant_app.reports.statements.differences import (
    AmountDiffers,
    Amounts,
    DebitDiffers,
    Difference,
    DoesNotAddUp,
    Figure,
    MissingAtService,
    MissingHere,
    NotBookedYet,
    NotHeardYet,
    Reconciliation,
    Sale,
    StateDiffers,
    Step,
)
from merchant_app.reports.statements.matching import JournalSide, reconcile, unaccounted

DAY = date(2026, 11, 23)
NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
OURS, OTHERS = TillId(UUID(int=1)), TillId(UUID(int=2))
SOLD = OpId(UUID(int=10))
SALE = Sale(SOLD, NOON, "…H2M7, …3XK9", 5_000, "Zoë")


def op(after: Standing, op_id: OpId = SOLD) -> TouchedOp:
    """Two vouchers, 30 and 20 euros."""
    lines = tuple(
        Line(VoucherId(UUID(int=number)), Money(minor, "EUR"), label)
        for number, minor, label in ((20, 3_000, "…H2M7"), (21, 2_000, "…3XK9"))
    )
    redemption = Redemption(
        op_id=op_id, lines=lines, purchase=None, honoured=False, at=NOON, cashier="Zoë"
    )
    return TouchedOp(redemption, None, after)


def known(
    status: OutcomeStatus | None = OutcomeStatus.ACCEPTED,
    accepted_minor: int = 5_000,
    shortfall_minor: int = 0,
    *,
    handed_over: bool = True,
    void_waits: bool = False,
) -> Standing:
    told = None if status is None else Told(status, accepted_minor, shortfall_minor)
    return Standing(handed_over, told, void_waits=void_waits, open_matters=())


def state(
    status: OutcomeStatus | None = OutcomeStatus.ACCEPTED,
    accepted_minor: int = 5_000,
    shortfall_minor: int = 0,
    *,
    amount_minor: int = 5_000,
) -> RedemptionState:
    return RedemptionState(status, amount_minor, accepted_minor, shortfall_minor)


def booking(
    now: RedemptionState | None = None,
    *,
    op_id: OpId = SOLD,
    about: OpId = SOLD,
    till: TillId = OURS,
    reversed_minor: int = 0,
) -> Booking:
    return Booking(
        op_id=op_id,
        redemption_id=about,
        cause=Cause.VOID if reversed_minor else Cause.REDEMPTION,
        at=NOON,
        till_id=till,
        till_name="Caisse 1",
        vouchers=(NamedVoucher(VoucherId(UUID(int=20)), "…H2M7"),),
        redeemed_minor=0 if reversed_minor else 5_000,
        reversed_minor=reversed_minor,
        shortfall_minor=300,
        fee_minor=125,
        now=now or state(),
    )


def statement(*bookings: Booking) -> Statement:
    """That adds up."""
    return Statement(
        first_day=DAY,
        last_day=DAY,
        currency="EUR",
        time_zone="Europe/Paris",
        periods=periods(
            DAY, DAY, bookings=bookings, sales=(), payouts=(), time_zone="Europe/Paris"
        ),
        payouts=(),
        owed_before_minor=0,
        fee_rate_ppm=25_000,
        made_at=NOON,
    )


def side(
    *ops: TouchedOp,
    known: Collection[OpId] = (SOLD,),
    unsent: Collection[OpId] = (),
    undecided: Collection[OpId] = (),
) -> JournalSide:
    by_id = {one.redemption.op_id: one for one in ops}
    return JournalSide(
        ops=by_id, in_question=set(by_id), known=known, unsent=unsent, undecided=undecided
    )


def reconciled(
    journal: JournalSide, *bookings: Booking, elsewhere: Collection[Booking] = ()
) -> Reconciliation:
    return reconcile(statement(*bookings), bookings, journal, till_id=OURS, elsewhere=elsewhere)


VOIDED = OutcomeStatus.VOIDED
BOTH = [
    (known(), state(), None),
    (known(OutcomeStatus.SHORT, 3_000, 2_000), state(OutcomeStatus.SHORT, 3_000, 2_000), None),
    (known(VOIDED, 0), state(VOIDED, 0), None),
    (known(), state(amount_minor=5_001), AmountDiffers(SALE, 5_001)),
    (known(), state(amount_minor=4_999), AmountDiffers(SALE, 4_999)),
    (known(None), state(), NotHeardYet(SALE, Amounts(OutcomeStatus.ACCEPTED, 5_000, 0))),
    (
        known(),
        state(accepted_minor=4_999),
        DebitDiffers(
            SALE,
            Amounts(OutcomeStatus.ACCEPTED, 5_000, 0),
            Amounts(OutcomeStatus.ACCEPTED, 4_999, 0),
        ),
    ),
    (
        known(OutcomeStatus.SHORT, 3_000, 2_000),
        state(OutcomeStatus.SHORT, 3_000, 1_000),
        DebitDiffers(
            SALE,
            Amounts(OutcomeStatus.SHORT, 3_000, 2_000),
            Amounts(OutcomeStatus.SHORT, 3_000, 1_000),
        ),
    ),
    (
        known(VOIDED, 0),
        state(OutcomeStatus.CANCELLED, 0),
        StateDiffers(SALE, Amounts(VOIDED, 0, 0), Amounts(OutcomeStatus.CANCELLED, 0, 0)),
    ),
    (known(void_waits=True), state(), NotBookedYet(SALE, Step.REVERSED, sent=True)),
    (known(handed_over=False), state(), NotBookedYet(SALE, Step.NOT_HANDED_OVER, sent=True)),
    (
        known(OutcomeStatus.CANCELLED, 0, handed_over=False),
        state(OutcomeStatus.CANCELLED, 0),
        None,
    ),
]


@pytest.mark.parametrize(("here", "there", "difference"), BOTH)
def test_what_both_sides_know_is_compared(
    here: Standing, there: RedemptionState, difference: Difference | None
) -> None:
    found = reconciled(side(op(here)), booking(there))
    assert found.differences == (() if difference is None else (difference,))
    assert found.compared == 1
    (line,) = found.lines
    assert (line.ours, line.agrees) == (True, difference is None)


@pytest.mark.parametrize(
    ("here", "difference"),
    [
        (known(), MissingAtService(SALE, Amounts(OutcomeStatus.ACCEPTED, 5_000, 0))),
        # Nothing was debited, and the loss is in no statement either.
        (
            known(OutcomeStatus.SHORT, 0, 5_000),
            MissingAtService(SALE, Amounts(OutcomeStatus.SHORT, 0, 5_000)),
        ),
        (known(None), NotBookedYet(SALE, Step.HANDED_OVER, sent=True)),
        (known(None, handed_over=False), None),
        (known(OutcomeStatus.REFUSED, 0, handed_over=False), None),
        (known(VOIDED, 0), None),
    ],
)
def test_what_the_service_does_not_list_is_missing_if_it_said_so_once(
    here: Standing, difference: Difference | None
) -> None:
    journal = side(op(here))
    assert reconciled(journal).differences == (() if difference is None else (difference,))
    assert unaccounted(journal, ()) == (
        {SOLD} if isinstance(difference, MissingAtService) else set()
    )
    assert unaccounted(journal, [booking()]) == set()


def test_what_was_not_sent_yet_is_told_from_what_was() -> None:
    journal = side(op(known(None)), unsent=(SOLD,))
    assert reconciled(journal).differences == (NotBookedYet(SALE, Step.HANDED_OVER, sent=False),)


def test_a_debit_that_nobody_has_decided_about_is_told_from_one_that_was_kept() -> None:
    kept = known(handed_over=False)
    for undecided, step in (((SOLD,), Step.UNDECIDED), ((), Step.NOT_HANDED_OVER)):
        found = reconciled(side(op(kept), undecided=undecided), booking())
        assert found.differences == (NotBookedYet(SALE, step, sent=True),)


def test_a_booking_of_this_till_that_its_journal_has_not_is_named() -> None:
    stranger = booking(op_id=OpId(UUID(int=11)), about=OpId(UUID(int=11)))
    found = reconciled(side(), stranger)
    assert found.differences == (MissingHere(stranger),)
    assert [line.agrees for line in found.lines] == [False]
    # A void that somebody else wrote, of a sale that is here.
    undone = booking(state(VOIDED, 0), op_id=OpId(UUID(int=12)), reversed_minor=5_000)
    found = reconciled(side(op(known(VOIDED, 0))), booking(state(VOIDED, 0)), undone)
    assert found.differences == (MissingHere(undone),)
    assert [line.amount_minor for line in found.lines] == [5_000, -5_000]


def test_a_sale_of_ours_under_another_tills_name_is_compared_all_the_same() -> None:
    """A copy of this journal, enrolled as another till, sent our entries."""
    found = reconciled(side(op(known())), booking(state(accepted_minor=1), till=OTHERS))
    (difference,) = found.differences
    assert isinstance(difference, DebitDiffers)
    assert [(line.ours, line.agrees) for line in found.lines] == [(True, False)]


def test_a_sale_of_another_till_is_listed_and_not_compared() -> None:
    other = booking(op_id=OpId(UUID(int=11)), about=OpId(UUID(int=11)), till=OTHERS)
    found = reconciled(side(), other)
    assert (found.differences, found.compared) == ((), 0)
    assert [(line.ours, line.agrees) for line in found.lines] == [(False, False)]


def test_what_another_day_has_is_not_missing_and_this_one_has_the_last_word() -> None:
    journal = side(op(known()))
    assert reconciled(journal, elsewhere=[booking()]).differences == ()
    older = booking(state(VOIDED, 0))
    assert reconciled(journal, booking(), elsewhere=[older]).differences == ()
    assert reconciled(journal, elsewhere=[older]).differences != ()


@pytest.mark.parametrize("by_minor", [-1, 1])
@pytest.mark.parametrize("figure", Figure)
def test_a_figure_that_is_not_the_sum_of_its_list_is_named(figure: Figure, by_minor: int) -> None:
    honest = statement(booking(), booking(reversed_minor=700))
    week, month = honest.periods
    listed_minor = {
        Figure.REDEEMED: 5_000,
        Figure.REVERSED: 700,
        Figure.SHORTFALL: 600,
        Figure.FEE: 250,
    }[figure]
    told = {f"{figure.value}_minor": listed_minor + by_minor}
    wrong = replace(month, sums=replace(month.sums, **told))
    found = reconcile(
        replace(honest, periods=(week, wrong)),
        [booking(), booking(reversed_minor=700)],
        side(op(known())),
        till_id=OURS,
    )
    assert found.differences == (
        DoesNotAddUp(wrong, figure, listed_minor + by_minor, listed_minor),
    )


def test_what_costs_money_comes_first_then_what_is_older() -> None:
    ids = [OpId(UUID(int=number)) for number in range(10, 14)]
    standings = (known(None), known(), known(None), known())
    ops = [op(after, one) for after, one in zip(standings, ids, strict=True)]
    older = replace(ops[3].redemption, at=NOON - timedelta(days=1))
    ops[3] = replace(ops[3], redemption=older)
    heard = booking(op_id=ids[0], about=ids[0])
    found = reconciled(side(*ops, known=ids), heard)
    kinds = [(type(one), one.sale.redemption_id) for one in found.differences]  # type: ignore[union-attr]
    assert kinds == [
        (MissingAtService, ids[3]),
        (MissingAtService, ids[1]),
        (NotBookedYet, ids[2]),
        (NotHeardYet, ids[0]),
    ]

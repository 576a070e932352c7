"""One redemption's part in the figures, whatever the service said of it."""

from __future__ import annotations

from uuid import UUID

import pytest

from merchant_app.contract.status import OutcomeStatus
from merchant_app.errors import Bug
from merchant_app.ids import OpId, VoucherId
from merchant_app.journal.closed_ops import Standing, Told, TouchedOp
from merchant_app.ledger.entries import Line, Redemption
from merchant_app.money import Money
from merchant_app.reports.figures import Figures, Share, VoucherFacts, booked, share_of
from tests.fakes.clock import START


def sold(amount_minor: int = 5_000, *, currency: str = "EUR", honoured: bool = False) -> Redemption:
    return Redemption(
        op_id=OpId(UUID(int=1)),
        lines=(Line(VoucherId(UUID(int=2)), Money(amount_minor, currency), "…H2M7"),),
        purchase=None,
        honoured=honoured,
        at=START,
        cashier="Zoë",
    )


def known(
    status: OutcomeStatus | None,
    accepted_minor: int = 0,
    shortfall_minor: int = 0,
    *,
    handed_over: bool = True,
) -> Standing:
    told = None if status is None else Told(status, accepted_minor, shortfall_minor)
    return Standing(handed_over, told, void_waits=False, open_matters=())


HANDED_OVER = Share(redeemed=1, redeemed_minor=5_000)


@pytest.mark.parametrize(
    ("standing", "share", "debited_minor"),
    [
        (None, Share(), 0),
        (known(OutcomeStatus.REFUSED, handed_over=False), Share(), 0),
        (known(OutcomeStatus.ACCEPTED, 5_000, handed_over=False), Share(), 0),
        (known(OutcomeStatus.ACCEPTED, 5_000), HANDED_OVER, 5_000),
        (known(None), Share(1, 5_000, waiting_minor=5_000), 0),
        (known(OutcomeStatus.REFUSED), Share(1, 5_000, waiting_minor=5_000), 0),
        (
            known(OutcomeStatus.SHORT, 3_000, 2_000),
            Share(1, 5_000, short=1, shortfall_minor=2_000),
            3_000,
        ),
        # A second redemption paid for half of the loss.
        (
            known(OutcomeStatus.SHORT, 3_000, 1_000),
            Share(1, 5_000, short=1, shortfall_minor=1_000, repaid_minor=1_000),
            3_000,
        ),
        (known(OutcomeStatus.ACCEPTED, 3_000), Share(1, 5_000, repaid_minor=2_000), 3_000),
        (known(OutcomeStatus.VOIDED), Share(1, 5_000, reversed_=1, reversed_minor=5_000), 0),
    ],
)
def test_a_share_adds_up_to_the_amount(
    standing: Standing | None, share: Share, debited_minor: int
) -> None:
    assert share_of(sold(), standing) == share
    assert share.debited_minor == debited_minor


def test_what_was_booked_before_is_not_booked_again() -> None:
    before, after = known(OutcomeStatus.ACCEPTED, 5_000), known(OutcomeStatus.VOIDED)
    figures, shares = booked(
        [TouchedOp(sold(), before, before), TouchedOp(sold(), before, after)],
        currency="EUR",
        time_zone="Europe/Paris",
        find=lambda _id: VoucherFacts(10_000, "multi_purpose"),
    )
    assert len(shares) == 1
    assert (figures.redeemed_minor, figures.reversed_minor) == (0, 5_000)
    assert figures.by_face["10000"].reversed_minor == 5_000


def test_offline_is_what_was_honoured_without_asking() -> None:
    figures = Figures()
    share = share_of(sold(honoured=True), known(None))
    op = TouchedOp(sold(honoured=True), None, known(None))
    figures.book(op, share, time_zone="UTC", find=lambda _id: None)
    assert (figures.offline_count, figures.offline_minor, figures.online_count) == (1, 5_000, 0)
    assert (figures.manager_count, figures.manager_minor) == (0, 0)


def test_what_the_code_lifted_is_counted_among_what_was_taken_offline() -> None:
    figures = Figures()
    op = TouchedOp(sold(honoured=True), None, known(None), lifted=True)
    share = share_of(op.redemption, op.after)
    figures.book(op, share, time_zone="UTC", find=lambda _id: None)
    assert (figures.manager_count, figures.manager_minor) == (1, 5_000)
    assert (figures.offline_count, figures.offline_minor) == (1, 5_000)


def test_two_currencies_are_never_added_up() -> None:
    op = TouchedOp(sold(currency="XPF"), None, known(OutcomeStatus.ACCEPTED, 5_000))
    with pytest.raises(Bug, match="EUR"):
        booked([op], currency="EUR", time_zone="UTC", find=lambda _id: None)

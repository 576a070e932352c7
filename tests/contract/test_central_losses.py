"""What every central service makes of losses: who else used it, and what a second try pays."""

from __future__ import annotations

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from merchant_app.contract.status import OutcomeStatus
from merchant_app.ledger import priors
from merchant_app.ledger.entries import Choice, Redemption
from tests.contract.test_central_service import Till, enrol, till
from tests.fakes.central_sites import Site, Voucher

__all__ = ["till"]


def handed_over(till: Till, voucher: Voucher, amount_minor: int) -> Redemption:
    redemption = till.redeem((voucher, amount_minor))
    till.journal.write(till.journal.decision(redemption, handed_over=True))
    till.send()
    return redemption


def loss(till: Till, redemption: Redemption) -> tuple[OutcomeStatus, list[tuple[int, int]]]:
    """The status, and what was accepted and lost, line by line."""
    outcome = till.outcomes()[redemption.op_id]
    return outcome.status, [(line.accepted_minor, line.shortfall_minor) for line in outcome.lines]


def test_every_outcome_is_signed(site: Site, till: Till) -> None:
    voucher = site.issue(5000)
    till.redeem((voucher, 4000))
    till.redeem((voucher, 4000), honoured=True)
    outcomes = till.outcomes().values()
    key = Ed25519PublicKey.from_public_bytes(till.enrolled.facts.service_key)
    assert len(outcomes) == 2
    assert all(priors.is_signed(outcome, key) for outcome in outcomes)
    assert {outcome.generation for outcome in outcomes} == {till.journal.generation}


def test_a_loss_says_who_else_holds_the_money_newest_first(site: Site, till: Till) -> None:
    voucher = site.issue(5000)
    second = enrol(site, "Caisse 2")
    for amount in (100, 200, 300, 400):
        till.redeem((voucher, amount))
    cancelled = second.redeem((voucher, 500))
    second.journal.write(second.journal.decision(cancelled, handed_over=False))
    second.redeem((voucher, 600))
    second.redeem((voucher, 700))
    late = till.redeem((voucher, 5000), honoured=True)
    outcome = till.outcomes()[late.op_id]
    assert [(use.till, use.amount.minor) for use in outcome.lines[0].uses] == [
        ("Caisse 2", 700),
        ("Caisse 2", 600),
        ("Caisse 1", 400),
        ("Caisse 1", 300),
        ("Caisse 1", 200),
    ]
    assert all(not one.lines[0].uses for one in till.outcomes().values() if one.op_id != late.op_id)


def test_a_second_try_pays_for_the_loss(site: Site, till: Till) -> None:
    used_up, other = site.issue(1000), site.issue(5000)
    short = till.redeem((used_up, 3000), honoured=True)
    till.send()
    assert loss(till, short) == (OutcomeStatus.SHORT, [(1000, 2000)])
    retry = handed_over(till, other, 1500)
    first = till.journal.resolution(short, choice=Choice.RETRIED, retry=retry)
    till.journal.write(first)
    assert loss(till, short) == (OutcomeStatus.SHORT, [(1000, 500)])
    again = handed_over(till, other, 900)
    till.journal.write(till.journal.resolution(short, choice=Choice.RETRIED, retry=again))
    assert loss(till, short) == (OutcomeStatus.ACCEPTED, [(1000, 0)])
    # A resolution has no outcome of its own, and no alarm.
    assert first.op_id not in till.outcomes()
    assert till.send().alarm_seqs == ()
    assert till.balance_minor(other) == 2600


def test_it_pays_the_lines_of_its_own_voucher_first(site: Site, till: Till) -> None:
    one, two = site.issue(1000), site.issue(5000)
    till.redeem((two, 5000))
    short = till.redeem((one, 2000), (two, 3000), honoured=True)
    till.send()
    assert loss(till, short)[1] == [(1000, 1000), (0, 3000)]
    third = site.issue(5000)
    till.journal.write(till.journal.resolution(short, choice=Choice.CUSTOMER_CALLED))
    retry = till.redeem((third, 1200))
    till.journal.write(
        till.journal.decision(retry, handed_over=True),
        till.journal.resolution(short, choice=Choice.RETRIED, retry=retry),
    )
    assert loss(till, short)[1] == [(1000, 0), (0, 2800)]


def test_what_was_not_handed_over_pays_nothing_and_nothing_pays_twice(
    site: Site, till: Till
) -> None:
    used_up, other = site.issue(1000), site.issue(5000)
    one = till.redeem((used_up, 3000), honoured=True)
    two = till.redeem((used_up, 700), honoured=True)
    cancelled = till.redeem((other, 2000))
    till.journal.write(
        till.journal.decision(cancelled, handed_over=False),
        till.journal.resolution(one, choice=Choice.RETRIED, retry=cancelled),
    )
    retry = handed_over(till, other, 2000)
    till.journal.write(
        till.journal.resolution(two, choice=Choice.RETRIED, retry=retry),
        till.journal.resolution(one, choice=Choice.RETRIED, retry=retry),
        till.journal.resolution(one, choice=Choice.RETRIED, retry=one),
        till.journal.resolution(one, choice=Choice.LOSS_ACCEPTED),
    )
    assert loss(till, one) == (OutcomeStatus.SHORT, [(1000, 2000)])
    assert loss(till, two) == (OutcomeStatus.ACCEPTED, [(0, 0)])


def test_a_second_try_that_is_undone_leaves_the_loss(site: Site, till: Till) -> None:
    used_up, other = site.issue(1000), site.issue(5000)
    short = till.redeem((used_up, 3000), honoured=True)
    retry = handed_over(till, other, 2000)
    till.journal.write(till.journal.resolution(short, choice=Choice.RETRIED, retry=retry))
    assert loss(till, short) == (OutcomeStatus.ACCEPTED, [(1000, 0)])
    till.journal.write(till.journal.void(retry))
    assert loss(till, short) == (OutcomeStatus.SHORT, [(1000, 2000)])
    assert till.balance_minor(other) == 5000


def test_a_resolution_waits_for_what_it_is_about(site: Site, till: Till) -> None:
    used_up, other = site.issue(1000), site.issue(5000)
    second = enrol(site, "Caisse 2")
    short = till.journal.redemption((used_up.voucher_id, 3000), honoured=True)
    retry = till.journal.redemption((other.voucher_id, 2500))
    second.journal.write(second.journal.resolution(short, choice=Choice.RETRIED, retry=retry))
    assert second.send().alarm_seqs == ()
    till.journal.write(short, retry)
    till.send()
    assert loss(till, short) == (OutcomeStatus.SHORT, [(1000, 2000)])
    till.journal.write(till.journal.decision(retry, handed_over=True))
    till.send()
    assert loss(till, short) == (OutcomeStatus.ACCEPTED, [(1000, 0)])


def test_a_resolution_about_a_void_is_kept_and_changes_nothing(site: Site, till: Till) -> None:
    used_up = site.issue(1000)
    short = till.redeem((used_up, 3000), honoured=True)
    void = till.journal.void(short)
    till.journal.write(void, till.journal.resolution(void, choice=Choice.PLATFORM_ASKED))
    stored = till.send()
    assert (stored.head_seq, stored.alarm_seqs) == (3, ())
    assert till.status(short.op_id) is OutcomeStatus.VOIDED
    assert till.balance_minor(used_up) == 1000

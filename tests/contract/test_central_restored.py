"""What every central service does after it was restored from a backup (ledger.md 2.7)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from merchant_app.central.port import (
    Forked,
    Found,
    HeldEntries,
    HeldEpochs,
    NoAnswer,
    NoAnswerKind,
    Outcome,
    Rejected,
    Rewind,
    Stored,
    TillFacts,
    VouchersPage,
)
from merchant_app.contract.status import OutcomeStatus
from merchant_app.ids import EpochId, OpId
from merchant_app.ledger.entries import Redemption
from merchant_app.ledger.exposure import OfflineLimits
from merchant_app.ledger.messages import RESYNC_UNKNOWN
from merchant_app.vouchers.code import ShortCode
from tests.contract.test_central_service import Till, enrol, till
from tests.fakes.central_sites import Site, Voucher

__all__ = ["till"]

BEING_RESTORED = NoAnswerKind.BEING_RESTORED


def send_again(
    till: Till, priors: Iterable[Outcome] = (), *, resync_to: int | None = None
) -> Stored:
    """Learn of the new generation, and send from where the service says."""
    head = till.send_batch(till.journal.batch(after=len(till.journal.chain)))
    assert isinstance(head, Rewind), head
    till.journal.generation, till.journal.cursor = head.generation, 0
    batch = replace(
        till.journal.batch(after=head.head_seq),
        resync_to=len(till.journal.chain) if resync_to is None else resync_to,
        priors=tuple(priors),
    )
    answer = till.send_batch(batch)
    assert isinstance(answer, Stored), answer
    return answer


def unsent(
    till: Till, voucher: Voucher, amount_minor: int, *, honoured: bool = False
) -> Redemption:
    """A redemption that is written, and not sent yet."""
    redemption = till.journal.redemption((voucher.voucher_id, amount_minor), honoured=honoured)
    till.journal.write(redemption)
    return redemption


def handed_over(till: Till, *lines: tuple[Voucher, int]) -> OpId:
    redemption = till.redeem(*lines)
    till.journal.write(till.journal.decision(redemption, handed_over=True))
    till.send()
    return redemption.op_id


def test_while_it_waits_it_stores_and_tells_no_balance(site: Site, till: Till) -> None:
    voucher = site.issue(5000)
    second = enrol(site, "Caisse 2")
    site.back_up()()
    redemption = unsent(till, voucher, 1000)
    stored = send_again(till)
    assert (stored.recovering, stored.head_seq, stored.outcomes) == (True, 1, ())
    for answer in (
        till.service.look_up_code(ShortCode(voucher.code)),
        till.service.look_up_token(voucher.token),
        till.service.vouchers(""),
    ):
        assert isinstance(answer, NoAnswer)
        assert answer.kind is BEING_RESTORED
    assert isinstance(till.service.till_facts(), TillFacts)
    assert not send_again(second).recovering
    assert till.status(redemption.op_id) is OutcomeStatus.ACCEPTED
    assert till.balance_minor(voucher) == 4000


def test_whoever_was_shown_green_stays_paid(site: Site, till: Till) -> None:
    """I13: a later sale, sent first, does not take what an earlier one was promised."""
    voucher = site.issue(5000)
    second = enrol(site, "Caisse 2")
    restore = site.back_up()
    green = handed_over(till, (voucher, 4000))
    known = till.outcomes()
    restore()
    late = unsent(second, voucher, 4000, honoured=True)
    assert send_again(second).recovering
    assert not send_again(till, known.values()).recovering
    assert till.status(green) is OutcomeStatus.ACCEPTED
    outcome = second.outcomes()[late.op_id]
    assert outcome.status is OutcomeStatus.SHORT
    assert (outcome.lines[0].accepted_minor, outcome.lines[0].shortfall_minor) == (1000, 3000)
    assert till.balance_minor(voucher) == 0


def test_each_outcome_is_as_it_was(site: Site, till: Till) -> None:
    one, two = site.issue(5000), site.issue(5000)
    restore = site.back_up()
    journal = till.journal
    accepted, cancelled = till.redeem((one, 1000)), till.redeem((one, 2000))
    journal.write(journal.decision(cancelled, handed_over=False))
    short = till.redeem((one, 4500), honoured=True)
    refused = till.redeem((one, 100), (two, 100))
    voided = till.redeem((two, 3000))
    void = journal.void(voided)
    journal.write(journal.decision(voided, handed_over=True), void)
    handed = till.redeem((one, 700))
    journal.write(journal.decision(handed, handed_over=True))
    till.send()
    before = {op_id: told(outcome) for op_id, outcome in till.outcomes().items()}
    assert {status for status, _lines in before.values()} == {
        OutcomeStatus.ACCEPTED,
        OutcomeStatus.CANCELLED,
        OutcomeStatus.SHORT,
        OutcomeStatus.REFUSED,
        OutcomeStatus.VOIDED,
        OutcomeStatus.REVERSED,
    }
    known, generation = till.outcomes(), journal.generation
    restore()
    assert not send_again(till, known.values()).recovering
    assert {op_id: told(outcome) for op_id, outcome in till.outcomes().items()} == before
    assert {one.generation for one in till.outcomes().values()} == {journal.generation}
    assert journal.generation > generation
    assert (till.balance_minor(one), till.balance_minor(two)) == (0, 5000)
    assert {accepted.op_id, short.op_id, refused.op_id, void.op_id} <= set(before)


def told(outcome: Outcome) -> tuple[OutcomeStatus, list[tuple[int, int]]]:
    return outcome.status, [(line.accepted_minor, line.shortfall_minor) for line in outcome.lines]


def test_a_credit_that_never_came_back_is_a_loss_until_it_comes(site: Site, till: Till) -> None:
    voucher = site.issue(5000)
    second = enrol(site, "Caisse 2")
    first = till.redeem((voucher, 5000))
    till.send()
    restore = site.back_up()
    till.journal.write(till.journal.decision(first, handed_over=False))
    till.send()
    green = handed_over(second, (voucher, 3000))
    known = second.outcomes()
    restore()
    assert send_again(second, known.values()).recovering
    site.close_recovery()
    outcome = second.outcomes()[green]
    assert told(outcome) == (OutcomeStatus.SHORT, [(0, 3000)])
    assert second.balance_minor(voucher) == 0
    # The missing till comes after all: its cancelled sale gives back.
    assert not send_again(till).recovering
    assert till.status(first.op_id) is OutcomeStatus.CANCELLED
    assert till.balance_minor(voucher) == 5000


def test_a_till_that_comes_late_keeps_what_is_left(site: Site, till: Till) -> None:
    voucher = site.issue(5000)
    second = enrol(site, "Caisse 2")
    restore = site.back_up()
    green = handed_over(till, (voucher, 4000))
    known = till.outcomes()
    restore()
    sale = unsent(second, voucher, 2000)
    assert send_again(second).recovering
    site.close_recovery()
    assert second.status(sale.op_id) is OutcomeStatus.ACCEPTED
    assert not send_again(till, known.values()).recovering
    assert told(till.outcomes()[green]) == (OutcomeStatus.SHORT, [(3000, 1000)])


def test_nobody_believes_what_the_service_did_not_say(site: Site, till: Till) -> None:
    voucher = site.issue(1000)
    restore = site.back_up()
    refused = till.redeem((voucher, 3000))
    outcome = till.outcomes()[refused.op_id]
    restore()
    line = replace(outcome.lines[0], accepted_minor=1000, reason=None)
    forged = replace(outcome, status=OutcomeStatus.ACCEPTED, lines=(line,))
    assert not send_again(till, [forged]).recovering
    assert till.status(refused.op_id) is OutcomeStatus.REFUSED
    assert till.balance_minor(voucher) == 1000


def test_it_waits_until_all_was_sent_again(site: Site, till: Till) -> None:
    voucher = site.issue(5000)
    restore = site.back_up()
    for _ in range(3):
        till.redeem((voucher, 100))
    known = till.outcomes()
    restore()
    assert send_again(till, known.values(), resync_to=RESYNC_UNKNOWN).recovering
    more = replace(till.journal.batch(after=3), resync_to=4)
    stored = till.send_batch(more)
    assert isinstance(stored, Stored)
    assert stored.recovering
    till.redeem((voucher, 100))
    stored = till.send_batch(replace(till.journal.batch(after=3), resync_to=4))
    assert isinstance(stored, Stored)
    assert not stored.recovering
    assert till.balance_minor(voucher) == 4600


def test_nobody_waits_for_a_revoked_till(site: Site, till: Till) -> None:
    voucher = site.issue(5000)
    second = enrol(site, "Caisse 2")
    site.back_up()()
    assert send_again(till).recovering
    site.revoke_till(second.enrolled)
    assert till.balance_minor(voucher) == 5000


def test_a_till_enrolled_again_meanwhile_is_waited_for(site: Site, till: Till) -> None:
    voucher = site.issue(5000)
    second = enrol(site, "Caisse 2")
    restore = site.back_up()
    green = second.redeem((voucher, 4000))
    known = second.outcomes()
    restore()
    send_again(second, known.values(), resync_to=RESYNC_UNKNOWN)
    again = enrol(site, "Caisse 2")
    assert send_again(till).recovering
    # The old journal is held already; the same sale under the new one has no second effect.
    again.journal.write(green, again.journal.decision(green, handed_over=True))
    batch = replace(again.journal.batch(), resync_to=2, priors=tuple(known.values()))
    answer = again.send_batch(batch)
    assert isinstance(answer, Stored)
    assert not answer.recovering
    assert again.status(green.op_id) is OutcomeStatus.ACCEPTED
    assert till.balance_minor(voucher) == 1000


def test_a_till_that_enrolled_after_the_backup_begins_anew(site: Site, till: Till) -> None:
    voucher = site.issue(5000)
    restore = site.back_up()
    lost = enrol(site, "Caisse 2")
    green = lost.redeem((voucher, 4000))
    known = lost.outcomes()
    restore()
    again = enrol(site, "Caisse 2")
    assert send_again(till).recovering
    again.journal.write(green)
    batch = replace(again.journal.batch(), resync_to=1, priors=tuple(known.values()))
    answer = again.send_batch(batch)
    assert isinstance(answer, Stored)
    assert not answer.recovering
    assert again.status(green.op_id) is OutcomeStatus.ACCEPTED
    assert again.balance_minor(voucher) == 1000


# --- what the service holds of a till -------------------------------------------------------------


def test_a_new_epoch_is_rooted_in_the_head_of_the_last(site: Site, till: Till) -> None:
    assert till.enrolled.previous_head == b""
    till.redeem((site.issue(5000), 1000))
    till.send()
    again = enrol(site, "Caisse 1")
    assert again.enrolled.previous_head == till.journal.hash_at(1)
    third = enrol(site, "Caisse 1")
    assert third.enrolled.previous_head == again.journal.hash_at(0)
    assert third.send().head_hash == third.journal.hash_at(0)
    held = third.service.held_epochs()
    assert isinstance(held, HeldEpochs)
    assert [(one.epoch_id, one.head_seq, one.closed) for one in held.epochs] == [
        (till.enrolled.epoch_id, 1, True),
        (again.enrolled.epoch_id, 0, True),
        (third.enrolled.epoch_id, 0, False),
    ]
    assert held.epochs[0].head_hash == till.journal.hash_at(1)
    assert third.send_batch(till.journal.batch()) == Forked()


def test_a_till_reads_its_own_journals_page_by_page(site: Site, till: Till) -> None:
    for _ in range(2):
        for number in range(101):
            till.journal.write_body(f'"{number}"')
        till.send(after=len(till.journal.chain) - 101)
    epoch_id = till.enrolled.epoch_id
    first = till.service.held_entries(epoch_id, after_seq=0)
    assert isinstance(first, HeldEntries)
    assert (len(first.entries), first.more) == (200, True)
    rest = till.service.held_entries(epoch_id, after_seq=200)
    assert isinstance(rest, HeldEntries)
    assert not rest.more
    assert [*first.entries, *rest.entries] == till.journal.chain
    end = till.service.held_entries(epoch_id, after_seq=202)
    assert end == HeldEntries(epoch_id, (), more=False)
    second = enrol(site, "Caisse 2")
    for stranger in (epoch_id, EpochId(second.enrolled.facts.till_id)):
        answer = second.service.held_entries(stranger, after_seq=0)
        assert isinstance(answer, Rejected)
        assert answer.status == 404


# --- snapshot and policy --------------------------------------------------------------------------


def test_the_snapshot_goes_on_where_it_stopped(site: Site, till: Till) -> None:
    one = site.issue(5000)
    site.issue(3000, in_other_shop=True)
    begin = till.service.vouchers("")
    assert isinstance(begin, VouchersPage)
    assert (begin.starts_over, begin.more, begin.gone) == (True, False, ())
    assert [told.voucher.voucher_id for told in begin.vouchers] == [one.voucher_id]
    found = till.service.look_up_code(ShortCode(one.code))
    assert isinstance(found, Found)
    assert begin.vouchers[0].voucher == found.voucher
    assert len(begin.vouchers[0].code_mac) == 32
    nothing = till.service.vouchers(begin.next_cursor)
    assert isinstance(nothing, VouchersPage)
    assert (nothing.vouchers, nothing.starts_over) == ((), False)
    two = site.issue(2000)
    till.redeem((one, 1000))
    till.send()
    news = till.service.vouchers(begin.next_cursor)
    assert isinstance(news, VouchersPage)
    balances = {told.voucher.voucher_id: told.voucher.balance.minor for told in news.vouchers}
    assert balances == {one.voucher_id: 4000, two.voucher_id: 2000}
    assert isinstance(till.service.vouchers("nonsense"), Rejected)


def test_the_snapshot_of_a_lost_history_starts_over(site: Site, till: Till) -> None:
    site.issue(5000)
    begin = till.service.vouchers("")
    assert isinstance(begin, VouchersPage)
    site.back_up()()
    send_again(till)
    again = till.service.vouchers(begin.next_cursor)
    assert isinstance(again, VouchersPage)
    assert again.starts_over
    assert again.vouchers == begin.vouchers


def test_the_platforms_limits_reach_the_tills(site: Site, till: Till) -> None:
    facts = till.service.till_facts()
    assert isinstance(facts, TillFacts)
    assert facts.policy.offline == OfflineLimits()
    second = enrol(site, "Caisse 2")
    limits = OfflineLimits(
        redemption_max_minor=0,
        voucher_max_minor=700,
        till_max_minor=900,
        count_max=3,
        snapshot_warn_s=60,
        snapshot_max_s=120,
        unknown_max_minor=5,
    )
    site.limit_offline(limits)
    facts = till.service.till_facts()
    assert isinstance(facts, TillFacts)
    assert facts.policy.offline == replace(limits, tills=2)
    site.revoke_till(second.enrolled)
    facts = till.service.till_facts()
    assert isinstance(facts, TillFacts)
    assert facts.policy.offline.tills == 1

"""Selling while nobody can be asked: what is accepted, what is not, and what becomes of it."""

from __future__ import annotations

import hmac
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, timedelta
from pathlib import Path

import pytest

from merchant_app.central.port import NoAnswerKind
from merchant_app.ids import OpId
from merchant_app.journal.book_reader import BookReader
from merchant_app.journal.events import EventKind
from merchant_app.journal.owner import JournalOwner
from merchant_app.ledger.exposure import Limit, OfflineLimits
from merchant_app.money import Money
from merchant_app.reports.exports.rows import Till as ExportTill
from merchant_app.reports.exports.rows import export_rows
from merchant_app.till.journal_results import LimitLifted
from merchant_app.till.live import LiveCounter
from merchant_app.till.matters import CardKind, Choice, Decided, MayLeave, MustStay, RetryFailed
from merchant_app.till.pin_desk import PinKept
from merchant_app.till.results import (
    AcceptedOffline,
    Judged,
    Lift,
    LineState,
    NoAnswerYet,
    OfflineRefused,
    PinRefused,
    Redeemed,
    RedeemRefused,
    RedeemResult,
    RedeemUnknown,
    ReversalPending,
    SameAgain,
)
from merchant_app.vouchers import verdicts
from merchant_app.vouchers.split import Part
from tests.fakes.central import FakeCentral, FakeTill, Issued, LoseAnswer
from tests.fakes.clock import FakeClock
from tests.fakes.copy_of_vouchers import MemoryCopy
from tests.fakes.till_assembly import assemble, die


def euros(amount: int) -> Money:
    return Money(amount * 100, "EUR")


@dataclass
class Till:
    """One till with its journal and its copy of the vouchers."""

    central: FakeCentral
    enrolled: FakeTill
    clock: FakeClock
    path: Path
    copy: MemoryCopy
    journal: JournalOwner
    counter: LiveCounter

    def fetch(self, *issued: Issued) -> None:
        """The copy says what the service holds now."""
        vouchers = self.central.ledger.vouchers
        self.copy.put(
            [
                (
                    vouchers[one.voucher_id],
                    hmac.digest(self.central.pepper, one.code.encode(), "sha256"),
                )
                for one in issued
            ],
            at=self.clock.now(),
        )

    def cut(self) -> None:
        """The line is gone, and the till has noticed."""
        self.central.unreachable = NoAnswerKind.DOWN
        self.counter.contact()

    def mend(self) -> None:
        self.central.unreachable = None
        assert self.counter.contact().unsent == 0

    def judged(self, issued: Issued) -> Judged:
        found = self.counter.look_up(issued.code, purchase=None)
        assert isinstance(found, Judged)
        return found

    def redeem(self, issued: Issued, amount: int, *, again: bool = False) -> RedeemResult:
        verdict = self.judged(issued).verdict
        assert isinstance(verdict, verdicts.Valid)
        return self.counter.redeem(
            verdict.voucher, amount=euros(amount), purchase=None, again=again
        )

    def restart(self) -> None:
        die(self.journal)
        self.journal, self.counter, _ = assemble(
            self.enrolled,
            self.enrolled,
            self.clock,
            self.path,
            self.copy,
            pepper=self.central.pepper,
        )


def new_till(central: FakeCentral, clock: FakeClock, path: Path) -> Till:
    enrolled = central.new_till()
    copy = MemoryCopy()
    journal, counter, _ = assemble(enrolled, enrolled, clock, path, copy, pepper=central.pepper)
    return Till(central, enrolled, clock, path, copy, journal, counter)


@pytest.fixture
def central() -> FakeCentral:
    return FakeCentral(FakeClock())


@pytest.fixture
def till(central: FakeCentral, tmp_path: Path) -> Iterator[Till]:
    clock = central.clock
    assert isinstance(clock, FakeClock)
    till = new_till(central, clock, tmp_path / "journal.sqlite")
    yield till
    till.journal.close()


@pytest.fixture
def other(central: FakeCentral, tmp_path: Path) -> Iterator[Till]:
    clock = central.clock
    assert isinstance(clock, FakeClock)
    till = new_till(central, clock, tmp_path / "other.sqlite")
    yield till
    till.journal.close()


# --- look-up -------------------------------------------------------------------------------------


def test_the_own_copy_answers_without_asking_anybody(till: Till) -> None:
    issued = till.central.issue(5000)
    till.fetch(issued)
    till.central.calls.clear()
    found = till.judged(issued)
    assert isinstance(found.verdict, verdicts.Valid)
    assert found.local_from == till.clock.now()
    assert till.central.calls == []
    by_token = till.counter.look_up(issued.token, purchase=None)
    assert isinstance(by_token, Judged)
    assert by_token.local_from is not None
    assert till.central.calls == []


def test_the_service_corrects_what_the_copy_said(till: Till, other: Till) -> None:
    issued = till.central.issue(5000)
    till.fetch(issued)
    assert isinstance(other.redeem(issued, 50), Redeemed)
    assert isinstance(till.judged(issued).verdict, verdicts.Valid)
    corrected = till.counter.confirm(issued.code, purchase=None)
    assert isinstance(corrected, Judged)
    assert isinstance(corrected.verdict, verdicts.UsedUp)
    assert corrected.local_from is None


def test_without_a_line_the_service_has_nothing_to_correct(till: Till) -> None:
    issued = till.central.issue(5000)
    till.fetch(issued)
    till.cut()
    assert isinstance(till.counter.confirm(issued.code, purchase=None), NoAnswerYet)
    assert isinstance(till.judged(issued).verdict, verdicts.Valid)


def test_what_was_accepted_offline_is_no_longer_on_the_voucher(till: Till) -> None:
    issued = till.central.issue(5000)
    till.fetch(issued)
    till.cut()
    till.redeem(issued, 20)
    verdict = till.judged(issued).verdict
    assert isinstance(verdict, verdicts.Valid)
    assert verdict.voucher.balance == euros(30)


def test_what_was_debited_since_the_copy_was_made_is_not_there_twice(till: Till) -> None:
    issued = till.central.issue(5000)
    till.fetch(issued)
    till.clock.advance(seconds=60)
    assert isinstance(till.redeem(issued, 20), Redeemed)
    verdict = till.judged(issued).verdict
    assert isinstance(verdict, verdicts.Valid)
    assert verdict.voucher.balance == euros(30)
    till.clock.advance(seconds=60)
    till.fetch(issued)
    verdict = till.judged(issued).verdict
    assert isinstance(verdict, verdicts.Valid)
    assert verdict.voucher.balance == euros(30)


# --- acceptance and its limits -------------------------------------------------------------------


def test_offline_it_is_accepted_at_once_and_confirmed_later(till: Till) -> None:
    issued = till.central.issue(5000)
    till.fetch(issued)
    till.cut()
    accepted = till.redeem(issued, 20)
    assert isinstance(accepted, AcceptedOffline)
    assert [(line.amount, line.balance) for line in accepted.lines] == [(euros(20), euros(30))]
    assert (accepted.standing.count, accepted.standing.sum) == (1, euros(20))
    status = till.counter.status()
    assert (status.line, status.unsent_sales) == (LineState.OFFLINE, 1)
    assert status.redemption_max == euros(50)
    till.mend()
    assert till.central.balance_minor(issued) == 3000
    standing = till.counter.status().offline
    assert standing is not None
    assert standing.count == 0


def test_beyond_a_limit_nothing_is_recorded_and_what_would_do_is_told(till: Till) -> None:
    issued = till.central.issue(10000)
    till.fetch(issued)
    till.cut()
    refused = till.redeem(issued, 60)
    assert isinstance(refused, OfflineRefused)
    assert (refused.op_id, refused.limit, refused.most) == (None, Limit.REDEMPTION, euros(50))
    assert till.counter.status().unsent == 0


# --- the responsible person's code ---------------------------------------------------------------


def tighten(till: Till, **limits: int) -> None:
    """The service sends other limits."""
    offline = replace(till.central.policy.offline, **limits)
    till.central.policy = replace(till.central.policy, offline=offline)
    till.counter.contact()


def lift(till: Till, issued: Issued, amount: int, pin: str) -> RedeemResult:
    """Beyond a limit: the code is typed."""
    verdict = till.judged(issued).verdict
    assert isinstance(verdict, verdicts.Valid)
    part = Part(verdict.voucher, euros(amount))
    return till.counter.redeem_basket((part,), purchase=None, again=True, pin=pin)


def test_without_a_code_a_soft_limit_is_one_and_says_what_would_lift_it(till: Till) -> None:
    issued = till.central.issue(5000)
    till.fetch(issued)
    tighten(till, till_max_minor=3_000)
    till.cut()
    refused = till.redeem(issued, 40)
    assert isinstance(refused, OfflineRefused)
    assert (refused.limit, refused.lift) == (Limit.TILL_SUM, Lift.NO_PIN_SET)
    assert isinstance(lift(till, issued, 40, "2580"), PinRefused)
    assert till.counter.status().unsent == 0


def test_the_code_takes_one_redemption_beyond_a_soft_limit(till: Till) -> None:
    issued, other = till.central.issue(5000), till.central.issue(5000)
    till.fetch(issued, other)
    tighten(till, till_max_minor=3_000)
    assert isinstance(till.counter.pins.change("2580", old=""), PinKept)
    till.cut()
    refused = till.redeem(issued, 40)
    assert isinstance(refused, OfflineRefused)
    assert refused.lift is Lift.WITH_PIN
    taken = lift(till, issued, 40, "2580")
    assert isinstance(taken, AcceptedOffline)
    again = till.redeem(other, 10)
    assert isinstance(again, OfflineRefused), "it holds for one redemption"
    till.mend()
    assert till.central.balance_minor(issued) == 1000
    assert till.counter.to_settle().cards == ()


def test_the_count_of_redemptions_is_soft_too(till: Till) -> None:
    issued = till.central.issue(5000)
    till.fetch(issued)
    tighten(till, count_max=1)
    till.counter.pins.change("2580", old="")
    till.cut()
    assert isinstance(till.redeem(issued, 10), AcceptedOffline)
    assert isinstance(lift(till, issued, 10, "2580"), AcceptedOffline)
    hard = lift(till, issued, 10, "2580")
    assert isinstance(hard, OfflineRefused)
    assert (hard.limit, hard.lift) == (Limit.TILL_COUNT, Lift.NEVER), "twice is as far as it goes"


@pytest.mark.parametrize(
    ("limits", "amount", "limit"),
    [
        ({"voucher_max_minor": 2_000}, 30, Limit.VOUCHER),
        ({"redemption_max_minor": 2_000}, 30, Limit.REDEMPTION),
        ({"redemption_max_minor": 0}, 30, Limit.SWITCHED_OFF),
        ({"till_max_minor": 1_000}, 30, Limit.TILL_SUM),
        ({"snapshot_max_s": -1}, 30, Limit.SNAPSHOT_AGE),
    ],
    ids=lambda value: getattr(value, "name", None),
)
def test_no_code_lifts_a_hard_limit(
    till: Till, limits: dict[str, int], amount: int, limit: Limit
) -> None:
    issued = till.central.issue(5000)
    till.fetch(issued)
    tighten(till, **limits)
    till.counter.pins.change("2580", old="")
    till.cut()
    refused = lift(till, issued, amount, "2580")
    assert isinstance(refused, OfflineRefused)
    assert (refused.limit, refused.lift) == (limit, Lift.NEVER)
    assert till.counter.status().unsent == 0


def test_a_wrong_code_debits_nothing_and_is_recorded_without_it(till: Till) -> None:
    issued = till.central.issue(5000)
    till.fetch(issued)
    tighten(till, till_max_minor=3_000)
    till.counter.pins.change("2580", old="")
    till.cut()
    assert lift(till, issued, 40, "2581") == PinRefused(wrong=True, wait_s=0)
    assert till.counter.status().unsent == 0
    events = till.journal.run(lambda journal: journal.events.since(0, limit=100))
    (wrong,) = [event for event in events if event.kind is EventKind.PIN_WRONG]
    assert wrong.detail == {"for": "limit", "misses": 1, "wait_s": 0}
    assert "2581" not in repr(events)
    assert "2580" not in repr(events)


def test_with_the_line_back_nobody_needs_the_code(till: Till) -> None:
    issued = till.central.issue(5000)
    till.fetch(issued)
    till.counter.pins.change("2580", old="")
    assert isinstance(lift(till, issued, 40, "0000"), Redeemed)
    events = till.journal.run(lambda journal: journal.events.since(0, limit=100))
    assert [event.kind for event in events] == [EventKind.PIN_SET]


def test_what_was_lifted_is_in_the_closing_the_export_and_its_life(till: Till) -> None:
    issued = till.central.issue(5000)
    till.fetch(issued)
    tighten(till, till_max_minor=3_000)
    till.counter.pins.change("2580", old="")
    till.cut()
    assert isinstance(till.redeem(issued, 10), AcceptedOffline)
    taken = lift(till, issued, 30, "2580")
    assert isinstance(taken, AcceptedOffline)
    till.mend()
    till.restart()
    figures = till.counter.closings.preview().closing.figures
    assert (figures.manager_count, figures.manager_minor) == (1, 3000)
    assert (figures.offline_count, figures.offline_minor) == (2, 4000)
    steps = till.counter.journal.life(taken.op_id).steps
    assert [step.limit for step in steps if isinstance(step, LimitLifted)] == [Limit.TILL_SUM]
    with BookReader(till.path) as reader:
        known = ExportTill(title="Caisse 1", zone=UTC, find=lambda _id: None)
        rows = list(export_rows(reader, known))
    assert [(row.goods.minor, row.lifted) for row in rows] == [(1000, False), (3000, True)]


def test_each_till_of_a_shop_may_accept_its_share_of_a_voucher(till: Till, other: Till) -> None:
    issued = till.central.issue(5000)
    for one in (till, other):
        one.counter.contact()
        one.fetch(issued)
    till.cut()
    refused = till.redeem(issued, 26)
    assert isinstance(refused, OfflineRefused)
    assert (refused.limit, refused.most) == (Limit.VOUCHER, euros(25))
    for one in (till, other):
        one.cut()
        assert isinstance(one.redeem(issued, 25), AcceptedOffline)
    till.mend()
    other.mend()
    assert till.central.balance_minor(issued) == 0
    assert till.counter.to_settle().cards == other.counter.to_settle().cards == ()


def test_a_copy_that_is_too_old_accepts_nothing(till: Till) -> None:
    issued = till.central.issue(5000)
    till.fetch(issued)
    till.cut()
    till.clock.advance(seconds=OfflineLimits().snapshot_max_s + 1)
    refused = till.redeem(issued, 20)
    assert isinstance(refused, OfflineRefused)
    assert refused.limit is Limit.SNAPSHOT_AGE
    assert till.counter.status().redemption_max is None


def test_setting_the_clock_back_makes_no_copy_younger(till: Till) -> None:
    issued = till.central.issue(5000)
    till.fetch(issued)
    till.cut()
    till.judged(issued)
    till.copy.at = till.clock.now() + timedelta(days=400)
    refused = till.redeem(issued, 20)
    assert isinstance(refused, OfflineRefused)
    assert refused.limit is Limit.CLOCK


def test_a_till_that_was_refused_accepts_nothing_on_its_own(till: Till) -> None:
    issued = till.central.issue(5000)
    till.fetch(issued)
    till.central.revoke(till.enrolled)
    till.counter.contact()
    refused = till.redeem(issued, 20)
    assert isinstance(refused, OfflineRefused)
    assert refused.limit is Limit.NOT_ENTITLED


def test_a_voucher_that_nobody_knows_waits_for_the_line(till: Till) -> None:
    known, unknown = till.central.issue(5000), till.central.issue(5000)
    till.fetch(known)
    till.cut()
    assert isinstance(till.counter.look_up(unknown.code, purchase=None), NoAnswerYet)
    assert isinstance(till.counter.look_up(unknown.token, purchase=None), NoAnswerYet)


def test_where_the_platform_trusts_signatures_a_new_voucher_is_accepted(till: Till) -> None:
    known, unknown = till.central.issue(5000), till.central.issue(5000)
    trusting = replace(till.central.policy.offline, unknown_max_minor=1_000)
    till.central.policy = replace(till.central.policy, offline=trusting)
    till.counter.contact()
    till.fetch(known)
    till.cut()
    found = till.counter.look_up(unknown.token, purchase=None)
    assert isinstance(found, Judged)
    assert isinstance(found.verdict, verdicts.Valid)
    voucher = found.verdict.voucher
    too_much = till.counter.redeem(voucher, amount=euros(11), purchase=None)
    assert isinstance(too_much, OfflineRefused)
    assert (too_much.limit, too_much.most) == (Limit.UNKNOWN_VOUCHER, euros(10))
    done = till.counter.redeem(voucher, amount=euros(10), purchase=None)
    assert isinstance(done, AcceptedOffline)


# --- no answer -----------------------------------------------------------------------------------


def test_without_an_answer_the_goods_may_go_under_the_limits(till: Till) -> None:
    issued = till.central.issue(5000)
    till.fetch(issued)
    till.central.faults.append(LoseAnswer())
    unknown = till.redeem(issued, 20)
    assert isinstance(unknown, RedeemUnknown)
    accepted = till.counter.honour(unknown.op_id)
    assert isinstance(accepted, AcceptedOffline)
    till.mend()
    assert till.central.balance_minor(issued) == 3000
    assert till.counter.to_settle().count == 0


def test_the_limits_hold_for_what_has_no_answer_too(till: Till) -> None:
    issued = till.central.issue(10000)
    till.fetch(issued)
    till.central.faults.append(LoseAnswer())
    unknown = till.redeem(issued, 60)
    assert isinstance(unknown, RedeemUnknown)
    refused = till.counter.honour(unknown.op_id)
    assert isinstance(refused, OfflineRefused)
    assert (refused.op_id, refused.limit) == (unknown.op_id, Limit.REDEMPTION)
    assert isinstance(till.counter.wait(unknown.op_id), Redeemed)


def test_an_answer_that_came_first_decides(till: Till) -> None:
    issued = till.central.issue(5000)
    till.fetch(issued)
    till.central.faults.append(LoseAnswer())
    unknown = till.redeem(issued, 20)
    assert isinstance(unknown, RedeemUnknown)
    till.counter.contact()
    assert isinstance(till.counter.honour(unknown.op_id), Redeemed)


def test_an_undo_offline_is_pending_and_comes_true(till: Till) -> None:
    issued = till.central.issue(5000)
    till.fetch(issued)
    till.cut()
    assert isinstance(till.redeem(issued, 20), AcceptedOffline)
    assert isinstance(till.counter.reverse_last(), ReversalPending)
    till.mend()
    assert till.central.balance_minor(issued) == 5000
    assert till.counter.to_settle().count == 0


def test_the_same_again_within_minutes_is_asked_about(till: Till) -> None:
    issued = till.central.issue(5000)
    first = till.redeem(issued, 20)
    assert isinstance(first, Redeemed)
    asked = till.redeem(issued, 20)
    assert isinstance(asked, SameAgain)
    assert asked.at == first.at
    assert till.central.balance_minor(issued) == 3000
    assert isinstance(till.redeem(issued, 20, again=True), Redeemed)
    till.clock.advance(seconds=301)
    assert isinstance(till.redeem(issued, 10), Redeemed)


def test_after_a_restart_the_exposure_is_what_it_was(till: Till) -> None:
    issued = till.central.issue(5000)
    till.fetch(issued)
    till.cut()
    till.redeem(issued, 20)
    till.restart()
    till.cut()
    standing = till.counter.status().offline
    assert standing is not None
    assert (standing.count, standing.sum) == (1, euros(20))
    (question,) = till.counter.interrupted()
    till.counter.settle(question.op_id, handed_over=True)
    refused = till.redeem(issued, 31)
    assert isinstance(refused, OfflineRefused)
    assert refused.most == euros(30)


# --- à traiter -----------------------------------------------------------------------------------


def late_refusal(till: Till, other: Till) -> tuple[Issued, OpId]:
    """Two customers with one voucher: the other till was online and took all of it."""
    issued = till.central.issue(5000)
    till.fetch(issued)
    till.cut()
    accepted = till.redeem(issued, 25)
    assert isinstance(accepted, AcceptedOffline)
    till.central.unreachable = None
    assert isinstance(other.redeem(issued, 50), Redeemed)
    till.mend()
    return issued, accepted.op_id


def test_a_late_refusal_is_a_card_that_says_who_else_used_it(till: Till, other: Till) -> None:
    _, op_id = late_refusal(till, other)
    (card,) = till.counter.to_settle().cards
    assert (card.op_id, card.kind, card.is_open) == (op_id, CardKind.SHORTFALL, True)
    assert (card.amount, card.at_stake) == (euros(25), euros(25))
    assert [(use.till, use.amount) for use in card.uses] == [("Caisse 2", euros(50))]
    assert card.reason is not None
    assert till.counter.status().to_settle == 1
    assert isinstance(till.counter.may_leave(), MustStay)


def test_accepting_the_loss_closes_the_card_and_is_an_entry(till: Till, other: Till) -> None:
    _, op_id = late_refusal(till, other)
    decided = till.counter.resolve(op_id, Choice.LOSS_ACCEPTED, note="geste commercial")
    assert isinstance(decided, Decided)
    assert not decided.card.is_open
    to_settle = till.counter.to_settle()
    assert (to_settle.cards, to_settle.count) == ((), 0)
    (shown,) = to_settle.decided
    assert [(step.choice, step.note) for step in shown.steps] == [
        (Choice.LOSS_ACCEPTED, "geste commercial")
    ]
    till.mend()
    till.restart()
    for question in till.counter.interrupted():
        till.counter.settle(question.op_id, handed_over=True)
    assert till.counter.to_settle().cards == ()
    assert isinstance(till.counter.may_leave(), MayLeave)


def test_calling_the_customer_leaves_the_card_open(till: Till, other: Till) -> None:
    _, op_id = late_refusal(till, other)
    decided = till.counter.resolve(op_id, Choice.CUSTOMER_CALLED, note="")
    assert isinstance(decided, Decided)
    assert decided.card.is_open
    assert till.counter.to_settle().count == 1


def test_trying_again_pays_once_there_is_money_again(till: Till, other: Till) -> None:
    issued, op_id = late_refusal(till, other)
    failed = till.counter.resolve(op_id, Choice.RETRIED, note="")
    assert isinstance(failed, RetryFailed)
    assert isinstance(failed.result, RedeemRefused)
    assert failed.card.is_open
    other.counter.reverse_last()
    decided = till.counter.resolve(op_id, Choice.RETRIED, note="")
    assert isinstance(decided, Decided)
    assert not decided.card.is_open
    till.mend()
    assert till.central.balance_minor(issued) == 2500
    outcome = till.central.ledger.outcome_of(op_id)
    assert outcome is not None
    assert sum(line.shortfall_minor for line in outcome.lines) == 0
    assert till.counter.to_settle().count == 0


# --- leaving -------------------------------------------------------------------------------------


def test_nobody_leaves_while_something_is_unsent_and_the_list_says_what(till: Till) -> None:
    issued = till.central.issue(5000)
    till.fetch(issued)
    till.cut()
    accepted = till.redeem(issued, 20)
    assert isinstance(accepted, AcceptedOffline)
    stay = till.counter.sign_out()
    assert isinstance(stay, MustStay)
    assert [(one.op_id, one.amount, one.handed_over) for one in stay.unsent] == [
        (accepted.op_id, euros(20), True)
    ]
    till.mend()
    assert till.counter.sign_out() == MayLeave()

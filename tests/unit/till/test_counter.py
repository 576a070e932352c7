"""What a cashier can do, against a central service in memory that can lose, delay and refuse.

The journal is a real file; the service runs the real rules.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pytest

from merchant_app.central.port import NoAnswerKind, NotAuthorisedKind
from merchant_app.errors import Problem, ProblemKind
from merchant_app.journal.owner import JournalOwner
from merchant_app.money import Money
from merchant_app.sync.connectivity import Connectivity
from merchant_app.till.live import LiveCounter
from merchant_app.till.results import (
    Judged,
    LineState,
    NoAnswerYet,
    NotAVoucher,
    NotEntitled,
    NothingToReverse,
    RedeemCancelled,
    Redeemed,
    RedeemRefused,
    RedeemResult,
    RedeemUnknown,
    ReversalPending,
    Reversed,
    Settled,
    Status,
    Stopped,
    UnderQuestion,
)
from merchant_app.vouchers import verdicts
from merchant_app.vouchers.scan import Foreign
from merchant_app.vouchers.terms import Terms, Voucher, VoucherStatus
from tests.fakes.central import (
    OTHER_SHOP,
    FakeCentral,
    FakeTill,
    Hold,
    Issued,
    LoseAnswer,
    LoseRequest,
    Twice,
)
from tests.fakes.clock import FakeClock
from tests.fakes.till_assembly import assemble, die


def euros(amount: str) -> Money:
    return Money(round(float(amount) * 100), "EUR")


@dataclass
class Shop:
    """One till with its journal file; it can be closed and opened again, as after a crash."""

    central: FakeCentral
    enrolled: FakeTill
    clock: FakeClock
    path: Path
    journal: JournalOwner
    counter: LiveCounter
    connectivity: Connectivity

    def look_up(self, voucher: Issued, *, purchase: Money | None = None) -> object:
        return self.counter.look_up(voucher.token, purchase=purchase)

    def voucher(self, issued: Issued) -> Voucher:
        found = self.look_up(issued)
        assert isinstance(found, Judged)
        assert isinstance(found.verdict, verdicts.Valid)
        return found.verdict.voucher

    def redeem(self, issued: Issued, amount: str) -> RedeemResult:
        voucher = self.voucher(issued)
        return self.counter.redeem(voucher, amount=euros(amount), purchase=None)

    def crash(self) -> None:
        """The program is gone from one instant to the next; the file is what it is."""
        die(self.journal)

    def restart(self) -> None:
        self.journal, self.counter, self.connectivity = assemble(
            self.enrolled, self.enrolled, self.clock, self.path
        )


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Shop]:
    clock = FakeClock()
    central = FakeCentral(clock)
    enrolled = central.new_till()
    path = tmp_path / "journal.sqlite"
    journal, counter, connectivity = assemble(enrolled, enrolled, clock, path)
    shop = Shop(central, enrolled, clock, path, journal, counter, connectivity)
    yield shop
    shop.journal.close()


# --- look-up -------------------------------------------------------------------------------------


def test_a_good_voucher_is_valid_and_suggests_what_is_left_to_pay(shop: Shop) -> None:
    issued = shop.central.issue(5000)
    found = shop.look_up(issued, purchase=euros("37"))
    assert isinstance(found, Judged)
    assert isinstance(found.verdict, verdicts.Valid)
    assert found.verdict.suggested == euros("37")
    assert found.label == "…" + issued.code[-4:]
    assert isinstance(shop.counter.look_up(issued.code.lower(), purchase=None), Judged)


VERDICTS = [
    (Terms(expires_on=date(2026, 1, 31)), VoucherStatus.ACTIVE, verdicts.Expired),
    (Terms(valid_from=date(2027, 1, 1)), VoucherStatus.ACTIVE, verdicts.NotYetValid),
    (Terms(), VoucherStatus.REVOKED, verdicts.Revoked),
    (Terms(minimum_purchase=euros("60")), VoucherStatus.ACTIVE, verdicts.BelowMinimumPurchase),
    (Terms(partial_allowed=False), VoucherStatus.ACTIVE, verdicts.PartUseNotAllowed),
]


@pytest.mark.parametrize(("terms", "status", "expected"), VERDICTS)
def test_every_refusal_has_its_reason(
    shop: Shop, terms: Terms, status: VoucherStatus, expected: type
) -> None:
    issued = shop.central.issue(5000, terms=terms, status=status)
    found = shop.look_up(issued, purchase=euros("20"))
    assert isinstance(found, Judged)
    assert isinstance(found.verdict, expected)


def test_another_shops_voucher_is_named(shop: Shop) -> None:
    found = shop.look_up(shop.central.issue(5000, shop=OTHER_SHOP))
    assert found == Judged(verdicts.OtherShop("Librairie Obliques, Auxerre"), "")


def test_another_shops_voucher_is_recognised_without_a_line(shop: Shop) -> None:
    issued = shop.central.issue(5000, shop=OTHER_SHOP)
    shop.central.unreachable = NoAnswerKind.DOWN
    assert shop.look_up(issued) == Judged(verdicts.OtherShop(""), "")


def test_only_what_is_signed_or_checks_out_proves_itself(shop: Shop) -> None:
    issued = shop.central.issue(5000)
    flipped = issued.token[:40] + ("A" if issued.token[40] != "A" else "B") + issued.token[41:]
    proven = [shop.counter.proves(text) for text in (issued.token, issued.code, flipped, "8,50")]
    assert proven == [True, True, False, False]


def test_a_flipped_letter_in_a_token_is_a_wrong_signature(shop: Shop) -> None:
    token = shop.central.issue(5000).token
    flipped = token[:40] + ("A" if token[40] != "A" else "B") + token[41:]
    assert shop.counter.look_up(flipped, purchase=None) == Judged(verdicts.WrongSignature(), "")


def test_a_code_nobody_issued_is_unknown(shop: Shop) -> None:
    unknown = FakeCentral(shop.clock, seed=99).issue(5000)
    assert shop.counter.look_up(unknown.code, purchase=None) == Judged(verdicts.Unknown(), "")


def test_a_key_that_is_newer_than_the_last_contact_is_fetched(shop: Shop) -> None:
    issued = shop.central.issue(5000)
    shop.counter._till.keys.replace(())
    assert isinstance(shop.look_up(issued), Judged)
    assert "till_facts" in shop.central.calls
    shop.counter._till.keys.replace(())
    shop.central.unreachable = NoAnswerKind.DOWN
    assert shop.look_up(issued) == Judged(verdicts.UnknownKey(1), "")


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("https://example.org/menu", Foreign.WEB_ADDRESS),
        ("BEGIN:VCARD\nFN:Claire", Foreign.CONTACT),
        ("WIFI:T:WPA;S:shop;P:secret;;", Foreign.WIFI),
        ("\x00\x01\x02" * 1400, Foreign.BINARY),
        ("\u202eمرحبا بالعالم", Foreign.OTHER_TEXT),
        ("x" * 4000, Foreign.TOO_LONG),
        ("", Foreign.EMPTY),
    ],
)
def test_what_is_no_voucher_asks_nobody(shop: Shop, text: str, kind: Foreign) -> None:
    assert shop.counter.look_up(text, purchase=None) == NotAVoucher(kind)
    assert shop.central.calls == []


def test_a_look_up_without_an_answer_says_so_and_the_next_one_works(shop: Shop) -> None:
    issued = shop.central.issue(5000)
    shop.central.faults.append(LoseRequest())
    assert shop.look_up(issued) == NoAnswerYet(NoAnswerKind.SLOW)
    assert shop.counter.status().line is LineState.DEGRADED
    assert isinstance(shop.look_up(issued), Judged)
    assert shop.counter.status().line is LineState.ONLINE


# --- redemption ----------------------------------------------------------------------------------


def test_a_redemption_is_debited_on_both_sides(shop: Shop) -> None:
    issued = shop.central.issue(5000)
    result = shop.redeem(issued, "20")
    assert isinstance(result, Redeemed)
    assert [(line.amount, line.balance) for line in result.lines] == [(euros("20"), euros("30"))]
    assert result.number == 1
    assert shop.central.balance_minor(issued) == 3000
    assert isinstance(shop.redeem(issued, "30"), Redeemed)
    assert shop.central.balance_minor(issued) == 0


def test_a_second_use_says_when_and_where(shop: Shop) -> None:
    issued = shop.central.issue(5000)
    shop.redeem(issued, "50")
    shop.clock.advance(days=1)
    found = shop.look_up(issued)
    assert isinstance(found, Judged)
    assert isinstance(found.verdict, verdicts.UsedUp)
    (use,) = found.verdict.history
    assert (use.till, use.amount) == ("Caisse 1", euros("50"))


def test_who_comes_second_is_refused_and_told_why(shop: Shop, tmp_path: Path) -> None:
    issued = shop.central.issue(5000)
    seen_earlier = shop.voucher(issued)
    other = shop.central.new_till()
    journal, counter, _ = assemble(other, other, shop.clock, tmp_path / "other.sqlite")
    counter.redeem(seen_earlier, amount=euros("50"), purchase=None)
    result = shop.counter.redeem(seen_earlier, amount=euros("50"), purchase=None)
    assert isinstance(result, RedeemRefused)
    assert [line.reason for line in result.lines] == [verdicts.Reason.USED_UP]
    assert isinstance(result.verdict, verdicts.UsedUp)
    assert result.verdict.history[0].till == "Caisse 2"
    assert shop.central.balance_minor(issued) == 0
    journal.close()


def test_a_lost_answer_is_unknown_and_waiting_brings_it(shop: Shop) -> None:
    issued = shop.central.issue(5000)
    voucher = shop.voucher(issued)
    shop.central.faults.append(LoseAnswer())
    unknown = shop.counter.redeem(voucher, amount=euros("20"), purchase=None)
    assert isinstance(unknown, RedeemUnknown)
    assert shop.central.balance_minor(issued) == 3000
    result = shop.counter.wait(unknown.op_id)
    assert isinstance(result, Redeemed)
    assert shop.central.balance_minor(issued) == 3000


def test_cancelling_gives_back_what_a_lost_answer_had_taken(shop: Shop) -> None:
    issued = shop.central.issue(5000)
    voucher = shop.voucher(issued)
    shop.central.faults.append(LoseAnswer())
    unknown = shop.counter.redeem(voucher, amount=euros("20"), purchase=None)
    assert isinstance(unknown, RedeemUnknown)
    assert shop.counter.cancel(unknown.op_id) == RedeemCancelled(
        unknown.op_id, euros("20"), confirmed=True
    )
    assert shop.central.balance_minor(issued) == 5000


def test_a_cancel_without_a_line_is_recorded_and_sent_later(shop: Shop) -> None:
    issued = shop.central.issue(5000)
    voucher = shop.voucher(issued)
    shop.central.unreachable = NoAnswerKind.DOWN
    unknown = shop.counter.redeem(voucher, amount=euros("20"), purchase=None)
    assert isinstance(unknown, RedeemUnknown)
    assert unknown.why is NoAnswerKind.DOWN
    cancelled = shop.counter.cancel(unknown.op_id)
    assert cancelled == RedeemCancelled(unknown.op_id, euros("20"), confirmed=False)
    assert shop.counter.status().unsent == 2
    shop.central.unreachable = None
    assert shop.counter.contact().unsent == 0
    assert shop.central.balance_minor(issued) == 5000


def test_a_cancel_that_comes_after_the_answer_changes_nothing(shop: Shop) -> None:
    issued = shop.central.issue(5000)
    voucher = shop.voucher(issued)
    shop.central.faults.append(LoseAnswer())
    unknown = shop.counter.redeem(voucher, amount=euros("20"), purchase=None)
    assert isinstance(unknown, RedeemUnknown)
    shop.counter.contact()  # the sign of life brought the outcome while the cashier read
    assert isinstance(shop.counter.cancel(unknown.op_id), Redeemed)
    assert shop.central.balance_minor(issued) == 3000


def test_a_request_that_arrives_twice_debits_once(shop: Shop) -> None:
    issued = shop.central.issue(5000)
    voucher = shop.voucher(issued)
    shop.central.faults.append(Twice())
    assert isinstance(shop.counter.redeem(voucher, amount=euros("20"), purchase=None), Redeemed)
    shop.counter.contact()
    assert shop.central.balance_minor(issued) == 3000


def test_two_enters_at_two_threads_never_overdraw(shop: Shop) -> None:
    issued = shop.central.issue(5000)
    voucher = shop.voucher(issued)
    results: list[RedeemResult] = []

    def press() -> None:
        answer = shop.counter.redeem(voucher, amount=euros("50"), purchase=None, again=True)
        results.append(answer)

    threads = [threading.Thread(target=press) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(type(result).__name__ for result in results) == ["RedeemRefused", "Redeemed"]
    assert shop.central.balance_minor(issued) == 0


def test_nothing_is_sent_before_it_is_recorded(shop: Shop) -> None:
    issued = shop.central.issue(5000)
    voucher = shop.voucher(issued)
    hold = Hold()
    shop.central.faults.append(hold)
    thread = threading.Thread(
        target=shop.counter.redeem,
        args=(voucher,),
        kwargs={
            "amount": euros("20"),
            "purchase": None,
        },
    )
    thread.start()
    hold.arrived.wait()
    assert shop.counter.status().unsent == 1
    hold.release.set()
    thread.join()


def test_a_till_that_is_not_entitled_keeps_what_it_recorded(shop: Shop) -> None:
    issued = shop.central.issue(5000)
    voucher = shop.voucher(issued)
    shop.central.refuses = NotAuthorisedKind.TOKEN_REFUSED
    result = shop.counter.redeem(voucher, amount=euros("20"), purchase=None)
    assert isinstance(result, RedeemUnknown)
    assert result.why is NotAuthorisedKind.TOKEN_REFUSED
    assert shop.counter.status().unsent == 1
    assert shop.counter.status().line is LineState.NOT_ENTITLED
    assert isinstance(shop.look_up(issued), NotEntitled)


@pytest.mark.expects_log
def test_a_fork_stops_selling(shop: Shop, tmp_path: Path) -> None:
    issued = shop.central.issue(5000)
    voucher = shop.voucher(issued)
    # A copy of the journal sells elsewhere under the same identity.
    copy, counter, _ = assemble(shop.enrolled, shop.enrolled, shop.clock, tmp_path / "copy.sqlite")
    assert isinstance(counter.redeem(voucher, amount=euros("10"), purchase=None), Redeemed)
    copy.close()
    assert shop.counter.redeem(voucher, amount=euros("10"), purchase=None) == Stopped()
    assert shop.counter.status().line is LineState.STOPPED
    assert shop.counter.redeem(voucher, amount=euros("10"), purchase=None) == Stopped()
    assert shop.counter.reverse_last() == Stopped()
    assert shop.central.balance_minor(issued) == 4000


@pytest.mark.expects_log
def test_a_service_restored_from_a_backup_gets_the_journal_again(shop: Shop) -> None:
    issued = shop.central.issue(5000)
    shop.redeem(issued, "10")
    shop.central.restore_from_backup()
    assert shop.look_up(issued) == NoAnswerYet(NoAnswerKind.BEING_RESTORED)
    shop.counter.contact()
    voucher = shop.voucher(issued)
    done = shop.counter.redeem(voucher, amount=euros("10"), purchase=None, again=True)
    assert isinstance(done, Redeemed)
    assert shop.central.balance_minor(issued) == 3000


def test_a_full_disk_stops_the_redemption_before_anything_is_sent(shop: Shop) -> None:
    issued = shop.central.issue(5000)
    voucher = shop.voucher(issued)

    def fill(journal: object) -> None:
        connection = journal._connection  # type: ignore[attr-defined]
        pages = connection.execute("PRAGMA page_count").fetchone()[0]
        connection.execute(f"PRAGMA max_page_count = {pages}")

    shop.journal.run(fill)
    problem = None
    while problem is None:
        before = shop.central.balance_minor(issued)
        try:
            shop.counter.redeem(voucher, amount=euros("0.01"), purchase=None, again=True)
        except Problem as met:
            problem = met
    assert problem.kind is ProblemKind.DISK_FULL
    # Either nothing was sent, or the outcome could not be recorded and will be asked for again.
    assert before - shop.central.balance_minor(issued) in (0, 1)


# --- undo ----------------------------------------------------------------------------------------


def test_undo_goes_back_one_by_one(shop: Shop) -> None:
    first, second = shop.central.issue(5000), shop.central.issue(5000)
    shop.redeem(first, "20")
    shop.redeem(second, "30")
    for issued in (second, first):
        assert isinstance(shop.counter.reverse_last(), Reversed)
        assert shop.central.balance_minor(issued) == 5000
    assert shop.counter.reverse_last() == NothingToReverse()


def test_the_last_redemption_is_undone_once(shop: Shop) -> None:
    issued = shop.central.issue(5000)
    done = shop.redeem(issued, "20")
    undone = shop.counter.reverse_last()
    assert isinstance(done, Redeemed)
    assert isinstance(undone, Reversed)
    assert undone.op_id == done.op_id
    assert [(line.amount, line.balance) for line in undone.lines] == [(euros("20"), euros("50"))]
    assert shop.central.balance_minor(issued) == 5000
    assert shop.counter.reverse_last() == NothingToReverse()


def test_an_undo_without_a_line_is_pending_never_credited(shop: Shop) -> None:
    issued = shop.central.issue(5000)
    shop.redeem(issued, "20")
    shop.central.unreachable = NoAnswerKind.SLOW
    pending = shop.counter.reverse_last()
    assert isinstance(pending, ReversalPending)
    assert pending.amount == euros("20")
    shop.central.unreachable = None
    assert shop.counter.contact().unsent == 0
    assert shop.central.balance_minor(issued) == 5000


def test_a_refused_redemption_is_not_what_undo_undoes(shop: Shop) -> None:
    issued = shop.central.issue(5000)
    voucher = shop.voucher(issued)
    shop.redeem(issued, "50")
    refused = shop.counter.redeem(voucher, amount=euros("50"), purchase=None, again=True)
    assert isinstance(refused, RedeemRefused)
    assert isinstance(shop.counter.reverse_last(), Reversed)
    assert shop.central.balance_minor(issued) == 5000


# --- questions after a crash ---------------------------------------------------------------------


def interrupted_redemption(shop: Shop, issued: Issued) -> RedeemUnknown:
    voucher = shop.voucher(issued)
    shop.central.faults.append(LoseAnswer())
    unknown = shop.counter.redeem(voucher, amount=euros("20"), purchase=None)
    assert isinstance(unknown, RedeemUnknown)
    assert shop.counter.interrupted() == ()  # the cashier still sees it on the screen
    shop.crash()
    shop.restart()
    return unknown


@pytest.mark.parametrize(("handed_over", "balance_minor"), [(True, 3000), (False, 5000)])
def test_after_a_crash_a_person_says_what_happened(
    shop: Shop, handed_over: bool, balance_minor: int
) -> None:
    issued = shop.central.issue(5000)
    unknown = interrupted_redemption(shop, issued)
    (question,) = shop.counter.interrupted()
    assert (question.op_id, question.amount) == (unknown.op_id, euros("20"))
    settled = shop.counter.settle(question.op_id, handed_over=handed_over)
    assert settled == Settled(unknown.op_id, handed_over, euros("20"), euros("0"))
    assert shop.central.balance_minor(issued) == balance_minor
    assert shop.counter.interrupted() == ()


def test_its_voucher_cannot_be_used_before_the_question_is_answered(shop: Shop) -> None:
    issued = shop.central.issue(5000)
    interrupted_redemption(shop, issued)
    assert isinstance(shop.look_up(issued), UnderQuestion)
    shop.counter.contact()  # the outcome arrives; nobody waits for it, so nobody has decided
    assert isinstance(shop.look_up(issued), UnderQuestion)
    shop.counter.settle(shop.counter.interrupted()[0].op_id, handed_over=True)
    assert isinstance(shop.look_up(issued), Judged)


@pytest.mark.parametrize(("handed_over", "balance_minor"), [(True, 3000), (False, 5000)])
def test_what_was_completed_just_before_a_crash_may_not_have_been_seen(
    shop: Shop, handed_over: bool, balance_minor: int
) -> None:
    issued = shop.central.issue(5000)
    shop.redeem(shop.central.issue(5000), "10")
    result = shop.redeem(issued, "20")
    assert isinstance(result, Redeemed)
    shop.crash()
    shop.restart()
    shop.crash()  # twice, before anybody could answer
    shop.restart()
    (question,) = shop.counter.interrupted()
    assert question.op_id == result.op_id
    assert isinstance(shop.look_up(issued), UnderQuestion)
    settled = shop.counter.settle(question.op_id, handed_over=handed_over)
    assert settled == Settled(result.op_id, handed_over, euros("20"), euros("0"))
    assert shop.central.balance_minor(issued) == balance_minor
    assert shop.counter.interrupted() == ()
    assert isinstance(shop.look_up(issued), Judged)


def test_after_a_proper_end_nothing_is_asked(shop: Shop) -> None:
    shop.redeem(shop.central.issue(5000), "20")
    shop.journal.close()
    shop.restart()
    assert shop.counter.interrupted() == ()


def test_settling_without_a_line_is_recorded(shop: Shop) -> None:
    issued = shop.central.issue(5000)
    unknown = interrupted_redemption(shop, issued)
    shop.central.unreachable = NoAnswerKind.DOWN
    settled = shop.counter.settle(unknown.op_id, handed_over=False)
    assert settled == Settled(unknown.op_id, False, euros("20"), None)
    shop.central.unreachable = None
    shop.counter.contact()
    assert shop.central.balance_minor(issued) == 5000


# --- status --------------------------------------------------------------------------------------


def test_status_changes_are_told(shop: Shop) -> None:
    told: list[Status] = []
    shop.counter.on_status(told.append)
    shop.central.unreachable = NoAnswerKind.DOWN
    shop.counter.contact()
    shop.clock.advance(seconds=30)
    shop.central.unreachable = None
    shop.counter.contact()
    assert (told[0].line, told[0].why) == (LineState.OFFLINE, NoAnswerKind.DOWN)
    assert told[-1].line is LineState.ONLINE
    assert told[-1].contact_at == shop.clock.now()

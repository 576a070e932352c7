"""What every central service behind the port must do: one suite for the fake and the real ones."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from uuid import UUID

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from merchant_app.central.port import (
    Batch,
    CentralService,
    Enrolled,
    EnrolmentRefused,
    Forked,
    Found,
    NoSuchVoucher,
    NotAuthorised,
    NotAuthorisedKind,
    OfOtherShop,
    Outcome,
    Rejected,
    Rewind,
    Stored,
    TillFacts,
    VouchersPage,
)
from merchant_app.contract.status import OutcomeStatus
from merchant_app.ids import EpochId, OpId, VoucherId
from merchant_app.ledger import heads
from merchant_app.ledger.entries import Redemption
from merchant_app.vouchers import code as codes
from merchant_app.vouchers import token as tokens
from merchant_app.vouchers.code import ShortCode
from merchant_app.vouchers.holders import Holder
from merchant_app.vouchers.verdicts import Reason
from tests.fakes.central_sites import Site, Voucher
from tests.fakes.journal_writer import JournalWriter
from tests.fakes.waiting import LIMIT_S

PUBLIC_KEY = bytes(range(32))


@dataclass
class Till:
    """An enrolled till: the service as it sees it, and its journal."""

    enrolled: Enrolled
    service: CentralService
    journal: JournalWriter

    def send(self, *, after: int = 0, up_to: int | None = None) -> Stored:
        answer = self.service.append_journal(
            self.journal.batch(after=after, up_to=up_to), wait_s=LIMIT_S
        )
        assert isinstance(answer, Stored), answer
        return answer

    def send_batch(self, batch: Batch) -> object:
        return self.service.append_journal(batch, wait_s=LIMIT_S)

    def outcomes(self) -> dict[OpId, Outcome]:
        """The newest state of each op, from the whole feed."""
        return {outcome.op_id: outcome for outcome in self.send().outcomes}

    def status(self, op_id: OpId) -> OutcomeStatus:
        return self.outcomes()[op_id].status

    def balance_minor(self, voucher: Voucher) -> int:
        found = self.service.look_up_code(ShortCode(voucher.code))
        assert isinstance(found, Found), found
        return found.voucher.balance.minor

    def redeem(self, *lines: tuple[Voucher, int], honoured: bool = False) -> Redemption:
        """Write and send a redemption."""
        redemption = self.journal.redemption(
            *((voucher.voucher_id, amount) for voucher, amount in lines), honoured=honoured
        )
        self.journal.write(redemption)
        self.send()
        return redemption


def enrol(site: Site, till_name: str | None = None) -> Till:
    code = site.offer(till_name)
    enrolled = site.enrolment().enrol(code, public_key=PUBLIC_KEY, program_version="0.1.0")
    assert isinstance(enrolled, Enrolled), enrolled
    journal = JournalWriter(
        enrolled.epoch_id,
        generation=enrolled.facts.generation,
        previous_head=enrolled.previous_head,
    )
    return Till(enrolled, site.service(enrolled), journal)


@pytest.fixture
def till(site: Site) -> Till:
    return enrol(site, "Caisse 1")


# --- enrolment -----------------------------------------------------------------------------------


def test_enrolment_makes_a_till_that_the_service_knows(site: Site, till: Till) -> None:
    facts = till.service.till_facts()
    assert isinstance(facts, TillFacts)
    assert replace(facts, server_time=till.enrolled.facts.server_time) == till.enrolled.facts
    assert facts.till_name == "Caisse 1"
    assert facts.shop.currency == "EUR"
    assert len(facts.service_key) == 32
    assert facts.keys
    assert all(len(key.public_key) == 32 for key in facts.keys)
    assert len(till.enrolled.pepper) == 32


def test_an_enrolment_code_works_once(site: Site) -> None:
    code = site.offer()
    first = site.enrolment().enrol(code, public_key=PUBLIC_KEY, program_version="0.1.0")
    second = site.enrolment().enrol(code, public_key=PUBLIC_KEY, program_version="0.1.0")
    assert isinstance(first, Enrolled)
    assert second == EnrolmentRefused()


def test_an_unknown_enrolment_code_is_refused(site: Site) -> None:
    answer = site.enrolment().enrol(
        "E1:ABCDEFGHJKMNPQRSTVWXYZ0123", public_key=PUBLIC_KEY, program_version="0.1.0"
    )
    assert answer == EnrolmentRefused()


def test_secrets_of_an_enrolment_are_not_shown(till: Till) -> None:
    shown = repr(till.enrolled)
    assert till.enrolled.token not in shown
    assert repr(till.enrolled.pepper) not in shown


def test_a_till_enrolled_again_closes_its_past_and_keeps_its_feed(site: Site, till: Till) -> None:
    voucher = site.issue(5000)
    redemption = till.redeem((voucher, 2000))
    again = enrol(site, "Caisse 1")
    assert again.enrolled.facts.till_id == till.enrolled.facts.till_id
    assert again.enrolled.epoch_id != till.enrolled.epoch_id
    # The old token is worth nothing any more, the old epoch is closed for the new one too.
    assert till.service.till_facts() == NotAuthorised(NotAuthorisedKind.TOKEN_REFUSED)
    assert again.send_batch(till.journal.batch()) == Forked()
    assert again.status(redemption.op_id) is OutcomeStatus.ACCEPTED


def test_a_revoked_till_is_told_so_on_every_call(site: Site, till: Till) -> None:
    voucher = site.issue(5000)
    site.revoke_till(till.enrolled)
    revoked = NotAuthorised(NotAuthorisedKind.TILL_REVOKED)
    assert till.service.till_facts() == revoked
    assert till.service.look_up_code(ShortCode(voucher.code)) == revoked
    assert till.service.look_up_token(voucher.token) == revoked
    assert till.send_batch(till.journal.batch()) == revoked


# --- look-up -------------------------------------------------------------------------------------


def test_a_voucher_is_found_by_its_code_and_by_its_token(site: Site, till: Till) -> None:
    voucher = site.issue(5000)
    by_code = till.service.look_up_code(ShortCode(voucher.code))
    assert isinstance(by_code, Found)
    assert by_code.voucher.voucher_id == voucher.voucher_id
    assert by_code.voucher.face.minor == by_code.voucher.balance.minor == 5000
    assert by_code.voucher.shop_number == till.enrolled.facts.shop.number
    assert by_code.voucher.label == codes.label(ShortCode(voucher.code))
    assert by_code.history == ()
    assert till.service.look_up_token(voucher.token) == by_code


def test_the_tills_keys_verify_a_vouchers_token(site: Site, till: Till) -> None:
    voucher = site.issue(5000)
    keys = {
        key.key_id: Ed25519PublicKey.from_public_bytes(key.public_key)
        for key in till.enrolled.facts.keys
    }
    token = tokens.verify(voucher.token, keys)
    assert isinstance(token, tokens.Token)
    assert token.voucher_id == voucher.voucher_id
    assert token.face.minor == 5000
    assert token.shop_number == till.enrolled.facts.shop.number


def test_another_shops_voucher_is_told_by_the_shops_name_alone(site: Site, till: Till) -> None:
    voucher = site.issue(5000, in_other_shop=True)
    by_code = till.service.look_up_code(ShortCode(voucher.code))
    assert isinstance(by_code, OfOtherShop)
    assert by_code.shop_name
    assert till.service.look_up_token(voucher.token) == by_code


def test_a_voucher_of_the_snapshot_is_found_by_its_id(site: Site, till: Till) -> None:
    voucher = site.issue(5000)
    by_id = till.service.look_up_voucher(voucher.voucher_id)
    assert by_id == till.service.look_up_code(ShortCode(voucher.code))


def test_an_id_alone_tells_nothing_of_another_shop(site: Site, till: Till) -> None:
    theirs = site.issue(5000, in_other_shop=True)
    assert till.service.look_up_voucher(theirs.voucher_id) == NoSuchVoucher()
    assert till.service.look_up_voucher(VoucherId(UUID(int=7))) == NoSuchVoucher()


def test_the_snapshot_tells_whom_a_voucher_was_bought_for(site: Site, till: Till) -> None:
    holder = Holder("Zoë Le Goff", "zoe@example.org", "SCA-104233", date(2026, 5, 3))
    known, nobodys = site.issue(5000, bought_for=holder), site.issue(5000)
    page = till.service.vouchers("")
    assert isinstance(page, VouchersPage)
    told = {one.voucher.voucher_id: one.holder for one in page.vouchers}
    assert told == {known.voucher_id: holder, nobodys.voucher_id: None}


def test_what_does_not_exist_is_not_found_whatever_the_reason(site: Site, till: Till) -> None:
    voucher = site.issue(5000)
    assert till.service.look_up_code(codes.encode(12345)) == NoSuchVoucher()
    other = "A" if voucher.token[60] != "A" else "B"
    forged = voucher.token[:60] + other + voucher.token[61:]
    assert till.service.look_up_token(forged) == NoSuchVoucher()


def test_the_history_tells_every_use_newest_first(site: Site, till: Till) -> None:
    voucher = site.issue(5000)
    second = enrol(site, "Caisse 2")
    till.redeem((voucher, 1000))
    second.redeem((voucher, 2000))
    cancelled = till.redeem((voucher, 500))
    till.journal.write(till.journal.decision(cancelled, handed_over=False))
    till.send()
    found = till.service.look_up_code(ShortCode(voucher.code))
    assert isinstance(found, Found)
    assert [(use.till, use.amount.minor) for use in found.history] == [
        ("Caisse 2", 2000),
        ("Caisse 1", 1000),
    ]
    assert found.voucher.balance.minor == 2000


# --- journal: storing ----------------------------------------------------------------------------


def is_head_signed(till: Till, stored: Stored) -> bool:
    head = heads.Head(
        till_id=till.enrolled.facts.till_id,
        epoch_id=till.enrolled.epoch_id,
        generation=stored.generation,
        seq=stored.head_seq,
        hash=stored.head_hash,
        at=stored.head_at,
    )
    key = Ed25519PublicKey.from_public_bytes(till.enrolled.facts.service_key)
    return heads.is_signed(head, stored.head_signature, key)


def test_an_empty_journal_is_at_its_root(till: Till) -> None:
    stored = till.send()
    assert (stored.head_seq, stored.head_hash) == (0, till.journal.hash_at(0))
    assert stored.outcomes == ()
    assert not stored.more_outcomes
    assert is_head_signed(till, stored)


def test_what_is_stored_is_confirmed_by_a_signed_head(site: Site, till: Till) -> None:
    till.redeem((site.issue(5000), 1000))
    stored = till.send()
    assert (stored.head_seq, stored.head_hash) == (1, till.journal.hash_at(1))
    assert is_head_signed(till, stored)
    assert not is_head_signed(till, replace(stored, head_seq=2))


def test_the_same_batch_any_number_of_times_is_one(site: Site, till: Till) -> None:
    voucher = site.issue(5000)
    redemption = till.redeem((voucher, 1000))
    answers = [till.send() for _ in range(3)]
    assert {answer.head_hash for answer in answers} == {till.journal.hash_at(1)}
    assert till.balance_minor(voucher) == 4000
    assert till.status(redemption.op_id) is OutcomeStatus.ACCEPTED


def test_overlapping_batches_append_only_what_is_new(site: Site, till: Till) -> None:
    voucher = site.issue(5000)
    for amount in (100, 200, 300, 400):
        till.journal.write(till.journal.redemption((voucher.voucher_id, amount)))
    assert till.send(up_to=2).head_seq == 2
    assert till.send(after=1, up_to=3).head_seq == 3
    assert till.send(after=1, up_to=2).head_seq == 3  # late, older: nothing changes
    assert till.send(after=3).head_seq == 4
    assert till.balance_minor(voucher) == 4000


def test_a_till_that_believes_too_much_is_sent_back(site: Site, till: Till) -> None:
    voucher = site.issue(5000)
    for amount in (100, 200):
        till.journal.write(till.journal.redemption((voucher.voucher_id, amount)))
    generation = till.enrolled.facts.generation
    back = Rewind(generation, 0, till.journal.hash_at(0))
    assert till.send_batch(till.journal.batch(after=1)) == back
    assert till.balance_minor(voucher) == 5000


def test_another_generation_is_sent_back(site: Site, till: Till) -> None:
    voucher = site.issue(5000)
    till.redeem((voucher, 100))
    site.begin_new_generation()
    answer = till.send_batch(till.journal.batch())
    assert isinstance(answer, Rewind)
    assert answer == Rewind(answer.generation, 1, till.journal.hash_at(1))
    assert answer.generation > till.journal.generation
    till.journal.generation = answer.generation
    assert till.send().generation == till.journal.generation


def test_two_histories_for_one_place_are_a_fork(site: Site, till: Till) -> None:
    voucher = site.issue(5000)
    clone = JournalWriter(till.enrolled.epoch_id, generation=till.journal.generation, seed=2)
    clone.write(clone.redemption((voucher.voucher_id, 700)))
    till.redeem((voucher, 100))
    assert till.send_batch(clone.batch()) == Forked()  # overlap differs
    clone.write(clone.redemption((voucher.voucher_id, 700)))
    assert till.send_batch(clone.batch(after=1)) == Forked()  # base differs
    assert till.balance_minor(voucher) == 4900


def test_an_epoch_the_service_does_not_know_is_a_fork(till: Till) -> None:
    batch = replace(till.journal.batch(), epoch_id=EpochId(till.enrolled.facts.till_id))
    assert till.send_batch(batch) == Forked()


def test_entries_that_do_not_chain_are_rejected_and_none_is_stored(site: Site, till: Till) -> None:
    voucher = site.issue(5000)
    for amount in (100, 200):
        till.journal.write(till.journal.redemption((voucher.voucher_id, amount)))
    batch = till.journal.batch()
    broken = replace(batch.entries[1], hash=bytes(32))
    answer = till.send_batch(replace(batch, entries=(batch.entries[0], broken)))
    assert isinstance(answer, Rejected)
    assert answer.path is not None
    assert answer.path.startswith("entries.1")
    assert till.balance_minor(voucher) == 5000
    assert till.send(up_to=0).head_seq == 0


# --- journal: evaluating -------------------------------------------------------------------------


def test_a_basket_is_debited_whole(site: Site, till: Till) -> None:
    one, two = site.issue(5000), site.issue(2000)
    redemption = till.redeem((one, 3000), (two, 2000))
    outcome = till.outcomes()[redemption.op_id]
    assert outcome.status is OutcomeStatus.ACCEPTED
    told = [
        (line.voucher_id, line.accepted_minor, line.shortfall_minor, line.balance_minor)
        for line in outcome.lines
    ]
    assert told == [(one.voucher_id, 3000, 0, 2000), (two.voucher_id, 2000, 0, 0)]
    assert [line.reason for line in outcome.lines] == [None, None]


def test_one_bad_line_refuses_the_basket(site: Site, till: Till) -> None:
    one, two = site.issue(5000), site.issue(2000)
    redemption = till.redeem((one, 3000), (two, 2001))
    outcome = till.outcomes()[redemption.op_id]
    assert outcome.status is OutcomeStatus.REFUSED
    assert [line.reason for line in outcome.lines] == [None, Reason.AMOUNT_ABOVE_BALANCE]
    assert (till.balance_minor(one), till.balance_minor(two)) == (5000, 2000)


def test_a_voucher_that_does_not_exist_is_unprocessable(till: Till) -> None:
    nobody = VoucherId(till.enrolled.epoch_id)
    redemption = till.journal.redemption((nobody, 100))
    till.journal.write(redemption)
    till.send()
    outcome = till.outcomes()[redemption.op_id]
    assert outcome.status is OutcomeStatus.UNPROCESSABLE
    assert outcome.lines[0].reason is Reason.UNKNOWN


def test_another_shops_voucher_is_refused(site: Site, till: Till) -> None:
    redemption = till.redeem((site.issue(5000, in_other_shop=True), 100))
    outcome = till.outcomes()[redemption.op_id]
    assert outcome.status is OutcomeStatus.REFUSED
    assert outcome.lines[0].reason is Reason.OTHER_SHOP


def test_what_was_handed_over_offline_takes_what_there_is(site: Site, till: Till) -> None:
    voucher = site.issue(5000)
    till.redeem((voucher, 4000))
    offline = till.redeem((voucher, 3000), honoured=True)
    outcome = till.outcomes()[offline.op_id]
    assert outcome.status is OutcomeStatus.SHORT
    assert (outcome.lines[0].accepted_minor, outcome.lines[0].shortfall_minor) == (1000, 2000)
    assert till.balance_minor(voucher) == 0


def test_a_cancelled_redemption_gives_back(site: Site, till: Till) -> None:
    voucher = site.issue(5000)
    redemption = till.redeem((voucher, 3000))
    till.journal.write(till.journal.decision(redemption, handed_over=False))
    assert till.status(redemption.op_id) is OutcomeStatus.CANCELLED
    assert till.balance_minor(voucher) == 5000


def test_a_hand_over_decided_later_keeps_the_debit(site: Site, till: Till) -> None:
    voucher = site.issue(5000)
    redemption = till.redeem((voucher, 3000))
    till.journal.write(till.journal.decision(redemption, handed_over=True))
    assert till.status(redemption.op_id) is OutcomeStatus.ACCEPTED
    assert till.balance_minor(voucher) == 2000


def test_a_hand_over_after_a_refusal_takes_what_there_is(site: Site, till: Till) -> None:
    voucher = site.issue(5000)
    redemption = till.redeem((voucher, 6000))
    till.journal.write(till.journal.decision(redemption, handed_over=True))
    outcome = till.outcomes()[redemption.op_id]
    assert outcome.status is OutcomeStatus.SHORT
    assert (outcome.lines[0].accepted_minor, outcome.lines[0].shortfall_minor) == (5000, 1000)


def test_of_two_decisions_the_hand_over_wins_and_people_are_told(site: Site, till: Till) -> None:
    voucher = site.issue(5000)
    redemption = till.redeem((voucher, 3000))
    for handed_over in (False, True):
        till.journal.write(till.journal.decision(redemption, handed_over=handed_over))
    assert till.send().alarm_seqs == (3,)
    assert till.status(redemption.op_id) is OutcomeStatus.ACCEPTED
    assert till.balance_minor(voucher) == 2000


def test_a_void_gives_back_once(site: Site, till: Till) -> None:
    voucher = site.issue(5000)
    redemption = till.redeem((voucher, 3000))
    till.journal.write(till.journal.decision(redemption, handed_over=True))
    first, second = till.journal.void(redemption), till.journal.void(redemption)
    till.journal.write(first, second)
    till.send()
    outcomes = till.outcomes()
    assert outcomes[redemption.op_id].status is OutcomeStatus.VOIDED
    assert outcomes[first.op_id].status is OutcomeStatus.REVERSED
    assert outcomes[second.op_id].status is OutcomeStatus.NOT_REVERSIBLE
    assert till.balance_minor(voucher) == 5000


def test_a_void_of_what_was_not_handed_over_does_nothing(site: Site, till: Till) -> None:
    voucher = site.issue(5000)
    redemption = till.redeem((voucher, 3000))
    void = till.journal.void(redemption)
    till.journal.write(till.journal.decision(redemption, handed_over=False), void)
    till.send()
    assert till.status(void.op_id) is OutcomeStatus.NOT_REVERSIBLE
    assert till.balance_minor(voucher) == 5000


def test_what_comes_before_its_redemption_waits_for_it(site: Site, till: Till) -> None:
    """Two journals, one sale: after a re-enrolment the parts may arrive in any order."""
    voucher = site.issue(5000)
    second = enrol(site, "Caisse 2")
    redemption = till.journal.redemption((voucher.voucher_id, 3000))
    void = second.journal.void(redemption)
    second.journal.write(void, second.journal.decision(redemption, handed_over=True))
    assert second.send().outcomes == ()
    till.journal.write(redemption)
    assert till.status(redemption.op_id) is OutcomeStatus.VOIDED
    assert second.status(void.op_id) is OutcomeStatus.REVERSED
    assert till.balance_minor(voucher) == 5000


def test_one_id_acts_once_whatever_else_comes_under_it(site: Site, till: Till) -> None:
    voucher = site.issue(5000)
    redemption = till.redeem((voucher, 1000))
    till.journal.write(replace(redemption, cashier="Somebody else"))
    stored = till.send()
    assert stored.head_seq == 2  # stored like everything
    assert stored.alarm_seqs == (2,)
    assert till.balance_minor(voucher) == 4000
    # Read up to there, the alarm is not told again.
    assert till.send(after=2).alarm_seqs == ()


def test_the_same_redemption_from_another_till_acts_once(site: Site, till: Till) -> None:
    """Adopted after a fork: the second journal holds the first one's entry, byte for byte."""
    voucher = site.issue(5000)
    second = enrol(site, "Caisse 2")
    redemption = till.redeem((voucher, 1000))
    second.journal.write(redemption)
    assert second.status(redemption.op_id) is OutcomeStatus.ACCEPTED
    assert till.balance_minor(voucher) == 4000


def test_an_entry_nobody_understands_does_not_block_the_next(site: Site, till: Till) -> None:
    voucher = site.issue(5000)
    till.journal.write_body('{"kind":"from the future"}')
    till.journal.write_body("not even JSON")
    redemption = till.redeem((voucher, 1000))
    assert till.send().alarm_seqs == (1, 2)
    assert till.status(redemption.op_id) is OutcomeStatus.ACCEPTED


def test_two_tills_cannot_spend_the_same_money(site: Site, till: Till) -> None:
    voucher = site.issue(5000)
    second = enrol(site, "Caisse 2")
    first_op, second_op = till.redeem((voucher, 4000)), second.redeem((voucher, 4000))
    assert till.status(first_op.op_id) is OutcomeStatus.ACCEPTED
    assert second.status(second_op.op_id) is OutcomeStatus.REFUSED
    assert till.balance_minor(voucher) == 1000


def test_a_line_in_another_currency_is_refused_and_does_not_block(site: Site, till: Till) -> None:
    voucher = site.issue(5000)
    foreign = till.journal.redemption((voucher.voucher_id, 1000), currency="CHF")
    gone = till.journal.redemption((voucher.voucher_id, 1000), currency="CHF", honoured=True)
    till.journal.write(foreign, gone)
    last = till.redeem((voucher, 1000))
    outcomes = till.outcomes()
    assert outcomes[foreign.op_id].status is OutcomeStatus.REFUSED
    assert outcomes[gone.op_id].status is OutcomeStatus.SHORT
    assert outcomes[last.op_id].status is OutcomeStatus.ACCEPTED
    assert till.send().alarm_seqs == ()
    assert till.balance_minor(voucher) == 4000


# --- journal: the feed ---------------------------------------------------------------------------


def test_the_feed_tells_each_op_once_in_its_newest_state(site: Site, till: Till) -> None:
    voucher = site.issue(5000)
    one, two = till.redeem((voucher, 100)), till.redeem((voucher, 200))
    stored = till.send()
    assert [outcome.op_id for outcome in stored.outcomes] == [one.op_id, two.op_id]
    till.journal.cursor = stored.next_outcome_cursor
    assert till.send().outcomes == ()
    assert till.send().next_outcome_cursor == stored.next_outcome_cursor
    till.journal.write(till.journal.decision(one, handed_over=False))
    changed = till.send()
    assert [(outcome.op_id, outcome.status) for outcome in changed.outcomes] == [
        (one.op_id, OutcomeStatus.CANCELLED)
    ]
    # From the start, it says the same as all the parts did.
    till.journal.cursor = 0
    assert [(outcome.op_id, outcome.status) for outcome in till.send().outcomes] == [
        (two.op_id, OutcomeStatus.ACCEPTED),
        (one.op_id, OutcomeStatus.CANCELLED),
    ]


def test_a_till_hears_what_another_till_did_to_its_redemption(site: Site, till: Till) -> None:
    voucher = site.issue(5000)
    second = enrol(site, "Caisse 2")
    redemption = till.redeem((voucher, 100))
    till.journal.write(till.journal.decision(redemption, handed_over=True))
    till.journal.cursor = till.send().next_outcome_cursor
    second.journal.write(second.journal.void(redemption))
    second.send()
    assert [outcome.status for outcome in till.send().outcomes] == [OutcomeStatus.VOIDED]

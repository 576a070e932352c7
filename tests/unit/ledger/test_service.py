"""The rules of money under random sequences, checked by an auditor that does its own sums."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from merchant_app.contract.status import OutcomeStatus
from merchant_app.ids import VoucherId
from merchant_app.ledger.entries import Decision, Entry, Redemption, Void
from merchant_app.ledger.messages import Outcome, Stored
from merchant_app.ledger.service import MovementKind
from tests.fakes.central import FakeCentral, FakeTill, Issued
from tests.fakes.clock import FakeClock
from tests.fakes.journal_writer import JournalWriter

NOW = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)
FACES = (5000, 2000, 100)


class Shop:
    """Two tills at one service, their journals, and everything they wrote."""

    def __init__(self) -> None:
        self.central = FakeCentral(FakeClock(NOW))
        self.vouchers: list[Issued] = [self.central.issue(face) for face in FACES]
        self.tills: list[FakeTill] = [self.central.new_till() for _ in range(2)]
        self.journals = [JournalWriter(till.epoch_id) for till in self.tills]
        self.redemptions: list[Redemption] = []
        self.entries: list[Entry] = []

    def write(self, till: int, entry: Entry) -> None:
        self.journals[till].write(entry)
        self.entries.append(entry)

    def send(self, till: int) -> Stored:
        batch = self.journals[till].batch()
        answer = self.tills[till].append_journal(batch, wait_s=1.0)
        assert isinstance(answer, Stored), answer
        return answer

    def balances(self) -> dict[VoucherId, int]:
        return {
            voucher.voucher_id: self.central.balance_minor(voucher) for voucher in self.vouchers
        }

    def outcome(self, entry: Redemption | Void) -> Outcome:
        outcome = self.central.ledger.outcome_of(entry.op_id)
        assert outcome is not None
        return outcome


@st.composite
def days(draw: st.DrawFn) -> Shop:
    """Redemptions, decisions and voids in any order, some of them contradictory, on two tills."""
    shop = Shop()
    for _ in range(draw(st.integers(1, 14))):
        till = draw(st.integers(0, 1))
        journal = shop.journals[till]
        step = draw(st.sampled_from(["redeem", "redeem", "decide", "decide", "void", "send"]))
        if step == "redeem":
            chosen = draw(st.lists(st.integers(0, 2), min_size=1, max_size=2, unique=True))
            redemption = journal.redemption(
                *(
                    (shop.vouchers[place].voucher_id, draw(st.integers(1, 6000)))
                    for place in chosen
                ),
                honoured=draw(st.booleans()),
            )
            shop.redemptions.append(redemption)
            shop.write(till, redemption)
        elif step == "send":
            shop.send(till)
        elif shop.redemptions:
            about = draw(st.sampled_from(shop.redemptions))
            if step == "decide":
                shop.write(till, journal.decision(about, handed_over=draw(st.booleans())))
            else:
                shop.write(till, journal.void(about))
        check_balances(shop)
    for till in (0, 1):
        shop.send(till)
    return shop


def check_balances(shop: Shop) -> None:
    """I1 and I2: within bounds, and explained by the movements."""
    for voucher, face in zip(shop.vouchers, FACES, strict=True):
        sums: Counter[MovementKind] = Counter()
        for movement in shop.central.ledger.movements:
            if movement.voucher_id == voucher.voucher_id:
                assert movement.amount_minor > 0
                sums[movement.kind] += movement.amount_minor
        balance = shop.central.balance_minor(voucher)
        assert sums[MovementKind.ISSUE] == face
        assert balance == face - sums[MovementKind.DEBIT] + sums[MovementKind.CREDIT]
        assert 0 <= balance <= face
        assert sums[MovementKind.SHORTFALL] >= sums[MovementKind.SHORTFALL_RETURNED]


@given(days())
def test_balances_stay_within_bounds_and_are_explained(shop: Shop) -> None:
    check_balances(shop)


@given(days())
def test_every_purchase_is_debited_or_a_loss_or_neither(shop: Shop) -> None:
    """I9, per redemption, by an auditor who knows only the entries."""
    accepted: Counter[VoucherId] = Counter()
    shortfall: Counter[VoucherId] = Counter()
    for redemption in shop.redemptions:
        outcome = shop.outcome(redemption)
        wanted = {line.voucher_id: line.amount.minor for line in redemption.lines}
        for line in outcome.lines:
            accepted[line.voucher_id] += line.accepted_minor
            shortfall[line.voucher_id] += line.shortfall_minor
        covered = {
            line.voucher_id: line.accepted_minor + line.shortfall_minor for line in outcome.lines
        }
        nothing = dict.fromkeys(wanted, 0)
        handed_over = was_handed_over(shop, redemption)
        if outcome.status is OutcomeStatus.VOIDED:
            assert covered == nothing
        elif handed_over:
            assert covered == wanted
            assert outcome.status in (OutcomeStatus.ACCEPTED, OutcomeStatus.SHORT)
        elif handed_over is False:
            assert covered == nothing
        elif outcome.status is OutcomeStatus.ACCEPTED:  # nobody decided yet
            assert covered == wanted
            assert all(line.shortfall_minor == 0 for line in outcome.lines)
        else:
            assert covered == nothing
    balances = shop.balances()
    for voucher, face in zip(shop.vouchers, FACES, strict=True):
        assert balances[voucher.voucher_id] == face - accepted[voucher.voucher_id]
    losses = sum(
        movement.amount_minor if movement.kind is MovementKind.SHORTFALL else -movement.amount_minor
        for movement in shop.central.ledger.movements
        if movement.kind in (MovementKind.SHORTFALL, MovementKind.SHORTFALL_RETURNED)
    )
    assert losses == sum(shortfall.values())


def was_handed_over(shop: Shop, redemption: Redemption) -> bool | None:
    """The hand-over wins, whichever came first; None when nobody decided."""
    decided = [
        entry.handed_over
        for entry in shop.entries
        if isinstance(entry, Decision) and entry.redemption_id == redemption.op_id
    ]
    if redemption.honoured or any(decided):
        return True
    return False if decided else None


@given(days())
def test_a_redemption_is_undone_at_most_once(shop: Shop) -> None:
    """I11."""
    undone: Counter[object] = Counter()
    for entry in shop.entries:
        if isinstance(entry, Void):
            outcome = shop.central.ledger.outcome_of(entry.op_id)
            if outcome is not None and outcome.status is OutcomeStatus.REVERSED:
                undone[entry.redemption_id] += 1
    assert all(count == 1 for count in undone.values())
    for redemption in shop.redemptions:
        voided = shop.outcome(redemption).status is OutcomeStatus.VOIDED
        assert voided == (undone[redemption.op_id] == 1)


@given(days())
def test_an_online_acceptance_never_becomes_a_loss(shop: Shop) -> None:
    """I13: only what was handed over without an acceptance can be short."""
    for redemption in shop.redemptions:
        outcome = shop.outcome(redemption)
        if outcome.status is OutcomeStatus.SHORT:
            decisions = [
                entry
                for entry in shop.entries
                if isinstance(entry, Decision) and entry.redemption_id == redemption.op_id
            ]
            assert redemption.honoured or any(entry.handed_over for entry in decisions)


@given(days())
def test_sending_everything_again_changes_nothing(shop: Shop) -> None:
    """I3."""
    before = (shop.balances(), list(shop.central.ledger.movements))
    first = [shop.send(till) for till in (0, 1)]
    second = [shop.send(till) for till in (0, 1)]
    assert (shop.balances(), list(shop.central.ledger.movements)) == before
    assert [answer.outcomes for answer in first] == [answer.outcomes for answer in second]


@given(days())
def test_alarms_are_about_contradictions_and_losses_only(shop: Shop) -> None:
    contradictory = False
    for redemption in shop.redemptions:
        told = {
            entry.handed_over
            for entry in shop.entries
            if isinstance(entry, Decision) and entry.redemption_id == redemption.op_id
        }
        if redemption.honoured:
            told.add(True)
        contradictory |= told == {True, False}
    told_of = {seq for till in (0, 1) for seq in shop.send(till).alarm_seqs}
    assert bool(told_of) == contradictory

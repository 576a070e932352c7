"""A service restored from a backup, under random histories: what it had said stays as it was."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

from hypothesis import assume, given
from hypothesis import strategies as st

from merchant_app.contract.status import OutcomeStatus
from merchant_app.ids import OpId, VoucherId
from merchant_app.ledger.entries import Choice, Redemption
from merchant_app.ledger.messages import Outcome, Rewind, Stored
from merchant_app.ledger.service import MovementKind
from tests.fakes.central import Backup, FakeCentral, FakeTill, Issued
from tests.fakes.clock import FakeClock
from tests.fakes.journal_writer import JournalWriter

NOW = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)
FACES = (5000, 3000, 1000)
TILLS = 3


@dataclass
class Desk:
    """One till: its journal, and what it was told."""

    till: FakeTill
    journal: JournalWriter
    told: dict[OpId, Outcome] = field(default_factory=dict)

    def send(self) -> None:
        answer = self.till.append_journal(self.journal.batch(), wait_s=1.0)
        assert isinstance(answer, Stored), answer
        self.journal.cursor = answer.next_outcome_cursor
        self.told |= {outcome.op_id: outcome for outcome in answer.outcomes}


class World:
    """Three tills at one service, and everything they wrote."""

    def __init__(self) -> None:
        self.central = FakeCentral(FakeClock(NOW))
        self.vouchers: list[Issued] = [self.central.issue(face) for face in FACES]
        tills = [self.central.new_till() for _ in range(TILLS)]
        self.counters = [Desk(till, JournalWriter(till.epoch_id)) for till in tills]
        self.redemptions: dict[OpId, Redemption] = {}
        self.decided: set[OpId] = set()
        self.named: set[OpId] = set()
        self.backup: Backup = self.central.backup()

    def balances(self) -> list[int]:
        return [self.central.balance_minor(voucher) for voucher in self.vouchers]

    def outcomes(self) -> dict[OpId, object]:
        """What became of each redemption, as money."""
        found: dict[OpId, object] = {}
        for op_id in self.redemptions:
            outcome = self.central.ledger.outcome_of(op_id)
            assert outcome is not None
            lines = [(line.accepted_minor, line.shortfall_minor) for line in outcome.lines]
            found[op_id] = (outcome.status, lines)
        return found

    def paid_out_of_order(self) -> bool:
        """Whether the backup holds a refusal whose goods were handed over after it.

        The redemption is not sent again, so nothing of it is offered; its decision takes money like
        a new one, and who comes first then is anybody's guess.
        """
        refused = (OutcomeStatus.REFUSED, OutcomeStatus.UNPROCESSABLE)
        for op_id in self.redemptions:
            op, now = self.backup.books.ops.get(op_id), self.central.ledger.outcome_of(op_id)
            if op is not None and op.status in refused and now and now.status not in refused:
                return True
        return False

    def check(self) -> None:
        """I1, I2, I8 and I11, from the movements and from the ops."""
        ledger = self.central.ledger
        accepted: Counter[VoucherId] = Counter()
        short = 0
        for op_id in self.redemptions:
            outcome = ledger.outcome_of(op_id)
            for line in () if outcome is None else outcome.lines:
                assert line.accepted_minor >= 0
                assert line.shortfall_minor >= 0
                accepted[line.voucher_id] += line.accepted_minor
                short += line.shortfall_minor
        for voucher, face in zip(self.vouchers, FACES, strict=True):
            sums: Counter[MovementKind] = Counter()
            for movement in ledger.movements:
                if movement.voucher_id == voucher.voucher_id:
                    assert movement.amount_minor > 0
                    sums[movement.kind] += movement.amount_minor
            balance = self.central.balance_minor(voucher)
            assert 0 <= balance <= face
            assert balance == face - accepted[voucher.voucher_id]
            assert balance == face - sums[MovementKind.DEBIT] + sums[MovementKind.CREDIT]
        losses = sum(
            movement.amount_minor
            * {MovementKind.SHORTFALL: 1, MovementKind.SHORTFALL_RETURNED: -1}.get(movement.kind, 0)
            for movement in ledger.movements
        )
        assert losses == short

    def send_again(self, which: int, *, size: int, with_priors: bool = True) -> None:
        """Offer what the service lacks, `size` entries at a time, with what it had said."""
        counter = self.counters[which]
        journal = counter.journal
        answer = counter.till.append_journal(journal.batch(after=len(journal.chain)), wait_s=1.0)
        if isinstance(answer, Rewind):
            journal.generation, journal.cursor = answer.generation, 0
        after = answer.head_seq if isinstance(answer, Rewind | Stored) else 0
        while True:
            batch = journal.batch(after=after, up_to=after + size)
            priors = tuple(counter.told.values()) if with_priors else ()
            batch = replace(batch, resync_to=len(journal.chain), priors=priors[:200])
            answer = counter.till.append_journal(batch, wait_s=1.0)
            assert isinstance(answer, Stored), answer
            after = answer.head_seq
            if after >= len(journal.chain):
                return


STEPS = ("redeem", "redeem", "redeem", "decide", "decide", "void", "retry", "send", "send")


@st.composite
def histories(draw: st.DrawFn, *, stale: bool = False) -> World:
    """A day at three tills with a backup somewhere in it; nobody contradicts himself.

    `stale`: tills may not have heard of the newest outcomes.
    """
    world = World()
    steps = draw(st.lists(st.sampled_from(STEPS), min_size=10, max_size=40))
    backup_at = draw(st.integers(0, len(steps)))
    for number, step in enumerate(steps):
        if number == backup_at:
            world.backup = world.central.backup()
        _do(draw, world, step)
    if backup_at == len(steps):
        world.backup = world.central.backup()
    for _ in range(1 if stale else 2):  # the second time each hears what the others did
        for counter in world.counters:
            counter.send()
    return world


def _do(draw: st.DrawFn, world: World, step: str) -> None:
    counter = world.counters[draw(st.integers(0, TILLS - 1))]
    journal = counter.journal
    if step == "redeem":
        places = draw(st.lists(st.integers(0, 2), min_size=1, max_size=2, unique=True))
        redemption = journal.redemption(
            *(
                (world.vouchers[place].voucher_id, draw(st.sampled_from((300, 900, 2000, 3000))))
                for place in places
            ),
            honoured=draw(st.booleans()),
        )
        world.redemptions[redemption.op_id] = redemption
        if redemption.honoured:
            world.decided.add(redemption.op_id)
        journal.write(redemption)
    elif step == "send":
        counter.send()
    elif world.redemptions:
        about = draw(st.sampled_from(list(world.redemptions.values())))
        if step == "decide" and about.op_id not in world.decided:
            world.decided.add(about.op_id)
            known = world.central.ledger.outcome_of(about.op_id)
            was_refused = known is not None and known.status is OutcomeStatus.REFUSED
            handed_over = not was_refused and draw(st.booleans())
            journal.write(journal.decision(about, handed_over=handed_over))
        elif step == "void":
            journal.write(journal.void(about))
        elif step == "retry":
            retry = draw(st.sampled_from(list(world.redemptions.values())))
            # Which of two resolutions is the first one depends on the order in which they come.
            if retry.op_id not in world.named:
                world.named.add(retry.op_id)
                journal.write(journal.resolution(about, choice=Choice.RETRIED, retry=retry))


@given(histories(), st.permutations(range(TILLS)), st.integers(1, 7))
def test_what_was_said_stays_as_it_was(world: World, order: list[int], size: int) -> None:
    assume(not world.paid_out_of_order())
    world.check()
    before = (world.balances(), world.outcomes())
    world.central.restore(world.backup)
    for which in order:
        world.send_again(which, size=size)
    assert not world.central.ledger.recovering
    world.check()
    assert (world.balances(), world.outcomes()) == before


@given(
    histories(stale=True),
    st.permutations(range(TILLS)),
    st.integers(0, TILLS),
    st.lists(st.booleans(), min_size=TILLS, max_size=TILLS),
)
def test_whoever_is_missing_or_forgetful_the_books_are_right(
    world: World, order: list[int], in_time: int, remember: list[bool]
) -> None:
    world.central.restore(world.backup)
    for which in order[:in_time]:
        world.send_again(which, size=3, with_priors=remember[which])
    world.central.close_recovery()
    world.check()
    for which in order[in_time:]:
        world.send_again(which, size=3, with_priors=remember[which])
        world.check()
    assert not world.central.ledger.recovering
    assert all(world.central.ledger.outcome_of(op_id) for op_id in world.redemptions)


@given(histories(), st.permutations(range(TILLS)), st.data())
def test_what_fails_meanwhile_keeps_nobody_waiting(
    world: World, order: list[int], data: st.DataObject
) -> None:
    ledger = world.central.ledger
    if world.redemptions:
        chosen = data.draw(st.lists(st.sampled_from(list(world.redemptions)), unique=True))
        ledger.parked_ops.update(chosen)
    world.central.restore(world.backup)
    for which in order:
        world.send_again(which, size=200)
    assert not ledger.recovering
    world.check()
    ledger.parked_ops.clear()
    ledger.evaluate_parked()
    world.check()
    assert all(ledger.outcome_of(op_id) is not None for op_id in world.redemptions)
    assert "parked" not in ledger.alarms


@given(histories(), st.permutations(range(TILLS)), st.permutations(range(TILLS)))
def test_a_second_restore_changes_nothing_either(
    world: World, first: list[int], second: list[int]
) -> None:
    assume(not world.paid_out_of_order())
    before = (world.balances(), world.outcomes())
    for order in (first, second):
        world.central.restore(world.backup)
        for which in order:
            world.send_again(which, size=200)
        for counter in world.counters:
            counter.send()
    assert (world.balances(), world.outcomes()) == before


def test_entries_that_waited_in_the_backup_are_offered_again() -> None:
    """Stored before the backup, parked then, accepted afterwards: that acceptance is kept."""
    world = World()
    one, two, _ = world.counters
    ledger = world.central.ledger
    voucher = world.vouchers[0]
    rival = two.journal.redemption((voucher.voucher_id, 4000))
    sale = one.journal.redemption((voucher.voucher_id, 4000))
    two.journal.write(rival)
    one.journal.write(sale)
    ledger.parked_ops.update({rival.op_id, sale.op_id})
    two.send()
    one.send()
    backup = world.central.backup()
    for op_id in (sale.op_id, rival.op_id):
        ledger.parked_ops.remove(op_id)
        ledger.evaluate_parked()
    one.send()
    assert one.told[sale.op_id].status is OutcomeStatus.ACCEPTED
    world.central.restore(backup)
    for which in (1, 0, 2):
        world.send_again(which, size=200)
    assert not ledger.recovering
    told = [ledger.outcome_of(op_id) for op_id in (sale.op_id, rival.op_id)]
    assert [outcome and outcome.status for outcome in told] == [
        OutcomeStatus.ACCEPTED,
        OutcomeStatus.REFUSED,
    ]

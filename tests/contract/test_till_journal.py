"""What the protocol relies on in a till's journal: the one on disk, and the one in memory."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from uuid import UUID

import pytest

from merchant_app.contract.status import OutcomeStatus
from merchant_app.ids import EpochId, OpId, TillId, VoucherId
from merchant_app.journal.journal import Journal
from merchant_app.ledger.entries import (
    Choice,
    Decision,
    Entry,
    Envelope,
    Line,
    Redemption,
    Resolution,
    Void,
    envelopes,
    root_hash,
)
from merchant_app.ledger.exposure import Limit
from merchant_app.ledger.messages import Outcome, OutcomeLine, Stored
from merchant_app.ledger.till import Progress
from merchant_app.ledger.till_journal import AlreadyDecided, Lifted
from merchant_app.money import Money
from tests.fakes.clock import START, FakeClock
from tests.fakes.memory_journal import MemoryJournal

TILL = TillId(UUID(int=7))
FIRST, SECOND, ELSEWHERE = (EpochId(UUID(int=number)) for number in (1, 2, 3))
VOUCHERS = tuple(VoucherId(UUID(int=100 + number)) for number in range(4))
AnyJournal = Journal | MemoryJournal


class Subject:
    """A journal whose program can die."""

    def __init__(self, path: Path | None) -> None:
        self._path = path
        self.journal: AnyJournal = self._open()
        self.journal.begin_epoch(FIRST, till_id=TILL, generation=0)

    def _open(self) -> AnyJournal:
        return MemoryJournal() if self._path is None else Journal(self._path, FakeClock())

    def crash(self) -> None:
        if isinstance(self.journal, MemoryJournal):
            self.journal = self.journal.reopened()
        else:
            self.journal._connection.close()
            self.journal = self._open()

    def close(self) -> None:
        if isinstance(self.journal, Journal):
            self.journal.close()


@pytest.fixture(params=["memory", "disk"])
def subject(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Subject]:
    subject = Subject(tmp_path / "journal.sqlite" if request.param == "disk" else None)
    yield subject
    subject.close()


@pytest.fixture
def journal(subject: Subject) -> AnyJournal:
    return subject.journal


class Making:
    """Entries and answers with ids of their own, from one seed."""

    def __init__(self, seed: int = 1) -> None:
        self.random = random.Random(seed)

    def op_id(self) -> OpId:
        return OpId(UUID(int=self.random.getrandbits(128)))

    def redemption(self, *, honoured: bool = False, minor: int = 500) -> Redemption:
        voucher_id = self.random.choice(VOUCHERS)
        return Redemption(
            op_id=self.op_id(),
            lines=(Line(voucher_id, Money(minor, "EUR"), "…H2M7"),),
            purchase=None,
            honoured=honoured,
            at=START,
            cashier="Claire",
        )

    def decision(self, of: OpId, *, handed_over: bool = True) -> Decision:
        return Decision(
            op_id=self.op_id(), redemption_id=of, handed_over=handed_over, at=START, cashier="C."
        )

    def void(self, of: OpId) -> Void:
        return Void(op_id=self.op_id(), redemption_id=of, at=START, cashier="Claire")

    def resolution(self, about: OpId, choice: Choice = Choice.LOSS_ACCEPTED) -> Resolution:
        return Resolution(
            op_id=self.op_id(),
            about_id=about,
            choice=choice,
            note="",
            retry_id=None,
            at=START,
            cashier="Claire",
        )


@pytest.fixture
def making() -> Making:
    return Making()


def outcome(of: Redemption, status: OutcomeStatus, *, shortfall_minor: int = 0) -> Outcome:
    lines = tuple(
        OutcomeLine(line.voucher_id, line.amount.minor - shortfall_minor, shortfall_minor, 0, None)
        for line in of.lines
    )
    return Outcome(of.op_id, status, lines, START, 2, b"signed")


def stored(journal: AnyJournal, *outcomes: Outcome, alarm_seqs: tuple[int, ...] = ()) -> Stored:
    seq, last_hash = journal.head()
    return Stored(
        generation=0,
        head_seq=seq,
        head_hash=last_hash,
        head_at=START,
        head_signature=b"s" * 64,
        outcomes=outcomes,
        next_outcome_cursor=9,
        more_outcomes=False,
        alarm_seqs=alarm_seqs,
    )


def answered(journal: AnyJournal, *outcomes: Outcome, decisions: list[Decision]) -> None:
    progress = replace(journal.progress(), acked_seq=journal.head()[0])
    journal.record_answer(progress, receipt=stored(journal, *outcomes), decisions=decisions)


def continuing(journal: AnyJournal, *entries: Entry) -> tuple[Envelope, ...]:
    """As somebody else would write them."""
    seq, last_hash = journal.head()
    return envelopes(entries, last_seq=seq, last_hash=last_hash)


# --- one by one ----------------------------------------------------------------------------------


def test_what_was_written_is_there_after_a_crash(subject: Subject, making: Making) -> None:
    made, other = making.redemption(), making.redemption(honoured=True)
    written = [*subject.journal.append(made), *subject.journal.append(other)]
    subject.crash()
    journal = subject.journal
    assert list(journal.unsent(limit=9)) == written
    assert journal.head() == (2, written[-1].hash)
    assert [journal.hash_at(seq) for seq in (0, 1, 2, 3)] == [
        root_hash(FIRST),
        written[0].hash,
        written[1].hash,
        None,
    ]
    assert list(journal.standing.undecided) == [made.op_id]
    assert list(journal.standing.unconfirmed) == [other.op_id]


def test_one_decision_and_one_void_whoever_is_quicker(journal: AnyJournal, making: Making) -> None:
    made = making.redemption()
    journal.append(made, making.decision(made.op_id), making.void(made.op_id))
    for second in (
        making.decision(made.op_id, handed_over=False),
        making.decision(made.op_id),
        making.void(made.op_id),
    ):
        with pytest.raises(AlreadyDecided):
            journal.append(second)
    recorded = journal.recorded(made.op_id)
    assert recorded is not None
    assert recorded.decision is True
    assert journal.head()[0] == 3


def test_a_limit_that_was_lifted_is_recorded_with_its_redemption(subject: Subject) -> None:
    making = Making()
    lifted, other = making.redemption(honoured=True), making.redemption(honoured=True)
    said = Lifted(lifted.op_id, Limit.TILL_SUM, 500, "Claire")
    (envelope,) = subject.journal.append(lifted, lifted=said)
    subject.journal.append(other)
    subject.crash()
    assert subject.journal.is_lifted(lifted.op_id)
    assert not subject.journal.is_lifted(other.op_id)
    assert subject.journal.hash_at(1) == envelope.hash, "the chain of entries says nothing of it"


def test_where_a_redemption_cannot_be_recorded_no_limit_was_lifted(subject: Subject) -> None:
    making = Making()
    made = making.redemption(honoured=True)
    subject.journal.append(made)
    undone = making.void(made.op_id)
    subject.journal.append(undone)
    said = Lifted(made.op_id, Limit.TILL_COUNT, 500, "Claire")
    with pytest.raises(AlreadyDecided):
        subject.journal.append(making.void(made.op_id), lifted=said)
    assert not subject.journal.is_lifted(made.op_id)


def test_an_answer_and_its_decision_are_one(journal: AnyJournal, making: Making) -> None:
    made = making.redemption()
    journal.append(made, making.decision(made.op_id, handed_over=False))
    accepted = outcome(made, OutcomeStatus.ACCEPTED)
    with pytest.raises(AlreadyDecided):
        answered(journal, accepted, decisions=[making.decision(made.op_id)])
    assert journal.outcome(made.op_id) is None
    assert journal.progress().acked_seq == 0
    answered(journal, accepted, decisions=[])
    assert journal.outcome(made.op_id) == accepted
    assert journal.priors(journal.unsent(limit=9)) == ()
    journal.record_answer(replace(journal.progress(), acked_seq=0), receipt=None)
    assert journal.priors(journal.unsent(limit=9)) == (accepted,)


def test_what_a_copy_decided_closes_the_matter(journal: AnyJournal, making: Making) -> None:
    made, foreign = making.redemption(), making.redemption()
    journal.append(made)
    journal.begin_epoch(SECOND, till_id=TILL, generation=1, previous_head=b"h" * 32)
    assert journal.progress() == Progress(epoch_id=SECOND, generation=1, reconcile=True)
    assert journal.hash_at(0) == root_hash(SECOND, b"h" * 32)
    theirs = envelopes(
        [foreign, making.decision(made.op_id, handed_over=False)],
        last_seq=0,
        last_hash=root_hash(ELSEWHERE),
    )
    journal.adopt(ELSEWHERE, theirs)
    journal.adopt(ELSEWHERE, theirs)
    assert list(journal.standing.undecided) == [foreign.op_id]
    with pytest.raises(AlreadyDecided):
        journal.append(making.decision(made.op_id))
    recorded = journal.recorded(foreign.op_id)
    assert recorded is not None
    assert recorded.foreign
    assert [place[:2] for place in journal.adopted_bodies()] == [(ELSEWHERE, 1), (ELSEWHERE, 2)]


def test_resent_entries_are_no_second_ones(subject: Subject, making: Making) -> None:
    journal = subject.journal
    made = making.redemption()
    journal.append(made, making.decision(made.op_id))
    journal.begin_epoch(SECOND, till_id=TILL, generation=0, previous_head=b"h" * 32)
    bodies = [body for _, body, _ in journal.bodies(FIRST, after_seq=0)]
    journal.reconciled(bodies)
    assert [envelope.body for envelope in journal.unsent(limit=9)] == bodies
    assert (journal.progress().resync_to, journal.progress().reconcile) == (2, False)
    assert journal.knows([made.op_id], in_epoch=SECOND) == {made.op_id}
    assert len(journal.standing.unconfirmed) == 1
    recorded = journal.recorded(made.op_id)
    assert recorded is not None
    assert recorded.epoch_id == FIRST
    subject.crash()
    assert [epoch.head_seq for epoch in subject.journal.epochs()] == [2, 2]


def test_a_file_that_fell_behind_takes_back_what_it_wrote(
    journal: AnyJournal, making: Making
) -> None:
    made = making.redemption()
    lost = continuing(journal, made, making.decision(made.op_id))
    journal.extend(lost)
    assert journal.unsent(limit=9) == lost
    assert list(journal.standing.unconfirmed) == [made.op_id]
    with pytest.raises(AlreadyDecided):
        journal.append(making.decision(made.op_id))


def test_a_file_that_fell_behind_takes_back_what_it_had_sent_again(
    journal: AnyJournal, making: Making
) -> None:
    """An image from between the re-enrolment and the sending again."""
    made, foreign = making.redemption(), making.redemption()
    decided = making.decision(made.op_id)
    journal.append(made, decided)
    journal.begin_epoch(SECOND, till_id=TILL, generation=0, previous_head=b"h" * 32)
    theirs = making.decision(foreign.op_id)
    journal.adopt(
        ELSEWHERE, envelopes([foreign, theirs], last_seq=0, last_hash=root_hash(ELSEWHERE))
    )
    journal.extend(continuing(journal, made, decided, foreign, theirs))
    assert journal.head()[0] == 4
    for op_id in (made.op_id, foreign.op_id):
        recorded = journal.recorded(op_id)
        assert recorded is not None
        assert recorded.decision is True
    assert len(journal.standing.unconfirmed) == 2


def test_what_nobody_may_have_seen_is_known_after_a_crash(subject: Subject, making: Making) -> None:
    made = making.redemption(honoured=True)
    subject.journal.append(made)
    assert subject.journal.unseen_completed() is None
    subject.crash()
    subject.crash()
    unseen = subject.journal.unseen_completed()
    assert unseen is not None
    assert unseen.redemption == made
    subject.journal.mark_seen()
    assert subject.journal.unseen_completed() is None
    subject.crash()
    assert subject.journal.unseen_completed() is None


def test_a_shortfall_waits_for_a_person(subject: Subject, making: Making) -> None:
    journal = subject.journal
    short, parked = making.redemption(honoured=True), making.redemption(honoured=True)
    journal.append(short, parked)
    answer = stored(
        journal, outcome(short, OutcomeStatus.SHORT, shortfall_minor=100), alarm_seqs=(2,)
    )
    journal.record_answer(replace(journal.progress(), acked_seq=2), receipt=answer)
    assert set(journal.standing.matters) == {short.op_id, parked.op_id}
    journal.append(making.resolution(short.op_id, Choice.CUSTOMER_CALLED))
    journal.append(making.resolution(parked.op_id))
    assert list(journal.standing.matters) == [short.op_id]
    assert len(journal.resolutions(short.op_id)) == 1
    subject.crash()
    assert list(subject.journal.standing.matters) == [short.op_id]


# --- the same, whatever is done ------------------------------------------------------------------


def attempt(action: Callable[[], object]) -> object:
    try:
        return action()
    except AlreadyDecided:
        return "already decided"


def everything(journal: AnyJournal, ops: list[OpId]) -> object:
    standing = journal.standing
    return (
        journal.head(),
        journal.progress(),
        journal.epochs(),
        journal.unsent(limit=100),
        journal.adopted_bodies(),
        list(standing.undecided),
        set(standing.unconfirmed),
        set(standing.matters),
        standing.settled,
        standing.exposure(),
        [journal.recorded(op_id) for op_id in ops],
        [journal.outcome(op_id) for op_id in ops],
        journal.last_completed(),
        journal.unseen_completed(),
        journal.knows(ops),
    )


class History:
    """The same random history for whichever journal; `seen` is all that could be read."""

    def __init__(self, subject: Subject, seed: int) -> None:
        self.subject = subject
        self.making = Making(seed)
        self.random = random.Random(seed)
        self.redemptions = [self.making.redemption()]
        self.seen: list[object] = []

    def run(self) -> None:
        steps = [self.sell, self.sell, self.decide, self.answer, self.void, self.settle]
        steps += [self.adopt, self.enrol, self.subject.crash]
        for _ in range(40):
            self.seen.append(attempt(self.random.choice(steps)))
            ops = [redemption.op_id for redemption in self.redemptions]
            self.seen.append(everything(self.subject.journal, ops))

    def sell(self) -> object:
        made = self.making.redemption(honoured=self.random.random() < 0.4)
        self.redemptions.append(made)
        return self.subject.journal.append(made)

    def some(self) -> Redemption:
        return self.random.choice(self.redemptions[-4:])

    def decide(self) -> object:
        handed_over = self.random.random() < 0.6
        decision = self.making.decision(self.some().op_id, handed_over=handed_over)
        if decision.redemption_id not in self.subject.journal.standing.undecided:
            return "nothing to decide"
        return self.subject.journal.append(decision)

    def answer(self) -> object:
        made = self.some()
        status = self.random.choice(
            [OutcomeStatus.ACCEPTED, OutcomeStatus.SHORT, OutcomeStatus.CANCELLED]
        )
        short = 100 if status is OutcomeStatus.SHORT else 0
        answered(self.subject.journal, outcome(made, status, shortfall_minor=short), decisions=[])
        return None

    def void(self) -> object:
        return self.subject.journal.append(self.making.void(self.some().op_id))

    def settle(self) -> object:
        return self.subject.journal.append(self.making.resolution(self.some().op_id))

    def adopt(self) -> object:
        foreign = self.making.redemption()
        self.redemptions.append(foreign)
        theirs: list[Entry] = [foreign]
        if self.random.random() < 0.5:
            theirs.append(self.making.decision(foreign.op_id))
        epoch_id = EpochId(self.making.op_id())
        self.subject.journal.adopt(
            epoch_id, envelopes(theirs, last_seq=0, last_hash=root_hash(epoch_id))
        )
        return None

    def enrol(self) -> object:
        journal = self.subject.journal
        old = journal.epoch_id()
        journal.begin_epoch(
            EpochId(self.making.op_id()), till_id=TILL, generation=0, previous_head=b"h" * 32
        )
        journal.reconciled([body for _, body, _ in journal.bodies(old, after_seq=0)])
        return journal.head()


@pytest.mark.parametrize("seed", range(25))
def test_both_tell_the_same_of_any_history(seed: int, tmp_path: Path) -> None:
    seen = []
    for path in (None, tmp_path / "journal.sqlite"):
        subject = Subject(path)
        history = History(subject, seed)
        history.run()
        subject.close()
        seen.append(history.seen)
    for number, (in_memory, on_disk) in enumerate(zip(*seen, strict=True)):
        assert in_memory == on_disk, f"step {number // 2}"

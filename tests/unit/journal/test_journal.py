"""The journal file: what is recorded stays recorded, to the byte."""

from __future__ import annotations

import sqlite3
import stat
import sys
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest

from merchant_app.contract.status import OutcomeStatus
from merchant_app.errors import Problem, ProblemKind
from merchant_app.ids import EpochId, OpId, TillId, VoucherId
from merchant_app.journal import schema
from merchant_app.journal.journal import AlreadyDecided, Journal
from merchant_app.ledger.entries import Decision, Line, Redemption, Void, root_hash
from merchant_app.ledger.messages import Outcome, OutcomeLine, Stored
from merchant_app.ledger.till import Progress
from merchant_app.money import Money
from merchant_app.vouchers.verdicts import Reason
from tests.fakes.clock import FakeClock

CLOCK = FakeClock()
EPOCH = EpochId(uuid4())
TILL = TillId(uuid4())


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "journal.sqlite"


@pytest.fixture
def journal(path: Path) -> Iterator[Journal]:
    journal = opened(path)
    yield journal
    journal.close()


def opened(path: Path) -> Journal:
    journal = Journal(path, CLOCK)
    journal.begin_epoch(EPOCH, till_id=TILL, generation=0)
    return journal


def redemption(*, voucher_id: VoucherId | None = None, amount_minor: int = 2000) -> Redemption:
    return Redemption(
        op_id=OpId(uuid4()),
        lines=(Line(voucher_id or VoucherId(uuid4()), Money(amount_minor, "EUR"), "…H2M7"),),
        purchase=Money(8700, "EUR"),
        honoured=False,
        at=CLOCK.now(),
        cashier="Claire",
    )


def decision(of: Redemption, *, handed_over: bool) -> Decision:
    return Decision(
        op_id=OpId(uuid4()),
        redemption_id=of.op_id,
        handed_over=handed_over,
        at=CLOCK.now(),
        cashier="Claire",
    )


def void(of: Redemption) -> Void:
    return Void(op_id=OpId(uuid4()), redemption_id=of.op_id, at=CLOCK.now(), cashier="Claire")


def stored(*outcomes: Outcome, head_seq: int = 1) -> Stored:
    return Stored(
        generation=0,
        head_seq=head_seq,
        head_hash=b"h" * 32,
        head_at=CLOCK.now(),
        head_signature=b"s" * 64,
        outcomes=outcomes,
        next_outcome_cursor=len(outcomes),
        more_outcomes=False,
    )


def outcome(of: Redemption, status: OutcomeStatus, reason: Reason | None = None) -> Outcome:
    line = OutcomeLine(of.lines[0].voucher_id, of.lines[0].amount.minor, 0, 3000, reason)
    return Outcome(of.op_id, status, (line,), CLOCK.now())


def test_entries_survive_closing_and_keep_their_order_and_hashes(path: Path) -> None:
    journal = opened(path)
    first, second = redemption(), redemption()
    written = [*journal.append(first), *journal.append(second, decision(first, handed_over=True))]
    journal.close()

    again = opened(path)
    assert list(again.unsent(limit=10)) == written
    assert [envelope.seq for envelope in written] == [1, 2, 3]
    assert again.hash_at(0) == root_hash(EPOCH)
    assert again.hash_at(3) == written[-1].hash
    assert again.hash_at(4) is None
    again.close()


def test_commits_are_synchronous_and_written_ahead(journal: Journal) -> None:
    connection = journal._connection
    assert connection.execute("PRAGMA synchronous").fetchone()[0] == 2  # FULL
    assert connection.execute("PRAGMA journal_mode").fetchone()[0] == "wal"
    assert connection.execute("PRAGMA foreign_keys").fetchone()[0] == 1


@pytest.mark.skipif(sys.platform == "win32", reason="Windows protects the profile by its folder")
def test_only_its_owner_can_read_it(path: Path, journal: Journal) -> None:
    journal.append(redemption())
    for file in path.parent.iterdir():
        assert stat.S_IMODE(file.stat().st_mode) == 0o600, file.name


@pytest.mark.parametrize("table", ["epochs", "entries", "outcomes", "receipts"])
@pytest.mark.parametrize("verb", ["UPDATE {} SET rowid = rowid", "DELETE FROM {}"])
def test_rows_cannot_be_changed_or_removed(
    path: Path, journal: Journal, table: str, verb: str
) -> None:
    made = redemption()
    journal.append(made)
    journal.record_answer(
        Progress(epoch_id=EPOCH, acked_seq=1, outcome_cursor=1),
        receipt=stored(outcome(made, OutcomeStatus.ACCEPTED)),
    )
    with sqlite3.connect(path) as other, pytest.raises(sqlite3.IntegrityError, match="append-only"):
        other.execute(verb.format(table))
    other.close()


def test_asking_about_a_redemption_takes_no_more_steps_in_a_long_journal(journal: Journal) -> None:
    def steps() -> int:
        counted: list[None] = []
        journal._connection.set_progress_handler(lambda: counted.append(None), 1)
        assert journal.recorded(made.op_id) is not None
        journal._connection.set_progress_handler(None, 0)
        return len(counted)

    made = redemption()
    journal.append(made, decision(made, handed_over=True))
    in_a_short_one = steps()
    for _ in range(200):
        other = redemption()
        journal.append(other, decision(other, handed_over=True), void(other))
    assert steps() < in_a_short_one + 10


def test_a_redemption_has_one_decision_whoever_is_quicker(journal: Journal) -> None:
    made = redemption()
    journal.append(made, decision(made, handed_over=False))
    with pytest.raises(AlreadyDecided):
        journal.append(decision(made, handed_over=True))
    recorded = journal.recorded(made.op_id)
    assert recorded is not None
    assert recorded.decision is False
    assert journal.unsent_count() == 2


def test_a_redemption_is_undone_at_most_once(journal: Journal) -> None:
    made = redemption()
    journal.append(made, decision(made, handed_over=True), void(made))
    with pytest.raises(AlreadyDecided):
        journal.append(void(made))


def test_an_answer_is_recorded_with_its_decision_or_not_at_all(journal: Journal) -> None:
    made = redemption()
    journal.append(made, decision(made, handed_over=False))
    with pytest.raises(AlreadyDecided):
        journal.record_answer(
            Progress(epoch_id=EPOCH, acked_seq=2, outcome_cursor=1),
            receipt=stored(outcome(made, OutcomeStatus.ACCEPTED)),
            decisions=[decision(made, handed_over=True)],
        )
    assert journal.outcome(made.op_id) is None
    assert journal.progress().acked_seq == 0


def test_the_newest_outcome_counts(journal: Journal) -> None:
    made = redemption()
    journal.append(made)
    for status, reason in [
        (OutcomeStatus.ACCEPTED, None),
        (OutcomeStatus.CANCELLED, Reason.EXPIRED),
    ]:
        journal.record_answer(
            Progress(epoch_id=EPOCH, acked_seq=1), receipt=stored(outcome(made, status, reason))
        )
    assert journal.outcome(made.op_id) == outcome(made, OutcomeStatus.CANCELLED, Reason.EXPIRED)


def test_what_is_acknowledged_is_not_sent_again(journal: Journal) -> None:
    journal.append(redemption(), redemption(), redemption())
    journal.record_answer(Progress(epoch_id=EPOCH, acked_seq=2), receipt=stored(head_seq=2))
    assert [envelope.seq for envelope in journal.unsent(limit=10)] == [3]
    assert journal.unsent_count() == 1


def test_redemptions_without_a_decision_are_found_by_voucher(journal: Journal) -> None:
    voucher_id = VoucherId(uuid4())
    open_one = redemption(voucher_id=voucher_id)
    closed = redemption(voucher_id=voucher_id)
    other = redemption()
    journal.append(open_one, closed, other, decision(closed, handed_over=True))
    assert [found.redemption for found in journal.undecided(voucher_id)] == [open_one]
    assert [found.redemption for found in journal.undecided()] == [open_one, other]


def test_the_last_completed_redemption_is_the_one_to_undo(journal: Journal) -> None:
    assert journal.last_completed() is None
    earlier, done, refused = redemption(), redemption(), redemption()
    journal.append(earlier, decision(earlier, handed_over=True))
    journal.append(done, decision(done, handed_over=True))
    journal.append(refused, decision(refused, handed_over=False))
    last = journal.last_completed()
    assert last is not None
    assert last.redemption == done
    journal.append(void(done))
    before = journal.last_completed()
    assert before is not None
    assert before.redemption == earlier
    journal.append(void(earlier))
    assert journal.last_completed() is None


def test_a_new_enrolment_starts_a_new_chain_and_keeps_the_old_one(journal: Journal) -> None:
    journal.append(redemption())
    second = EpochId(uuid4())
    journal.begin_epoch(second, till_id=TILL, generation=3)
    (envelope,) = journal.append(redemption())
    assert envelope.seq == 1
    assert journal.progress() == Progress(epoch_id=second, generation=3, reconcile=True)


def test_a_file_of_a_newer_program_is_refused(path: Path) -> None:
    opened(path).close()
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE of_tomorrow (number INTEGER) STRICT")
        connection.execute(f"PRAGMA user_version = {schema.VERSION + 1}")
    connection.close()
    with pytest.raises(Problem) as problem:
        Journal(path, CLOCK)
    assert problem.value.kind is ProblemKind.JOURNAL_NEWER


def _changed_amount(connection: sqlite3.Connection) -> None:
    connection.execute("UPDATE entries SET body = replace(body, '2000', '9000') WHERE seq = 2")


def _removed(connection: sqlite3.Connection) -> None:
    connection.execute("DELETE FROM entries WHERE seq = 2")


def _cut(connection: sqlite3.Connection) -> None:
    connection.execute("DELETE FROM entries WHERE seq = 3")


def _reordered(connection: sqlite3.Connection) -> None:
    connection.execute("UPDATE entries SET seq = 9 WHERE seq = 2")
    connection.execute("UPDATE entries SET seq = 2 WHERE seq = 3")
    connection.execute("UPDATE entries SET seq = 3 WHERE seq = 9")


@pytest.mark.parametrize("damage", [_changed_amount, _removed, _cut, _reordered])
def test_a_tampered_chain_is_noticed_before_the_first_sale(path: Path, damage: object) -> None:
    journal = opened(path)
    journal.append(redemption(), redemption(), redemption())
    journal.record_answer(Progress(epoch_id=EPOCH, acked_seq=3), receipt=stored(head_seq=3))
    journal.close()
    with sqlite3.connect(path) as connection:
        for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'"):
            connection.execute(f"DROP TRIGGER {name}")
        assert callable(damage)
        damage(connection)
    connection.close()
    with pytest.raises(Problem) as problem:
        Journal(path, CLOCK)
    assert problem.value.kind is ProblemKind.JOURNAL_DAMAGED


@pytest.mark.parametrize(
    "content", [b"not a database at all, but long enough" * 50, b"\x00" * 5000]
)
def test_a_file_that_is_no_journal_is_refused(path: Path, content: bytes) -> None:
    path.write_bytes(content)
    with pytest.raises(Problem) as problem:
        Journal(path, CLOCK)
    assert problem.value.kind is ProblemKind.JOURNAL_DAMAGED


def test_a_full_disk_is_a_problem_and_loses_nothing(journal: Journal) -> None:
    journal.append(redemption())
    pages = journal._connection.execute("PRAGMA page_count").fetchone()[0]
    journal._connection.execute(f"PRAGMA max_page_count = {pages}")
    written, problem = 1, None
    while problem is None:
        try:
            journal.append(redemption())
            written += 1
        except Problem as full:
            problem = full
    assert problem.kind is ProblemKind.DISK_FULL
    assert journal.unsent_count() == written
    journal._connection.execute("PRAGMA max_page_count = 100000")
    (envelope,) = journal.append(redemption())
    assert envelope.seq == written + 1


def test_a_file_that_somebody_holds_is_a_problem(path: Path, journal: Journal) -> None:
    journal._connection.execute("PRAGMA busy_timeout = 1")
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(Problem) as problem:
        journal.append(redemption())
    assert problem.value.kind is ProblemKind.JOURNAL_LOCKED
    other.execute("ROLLBACK")
    other.close()
    journal.append(redemption())


def test_a_folder_that_cannot_be_written_is_a_problem(tmp_path: Path) -> None:
    with pytest.raises(Problem) as problem:
        Journal(tmp_path / "missing" / "journal.sqlite", CLOCK)
    assert problem.value.kind is ProblemKind.DISK_READ_ONLY

"""The till's rules for reading the service's answers (ledger.md 2.3)."""

from __future__ import annotations

from dataclasses import replace
from uuid import uuid4

import pytest

from merchant_app.contract.status import OutcomeStatus
from merchant_app.ids import EpochId, OpId
from merchant_app.ledger.messages import Outcome, Rewind, Stored
from merchant_app.ledger.till import (
    Advanced,
    Behind,
    Differs,
    HashAt,
    Ignore,
    Progress,
    SendAgain,
    Step,
    may_hand_over,
)
from merchant_app.ledger.till import after_answer as by_the_rules
from tests.fakes.clock import START

EPOCH = EpochId(uuid4())
OURS = {seq: bytes([seq]) * 32 for seq in range(6)}
PROGRESS = Progress(epoch_id=EPOCH, generation=2, acked_seq=3, outcome_cursor=7)


def after_answer(
    progress: Progress,
    answer: Stored | Rewind,
    *,
    hash_at: HashAt,
    has_past: bool = False,
) -> Step:
    """The rule for a journal of five entries."""
    return by_the_rules(
        progress, answer, hash_at=hash_at, head_seq=max(OURS), has_past=lambda: has_past
    )


def stored(*, seq: int, hash_: bytes | None = None, generation: int = 2, cursor: int = 9) -> Stored:
    return Stored(
        generation=generation,
        head_seq=seq,
        head_hash=OURS[seq] if hash_ is None else hash_,
        head_at=START,
        head_signature=b"",
        outcomes=(),
        next_outcome_cursor=cursor,
        more_outcomes=False,
    )


def test_acknowledged_is_what_our_own_hash_confirms() -> None:
    step = after_answer(PROGRESS, stored(seq=5), hash_at=OURS.get)
    assert isinstance(step, Advanced)
    assert (step.progress.acked_seq, step.progress.outcome_cursor) == (5, 9)


def test_another_hash_at_our_place_is_a_fork() -> None:
    assert after_answer(PROGRESS, stored(seq=4, hash_=b"x" * 32), hash_at=OURS.get) == Differs()


def test_more_than_we_ever_wrote_has_to_be_pulled() -> None:
    answer = Stored(
        generation=2,
        head_seq=6,
        head_hash=b"6" * 32,
        head_at=START,
        head_signature=b"",
        outcomes=(),
        next_outcome_cursor=9,
        more_outcomes=False,
    )
    assert after_answer(PROGRESS, answer, hash_at=OURS.get) == Behind(6)


def test_an_answer_from_before_the_restore_changes_nothing() -> None:
    assert after_answer(PROGRESS, stored(seq=5, generation=1), hash_at=OURS.get) == Ignore()


def test_a_late_answer_never_takes_an_acknowledgement_back() -> None:
    assert after_answer(PROGRESS, stored(seq=2), hash_at=OURS.get) == Ignore()


def test_a_late_answer_never_moves_the_cursor_back() -> None:
    step = after_answer(PROGRESS, stored(seq=3, cursor=1), hash_at=OURS.get)
    assert isinstance(step, Advanced)
    assert step.progress.outcome_cursor == 7


def test_a_page_of_outcomes_that_comes_late_is_older_than_what_is_known() -> None:
    news = (Outcome(OpId(uuid4()), OutcomeStatus.SHORT, (), START),)
    for cursor, expected in ((6, ()), (7, ()), (8, news)):
        answer = replace(stored(seq=4, cursor=cursor), outcomes=news)
        step = after_answer(PROGRESS, answer, hash_at=OURS.get)
        assert isinstance(step, Advanced)
        assert step.outcomes == expected


@pytest.mark.parametrize(
    "answer", [Rewind(3, 1, OURS[1]), Rewind(2, 1, OURS[1]), stored(seq=1, generation=3)]
)
def test_a_service_with_less_gets_it_again_from_where_it_stands(answer: Rewind | Stored) -> None:
    step = after_answer(PROGRESS, answer, hash_at=OURS.get)
    assert isinstance(step, SendAgain)
    assert step.progress.acked_seq == 1
    assert step.progress.outcome_cursor == 0
    assert step.progress.generation == answer.generation
    assert step.progress.resync_to == 5
    assert not step.progress.reconcile


def test_a_service_that_lost_some_of_its_past_may_have_lost_earlier_epochs() -> None:
    step = after_answer(PROGRESS, Rewind(3, 1, OURS[1]), hash_at=OURS.get, has_past=True)
    assert isinstance(step, SendAgain)
    assert step.progress.reconcile
    again = after_answer(PROGRESS, Rewind(2, 1, OURS[1]), hash_at=OURS.get, has_past=True)
    assert isinstance(again, SendAgain)
    assert not again.progress.reconcile, "the same history: nothing older is missing"


def test_a_rewind_to_a_chain_that_is_not_ours_is_a_fork() -> None:
    assert after_answer(PROGRESS, Rewind(2, 1, b"x" * 32), hash_at=OURS.get) == Differs()


def test_only_a_full_acceptance_lets_the_goods_go() -> None:
    decisions = {status: may_hand_over(status) for status in OutcomeStatus}
    assert decisions[OutcomeStatus.ACCEPTED] is True
    assert decisions[OutcomeStatus.REFUSED] is False
    assert decisions[OutcomeStatus.UNPROCESSABLE] is False
    assert [status for status, yes in decisions.items() if yes] == [OutcomeStatus.ACCEPTED]

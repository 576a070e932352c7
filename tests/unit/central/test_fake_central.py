"""The fake's own knobs: what a test may do to a call."""

from __future__ import annotations

import threading

import pytest

from merchant_app.central.port import (
    NoAnswer,
    NoAnswerKind,
    NotAuthorised,
    NotAuthorisedKind,
    Stored,
    TillFacts,
)
from tests.fakes.central import FakeCentral, FakeTill, Hold, LoseAnswer, LoseRequest, Twice
from tests.fakes.clock import FakeClock
from tests.fakes.journal_writer import JournalWriter


@pytest.fixture
def central() -> FakeCentral:
    return FakeCentral(FakeClock())


@pytest.fixture
def till(central: FakeCentral) -> FakeTill:
    return central.new_till()


def redeem(till: FakeTill, journal: JournalWriter) -> object:
    return till.append_journal(journal.batch(), wait_s=5.0)


@pytest.fixture
def journal(central: FakeCentral, till: FakeTill) -> JournalWriter:
    """A journal that debits 10.00 of a voucher of 50.00."""
    writer = JournalWriter(till.epoch_id)
    writer.write(writer.redemption((central.issue(5000).voucher_id, 1000)))
    return writer


def balance(central: FakeCentral) -> int:
    (voucher,) = central.ledger.vouchers.values()
    return voucher.balance.minor


def test_a_lost_request_is_not_done(
    central: FakeCentral, till: FakeTill, journal: JournalWriter
) -> None:
    central.faults.append(LoseRequest())
    assert redeem(till, journal) == NoAnswer(NoAnswerKind.SLOW)
    assert balance(central) == 5000
    assert isinstance(redeem(till, journal), Stored)
    assert balance(central) == 4000


def test_a_lost_answer_is_done_all_the_same(
    central: FakeCentral, till: FakeTill, journal: JournalWriter
) -> None:
    central.faults.append(LoseAnswer())
    assert redeem(till, journal) == NoAnswer(NoAnswerKind.BROKEN_OFF)
    assert balance(central) == 4000
    assert isinstance(redeem(till, journal), Stored)
    assert balance(central) == 4000


def test_a_request_that_arrives_twice_is_done_once(
    central: FakeCentral, till: FakeTill, journal: JournalWriter
) -> None:
    central.faults.append(Twice())
    assert isinstance(redeem(till, journal), Stored)
    assert central.calls == ["append_journal"] * 2
    assert balance(central) == 4000


def test_a_call_can_be_held(central: FakeCentral, till: FakeTill, journal: JournalWriter) -> None:
    hold = Hold()
    central.faults.append(hold)
    answers: list[object] = []
    calling = threading.Thread(target=lambda: answers.append(redeem(till, journal)))
    calling.start()
    assert hold.arrived.wait(60)
    assert isinstance(till.till_facts(), TillFacts)  # others go on meanwhile
    assert answers == []
    hold.release.set()
    calling.join()
    assert isinstance(answers[0], Stored)


@pytest.mark.parametrize("kind", NoAnswerKind)
def test_every_kind_of_silence(
    central: FakeCentral, till: FakeTill, journal: JournalWriter, kind: NoAnswerKind
) -> None:
    central.unreachable = kind
    assert redeem(till, journal) == NoAnswer(kind)
    assert central.calls == []
    central.unreachable = None
    assert isinstance(redeem(till, journal), Stored)


def test_authorisation_can_be_refused(
    central: FakeCentral, till: FakeTill, journal: JournalWriter
) -> None:
    central.refuses = NotAuthorisedKind.TOKEN_REFUSED
    assert redeem(till, journal) == NotAuthorised(NotAuthorisedKind.TOKEN_REFUSED)
    assert balance(central) == 5000
    assert central.ledger.stored_bodies(till.epoch_id) == ()

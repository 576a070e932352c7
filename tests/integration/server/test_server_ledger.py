"""The journal at the service: stored first, evaluated second, whatever an entry says or does."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from merchant_app.contract.status import OutcomeStatus
from merchant_app.contract.wire import EnrolmentRequest, JournalReply, JournalRequest
from merchant_app.ids import EpochId, VoucherId
from merchant_app.ledger import service as rules
from merchant_app.ledger.entries import Choice, Redemption, from_body
from merchant_app.ledger.evaluation import Rules
from merchant_app.money import Money
from merchant_app.server import catalogue, enrolling, figures
from merchant_app.server.enrolling import NewTill
from merchant_app.server.service import Service
from merchant_app.vouchers.terms import Terms
from tests.fakes.clock import FakeClock
from tests.fakes.http_till import wire
from tests.fakes.journal_writer import JournalWriter
from tests.fakes.service_process import (
    OTHER_SHOP,
    Sold,
    copied,
    copied_back,
    offer,
    open_service,
    sell,
)


class DirectTill:
    """A till that asks the service without HTTP."""

    def __init__(
        self, service: Service, name: str = "Caisse 1", *, slug: str | None = None
    ) -> None:
        code = offer(service, name) if slug is None else offer(service, name, slug=slug)
        request = EnrolmentRequest(code=code, public_key="ab" * 32, program_version="0.1.0")
        with service.database.writing() as connection:
            new = enrolling.enrol(
                connection, request, now=service.clock.now(), random_bytes=service.random_bytes
            )
        assert isinstance(new, NewTill)
        self.new = new
        self.service = service
        self.journal = JournalWriter(
            EpochId(new.epoch_id), generation=1, previous_head=new.previous_head
        )

    def send(self, *, service: Service | None = None, after: int = 0) -> JournalReply:
        request = JournalRequest.model_validate(wire(self.journal.batch(after=after)))
        reply = (service or self.service).journal(self.new.till, request)
        assert isinstance(reply, JournalReply), reply
        return reply

    def redeem(self, *lines: tuple[Sold, int], **options: Any) -> Redemption:
        redemption = self.journal.redemption(
            *((voucher.voucher_id, amount) for voucher, amount in lines), **options
        )
        self.journal.write(redemption)
        return redemption

    def outcomes(self) -> dict[UUID, OutcomeStatus]:
        return {outcome.op_id: outcome.status for outcome in self.send().outcomes}


def balance(service: Service, voucher: Sold) -> int:
    with service.database.reading() as connection:
        found = catalogue.voucher_by_id(connection, voucher.voucher_id)
    assert found is not None
    return found.balance.minor


def audited(service: Service) -> dict[str, Any]:
    """The audit; asserts that every kept balance is the derived one."""
    with service.database.reading() as connection:
        found = figures.audit(connection)
    assert found["wrong"] == []
    return found


@pytest.fixture
def till(service: Service) -> DirectTill:
    return DirectTill(service)


def failing_for(amount_minor: int) -> Rules:
    """Rules with a bug: a redemption of this amount cannot be evaluated."""

    def redeem(entry: Redemption, **facts: Any) -> rules.Effect:
        if entry.lines[0].amount.minor == amount_minor:
            raise ZeroDivisionError("a bug, planted")
        return rules.redeem(entry, **facts)

    return Rules(redeem=redeem)


@pytest.mark.expects_log("parked entry 1 of epoch")
def test_an_entry_that_cannot_be_evaluated_is_stored_parked_and_done_later(
    service: Service, till: DirectTill, another: Callable[..., Service], clock: FakeClock
) -> None:
    voucher = sell(service, 5000)[0]
    broken = another(clock=clock, rules=failing_for(666))
    poison = till.redeem((voucher, 666))
    till.journal.write(till.journal.decision(poison, handed_over=True), till.journal.void(poison))
    good = till.redeem((voucher, 1000))
    reply = till.send(service=broken)
    assert reply.head.seq == 4
    assert [(alarm.seq, alarm.kind) for alarm in reply.alarms] == [(1, "parked")]
    assert [outcome.op_id for outcome in reply.outcomes] == [good.op_id]
    assert audited(service)["unevaluated"] == 3  # parked, and two that wait for it
    # A later program starts, without the bug.
    service.evaluator.evaluate_all()
    assert till.outcomes()[poison.op_id] is OutcomeStatus.VOIDED
    assert till.send().alarms == []
    assert balance(service, voucher) == 4000
    assert audited(service)["unevaluated"] == 0


def test_a_backup_older_than_an_earlier_restore_gives_no_generation_out_again(
    service: Service, clock: FakeClock
) -> None:
    backup = copied(service.database)
    first = service.begin_new_generation()
    copied_back(backup, service.database)
    clock.advance(minutes=5)
    assert service.begin_new_generation() > first


@pytest.mark.expects_log("parked entry 1 of epoch")
def test_an_entry_that_cannot_be_evaluated_does_not_keep_a_recovery_open(
    service: Service, till: DirectTill, another: Callable[..., Service], clock: FakeClock
) -> None:
    voucher = sell(service, 5000)[0]
    broken = another(clock=clock, rules=failing_for(666))
    till.journal.generation = service.begin_new_generation()
    poison, good = till.redeem((voucher, 666)), till.redeem((voucher, 1000))
    reply = till.send(service=broken)
    assert not reply.recovering
    assert [(alarm.seq, alarm.kind) for alarm in reply.alarms] == [(1, "parked")]
    assert [outcome.op_id for outcome in reply.outcomes] == [good.op_id]
    service.evaluator.evaluate_all()
    assert till.outcomes()[poison.op_id] is OutcomeStatus.ACCEPTED
    assert till.send().alarms == []
    assert balance(service, voucher) == 3334


def test_people_are_told_of_an_outcome_that_was_never_said(
    service: Service, till: DirectTill
) -> None:
    voucher = sell(service, 5000)[0]
    till.redeem((voucher, 1000))
    (outcome,) = till.send().outcomes
    till.redeem((voucher, 2000))
    forged = outcome.model_copy(update={"op_id": from_body(till.journal.chain[1].body).op_id})
    request = JournalRequest.model_validate(
        wire(till.journal.batch()) | {"priors": [forged.model_dump()]}
    )
    reply = service.journal(till.new.till, request)
    assert isinstance(reply, JournalReply)
    assert reply.alarms == []  # it is the platform's people who look at it
    assert [alarm["kind"] for alarm in audited(service)["alarms"]] == ["bad_prior"]
    assert balance(service, voucher) == 2000


def test_what_a_person_decided_is_kept_in_her_words(service: Service, till: DirectTill) -> None:
    voucher = sell(service, 1000)[0]
    short = till.redeem((voucher, 3000), honoured=True)
    told = till.journal.resolution(short, choice=Choice.LOSS_ACCEPTED)
    till.journal.write(replace(told, note="Client fidèle"))
    till.send()
    with service.database.reading() as connection:
        (kept,) = figures.history(connection, voucher.voucher_id)["resolutions"]
    assert (kept["about_id"], kept["choice"]) == (str(short.op_id), "loss_accepted")
    assert (kept["note"], kept["retry_id"], kept["till"]) == ("Client fidèle", None, "Caisse 1")


def test_what_a_crash_left_unevaluated_is_done_by_the_next_call(
    service: Service, till: DirectTill, another: Callable[..., Service], clock: FakeClock
) -> None:
    voucher = sell(service, 5000)[0]

    class PowerCut(BaseException):
        pass

    def redeem(*_: Any, **__: Any) -> rules.Effect:
        raise PowerCut

    redemption = till.redeem((voucher, 1000))
    with pytest.raises(PowerCut):
        till.send(service=another(clock=clock, rules=Rules(redeem=redeem)))
    assert audited(service)["unevaluated"] == 1
    assert balance(service, voucher) == 5000
    till.journal.cursor = 0
    assert till.outcomes() == {redemption.op_id: OutcomeStatus.ACCEPTED}
    assert balance(service, voucher) == 4000


@pytest.mark.parametrize(
    ("terms", "options", "reason"),
    [
        (Terms(valid_from=date(2026, 11, 24)), {}, "not_yet_valid"),
        (Terms(expires_on=date(2026, 11, 22)), {}, "expired"),
        (Terms(expires_on=date(2026, 11, 23)), {}, None),
        (Terms(partial_allowed=False), {}, "part_use_not_allowed"),
        (Terms(minimum_purchase=Money(6000, "EUR")), {}, "below_minimum_purchase"),
        (
            Terms(minimum_purchase=Money(6000, "EUR")),
            {"purchase_minor": 5999},
            "below_minimum_purchase",
        ),
        (Terms(minimum_purchase=Money(6000, "EUR")), {"purchase_minor": 6000}, None),
    ],
)
def test_terms_are_judged_by_the_services_own_day(
    service: Service,
    till: DirectTill,
    terms: Terms,
    options: dict[str, Any],
    reason: str | None,
) -> None:
    voucher = sell(service, 5000, terms=terms)[0]
    till.redeem((voucher, 1000), **options)
    (outcome,) = till.send().outcomes
    assert outcome.lines[0].reason == reason
    assert (outcome.status is OutcomeStatus.ACCEPTED) == (reason is None)


def test_midnight_is_midnight_where_the_shop_is(
    service: Service, till: DirectTill, clock: FakeClock
) -> None:
    vouchers = sell(service, 5000, count=2, terms=Terms(expires_on=date(2026, 11, 23)))
    clock.advance(hours=13, minutes=29)  # 22:59 UTC is 23:59 in Paris
    till.redeem((vouchers[0], 1000))
    assert till.send().outcomes[-1].lines[0].reason is None
    clock.advance(minutes=1)
    till.redeem((vouchers[1], 1000))
    assert till.send().outcomes[-1].lines[0].reason == "expired"


def test_the_other_reasons_have_their_names(service: Service, till: DirectTill) -> None:
    revoked, used, small = sell(service, 5000, count=3)
    foreign = sell(service, 5000, slug=OTHER_SHOP)[0]
    with service.database.writing() as connection:
        catalogue.revoke_voucher(connection, revoked.voucher_id)
    till.redeem((used, 5000))
    till.send()
    basket = till.redeem((revoked, 1), (used, 1), (small, 5001), (foreign, 1))
    outcome = next(one for one in till.send().outcomes if one.op_id == basket.op_id)
    assert outcome.status is OutcomeStatus.REFUSED
    assert [line.reason for line in outcome.lines] == [
        "revoked",
        "used_up",
        "amount_above_balance",
        "other_shop",
    ]
    assert outcome.lines[3].balance_minor == 0  # nothing is told of another shop's money
    assert balance(service, small) == 5000


def test_no_till_can_take_another_shops_money_by_saying_it_was_handed_over(
    service: Service, till: DirectTill
) -> None:
    foreign = sell(service, 5000, slug=OTHER_SHOP)[0]
    till.redeem((foreign, 5000), honoured=True)
    (outcome,) = till.send().outcomes
    assert outcome.status is OutcomeStatus.SHORT
    assert (outcome.lines[0].accepted_minor, outcome.lines[0].shortfall_minor) == (0, 5000)
    assert balance(service, foreign) == 5000
    assert audited(service)["shortfall_minor"] == 5000


def test_no_till_can_undo_what_another_shop_did(service: Service, till: DirectTill) -> None:
    voucher = sell(service, 5000)[0]
    redemption = till.redeem((voucher, 1000))
    till.journal.write(till.journal.decision(redemption, handed_over=True))
    till.send()
    thief = DirectTill(service, slug=OTHER_SHOP)
    void = thief.journal.void(redemption)
    thief.journal.write(thief.journal.decision(redemption, handed_over=False), void)
    thief.journal.write(redemption)  # somebody else's entry, to the byte
    reply = thief.send()
    assert [(one.op_id, one.status) for one in reply.outcomes] == [
        (void.op_id, OutcomeStatus.NOT_REVERSIBLE)
    ]
    assert [alarm.kind for alarm in reply.alarms] == ["conflicting_decision", "op_reused"]
    assert balance(service, voucher) == 4000


def test_a_voucher_that_never_existed_is_a_loss_with_a_name(
    service: Service, till: DirectTill
) -> None:
    real = sell(service, 5000)[0]
    nobody = VoucherId(till.new.epoch_id)
    ghost = Sold(replace(real.issued, voucher=replace(real.issued.voucher, voucher_id=nobody)))
    redemption = till.redeem((real, 1000), (ghost, 700), honoured=True)
    till.journal.write(till.journal.void(redemption))
    outcomes = till.outcomes()
    assert outcomes[redemption.op_id] is OutcomeStatus.VOIDED
    with service.database.reading() as connection:
        history = figures.history(connection, ghost.voucher_id)
    assert [(one["kind"], one["amount_minor"]) for one in history["entries"]] == [
        ("shortfall", 700),
        ("shortfall_returned", 700),
    ]
    assert balance(service, real) == 5000
    assert audited(service)["shortfall_minor"] == 0


def test_what_is_written_is_never_changed(service: Service, till: DirectTill) -> None:
    till.redeem((sell(service, 5000)[0], 1000))
    till.send()
    for statement in (
        "UPDATE entries SET amount_minor = 1",
        "DELETE FROM entries",
        "UPDATE envelopes SET seq = 7",
        "DELETE FROM envelopes",
    ):
        with pytest.raises(DBAPIError, match="append-only"), service.database.writing() as one:
            one.execute(text(statement))
    with pytest.raises(DBAPIError), service.database.writing() as one:
        one.execute(text("UPDATE vouchers SET balance_minor = -1"))
    with pytest.raises(DBAPIError), service.database.writing() as one:
        one.execute(text("UPDATE vouchers SET balance_minor = face_minor + 1"))


def test_a_feed_longer_than_a_reply_is_read_in_parts(service: Service, till: DirectTill) -> None:
    vouchers = sell(service, 5000, count=30)
    made = []
    for start in range(0, 600, 150):
        made += [till.redeem((vouchers[number % 30], 1)).op_id for number in range(150)]
        till.send(after=start)
    first = till.send(after=600)
    assert (len(first.outcomes), first.more_outcomes) == (500, True)
    till.journal.cursor = first.next_outcome_cursor
    rest = till.send(after=600)
    assert (len(rest.outcomes), rest.more_outcomes) == (100, False)
    assert [one.op_id for one in (*first.outcomes, *rest.outcomes)] == made


STEPS = st.lists(
    st.tuples(
        st.sampled_from(["redeem", "basket", "honoured", "hand over", "cancel", "void", "again"]),
        st.integers(0, 2),  # which till
        st.integers(0, 3),  # which voucher
        st.integers(1, 3000),
        st.integers(0, 20),  # which earlier redemption
    ),
    max_size=40,
)


@settings(suppress_health_check=[HealthCheck.too_slow], max_examples=15)
@given(steps=STEPS)
def test_whatever_tills_do_the_books_are_right(
    tmp_path_factory: pytest.TempPathFactory, steps: list[tuple[str, int, int, int, int]]
) -> None:
    folder = tmp_path_factory.mktemp("books")
    service = open_service(f"sqlite:///{folder / 'central.db'}", clock=FakeClock())
    try:
        tills = [DirectTill(service, f"Caisse {number}") for number in range(3)]
        vouchers = sell(service, 5000, count=4)
        made: list[Redemption] = []
        for kind, which, voucher, amount, earlier in steps:
            till = tills[which]
            about = made[earlier % len(made)] if made else None
            match kind:
                case "redeem" | "honoured":
                    made.append(
                        till.redeem((vouchers[voucher], amount), honoured=kind == "honoured")
                    )
                case "basket":
                    other = vouchers[(voucher + 1) % 4]
                    made.append(till.redeem((vouchers[voucher], amount), (other, amount)))
                case "hand over" | "cancel" if about:
                    handed_over = kind == "hand over"
                    till.journal.write(till.journal.decision(about, handed_over=handed_over))
                case "void" if about:
                    till.journal.write(till.journal.void(about))
                case "again" if about:
                    till.journal.write(about)
        for till in reversed(tills):
            till.send()
        found = audited(service)
        told = {one.op_id for till in tills for one in till.send().outcomes}
        assert {redemption.op_id for redemption in made} <= told
        # What still waits, waits for a decision that nobody wrote.
        assert not [alarm for alarm in found["alarms"] if alarm["kind"] == "parked"]
        assert all(0 <= balance(service, voucher) <= 5000 for voucher in vouchers)
    finally:
        service.database.close()

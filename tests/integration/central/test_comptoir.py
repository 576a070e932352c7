"""Contract v1 at the wire: what each reply means, and what no reply can make a till believe."""

from __future__ import annotations

import copy
import json
import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from merchant_app.central.address import parse_address
from merchant_app.central.comptoir import ComptoirEnrolment, ComptoirService, describe
from merchant_app.central.http import Limits, ServiceHttp
from merchant_app.central.port import (
    BookingsPage,
    CentralService,
    Enrolled,
    Enrolment,
    EnrolmentRefused,
    Forked,
    Found,
    HeldEntries,
    HeldEpoch,
    HeldEpochs,
    NoAnswer,
    NoAnswerKind,
    NoSuchVoucher,
    NotAuthorised,
    NotAuthorisedKind,
    OfflineLimits,
    OfOtherShop,
    Rejected,
    Rewind,
    Statement,
    Stored,
    TillFacts,
    VouchersPage,
)
from merchant_app.clock import SystemClock
from merchant_app.contract.status import OutcomeStatus
from merchant_app.ids import EpochId, TillId
from merchant_app.ledger import heads
from merchant_app.ledger.entries import Envelope, root_hash
from merchant_app.ledger.messages import RESYNC_UNKNOWN
from merchant_app.ledger.statements import Cause, Payout, RedemptionState
from merchant_app.log import redact
from merchant_app.vouchers.code import encode
from merchant_app.vouchers.verdicts import Reason
from tests.fakes import bad_service as bad
from tests.fakes.bad_service import BadService
from tests.fakes.journal_writer import JournalWriter

PATIENT = Limits(connect_s=20, read_s=20, total_s=30)
TOKEN = "ct1_canary-of-the-tills-token"
CODE = encode(0x0123456789ABCDEF0123)
VOUCHER_TOKEN = "V1:" + "A" * 151
SERVICE_KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
PUBLIC = SERVICE_KEY.public_key().public_bytes_raw()
TILL_ID = TillId(UUID("01920000-0000-7000-8000-000000000001"))
EPOCH_ID = EpochId(UUID("01920000-0000-7000-8000-000000000002"))
AT = datetime(2026, 11, 23, 9, 30, 0, 123_000, UTC)
NOT_UNDERSTOOD = NoAnswer(NoAnswerKind.NOT_UNDERSTOOD)

SHOP = {
    "number": 7,
    "name": "Librairie Cassiopée",
    "city": "Val d'Oingt",
    "currency": "EUR",
    "time_zone": "Europe/Paris",
}
FACTS: dict[str, Any] = {
    "till_id": str(TILL_ID),
    "till_name": "Caisse 1",
    "shop": SHOP,
    "policy": {
        "answer_wait_s": 5,
        "contact_every_s": 10,
        "offline": {
            "redemption_max_minor": 4000,
            "voucher_max_minor": None,
            "till_max_minor": 20_000,
            "count_max": 30,
            "snapshot_warn_s": 3600,
            "snapshot_max_s": 7200,
            "unknown_max_minor": 500,
            "tills": 3,
        },
    },
    "keys": [{"key_id": 1, "public_key": "ab" * 32, "state": "current"}],
    "service_key": PUBLIC.hex(),
    "generation": 0,
    "server_time": "2026-11-23T09:30:00Z",
}
TILL = {**FACTS, "minimum_version": "0.1.0"}
ENROLMENT = {
    **FACTS,
    "epoch_id": str(EPOCH_ID),
    "previous_head": "ef" * 32,
    "token": TOKEN,
    "pepper": "cd" * 32,
}
VOUCHER: dict[str, Any] = {
    "voucher_id": "01920000-0000-7000-8000-000000000003",
    "shop_number": 7,
    "face_minor": 5000,
    "balance_minor": 3000,
    "currency": "EUR",
    "status": "active",
    "label": "…H2M7",
    "holder": "Claire D.",
    "terms": {
        "partial_allowed": True,
        "valid_from": None,
        "expires_on": "2026-12-31",
        "minimum_purchase_minor": 2000,
        "vat_kind": "multi_purpose",
    },
}
USE = {
    "at": "2026-03-03T13:12:00Z",
    "till_name": "Caisse 2",
    "amount_minor": 2000,
    "currency": "EUR",
}
FOUND: dict[str, Any] = {
    "result": "found",
    "voucher": VOUCHER,
    "history": [USE],
    "server_time": "2026-11-23T09:30:00Z",
}
OTHER_SHOP = {
    "result": "other_shop",
    "shop_name": "Librairie Obliques",
    "shop_city": "Auxerre",
    "server_time": "2026-11-23T09:30:00Z",
}


PAGE: dict[str, Any] = {
    "vouchers": [{"voucher": VOUCHER, "code_mac": "12" * 32, "version": 4}],
    "tombstones": [{"voucher_id": "01920000-0000-7000-8000-000000000005", "version": 5}],
    "next_cursor": "1.5",
    "more": False,
    "starts_over": True,
}
EPOCHS: dict[str, Any] = {
    "epochs": [{"epoch_id": str(EPOCH_ID), "head_seq": 2, "head_hash": "ab" * 32, "closed": True}]
}
ENTRIES: dict[str, Any] = {
    "epoch_id": str(EPOCH_ID),
    "entries": [{"seq": 1, "body": "{}", "hash": "ab" * 32}],
    "more": True,
}


DAYS = (date(2026, 11, 1), date(2026, 11, 30))
SUMS = {
    f"{name}_{what}": 0
    for name in ("sold", "redeemed", "reversed", "shortfall")
    for what in ("count", "minor")
}
STATEMENT: dict[str, Any] = {
    "first_day": "2026-11-01",
    "last_day": "2026-11-30",
    "currency": "EUR",
    "time_zone": "Europe/Paris",
    "periods": [
        {
            "kind": "week",
            "name": "2026-W44",
            "first_day": "2026-11-01",
            "last_day": "2026-11-01",
            "sums": {**SUMS, "redeemed_minor": 2_000, "fee_minor": 50, "payout_minor": -300},
        }
    ],
    "payouts": [{"day": "2026-11-23", "amount_minor": -300, "reference": "VIR 1"}],
    "owed_before_minor": -100,
    "fee_rate_ppm": 25_000,
    "server_time": "2026-11-30T09:30:00Z",
}
BOOKINGS: dict[str, Any] = {
    "bookings": [
        {
            "op_id": "01920000-0000-7000-8000-000000000007",
            "redemption_id": "01920000-0000-7000-8000-000000000008",
            "cause": "void",
            "at": "2026-11-23T09:30:00Z",
            "till_id": str(TILL_ID),
            "till_name": "Caisse 1",
            "vouchers": [{"voucher_id": VOUCHER["voucher_id"], "label": "H2M7"}],
            "redeemed_minor": 0,
            "reversed_minor": 2_000,
            "shortfall_minor": -500,
            "fee_minor": -50,
            "redemption_status": "voided",
            "amount_minor": 2_500,
            "accepted_minor": 0,
            "shortfall_now_minor": 0,
        }
    ],
    "next_cursor": 9,
    "more": True,
}


def journal_reply(**changes: Any) -> dict[str, Any]:
    """A reply with a signed head; `changes` are of the head, made before it is signed."""
    head = heads.Head(
        till_id=TILL_ID, epoch_id=EPOCH_ID, generation=0, seq=0, hash=root_hash(EPOCH_ID), at=AT
    )
    head = replace(head, **changes)
    return {
        "generation": head.generation,
        "head": {
            "till_id": str(head.till_id),
            "epoch_id": str(head.epoch_id),
            "generation": head.generation,
            "seq": head.seq,
            "hash": head.hash.hex(),
            "at": "2026-11-23T09:30:00.123Z",
            "signature": heads.sign(head, SERVICE_KEY).hex(),
        },
        "outcomes": [
            {
                "op_id": "01920000-0000-7000-8000-000000000004",
                "status": "refused",
                "lines": [
                    {
                        "voucher_id": VOUCHER["voucher_id"],
                        "accepted_minor": 0,
                        "shortfall_minor": 0,
                        "balance_minor": 3000,
                        "reason": "amount_above_balance",
                        "uses": [USE],
                    }
                ],
                "at": "2026-11-23T09:30:00Z",
                "generation": 0,
                "signature": "cd" * 64,
            }
        ],
        "next_outcome_cursor": 5,
        "more_outcomes": True,
        "alarms": [{"seq": 3, "kind": "op_reused"}],
        "recovering": True,
    }


def ok(fields: object, *, status: int = 200) -> bytes:
    return bad.http(status, json.dumps(fields).encode())


@contextmanager
def service_answering(reply: bytes) -> Iterator[tuple[CentralService, Enrolment, BadService]]:
    clock = SystemClock()
    with BadService(bad.answer(reply)) as service:
        address = parse_address(service.url)
        http = ServiceHttp(address, clock=clock, token=TOKEN, limits=PATIENT)
        central = ComptoirService(http, clock=clock, till_id=TILL_ID, service_key=PUBLIC)
        enrolment = ComptoirEnrolment(
            ServiceHttp(address, clock=clock, limits=PATIENT), clock=clock
        )
        yield central, enrolment, service
        central.close()
        enrolment.close()


Call = Callable[[CentralService, Enrolment], object]
BATCH = JournalWriter(EPOCH_ID).batch()
CALLS: dict[str, Call] = {
    "enrol": lambda _, e: e.enrol("E1:CODE1234", public_key=bytes(32), program_version="0.1.0"),
    "till_facts": lambda s, _: s.till_facts(),
    "look_up_code": lambda s, _: s.look_up_code(CODE),
    "look_up_token": lambda s, _: s.look_up_token(VOUCHER_TOKEN),
    "append_journal": lambda s, _: s.append_journal(BATCH, wait_s=30.0),
    "vouchers": lambda s, _: s.vouchers("1.2 3"),
    "held_epochs": lambda s, _: s.held_epochs(),
    "held_entries": lambda s, _: s.held_entries(EPOCH_ID, after_seq=0),
    "statement": lambda s, _: s.statement(*DAYS),
    "bookings": lambda s, _: s.bookings(*DAYS, cursor=0),
}
EVERY_CALL = tuple(CALLS)


def outcome(call: str, reply: bytes) -> object:
    with service_answering(reply) as (central, enrolment, _):
        return CALLS[call](central, enrolment)


# --- good replies --------------------------------------------------------------------------------


def test_enrolment() -> None:
    enrolled = outcome("enrol", ok(ENROLMENT))
    assert isinstance(enrolled, Enrolled)
    assert enrolled.facts.till_id == TILL_ID
    assert enrolled.epoch_id == EPOCH_ID
    assert enrolled.token == TOKEN
    assert enrolled.pepper == b"\xcd" * 32
    assert enrolled.previous_head == b"\xef" * 32
    assert enrolled.facts.service_key == PUBLIC
    assert [(key.key_id, key.public_key) for key in enrolled.facts.keys] == [(1, b"\xab" * 32)]
    assert isinstance(outcome("enrol", ok(ENROLMENT, status=201)), Enrolled)


def test_till_facts() -> None:
    facts = outcome("till_facts", ok(TILL))
    assert isinstance(facts, TillFacts)
    assert facts.shop.city == "Val d'Oingt"
    assert facts.policy.contact_every_s == 10
    assert facts.policy.offline == OfflineLimits(
        redemption_max_minor=4000,
        voucher_max_minor=None,
        till_max_minor=20_000,
        count_max=30,
        snapshot_warn_s=3600,
        snapshot_max_s=7200,
        unknown_max_minor=500,
        tills=3,
    )


def test_vouchers() -> None:
    with service_answering(ok(PAGE)) as (central, _, service):
        page = central.vouchers("1.2 3")
    assert service.requests[0].startswith(b"GET /v1/vouchers?cursor=1.2+3 ")
    assert isinstance(page, VouchersPage)
    (one,) = page.vouchers
    assert (one.voucher.balance.minor, one.code_mac) == (3000, b"\x12" * 32)
    assert [str(gone)[-1] for gone in page.gone] == ["5"]
    assert (page.next_cursor, page.more, page.starts_over) == ("1.5", False, True)
    with service_answering(ok(PAGE)) as (central, _, service):
        central.vouchers("")
    assert service.requests[0].startswith(b"GET /v1/vouchers ")


def test_what_the_service_holds() -> None:
    held = outcome("held_epochs", ok(EPOCHS))
    assert held == HeldEpochs((HeldEpoch(EPOCH_ID, 2, b"\xab" * 32, closed=True),))
    with service_answering(ok(ENTRIES)) as (central, _, service):
        entries = central.held_entries(EPOCH_ID, after_seq=7)
    assert f"?epoch={EPOCH_ID}&after=7 ".encode() in service.requests[0]
    assert entries == HeldEntries(EPOCH_ID, (Envelope(1, "{}", b"\xab" * 32),), more=True)


@pytest.mark.expects_log("of another journal")
def test_entries_of_another_journal_are_not_understood() -> None:
    assert outcome("held_entries", ok(ENTRIES | {"epoch_id": str(TILL_ID)})) == NOT_UNDERSTOOD


def test_a_statement() -> None:
    with service_answering(ok(STATEMENT)) as (central, _, service):
        found = central.statement(*DAYS)
    assert service.requests[0].startswith(b"GET /v1/statements?from=2026-11-01&to=2026-11-30 ")
    assert isinstance(found, Statement)
    (week,) = found.periods
    assert (week.name, week.sums.redeemed_minor, week.sums.payout_minor) == ("2026-W44", 2000, -300)
    assert found.payouts == (Payout(date(2026, 11, 23), -300, "VIR 1"),)
    assert (found.owed_before_minor, found.fee_rate_ppm) == (-100, 25_000)


def test_bookings() -> None:
    with service_answering(ok(BOOKINGS)) as (central, _, service):
        page = central.bookings(*DAYS, cursor=7)
    assert b"?from=2026-11-01&to=2026-11-30&cursor=7 " in service.requests[0]
    assert isinstance(page, BookingsPage)
    (one,) = page.bookings
    assert (one.cause, one.reversed_minor, one.shortfall_minor) == (Cause.VOID, 2_000, -500)
    assert one.now == RedemptionState(OutcomeStatus.VOIDED, 2_500, 0, 0)
    assert (page.next_cursor, page.more) == (9, True)


@pytest.mark.expects_log("of other days")
def test_a_statement_of_other_days_is_not_understood() -> None:
    other = STATEMENT | {"first_day": "2026-10-01"}
    assert outcome("statement", ok(other)) == NOT_UNDERSTOOD


@pytest.mark.expects_log("leads nowhere")
def test_bookings_that_never_end_are_not_understood() -> None:
    assert outcome("bookings", ok(BOOKINGS | {"next_cursor": 0})) == NOT_UNDERSTOOD


@pytest.mark.parametrize(
    "bad",
    [
        {"currency": "ZZZ"}, {"time_zone": "Mars/Olympus"}, {"fee_rate_ppm": -1},
        {"owed_before_minor": 1.5}, {"owed_before_minor": 2**60}, {"first_day": "yesterday"},
        {"periods": [{}]}, {"extra": 1},
    ],
)  # fmt: skip
def test_a_statement_that_is_not_of_the_contract_is_not_understood(bad: dict[str, Any]) -> None:
    assert outcome("statement", ok(STATEMENT | bad)) == NOT_UNDERSTOOD


def test_look_up() -> None:
    for call in ("look_up_code", "look_up_token"):
        found = outcome(call, ok(FOUND))
        assert isinstance(found, Found)
        assert found.voucher.balance.minor == 3000
        assert found.voucher.terms.minimum_purchase is not None
        assert found.voucher.terms.minimum_purchase.minor == 2000
        assert [(use.till, use.amount.minor) for use in found.history] == [("Caisse 2", 2000)]
        assert outcome(call, ok(OTHER_SHOP)) == OfOtherShop("Librairie Obliques", "Auxerre")


def test_journal() -> None:
    stored = outcome("append_journal", ok(journal_reply()))
    assert isinstance(stored, Stored)
    assert (stored.head_seq, stored.head_hash, stored.head_at) == (0, root_hash(EPOCH_ID), AT)
    assert stored.next_outcome_cursor == 5
    assert stored.more_outcomes
    assert stored.alarm_seqs == (3,)
    (told,) = stored.outcomes
    assert told.status is OutcomeStatus.REFUSED
    assert told.lines[0].reason is Reason.AMOUNT_ABOVE_BALANCE
    assert [(use.till, use.amount.minor) for use in told.lines[0].uses] == [("Caisse 2", 2000)]
    assert (told.generation, told.signature) == (0, b"\xcd" * 64)
    assert stored.recovering


def test_what_was_said_before_is_offered_again_as_it_was_signed() -> None:
    reply = changed(journal_reply(), "outcomes.0.lines.0.reason", None)
    stored = outcome("append_journal", ok(reply))
    assert isinstance(stored, Stored)
    with service_answering(ok(journal_reply())) as (central, _, service):
        batch = replace(BATCH, priors=stored.outcomes, resync_to=RESYNC_UNKNOWN)
        central.append_journal(batch, wait_s=30.0)
    sent = json.loads(service.requests[0].rpartition(b"\r\n\r\n")[2])
    assert sent["resync_to"] == 2**53
    (prior,) = sent["priors"]
    (told,) = reply["outcomes"]
    told["lines"][0]["uses"] = []
    assert prior == told


@pytest.mark.parametrize("call", EVERY_CALL)
def test_a_service_being_restored_is_told_from_one_that_fails(call: str) -> None:
    wait = ("Retry-After: 7",)
    restored = bad.problem(503, "being-restored", headers=wait)
    assert outcome(call, restored) == NoAnswer(NoAnswerKind.BEING_RESTORED, 7.0)
    failed = NoAnswer(NoAnswerKind.SERVICE_FAILED, 7.0)
    assert outcome(call, bad.problem(503, "unavailable", headers=wait)) == failed
    media_type = "application/problem+json"
    odd = bad.http(503, b"{", media_type=media_type)
    assert outcome(call, odd) == NoAnswer(NoAnswerKind.SERVICE_FAILED)


def test_what_is_sent() -> None:
    with service_answering(ok(FOUND)) as (central, _, service):
        central.look_up_code(CODE)
        central.look_up_token(VOUCHER_TOKEN)
    by_code, by_token = (request.rpartition(b"\r\n\r\n") for request in service.requests)
    assert json.loads(by_code[2]) == {"code": CODE}
    assert json.loads(by_token[2]) == {"token": VOUCHER_TOKEN}
    # A secret travels in the body, never in the address: proxies and servers log addresses.
    assert CODE.encode() not in by_code[0]
    with service_answering(ok(ENROLMENT)) as (_, enrolment, service):
        enrolment.enrol("E1:CODE1234", public_key=bytes(32), program_version="0.1.0")
    (request,) = service.requests
    assert b"authorization" not in request.lower()


# --- problems ------------------------------------------------------------------------------------

TOKEN_REFUSED = NotAuthorised(NotAuthorisedKind.TOKEN_REFUSED)
TILL_REVOKED = NotAuthorised(NotAuthorisedKind.TILL_REVOKED)
AUTHORISED = EVERY_CALL[1:]
LOOKUPS = ("look_up_code", "look_up_token")
# (status, type) -> what it means for which calls; for every other call it is not understood.
PROBLEMS: list[tuple[int, str, tuple[str, ...], object]] = [
    (400, "malformed", EVERY_CALL, Rejected(400, None)),
    (404, "not-found", EVERY_CALL, Rejected(404, None)),
    (405, "method-not-allowed", EVERY_CALL, Rejected(405, None)),
    (413, "too-large", EVERY_CALL, Rejected(413, None)),
    (422, "of-a-newer-service", EVERY_CALL, Rejected(422, None)),
    (401, "not-authenticated", AUTHORISED, TOKEN_REFUSED),
    (410, "till-revoked", AUTHORISED, TILL_REVOKED),
    (403, "enrolment-refused", ("enrol",), EnrolmentRefused()),
    (404, "voucher-unknown", LOOKUPS, NoSuchVoucher()),
    (409, "fork", ("append_journal",), Forked()),
    (409, "epoch-closed", ("append_journal",), Forked()),
    # The status is not the one that the type stands for.
    (400, "not-authenticated", (), None),
    (401, "till-revoked", (), None),
    (409, "voucher-unknown", (), None),
    (404, "internal", (), None),
]


@pytest.mark.parametrize("call", EVERY_CALL)
@pytest.mark.parametrize("case", PROBLEMS, ids=lambda case: f"{case[0]} {case[1]}")
def test_the_table_of_problems(call: str, case: tuple[int, str, tuple[str, ...], object]) -> None:
    status, name, calls, meaning = case
    expected = meaning if call in calls else NOT_UNDERSTOOD
    assert outcome(call, bad.problem(status, name)) == expected


def test_a_malformed_request_is_told_with_its_path() -> None:
    reply = bad.problem(400, "malformed", path="entries.3.hash")
    assert outcome("append_journal", reply) == Rejected(400, "entries.3.hash")


def test_a_rewind_says_where_to_go_on() -> None:
    where: dict[str, Any] = {"head_seq": 3, "head_hash": "ab" * 32, "generation": 1}
    reply = bad.problem(409, "rewind", **where)
    assert outcome("append_journal", reply) == Rewind(1, 3, b"\xab" * 32)
    assert outcome("till_facts", reply) == NOT_UNDERSTOOD
    for missing in where:
        less = {name: value for name, value in where.items() if name != missing}
        assert outcome("append_journal", bad.problem(409, "rewind", **less)) == NOT_UNDERSTOOD
    for bad_hash in ("ab", "zz" * 32, "ab " * 32, "ab" * 33):
        reply = bad.problem(409, "rewind", **{**where, "head_hash": bad_hash})
        assert outcome("append_journal", reply) == NOT_UNDERSTOOD


@pytest.mark.parametrize("call", EVERY_CALL)
@pytest.mark.parametrize(
    "reply",
    [
        bad.http(401, b'{"detail":"who are you"}'),
        bad.http(401, b"<html>login", media_type="text/html"),
        bad.http(410, b"{}"),
        bad.http(422, b'{"detail":[]}'),
        bad.http(404, b'{"type":"about:blank","title":"x","status":404}'),
        bad.http(
            401, b'{"type":"urn:comptoir:problem:not-authenticated","title":"x","status":200}'
        ),
        bad.http(409, b'{"type":"urn:comptoir:problem:fork","title":"x","status":409,"more":1}'),
        bad.http(409, b'{"type":"urn:comptoir:problem:fork","type":"x","title":"x","status":409}'),
        bad.http(202, b"{}"),
        bad.http(200, b""),
        bad.http(200, b'{"result":'),
        bad.http(200, b"[]"),
        bad.http(200, b"[" * 100_000),
        bad.http(200, "é".encode("latin-1")),
    ],
)
def test_what_is_not_of_the_contract_is_not_understood(call: str, reply: bytes) -> None:
    """A proxy's or a hotel's 401 must not stop a till from selling: only the service may."""
    assert outcome(call, reply) == NOT_UNDERSTOOD


# --- replies that are nearly good ----------------------------------------------------------------


def changed(fields: dict[str, Any], path: str, value: object) -> dict[str, Any]:
    """A copy with one field changed; "." separates the steps."""
    result = copy.deepcopy(fields)
    where: Any = result
    *steps, last = path.split(".")
    for step in steps:
        where = where[int(step)] if step.isdigit() else where[step]
    where[int(last) if last.isdigit() else last] = value
    return result


@pytest.mark.parametrize(
    ("call", "fields", "path", "value"),
    [
        ("till_facts", TILL, "shop.currency", "XXX"),
        ("till_facts", TILL, "shop.time_zone", "Europe/Nowhere"),
        ("till_facts", TILL, "shop.time_zone", "../../etc/passwd"),
        ("till_facts", TILL, "shop.time_zone", "Europe"),
        ("till_facts", TILL, "shop.time_zone", ""),
        ("till_facts", TILL, "shop.number", 0),
        ("till_facts", TILL, "policy.answer_wait_s", 3600),
        ("till_facts", TILL, "keys.0.public_key", "ab"),
        ("till_facts", TILL, "more", 1),
        ("till_facts", TILL, "server_time", "2026-11-23T09:30:00"),
        ("enrol", ENROLMENT, "pepper", "short"),
        ("enrol", ENROLMENT, "epoch_id", "x"),
        ("look_up_code", FOUND, "voucher", None),
        ("look_up_code", FOUND, "voucher.currency", "XXX"),
        ("look_up_code", FOUND, "voucher.balance_minor", -1),
        ("look_up_code", FOUND, "voucher.balance_minor", "3000"),
        ("look_up_code", FOUND, "voucher.balance_minor", 3000.0),
        ("look_up_code", FOUND, "voucher.status", "sleeping"),
        ("look_up_code", FOUND, "voucher.terms.expires_on", "2026-13-01"),
        ("look_up_code", FOUND, "result", "maybe"),
        ("look_up_code", FOUND, "result", "other_shop"),
        ("look_up_code", OTHER_SHOP, "shop_name", None),
        ("look_up_code", OTHER_SHOP, "voucher", VOUCHER),
        ("append_journal", journal_reply(), "outcomes.0.status", "lost"),
        ("append_journal", journal_reply(), "outcomes.0.lines.0.reason", "bad_mood"),
        ("append_journal", journal_reply(), "outcomes.0.lines.0.accepted_minor", 2**32),
        ("append_journal", journal_reply(), "head.signature", "00"),
        ("append_journal", journal_reply(), "alarms.0.kind", "?"),
        ("append_journal", journal_reply(), "outcomes.0.signature", "cd"),
        ("append_journal", journal_reply(), "outcomes.0.lines.0.uses.0.currency", "XXX"),
        ("till_facts", TILL, "policy.offline.tills", 0),
        ("enrol", ENROLMENT, "previous_head", "ef"),
        ("vouchers", PAGE, "vouchers.0.voucher.currency", "XXX"),
        ("vouchers", PAGE, "vouchers.0.code_mac", "12"),
        ("held_epochs", EPOCHS, "epochs.0.head_hash", "12"),
        ("held_entries", ENTRIES, "entries.0.hash", "12"),
    ],
)
def test_a_bad_field_makes_the_whole_reply_not_understood(
    call: str, fields: dict[str, Any], path: str, value: object, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.INFO):
        assert outcome(call, ok(changed(fields, path, value))) == NOT_UNDERSTOOD
    assert "reply not understood" in caplog.text


@pytest.mark.expects_log("signed head|signature")
@pytest.mark.parametrize(
    "reply",
    [
        changed(journal_reply(), "head.signature", "ab" * 64),
        changed(journal_reply(), "head.seq", 1),
        changed(journal_reply(), "head.hash", "ab" * 32),
        changed(journal_reply(), "head.at", "2026-11-23T09:30:00.124Z"),
        changed(journal_reply(), "generation", 1),
        changed(changed(journal_reply(), "generation", 1), "head.generation", 1),
        journal_reply(till_id=TillId(UUID(int=9))),
        journal_reply(epoch_id=EpochId(UUID(int=9))),
    ],
)
def test_a_head_the_service_did_not_sign_for_us_is_not_believed(
    reply: dict[str, Any], caplog: pytest.LogCaptureFixture
) -> None:
    assert outcome("append_journal", ok(reply)) == NOT_UNDERSTOOD
    assert any(record.levelno == logging.ERROR for record in caplog.records)


# --- the log -------------------------------------------------------------------------------------


def test_every_call_leaves_a_line_and_no_secret(caplog: pytest.LogCaptureFixture) -> None:
    """S10: through every call, with good and bad replies; then the canaries are looked for."""
    replies = {
        "enrol": ENROLMENT,
        "till_facts": TILL,
        "look_up_code": FOUND,
        "look_up_token": FOUND,
        "append_journal": journal_reply(),
    }
    with caplog.at_level(logging.DEBUG):
        for call, fields in replies.items():
            for reply in (
                ok(fields),
                bad.problem(401, "not-authenticated"),
                bad.http(200, json.dumps({CODE: TOKEN}).encode()),
                bad.http(500, CODE.encode()),
            ):
                outcome(call, reply)
    text = caplog.text
    for call in ("enrol", "till_facts", "look_up", "append_journal"):
        assert f"{call}: " in text
    assert "NotAuthorised(token_refused) in " in text
    for canary in (TOKEN, VOUCHER_TOKEN, "E1:CODE1234", "cd" * 32):
        assert canary not in text
    # A reply may name a field like a code; whatever is logged goes through this.
    assert CODE not in redact(text)


def test_how_outcomes_are_described() -> None:
    assert describe(NoAnswer(NoAnswerKind.SLOW, 3.0)) == "NoAnswer(slow)"
    assert describe(TILL_REVOKED) == "NotAuthorised(till_revoked)"
    assert describe(Rejected(400, "code")) == "Rejected(400, code)"
    assert describe(Forked()) == "Forked"

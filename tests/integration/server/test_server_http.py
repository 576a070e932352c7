"""The service over HTTP: every problem of the contract, hostile bodies, snapshot, limits."""

from __future__ import annotations

import gzip
import hmac
import http.client
import json
import socket
from datetime import date
from urllib.parse import urlsplit
from uuid import UUID

import pytest
import requests
from sqlalchemy import create_engine, text
from sqlalchemy.pool import NullPool

from merchant_app.contract import paths
from merchant_app.contract.problems import ProblemType
from merchant_app.contract.strict_json import BODY_BYTES_MAX
from merchant_app.contract.wire import VOUCHERS_PER_PAGE_MAX
from merchant_app.server import catalogue, enrolling, looking_up
from merchant_app.server.service import Service
from merchant_app.vouchers import code as codes
from merchant_app.vouchers.terms import Terms
from tests.fakes.clock import FakeClock
from tests.fakes.http_till import TIMEOUT_S, HttpTill, enrol, problem, wire
from tests.fakes.service_process import OTHER_SHOP, offer, sell, shop_of

FORGED = "V1:" + "A" * 151


@pytest.fixture
def till(service: Service, url: str) -> HttpTill:
    return HttpTill(url, offer(service, "Caisse 1"))


# --- problems ------------------------------------------------------------------------------------


def test_who_is_not_known_is_told_nothing(url: str, till: HttpTill) -> None:
    wrong = [
        {},
        {"Authorization": "Bearer ct1_" + "0" * 64},
        {"Authorization": till.headers["Authorization"].replace("Bearer", "Basic")},
        {"Authorization": "Bearer " + "x" * 5000},
        {"Authorization": "Bearer"},
    ]
    for headers in wrong:
        for path in (paths.TILL, paths.VOUCHERS):
            response = requests.get(url + path, headers=headers, timeout=TIMEOUT_S)
            assert (response.status_code, problem(response)) == (401, "not-authenticated")
            assert response.headers["www-authenticate"] == "Bearer"
        for path in (paths.LOOKUP, paths.JOURNAL):
            response = requests.post(url + path, headers=headers, json={}, timeout=TIMEOUT_S)
            assert problem(response) == "not-authenticated"


def test_a_revoked_till_is_answered_410_until_it_is_enrolled_again(
    service: Service, url: str, till: HttpTill
) -> None:
    with service.database.writing() as connection:
        enrolling.revoke_till(connection, UUID(till.facts["till_id"]))
    assert problem(till.get(paths.TILL)) == "till-revoked"
    assert till.send().status_code == 410
    again = HttpTill(url, offer(service, "Caisse 1"))
    assert again.facts["till_id"] == till.facts["till_id"]
    assert again.send().status_code == 200
    assert problem(till.get(paths.TILL)) == "not-authenticated"


def test_an_enrolment_code_is_good_once_and_for_ten_minutes(
    service: Service, url: str, clock: FakeClock
) -> None:
    code = offer(service)
    assert enrol(url, "E1:" + code.lower()).status_code == 200
    late = offer(service)
    clock.advance(minutes=10)
    for bad in (code, late, "0" * 26, "E1:" + "1" * 26):
        response = enrol(url, bad)
        assert (response.status_code, problem(response)) == (403, "enrolment-refused")


def test_guessing_enrolment_codes_is_slowed_down(url: str, clock: FakeClock) -> None:
    answers = {enrol(url, f"{number:026}").status_code for number in range(looking_up.MISSES_MAX)}
    assert answers == {403}
    limited = enrol(url, "0" * 26)
    assert problem(limited) == "too-many-requests"
    clock.advance(seconds=float(limited.headers["retry-after"]))
    assert enrol(url, "0" * 26).status_code == 403


def test_routes_and_methods_that_do_not_exist(url: str) -> None:
    for path in ("/", "/v1", "/v2/till", "/v1/till/", "/docs", "/openapi.json", "/v1/%2e%2e/till"):
        response = requests.get(url + path, timeout=TIMEOUT_S)
        assert (response.status_code, problem(response)) == (404, "not-found"), path
    for method, path in (("POST", paths.TILL), ("GET", paths.JOURNAL), ("DELETE", paths.VOUCHERS)):
        response = requests.request(method, url + path, timeout=TIMEOUT_S)
        assert (response.status_code, problem(response)) == (405, "method-not-allowed")
        assert response.headers["allow"]
    assert requests.get(url + paths.HEALTH, timeout=TIMEOUT_S).json() == {"status": "ok"}


HOSTILE = {
    "nothing": (b"", ""),
    "no JSON": (b"{", ""),
    "a list": (b"[]", ""),
    "a number": (b"1e400", ""),
    "NaN": (b'{"code": NaN}', ""),
    "deep": (b"[" * 100_000, ""),
    "twice": (b'{"code": null, "code": null}', ""),
    "unknown field": (b'{"code": "0000000000000000JF", "admin": true}', "admin"),
    "a number for a code": (b'{"code": 123456789012345678}', "code"),
    "short": (b'{"code": "A"}', "code"),
    "neither": (b"{}", "code"),
    "both": (json.dumps({"code": "0" * 18, "token": FORGED}).encode(), "code"),
    "no UTF-8": (b'{"code": "\xff\xfe"}', ""),
    "half a character": (b'{"code": "\\ud80000000000000000"}', ""),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_malformed_look_up_names_its_bad_field(till: HttpTill, name: str) -> None:
    body, path = HOSTILE[name]
    response = till.post_raw(paths.LOOKUP, body)
    assert (response.status_code, problem(response)) == (400, "malformed"), response.text
    if path:
        assert response.json()["path"] == path


def test_a_malformed_journal_stores_nothing(service: Service, till: HttpTill) -> None:
    voucher = sell(service, 5000)[0]
    till.journal.write(till.journal.redemption((voucher.voucher_id, 100)))
    good = wire(till.journal.batch())
    entry = good["entries"][0]
    bad: list[tuple[dict[str, object], str]] = [
        ({"base_seq": -1}, "base_seq"),
        ({"base_seq": "0"}, "base_seq"),
        ({"base_seq": True}, "base_seq"),
        ({"generation": 1.0}, "generation"),
        ({"base_hash": "zz" * 32}, "base_hash"),
        ({"epoch_id": "not-a-uuid"}, "epoch_id"),
        ({"outcome_cursor": 2**60}, "outcome_cursor"),
        ({"entries": [entry] * 201}, "entries"),
        ({"entries": [entry | {"seq": 2}]}, "entries.0.hash"),
        ({"entries": [entry | {"body": entry["body"] + " "}]}, "entries.0.hash"),
        ({"entries": [entry | {"body": "x" * 8001}]}, "entries.0.body"),
        ({"entries": [entry | {"extra": 1}]}, "entries.0.extra"),
    ]
    for change, path in bad:
        response = till.post(paths.JOURNAL, good | change)
        assert problem(response) == "malformed", change
        assert response.json()["path"].startswith(path), (change, response.text)
    with service.database.reading() as connection:
        assert connection.scalar(text("SELECT count(*) FROM envelopes")) == 0


def test_a_body_with_nul_and_every_odd_character_is_stored_to_the_byte(
    service: Service, till: HttpTill
) -> None:
    bodies = ["\x00\x00", '{"a":"\\u0000"}', "é𝄞\u202e\ufffe", "'; DROP TABLE vouchers; --"]
    for body in bodies:
        till.journal.write_body(body)
    reply = till.send()
    assert reply.status_code == 200, reply.text
    assert [alarm["kind"] for alarm in reply.json()["alarms"]] == ["not_understood"] * 4
    with service.database.reading() as connection:
        stored = connection.scalars(text("SELECT body FROM envelopes ORDER BY seq"))
        assert [bytes(body).decode() for body in stored] == bodies


def test_what_is_not_json_by_its_own_account_is_refused(till: HttpTill) -> None:
    for content_type in ("text/plain", "application/x-www-form-urlencoded", ""):
        response = till.post_raw(paths.LOOKUP, b"{}", **{"Content-Type": content_type})
        assert problem(response) == "malformed"
    packed = till.post_raw(paths.LOOKUP, gzip.compress(b"{}"), **{"Content-Encoding": "gzip"})
    assert problem(packed) == "malformed"


def test_a_body_that_is_too_large_is_refused_and_its_sender_reads_why(till: HttpTill) -> None:
    response = till.post_raw(paths.LOOKUP, b" " * (BODY_BYTES_MAX + 1))
    assert (response.status_code, problem(response)) == (413, "too-large")

    def chunks() -> object:
        for _ in range(7):
            yield b" " * 500_000

    chunked = requests.post(
        till.url + paths.LOOKUP,
        data=chunks(),  # type: ignore[arg-type]
        headers=till.headers | {"Content-Type": "application/json"},
        timeout=TIMEOUT_S,
    )
    assert problem(chunked) == "too-large"


def test_a_caller_that_leaves_in_the_middle_harms_nobody(till: HttpTill) -> None:
    parts = urlsplit(till.url)
    assert parts.hostname is not None
    with socket.create_connection((parts.hostname, parts.port or 0), timeout=TIMEOUT_S) as half:
        half.sendall(
            b"POST /v1/vouchers/lookup HTTP/1.1\r\nHost: x\r\n"
            b"Content-Type: application/json\r\nContent-Length: 100\r\n\r\n{"
        )
    assert till.get(paths.TILL).status_code == 200


@pytest.mark.expects_log("database gave way")
def test_a_database_that_is_gone_is_a_503_and_no_secret_is_told(
    service: Service, till: HttpTill
) -> None:
    # What a lost disk or a stopped server looks like: no connection can be made.
    good, service.database.engine = (
        service.database.engine,
        create_engine("sqlite:////nowhere/at/all.db", poolclass=NullPool),
    )
    try:
        response = till.get(paths.TILL)
    finally:
        service.database.engine = good
    assert (response.status_code, problem(response)) == (503, "unavailable")
    assert response.headers["retry-after"]
    assert "nowhere" not in response.text
    assert till.get(paths.TILL).status_code == 200


@pytest.mark.expects_log("failed: GET /v1/till")
def test_an_error_of_ours_is_a_500_without_its_detail(service: Service, till: HttpTill) -> None:
    service.clock = None  # type: ignore[assignment]  # a bug, planted
    response = till.get(paths.TILL)
    assert (response.status_code, problem(response)) == (500, "internal")
    assert "NoneType" not in response.text
    assert response.json()["instance"].startswith("urn:uuid:")


# --- look-up -------------------------------------------------------------------------------------


def test_every_way_not_to_be_a_voucher_has_the_same_answer(
    service: Service, till: HttpTill
) -> None:
    voucher = sell(service, 5000)[0]
    swapped = voucher.token[:40] + ("A" if voucher.token[40] != "A" else "B") + voucher.token[41:]
    withdrawn = sell(service, 5000)[0]
    with service.database.writing() as connection:
        catalogue.withdraw_voucher(connection, withdrawn.voucher_id)
    answers = {
        till.post(paths.LOOKUP, body).content
        for body in (
            {"code": codes.encode(1)},
            {"code": "0" * 17 + "1"},
            {"code": "é" * 18},
            {"token": FORGED},
            {"token": swapped},
            {"token": voucher.token[:-1] + "="},
            {"token": withdrawn.token},
            {"code": withdrawn.code},
        )
    }
    assert len(answers) == 1
    assert json.loads(answers.pop())["type"] == ProblemType.VOUCHER_UNKNOWN.uri


def test_guessing_is_slowed_down_for_this_till_alone(
    service: Service, till: HttpTill, clock: FakeClock
) -> None:
    voucher = sell(service, 5000)[0]
    for number in range(looking_up.MISSES_MAX):
        assert till.post(paths.LOOKUP, {"code": codes.encode(number)}).status_code == 404
    limited = till.post(paths.LOOKUP, {"code": voucher.code})
    assert (limited.status_code, problem(limited)) == (429, "too-many-requests")
    neighbour = HttpTill(till.url, offer(service), public_key="cd" * 32)
    assert neighbour.post(paths.LOOKUP, {"code": voucher.code}).status_code == 200
    clock.advance(seconds=float(limited.headers["retry-after"]))
    assert till.post(paths.LOOKUP, {"code": voucher.code}).status_code == 200


def test_another_shops_voucher_shows_its_shop_and_nothing_else(
    service: Service, till: HttpTill
) -> None:
    voucher = sell(service, 5000, slug=OTHER_SHOP)[0]
    reply = till.post(paths.LOOKUP, {"token": voucher.token}).json()
    del reply["server_time"]
    assert reply == {
        "result": "other_shop",
        "voucher": None,
        "history": [],
        "shop_name": "Librairie du Port",
        "shop_city": "Lorient",
    }


# --- snapshot ------------------------------------------------------------------------------------


def _read_all(
    till: HttpTill, cursor: str = ""
) -> tuple[dict[str, dict[str, object]], list[str], str]:
    found: dict[str, dict[str, object]] = {}
    gone: list[str] = []
    while True:
        page = till.get(paths.VOUCHERS, cursor=cursor).json()
        for item in page["vouchers"]:
            found[item["voucher"]["voucher_id"]] = item
        gone += [item["voucher_id"] for item in page["tombstones"]]
        cursor = page["next_cursor"]
        if not page["more"]:
            return found, gone, cursor


def test_a_snapshot_comes_in_pages_and_then_only_what_changed(
    service: Service, till: HttpTill
) -> None:
    shop = shop_of(service)
    sold = sell(service, 5000, count=VOUCHERS_PER_PAGE_MAX + 3)
    sell(service, 2000, count=2, slug=OTHER_SHOP)
    found, gone, cursor = _read_all(till)
    assert set(found) == {str(voucher.voucher_id) for voucher in sold}
    assert gone == []
    one = sold[0]
    assert found[str(one.voucher_id)]["code_mac"] == (
        hmac.digest(shop.pepper, one.code.encode(), "sha256").hex()
    )
    assert _read_all(till, cursor) == ({}, [], cursor)
    with service.database.writing() as connection:
        catalogue.revoke_voucher(connection, sold[1].voucher_id)
        catalogue.withdraw_voucher(connection, sold[2].voucher_id)
    till.journal.write(till.journal.redemption((one.voucher_id, 1000)))
    till.send()
    found, gone, later = _read_all(till, cursor)
    states = {
        key: (item["voucher"]["status"], item["voucher"]["balance_minor"])  # type: ignore[index]
        for key, item in found.items()
    }
    assert states == {
        str(sold[1].voucher_id): ("revoked", 5000),
        str(one.voucher_id): ("active", 4000),
    }
    assert gone == [str(sold[2].voucher_id)]
    assert _read_all(till, later)[0] == {}
    # The whole from the beginning says the same as all the parts.
    whole, gone, _ = _read_all(till)
    assert len(whole) == len(sold) - 1
    assert gone == [str(sold[2].voucher_id)]


def test_a_cursor_of_a_lost_history_begins_again(service: Service, till: HttpTill) -> None:
    sold = sell(service, 5000, count=3)
    _, _, cursor = _read_all(till)
    till.journal.generation = service.begin_new_generation()
    assert problem(till.get(paths.VOUCHERS, cursor=cursor)) == "being-restored"
    assert not till.send().json()["recovering"]
    assert till.get(paths.VOUCHERS, cursor=cursor).json()["starts_over"]
    found, _, new_cursor = _read_all(till, cursor)
    assert len(found) == len(sold)
    more = sell(service, 5000)[0]
    assert set(_read_all(till, new_cursor)[0]) == {str(more.voucher_id)}


@pytest.mark.parametrize("cursor", ["x", "1", "1.", "1.2.3", "-1.2", "1.2 ", "1" * 40, "٣.٣"])
def test_a_cursor_that_we_did_not_give_is_malformed(till: HttpTill, cursor: str) -> None:
    response = till.get(paths.VOUCHERS, cursor=cursor)
    assert problem(response) == "malformed"
    assert response.json()["path"] == "cursor"


def test_large_replies_are_compressed(service: Service, till: HttpTill) -> None:
    sell(service, 5000, count=50, terms=Terms(expires_on=date(2027, 12, 31)))
    response = till.get(paths.VOUCHERS)
    assert response.headers["content-encoding"] == "gzip"
    assert response.headers["cache-control"] == "no-store"
    parts = urlsplit(till.url)
    plain = http.client.HTTPConnection(parts.netloc, timeout=TIMEOUT_S)
    plain.request("GET", paths.TILL, headers=till.headers)
    assert plain.getresponse().getheader("content-encoding") is None
    plain.close()

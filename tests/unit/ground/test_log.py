"""S10: canaries through the log; nothing that can be spent or used to log in comes out."""

from __future__ import annotations

import itertools
import json
import logging
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from merchant_app import log
from merchant_app.log import REDACTED, JsonLines, redact
from merchant_app.vouchers.code import encode, grouped, parse

NUMBERS = st.integers(0, 2**80 - 1)
GAPS = st.sampled_from([" ", "-", "  ", " - ", "\t", "\u00a0", "\u202f", "\u2010", "\u2011", "–"])
BEFORE = st.sampled_from(["", "code ", "look-up of ", "(", '"', "code=", "voucher-", "'", "\n"])
AFTER = st.sampled_from(["", " refused", ")", '"', ", again", "-", ".", "\n"])
TOKEN = "V1:" + "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567" * 4 + "ABCDEFGHIJKLMNOPQRSTUVW"
SECRET = "s3cr3t-canary"


@given(NUMBERS, BEFORE, AFTER, st.booleans())
def test_a_code_as_it_is_printed_or_run_together(
    number: int, before: str, after: str, lower: bool
) -> None:
    code = encode(number)
    for text in (code, grouped(code), grouped(code).replace("-", " ")):
        shown = redact(before + (text.lower() if lower else text) + after)
        assert code[:4].lower() not in shown.lower() or REDACTED in shown
        assert parse(shown) is None
        assert shown == redact(before + REDACTED + after)


@given(NUMBERS, st.lists(st.integers(1, 17), min_size=1, max_size=17, unique=True), GAPS)
def test_a_code_in_any_groups_somebody_typed(number: int, cuts: list[int], gap: str) -> None:
    code = encode(number)
    places = [0, *sorted(cuts), len(code)]
    groups = [code[start:end] for start, end in itertools.pairwise(places)]
    text = gap.join(groups)
    assert parse(text) == code or len(text) > 64
    assert REDACTED in redact(f"typed: {text}.")
    assert text not in redact(f"typed: {text}.")


@given(NUMBERS, st.integers(0, 17), st.sampled_from("0123456789ABCDEFGHJKMNPQRSTVWXYZILOU"))
def test_a_mistyped_code_is_nearly_a_code(number: int, place: int, other: str) -> None:
    code = encode(number)
    wrong = code[:place] + other + code[place + 1 :]
    assert redact(f"no such code {wrong}") == f"no such code {REDACTED}"


@pytest.mark.parametrize(
    "text",
    [
        TOKEN,
        TOKEN.lower(),
        f"scanned {TOKEN} twice",
        f"x{TOKEN}",
        TOKEN[3:],  # a scanner gun lost the prefix
        TOKEN[3:].lower(),
        f"{TOKEN[:60]}",
        "E1:ABCDEFGHJKMNPQRSTVWXYZ0123",
        "enrolling with D1X7XQR4DWFWK380MXDPE6QGS7",
        "ct1_abcdefghijklmnopqrstuvwxyz",
        "Bearer abcdefghijk",
        "bearer  abc.def-ghi_jkl",
        "Authorization: Bearer abcdefghijk",
        "{'Authorization': 'Bearer abcdefghijk'}",
        '{"authorization": "Basic YWJjOmRlZg=="}',
        "Proxy-Authorization: Basic YWJjOmRlZg==",
        f"password={SECRET}",
        f'{{"password": "{SECRET}"}}',
        f'{{\\"token\\": \\"{SECRET}\\"}}',
        f"till_token={SECRET}&x=1",
        f"pepper: {SECRET}",
        f"client_secret = '{SECRET}'",
        "PIN 4711 refused",
        "pin=4711",
        f"https://example.org/v1/vouchers?code={SECRET}",
        f"https://example.org/#{SECRET}",
        f"https://claire:{SECRET}@proxy.example.org:3128/",
        f"rtsp://{SECRET}@camera.local/stream",
    ],
)
def test_canaries_do_not_come_through(text: str) -> None:
    shown = redact(text)
    assert REDACTED in shown
    for canary in (
        SECRET,
        "abcdefghijk",
        "abc.def",
        "YWJjOmRlZg",
        "4711",
        "ABCDEFGHIJKL",
        "abcdefghijkl",
        "ABCDEFGHJKMN",
    ):
        assert canary not in shown, shown


@pytest.mark.parametrize(
    "text",
    [
        "append_journal: Stored in 35 ms",
        "look_up: NotAuthorised(token_refused) in 12 ms",
        "token refused; the queue is kept",
        "the password was wrong",
        "no answer: slow (ReadTimeout < ReadTimeoutError < TimeoutError)",
        "secrets are kept for this session only: no answer in time",
        "connected to https://central.example.org:8443/v1/journal",
        "connected to srv1:8080",
        "bearer",
        "journal at 2026-11-23T09:30:00.000Z has 1200 entries, 3 unsent, oldest 14 min",
        "frame 1280x720 in 3.0 ms, 98 frames/s",
        "shop 7: Librairie Cassiopée, Val d'Oingt, 15 260,00 €",
        'Traceback (most recent call last):\n  File "/usr/lib/python3.11/ssl.py", line 1, in x',
        "voucher …H2M7 accepted, 50.00 EUR, rest 0.00",
        "head " + "0123456789abcdef" * 4,
    ],
)
def test_ordinary_sentences_are_unharmed(text: str) -> None:
    assert redact(text) == text


@given(st.uuids(), st.sampled_from(["op ", "epoch=", "(", "till 2 ", ""]), st.uuids())
def test_ids_are_unharmed(one: object, before: str, two: object) -> None:
    text = f"{before}{one} after {two}."
    assert redact(text) == text


@given(st.text(max_size=300))
def test_any_text_can_be_redacted_and_twice_is_once(text: str) -> None:
    once = redact(text)
    assert redact(once) == once


def test_a_line_of_the_log_is_one_event_whatever_it_says(tmp_path: Path) -> None:
    stop = log.start(tmp_path)
    code = encode(12345)
    try:
        logger = logging.getLogger("canary")
        logger.info('one\r\n{"level":"forged"} %s %s', grouped(code), TOKEN)
        try:
            raise ValueError(f"no such code: {code}")
        except ValueError:
            logger.info("failed", exc_info=True)
    finally:
        stop()
    path = tmp_path / "comptoir.log"
    written = path.read_text()
    events = [json.loads(line) for line in written.splitlines()]
    assert [event["level"] for event in events] == ["INFO", "INFO"]
    assert "ValueError" in events[1]["exception"]
    for canary in (code, grouped(code), TOKEN[:40]):
        assert canary not in written
    assert path.stat().st_mode & 0o777 == 0o600


def test_stop_lets_go_of_the_file(tmp_path: Path) -> None:
    before = list(logging.getLogger().handlers)
    log.start(tmp_path)()
    assert logging.getLogger().handlers == before


def test_the_formatter_keeps_what_people_need() -> None:
    record = logging.LogRecord("a.b", logging.INFO, "f.py", 1, "sent %d", (3,), None)
    event = json.loads(JsonLines().format(record))
    assert (event["logger"], event["message"], event["level"]) == ("a.b", "sent 3", "INFO")
    assert event["at"].endswith("+00:00")

"""What people scan: told apart, whatever it is; nothing raises."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from merchant_app.vouchers.code import encode, grouped
from merchant_app.vouchers.scan import CodeText, Foreign, Scan, TokenText, classify

CODE = encode(0x0123456789ABCDEF0123)
PREFIXES = ["", "V1:", "v1:", "E1:", "http:", "HTTPS://", "WIFI:", "BEGIN:VCARD", "tel:", "\ufeff"]


@given(st.sampled_from(PREFIXES), st.text(max_size=300))
@example("V1:", "\u212a" * 151)
@example("", "\ud800")
@example("", "\x00")
def test_any_text_is_something(prefix: str, text: str) -> None:
    scan = classify(prefix + text)
    assert isinstance(scan, TokenText | CodeText | Foreign)


@given(st.binary(max_size=300))
def test_any_bytes_a_decoder_gives_are_something(raw: bytes) -> None:
    for encoding in ("latin-1", "utf-8", "utf-16"):
        classify(raw.decode(encoding, "replace"))


@given(st.integers(0, 2**80 - 1), st.sampled_from(["", "\r\n", "  ", "\t"]))
def test_every_code_is_recognised(number: int, around: str) -> None:
    code = encode(number)
    assert classify(around + code + around) == CodeText(code)
    assert classify(around + grouped(code).lower() + around) == CodeText(code)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", Foreign.EMPTY),
        (" \r\n", Foreign.EMPTY),
        ("https://example.org/V1:ABC", Foreign.WEB_ADDRESS),
        ("HTTP://EXAMPLE.ORG", Foreign.WEB_ADDRESS),
        ("www.example.org", Foreign.WEB_ADDRESS),
        ("BEGIN:VCARD\nVERSION:3.0\nFN:Claire\nEND:VCARD", Foreign.CONTACT),
        ("MECARD:N:Dupont;;", Foreign.CONTACT),
        ("WIFI:T:WPA;S:shop;P:secret;;", Foreign.WIFI),
        ("mailto:claire@example.org", Foreign.EMAIL),
        ("tel:+33123456789", Foreign.PHONE),
        ("SMSTO:123:hello", Foreign.PHONE),
        ("9782070360246", Foreign.PRODUCT),
        ("96385074", Foreign.PRODUCT),
        ("E1:ABCDEFGH", Foreign.ENROLMENT),
        ("V1:", Foreign.DAMAGED_TOKEN),
        ("V1:" + "A" * 150, Foreign.DAMAGED_TOKEN),
        ("V1:" + "A" * 152, Foreign.DAMAGED_TOKEN),
        ("V1:" + "A" * 10_000, Foreign.DAMAGED_TOKEN),
        ("V1:" + "0" * 151, Foreign.DAMAGED_TOKEN),
        ("V1:" + "A" * 151, TokenText("V1:" + "A" * 151)),
        ("v1:" + "a" * 151, TokenText("V1:" + "A" * 151)),
        ("V1:" + "\u212a" * 151, Foreign.DAMAGED_TOKEN),
        ("]C1\x1d0123", Foreign.BINARY),
        ("a\ufffdb", Foreign.BINARY),
        ("x" * 155, Foreign.TOO_LONG),
        ("K7QF-9XAB-03TM-H2ZC-2N", Foreign.MISTYPED_CODE),
        ("bonjour", Foreign.OTHER_TEXT),
        ("K" * 18, Foreign.OTHER_TEXT),
    ],
)
def test_what_people_scan(text: str, expected: Scan) -> None:
    assert classify(text) == expected


def test_a_mistyped_code_is_said_to_be_one() -> None:
    for place in range(len(CODE)):
        other = "7" if CODE[place] != "7" else "8"
        assert classify(CODE[:place] + other + CODE[place + 1 :]) is Foreign.MISTYPED_CODE

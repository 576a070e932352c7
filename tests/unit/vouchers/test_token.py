"""Signed tokens: what was signed comes back, and nothing else verifies."""

from __future__ import annotations

import base64
from datetime import date, timedelta
from uuid import UUID

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from merchant_app.ids import ShopNumber, VoucherId
from merchant_app.money import CURRENCIES, Money
from merchant_app.vouchers.scan import TEXT_LENGTH_MAX, TokenText, classify
from merchant_app.vouchers.token import LABEL, NotAToken, Token, sign, stated, verify
from merchant_app.vouchers.verdicts import UnknownKey, WrongSignature

KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
OTHER_KEY = Ed25519PrivateKey.from_private_bytes(bytes(32))
KEYS = {3: KEY.public_key()}
SAMPLE = Token(
    3,
    ShopNumber(7),
    VoucherId(UUID("01920000-0000-7000-8000-000000000001")),
    Money(5000, "EUR"),
    date(2026, 12, 31),
)

TOKENS = st.builds(
    Token,
    st.just(3),
    st.integers(1, 2**32 - 1).map(ShopNumber),
    st.uuids().map(VoucherId),
    st.builds(Money, st.integers(0, 2**32 - 1), st.sampled_from(sorted(CURRENCIES))),
    st.none() | st.dates(date(1970, 1, 2), date(1970, 1, 1) + timedelta(days=65_535)),
)


@given(TOKENS)
def test_what_was_signed_comes_back(token: Token) -> None:
    text = sign(token, KEY)
    assert len(text) == TEXT_LENGTH_MAX
    assert verify(text, KEYS) == token
    assert verify(text.lower(), KEYS) == token
    assert classify(text) == TokenText(text)
    assert classify(f"  {text.lower()}\r\n") == TokenText(text)


def test_one_flipped_bit_anywhere_never_verifies() -> None:
    signed = base64.b32decode(sign(SAMPLE, KEY)[3:] + "=")
    for place in range(len(signed) * 8):
        flipped = bytearray(signed)
        flipped[place // 8] ^= 1 << place % 8
        text = "V1:" + base64.b32encode(bytes(flipped)).decode().rstrip("=")
        assert not isinstance(verify(text, KEYS), Token), place


def test_one_wrong_character_anywhere_never_verifies() -> None:
    text = sign(SAMPLE, KEY)
    for place in range(len(text)):
        for other in "A7:0 É":
            if text[place] != other:
                changed = text[:place] + other + text[place + 1 :]
                assert not isinstance(verify(changed, KEYS), Token), place


def test_of_the_texts_that_decode_alike_only_one_is_taken() -> None:
    """151 characters hold 755 bits, the record 752: three bits would be free to vary."""
    text = sign(SAMPLE, KEY)
    last = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".index(text[-1])
    for other in range(8):
        letter = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"[(last & ~7) | other]
        verdict = verify(text[:-1] + letter, KEYS)
        assert verdict == (SAMPLE if letter == text[-1] else NotAToken())


@given(st.text(max_size=200) | st.text("ABCDEFG234567:V1", max_size=160))
def test_any_text_gets_an_answer(text: str) -> None:
    assert isinstance(verify(text, KEYS), NotAToken)


@given(TOKENS)
def test_what_a_token_states_needs_no_key(token: Token) -> None:
    assert stated(sign(token, OTHER_KEY)) == token


@given(st.text(max_size=200) | st.text("ABCDEFG234567:V1", max_size=160))
def test_any_text_states_something_or_nothing(text: str) -> None:
    assert isinstance(stated(text), NotAToken)


def test_any_record_gets_an_answer() -> None:
    def with_record(record: bytes) -> str:
        signed = record + KEY.sign(LABEL + record)
        return "V1:" + base64.b32encode(signed).decode().rstrip("=")

    good = base64.b32decode(sign(SAMPLE, KEY)[3:] + "=")[:30]
    assert verify(with_record(good), KEYS) == SAMPLE
    # Validly signed, and still not ours to read: another version, a currency nobody knows.
    assert verify(with_record(b"\x02" + good[1:]), KEYS) == NotAToken()
    assert verify(with_record(good[:26] + b"\x00\x01" + good[28:]), KEYS) == NotAToken()
    assert stated(with_record(b"\x02" + good[1:])) == NotAToken()
    assert stated(with_record(good[:26] + b"\x00\x01" + good[28:])) == NotAToken()


def test_keys_are_told_apart() -> None:
    assert verify(sign(SAMPLE, KEY), {}) == UnknownKey(3)
    assert verify(sign(SAMPLE, OTHER_KEY), KEYS) == WrongSignature()
    assert verify(sign(SAMPLE, KEY), {3: OTHER_KEY.public_key()}) == WrongSignature()


@pytest.mark.parametrize("label", [b"", b"comptoir head v1\x00", b"comptoir voucher v1"])
def test_a_signature_made_for_something_else_is_worth_nothing(label: bytes) -> None:
    record = base64.b32decode(sign(SAMPLE, KEY)[3:] + "=")[:30]
    signed = record + KEY.sign(label + record)
    text = "V1:" + base64.b32encode(signed).decode().rstrip("=")
    assert verify(text, KEYS) == WrongSignature()


def test_printed_tokens_stay_good_for_ever() -> None:
    assert sign(SAMPLE, KEY) == (
        "V1:AEBQAAAAA4AZEAAAAAAHAAEAAAAAAAAAAAAQAAATRAB5EUKSJVNNHJULXSD6UDE5OOKRYICUQL"
        "H4HW6HGIBHVEVQXFP5BI3P5GS4INAT5RC6LRV6S2YUBKKFOEBGIL2Q6EK7XAS3RXIET2HCXOVDMBI"
    )

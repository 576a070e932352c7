"""What a gun meant when the computer has another keyboard."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from merchant_app.scanning.keyboard_layout import Layout, candidates, meant, typed_on
from merchant_app.vouchers import code
from merchant_app.vouchers.scan import TOKEN_CHARACTERS, TokenText, classify

_FRENCH_CAPS_WINDOWS = str.maketrans(
    "&é\"'(-è_çà1234567890" + ",;:!?./§", "1234567890&é\"'(-è_çà" + "?./§,;:!"
)

layouts = pytest.mark.parametrize("layout", Layout, ids=lambda layout: layout.name)

tokens = st.text(
    "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", min_size=TOKEN_CHARACTERS, max_size=TOKEN_CHARACTERS
).map(lambda body: "V1:" + body)
codes = st.integers(0, (1 << code.DATA_BITS) - 1).map(code.encode)


def test_the_case_that_was_met() -> None:
    assert typed_on(Layout.FRENCH, "V1:ABCM") == "V&MQBC?"


@layouts
@given(token=tokens)
def test_a_token_survives_another_keyboard(layout: Layout, token: str) -> None:
    assert classify(meant(typed_on(layout, token))) == TokenText(token)


@layouts
@given(short=codes)
def test_a_code_survives_another_keyboard_with_its_dashes(
    layout: Layout, short: code.ShortCode
) -> None:
    typed = typed_on(layout, code.grouped(short))
    assert code.parse(meant(typed)) == short


@given(tokens)
def test_what_arrives_as_it_was_sent_stays(token: str) -> None:
    assert meant(token) == token


@given(tokens)
def test_caps_lock_on_a_us_keyboard(token: str) -> None:
    assert isinstance(classify(meant(token.swapcase())), TokenText)


@layouts
@given(token=tokens)
def test_caps_lock_on_another_keyboard_of_linux(layout: Layout, token: str) -> None:
    typed = "".join(
        character.swapcase() if character != "ß" else character
        for character in typed_on(layout, token)
    )
    found = classify(meant(typed))
    assert found == TokenText(token)


@given(tokens)
def test_caps_lock_on_a_french_windows_where_it_shifts_every_key(token: str) -> None:
    typed = "".join(
        character.swapcase() if character.isascii() and character.isalpha() else character
        for character in typed_on(Layout.FRENCH, token).translate(_FRENCH_CAPS_WINDOWS)
    )
    assert classify(meant(typed)) == TokenText(token)


@given(token=tokens)
def test_the_symbology_identifier_some_guns_send_is_left_out(token: str) -> None:
    assert meant("]Q1" + token) == token
    assert meant(typed_on(Layout.FRENCH, "]Q1" + token)) == token


@pytest.mark.parametrize(
    "text", ["", "bonjour", "https://example.org", "9782070360024", "\u212a7QF", "é" * 500, "\x00"]
)
def test_what_is_no_voucher_stays_as_typed(text: str) -> None:
    assert meant(text) == text


def test_an_enrolment_survives_too() -> None:
    assert meant(typed_on(Layout.FRENCH, "E1:ABC")) == "E1:ABC"


@given(st.text(max_size=300))
def test_any_text_has_candidates_with_itself_first(text: str) -> None:
    options = candidates(text)
    assert options[0] == text
    assert len(options) <= 2 + 3 * len(Layout)

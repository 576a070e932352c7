"""Short codes: every slip is caught, every forgivable writing is forgiven."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from merchant_app.vouchers.code import ALPHABET, CODE_LENGTH, encode, grouped, label, parse

NUMBERS = st.integers(0, 2**80 - 1)


@given(NUMBERS)
@example(0)
@example(2**80 - 1)
def test_a_code_comes_back_from_however_it_is_written(number: int) -> None:
    code = encode(number)
    assert len(code) == CODE_LENGTH
    assert set(code) <= set(ALPHABET)
    for text in (
        code,
        code.lower(),
        grouped(code),
        grouped(code).replace("-", " "),
        grouped(code).replace("-", "\u2011"),
        "  " + "\u00a0".join(code) + "\t",
        code.replace("0", "O").replace("1", "l"),
        code.replace("0", "o").replace("1", "I"),
    ):
        assert parse(text) == code


@given(NUMBERS)
def test_every_single_wrong_character_is_caught(number: int) -> None:
    code = encode(number)
    for place in range(CODE_LENGTH):
        for other in ALPHABET:
            if other != code[place]:
                assert parse(code[:place] + other + code[place + 1 :]) is None


@given(NUMBERS)
def test_every_swap_of_neighbours_is_caught(number: int) -> None:
    code = encode(number)
    for place in range(CODE_LENGTH - 1):
        if code[place] != code[place + 1]:
            swapped = code[:place] + code[place + 1] + code[place] + code[place + 2 :]
            assert parse(swapped) is None


@given(NUMBERS)
def test_every_lost_and_every_doubled_character_is_caught(number: int) -> None:
    code = encode(number)
    for place in range(CODE_LENGTH):
        assert parse(code[:place] + code[place + 1 :]) is None
        assert parse(code[:place] + code[place] + code[place:]) is None


@given(NUMBERS, NUMBERS)
def test_two_numbers_never_share_a_code(one: int, two: int) -> None:
    assert (encode(one) == encode(two)) == (one == two)


@given(st.text(max_size=80))
@example("\u212a" * 18)  # Kelvin signs
@example("ı" * 18)
@example("0" * 65)
def test_any_text_is_a_code_or_none(text: str) -> None:
    code = parse(text)
    assert code is None or parse(code) == code


def test_only_ascii_is_folded() -> None:
    code = next(
        candidate
        for candidate in (encode(number << 60) for number in range(1, 100_000))
        if "K" in candidate
    )
    assert parse(code) == code
    assert parse(code.replace("K", "\u212a")) is None


@pytest.mark.parametrize("number", [-1, 2**80])
def test_more_than_eighty_bits_do_not_fit(number: int) -> None:
    with pytest.raises(ValueError, match="80 bits"):
        encode(number)


@given(NUMBERS)
def test_a_label_tells_the_last_four_only(number: int) -> None:
    code = encode(number)
    assert label(code) == "…" + code[-4:]


def test_printed_codes_stay_good_for_ever() -> None:
    assert encode(0) == "000000000000000000"
    assert encode(0x0123456789ABCDEF0123) == "04HMASW9NF6YY093S0"
    assert encode(2**80 - 1) == "ZZZZZZZZZZZZZZZZQ4"

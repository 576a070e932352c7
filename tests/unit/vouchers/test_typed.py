"""A code while it is typed: grouped, marked when right, and told at once when it cannot be."""

from __future__ import annotations

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from merchant_app.vouchers.code import ALPHABET, CODE_LENGTH, ShortCode, encode, grouped, parse
from merchant_app.vouchers.typed import (
    Misfit,
    NotACode,
    Part,
    Right,
    TooLong,
    WrongCharacter,
    read,
)

CODES = st.integers(0, 2**80 - 1).map(encode)
PLACES = st.integers(0, CODE_LENGTH - 1)


def has_figure(text: str) -> bool:
    return any(character.isdigit() for character in text)


@given(CODES)
def test_a_code_is_grouped_as_it_grows_and_right_at_the_end(code: ShortCode) -> None:
    for length in range(1, CODE_LENGTH):
        so_far = read(code[:length])
        if has_figure(code[:length]):
            assert so_far == Part(grouped(code)[: length + (length - 1) // 4], CODE_LENGTH - length)
        else:
            assert so_far == NotACode(), "letters alone may be a name"
    assert read(code) == Right(grouped(code))


@given(CODES)
@example(ShortCode("00000000000000" + "0000"))
def test_every_forgivable_writing_is_forgiven(code: ShortCode) -> None:
    assume(has_figure(code.replace("0", "O").replace("1", "L")))
    for text in (code.lower(), grouped(code), grouped(code).replace("-", " ")):
        assert read(text) == Right(grouped(code))
    assert read(code.replace("0", "o").replace("1", "l")) == Right(grouped(code))


@given(st.text(max_size=70))
@example("\u212a7QF")
@example("7" * 65)
def test_any_text_is_read_and_only_codes_are_right(text: str) -> None:
    assert isinstance(read(text), Right) <= (parse(text) is not None)


@given(CODES)
def test_what_is_right_is_what_parse_takes(code: ShortCode) -> None:
    assert parse(grouped(code)) == code
    assert isinstance(read(grouped(code)), Right)


@given(CODES, PLACES, st.sampled_from(ALPHABET))
def test_one_wrong_character_is_never_placed_in_a_wrong_group(
    code: ShortCode, place: int, other: str
) -> None:
    assume(code[place] != other)
    changed = code[:place] + other + code[place + 1 :]
    assume(has_figure(changed))
    found = read(changed)
    assert isinstance(found, Misfit)
    assert found.group in (None, place // 4 + 1)


@given(CODES, st.integers(0, CODE_LENGTH - 2))
def test_two_swapped_neighbours_are_never_placed_in_a_wrong_group(
    code: ShortCode, place: int
) -> None:
    assume(code[place] != code[place + 1])
    found = read(code[:place] + code[place + 1] + code[place] + code[place + 2 :])
    assume(not isinstance(found, NotACode))
    assert isinstance(found, Misfit)
    assert found.group in (None, place // 4 + 1, (place + 1) // 4 + 1)


def test_the_group_of_a_slip_can_often_be_told() -> None:
    code = encode(0x0123456789ABCDEF0123)
    groups = set()
    for place in range(CODE_LENGTH):
        for other in ALPHABET.replace(code[place], ""):
            found = read(code[:place] + other + code[place + 1 :])
            assert isinstance(found, Misfit)
            groups.add(found.group)
    assert groups == {None, 1, 2, 3, 4, 5}


@pytest.mark.parametrize(
    ("text", "character", "group"),
    [
        ("K7QU", "U", 1),
        ("K7QF-9u", "u", 2),
        ("1é", "é", 1),
        ("7\u212a", "\u212a", 1),
        ("7&", "&", 1),
    ],
)
def test_a_character_that_no_code_has_is_told_with_its_group(
    text: str, character: str, group: int
) -> None:
    assert read(text) == WrongCharacter(character, group)


@pytest.mark.parametrize(
    "text", ["", "-", "Dupont", "Marie-Claire", "Le Goff 2", "z.oe2@example.org", "V1:ABC", "a/2"]
)
def test_names_and_addresses_are_no_bad_codes(text: str) -> None:
    assert read(text) == NotACode()


def test_more_than_a_code_has_is_too_long() -> None:
    assert read("0" * CODE_LENGTH + "1") == TooLong()
    assert read("9782070360024") == Part("9782-0703-6002-4", 5), "a product's bar code, so far"

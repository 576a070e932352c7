"""Finding a person: accents, capitals and hyphens make no difference, and half a name is enough."""

from __future__ import annotations

from uuid import UUID

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from merchant_app.ids import VoucherId
from merchant_app.vouchers.holders import (
    QUERY_CHARACTERS_MAX,
    Holder,
    HolderField,
    HolderIndex,
    folded,
    matched,
    query_of,
    short_name,
)

ZOE = Holder("Zoë Le Goff-Lœuillet", "zoe.legoff+bons@example.org", "SCA-2020-104233")


def id_of(number: int) -> VoucherId:
    return VoucherId(UUID(int=number + 1))


def found(text: str, *holders: Holder) -> list[tuple[int, HolderField]]:
    """Which of them are found, by what; by way of the index."""
    index = HolderIndex()
    for number, holder in enumerate(holders):
        index.add(id_of(number), holder)
    query = query_of(text)
    if query is None:
        return []
    result = []
    for voucher_id in index.find(query):
        number = voucher_id.int - 1
        by = matched(query, holders[number])
        if by is not None:
            result.append((number, by))
    return result


@pytest.mark.parametrize(
    ("text", "by"),
    [
        ("zoe", HolderField.NAME),
        ("ZOË", HolderField.NAME),
        ("goff", HolderField.NAME),
        ("loeu", HolderField.NAME),
        ("lœuillet", HolderField.NAME),
        ("le goff zoe", HolderField.NAME),
        ("le-goff", HolderField.NAME),
        ("zoe.leg", HolderField.EMAIL),
        ("Zoe.LeGoff+bons@exa", HolderField.EMAIL),
        ("sca2020", HolderField.ORDER),
        ("SCA-2020-1", HolderField.ORDER),
        ("233", HolderField.ORDER),
        ("104 233", HolderField.ORDER),
    ],
)
def test_what_a_customer_says_finds_her(text: str, by: HolderField) -> None:
    assert found(text, Holder("Paul Martin", "p@example.org", "X1"), ZOE) == [(1, by)]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "zo",
        "z-o",
        "  l e  ",
        "é!",
        "off",
        "zoe zoe",
        "goff@",
        "example.org",
        "2020",
        "sca",
        "10",
    ],
)
def test_what_is_too_short_or_in_the_middle_finds_nobody(text: str) -> None:
    assert found(text, ZOE) == []


def test_a_text_without_end_is_no_query() -> None:
    assert query_of("a" * (QUERY_CHARACTERS_MAX + 1)) is None


@pytest.mark.parametrize(
    ("name", "short"),
    [
        ("Claire Dupont", "Claire D."),
        ("Zoë Le Goff", "Zoë G."),
        ("Dupont", "Dupont"),
        ("", ""),
        ("  ", ""),
        ("élise émile", "élise É."),
    ],
)
def test_before_she_is_chosen_a_person_is_a_first_name_and_an_initial(
    name: str, short: str
) -> None:
    assert short_name(name) == short


names = st.text("aàbcdeéèlmoœz -'ßΩжǅ\u0301", max_size=12)
holders = st.builds(
    Holder,
    name=names,
    email=st.sampled_from(
        ["", "a.b@example.org", "abc@example.org", "Éa@exemple.fr", "a\n\x01bc@x"]
    ),
    order_number=st.text("abc123-/", max_size=8),
)


@given(st.lists(holders, max_size=6), st.text("aàbcdeéèlmoœz123 -'@.ßΩж", max_size=10))
@example([Holder("\ud800a")], "aaa")
def test_the_index_finds_what_a_look_at_each_would_find(people: list[Holder], text: str) -> None:
    query = query_of(text)
    expected = set()
    if query is not None:
        expected = {n for n, holder in enumerate(people) if matched(query, holder) is not None}
    assert {number for number, _ in found(text, *people)} == expected


@given(st.text(max_size=120))
def test_any_text_is_a_query_or_none(text: str) -> None:
    query = query_of(text)
    if query is not None:
        assert query.words or query.email or query.order
    assert folded(folded(text)) == folded(text)

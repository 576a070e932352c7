"""What happens with files, without a display: order, late answers, words."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from merchant_app.i18n import Language, install
from merchant_app.scanning.files.findings import (
    Cancelled,
    Damaged,
    Empty,
    FileCode,
    Found,
    NeedsPassword,
    Nothing,
    Progress,
)
from merchant_app.ui.encaisser.states import Sound
from merchant_app.ui.files import states as st
from merchant_app.ui.files import words
from merchant_app.ui.files.presenter import FilePresenter
from tests.fakes.counter import code

ONE, TWO = st.Source("un.pdf", Path("un.pdf")), st.Source("deux.pdf", Path("deux.pdf"))


@pytest.fixture(autouse=True)
def french() -> Iterator[None]:
    install(Language.FRENCH)
    yield
    install(Language.FRENCH)


class Desk:
    """A presenter and its hands: nothing is read until the test says what came of it."""

    def __init__(self) -> None:
        self.orders: list[tuple[int, tuple[st.Source, ...], str | None]] = []
        self.taken: list[str] = []
        self.sounds: list[Sound] = []
        self.cancelled = 0
        self.presenter = FilePresenter(self, lambda _state: None)

    def state(self) -> st.State:
        return self.presenter.state

    def read(self, number: int, sources: Sequence[st.Source], password: str | None) -> None:
        self.orders.append((number, tuple(sources), password))

    def cancel(self) -> None:
        self.cancelled += 1

    def take(self, text: str) -> None:
        self.taken.append(text)

    def play(self, sound: Sound) -> None:
        self.sounds.append(sound)

    def answer(self, *results: st.SourceRead) -> st.State:
        self.presenter.read(self.orders[-1][0], results)
        return self.presenter.state


def found(*texts: str, truncated: int | None = None) -> Found:
    return Found(tuple(FileCode(text, page=1) for text in texts), truncated)


def test_an_answer_that_nobody_waits_for_changes_nothing() -> None:
    desk = Desk()
    desk.presenter.arrived([ONE])
    first = desk.orders[0][0]
    desk.presenter.arrived([TWO])
    desk.presenter.read(first, [st.SourceRead("un.pdf", found(code(1)))])
    desk.presenter.progressed(first, "un.pdf", Progress(1, 2))
    assert desk.state() == st.Reading("deux.pdf")
    desk.presenter.leave()
    desk.presenter.read(desk.orders[-1][0], [st.SourceRead("deux.pdf", Cancelled())])
    assert desk.state() == st.Idle()
    assert desk.taken == []


def test_a_voucher_beside_files_without_one() -> None:
    desk = Desk()
    desk.presenter.arrived([ONE, TWO, ONE])
    desk.answer(
        st.SourceRead("un.pdf", Damaged()),
        st.SourceRead("deux.pdf", found("https://example.org", code(1))),
        st.SourceRead("trois.pdf", NeedsPassword(was_wrong=False)),
    )
    assert desk.taken == [code(1)]
    assert desk.presenter.state == st.Idle()


def test_the_same_voucher_twice_is_one() -> None:
    desk = Desk()
    desk.presenter.arrived([ONE, TWO])
    desk.answer(st.SourceRead("un.pdf", found(code(1))), st.SourceRead("deux.pdf", found(code(1))))
    assert desk.taken == [code(1)]


def test_a_reason_is_told_rather_than_that_nothing_is_there() -> None:
    desk = Desk()
    desk.presenter.arrived([ONE, TWO])
    state = desk.answer(st.SourceRead("un.pdf", Nothing()), st.SourceRead("deux.pdf", Empty()))
    assert state == st.Told("deux.pdf", Empty())
    assert desk.sounds == [Sound.LOOK]


def test_a_locked_file_asks_and_what_is_read_again_is_all_of_it() -> None:
    desk = Desk()
    desk.presenter.arrived([ONE, TWO])
    state = desk.answer(
        st.SourceRead("un.pdf", found("https://example.org")),
        st.SourceRead("deux.pdf", NeedsPassword(was_wrong=False)),
    )
    assert state == st.AskingPassword("deux.pdf", was_wrong=False)
    desk.presenter.password_entered("x")
    assert desk.orders[-1][1:] == ((ONE, TWO), "x")


def test_more_files_than_anybody_means_are_not_all_read() -> None:
    desk = Desk()
    desk.presenter.arrived([ONE] * 500)
    assert len(desk.orders[0][1]) == st.SOURCES_MAX


def test_no_code_is_shown_in_full_nor_in_a_traceback() -> None:
    desk = Desk()
    desk.presenter.arrived([ONE])
    state = desk.answer(st.SourceRead("un.pdf", found(code(1), code(2), truncated=20)))
    assert isinstance(state, st.Choosing)
    row = words.row_of(state.offers[0])
    for told in (repr(state), row.title, row.detail):
        assert code(1) not in told
        assert code(1).replace("-", "") not in told
    assert "20 premières pages" in words.card_of(state).spoken


def test_a_list_is_not_chosen_from_beyond_its_end() -> None:
    desk = Desk()
    desk.presenter.arrived([ONE])
    desk.answer(st.SourceRead("un.pdf", found(code(1), code(2))))
    desk.presenter.chosen(2)
    desk.presenter.chosen(-1)
    assert desk.taken == []


def test_names_from_outside_keep_their_end() -> None:
    assert words.shown("a\nb.pdf") == "a b.pdf"
    long = words.shown("x" * 300 + ".pdf")
    assert len(long) <= 50
    assert long.endswith(".pdf")

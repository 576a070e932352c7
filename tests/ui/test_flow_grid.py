"""Columns stand side by side while there is room, and below each other where there is not."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QRect
from PySide6.QtWidgets import QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from merchant_app.ui.flow_grid import FlowGrid, Widths

GAP = 10


def _laid_out(
    qtbot: QtBot, needs: list[int], width: int, widths: Widths, per_row_max: int | None = None
) -> list[QRect]:
    """Where parts that need so much width, and 20 of height, stand in this width."""
    whole = QWidget()
    qtbot.addWidget(whole)
    grid = FlowGrid(whole, per_row_max=per_row_max, widths=widths, gap_px=GAP, row_gap_px=GAP)
    parts = [QWidget(whole) for _ in needs]
    for part, need in zip(parts, needs, strict=True):
        part.setMinimumSize(need, 20)
        grid.addWidget(part)
    whole.resize(width, grid.heightForWidth(width))
    whole.show()
    return [part.geometry() for part in parts]


def test_two_that_have_room_share_the_width(qtbot: QtBot) -> None:
    first, second = _laid_out(qtbot, [100, 50], 310, Widths.EVEN)
    assert (first.top(), second.top()) == (0, 0)
    assert (first.width(), second.width()) == (150, 150)
    assert second.left() == 150 + GAP


def test_two_that_have_none_stand_below_each_other_in_the_whole_width(qtbot: QtBot) -> None:
    first, second = _laid_out(qtbot, [200, 50], 310, Widths.EVEN)
    assert (first.left(), second.left()) == (0, 0)
    assert (first.width(), second.width()) == (310, 310)
    assert second.top() == first.bottom() + 1 + GAP


def test_four_that_need_a_second_row_stand_two_by_two(qtbot: QtBot) -> None:
    places = _laid_out(qtbot, [60, 60, 60, 60], 250, Widths.LEAST)
    assert [place.left() for place in places] == [0, 70, 0, 70]
    assert {place.top() for place in places} == {0, 20 + GAP}


@pytest.mark.parametrize(("widths", "wide"), [(Widths.FIRST, [200, 50]), (Widths.LAST, [100, 150])])
def test_one_of_them_takes_the_rest(qtbot: QtBot, widths: Widths, wide: list[int]) -> None:
    assert [place.width() for place in _laid_out(qtbot, [100, 50], 260, widths)] == wide


def test_there_are_never_more_beside_each_other_than_was_said(qtbot: QtBot) -> None:
    places = _laid_out(qtbot, [10, 10, 10], 500, Widths.EVEN, per_row_max=2)
    assert [place.top() for place in places] == [0, 0, 20 + GAP]


def test_what_is_hidden_takes_no_place(qtbot: QtBot) -> None:
    whole = QWidget()
    qtbot.addWidget(whole)
    grid = FlowGrid(whole, widths=Widths.EVEN, gap_px=GAP)
    hidden, column = QWidget(whole), QVBoxLayout()
    seen = QWidget(whole)
    column.addWidget(seen)
    grid.addWidget(hidden)
    grid.add_layout(column)
    hidden.hide()
    whole.resize(300, 50)
    whole.show()
    assert seen.geometry() == QRect(0, 0, 300, 50)

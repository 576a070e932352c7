"""The head of every table of the program: one look, and room for the accents of capitals."""

from __future__ import annotations

from PySide6.QtWidgets import QTableView

from merchant_app.ui.theme import STEP, Look, Size

LINE = 1.35
"""A line of a table in heights of its letters: what Qt takes cuts the accent of an É at 200 %."""


def line_px(look: Look) -> int:
    """The height of a line of a table, without what is around it."""
    return round(look.pixels(Size.SMALL) * LINE)


def dress_head(table: QTableView, look: Look) -> None:
    """Fonts and height of the head; nothing in it can be pressed."""
    head = table.horizontalHeader()
    head.setFont(look.font(Size.SMALL, bold=True))
    head.setHighlightSections(False)
    head.setSectionsClickable(False)
    head.setMinimumHeight(line_px(look) + 3 * STEP)

"""One redemption's life, painted: what it is, its vouchers, and step by step what became of it."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible
from PySide6.QtWidgets import (
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from merchant_app.i18n import formatting
from merchant_app.till.journal_results import Life
from merchant_app.ui.encaisser.card import Shape
from merchant_app.ui.encaisser.verdict_cards import Place
from merchant_app.ui.focus_ring import FocusRing
from merchant_app.ui.journal import words
from merchant_app.ui.labels import plain
from merchant_app.ui.palette import Tone
from merchant_app.ui.shape_view import ShapeView
from merchant_app.ui.shapes import ICON_PX
from merchant_app.ui.spoken_roles import speak_as
from merchant_app.ui.theme import STEP, Look, Size, tinted

_SHAPE_PX = 2 * ICON_PX


class LifeView(QScrollArea):
    """GUI thread. What does not fit scrolls."""

    def __init__(self, look: Look, parent: QWidget) -> None:
        super().__init__(parent)
        self._look = look
        self._told = (Shape.DOTS, Tone.QUIET)
        self._steps: list[tuple[QLabel, QLabel]] = []
        self.setWidgetResizable(True)
        self.setProperty("role", "card")
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        speak_as(self, QAccessible.Role.Document)
        FocusRing(look, self)
        inside = QWidget(self)
        self._shape = ShapeView(Shape.DOTS, _SHAPE_PX, inside)
        self.word = plain(parent=inside, wrap=True)
        self.word.setFont(look.font(Size.TITLE, bold=True))
        self.amount = plain(parent=inside)
        self.amount.setFont(look.font(Size.FIGURE, bold=True, figures=True))
        self.lead = plain(parent=inside, wrap=True)
        self.vouchers = plain(parent=inside, wrap=True)
        self.vouchers.setFont(look.font(Size.BODY, figures=True))
        self._grid = QGridLayout()
        self._grid.setHorizontalSpacing(4 * STEP)
        self._grid.setVerticalSpacing(2 * STEP)
        self._grid.setColumnStretch(1, 1)
        head = QHBoxLayout()
        head.setSpacing(3 * STEP)
        head.addWidget(self._shape)
        head.addWidget(self.word, 1)
        column = QVBoxLayout(inside)
        column.setContentsMargins(5 * STEP, 4 * STEP, 5 * STEP, 4 * STEP)
        column.setSpacing(2 * STEP)
        for part in (self.amount, self.lead, self.vouchers):
            if part is self.amount:
                column.addLayout(head)
            column.addWidget(part)
        column.addSpacing(3 * STEP)
        column.addLayout(self._grid)
        column.addStretch(1)
        self.setWidget(inside)
        look.changed.connect(self._colour)

    def show_life(self, life: Life, place: Place) -> None:
        """Paint it."""
        told = words.state(life.sale.state)
        self._told = (told.shape, told.tone)
        self.word.setText(told.word)
        self.amount.setText(formatting.money(life.sale.amount))
        self.lead.setText(words.lead(life))
        self.vouchers.setText("\n".join(words.line(line) for line in life.lines))
        self._show_steps(words.moments(life, place))
        self.setAccessibleName(", ".join((told.word, self.amount.text(), self.lead.text())))
        self.setAccessibleDescription(
            "\n".join(f"{when.text()}: {what.text()}" for when, what in self._steps)
        )
        self._colour()

    def _show_steps(self, moments: tuple[words.Moment, ...]) -> None:
        inside = self.widget()
        while len(self._steps) > len(moments):
            for label in self._steps.pop():
                self._grid.removeWidget(label)
                label.deleteLater()
        while len(self._steps) < len(moments):
            row = len(self._steps)
            when, what = plain(parent=inside), plain(parent=inside, wrap=True)
            when.setFont(self._look.font(Size.BODY, bold=True, figures=True))
            if self._look.is_large:  # one under the other: a column of times would leave no room
                self._grid.addWidget(when, 2 * row, 0, 1, 2)
                self._grid.addWidget(what, 2 * row + 1, 0, 1, 2)
            else:
                self._grid.addWidget(when, row, 0, Qt.AlignmentFlag.AlignTop)
                self._grid.addWidget(what, row, 1)
            when.show()
            what.show()
            self._steps.append((when, what))
        for (when, what), moment in zip(self._steps, moments, strict=True):
            when.setText(moment.when)
            what.setText(moment.what)

    def steps(self) -> list[tuple[str, str]]:
        """When and what, as they are read."""
        return [(when.text(), what.text()) for when, what in self._steps]

    def _colour(self) -> None:
        shape, tone = self._told
        colours = self._look.palette.tones[tone]
        self._shape.show_shape(shape, colours.edge)
        self.word.setPalette(tinted(colours.ink))
        for when, _what in self._steps:
            when.setPalette(tinted(self._look.palette.muted))

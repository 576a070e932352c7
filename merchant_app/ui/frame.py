"""What surrounds every screen: top bar, bands, notes, and the rail of places."""

from __future__ import annotations

from datetime import datetime

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import (
    QAbstractButton,
    QHBoxLayout,
    QSizePolicy,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from merchant_app.i18n import _, ngettext
from merchant_app.till.counter import CounterFacts
from merchant_app.till.results import Status
from merchant_app.ui.bands import Band, LineBand, Note, TrainingBand
from merchant_app.ui.encaisser.card import Shape
from merchant_app.ui.files.notice import FolderNotice
from merchant_app.ui.labels import plain
from merchant_app.ui.overflow import Overflow
from merchant_app.ui.rail import Rail
from merchant_app.ui.shapes import ICON_PX, draw_shape
from merchant_app.ui.spoken_news import LineNews
from merchant_app.ui.spoken_roles import announce
from merchant_app.ui.status_pill import StatusPill
from merchant_app.ui.status_words import band, pill
from merchant_app.ui.theme import RADIUS, STEP, TOUCH, Look, Size

_ALL_OF_IT = 100_000
"""Of the width, up to the most that a place takes: what is beside it gets less than a pixel."""


class PlaceButton(QAbstractButton):
    """Who stands where; pressing it opens the screen of this till. Cut when the bar is short."""

    def __init__(self, look: Look, text: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look = look
        self.setText("".join(c if c.isprintable() else " " for c in text))
        self.setAccessibleName(_("This till: {place}").format(place=self.text()))
        self.setToolTip(_("This till"))
        self.setFont(look.font(Size.BODY))
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        look.changed.connect(self.update)

    def sizeHint(self) -> QSize:
        width = self.fontMetrics().horizontalAdvance(self.text())
        return QSize(width + 10 * STEP, max(TOUCH, self._look.touch() - 2 * STEP))

    def paintEvent(self, _event: QPaintEvent) -> None:
        palette = self._look.palette
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        metrics = self.fontMetrics()
        room = self.width() - 8 * STEP
        shown = metrics.elidedText(self.text(), Qt.TextElideMode.ElideRight, room)
        wide = min(room, metrics.horizontalAdvance(shown)) + 8 * STEP
        box = QRectF(1.5, 2 * STEP, wide - 3, self.height() - 4 * STEP)
        if self.hasFocus() or self.underMouse():
            focused = self.hasFocus()
            painter.setPen(
                QPen(QColor(palette.accent if focused else palette.line), 1 + 2 * focused)
            )
            painter.setBrush(QColor(palette.window))
            painter.drawRoundedRect(box, RADIUS, RADIUS)
        painter.setPen(QColor(palette.muted))
        painter.setFont(self.font())
        painter.drawText(box.adjusted(2 * STEP, 0, 0, 0), Qt.AlignmentFlag.AlignVCenter, shown)
        side = 4 * STEP
        chevron = QRectF(box.right() - side - STEP, (self.height() - side) / 2, side, side)
        draw_shape(painter, Shape.CHEVRON_DOWN, chevron, colour=QColor(palette.muted))
        painter.end()


class HelpButton(QAbstractButton):
    """A question mark in a ring: the manual. As high as what stands beside it."""

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look = look
        self.setAccessibleName(_("Help"))
        self.setToolTip(_("Help"))
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        look.changed.connect(self.update)

    def sizeHint(self) -> QSize:
        side = max(TOUCH, self._look.touch() - 2 * STEP)
        return QSize(side, side)

    def paintEvent(self, _event: QPaintEvent) -> None:
        palette = self._look.palette
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        box = QRectF(self.rect()).adjusted(1.5, 1.5, -1.5, -1.5)
        if self.hasFocus() or self.underMouse():
            focused = self.hasFocus()
            edge = palette.accent if focused else palette.line
            painter.setPen(QPen(QColor(edge), 2 + focused))
            painter.setBrush(QColor(palette.window))
            painter.drawRoundedRect(box, RADIUS, RADIUS)
        side = 3 * ICON_PX // 2 if self._look.is_large else ICON_PX
        draw_shape(
            painter,
            Shape.QUESTION,
            QRectF((self.width() - side) / 2, (self.height() - side) / 2, side, side),
            colour=QColor(palette.text),
        )
        painter.end()


class TopBar(Band):
    """Comptoir, who stands where, and the status pill."""

    def __init__(self, look: Look, facts: CounterFacts) -> None:
        super().__init__(look)
        name = plain("Comptoir", self)
        name.setFont(look.font(Size.TITLE, bold=True))
        # The town is not said: whoever stands in the shop knows it, and the bar is short.
        said = (facts.shop_name, facts.till_name, facts.cashier)
        self.place = PlaceButton(look, " · ".join(part for part in said if part), self)
        self.pill = StatusPill(look, self)
        self.help = HelpButton(look, self)
        row = QHBoxLayout(self)
        row.setContentsMargins(6 * STEP, STEP, 6 * STEP, STEP)
        row.setSpacing(3 * STEP)
        row.addWidget(name)
        row.addWidget(self.place, 1)
        row.addWidget(self.pill)
        row.addWidget(self.help)

    def paintEvent(self, _event: QPaintEvent) -> None:
        super().paintEvent(_event)
        painter = QPainter(self)
        painter.fillRect(
            QRectF(0, self.height() - 1, self.width(), 1), QColor(self._look.palette.line)
        )
        painter.end()


class TillFrame(QWidget):
    """Top bar, bands, notes, rail, and one of the screens."""

    def __init__(
        self, look: Look, facts: CounterFacts, *screens: QWidget, settings: bool = True
    ) -> None:
        """`screens`: the first is seen at first. `settings`: whether there is such a place."""
        super().__init__()
        self.top = TopBar(look, facts)
        self.band = LineBand(look)
        self.notes: list[Note] = []
        self._news = LineNews()
        self._noted = 0
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        self.training = TrainingBand(look)
        column.addWidget(self.training)
        # Only now: shown before it has a parent, it is a window that takes the keyboard away.
        self.training.setVisible(facts.training)
        column.addWidget(self.top)
        column.addWidget(self.band)
        self.folder_notice = FolderNotice(look)
        column.addWidget(self.folder_notice)
        self._look = look
        self._notes = QVBoxLayout()
        column.addLayout(self._notes)
        for sentence in _to_know(facts):
            self.note(sentence)
        row = QHBoxLayout()
        row.setSpacing(0)
        column.addLayout(row, 1)
        # In the window before the screens are: so Tab comes to it before them, as the eye does.
        self.rail = Rail(look, settings=settings)
        row.addWidget(self.rail)
        self.screens = QStackedWidget(self)
        for screen in screens:
            self.screens.addWidget(screen)
        # With bands and notes above it, a screen may have less room than it was made for.
        self.overflow = Overflow(self.screens, parent=self)
        self.overflow.setMaximumWidth(look.content_max_px())
        row.addStretch(1)
        row.addWidget(self.overflow, _ALL_OF_IT)
        row.addStretch(1)

    def show_status(self, status: Status, *, now: datetime, time_zone: str) -> None:
        """Say it again: "12 s ago" grows older. What is news is announced, once."""
        shown = pill(status, now=now, time_zone=time_zone)
        told = band(status, now=now, time_zone=time_zone)
        self.top.pill.show_pill(shown)
        self.band.show_band(told)
        self.rail.show_to_settle(status.to_settle)
        for news in self._news.of(status, shown, told):
            announce(self, news)

    def note(self, sentence: str) -> None:
        """Say something that needs no answer; it stays until it is dismissed. One at a time: the
        next is seen after it."""
        note = Note(self._look, sentence)
        note.hide()
        note.dismissed.connect(self._next_note)
        # What is above has the keyboard before it, what was there first does not.
        above = self.notes[-1].button if self.notes else self.folder_notice.other
        self.notes.append(note)
        self._notes.addWidget(note)
        QWidget.setTabOrder(above, note.button)
        if self._noted == len(self.notes) - 1:
            note.show()

    def _next_note(self) -> None:
        self._noted += 1
        if self._noted < len(self.notes):
            self.notes[self._noted].show()


def _to_know(facts: CounterFacts) -> list[str]:
    """What this start found, for notes that are dismissed once read."""
    sentences = []
    if facts.secrets_for_session_only:
        sentences.append(
            _(
                "This computer has no keyring: after Comptoir is closed, this till must be "
                "enrolled again."
            )
        )
    if facts.salvaged_entries is not None:
        sentences.append(
            ngettext(
                "The journal was damaged and has been restored, {n} entry in all: selling goes "
                "on. Have the computer’s disk checked.",
                "The journal was damaged and has been restored, {n} entries in all: selling goes "
                "on. Have the computer’s disk checked.",
                facts.salvaged_entries,
            ).format(n=facts.salvaged_entries)
        )
    return sentences

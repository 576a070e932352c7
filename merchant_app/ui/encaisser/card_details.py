"""What a card says below its verdict: seen whole, or scrolled where there is no room for it all."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QFocusEvent, QPainter, QPaintEvent, QPalette, QPen
from PySide6.QtWidgets import QLabel, QScrollArea, QSizePolicy, QVBoxLayout, QWidget

from merchant_app.i18n import _
from merchant_app.ui.theme import RADIUS, STEP

BAR_PX = 12 + STEP
"""The scroll bar, and what is between it and the text."""


class CardDetails(QScrollArea):
    """GUI thread. It asks for no room: it has what the verdict leaves. The keyboard comes here only
    where there is more than is seen."""

    def __init__(self, above: QLabel, *below: QLabel, gap_px: int, parent: QWidget) -> None:
        """`above` and the first of `below` that are seen stand at the top, the last two at the
        foot."""
        super().__init__(parent)
        self._labels = (above, *below)
        self._gap_px = gap_px
        self._ink = QColor()
        # One of ours: to find out what Qt's own is, PySide first makes every class of widget there
        # is, 17 ms of a turn in which somebody may press a key.
        self._paper = QWidget(self)
        self._paper.setBackgroundRole(QPalette.ColorRole.NoRole)
        self.setViewport(self._paper)
        self.setAccessibleName(_("Details"))
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Ignored)
        self._inside = QWidget(self)
        self._column = QVBoxLayout(self._inside)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(gap_px)
        *top, lines, history = self._labels
        for label in top:
            self._column.addWidget(label)
        self._column.addStretch(1)
        self._column.addWidget(lines)
        self._column.addWidget(history)
        self.setWidget(self._inside)
        self.hold(scrolls=False)

    @property
    def scrolls(self) -> bool:
        """Whether there is more than is seen."""
        return self.verticalScrollBarPolicy() is Qt.ScrollBarPolicy.ScrollBarAlwaysOn

    def high_for(self, width_px: int) -> int:
        """What all of it needs. By hand: a layout's own height for a width is wrong while a row in
        it wraps."""
        seen = [label for label in self._labels if label.text()]
        highs = [
            label.heightForWidth(width_px) if label.wordWrap() else label.sizeHint().height()
            for label in seen
        ]
        return sum(highs) + len(highs) * self._gap_px

    def hold(self, *, scrolls: bool) -> None:
        """Whether it is to scroll."""
        policies, focus = Qt.ScrollBarPolicy, Qt.FocusPolicy
        self.setVerticalScrollBarPolicy(
            policies.ScrollBarAlwaysOn if scrolls else policies.ScrollBarAlwaysOff
        )
        self.setFocusPolicy(focus.TabFocus if scrolls else focus.NoFocus)

    def settle(self, width_px: int, *, from_top: bool) -> None:
        """Lay it out in what it has now: at once, not with the next event."""
        room = width_px - (BAR_PX if self.scrolls else 0)
        high = self.high_for(room) if self.scrolls else 0
        self._inside.resize(room, max(self.height(), high))
        self._column.activate()
        if from_top:
            self.verticalScrollBar().setValue(0)

    def turn_page(self, pages: int) -> None:
        """Down, or, below 0, up."""
        bar = self.verticalScrollBar()
        bar.setValue(bar.value() + pages * bar.pageStep())

    def colour(self, ink: QColor) -> None:
        """Of the ring while the keyboard is here."""
        self._ink = ink
        self._paper.update()

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self._paper.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self._paper.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if not self.hasFocus():
            return
        painter = QPainter(self._paper)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(self._ink, 2))
        box = QRectF(self._paper.rect()).adjusted(1, 1, -1, -1)
        painter.drawRoundedRect(box, RADIUS, RADIUS)
        painter.end()

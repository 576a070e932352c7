"""The rail at the left: the places of the till, each with its key."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFontMetrics, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QVBoxLayout, QWidget

from merchant_app.i18n import _
from merchant_app.ui.bands import Band
from merchant_app.ui.encaisser.card import Shape
from merchant_app.ui.function_keys import (
    CHECKOUT_KEY,
    CLOSING_KEY,
    JOURNAL_KEY,
    SETTINGS_KEY,
    STATEMENTS_KEY,
    TO_SETTLE_KEY,
)
from merchant_app.ui.palette import Tone
from merchant_app.ui.shapes import ICON_PX, draw_shape
from merchant_app.ui.status_words import waiting
from merchant_app.ui.theme import RADIUS, STEP, Look, Size

_COUNT_MAX = 100
_BADGE_MAX = 16


class _Place(QAbstractButton):
    """One entry of the rail: icon, name, key."""

    def __init__(self, look: Look, shape: Shape, name: str, key: str, parent: QWidget) -> None:
        super().__init__(parent)
        self._look = look
        self._shape = shape
        self._key = key
        self.setText(name)
        self.setAccessibleName(name)
        self.setAccessibleDescription(key)
        self.setCheckable(True)
        self.setAutoExclusive(True)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setFont(look.font(Size.SMALL, bold=True))
        self.setToolTip(name)
        self._count = 0
        # Where text is so large that a name has no room, its icon stands for it.
        self._icon_px = 3 * ICON_PX // 2 if look.is_large else ICON_PX

    def show_count(self, count: int) -> None:
        """How many things wait there; said and painted when there are any."""
        if count == self._count:
            return
        self._count = count
        self.setAccessibleName(waiting(self.text(), count) if count else self.text())
        self.update()

    @property
    def count(self) -> int:
        """What the badge says; 0: there is none."""
        return self._count

    def sizeHint(self) -> QSize:
        line = self.fontMetrics().height()
        if self._look.is_large:
            return QSize(self._icon_px + 5 * STEP, self._icon_px + line + 4 * STEP)
        text = self.fontMetrics().horizontalAdvance(self.text())
        return QSize(text + 6 * STEP, self._icon_px + 2 * line + 6 * STEP)

    def paintEvent(self, _event: QPaintEvent) -> None:
        colours = self._look.palette
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        box = QRectF(self.rect()).adjusted(1.5, 1.5, -1.5, -1.5)
        tone = colours.tones[Tone.CHOICE]
        painter.setPen(QPen(QColor(colours.accent), 3) if self.hasFocus() else Qt.PenStyle.NoPen)
        painter.setBrush(QColor(tone.soft if self.isChecked() else colours.surface))
        painter.drawRoundedRect(box, RADIUS, RADIUS)
        if self.isChecked():  # a tint alone is too faint for some eyes (WCAG 1.4.11)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(tone.edge))
            bar = QRectF(box.left(), box.top() + RADIUS, STEP, box.height() - 2 * RADIUS)
            painter.drawRoundedRect(bar, STEP / 2, STEP / 2)
        ink = QColor(tone.ink if self.isChecked() else colours.muted)
        side = self._icon_px
        icon = QRectF((self.width() - side) / 2, 2 * STEP, side, side)
        draw_shape(painter, self._shape, icon, colour=ink)
        line = self.fontMetrics().height()
        painter.setPen(ink)
        painter.setFont(self.font())
        text = QRectF(0, 3 * STEP + side, self.width(), line)
        if self._look.is_large:  # the icon and the key say it; the name is told to screen readers
            text.translate(0, -line)
        else:
            painter.drawText(text, Qt.AlignmentFlag.AlignCenter, self.text())
        painter.setPen(QColor(colours.muted))
        painter.setFont(self._look.font(Size.SMALL))
        painter.drawText(text.translated(0, line), Qt.AlignmentFlag.AlignCenter, self._key)
        if self._count:
            self._paint_badge(painter)
        painter.end()

    def _paint_badge(self, painter: QPainter) -> None:
        colours = self._look.palette.tones[Tone.NO]
        font = self._look.font(Size.SMALL, bold=True, figures=True)
        font.setPixelSize(min(font.pixelSize(), _BADGE_MAX))  # more would hide the icon
        text = str(self._count) if self._count < _COUNT_MAX else f"{_COUNT_MAX - 1}+"
        tall = QFontMetrics(font).height()
        wide = max(tall, QFontMetrics(font).horizontalAdvance(text) + 2 * STEP)
        box = QRectF(self.width() - wide - STEP, STEP, wide, tall)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(colours.solid))
        painter.drawRoundedRect(box, tall / 2, tall / 2)
        painter.setPen(QColor(colours.on_solid))
        painter.setFont(font)
        painter.drawText(box, Qt.AlignmentFlag.AlignCenter, text)


class Rail(Band):
    """The places of the till. Only what there is.

    Signals:
        chosen(str): the place with this key.
    """

    chosen = Signal(str)

    def __init__(self, look: Look, *, settings: bool = True) -> None:
        """`settings`: whether anything can be chosen in Réglages."""
        super().__init__(look)
        column = QVBoxLayout(self)
        column.setContentsMargins(2 * STEP, 3 * STEP, 2 * STEP, 3 * STEP)
        self._checkout = _Place(look, Shape.VIEWFINDER, _("Checkout"), CHECKOUT_KEY, self)
        journal = _Place(look, Shape.LINES, _("Journal"), JOURNAL_KEY, self)
        journal.clicked.connect(self._journal_clicked)
        self._to_settle = _Place(look, Shape.TRAY, _("To settle"), TO_SETTLE_KEY, self)
        self._checkout.clicked.connect(self._checkout_clicked)
        self._to_settle.clicked.connect(self._to_settle_clicked)
        self._closing = _Place(look, Shape.BOOK, _("Closing"), CLOSING_KEY, self)
        self._closing.clicked.connect(self._closing_clicked)
        statements = _Place(look, Shape.COLUMNS, _("Statements"), STATEMENTS_KEY, self)
        statements.clicked.connect(self._statements_clicked)
        self._places = {
            CHECKOUT_KEY: self._checkout,
            JOURNAL_KEY: journal,
            TO_SETTLE_KEY: self._to_settle,
            CLOSING_KEY: self._closing,
            STATEMENTS_KEY: statements,
        }
        for place in self._places.values():
            column.addWidget(place)
        column.addStretch()
        if settings:
            chooser = _Place(look, Shape.SLIDERS, _("Settings"), SETTINGS_KEY, self)
            chooser.clicked.connect(self._settings_clicked)
            self._places[SETTINGS_KEY] = chooser
            column.addWidget(chooser)
        self.show_place(CHECKOUT_KEY)

    def show_place(self, key: str | None) -> None:
        """Mark where the person is; None: in none of these."""
        for own, place in self._places.items():
            place.setAutoExclusive(False)
            place.setChecked(own == key)
            place.setAutoExclusive(key is not None)

    def show_to_settle(self, count: int) -> None:
        """The badge."""
        self._to_settle.show_count(count)

    def show_forgotten(self, count: int) -> None:
        """How many days wait to be closed."""
        self._closing.show_count(count)

    def place(self, key: str) -> QAbstractButton:
        """The button of a place."""
        return self._places[key]

    @property
    def to_settle(self) -> int:
        """What the badge says."""
        return self._to_settle.count

    def _checkout_clicked(self) -> None:
        self.chosen.emit(CHECKOUT_KEY)

    def _journal_clicked(self) -> None:
        self.chosen.emit(JOURNAL_KEY)

    def _to_settle_clicked(self) -> None:
        self.chosen.emit(TO_SETTLE_KEY)

    def _closing_clicked(self) -> None:
        self.chosen.emit(CLOSING_KEY)

    def _statements_clicked(self) -> None:
        self.chosen.emit(STATEMENTS_KEY)

    def _settings_clicked(self) -> None:
        self.chosen.emit(SETTINGS_KEY)

"""What surrounds every screen: top bar, training band, notes, and the rail of places."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import (
    QAbstractButton,
    QHBoxLayout,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from merchant_app.i18n import _
from merchant_app.till.counter import CounterFacts
from merchant_app.ui.encaisser.card import Shape
from merchant_app.ui.keycap_button import KeycapButton
from merchant_app.ui.labels import ElidedLabel, plain
from merchant_app.ui.palette import Tone
from merchant_app.ui.shapes import draw_shape
from merchant_app.ui.status_pill import StatusPill
from merchant_app.ui.theme import RADIUS, STEP, Look, Size, tinted

_RAIL_ICON = 28


class _Band(QWidget):
    """A strip in one colour."""

    def __init__(self, look: Look) -> None:
        super().__init__()
        self._look = look
        look.changed.connect(self.update)

    def colour(self) -> str:
        return self._look.palette.surface

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), QColor(self.colour()))
        painter.end()


class TopBar(_Band):
    """Comptoir, who stands where, and the status pill."""

    def __init__(self, look: Look, facts: CounterFacts) -> None:
        super().__init__(look)
        name = plain("Comptoir", self)
        name.setFont(look.font(Size.TITLE, bold=True))
        self.place = ElidedLabel(self)
        # The town is not said: whoever stands in the shop knows it, and the bar is short.
        self.place.show_text(
            " · ".join(part for part in (facts.shop_name, facts.till_name, facts.cashier) if part)
        )
        self.pill = StatusPill(look, self)
        row = QHBoxLayout(self)
        row.setContentsMargins(6 * STEP, STEP, 6 * STEP, STEP)
        row.setSpacing(5 * STEP)
        row.addWidget(name)
        row.addWidget(self.place, 1)
        row.addWidget(self.pill)
        look.changed.connect(self._colour)
        self._colour()

    def paintEvent(self, _event: QPaintEvent) -> None:
        super().paintEvent(_event)
        painter = QPainter(self)
        painter.fillRect(
            QRectF(0, self.height() - 1, self.width(), 1), QColor(self._look.palette.line)
        )
        painter.end()

    def _colour(self) -> None:
        self.place.setPalette(tinted(self._look.palette.muted))


class TrainingBand(_Band):
    """Training mode: seen on every screen, in a colour that nothing else has."""

    def __init__(self, look: Look) -> None:
        super().__init__(look)
        self._word = plain(_("TRAINING MODE · nothing here is real money"), self)
        self._word.setFont(look.font(Size.BODY, bold=True))
        self._word.setAlignment(Qt.AlignmentFlag.AlignCenter)
        row = QHBoxLayout(self)
        row.setContentsMargins(6 * STEP, STEP, 6 * STEP, STEP)
        row.addWidget(self._word)
        look.changed.connect(self._colour)
        self._colour()

    def colour(self) -> str:
        return self._look.palette.training

    def _colour(self) -> None:
        self._word.setPalette(tinted(self._look.palette.on_training))


class Note(_Band):
    """Something to know that needs no answer; dismissed by its button, never in the way."""

    def __init__(self, look: Look, sentence: str) -> None:
        super().__init__(look)
        self.label = plain(sentence, self, wrap=True)
        self._button = KeycapButton(look, role="plain", parent=self)
        self._button.say(_("Understood"), "")
        self._button.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self._button.clicked.connect(self.dismiss)
        row = QHBoxLayout(self)
        row.setContentsMargins(6 * STEP, 2 * STEP, 6 * STEP, 2 * STEP)
        row.setSpacing(4 * STEP)
        row.addWidget(self.label, 1)
        row.addWidget(self._button)
        look.changed.connect(self._colour)
        self._colour()

    def dismiss(self) -> None:
        """It was read."""
        self.hide()

    def colour(self) -> str:
        return self._look.palette.tones[Tone.LATER].soft

    def _colour(self) -> None:
        self.label.setPalette(tinted(self._look.palette.tones[Tone.LATER].ink))


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
        self.setShortcut(key)
        self.setToolTip(name)

    def sizeHint(self) -> QSize:
        line = self.fontMetrics().height()
        if self._look.is_large:
            return QSize(_RAIL_ICON + 8 * STEP, _RAIL_ICON + line + 6 * STEP)
        text = self.fontMetrics().horizontalAdvance(self.text())
        return QSize(text + 6 * STEP, _RAIL_ICON + 2 * line + 6 * STEP)

    def paintEvent(self, _event: QPaintEvent) -> None:
        colours = self._look.palette
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        box = QRectF(self.rect()).adjusted(1.5, 1.5, -1.5, -1.5)
        tone = colours.tones[Tone.CHOICE]
        painter.setPen(QColor(colours.accent) if self.hasFocus() else Qt.PenStyle.NoPen)
        painter.setBrush(QColor(tone.soft if self.isChecked() else colours.surface))
        painter.drawRoundedRect(box, RADIUS, RADIUS)
        ink = QColor(tone.ink if self.isChecked() else colours.muted)
        icon = QRectF((self.width() - _RAIL_ICON) / 2, 2 * STEP, _RAIL_ICON, _RAIL_ICON)
        draw_shape(painter, self._shape, icon, colour=ink, ground=QColor(tone.soft))
        line = self.fontMetrics().height()
        painter.setPen(ink)
        painter.setFont(self.font())
        text = QRectF(0, 3 * STEP + _RAIL_ICON, self.width(), line)
        if self._look.is_large:  # the icon and the key say it; the name is told to screen readers
            text.translate(0, -line)
        else:
            painter.drawText(text, Qt.AlignmentFlag.AlignCenter, self.text())
        painter.setPen(QColor(colours.muted))
        painter.setFont(self._look.font(Size.SMALL))
        painter.drawText(text.translated(0, line), Qt.AlignmentFlag.AlignCenter, self._key)
        painter.end()


class Rail(_Band):
    """The places of the till. Only what there is.

    Signals:
        chosen(int): the place with this index.
    """

    chosen = Signal(int)

    def __init__(self, look: Look) -> None:
        super().__init__(look)
        column = QVBoxLayout(self)
        column.setContentsMargins(2 * STEP, 3 * STEP, 2 * STEP, 3 * STEP)
        self._place = _Place(look, Shape.VIEWFINDER, _("Checkout"), "F1", self)
        self._place.setChecked(True)
        self._place.clicked.connect(self._clicked)
        column.addWidget(self._place)
        column.addStretch()

    def _clicked(self) -> None:
        self.chosen.emit(0)


class TillFrame(QWidget):
    """Top bar, band, notes, rail, and the screen itself."""

    def __init__(self, look: Look, facts: CounterFacts, screen: QWidget) -> None:
        super().__init__()
        self.top = TopBar(look, facts)
        self.notes: list[Note] = []
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        if facts.training:
            column.addWidget(TrainingBand(look))
        column.addWidget(self.top)
        if facts.secrets_for_session_only:
            note = Note(
                look,
                _(
                    "This computer has no keyring: after Comptoir is closed, this till must be "
                    "enrolled again."
                ),
            )
            self.notes.append(note)
            column.addWidget(note)
        row = QHBoxLayout()
        row.setSpacing(0)
        self.rail = Rail(look)
        row.addWidget(self.rail)
        row.addWidget(screen, 1)
        column.addLayout(row, 1)

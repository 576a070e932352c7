"""Strips across the window: training mode, notes, and what the line means."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QHBoxLayout, QSizePolicy, QWidget

from merchant_app.i18n import _
from merchant_app.ui import status_words
from merchant_app.ui.encaisser.card import Shape
from merchant_app.ui.keycap_button import KeycapButton
from merchant_app.ui.labels import ElidedLabel, plain
from merchant_app.ui.palette import Tone
from merchant_app.ui.shapes import ICON_PX, draw_shape
from merchant_app.ui.theme import RADIUS, STEP, Look, Size, tinted

_BESIDE_SHAPE = 6 * STEP + ICON_PX + 2 * STEP


class Band(QWidget):
    """A strip in one colour, with a shape at its left where it tells something."""

    def __init__(self, look: Look, shape: Shape | None = None) -> None:
        super().__init__()
        self._look = look
        self._shape = shape
        look.changed.connect(self.update)

    def colour(self) -> str:
        return self._look.palette.surface

    def ink(self) -> str:
        """Of the shape and the words."""
        return self._look.palette.text

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), QColor(self.colour()))
        if self._shape is not None:
            # Painted, not laid out: a strip is as high as its words, and no higher for a shape.
            box = QRectF(6 * STEP, (self.height() - ICON_PX) / 2, ICON_PX, ICON_PX)
            draw_shape(painter, self._shape, box, colour=QColor(self.ink()))
        painter.end()


class TrainingBand(Band):
    """Training mode: seen on every screen, in a colour that nothing else has.

    Signals:
        pressed(): the exercises are wanted.
    """

    pressed = Signal()

    def __init__(self, look: Look) -> None:
        super().__init__(look, Shape.CAP)
        self._word = ElidedLabel(self)
        self._word.setFont(look.font(Size.BODY, bold=True))
        self._word.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.exercises = BandButton(look, _("Exercises"), self)
        self.exercises.clicked.connect(self.pressed)
        self.exercises.hide()
        row = QHBoxLayout(self)
        row.setContentsMargins(_BESIDE_SHAPE, STEP, 6 * STEP, STEP)
        row.addWidget(self._word, 1)
        row.addWidget(self.exercises)
        look.changed.connect(self._colour)
        self.coach("")
        self._colour()

    def give_exercises(self) -> None:
        """There are exercises: offer them."""
        self.exercises.show()

    def coach(self, sentence: str) -> None:
        """What an exercise says now, or, without one, what this band is there for."""
        self._word.show_text(sentence or _("TRAINING MODE · nothing here is real money"))

    @property
    def told(self) -> str:
        """What it says."""
        return self._word.text()

    def colour(self) -> str:
        return self._look.palette.training

    def ink(self) -> str:
        return self._look.palette.on_training

    def _colour(self) -> None:
        self._word.setPalette(tinted(self.ink()))


class BandButton(QAbstractButton):
    """A word in a strip that can be pressed: no higher than the strip's own line of text needs,
    because every screen pays for it."""

    def __init__(self, look: Look, text: str, parent: QWidget) -> None:
        super().__init__(parent)
        self._look = look
        self.setText(text)
        self.setAccessibleName(text)
        self.setFont(look.font(Size.BODY, bold=True))
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        look.changed.connect(self.update)

    def sizeHint(self) -> QSize:
        metrics = self.fontMetrics()
        return QSize(metrics.horizontalAdvance(self.text()) + 6 * STEP, metrics.height() + 2 * STEP)

    def paintEvent(self, _event: QPaintEvent) -> None:
        ink = QColor(self._look.palette.on_training)
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(ink, 3 if self.hasFocus() else 1))
        box = QRectF(self.rect()).adjusted(1.5, 1.5, -1.5, -1.5)
        painter.drawRoundedRect(box, RADIUS, RADIUS)
        painter.setPen(ink)
        painter.setFont(self.font())
        painter.drawText(box, Qt.AlignmentFlag.AlignCenter, self.text())
        painter.end()


class Note(Band):
    """Something to know that needs no answer; dismissed by its button, never in the way.

    Signals:
        dismissed(): it was read.
    """

    dismissed = Signal()

    def __init__(self, look: Look, sentence: str) -> None:
        super().__init__(look, Shape.INFO)
        self.label = plain(sentence, self, wrap=True, across=True)
        self.button = KeycapButton(look, role="plain", parent=self)
        self.button.say(_("Understood"), "")
        self.button.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.button.clicked.connect(self.dismiss)
        row = QHBoxLayout(self)
        row.setContentsMargins(_BESIDE_SHAPE, 2 * STEP, 6 * STEP, 2 * STEP)
        row.setSpacing(4 * STEP)
        row.addWidget(self.label, 1)
        row.addWidget(self.button)
        look.changed.connect(self._colour)
        self._colour()

    def dismiss(self) -> None:
        """It was read."""
        if not self.isHidden():
            self.hide()
            self.dismissed.emit()

    def colour(self) -> str:
        return self._look.palette.tones[Tone.LATER].soft

    def ink(self) -> str:
        return self._look.palette.tones[Tone.LATER].ink

    def _colour(self) -> None:
        self.label.setPalette(tinted(self.ink()))


class LineBand(Band):
    """What a cashier must know while the line is cut or the till is blocked; not dismissed."""

    def __init__(self, look: Look) -> None:
        super().__init__(look)
        self._tone = Tone.LATER
        self.label = plain(parent=self, wrap=True, across=True)
        self.label.setFont(look.font(Size.BODY, bold=True, figures=True))
        row = QHBoxLayout(self)
        across = (1 if look.is_large else 2) * STEP
        row.setContentsMargins(_BESIDE_SHAPE, across, 6 * STEP, across)
        row.addWidget(self.label, 1)
        look.changed.connect(self._colour)
        self.hide()

    def show_band(self, band: status_words.Band | None) -> None:
        """Say this, or nothing."""
        self.setVisible(band is not None)
        if band is not None:
            self._tone, self._shape = band.tone, band.shape
            self.label.setText(band.brief if self._look.is_large else band.text)
            self.setToolTip(band.text)
            self.setAccessibleName(band.text)
            self._colour()

    def colour(self) -> str:
        return self._look.palette.tones[self._tone].soft

    def ink(self) -> str:
        return self._look.palette.tones[self._tone].ink

    def _colour(self) -> None:
        self.label.setPalette(tinted(self.ink()))
        self.update()

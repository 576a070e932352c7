"""The whole window takes drops, and says so while something is dragged over it."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QRectF, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QDragEnterEvent,
    QDropEvent,
    QPainter,
    QPaintEvent,
    QPen,
)
from PySide6.QtWidgets import QVBoxLayout, QWidget

from merchant_app.i18n import _
from merchant_app.ui.files.arrived import may_hold_voucher
from merchant_app.ui.labels import plain
from merchant_app.ui.palette import Tone
from merchant_app.ui.theme import CARD_RADIUS, STEP, Look, Size, tinted

_VEIL = 245
"""Of 255: what lies below is still guessed, and text on it keeps its contrast."""


class DropOverlay(QWidget):
    """Over everything while something is dragged; lets the drop through to what lies below."""

    def __init__(self, look: Look, parent: QWidget) -> None:
        super().__init__(parent)
        self._look = look
        self._covered = parent
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self._word = plain(parent=self, wrap=True)
        self._word.setFont(look.font(Size.VERDICT, bold=True))
        self._sentence = plain(parent=self, wrap=True)
        self._sentence.setFont(look.font(Size.TITLE))
        column = QVBoxLayout(self)
        column.setContentsMargins(16 * STEP, 16 * STEP, 16 * STEP, 16 * STEP)
        column.setSpacing(3 * STEP)
        column.addStretch(1)
        for label in (self._word, self._sentence):
            label.setAlignment(Qt.AlignmentFlag.AlignCenter)
            column.addWidget(label)
        column.addStretch(1)
        look.changed.connect(self._colour)
        self._colour()
        self.say(voucher=True)
        self.hide()

    def say(self, *, voucher: bool) -> None:
        """What is dropped here: a voucher, or the bank's file."""
        if voucher:
            word = _("Drop the voucher here")
            sentence = _("A picture, a PDF, or a mail saved as .eml")
        else:
            word = _("Drop your bank’s file here")
            sentence = _("CSV, OFX or CAMT.053 (XML)")
        self._word.setText(word)
        self._sentence.setText(sentence)

    @property
    def told(self) -> str:
        """What it says."""
        return f"{self._word.text()}. {self._sentence.text()}"

    def cover(self) -> None:
        """Show it, as large as what it covers."""
        self.setGeometry(self._covered.rect())
        self.raise_()
        self.show()

    def paintEvent(self, _event: QPaintEvent) -> None:
        colours = self._look.palette.tones[Tone.CHOICE]
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        veil = QColor(colours.soft)
        veil.setAlpha(_VEIL)
        painter.fillRect(self.rect(), veil)
        pen = QPen(QColor(colours.edge), 3)
        pen.setDashPattern([4, 3])
        painter.setPen(pen)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        inset = 6 * STEP
        painter.drawRoundedRect(
            QRectF(self.rect()).adjusted(inset, inset, -inset, -inset), CARD_RADIUS, CARD_RADIUS
        )
        painter.end()

    def _colour(self) -> None:
        for label in (self._word, self._sentence):
            label.setPalette(tinted(self._look.palette.tones[Tone.CHOICE].ink))
        self.update()


class DropTarget(QObject):
    """Watches a widget that fills the window. GUI thread.

    Signals:
        dropped(object): a QMimeData, valid only during the call.
    """

    dropped = Signal(object)

    def __init__(self, look: Look, area: QWidget) -> None:
        super().__init__(area)
        self.overlay = DropOverlay(look, area)
        area.setAcceptDrops(True)
        area.installEventFilter(self)

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        match event.type():
            case QEvent.Type.DragEnter | QEvent.Type.DragMove if isinstance(event, QDropEvent):
                if not may_hold_voucher(event.mimeData()):
                    event.ignore()
                    return True
                event.setDropAction(Qt.DropAction.CopyAction)  # the file stays where it is
                event.accept()
                if isinstance(event, QDragEnterEvent):
                    self.overlay.cover()
                return True
            case QEvent.Type.DragLeave:
                self.overlay.hide()
                return True
            case QEvent.Type.Drop if isinstance(event, QDropEvent):
                self.overlay.hide()
                event.setDropAction(Qt.DropAction.CopyAction)
                event.accept()
                self.dropped.emit(event.mimeData())
                return True
            case _:
                return False

"""The ring around what has the keyboard where Qt draws none: pages, panels, what only scrolls."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QPoint, QRect, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from merchant_app.ui.theme import RADIUS, Look

_WIDTH_PX = 3


class FocusRing(QWidget):
    """Lies over the edge of one widget while that has the keyboard; the mouse goes through it.

    GUI thread. The widget owns it, or, where it is drawn outside, the widget's parent.
    """

    def __init__(self, look: Look, around: QWidget, *, outside_px: int = 0) -> None:
        """`outside_px`: so far outside the widget, where its own edge has the ring's colour."""
        super().__init__(around.parentWidget() if outside_px else around)
        self._look = look
        self._outside_px = outside_px
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.hide()
        around.installEventFilter(self)
        look.changed.connect(self.update)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Comes and goes with the keyboard."""
        match event.type():
            case QEvent.Type.FocusIn | QEvent.Type.Resize | QEvent.Type.Move:
                assert isinstance(watched, QWidget)
                out, owner = self._outside_px, self.parentWidget()
                assert owner is not None  # or it would be a window
                at = watched.mapTo(owner, QPoint(0, 0))
                self.setGeometry(QRect(at, watched.size()).adjusted(-out, -out, out, out))
                self.raise_()
                self.setVisible(watched.hasFocus())
            case QEvent.Type.FocusOut:
                self.hide()
            case _:
                pass
        return False

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(QColor(self._look.palette.accent), _WIDTH_PX))
        inside = _WIDTH_PX / 2
        box = QRectF(self.rect()).adjusted(inside, inside, -inside, -inside)
        painter.drawRoundedRect(box, RADIUS, RADIUS)
        painter.end()

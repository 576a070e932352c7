"""One voucher of a basket that is not debited yet: its name, its amount, and a way out."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt, Signal
from PySide6.QtGui import QColor, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QWidget

from merchant_app.i18n import _, formatting
from merchant_app.ui.encaisser.card import Shape
from merchant_app.ui.encaisser.several import WaitingLine
from merchant_app.ui.keycap_button import KeycapButton
from merchant_app.ui.labels import plain
from merchant_app.ui.palette import Tone
from merchant_app.ui.theme import RADIUS, STEP, Look, Size, tinted

_MARK_PX = 4


class WaitingRow(QWidget):
    """GUI thread. Built for one line, and replaced with it.

    It can be removed while the basket is on the screen; beside another card it is only shown.

    Signals:
        chosen(object), removed(object): the voucher's id; the row or its button was clicked.
    """

    chosen = Signal(object)
    removed = Signal(object)

    def __init__(self, look: Look, line: WaitingLine, parent: QWidget, *, removable: bool) -> None:
        super().__init__(parent)
        self._look = look
        self.line = line
        font = look.font(Size.BODY, figures=True, bold=line.chosen)
        label, amount = plain(line.label, self), plain(formatting.money(line.amount), self)
        for text in (label, amount):
            text.setFont(font)
            if line.idle is not None:
                text.setPalette(tinted(look.palette.muted))
        remove = KeycapButton(look, role="quiet", parent=self)
        remove.say_shape(Shape.CROSS, _("Remove voucher {label}").format(label=line.label))
        # Only for the mouse: whoever has the keyboard removes with Del.
        remove.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        remove.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        remove.setFixedWidth(look.touch())
        remove.clicked.connect(self._remove_clicked)
        remove.setVisible(removable)
        row = QHBoxLayout(self)
        row.setContentsMargins(2 * STEP + _MARK_PX, 0, 0, 0)
        row.setSpacing(STEP)
        row.addWidget(label, 1)
        row.addWidget(amount)
        row.addWidget(remove)
        self.setAccessibleName(f"{line.label} {formatting.money(line.amount)}")

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self.chosen.emit(self.line.voucher_id)

    def paintEvent(self, _event: QPaintEvent) -> None:
        if not self.line.chosen:
            return
        colours = self._look.palette.tones[Tone.CHOICE]
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(colours.soft))
        painter.drawRoundedRect(QRectF(self.rect()), RADIUS, RADIUS)
        painter.setBrush(QColor(colours.edge))
        painter.drawRoundedRect(
            QRectF(0, STEP, _MARK_PX, self.height() - 2 * STEP), _MARK_PX / 2, _MARK_PX / 2
        )
        painter.end()

    def _remove_clicked(self) -> None:
        self.removed.emit(self.line.voucher_id)

"""What every step of the first day looks like: where one is, one question, what can be pressed."""

from __future__ import annotations

from itertools import pairwise

from PySide6.QtCore import QSize, Qt, Signal, Slot
from PySide6.QtGui import QResizeEvent, QShowEvent
from PySide6.QtWidgets import (
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from merchant_app.i18n import _
from merchant_app.settings.options import FirstDay
from merchant_app.ui.button_rows import ButtonRows
from merchant_app.ui.first_day import steps
from merchant_app.ui.following_scroll import FollowingScroll
from merchant_app.ui.keycap_button import KeycapButton
from merchant_app.ui.labels import plain
from merchant_app.ui.page import Page
from merchant_app.ui.palette import Tone
from merchant_app.ui.theme import STEP, Look, Size, tinted

_WIDTH = 820


class Body(FollowingScroll):
    """As high as what is in it where there is room; else it scrolls."""

    def __init__(self, parent: QWidget) -> None:
        self.inside = QWidget(parent)
        super().__init__(self.inside, margin_px=8 * STEP, parent=parent)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Maximum)

    def sizeHint(self) -> QSize:
        layout = self.inside.layout()
        if layout is None:
            return QSize(0, 0)
        width = self.viewport().width()
        tall = layout.heightForWidth(width) if layout.hasHeightForWidth() else 0
        return QSize(width, max(tall, layout.sizeHint().height()))

    def minimumSizeHint(self) -> QSize:
        return QSize(0, min(self.sizeHint().height(), 20 * STEP))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if event.size().width() != event.oldSize().width():
            self.updateGeometry()


class StepPage(Page):
    """One step. GUI thread.

    Signals:
        forward(): the step is done, or passed over.
        back(): to the step before.
    """

    forward = Signal()
    back = Signal()

    def __init__(self, look: Look, step: FirstDay | None) -> None:
        """`step`: None where the page stands alone, outside the first day."""
        super().__init__(look)
        self._told_tone: Tone | None = None
        self._panel.setMaximumWidth(round(_WIDTH * min(look.text_scale, 1.2)))
        self._where = plain(steps.told(step) if step is not None else "", self._panel)
        self._where.setFont(look.font(Size.SMALL, bold=True))
        self._where.setVisible(step is not None)
        self.column.insertWidget(0, self._where)
        padding = (4 if look.is_large else 8) * STEP
        self.column.setContentsMargins(padding, padding, padding, padding)
        self.column.setSpacing((2 if look.is_large else 3) * STEP)
        if look.is_large:
            self._word.setFont(look.font(Size.TITLE, bold=True))
            self._sentence.setFont(look.font(Size.BODY))
        self.body = Body(self._panel)
        self.inside = QVBoxLayout(self.body.inside)
        self.inside.setContentsMargins(0, 0, 2 * STEP, 0)
        self.inside.setSpacing(3 * STEP)
        self.column.addWidget(self.body)
        self._message = plain(parent=self._panel, wrap=True)
        self._message.hide()
        self.column.addWidget(self._message)
        self._row = ButtonRows()
        self._row.setSpacing(2 * STEP)
        self.column.addLayout(self._row)
        self.main = self._button("main", _("Continue"), _("Enter"))
        self.main.clicked.connect(self.enter_pressed)
        self.pass_button = self._button("plain", _("Skip this step"))
        self.pass_button.clicked.connect(self.forward)
        self.back_button = self._button("plain", _("Back"), _("Esc"))
        self.back_button.clicked.connect(self.escape_pressed)
        look.changed.connect(self._colour_words)
        self._colour_words()

    def _button(self, role: str, text: str, key: str = "") -> KeycapButton:
        button = KeycapButton(self._look, role=role, parent=self._panel)
        button.say(text, key)
        button.give_up_place_when_hidden()
        return button

    def _arrange(self, *buttons: KeycapButton) -> None:
        """These under the question, in this order. Called when the question is built."""
        for button in (self.main, self.pass_button, self.back_button, *buttons):
            # Tab goes as the eye does, to them last: into the page once more, after the question.
            # (`setTabOrder` sees a ring, in which they come after the question as it is.)
            button.setParent(None)
            button.setParent(self._panel)
            button.setVisible(button in buttons)
        self._row.add_all(*buttons)
        for before, after in pairwise(buttons):
            QWidget.setTabOrder(before, after)

    @Slot()
    def enter_pressed(self) -> None:
        """Enter, or the main button."""
        self.forward.emit()

    @Slot()
    def escape_pressed(self) -> None:
        """Esc, or its button."""
        self.back.emit()

    def take_keyboard(self) -> None:
        """Somebody came to this step."""
        self.main.setFocus(Qt.FocusReason.OtherFocusReason)

    @property
    def message(self) -> str:
        """What is said under the question."""
        return self._message.text()

    def _tell(self, sentence: str, tone: Tone | None = None) -> None:
        """Say this under the question, or nothing; `tone`: whose colour it has."""
        self._told_tone = tone
        self._message.setText(sentence)
        self._message.setVisible(bool(sentence))
        self._colour_words()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        # A page that was made before its window had the application's colours only.
        self._colour_words()

    def _colour_words(self) -> None:
        palette, tone = self._look.palette, self._told_tone
        self._where.setPalette(tinted(palette.muted))
        self._message.setPalette(tinted(palette.text if tone is None else palette.tones[tone].ink))

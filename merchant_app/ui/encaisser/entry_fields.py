"""The fields of the screen: amounts, and the typed code of a voucher."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QRectF, QRegularExpression, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QKeyEvent,
    QPainter,
    QPaintEvent,
    QRegularExpressionValidator,
)
from PySide6.QtWidgets import QLineEdit, QWidget

from merchant_app.i18n import _
from merchant_app.till.pin_desk import PIN_DIGITS
from merchant_app.ui.encaisser.card import Shape
from merchant_app.ui.encaisser.entry import Mark
from merchant_app.ui.palette import Tone
from merchant_app.ui.shapes import draw_shape
from merchant_app.ui.theme import STEP, Look, Size
from merchant_app.vouchers import typed
from merchant_app.vouchers.code import SEPARATORS

TEXT_MAX = 4_296
"""As much as a QR code can hold: whatever is pasted is told apart, not cut into something else."""


@dataclass(frozen=True, slots=True)
class FieldContent:
    """What a field held: to put it back after a scanner gun typed into it."""

    text: str
    cursor: int
    selection_start: int
    selection_length: int


class EntryField(QLineEdit):
    """A field that obeys numbered orders and can be put back.

    Signals:
        edited(str): a person changed it, or a gun's characters were taken back.
    """

    edited = Signal(str)

    def __init__(self, look: Look, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFont(look.font(Size.TITLE, figures=True))
        self.setAccessibleName(name)
        self.setMaxLength(TEXT_MAX)
        # A menu in the middle of a scan would swallow it.
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.NoContextMenu)
        # A file dropped on a field is for the window; Qt would write its path into the field.
        self.setAcceptDrops(False)
        self._order = 0
        self.textEdited.connect(self._typed_in)

    def _typed_in(self, text: str) -> None:
        self.edited.emit(text)

    def obey(self, order: tuple[int, str]) -> None:
        """Put this text in, selected, unless the order was carried out before."""
        number, text = order
        if number == self._order:
            return
        self._order = number
        self.setText(text)
        self.selectAll()

    @property
    def has_typing(self) -> bool:
        """Somebody is typing here, and has typed something: Enter is meant for it."""
        return self.hasFocus() and bool(self.text().strip())

    def content(self) -> FieldContent:
        """What is in it now."""
        return FieldContent(
            self.text(), self.cursorPosition(), self.selectionStart(), self.selectionLength()
        )

    def put_back(self, content: FieldContent) -> None:
        """Undo what a gun typed before it was known to be one."""
        self.setText(content.text)
        self.setCursorPosition(content.cursor)
        if content.selection_start >= 0:
            self.setSelection(content.selection_start, content.selection_length)
        self.edited.emit(content.text)


class AmountField(EntryField):
    """An amount of money, at the right like every column of figures.

    Signals:
        stepped(int): arrow down (1) or up (-1): to the amount of another voucher.
        removed(): Del, while nothing in the field is being edited.

    Attributes:
        is_one_of_several: Del means the voucher, not the text.
    """

    stepped = Signal(int)
    removed = Signal()

    def __init__(self, look: Look, name: str, parent: QWidget | None = None) -> None:
        super().__init__(look, name, parent)
        self.setFont(look.font(Size.TITLE, bold=True, figures=True))
        self.setAlignment(Qt.AlignmentFlag.AlignRight)
        self.is_one_of_several = False

    def keyPressEvent(self, event: QKeyEvent) -> None:
        match event.key():
            case Qt.Key.Key_Down:
                self.stepped.emit(1)
            case Qt.Key.Key_Up:
                self.stepped.emit(-1)
            case Qt.Key.Key_Delete if self.is_one_of_several and self._is_untouched:
                self.removed.emit()
            case _:
                super().keyPressEvent(event)

    @property
    def _is_untouched(self) -> bool:
        """As it was filled, all of it selected: nobody has begun to edit it."""
        return self.selectedText() == self.text() and not self.isReadOnly()


class PinField(EntryField):
    """The responsible person's code: digits that nobody sees; a gun's are taken back like in any
    other field."""

    def __init__(self, look: Look, name: str, parent: QWidget | None = None) -> None:
        super().__init__(look, name, parent)
        self.setEchoMode(QLineEdit.EchoMode.Password)
        self.setMaxLength(PIN_DIGITS[-1])
        self.setValidator(QRegularExpressionValidator(QRegularExpression("[0-9]*"), self))
        self.setInputMethodHints(
            Qt.InputMethodHint.ImhDigitsOnly | Qt.InputMethodHint.ImhSensitiveData
        )

    def taken(self) -> str:
        """What was typed; the field forgets it."""
        text = self.text()
        self.clear()
        return text


class CodeField(EntryField):
    """A voucher's code, put into groups of four while it is typed, marked when it is right.

    Signals:
        moved(int): arrow down (1) or up (-1), among what a search found.
    """

    moved = Signal(int)

    def __init__(self, look: Look, name: str, parent: QWidget | None = None) -> None:
        super().__init__(look, name, parent)
        self._look = look
        self._mark = Mark.NONE
        self.setFont(look.font(Size.BODY, figures=True, codes=True))
        self.setPlaceholderText(_("code or name") if look.is_large else _("code, name or order"))
        look.changed.connect(self.update)

    @property
    def mark(self) -> Mark:
        """What is drawn at its end."""
        return self._mark

    def show_mark(self, mark: Mark) -> None:
        """Say in a shape whether this can be a code."""
        if mark is not self._mark:
            self._mark = mark
            room = 0 if mark is Mark.NONE else self._mark_side() + STEP
            self.setTextMargins(0, 0, room, 0)
            self.update()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        match event.key():
            case Qt.Key.Key_Down:
                self.moved.emit(1)
            case Qt.Key.Key_Up:
                self.moved.emit(-1)
            case _:
                super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        match self._mark:
            case Mark.NONE:
                return
            case Mark.RIGHT:
                shape, tone = Shape.CHECK_FILLED, Tone.YES
            case Mark.WRONG:
                shape, tone = Shape.OCTAGON, Tone.NO
        side = self._mark_side()
        box = QRectF(self.width() - side - 3 * STEP, (self.height() - side) / 2, side, side)
        colours = self._look.palette.tones[tone]
        painter = QPainter(self)
        draw_shape(painter, shape, box, colour=QColor(colours.edge))
        painter.end()

    def _mark_side(self) -> int:
        return round(self._look.pixels(Size.BODY) * 1.6)

    def _typed_in(self, text: str) -> None:
        # Grouped before anybody hears of it: what they read is what stands there.
        self._group(text)
        self.edited.emit(self.text())

    def _group(self, text: str) -> None:
        """Only what can be a code is touched; the cursor stays behind the same character."""
        read = typed.read(text)
        if not isinstance(read, typed.Part | typed.Right | typed.Misfit) or read.grouped == text:
            return
        before = len(SEPARATORS.sub("", text[: self.cursorPosition()]))
        self.setText(read.grouped)
        self.setCursorPosition(before + max(0, before - 1) // typed.GROUP_LENGTH)

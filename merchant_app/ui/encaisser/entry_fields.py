"""The fields of the screen: amounts, and the typed code of a voucher."""

from __future__ import annotations

import re
from dataclasses import dataclass

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QLineEdit, QWidget

from merchant_app.ui.theme import Look, Size
from merchant_app.vouchers.code import CODE_LENGTH

TEXT_MAX = 4_296
"""As much as a QR code can hold: whatever is pasted is told apart, not cut into something else."""
_SEPARATORS = re.compile(r"[\s\-\u2010\u2011\u2013]+")
_CODE = re.compile(rf"[0-9A-Za-z]{{1,{CODE_LENGTH}}}")
_READ_AS = str.maketrans({"O": "0", "I": "1", "L": "1"})


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
        self.textEdited.connect(self.edited)

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


class CodeField(EntryField):
    """A voucher's code, put into groups of four while it is typed."""

    def __init__(self, look: Look, name: str, parent: QWidget | None = None) -> None:
        super().__init__(look, name, parent)
        self.setFont(look.font(Size.BODY, figures=True, codes=True))
        self.setPlaceholderText("K7QF-9XAB-…")
        self.edited.connect(self._group)

    def _group(self, text: str) -> None:
        """Only what can be a code is touched; the cursor stays behind the same character."""
        grouped = in_groups(text)
        if grouped is None or grouped == text:
            return
        before = len(_SEPARATORS.sub("", text[: self.cursorPosition()]))
        self.setText(grouped)
        self.setCursorPosition(before + max(0, before - 1) // 4)


def in_groups(text: str) -> str | None:
    """The typed part of a code as it is printed, "K7QF-9X"; None when it is no part of a code."""
    compact = _SEPARATORS.sub("", text)
    if not _CODE.fullmatch(compact):
        return None
    read = compact.upper().translate(_READ_AS)
    return "-".join(read[start : start + 4] for start in range(0, len(read), 4))

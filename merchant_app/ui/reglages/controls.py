"""The controls of Réglages: one of several, a folder, a named row."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QObject, Qt, Signal, Slot
from PySide6.QtGui import QAccessible, QWheelEvent
from PySide6.QtWidgets import (
    QButtonGroup,
    QFileDialog,
    QLabel,
    QRadioButton,
    QSlider,
    QVBoxLayout,
    QWidget,
)

from merchant_app.i18n import _
from merchant_app.ui.button_rows import ButtonRows
from merchant_app.ui.flow_grid import FlowGrid, Widths
from merchant_app.ui.keycap_button import KeycapButton
from merchant_app.ui.labels import ElidedLabel, plain
from merchant_app.ui.spoken_roles import speak_as
from merchant_app.ui.theme import STEP, Look, Size


class OneOf(QWidget):
    """One of a few values, all of them in sight: no list drops down over the till, and a gun's
    keys find no window of their own. Arrow keys go from one to the next.

    Signals:
        chosen(int): somebody chose the value at this place.
    """

    chosen = Signal(int)

    def __init__(
        self,
        names: Sequence[str],
        *,
        title: str,
        parent: QWidget,
        per_row_max: int | None = None,
        gap_px: int = 4 * STEP,
    ) -> None:
        """
        Args:
            names: of the values, in order.
            title: what is chosen.
            parent: what it lies in.
            per_row_max: so many beside each other where there is room; None: all of them.
            gap_px: between two that stand beside each other.
        """
        super().__init__(parent)
        speak_as(self, QAccessible.Role.Grouping, title)
        self._group = QButtonGroup(self)
        layout = FlowGrid(self, per_row_max=per_row_max, widths=Widths.LEAST, gap_px=gap_px)
        for place, name in enumerate(names):
            button = QRadioButton(name, self)
            button.setAccessibleDescription(title)
            self._group.addButton(button, place)
            layout.addWidget(button)
        self._group.idClicked.connect(self.chosen)

    def show_place(self, place: int) -> None:
        """Mark the value that holds."""
        self._group.button(place).setChecked(True)

    def buttons(self) -> list[QRadioButton]:
        """One for each value."""
        return [button for button in self._group.buttons() if isinstance(button, QRadioButton)]


class Volume(QSlider):
    """0 to 100, in steps of ten. The wheel passes: it is turned to scroll, not to be deafened."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(Qt.Orientation.Horizontal, parent)
        self.setRange(0, 100)
        self.setSingleStep(10)
        self.setPageStep(10)

    def wheelEvent(self, event: QWheelEvent) -> None:
        event.ignore()


class SystemDialog(QObject):
    """The system's dialog for a folder, or for a file; made when it is first wanted.

    Signals:
        chosen(str): somebody chose this one.
    """

    chosen = Signal(str)

    def __init__(self, title: str, parent: QWidget, *, files: str = "") -> None:
        """`files`: the name filter of files to choose from ("*.zip"); empty: a folder is chosen."""
        super().__init__(parent)
        self._title, self._parent, self._files = title, parent, files
        self._dialog: QFileDialog | None = None

    @Slot()
    def open(self) -> None:
        if self._dialog is None:
            self._dialog = QFileDialog(self._parent, self._title)
            if self._files:
                self._dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
                self._dialog.setNameFilter(self._files)
            else:
                self._dialog.setFileMode(QFileDialog.FileMode.Directory)
                self._dialog.setOption(QFileDialog.Option.ShowDirsOnly)
            self._dialog.fileSelected.connect(self.chosen)
        # Beside the till, not over it: a voucher can be scanned meanwhile.
        self._dialog.setModal(False)
        self._dialog.show()

    def rename(self, title: str) -> None:
        """Say something else over it."""
        self._title = title
        if self._dialog is not None:
            self._dialog.setWindowTitle(title)

    def close(self) -> None:
        """Nothing is chosen, if it was being chosen."""
        if self._dialog is not None:
            self._dialog.close()


class FolderChoice(QWidget):
    """A folder, or none.

    Signals:
        chosen(str): somebody chose this one; empty: none.
    """

    chosen = Signal(str)

    def __init__(self, look: Look, *, title: str, none: str, parent: QWidget) -> None:
        """`none`: the words on the button that chooses no folder."""
        super().__init__(parent)
        self._dialog = SystemDialog(title, self)
        self._dialog.chosen.connect(self.chosen)
        self.label = ElidedLabel(self)
        self.choose = KeycapButton(look, role="plain", parent=self)
        self.choose.say(_("Choose a folder…"), "")
        self.choose.setAccessibleDescription(title)
        self.choose.clicked.connect(self._dialog.open)
        self.none = KeycapButton(look, role="plain", parent=self)
        self.none.say(none, "")
        self.none.setAccessibleDescription(title)
        self.none.clicked.connect(self._none_chosen)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(STEP)
        column.addWidget(titled_label(look, title, self))
        column.addWidget(self.label)
        column.addLayout(beside(self.choose, self.none))

    def show_folder(self, told: str, *, is_one: bool) -> None:
        """Say which; `is_one`: a folder is chosen."""
        self.label.show_text(told)
        self.none.setEnabled(is_one)

    def close_dialog(self) -> None:
        """The folder is not chosen, if it was being chosen."""
        self._dialog.close()

    @Slot()
    def _none_chosen(self) -> None:
        self.chosen.emit("")


def titled(look: Look, name: str, *parts: QWidget, parent: QWidget) -> QVBoxLayout:
    """A bold name and what belongs to it, one under the other."""
    column = QVBoxLayout()
    column.setSpacing(STEP)
    column.addWidget(titled_label(look, name, parent))
    for part in parts:
        column.addWidget(part)
    return column


def titled_label(look: Look, name: str, parent: QWidget) -> QLabel:
    """The bold name of what follows."""
    label = plain(name, parent, wrap=True)
    label.setFont(look.font(Size.BODY, bold=True))
    return label


def beside(*buttons: KeycapButton) -> ButtonRows:
    """Buttons in a row, or in more where it is narrow."""
    row = ButtonRows()
    row.setSpacing(2 * STEP)
    row.add_all(*buttons)
    return row

"""The part of Réglages with the responsible person's code, painted from one `Panel` value."""

from __future__ import annotations

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QGridLayout, QLabel, QVBoxLayout, QWidget

from merchant_app.i18n import _
from merchant_app.ui.encaisser.entry_fields import PinField
from merchant_app.ui.keycap_button import KeycapButton
from merchant_app.ui.labels import plain
from merchant_app.ui.palette import Tone
from merchant_app.ui.reglages import pin_words as words
from merchant_app.ui.reglages.controls import beside, titled_label
from merchant_app.ui.reglages.pin_presenter import Panel
from merchant_app.ui.theme import STEP, Look, Size, tinted


class PinView(QWidget):
    """GUI thread.

    Signals:
        change(): what is in the fields is to be the code.
        removal(): there is to be none.
    """

    change = Signal()
    removal = Signal()

    def __init__(self, look: Look, parent: QWidget) -> None:
        super().__init__(parent)
        self._look = look
        self._panel = Panel(is_set=False)
        title = _("Manager’s PIN")
        self.what_for = plain(parent=self, wrap=True)
        self.told = plain(parent=self, wrap=True)
        self._grid = QGridLayout()
        self._grid.setHorizontalSpacing(3 * STEP)
        self._grid.setVerticalSpacing(STEP)
        self._grid.setColumnStretch(1, 1)
        self._old_name, self.old = self._row(_("Current PIN"))
        _name, self.new = self._row(_("New PIN"))
        _name, self.again = self._row(_("Once more"))
        self.set_button = self._button(title)
        self.set_button.clicked.connect(self.change)
        self.remove_button = self._button(title)
        self.remove_button.say(_("Remove it"), "")
        self.remove_button.clicked.connect(self.removal)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(STEP)
        column.addWidget(titled_label(look, title, self))
        column.addWidget(self.what_for)
        # Above the fields: whoever typed into them has scrolled no farther.
        column.addWidget(self.told)
        column.addLayout(self._grid)
        column.addLayout(beside(self.set_button, self.remove_button))
        look.changed.connect(self._colour)
        self.show_panel(self._panel)

    def _row(self, name: str) -> tuple[QLabel, PinField]:
        row = self._grid.rowCount()
        label, field = plain(name, self), PinField(self._look, name, self)
        field.setFont(self._look.font(Size.BODY, figures=True))
        field.setAccessibleDescription(_("Manager’s PIN"))
        label.setBuddy(field)
        self._grid.addWidget(label, row, 0)
        self._grid.addWidget(field, row, 1)
        return label, field

    def _button(self, title: str) -> KeycapButton:
        button = KeycapButton(self._look, role="plain", parent=self)
        button.setAccessibleDescription(title)
        return button

    def show_panel(self, panel: Panel) -> None:
        """Paint it."""
        self._panel = panel
        self.what_for.setText(words.what_for(panel))
        self._old_name.setVisible(panel.is_set)
        self.old.setVisible(panel.is_set)
        self.set_button.say(_("Change it") if panel.is_set else _("Set the PIN"), "")
        self.remove_button.setVisible(panel.is_set)
        for part in (self.old, self.new, self.again):
            part.setReadOnly(panel.working)  # not disabled: the keyboard stays
        self.told.setText(words.told(panel.told))
        self.told.setVisible(bool(self.told.text()))
        self._colour()

    def forget_typed(self) -> None:
        """Empty the fields."""
        for field in (self.old, self.new, self.again):
            field.clear()

    @property
    def has_keyboard(self) -> bool:
        """Whether somebody types into one of its fields: Enter is meant for them."""
        return any(field.hasFocus() for field in (self.old, self.new, self.again))

    @Slot()
    def _colour(self) -> None:
        tone: Tone = words.tone(self._panel.told)
        self.told.setPalette(tinted(self._look.palette.tones[tone].ink))

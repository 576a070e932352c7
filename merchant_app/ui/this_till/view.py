"""The screen of this till, painted from one `Screen` value."""

from __future__ import annotations

from datetime import datetime

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QAccessible
from PySide6.QtWidgets import QGridLayout, QLabel

from merchant_app.i18n import _
from merchant_app.till.counter import CounterFacts
from merchant_app.ui.button_rows import ButtonRows
from merchant_app.ui.focus_ring import FocusRing
from merchant_app.ui.keycap_button import KeycapButton
from merchant_app.ui.labels import ElidedLabel, plain
from merchant_app.ui.page import Page
from merchant_app.ui.palette import Tone
from merchant_app.ui.row_list import RowList
from merchant_app.ui.spoken_roles import speak_as
from merchant_app.ui.theme import STEP, Look, Size, tinted
from merchant_app.ui.this_till import words
from merchant_app.ui.this_till.presenter import Mode, Screen


class ThisTillView(Page):
    """GUI thread. None of its buttons is pressed by Enter alone: what they do is not undone.

    Signals:
        leave(), confirmed(), enrol(), back(): the buttons.
    """

    leave = Signal()
    confirmed = Signal()
    enrol = Signal()
    back = Signal()

    def __init__(self, look: Look, facts: CounterFacts) -> None:
        super().__init__(look)
        self._facts = facts
        self.say(_("This till"), "")
        self._values: list[ElidedLabel] = []
        self._grid = QGridLayout()
        self._grid.setHorizontalSpacing(6 * STEP)
        self._grid.setVerticalSpacing((1 if look.is_large else 2) * STEP)
        self._grid.setColumnStretch(1, 1)
        self.column.addLayout(self._grid)
        self._names: list[QLabel] = []
        self._told_label = plain(parent=self._panel, wrap=True)
        self.column.addWidget(self._told_label)
        self.list = RowList(self._panel)
        self.list.setFont(look.font(Size.BODY, figures=True))
        self.list.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.list.setAccessibleName(_("What is kept here and nowhere else"))
        self.list.setMaximumHeight(round(look.pixels(Size.BODY) * 9))
        self.column.addWidget(self.list)
        self.anew = self._button("main", _("Enrol this till again"))
        self.anew.clicked.connect(self.enrol)
        self.sure = self._button("plain", _("Yes, remove it"))
        self.sure.clicked.connect(self.confirmed)
        self.remove = self._button("plain", _("Remove this till from this computer…"))
        self.remove.clicked.connect(self.leave)
        self.close_button = self._button("plain", _("Back"), _("Esc"))
        self.close_button.clicked.connect(self.back)
        row = ButtonRows()
        row.setSpacing(3 * STEP)
        for button in (self.anew, self.sure, self.remove, self.close_button):
            button.give_up_place_when_hidden()
        row.add_all(self.sure, self.remove, self.close_button)
        self.column.addWidget(self.anew)
        self.column.addLayout(row)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        speak_as(self, QAccessible.Role.Grouping, _("This till"))
        FocusRing(look, self)
        look.changed.connect(self._colour_message)

    def _button(self, role: str, text: str, key: str = "") -> KeycapButton:
        button = KeycapButton(self._look, role=role, parent=self._panel)
        button.say(text, key)
        return button

    def show_screen(self, screen: Screen, *, now: datetime) -> None:
        """Paint it."""
        for number, (name, value) in enumerate(words.facts(self._facts, screen.status, now=now)):
            self._row(number, name, value)
        told = words.sentence(screen)
        self._told_label.setText(told)
        self._told_label.setAccessibleName(told)
        self._told_label.setVisible(bool(told))
        lost = words.lost(screen.stay, time_zone=self._facts.time_zone, now=now)
        self.list.show_rows(lost)
        self.list.setVisible(bool(lost))
        for label in (*self._names, *self._values):
            # Large text leaves no room for both; what would be lost matters more.
            label.setVisible(not (lost and self._look.is_large))
        confirming = screen.mode is Mode.CONFIRMING
        self.sure.setVisible(confirming)
        self.remove.setVisible(not confirming)
        self.remove.setEnabled(screen.mode is Mode.LOOKING)
        self.anew.setVisible(words.must_enrol(screen.status) and not confirming)
        self.close_button.setEnabled(screen.mode is not Mode.LEAVING)
        self._colour_message()

    @property
    def message(self) -> str:
        """What it says about leaving."""
        return self._told_label.text()

    def _row(self, number: int, name: str, value: str) -> None:
        if number == len(self._names):
            self._names.append(plain(parent=self._panel))
            self._names[number].setFont(self._look.font(Size.BODY, bold=True))
            self._values.append(ElidedLabel(self._panel))
            self._grid.addWidget(self._names[number], number, 0)
            self._grid.addWidget(self._values[number], number, 1)
        self._names[number].setText(name)
        self._values[number].show_text(value)

    def _colour_message(self) -> None:
        ink = self._look.palette.tones[Tone.LATER].ink
        self._told_label.setPalette(tinted(ink))

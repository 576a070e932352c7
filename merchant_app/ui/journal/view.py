"""The Journal, painted from one `Screen` value: what is looked for, the list, one life."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QGridLayout, QStackedWidget, QVBoxLayout, QWidget

from merchant_app.i18n import _
from merchant_app.till.journal_query import TEXT_MAX
from merchant_app.till.journal_results import SaleKind
from merchant_app.ui.button_rows import ButtonRows
from merchant_app.ui.encaisser.card_view import CardView
from merchant_app.ui.encaisser.entry_fields import EntryField
from merchant_app.ui.encaisser.verdict_cards import Place
from merchant_app.ui.function_keys import EXPORT_KEY, TO_SETTLE_KEY, UNDO_KEY
from merchant_app.ui.journal import words
from merchant_app.ui.journal.life_view import LifeView
from merchant_app.ui.journal.list_view import SalesList
from merchant_app.ui.journal.states import Screen
from merchant_app.ui.keycap_button import KeycapButton
from merchant_app.ui.labels import plain
from merchant_app.ui.palette import Tone
from merchant_app.ui.reglages.controls import OneOf
from merchant_app.ui.theme import STEP, Look, Size, tinted

_KINDS = tuple(SaleKind)
_LIST_SHARE = 0.48
_LIST_MIN, _LIST_MAX = 300, 560


class SearchField(EntryField):
    """Arrow keys leave it for the list.

    Signals:
        list_wanted(): Down or Up was pressed.
    """

    list_wanted = Signal()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Down, Qt.Key.Key_Up):
            self.list_wanted.emit()
        else:
            super().keyPressEvent(event)


class JournalView(QWidget):
    """GUI thread.

    Signals:
        searched(str): the search field holds this now; may be a code, a secret.
        kind_wanted(object): a `SaleKind`.
        chosen(int): the list went to this line.
        more_wanted(): it was read to where it ends.
        export_wanted(), undo_wanted(), settle_wanted(): the buttons.
    """

    searched = Signal(str)
    kind_wanted = Signal(object)
    chosen = Signal(int)
    more_wanted = Signal()
    export_wanted = Signal()
    undo_wanted = Signal()
    settle_wanted = Signal()

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look = look
        self.title = plain(_("Journal"), self)
        self.title.setFont(look.font(Size.TITLE, bold=True))
        self.title.setVisible(not look.is_large)  # the list needs the room; the rail says it
        self.field = SearchField(look, _("Find a sale"), self)
        self.field.setFont(look.font(Size.BODY))
        self.field.setMaxLength(TEXT_MAX)
        self.field.setPlaceholderText(_("12.50, yesterday, 14:30, Claire, …2M"))
        self.field.setClearButtonEnabled(False)
        self.field.edited.connect(self.searched)
        self.field.list_wanted.connect(self.take_list)
        self.kinds = OneOf(
            [words.kind(of) for of in _KINDS],
            title=_("Only these"),
            parent=self,
            gap_px=STEP,
        )
        self.kinds.chosen.connect(self._kind_chosen)
        self.list = SalesList(look, self)
        self.list.chosen.connect(self.chosen)
        self.list.more_wanted.connect(self.more_wanted)
        self.nothing = CardView(look, self)
        self.trouble = plain(parent=self, wrap=True)
        self.life = LifeView(look, self)
        self.undo = self._button(_("Undo it…"), UNDO_KEY)
        self.undo.clicked.connect(self.undo_wanted)
        self.settle = self._button(_("To settle"), TO_SETTLE_KEY)
        self.settle.clicked.connect(self.settle_wanted)
        self.export = self._button(_("Export…"), EXPORT_KEY)
        self.export.clicked.connect(self.export_wanted)
        self._lay_out()
        look.changed.connect(self._colour)
        self._colour()

    def _button(self, name: str, key: str) -> KeycapButton:
        button = KeycapButton(self._look, role="plain", parent=self)
        button.say(name, key)
        if self._look.is_large:  # where all three do not stand in one row
            button.give_up_place_when_hidden()
        return button

    def _lay_out(self) -> None:
        search, self._lists = QWidget(self), QWidget(self)
        # Large text needs the whole width for what is looked for, and scrolls what is below.
        self._left = (self._lists,) if self._look.is_large else (search, self._lists)
        for part, widgets in ((search, [self.field, self.kinds]), (self._lists, [self.list])):
            column = QVBoxLayout(part)
            column.setContentsMargins(0, 0, 0, 0)
            column.setSpacing(2 * STEP)
            for widget in widgets:
                column.addWidget(widget)
        buttons = ButtonRows()
        buttons.setSpacing(2 * STEP)
        buttons.add_all(self.undo, self.settle, self.export)
        blank = QWidget(self)
        self._lives = QStackedWidget(self)
        self._lives.addWidget(self.life)
        self._lives.addWidget(blank)
        whole = QGridLayout(self)
        margin = (3 if self._look.is_large else 6) * STEP
        whole.setContentsMargins(margin, 4 * STEP, margin, 4 * STEP)
        whole.setHorizontalSpacing(margin)
        whole.setVerticalSpacing(2 * STEP)
        whole.setColumnStretch(1, 1)
        whole.setRowStretch(2, 1)
        if self._look.is_large:
            whole.addWidget(search, 1, 0, 1, 2)
            whole.addWidget(self._lives, 2, 1)
        else:
            whole.addWidget(self.title, 0, 0)
            whole.addWidget(search, 1, 0)
            whole.addWidget(self._lives, 0, 1, 3, 1)
        whole.addWidget(self._lists, 2, 0, 2, 1)
        whole.addWidget(self.trouble, 4, 0)
        # What there is nothing of stands across both columns, where they would be.
        whole.addWidget(self.nothing, 2, 0, 1, 2)
        whole.addLayout(buttons, 3, 1)

    def resizeEvent(self, event: QResizeEvent) -> None:
        share = round(self.width() * _LIST_SHARE)
        for part in self._left:
            part.setFixedWidth(max(_LIST_MIN, min(_LIST_MAX, share)))
        super().resizeEvent(event)

    def show_screen(self, screen: Screen, place: Place) -> None:
        """Paint it."""
        self.field.obey(screen.text_fill)
        self.kinds.show_place(_KINDS.index(screen.kind))
        self.list.show_screen(screen, place)
        nothing = words.nothing(screen)
        if nothing is not None:
            self.nothing.show_card(nothing, None)
        self.nothing.setVisible(nothing is not None)
        self._lists.setVisible(nothing is None)
        self._lives.setVisible(nothing is None)
        told = words.trouble(screen.trouble) if nothing is None else ""
        self.trouble.setText(told)
        self.trouble.setVisible(bool(told))
        life = screen.life
        if life is not None:
            self.life.show_life(life, place)
        # While the next one is being read the one before stays: nothing flickers.
        self._lives.setCurrentIndex(1 if screen.chosen is None else 0)
        self.undo.setVisible(life is not None and life.can_undo)
        self.settle.setVisible(life is not None and life.to_settle)

    def take_keyboard(self) -> None:
        """Somebody came to this screen."""
        self.field.setFocus(Qt.FocusReason.OtherFocusReason)
        self.field.selectAll()

    @Slot()
    def take_list(self) -> None:
        """Arrow keys go through the list."""
        if self.list.isVisible():
            self.list.setFocus(Qt.FocusReason.OtherFocusReason)

    @Slot(int)
    def _kind_chosen(self, number: int) -> None:
        self.kind_wanted.emit(_KINDS[number])

    def _colour(self) -> None:
        self.trouble.setPalette(tinted(self._look.palette.tones[Tone.NO].ink))

"""The exercises, painted from one `Screen` value."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QListWidget, QSizePolicy, QVBoxLayout, QWidget

from merchant_app.i18n import _
from merchant_app.till.school import Fault
from merchant_app.ui.button_rows import ButtonRows
from merchant_app.ui.first_day.step_page import Body
from merchant_app.ui.keycap_button import KeycapButton
from merchant_app.ui.labels import plain
from merchant_app.ui.palette import Tone
from merchant_app.ui.receipt.paper import CodeView
from merchant_app.ui.reglages.controls import OneOf, titled_label
from merchant_app.ui.school import words
from merchant_app.ui.school.presenter import CUT_OFF, SITUATIONS, Screen
from merchant_app.ui.theme import STEP, Look, Size, tinted

_FAULTS = tuple(Fault)
_CODE_PX = 210


class SchoolView(QWidget):
    """GUI thread. What does not fit scrolls, and follows the keyboard.

    Signals:
        chosen(object): a `Situation` is to be looked at.
        fault_wanted(object): a `Fault`.
        present(), again(), spend(), leave_mode(), back(): the buttons.
    """

    chosen = Signal(object)
    fault_wanted = Signal(object)
    present = Signal()
    again = Signal()
    spend = Signal()
    leave_mode = Signal()
    back = Signal()

    def __init__(self, look: Look) -> None:
        super().__init__()
        self._look = look
        self._screen: Screen | None = None
        self.title = plain(_("Exercises"), self)
        self.title.setFont(look.font(Size.TITLE, bold=True))
        self._note = plain(parent=self, wrap=True)
        self._body = Body(self)
        self._body.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        inside = self._body.inside
        self.list = QListWidget(inside)
        self.list.setAccessibleName(_("Exercises"))
        self.list.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        line = self.list.fontMetrics().height() + 4 * STEP
        self.list.setFixedHeight(len(SITUATIONS) * line + 4 * STEP)
        self.list.currentRowChanged.connect(self._row_chosen)
        self.code = CodeView(inside)
        self.code.setFixedSize(_CODE_PX, _CODE_PX)
        self.code.setAccessibleName(_("QR code of this voucher"))
        self.text = plain(parent=inside)
        self.text.setFont(look.font(Size.BODY, codes=True))
        self.text.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._happens = plain(parent=inside, wrap=True)
        self._say = plain(parent=inside, wrap=True)
        self._say.setFont(look.font(Size.BODY, bold=True))
        self.faults = OneOf(
            [words.fault(fault) for fault in _FAULTS],
            title=_("What is wrong with the line"),
            per_row_max=2,
            parent=inside,
        )
        self.faults.chosen.connect(self._fault_chosen)
        self._build_buttons()
        self._lay_out()
        look.changed.connect(self._colour)
        self._colour()

    def _build_buttons(self) -> None:
        inside = self._body.inside
        self.spend_button = self._button("plain", _("Use it up at till 2 first"), parent=inside)
        self.spend_button.clicked.connect(self.spend)
        self.main = self._button("main", _("Present this voucher"), _("Enter"), parent=self)
        self.main.clicked.connect(self.present)
        self.again_button = self._button("plain", _("Start over"), parent=self)
        self.again_button.clicked.connect(self.again)
        self.leave_button = self._button("plain", _("Leave training mode"), parent=self)
        self.leave_button.clicked.connect(self.leave_mode)
        self.back_button = self._button("plain", _("Back"), _("Esc"), parent=self)
        self.back_button.clicked.connect(self.back)

    def _button(self, role: str, text: str, key: str = "", *, parent: QWidget) -> KeycapButton:
        button = KeycapButton(self._look, role=role, parent=parent)
        button.say(text, key)
        return button

    def _lay_out(self) -> None:
        look, inside = self._look, self._body.inside
        left = QVBoxLayout()
        left.setSpacing(2 * STEP)
        left.addWidget(self.list)
        trouble = QVBoxLayout()
        trouble.setSpacing(2 * STEP)
        trouble.addWidget(titled_label(look, _("What is wrong with the line"), inside))
        trouble.addWidget(self.faults)
        trouble.addWidget(self.spend_button)
        trouble.addStretch(1)
        right = QVBoxLayout()
        right.setSpacing(2 * STEP)
        right.addWidget(self.code, 0, Qt.AlignmentFlag.AlignLeft)
        right.addWidget(self.text)
        right.addWidget(titled_label(look, _("What happens"), inside))
        right.addWidget(self._happens)
        right.addWidget(titled_label(look, _("What you say"), inside))
        right.addWidget(self._say)
        right.addStretch(1)
        halves = QHBoxLayout()
        halves.setSpacing(6 * STEP)
        if look.is_large:  # the voucher is looked at before anything is broken
            left.addLayout(right)
            left.addLayout(trouble)
            halves.addLayout(left, 1)
        else:
            left.addSpacing(2 * STEP)
            left.addLayout(trouble)
            halves.addLayout(left, 1)
            halves.addLayout(right, 1)
        within = QVBoxLayout(inside)
        within.setContentsMargins(0, 0, 2 * STEP, 0)
        within.addLayout(halves)
        self._frame_it()

    def _frame_it(self) -> None:
        """What scrolls, between a head and buttons that do not."""
        look = self._look
        head = QHBoxLayout()
        head.setSpacing(4 * STEP)
        head.addWidget(self.title)
        head.addWidget(self._note, 1)
        whole = QVBoxLayout(self)
        margin = (4 if look.is_large else 6) * STEP
        whole.setContentsMargins(margin, 3 * STEP, margin, 3 * STEP)
        whole.setSpacing(3 * STEP)
        whole.addLayout(head)
        whole.addWidget(self._body, 1)
        buttons = ButtonRows()
        buttons.setSpacing(2 * STEP)
        buttons.add_all(self.main, self.again_button, self.leave_button, self.back_button)
        whole.addLayout(buttons)

    def show_screen(self, screen: Screen) -> None:
        """Paint it."""
        self._screen = screen
        names = [words.line(situation, screen) for situation in SITUATIONS]
        self.list.blockSignals(True)
        if [self.list.item(row).text() for row in range(self.list.count())] != names:
            self.list.clear()
            self.list.addItems(names)
        self.list.setCurrentRow(SITUATIONS.index(screen.chosen))
        self.list.blockSignals(False)
        exercise = screen.exercise(screen.chosen)
        self.code.show_modules(() if exercise is None else exercise.modules)
        self.text.setText("" if exercise is None else exercise.code)
        self._happens.setText(words.happens(screen.chosen))
        self._say.setText("" if exercise is None else words.said(exercise))
        self.faults.show_place(_FAULTS.index(screen.fault))
        self._note.setText(words.message(screen))
        ready = exercise is not None and not screen.busy
        for part in (self.main, self.again_button, self.faults):
            part.setEnabled(ready)
        # Nobody uses up what the exercise itself uses up, or what is used up already.
        by_hand = screen.chosen not in CUT_OFF and not screen.spent
        self.spend_button.setEnabled(ready and by_hand)
        self._colour()

    @property
    def note(self) -> str:
        """What the page itself tells."""
        return self._note.text()

    def take_keyboard(self) -> None:
        """Somebody came here: the arrows choose, Enter presents."""
        self.list.setFocus(Qt.FocusReason.OtherFocusReason)

    @Slot(int)
    def _row_chosen(self, row: int) -> None:
        if 0 <= row < len(SITUATIONS):
            self.chosen.emit(SITUATIONS[row])

    @Slot(int)
    def _fault_chosen(self, place: int) -> None:
        self.fault_wanted.emit(_FAULTS[place])

    def _colour(self) -> None:
        palette = self._look.palette
        failed = self._screen is not None and self._screen.trouble is not None
        self._note.setPalette(tinted(palette.tones[Tone.NO if failed else Tone.CHOICE].ink))

"""The panel of exports, painted from one `Panel` value."""

from __future__ import annotations

from datetime import date, datetime

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QAccessible
from PySide6.QtWidgets import (
    QApplication,
    QGridLayout,
    QVBoxLayout,
    QWidget,
)

from merchant_app.i18n import _
from merchant_app.till.journal_results import Exported, ExportForm
from merchant_app.ui.button_rows import ButtonRows
from merchant_app.ui.encaisser.card import Shape
from merchant_app.ui.encaisser.entry_fields import EntryField
from merchant_app.ui.flow_grid import FlowGrid, Widths
from merchant_app.ui.focus_ring import FocusRing
from merchant_app.ui.following_scroll import FollowingScroll
from merchant_app.ui.journal import export_words as words
from merchant_app.ui.journal.export_states import Choosing, Panel, Span, Writing
from merchant_app.ui.keycap_button import KeycapButton
from merchant_app.ui.labels import plain
from merchant_app.ui.palette import Tone
from merchant_app.ui.reglages.controls import FolderChoice, OneOf, titled
from merchant_app.ui.spoken_roles import speak_as
from merchant_app.ui.theme import STEP, Look, Size, tinted

_FORMS, _SPANS = tuple(ExportForm), tuple(Span)
_DAY_LENGTH = 10
_AROUND_FIELD_PX = 8 * STEP
"""Its border, and the room left and right of what is typed."""
_SIREN_LENGTH = 14


class ExportView(QWidget):
    """GUI thread. What does not fit scrolls.

    Signals:
        form_wanted(object), span_wanted(object): an `ExportForm`, a `Span`.
        moved(bool): to the time before (False) or after.
        days_typed(object, object): two days; None: what stands there is none.
        folder_wanted(str): empty: the usual one.
        siren_typed(str), confirmed(), back(), see_folder(): as named.
    """

    form_wanted = Signal(object)
    span_wanted = Signal(object)
    moved = Signal(bool)
    days_typed = Signal(object, object)
    folder_wanted = Signal(str)
    siren_typed = Signal(str)
    confirmed = Signal()
    back = Signal()
    see_folder = Signal()

    def __init__(self, look: Look, parent: QWidget) -> None:
        super().__init__(parent)
        self._look = look
        self._tone = Tone.QUIET
        self._fill = 0
        self.title = plain(_("Export"), self)
        self.title.setFont(look.font(Size.TITLE, bold=True))
        speak_as(self, QAccessible.Role.Grouping, _("Export"))
        FocusRing(look, self)
        self._inside = QWidget(self)
        self._build_what()
        self._build_when()
        self._build_where()
        self.message = plain(parent=self, wrap=True)
        self.main = self._button(_("Export"), _("Enter"), role="main")
        self.main.clicked.connect(self.confirmed)
        self.see = self._button(_("Open the folder"), "")
        self.see.clicked.connect(self.see_folder)
        self.other = self._button(_("Back"), _("Esc"))
        self.other.clicked.connect(self.back)
        self._lay_out()
        look.changed.connect(self._colour)

    def _button(self, name: str, key: str, *, role: str = "plain") -> KeycapButton:
        button = KeycapButton(self._look, role=role, parent=self)
        button.say(name, key)
        return button

    def _build_what(self) -> None:
        self.forms = OneOf(
            [words.form(of) for of in _FORMS], title=_("Format"), per_row_max=1, parent=self._inside
        )
        self.forms.chosen.connect(self._form_chosen)
        self.purpose = plain(parent=self._inside, wrap=True)
        self.siren_name = plain(_("SIREN of the shop"), self._inside)
        self.siren = EntryField(self._look, _("SIREN of the shop"), self._inside)
        self.siren.setFont(self._look.font(Size.BODY, figures=True))
        self.siren.setMaxLength(_SIREN_LENGTH)
        self.siren.edited.connect(self.siren_typed)

    def _build_when(self) -> None:
        self.spans = OneOf(
            [words.span(of) for of in _SPANS],
            title=_("Days"),
            parent=self._inside,
        )
        self.spans.chosen.connect(self._span_chosen)
        self.before = self._button("", "")
        self.before.say_shape(Shape.CHEVRON_LEFT, _("Previous period"))
        self.before.clicked.connect(self._before_pressed)
        self.first = self._day_field(_("From"))
        self.last = self._day_field(_("To"))
        self.after = self._button("", "")
        self.after.say_shape(Shape.CHEVRON_RIGHT, _("Next period"))
        self.after.clicked.connect(self._after_pressed)
        self.days = plain(parent=self._inside, wrap=True)

    def _day_field(self, name: str) -> EntryField:
        field = EntryField(self._look, name, self._inside)
        field.setFont(self._look.font(Size.BODY, figures=True))
        field.setMaxLength(_DAY_LENGTH)
        digits = field.fontMetrics().horizontalAdvance("0" * _DAY_LENGTH)
        field.setMinimumWidth(digits + _AROUND_FIELD_PX)
        field.edited.connect(self._day_edited)
        return field

    def _build_where(self) -> None:
        self.folder = FolderChoice(
            self._look,
            title=_("Folder"),
            none=_("My documents"),
            parent=self._inside,
        )
        self.folder.chosen.connect(self.folder_wanted)

    def _lay_out(self) -> None:
        look, inside = self._look, self._inside
        when = QGridLayout()
        when.setSpacing(2 * STEP)
        for column, (name, field) in enumerate(((_("From"), self.first), (_("To"), self.last))):
            label = plain(name, inside)
            label.setBuddy(field)
            when.addWidget(label, 0, column + 1)
            when.addWidget(field, 1, column + 1)
        when.addWidget(self.before, 1, 0)
        when.addWidget(self.after, 1, 3)
        for button in (self.before, self.after):
            button.setSizePolicy(button.sizePolicy().Policy.Fixed, button.sizePolicy().Policy.Fixed)
        what = titled(look, _("Format"), self.forms, self.purpose, parent=inside)
        what.addWidget(self.siren_name)
        what.addWidget(self.siren)
        what.addStretch(1)
        rest = QVBoxLayout()
        rest.setSpacing(4 * STEP)
        days = titled(look, _("Days"), self.spans, parent=inside)
        days.addLayout(when)
        days.addWidget(self.days)
        rest.addLayout(days)
        rest.addWidget(self.folder)
        rest.addStretch(1)
        columns = FlowGrid(inside, widths=Widths.EVEN, gap_px=8 * STEP, row_gap_px=4 * STEP)
        columns.setContentsMargins(0, 0, 3 * STEP, 0)
        for half in (what, rest):
            columns.add_layout(half)
        scroll = FollowingScroll(inside, parent=self)
        buttons = ButtonRows()
        buttons.setSpacing(2 * STEP)
        buttons.add_all(self.main, self.see, self.other)
        whole = QVBoxLayout(self)
        margin = (3 if look.is_large else 6) * STEP
        whole.setContentsMargins(margin, 4 * STEP, margin, 4 * STEP)
        whole.setSpacing(3 * STEP)
        whole.addWidget(self.title)
        whole.addWidget(scroll, 1)
        whole.addWidget(self.message)
        whole.addLayout(buttons)

    def show_panel(self, panel: Panel) -> None:
        """Paint it."""
        self.forms.show_place(_FORMS.index(panel.form))
        self.purpose.setText(words.purpose(panel.form))
        self.spans.show_place(_SPANS.index(panel.span))
        if panel.days_fill != self._fill:
            self._fill = panel.days_fill
            self.first.setText(words.field_day(panel.days.first))
            self.last.setText(words.field_day(panel.days.last))
        self.days.setText(words.days(panel))
        self.folder.show_folder(str(panel.folder), is_one=True)
        is_fec = panel.form is ExportForm.FEC
        self.siren_name.setVisible(is_fec)
        self.siren.setVisible(is_fec)
        if self.siren.text().replace(" ", "") != panel.siren:
            self.siren.setText(panel.siren)
        writing = isinstance(panel.mode, Writing)
        self._shut(shut=writing)
        self.other.say(_("Stop") if writing else _("Back"), _("Esc"))
        done = isinstance(panel.mode, Choosing) and isinstance(panel.mode.news, Exported)
        self.see.setVisible(done)
        line = words.news(panel)
        self.message.setText(line.text)
        self.message.setAccessibleName(line.text)
        self._tone = line.tone
        self._colour()

    def _shut(self, *, shut: bool) -> None:
        """While it is written nothing is chosen; the keyboard is at the panel itself: in a field
        that is shut it would be nowhere, and on the button a second Enter would stop what the first
        one began."""
        if shut:
            self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            if self.isAncestorOf(QApplication.focusWidget() or self):
                self.setFocus(Qt.FocusReason.OtherFocusReason)
        self._inside.setEnabled(not shut)
        self.main.setEnabled(not shut)
        if not shut and self.focusPolicy() is not Qt.FocusPolicy.NoFocus:
            was_here = self.hasFocus()
            self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
            if was_here:
                self.take_keyboard()

    def take_keyboard(self) -> None:
        """Somebody came to this panel."""
        forms = self.forms.buttons()
        chosen = next((one for one in forms if one.isChecked()), forms[0])
        (chosen if chosen.isEnabled() else self).setFocus(Qt.FocusReason.OtherFocusReason)

    def close_dialogs(self) -> None:
        """Somebody left: no folder is chosen any more."""
        self.folder.close_dialog()

    @Slot(int)
    def _form_chosen(self, place: int) -> None:
        self.form_wanted.emit(_FORMS[place])

    @Slot(int)
    def _span_chosen(self, place: int) -> None:
        self.span_wanted.emit(_SPANS[place])

    @Slot()
    def _before_pressed(self) -> None:
        self.moved.emit(False)

    @Slot()
    def _after_pressed(self) -> None:
        self.moved.emit(True)

    @Slot(str)
    def _day_edited(self, _text: str) -> None:
        self.days_typed.emit(_day(self.first.text()), _day(self.last.text()))

    def _colour(self) -> None:
        self.message.setPalette(tinted(self._look.palette.tones[self._tone].ink))
        for label in (self.purpose, self.days):
            label.setPalette(tinted(self._look.palette.muted))


def _day(text: str) -> date | None:
    for pattern in ("%d/%m/%Y", "%Y-%m-%d"):
        try:
            return datetime.strptime(text.strip(), pattern).date()  # noqa: DTZ007 - a day, no moment
        except ValueError:
            continue
    return None

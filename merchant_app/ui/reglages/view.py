"""Réglages, painted from one `Screen` value."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QHBoxLayout,
    QVBoxLayout,
    QWidget,
)

from merchant_app.errors import ProblemKind
from merchant_app.i18n import _
from merchant_app.settings.options import Language, Theme
from merchant_app.ui.check_box import CheckBox
from merchant_app.ui.encaisser.camera_view import CameraView
from merchant_app.ui.flow_grid import FlowGrid, Widths
from merchant_app.ui.following_scroll import FollowingScroll
from merchant_app.ui.keycap_button import KeycapButton
from merchant_app.ui.labels import plain
from merchant_app.ui.palette import Tone
from merchant_app.ui.reglages import words
from merchant_app.ui.reglages.accounts import AccountsView
from merchant_app.ui.reglages.archive_view import ArchivesView
from merchant_app.ui.reglages.camera_list import CameraList
from merchant_app.ui.reglages.controls import FolderChoice, OneOf, titled
from merchant_app.ui.reglages.pin_view import PinView
from merchant_app.ui.reglages.printer_choice import PrinterChoice
from merchant_app.ui.reglages.sound_choice import SoundChoice
from merchant_app.ui.reglages.states import Screen
from merchant_app.ui.theme import STEP, Look, Size, tinted

_LANGUAGES, _THEMES = tuple(Language), tuple(Theme)
_PICTURE_WIDTH_MAX = 420


class ReglagesView(QWidget):
    """GUI thread. What does not fit scrolls, and follows the keyboard.

    Signals:
        camera_wanted(str): the identity of a camera; empty: whichever is found.
        mirror_wanted(bool), customer_wanted(bool), sound_wanted(bool), volume_wanted(int): as
            named; the second one is the customer’s screen.
        sound_tried(object): a `Sound` is to be heard.
        language_wanted(object), theme_wanted(object): a `Language`, a `Theme`.
        watched_folder_wanted(str): vouchers that arrive in this folder are offered; empty: none.
        mirror_folder_wanted(str): the journal's second copy goes there; empty: beside the journal.
        account_wanted(object, object): an option of « Comptabilité », and its new value.
        back(): the button.
    """

    camera_wanted = Signal(str)
    mirror_wanted = Signal(bool)
    customer_wanted = Signal(bool)
    sound_wanted = Signal(bool)
    volume_wanted = Signal(int)
    sound_tried = Signal(object)
    language_wanted = Signal(object)
    theme_wanted = Signal(object)
    watched_folder_wanted = Signal(str)
    mirror_folder_wanted = Signal(str)
    account_wanted = Signal(object, object)
    back = Signal()

    def __init__(self, look: Look) -> None:
        super().__init__()
        self._look = look
        self._screen: Screen | None = None
        self.title = plain(_("Settings"), self)
        self.title.setFont(look.font(Size.TITLE, bold=True))
        self._note = plain(parent=self, wrap=True)
        self.close_button = KeycapButton(look, role="plain", parent=self)
        self.close_button.say(_("Back"), _("Esc"))
        self.close_button.clicked.connect(self.back)
        self._inside = QWidget(self)
        self._frame_it()  # empty: how high what is in it is, is worked out once, when it is seen
        self._build_camera()
        self._build_rest()
        self._lay_out()
        look.changed.connect(self._colour)
        self._colour()

    # --- building --------------------------------------------------------------------------------

    def _build_camera(self) -> None:
        self.camera = CameraView(self._look, self._inside)
        self.cameras = CameraList(self._inside)
        self.cameras.wanted.connect(self.camera_wanted)
        self.mirrored = CheckBox(self._look, _("Show the picture as in a mirror"), self._inside)
        self.mirrored.clicked.connect(self.mirror_wanted)
        self.missing = plain(parent=self._inside, wrap=True)
        self.missing.setFont(self._look.font(Size.SMALL))
        self.printer = PrinterChoice(self._look, self._inside)

    def _build_rest(self) -> None:
        self.sounds = SoundChoice(self._look, self._inside)
        self.sounds.on_wanted.connect(self.sound_wanted)
        self.sounds.volume_wanted.connect(self.volume_wanted)
        self.sounds.tried.connect(self.sound_tried)
        self.theme = OneOf(
            [words.theme(of) for of in _THEMES],
            title=_("Colours"),
            per_row_max=2,
            parent=self._inside,
        )
        self.theme.chosen.connect(self._theme_chosen)
        self.language = OneOf(
            [words.language(of) for of in _LANGUAGES],
            title=_("Language"),
            parent=self._inside,
        )
        self.language.chosen.connect(self._language_chosen)
        self.first_day = KeycapButton(self._look, role="plain", parent=self._inside)
        self.first_day.say(_("Go through the first day again"), "")
        self.customer = CheckBox(self._look, _("Amounts on a second screen"), self._inside)
        self.customer.clicked.connect(self.customer_wanted)
        self.watched_folder = FolderChoice(
            self._look,
            title=_("Vouchers that arrive as files"),
            none=_("Watch none"),
            parent=self._inside,
        )
        self.watched_folder.chosen.connect(self.watched_folder_wanted)
        self.mirror_folder = FolderChoice(
            self._look,
            title=_("Second copy of the journal"),
            none=_("Beside the journal"),
            parent=self._inside,
        )
        self.mirror_folder.chosen.connect(self.mirror_folder_wanted)
        self.archives = ArchivesView(self._look, self._inside)
        self.pin = PinView(self._look, self._inside)
        self.accounts = AccountsView(self._look, self._inside)
        self.accounts.changed.connect(self.account_wanted)

    def _lay_out(self) -> None:
        look, inside = self._look, self._inside
        parts = (self.cameras, self.mirrored, self.camera, self.missing)
        camera = titled(look, _("Camera"), *parts, parent=inside)
        camera.setSpacing(2 * STEP)
        others = QVBoxLayout()
        others.setSpacing(5 * STEP)
        others.addLayout(titled(look, _("Sounds"), self.sounds, parent=inside))
        others.addLayout(titled(look, _("Colours"), self.theme, parent=inside))
        others.addLayout(titled(look, _("Language"), self.language, parent=inside))
        others.addWidget(self.first_day)
        others.addLayout(titled(look, _("For the customer"), self.customer, parent=inside))
        others.addWidget(self.watched_folder)
        others.addWidget(self.mirror_folder)
        others.addWidget(self.archives)
        others.addWidget(self.pin)
        rows = QVBoxLayout(inside)
        rows.setContentsMargins(0, 0, 3 * STEP, 0)
        rows.setSpacing(5 * STEP)
        columns = FlowGrid(
            per_row_max=1 if look.is_large else None,
            widths=Widths.EVEN,
            gap_px=8 * STEP,
            row_gap_px=5 * STEP,
        )
        rows.addLayout(columns)
        rows.addWidget(self.accounts)
        # Under the camera there is room, where there are two columns.
        camera.addSpacing(3 * STEP)
        camera.addWidget(self.printer)
        for column in (camera, others):
            column.addStretch(1)
            columns.add_layout(column)

    def _frame_it(self) -> None:
        """What scrolls, under a head that does not."""
        look, inside = self._look, self._inside
        self._scroll = FollowingScroll(inside, parent=self)
        head = QHBoxLayout()
        head.setSpacing(4 * STEP)
        head.addWidget(self.title)
        head.addWidget(self._note, 1)
        head.addWidget(self.close_button)
        self.close_button.setSizePolicy(
            self.close_button.sizePolicy().Policy.Maximum,
            self.close_button.sizePolicy().Policy.Fixed,
        )
        whole = QVBoxLayout(self)
        margin = (4 if look.is_large else 6) * STEP
        whole.setContentsMargins(margin, 4 * STEP, margin, 4 * STEP)
        whole.setSpacing(3 * STEP)
        whole.addLayout(head)
        whole.addWidget(self._scroll, 1)

    # --- painting --------------------------------------------------------------------------------

    def show_screen(self, screen: Screen) -> None:
        """Paint it."""
        self._screen = screen
        chosen = screen.chosen
        self.cameras.show_screen(screen)
        self.mirrored.setVisible(bool(screen.cameras))
        self.missing.setText(words.missing_readers(screen.missing_readers))
        self.missing.setVisible(bool(screen.missing_readers))
        self.mirrored.setChecked(chosen.mirrored)
        self.camera.mirror(mirrored=chosen.mirrored)
        self.customer.setChecked(chosen.customer_screen)
        self.sounds.show_chosen(chosen)
        self.language.show_place(_LANGUAGES.index(chosen.language))
        self.theme.show_place(_THEMES.index(chosen.theme))
        for choice, folder, told in (
            (self.watched_folder, chosen.watched_folder, words.watched_folder),
            (self.mirror_folder, chosen.mirror_folder, words.mirror_folder),
        ):
            choice.show_folder(told(folder), is_one=bool(folder))
        self.printer.show_chosen(chosen.printer)
        self.accounts.show_values(chosen.accounts)
        self._note.setText(words.note(screen.note))
        self._colour()

    @property
    def note(self) -> str:
        """What is said after a choice."""
        return self._note.text()

    def close_dialogs(self) -> None:
        """Somebody left: no folder is chosen any more."""
        for choice in (self.watched_folder, self.mirror_folder, self.archives):
            choice.close_dialog()

    def take_keyboard(self) -> None:
        """Somebody came to this screen."""
        first = self.cameras if self.cameras.count() else self.sounds.on
        first.setFocus(Qt.FocusReason.OtherFocusReason)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit_picture()

    def _fit_picture(self) -> None:
        # No wider than half, so that it is never what keeps the second column from its place.
        width = min(_PICTURE_WIDTH_MAX, self.width() // 2 - 16 * STEP)
        self.camera.setFixedSize(width, self.camera.heightForWidth(width))

    # --- from the controls -----------------------------------------------------------------------

    @Slot(int)
    def _language_chosen(self, place: int) -> None:
        self.language_wanted.emit(_LANGUAGES[place])

    @Slot(int)
    def _theme_chosen(self, place: int) -> None:
        self.theme_wanted.emit(_THEMES[place])

    def _colour(self) -> None:
        failed = self._screen is not None and isinstance(self._screen.note, ProblemKind)
        tone = self._look.palette.tones[Tone.NO if failed else Tone.CHOICE]
        self._note.setPalette(tinted(tone.ink))

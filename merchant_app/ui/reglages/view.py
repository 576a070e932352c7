"""Réglages, painted from one `Screen` value."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QCheckBox,
    QHBoxLayout,
    QListWidget,
    QVBoxLayout,
    QWidget,
)

from merchant_app.errors import ProblemKind
from merchant_app.i18n import _
from merchant_app.settings.options import Language, Theme
from merchant_app.ui.encaisser.camera_view import CameraView
from merchant_app.ui.following_scroll import FollowingScroll
from merchant_app.ui.keycap_button import KeycapButton
from merchant_app.ui.labels import plain
from merchant_app.ui.palette import Tone
from merchant_app.ui.reglages import words
from merchant_app.ui.reglages.accounts import AccountsView
from merchant_app.ui.reglages.archive_view import ArchivesView
from merchant_app.ui.reglages.controls import FolderChoice, OneOf, Volume, beside, titled
from merchant_app.ui.reglages.pin_view import PinView
from merchant_app.ui.reglages.printer_choice import PrinterChoice
from merchant_app.ui.reglages.states import Screen
from merchant_app.ui.theme import STEP, Look, Size, tinted

_LANGUAGES, _THEMES = tuple(Language), tuple(Theme)
_PICTURE_WIDTH_MAX = 420
_CAMERA_LINES = 3


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
        self._build_camera()
        self._build_sounds()
        self._build_rest()
        self._lay_out()
        look.changed.connect(self._colour)
        self._colour()

    # --- building --------------------------------------------------------------------------------

    def _build_camera(self) -> None:
        self.camera = CameraView(self._look, self._inside)
        self.cameras = QListWidget(self._inside)
        self.cameras.setAccessibleName(_("Camera"))
        self.cameras.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.cameras.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.cameras.setTextElideMode(Qt.TextElideMode.ElideMiddle)
        line = self.cameras.fontMetrics().height() + 4 * STEP
        self.cameras.setFixedHeight(_CAMERA_LINES * line + 4 * STEP)
        self.cameras.currentRowChanged.connect(self._camera_row_chosen)
        self.mirrored = QCheckBox(_("Show the picture as in a mirror"), self._inside)
        self.mirrored.clicked.connect(self.mirror_wanted)
        self.missing = plain(parent=self._inside, wrap=True)
        self.missing.setFont(self._look.font(Size.SMALL))

    def _build_sounds(self) -> None:
        self.sound_on = QCheckBox(_("Verdicts are heard"), self._inside)
        self.sound_on.clicked.connect(self.sound_wanted)
        self.volume = Volume(self._inside)
        self.volume.setAccessibleName(_("Volume"))
        self.volume.valueChanged.connect(self._volume_moved)
        self._percent = plain(parent=self._inside)
        self._percent.setFont(self._look.font(Size.BODY, figures=True))
        # The widest it can be: the slider must not change its length while it is moved.
        self._percent.setMinimumWidth(
            self._percent.fontMetrics().horizontalAdvance(words.volume(100)) + STEP
        )
        self.tries: list[KeycapButton] = []
        for sound in words.TRIED:
            button = KeycapButton(self._look, role="plain", parent=self._inside)
            button.say(words.sound(sound), "")
            button.setProperty("sound", sound.value)
            button.clicked.connect(self._try_pressed)
            self.tries.append(button)

    def _build_rest(self) -> None:
        column = self._look.is_large
        self.language = OneOf(
            [words.language(of) for of in _LANGUAGES],
            title=_("Language"),
            column=column,
            parent=self._inside,
        )
        self.language.chosen.connect(self._language_chosen)
        self.theme = OneOf(
            [words.theme(of) for of in _THEMES],
            title=_("Colours"),
            column=column,
            per_row=1 if column else 2,
            parent=self._inside,
        )
        self.theme.chosen.connect(self._theme_chosen)
        self.customer = QCheckBox(_("Amounts on a second screen"), self._inside)
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
        self.printer = PrinterChoice(self._look, self._inside)
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
        sounds = titled(look, _("Sounds"), self.sound_on, parent=inside)
        volume = QHBoxLayout()
        volume.addWidget(self.volume, 1)
        volume.addWidget(self._percent)
        sounds.addLayout(volume)
        sounds.addLayout(beside(*self.tries))
        others.addLayout(sounds)
        others.addLayout(titled(look, _("Colours"), self.theme, parent=inside))
        others.addLayout(titled(look, _("Language"), self.language, parent=inside))
        others.addLayout(titled(look, _("For the customer"), self.customer, parent=inside))
        others.addWidget(self.watched_folder)
        others.addWidget(self.mirror_folder)
        others.addWidget(self.archives)
        others.addWidget(self.pin)
        rows = QVBoxLayout(inside)
        rows.setContentsMargins(0, 0, 3 * STEP, 0)
        rows.setSpacing(5 * STEP)
        columns = QVBoxLayout() if look.is_large else QHBoxLayout()
        rows.addLayout(columns)
        rows.addWidget(self.accounts)
        columns.setSpacing((5 if look.is_large else 8) * STEP)
        # Under the camera there is room, where there are two columns.
        (others if look.is_large else camera).addWidget(self.printer)
        camera.addStretch(1)
        columns.addLayout(camera, 1)
        others.addStretch(1)
        columns.addLayout(others, 1)
        self._frame_it()

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
        names = [words.camera(entry) for entry in screen.cameras]
        self.cameras.blockSignals(True)
        if [self.cameras.item(row).text() for row in range(self.cameras.count())] != names:
            self.cameras.clear()
            self.cameras.addItems(names)
        self.cameras.setCurrentRow(screen.camera_row if names else -1)
        self.cameras.blockSignals(False)
        self.cameras.setVisible(bool(names))
        self.mirrored.setVisible(bool(names))
        self.missing.setText(words.missing_readers(screen.missing_readers))
        self.missing.setVisible(bool(screen.missing_readers))
        self.mirrored.setChecked(chosen.mirrored)
        self.camera.mirror(mirrored=chosen.mirrored)
        self.customer.setChecked(chosen.customer_screen)
        self.sound_on.setChecked(chosen.sound_on)
        if not self.volume.isSliderDown():
            self.volume.setValue(chosen.volume_percent)
        self._percent.setText(words.volume(self.volume.value()))
        for part in (self.volume, *self.tries):
            part.setEnabled(chosen.sound_on)
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
        first = self.cameras if self.cameras.count() else self.sound_on
        first.setFocus(Qt.FocusReason.OtherFocusReason)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit_picture()

    def _fit_picture(self) -> None:
        share = self.width() if self._look.is_large else self.width() // 2
        width = min(_PICTURE_WIDTH_MAX, share - 16 * STEP)
        self.camera.setFixedSize(width, self.camera.heightForWidth(width))

    # --- from the controls -----------------------------------------------------------------------

    @Slot(int)
    def _camera_row_chosen(self, row: int) -> None:
        if self._screen is not None and 0 <= row < len(self._screen.cameras):
            self.camera_wanted.emit(self._screen.cameras[row].identity)

    @Slot(int)
    def _volume_moved(self, percent: int) -> None:
        if self._screen is not None and percent != self._screen.chosen.volume_percent:
            self.volume_wanted.emit(percent)

    @Slot()
    def _try_pressed(self) -> None:
        wanted = self.sender().property("sound")
        for sound in words.TRIED:
            if sound.value == wanted:
                self.sound_tried.emit(sound)

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

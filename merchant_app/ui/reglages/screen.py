"""Réglages, wired: presenter, view, options on disk, camera, sounds."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from merchant_app.settings.options import Language, Option, Options, Theme, Value
from merchant_app.ui.background import Background, Done, Outcome
from merchant_app.ui.encaisser.camera_relay import CameraRelay
from merchant_app.ui.encaisser.states import Sound
from merchant_app.ui.ports import CameraPort, Opened, Sounds
from merchant_app.ui.reglages.archive_screen import ArchivesScreen
from merchant_app.ui.reglages.keeping import OptionsKeeper
from merchant_app.ui.reglages.pin_screen import PinScreen
from merchant_app.ui.reglages.presenter import Presenter
from merchant_app.ui.reglages.states import PrinterChosen, Screen, chosen_in
from merchant_app.ui.reglages.view import ReglagesView
from merchant_app.ui.theme import Look, Scheme

if TYPE_CHECKING:
    from merchant_app.scanning.cameras import Listed
    from merchant_app.till.archive_desk import ArchiveDesk
    from merchant_app.till.pin_desk import PinDesk
    from merchant_app.ui.first_day.screen import FirstDayView

LIST_EVERY_MS = 2_000
"""While somebody looks at the list: a camera that is plugged in appears by itself."""


class ReglagesScreen(QObject):
    """Lives in the GUI thread; the presenter's `Hands`.

    Signals:
        left(): back to selling.
        mirror_wanted(bool): the live picture of the checkout, too.
        shown(object): the `Screen` that is painted now.
        first_day_wanted(): all the questions of the first day once more.
        customer_wanted(bool): a second window for the customer.
    """

    left = Signal()
    shown = Signal(object)
    first_day_wanted = Signal()
    mirror_wanted = Signal(bool)
    customer_wanted = Signal(bool)

    def __init__(
        self,
        view: ReglagesView,
        options: Options,
        *,
        look: Look,
        camera: CameraPort | None,
        sounds: Sounds,
        background: Background,
        archives: ArchiveDesk,
        pins: PinDesk,
        time_zone: str,
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        self._view = view
        self._options = options
        self._look = look
        self._camera = camera
        self._sounds = sounds
        self._background = background
        self._stopped = False
        self._listing = False
        self.screen: Screen | None = None
        self._clock = QTimer(self)
        self._clock.setInterval(LIST_EVERY_MS)
        self._clock.timeout.connect(self._list)
        self.presenter = Presenter(
            self, chosen_in(options), has_camera=camera is not None, show=self._show
        )
        self._keeper = OptionsKeeper(
            options, background=background, not_kept=self.presenter.not_kept
        )
        if camera is None:
            view.camera.show_absent()
        self.archives = ArchivesScreen(
            view.archives, archives, time_zone=time_zone, background=background, parent=self
        )
        self.pin = PinScreen(view.pin, pins, background=background, parent=self)
        self._connect()
        self.presenter.open()

    def _connect(self) -> None:
        view = self._view
        view.camera_wanted.connect(self._camera_wanted)
        view.mirror_wanted.connect(self._mirror_wanted)
        view.customer_wanted.connect(self._customer_wanted)
        view.sound_wanted.connect(self._sound_wanted)
        view.volume_wanted.connect(self._volume_wanted)
        view.sound_tried.connect(self._sound_tried)
        view.language_wanted.connect(self._language_wanted)
        view.theme_wanted.connect(self._theme_wanted)
        view.watched_folder_wanted.connect(self._watched_folder_wanted)
        view.mirror_folder_wanted.connect(self._mirror_folder_wanted)
        view.printer.wanted.connect(self._printer_wanted)
        view.account_wanted.connect(self._account_wanted)
        view.back.connect(self.escape_pressed)
        view.first_day.clicked.connect(self.first_day_wanted)
        view.camera.again.connect(self._look_again)

    @property
    def view(self) -> ReglagesView:
        """What is painted."""
        return self._view

    def watch_camera(self, relay: CameraRelay) -> None:
        """What the camera says of itself is shown here too."""
        relay.status.connect(self._view.camera.show_status)
        relay.advice.connect(self._view.camera.show_advice)
        # It is told once: what was said before this screen was made is not said again.
        if relay.last_status is not None:
            self._view.camera.show_status(relay.last_status)
        self._view.camera.show_advice(relay.last_advice)

    def open(self) -> None:
        """Somebody came here."""
        # The SIREN can be typed where the tax office's file is made, too.
        self.presenter.accounts_are(chosen_in(self._options).accounts)
        self.presenter.open()
        self.archives.open()
        self.pin.open()
        self.look_for_cameras(looking=True)
        self._view.take_keyboard()

    def look_for_cameras(self, *, looking: bool) -> None:
        """Whether somebody looks at the list of cameras: one that is plugged in appears in it."""
        if looking:
            self._list()
            self._clock.start()
        else:
            self._clock.stop()

    def close(self) -> None:
        """Somebody left."""
        self.look_for_cameras(looking=False)
        self._view.close_dialogs()

    def serve(self, view: FirstDayView) -> None:
        """The first day chooses some of the same things: its controls lead here, and it is shown
        what is shown here."""
        view.camera_wanted.connect(self._camera_wanted)
        view.mirror_wanted.connect(self._mirror_wanted)
        view.sound_wanted.connect(self._sound_wanted)
        view.volume_wanted.connect(self._volume_wanted)
        view.sound_tried.connect(self._sound_tried)
        view.printer_wanted.connect(self._printer_wanted)
        view.camera_again.connect(self._look_again)
        self.shown.connect(view.show_screen)
        if self._camera is None:
            view.camera.show_absent()
        self.presenter.open()

    def stop(self) -> None:
        """The till is being left: nothing more is shown; what was chosen last is kept."""
        self._stopped = True
        self.archives.leave()
        self.pin.leave()
        self.close()
        self._keeper.stop()

    def code_read(self) -> None:
        """The camera read something while this screen was seen: it was only tried."""
        self.presenter.code_was_read()

    def enter_pressed(self) -> None:
        """Enter, where no button has the keyboard."""
        if self._view.pin.has_keyboard:
            self.pin.enter_pressed()

    @Slot()
    def escape_pressed(self) -> None:
        self.left.emit()

    # --- Hands -----------------------------------------------------------------------------------

    def keep(self, option: Option[Value], value: Value) -> None:
        self._keeper.keep(option, value)

    def use_camera(self, identity: str) -> None:
        if self._camera is not None:
            self._camera.choose(identity)

    def mirror(self, *, mirrored: bool) -> None:
        self.mirror_wanted.emit(mirrored)

    def use_customer_screen(self, *, wanted: bool) -> None:
        self.customer_wanted.emit(wanted)

    def use_sounds(self, *, on: bool, volume_percent: int) -> None:
        self._sounds.use(on=on, volume_percent=volume_percent)

    def play(self, sound: Sound) -> None:
        self._sounds.play(sound)

    def use_theme(self, theme: Theme) -> None:
        self._look.use(Scheme(theme.value))

    # --- workers ---------------------------------------------------------------------------------

    @Slot()
    def _list(self) -> None:
        if self._camera is not None and not self._listing:
            self._listing = True
            self._background.start(self._camera.listed, self._cameras_came, name="cameras")

    def _cameras_came(self, outcome: Outcome[tuple[Listed, ...]]) -> None:
        self._listing = False
        if isinstance(outcome, Done) and not self._stopped:
            assert self._camera is not None
            self.presenter.cameras_came(outcome.result, missing=self._camera.missing_readers())

    # --- from the view ---------------------------------------------------------------------------

    @Slot(str)
    def _camera_wanted(self, identity: str) -> None:
        self.presenter.camera_chosen(identity)

    @Slot(bool)
    def _mirror_wanted(self, mirrored: bool) -> None:
        self.presenter.mirror_chosen(mirrored=mirrored)

    @Slot(bool)
    def _customer_wanted(self, wanted: bool) -> None:
        self.presenter.customer_screen_chosen(wanted=wanted)

    @Slot(bool)
    def _sound_wanted(self, on: bool) -> None:
        self.presenter.sound_chosen(on=on)

    @Slot(int)
    def _volume_wanted(self, percent: int) -> None:
        self.presenter.volume_chosen(percent)

    @Slot(object)
    def _sound_tried(self, sound: Sound) -> None:
        self.presenter.sound_tried(sound)

    @Slot(object)
    def _language_wanted(self, language: Language) -> None:
        self.presenter.language_chosen(language)

    @Slot(object)
    def _theme_wanted(self, theme: Theme) -> None:
        self.presenter.theme_chosen(theme)

    @Slot(str)
    def _watched_folder_wanted(self, folder: str) -> None:
        self.presenter.watched_folder_chosen(folder)

    @Slot(str)
    def _mirror_folder_wanted(self, folder: str) -> None:
        self.presenter.mirror_folder_chosen(folder)

    @Slot(object)
    def _printer_wanted(self, printer: PrinterChosen) -> None:
        self.presenter.printer_chosen(printer)

    @Slot(object, object)
    def _account_wanted(self, option: Option[Any], value: str | int) -> None:
        self.presenter.account_chosen(option, value)

    @Slot()
    def _look_again(self) -> None:
        if self._camera is not None:
            self._camera.again()

    def _show(self, screen: Screen) -> None:
        self.screen = screen
        self._view.show_screen(screen)
        self.shown.emit(screen)


def settings_of(
    opened: Opened, *, look: Look, sounds: Sounds, background: Background, parent: QObject
) -> ReglagesScreen | None:
    """Réglages of an opened till; None where nothing can be chosen."""
    if opened.options is None:
        return None
    return ReglagesScreen(
        ReglagesView(look),
        opened.options,
        look=look,
        camera=opened.camera,
        sounds=sounds,
        background=background,
        archives=opened.counter.archives,
        pins=opened.counter.pins,
        time_zone=opened.counter.facts.time_zone,
        parent=parent,
    )

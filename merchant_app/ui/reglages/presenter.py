"""Réglages: each choice takes effect at once where it can, and is kept. No Qt."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any, Protocol

from merchant_app.errors import ProblemKind
from merchant_app.scanning.cameras import Listed, find, name_in
from merchant_app.settings import options as choices
from merchant_app.settings.options import Language, Option, Theme, Value
from merchant_app.ui.encaisser.states import Sound
from merchant_app.ui.reglages.states import CameraEntry, Chosen, Note, PrinterChosen, Screen


class Hands(Protocol):
    """What the presenter can have done. Every method returns at once."""

    def keep(self, option: Option[Value], value: Value) -> None:
        """Write it down; `Presenter.not_kept` follows where that fails."""
        ...

    def use_camera(self, identity: str) -> None: ...

    def mirror(self, *, mirrored: bool) -> None: ...

    def use_customer_screen(self, *, wanted: bool) -> None: ...

    def use_sounds(self, *, on: bool, volume_percent: int) -> None: ...

    def play(self, sound: Sound) -> None: ...

    def use_theme(self, theme: Theme) -> None: ...


class Presenter:
    """GUI thread only."""

    def __init__(
        self,
        hands: Hands,
        chosen: Chosen,
        *,
        has_camera: bool,
        show: Callable[[Screen], None],
    ) -> None:
        """`show` is called once after every event that changed something."""
        self._hands = hands
        self._show = show
        self._has_camera = has_camera
        self._listed: tuple[Listed, ...] = ()
        self._screen = Screen(chosen=chosen)

    def open(self) -> None:
        """Somebody came to this screen."""
        self._publish(replace(self._screen, note=None))

    def cameras_came(self, listed: Sequence[Listed], *, missing: Sequence[str]) -> None:
        """These are plugged in now; these libraries that read codes are not there."""
        self._listed = tuple(listed)
        self._publish(replace(self._screen, missing_readers=tuple(missing)))

    def camera_chosen(self, identity: str) -> None:
        if identity != self._screen.chosen.camera:
            self._hands.use_camera(identity)
            self._hands.keep(choices.CAMERA_IDENTITY, identity)
            self._choose(replace(self._screen.chosen, camera=identity))

    def mirror_chosen(self, *, mirrored: bool) -> None:
        self._hands.mirror(mirrored=mirrored)
        self._hands.keep(choices.CAMERA_MIRRORED, mirrored)
        self._choose(replace(self._screen.chosen, mirrored=mirrored))

    def customer_screen_chosen(self, *, wanted: bool) -> None:
        self._hands.use_customer_screen(wanted=wanted)
        self._hands.keep(choices.CUSTOMER_SCREEN, wanted)
        self._choose(replace(self._screen.chosen, customer_screen=wanted))

    def code_was_read(self) -> None:
        """Somebody held a code in front of the camera to try it."""
        self._publish(replace(self._screen, note=Note.CODE_READ))

    def sound_chosen(self, *, on: bool) -> None:
        self._hands.keep(choices.SOUND_ON, on)
        self._choose_sound(replace(self._screen.chosen, sound_on=on))

    def volume_chosen(self, percent: int) -> None:
        self._hands.keep(choices.SOUND_VOLUME, percent)
        self._choose_sound(replace(self._screen.chosen, volume_percent=percent))

    def sound_tried(self, sound: Sound) -> None:
        self._hands.play(sound)

    def theme_chosen(self, theme: Theme) -> None:
        self._hands.use_theme(theme)
        self._hands.keep(choices.THEME, theme)
        self._choose(replace(self._screen.chosen, theme=theme))

    def language_chosen(self, language: Language) -> None:
        """Every sentence on every screen is there already: the next start speaks the other one."""
        self._hands.keep(choices.LANGUAGE, language)
        self._choose(replace(self._screen.chosen, language=language), note=Note.AT_NEXT_START)

    def watched_folder_chosen(self, folder: str) -> None:
        """It is watched when the till is opened the next time."""
        self._hands.keep(choices.WATCHED_FOLDER, folder)
        self._choose(replace(self._screen.chosen, watched_folder=folder), note=Note.AT_NEXT_START)

    def mirror_folder_chosen(self, folder: str) -> None:
        """The journal is open: its second copy moves when it is opened the next time."""
        self._hands.keep(choices.MIRROR_FOLDER, folder)
        self._choose(replace(self._screen.chosen, mirror_folder=folder), note=Note.AT_NEXT_START)

    def printer_chosen(self, printer: PrinterChosen) -> None:
        """The next receipt is printed there."""
        before = self._screen.chosen.printer
        self._keep_changed(choices.RECEIPT_PRINTER, before.kind, printer.kind)
        self._keep_changed(choices.RECEIPT_PRINTER_ADDRESS, before.address, printer.address)
        self._keep_changed(choices.RECEIPT_COLUMNS, before.columns, printer.columns)
        self._keep_changed(choices.RECEIPT_PAGES, before.pages, printer.pages)
        self._choose(replace(self._screen.chosen, printer=printer))

    def _keep_changed(self, option: Option[Value], before: Value, now: Value) -> None:
        if now != before:
            self._hands.keep(option, now)

    def accounts_are(self, accounts: Mapping[str, str | int]) -> None:
        """They may have been chosen elsewhere."""
        self._publish(replace(self._screen, chosen=replace(self._screen.chosen, accounts=accounts)))

    def account_chosen(self, option: Option[Any], value: str | int) -> None:
        """Where entries go from the next export on."""
        self._hands.keep(option, value)
        accounts = {**self._screen.chosen.accounts, option.key: value}
        self._choose(replace(self._screen.chosen, accounts=accounts))

    def not_kept(self, kind: ProblemKind) -> None:
        """A choice holds until the program ends, and is forgotten then."""
        self._publish(replace(self._screen, note=kind))

    def _choose_sound(self, chosen: Chosen) -> None:
        self._hands.use_sounds(on=chosen.sound_on, volume_percent=chosen.volume_percent)
        self._choose(chosen)

    def _choose(self, chosen: Chosen, *, note: Note | None = None) -> None:
        self._publish(replace(self._screen, chosen=chosen, note=note))

    def _publish(self, screen: Screen) -> None:
        entries, row = _entries(self._listed, screen.chosen.camera)
        if not self._has_camera:
            entries, row = (), 0
        self._screen = replace(screen, cameras=entries, camera_row=row)
        self._show(self._screen)


def _entries(listed: Sequence[Listed], chosen: str) -> tuple[tuple[CameraEntry, ...], int]:
    """The lines of the list, and which of them is the chosen camera."""
    entries = [CameraEntry("")]
    for camera in listed:
        number = 1 + sum(entry.name == camera.name for entry in entries)
        entries.append(CameraEntry(camera.identity, camera.name, number))
    if not chosen:
        return tuple(entries), 0
    there = find(chosen, listed)
    if there is None:
        entries.append(CameraEntry(chosen, name_in(chosen), is_there=False))
        return tuple(entries), len(entries) - 1
    return tuple(entries), 1 + list(listed).index(there)

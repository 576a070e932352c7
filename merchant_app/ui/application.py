"""The application: language, look, crash handler, window, event loop.

Only what the first paint needs is imported here; the screens, Babel, the camera and the sounds are
loaded afterwards.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QLocale, QObject
from PySide6.QtWidgets import QApplication

from merchant_app.i18n import choose, install
from merchant_app.ui.crash import CrashHandler
from merchant_app.ui.main_window import MainWindow
from merchant_app.ui.theme import Look, Scheme

if TYPE_CHECKING:
    from merchant_app.clock import Clock
    from merchant_app.ui.ports import Enrol, Sounds, Starter


@dataclass(frozen=True, slots=True, kw_only=True)
class Appearance:
    """What the settings say about the window.

    Attributes:
        language: "system", "fr" or "en".
        scheme: follow the desktop, or force light or dark.
    """

    language: str = "system"
    scheme: Scheme = Scheme.SYSTEM


@dataclass(frozen=True, slots=True)
class Running:
    """The parts of a running window; keep it for as long as the window lives."""

    application: QApplication
    look: Look
    crash: CrashHandler
    window: MainWindow


def prepare(
    starter: Starter,
    enrol: Enrol,
    *,
    clock: Clock,
    appearance: Appearance,
    arguments: Sequence[str] = (),
) -> Running:
    """Build everything up to the window, which is not shown yet. Main thread.

    Args:
        starter: opens the till, in a worker thread, after the first paint.
        enrol: makes this computer a till, in a worker thread.
        clock: for the words ("12 s ago") and for telling a gun from a person.
        appearance: language, colours.
        arguments: of the process, for Qt's own options.
    """
    existing = QApplication.instance()
    application = existing if isinstance(existing, QApplication) else QApplication(list(arguments))
    application.setApplicationName("Comptoir")
    application.setDesktopFileName("comptoir")
    install(choose(appearance.language, tuple(QLocale.system().uiLanguages())))
    crash = CrashHandler(application)
    crash.install()
    look = Look(application, appearance.scheme, complete=False)
    window = MainWindow(
        look,
        crash,
        starter=starter,
        enrol=enrol,
        sounds=_sounds,
        clock=clock,
    )
    return Running(application, look, crash, window)


def _sounds(parent: QObject) -> Sounds:
    from merchant_app.ui.sounds import VerdictSounds

    return VerdictSounds(parent)

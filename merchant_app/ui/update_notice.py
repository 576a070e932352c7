"""A newer version is told of in a note, once, while nobody is being served."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Slot

from merchant_app.i18n import _
from merchant_app.ui.background import Background, Done, Outcome

if TYPE_CHECKING:
    from merchant_app.contract.release_feed import Release
    from merchant_app.till.updates import UpdateDesk

FIRST_AFTER_MS = 60_000
"""The first minute of a day belongs to the first customer."""
EVERY_MS = 600_000
"""How often it is asked whether there is something to tell; the feed itself once a day."""


def sentence(release: Release) -> str:
    """What the note says."""
    said = _(
        "Comptoir {version} is out. Nothing is installed by itself: when the shop is closed, see "
        "{page}"
    )
    return said.format(version=release.version, page=release.page.removeprefix("https://"))


class UpdateNotice(QObject):
    """GUI thread; asks in a worker."""

    def __init__(
        self,
        desk: UpdateDesk | None,
        *,
        background: Background,
        is_idle: Callable[[], bool],
        show: Callable[[str], None],
        parent: QObject,
    ) -> None:
        """`desk`: None where nobody looks for newer versions. `is_idle`: whether nobody is being
        served. `show`: puts a sentence into a note.
        """
        super().__init__(parent)
        self._desk = desk
        self._background = background
        self._is_idle = is_idle
        self._show = show
        self._asking = False
        self._timer = QTimer(self)
        self._timer.timeout.connect(self.ask)

    def start(self) -> None:
        """Begin to ask, after a while."""
        if self._desk is not None:
            self._timer.start(FIRST_AFTER_MS)

    def stop(self) -> None:
        """The till is left."""
        self._timer.stop()

    @Slot()
    def ask(self) -> None:
        """Ask now, unless somebody is being served."""
        if self._desk is None:
            return
        self._timer.start(EVERY_MS)
        if not self._asking and self._is_idle():
            self._asking = True
            self._background.start(self._desk.to_tell, self._came, name="updates")

    def _came(self, outcome: Outcome[Release | None]) -> None:
        self._asking = False
        # A Problem is the disk's: whoever sells next is told of it.
        found = outcome.result if isinstance(outcome, Done) else None
        if self._desk is not None and found is not None and self._is_idle():
            told = _Told(self._desk, found)
            self._show(sentence(found))
            self._background.start(told.remember, self._remembered, name="updates")

    def _remembered(self, _outcome: Outcome[None]) -> None:
        """Not written down, it is shown again after the next start."""


class _Told:
    """One release on its way to being remembered."""

    def __init__(self, desk: UpdateDesk, release: Release) -> None:
        self._desk = desk
        self._release = release

    def remember(self) -> None:
        """In the worker."""
        self._desk.told(self._release)

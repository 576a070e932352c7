"""Files, wired: drops, the clipboard, the dialog; the panel; reading in worker threads."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QMimeData, QObject, QStandardPaths, Qt, Signal, Slot
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication, QFileDialog, QLineEdit, QWidget

from merchant_app.i18n import _
from merchant_app.ui.background import Background, Done, Outcome
from merchant_app.ui.encaisser.entry_fields import AmountField
from merchant_app.ui.encaisser.states import Sound
from merchant_app.ui.files import states as st
from merchant_app.ui.files.arrived import Arrived, Files, Link, VoucherText, arrived
from merchant_app.ui.files.panel import FilePanel
from merchant_app.ui.files.presenter import FilePresenter
from merchant_app.ui.ports import FilesPort, Sounds

if TYPE_CHECKING:
    from merchant_app.scanning.files.findings import Progress

PATTERNS = "*.png *.jpg *.jpeg *.webp *.heic *.heif *.gif *.tif *.tiff *.pdf *.eml"
"""What vouchers come as."""


class FilesScreen(QObject):
    """Lives in the GUI thread. It is the presenter's `FileHands`.

    Signals:
        wanted(): something arrived to be read, and the checkout is to be seen. Whoever has a
            reason against it calls `refuse` during the call.
        taken(str): go on with this code as if it had been scanned; a secret.
        shown(bool): the panel is to be seen, or no more.
    """

    wanted = Signal()
    taken = Signal(str)
    shown = Signal(bool)
    _progressed = Signal(int, str, object)

    def __init__(
        self,
        panel: FilePanel,
        reader: FilesPort | None,
        *,
        background: Background,
        sounds: Sounds,
        window: QWidget,
        parent: QObject,
    ) -> None:
        """`reader`: None where files are not read; then everything that comes is left alone."""
        super().__init__(parent)
        self._panel = panel
        self._reader = reader
        self._background = background
        self._sounds = sounds
        self._window = window
        self._refused = False
        self._cancelled = threading.Event()
        self._dialog: QFileDialog | None = None
        self.presenter = FilePresenter(self, self._show)
        panel.entered.connect(self.enter_pressed)
        panel.left.connect(self.leave)
        self._progressed.connect(self._progress_came, Qt.ConnectionType.QueuedConnection)

    @property
    def is_active(self) -> bool:
        """Whether the panel is seen, and Enter and Esc are its."""
        return self.presenter.is_active

    @property
    def reads(self) -> bool:
        """Whether files are read at all."""
        return self._reader is not None

    def stop(self) -> None:
        """The window closes."""
        self.cancel()

    # --- what comes ------------------------------------------------------------------------------

    @Slot(object)
    def dropped(self, data: QMimeData) -> None:
        self._arrived(arrived(data))

    def paste_pressed(self) -> bool:
        """Ctrl+V; False: it is the field's own affair."""
        found = arrived(QGuiApplication.clipboard().mimeData())
        focus = QApplication.focusWidget()
        in_field = isinstance(focus, QLineEdit) and not isinstance(focus, AmountField)
        if self._reader is None or not isinstance(found, Files | VoucherText):
            return False
        if isinstance(found, VoucherText) and in_field:
            return False
        self._arrived(found)
        return True

    @Slot()
    def open_pressed(self) -> None:
        """Choose a file; the dialog is not modal, and goes away when a scan comes."""
        if self._reader is None or self._dialog is not None:
            return
        dialog = QFileDialog(self._window, _("Open a voucher"))
        dialog.setFileMode(QFileDialog.FileMode.ExistingFiles)
        ours, every = _("Pictures, PDF, mails"), _("All files")
        dialog.setNameFilters([f"{ours} ({PATTERNS})", f"{every} (*)"])
        folder = QStandardPaths.StandardLocation.DownloadLocation
        dialog.setDirectory(QStandardPaths.writableLocation(folder))
        dialog.setModal(False)
        dialog.finished.connect(self._dialog_closed)
        self._dialog = dialog
        dialog.show()

    @Slot(int)
    def _dialog_closed(self, result: int) -> None:
        dialog, self._dialog = self._dialog, None
        if dialog is None:
            return
        paths = dialog.selectedFiles() if result else []
        dialog.deleteLater()
        self._window.activateWindow()
        if paths:
            self._arrived(Files(tuple(st.Source(Path(path).name, Path(path)) for path in paths)))

    def _arrived(self, found: Arrived) -> None:
        if self._reader is None or found is None:
            return
        if isinstance(found, VoucherText):
            self.taken.emit(found.text)
            return
        self._refused = False
        self.wanted.emit()
        if self._refused:
            return
        match found:
            case Files(sources):
                self.presenter.arrived(sources)
            case Link():
                self.presenter.arrived_as_link()

    @Slot(object)
    def open_sources(self, sources: tuple[st.Source, ...]) -> None:
        """These, as if they had been dropped."""
        self._arrived(Files(sources))

    def refuse(self) -> None:
        """Not now; the checkout has said why."""
        self._refused = True

    # --- keys ------------------------------------------------------------------------------------

    @Slot()
    def enter_pressed(self) -> None:
        match self.presenter.state:
            case st.AskingPassword():
                self.presenter.password_entered(self._panel.password.text())
            case st.Choosing():
                self.presenter.chosen(self._panel.list.currentRow())
            case st.Told():
                self.presenter.leave()
            case st.Idle() | st.Reading():
                pass

    @Slot()
    def leave(self) -> None:
        """Esc; or a card that is more urgent."""
        self.presenter.leave()

    @Slot()
    def give_way(self) -> None:
        """To a scan: the dialog, too, must not lie over its verdict."""
        if self._dialog is not None:
            self._dialog.reject()
        self.presenter.leave()

    # --- FileHands -------------------------------------------------------------------------------

    def read(self, number: int, sources: Sequence[st.Source], password: str | None) -> None:
        assert self._reader is not None
        self._cancelled = threading.Event()
        job = _Job(self, self._reader, number, tuple(sources), password, self._cancelled)
        self._background.start(job.work, job.finished, name="files")

    def cancel(self) -> None:
        self._cancelled.set()

    def take(self, text: str) -> None:
        self.taken.emit(text)

    def play(self, sound: Sound) -> None:
        self._sounds.play(sound)

    # --- from the worker -------------------------------------------------------------------------

    def tell_progress(self, number: int, name: str, progress: Progress) -> None:
        """Any thread."""
        self._progressed.emit(number, name, progress)

    @Slot(int, str, object)
    def _progress_came(self, number: int, name: str, progress: Progress) -> None:
        self.presenter.progressed(number, name, progress)

    def _show(self, state: st.State) -> None:
        active = not isinstance(state, st.Idle)
        if active:
            self.shown.emit(True)  # before it is painted: a field that is not seen gets no keyboard
        self._panel.show_state(state)
        if not active:
            self.shown.emit(False)


class _Job:
    """The sources of one drop on their way through a worker thread."""

    def __init__(
        self,
        screen: FilesScreen,
        reader: FilesPort,
        number: int,
        sources: tuple[st.Source, ...],
        password: str | None,
        cancelled: threading.Event,
    ) -> None:
        self._screen = screen
        self._reader = reader
        self._number = number
        self._sources = sources
        self._password = password
        self._cancelled = cancelled
        self._name = ""

    def work(self) -> tuple[st.SourceRead, ...]:
        """In the worker: one after the other."""
        results = []
        for source in self._sources:
            self._name = source.name
            content = source.content
            ending = self._reader.read(
                content if isinstance(content, Path) else content(),
                password=self._password,
                cancelled=self._cancelled,
                on_progress=self._tell,
            )
            results.append(st.SourceRead(source.name, ending))
        return tuple(results)

    def finished(self, outcome: Outcome[tuple[st.SourceRead, ...]]) -> None:
        """In the GUI thread. Reading raises no Problem: what a file can be is an ending."""
        if isinstance(outcome, Done):
            self._screen.presenter.read(self._number, outcome.result)

    def _tell(self, progress: Progress) -> None:
        self._screen.tell_progress(self._number, self._name, progress)

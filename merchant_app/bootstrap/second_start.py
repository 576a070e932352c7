"""One window per profile: a second start brings the first one's forward, and ends.

Whoever holds the profile's lock listens under a name made up at each start, and notes that name in
the profile's folder, which nobody but this user can read: no other user of the computer can take
the name first, or answer in this program's place. A note that outlived its program leads to
nobody, and says so at once; the lock alone decides who may write the journal.
"""

from __future__ import annotations

import logging
import os
import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QEventLoop, QObject, Qt, QTimer, Signal, Slot

from merchant_app.settings.paths import FILE_MODE

if TYPE_CHECKING:
    from PySide6.QtNetwork import QLocalServer, QLocalSocket

ANSWER_WAIT_S = 3.0
"""The other program's window may be busy for a moment. One that hangs is said to be open."""
_LINE_MAX = 1024
_NAME = re.compile(r"comptoir-[0-9a-f]{32}")
_TOKEN = "XDG_ACTIVATION_TOKEN"  # noqa: S105 - the name of a variable
"""With it a Wayland desktop lets the window come forward; it was given to the second start."""

_log = logging.getLogger(__name__)


class SecondStarts(QObject):
    """Hears of second starts, as soon as whoever holds the profile says `listen`. GUI thread.

    Signals:
        asked(): the window is to come forward.
    """

    asked = Signal()

    def __init__(self, note: Path, parent: QObject | None = None) -> None:
        """`note`: the file in which a second start finds the name."""
        super().__init__(parent)
        self._note = note
        self._server: QLocalServer | None = None
        self._callers: list[QLocalSocket] = []

    def close(self) -> None:
        """A start from now on is the first."""
        if self._server is not None:
            self._server.close()
            self._server = None
            try:
                self._note.unlink(missing_ok=True)
            except OSError as error:
                _log.info("the note for a second start stays behind: %s", error.strerror)

    def listen(self) -> None:
        """From now on; again changes nothing."""
        if self._server is not None:  # the till was left for the other one, and is back
            return
        # After the first paint: what it takes is loaded here and not at the top.
        try:
            from PySide6.QtNetwork import QLocalServer
        except ImportError as error:  # a library of the system that Qt's network asks for
            _log.warning("a second start will not find this window: %s", error)
            return

        left_behind = noted(self._note)
        if left_behind is not None:  # a crash; this program holds the lock, so nobody listens there
            QLocalServer.removeServer(left_behind)
        server = QLocalServer(self)
        server.setSocketOptions(QLocalServer.SocketOption.UserAccessOption)
        server.newConnection.connect(self._called)
        if not server.listen(f"comptoir-{os.urandom(16).hex()}"):
            _log.warning("a second start will not find this window: %s", server.errorString())
            return
        self._server = server
        try:
            self._note.write_text(server.fullServerName(), encoding="utf-8")
            self._note.chmod(FILE_MODE)
        except OSError as error:
            _log.warning("a second start will not find this window: %s", error.strerror)

    @Slot()
    def _called(self) -> None:
        while self._server is not None and self._server.hasPendingConnections():
            caller = self._server.nextPendingConnection()
            caller.readyRead.connect(self._heard)
            caller.disconnected.connect(self._hung_up)
            self._callers.append(caller)
        self._heard()

    @Slot()
    def _heard(self) -> None:
        for caller in self._callers:
            if caller.canReadLine():
                token = bytes(caller.readLine(_LINE_MAX).data()).decode("ascii", "replace").strip()
                if token.isprintable() and token:
                    os.environ[_TOKEN] = token
                self.asked.emit()
                caller.write(b"here\n")
                caller.flush()

    @Slot()
    def _hung_up(self) -> None:
        from PySide6.QtNetwork import QLocalSocket

        gone = QLocalSocket.LocalSocketState.UnconnectedState
        for caller in [one for one in self._callers if one.state() is gone]:
            self._callers.remove(caller)
            caller.deleteLater()


class SecondStart(QObject):
    """Asks the program that holds the profile to come forward. GUI thread.

    Signals:
        answered(): `came` says whether its window did.
    """

    answered = Signal()

    def __init__(
        self, note: Path, parent: QObject | None = None, *, wait_s: float = ANSWER_WAIT_S
    ) -> None:
        super().__init__(parent)
        self.came = False
        self._note = note
        self._wait_s = wait_s
        self._socket: QLocalSocket | None = None
        self._limit = QTimer(self)
        self._limit.setSingleShot(True)
        self._limit.timeout.connect(self._nobody)

    def ask(self) -> None:
        """`answered` follows, never before this returns; asking again meanwhile changes nothing."""
        if self._socket is not None:
            return
        name = noted(self._note)
        if name is None:
            QTimer.singleShot(0, self._nobody)
            return
        try:
            from PySide6.QtNetwork import QLocalSocket
        except ImportError as error:
            _log.warning("the window that is open cannot be asked: %s", error)
            QTimer.singleShot(0, self._nobody)
            return
        _let_others_come_forward()
        self._socket = QLocalSocket(self)
        self._socket.connected.connect(self._connected)
        self._socket.readyRead.connect(self._read)
        # Queued: where nobody listens, connecting fails at once, before whoever asks waits for it.
        self._socket.errorOccurred.connect(self._nobody, Qt.ConnectionType.QueuedConnection)
        self._limit.start(round(self._wait_s * 1000))
        self._socket.connectToServer(name)

    @Slot()
    def _connected(self) -> None:
        if self._socket is not None:
            self._socket.write(os.environ.get(_TOKEN, "").encode("ascii", "replace") + b"\n")

    @Slot()
    def _read(self) -> None:
        if self._socket is not None and self._socket.canReadLine():
            self._end(came=bytes(self._socket.readLine(_LINE_MAX).data()) == b"here\n")

    @Slot()
    def _nobody(self) -> None:
        self._end(came=False)

    def _end(self, *, came: bool) -> None:
        self._limit.stop()
        socket, self._socket = self._socket, None
        if socket is not None:
            socket.disconnect(self)
            socket.abort()
            socket.deleteLater()
        self.came = came
        self.answered.emit()


def first_came_forward(note: Path) -> bool:
    """Whether another program holds the profile and its window came forward. Before our own shows.

    The usual start finds no note and loads nothing.
    """
    if not note.exists():
        return False
    loop = QEventLoop()
    asking = SecondStart(note)
    asking.answered.connect(loop.quit)
    asking.ask()
    loop.exec()
    return asking.came


def noted(note: Path) -> str | None:
    """The name in the note; None: there is none, or none of ours."""
    try:
        name = note.read_text(encoding="utf-8")
    except (OSError, ValueError):
        return None
    return name if _NAME.fullmatch(re.split(r"[/\\]", name)[-1]) else None


def _let_others_come_forward() -> None:
    # Windows lets only the program that the user has just started decide who may.
    if sys.platform == "win32":
        import ctypes

        any_process = -1
        ctypes.windll.user32.AllowSetForegroundWindow(any_process)

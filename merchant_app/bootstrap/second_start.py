"""One window per profile: a second start brings the first one's forward, and ends.

Whoever holds the profile's lock listens at a place made up at each start, and notes it in the
profile's folder, with a key, where nobody but this user can read: no other user of the computer can
take the place first, or answer in this program's stead. A note that outlived its program leads to
nobody, and says so at once; the lock alone decides who may write the journal.

What they say (`local_line`): the caller a random text; the listener another, and the proof that it
knows the key; the caller its proof and its wish; the listener that it is here.
"""

from __future__ import annotations

import json
import logging
import os
import socket
import sys
from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QEventLoop, QObject, QSocketNotifier, Qt, QTimer, Signal, Slot

from merchant_app.bootstrap import local_line
from merchant_app.bootstrap.local_line import Address, Line
from merchant_app.settings.paths import FILE_MODE

ANSWER_WAIT_S = 3.0
"""The other program's window may be busy for a moment. One that hangs is said to be open."""
CALLERS_MAX = 8
"""At once; the oldest is hung up on: it has had its time."""
FILES_MAX = 20
"""That one start hands over; nobody opens more at a counter."""
_TOKEN = "XDG_ACTIVATION_TOKEN"  # noqa: S105 - the name of a variable
"""With it a Wayland desktop lets the window come forward; it was given to the second start."""
_HERE = b"here"

_log = logging.getLogger(__name__)


class SecondStarts(QObject):
    """Hears of second starts, as soon as whoever holds the profile says `listen`. GUI thread.

    Signals:
        asked(): the window is to come forward.
        files_came(object): and to open these, a tuple of absolute paths; after `asked`.
    """

    asked = Signal()
    files_came = Signal(object)

    def __init__(self, note: Path, parent: QObject | None = None) -> None:
        """`note`: the file in which a second start finds the address."""
        super().__init__(parent)
        self._note = note
        self._listening: socket.socket | None = None
        self._address: Address | None = None
        self._notifier: QSocketNotifier | None = None
        self._callers: list[_Caller] = []

    def close(self) -> None:
        """A start from now on is the first."""
        if self._listening is None or self._address is None:
            return
        for caller in list(self._callers):
            caller.line.hang_up()
        if self._notifier is not None:
            self._notifier.setEnabled(False)
            self._notifier = None
        self._listening.close()
        self._listening = None
        local_line.take_away(self._address)
        try:
            self._note.unlink(missing_ok=True)
        except OSError as error:
            _log.info("the note for a second start stays behind: %s", error.strerror)

    def listen(self) -> None:
        """From now on; again changes nothing."""
        if self._listening is not None:  # the till was left for the other one, and is back
            return
        left_behind = noted(self._note)
        if left_behind is not None:  # a crash; this program holds the lock, so nobody listens there
            local_line.take_away(left_behind)
        try:
            listening, address = local_line.listen()
        except OSError as error:
            _log.warning("a second start will not find this window: %s", error.strerror)
            return
        self._listening, self._address = listening, address
        self._notifier = QSocketNotifier(listening.fileno(), QSocketNotifier.Type.Read, self)
        self._notifier.activated.connect(self._called)
        try:
            self._note.write_text(address.note, encoding="utf-8")
            self._note.chmod(FILE_MODE)
        except OSError as error:
            _log.warning("a second start will not find this window: %s", error.strerror)

    @Slot()
    def _called(self) -> None:
        if self._listening is None or self._address is None:
            return
        try:
            connected, _ = self._listening.accept()
        except OSError as error:  # it hung up before it was answered
            _log.debug("a second start is gone: %s", error.strerror)
            return
        if len(self._callers) >= CALLERS_MAX:
            self._callers[0].line.hang_up()
        caller = _Caller(Line(connected, self), self._address, self)
        self._callers.append(caller)
        caller.asks.connect(self._asked)
        caller.over.connect(self._hung_up)
        caller.line.begin()

    @Slot(object)
    def _asked(self, files: tuple[Path, ...]) -> None:
        self.asked.emit()
        if files:
            self.files_came.emit(files)

    @Slot()
    def _hung_up(self) -> None:
        for caller in [one for one in self._callers if one.is_over]:
            self._callers.remove(caller)
            caller.line.deleteLater()
            caller.deleteLater()


class _Caller(QObject):
    """One second start, as the first program hears it."""

    asks = Signal(object)
    over = Signal()

    def __init__(self, line: Line, address: Address, parent: QObject) -> None:
        super().__init__(parent)
        self.line = line
        self.is_over = False
        self._address = address
        self._challenge = b""
        line.heard.connect(self._heard)
        line.gone.connect(self._gone)

    @Slot(object)
    def _heard(self, said: bytes) -> None:
        if not self._challenge:
            self._challenge = os.urandom(16).hex().encode("ascii")
            proof = self._address.proof(b"till", said, self._challenge)
            self.line.say(self._challenge + b" " + proof)
            return
        proof, _, wish = said.partition(b" ")
        if not self._address.is_proof(proof, b"start", self._challenge, wish):
            _log.warning("somebody else than this user asked for the window")
            self.line.hang_up()
            return
        token, files = _wish_of(wish)
        if token:
            os.environ[_TOKEN] = token
        self.asks.emit(files)
        self.line.say(_HERE)

    @Slot()
    def _gone(self) -> None:
        self.is_over = True
        self.over.emit()


def _wish_of(text: bytes) -> tuple[str, tuple[Path, ...]]:
    """What the second start was given: the desktop's token, and files. It may be another version
    of the program: what is not understood is left out."""
    try:
        wish = json.loads(text)
    except ValueError:
        return "", ()
    if not isinstance(wish, dict):
        return "", ()
    token, files = wish.get("token"), wish.get("files")
    paths = [Path(one) for one in files if isinstance(one, str)] if isinstance(files, list) else []
    printable = isinstance(token, str) and token.isascii() and token.isprintable()
    return (
        str(token) if printable else "",
        tuple(path for path in paths[:FILES_MAX] if path.is_absolute()),
    )


class SecondStart(QObject):
    """Asks the program that holds the profile to come forward. GUI thread.

    Signals:
        answered(): `came` says whether its window did.
    """

    answered = Signal()

    def __init__(
        self,
        note: Path,
        parent: QObject | None = None,
        *,
        files: Sequence[Path] = (),
        wait_s: float = ANSWER_WAIT_S,
    ) -> None:
        """`files`: for the other program to open, absolute."""
        super().__init__(parent)
        self.came = False
        self._note = note
        self._files = [str(path) for path in files[:FILES_MAX]]
        self._wait_s = wait_s
        self._line: Line | None = None
        self._address: Address | None = None
        self._challenge = b""
        self._is_known = False
        self._limit = QTimer(self)
        self._limit.setSingleShot(True)
        self._limit.timeout.connect(self._nobody)

    def ask(self) -> None:
        """`answered` follows, never before this returns; asking again meanwhile changes nothing."""
        if self._line is not None:
            return
        self._address = noted(self._note)
        if self._address is None:
            QTimer.singleShot(0, self._not_there)
            return
        _let_others_come_forward()
        self._is_known = False
        self._challenge = os.urandom(16).hex().encode("ascii")
        self._line = local_line.Line(local_line.outgoing(self._address), self)
        self._line.opened.connect(self._opened)
        self._line.heard.connect(self._heard)
        # Queued: where nobody listens, calling fails at once, before whoever asks waits for it.
        self._line.gone.connect(self._nobody, Qt.ConnectionType.QueuedConnection)
        self._limit.start(round(self._wait_s * 1000))
        self._line.call(self._address)

    @Slot()
    def _opened(self) -> None:
        if self._line is not None:
            self._line.say(self._challenge)

    @Slot(object)
    def _heard(self, said: bytes) -> None:
        if self._line is None or self._address is None:
            return
        if self._is_known:
            self._end(came=said == _HERE)
            return
        theirs, _, proof = said.partition(b" ")
        if not self._address.is_proof(proof, b"till", self._challenge, theirs):
            _log.warning("somebody else answers where the window was")
            self._end(came=False)
            return
        self._is_known = True
        wish = {"token": os.environ.get(_TOKEN, ""), "files": self._files}
        text = json.dumps(wish).encode("ascii")
        self._line.say(self._address.proof(b"start", theirs, text) + b" " + text)

    @Slot()
    def _nobody(self) -> None:
        if self._line is not None:  # it hung up, and not after it had answered
            self._end(came=False)

    @Slot()
    def _not_there(self) -> None:
        self._end(came=False)

    def _end(self, *, came: bool) -> None:
        self._limit.stop()
        line, self._line = self._line, None
        if line is not None:
            line.gone.disconnect(self._nobody)
            line.hang_up()
            line.deleteLater()
        self.came = came
        self.answered.emit()


def first_came_forward(note: Path, files: Sequence[Path] = ()) -> bool:
    """Whether another program holds the profile and its window came forward, with these files.
    Before our own shows.

    The usual start finds no note and loads nothing.
    """
    if not note.exists():
        return False
    loop = QEventLoop()
    asking = SecondStart(note, files=files)
    asking.answered.connect(loop.quit)
    asking.ask()
    loop.exec()
    return asking.came


def noted(note: Path) -> Address | None:
    """The address in the note; None: there is none, or none of ours."""
    try:
        text = note.read_text(encoding="utf-8")
    except (OSError, ValueError):
        return None
    return local_line.address_in(text)


def _let_others_come_forward() -> None:
    # Windows lets only the program that the user has just started decide who may.
    if sys.platform == "win32":
        import ctypes

        any_process = -1
        ctypes.windll.user32.AllowSetForegroundWindow(any_process)

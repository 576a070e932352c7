"""A line between two programs of one user on one computer, by the standard library alone.

Linux and macOS: a socket in the file system that nobody but this user may open. Windows: a port of
this computer, which anybody on it can reach. Everywhere each side proves first that it has read the
note in the profile's folder, where only this user reads: whoever took a place that a crash left
behind can neither answer in the program's name nor learn what is asked of it.

Qt would do this with QtNetwork, which loads Kerberos for it. Nothing here ever waits.
"""

from __future__ import annotations

import hashlib
import hmac
import os
import re
import socket
import stat
import sys
import tempfile
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from PySide6.QtCore import QObject, QSocketNotifier, Signal, Slot

from merchant_app.settings.paths import FILE_MODE

LINE_BYTES_MAX = 65_536
PLACE_BYTES_MAX = 100
"""Linux takes 107 for a socket's path, macOS 103."""
WAITING_MAX = 16
BY_PORT = sys.platform == "win32"
_THIS_COMPUTER = "127.0.0.1"
_NOTE = re.compile(
    r"(?P<place>/(?:[^\n]+/)?comptoir-[0-9a-f]{32}|127\.0\.0\.1:[0-9]{1,5})\n"
    r"(?P<key>[0-9a-f]{64})\n"
)


@dataclass(frozen=True, slots=True)
class Address:
    """Where a program listens.

    Attributes:
        place: of its socket: a path, or this computer and a port.
        key: what both sides have read in the note. A secret.
    """

    place: str
    key: bytes = field(repr=False)

    @property
    def note(self) -> str:
        """As it is written down; `address_in` reads it."""
        return f"{self.place}\n{self.key.hex()}\n"

    def proof(self, *words: bytes) -> bytes:
        """That whoever says these words knows the key: 64 hexadecimal digits."""
        return hmac.new(self.key, b" ".join(words), hashlib.sha256).hexdigest().encode("ascii")

    def is_proof(self, proof: bytes, *words: bytes) -> bool:
        """Whether it is that, of these words."""
        return hmac.compare_digest(proof, self.proof(*words))


def address_in(note: str) -> Address | None:
    """The address that was written down; None: that is no note of ours."""
    found = _NOTE.fullmatch(note)
    return None if found is None else Address(found["place"], bytes.fromhex(found["key"]))


def listen(*, by_port: bool = BY_PORT) -> tuple[socket.socket, Address]:
    """A socket that hears of callers, at a place and with a key that nobody can guess.

    Args:
        by_port: where the system has no sockets in the file system.

    Raises:
        OSError: no place can be had.
    """
    family = socket.AF_INET if by_port else socket.AF_UNIX
    listening = socket.socket(family, socket.SOCK_STREAM)
    try:
        if by_port:
            if sys.platform == "win32":  # or another program could listen there as well
                listening.setsockopt(socket.SOL_SOCKET, socket.SO_EXCLUSIVEADDRUSE, 1)
            listening.bind((_THIS_COMPUTER, 0))
            place = f"{_THIS_COMPUTER}:{listening.getsockname()[1]}"
        else:
            place = str(_folder() / f"comptoir-{os.urandom(16).hex()}")
            listening.bind(place)
            Path(place).chmod(FILE_MODE)
        listening.listen(WAITING_MAX)
    except OSError:
        listening.close()
        raise
    listening.setblocking(False)
    return listening, Address(place, os.urandom(32))


def outgoing(address: Address) -> socket.socket:
    """A socket for `Line.call` to that address."""
    by_path = address.place.startswith("/")
    return socket.socket(socket.AF_UNIX if by_path else socket.AF_INET, socket.SOCK_STREAM)


def take_away(address: Address) -> None:
    """What a program that listened there left in the file system, after a crash too."""
    path = Path(address.place)
    with suppress(OSError):  # it is gone with the temporary files, or was another user's
        if path.is_absolute() and stat.S_ISSOCK(path.lstat().st_mode):
            path.unlink()


def _folder() -> Path:
    """Of this user alone where the system has one; else the one for temporary files."""
    for folder in (os.environ.get("XDG_RUNTIME_DIR", ""), tempfile.gettempdir()):
        name_bytes = len(os.fsencode(folder)) + len("/comptoir-") + 32
        if folder and name_bytes <= PLACE_BYTES_MAX and os.access(folder, os.W_OK | os.X_OK):
            return Path(folder)
    # The name is random, and the mode keeps others out.
    return Path("/tmp")  # noqa: S108  # nosec B108


class Line(QObject):
    """One end of a line: lines of text out and in. GUI thread.

    Signals:
        opened(): the other side is there. Only after `call`.
        heard(object): it said this, bytes without the end of the line.
        gone(): it left, or nobody is there, or it says more than a line may hold. Once.
    """

    opened = Signal()
    heard = Signal(object)
    gone = Signal()

    def __init__(self, connected: socket.socket, parent: QObject) -> None:
        """`connected`: or about to be; closed with this."""
        super().__init__(parent)
        connected.setblocking(False)
        self._socket: socket.socket | None = connected
        self._said = b""
        self._notifiers: list[QSocketNotifier] = []

    def begin(self) -> None:
        """Hear what the other side says from now on."""
        self._watch(QSocketNotifier.Type.Read, self._readable)

    def call(self, address: Address) -> None:
        """Reach the program that listens there; `opened` or `gone` follows, perhaps at once."""
        assert self._socket is not None
        try:
            if address.place.startswith("/"):
                self._socket.connect(address.place)
            else:
                host, _, port = address.place.rpartition(":")
                self._socket.connect((host, int(port)))
        except BlockingIOError:  # a port: the answer comes
            self._watch(QSocketNotifier.Type.Write, self._reached)
            self._watch(QSocketNotifier.Type.Exception, self._reached)  # Windows says "no" so
        except (OSError, OverflowError):
            self.hang_up()
        else:
            self._reached()

    def say(self, text: bytes) -> None:
        """Send one line."""
        if self._socket is not None:
            try:
                whole = self._socket.send(text + b"\n") == len(text) + 1
            except OSError:
                whole = False
            if not whole:
                self.hang_up()

    def hang_up(self) -> None:
        """The line is over."""
        if self._socket is not None:
            self._unwatch()
            self._socket.close()
            self._socket = None
            self.gone.emit()

    def _watch(self, what: QSocketNotifier.Type, then: Callable[[], None]) -> None:
        assert self._socket is not None
        notifier = QSocketNotifier(self._socket.fileno(), what, self)
        notifier.activated.connect(then)
        self._notifiers.append(notifier)

    def _unwatch(self) -> None:
        for notifier in self._notifiers:
            notifier.setEnabled(False)
            notifier.deleteLater()
        self._notifiers.clear()

    @Slot()
    def _reached(self) -> None:
        if self._socket is None:
            return
        self._unwatch()
        if self._socket.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR):
            self.hang_up()
            return
        self.begin()
        self.opened.emit()

    @Slot()
    def _readable(self) -> None:
        if self._socket is None:
            return
        try:
            piece = self._socket.recv(LINE_BYTES_MAX)
        except BlockingIOError:
            return
        except OSError:
            piece = b""
        *lines, self._said = (self._said + piece).split(b"\n")
        for line in lines:
            self.heard.emit(line)
        if not piece or len(self._said) > LINE_BYTES_MAX:
            self.hang_up()

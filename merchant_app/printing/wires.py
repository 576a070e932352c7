"""Lines to receipt printers: the network, a device (USB, serial), a file."""

from __future__ import annotations

import errno
import os
import select
import socket
import sys
from collections.abc import Callable
from contextlib import suppress

from merchant_app.printing.thermal import Wire
from merchant_app.printing.ticket import Failure

PORT = 9100
"""What printers listen on ("raw", "JetDirect")."""
CONNECT_WAIT_S = 3.0
_PIECE = 4_096

Connect = Callable[[], Wire | Failure]


def to_network(address: str) -> Connect:
    """`address`: a name or an IP address, a port after a colon."""
    host, _, port = address.strip().rpartition(":")
    if not host or "]" in port:
        host, port = address.strip(), str(PORT)

    def connect() -> Wire | Failure:
        if not host or not port.isdecimal() or not 0 < int(port) < 65_536:
            return Failure.NO_PRINTER
        try:
            made = socket.create_connection((host.strip("[]"), int(port)), CONNECT_WAIT_S)
        except (OSError, UnicodeError):
            return Failure.NOT_THERE
        return _NetworkWire(made)

    return connect


def to_device(path: str, *, baud: int | None = None) -> Connect:
    """A device of this computer: /dev/usb/lp0, or a serial line with its speed. POSIX; on Windows
    such a printer is one of the system's.
    """

    def connect() -> Wire | Failure:
        if not path.strip():
            return Failure.NO_PRINTER
        try:
            handle = os.open(path.strip(), _device_flags())
        except PermissionError:
            return Failure.REFUSED
        except OSError as error:
            return _of(error, otherwise=Failure.NOT_THERE)
        try:
            if baud is not None:
                _set_up_line(handle, baud)
        except (OSError, ValueError):
            os.close(handle)
            return Failure.NO_PRINTER
        return _DeviceWire(handle)

    return connect


def to_file(path: str) -> Connect:
    """A file to which tickets are added: a spooler's, or a shared printer's."""

    def connect() -> Wire | Failure:
        if not path.strip():
            return Failure.NO_PRINTER
        try:
            flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND | getattr(os, "O_BINARY", 0)
            return _FileWire(os.open(path.strip(), flags, 0o600))
        except PermissionError:
            return Failure.REFUSED
        except OSError:
            return Failure.NOT_THERE

    return connect


class _NetworkWire:
    answers = True

    def __init__(self, made: socket.socket) -> None:
        self._socket = made

    def send(self, data: bytes, *, wait_s: float) -> Failure | None:
        self._socket.settimeout(wait_s)
        view = memoryview(data)
        try:
            while view:
                view = view[self._socket.send(view[:_PIECE]) :]
        except TimeoutError:
            return Failure.SLOW
        except OSError:
            return Failure.DROPPED
        return None

    def receive(self, *, wait_s: float) -> bytes | None:
        self._socket.settimeout(max(wait_s, 0.001))
        try:
            return self._socket.recv(_PIECE) or None
        except TimeoutError:
            return b""
        except OSError:
            return None

    def close(self) -> None:
        # First the end of the data, then the line: a close with answers unread throws away what
        # the printer has not taken yet.
        with suppress(OSError):
            self._socket.shutdown(socket.SHUT_WR)
        self._socket.close()


class _DeviceWire:
    answers = True

    def __init__(self, handle: int) -> None:
        self._handle = handle

    def send(self, data: bytes, *, wait_s: float) -> Failure | None:
        view = memoryview(data)
        try:
            while view:
                if not select.select([], [self._handle], [], wait_s)[1]:
                    return Failure.SLOW
                with suppress(BlockingIOError):
                    view = view[os.write(self._handle, view[:_PIECE]) :]
        except OSError as error:
            return _of(error, otherwise=Failure.DROPPED)
        return None

    def receive(self, *, wait_s: float) -> bytes | None:
        try:
            if not select.select([self._handle], [], [], max(wait_s, 0.0))[0]:
                return b""
            # A USB printer that has nothing to say may look ready and give nothing.
            return os.read(self._handle, _PIECE)
        except BlockingIOError:
            return b""
        except OSError:
            return None

    def close(self) -> None:
        os.close(self._handle)


class _FileWire:
    answers = False

    def __init__(self, handle: int) -> None:
        self._handle = handle

    def send(self, data: bytes, *, wait_s: float) -> Failure | None:  # noqa: ARG002 - disks answer
        view = memoryview(data)
        try:
            while view:
                view = view[os.write(self._handle, view) :]
        except OSError:
            return Failure.REFUSED
        return None

    def receive(self, *, wait_s: float) -> bytes | None:  # noqa: ARG002
        return b""

    def close(self) -> None:
        os.close(self._handle)


def _of(error: OSError, *, otherwise: Failure) -> Failure:
    # usblp of Linux says "no space" for "no paper" (drivers/usb/class/usblp.c).
    known = {
        errno.ENOSPC: Failure.OUT_OF_PAPER,
        errno.EBUSY: Failure.BUSY,
        errno.EACCES: Failure.REFUSED,
    }
    return known.get(error.errno or 0, otherwise)


if sys.platform == "win32":

    def _device_flags() -> int:
        return os.O_RDWR | os.O_BINARY

    def _set_up_line(_handle: int, _baud: int) -> None:
        raise ValueError("a serial printer is one of the system's printers here")

else:

    def _device_flags() -> int:
        return os.O_RDWR | os.O_NOCTTY | os.O_NONBLOCK

    def _set_up_line(handle: int, baud: int) -> None:
        """Raw, 8 bits, no parity, the printer holding us back by CTS where the line can."""
        import termios

        speed = getattr(termios, f"B{baud}", None)
        if speed is None:
            raise ValueError(f"no such speed: {baud}")
        attributes = termios.tcgetattr(handle)
        attributes[0] = attributes[1] = attributes[3] = 0
        attributes[2] = termios.CS8 | termios.CREAD | termios.CLOCAL | termios.CRTSCTS
        attributes[4] = attributes[5] = speed
        termios.tcsetattr(handle, termios.TCSANOW, attributes)

"""A receipt printer in the network, on loopback: it takes bytes, and says what a real one says."""

from __future__ import annotations

import re
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field

_COMMANDS = re.compile(
    rb"\x1b@|\x1bE[\x00\x01]|\x1bt(?P<page>.)|\x1dVB\x00|\x1dr\x01|\x10\x04[\x02\x04]", re.DOTALL
)
PAGES = {0: "cp437", 2: "cp850", 16: "cp1252", 19: "cp858"}
"""Epson's numbers (ESC t n), and what Python calls the pages."""
STAR_PAGES = {3: "cp437", 4: "cp858", 32: "cp1252"}


def paper_of(data: bytes, pages: dict[int, str] = PAGES) -> str:
    """What is on the paper after these bytes.

    Raises:
        ValueError: a command that a ticket does not need.
    """
    text, place, page = "", 0, "ascii"
    while place < len(data):
        command = _COMMANDS.match(data, place)
        if command is not None:
            if command["page"] is not None:
                page = pages[command["page"][0]]
            place = command.end()
            continue
        if data[place] < 32 and data[place] != 10:
            raise ValueError(f"an unknown command at {place}: {data[place : place + 4]!r}")
        text += data[place : place + 1].decode(page)
        place += 1
    return text


@dataclass
class LoopbackPrinter:
    """Knobs, to be turned before somebody prints:

    Attributes:
        silent: never answers, like many cheap ones.
        paper_out, cover_open: from the beginning.
        bytes_until_paper_out: the paper ends after so many; it says so, and never "done".
        bytes_until_dropped: cuts the line after so many.
        hangs: takes everything, and never says "done" nor what is wrong.
        taken: the bytes it got.
    """

    silent: bool = False
    paper_out: bool = False
    cover_open: bool = False
    bytes_until_paper_out: int | None = None
    bytes_until_dropped: int | None = None
    hangs: bool = False
    port: int = 0
    taken: bytearray = field(default_factory=bytearray)

    @property
    def address(self) -> str:
        return f"127.0.0.1:{self.port}"

    @property
    def paper(self) -> str:
        return paper_of(bytes(self.taken))

    def serve(self, line: socket.socket) -> None:
        """One connection."""
        asked = 0
        while data := line.recv(4_096):
            self.taken += data
            limit = self.bytes_until_dropped
            if limit is not None and len(self.taken) >= limit:
                # At once, without the rest: what is unread makes it a reset.
                line.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\0\0\0\0\0\0\0")
                return
            limit = self.bytes_until_paper_out
            self.paper_out = self.paper_out or (limit is not None and len(self.taken) >= limit)
            for question in re.findall(rb"\x10\x04[\x02\x04]|\x1dr\x01", bytes(self.taken[asked:])):
                self._answer(line, question)
            asked = len(self.taken)

    def _answer(self, line: socket.socket, question: bytes) -> None:
        if self.silent:
            return
        if question == b"\x1dr\x01":
            if not self.paper_out and not self.hangs:
                line.sendall(b"\x00")
        elif question == b"\x10\x04\x02":
            line.sendall(bytes([0x12 | (0x04 if self.cover_open else 0)]))
        else:
            line.sendall(bytes([0x12 | (0x60 if self.paper_out else 0)]))


@contextmanager
def serving(printer: LoopbackPrinter) -> Iterator[LoopbackPrinter]:
    """It is on."""
    server = socket.create_server(("127.0.0.1", 0))
    printer.port = server.getsockname()[1]

    def run() -> None:
        while True:
            try:
                line, _address = server.accept()
            except OSError:  # switched off
                return
            with line, suppress(ConnectionError):
                printer.serve(line)

    thread = threading.Thread(target=run, name="receipt-printer", daemon=True)
    thread.start()
    try:
        yield printer
    finally:
        # Closing alone does not wake whoever waits in accept.
        with suppress(OSError):
            server.shutdown(socket.SHUT_RDWR)
        server.close()
        thread.join(10)

"""The process that reads one file: `python -m merchant_app.scanning.files.child`.

It limits itself before it looks at the first byte, says what it finds as it finds it, and ends when
the till goes away. What it decodes may make it crash or run wild: that costs this process alone.
"""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Callable
from typing import TYPE_CHECKING, BinaryIO

from merchant_app.errors import Problem
from merchant_app.scanning.files.documents import Document
from merchant_app.scanning.files.findings import (
    Damaged,
    FileCode,
    FileRead,
    LibraryMissing,
    NeedsPassword,
    NotAPicture,
    Nothing,
    Progress,
    TooLarge,
)
from merchant_app.scanning.files.kinds import Kind, StrangeKind, kind_of
from merchant_app.scanning.files.limits import Limits
from merchant_app.scanning.files.mails import parts_of
from merchant_app.scanning.files.pictures import frames_of
from merchant_app.scanning.files.protocol import End, Line, Order, line_of, read_order
from merchant_app.scanning.files.refusal import Refusal
from merchant_app.scanning.readers import STILL_BUDGET_S, Readers, available_readers

if TYPE_CHECKING:
    from merchant_app.scanning.frames import GreyImage

_CPU_SHARE = 2
"""Decoders use several cores, so CPU seconds pass faster than the time the till waits."""


_DRAWINGS = 3
"""Of a page, about: as one sees it, finer, and its own pictures."""


class _EnoughCodes(Exception):
    """No voucher file has so many."""


class FileReading:
    """Reads one file; `say` gets every line but the last. One thread."""

    def __init__(self, readers: Readers, order: Order, say: Callable[[Line], None]) -> None:
        self._readers = readers
        self._password = order.password
        self._limits = order.limits
        self._say = say
        self._texts: set[str] = set()
        self._truncated_after: int | None = None

    def read(self, data: bytes) -> End:
        """Never raises for what a file can bring; what is still raised is the process's end."""
        detail = ""
        try:
            ending = self._read(data, part="", in_mail=False)
        except _EnoughCodes:
            ending = Nothing()
        except Refusal as refusal:
            ending = refusal.ending
            detail = type(refusal.__cause__).__name__ if refusal.__cause__ else ""
        except MemoryError:
            ending = TooLarge()
        return End(ending, self._truncated_after, detail)

    def _read(self, data: bytes, *, part: str, in_mail: bool) -> FileRead:
        match kind_of(data):
            case StrangeKind() as strange:
                return NotAPicture(strange)
            case Kind.PDF:
                self._read_document(data, part)
            case Kind.MAIL if in_mail:
                return Nothing()  # forwarded mails are taken apart with the one around them
            case Kind.MAIL:
                return self._read_mail(data)
            case kind:
                self._read_picture(data, kind, part)
        return Nothing()

    def _read_picture(self, data: bytes, kind: Kind, part: str) -> None:
        for number, count, grey in frames_of(data, kind, self._limits):
            self._begin_page(number, count)
            for text in self._codes_in(grey, drawings=count):
                self._found(text, number if count > 1 else None, part)

    def _read_document(self, data: bytes, part: str) -> None:
        document = Document(data, password=self._password, limits=self._limits)
        pages = document.pages
        for index in range(min(pages, self._limits.pages_max)):
            self._begin_page(index + 1, pages)
            for grey in document.drawn(index):
                texts = self._codes_in(grey, drawings=pages * _DRAWINGS)
                for text in texts:
                    self._found(text, index + 1 if pages > 1 else None, part)
                if texts:
                    break

    def _read_mail(self, data: bytes) -> FileRead:
        """Each part by itself: one that cannot be read does not hide the voucher beside it."""
        endings: list[FileRead] = []
        for part in parts_of(data, self._limits):
            try:
                endings.append(self._read(part.data, part=part.name, in_mail=True))
            except Refusal as refusal:
                endings.append(refusal.ending)
        # What a person can do something about comes first; a foreign attachment says nothing.
        for wanted in (NeedsPassword, LibraryMissing, TooLarge, Damaged):
            for ending in endings:
                if isinstance(ending, wanted):
                    return ending
        return Nothing()

    def _codes_in(self, grey: GreyImage, *, drawings: int) -> tuple[str, ...]:
        """The texts of all codes in this picture, each once; `drawings`: how many share the time.

        Half of the time is for looking: what is empty is looked at longest, and must not keep a
        document with many pages from its end.
        """
        shared_by = min(drawings, self._limits.pages_max * _DRAWINGS)
        budget_s = min(STILL_BUDGET_S, self._limits.time_s / 2 / shared_by)
        sight = self._readers.exhaust(grey, budget_s=budget_s)
        return tuple(dict.fromkeys(reading.text for reading in sight.readings))

    def _begin_page(self, number: int, count: int) -> None:
        if count > self._limits.pages_max:
            self._truncated_after = self._limits.pages_max
        self._say(Progress(number, count))

    def _found(self, text: str, page: int | None, part: str) -> None:
        if text in self._texts:
            return
        self._texts.add(text)
        self._say(FileCode(text, page, part))
        if len(self._texts) >= self._limits.codes_max:
            raise _EnoughCodes


def main() -> int:
    """Read the order and the file from the standard input, answer on the standard output."""
    answers = _answers()
    orders = sys.stdin.buffer
    order = read_order(orders.readline())
    limit_this_process(order.limits)
    data = orders.read(order.size_bytes)
    threading.Thread(target=_end_with_the_till, args=(orders,), daemon=True).start()

    def say(line: Line) -> None:
        answers.write(line_of(line))
        answers.flush()

    try:
        readers = available_readers()
    except Problem:
        say(End(LibraryMissing("zxing-cpp")))
        return 0
    say(FileReading(readers, order, say).read(data))
    return 0


def _answers() -> BinaryIO:
    """The standard output, for us alone: what a library prints goes nowhere."""
    ours = os.dup(1)
    nowhere = os.open(os.devnull, os.O_WRONLY)
    for descriptor in (1, 2):
        os.dup2(nowhere, descriptor)
    os.close(nowhere)
    return os.fdopen(ours, "wb")


def _end_with_the_till(orders: BinaryIO) -> None:
    """The till keeps its end of the pipe open for as long as it wants to know."""
    # Past the buffer: a thread that holds its lock makes the interpreter abort at its end.
    os.read(orders.fileno(), 1)
    os._exit(3)


def limit_this_process(limits: Limits) -> None:
    """Memory, processor time, nothing written; no core dump, because it would hold the codes.

    Windows has no such limits for a process's own use: there the till ends it by the clock, and
    pictures are measured before they are decoded.
    """
    if sys.platform == "win32":
        return
    import resource

    cpu_s = round(limits.time_s * _CPU_SHARE) + 1
    for kind, most in (
        (resource.RLIMIT_AS, limits.memory_bytes_max),
        (resource.RLIMIT_CPU, cpu_s),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
    ):
        hard = resource.getrlimit(kind)[1]
        limit = most if hard == resource.RLIM_INFINITY else min(most, hard)
        resource.setrlimit(kind, (limit, limit))


if __name__ == "__main__":
    sys.exit(main())

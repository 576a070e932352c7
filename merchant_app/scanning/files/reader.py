"""The till's side of reading a file: starts the child, listens, ends it whatever happens."""

from __future__ import annotations

import contextlib
import logging
import os
import queue
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from types import TracebackType
from typing import IO

from merchant_app.clock import Clock
from merchant_app.scanning.files import CHILD_SWITCH
from merchant_app.scanning.files.findings import (
    Cancelled,
    Damaged,
    FileCode,
    FileRead,
    Found,
    NotAPicture,
    Nothing,
    Obstacle,
    Progress,
    TooLarge,
    TooLong,
    Unreadable,
)
from merchant_app.scanning.files.intake import accepted, take
from merchant_app.scanning.files.kinds import StrangeKind, kind_of
from merchant_app.scanning.files.limits import LIMITS, Limits
from merchant_app.scanning.files.protocol import (
    LINE_BYTES_MAX,
    End,
    Line,
    Order,
    order_line,
    read_line,
)

_LOOK_EVERY_S = 0.05
_JOIN_S = 1.0
LINES_MAX = 5_000
"""More than a mail full of documents makes it say."""
_ENVIRONMENT = {
    # One thread each: their stacks and buffers count against the memory the child may have.
    "OPENBLAS_NUM_THREADS": "1",
    "OMP_NUM_THREADS": "1",
    "PYTHONDONTWRITEBYTECODE": "1",
}
_log = logging.getLogger(__name__)


def child_command() -> tuple[str, ...]:
    """How the process that reads is started: by Python, or by the packaged program itself."""
    if getattr(sys, "frozen", False):
        return (sys.executable, CHILD_SWITCH)
    # -P: nothing is imported from the folder that the till happens to be started in.
    return (sys.executable, "-P", "-m", "merchant_app.scanning.files.child")


class FileReader:
    """Reads files that may hold vouchers, each in a process of its own. Any thread, any number at
    once; `read` blocks for `limits.time_s` at most, besides what a slow disk takes."""

    def __init__(
        self, *, clock: Clock, limits: Limits = LIMITS, command: Sequence[str] | None = None
    ) -> None:
        """`command` starts the child; None: `child_command()`."""
        self._clock = clock
        self._limits = limits
        self._command = tuple(command or child_command())

    def read(
        self,
        source: Path | bytes,
        *,
        password: str | None = None,
        cancelled: threading.Event | None = None,
        on_progress: Callable[[Progress], None] | None = None,
    ) -> FileRead:
        """All codes of this file. Never raises for what a file can be; leaves no process behind.

        Args:
            source: a file, or what a file would hold.
            password: of an encrypted PDF; a secret, kept nowhere.
            cancelled: set by whoever does not want to know any more.
            on_progress: called in this thread, for each page.
        """
        most = self._limits.bytes_max
        data = (
            take(source, bytes_max=most)
            if isinstance(source, Path)
            else accepted(source, bytes_max=most)
        )
        if not isinstance(data, bytes):
            return data
        kind = kind_of(data)
        if isinstance(kind, StrangeKind):
            return NotAPicture(kind)
        order = Order(size_bytes=len(data), password=password, limits=self._limits)
        try:
            child = _Child(self._command)
        except OSError as error:  # no memory for a process, or the program is being replaced
            _log.error("no process to read files with: %s", error.strerror)
            return Unreadable(Obstacle.DISK)
        with child:
            child.send(order, data)
            listening = _Listening(
                child,
                until_s=self._clock.monotonic_s() + self._limits.time_s,
                clock=self._clock,
                cancelled=cancelled or threading.Event(),
                on_progress=on_progress,
                codes_max=self._limits.codes_max,
            )
            found = listening.listen()
        _log.info("a file of kind %s: %s", kind.value, type(found).__name__)
        return found


class _Listening:
    """To one child, until it is done, dead, too slow, or not wanted any more."""

    def __init__(
        self,
        child: _Child,
        *,
        until_s: float,
        clock: Clock,
        cancelled: threading.Event,
        on_progress: Callable[[Progress], None] | None,
        codes_max: int,
    ) -> None:
        self._child = child
        self._until_s = until_s
        self._clock = clock
        self._cancelled = cancelled
        self._on_progress = on_progress
        self._codes_max = codes_max
        self._codes: list[FileCode] = []
        self._pages_done = 0

    def listen(self) -> FileRead:
        while True:
            if self._cancelled.is_set():
                return Cancelled()
            if self._clock.monotonic_s() >= self._until_s:
                return self._cut_short(TooLong())
            try:
                line = self._child.lines.get(timeout=_LOOK_EVERY_S)
            except queue.Empty:
                continue
            match line:
                case Progress(page=page):
                    self._pages_done = page - 1
                    if self._on_progress is not None:
                        self._on_progress(line)
                case FileCode():
                    self._codes.append(line)
                    if len(self._codes) >= self._codes_max:
                        return Found(tuple(self._codes))
                case End(ending, truncated_after_pages, detail):
                    if detail:
                        _log.info("the file could not be read: %s", detail)
                    return self._ended(ending, truncated_after_pages)
                case None:
                    return self._cut_short(self._died())

    def _ended(self, ending: FileRead, truncated_after_pages: int | None) -> FileRead:
        if self._codes:
            return Found(tuple(self._codes), truncated_after_pages)
        return Nothing(truncated_after_pages) if isinstance(ending, Nothing) else ending

    def _cut_short(self, ending: FileRead) -> FileRead:
        """What was found before counts; how far it came is said."""
        return Found(tuple(self._codes), self._pages_done) if self._codes else ending

    def _died(self) -> FileRead:
        code = self._child.exit_code()
        if code == -getattr(signal, "SIGXCPU", 0):
            return TooLong()
        _log.warning("the process that reads files ended with %s", code)
        # Decoders that get no memory end themselves; a system without any kills.
        names = ("SIGKILL", "SIGABRT", "SIGTRAP", "SIGILL")
        no_memory = {-getattr(signal, name, 0) for name in names} - {0}
        return TooLarge() if code in no_memory else Damaged()


class _Child:
    """One process, from its start to its end: leaving the `with` ends it in any case."""

    def __init__(self, command: Sequence[str]) -> None:
        self.lines: queue.SimpleQueue[Line | None] = queue.SimpleQueue()
        self._process = subprocess.Popen(  # noqa: S603 - our own program
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={**os.environ, **_ENVIRONMENT},
            creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
        )
        self._threads: list[tuple[threading.Thread, IO[bytes]]] = []

    def __enter__(self) -> _Child:
        return self

    def __exit__(
        self,
        _kind: type[BaseException] | None,
        _error: BaseException | None,
        _trace: TracebackType | None,
    ) -> None:
        self._process.kill()
        self._process.wait()
        for thread, pipe in self._threads:
            thread.join(_JOIN_S)
            if not thread.is_alive():  # else it holds the pipe's lock, and closing would wait
                with contextlib.suppress(OSError):  # what was not written is not wanted any more
                    pipe.close()

    def send(self, order: Order, data: bytes) -> None:
        """Hand over the file and begin to listen; returns at once."""
        orders, answers = self._process.stdin, self._process.stdout
        assert orders is not None
        assert answers is not None
        writer = threading.Thread(
            target=self._write, args=(orders, order, data), name="file-writing", daemon=True
        )
        listener = threading.Thread(
            target=self._listen, args=(answers,), name="file-reading", daemon=True
        )
        self._threads = [(writer, orders), (listener, answers)]
        for thread, _pipe in self._threads:
            thread.start()

    def exit_code(self) -> int:
        """After the last line: it has ended, or is made to."""
        try:
            return self._process.wait(timeout=1.0)
        except subprocess.TimeoutExpired:  # it closed its end and goes on: no child of ours
            self._process.kill()
            return self._process.wait()

    def _write(self, pipe: IO[bytes], order: Order, data: bytes) -> None:
        """In a thread: a child that does not read would block it. The pipe stays open: it is how
        the child knows that somebody listens."""
        with contextlib.suppress(OSError):  # it ended before it had read everything
            pipe.write(order_line(order))
            pipe.write(data)
            pipe.flush()

    def _listen(self, pipe: IO[bytes]) -> None:
        """In a thread: its lines, then None. Anything else that it says is its end."""
        try:
            for _number in range(LINES_MAX):
                line = pipe.readline(LINE_BYTES_MAX + 1)
                if not line:
                    break
                self.lines.put(read_line(line))
        except ValueError:
            _log.warning("the process that reads files said something else")
        self.lines.put(None)

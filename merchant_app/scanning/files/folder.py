"""A folder that is watched for vouchers: what is new in it and complete, read, and told.

By looking, not by the system's notices: these differ on each system, and a folder on the network or
one that a browser fills gives none, or too early.
"""

from __future__ import annotations

import logging
import os
import stat
import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from merchant_app.scanning.files.findings import FileRead, Found
from merchant_app.scanning.files.kinds import HEAD_BYTES, Kind, kind_of
from merchant_app.scanning.files.reader import FileReader
from merchant_app.vouchers.scan import CodeText, TokenText, classify

EVERY_S = 2.0
"""Between two looks; a file that has not changed from one to the next is complete."""
ENTRIES_MAX = 5_000
"""A folder with more is no folder for downloads; the rest of it is not looked at."""
NEW_MAX = 10
"""Of one look; who unpacks an archive into the folder does not want each file read."""
_UNFINISHED = (".part", ".crdownload", ".download", ".partial", ".tmp", ".opdownload")

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class _Stamp:
    """Another one: the file was written to."""

    size_bytes: int
    changed_ns: int


class NewFiles:
    """What came into a folder since it was first looked at. One thread."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._known: dict[str, _Stamp] | None = None
        self._growing: dict[str, _Stamp] = {}

    def look(self) -> list[Path]:
        """Files that are new, of a kind that can hold a voucher, and as they were the last time.

        A folder that is not there, or cannot be read now, has none; what was in it before it was
        first seen is never new.
        """
        try:
            stamps = self._stamps()
        except OSError:
            return []
        if self._known is None:
            self._known = stamps
            return []
        known, growing = self._known, self._growing
        self._known = {name: stamp for name, stamp in known.items() if name in stamps}
        self._growing = {}
        ready: list[Path] = []
        for name, stamp in stamps.items():
            if known.get(name) == stamp:
                continue
            if growing.get(name) != stamp or not stamp.size_bytes:
                self._growing[name] = stamp
                continue
            self._known[name] = stamp
            if len(ready) < NEW_MAX and self._may_hold_voucher(name):
                ready.append(self._folder / name)
        return ready

    def _stamps(self) -> dict[str, _Stamp]:
        stamps = {}
        with os.scandir(self._folder) as entries:
            for number, entry in enumerate(entries):
                if number >= ENTRIES_MAX:
                    break
                if entry.name.startswith(".") or entry.name.lower().endswith(_UNFINISHED):
                    continue
                try:
                    found = entry.stat(follow_symlinks=False)
                except OSError:
                    continue  # gone between two calls
                if stat.S_ISREG(found.st_mode):
                    stamps[entry.name] = _Stamp(found.st_size, found.st_mtime_ns)
        return stamps

    def _may_hold_voucher(self, name: str) -> bool:
        """By its beginning, before a process is started for it."""
        flags = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0)
        try:
            descriptor = os.open(self._folder / name, flags)
        except OSError:
            return False
        with os.fdopen(descriptor, "rb") as file:
            try:
                return isinstance(kind_of(file.read(HEAD_BYTES)), Kind)
            except OSError:
                return False


class FolderWatcher:
    """Watches one folder in a thread of its own. Any thread starts and stops it, once each."""

    def __init__(self, folder: Path, reader: FileReader, *, every_s: float = EVERY_S) -> None:
        self._new = NewFiles(folder)
        self._reader = reader
        self._every_s = every_s
        self._stopped = threading.Event()
        self._thread: threading.Thread | None = None

    def start(self, on_voucher: Callable[[Path], None]) -> None:
        """Begin to look. `on_voucher` gets each new file with a voucher; called in the thread."""
        self._thread = threading.Thread(
            target=self._watch, args=(on_voucher,), name="watched-folder", daemon=True
        )
        self._thread.start()

    def stop(self) -> None:
        """Look no more; what is being read is given up. Returns at once."""
        self._stopped.set()

    def _watch(self, on_voucher: Callable[[Path], None]) -> None:
        self._new.look()
        while not self._stopped.wait(self._every_s):
            for path in self._new.look():
                found = self._reader.read(path, cancelled=self._stopped)
                if self._stopped.is_set():
                    return
                if holds_voucher(found):
                    _log.info("a voucher came into the watched folder")
                    on_voucher(path)


def holds_voucher(found: FileRead) -> bool:
    """Whether one of its codes can be a voucher's: most of what is downloaded is none of ours."""
    return isinstance(found, Found) and any(
        isinstance(classify(code.text), TokenText | CodeText) for code in found.codes
    )

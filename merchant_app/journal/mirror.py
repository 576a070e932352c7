"""The mirror: a second copy of every row that never changes, in a place of its own.

An append-only file, one record a line: JSON, a space, the first half of the line's SHA-256. A line
that was cut off by a crash is recognised by it and removed before anything is added. Written right
after the commit and before anything is shown, so whatever a person has seen is in both places.
"""

from __future__ import annotations

import contextlib
import errno
import hashlib
import json
import os
import stat
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from merchant_app.errors import Problem, ProblemKind
from merchant_app.journal.records import COLUMNS, Marks, Record, Value
from merchant_app.journal.syncing import sync_folder, sync_handle

VERSION = 1
_HEADER: dict[str, object] = {"comptoir_mirror": VERSION}
_BINARY = ("hash", "root", "signature")
_CHECK_LENGTH = 32
_PROBLEMS = {
    errno.ENOSPC: ProblemKind.DISK_FULL,
    errno.EDQUOT: ProblemKind.DISK_FULL,
    errno.EFBIG: ProblemKind.DISK_FULL,
}


@dataclass(frozen=True, slots=True)
class Contents:
    """What a mirror holds.

    Attributes:
        records: by table and rowid; the last line wins, as a damaged line is written again.
        damaged_lines: lines that do not prove themselves; what they held may stand further down.
    """

    records: dict[tuple[str, int], Record]
    damaged_lines: int

    def ends(self) -> Marks:
        """The last rowid of each table."""
        marks: Marks = {}
        for table, rowid in self.records:
            marks[table] = max(rowid, marks.get(table, 0))
        return marks


class Mirror:
    """One open mirror file. Confined to the journal's thread.

    Attributes:
        path: where it is.
    """

    def __init__(self, path: Path) -> None:
        """Open the file, made if it is not there (mode 0600), and cut off what a crash left of a
        last line.

        Raises:
            Problem: MIRROR_UNREACHABLE, DISK_FULL; JOURNAL_NEWER: a newer program wrote it.
        """
        self.path = path
        try:
            is_new = not path.exists()
            self._file = os.open(path, os.O_RDWR | os.O_CREAT | getattr(os, "O_BINARY", 0), 0o600)
        except OSError as error:
            raise _problem(error) from error
        try:
            self._begin(is_new=is_new)
        except OSError as error:
            os.close(self._file)
            raise _problem(error) from error
        except BaseException:
            os.close(self._file)
            raise

    def _begin(self, *, is_new: bool) -> None:
        if not stat.S_ISREG(os.fstat(self._file).st_mode):
            raise Problem(ProblemKind.MIRROR_UNREACHABLE, "there is something that is no file")
        raw = self._read_all()
        self._size = _whole_length(raw)
        if self._size == 0 and len(raw) > len(_line(_HEADER)):
            # More than the torn first line of our own: somebody chose a file of something else.
            raise Problem(ProblemKind.MIRROR_UNREACHABLE, "the file there is no mirror")
        if self._size < len(raw):
            os.ftruncate(self._file, self._size)
        self.contents_at_opening = _parse(raw[: self._size])
        if self._size == 0:
            self._write(_line(_HEADER))
        if is_new:
            sync_folder(self.path.parent)

    def close(self) -> None:
        """Let go of the file."""
        os.close(self._file)

    def append(self, records: Iterable[Record]) -> None:
        """Add records: one write, one sync. When it returns they are on the medium.

        Raises:
            Problem: MIRROR_UNREACHABLE or DISK_FULL; the file then ends with whole lines, or is cut
                back to them when it is opened next.
        """
        data = b"".join(_line(_fields(record)) for record in records)
        if not data:
            return
        try:
            self._write(data)
        except OSError as error:
            self._cut_back()
            raise _problem(error) from error

    def rewrite(self, records: Iterable[Record]) -> None:
        """Hold these records and no others: the old file or the new one, whatever happens.

        Raises:
            Problem: MIRROR_UNREACHABLE or DISK_FULL; it holds what it held.
        """
        unfinished = self.path.with_name(f"{self.path.name}.unfinished")
        try:
            with unfinished.open("wb") as file:
                unfinished.chmod(0o600)
                for fields in (_HEADER, *map(_fields, records)):
                    file.write(_line(fields))
                file.flush()
                sync_handle(file.fileno())
            # Windows replaces no file that is open.
            os.close(self._file)
            try:
                os.replace(unfinished, self.path)
                sync_folder(self.path.parent)
            finally:
                self._file = os.open(self.path, os.O_RDWR | getattr(os, "O_BINARY", 0))
                self._size = os.fstat(self._file).st_size
        except OSError as error:
            raise _problem(error) from error

    def read(self) -> Contents:
        """Everything it holds.

        Raises:
            Problem: MIRROR_UNREACHABLE.
        """
        try:
            return _parse(self._read_all()[: self._size])
        except OSError as error:
            raise _problem(error) from error

    def _read_all(self) -> bytes:
        os.lseek(self._file, 0, os.SEEK_SET)
        pieces = []
        while piece := os.read(self._file, 1 << 22):
            pieces.append(piece)
        return b"".join(pieces)

    def _write(self, data: bytes) -> None:
        os.lseek(self._file, self._size, os.SEEK_SET)
        rest = memoryview(data)
        while rest:
            rest = rest[os.write(self._file, rest) :]
        sync_handle(self._file)
        self._size += len(data)

    def _cut_back(self) -> None:
        # Where the medium is gone this fails too; opening it again cuts as well.
        with contextlib.suppress(OSError):
            os.ftruncate(self._file, self._size)


def read_file(path: Path) -> Contents:
    """What the mirror at `path` holds; nothing is written, not even the cut of a torn line.

    Raises:
        Problem: MIRROR_UNREACHABLE, JOURNAL_NEWER.
    """
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise _problem(error) from error
    return _parse(raw[: _whole_length(raw)])


def _problem(error: OSError) -> Problem:
    kind = _PROBLEMS.get(error.errno or 0, ProblemKind.MIRROR_UNREACHABLE)
    return Problem(kind, f"mirror: {error.strerror or type(error).__name__}")


# --- lines -------------------------------------------------------------------------------------


def _fields(record: Record) -> dict[str, object]:
    named = zip(COLUMNS[record.table], record.values, strict=True)
    values = {name: v.hex() if isinstance(v, bytes) else v for name, v in named}
    return {"table": record.table, "row": record.rowid, **values}


def _line(fields: dict[str, object]) -> bytes:
    text = json.dumps(fields, separators=(",", ":")).encode()
    return text + b" " + _check(text) + b"\n"


def _check(text: bytes) -> bytes:
    return hashlib.sha256(text).hexdigest()[:_CHECK_LENGTH].encode()


def _is_whole(line: bytes) -> bool:
    text, _, check = line.rpartition(b" ")
    return check == _check(text)


def _whole_length(raw: bytes) -> int:
    """Where the last line that proves itself ends; what follows is what a crash left."""
    end = raw.rfind(b"\n") + 1
    while end:
        start = raw.rfind(b"\n", 0, end - 1) + 1
        if _is_whole(raw[start : end - 1]):
            return end
        end = start
    return 0


def _parse(raw: bytes) -> Contents:
    records: dict[tuple[str, int], Record] = {}
    damaged_lines = 0
    for number, line in enumerate(raw.split(b"\n")[:-1]):
        if not _is_whole(line):
            damaged_lines += 1
            continue
        fields = json.loads(line.rpartition(b" ")[0])
        if "comptoir_mirror" in fields:
            if fields != _HEADER:
                raise Problem(ProblemKind.JOURNAL_NEWER, f"mirror of version {fields}")
            continue
        record = _record(fields, number)
        records[record.table, record.rowid] = record
    return Contents(records, damaged_lines)


def _record(fields: dict[str, Any], number: int) -> Record:
    table, rowid = fields.pop("table"), fields.pop("row")
    if set(fields) != set(COLUMNS.get(table, ())):
        raise Problem(ProblemKind.JOURNAL_NEWER, f"mirror, line {number + 1}: {table}")
    values = tuple(_value(name, fields[name]) for name in COLUMNS[table])
    return Record(table, rowid, values)


def _value(column: str, value: str | int | None) -> Value:
    return bytes.fromhex(value) if column in _BINARY and isinstance(value, str) else value

"""SQLite's write-ahead log, frame by frame: whether it hides commits that were durable.

Reading stops at the first frame whose checksum fails. After a power cut that is the end: only the
last transaction can be half written, as each was synced before the next began. When whole
transactions follow, one bit of the medium has flipped, and SQLite says nothing.
File format: https://www.sqlite.org/fileformat2.html#walformat
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass

_HEADER_LENGTH = 32
_FRAME_HEADER_LENGTH = 24
_MAGIC = 0x377F0682
_COMMITS_AT_ONCE_MAX = 1


@dataclass(frozen=True, slots=True)
class _Frame:
    is_commit: bool
    start: bytes
    page: bytes
    check: tuple[int, int]


def hides_commits(raw: bytes) -> bool:
    """Whether beyond the first broken frame there is more than one transaction could have left."""
    frames = list(_frames(raw))
    if not frames:
        return len(raw) > _HEADER_LENGTH + _FRAME_HEADER_LENGTH
    order = ">" if struct.unpack_from(">I", raw)[0] & 1 else "<"
    check = _sum(raw[:24], (0, 0), order)
    is_whole = check == struct.unpack_from(">II", raw, 24)
    commits = 0
    for frame in frames:
        continues = _sum(frame.page, _sum(frame.start, check, order), order) == frame.check
        check = frame.check
        if is_whole and continues:
            continue
        if not continues:
            # Another stretch begins here: what an earlier crash left never continues what is
            # before it, and is the end of one transaction.
            commits = 0
        is_whole = False
        commits += frame.is_commit
        if commits > _COMMITS_AT_ONCE_MAX:
            return True
    return False


def _frames(raw: bytes) -> Iterator[_Frame]:
    """The frames that belong to the log as it is now; others are left from before it was reset."""
    if len(raw) < _HEADER_LENGTH:
        return
    magic, _, page_size = struct.unpack_from(">III", raw)
    if magic & ~1 != _MAGIC or not 512 <= page_size <= 65536:
        return
    salts = raw[16:24]
    step = _FRAME_HEADER_LENGTH + page_size
    for at in range(_HEADER_LENGTH, len(raw) - step + 1, step):
        head, page = raw[at : at + _FRAME_HEADER_LENGTH], raw[at + _FRAME_HEADER_LENGTH : at + step]
        if head[8:16] != salts:
            continue
        first, second = struct.unpack_from(">II", head, 16)
        is_commit = struct.unpack_from(">I", head, 4)[0] != 0
        yield _Frame(is_commit, head[:8], page, (first, second))


def _sum(data: bytes, start: tuple[int, int], order: str) -> tuple[int, int]:
    first, second = start
    words = struct.unpack(f"{order}{len(data) // 4}I", data)
    for even, odd in zip(words[::2], words[1::2], strict=True):
        first = (first + even + second) & 0xFFFFFFFF
        second = (second + odd + first) & 0xFFFFFFFF
    return first, second

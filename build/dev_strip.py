"""Take from a package's libraries what only a debugger reads. Linux.

Wheels and Python come with tables of symbols that no program loads: 35 MB of a package. `strip`
breaks some libraries that a wheel's maker has rewritten (their segments end up where no page
begins), so that here nothing is believed: a library is replaced only where every byte that the
loader maps is the same as before.
"""

from __future__ import annotations

import shutil
import struct
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from dev_terminal import say

_MAGIC = b"\x7fELF\x02\x01"
"""64 bits, little-endian: every Linux that a package is made on."""
_HEADER_BYTES = 64
"""Says among other things where the tables are that go; in memory nobody reads it."""
_SEGMENT = struct.Struct("<IIQQQQQQ")
_LOADED = 1
_PAGE_BYTES = 4096


@dataclass(frozen=True)
class _Segment:
    kind: int
    flags: int
    offset: int
    address: int
    physical: int
    file_bytes: int
    memory_bytes: int
    alignment: int


def strip_libraries(bundle: Path) -> int:
    """Make the libraries of this folder smaller where that changes nothing; the bytes saved."""
    program = shutil.which("strip")
    if program is None:
        say("Going on with what only debuggers read in the package: strip is not there.")
        return 0
    saved = 0
    for library in sorted(bundle.rglob("*.so*")):
        if not library.is_symlink() and library.read_bytes()[: len(_MAGIC)] == _MAGIC:
            saved += _strip(program, library)
    return saved


def _strip(program: str, library: Path) -> int:
    smaller = library.with_name(f"{library.name}.stripped")
    command = [program, "--strip-unneeded", "-o", str(smaller), str(library)]
    try:
        if subprocess.run(command, capture_output=True, check=False).returncode != 0:
            return 0
        before, after = library.read_bytes(), smaller.read_bytes()
        if len(after) >= len(before) or not is_loaded_alike(before, after):
            return 0
        smaller.chmod(library.stat().st_mode)
        smaller.replace(library)
        return len(before) - len(after)
    finally:
        smaller.unlink(missing_ok=True)


def is_loaded_alike(before: bytes, after: bytes) -> bool:
    """Whether two libraries are the same to the loader: the same bytes at the same addresses."""
    first, second = list(_loaded(before)), list(_loaded(after))
    if len(first) != len(second):
        return False
    return all(
        (one.flags, one.address, one.file_bytes, one.memory_bytes, one.alignment)
        == (other.flags, other.address, other.file_bytes, other.memory_bytes, other.alignment)
        and other.offset % _PAGE_BYTES == other.address % _PAGE_BYTES
        and _mapped(before, one) == _mapped(after, other)
        for one, other in zip(first, second, strict=True)
    )


def _loaded(library: bytes) -> Iterator[_Segment]:
    (table,) = struct.unpack_from("<Q", library, 32)
    size, count = struct.unpack_from("<HH", library, 54)
    for number in range(count):
        segment = _Segment(*_SEGMENT.unpack_from(library, table + number * size))
        if segment.kind == _LOADED:
            yield segment


def _mapped(library: bytes, segment: _Segment) -> bytes:
    begin = segment.offset + (_HEADER_BYTES if segment.offset == 0 else 0)
    return library[begin : segment.offset + segment.file_bytes]

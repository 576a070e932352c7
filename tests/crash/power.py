"""Power cuts: from what a process wrote and synced, every state its disk could have been in.

Whatever was synced is there. Of what was not, a disk keeps nothing, everything, the first part, or
any sectors in any order; some turn into garbage. A file whose folder was not synced may lack its
name, one that was removed may still have it. Each state is opened as the till would open it.
"""

from __future__ import annotations

import random
import shutil
import struct
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from enum import Enum
from pathlib import Path

from merchant_app.errors import Problem
from merchant_app.journal.opening import open_journal
from tests.crash import shim
from tests.fakes.clock import FakeClock

SECTOR = 512
VARIANTS = ("nothing", "everything", "beginning", "sectors", "reordered", "garbage")


class Kind(Enum):
    """What `io_shim.c` records."""

    OPENED = 1
    WRITTEN = 2
    SYNCED = 3
    CUT = 4
    UNLINKED = 5
    ACKNOWLEDGED = 6
    FOLDER_SYNCED = 7


@dataclass(frozen=True, slots=True)
class Call:
    """One recorded system call."""

    kind: Kind
    file: int
    offset: int
    data: bytes


def recorded(log: Path) -> Iterator[Call]:
    """The calls in a log, in order."""
    raw, at = log.read_bytes(), 0
    while at < len(raw):
        kind, file, offset, length = struct.unpack_from("<IIQI", raw, at)
        at += 20
        yield Call(Kind(kind), file, offset, raw[at : at + length])
        at += length


@dataclass(frozen=True, slots=True)
class Change:
    """Bytes written at an offset; without bytes: the file's new length."""

    offset: int
    data: bytes | None

    def apply(self, content: bytearray) -> None:
        end = self.offset if self.data is None else self.offset + len(self.data)
        if len(content) < end:
            content.extend(bytes(end - len(content)))
        if self.data is None:
            del content[self.offset :]
        else:
            content[self.offset : end] = self.data

    def sectors(self) -> Iterator[Change]:
        """What a disk may keep or lose of it on its own."""
        if self.data is None:
            yield self
            return
        at = 0
        while at < len(self.data):
            length = min(len(self.data) - at, SECTOR - (self.offset + at) % SECTOR)
            yield Change(self.offset + at, self.data[at : at + length])
            at += length


@dataclass(slots=True)
class _File:
    durable: bytearray = field(default_factory=bytearray)
    pending: list[Change] = field(default_factory=list)
    is_named: bool = False
    is_removed: bool = False


class Disk:
    """A disk while a process writes to it."""

    def __init__(self) -> None:
        self._files: dict[str, _File] = {}
        self._names: dict[int, str] = {}

    def call(self, call: Call) -> None:
        """Something happens to it."""
        match call.kind:
            case Kind.OPENED:
                self._opened(call)
            case Kind.WRITTEN:
                self._file(call).pending.append(Change(call.offset, call.data))
            case Kind.CUT:
                self._file(call).pending.append(Change(call.offset, None))
            case Kind.SYNCED:
                file = self._file(call)
                for change in file.pending:
                    change.apply(file.durable)
                file.pending.clear()
            case Kind.UNLINKED:
                self._files[Path(call.data.decode()).name].is_removed = True
            case Kind.FOLDER_SYNCED:
                self._sync_names()
            case Kind.ACKNOWLEDGED:
                pass

    def _opened(self, call: Call) -> None:
        name = Path(call.data.decode()).name
        self._names[call.file] = name
        if name not in self._files or self._files[name].is_removed:
            self._files[name] = _File()
        if call.offset:
            self._files[name].pending.append(Change(0, None))

    def _file(self, call: Call) -> _File:
        return self._files[self._names[call.file]]

    def _sync_names(self) -> None:
        for name, file in list(self._files.items()):
            file.is_named = True
            if file.is_removed:
                del self._files[name]

    def state(self, variant: str, rng: random.Random) -> dict[str, bytes]:
        """What is there when the power is back."""
        state = {}
        for name, file in self._files.items():
            if name.endswith("-shm"):
                continue  # SQLite makes it anew
            if (file.is_removed or not file.is_named) and rng.random() < 0.5:
                continue
            state[name] = bytes(_kept(file, variant, rng))
        return state


def _kept(file: _File, variant: str, rng: random.Random) -> bytearray:
    content = bytearray(file.durable)
    changes = file.pending
    if variant == "nothing":
        changes = []
    elif variant == "beginning":
        changes = changes[: rng.randint(0, len(changes))]
    elif variant != "everything":
        changes = [sector for change in changes for sector in change.sectors()]
        if variant == "reordered":
            rng.shuffle(changes)
        changes = [change for change in changes if rng.random() < 0.6]
    for change in changes:
        if variant == "garbage" and change.data is not None and rng.random() < 0.3:
            Change(change.offset, rng.randbytes(len(change.data))).apply(content)
        else:
            change.apply(content)
    return content


@dataclass(slots=True)
class Survived:
    """What became of all states; `lost`: with an acknowledged entry missing; `corrupt`: not opened.

    `stories` names the first states that went wrong, so that they can be played again.
    """

    states: int = 0
    lost: int = 0
    corrupt: int = 0
    stories: list[str] = field(default_factory=list)


def replay(
    log: Path, work: Path, *, seed: int, states_max: int | None = None, with_mirror: bool
) -> Survived:
    """Cut the power after each recorded call, or after so many of them, in all variants."""
    calls = list(recorded(log))
    points = {at for at, call in enumerate(calls) if call.kind is not Kind.OPENED}
    if states_max is not None:
        count = min(len(points), states_max // len(VARIANTS))
        points = set(random.Random(seed).sample(sorted(points), count))
    disk, acknowledged, survived = Disk(), 0, Survived()
    for at, call in enumerate(calls):
        disk.call(call)
        if call.kind is Kind.ACKNOWLEDGED:
            acknowledged = _last_number(call.data, acknowledged)
        if at not in points:
            continue
        for variant in VARIANTS:
            state = disk.state(variant, random.Random(f"{seed} {at} {variant}"))
            survived.states += 1
            verdict = _open(state, work, acknowledged, with_mirror=with_mirror)
            if verdict:
                survived.lost += verdict.startswith("lost")
                survived.corrupt += verdict.startswith("corrupt")
                survived.stories.append(f"call {at}, {variant}: {verdict}")
    return survived


def _last_number(printed: bytes, before: int) -> int:
    numbers = [int(line.split()[0]) for line in printed.splitlines() if line[:1].isdigit()]
    return max([before, *numbers])


def _open(
    state: dict[str, bytes], work: Path, acknowledged: int, *, with_mirror: bool
) -> str | None:
    if work.exists():
        shutil.rmtree(work)
    work.mkdir()
    for name, content in state.items():
        (work / name).write_bytes(content)
    mirror = work / "mirror" if with_mirror else None
    try:
        opened = open_journal(work / "journal.sqlite", mirror_path=mirror, clock=FakeClock())
    except Problem as problem:
        return f"corrupt: {problem}"
    rows = opened.connection.execute("SELECT coalesce(max(seq), 0) FROM entries").fetchone()[0]
    opened.connection.close()
    if opened.mirrored is not None:
        opened.mirrored.close()
    return f"lost {acknowledged - rows} of {acknowledged}" if rows < acknowledged else None


def record(
    library: Path, folder: Path, *, sales: int, arguments: Sequence[str] = (), mirror: bool
) -> Path:
    """Let a till sell on a fresh disk; the log of what it wrote."""
    disk, log = folder / "disk", folder / "log"
    disk.mkdir(parents=True)
    command = [str(disk / "journal.sqlite"), "--sales", str(sales), *arguments]
    if mirror:
        command += ["--mirror", str(disk / "mirror")]
    shim.run(shim.TILL, library, disk, command, log=log)
    return log

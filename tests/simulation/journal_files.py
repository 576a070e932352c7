"""The tills' journals as they ship: a file each, with its mirror, opened and proved at every start.

Slow beside the others, and nothing is left out: a crash leaves the files as they lie, an image is a
copy of the file alone, and what the mirror had is put back by the program that ships.
"""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from merchant_app.clock import Clock
from merchant_app.journal.journal import Journal
from tests.simulation.journals import Boundary, on_disk


class Folders:
    """Gives every computer a folder of its own."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._number = 0

    def new(self) -> Path:
        """An empty one."""
        self._number += 1
        folder = self._root / str(self._number)
        folder.mkdir(parents=True)
        return folder


class InFiles(Journal):
    """The journal that ships, with boundaries."""

    boundary: Boundary

    def __init__(self, clock: Clock, folders: Folders, *, folder: Path | None = None) -> None:
        self._folders = folders
        self.folder = folders.new() if folder is None else folder
        super().__init__(self._path, clock, mirror=self._mirror)

    @property
    def _path(self) -> Path:
        return self.folder / "journal.sqlite"

    @property
    def _mirror(self) -> Path:
        return self.folder / "mirror.jsonl"

    @contextmanager
    def _writing(self) -> Iterator[None]:
        self.boundary()
        with super()._writing():
            yield
        self.boundary()

    def mark_seen(self) -> None:
        self.boundary()
        super().mark_seen()
        self.boundary()

    def durable_hashes(self, first_seq: int, last_seq: int) -> list[bytes]:
        return on_disk(self._connection, self.epoch_id(), first_seq, last_seq)

    def died(self, *, power: bool) -> None:
        if self._mirrored is not None:
            self._mirrored.close()
        self._connection.close()

    def started(self) -> None:
        super().__init__(self._path, self._clock, mirror=self._mirror)

    def copied(self) -> InFiles:
        folder = self._folders.new()
        self._copy_file(folder)
        shutil.copy(self._mirror, folder / self._mirror.name)
        return self._like(folder)

    def restored(self, image: InFiles) -> InFiles:
        """The image's file, and the mirror as it was when the disk was lost."""
        folder = self._folders.new()
        image._copy_file(folder)
        shutil.copy(self._mirror, folder / self._mirror.name)
        return self._like(folder)

    def _copy_file(self, folder: Path) -> None:
        target = sqlite3.connect(folder / self._path.name)
        self._connection.backup(target)
        target.close()

    def _like(self, folder: Path) -> InFiles:
        other = InFiles(self._clock, self._folders, folder=folder)
        other.boundary = self.boundary
        return other

"""What reads vouchers from files, and the folder that is watched for them.

A worker thread loads this module after the first paint.
"""

from __future__ import annotations

from pathlib import Path

from merchant_app.clock import Clock
from merchant_app.scanning.files.folder import FolderWatcher
from merchant_app.scanning.files.reader import FileReader
from merchant_app.settings.options import WATCHED_FOLDER, Options


def build_files(options: Options | None, clock: Clock) -> tuple[FileReader, FolderWatcher | None]:
    """The reader; and the watcher, where somebody chose a folder."""
    reader = FileReader(clock=clock)
    folder = "" if options is None else options.get(WATCHED_FOLDER)
    return reader, FolderWatcher(Path(folder), reader) if folder else None

"""The papers of closings, kept in a folder of the till."""

from __future__ import annotations

import os
from pathlib import Path

from merchant_app.errors import ProblemKind
from merchant_app.journal.syncing import sync_file, sync_folder
from merchant_app.reports.closing import KeptClosing
from merchant_app.settings.paths import disk_problem


def keep_papers(kept: KeptClosing, folder: Path) -> tuple[Path, ...]:
    """Draw a closing as PDF, A4 and 80 mm, in the language spoken; where they are. Slow: 0.2 s.

    Each is whole under its name, or not there.

    Raises:
        Problem: DISK_FULL, DISK_READ_ONLY.
    """
    from merchant_app.reports.closing_pdf import Paper, draw

    written = []
    for paper in Paper:
        day = kept.closing.business_date.isoformat()
        kind = kept.closing.kind.value
        path = folder / f"{kept.number:05}-{kind}-{day}-{paper.value}.pdf"
        write_paper(path, draw(kept, paper))
        written.append(path)
    return tuple(written)


def write_paper(path: Path, content: bytes) -> None:
    """Whole under its name, or not there; its folder is made when it is not.

    Raises:
        Problem: DISK_FULL, DISK_READ_ONLY.
    """
    unfinished = path.with_name(f"{path.name}.unfinished")
    try:
        path.parent.mkdir(mode=0o700, exist_ok=True)
        handle = os.open(unfinished, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o600)
        with os.fdopen(handle, "wb") as file:
            file.write(content)
        sync_file(unfinished)
        unfinished.replace(path)
        sync_folder(path.parent)
    except OSError as error:
        unfinished.unlink(missing_ok=True)
        raise disk_problem(error, ProblemKind.DISK_READ_ONLY) from error

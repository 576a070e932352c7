"""Room on the disk: selling stops before it is full, and what is decided can still be written."""

from __future__ import annotations

import logging
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from merchant_app.errors import Problem, ProblemKind
from merchant_app.journal import space
from merchant_app.journal.space import Ballast

Result = TypeVar("Result")

_log = logging.getLogger(__name__)


class Room:
    """The room beside one journal. Confined to the journal's thread."""

    def __init__(self, journal: Path) -> None:
        """Probe the disk by a real write, and put the ballast there.

        Raises:
            Problem: DISK_READ_ONLY, DISK_FULL.
        """
        self._journal = journal
        space.probe(journal.parent)
        self._ballast = Ballast(journal)
        self._ballast.restore()

    def check(self) -> None:
        """Before a sale.

        Raises:
            Problem: DISK_NEARLY_FULL: what is sold now might not find room any more.
        """
        space.check(self._journal)
        if not self._ballast.is_there():
            self._ballast.restore()

    def write(self, work: Callable[[], Result]) -> Result:
        """Do what has to be written; on a full disk once more, in the ballast's place.

        Raises:
            Problem: whatever `work` raises; DISK_FULL only when there is no ballast left.
        """
        try:
            return work()
        except Problem as problem:
            if problem.kind is not ProblemKind.DISK_FULL or not self._ballast.release():
                raise
            _log.error("the disk is full; what was kept free for it is used now")
            return work()

"""Journal: what a screen can ask about what was recorded."""

from __future__ import annotations

from typing import Protocol

from merchant_app.ids import OpId
from merchant_app.reports.exports.exporting import GoOn
from merchant_app.till.journal_results import (
    ExportResult,
    ExportWish,
    Found,
    Life,
    Place,
    Query,
)


class JournalDesk(Protocol):
    """Every method may block: call them from worker threads, also several at once.

    They read beside the till: a sale never waits for them. They raise Problems: a damaged journal,
    a full disk, a folder that is gone.
    """

    def find(self, query: Query, *, before: Place | None, limit: int) -> Found:
        """Redemptions that fit, newest first; `before`: those that follow this one.

        The first call after a million entries takes as long as reading them once.
        """
        ...

    def life(self, op_id: OpId) -> Life:
        """All that the journal knows of one redemption.

        Raises:
            Bug: there is none of this id; it came from no answer of `find`.
        """
        ...

    def export(self, wish: ExportWish, *, go_on: GoOn) -> ExportResult:
        """Write the days to a new file; recorded as an event.

        Args:
            wish: what, and where.
            go_on: told how many rows are written, in this thread; False ends it.
        """
        ...

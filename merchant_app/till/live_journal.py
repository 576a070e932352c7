"""The journal's desk at work: `journal_desk.JournalDesk`, each action by its own module."""

from __future__ import annotations

from merchant_app.ids import OpId
from merchant_app.reports.exports.exporting import GoOn
from merchant_app.till import find, life, write_out
from merchant_app.till.find import Finder
from merchant_app.till.journal_desk import JournalDesk
from merchant_app.till.journal_results import ExportResult, ExportWish, Found, Life, Place, Query
from merchant_app.till.till import Till


class LiveJournalDesk:
    """See `JournalDesk`."""

    def __init__(self, till: Till) -> None:
        self._till = till
        self._finder = Finder(till)

    def find(self, query: Query, *, before: Place | None, limit: int) -> Found:
        return find.find(self._till, self._finder, query, before=before, limit=limit)

    def life(self, op_id: OpId) -> Life:
        return life.life(self._till, op_id)

    def export(self, wish: ExportWish, *, go_on: GoOn) -> ExportResult:
        return write_out.export(self._till, wish, go_on=go_on)


def _assert_protocol(live: LiveJournalDesk) -> JournalDesk:
    return live

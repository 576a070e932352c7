"""The closings of the till's own journal, read back."""

from __future__ import annotations

from merchant_app.errors import Problem, ProblemKind
from merchant_app.journal.closings import ClosingRow
from merchant_app.reports.closing import BadClosing, KeptClosing, kept


def kept_in(row: ClosingRow) -> KeptClosing:
    """The closing in a row.

    Raises:
        Problem: JOURNAL_DAMAGED, it is not what this program wrote.
    """
    try:
        return kept(row)
    except BadClosing as error:
        raise Problem(ProblemKind.JOURNAL_DAMAGED, f"closing {row.number}: {error}") from error

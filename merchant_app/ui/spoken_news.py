"""What changed at the line and in À traiter, for whoever hears the screen instead of seeing it."""

from __future__ import annotations

from collections.abc import Iterator

from merchant_app.i18n import _
from merchant_app.till.results import LineState, Status
from merchant_app.ui.status_words import Band, Pill, waiting


class LineNews:
    """Remembers what was told. Numbers that only grow older are no news."""

    def __init__(self) -> None:
        self._before: Status | None = None

    def of(self, status: Status, shown: Pill, told: Band | None) -> Iterator[str]:
        """Sentences, for each change once; nothing at first: who opens a till is told by its
        screen.

        Args:
            status: what holds now.
            shown: what the pill says of it; `told` is the band below, where there is one.
        """
        before, self._before = self._before, status
        if before is None:
            return
        if status.line is not before.line:
            # That the line is there is told where it was not: a till connects when it is opened.
            if status.line is LineState.ONLINE:
                if before.line is not LineState.UNKNOWN:
                    yield _("Online")
            else:
                yield shown.text if told is None else told.text
        if status.to_settle > before.to_settle:
            yield waiting(_("To settle"), status.to_settle)

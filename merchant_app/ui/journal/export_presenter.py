"""The panel of exports: what, which days, where to; then it is written, and can be stopped. No Qt.

GUI thread only.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Protocol

from merchant_app.errors import ProblemKind
from merchant_app.till.journal_results import (
    ExportCancelled,
    Exported,
    ExportForm,
    ExportRefusal,
    ExportResult,
    ExportWish,
)
from merchant_app.ui.journal.export_states import (
    Choosing,
    Days,
    Mode,
    Notice,
    Panel,
    Span,
    Writing,
    days_around,
    moved,
)

_SIREN = re.compile(r"[0-9]{9}")
_YEARS = range(1970, 2200)
"""Days outside of them are slips of the keyboard."""


class ExportHands(Protocol):
    """What the presenter can have done. Every method returns at once."""

    def write_out(self, wish: ExportWish, *, siren: str) -> None:
        """Write it elsewhere: `wrote`, then `done` or `went_wrong` follow.

        `siren`: to be kept before; empty: nothing new.
        """
        ...

    def stop_writing(self) -> None:
        """As soon as it can; `done` follows all the same."""
        ...

    def open_folder(self, folder: Path) -> None: ...


class ExportPresenter:
    """GUI thread only."""

    def __init__(
        self, hands: ExportHands, *, today: Callable[[], date], show: Callable[[Panel], None]
    ) -> None:
        self._hands = hands
        self._today = today
        self._show = show
        self._panel: Panel | None = None
        self._siren_kept = ""

    @property
    def is_writing(self) -> bool:
        """A file is on its way."""
        return self._panel is not None and isinstance(self._panel.mode, Writing)

    # --- events ----------------------------------------------------------------------------------

    def open(self, *, folder: Path, siren: str) -> None:
        """Somebody wants a file. What was chosen before is chosen still.

        Args:
            folder: where it goes if nobody says otherwise.
            siren: as it is in the settings.
        """
        self._siren_kept = siren
        if self._panel is None:
            self._panel = Panel(
                form=ExportForm.XLSX,
                span=Span.MONTH,
                days=days_around(self._today(), Span.MONTH),
                folder=folder,
                siren=siren,
                mode=Choosing(),
            )
        elif not self.is_writing:
            self._panel = replace(self._panel, siren=siren, mode=Choosing())
        self._publish(fill=True)

    def form_chosen(self, form: ExportForm) -> None:
        panel = self._chosen()
        if panel is None:
            return
        self._panel = replace(panel, form=form)
        if form is ExportForm.FEC and panel.span is not Span.YEAR:
            # The law asks for a financial year; another time can still be chosen.
            self.span_chosen(Span.YEAR)
        else:
            self._publish()

    def span_chosen(self, span: Span) -> None:
        panel = self._chosen()
        if panel is None:
            return
        days = panel.days
        if span is not Span.FROM_TO:
            days = days_around(min(days.last, max(days.first, self._today())), span)
        self._panel = replace(panel, span=span, days=days)
        self._publish(fill=True)

    def moved(self, *, forward: bool) -> None:
        """To the day, week, month or year beside it."""
        panel = self._chosen()
        if panel is not None:
            days = moved(panel.days, panel.span, forward=forward)
            if days.first.year in _YEARS and days.last.year in _YEARS:
                self._panel = replace(panel, days=days)
                self._publish(fill=True)

    def days_typed(self, first: date | None, last: date | None) -> None:
        """Both fields, as far as they are days."""
        panel = self._chosen()
        if panel is None:
            return
        if first is None or last is None or not {first.year, last.year} <= set(_YEARS):
            self._come_to(Choosing(Notice.NO_DAY))
            return
        days = Days(first, last)
        if days != panel.days:
            self._panel = replace(panel, days=days, span=Span.FROM_TO)
        self._come_to(Choosing(Notice.BACKWARDS if last < first else None))

    def folder_chosen(self, folder: Path) -> None:
        panel = self._chosen()
        if panel is not None:
            self._panel = replace(panel, folder=folder)
            self._publish()

    def siren_typed(self, text: str) -> None:
        panel = self._chosen()
        if panel is not None:
            self._panel = replace(panel, siren="".join(text.split()))
            self._publish()

    def enter(self) -> None:
        """Write it."""
        panel = self._panel
        if panel is None or not isinstance(panel.mode, Choosing):
            return
        is_fec = panel.form is ExportForm.FEC
        if panel.mode.news in (Notice.NO_DAY, Notice.BACKWARDS):
            return
        if is_fec and panel.siren and _SIREN.fullmatch(panel.siren) is None:
            self._come_to(Choosing(Notice.SIREN_WRONG))
            return
        siren = panel.siren if is_fec and panel.siren != self._siren_kept else ""
        self._panel = replace(panel, mode=Writing())
        wish = ExportWish(panel.form, panel.days.first, panel.days.last, panel.folder)
        self._hands.write_out(wish, siren=siren)
        self._publish()

    def escape(self) -> bool:
        """Stop what is being written; True when there is nothing to stop: the panel goes."""
        panel = self._panel
        if panel is None or not isinstance(panel.mode, Writing):
            return True
        self._hands.stop_writing()
        self._come_to(replace(panel.mode, stopping=True))
        return False

    def folder_wanted(self) -> None:
        """See where the file is."""
        panel = self._panel
        if panel is not None and isinstance(panel.mode, Choosing):
            news = panel.mode.news
            if isinstance(news, Exported):
                self._hands.open_folder(news.path.parent)

    # --- answers ---------------------------------------------------------------------------------

    def wrote(self, rows: int) -> None:
        """So many rows by now."""
        if self._panel is not None and isinstance(self._panel.mode, Writing):
            self._come_to(replace(self._panel.mode, rows=rows))

    def done(self, result: ExportResult) -> None:
        match result:
            case Exported() | ExportRefusal():
                self._come_to(Choosing(result))
            case ExportCancelled():
                self._come_to(Choosing(Notice.CANCELLED))

    def went_wrong(self, kind: ProblemKind) -> None:
        """A full disk, a stick pulled out: nothing was left behind."""
        self._come_to(Choosing(kind))

    # --- steps -----------------------------------------------------------------------------------

    def _chosen(self) -> Panel | None:
        """The panel while it can be changed; what the last export came to is read by then."""
        panel = self._panel
        if panel is None or not isinstance(panel.mode, Choosing):
            return None
        self._panel = replace(panel, mode=Choosing())
        return self._panel

    def _come_to(self, mode: Mode) -> None:
        if self._panel is not None:
            self._panel = replace(self._panel, mode=mode)
            self._publish()

    def _publish(self, *, fill: bool = False) -> None:
        if self._panel is None:
            return
        if fill:
            self._panel = replace(self._panel, days_fill=self._panel.days_fill + 1)
        self._show(self._panel)

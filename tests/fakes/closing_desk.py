"""A closing desk that keeps its books in memory, with knobs for what can be in the way."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Protocol

from merchant_app.clock import business_date, local_time
from merchant_app.errors import Problem, ProblemKind
from merchant_app.journal.closings import ClosingKind, Reach
from merchant_app.reports import periods
from merchant_app.reports.closing import Closing, KeptClosing, Numbers, Perpetual, Positions
from merchant_app.reports.figures import Bucket, Figures
from merchant_app.reports.periods import DuePeriod, OpenDay
from merchant_app.till.closing_results import (
    Blocking,
    Closed,
    CloseResult,
    ClosingPreview,
    NotClosed,
)

_ZONE = "Europe/Paris"


class _Clock(Protocol):
    def now(self) -> datetime: ...


@dataclass(frozen=True, slots=True)
class Sold:
    """One redemption of one voucher."""

    at: datetime
    minor: int
    face_minor: int
    offline: bool


@dataclass
class FakeClosingDesk:
    """Holds the `ClosingDesk` protocol.

    Knobs:
        blocking: what is still to settle.
        troubles: Problems that the next calls meet, one a call that is no preview.
        paper_problem: why the next closings have no paper.
        called: told of each call, before it is answered.
    """

    clock: _Clock
    folder: Path = Path("closings")
    blocking: Blocking = field(default_factory=lambda: Blocking(0, 0, 0))
    troubles: deque[ProblemKind] = field(default_factory=deque)
    paper_problem: ProblemKind | None = None
    called: Callable[[str, object], None] = lambda _name, _detail: None
    training: bool = False
    sold: list[Sold] = field(default_factory=list)
    made: list[KeptClosing] = field(default_factory=list)
    postponed: list[date] = field(default_factory=list)

    def sell(self, euros: float, *, face: float = 50, offline: bool = False) -> None:
        """A redemption is booked now."""
        self.sold.append(Sold(self.clock.now(), round(euros * 100), round(face * 100), offline))

    # --- ClosingDesk -----------------------------------------------------------------------------

    def preview(self) -> ClosingPreview:
        self._called("preview", None)
        days, start = [], self._closed_up_to()
        while (found := self._forgotten(start)) is not None:
            days.append(self._closing(found.day, start, found.last_position))
            start = found.last_position
        return ClosingPreview(
            closing=self._closing(self._today(), start, len(self.sold)),
            blocking=self.blocking,
            last=self._last(),
            open_days=tuple(days),
            due=self._due(),
            recent=self.newest(limit=62),
        )

    def close_day(self, *, leaving_open: bool = False) -> CloseResult:
        self._called("close_day", leaving_open)
        return self._close(self._today(), len(self.sold), leaving_open=leaving_open)

    def forgotten_day(self) -> date | None:
        self._called("forgotten_day", None)
        found = self._forgotten(self._closed_up_to())
        return None if found is None else found.day

    def close_forgotten_day(self, *, leaving_open: bool = False) -> CloseResult:
        self._called("close_forgotten_day", leaving_open)
        found = self._forgotten(self._closed_up_to())
        if found is None:
            return NotClosed(self.blocking)
        return self._close(found.day, found.last_position, leaving_open=leaving_open)

    def postpone(self) -> None:
        self._called("postpone", None)
        self._meet_trouble()
        found = self._forgotten(self._closed_up_to())
        self.postponed.append(self._today() if found is None else found.day)

    def close_period(self) -> CloseResult:
        self._called("close_period", None)
        self._meet_trouble()
        due = self._due()
        if due is None or self.blocking.questions:
            return NotClosed(self.blocking)
        days = [one for one in self._days() if due.covers.first <= one.number <= due.covers.last]
        figures = Figures()
        for one in days:
            figures.add(one.closing.figures)
        closing = replace(
            days[-1].closing, kind=due.kind, covers=due.covers, figures=figures, rows=()
        )
        return self._keep(closing)

    def newest(self, *, limit: int) -> tuple[KeptClosing, ...]:
        return tuple(reversed(self._days()))[:limit]

    def print_again(self, number: int) -> tuple[Path, ...]:
        self._called("print_again", number)
        self._meet_trouble()
        return self._papers(next(one for one in self.made if one.number == number))

    # --- the books -------------------------------------------------------------------------------

    def _close(self, day: date, until: int, *, leaving_open: bool) -> CloseResult:
        self._meet_trouble()
        if self.blocking.questions or (self.blocking.cards and not leaving_open):
            return NotClosed(self.blocking)
        return self._keep(self._closing(day, self._closed_up_to(), until))

    def _keep(self, closing: Closing) -> Closed:
        number = len(self.made) + 1
        kept = KeptClosing(number, number.to_bytes(32, "big"), closing)
        self.made.append(kept)
        if self.paper_problem is not None:
            return Closed(kept, (), Problem(self.paper_problem))
        return Closed(kept, self._papers(kept))

    def _papers(self, kept: KeptClosing) -> tuple[Path, ...]:
        day, kind = kept.closing.business_date.isoformat(), kept.closing.kind.value
        return tuple(
            self.folder / f"{kept.number:05}-{kind}-{day}-{paper}.pdf" for paper in ("a4", "80mm")
        )

    def _closing(self, day: date, start: int, until: int) -> Closing:
        figures, before = Figures(), self._last()
        for one in self.sold[start:until]:
            _book(figures, one)
        perpetual = Perpetual() if before is None else before.closing.perpetual
        return Closing(
            kind=ClosingKind.DAY,
            covers=Positions(Reach(entry=start), Reach(entry=until)),
            head=None,
            events_head=(0, ""),
            business_date=day,
            closed_at=self.clock.now(),
            time_zone=_ZONE,
            shop="Librairie Cassiopée",
            till="Caisse 1",
            till_public_key="ab" * 32,
            cashier="Claire",
            training=self.training,
            currency="EUR",
            figures=figures,
            perpetual=Perpetual(perpetual.redeemed_minor + figures.redeemed_minor, 0, 0),
        )

    def _forgotten(self, start: int) -> OpenDay | None:
        last = self._last()
        moments = [(n + 1, one.at) for n, one in enumerate(self.sold)][start:]
        return periods.forgotten(
            moments,
            today=self._today(),
            last_closed=None if last is None else last.closing.business_date,
            time_zone=_ZONE,
        )

    def _due(self) -> DuePeriod | None:
        for kind in (ClosingKind.MONTH, ClosingKind.YEAR):
            covered = max(
                (
                    one.closing.covers.last
                    for one in self.made
                    if one.closing.kind is kind and isinstance(one.closing.covers, Numbers)
                ),
                default=0,
            )
            days = [one for one in self._days() if one.number > covered]
            found = periods.due(days, kind, today=self._today())
            if found is not None:
                return found
        return None

    def _days(self) -> list[KeptClosing]:
        return [one for one in self.made if one.closing.kind is ClosingKind.DAY]

    def _last(self) -> KeptClosing | None:
        days = self._days()
        return days[-1] if days else None

    def _closed_up_to(self) -> int:
        last = self._last()
        if last is None or not isinstance(last.closing.covers, Positions):
            return 0
        return last.closing.covers.until.entry

    def _today(self) -> date:
        return business_date(self.clock.now(), _ZONE)

    def _meet_trouble(self) -> None:
        if self.troubles:
            raise Problem(self.troubles.popleft())

    def _called(self, name: str, detail: object) -> None:
        self.called(name, detail)


def _book(figures: Figures, one: Sold) -> None:
    figures.redeemed_count += 1
    figures.redeemed_minor += one.minor
    if one.offline:
        figures.offline_count += 1
        figures.offline_minor += one.minor
    else:
        figures.online_count += 1
        figures.online_minor += one.minor
    hour = f"{local_time(one.at, _ZONE).hour:02}"
    for buckets, key in (
        (figures.by_hour, hour),
        (figures.by_face, str(one.face_minor)),
        (figures.by_cashier, "Claire"),
        (figures.by_vat, "multi_purpose"),
    ):
        buckets.setdefault(key, Bucket()).add(count=1, redeemed_minor=one.minor, reversed_minor=0)


def days_sold(desk: FakeClosingDesk, clock: _MovableClock, euros: list[float]) -> None:
    """A day each, closed at its end; 0: nothing was sold, and nobody closed."""
    for amount in euros:
        if amount:
            desk.sell(amount)
            desk.close_day()
        clock.pass_s(timedelta(days=1).total_seconds())


class _MovableClock(Protocol):
    def pass_s(self, seconds: float) -> None: ...

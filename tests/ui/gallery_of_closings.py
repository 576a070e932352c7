"""Every state of Clôture, once."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from pathlib import Path
from uuid import UUID

from merchant_app.errors import Problem, ProblemKind
from merchant_app.ids import OpId
from merchant_app.journal.closings import ClosingKind
from merchant_app.reports.closing import ClockFlag, Closing, KeptClosing, Named, Numbers
from merchant_app.reports.periods import DuePeriod
from merchant_app.till.closing_results import Blocking, Closed, ClosingPreview
from merchant_app.till.counter import CounterFacts
from merchant_app.ui.cloture import states as st
from merchant_app.ui.commands import Deed
from tests.fakes.closing_desk import FakeClosingDesk
from tests.fakes.counter import FACTS, NOON, HandClock

TEN_MILLION = 10_000_000.0
_SOLD = ((-2.5, 20, 20), (-2.2, 50, 50), (-1.9, 12.5, 50), (-1, 100, 100), (-0.2, 37, 50))


@dataclass(frozen=True, slots=True)
class ClosingScene:
    """One state of Clôture."""

    name: str
    screen: st.Screen
    facts: CounterFacts = field(default=FACTS)
    numbers: bool = False


def _desk(*, until: int, forgotten: int = 0, training: bool = False) -> FakeClosingDesk:
    """A month: sold on every day but Sundays; the last ones `forgotten`, all others closed."""
    clock = HandClock(NOON - timedelta(days=34))
    desk = FakeClosingDesk(clock, training=training)
    for number in range(34):
        if (clock.now().date()).weekday() != 6:
            for place in range(3):
                clock.pass_s(1800)
                desk.sell(20 + (number * 37 + place * 11) % 180, face=(20, 50, 100)[place])
            clock.pass_s(-5400)
            if number < 34 - forgotten:
                desk.close_day()
        clock.pass_s(86_400)
    for hours, euros, face in _SOLD[:until]:
        clock.pass_s(hours * 3600)
        desk.sell(euros, face=face, offline=euros < 20)
        clock.pass_s(-hours * 3600)
    return desk


def _named(what: str, minutes: int, minor: int, label: str) -> Named:
    at = NOON - timedelta(minutes=minutes)
    return Named(OpId(UUID(int=minor)), what, at, label, minor, "Marie-Christine")


WAITING = (_named("redemption", 18, 3_700, "…H2M7"), _named("void", 44, 5_000, "…K7QF, …XAB2"))
UNRESOLVED = (_named("shortfall", 1300, 1_250, "…9TT1"),)
_PREVIEW = _desk(until=5).preview()
_EMPTY = FakeClosingDesk(HandClock(NOON)).preview()
_FORGOTTEN = _desk(until=1, forgotten=3).preview()
_DUE = DuePeriod(ClosingKind.MONTH, "2026-10", Numbers(1, 9))
OPEN = Blocking(questions=0, cards=2, unsent=1)
QUESTION = Blocking(questions=1, cards=1, unsent=0)


def _with_names(closing: Closing) -> Closing:
    figures = replace(closing.figures)
    figures.reversed_count, figures.reversed_minor = 1, 5_000
    figures.shortfall_count, figures.shortfall_minor = 1, 1_250
    return replace(closing, waiting=WAITING, unresolved=UNRESOLVED, figures=figures)


def _large() -> ClosingPreview:
    desk = _desk(until=0)
    desk.sell(TEN_MILLION, face=TEN_MILLION)
    desk.sell(20, face=20)
    return desk.preview()


NAMED = replace(_PREVIEW, closing=_with_names(_PREVIEW.closing), blocking=OPEN)
FLAGGED = replace(
    NAMED, closing=replace(NAMED.closing, clock_flags=(ClockFlag("back", 412),)), blocking=OPEN
)
_KEPT = KeptClosing(35, bytes(range(32)), _with_names(_PREVIEW.closing))
_PAPERS = (Path("00035-day-2026-11-22-a4.pdf"), Path("00035-day-2026-11-22-80mm.pdf"))
CLOSED = Closed(_KEPT, _PAPERS)
_FAILED = Closed(_KEPT, (), Problem(ProblemKind.DISK_FULL), Problem(ProblemKind.MIRROR_UNREACHABLE))
_MONTH = Closed(
    KeptClosing(
        36,
        bytes(32),
        replace(
            _KEPT.closing,
            kind=ClosingKind.MONTH,
            covers=Numbers(1, 9),
            business_date=date(2026, 10, 31),
        ),
    ),
    _PAPERS,
)
_TRAINING = replace(FACTS, training=True)


def _screen(
    mode: st.Mode,
    preview: ClosingPreview | None = _PREVIEW,
    *,
    news: st.News | None = None,
    unsent: int = 0,
) -> st.Screen:
    return st.Screen(preview=preview, mode=mode, news=news, unsent_sales=unsent)


_LOOK = st.Overview()
_FULL = st.Trouble(ProblemKind.DISK_FULL, closing=True)
_NO_KEY = st.Trouble(ProblemKind.KEYRING_UNAVAILABLE, closing=True)
_UNREADABLE = st.Trouble(ProblemKind.JOURNAL_DAMAGED, closing=False)
_SCENES = (
    ClosingScene("overview", _screen(_LOOK)),
    ClosingScene("overview-numbers", _screen(_LOOK), numbers=True),
    ClosingScene("overview-empty", _screen(_LOOK, _EMPTY)),
    ClosingScene("overview-names", _screen(_LOOK, FLAGGED)),
    ClosingScene("overview-forgotten", _screen(_LOOK, _FORGOTTEN)),
    ClosingScene("overview-month", _screen(_LOOK, replace(_PREVIEW, due=_DUE))),
    ClosingScene("overview-ten-million", _screen(_LOOK, _large())),
    ClosingScene(
        "overview-training", _screen(_LOOK, _desk(until=3, training=True).preview()), _TRAINING
    ),
    ClosingScene("debit-first", _screen(_LOOK, news=st.Notice.DEBIT_FIRST)),
    ClosingScene("disk-full", _screen(_LOOK, news=_FULL)),
    ClosingScene("no-key", _screen(_LOOK, news=_NO_KEY)),
    ClosingScene("loading", _screen(_LOOK, None)),
    ClosingScene("unreadable", _screen(_LOOK, None, news=_UNREADABLE)),
    ClosingScene("offering", _screen(st.Offering(), _FORGOTTEN)),
    ClosingScene("asking", _screen(st.Asking(Deed.TODAY, OPEN), NAMED)),
    ClosingScene("asking-question", _screen(st.Asking(Deed.TODAY, QUESTION), NAMED)),
    ClosingScene("working", _screen(st.Working(Deed.TODAY))),
    ClosingScene("working-month", _screen(st.Working(Deed.PERIOD))),
    ClosingScene("done", _screen(st.Done(CLOSED))),
    ClosingScene("done-offline", _screen(st.Done(CLOSED), unsent=3)),
    ClosingScene("done-no-papers", _screen(st.Done(_FAILED))),
    ClosingScene("done-month-due", _screen(st.Done(CLOSED), replace(_PREVIEW, due=_DUE))),
    ClosingScene("done-month", _screen(st.Done(_MONTH))),
    ClosingScene(
        "done-training",
        _screen(st.Done(replace(CLOSED, kept=replace(_KEPT, closing=replace(
            _KEPT.closing, training=True))))),
        _TRAINING,
    ),
    ClosingScene("done-opening", _screen(st.Done(CLOSED), news=st.Notice.MAKING_PAPERS)),
    ClosingScene("done-opened", _screen(st.Done(CLOSED), news=st.Notice.PAPER_OPENED)),
    ClosingScene("done-unopened", _screen(st.Done(CLOSED), news=st.Notice.NOTHING_OPENS_IT)),
    ClosingScene("earlier", _screen(st.Earlier(2))),
)  # fmt: skip
CLOSINGS = tuple(replace(scene, name=f"cloture-{scene.name}") for scene in _SCENES)

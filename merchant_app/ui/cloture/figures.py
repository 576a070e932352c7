"""The charts of Clôture, and its table of figures, from closings. No Qt."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from merchant_app.i18n import _, formatting
from merchant_app.money import Money
from merchant_app.reports import closing_sheet
from merchant_app.reports.figures import UNKNOWN, Bucket
from merchant_app.till.closing_results import Closing, ClosingPreview
from merchant_app.ui.charts.series import Bar, Chart, Mark, Table

DAYS = 30
_HOURS = range(9, 19)
"""Shown even where nothing was sold: the shape of a day is known by its empty hours too."""
NAMED_MAX = 200
"""Lines with a name; what is more is counted."""


def amount(closing: Closing, minor: int) -> str:
    """An amount of a closing, as people write it."""
    return formatting.money(Money(minor, closing.currency))


def figures_table(closing: Closing) -> Table:
    """The totals, and by name what waits, is to settle, or was corrected."""
    rows: list[tuple[str, str, str]] = []
    strong: list[int] = []
    for number, section in enumerate(closing_sheet.summary(closing)):
        if number:  # the first one's heading is the screen's own
            strong.append(len(rows))
            rows.append((section.heading, "", ""))
        for row in section.rows[:NAMED_MAX]:
            if row.strong:
                strong.append(len(rows))
            rows.append((f"    {row.label}" if row.inner else row.label, row.count, row.amount))
        left = len(section.rows) - NAMED_MAX
        if left > 0:
            rows.append((_("and {n} more, in the closing’s paper").format(n=left), "", ""))
    columns = (_("Totals"), _("Count"), _("Amount"))
    return Table(_("Figures"), columns, tuple(rows), frozenset(strong))


def by_hour(closing: Closing) -> Chart:
    """What was handed over in each hour."""
    buckets = closing.figures.by_hour
    hours = sorted({*_HOURS, *(int(key) for key in buckets)})
    named = [
        (_("{hour} h").format(hour=hour), str(hour), buckets.get(f"{hour:02}", Bucket()))
        for hour in range(hours[0], hours[-1] + 1)
    ]
    return _of_buckets(closing, _("By hour"), _("Hour"), named)


def by_face(closing: Closing) -> Chart:
    """What was handed over against vouchers of each face value."""
    buckets = closing.figures.by_face
    known = sorted((key for key in buckets if key != UNKNOWN), key=int)
    named = [
        (
            amount(closing, int(key)),
            formatting.short_money(Money(int(key), closing.currency)),
            buckets[key],
        )
        for key in known
    ]
    if UNKNOWN in buckets:
        named.append((_("unknown"), "?", buckets[UNKNOWN]))
    return _of_buckets(closing, _("By face value"), _("Face value"), named)


def _of_buckets(
    closing: Closing, title: str, head: str, named: Sequence[tuple[str, str, Bucket]]
) -> Chart:
    bars = tuple(
        Bar(name, tick, bucket.redeemed_minor, amount(closing, bucket.redeemed_minor))
        for name, tick, bucket in named
    )
    rows = tuple(
        (
            name,
            str(bucket.count),
            amount(closing, bucket.redeemed_minor),
            amount(closing, -bucket.reversed_minor) if bucket.reversed_minor else "",
        )
        for name, _tick, bucket in named
    )
    return Chart(
        title=title,
        bars=bars,
        tell=_short(closing),
        columns=(head, _("Count"), _("Handed over"), _("Reversed")),
        rows=rows,
        empty=_("Nothing has been debited yet."),
    )


@dataclass(slots=True)
class _Day:
    """One day of the last ones: its closings, and what none covers yet."""

    count: int = 0
    minor: int = 0
    numbers: tuple[int, ...] = ()
    is_open: bool = False

    def add(self, closing: Closing) -> None:
        self.count += closing.figures.redeemed_count
        self.minor += closing.figures.redeemed_minor


def last_days(preview: ClosingPreview) -> Chart:
    """What was handed over on each of the last days; one that nobody closed stands out."""
    today = preview.closing.business_date
    days = {today - timedelta(days=back): _Day() for back in reversed(range(DAYS))}
    for kept in preview.recent:
        day = days.get(kept.closing.business_date)
        if day is not None:
            day.add(kept.closing)
            day.numbers = (kept.number, *day.numbers)
    for closing in (*preview.open_days, preview.closing):
        day = days.get(closing.business_date)
        if day is not None:
            day.add(closing)
            day.is_open = closing.business_date != today or closing.figures.redeemed_count > 0
    bars = tuple(_day_bars(preview.closing, days, today))
    forgotten = any(bar.mark is Mark.OPEN for bar in bars)
    legend = ((Mark.HATCHED, _("not closed yet")),) if days[today].is_open else ()
    if forgotten:
        legend = (*legend, (Mark.OPEN, _("never closed")))
    return Chart(
        title=_("The last 30 days"),
        bars=bars,
        tell=_short(preview.closing),
        columns=(_("Day"), _("Closing"), _("Count"), _("Handed over")),
        rows=tuple(_day_rows(preview.closing, days, today)),
        legend=legend,
        empty=_("Nothing was debited in the last 30 days."),
    )


def _day_bars(of: Closing, days: dict[date, _Day], today: date) -> Iterator[Bar]:
    for at, day in days.items():
        mark = Mark.FULL
        if day.is_open:
            mark = Mark.HATCHED if at == today else Mark.OPEN
        name = formatting.day_in_year(at, today=today)
        yield Bar(name, str(at.day), day.minor, amount(of, day.minor), mark, _state(day, at, today))


def _day_rows(of: Closing, days: dict[date, _Day], today: date) -> Iterator[tuple[str, ...]]:
    """The newest first: it is the one that is looked for."""
    for at, day in reversed(days.items()):
        numbers = ", ".join(str(number) for number in day.numbers)
        told = _state(day, at, today) or numbers or "–"
        name = formatting.day_in_year(at, today=today)
        yield name, told, str(day.count), amount(of, day.minor)


def _state(day: _Day, at: date, today: date) -> str:
    if not day.is_open:
        return ""
    return _("not closed yet") if at == today else _("never closed")


def _short(closing: Closing) -> Callable[[int], str]:
    return lambda minor: formatting.short_money(Money(minor, closing.currency))

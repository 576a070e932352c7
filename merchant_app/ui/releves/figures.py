"""The tables and charts of Relevés, from statements. No Qt."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from merchant_app.clock import business_date
from merchant_app.i18n import _, formatting
from merchant_app.money import Money
from merchant_app.reports.statements.differences import Figure
from merchant_app.reports.statements.words import figure_name
from merchant_app.till.statement_results import (
    Cause,
    Line,
    Outstanding,
    Period,
    PeriodKind,
    Reconciled,
)
from merchant_app.ui.charts.series import Bar, Chart, Mark, Table
from merchant_app.ui.outside import printable
from merchant_app.ui.releves import states as st
from merchant_app.ui.releves.words import amount, is_running, period_name


def period_table(found: Reconciled, period: Period) -> Table:
    """What one week or month comes to."""
    sums, currency = period.sums, found.statement.currency

    def row(name: str, count: int | None, minor: int) -> tuple[str, str, str]:
        return name, "" if count is None else str(count), amount(currency, minor)

    rows = (
        row(_("Vouchers sold"), sums.sold_count, sums.sold_minor),
        row(figure_name(Figure.REDEEMED), sums.redeemed_count, sums.redeemed_minor),
        row(figure_name(Figure.REVERSED), sums.reversed_count, -sums.reversed_minor),
        row(figure_name(Figure.FEE), None, -sums.fee_minor),
        row(_("Owed to you for these days"), None, sums.owed_minor),
        row(_("Paid to your bank"), None, sums.payout_minor),
        row(_("Handed over and lost"), sums.shortfall_count, sums.shortfall_minor),
    )
    columns = (period_name(period), _("Count"), _("Amount"))
    return Table(period_name(period), columns, rows, frozenset({4}))


def by_period(screen: st.Screen, kind: PeriodKind) -> Chart:
    """What was redeemed in each week, or month."""
    found = screen.found
    assert found is not None, "no chart without a statement"
    currency = found.statement.currency
    shown = [one.period for one in screen.items if isinstance(one, st.Figures)]
    in_order = sorted(
        (one for one in shown if one.kind is kind), key=lambda period: period.first_day
    )
    running = [one for one in in_order if is_running(one, screen)]
    bars = tuple(
        Bar(
            period_name(one),
            _tick(one),
            one.sums.redeemed_minor,
            amount(currency, one.sums.redeemed_minor),
            Mark.HATCHED if one in running else Mark.FULL,
            _("not over yet") if one in running else "",
        )
        for one in in_order
    )
    rows = tuple(
        (
            period_name(one),
            str(one.sums.redeemed_count),
            amount(currency, one.sums.redeemed_minor),
            amount(currency, one.sums.payout_minor),
        )
        for one in reversed(in_order)
    )
    by_week = kind is PeriodKind.WEEK
    return Chart(
        title=_("Redeemed by week") if by_week else _("Redeemed by month"),
        bars=bars,
        tell=_short(currency),
        columns=(
            _("Week") if by_week else _("Month"),
            _("Count"),
            figure_name(Figure.REDEEMED),
            _("Paid out"),
        ),
        rows=rows,
        legend=((Mark.HATCHED, _("not over yet")),) if running else (),
        empty=_("Nothing was redeemed in these days."),
    )


def _tick(period: Period) -> str:
    if period.kind is PeriodKind.WEEK:
        return str(period.first_day.isocalendar().week)
    return f"{period.first_day:%m/%y}"


# --- the sales behind ----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Lines:
    """A table that may be long. `rows`: a text for each column."""

    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


def lines_of(screen: st.Screen) -> Lines:
    """What the chosen figures are made of: what differs first, then the newest."""
    found, item = screen.found, screen.item
    assert found is not None, "no sales without a statement"
    zone = found.statement.time_zone
    chosen = list(found.reconciliation.lines)
    if isinstance(item, st.Figures):
        first, last = item.period.first_day, item.period.last_day
        chosen = [one for one in chosen if first <= business_date(one.at, zone) <= last]
    # Two sorts, each stable: the newest first, and before all of them what differs.
    chosen.sort(key=lambda one: one.at, reverse=True)
    chosen.sort(key=lambda one: not one.ours or one.agrees)
    return Lines(
        _("Sales"),
        (
            _("When"),
            _("Voucher"),
            _("What"),
            _("Amount"),
            figure_name(Figure.FEE),
            _("This till’s journal"),
        ),
        tuple(_line(one, screen, found.statement.currency) for one in chosen),
    )


def _line(one: Line, screen: st.Screen, currency: str) -> tuple[str, ...]:
    what = cause_name(one)
    if one.shortfall_minor:
        what = _("{what}, {amount} lost").format(
            what=what, amount=amount(currency, one.shortfall_minor)
        )
    return (
        _moment(one, screen),
        printable(one.label),
        what,
        amount(currency, one.amount_minor),
        amount(currency, one.fee_minor),
        _standing(one),
    )


def _moment(one: Line, screen: st.Screen) -> str:
    day = formatting.day_in_year(business_date(one.at, screen.time_zone), today=screen.today)
    return f"{day}, {formatting.time_of_day(one.at, screen.time_zone)}"


def _standing(one: Line) -> str:
    if not one.ours:
        return printable(one.till_name)
    return "✓  " + _("agrees") if one.agrees else "✕  " + _("differs")


def cause_name(one: Line) -> str:
    """What moved this money."""
    match one.cause:
        case Cause.REDEMPTION:
            return _("Redeemed")
        case Cause.DECISION:
            return _("Decided afterwards")
        case Cause.VOID:
            return _("Reversed")
        case Cause.RESOLUTION:
            return _("Loss paid afterwards")


# --- what can still be spent ---------------------------------------------------------------------


def by_expiry(of: Outstanding) -> Chart:
    """What can be spent, by the month in which it can be spent for the last time."""
    named = [
        (
            _("no expiry date") if one.month is None else formatting.month(one.month),
            "∞" if one.month is None else f"{one.month:%m/%y}",
            one,
        )
        for one in of.totals.months
    ]
    return Chart(
        title=_("By expiry month"),
        bars=tuple(
            Bar(name, tick, one.amount_minor, amount(of.currency, one.amount_minor))
            for name, tick, one in named
        ),
        tell=_short(of.currency),
        columns=(_("Expiry"), _("Vouchers"), _("Amount")),
        rows=tuple(
            (name, str(one.count), amount(of.currency, one.amount_minor))
            for name, _tick, one in named
        ),
        empty=_("Nothing is left to spend."),
    )


def expiring_table(of: Outstanding, screen: st.Screen) -> Table:
    """The vouchers whose last day is near, the nearest first."""
    rows = tuple(
        (
            " · ".join(part for part in (one.label, printable(one.holder)) if part),
            amount(of.currency, one.amount_minor),
            _last_day(one.days_left, formatting.day_in_year(one.expires_on, today=screen.today)),
        )
        for one in of.totals.expiring
    )
    return Table(
        _("Expires within 30 days"),
        (_("Expires within 30 days"), _("Left"), _("Until")),
        rows or ((_("None"), "", ""),),
    )


def _last_day(days_left: int, day: str) -> str:
    return _("today") if days_left == 0 else day


def _short(currency: str) -> Callable[[int], str]:
    return lambda minor: formatting.short_money(Money(minor, currency))

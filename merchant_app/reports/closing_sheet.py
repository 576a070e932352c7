"""A closing in words: what its paper says, whatever the paper's width."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from merchant_app.clock import local_time
from merchant_app.i18n import _
from merchant_app.i18n.formatting import day, money, time_of_day
from merchant_app.journal.closings import ClosingKind
from merchant_app.money import Money
from merchant_app.reports.closing import Closing, KeptClosing, Named, Numbers
from merchant_app.reports.figures import UNKNOWN, Bucket, Buckets
from merchant_app.vouchers.terms import VatKind

_Word = Callable[[Closing, str], str]


@dataclass(frozen=True, slots=True)
class Row:
    """One line: words on the left; how many, and how much, on the right. `inner`: part of the one
    above."""

    label: str
    count: str = ""
    amount: str = ""
    strong: bool = False
    inner: bool = False


@dataclass(frozen=True, slots=True)
class Section:
    """Lines under a heading."""

    heading: str
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class Sheet:
    """The whole paper. `mark` stands on every page; empty outside of training mode."""

    title: str
    lines: tuple[str, ...]
    sections: tuple[Section, ...]
    footer: str
    mark: str


def sheet(kept: KeptClosing) -> Sheet:
    """The paper of a closing, in the language spoken."""
    closing = kept.closing
    sections = (
        _totals(closing),
        _buckets(closing, _("By face value"), closing.figures.by_face, _face),
        _buckets(closing, _("By kind of voucher (VAT)"), closing.figures.by_vat, _vat),
        _buckets(closing, _("By cashier"), closing.figures.by_cashier, lambda _c, key: key),
        _buckets(closing, _("By hour"), closing.figures.by_hour, _hour),
        _named(closing, _("Waiting for the central service"), closing.waiting),
        _named(closing, _("To settle"), closing.unresolved),
        _corrections(closing),
        _clock(closing),
        _perpetual(closing),
        _proof(kept),
    )
    return Sheet(
        title=title(closing),
        lines=(
            f"{closing.shop} · {closing.till}",
            _("Closing no. {number}").format(number=kept.number),
            _("Made on {day} at {time} by {cashier}").format(
                day=day(local_time(closing.closed_at, closing.time_zone).date()),
                time=time_of_day(closing.closed_at, closing.time_zone),
                cashier=closing.cashier,
            ),
        ),
        sections=tuple(section for section in sections if section.rows),
        footer=_("Closing no. {number}").format(number=kept.number),
        mark=_("TRAINING MODE") if closing.training else "",
    )


def summary(closing: Closing) -> tuple[Section, ...]:
    """What a screen says of a closing that is made, or would be: its totals, and everything that
    has a name; sections that have nothing to say are left out."""
    sections = (
        _totals(closing),
        _named(closing, _("Waiting for the central service"), closing.waiting),
        _named(closing, _("To settle"), closing.unresolved),
        _corrections(closing),
        _clock(closing),
    )
    return tuple(section for section in sections if section.rows)


def title(closing: Closing) -> str:
    """Of what it is the closing."""
    match closing.kind:
        case ClosingKind.DAY:
            return _("Closing of {day}").format(day=day(closing.business_date))
        case ClosingKind.MONTH:
            return _("Closing of the month {month}").format(
                month=f"{closing.business_date.month:02}/{closing.business_date.year}"
            )
        case ClosingKind.YEAR:
            return _("Closing of the year {year}").format(year=closing.business_date.year)


def _amount(closing: Closing, minor: int) -> str:
    return money(Money(minor, closing.currency))


def _totals(closing: Closing) -> Section:
    figures = closing.figures
    rows = [
        Row(
            _("Handed over against vouchers"),
            str(figures.redeemed_count),
            _amount(closing, figures.redeemed_minor),
            strong=True,
        ),
        Row(
            _("of which confirmed at once by the service"),
            str(figures.online_count),
            _amount(closing, figures.online_minor),
            inner=True,
        ),
        Row(
            _("of which offline"),
            str(figures.offline_count),
            _amount(closing, figures.offline_minor),
            inner=True,
        ),
        Row(
            _("of which under the manager’s PIN"),
            str(figures.manager_count),
            _amount(closing, figures.manager_minor),
            inner=True,
        ),
        Row(
            _("Reversed"),
            str(figures.reversed_count),
            _amount(closing, -figures.reversed_minor),
            strong=True,
        ),
        Row(
            _("Lost (handed over, not debited)"),
            str(figures.shortfall_count),
            _amount(closing, -figures.shortfall_minor),
            strong=True,
        ),
    ]
    if figures.repaid_minor:
        rows.append(Row(_("Losses paid afterwards"), "", _amount(closing, -figures.repaid_minor)))
    return Section(_("Totals"), tuple(rows))


def _face(closing: Closing, key: str) -> str:
    return _("unknown") if key == UNKNOWN else _amount(closing, int(key))


def _vat(_closing: Closing, key: str) -> str:
    if key == UNKNOWN:
        return _("unknown")
    match VatKind(key):
        case VatKind.SINGLE_PURPOSE:
            return _("single-purpose (VAT when sold)")
        case VatKind.MULTI_PURPOSE:
            return _("multi-purpose (VAT when redeemed)")


def _hour(_closing: Closing, key: str) -> str:
    return _("{hour} h").format(hour=int(key))


def _buckets(closing: Closing, heading: str, buckets: Buckets, word: _Word) -> Section:
    rows: list[Row] = []
    for key in sorted(buckets, key=_order):
        bucket = buckets[key]
        label = word(closing, key)
        rows.append(Row(label, str(bucket.count), _amount(closing, bucket.redeemed_minor)))
        rows += _reversed_row(closing, bucket)
    return Section(heading, tuple(rows))


def _order(key: str) -> tuple[int, int, str]:
    """Numbers by size, then words, then what is unknown."""
    if key.isdecimal():
        return 0, int(key), ""
    return (2 if key == UNKNOWN else 1), 0, key


def _reversed_row(closing: Closing, bucket: Bucket) -> list[Row]:
    if not bucket.reversed_minor:
        return []
    return [Row(_("of which reversed"), "", _amount(closing, -bucket.reversed_minor), inner=True)]


def _named(closing: Closing, heading: str, named: tuple[Named, ...]) -> Section:
    rows = [
        Row(
            f"{_when(closing, one.at)} · {one.label} · {one.cashier} · {_what(one.what)}",
            "",
            _amount(closing, one.amount_minor),
        )
        for one in named
    ]
    return Section(heading, tuple(rows))


def _what(what: str) -> str:
    return {
        "redemption": _("handed over"),
        "void": _("reversal"),
        "shortfall": _("loss"),
        "void_refused": _("reversal refused"),
        "not_processed": _("not processed"),
    }[what]


def _when(closing: Closing, at: datetime) -> str:
    local = local_time(at, closing.time_zone)
    return f"{local:%d/%m/%Y} {time_of_day(at, closing.time_zone)}"


def _corrections(closing: Closing) -> Section:
    rows: list[Row] = []
    for one in closing.corrections:
        who = f"{_when(closing, one.at)} · {one.label} · {one.cashier}"
        for word, minor in (
            (_("handed over"), one.redeemed_minor),
            (_("reversal"), -one.reversed_minor),
            (_("loss"), -one.shortfall_minor),
            (_("loss paid afterwards"), -one.repaid_minor),
        ):
            if minor:
                rows.append(Row(f"{who} · {word}", "", _amount(closing, minor)))
    return Section(_("Corrections of earlier days (in the totals above)"), tuple(rows))


def _clock(closing: Closing) -> Section:
    words = {
        "back": _("entry {position}: dated before the one before it"),
        "future": _("entry {position}: dated after this closing"),
        "gap": _("entry {position}: more than seven days after the one before it"),
        "closing": _("this closing is dated before the last one"),
    }
    rows = [Row(words[one.flag].format(position=one.position)) for one in closing.clock_flags]
    return Section(_("The computer’s clock: uncertain dates"), tuple(rows))


def _perpetual(closing: Closing) -> Section:
    perpetual = closing.perpetual
    return Section(
        _("Since the first day of this till"),
        (
            Row(
                _("Handed over (perpetual total)"),
                "",
                _amount(closing, perpetual.redeemed_minor),
                strong=True,
            ),
            Row(_("Reversed"), "", _amount(closing, perpetual.reversed_minor)),
            Row(_("Lost"), "", _amount(closing, perpetual.shortfall_minor)),
        ),
    )


def _proof(kept: KeptClosing) -> Section:
    covers = kept.closing.covers
    if isinstance(covers, Numbers):
        span = _("Closings {first} to {last}").format(first=covers.first, last=covers.last)
    elif covers.until.entry > covers.since.entry:
        span = _("Journal entries {first} to {last}").format(
            first=covers.since.entry + 1, last=covers.until.entry
        )
    else:
        span = _("No journal entry")
    key = kept.closing.till_public_key
    return Section(
        _("Proof"),
        (
            Row(span),
            Row(_("Mark of this closing: {mark}").format(mark=_grouped(kept.hash.hex()))),
            Row(_("Signed with the till’s key: {mark}").format(mark=_grouped(key))),
        ),
    )


def _grouped(hexadecimal: str) -> str:
    """Enough of it to compare by eye."""
    return " ".join(hexadecimal[start : start + 4] for start in range(0, 16, 4))

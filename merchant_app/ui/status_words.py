"""What the status pill and the band under it say: the line to the central service, in words."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import assert_never

from merchant_app.i18n import _, formatting, ngettext
from merchant_app.till.results import LineState, NoAnswerKind, Status
from merchant_app.ui import offline_words, words
from merchant_app.ui.encaisser.card import Shape
from merchant_app.ui.palette import Tone

LIST_OLD_AFTER = timedelta(days=1)
"""From this age on the band says how old the till's list of vouchers is."""

_LONG = timedelta(hours=12)
"""After this the hour alone does not say since when."""


@dataclass(frozen=True, slots=True)
class Pill:
    """Attributes:
    text: short; on the pill.
    why: a sentence or two; on hover, and for a screen reader.
    filled: the dot is a disc; a ring otherwise, so that colour is not alone.
    """

    text: str
    why: str
    tone: Tone
    filled: bool


@dataclass(frozen=True, slots=True)
class Band:
    """What a cashier must know while the line, or the journal's second copy, is not well.

    `brief`: only what the pill above it does not say, for large text in a small window.
    """

    text: str
    brief: str
    tone: Tone
    shape: Shape


def pill(status: Status, *, now: datetime, time_zone: str) -> Pill:
    """The pill for this status at this moment."""
    text, why, tone = _line(status, now=now, time_zone=time_zone)
    waiting = status.unsent_sales or status.unsent
    if status.copying is not None:
        count = formatting.count(status.copying)
        text = f"{text} · " + _("list: {count}").format(count=count)
        why += " " + _("The list of vouchers is being fetched: {count} so far.").format(count=count)
    elif waiting:
        text = f"{text} · " + ngettext("{n} to send", "{n} to send", waiting).format(n=waiting)
        why += " " + kept(waiting)
        if status.unsent_at is not None:
            age = formatting.span((now - status.unsent_at).total_seconds())
            why += " " + _("The oldest has waited for {age}.").format(age=age)
    return Pill(text, why, tone, filled=status.line is LineState.ONLINE)


def band(status: Status, *, now: datetime, time_zone: str) -> Band | None:
    """What stands under the top bar; None when there is nothing to say."""
    call = _("Call the manager.")
    mirror = _mirror(status, now=now, time_zone=time_zone)
    match status.line:
        case LineState.OFFLINE:
            since, means, follows = _offline(status, now=now, time_zone=time_zone)
            return _band(
                Tone.LATER, Shape.CLOUD_OFF, [since, means, follows, mirror], brief=[means, mirror]
            )
        case LineState.NOT_ENTITLED:
            said = _("The central service does not accept this till any more.")
            kept_here = kept(status.unsent_sales)
            return _band(
                Tone.NO, Shape.OCTAGON, [said, kept_here, call, mirror], brief=[kept_here, call]
            )
        case LineState.STOPPED:
            kept_here = kept(status.unsent_sales)
            blocked = _("Till blocked.")
            return _band(
                Tone.NO, Shape.OCTAGON, [blocked, kept_here, call, mirror], brief=[kept_here, call]
            )
        case LineState.UNKNOWN | LineState.ONLINE | LineState.DEGRADED:
            return _band(Tone.LATER, Shape.INFO, [mirror], brief=[mirror]) if mirror else None
        case _:
            assert_never(status.line)


def _band(tone: Tone, shape: Shape, parts: list[str], *, brief: list[str]) -> Band:
    whole, short = (" ".join(filter(None, said)) for said in (parts, brief))
    return Band(whole, short, tone, shape)


def _mirror(status: Status, *, now: datetime, time_zone: str) -> str:
    if status.mirror_broken_since is None:
        return ""
    return _(
        "The second copy of the journal is not written {since}: check the disk or key."
    ).format(since=_since(status.mirror_broken_since, now=now, time_zone=time_zone))


def waiting(place: str, count: int) -> str:
    """ "À traiter, 2 en attente": a place of the rail, for whoever hears it."""
    waits = ngettext("{n} waits", "{n} wait", count).format(n=count)
    return f"{place}, {waits}"


def kept(unsent_sales: int) -> str:
    """How many sales are safe here and not at the service; empty when there are none."""
    if not unsent_sales:
        return ""
    return ngettext(
        "{n} sale is kept here, safely.", "{n} sales are kept here, safely.", unsent_sales
    ).format(n=unsent_sales)


def _offline(status: Status, *, now: datetime, time_zone: str) -> tuple[str, str, str]:
    """Since when, what may be done, and what follows."""
    if now - status.since > _LONG:
        since = _since(status.since, now=now, time_zone=time_zone)
        begin = _("Offline {since}.").format(since=since)
    else:
        time = formatting.time_of_day(status.since, time_zone)
        begin = _("Offline since {time}.").format(time=time)
    if status.why is NoAnswerKind.BEING_RESTORED:
        begin += " " + _("The central service is being restored.")
    if status.redemption_max is None:
        means = _("No voucher can be accepted while the line is cut.")
    else:
        most = offline_words.short(status.redemption_max)
        means = _("Vouchers are accepted up to {most}.").format(most=most)
    follows = ""
    if status.unsent_sales:
        follows = ngettext(
            "{n} sale will be sent when the line is back.",
            "{n} sales will be sent when the line is back.",
            status.unsent_sales,
        ).format(n=status.unsent_sales)
    return begin, means, f"{follows} {_list(status, now=now, time_zone=time_zone)}".strip()


def _list(status: Status, *, now: datetime, time_zone: str) -> str:
    if status.snapshot_at is None:
        return _("This till has no list of vouchers yet.")
    if now - status.snapshot_at <= LIST_OLD_AFTER:
        return ""
    moment = formatting.moment_in_words(status.snapshot_at, time_zone, now=now)
    return _("The list of vouchers was fetched {moment}.").format(moment=moment)


def _since(moment: datetime, *, now: datetime, time_zone: str) -> str:
    said = formatting.moment_in_words(moment, time_zone, now=now)
    return _("since {moment}").format(moment=said)


def _line(status: Status, *, now: datetime, time_zone: str) -> tuple[str, str, Tone]:
    match status.line:
        case LineState.UNKNOWN:
            return _("Connecting…"), _("The central service is being asked."), Tone.WAIT
        case LineState.ONLINE:
            return _online(status, now=now)
        case LineState.DEGRADED:
            why = words.no_answer(status.why) if status.why is not None else ""
            asks = _("The next debit asks it all the same. Press to try now.")
            return _("Slow line"), f"{why} {asks}".strip(), Tone.LATER
        case LineState.OFFLINE:
            since = formatting.time_of_day(status.since, time_zone)
            why = words.no_answer(status.why) if status.why is not None else ""
            wait = _("Comptoir tries again by itself. Press to try now.")
            return _("Offline since {time}").format(time=since), f"{why} {wait}".strip(), Tone.LATER
        case LineState.NOT_ENTITLED:
            return (
                _("Till not recognised"),
                _("The central service does not accept this till any more."),
                Tone.NO,
            )
        case LineState.STOPPED:
            return (
                _("Till blocked"),
                _("The journal here and the central service’s differ."),
                Tone.NO,
            )
        case _:
            assert_never(status.line)


def _online(status: Status, *, now: datetime) -> tuple[str, str, Tone]:
    if status.contact_at is None:
        return _("Online"), _("The central service answers."), Tone.YES
    ago = formatting.span((now - status.contact_at).total_seconds())
    return (
        _("Online · up to date {ago} ago").format(ago=ago),
        _("The central service answers. Press to ask it now."),
        Tone.YES,
    )

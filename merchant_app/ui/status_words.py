"""What the status pill and the band under it say: the line to the central service, in words."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import assert_never

from merchant_app.i18n import Language, _, active, formatting, ngettext
from merchant_app.till.results import LineState, NoAnswerKind, Status
from merchant_app.ui import offline_words, words
from merchant_app.ui.palette import Tone

LIST_OLD_AFTER = timedelta(days=1)
"""From this age on the band says how old the till's list of vouchers is."""


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
    """What a cashier must know while the line, or the journal's second copy, is not well."""

    text: str
    tone: Tone


def pill(status: Status, *, now: datetime, time_zone: str) -> Pill:
    """The pill for this status at this moment."""
    text, why, tone = _line(status, now=now, time_zone=time_zone)
    waiting = status.unsent_sales or status.unsent
    if status.copying is not None:
        count = _count(status.copying)
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
    parts: list[str] = []
    tone = Tone.LATER
    match status.line:
        case LineState.OFFLINE:
            parts += _offline(status, now=now, time_zone=time_zone)
        case LineState.NOT_ENTITLED:
            tone = Tone.NO
            parts += [_("The central service does not accept this till any more.")]
            parts += [kept(status.unsent_sales), _("Call the person in charge.")]
        case LineState.STOPPED:
            tone = Tone.NO
            parts += [_("Till blocked."), kept(status.unsent_sales)]
            parts += [_("Call the person in charge.")]
        case LineState.UNKNOWN | LineState.ONLINE | LineState.DEGRADED:
            pass
        case _:
            assert_never(status.line)
    if status.mirror_broken_since is not None:
        since = _since(status.mirror_broken_since, now=now, time_zone=time_zone)
        parts.append(
            _(
                "The second copy of the journal is not written {since}: check the disk or key."
            ).format(since=since)
        )
    text = " ".join(part for part in parts if part)
    return Band(text, tone) if text else None


def kept(unsent_sales: int) -> str:
    """How many sales are safe here and not at the service; empty when there are none."""
    if not unsent_sales:
        return ""
    return ngettext(
        "{n} sale is kept here, safely.", "{n} sales are kept here, safely.", unsent_sales
    ).format(n=unsent_sales)


def _offline(status: Status, *, now: datetime, time_zone: str) -> list[str]:
    """Since when, what may be done, and what follows."""
    since = formatting.time_of_day(status.since, time_zone)
    if now - status.since > timedelta(hours=12):
        since = _since(status.since, now=now, time_zone=time_zone)
        parts = [_("Offline {since}.").format(since=since)]
    else:
        parts = [_("Offline since {time}.").format(time=since)]
    if status.why is NoAnswerKind.BEING_RESTORED:
        parts.append(_("The central service is being restored."))
    if status.redemption_max is None:
        parts.append(_("No voucher can be accepted while the line is cut."))
    else:
        most = offline_words.short(status.redemption_max)
        parts.append(_("Vouchers are accepted up to {most}.").format(most=most))
    if status.unsent_sales:
        parts.append(
            ngettext(
                "{n} redemption will be sent when the line is back.",
                "{n} redemptions will be sent when the line is back.",
                status.unsent_sales,
            ).format(n=status.unsent_sales)
        )
    if status.snapshot_at is None:
        parts.append(_("This till has no list of vouchers yet."))
    elif now - status.snapshot_at > LIST_OLD_AFTER:
        moment = formatting.moment_in_words(status.snapshot_at, time_zone, now=now)
        parts.append(_("The list of vouchers was fetched {moment}.").format(moment=moment))
    return parts


def _count(n: int) -> str:
    """ "3 200" with a narrow no-break space; "3,200"."""
    return f"{n:,}".replace(",", "\u202f" if active() is Language.FRENCH else ",")


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

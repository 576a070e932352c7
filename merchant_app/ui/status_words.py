"""What the status pill says: the line to the central service, in words. No Qt."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import assert_never

from merchant_app.i18n import _, formatting, ngettext
from merchant_app.till.results import LineState, Status
from merchant_app.ui import words
from merchant_app.ui.palette import Tone


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


def pill(status: Status, *, now: datetime, time_zone: str) -> Pill:
    """The pill for this status at this moment."""
    text, why, tone = _line(status, now=now, time_zone=time_zone)
    if status.unsent:
        waiting = ngettext("{n} to send", "{n} to send", status.unsent).format(n=status.unsent)
        text = f"{text} · {waiting}"
        why += " " + ngettext(
            "{n} entry of the journal waits to be sent; it is safe on this computer.",
            "{n} entries of the journal wait to be sent; they are safe on this computer.",
            status.unsent,
        ).format(n=status.unsent)
    return Pill(text, why, tone, filled=status.line is LineState.ONLINE)


def _line(status: Status, *, now: datetime, time_zone: str) -> tuple[str, str, Tone]:
    match status.line:
        case LineState.UNKNOWN:
            return _("Connecting…"), _("The central service is being asked."), Tone.WAIT
        case LineState.ONLINE:
            if status.contact_at is None:
                return _("Online"), _("The central service answers."), Tone.YES
            ago = formatting.span((now - status.contact_at).total_seconds())
            return (
                _("Online · up to date {ago} ago").format(ago=ago),
                _("The central service answers. Press to ask it now."),
                Tone.YES,
            )
        case LineState.OFFLINE:
            since = formatting.time_of_day(status.since, time_zone)
            why = words.no_answer(status.why) if status.why is not None else ""
            wait = _("Debits wait for the line. Press to try now.")
            return (
                _("Offline since {time}").format(time=since),
                f"{why} {wait}".strip(),
                Tone.LATER,
            )
        case LineState.NOT_ENTITLED:
            return (
                _("Till not recognised"),
                _("The central service does not accept this till any more."),
                Tone.NO,
            )
        case LineState.STOPPED:
            return (
                _("Till stopped"),
                _("The journal here and the central service’s differ."),
                Tone.NO,
            )
        case _:
            assert_never(status.line)

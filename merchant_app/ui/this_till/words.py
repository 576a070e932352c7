"""What the screen of this till says. No Qt."""

from __future__ import annotations

from datetime import datetime

from merchant_app.i18n import _, formatting, ngettext
from merchant_app.till.counter import CounterFacts
from merchant_app.till.matters import MustStay, UnsentEntry
from merchant_app.till.results import LineState, Status
from merchant_app.ui import offline_words, words
from merchant_app.ui.function_keys import TO_SETTLE_KEY
from merchant_app.ui.this_till.presenter import Mode, Screen


def facts(of: CounterFacts, status: Status, *, now: datetime) -> tuple[tuple[str, str], ...]:
    """Names and values, in reading order."""
    listed = (
        formatting.moment_in_words(status.snapshot_at, of.time_zone, now=now)
        if status.snapshot_at is not None
        else _("none yet")
    )
    rows = [
        (_("Shop"), ", ".join(part for part in (of.shop_name, of.shop_city) if part)),
        (_("Till"), " · ".join(part for part in (of.till_name, of.cashier) if part)),
        (_("List of vouchers"), listed),
        (_("To send"), str(status.unsent_sales or status.unsent)),
    ]
    if status.offline is not None:
        rows.append((_("Offline"), offline_words.standing(status.offline)))
    return tuple(rows)


def sentence(screen: Screen) -> str:
    """What the screen says about leaving."""
    if screen.trouble is not None:
        told = words.problem(screen.trouble)
        return f"{told.word}. {told.sentence}"
    match screen.mode:
        case Mode.LOOKING if screen.stay is not None:
            return _staying(screen.stay)
        case Mode.LOOKING:
            return ""
        case Mode.ASKING | Mode.LEAVING:
            return _("One moment…")
        case Mode.CONFIRMING:
            return _(
                "Nothing would be lost. Without a new enrolment code nobody sells here any more. "
                "Remove this till from this computer?"
            )


def _staying(stay: MustStay) -> str:
    parts = [_("This till cannot be removed now.")]
    if stay.unsent:
        count = len(stay.unsent)
        parts.append(
            ngettext(
                "{n} entry is kept here and nowhere else: wait until it is sent.",
                "{n} entries are kept here and nowhere else: wait until they are sent.",
                count,
            ).format(n=count)
        )
    if stay.to_settle:
        parts.append(
            ngettext(
                "{n} matter is to settle first ({key}).",
                "{n} matters are to settle first ({key}).",
                stay.to_settle,
            ).format(n=stay.to_settle, key=TO_SETTLE_KEY)
        )
    return " ".join(parts)


def lost(stay: MustStay | None, *, time_zone: str, now: datetime) -> tuple[str, ...]:
    """What would be lost, a line each."""
    entries = stay.unsent if stay is not None else ()
    return tuple(_lost(entry, time_zone=time_zone, now=now) for entry in entries)


def _lost(entry: UnsentEntry, *, time_zone: str, now: datetime) -> str:
    match entry.handed_over:
        case True:
            fate = _("handed over")
        case False:
            fate = _("nothing handed over")
        case None:
            fate = _("no decision yet")
    moment = formatting.moment_in_words(entry.at, time_zone, now=now)
    parts = (formatting.money(entry.amount), ", ".join(entry.labels), moment, fate)
    return " · ".join(part for part in parts if part)


def must_enrol(status: Status) -> bool:
    """Whether only a new enrolment lets this till go on."""
    return status.line in (LineState.NOT_ENTITLED, LineState.STOPPED)

"""What is said about selling without the central service: limits, standing, whose word it is."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import assert_never
from zoneinfo import ZoneInfo

from merchant_app.i18n import _, formatting
from merchant_app.money import CURRENCIES, Money
from merchant_app.till.results import Lift, Limit, OfflineStanding
from merchant_app.ui.function_keys import ACCEPT_KEY


@dataclass(frozen=True, slots=True)
class Limited:
    """Why something cannot be accepted offline, and what to do about it."""

    reason: str
    advice: str


def limited(limit: Limit) -> Limited:
    """The two sentences of a limit."""
    wait = _("Wait for the line, or ask for another means of payment.")
    match limit:
        case Limit.SWITCHED_OFF:
            return Limited(_("No voucher is accepted while the line is cut."), wait)
        case Limit.REDEMPTION:
            return Limited(_("That is more than may be accepted offline at once."), wait)
        case Limit.VOUCHER:
            return Limited(_("That is more than may be accepted offline on this voucher."), wait)
        case Limit.TILL_SUM:
            return Limited(_("This till has accepted offline as much money as it may."), wait)
        case Limit.TILL_COUNT:
            return Limited(_("This till has accepted offline as many vouchers as it may."), wait)
        case Limit.SNAPSHOT_AGE:
            return Limited(
                _("The list of vouchers on this till is too old, or has not arrived yet."),
                _("Bring the line back: the list renews itself."),
            )
        case Limit.CLOCK:
            return Limited(
                _("The computer’s clock went back: nobody knows how old the list is."),
                _("Set the right time, then bring the line back."),
            )
        case Limit.UNKNOWN_VOUCHER:
            return Limited(_("This voucher is not on this till’s list."), wait)
        case Limit.NOT_ENTITLED:
            return Limited(
                _("The central service does not accept this till any more."),
                _("Call the manager: the till must be enrolled again."),
            )
        case _:
            assert_never(limit)


def liftable(lift: Lift) -> str:
    """How a limit can be lifted; empty: it cannot."""
    match lift:
        case Lift.NEVER:
            return ""
        case Lift.WITH_PIN:
            text = _("{key}: the manager can take it with the PIN.")
            return text.format(key=ACCEPT_KEY)
        case Lift.NO_PIN_SET:
            return _("A manager’s PIN could allow it: it is set in Settings.")
        case _:
            assert_never(lift)


def standing(of: OfflineStanding) -> str:
    """ "3 of 40, €120 of €300": what is accepted and not confirmed, out of how much."""
    return _("{count} of {count_max}, {sum} of {sum_max}").format(
        count=of.count,
        count_max=of.count_max,
        sum=short(of.sum),
        sum_max=short(of.sum_max),
    )


def short(amount: Money) -> str:
    """An amount in a sentence: "50 €" where there are no cents to speak of."""
    text = formatting.money(amount)
    places = CURRENCIES[amount.currency].decimals
    if places and amount.minor % 10**places == 0:
        for point in ",.":
            text = text.replace(point + "0" * places, "")
    return text


def list_of(copied_at: datetime, *, now: datetime, time_zone: str) -> str:
    """Which list a verdict comes from: "from the list of 14:02"."""
    zone = ZoneInfo(time_zone)
    day, today = copied_at.astimezone(zone).date(), now.astimezone(zone).date()
    time = formatting.time_of_day(copied_at, time_zone)
    if day == today:
        return _("from the list of {time}").format(time=time)
    return _("from the list of {day} at {time}").format(
        day=formatting.day_in_year(day, today=today), time=time
    )

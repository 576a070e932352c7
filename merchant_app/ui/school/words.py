"""What the exercises say: what happens, what to say to the customer. No Qt."""

from __future__ import annotations

from typing import assert_never

from merchant_app.i18n import _, formatting
from merchant_app.money import Money
from merchant_app.till.school import Exercise, Fault, Situation
from merchant_app.ui import words
from merchant_app.ui.school.presenter import SITUATIONS, Screen

PART_MINOR = 37_00
"""What the second exercise asks to debit."""


def name(situation: Situation) -> str:
    """One line of the list."""
    match situation:
        case Situation.GOOD:
            return _("A good voucher")
        case Situation.PART:
            return _("A part of a voucher")
        case Situation.USED:
            return _("Used already")
        case Situation.EXPIRED:
            return _("Expired")
        case Situation.OUTAGE:
            return _("The line is down")
        case Situation.REFUSED_LATER:
            return _("Refused afterwards")
        case _:
            assert_never(situation)


def line(situation: Situation, screen: Screen) -> str:
    """The same with its number, and whether it is done."""
    number = SITUATIONS.index(situation) + 1
    told = f"{number}. {name(situation)}"
    return f"{told} ✓" if situation in screen.done else told


def happens(situation: Situation) -> str:
    """What to do, and what is seen then."""
    match situation:
        case Situation.GOOD:
            return _("Present it: the card turns green. Enter debits it, and two notes say so.")
        case Situation.PART:
            return _(
                "Present it, type 37 as the amount to debit, then Enter. What is left stays on "
                "the voucher."
            )
        case Situation.USED:
            return _("Present it: the card says when it was used, where, and for how much.")
        case Situation.EXPIRED:
            return _("Present it: the card says since when. Nothing can be debited.")
        case Situation.OUTAGE:
            return _(
                "The line goes down by itself. Present it, then Enter: Comptoir accepts it, within "
                "the limits, and sends it later."
            )
        case Situation.REFUSED_LATER:
            return _(
                "Accepted while the line is down, but used up at the other till meanwhile. "
                "When the line is back, a card waits in “To settle”."
            )
        case _:
            assert_never(situation)


def to_say(situation: Situation) -> str:
    """What to say to the customer."""
    match situation:
        case Situation.GOOD:
            return _("“Your voucher is good for {amount}. Thank you.”")
        case Situation.PART:
            return _("“There are {rest} left on it. Keep it for your next visit.”")
        case Situation.USED:
            return _("“It was used three days ago at our other till. Could it be another one?”")
        case Situation.EXPIRED:
            return _("“It ran out forty days ago. The platform can tell you what is possible.”")
        case Situation.OUTAGE:
            return _("“That is fine, thank you.” The line is not the customer’s concern.")
        case Situation.REFUSED_LATER:
            return _("Nothing: the goods are gone. Call the customer, or accept the loss.")
        case _:
            assert_never(situation)


def said(exercise: Exercise) -> str:
    """`to_say`, with the amounts of this voucher."""
    part = Money(PART_MINOR, exercise.face.currency)
    rest = exercise.face - part if exercise.face > part else part
    return to_say(exercise.situation).format(
        amount=formatting.money(exercise.face), rest=formatting.money(rest)
    )


def fault(of: Fault) -> str:
    """What can be wrong with the line."""
    match of:
        case Fault.NONE:
            return _("Line as usual")
        case Fault.DOWN:
            return _("Line down")
        case Fault.SLOW:
            return _("Slow line")
        case Fault.REFUSING:
            return _("Service refusing")
        case _:
            assert_never(of)


def coach(screen: Screen) -> str:
    """One line for every screen while an exercise runs; empty when there is none."""
    running = screen.running
    exercise = screen.exercise(running)
    if running is None or exercise is None:
        return ""
    number = SITUATIONS.index(running) + 1
    if running in screen.done:
        told = _("Well done: {name}.").format(name=name(running))
    elif running is Situation.REFUSED_LATER and screen.accepted:
        told = _("The line is coming back: look at “To settle”.")
    else:
        told = said(exercise)
    return _("Exercise {n} · {told}").format(n=number, told=told)


def message(screen: Screen) -> str:
    """What the page itself has to tell."""
    if screen.trouble is not None:
        told = words.problem(screen.trouble)
        return f"{told.word}. {told.sentence}"
    if screen.busy:
        return _("One moment…")
    if screen.spent:
        return _("This voucher was just used up at till 2: present it, and see.")
    if len(screen.done) == len(SITUATIONS):
        return _("All six are done: you know the counter.")
    return ""

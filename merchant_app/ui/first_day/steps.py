"""The steps of the first day, and their order. No Qt."""

from __future__ import annotations

from merchant_app.i18n import _
from merchant_app.settings.options import FirstDay

STEPS = (
    FirstDay.LANGUAGE,
    FirstDay.ENROLMENT,
    FirstDay.CAMERA,
    FirstDay.SOUNDS,
    FirstDay.PRINTER,
    FirstDay.READY,
)
"""Each is a page, in this order."""
AT_THE_TILL = STEPS[1:]
"""Those that an open till goes on with. That it is enrolled is only told there."""


def after(step: FirstDay) -> FirstDay:
    """The step that follows; DONE after the last."""
    place = STEPS.index(step) + 1
    return STEPS[place] if place < len(STEPS) else FirstDay.DONE


def before(step: FirstDay) -> FirstDay | None:
    """The step to go back to; None: it is the first."""
    place = STEPS.index(step)
    return STEPS[place - 1] if place else None


def told(step: FirstDay) -> str:
    """Which of the steps it is, for the head of its page."""
    return _("Step {n} of {count}").format(n=STEPS.index(step) + 1, count=len(STEPS))

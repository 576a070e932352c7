"""Every state of the exercises, once."""

from __future__ import annotations

from dataclasses import replace

from merchant_app.errors import ProblemKind
from merchant_app.till.school import Fault, Situation
from merchant_app.ui.school.presenter import Screen
from tests.fakes.school import EXERCISES

_MADE = Screen(exercises=EXERCISES)

SCHOOL: dict[str, Screen] = {
    "school-making": Screen(busy=True),
    **{
        f"school-{situation.value.replace('_', '-')}": replace(
            _MADE,
            chosen=situation,
            done=frozenset(list(Situation)[:place]),
        )
        for place, situation in enumerate(Situation)
    },
    "school-fault": replace(_MADE, fault=Fault.REFUSING),
    "school-spent": replace(_MADE, spent=True),
    "school-trouble": replace(_MADE, trouble=ProblemKind.TRAINING_SERVICE_FAILED),
    "school-all-done": replace(_MADE, done=frozenset(Situation)),
}
"""The page itself."""

COACHED: dict[str, Screen] = {
    "coach-good": replace(_MADE, running=Situation.GOOD),
    "coach-expired": replace(_MADE, running=Situation.EXPIRED),
    "coach-well-done": replace(_MADE, running=Situation.USED, done=frozenset(list(Situation)[:3])),
    "coach-line-back": replace(_MADE, running=Situation.REFUSED_LATER, accepted=True),
}
"""The band over the checkout, while an exercise runs."""

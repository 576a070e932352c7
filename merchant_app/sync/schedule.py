"""When to try again: arithmetic over the seconds of a monotonic clock, no thread and no waiting.

Exponential backoff with full jitter: after k failures in a row the wait is drawn evenly from
[0, min(cap, base * 2^k)]. Tills that lost the same service at the same instant then come back
spread out, and no wait is lost on a line that is back (Marc Brooker, "Exponential Backoff And
Jitter", AWS Architecture Blog, 2015).
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum

from merchant_app.central.port import NoAnswer, NoAnswerKind

BASE_S = 0.5
LINE_CAP_S = 8.0
"""Knocking on a closed door burdens nobody. A name look-up that began just before the line came
back may hang for 5 s more (one round of a resolver): with this cap the till is online again within
15 s of its line all the same."""
SERVICE_CAP_S = 60.0
RETRY_AFTER_OBEYED_MAX_S = 600.0
"""A service that asks for more is asked again after ten minutes: it may have meant another."""
_DOUBLINGS_MAX = 16  # every cap is reached long before; 2^k must not grow without end


class TroubleKind(Enum):
    """Whose trouble it is: that decides how long a wait may become."""

    LINE = "line"
    """Nothing of the service was heard. Slow answers too: a cut line looks the same."""
    SERVICE = "service"
    """The service itself said that it cannot."""
    HERE = "here"
    """A Problem of this computer: a full disk, say."""


_CAPS_S = {
    TroubleKind.LINE: LINE_CAP_S,
    TroubleKind.SERVICE: SERVICE_CAP_S,
    TroubleKind.HERE: LINE_CAP_S,
}
_SERVICE_KINDS = frozenset(
    {
        NoAnswerKind.SERVICE_FAILED,
        NoAnswerKind.TOO_MANY_REQUESTS,
        NoAnswerKind.BEING_RESTORED,
    }
)


@dataclass(frozen=True, slots=True)
class Trouble:
    """A try that failed. `retry_after_s` is what the service asked for, if it did."""

    kind: TroubleKind
    retry_after_s: float | None = None


def trouble_of(answer: NoAnswer) -> Trouble:
    """Whose trouble a missing answer is."""
    service = answer.kind in _SERVICE_KINDS
    return Trouble(TroubleKind.SERVICE if service else TroubleKind.LINE, answer.retry_after_s)


class Timetable:
    """When the next try of one worker is due. One thread at a time.

    The first try is due at once.
    """

    def __init__(
        self, *, every_s: float | None, chance: Callable[[], float], base_s: float = BASE_S
    ) -> None:
        """Begin with a clean slate.

        Args:
            every_s: from one success to the next try; None: the next is due when woken.
            chance: draws evenly from [0, 1).
            base_s: the longest wait after the first failure.
        """
        self._every_s = every_s
        self._chance = chance
        self._base_s = base_s
        self._failures = 0
        self._due_s = -math.inf
        self._not_before_s = -math.inf
        self._woken = False

    def wake(self) -> None:
        """The next try is due now; but not earlier than the service asked for."""
        self._woken = True

    def began(self) -> None:
        """A try begins: it serves whoever woke us until now, nobody who does from here on."""
        self._woken = False

    def ended(self, trouble: Trouble | None, *, now_s: float) -> None:
        """A try ended; None: well."""
        if trouble is None:
            self._failures = 0
            self._not_before_s = -math.inf
            self._due_s = math.inf if self._every_s is None else now_s + self._every_s
            return
        most_s = min(_CAPS_S[trouble.kind], self._base_s * 2 ** min(self._failures, _DOUBLINGS_MAX))
        self._failures += 1
        asked_s = min(max(0.0, trouble.retry_after_s or 0.0), RETRY_AFTER_OBEYED_MAX_S)
        self._not_before_s = now_s + asked_s
        # On top of what was asked for: tills that were told the same second must not all keep it.
        self._due_s = self._not_before_s + self._chance() * most_s

    def due_in_s(self, now_s: float) -> float | None:
        """Seconds until the next try is due; 0: now; None: not before somebody wakes us."""
        due_s = self._not_before_s if self._woken else self._due_s
        return None if due_s == math.inf else max(0.0, due_s - now_s)

"""What is known of the line, from what really happened to the latest calls."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from enum import Enum

from merchant_app.central.port import (
    HeldEntries,
    HeldEpochs,
    NoAnswer,
    NoAnswerKind,
    NotAuthorised,
    Rejected,
    Rewind,
    Stored,
    TillFacts,
)
from merchant_app.clock import Clock

QUICK_S = 2.0
"""An answer that took longer came late: the line is slow, and the screen says so."""

_Silent = TillFacts | Rewind | HeldEpochs | HeldEntries | Rejected
"""What a service that is being restored may say too: it is no sign that the restoring is over."""


class LineState(Enum):
    """The line to the central service, from what really happened to the latest calls."""

    UNKNOWN = "unknown"
    """Nothing was asked yet."""
    ONLINE = "online"
    DEGRADED = "degraded"
    """The last call had no answer, or a late one; the next redemption still asks."""
    OFFLINE = "offline"
    NOT_ENTITLED = "not_entitled"
    STOPPED = "stopped"
    """Our chain and the service's differ."""


class Course(Enum):
    """What a redemption does while the line is in some state."""

    ASK = "ask"
    """Ask the service and wait for its answer."""
    WITHIN_LIMITS = "within_limits"
    """Nobody can be asked: accept within the limits for offline."""
    NOTHING = "nothing"
    """Sell nothing."""


def course(state: LineState) -> Course:
    """What a redemption does now."""
    match state:
        case LineState.UNKNOWN | LineState.ONLINE | LineState.DEGRADED:
            return Course.ASK
        case LineState.OFFLINE:
            return Course.WITHIN_LIMITS
        case LineState.NOT_ENTITLED | LineState.STOPPED:
            return Course.NOTHING


def _is_final(kind: NoAnswerKind) -> bool:
    """Whether one such failure is enough; others may be a hiccup and need a second in a row."""
    match kind:
        case (
            NoAnswerKind.DOWN
            | NoAnswerKind.NAME_NOT_FOUND
            | NoAnswerKind.INSECURE
            | NoAnswerKind.REDIRECTED
            | NoAnswerKind.BEING_RESTORED
        ):
            return True
        case (
            NoAnswerKind.SLOW
            | NoAnswerKind.BROKEN_OFF
            | NoAnswerKind.SERVICE_FAILED
            | NoAnswerKind.NOT_UNDERSTOOD
            | NoAnswerKind.TOO_LARGE
            | NoAnswerKind.TOO_MANY_REQUESTS
        ):
            return False


@dataclass(frozen=True, slots=True)
class LineFacts:
    """`since` is when the state began, `contact_at` the last answer; both UTC.

    `why` is set while OFFLINE or DEGRADED, and only then.
    """

    state: LineState
    since: datetime
    contact_at: datetime | None
    why: NoAnswerKind | None


class Connectivity:
    """Keeps the facts; any thread may report or read.

    Each report decides anew, so the line is never stuck in a state. Two states are not about the
    line and outlast it: STOPPED ends with a new enrolment, which has a line of its own,
    NOT_ENTITLED by an answer that only an entitled till gets, to a call that began after the
    refusal: neither an answer that was under way nor a pulled cable may make a revoked till accept
    vouchers again.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._facts = LineFacts(LineState.UNKNOWN, clock.now(), None, None)
        self._failed_before = False
        self._refused_at_s = 0.0
        self._listeners: list[Callable[[], None]] = []

    def facts(self) -> LineFacts:
        # No lock: the facts are one value, replaced whole.
        return self._facts

    def listen(self, listener: Callable[[], None]) -> None:
        """Call `listener` whenever the facts have changed (`contact_at` is one of them).

        It runs in the thread that reported, after the change; what it finds may be newer still.
        """
        self._listeners.append(listener)

    def report(self, answer: object, *, took_s: float | None = None) -> None:
        """Take note of the outcome of any call of the port.

        Args:
            answer: what the call returned.
            took_s: how long it took; None where that says nothing about the line (nor when the
                call began).
        """
        with self._lock:
            facts = self._after(answer, took_s=took_s)
            changed = self._change_to(facts)
        self._tell(changed=changed)

    def stop(self) -> None:
        """Our chain and the service's differ; nothing but a new enrolment changes that."""
        with self._lock:
            changed = self._change_to(self._answered(LineState.STOPPED))
        self._tell(changed=changed)

    def _after(self, answer: object, *, took_s: float | None) -> LineFacts:
        """The facts once this answer is known; the lock is held."""
        old = self._facts
        if old.state is LineState.STOPPED:
            return old
        match answer:
            case NoAnswer(kind=kind):
                return self._after_failure(kind)
            case NotAuthorised():
                state, why = LineState.NOT_ENTITLED, None
                self._refused_at_s = self._clock.monotonic_s()
            case _ if old.state is LineState.NOT_ENTITLED and not self._is_after_refusal(took_s):
                state, why = old.state, None
            case Rejected() if old.state is LineState.NOT_ENTITLED:
                # Malformed, said before anybody asked who we are.
                state, why = old.state, None
            case Stored(recovering=True):
                state, why = LineState.OFFLINE, NoAnswerKind.BEING_RESTORED
            case _ if old.why is NoAnswerKind.BEING_RESTORED and isinstance(answer, _Silent):
                state, why = old.state, old.why
            case _ if took_s is not None and took_s > QUICK_S:
                state, why = LineState.DEGRADED, NoAnswerKind.SLOW
            case _:
                state, why = LineState.ONLINE, None
        self._failed_before = False
        return self._answered(state, why=why)

    def _is_after_refusal(self, took_s: float | None) -> bool:
        return took_s is not None and self._clock.monotonic_s() - took_s >= self._refused_at_s

    def _after_failure(self, kind: NoAnswerKind) -> LineFacts:
        old = self._facts
        if old.state is LineState.NOT_ENTITLED:
            return old
        second = self._failed_before or old.state is LineState.OFFLINE
        self._failed_before = True
        state = LineState.OFFLINE if second or _is_final(kind) else LineState.DEGRADED
        if state is old.state and kind is old.why:
            return old
        return LineFacts(state, self._since(state), old.contact_at, kind)

    def _answered(self, state: LineState, *, why: NoAnswerKind | None = None) -> LineFacts:
        return LineFacts(state, self._since(state), self._clock.now(), why)

    def _since(self, state: LineState) -> datetime:
        """When a state began that holds now."""
        old = self._facts
        return old.since if state is old.state else self._clock.now()

    def _change_to(self, facts: LineFacts) -> bool:
        """Keep these facts; whether they are others than before. The lock is held."""
        old, self._facts = self._facts, facts
        return facts is not old and facts != old

    def _tell(self, *, changed: bool) -> None:
        if changed:
            for listener in self._listeners:
                listener()

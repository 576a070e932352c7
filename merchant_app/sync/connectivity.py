"""What is known of the line, from what really happened to the latest calls."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from enum import Enum

from merchant_app.central.port import NoAnswer, NoAnswerKind, NotAuthorised
from merchant_app.clock import Clock


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


@dataclass(frozen=True, slots=True)
class LineFacts:
    """`since` is when the state began, `contact_at` the last answer; both UTC."""

    state: LineState
    since: datetime
    contact_at: datetime | None
    why: NoAnswerKind | None


class Connectivity:
    """Keeps the facts; any thread may report or read. Listeners run in the reporting thread."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._facts = LineFacts(LineState.UNKNOWN, clock.now(), None, None)
        self._listeners: list[Callable[[], None]] = []

    def facts(self) -> LineFacts:
        with self._lock:
            return self._facts

    def listen(self, listener: Callable[[], None]) -> None:
        """Call `listener` after every report."""
        self._listeners.append(listener)

    def report(self, answer: object) -> None:
        """Take note of the outcome of any call of the port."""
        now = self._clock.now()
        match answer:
            case NoAnswer(kind=kind):
                self._become(LineState.OFFLINE, now, why=kind)
            case NotAuthorised():
                self._become(LineState.NOT_ENTITLED, now, answered=True)
            case _:
                self._become(LineState.ONLINE, now, answered=True)

    def stop(self) -> None:
        """Our chain and the service's differ; nothing but a new enrolment changes that."""
        self._become(LineState.STOPPED, self._clock.now(), answered=True)

    def _become(
        self,
        state: LineState,
        now: datetime,
        *,
        why: NoAnswerKind | None = None,
        answered: bool = False,
    ) -> None:
        with self._lock:
            old = self._facts
            if old.state is LineState.STOPPED:
                state = LineState.STOPPED
            since = old.since if state is old.state else now
            contact_at = now if answered else old.contact_at
            self._facts = replace(old, state=state, since=since, contact_at=contact_at, why=why)
        for listener in self._listeners:
            listener()

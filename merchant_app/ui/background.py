"""Work in threads, results in the GUI thread: the only way from one to the other.

A worker hands its result over by emitting a signal of a QObject that lives in the GUI thread,
connected to that object's own bound method: Qt then queues it. (A lambda would run in the worker.)
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, TypeAlias, TypeVar

from PySide6.QtCore import QObject, Qt, Signal, Slot

from merchant_app.errors import Problem, ProblemKind

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Done(Generic[T]):
    result: T

    @property
    def told(self) -> T:
        """What a presenter is told of it."""
        return self.result


@dataclass(frozen=True, slots=True)
class Met:
    """The work met a Problem."""

    kind: ProblemKind

    @property
    def told(self) -> ProblemKind:
        """What a presenter is told of it."""
        return self.kind


Outcome: TypeAlias = Done[T] | Met


class Background(QObject):
    """Runs functions in daemon threads. Create it, and call it, in the GUI thread."""

    _arrived = Signal()

    def __init__(self, on_bug: Callable[[BaseException], None], parent: QObject) -> None:
        """`on_bug` gets whatever is raised that is no Problem; in the GUI thread."""
        super().__init__(parent)
        self._on_bug = on_bug
        self._guard = threading.Lock()
        self._results: deque[Callable[[], None]] = deque()
        self._closed = False
        self._arrived.connect(self._deliver, Qt.ConnectionType.QueuedConnection)

    def start(
        self, work: Callable[[], T], then: Callable[[Outcome[T]], None], *, name: str
    ) -> None:
        """Run `work` in a thread of its own; `then` is called in the GUI thread.

        Daemon threads: a call that hangs in a driver or a keyring never keeps the window from
        closing. What must not be lost is in the journal before anything slow begins.
        """
        threading.Thread(target=self._run, args=(work, then), name=name, daemon=True).start()

    def close(self) -> None:
        """Drop what still arrives: the window is going away."""
        with self._guard:
            self._closed = True
            self._results.clear()

    def _run(self, work: Callable[[], T], then: Callable[[Outcome[T]], None]) -> None:
        def deliver() -> None:
            then(outcome)

        try:
            outcome: Outcome[T] = Done(work())
        except Problem as problem:
            outcome = Met(problem.kind)
        except BaseException as bug:
            self._hand_over(_BugReport(self._on_bug, bug))
            return
        self._hand_over(deliver)

    def _hand_over(self, delivery: Callable[[], None]) -> None:
        with self._guard:
            if self._closed:
                return
            self._results.append(delivery)
            self._arrived.emit()

    @Slot()
    def _deliver(self) -> None:
        with self._guard:
            if not self._results:
                return
            delivery = self._results.popleft()
        delivery()


@dataclass(frozen=True, slots=True)
class _BugReport:
    on_bug: Callable[[BaseException], None]
    bug: BaseException

    def __call__(self) -> None:
        self.on_bug(self.bug)

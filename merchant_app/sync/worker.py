"""A thread that does one thing again and again: when it is due, and whenever woken."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable

from merchant_app.central.port import NoAnswer
from merchant_app.clock import Clock
from merchant_app.errors import Problem, ProblemKind
from merchant_app.sync.schedule import Timetable, Trouble, TroubleKind, trouble_of

STOP_LIMIT_S = 2.0
"""The window closes; work that hangs in a slow line is left behind and ends by its own limits."""

Stopped = Callable[[], bool]
"""Whether the work should end now; it asks wherever it can leave off."""
Work = Callable[[Stopped], object]
"""Does the work; returns the outcome of its last call of the port. `NoAnswer` is trouble, and so
is a `Trouble`; anything else went well."""

_log = logging.getLogger(__name__)


class Worker:
    """Does `work` in a thread of its own. Any thread may start, wake and stop it.

    What the work raises: a Problem is logged and tried again like a line that is down; anything
    else is a Bug and ends the thread through `threading.excepthook`.
    """

    def __init__(self, name: str, work: Work, *, timetable: Timetable, clock: Clock) -> None:
        """Prepare; nothing runs yet.

        Args:
            name: of the thread, and in the log.
            work: never runs twice at the same time.
            timetable: used by this worker alone.
            clock: its monotonic seconds are the timetable's.
        """
        self._name = name
        self._work = work
        self._timetable = timetable
        self._clock = clock
        self._changed = threading.Condition()
        self._one_at_a_time = threading.Lock()
        self._stopping = threading.Event()
        self._stopping.set()
        self._thread: threading.Thread | None = None
        self._problem: ProblemKind | None = None

    def start(self) -> None:
        """Begin, at once; nothing if it runs already."""
        with self._changed:
            if not self._stopping.is_set():
                return
            self._stopping = stopping = threading.Event()
            self._timetable.wake()
            self._thread = threading.Thread(
                target=self._run, args=(stopping,), name=self._name, daemon=True
            )
            self._thread.start()

    def wake(self) -> None:
        """Work now, or once more after what is being done; a stopped worker does when started."""
        with self._changed:
            self._timetable.wake()
            self._changed.notify_all()

    def stop(self) -> None:
        """Work no more; returns within STOP_LIMIT_S."""
        with self._changed:
            self._stopping.set()
            self._changed.notify_all()
            thread = self._thread
        if thread is not None and thread is not threading.current_thread():
            thread.join(STOP_LIMIT_S)

    def _run(self, stopping: threading.Event) -> None:
        # Whoever was left behind by a stop ends before we begin.
        with self._one_at_a_time:
            while self._waited(stopping):
                try:
                    trouble = self._tried(stopping)
                except BaseException:
                    if stopping.is_set():
                        return  # what the work is done with has been closed meanwhile
                    raise
                with self._changed:
                    self._timetable.ended(trouble, now_s=self._clock.monotonic_s())

    def _waited(self, stopping: threading.Event) -> bool:
        """Wait until it is time. False: stop."""
        with self._changed:
            while not stopping.is_set():
                due_in_s = self._timetable.due_in_s(self._clock.monotonic_s())
                if due_in_s == 0:
                    self._timetable.began()
                    return True
                self._changed.wait(due_in_s)
            return False

    def _tried(self, stopping: threading.Event) -> Trouble | None:
        try:
            result = self._work(stopping.is_set)
        except Problem as problem:
            # The next action of the cashier meets it too, and shows it. Once is enough for the log.
            if problem.kind is not self._problem:
                _log.error("%s: %s", self._name, problem)
            self._problem = problem.kind
            return Trouble(TroubleKind.HERE)
        self._problem = None
        match result:
            case NoAnswer():
                return trouble_of(result)
            case Trouble():
                return result
            case _:
                return None

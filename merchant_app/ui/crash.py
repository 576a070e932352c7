"""Bugs stop the till: no exception in a slot or a thread is printed and forgotten.

PySide6 prints an exception that leaves a slot and goes on, with exit code 0. Going on selling
after a promise of our own code was broken is the one thing a till must not do.
"""

from __future__ import annotations

import logging
import sys
import threading
from collections import deque
from types import TracebackType

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from merchant_app.errors import Problem

_log = logging.getLogger(__name__)


class CrashHandler(QObject):
    """Hears of every exception nobody caught. Lives in the GUI thread.

    Signals:
        crashed(): a bug; emitted once, in the GUI thread.
        problem_met(object): a `ProblemKind` that reached a thread's end, in the GUI thread.
    """

    crashed = Signal()
    problem_met = Signal(object)
    _bug_somewhere = Signal()
    _problem_somewhere = Signal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.has_crashed = False
        self._problems: deque[object] = deque()
        self._bug_somewhere.connect(self._stop)
        self._problem_somewhere.connect(self._queue_problem)

    def install(self) -> None:
        """From now on. The process has one."""
        sys.excepthook = self._uncaught
        threading.excepthook = self._uncaught_in_thread

    def report(self, bug: BaseException) -> None:
        """Somebody caught a bug on its way. Any thread."""
        self._uncaught(type(bug), bug, bug.__traceback__)

    def _uncaught(
        self,
        kind: type[BaseException],
        error: BaseException,
        traceback: TracebackType | None,
    ) -> None:
        if isinstance(error, KeyboardInterrupt):
            sys.__excepthook__(kind, error, traceback)
            return
        if isinstance(error, Problem):
            _log.error("a problem nobody handled: %s", error, exc_info=(kind, error, traceback))
            self._problem_somewhere.emit(error.kind)
            return
        _log.critical("a bug stops the till", exc_info=(kind, error, traceback))
        self._bug_somewhere.emit()

    def _uncaught_in_thread(self, args: threading.ExceptHookArgs) -> None:
        error = args.exc_value if args.exc_value is not None else args.exc_type()
        self._uncaught(args.exc_type, error, args.exc_traceback)

    # What is told is told in a turn of the event loop of its own, never in the middle of the paint
    # or slot that failed. (A timer, for Qt's own "queued" is an enum that costs the start 16 ms.)

    @Slot()
    def _stop(self) -> None:
        if not self.has_crashed:
            self.has_crashed = True
            QTimer.singleShot(0, self._tell_crash)

    @Slot()
    def _tell_crash(self) -> None:
        self.crashed.emit()

    @Slot(object)
    def _queue_problem(self, kind: object) -> None:
        self._problems.append(kind)
        QTimer.singleShot(0, self._tell_problem)

    @Slot()
    def _tell_problem(self) -> None:
        self.problem_met.emit(self._problems.popleft())

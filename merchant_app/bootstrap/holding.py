"""What a running program holds of its profile: the log, and the lock that makes it the only one."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack

from merchant_app.errors import ProblemKind
from merchant_app.settings.paths import Profile


class Holding:
    """Worker threads, one at a time; each of the two is taken once."""

    def __init__(
        self, profile: Profile, held: ExitStack, *, on_locked: Callable[[], None] | None
    ) -> None:
        """`held` lets go of both; `on_locked` is called in the worker that took the lock."""
        self._profile = profile
        self._held = held
        self._on_locked = on_locked
        self._logs = False
        self._locked = False

    def start_log(self) -> None:
        """Begin the log; not before the window stands, because loading its parts takes a while.

        Raises:
            Problem: DISK_FULL, DISK_READ_ONLY.
        """
        from merchant_app import log
        from merchant_app.settings.paths import disk_problem

        if self._logs:
            return
        try:
            self._held.callback(log.start(self._profile.log))
        except OSError as error:
            raise disk_problem(error, ProblemKind.DISK_READ_ONLY) from error
        self._logs = True

    def lock(self) -> None:
        """Be the only program on this profile.

        Raises:
            Problem: ALREADY_RUNNING, DISK_FULL, DISK_READ_ONLY.
        """
        from merchant_app.settings.lock import only_instance

        if self._locked:
            return
        self._held.enter_context(only_instance(self._profile))
        self._locked = True
        if self._on_locked is not None:
            self._on_locked()

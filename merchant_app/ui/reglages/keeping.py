"""What was chosen on its way to the disk, one option after the other."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass

from merchant_app.errors import Problem, ProblemKind
from merchant_app.settings.options import Option, Options, Value
from merchant_app.ui.background import Background, Met, Outcome

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class _Writing:
    """One option on its way to the disk."""

    key: str
    write: Callable[[], None]


class OptionsKeeper:
    """Writes in worker threads; GUI thread."""

    def __init__(
        self,
        options: Options,
        *,
        background: Background,
        not_kept: Callable[[ProblemKind], None],
    ) -> None:
        """`not_kept` is told, in the GUI thread, that one could not be written."""
        self._options = options
        self._background = background
        self._not_kept = not_kept
        self._stopped = False
        self._unwritten: list[_Writing] = []

    def keep(self, option: Option[Value], value: Value) -> None:
        """Write it down; returns at once."""

        def write() -> None:
            self._options.set(option, value)

        # One after the other, so that of two values of one option the later one is the last; a
        # volume that is still being moved is written once, not for each step.
        waiting = [writing for writing in self._unwritten[1:] if writing.key != option.key]
        self._unwritten[1:] = [*waiting, _Writing(option.key, write)]
        if len(self._unwritten) == 1:
            self._write_next()

    def stop(self) -> None:
        """Nothing more is told; what was chosen last is written now."""
        self._stopped = True
        for writing in self._unwritten[1:]:  # the first is being written
            try:
                writing.write()
            except Problem as problem:
                _log.warning("%s was not kept: %s", writing.key, problem)

    def _write_next(self) -> None:
        self._background.start(self._unwritten[0].write, self._written, name="options")

    def _written(self, outcome: Outcome[None]) -> None:
        if self._stopped:
            return
        del self._unwritten[0]
        if isinstance(outcome, Met):
            self._not_kept(outcome.kind)
        if self._unwritten:
            self._write_next()

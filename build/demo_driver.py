"""Drives a window through a story: waits for each step, photographs it, presses the keys."""

from __future__ import annotations

import time
from abc import abstractmethod
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, Qt, QTimer, Slot
from PySide6.QtTest import QTest

from merchant_app.bootstrap.program import Assembled
from merchant_app.ui.encaisser import outcomes
from merchant_app.ui.encaisser.screen import EncaisserScreen
from merchant_app.ui.encaisser.states import Debitable, Declined, State

POLL_MS = 15
BETWEEN_KEYS_MS = 90
BEFORE_SCAN_MS = 400
"""A key that comes just before a burst would be taken for its first character."""
READING_S = outcomes.UNMEANT_WITHIN_S + 0.2
STEP_LIMIT_S = 180.0
"""The film is shorter than this: a card that was missed comes again, and once more."""


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that must come to pass.

    Attributes:
        name: of the step and of its picture.
        role: what was scanned, for the summary.
        reached: whether it has come to pass.
        is_filmed: whether a card before the camera brings it about. At all other times nothing
            that the camera reads is looked up: the film does not wait for the keys of a slow
            computer, and its next card would take the place of the one at hand.
    """

    name: str
    role: str
    reached: Callable[[], bool]
    is_filmed: bool = False


class Driver(QObject):
    """Drives one window from its opening to the end of a story. GUI thread."""

    def __init__(self, assembled: Assembled, out: Path, *, first_number: int = 1) -> None:
        super().__init__()
        self.assembled = assembled
        self.steps: list[dict[str, Any]] = []
        self.failed = ""
        self._out = out
        self._number = first_number
        self._script = self.play()
        self._wanted: Step | None = None
        self._since_s = time.monotonic()
        self._reached_s: float | None = None
        self._looks_away = False
        self._timer = QTimer(self)
        self._timer.timeout.connect(self._look)
        self._timer.start(POLL_MS)
        self._to_scan = ""
        self._to_type: deque[str] = deque()
        self._typist = QTimer(self)
        self._typist.timeout.connect(self._type)
        self._typist.start(BETWEEN_KEYS_MS)

    @abstractmethod
    def play(self) -> Iterator[Step]:
        """Each step is waited for, photographed, and only then the next key is pressed."""

    def noted(self, state: State) -> None:
        """A step was reached; a story may remember what the screen says."""

    # --- what a story asks -----------------------------------------------------------------------

    @property
    def screen(self) -> EncaisserScreen:
        """The Encaisser screen."""
        screen = self.assembled.running.window.screen_in_use
        assert screen is not None
        return screen

    @property
    def state(self) -> State:
        """What it shows."""
        assert self.screen.screen is not None
        return self.screen.screen.state

    def shows(self, fits: Callable[[State], bool]) -> Callable[[], bool]:
        """Whether the Encaisser screen shows this."""
        return lambda: fits(self.state)

    def press(
        self, key: Qt.Key, modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier
    ) -> None:
        """One key, as a person presses it."""
        QTest.keyClick(self.assembled.running.window.windowHandle(), key, modifier)

    def press_named(self, key: str) -> None:
        """A key by its name in `merchant_app.ui.function_keys`."""
        self.press(Qt.Key[f"Key_{key}"])

    def scan(self, text: str) -> None:
        """A scanner gun, a moment after the last key: every character at once, then Enter."""
        self._to_scan = text
        QTimer.singleShot(BEFORE_SCAN_MS, self._pull_trigger)

    @Slot()
    def _pull_trigger(self) -> None:
        window = self.assembled.running.window.windowHandle()
        for character in self._to_scan:
            QTest.keyClick(window, ord(character))
        QTest.keyClick(window, Qt.Key.Key_Return)

    def type_slowly(self, text: str) -> None:
        """A person's typing: as fast as a scanner gun it would be taken for one."""
        self._to_type.extend(text)

    @property
    def is_typing(self) -> bool:
        """Some of what was to be typed is still to come."""
        return bool(self._to_type)

    # --- the machine -----------------------------------------------------------------------------

    @Slot()
    def _look(self) -> None:
        screen = self.assembled.running.window.screen_in_use
        if self.assembled.running.crash.has_crashed:
            self._end("the program met a bug")
        elif time.monotonic() - self._since_s > STEP_LIMIT_S:
            waited = self._wanted.name if self._wanted is not None else "the window"
            shown = "nothing" if screen is None else screen.view.card.accessibleName()
            self._end(f"{waited} did not come to pass; on the screen: {shown}")
        elif screen is not None and screen.screen is not None:
            self._go_on()

    def _go_on(self) -> None:
        if self._wanted is None:
            self._next()
        if self._reached_s is not None:
            # A cashier needs a moment to read; a key that comes at once was not meant.
            if time.monotonic() - self._reached_s > READING_S:
                self._reached_s = None
                self._next()
        elif self._wanted is not None and not self.is_typing and self._wanted.reached():
            self._look_away(away=True)
            self._photograph(self._wanted)
            self._reached_s = time.monotonic()

    def _next(self) -> None:
        self._since_s = time.monotonic()
        try:
            self._wanted = next(self._script)
        except StopIteration:
            self._end("")
        else:
            self._look_away(away=not self._wanted.is_filmed)

    def _look_away(self, *, away: bool) -> None:
        if away is not self._looks_away:
            self._looks_away = away
            self.screen.try_camera(trying=away)

    def _end(self, failed: str) -> None:
        self.failed = failed
        self._timer.stop()
        self._typist.stop()
        self.assembled.running.window.close()
        self.assembled.running.application.quit()

    def _photograph(self, step: Step) -> None:
        picture = f"{self._number:02d}-{step.name}.png"
        self._number += 1
        state = self.state
        if not self.assembled.running.window.grab().save(str(self._out / picture)):
            raise OSError(f"{picture} cannot be written")
        self.steps.append(
            {
                "step": step.name,
                "scanned": step.role,
                "state": type(state).__name__,
                "verdict": type(state.verdict).__name__
                if isinstance(state, Debitable | Declined)
                else None,
                "word": self.screen.view.card.accessibleName(),
                "picture": picture,
                "ok": True,
            }
        )
        self.noted(state)

    @Slot()
    def _type(self) -> None:
        if self._to_type:
            window = self.assembled.running.window.windowHandle()
            QTest.keyClick(window, ord(self._to_type.popleft()))

"""How long the window does not answer: the longest turns of its event loop.

A part of the bench of the start: `python -m tests.bench.startup_turns FOLDER` opens a till in
training mode without a camera, goes to each of its places for the first time, and to each once
more; it prints one JSON object. From the first paint to the end another process writes to a pipe
every 2 ms, as a keyboard would at its fastest; measured is what was between two readings. (A timer
would not do: Qt fires all that are due, one behind the other, and looks for keys only then.) POSIX.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path

from merchant_app.bootstrap import plain_imports

plain_imports.keep()  # as the program does

from PySide6.QtCore import QObject, QSocketNotifier, QTimer, Slot  # noqa: E402

from merchant_app.bootstrap.arguments import parse  # noqa: E402
from merchant_app.bootstrap.program import assemble  # noqa: E402
from merchant_app.settings.secrets import OpenedSecrets, SessionSecrets  # noqa: E402
from merchant_app.ui.function_keys import (  # noqa: E402
    CHECKOUT_KEY,
    CLOSING_KEY,
    HELP_KEY,
    JOURNAL_KEY,
    SETTINGS_KEY,
    STATEMENTS_KEY,
    TO_SETTLE_KEY,
)
from merchant_app.ui.main_window import MainWindow  # noqa: E402
from tests.bench.startup_rest import NO_CAMERA, SETTLE_MS  # noqa: E402

PLACES = (JOURNAL_KEY, TO_SETTLE_KEY, CLOSING_KEY, STATEMENTS_KEY, SETTINGS_KEY)
KEYS = (*PLACES, CHECKOUT_KEY, HELP_KEY, *PLACES, CHECKOUT_KEY)
KEY_EVERY_MS = 800
KEYBOARD = """
import os, time
while True:
    os.write(1, b".")
    time.sleep(0.002)
"""


class Ticking(QObject):
    """Looks how long each turn was, and what it was about. GUI thread.

    Attributes:
        longest: by what was going on: wall time and this thread's processor time, ms.
    """

    def __init__(self, window: MainWindow, keys: int) -> None:
        """`keys`: where the other process is read."""
        super().__init__()
        self.longest: dict[str, tuple[float, float]] = {}
        self._window = window
        self._now = "opening"
        self._keys = iter(KEYS)
        self._last_s, self._cpu_s = time.monotonic(), time.thread_time()
        self._pipe = keys
        self._notifier = QSocketNotifier(keys, QSocketNotifier.Type.Read, self)
        self._notifier.setEnabled(False)
        self._notifier.activated.connect(self._tick)
        window.first_painted.connect(self._begin)
        window.opened.connect(self._opened)

    @Slot()
    def _begin(self) -> None:
        self._last_s, self._cpu_s = time.monotonic(), time.thread_time()
        os.read(self._pipe, 65_536)
        self._notifier.setEnabled(True)

    @Slot()
    def _tick(self) -> None:
        now_s, cpu_s = time.monotonic(), time.thread_time()
        os.read(self._pipe, 65_536)
        took = 1000 * (now_s - self._last_s), 1000 * (cpu_s - self._cpu_s)
        self.longest[self._now] = max(took, self.longest.get(self._now, took))
        self._last_s, self._cpu_s = now_s, cpu_s

    @Slot()
    def _opened(self) -> None:
        QTimer.singleShot(SETTLE_MS, self, self._press)

    @Slot()
    def _press(self) -> None:
        key = next(self._keys, None)
        if key is None:
            self._window.close()
            return
        self._now = f"{key} again" if key in self.longest else key
        self._window.function_pressed(key)
        QTimer.singleShot(KEY_EVERY_MS, self, self._press)


def main(folder: Path) -> int:
    """Open, walk, print."""
    words = ["--training", "--data-dir", str(folder / "turns"), "--camera", NO_CAMERA]
    assembled = assemble(
        parse(words), secrets=lambda _service: OpenedSecrets(SessionSecrets(), None)
    )
    with subprocess.Popen([sys.executable, "-c", KEYBOARD], stdout=subprocess.PIPE) as keyboard:
        assert keyboard.stdout is not None
        keyboard.stdout.read(1)
        ticking = Ticking(assembled.running.window, keyboard.stdout.fileno())
        assembled.run()
        keyboard.kill()
    told = {
        name: {"ms": round(took_ms, 1), "cpu_ms": round(cpu_ms, 1)}
        for name, (took_ms, cpu_ms) in ticking.longest.items()
    }
    sys.stdout.write(json.dumps(told) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))

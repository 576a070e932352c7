"""What a window costs once it stands: memory and processor time, at rest and while it scans.

A part of the bench of the start: `python -m tests.bench.startup_rest empty|idle|scanning FOLDER` is
one window in a process of its own, and prints one JSON object. The training service beside the
till is another process and not counted: a till at work has none.
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path

from merchant_app.ui import plain_imports

plain_imports.restore()  # as the program does

from PySide6.QtCore import QObject, QTimer, Slot  # noqa: E402
from PySide6.QtWidgets import QApplication, QWidget  # noqa: E402

SETTLE_MS = 5_000
"""The copy of the vouchers is fetched, the screens are loaded, the first film frames are read."""
MEASURE_MS = 10_000
NO_CAMERA = "63"


class Measuring(QObject):
    """Waits until the window has settled, measures, and ends the event loop. GUI thread."""

    def __init__(self, application: QApplication) -> None:
        super().__init__()
        self._application = application
        self._cpu_s = self._since_s = 0.0
        self.result: dict[str, float] = {}

    @Slot()
    def settle(self) -> None:
        QTimer.singleShot(SETTLE_MS, self._begin)

    @Slot()
    def _begin(self) -> None:
        self._cpu_s, self._since_s = time.process_time(), time.monotonic()
        QTimer.singleShot(MEASURE_MS, self._end)

    @Slot()
    def _end(self) -> None:
        took_s = time.monotonic() - self._since_s
        self.result = {
            "rss_mb": rss_mb(),
            "cpu_percent": 100 * (time.process_time() - self._cpu_s) / took_s,
        }
        self._application.closeAllWindows()
        self._application.quit()


def rss_mb() -> float:
    """Memory in RAM, of this process, in MB (10^6 bytes). Linux."""
    for line in Path("/proc/self/status").read_text(encoding="ascii").splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) * 1_024 / 1e6
    raise SystemExit("this system does not say how much memory a process has")


def main(mode: str, folder: Path) -> int:
    """Show one window, measure, print."""
    plain_imports.restore()  # as `merchant_app.bootstrap` does
    if mode == "empty":
        application = QApplication([])
        window = QWidget()
        window.resize(1024, 700)
        window.show()
        measuring = Measuring(application)
        measuring.settle()
        application.exec()
    else:
        # Not at the top: the empty window is to be one, and knows nothing of ours.
        from merchant_app.bootstrap.arguments import parse
        from merchant_app.bootstrap.program import assemble
        from merchant_app.settings.secrets import OpenedSecrets, SessionSecrets

        camera = NO_CAMERA if mode == "idle" else str(_film(folder))
        words = ["--training", "--data-dir", str(folder / mode), "--camera", camera]
        assembled = assemble(
            parse(words), secrets=lambda _service: OpenedSecrets(SessionSecrets(), None)
        )
        measuring = Measuring(assembled.running.application)
        assembled.running.window.opened.connect(measuring.settle)
        assembled.run()
    sys.stdout.write(json.dumps(measuring.result) + "\n")
    return 0


def _film(folder: Path) -> Path:
    from merchant_app.scanning.sample_video import SampleCard, write_sample_video

    path = folder / "film.mp4"
    cards = [
        SampleCard(payload=f"https://example.org/{n}", title="Carte", amount="", shop="")
        for n in range(2)
    ]
    write_sample_video(path, cards, seconds_per_card=3.0, gap_seconds=3.0)
    return path


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], Path(sys.argv[2])))

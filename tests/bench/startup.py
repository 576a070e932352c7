"""Process start to the first painted window, as a ratio to an empty PySide6 window.

Both report the moment of their first paint on the same monotonic clock the parent started them by;
they run in turn, so that a machine whose speed drifts slows both.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from tests.bench.machine import machine

RATIO_MAX = 2.0
EMPTY_WINDOW = """
import sys, time
from PySide6.QtWidgets import QApplication, QWidget

class Window(QWidget):
    def paintEvent(self, event):
        print("first-paint", time.monotonic_ns(), flush=True)
        QApplication.quit()

app = QApplication(sys.argv)
window = Window()
window.resize(1024, 700)
window.show()
app.exec()
"""


def main() -> int:
    """Measure and print one JSON object."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--json", action="store_true", help="kept for symmetry: JSON is all we say")
    parser.add_argument("--runs", type=int, default=15)
    runs = parser.parse_args().runs
    with tempfile.TemporaryDirectory(prefix="comptoir-bench-") as folder:
        till = [sys.executable, "-m", "merchant_app.bootstrap", "--startup-probe"]
        commands = {
            "empty": [sys.executable, "-c", EMPTY_WINDOW],
            "till": [*till, "--data-dir", str(Path(folder) / "till")],
            "training": [*till, "--training", "--data-dir", str(Path(folder) / "training")],
        }
        times: dict[str, list[float]] = {name: [] for name in commands}
        for run in range(runs + 1):
            for name, command in commands.items():
                took_ms = _first_paint_ms(command)
                if run:  # the first one warms the disk cache
                    times[name].append(took_ms)
    medians = {name: statistics.median(values) for name, values in times.items()}
    print(
        json.dumps(
            {
                "bench": "startup",
                "machine": machine(),
                "figures": {
                    "ratio_till": round(medians["till"] / medians["empty"], 3),
                    "ratio_training": round(medians["training"] / medians["empty"], 3),
                    "empty_ms": round(medians["empty"], 1),
                    "till_ms": round(medians["till"], 1),
                    "training_ms": round(medians["training"], 1),
                },
                "limits": {"ratio_till": RATIO_MAX, "ratio_training": RATIO_MAX},
                "runs": runs,
                "method": "median of process start to first paintEvent, in turn, offscreen",
            }
        )
    )
    return 0


def _first_paint_ms(command: list[str]) -> float:
    environment = {"QT_QPA_PLATFORM": "offscreen", **os.environ}
    started_ns = time.monotonic_ns()
    result = subprocess.run(command, capture_output=True, text=True, check=False, env=environment)
    for line in result.stdout.splitlines():
        name, _, value = line.partition(" ")
        if name == "first-paint":
            return (int(value) - started_ns) / 1e6
    raise SystemExit(f"{command}: no paint, code {result.returncode}\n{result.stderr}")


if __name__ == "__main__":
    sys.exit(main())

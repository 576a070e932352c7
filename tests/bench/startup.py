"""The program's start and its weight, beside an empty PySide6 window.

Process start to the first painted window, from source and packaged; memory and processor time at
rest and while scanning; the size of the package and what is in it. All windows report the moment of
their first paint on the same monotonic clock the parent started them by; they run in turn, so that
a machine whose speed drifts slows all of them.
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
from typing import Any

from tests.bench.machine import machine

ROOT = Path(__file__).resolve().parents[2]
sys.path.append(str(ROOT / "build"))

import dev_bundle  # noqa: E402 - after the path to it
import dev_contents  # noqa: E402

RATIO_MAX = 1.5
TURN_MAX_MS = 50
TURN_RUNS = 3
MODES = ("empty", "idle", "scanning")
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
    parser.add_argument("--from-source", action="store_true", help="leave the package out")
    options = parser.parse_args()
    bundle = None if options.from_source else dev_bundle.ensure(Path(sys.executable))
    with tempfile.TemporaryDirectory(prefix="comptoir-bench-") as folder:
        medians = _starts(Path(folder), options.runs, is_packaged=bundle is not None)
        rest = {mode: _at_rest(mode, Path(folder)) for mode in MODES}
        turns = [_turns(Path(folder)) for _ in range(TURN_RUNS)]
    figures = _start_figures(medians) | _rest_figures(rest) | _turn_figures(turns)
    result: dict[str, Any] = {
        "bench": "startup",
        "machine": machine(),
        "figures": figures,
        "limits": {name: RATIO_MAX for name in ("ratio_warm", "ratio_frozen") if name in figures}
        | {"turn_longest_ms": TURN_MAX_MS},
        "runs": options.runs,
        "method": "median of process start to first paintEvent, in turn, offscreen, warm; at rest: "
        "training mode without a camera, 5 s after it opened, 10 s; scanning: a film at 30 "
        "pictures a second; turns: of the event loop from the first paint on, opening, then each "
        f"place for the first time and once more, the median of {TURN_RUNS} runs' longest",
        "turns": turns,
    }
    if bundle is not None:
        files = dev_bundle.files(bundle)
        figures["bundle_mb"] = round(sum(size for _, size in files) / 1e6, 1)
        result["bundle_shares_mb"] = dev_contents.share(files)
    print(json.dumps(result))
    return 0


def _starts(folder: Path, runs: int, *, is_packaged: bool) -> dict[str, float]:
    """Milliseconds to the first paint, by what was started."""
    till = [sys.executable, "-m", "merchant_app.bootstrap", "--startup-probe"]
    commands = {
        "empty": [sys.executable, "-c", EMPTY_WINDOW],
        "till": [*till, "--data-dir", str(folder / "till")],
        "training": [*till, "--training", "--data-dir", str(folder / "training")],
    }
    if is_packaged:
        program = str(dev_bundle.PROGRAM)
        commands["frozen"] = [program, "--startup-probe", "--data-dir", str(folder / "frozen")]
    times: dict[str, list[float]] = {name: [] for name in commands}
    for run in range(runs + 1):
        for name, command in commands.items():
            took_ms = _first_paint_ms(command, folder)
            if run:  # the first one warms the disk cache
                times[name].append(took_ms)
    return {name: statistics.median(values) for name, values in times.items()}


def _start_figures(medians: dict[str, float]) -> dict[str, float]:
    names = {"till": "ratio_warm", "training": "ratio_training", "frozen": "ratio_frozen"}
    ratios = {
        name: round(medians[what] / medians["empty"], 3)
        for what, name in names.items()
        if what in medians
    }
    return ratios | {f"{name}_ms": round(median, 1) for name, median in medians.items()}


def _rest_figures(rest: dict[str, dict[str, float]]) -> dict[str, float]:
    empty, idle, scanning = (rest[mode] for mode in MODES)
    return {
        "rss_mb": round(idle["rss_mb"], 1),
        "rss_ratio": round(idle["rss_mb"] / empty["rss_mb"], 3),
        "rss_scanning_mb": round(scanning["rss_mb"], 1),
        "rss_scanning_ratio": round(scanning["rss_mb"] / empty["rss_mb"], 3),
        "rss_empty_mb": round(empty["rss_mb"], 1),
        "cpu_idle_percent": round(idle["cpu_percent"], 2),
        "cpu_scanning_percent": round(scanning["cpu_percent"], 1),
        "cpu_empty_percent": round(empty["cpu_percent"], 2),
    }


def _turn_figures(turns: list[dict[str, dict[str, float]]]) -> dict[str, float]:
    longest = {
        unit: statistics.median(max(turn[unit] for turn in run.values()) for run in turns)
        for unit in ("ms", "cpu_ms")
    }
    return {f"turn_longest_{unit}": value for unit, value in longest.items()}


def _turns(folder: Path) -> dict[str, dict[str, float]]:
    command = [sys.executable, "-m", "tests.bench.startup_turns", str(folder)]
    done = subprocess.run(
        command, stdout=subprocess.PIPE, text=True, check=True, env=_environment(folder), cwd=ROOT
    )
    return dict(json.loads(done.stdout.splitlines()[-1]))


def _at_rest(mode: str, folder: Path) -> dict[str, float]:
    command = [sys.executable, "-m", "tests.bench.startup_rest", mode, str(folder)]
    done = subprocess.run(
        command, stdout=subprocess.PIPE, text=True, check=True, env=_environment(folder), cwd=ROOT
    )
    return dict(json.loads(done.stdout.splitlines()[-1]))


def _first_paint_ms(command: list[str], folder: Path) -> float:
    started_ns = time.monotonic_ns()
    result = subprocess.run(
        command, capture_output=True, text=True, check=False, env=_environment(folder)
    )
    for line in result.stdout.splitlines():
        name, _, value = line.partition(" ")
        if name == "first-paint":
            return (int(value) - started_ns) / 1e6
    raise SystemExit(f"{command}: no paint, code {result.returncode}\n{result.stderr}")


def _environment(folder: Path) -> dict[str, str]:
    """Modules are compiled once, as where a program was installed, whatever is set here."""
    kept = {"PYTHONPYCACHEPREFIX": str(folder / "compiled")}
    environment = {"QT_QPA_PLATFORM": "offscreen", **os.environ, **kept}
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    return environment


if __name__ == "__main__":
    sys.exit(main())

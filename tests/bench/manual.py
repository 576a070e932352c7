"""Help is asked for the first time: how long the window stands still meanwhile.

Each step is one turn of the event loop of a till's window, from the key press to the last picture:
`step_max_ms` is the longest of all pages in French, each opened first in a window of its own;
`read_ms` is the reading of all pages, which a worker does beforehand.
"""

from __future__ import annotations

import argparse
import json
import os
import time
from collections.abc import Iterator

from PySide6.QtCore import QEventLoop
from PySide6.QtWidgets import QApplication

from merchant_app.i18n import Language, install
from merchant_app.ui.manual import shelf
from merchant_app.ui.manual.shelf import ManualPage, Spot
from merchant_app.ui.manual.view import ManualView
from merchant_app.ui.theme import Look, Scheme
from tests.bench.machine import machine
from tests.ui.gallery import SCENE
from tests.ui.windows import till_window

STEP_MAX_MS = 50.0
TURNS = 12
"""Of the event loop: more than any page has pictures."""


def _since_ms(began_ns: int) -> float:
    return (time.perf_counter_ns() - began_ns) / 1e6


def _steps_ms(look: Look, pages: tuple[ManualPage, ...], name: str) -> Iterator[float]:
    frame, _view = till_window(look, SCENE["ready"])
    frame.resize(1024, 700)
    frame.show()
    QApplication.processEvents()
    began_ns = time.perf_counter_ns()
    view = ManualView(look, frame, pages=pages)
    view.open_at(Spot(name))
    yield _since_ms(began_ns)
    for _turn in range(TURNS):
        began_ns = time.perf_counter_ns()
        QApplication.processEvents(QEventLoop.ProcessEventsFlag.AllEvents)
        yield _since_ms(began_ns)
    frame.close()
    frame.deleteLater()


def figures() -> dict[str, float]:
    """`first_step_ms` is of the very first page that a program shows, whichever is the longest."""
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    application = QApplication([])
    application.setStyle("Fusion")
    install(Language.FRENCH)
    look = Look(application, Scheme.LIGHT)
    began_ns = time.perf_counter_ns()
    pages = shelf.load(Language.FRENCH)
    read_ms = _since_ms(began_ns)
    longest = {name: max(_steps_ms(look, pages, name)) for name in shelf.PAGES}
    return {
        "first_step_ms": round(next(iter(longest.values())), 1),
        "step_max_ms": round(max(longest.values()), 1),
        "read_ms": round(read_ms, 1),
    }


def main() -> int:
    """Measure and print one JSON object."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--json", action="store_true", help="kept for symmetry: JSON is all we say")
    parser.parse_args()
    found = figures()
    print(
        json.dumps(
            {
                "bench": "manual",
                "machine": machine(),
                "figures": found,
                "limits": {"first_step_ms": STEP_MAX_MS, "step_max_ms": STEP_MAX_MS},
            }
        )
    )
    return 0


if __name__ == "__main__":
    raise SystemExit(main())

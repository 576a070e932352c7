"""The window is seen before anything is made that its first picture does not need."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

AT_FIRST_PAINT = """
import builtins, linecache, sys
from pathlib import Path

from merchant_app.bootstrap import plain_imports

plain_imports.keep()

from merchant_app.bootstrap import program
from merchant_app.bootstrap.arguments import parse

made = program.assemble(parse(["--data-dir", sys.argv[1]]))
window = made.running.window

def tell():
    from PySide6 import QtCore, QtGui, QtWidgets

    print("enums", *({"Qt", "QStyle", "QIcon"} & {*vars(QtCore), *vars(QtGui), *vars(QtWidgets)}))
    print("loaded", *sorted(name for name in sys.modules if name.startswith("merchant_app.")))
    print("sources", *(name for name in linecache.cache if "merchant_app" in name))
    print("imports", builtins.__import__.__name__)
    made.running.application.quit()

window.first_painted.connect(tell)
sys.exit(made.run())
"""
NEEDED = {"bootstrap", "clock", "errors", "i18n", "resources", "scanning", "settings", "ui"}
OF_UI = {
    "theme",
    "top_window",
    "application",
    "crash",
    "main_window",
    "palette",
    "start_page",
    "turns",
}


def test_the_first_paint_waits_for_nothing_it_does_not_need(tmp_path: Path) -> None:
    """Figures of what each would cost: `build/dev.py bench startup`."""
    ended = subprocess.run(
        [sys.executable, "-c", AT_FIRST_PAINT, str(tmp_path)],
        check=True,
        capture_output=True,
        text=True,
    )
    told = {line.split()[0]: line.split()[1:] for line in ended.stdout.splitlines()}

    assert told["enums"] == []
    loaded = [name.split(".")[1:] for name in told["loaded"]]
    assert {parts[0] for parts in loaded} <= NEEDED
    assert {parts[1] for parts in loaded if parts[0] == "ui" and parts[1:]} == OF_UI
    assert told["sources"] == []
    assert told["imports"] != ["__feature_import__"]

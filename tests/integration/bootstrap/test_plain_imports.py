"""What is imported beside PySide6 is not read a second time, as text."""

from __future__ import annotations

import subprocess
import sys

from tests.house.sources import ROOT

IMPORTS = """
import linecache, merchant_app.vouchers.code
print(sum("merchant_app" in name for name in linecache.cache))
"""


def texts_read(before: str) -> int:
    """How many modules of ours were read as text on the way."""
    done = subprocess.run(
        [sys.executable, "-c", f"{before}\n{IMPORTS}"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    return int(done.stdout)


def test_no_module_is_read_as_text() -> None:
    keep = "from merchant_app.bootstrap import plain_imports\nplain_imports.keep()"
    assert texts_read(keep) == 0


def test_pyside_alone_reads_them() -> None:
    """Where it no longer does, `plain_imports` can go."""
    assert texts_read("import PySide6.QtCore") > 0

"""`merchant-app --selftest`, as whoever installed the program runs it."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

BROKEN = ("pyzbar", "alembic")
"""The second reader, and what the central service cannot start without."""


def selftest(home: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """On a computer with no screen, no keyring, and folders of its own."""
    bare = {name: os.environ[name] for name in ("PATH", "PYTHONPATH") if name in os.environ}
    return subprocess.run(
        [sys.executable, "-m", "merchant_app.bootstrap", "--selftest"],
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=230,
        check=False,
        env={**bare, "HOME": str(home), "TMPDIR": str(home), **environment},
    )


@pytest.mark.timeout(240)
def test_an_installation_that_has_everything_says_so(tmp_path: Path) -> None:
    done = selftest(tmp_path)
    lines = done.stdout.splitlines()
    assert done.returncode == 0, done.stdout + done.stderr
    assert lines[0].startswith("Comptoir 0.")
    assert all(line.startswith("ok ") for line in lines[1:-1])
    assert lines[-1] == f"{len(lines) - 2} of {len(lines) - 2} checks passed"
    for what in ("zxing-cpp", "zbar", "opencv", "PDF, HEIC", "redeemed", "journal", "window"):
        assert what in done.stdout
    # Nothing of it stays, and no profile was touched. (Fontconfig keeps its cache where it likes.)
    assert not [path for path in tmp_path.rglob("*") if "omptoir" in path.name]


def test_what_is_missing_is_named_and_the_rest_is_still_tried(tmp_path: Path) -> None:
    for name in BROKEN:
        module = tmp_path / "broken" / name / "__init__.py"
        module.parent.mkdir(parents=True)
        module.write_text("raise ImportError('not on this computer')\n", encoding="utf-8")
    paths = [str(tmp_path / "broken"), os.environ.get("PYTHONPATH", "")]
    done = selftest(tmp_path, PYTHONPATH=os.pathsep.join(filter(None, paths)))
    assert done.returncode == 1
    failed = [line for line in done.stdout.splitlines() if line.startswith("FAILED")]
    assert [line.split()[1] for line in failed] == ["zbar", "the"]
    assert "zbar is missing: not on this computer" in failed[0]
    assert "ok      opencv reads a code" in done.stdout
    assert done.stdout.splitlines()[-1] == "7 of 9 checks passed"

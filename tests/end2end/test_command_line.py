"""merchant-app as it is typed in a terminal."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.fakes.waiting import LIMIT_S


def merchant_app(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "merchant_app.bootstrap", *arguments],
        capture_output=True,
        text=True,
        timeout=LIMIT_S,
        check=False,
        env=dict(os.environ),
    )


def test_help_and_version() -> None:
    helped = merchant_app("--help")
    assert helped.returncode == 0
    assert {"--training", "--camera", "--data-dir", "--version"} <= set(helped.stdout.split())
    version = merchant_app("--version")
    assert (version.returncode, version.stderr) == (0, "")
    assert version.stdout.startswith("Comptoir 0.")


@pytest.mark.parametrize("text", ["-1", "64", "", "rtsp://camera", "file:///etc/passwd", "http://"])
def test_what_can_never_be_a_camera_is_said_at_once(tmp_path: Path, text: str) -> None:
    refused = merchant_app(f"--camera={text}", "--data-dir", str(tmp_path / "till"))
    assert refused.returncode == 2
    assert "names no camera" in refused.stderr
    assert "Traceback" not in refused.stderr
    assert not (tmp_path / "till").exists()

"""A real Secret Service: what is kept survives the process, and lies nowhere in plain text."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.fakes.waiting import LIMIT_S

SESSION = """
printf %s "$KEYRING_PASSWORD" | gnome-keyring-daemon --unlock --components=secrets >/dev/null 2>&1
"$@"
result=$?
name=org.freedesktop.DBus
id=$(dbus-send --session --print-reply=literal --dest=$name /org/freedesktop/DBus \
    $name.GetConnectionUnixProcessID string:org.freedesktop.secrets | grep -oE '[0-9]+$')
kill "$id"
exit $result
"""
PROGRAM = """
import sys
from merchant_app.settings.secrets import KeyringSecrets, SecretName, open_secrets
opened = open_secrets("Comptoir main")
print("session only:", opened.session_only)
assert isinstance(opened.secrets, KeyringSecrets), opened
for step in sys.argv[1:]:
    name, _, value = step.partition("=")
    if value:
        opened.secrets.set(SecretName(name), value)
    print(name, opened.secrets.get(SecretName(name)))
"""
CANARY = "ct1_canary-of-a-token-in-the-keyring"

pytestmark = pytest.mark.skipif(
    any(shutil.which(program) is None for program in ("dbus-run-session", "gnome-keyring-daemon")),
    reason="no dbus-run-session or gnome-keyring-daemon on this computer",
)


def in_a_session(home: Path, *steps: str) -> subprocess.CompletedProcess[str]:
    """Run PROGRAM in a session of its own, with an unlocked keyring kept below `home`."""
    for folder in ("run", "data"):
        (home / folder).mkdir(mode=0o700, parents=True, exist_ok=True)
    environ = {
        name: value for name, value in os.environ.items() if name != "PYTHON_KEYRING_BACKEND"
    } | {
        "HOME": str(home),
        "XDG_RUNTIME_DIR": str(home / "run"),
        "XDG_DATA_HOME": str(home / "data"),
        "KEYRING_PASSWORD": "a password for tests",
    }
    inner = ["bash", "-c", SESSION, "_", sys.executable, "-c", PROGRAM, *steps]
    return subprocess.run(
        ["dbus-run-session", "--", *inner],
        env=environ,
        capture_output=True,
        text=True,
        timeout=LIMIT_S,
        check=False,
    )


def test_a_secret_outlives_the_program_and_is_not_in_plain_text(tmp_path: Path) -> None:
    first = in_a_session(tmp_path, f"till-token={CANARY}", "device-key")
    assert first.returncode == 0, first.stderr
    assert first.stdout.splitlines() == [
        "session only: None",
        f"till-token {CANARY}",
        "device-key None",
    ]
    second = in_a_session(tmp_path, "till-token")
    assert second.stdout.splitlines()[1:] == [f"till-token {CANARY}"]
    files = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert any(path.suffix == ".keyring" for path in files)
    assert not [path for path in files if CANARY.encode() in path.read_bytes()]

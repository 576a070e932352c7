"""The nets of tests/conftest.py hold: each is tried with what it must catch."""

from __future__ import annotations

import logging
import os
import socket
import subprocess
import sys
import tempfile
from pathlib import Path

import keyring
import keyring.errors
import pytest
import requests

from tests.fakes.waiting import LIMIT_S


def test_no_connection_leaves_the_machine() -> None:
    with socket.socket() as plain, pytest.raises(pytest.fail.Exception, match=r"203\.0\.113\.7"):
        plain.connect(("203.0.113.7", 443))


def test_requests_cannot_leave_the_machine_either() -> None:
    with pytest.raises(pytest.fail.Exception, match="example"):
        requests.get("https://example.org/", timeout=1)


def test_a_name_that_does_not_exist_is_an_error_of_the_world() -> None:
    with pytest.raises(socket.gaierror):
        socket.create_connection(("central.invalid", 443), timeout=1)


def test_loopback_is_open() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        with socket.create_connection(("localhost", port), timeout=5) as client:
            assert client.getpeername()[1] == port


def test_home_is_a_folder_of_this_run() -> None:
    assert Path.home().is_relative_to(tempfile.gettempdir())


def test_there_is_no_keyring_to_write_to() -> None:
    with pytest.raises(keyring.errors.NoKeyringError):
        keyring.get_password("comptoir", "nobody")


@pytest.mark.expects_log("^WARNING house: on purpose$")
def test_an_announced_warning_is_no_failure() -> None:
    logging.getLogger("house").warning("on purpose")


UNANNOUNCED = """
import logging, threading
def test_it():
    warn = logging.getLogger("house").warning
    thread = threading.Thread(target=warn, args=("nobody expects me",))
    thread.start()
    thread.join()
"""
RUN = """
import pytest, sys
sys.exit(pytest.main(["-q", "-p", "no:cacheprovider", "-p", "no:randomly", *sys.argv[1:]]))
"""


FOREIGN = """
import os
def test_it():
    assert not {"LC_ALL", "LANGUAGE", "https_proxy", "REQUESTS_CA_BUNDLE"} & set(os.environ)
    assert os.environ["LANG"] == "C.UTF-8"
"""


def run_alone(folder: Path, test: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """This test alone, under our conftest."""
    root = Path(__file__).parents[2]
    (folder / "conftest.py").write_text(
        (root / "tests" / "conftest.py").read_text(encoding="utf-8"), encoding="utf-8"
    )
    (folder / "pytest.ini").write_text("[pytest]\nmarkers = expects_log\n", encoding="utf-8")
    (folder / "test_it.py").write_text(test, encoding="utf-8")
    return subprocess.run(
        [sys.executable, "-c", RUN, str(folder)],
        cwd=folder,
        env=dict(os.environ) | environment,
        capture_output=True,
        text=True,
        timeout=LIMIT_S,
        check=False,
    )


def test_an_unannounced_warning_of_any_thread_fails_the_test(tmp_path: Path) -> None:
    done = run_alone(tmp_path, UNANNOUNCED)
    assert done.returncode == 1, done.stdout + done.stderr
    assert "WARNING house: nobody expects me" in done.stdout


def test_the_computers_language_and_network_are_not_those_of_the_tests(tmp_path: Path) -> None:
    done = run_alone(
        tmp_path,
        FOREIGN,
        LANG="de_DE.ISO-8859-1",
        LC_ALL="C",
        LANGUAGE="de",
        https_proxy="http://127.0.0.1:9",
        REQUESTS_CA_BUNDLE="/nowhere.pem",
    )
    assert done.returncode == 0, done.stdout + done.stderr

"""What holds for every test: nothing unexpected passes, nothing outside the test is touched.

- a log record of WARNING or above fails the test, unless it is marked `expects_log`;
- Python warnings are errors and Qt's messages fail (pyproject.toml);
- no connection leaves the machine;
- home, settings, caches and the keyring are empty folders of this run, never the user's own;
- the computer's language, proxies and certificates are not those of the tests.
"""

from __future__ import annotations

import ipaddress
import logging
import os
import re
import shutil
import socket
import tempfile
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, settings

if TYPE_CHECKING:
    from tests.fakes.postgres import Cluster
    from tests.fakes.service_databases import ServiceDatabases

# Before anybody imports Qt. `QT_QPA_PLATFORM=xcb` in the environment shows the windows.
os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

# No deadline, and no "too slow": how long an example takes says how busy the computer is.
settings.register_profile(
    "gate",
    deadline=None,
    max_examples=60,
    print_blob=True,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.register_profile("deep", settings.get_profile("gate"), max_examples=2_000)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "gate"))

_OWN_FOLDERS = {
    "HOME": "home",
    "USERPROFILE": "home",
    "XDG_CONFIG_HOME": "home/.config",
    "XDG_DATA_HOME": "home/.local/share",
    "XDG_STATE_HOME": "home/.local/state",
    "XDG_CACHE_HOME": "home/.cache",
    "XDG_RUNTIME_DIR": "run",
    "APPDATA": "home/AppData/Roaming",
    "LOCALAPPDATA": "home/AppData/Local",
}
_OF_THIS_COMPUTER = re.compile(
    "LANG|LANGUAGE|LC_.*|(HTTPS?|ALL|NO)_PROXY|(REQUESTS|CURL)_CA_BUNDLE|SSL_CERT_(FILE|DIR)|NETRC",
    re.IGNORECASE,
)
_run_folder = pytest.StashKey[Path]()


def pytest_configure(config: pytest.Config) -> None:
    """Give this process (each worker has its own) an empty home and no keyring."""
    folder = Path(tempfile.mkdtemp(prefix="comptoir-tests-"))
    config.stash[_run_folder] = folder
    for name, place in _OWN_FOLDERS.items():
        (folder / place).mkdir(parents=True, exist_ok=True, mode=0o700)
        os.environ[name] = str(folder / place)
    # A test that wants secrets brings its own backend; the user's is out of reach.
    os.environ["PYTHON_KEYRING_BACKEND"] = "keyring.backends.fail.Keyring"
    os.environ.pop("DBUS_SESSION_BUS_ADDRESS", None)
    for name in filter(_OF_THIS_COMPUTER.fullmatch, list(os.environ)):
        del os.environ[name]
    os.environ["LANG"] = "C.UTF-8"
    socket.socket.connect = _connect  # type: ignore[method-assign,assignment]
    socket.socket.connect_ex = _connect_ex  # type: ignore[method-assign,assignment]
    socket.getaddrinfo = _getaddrinfo


def pytest_unconfigure(config: pytest.Config) -> None:
    """Remove what `pytest_configure` made."""
    folder = config.stash.get(_run_folder, None)
    if folder is not None:
        shutil.rmtree(folder, ignore_errors=True)


class _Unexpected(logging.Handler):
    """Keeps every record of WARNING or above, from any thread."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.records: list[logging.LogRecord] = []
        self._guard = threading.Lock()

    def emit(self, record: logging.LogRecord) -> None:
        with self._guard:
            self.records.append(record)


@pytest.fixture(autouse=True)
def no_unexpected_log(request: pytest.FixtureRequest) -> Iterator[None]:
    """Fail the test when something was logged at WARNING or above that it did not announce.

    Announce with `@pytest.mark.expects_log("pattern", ...)`; a pattern is searched in
    "LEVEL logger: message". Idea: qutebrowser's logfail.
    """
    root = logging.getLogger()
    handler = _Unexpected()
    root.addHandler(handler)
    yield
    root.removeHandler(handler)
    marker = request.node.get_closest_marker("expects_log")
    patterns = () if marker is None else marker.args or ("",)
    lines = [f"{r.levelname} {r.name}: {r.getMessage()}" for r in handler.records]
    unexpected = [line for line in lines if not any(re.search(p, line) for p in patterns)]
    if unexpected:
        pytest.fail("logged without being expected:\n" + "\n".join(unexpected), pytrace=False)


@pytest.fixture(scope="session")
def cluster() -> Iterator[Cluster]:
    """One private PostgreSQL for this test process."""
    # Here and below: most tests need no database, and its libraries are slow to load.
    from tests.fakes.postgres import programs, running_cluster

    if programs() is None:
        pytest.skip("PostgreSQL is not installed (no initdb and pg_ctl)")
    with running_cluster() as running:
        yield running


@pytest.fixture(scope="session")
def databases(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> ServiceDatabases:
    """Databases of the central service, with two shops."""
    from tests.fakes.service_databases import ServiceDatabases

    return ServiceDatabases(
        tmp_path_factory.mktemp("databases"), lambda: request.getfixturevalue("cluster")
    )


_real_connect = socket.socket.connect
_real_connect_ex = socket.socket.connect_ex
_real_getaddrinfo = socket.getaddrinfo


def _refuse_outside(family: int, address: Any) -> None:
    if family not in (socket.AF_INET, socket.AF_INET6):
        return
    host = str(address[0])
    literal = _address(host)
    if host in ("", "localhost") or (literal is not None and literal.is_loopback):
        return
    # Not an OSError: the code under test handles those, and the test would pass unnoticed.
    pytest.fail(f"a test tried to reach {host}; only the loopback interface is allowed")


def _address(host: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        return ipaddress.ip_address(host.partition("%")[0])
    except ValueError:
        return None


def _connect(self: socket.socket, address: Any, /) -> None:
    _refuse_outside(self.family, address)
    _real_connect(self, address)


def _connect_ex(self: socket.socket, address: Any, /) -> int:
    _refuse_outside(self.family, address)
    return _real_connect_ex(self, address)


def _getaddrinfo(host: Any, *args: Any, **kwargs: Any) -> Any:
    text = host.decode() if isinstance(host, bytes) else str(host or "")
    # RFC 6761, 6.4: names under .invalid never exist; tests of "no such host" use them.
    if text.endswith(".invalid"):
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")
    if host is not None and _address(text) is None:
        _refuse_outside(socket.AF_INET, (text,))
    return _real_getaddrinfo(host, *args, **kwargs)

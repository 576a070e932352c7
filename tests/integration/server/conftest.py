"""Databases for the service's tests: SQLite in a file, PostgreSQL where it is installed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from merchant_app.server.service import Service
from tests.fakes.clock import FakeClock
from tests.fakes.postgres import Cluster, programs, running_cluster
from tests.fakes.service_process import listening, open_service


@pytest.fixture(scope="session")
def cluster() -> Iterator[Cluster]:
    """One private PostgreSQL for this test process."""
    if programs() is None:
        pytest.skip("PostgreSQL is not installed (no initdb and pg_ctl)")
    with running_cluster() as running:
        yield running


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """An empty database of each kind."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'central.db'}"
    running: Cluster = request.getfixturevalue("cluster")
    return running.database_url()


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def service(database_url: str, clock: FakeClock) -> Iterator[Service]:
    """A service with two shops, whose time stands still."""
    opened = open_service(database_url, clock=clock)
    yield opened
    opened.database.close()


@pytest.fixture
def url(service: Service) -> Iterator[str]:
    """The service's address, listening."""
    with listening(service) as address:
        yield address


@pytest.fixture
def another(database_url: str) -> Iterator[Callable[..., Service]]:
    """Opens more services over the same database, like a second program."""
    opened: list[Service] = []

    def make(**arguments: object) -> Service:
        opened.append(open_service(database_url, **arguments))  # type: ignore[arg-type]
        return opened[-1]

    yield make
    for one in opened:
        one.database.close()

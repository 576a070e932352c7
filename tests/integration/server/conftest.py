"""Databases for the service's tests: SQLite in a file, PostgreSQL where it is installed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from merchant_app.server.service import Service
from tests.fakes.clock import FakeClock
from tests.fakes.postgres import Cluster
from tests.fakes.service_databases import ServiceDatabases
from tests.fakes.service_process import listening, open_service


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """An empty database of each kind."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'central.db'}"
    running: Cluster = request.getfixturevalue("cluster")
    return running.database_url()


@pytest.fixture(params=["sqlite", "postgresql"])
def shops_url(request: pytest.FixtureRequest, tmp_path: Path, databases: ServiceDatabases) -> str:
    """A database of each kind with two shops."""
    return databases.copy(request.param, tmp_path)


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def service(shops_url: str, clock: FakeClock) -> Iterator[Service]:
    """A service with two shops, whose time stands still."""
    opened = open_service(shops_url, clock=clock)
    yield opened
    opened.database.close()


@pytest.fixture
def url(service: Service) -> Iterator[str]:
    """The service's address, listening."""
    with listening(service) as address:
        yield address


@pytest.fixture
def another(shops_url: str) -> Iterator[Callable[..., Service]]:
    """Opens more services over the same database, like a second program."""
    opened: list[Service] = []

    def make(**arguments: object) -> Service:
        opened.append(open_service(shops_url, **arguments))  # type: ignore[arg-type]
        return opened[-1]

    yield make
    for one in opened:
        one.database.close()

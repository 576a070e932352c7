"""The sites that the contract suite runs on: the fake, and the real service on both databases."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from merchant_app.clock import SystemClock
from tests.fakes import postgres
from tests.fakes.central import FakeCentral
from tests.fakes.central_sites import FakeSite, Site
from tests.fakes.postgres import Cluster
from tests.fakes.service_process import open_service, service_site


@pytest.fixture(scope="session")
def postgres_template(request: pytest.FixtureRequest) -> Iterator[tuple[Cluster, str]]:
    """A running PostgreSQL, and a database in it with the schema and two shops, to be copied."""
    if postgres.programs() is None:
        pytest.skip("PostgreSQL is not installed on this computer")
    with postgres.running_cluster() as cluster:
        url = cluster.database_url()
        open_service(url).database.close()
        yield cluster, url.partition("@/")[2].partition("?")[0]


@pytest.fixture(params=["fake", "sqlite", "postgresql"])
def site(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Site]:
    """A central service with two shops."""
    if request.param == "fake":
        yield FakeSite(FakeCentral(SystemClock()))
        return
    url = f"sqlite:///{tmp_path / 'central.db'}"
    if request.param == "postgresql":
        cluster, template = request.getfixturevalue("postgres_template")
        url = cluster.database_url(template=template)
    with service_site(url) as real:
        yield real

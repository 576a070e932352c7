"""The sites that the contract suite runs on: the fake, and the real service on both databases."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from merchant_app.clock import SystemClock
from tests.fakes.central import FakeCentral
from tests.fakes.central_sites import FakeSite, Site
from tests.fakes.service_databases import ServiceDatabases
from tests.fakes.service_process import service_site


@pytest.fixture(params=["fake", "sqlite", "postgresql"])
def site(
    request: pytest.FixtureRequest, tmp_path: Path, databases: ServiceDatabases
) -> Iterator[Site]:
    """A central service with two shops."""
    if request.param == "fake":
        yield FakeSite(FakeCentral(SystemClock()))
        return
    with service_site(databases.copy(request.param, tmp_path)) as real:
        yield real

"""The real service behind the real adapter does what the contract suite asks of every one."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.contract.test_central_service import *  # noqa: F403 - the suite's tests, on another site
from tests.fakes.service_process import ServiceSite, service_site


@pytest.fixture
def site(database_url: str) -> Iterator[ServiceSite]:
    """A listening service with two shops, on each database."""
    with service_site(database_url) as listening_site:
        yield listening_site

"""The sites that the contract suite runs on."""

from __future__ import annotations

import pytest

from merchant_app.clock import SystemClock
from tests.fakes.central import FakeCentral
from tests.fakes.central_sites import FakeSite, Site


@pytest.fixture(params=["fake"])
def site(request: pytest.FixtureRequest) -> Site:
    """A central service with two shops."""
    return FakeSite(FakeCentral(SystemClock()))

"""The shim, compiled once for each worker."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.crash import shim


@pytest.fixture(scope="session")
def library(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """`io_shim.c`, compiled."""
    lacking = shim.why_not()
    if lacking is not None:
        pytest.skip(lacking)
    return shim.build(tmp_path_factory.mktemp("shim"))

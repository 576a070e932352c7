"""Databases of the central service with the schema and two shops: made once, copied for each test.

The steps of the schema take longer than most tests of what is done with it.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

from tests.fakes.postgres import Cluster
from tests.fakes.service_process import open_service


class ServiceDatabases:
    """SQLite and PostgreSQL; one for each test process."""

    def __init__(self, folder: Path, cluster: Callable[[], Cluster]) -> None:
        """`folder` is of this object alone; `cluster` is only called when PostgreSQL is wanted."""
        self._made = folder / "central.db"
        self._cluster = cluster
        self._template = ""

    def copy(self, kind: str, folder: Path) -> str:
        """The URL of a database of its own; `kind`: sqlite, then it lies in `folder`, or
        postgresql."""
        if kind == "sqlite":
            if not self._made.exists():
                open_service(_url(self._made)).database.close()
            path = folder / self._made.name
            shutil.copyfile(self._made, path)
            return _url(path)
        cluster = self._cluster()
        if not self._template:
            url = cluster.database_url()
            open_service(url).database.close()
            self._template = url.partition("@/")[2].partition("?")[0]
        return cluster.database_url(template=self._template)


def _url(path: Path) -> str:
    return f"sqlite:///{path}"

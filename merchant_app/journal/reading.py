"""A connection for whoever reads a journal beside the till that writes it."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from merchant_app.journal.checking import world_errors

_BUSY_WAIT_S = 2.0


@contextmanager
def reading(path: Path) -> Iterator[sqlite3.Connection]:
    """The journal at `path`, to be read only, by the thread that asks.

    Raises:
        Problem: the file is not there, damaged, locked, or cannot be read; what is read inside
            raises it too.
    """
    with world_errors():
        # As a URI, for a file that is there: this never makes one.
        address = f"{path.resolve().as_uri()}?mode=rw"
        with closing(
            sqlite3.connect(address, uri=True, timeout=_BUSY_WAIT_S, isolation_level=None)
        ) as connection:
            connection.execute("PRAGMA query_only = ON")
            yield connection

"""The service that a command works on."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Iterator
from contextlib import contextmanager

from merchant_app.clock import SystemClock
from merchant_app.server.database import Database, default_url
from merchant_app.server.service import Service


@contextmanager
def opened(arguments: Namespace) -> Iterator[Service]:
    """The service over `--database`, its schema brought up to date; closed at the end."""
    database = Database(arguments.database or default_url())
    try:
        yield Service(database, clock=SystemClock())
    finally:
        database.close()

"""A real PostgreSQL for tests: a private cluster, and a fresh database for each test.

The cluster lives in a folder of its own, listens on a Unix socket there and on no port, belongs to
the test process and ends with it. fsync is off: nothing here outlives a power cut anyway.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

import psycopg
from psycopg import sql

START_TIMEOUT_S = 60
_SETTINGS = (
    "fsync=off",
    "synchronous_commit=off",
    "full_page_writes=off",
    "listen_addresses=''",
    "max_connections=200",
    "shared_buffers=32MB",
    "autovacuum=off",
)


def programs() -> Path | None:
    """The folder with initdb and pg_ctl; None where PostgreSQL is not installed."""
    versions = Path("/usr/lib/postgresql").glob("*/bin")
    debian = sorted(versions, key=lambda path: int(path.parent.name), reverse=True)
    on_path = shutil.which("pg_ctl")
    for folder in [*debian, *([Path(on_path).resolve().parent] if on_path else [])]:
        if (folder / "initdb").exists() and (folder / "pg_ctl").exists():
            return folder
    return None


class Cluster:
    """A running server. `database_url` makes a database; they all go with the cluster."""

    def __init__(self, folder: Path, user: str) -> None:
        self._folder = folder
        self._user = user
        self._templates = 0

    def database_url(self, *, template: str = "template1") -> str:
        """The URL of a new database, a copy of `template`."""
        name = f"t{uuid.uuid4().hex}"
        with psycopg.connect(
            host=str(self._folder), user=self._user, dbname="postgres", autocommit=True
        ) as connection:
            connection.execute(
                sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(
                    sql.Identifier(name), sql.Identifier(template)
                )
            )
        return f"postgresql://{self._user}@/{name}?host={quote(str(self._folder))}"


@contextmanager
def running_cluster() -> Iterator[Cluster]:
    """A cluster that lives as long as the block.

    Raises:
        FileNotFoundError: PostgreSQL is not installed.
    """
    folder_of_programs = programs()
    if folder_of_programs is None:
        raise FileNotFoundError("PostgreSQL is not installed")
    # Short: a Unix socket's path has 107 bytes. Not pytest's folder: that one is closed to others.
    folder = Path(tempfile.mkdtemp(prefix="pg-", dir="/tmp"))
    as_owner = _as_owner_of(folder)
    data, user = folder / "data", "comptoir"
    try:
        _run(
            *as_owner,
            str(folder_of_programs / "initdb"),
            f"--pgdata={data}",
            f"--username={user}",
            "--auth=trust",
            "--encoding=UTF8",
            "--locale=C",
            "--no-sync",
        )
        options = " ".join(
            f"-c {setting}" for setting in (*_SETTINGS, f"unix_socket_directories={folder}")
        )
        control = (*as_owner, str(folder_of_programs / "pg_ctl"), f"--pgdata={data}")
        _run(
            *control,
            "--wait",
            f"--timeout={START_TIMEOUT_S}",
            f"--log={folder / 'log'}",
            f"--options={options}",
            "start",
        )
        try:
            yield Cluster(folder, user)
        finally:
            _run(*control, "--wait", "--mode=immediate", "stop")
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _as_owner_of(folder: Path) -> tuple[str, ...]:
    """PostgreSQL refuses to run as root: there, the user postgres gets the folder."""
    if os.geteuid() != 0:
        return ()
    shutil.chown(folder, "postgres")
    return ("setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups")


def _run(*command: str) -> None:
    done = subprocess.run(
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,  # the started server inherits it: a pipe would never end
        stderr=subprocess.DEVNULL,
        timeout=START_TIMEOUT_S + 10,
        cwd="/",
        check=False,
    )
    if done.returncode:
        raise RuntimeError(f"{Path(command[-1]).name} failed with {done.returncode}: {command}")

"""Training mode's central service: the real one, in a process of its own, on loopback.

It is a child of the till and ends with it: its standard input is a pipe that closes when the till
is gone, however it went.
"""

from __future__ import annotations

import json
import logging
import os
import subprocess
import sys
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from merchant_app.bootstrap import SERVICE_SWITCH
from merchant_app.errors import Problem, ProblemKind

SHOP = "librairie-cassiopee"
TILL_NAME = "Caisse 1"
START_LIMIT_S = 60.0
"""A slow disk and a cold cache; a warm start takes about two seconds."""
STOP_LIMIT_S = 5.0
_POLL_S = 0.02

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class PracticeVoucher:
    """A sample voucher to try one situation with. `code` and `token` are secrets of its holder."""

    kind: str
    code: str = field(repr=False)
    token: str = field(repr=False)
    face_minor: int
    shop: str


class TrainingService:
    """One central service process over one database file."""

    def __init__(self, folder: Path, *, given_up: threading.Event | None = None) -> None:
        """`folder` holds the database; it is created by the caller.

        `given_up`: nobody waits for the start any more.
        """
        self._folder = folder
        self._given_up = given_up or threading.Event()
        self._process: subprocess.Popen[bytes] | None = None
        self.url = ""

    @property
    def database(self) -> str:
        return f"sqlite:///{(self._folder / 'central.sqlite').as_posix()}"

    def fill(self) -> None:
        """Make the database, if it is not there yet, and fill it with the sample shops.

        Raises:
            Problem: TRAINING_SERVICE_FAILED.
        """
        self.ask("sample")

    def start(self) -> None:
        """Start the service, which fills a new database itself; wait until it listens.

        Raises:
            Problem: TRAINING_SERVICE_FAILED.
        """
        ready_file = self._folder / "ready.json"
        ready_file.unlink(missing_ok=True)
        command = self._command(
            "serve",
            "--training",
            "--port",
            "0",
            "--ready-file",
            str(ready_file),
            "--until-stdin-closes",
        )
        log = (self._folder / "central.log").open("ab")
        with log:
            self._process = subprocess.Popen(  # noqa: S603 - our own program
                command, stdin=subprocess.PIPE, stdout=log, stderr=log
            )
        self.url = self._wait_for(ready_file, self._process)

    def enrolment_code(self) -> str:
        """A fresh one-time code for the first till of the sample shop."""
        return str(self.ask("enrol", "--shop", SHOP, "--till", TILL_NAME)["code"])

    def practice(self) -> tuple[PracticeVoucher, ...]:
        """Vouchers of the sample shop, one or more of each situation."""
        return tuple(
            PracticeVoucher(
                kind=row["kind"],
                code=row["code"],
                token=row["token"],
                face_minor=row["face_minor"],
                shop=row["shop"],
            )
            for row in self.ask("practice")["practice"]
        )

    def turn(self, word: str) -> None:
        """This is wrong with the line from now on (`server.training_line.LineFault`).

        Raises:
            Problem: TRAINING_SERVICE_FAILED; it has ended.
        """
        process = self._process
        assert process is not None, "started first"
        assert process.stdin is not None
        try:
            # Past the buffer: what a service that is gone did not take must not wait for `stop`.
            os.write(process.stdin.fileno(), f"{word}\n".encode())
        except (OSError, ValueError) as error:  # it has ended; or `stop` has closed the pipe
            raise Problem(ProblemKind.TRAINING_SERVICE_FAILED, "has ended") from error

    def stop(self) -> None:
        """End the process; what was committed is safe."""
        process = self._process
        if process is None:
            return
        if process.stdin is not None:
            process.stdin.close()
        try:
            process.wait(STOP_LIMIT_S)
        except subprocess.TimeoutExpired:
            _log.warning("the training service does not stop; killed")
            process.kill()
            process.wait()

    def ask(self, *arguments: str, accepted: tuple[int, ...] = (0,)) -> Any:
        """What `merchant-central` says to these arguments, from JSON.

        `accepted` are the exit codes of an answer; an audit that finds something ends with 1.

        Raises:
            Problem: TRAINING_SERVICE_FAILED.
        """
        try:
            result = subprocess.run(  # noqa: S603 - our own program
                self._command(*arguments, "--json"),
                capture_output=True,
                timeout=START_LIMIT_S,
                check=False,
            )
        except subprocess.TimeoutExpired as slow:
            detail = f"{arguments[0]}: no answer in time"
            raise Problem(ProblemKind.TRAINING_SERVICE_FAILED, detail) from slow
        if result.returncode not in accepted or not result.stdout:
            error = result.stderr.decode(errors="replace")[-2000:]
            raise Problem(ProblemKind.TRAINING_SERVICE_FAILED, f"{arguments[0]}: {error}")
        return json.loads(result.stdout)

    def _command(self, *arguments: str) -> list[str]:
        verb, *rest = arguments
        return [*_program(), verb, "--database", self.database, *rest]

    def _wait_for(self, ready_file: Path, process: subprocess.Popen[bytes]) -> str:
        deadline = time.monotonic() + START_LIMIT_S
        while not ready_file.exists():
            if process.poll() is not None:
                raise Problem(
                    ProblemKind.TRAINING_SERVICE_FAILED, f"ended with {process.returncode}"
                )
            if time.monotonic() > deadline:
                raise Problem(ProblemKind.TRAINING_SERVICE_FAILED, "does not listen")
            if self._given_up.wait(_POLL_S):
                raise Problem(ProblemKind.TRAINING_SERVICE_FAILED, "not waited for")
        return str(json.loads(ready_file.read_text("utf-8"))["url"])


def _program() -> tuple[str, ...]:
    """How the service is started: by Python, or by the packaged program itself."""
    if getattr(sys, "frozen", False):
        return (sys.executable, SERVICE_SWITCH)
    return (sys.executable, "-m", "merchant_app.server.cli")

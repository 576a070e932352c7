"""The whole till in a process of its own, told what to do and saying what it shows.

This is the test's side; the till's is `till_driver`. POSIX only.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.fakes.waiting import LIMIT_S, until

REPOSITORY = Path(__file__).resolve().parents[2]

Seen = dict[str, Any]


def _is_verdict(state: object) -> bool:
    return state not in (None, "Checking")


class Driven:
    """One till process.

    Attributes:
        seen: everything it showed so far, the newest last: did (how many commands it had carried
            out), page, told, state, verdict, word, amount, purchase, code, focus, line, unsent,
            error, waiting (the basket's amounts in minor units), basket (what was debited), place
            (the screen), to_settle, closing (what Clôture shows), closing_word, closing_message.
    """

    def __init__(self, popen: subprocess.Popen[bytes], commands: int, reports: int) -> None:
        self.popen = popen
        self.seen: list[Seen] = []
        self._commands = commands
        self._given = 0
        self._reports = reports
        self._changed = threading.Condition()
        self._reader = threading.Thread(target=self._read, name="driven-till", daemon=True)
        self._reader.start()

    def do(self, name: str, **details: str) -> int:
        """One command, see `till_driver.Driver`; its number, for `shows`."""
        os.write(self._commands, json.dumps({"do": name, **details}).encode() + b"\n")
        self._given += 1
        return self._given

    def shows(self, *, after: int = 0, did: int = 0, **wanted: object) -> Seen:
        """Wait until it shows all of these; a function is asked instead of compared.

        What it showed at any time before counts too, except with `did`: only once this command was
        carried out; or `after`: only what came after so many reports, whatever led to it.
        """

        def fits(seen: Seen) -> bool:
            return seen["did"] >= did and all(
                value(seen.get(name)) if callable(value) else seen.get(name) == value
                for name, value in wanted.items()
            )

        def found() -> Seen | None:
            return next(filter(fits, self.seen[after:]), None)

        with self._changed:
            self._changed.wait_for(lambda: found() or not self._reader.is_alive(), LIMIT_S)
            seen = found()
        assert seen is not None, f"wanted {wanted}, the last were {self.seen[-3:]}"
        return seen

    def after(self, name: str, *, shows: str, **details: str) -> Seen:
        """Do something and wait for the state it leads to."""
        return self.shows(did=self.do(name, **details), state=shows)

    def after_key(self, key: str, **wanted: Any) -> Seen:
        """Press F1 to F12 and wait for what it leads to."""
        return self.shows(did=self.do("function", key=key), **wanted)

    def scan(self, text: str) -> Seen:
        """A gun scans this; what the till makes of it."""
        return self.shows(did=self.do("gun", text=text), state=_is_verdict)

    def ends(self, limit_s: float = LIMIT_S) -> int:
        """Wait for its end; the exit code."""
        return self.popen.wait(limit_s)

    def close_pipes(self) -> None:
        self._reader.join(LIMIT_S)
        os.close(self._commands)
        os.close(self._reports)

    def _read(self) -> None:
        rest = b""
        while piece := os.read(self._reports, 65_536):
            *lines, rest = (rest + piece).split(b"\n")
            with self._changed:
                self.seen += [json.loads(line) for line in lines]
                self._changed.notify_all()
        with self._changed:
            self._changed.notify_all()


@contextmanager
def driven_till(
    *arguments: str, output: Path, environ: dict[str, str] | None = None, secrets: str = ""
) -> Iterator[Driven]:
    """A till with these arguments; killed at the end if it still runs.

    `output` gets its stdout and stderr. `secrets`: a file that plays the keyring; else none works.
    """
    ours_read, theirs_write = os.pipe()
    theirs_read, ours_write = os.pipe()
    program = [sys.executable, "-X", "dev", "-m", "tests.fakes.till_driver"]
    with output.open("wb") as written:
        popen = subprocess.Popen(
            [*program, str(theirs_read), str(theirs_write), secrets, *arguments],
            pass_fds=(theirs_read, theirs_write),
            stdin=subprocess.DEVNULL,
            stdout=written,
            stderr=written,
            cwd=REPOSITORY,
            env=dict(os.environ) | (environ or {}),
        )
    os.close(theirs_read)
    os.close(theirs_write)
    driven = Driven(popen, ours_write, ours_read)
    try:
        yield driven
    finally:
        if popen.poll() is None:
            popen.kill()
            popen.wait()
        driven.close_pipes()


def children(pid: int) -> set[int]:
    """The processes that this one started and that still run (Linux); zombies among them."""
    found = set()
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rpartition(")")[2].split()
        except OSError:  # it ended meanwhile
            continue
        if int(fields[1]) == pid:
            found.add(int(stat.parent.name))
    return found


def is_gone(pid: int) -> bool:
    """Whether this process ended (Linux); a zombie that nobody waited for counts as ended."""
    try:
        return (
            Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()[0]
            == "Z"
        )
    except OSError:
        return True


def all_gone(pids: set[int]) -> None:
    """Wait for their end."""
    until(lambda: all(is_gone(pid) for pid in pids), what=f"the end of {pids}")

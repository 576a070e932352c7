"""Where tills are born: a process that has loaded the program once and forks one for each start.

Loading takes most of a second, a fork a few milliseconds: a till that dies every few seconds
would otherwise hardly work. Each till is a process of its own all the same, over its own files.
The nursery has no threads, so that a fork copies all there is; it reaps only whom it is asked
about, so that no number of a dead till ever names a stranger.
"""

from __future__ import annotations

import contextlib
import importlib
import json
import os
import socket
import subprocess
import sys
import threading
import traceback
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from tests.end2end import nemesis_cashier
from tests.fakes.service_process import environment
from tests.fakes.waiting import LIMIT_S

_LOADED_LATE = (
    "merchant_app.bootstrap.camera",
    "merchant_app.bootstrap.counter",
    "merchant_app.bootstrap.source",
    "merchant_app.log",
    "merchant_app.settings.lock",
    "merchant_app.settings.secrets",
    "merchant_app.vouchers.token",
)
"""What the program loads only when it opens a till; here it is loaded before the forks."""
_MESSAGE_BYTES_MAX = 65_536


class Nursery:
    """The other side of it, in the process of the nemesis. Any thread may call."""

    def __init__(self, control: socket.socket) -> None:
        self._control = control
        self._guard = threading.Lock()

    def start(self, arguments: Sequence[str], *, files: tuple[int, int, int]) -> int:
        """Fork a till with these as its standard input, output and error; its process number."""
        return int(self._ask({"start": list(arguments)}, files))

    def reap(self, pid: int) -> int:
        """Wait for its end: the exit code, or the signal's number below zero."""
        return int(self._ask({"reap": pid}))

    def _ask(self, request: dict[str, Any], files: tuple[int, ...] = ()) -> Any:
        with self._guard:
            socket.send_fds(self._control, [json.dumps(request).encode()], files)
            answer = self._control.recv(_MESSAGE_BYTES_MAX)
        assert answer, "the nursery is gone"
        return json.loads(answer)


@contextlib.contextmanager
def nursery(errors: Path) -> Iterator[Nursery]:
    """A running nursery; it ends with the block. Its own complaints go to the file `errors`."""
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    with ours, errors.open("ab") as log:
        with theirs:
            popen = subprocess.Popen(
                [sys.executable, "-m", "tests.end2end.nemesis_nursery", str(theirs.fileno())],
                pass_fds=(theirs.fileno(),),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env=environment() | {"HOME": str(errors.parent)},
            )
        try:
            yield Nursery(ours)
        finally:
            ours.close()
            popen.wait(LIMIT_S)


def main() -> int:
    """Serve one nemesis until it leaves."""
    for name in _LOADED_LATE:
        importlib.import_module(name)
    with socket.socket(fileno=int(sys.argv[1])) as control:
        while True:
            message, files, _, _ = socket.recv_fds(control, _MESSAGE_BYTES_MAX, 3)
            if not message:
                return 0
            control.send(json.dumps(_done(json.loads(message), files, control)).encode())


def _done(request: dict[str, Any], files: list[int], control: socket.socket) -> int:
    if "reap" in request:
        _, status = os.waitpid(request["reap"], 0)
        return os.waitstatus_to_exitcode(status)
    pid = os.fork()
    if pid == 0:
        control.close()
        _live(request["start"], files)
    for file in files:
        os.close(file)
    return pid


def _live(arguments: list[str], files: list[int]) -> None:
    """In the child: to the end of the process."""
    code = 1
    try:
        for place, file in enumerate(files):
            os.dup2(file, place)
            os.close(file)
        code = nemesis_cashier.main(arguments)
    except BaseException:  # the till's own crash: told in its file, and by its exit code
        traceback.print_exc()
    finally:
        sys.stderr.flush()
        os._exit(code)


if __name__ == "__main__":
    sys.exit(main())

"""A bad line: stands between a till and its service and does to each request what it is told.

with FaultProxy(service.url, script=[CutBeforeAnswer()]) as line:
    ...the till calls line.url; the first request is debited and its answer lost...

Real TCP on loopback, nothing but the standard library, a thread for each connection. By hand:

    python -m tests.fakes.fault_proxy --upstream http://127.0.0.1:8765 --listen 8766 --seed 7
"""

from __future__ import annotations

import argparse
import contextlib
import random
import signal
import socket
import sys
import threading
from collections import Counter, deque
from collections.abc import Iterable, Iterator, Sequence
from types import TracebackType
from urllib.parse import urlsplit

from tests.fakes.fault_http import Message, MessageReader, NotHttp
from tests.fakes.fault_kinds import (
    DELAY_S_MAX,
    STORM,
    BlackHole,
    CutAnswer,
    CutBefore,
    CutBeforeAnswer,
    CutRequest,
    DelayAnswer,
    DelayRequest,
    Drip,
    Duplicate,
    DuplicateLater,
    Fault,
    FlipBits,
    HalfJson,
    Instead,
    Pass,
    Refuse,
    Replay,
    Weather,
)
from tests.fakes.fault_line import CONNECTIONS_MAX, HOST, Door, OpenSockets, reset_at_close

CONNECT_S = 5.0
SILENCE_S_MAX = 300.0
"""How long either side may say nothing: an idle till, a hanging service, a black hole."""
ANSWERS_REMEMBERED_MAX = 50
LATE_MAX = 100


class _Cut(Exception):
    """This connection is over, without a goodbye."""


class FaultProxy:
    """The line, from the inside of its `with` block on.

    For each request: `always`, if set; else the next fault of `script`; else what `weather` draws;
    else it passes. Every method and attribute may be used from any thread.

    Attributes:
        always: what happens to every request until it is None again.
        script: what happens to the next ones, one each.
        weather: what happens when the script is empty; may be changed at any time.
        port: where tills call.
    """

    def __init__(
        self,
        upstream: str,
        *,
        script: Iterable[Fault] = (),
        weather: Weather | None = None,
        port: int = 0,
    ) -> None:
        """`upstream` is the service's URL (http); `port` 0 takes a free one.

        Raises:
            OSError: the port is taken.
        """
        self.upstream = upstream
        self.always: Fault | None = None
        self.script: deque[Fault] = deque(script)
        self.weather = weather
        self._guard = threading.Lock()
        self._counts: Counter[str] = Counter()
        self._answers: deque[Message] = deque(maxlen=ANSWERS_REMEMBERED_MAX)
        self._late: list[tuple[int, Message]] = []
        self._silent = False
        self._stopping = threading.Event()
        self._sockets = OpenSockets()
        self._threads: list[threading.Thread] = []
        self._door = Door(port, self._welcome)
        self.port = self._door.port

    @property
    def url(self) -> str:
        return f"http://{HOST}:{self.port}"

    @property
    def upstream(self) -> str:
        """Where the service is now; it may be another place after each of its deaths."""
        return f"http://{self._upstream[0]}:{self._upstream[1]}"

    @upstream.setter
    def upstream(self, url: str) -> None:
        parts = urlsplit(url)
        if parts.scheme != "http" or parts.hostname is None or parts.port is None:
            raise ValueError(f"not http://host:port: {url}")
        self._upstream = (parts.hostname, parts.port)

    def __enter__(self) -> FaultProxy:
        self._door.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._stopping.set()
        self._door.stop()
        self._sockets.end_all(for_good=True)
        for thread in self._threads:
            thread.join()

    # --- the whole line --------------------------------------------------------------------------

    def line_down(self, *, silent: bool = False) -> None:
        """Cut the line until `line_up`.

        Nobody listens any more and open connections break; `silent`: everything is accepted,
        carried nowhere and never answered, as by a router whose own line is cut.
        """
        self._silent = silent
        if not silent:
            self._door.shut()
            self._sockets.end_all()

    def line_up(self) -> None:
        """The line is back. What fell into silence stays lost."""
        self._silent = False
        self._door.open()

    # --- what was done ---------------------------------------------------------------------------

    @property
    def counts(self) -> dict[str, int]:
        """How often each fault happened, by class; besides `connections`, `requests`, `late`
        (duplicates sent so far) and `unreachable` (the service was not there)."""
        with self._guard:
            return dict(self._counts)

    @property
    def met(self) -> int:
        """Requests that met something else than `Pass`."""
        counts = self.counts
        return counts.get("requests", 0) - counts.get(Pass.__name__, 0)

    def _count(self, name: str) -> None:
        with self._guard:
            self._counts[name] += 1

    # --- connections -----------------------------------------------------------------------------

    def _welcome(self, client: socket.socket) -> None:
        """In the door's thread."""
        self._count("connections")
        self._threads = [thread for thread in self._threads if thread.is_alive()]
        if len(self._threads) >= CONNECTIONS_MAX:
            client.close()
            return
        self._sockets.add(client)
        thread = threading.Thread(
            target=self._carry, args=(client,), name="fault-connection", daemon=True
        )
        self._threads.append(thread)
        thread.start()

    def _carry(self, client: socket.socket) -> None:
        """One connection, all of its requests."""
        with self._sockets.holding(client):
            client.settimeout(SILENCE_S_MAX)
            client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            reader = MessageReader(client)
            try:
                while (request := reader.request()) is not None:
                    if not self._serve(client, request):
                        return
            except (_Cut, NotHttp, OSError):
                # OSError: the till or the service left; the other one is left without a word.
                reset_at_close(client)

    def _serve(self, client: socket.socket, request: Message) -> bool:
        """One request; whether the connection may bring another."""
        fault = self._next_fault()
        try:
            if self._silent:
                self._say_nothing(client)
            answer = self._ask(client, request, fault)
            if self._silent:
                self._say_nothing(client)
            if answer is not None:
                self._tell(client, answer, fault)
        finally:
            self._send_late()
        return answer is not None and not (request.ends_connection or answer.ends_connection)

    def _next_fault(self) -> Fault:
        with self._guard:
            fault: Fault = Pass()
            if self.always is not None:
                fault = self.always
            elif self.script:
                fault = self.script.popleft()
            elif self.weather is not None:
                fault = self.weather.draw()
            self._counts["requests"] += 1
            self._counts[type(fault).__name__] += 1
            return fault

    # --- the way of a request --------------------------------------------------------------------

    def _ask(self, client: socket.socket, request: Message, fault: Fault) -> Message | None:
        """Take the request to the service, as far as the fault lets it come.

        None: there is nothing to take back, the fault has said all.

        Raises:
            _Cut: the till's connection is to be cut.
        """
        match fault:
            case Refuse(for_s=for_s):
                self._door.shut(for_s=min(for_s, DELAY_S_MAX))
                raise _Cut
            case CutBefore():
                raise _Cut
            case CutRequest(share=share):
                self._send_part(request, share)
                raise _Cut
            case BlackHole():
                self._say_nothing(client)
            case Instead(reply=reply, forwarded=forwarded):
                if forwarded:
                    self._forward(request)
                client.sendall(reply)
                return None
            case DelayRequest(delay_s=delay_s):
                self._pause(delay_s)
            case Duplicate():
                self._forward(request)
            case DuplicateLater(after_requests=count):
                with self._guard:
                    self._late = [*self._late[1 - LATE_MAX :], (count, request)]
            case (
                Pass()
                | CutBeforeAnswer()
                | CutAnswer()
                | DelayAnswer()
                | FlipBits()
                | HalfJson()
                | Replay()
                | Drip()
            ):
                pass  # these are about the answer
        return self._forward(request, back=fault if isinstance(fault, Replay) else None)

    def _forward(self, request: Message, *, back: Replay | None = None) -> Message:
        """The service's answer; or, for a replay, an earlier one."""
        method = request.head.partition(b" ")[0]
        with self._reached() as upstream:
            upstream.sendall(request.whole)
            answer = MessageReader(upstream).answer(to=method)
        with self._guard:
            earlier = list(self._answers)
            self._answers.append(answer)
        if back is None or not earlier:
            return answer
        return earlier[-min(max(back.requests_ago, 1), len(earlier))]

    @contextlib.contextmanager
    def _reached(self) -> Iterator[socket.socket]:
        try:
            upstream = socket.create_connection(self._upstream, CONNECT_S)
        except OSError:
            self._count("unreachable")
            raise
        with self._sockets.holding(upstream):
            upstream.settimeout(SILENCE_S_MAX)
            yield upstream

    def _send_part(self, request: Message, share: float) -> None:
        # The service may have gone: then it got even less.
        with contextlib.suppress(OSError), self._reached() as upstream:
            part = _part(request.sent_body, share)
            upstream.sendall(request.head + part)
            reset_at_close(upstream)

    def _send_late(self) -> None:
        """Each request brings the late duplicates nearer to their turn."""
        with self._guard:
            due = [request for count, request in self._late if count <= 0]
            self._late = [(count - 1, request) for count, request in self._late if count > 0]
        for request in due:
            # Nobody waits for it; if the service is gone, it is gone too.
            with contextlib.suppress(OSError, NotHttp):
                self._forward(request)
                self._count("late")

    # --- the way of an answer --------------------------------------------------------------------

    def _tell(self, client: socket.socket, answer: Message, fault: Fault) -> None:
        """Bring the answer to the till, or what the fault leaves of it.

        Raises:
            _Cut: the till's connection is to be cut.
        """
        match fault:
            case CutBeforeAnswer():
                raise _Cut
            case CutAnswer(share=share):
                client.sendall(answer.head + _part(answer.sent_body, share))
                raise _Cut
            case DelayAnswer(delay_s=delay_s):
                self._pause(delay_s)
                client.sendall(answer.whole)
            case FlipBits(at_shares=shares):
                client.sendall(answer.with_body(_flipped(answer.body, shares)).whole)
            case HalfJson():
                client.sendall(answer.with_body(answer.body[: len(answer.body) // 2]).whole)
            case Drip(piece_bytes=size, pause_s=pause_s):
                whole = answer.whole
                for start in range(0, len(whole), max(1, size)):
                    client.sendall(whole[start : start + max(1, size)])
                    self._pause(pause_s)
            case _:
                client.sendall(answer.whole)

    def _pause(self, delay_s: float) -> None:
        if self._stopping.wait(min(delay_s, DELAY_S_MAX)):
            raise _Cut

    def _say_nothing(self, client: socket.socket) -> None:
        """Until the till gives up."""
        while client.recv(65_536):
            pass
        raise _Cut


def _part(body: bytes, share: float) -> bytes:
    """A true part: never all of it, unless there is nothing."""
    return body[: min(int(len(body) * share), max(0, len(body) - 1))]


def _flipped(body: bytes, shares: Sequence[float]) -> bytes:
    changed = bytearray(body)
    for share in shares if body else ():
        changed[min(int(len(body) * share), len(body) - 1)] ^= 0x80
    return bytes(changed)


def main() -> int:
    """A line to try by hand; ends with Ctrl-C, and says what it has done."""
    parser = argparse.ArgumentParser(description="A bad line to a central service, on loopback.")
    parser.add_argument("--upstream", required=True, metavar="URL", help="http://127.0.0.1:8765")
    parser.add_argument("--listen", type=int, default=0, metavar="PORT", help="0: a free one")
    parser.add_argument("--seed", type=int, help="draw faults from it; without: all passes")
    parser.add_argument("--longest-s", type=float, default=1.0, help="of any one delay")
    options = parser.parse_args()
    weather = None
    if options.seed is not None:
        weather = Weather(STORM, random.Random(options.seed), longest_s=options.longest_s)
    asked_to_stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: asked_to_stop.set())
    with FaultProxy(options.upstream, weather=weather, port=options.listen) as line:
        sys.stdout.write(f"{line.url} -> {line.upstream}\n")
        sys.stdout.flush()
        asked_to_stop.wait()
        for name, count in sorted(line.counts.items()):
            sys.stdout.write(f"{count:8} {name}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())

"""Answering: uvicorn on a port that is bound already, until it is told to stop."""

from __future__ import annotations

import asyncio
import signal
import socket
import ssl
import threading
from collections.abc import Callable
from typing import IO

import uvicorn
from starlette.types import ASGIApp

from merchant_app.server.listening import Listening
from merchant_app.server.training_line import OverTheLine, TrainingLine

STOP_WAIT_S = 10
"""How long calls under way may take to end once the service was asked to stop."""

_WORD_BYTES_MAX = 200


class Server(uvicorn.Server):
    """uvicorn that says when it listens, and stops like a program that was asked to."""

    def __init__(
        self,
        app: ASGIApp,
        listening: Listening,
        on_ready: Callable[[], None],
        protocol: type[asyncio.Protocol] | None = None,
    ) -> None:
        config = uvicorn.Config(
            app,
            http=protocol or "auto",
            log_config=None,  # the program's own log
            access_log=False,  # it would write query strings, and every call every ten seconds
            server_header=False,
            lifespan="off",
            ssl_certfile=listening.certificate,
            ssl_keyfile=None if listening.key is None else str(listening.key),
            timeout_graceful_shutdown=STOP_WAIT_S,
        )
        super().__init__(config)
        self._on_ready = on_ready

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """uvicorn's, then the news."""
        if self.config.ssl is not None:
            self.config.ssl.minimum_version = ssl.TLSVersion.TLSv1_2
        await super().startup(sockets)
        if not self.should_exit:
            self._on_ready()

    def stop(self) -> None:
        """Finish the calls under way, then return from `run`. Any thread may call it."""
        self.should_exit = True


def serve(
    app: ASGIApp,
    bound: socket.socket,
    listening: Listening,
    *,
    on_ready: Callable[[str], None],
    until_closes: IO[bytes] | None = None,
    line: TrainingLine | None = None,
) -> None:
    """Serve until SIGTERM or SIGINT, or until `until_closes` ends. Main thread only.

    `on_ready` is given the URL when calls are answered. A parent that keeps the other end of
    `until_closes` takes this service with it, however it ends, and turns the switch of a training
    `line` by what it writes there, a word on a line.
    """
    scheme = "http" if listening.certificate is None else "https"
    port = bound.getsockname()[1]
    host = f"[{listening.host}]" if ":" in listening.host else listening.host
    server = Server(
        app if line is None else OverTheLine(app, line),
        listening,
        lambda: on_ready(f"{scheme}://{host}:{port}"),
        None if line is None else line.protocol(),
    )

    # uvicorn puts these back at its end and raises the signal again, which would end the program
    # with the signal's code although it stopped in good order.
    def stop(_signal: int, _frame: object) -> None:
        server.stop()

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, stop)
    if until_closes is not None:
        threading.Thread(
            target=_stop_at_end, args=(until_closes, server, line), name="stdin", daemon=True
        ).start()
    server.run(sockets=[bound])


def _stop_at_end(stream: IO[bytes], server: Server, line: TrainingLine | None) -> None:
    while said := stream.readline(_WORD_BYTES_MAX):
        if line is not None:
            line.told(said.decode(errors="replace").strip())
    server.stop()

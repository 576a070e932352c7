"""The line to the training service, with faults that are switched on at will.

Only a service that was started for training has this switch; nothing that comes over the network
can turn it, only the program that started the service, by its standard input.
"""

from __future__ import annotations

import asyncio
import logging
from enum import Enum
from typing import assert_never

from starlette.types import ASGIApp, Receive, Scope, Send
from uvicorn.protocols.http.h11_impl import H11Protocol

from merchant_app.contract.problems import ProblemType
from merchant_app.server.problem_replies import Refused, reply

SLOW_S = 3.0
"""Late, and in time: a till waits for five seconds, and calls more than two slow."""

_log = logging.getLogger(__name__)


class LineFault(Enum):
    """What is wrong with the line; the value is the word on the standard input."""

    NONE = "none"
    DOWN = "down"
    SLOW = "slow"
    REFUSING = "refusing"


class TrainingLine:
    """The switch. Turned in the thread that reads the standard input, read in the server's."""

    def __init__(self) -> None:
        self.fault = LineFault.NONE

    def told(self, word: str) -> None:
        """Another fault from now on; a word that is none of them changes nothing."""
        try:
            self.fault = LineFault(word)
        except ValueError:
            _log.warning("no such fault: %r", word[:20])

    def protocol(self) -> type[H11Protocol]:
        """HTTP over this line: while it is down, connections break off without a word."""
        line = self

        class CutProtocol(H11Protocol):
            def data_received(self, data: bytes) -> None:
                if line.fault is LineFault.DOWN:
                    self.transport.abort()
                else:
                    super().data_received(data)

        return CutProtocol


class OverTheLine:
    """ASGI middleware around everything."""

    def __init__(self, app: ASGIApp, line: TrainingLine) -> None:
        self._app = app
        self._line = line

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        fault = self._line.fault
        match fault:
            case LineFault.NONE | LineFault.DOWN:
                await self._app(scope, receive, send)
            case LineFault.SLOW:
                await asyncio.sleep(SLOW_S)
                await self._app(scope, receive, send)
            case LineFault.REFUSING:
                await reply(Refused(ProblemType.UNAVAILABLE))(scope, receive, send)
            case _:
                assert_never(fault)

"""Whatever goes wrong is answered with a problem (RFC 9457), and nothing that helps a thief."""

from __future__ import annotations

import logging

from fastapi import FastAPI, Request
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.exc import TimeoutError as NoConnectionFree
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from merchant_app.clock import Clock
from merchant_app.contract.problems import MEDIA_TYPE, ProblemBody, ProblemType
from merchant_app.contract.strict_json import Malformed
from merchant_app.ids import RandomBytes, uuid7

RETRY_SOON_S = 2
RETRY_RESTORED_S = 10

TITLES = {
    ProblemType.MALFORMED: "The request is not what the contract says",
    ProblemType.NOT_AUTHENTICATED: "This till is not known here",
    ProblemType.ENROLMENT_REFUSED: "The enrolment code is unknown, used or too old",
    ProblemType.VOUCHER_UNKNOWN: "There is no such voucher",
    ProblemType.NOT_FOUND: "There is nothing at this address",
    ProblemType.METHOD_NOT_ALLOWED: "This address does not take this method",
    ProblemType.REWIND: "The service has less of this journal: send again from its head",
    ProblemType.FORK: "Another entry stands where this one should",
    ProblemType.EPOCH_CLOSED: "This journal is closed: enrol the till again",
    ProblemType.TILL_REVOKED: "This till was revoked",
    ProblemType.TOO_LARGE: "The request is too large",
    ProblemType.TOO_MANY_REQUESTS: "Too many failed attempts: wait",
    ProblemType.INTERNAL: "The service failed",
    ProblemType.UNAVAILABLE: "The service cannot answer now: try again",
    ProblemType.BEING_RESTORED: "The service was restored and waits for its tills: try again",
}

_log = logging.getLogger(__name__)


class Refused(Exception):
    """A request ends here, with a problem."""

    def __init__(
        self,
        problem: ProblemType,
        *,
        detail: str = "",
        path: str | None = None,
        retry_after_s: int | None = None,
        head: tuple[int, bytes, int] | None = None,
    ) -> None:
        """`head` is (head_seq, head_hash, generation), for REWIND."""
        super().__init__(problem.uri)
        self.problem = problem
        self.detail = detail
        self.path = path
        self.retry_after_s = retry_after_s
        self.head = head


def reply(refused: Refused, *, instance: str = "") -> Response:
    """The problem as a response."""
    problem = refused.problem
    seq, hash_, generation = refused.head or (None, None, None)
    body = ProblemBody(
        type=problem.uri,
        title=TITLES[problem],
        status=problem.status,
        detail=refused.detail,
        instance=instance,
        path=refused.path,
        head_seq=seq,
        head_hash=None if hash_ is None else hash_.hex(),
        generation=generation,
    )
    headers = {}
    if refused.retry_after_s is not None:
        headers["Retry-After"] = str(refused.retry_after_s)
    if problem is ProblemType.NOT_AUTHENTICATED:
        headers["WWW-Authenticate"] = "Bearer"
    return Response(
        body.model_dump_json(exclude_none=True),
        status_code=problem.status,
        headers=headers,
        media_type=MEDIA_TYPE,
    )


def install(app: FastAPI) -> None:
    """Answer every exception that a route may raise on purpose."""

    @app.exception_handler(Refused)
    async def _refused(_request: Request, error: Refused) -> Response:
        return reply(error)

    @app.exception_handler(Malformed)
    async def _malformed(_request: Request, error: Malformed) -> Response:
        return reply(Refused(ProblemType.MALFORMED, detail=error.reason, path=error.path))

    @app.exception_handler(HTTPException)
    async def _http(_request: Request, error: HTTPException) -> Response:
        # Starlette's own: no such route, no such method.
        known = {404: ProblemType.NOT_FOUND, 405: ProblemType.METHOD_NOT_ALLOWED}
        response = reply(Refused(known.get(error.status_code, ProblemType.MALFORMED)))
        response.headers.update(error.headers or {})
        return response


class LastResort:
    """ASGI middleware around everything: unexpected errors become problems, headers are set.

    The reply names an instance; the log has the same one with the error. Nothing of the error
    itself is told: it could hold a code.
    """

    def __init__(self, app: ASGIApp, *, clock: Clock, random_bytes: RandomBytes) -> None:
        self._app = app
        self._clock = clock
        self._random_bytes = random_bytes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        started = False

        async def send_safely(message: Message) -> None:
            nonlocal started
            if message["type"] == "http.response.start":
                started = True
                message["headers"] += [
                    (b"cache-control", b"no-store"),
                    (b"x-content-type-options", b"nosniff"),
                ]
            await send(message)

        try:
            await self._app(scope, receive, send_safely)
        except ClientDisconnect:
            return  # nobody is left to be answered
        except Exception as error:  # a service answers; it is logged, and the reply says nothing
            response = self._reply(error, f"{scope['method']} {scope['path']}")
            if started:
                raise
            await response(scope, receive, send_safely)

    def _reply(self, error: Exception, call: str) -> Response:
        instance = f"urn:uuid:{uuid7(self._clock.now(), self._random_bytes)}"
        if _database_gave_way(error):
            # No traceback: a database that is down says the same at every call.
            _log.warning("database gave way: %s in %s (%s)", type(error).__name__, call, instance)
            refused = Refused(ProblemType.UNAVAILABLE, retry_after_s=RETRY_SOON_S)
        else:
            _log.error("failed: %s (%s)", call, instance, exc_info=error)
            refused = Refused(ProblemType.INTERNAL)
        return reply(refused, instance=instance)


def _database_gave_way(error: Exception) -> bool:
    if isinstance(error, OperationalError | NoConnectionFree):
        return True
    return isinstance(error, DBAPIError) and error.connection_invalidated

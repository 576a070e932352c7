"""The contract over HTTP: routes, who speaks, how much is read.

Every route is a plain function in the thread pool, because the database blocks. Bodies are read
here, bounded, and parsed by `strict_json`: FastAPI's own parsing forgives too much.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from typing import Annotated, NoReturn, TypeVar
from uuid import UUID

from fastapi import Depends, FastAPI, Request
from pydantic import BaseModel
from starlette.middleware.gzip import GZipMiddleware
from starlette.responses import Response

from merchant_app.contract import paths, wire
from merchant_app.contract.problems import ProblemType
from merchant_app.contract.strict_json import BODY_BYTES_MAX, parse
from merchant_app.ledger.intake import Broken, EpochClosed, Fork, Rewind
from merchant_app.ledger.statements import DAY_MAX, DAY_MIN, DAYS_MAX
from merchant_app.server import openapi, problem_replies
from merchant_app.server.enrolling import RevokedTill, Till
from merchant_app.server.looking_up import TooManyMisses
from merchant_app.server.problem_replies import RETRY_RESTORED_S, LastResort, Refused
from merchant_app.server.service import BeingRestored, Service
from merchant_app.server.snapshot import BadCursor

COMPRESS_FROM_BYTES = 1_000
DISCARD_BYTES_MAX = 4 * BODY_BYTES_MAX
"""How much of a body that is too large is read and thrown away, so that its sender, who is still
writing, gets to read the answer. Beyond that the line is cut."""
_CREDENTIAL_CHARACTERS_MAX = 200
_NUMBER = re.compile(r"[0-9]{1,15}")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")

Model = TypeVar("Model", bound=BaseModel)


def create_app(service: Service) -> FastAPI:
    """The application for uvicorn. It opens and closes nothing: the caller owns `service`."""
    app = FastAPI(
        title="Comptoir, central service",
        version="1",
        docs_url=None,
        redoc_url=None,
        openapi_url=None,
        redirect_slashes=False,
    )
    app.state.service = service
    app.add_middleware(GZipMiddleware, minimum_size=COMPRESS_FROM_BYTES)
    app.add_middleware(LastResort, clock=service.clock, random_bytes=service.random_bytes)
    problem_replies.install(app)
    for route in openapi.ROUTES:
        app.add_api_route(
            route.path,
            _ENDPOINTS[route.path],
            methods=[route.method],
            operation_id=route.name,
            summary=route.summary,
            responses=route.responses(),
            openapi_extra=route.extra(),
            response_class=Response,
            status_code=200,
        )
    openapi.install(app)
    return app


# --- what routes depend on ----------------------------------------------------------------------


def _service(request: Request) -> Service:
    service: Service = request.app.state.service
    return service


def _till(request: Request) -> Till:
    """Who speaks, by `Authorization: Bearer` (RFC 6750, 2.1)."""
    headers = request.headers.getlist("authorization")
    scheme, _, token = headers[0].partition(" ") if len(headers) == 1 else ("", "", "")
    if scheme.lower() != "bearer" or not 0 < len(token) <= _CREDENTIAL_CHARACTERS_MAX:
        raise Refused(ProblemType.NOT_AUTHENTICATED)
    till = _service(request).authenticate(token.strip())
    if till is None:
        raise Refused(ProblemType.NOT_AUTHENTICATED)
    if isinstance(till, RevokedTill):
        raise Refused(ProblemType.TILL_REVOKED)
    return till


async def _body(request: Request) -> bytes:
    """The body, as long as it is JSON by its own account and not too large."""
    content_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    body, size = bytearray(), 0
    async for chunk in request.stream():
        size += len(chunk)
        if size <= BODY_BYTES_MAX:
            body += chunk
        elif size > DISCARD_BYTES_MAX:
            break
    if size > BODY_BYTES_MAX:
        raise Refused(ProblemType.TOO_LARGE, detail=f"more than {BODY_BYTES_MAX} bytes")
    if content_type != "application/json":
        raise Refused(ProblemType.MALFORMED, detail="Content-Type must be application/json")
    return bytes(body)


# Bodies come before speakers in the routes: a till that is refused while it still writes would
# find the line cut instead of the answer.
Speaker = Annotated[Till, Depends(_till)]
Body = Annotated[bytes, Depends(_body)]


def _parse(model: type[Model], body: bytes) -> Model:
    return parse(model, body, bytes_max=BODY_BYTES_MAX)


def _json(model: BaseModel) -> Response:
    return Response(model.model_dump_json(), media_type="application/json")


# --- the routes ---------------------------------------------------------------------------------


def _health() -> Response:
    return Response('{"status":"ok"}', media_type="application/json")


def _enrolments(request: Request, body: Body) -> Response:
    asked = _parse(wire.EnrolmentRequest, body)
    if not asked.program_version.isprintable():
        raise Refused(ProblemType.MALFORMED, detail="control characters", path="program_version")
    asker = request.client.host if request.client else ""
    reply = _service(request).enrol(asked, asker=asker)
    if isinstance(reply, TooManyMisses):
        raise Refused(ProblemType.TOO_MANY_REQUESTS, retry_after_s=reply.retry_after_s)
    if reply is None:
        raise Refused(ProblemType.ENROLMENT_REFUSED)
    return _json(reply)


def _till_facts(request: Request, till: Speaker) -> Response:
    return _json(_service(request).till_facts(till))


def _vouchers(request: Request, till: Speaker) -> Response:
    try:
        page = _service(request).vouchers(till, cursor=_query(request, "cursor") or "")
    except BadCursor:
        raise Refused(
            ProblemType.MALFORMED, detail="not a cursor of this service", path="cursor"
        ) from None
    except BeingRestored:
        raise Refused(ProblemType.BEING_RESTORED, retry_after_s=RETRY_RESTORED_S) from None
    return _json(page)


def _query(request: Request, name: str) -> str | None:
    """One parameter of the address; None when it is not given."""
    values = request.query_params.getlist(name)
    if len(values) > 1:
        raise Refused(ProblemType.MALFORMED, detail="given twice", path=name)
    return values[0] if values else None


def _lookup(request: Request, body: Body, till: Speaker) -> Response:
    asked = _parse(wire.LookupRequest, body)
    if [asked.code, asked.token, asked.voucher_id].count(None) != 2:
        detail = "exactly one of code, token and voucher_id"
        raise Refused(ProblemType.MALFORMED, detail=detail, path="code")
    try:
        reply = _service(request).look_up(till, asked)
    except BeingRestored:
        raise Refused(ProblemType.BEING_RESTORED, retry_after_s=RETRY_RESTORED_S) from None
    if isinstance(reply, TooManyMisses):
        raise Refused(ProblemType.TOO_MANY_REQUESTS, retry_after_s=reply.retry_after_s)
    if reply is None:
        raise Refused(ProblemType.VOUCHER_UNKNOWN)
    return _json(reply)


def _journal(request: Request, body: Body, till: Speaker) -> Response:
    reply = _service(request).journal(till, _parse(wire.JournalRequest, body))
    if not isinstance(reply, wire.JournalReply):
        _refuse_journal(reply)
    return _json(reply)


def _refuse_journal(reply: Rewind | Fork | EpochClosed | Broken) -> NoReturn:
    match reply:
        case Rewind(generation, head_seq, head_hash):
            raise Refused(ProblemType.REWIND, head=(head_seq, head_hash, generation))
        case Fork(seq):
            raise Refused(ProblemType.FORK, detail=f"first difference at {seq}")
        case EpochClosed():
            raise Refused(ProblemType.EPOCH_CLOSED)
        case Broken(index):
            raise Refused(
                ProblemType.MALFORMED,
                detail="does not continue the entry before",
                path=f"entries.{index}.hash",
            )


def _journal_epochs(request: Request, till: Speaker) -> Response:
    return _json(_service(request).held_epochs(till))


def _journal_entries(request: Request, till: Speaker) -> Response:
    try:
        epoch_id = UUID(_query(request, "epoch") or "")
    except ValueError:
        raise Refused(ProblemType.MALFORMED, detail="not an id", path="epoch") from None
    after = _query(request, "after") or "0"
    if not _NUMBER.fullmatch(after):
        raise Refused(ProblemType.MALFORMED, detail="not a number", path="after")
    page = _service(request).held_entries(till, epoch_id, after_seq=int(after))
    if page is None:
        raise Refused(ProblemType.NOT_FOUND)
    return _json(page)


def _statements(request: Request, till: Speaker) -> Response:
    first_day, last_day = _days(request)
    if (last_day - first_day).days >= DAYS_MAX:
        raise Refused(ProblemType.MALFORMED, detail=f"more than {DAYS_MAX} days", path="to")
    try:
        reply = _service(request).statement(till, first_day=first_day, last_day=last_day)
    except BeingRestored:
        raise Refused(ProblemType.BEING_RESTORED, retry_after_s=RETRY_RESTORED_S) from None
    return _json(reply)


def _statement_bookings(request: Request, till: Speaker) -> Response:
    first_day, last_day = _days(request)
    cursor = _query(request, "cursor") or "0"
    if not _NUMBER.fullmatch(cursor):
        raise Refused(ProblemType.MALFORMED, detail="not a number", path="cursor")
    try:
        page = _service(request).bookings(
            till, first_day=first_day, last_day=last_day, cursor=int(cursor)
        )
    except BeingRestored:
        raise Refused(ProblemType.BEING_RESTORED, retry_after_s=RETRY_RESTORED_S) from None
    return _json(page)


def _days(request: Request) -> tuple[date, date]:
    """The days that a statement is asked for."""
    days = []
    for name in ("from", "to"):
        text = _query(request, name) or ""
        try:
            day = date.fromisoformat(text) if _DAY.fullmatch(text) else None
        except ValueError:
            day = None
        if day is None or not DAY_MIN <= day <= DAY_MAX:
            raise Refused(ProblemType.MALFORMED, detail="no day, 2026-12-31", path=name)
        days.append(day)
    first_day, last_day = days
    if last_day < first_day:
        raise Refused(ProblemType.MALFORMED, detail="before the first day", path="to")
    return first_day, last_day


_ENDPOINTS: dict[str, Callable[..., Response]] = {
    paths.HEALTH: _health,
    paths.ENROLMENTS: _enrolments,
    paths.TILL: _till_facts,
    paths.VOUCHERS: _vouchers,
    paths.LOOKUP: _lookup,
    paths.JOURNAL: _journal,
    paths.JOURNAL_EPOCHS: _journal_epochs,
    paths.JOURNAL_ENTRIES: _journal_entries,
    paths.STATEMENTS: _statements,
    paths.STATEMENT_BOOKINGS: _statement_bookings,
}

"""The OpenAPI description of the contract, checked in under resources/openapi/.

Requests are parsed by `strict_json`, not by FastAPI, so their schemas are named here.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from merchant_app.contract import paths, statement_wire, wire
from merchant_app.contract.problems import MEDIA_TYPE, ProblemBody, ProblemType
from merchant_app.server.problem_replies import TITLES

_SCHEMAS = "#/components/schemas/"
_OF_EVERY_TILL = (
    ProblemType.NOT_AUTHENTICATED,
    ProblemType.TILL_REVOKED,
    ProblemType.INTERNAL,
    ProblemType.UNAVAILABLE,
)
_OF_EVERY_BODY = (ProblemType.MALFORMED, ProblemType.TOO_LARGE)


@dataclass(frozen=True, slots=True)
class Route:
    """One call of the contract."""

    method: str
    path: str
    name: str
    summary: str
    reply: type[BaseModel] | None
    request: type[BaseModel] | None = None
    problems: tuple[ProblemType, ...] = ()
    authorised: bool = True
    query: tuple[dict[str, Any], ...] = field(default=())

    def responses(self) -> dict[int | str, dict[str, Any]]:
        """For FastAPI: the reply, and each problem under its status."""
        if self.reply is None:
            return {200: {"description": "It runs", "content": {"application/json": {}}}}
        by_status: dict[int, list[ProblemType]] = {}
        for problem in self.problems:
            by_status.setdefault(problem.status, []).append(problem)
        result: dict[int | str, dict[str, Any]] = {
            200: {
                "description": "Done",
                "content": {
                    "application/json": {"schema": {"$ref": _SCHEMAS + self.reply.__name__}}
                },
            }
        }
        for status, problems in sorted(by_status.items()):
            result[status] = {
                "description": "; ".join(
                    f"{TITLES[problem]} ({problem.uri})" for problem in problems
                ),
                "content": {MEDIA_TYPE: {"schema": {"$ref": _SCHEMAS + ProblemBody.__name__}}},
            }
        return result

    def extra(self) -> dict[str, Any]:
        """What FastAPI cannot know: body, query, credentials."""
        extra: dict[str, Any] = {}
        if self.request is not None:
            schema = {"$ref": _SCHEMAS + self.request.__name__}
            extra["requestBody"] = {
                "required": True,
                "content": {"application/json": {"schema": schema}},
            }
        if self.query:
            extra["parameters"] = list(self.query)
        if self.authorised:
            extra["security"] = [{"till": []}]
        return extra


def _parameter(name: str, description: str, *, required: bool = False) -> dict[str, Any]:
    return {
        "name": name,
        "in": "query",
        "required": required,
        "description": description,
        "schema": {"type": "string"},
    }


_DAYS = (
    _parameter("from", "the first day where the shop is, 2026-11-01", required=True),
    _parameter("to", "the last day, included", required=True),
)

ROUTES = (
    Route("GET", paths.HEALTH, "health", "Whether the service runs", None, authorised=False),
    Route(
        "POST",
        paths.ENROLMENTS,
        "enrol",
        "A one-time code and a public key become a till",
        wire.EnrolmentReply,
        wire.EnrolmentRequest,
        (
            *_OF_EVERY_BODY,
            ProblemType.ENROLMENT_REFUSED,
            ProblemType.TOO_MANY_REQUESTS,
            ProblemType.INTERNAL,
            ProblemType.UNAVAILABLE,
        ),
        authorised=False,
    ),
    Route(
        "GET",
        paths.TILL,
        "till",
        "Policy and keys as they are now",
        wire.TillReply,
        problems=_OF_EVERY_TILL,
    ),
    Route(
        "GET",
        paths.VOUCHERS,
        "vouchers",
        "The shop's vouchers: snapshot, then deltas",
        wire.VouchersPage,
        problems=(ProblemType.MALFORMED, ProblemType.BEING_RESTORED, *_OF_EVERY_TILL),
        query=(
            _parameter(
                "cursor", "`next_cursor` of the page before; without it, from the beginning"
            ),
        ),
    ),
    Route(
        "POST",
        paths.LOOKUP,
        "lookup",
        "One voucher by code, token or id, with its history",
        wire.LookupReply,
        wire.LookupRequest,
        (
            *_OF_EVERY_BODY,
            ProblemType.VOUCHER_UNKNOWN,
            ProblemType.TOO_MANY_REQUESTS,
            ProblemType.BEING_RESTORED,
            *_OF_EVERY_TILL,
        ),
    ),
    Route(
        "POST",
        paths.JOURNAL,
        "journal",
        "The till's new entries: stored first, evaluated second; then its feed of outcomes",
        wire.JournalReply,
        wire.JournalRequest,
        (
            *_OF_EVERY_BODY,
            ProblemType.REWIND,
            ProblemType.FORK,
            ProblemType.EPOCH_CLOSED,
            *_OF_EVERY_TILL,
        ),
    ),
    Route(
        "GET",
        paths.JOURNAL_EPOCHS,
        "journal_epochs",
        "How much of each of the till's journals the service holds",
        wire.EpochsReply,
        problems=_OF_EVERY_TILL,
    ),
    Route(
        "GET",
        paths.JOURNAL_ENTRIES,
        "journal_entries",
        "Entries of one of the till's own journals, as they are held",
        wire.EntriesPage,
        problems=(ProblemType.MALFORMED, ProblemType.NOT_FOUND, *_OF_EVERY_TILL),
        query=(
            _parameter("epoch", "the id of the journal's epoch", required=True),
            _parameter("after", "the number of the last entry known; without it, from the first"),
        ),
    ),
    Route(
        "GET",
        paths.STATEMENTS,
        "statements",
        "What was sold, redeemed and lost for the shop, per week and month; fees, payouts",
        statement_wire.StatementReply,
        problems=(ProblemType.MALFORMED, ProblemType.BEING_RESTORED, *_OF_EVERY_TILL),
        query=_DAYS,
    ),
    Route(
        "GET",
        paths.STATEMENT_BOOKINGS,
        "statement_bookings",
        "What a statement is made of: what each entry moved, in the order of booking",
        statement_wire.WireBookingsPage,
        problems=(ProblemType.MALFORMED, ProblemType.BEING_RESTORED, *_OF_EVERY_TILL),
        query=(
            *_DAYS,
            _parameter("cursor", "`next_cursor` of the page before; without it, from the first"),
        ),
    ),
)


def install(app: FastAPI) -> None:
    """Make `app.openapi()` give the whole description."""

    def describe() -> dict[str, Any]:
        if app.openapi_schema is None:
            app.openapi_schema = _describe(app)
        return app.openapi_schema

    app.openapi = describe  # type: ignore[method-assign]  # FastAPI's documented way


def _describe(app: FastAPI) -> dict[str, Any]:
    document = get_openapi(
        title=app.title,
        version=app.version,
        summary="Vouchers, tills and their journals",
        routes=app.routes,
    )
    models: list[tuple[type[BaseModel], Any]] = [(ProblemBody, "validation")]
    for route in ROUTES:
        models += [
            (model, "validation") for model in (route.request, route.reply) if model is not None
        ]
    _, schemas = models_json_schema(models, ref_template=_SCHEMAS + "{model}")
    components = document.setdefault("components", {})
    components["schemas"] = dict(sorted(schemas["$defs"].items()))
    components["securitySchemes"] = {"till": {"type": "http", "scheme": "bearer"}}
    return document


def as_text(document: dict[str, Any]) -> str:
    """The document as it is checked in."""
    return json.dumps(document, indent=2, ensure_ascii=False, sort_keys=True) + "\n"

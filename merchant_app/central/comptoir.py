"""Our own central service, contract v1, behind the port.

What a reply means, in one place. First what `http` knows without the contract:

    no reply, 3xx, 5xx, 429, not JSON, too large       NoAnswer, with its kind
    (a 503 with a problem is read: being-restored is told apart from a service that fails)

then the contract's problems, by their type; the HTTP status must be the one the type stands for:

    type                            all calls           besides
    malformed, not-found,           Rejected
      method-not-allowed,
      too-large
    not-authenticated (401)         NotAuthorised       enrolment: NoAnswer, it shows no token
    till-revoked (410)              NotAuthorised       the same
    enrolment-refused (403)                             enrolment: EnrolmentRefused
    voucher-unknown (404)                               look-up: NoSuchVoucher
    rewind (409)                                        journal: Rewind
    fork, epoch-closed (409)                            journal: Forked
    being-restored (503)            NoAnswer            BEING_RESTORED

A type this version does not know, but of our family, is Rejected. Everything else, a 401 of a
proxy or a 404 of some web server among it, is NoAnswer(NOT_UNDERSTOOD): only the service itself
may say that a till is not authorised, because selling offline stops then.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from datetime import date
from typing import TypeVar
from urllib.parse import urlencode

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from pydantic import BaseModel

from merchant_app.central import parsing, statement_parsing
from merchant_app.central.http import Reply, ServiceHttp
from merchant_app.central.port import (
    Batch,
    BookingsOutcome,
    BookingsPage,
    Enrolled,
    EnrolmentOutcome,
    EnrolmentRefused,
    Forked,
    HeldEntries,
    HeldEntriesOutcome,
    HeldEpochsOutcome,
    JournalOutcome,
    LookupOutcome,
    NoAnswer,
    NoAnswerKind,
    NoSuchVoucher,
    NotAuthorised,
    NotAuthorisedKind,
    Rejected,
    Statement,
    StatementOutcome,
    Stored,
    TillOutcome,
    VouchersOutcome,
)
from merchant_app.clock import Clock
from merchant_app.contract import paths, statement_wire, wire
from merchant_app.contract.problems import BY_URI, PREFIX, ProblemBody, ProblemType
from merchant_app.contract.strict_json import REPLY_BYTES_MAX, Malformed, parse
from merchant_app.ids import EpochId, TillId, VoucherId
from merchant_app.ledger.heads import is_signed
from merchant_app.vouchers.code import ShortCode

_log = logging.getLogger(__name__)

Model = TypeVar("Model", bound=BaseModel)
Answer = TypeVar("Answer")

_NOT_UNDERSTOOD = NoAnswer(NoAnswerKind.NOT_UNDERSTOOD)
_REJECTED = frozenset(
    {
        ProblemType.MALFORMED,
        ProblemType.NOT_FOUND,
        ProblemType.METHOD_NOT_ALLOWED,
        ProblemType.TOO_LARGE,
    }
)
_NOT_AUTHORISED = {
    ProblemType.NOT_AUTHENTICATED: NotAuthorised(NotAuthorisedKind.TOKEN_REFUSED),
    ProblemType.TILL_REVOKED: NotAuthorised(NotAuthorisedKind.TILL_REVOKED),
}


class ComptoirEnrolment:
    """How a computer becomes a till of our own central service (`port.Enrolment`)."""

    def __init__(self, http: ServiceHttp, *, clock: Clock) -> None:
        """`http` has no token."""
        self._http = http
        self._clock = clock

    def enrol(self, code: str, *, public_key: bytes, program_version: str) -> EnrolmentOutcome:
        """Use up a one-time code; see the port.

        Raises:
            pydantic.ValidationError: the code is not 8 to 120 characters long; whoever reads it
                from a QR code or a field checks that first.
        """
        request = wire.EnrolmentRequest(
            code=code, public_key=public_key.hex(), program_version=program_version
        )
        problems: Mapping[ProblemType, Callable[[ProblemBody], Enrolled | EnrolmentRefused]] = {
            ProblemType.ENROLMENT_REFUSED: lambda _: EnrolmentRefused()
        }

        def accept(reply: wire.EnrolmentReply) -> Enrolled | EnrolmentRefused:
            return parsing.enrolled(reply)

        def ask() -> EnrolmentOutcome:
            reply = self._http.call("POST", paths.ENROLMENTS, body=_body(request))
            outcome = _outcome(reply, wire.EnrolmentReply, accept=accept, problems=problems)
            return _NOT_UNDERSTOOD if isinstance(outcome, NotAuthorised) else outcome

        return _logged("enrol", ask, self._clock)

    def close(self) -> None:
        """Close the idle connections."""
        self._http.close()


class ComptoirService:
    """Our own central service, for one enrolled till (`port.CentralService`)."""

    def __init__(
        self, http: ServiceHttp, *, clock: Clock, till_id: TillId, service_key: bytes
    ) -> None:
        """`http` carries the till's token; `service_key` is the one enrolment told, 32 bytes.

        The key is never learnt from a later reply: who could forge a reply could forge that too.
        """
        self._http = http
        self._clock = clock
        self._till_id = till_id
        self._service_key = Ed25519PublicKey.from_public_bytes(service_key)

    def close(self) -> None:
        """Close the idle connections."""
        self._http.close()

    def till_facts(self) -> TillOutcome:
        """See the port."""

        def ask() -> TillOutcome:
            reply = self._http.call("GET", paths.TILL)
            return _outcome(reply, wire.TillReply, accept=parsing.till_facts, problems={})

        return _logged("till_facts", ask, self._clock)

    def look_up_code(self, code: ShortCode) -> LookupOutcome:
        """See the port."""
        return self._look_up(wire.LookupRequest(code=code))

    def look_up_token(self, token: str) -> LookupOutcome:
        """See the port."""
        return self._look_up(wire.LookupRequest(token=token))

    def look_up_voucher(self, voucher_id: VoucherId) -> LookupOutcome:
        """See the port."""
        return self._look_up(wire.LookupRequest(voucher_id=voucher_id))

    def _look_up(self, request: wire.LookupRequest) -> LookupOutcome:
        unknown = {ProblemType.VOUCHER_UNKNOWN: lambda _: NoSuchVoucher()}
        # Exactly one of its fields is sent.
        body = request.model_dump_json(exclude_none=True).encode()

        def ask() -> LookupOutcome:
            reply = self._http.call("POST", paths.LOOKUP, body=body)
            return _outcome(reply, wire.LookupReply, accept=parsing.lookup, problems=unknown)

        return _logged("look_up", ask, self._clock)

    def append_journal(self, batch: Batch, *, wait_s: float) -> JournalOutcome:
        """See the port. Blocks at most `wait_s` seconds."""
        request = parsing.journal_request(batch)
        problems: Mapping[ProblemType, Callable[[ProblemBody], JournalOutcome]] = {
            ProblemType.REWIND: parsing.rewind,
            ProblemType.FORK: lambda _: Forked(),
            ProblemType.EPOCH_CLOSED: lambda _: Forked(),
        }

        def accept(reply: wire.JournalReply) -> Stored | NoAnswer:
            return self._stored(reply, batch)

        def ask() -> JournalOutcome:
            body = _body(request)
            reply = self._http.call("POST", paths.JOURNAL, body=body, total_s=wait_s)
            return _outcome(reply, wire.JournalReply, accept=accept, problems=problems)

        return _logged("append_journal", ask, self._clock)

    def vouchers(self, cursor: str) -> VouchersOutcome:
        """See the port."""
        path = f"{paths.VOUCHERS}?{urlencode({'cursor': cursor})}" if cursor else paths.VOUCHERS

        def ask() -> VouchersOutcome:
            reply = self._http.call("GET", path)
            return _outcome(reply, wire.VouchersPage, accept=parsing.vouchers_page, problems={})

        return _logged("vouchers", ask, self._clock)

    def held_epochs(self) -> HeldEpochsOutcome:
        """See the port."""

        def ask() -> HeldEpochsOutcome:
            reply = self._http.call("GET", paths.JOURNAL_EPOCHS)
            return _outcome(reply, wire.EpochsReply, accept=parsing.held_epochs, problems={})

        return _logged("held_epochs", ask, self._clock)

    def held_entries(self, epoch_id: EpochId, *, after_seq: int) -> HeldEntriesOutcome:
        """See the port."""
        query = urlencode({"epoch": epoch_id, "after": after_seq})

        def accept(reply: wire.EntriesPage) -> HeldEntries | NoAnswer:
            if reply.epoch_id != epoch_id:
                _log.error("the entries are of another journal")
                return _NOT_UNDERSTOOD
            return parsing.held_entries(reply)

        def ask() -> HeldEntriesOutcome:
            reply = self._http.call("GET", f"{paths.JOURNAL_ENTRIES}?{query}")
            return _outcome(reply, wire.EntriesPage, accept=accept, problems={})

        return _logged("held_entries", ask, self._clock)

    def statement(self, first_day: date, last_day: date) -> StatementOutcome:
        """See the port."""
        path = f"{paths.STATEMENTS}?{urlencode({'from': first_day, 'to': last_day})}"

        def accept(reply: statement_wire.StatementReply) -> Statement | NoAnswer:
            if (reply.first_day, reply.last_day) != (first_day, last_day):
                _log.error("the statement is of other days")
                return _NOT_UNDERSTOOD
            return statement_parsing.statement(reply)

        def ask() -> StatementOutcome:
            reply = self._http.call("GET", path)
            return _outcome(reply, statement_wire.StatementReply, accept=accept, problems={})

        return _logged("statement", ask, self._clock)

    def bookings(self, first_day: date, last_day: date, *, cursor: int) -> BookingsOutcome:
        """See the port."""
        query = urlencode({"from": first_day, "to": last_day, "cursor": cursor})

        def accept(reply: statement_wire.WireBookingsPage) -> BookingsPage | NoAnswer:
            if reply.more and reply.next_cursor <= cursor:
                _log.error("a page of bookings leads nowhere")
                return _NOT_UNDERSTOOD
            return statement_parsing.bookings_page(reply)

        def ask() -> BookingsOutcome:
            reply = self._http.call("GET", f"{paths.STATEMENT_BOOKINGS}?{query}")
            return _outcome(reply, statement_wire.WireBookingsPage, accept=accept, problems={})

        return _logged("bookings", ask, self._clock)

    def _stored(self, reply: wire.JournalReply, batch: Batch) -> Stored | NoAnswer:
        """The reply, if the service itself signed it, for this till and this journal."""
        head = parsing.signed_head(reply)
        if (head.till_id, head.epoch_id) != (self._till_id, batch.epoch_id):
            _log.error("the signed head is of another till or journal")
            return _NOT_UNDERSTOOD
        if head.generation != reply.generation:
            _log.error("the signed head is of another generation than the reply")
            return _NOT_UNDERSTOOD
        if not is_signed(head, bytes.fromhex(reply.head.signature), self._service_key):
            _log.error("the head's signature is not the service's")
            return _NOT_UNDERSTOOD
        return parsing.stored(reply)


def _body(request: BaseModel) -> bytes:
    return request.model_dump_json().encode()


def _outcome(
    reply: Reply | NoAnswer,
    model: type[Model],
    *,
    accept: Callable[[Model], Answer],
    problems: Mapping[ProblemType, Callable[[ProblemBody], Answer]],
) -> Answer | NotAuthorised | Rejected | NoAnswer:
    """The table at the top of this module."""
    if isinstance(reply, NoAnswer):
        return reply
    try:
        if reply.status in (200, 201):
            return accept(parse(model, reply.body, bytes_max=REPLY_BYTES_MAX))
        if reply.status == 503:
            return _unavailable(reply)
        if not 400 <= reply.status < 500:
            return _NOT_UNDERSTOOD
        problem = parse(ProblemBody, reply.body, bytes_max=REPLY_BYTES_MAX)
        return _problem(reply.status, problem, problems)
    except Malformed as error:
        # The path and our own words: never what stood there.
        _log.info("reply not understood: status %d, %s", reply.status, error)
        return _NOT_UNDERSTOOD


def _unavailable(reply: Reply) -> NoAnswer:
    """A 503 with a problem: only our own word for it says more than that the service failed."""
    try:
        problem = parse(ProblemBody, reply.body, bytes_max=REPLY_BYTES_MAX)
    except Malformed:
        return NoAnswer(NoAnswerKind.SERVICE_FAILED, reply.retry_after_s)
    restored = problem.type == ProblemType.BEING_RESTORED.uri
    kind = NoAnswerKind.BEING_RESTORED if restored else NoAnswerKind.SERVICE_FAILED
    return NoAnswer(kind, reply.retry_after_s)


def _problem(
    status: int,
    problem: ProblemBody,
    problems: Mapping[ProblemType, Callable[[ProblemBody], Answer]],
) -> Answer | NotAuthorised | Rejected | NoAnswer:
    if problem.status != status or not problem.type.startswith(PREFIX):
        return _NOT_UNDERSTOOD
    kind = BY_URI.get(problem.type)
    if kind is None:
        return Rejected(status, problem.path)
    if kind.status != status:
        return _NOT_UNDERSTOOD
    if kind in problems:
        return problems[kind](problem)
    if kind in _NOT_AUTHORISED:
        return _NOT_AUTHORISED[kind]
    return Rejected(status, problem.path) if kind in _REJECTED else _NOT_UNDERSTOOD


def _logged(call: str, ask: Callable[[], Answer], clock: Clock) -> Answer:
    """Ask, and leave one line: what was asked, how it ended, how long it took."""
    began_s = clock.monotonic_s()
    answer = ask()
    took_ms = round((clock.monotonic_s() - began_s) * 1000)
    _log.info("%s: %s in %d ms", call, describe(answer), took_ms)
    return answer


def describe(answer: object) -> str:
    """An outcome for the log: its class and its kind, nothing of what it carries."""
    name = type(answer).__name__
    match answer:
        case NoAnswer(kind=kind):
            return f"{name}({kind.value})"
        case NotAuthorised(kind=authorisation):
            return f"{name}({authorisation.value})"
        case Rejected(status=status, path=path):
            return f"{name}({status}, {path})"
        case _:
            return name

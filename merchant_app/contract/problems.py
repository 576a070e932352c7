"""Problem details of the contract (RFC 9457): stable types, one HTTP status each."""

from __future__ import annotations

from enum import Enum

from pydantic import BaseModel, ConfigDict

MEDIA_TYPE = "application/problem+json"
PREFIX = "urn:comptoir:problem:"


class ProblemType(Enum):
    """Why a request was not done. (name, HTTP status); the name never changes."""

    MALFORMED = ("malformed", 400)
    NOT_AUTHENTICATED = ("not-authenticated", 401)
    """No token, or one the service does not know. The till keeps its queue."""
    ENROLMENT_REFUSED = ("enrolment-refused", 403)
    """The enrolment code is unknown, used, or too old: one answer for all three."""
    VOUCHER_UNKNOWN = ("voucher-unknown", 404)
    NOT_FOUND = ("not-found", 404)
    METHOD_NOT_ALLOWED = ("method-not-allowed", 405)
    REWIND = ("rewind", 409)
    """The service has less of this journal than the till believes: send again from `head_seq`."""
    FORK = ("fork", 409)
    """Two different entries claim one place in the chain: stop selling, enrol again."""
    EPOCH_CLOSED = ("epoch-closed", 409)
    TILL_REVOKED = ("till-revoked", 410)
    TOO_LARGE = ("too-large", 413)
    TOO_MANY_REQUESTS = ("too-many-requests", 429)
    INTERNAL = ("internal", 500)
    UNAVAILABLE = ("unavailable", 503)
    BEING_RESTORED = ("being-restored", 503)
    """The service came back from a backup and waits for its tills: no balance can be told yet."""

    @property
    def uri(self) -> str:
        return PREFIX + self.value[0]

    @property
    def status(self) -> int:
        return self.value[1]


BY_URI = {problem.uri: problem for problem in ProblemType}


class ProblemBody(BaseModel):
    """The JSON body of a problem.

    `path` names the bad field of a malformed request. `head_seq`, `head_hash` and `generation`
    come with REWIND: where the service's copy of the journal ends.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    type: str
    title: str
    status: int
    detail: str = ""
    instance: str = ""
    path: str | None = None
    head_seq: int | None = None
    head_hash: str | None = None
    generation: int | None = None

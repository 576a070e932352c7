"""The port: what a till asks of a central service, and every answer it can get.

Closed unions, one per call. "No answer" is one of them and never means "no": the service may have
done what was asked. Adapters raise nothing but Bugs; no exception of a network library passes.
Calls block up to their time limits, so they are made from worker threads; an adapter may be used
by several threads at once.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from enum import Enum
from typing import Protocol

from merchant_app.contract.status import OutcomeStatus
from merchant_app.ids import EpochId, ShopNumber, TillId, VoucherId
from merchant_app.ledger.exposure import OfflineLimits
from merchant_app.ledger.messages import (
    Batch,
    Forked,
    HeldEntries,
    HeldEpoch,
    HeldEpochs,
    Outcome,
    OutcomeLine,
    Rewind,
    Stored,
)
from merchant_app.ledger.statements import BookingsPage, Statement
from merchant_app.vouchers.code import ShortCode
from merchant_app.vouchers.holders import Holder
from merchant_app.vouchers.terms import Voucher
from merchant_app.vouchers.verdicts import Use

# The journal's messages belong to the protocol; whoever uses the port finds them here too.
__all__ = [
    "Batch",
    "BookingsPage",
    "Forked",
    "HeldEntries",
    "HeldEpoch",
    "HeldEpochs",
    "OfflineLimits",
    "Outcome",
    "OutcomeLine",
    "OutcomeStatus",
    "Rewind",
    "Statement",
    "Stored",
]

# --- answers that any call can get -------------------------------------------------------------


class NoAnswerKind(Enum):
    """Why nothing is known. The value goes into the log; each has its words on screen."""

    DOWN = "down"
    """Nobody listens there, or the line is cut."""
    NAME_NOT_FOUND = "name_not_found"
    SLOW = "slow"
    """The time limit ran out, while connecting or while answering."""
    BROKEN_OFF = "broken_off"
    """The connection ended in the middle of an answer."""
    INSECURE = "insecure"
    """TLS failed: wrong certificate, wrong host, too old a protocol."""
    REDIRECTED = "redirected"
    SERVICE_FAILED = "service_failed"
    """A 5xx."""
    NOT_UNDERSTOOD = "not_understood"
    """HTML, half a JSON, or JSON that is not of the contract."""
    TOO_LARGE = "too_large"
    TOO_MANY_REQUESTS = "too_many_requests"
    BEING_RESTORED = "being_restored"
    """The service was restored from a backup: it stores, and answers nothing yet."""


@dataclass(frozen=True, slots=True)
class NoAnswer:
    """Unknown. `retry_after_s` is what the service asked for, if it did (RFC 9110, 10.2.3)."""

    kind: NoAnswerKind
    retry_after_s: float | None = None


class NotAuthorisedKind(Enum):
    TOKEN_REFUSED = "token_refused"  # noqa: S105 - the name of a kind, not a secret
    TILL_REVOKED = "till_revoked"


@dataclass(frozen=True, slots=True)
class NotAuthorised:
    """The service does not know this till (any more). Nothing was done; the queue is kept."""

    kind: NotAuthorisedKind


@dataclass(frozen=True, slots=True)
class Rejected:
    """The service understood, and found our request malformed: a Bug of ours or a version gap.

    Nothing was done. `status` is the HTTP status, `path` the bad field where it was told.
    """

    status: int
    path: str | None


# --- enrolment and till ------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Shop:
    number: ShopNumber
    name: str
    city: str
    currency: str
    time_zone: str


@dataclass(frozen=True, slots=True)
class Policy:
    answer_wait_s: int
    contact_every_s: int
    offline: OfflineLimits = field(default_factory=OfflineLimits)


@dataclass(frozen=True, slots=True)
class IssuerKey:
    """`public_key` is 32 raw bytes (RFC 8032)."""

    key_id: int
    public_key: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class TillFacts:
    """What the service says about this till."""

    till_id: TillId
    till_name: str
    shop: Shop
    policy: Policy
    keys: tuple[IssuerKey, ...]
    service_key: bytes
    generation: int
    server_time: datetime


@dataclass(frozen=True, slots=True)
class Enrolled:
    """A new till. `token` and `pepper` are secrets and hidden from `repr`.

    `previous_head` is the hash that the new epoch is rooted in (`entries.root_hash`); empty for a
    till's first epoch.
    """

    facts: TillFacts
    epoch_id: EpochId
    token: str = field(repr=False)
    pepper: bytes = field(repr=False)
    previous_head: bytes = b""


@dataclass(frozen=True, slots=True)
class EnrolmentRefused:
    """The code is unknown, used, or too old; the service does not say which."""


# --- look-up -----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Found:
    """The voucher as it is now, with its uses, newest first."""

    voucher: Voucher
    history: tuple[Use, ...]


@dataclass(frozen=True, slots=True)
class OfOtherShop:
    shop_name: str
    shop_city: str


@dataclass(frozen=True, slots=True)
class NoSuchVoucher:
    """Unknown to the service; it says the same of a wrong code and a wrong signature."""


# --- snapshot ----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class SnapshotVoucher:
    """One voucher of the shop; `code_mac` is HMAC-SHA256(pepper, code), 32 bytes.

    `holder`: whom it was bought for; None where the platform knows nobody.
    """

    voucher: Voucher
    code_mac: bytes
    holder: Holder | None = None


@dataclass(frozen=True, slots=True)
class VouchersPage:
    """What changed since a cursor: vouchers as they are now, and ids that no longer belong here.

    `starts_over`: the service did not go on from our cursor; what is not told of is gone.
    """

    vouchers: tuple[SnapshotVoucher, ...]
    gone: tuple[VoucherId, ...]
    next_cursor: str
    more: bool
    starts_over: bool


LookupOutcome = Found | OfOtherShop | NoSuchVoucher | NotAuthorised | Rejected | NoAnswer
EnrolmentOutcome = Enrolled | EnrolmentRefused | Rejected | NoAnswer
TillOutcome = TillFacts | NotAuthorised | Rejected | NoAnswer
VouchersOutcome = VouchersPage | NotAuthorised | Rejected | NoAnswer
HeldEpochsOutcome = HeldEpochs | NotAuthorised | Rejected | NoAnswer
HeldEntriesOutcome = HeldEntries | NotAuthorised | Rejected | NoAnswer
StatementOutcome = Statement | NotAuthorised | Rejected | NoAnswer
BookingsOutcome = BookingsPage | NotAuthorised | Rejected | NoAnswer
JournalOutcome = Stored | Rewind | Forked | NotAuthorised | Rejected | NoAnswer


class CentralService(Protocol):
    """A central service, for one enrolled till."""

    def till_facts(self) -> TillOutcome:
        """Policy and keys as they are now; also tells whether anybody answers."""
        ...

    def look_up_code(self, code: ShortCode) -> LookupOutcome: ...

    def look_up_token(self, token: str) -> LookupOutcome:
        """`token` is the text of a voucher's QR code, its shape checked before."""
        ...

    def look_up_voucher(self, voucher_id: VoucherId) -> LookupOutcome:
        """One voucher of the shop's own, found in its snapshot; another shop's is NoSuchVoucher."""
        ...

    def append_journal(self, batch: Batch, *, wait_s: float) -> JournalOutcome:
        """Store the entries at the service, have them evaluated, and read outcomes.

        The same batch may be sent any number of times.
        """
        ...

    def vouchers(self, cursor: str) -> VouchersOutcome:
        """The next page of the shop's vouchers after `cursor`; empty for the beginning."""
        ...

    def held_epochs(self) -> HeldEpochsOutcome:
        """How much of this till's journal the service holds, epoch by epoch."""
        ...

    def held_entries(self, epoch_id: EpochId, *, after_seq: int) -> HeldEntriesOutcome:
        """The entries of one epoch of this till, as the service holds them."""
        ...

    def statement(self, first_day: date, last_day: date) -> StatementOutcome:
        """The figures of the shop between two days, both included, at most `DAYS_MAX` of them."""
        ...

    def bookings(self, first_day: date, last_day: date, *, cursor: int) -> BookingsOutcome:
        """What a statement of these days, any number of them, is made of; 0: from the first."""
        ...


class Enrolment(Protocol):
    """How a computer becomes a till."""

    def enrol(self, code: str, *, public_key: bytes, program_version: str) -> EnrolmentOutcome:
        """Use up a one-time code. `public_key` is the till's own Ed25519 key, 32 bytes."""
        ...

"""The wire types of contract v1. Amounts are `*_minor`, moments RFC 3339 in UTC, hashes hex.

Both sides parse strictly (`strict_json.parse`): unknown fields are refused with their path.
"""

from __future__ import annotations

from datetime import date
from enum import Enum
from typing import Annotated, Literal
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from merchant_app.contract.status import OutcomeStatus

MINOR_MAX = 4_294_967_295
"""Largest amount: what a token's 32 bits hold."""
ENTRIES_PER_REQUEST_MAX = 200
VOUCHERS_PER_PAGE_MAX = 500
ENTRIES_PER_PAGE_MAX = 200
EPOCHS_MAX = 10_000
"""Epochs of one till: one for each time it was enrolled."""
OUTCOMES_PER_REPLY_MAX = 500
USES_PER_LINE_MAX = 5
ENTRY_BODY_CHARACTERS_MAX = 8_000

Hash = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
PublicKeyHex = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
Currency = Annotated[str, Field(pattern=r"^[A-Z]{3}$")]
Amount = Annotated[int, Field(ge=0, le=MINOR_MAX)]
ShortText = Annotated[str, Field(max_length=120)]
SequenceNumber = Annotated[int, Field(ge=0, le=2**53)]
Signature = Annotated[str, Field(pattern=r"^[0-9a-f]{128}$")]


class Wire(BaseModel):
    """What all wire types share."""

    model_config = ConfigDict(extra="forbid", frozen=True)


# --- enrolment, policy, keys -----------------------------------------------------------------


class KeyState(Enum):
    CURRENT = "current"
    NEXT = "next"
    RETIRED = "retired"
    """Signs nothing new; vouchers it signed are still good."""


class IssuerKey(Wire):
    """A public key that voucher tokens are signed with."""

    key_id: Annotated[int, Field(ge=0, le=255)]
    public_key: PublicKeyHex
    state: KeyState


class Shop(Wire):
    """A shop; `time_zone` is an IANA name: days of validity are days there."""

    number: Annotated[int, Field(ge=1, le=4_294_967_295)]
    name: ShortText
    city: ShortText
    currency: Currency
    time_zone: ShortText


class OfflineLimits(Wire):
    """What one till may accept without asking (`ledger.exposure`), in the shop's currency.

    `voucher_max_minor` null: a voucher's balance divided by `tills`, the shop's active tills.
    """

    redemption_max_minor: Amount
    voucher_max_minor: Amount | None
    till_max_minor: Amount
    count_max: Annotated[int, Field(ge=0, le=100_000)]
    snapshot_warn_s: Annotated[int, Field(ge=0, le=31_536_000)]
    snapshot_max_s: Annotated[int, Field(ge=0, le=31_536_000)]
    unknown_max_minor: Amount
    tills: Annotated[int, Field(ge=1, le=100_000)]


class Policy(Wire):
    """What the platform asks of its tills."""

    answer_wait_s: Annotated[int, Field(ge=1, le=60)] = 5
    """How long a cashier waits for an outcome before the screen says "no answer"."""
    contact_every_s: Annotated[int, Field(ge=1, le=3600)] = 10
    offline: OfflineLimits


class EnrolmentRequest(Wire):
    """`code` is the one-time enrolment code; `public_key` the till's own Ed25519 key."""

    code: Annotated[str, Field(min_length=8, max_length=120)]
    public_key: PublicKeyHex
    program_version: ShortText


class EnrolmentReply(Wire):
    """Everything a new till needs. `token` and `pepper` are secrets: they belong in the keyring.

    `pepper` (hex) keys the hashes of voucher codes in this shop's snapshot:
    HMAC-SHA256(pepper, code). `service_key` is what signed journal heads are checked with.
    `previous_head` is the hash where the till's last epoch ends, in which the new one is rooted;
    empty for a till's first.
    """

    till_id: UUID
    till_name: ShortText
    epoch_id: UUID
    previous_head: Annotated[str, Field(pattern=r"^([0-9a-f]{64})?$")]
    token: Annotated[str, Field(min_length=20, max_length=200)]
    pepper: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
    shop: Shop
    policy: Policy
    keys: Annotated[list[IssuerKey], Field(max_length=256)]
    service_key: PublicKeyHex
    generation: Annotated[int, Field(ge=0)]
    server_time: AwareDatetime


class TillReply(Wire):
    """`GET /v1/till`: policy and keys as they are now."""

    till_id: UUID
    till_name: ShortText
    shop: Shop
    policy: Policy
    keys: Annotated[list[IssuerKey], Field(max_length=256)]
    service_key: PublicKeyHex
    generation: Annotated[int, Field(ge=0)]
    minimum_version: ShortText
    server_time: AwareDatetime


# --- vouchers --------------------------------------------------------------------------------


class WireTerms(Wire):
    partial_allowed: bool
    valid_from: date | None
    expires_on: date | None
    minimum_purchase_minor: Amount | None
    vat_kind: Literal["single_purpose", "multi_purpose"]


class WireVoucher(Wire):
    """A voucher; never its code. `label` is the last four characters, "…H2M7"."""

    voucher_id: UUID
    shop_number: Annotated[int, Field(ge=1, le=4_294_967_295)]
    face_minor: Amount
    balance_minor: Amount
    currency: Currency
    status: Literal["active", "revoked"]
    label: ShortText
    holder: ShortText
    terms: WireTerms


class WireHolder(Wire):
    """Who a voucher was bought for, so that a till finds it without its code. Personal data."""

    name: ShortText
    email: Annotated[str, Field(max_length=254)]
    order_number: ShortText
    bought_on: date | None


class SnapshotVoucher(Wire):
    """A voucher in the snapshot, with the keyed hash its code can be recognised by.

    `holder` is null where the platform knows nobody.
    """

    voucher: WireVoucher
    code_mac: Hash
    version: Annotated[int, Field(ge=1)]
    holder: WireHolder | None = None


class Tombstone(Wire):
    """A voucher that no longer belongs in this shop's snapshot."""

    voucher_id: UUID
    version: Annotated[int, Field(ge=1)]


class VouchersPage(Wire):
    """`GET /v1/vouchers`: what changed since `cursor`, oldest change first.

    Ask again with `next_cursor` at once while `more`; keep it for the next delta otherwise.
    `starts_over`: this page begins from nothing, because no cursor was given or the service could
    not go on from it. What this page and those after it do not tell of is gone.
    """

    vouchers: Annotated[list[SnapshotVoucher], Field(max_length=VOUCHERS_PER_PAGE_MAX)]
    tombstones: Annotated[list[Tombstone], Field(max_length=VOUCHERS_PER_PAGE_MAX)]
    next_cursor: ShortText
    more: bool
    starts_over: bool


class LookupRequest(Wire):
    """Exactly one of the three: the eighteen characters of a code, the text of a token, or the id
    of a voucher in the asking till's own snapshot."""

    code: Annotated[str, Field(min_length=18, max_length=18)] | None = None
    token: Annotated[str, Field(min_length=154, max_length=154)] | None = None
    voucher_id: UUID | None = None


class WireUse(Wire):
    """One earlier use: what was debited and not given back."""

    at: AwareDatetime
    till_name: ShortText
    amount_minor: Amount
    currency: Currency


class LookupReply(Wire):
    """`result` "found": `voucher` and its `history`, newest first.

    "other_shop": only the name and town of the shop it belongs to.
    """

    result: Literal["found", "other_shop"]
    voucher: WireVoucher | None = None
    history: Annotated[list[WireUse], Field(max_length=100)] = []
    shop_name: ShortText | None = None
    shop_city: ShortText | None = None
    server_time: AwareDatetime


# --- journal ---------------------------------------------------------------------------------


class WireEntry(Wire):
    """One envelope of the till's journal; `body` is stored and hashed as it is, byte for byte."""

    seq: Annotated[int, Field(ge=1, le=2**53)]
    body: Annotated[str, Field(min_length=2, max_length=ENTRY_BODY_CHARACTERS_MAX)]
    hash: Hash


class WireOutcomeLine(Wire):
    """One voucher of a redemption, after this outcome.

    `uses`: where there is a shortfall, the other ops that hold the voucher's money, newest first.
    """

    voucher_id: UUID
    accepted_minor: Amount
    shortfall_minor: Amount
    balance_minor: Amount
    reason: ShortText | None
    uses: Annotated[list[WireUse], Field(max_length=USES_PER_LINE_MAX)] = []


class WireOutcome(Wire):
    """The newest state of one op. `op_id` names a redemption or a void.

    `signature`: Ed25519 over all but balances and uses (`ledger.priors`). A till keeps it, and
    offers the outcome again when the service was restored from a backup.
    """

    op_id: UUID
    status: OutcomeStatus
    lines: Annotated[list[WireOutcomeLine], Field(max_length=100)]
    at: AwareDatetime
    generation: Annotated[int, Field(ge=0)]
    signature: Signature


class JournalRequest(Wire):
    """The till's new entries on top of what it believes the service has.

    `base_seq`/`base_hash` name the entry before the first one sent (0 and the epoch's root for
    none). `generation` is the service's history the till knows. `outcome_cursor` is how far the
    till has read the feed of outcomes. `resync_to` is how long the journal was when the till
    learned of this generation, 2**53 while it cannot say yet; `priors` is what the service had said
    of redemptions among the entries.
    """

    epoch_id: UUID
    generation: Annotated[int, Field(ge=0)]
    base_seq: SequenceNumber
    base_hash: Hash
    entries: Annotated[list[WireEntry], Field(max_length=ENTRIES_PER_REQUEST_MAX)]
    outcome_cursor: SequenceNumber
    resync_to: SequenceNumber = 0
    priors: Annotated[list[WireOutcome], Field(max_length=ENTRIES_PER_REQUEST_MAX)] = []


class WireAlarm(Wire):
    """An entry that is stored but had no effect, and that the platform's people look at."""

    seq: SequenceNumber
    kind: Literal["not_understood", "op_reused", "conflicting_decision", "parked"]


class SignedHead(Wire):
    """The service's receipt for the chain: Ed25519 over the other fields (`ledger.heads`)."""

    till_id: UUID
    epoch_id: UUID
    generation: Annotated[int, Field(ge=0)]
    seq: SequenceNumber
    hash: Hash
    at: AwareDatetime
    signature: Signature


class JournalReply(Wire):
    """What the service has now, and what became of the ops since `outcome_cursor`.

    `recovering`: the service was restored from a backup; it stores, and evaluates nothing before
    every till of the shop has sent again what it knows. Outcomes are told afterwards.
    """

    generation: Annotated[int, Field(ge=0)]
    head: SignedHead
    outcomes: Annotated[list[WireOutcome], Field(max_length=OUTCOMES_PER_REPLY_MAX)]
    next_outcome_cursor: SequenceNumber
    more_outcomes: bool
    alarms: Annotated[list[WireAlarm], Field(max_length=ENTRIES_PER_REQUEST_MAX)] = []
    recovering: bool


class WireEpoch(Wire):
    """How much of one epoch of the asking till the service holds."""

    epoch_id: UUID
    head_seq: SequenceNumber
    head_hash: Hash
    closed: bool


class EpochsReply(Wire):
    """`GET /v1/journal/epochs`: every epoch that this till ever had, oldest first."""

    epochs: Annotated[list[WireEpoch], Field(max_length=EPOCHS_MAX)]


class EntriesPage(Wire):
    """`GET /v1/journal/entries`: entries of one epoch of this till as they are held, in order.

    Ask again after the last one while `more`.
    """

    epoch_id: UUID
    entries: Annotated[list[WireEntry], Field(max_length=ENTRIES_PER_PAGE_MAX)]
    more: bool

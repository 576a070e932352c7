"""The books: what the service's side of the protocol reads and writes.

The rules of storing, evaluating and recovering are pure; whoever runs them brings the books of one
shop: a transaction of a database, or memory. The caller holds whatever keeps others out of that
shop's books meanwhile, and applies all that is written or nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import Enum
from typing import NamedTuple, Protocol

from merchant_app.contract.status import OutcomeStatus
from merchant_app.ids import EpochId, OpId, ShopNumber, TillId, VoucherId
from merchant_app.ledger.entries import Entry, Envelope
from merchant_app.ledger.messages import Outcome
from merchant_app.ledger.service import LineRecord, Movement, Record
from merchant_app.money import Money
from merchant_app.vouchers.terms import Voucher


class PendingState(Enum):
    """Why a stored entry has no effect yet."""

    STORED = "stored"
    """It was not tried yet."""
    WAITING = "waiting"
    """It is about an op that is not there, or not decided."""
    PARKED = "parked"
    """Its evaluation failed. People were told; a newer program may understand it."""
    HELD = "held"
    """It was there when the service was restored, and its till has not said again what it knows."""
    OFFERED = "offered"
    """It came, or came again, since the service was restored: it waits for the other tills."""


class EntryAlarm(Enum):
    """What people must look at besides `service.AlarmKind`; the value is stored and told."""

    NOT_UNDERSTOOD = "not_understood"
    OP_REUSED = "op_reused"
    PARKED = "parked"
    BAD_PRIOR = "bad_prior"
    """A till offered an outcome that this service never signed. It was not believed."""


class Place(NamedTuple):
    """Where an entry stands in the journals. A tuple, because it is a key at every step."""

    epoch_id: EpochId
    seq: int


@dataclass(frozen=True, slots=True)
class Case:
    """A stored entry to be evaluated.

    `prior` is what the service said of it before it was restored, its signature verified.
    """

    place: Place
    till_id: TillId
    body: str
    prior: Outcome | None = None


class Recalled(Enum):
    """Whether an op id was used before."""

    NEW = "new"
    SAME = "same"
    """By the very same entry: its outcome stands and is told again."""
    FOREIGN = "foreign"
    """By another entry, or in another shop. This one has no effect."""


@dataclass(frozen=True, slots=True)
class Redeemed:
    """A redemption that was evaluated; `ours`: in this shop."""

    record: Record
    purchase: Money | None
    ours: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class NewOp:
    """An op evaluated for the first time.

    Attributes:
        record: of a redemption.
        status: of a void; a redemption's is in its record, decisions and resolutions have none.
        lines: what a void gave back from, after it.
        retry_id: the redemption whose debit pays for the loss that a resolution is about.
    """

    case: Case
    entry: Entry
    record: Record | None = None
    status: OutcomeStatus | None = None
    lines: tuple[LineRecord, ...] = ()
    retry_id: OpId | None = None


class Books(Protocol):
    """One shop's ops, vouchers and movements."""

    @property
    def shop_number(self) -> ShopNumber: ...

    @property
    def today(self) -> date:
        """The calendar day where the shop is."""
        ...

    def shop_title(self, number: ShopNumber) -> str:
        """Name and town of any shop."""
        ...

    def voucher(self, voucher_id: VoucherId) -> Voucher | None:
        """Any shop's; None when there is none, or it was withdrawn."""
        ...

    def recall(self, op_id: OpId, body: str) -> Recalled: ...

    def redemption(self, op_id: OpId) -> Redeemed | None:
        """Any shop's; None when it was not evaluated yet."""
        ...

    def retries(self, about_id: OpId) -> Sequence[Record]:
        """The redemptions that were made to pay for this one's loss."""
        ...

    def paid_by(self, retry_id: OpId) -> OpId | None:
        """The redemption for whose loss this one was made to pay."""
        ...

    def holders(self, voucher_id: VoucherId) -> Sequence[OpId]:
        """The redemptions that hold money of a voucher, the newest first."""
        ...

    def move(self, movements: Iterable[tuple[OpId, Movement]]) -> None:
        """Book movements, each with the op that caused it; changes each balance once.

        Raises:
            Exception: a balance would leave its bounds; nothing may be committed.
        """
        ...

    def add(self, op: NewOp) -> None:
        """Remember an op; its lines tell the balances as they are now."""
        ...

    def change(self, record: Record) -> None:
        """A redemption's new state; its lines tell the balances as they are now."""
        ...

    def announce(self, op_id: OpId, *, also_to: TillId | None = None) -> None:
        """Move an op to the end of every feed it is in, and of `also_to`'s."""
        ...

    def alarm(self, place: Place, kind: str) -> None:
        """Tell people about an entry; once for each kind."""
        ...

    def alarm_about(self, op_id: OpId, kind: str) -> None:
        """Tell people about the entry of an op; once for each kind."""
        ...

    def wait(self, place: Place, for_id: OpId) -> None:
        """Leave an entry until `woken(for_id)`."""
        ...

    def woken(self, op_id: OpId) -> Sequence[Place]:
        """The entries that wait for an op."""
        ...

    def done(self, place: Place) -> None:
        """An entry has had its effect."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class EpochFacts:
    """One epoch's chain at the service.

    `told_seq` is where its till is told that the chain ends: at its head, but for a restored
    service that waits to hear again of entries it already holds; then before the first of these.
    """

    till_id: TillId
    head_seq: int
    head_hash: bytes
    told_seq: int
    closed: bool


class Shelf(Protocol):
    """Where envelopes are kept."""

    @property
    def generation(self) -> int: ...

    @property
    def recovering(self) -> bool:
        """Whether the shop waits for its tills after the service was restored."""
        ...

    def epoch(self, epoch_id: EpochId) -> EpochFacts | None: ...

    def hash_at(self, epoch_id: EpochId, seq: int) -> bytes:
        """The hash of an entry that is held; at 0 the epoch's root."""
        ...

    def hashes(self, epoch_id: EpochId, first_seq: int, last_seq: int) -> Sequence[bytes]:
        """The hashes of entries that are held, in order."""
        ...

    def append(
        self,
        epoch_id: EpochId,
        new: Sequence[Envelope],
        *,
        state: PendingState,
        priors: Mapping[int, Outcome],
    ) -> None:
        """Keep envelopes after the head; `priors` by seq."""
        ...

    def offered_again(
        self, epoch_id: EpochId, *, up_to_seq: int, priors: Mapping[int, Outcome]
    ) -> None:
        """Entries up to here were sent again: HELD ones become OFFERED, and priors are kept."""
        ...

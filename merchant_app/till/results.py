"""What an action of the cashier can end in: closed unions, matched exhaustively by the screens."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from typing import TypeAlias

from merchant_app.central.port import NoAnswerKind as NoAnswerKind
from merchant_app.central.port import NotAuthorisedKind as NotAuthorisedKind
from merchant_app.ids import OpId, VoucherId
from merchant_app.ledger.exposure import Limit as Limit
from merchant_app.money import Money
from merchant_app.sync.connectivity import LineState as LineState
from merchant_app.till.pin_desk import PinRefused as PinRefused
from merchant_app.vouchers.scan import Foreign
from merchant_app.vouchers.verdicts import Reason, Verdict

# --- what any action can end in ------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class NoAnswerYet:
    """The central service did not answer a question; nothing was debited by it. Ask again."""

    why: NoAnswerKind


@dataclass(frozen=True, slots=True)
class NotEntitled:
    """The central service does not accept this till (any more). What was recorded is kept."""

    why: NotAuthorisedKind


@dataclass(frozen=True, slots=True)
class Stopped:
    """The journal here and at the central service differ: no selling until enrolled anew."""


Asked: TypeAlias = str | VoucherId
"""By what a voucher is looked up: what was scanned or typed, a secret; or the id of a hit."""


# --- look-up -------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Judged:
    """What may be said about the voucher. `label` ("…H2M7") is safe to show; empty if unknown.

    `local_from`: the till's own copy says so, and this is how old the copy is (UTC); None: the
    central service said so just now.
    """

    verdict: Verdict
    label: str
    local_from: datetime | None = None


@dataclass(frozen=True, slots=True)
class NotAVoucher:
    """Something else was scanned or typed."""

    kind: Foreign


@dataclass(frozen=True, slots=True)
class UnderQuestion:
    """An earlier redemption of this voucher here has no decision: it is asked about first."""

    interrupted: Interrupted


@dataclass(frozen=True, slots=True)
class TypingPaused:
    """Too many typed codes in a row were nobody's: the next one is looked at in `wait_s` seconds.
    What is scanned is looked up all the same."""

    wait_s: int


LookUp = Judged | NotAVoucher | UnderQuestion | NoAnswerYet | NotEntitled | TypingPaused


# --- redemption ----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class DebitedLine:
    """One voucher of a redemption, as the central service confirmed it."""

    label: str
    amount: Money
    balance: Money
    """What is left on the voucher."""


@dataclass(frozen=True, slots=True)
class Redeemed:
    """Debited, confirmed, and on disk with its decision: the goods may be handed over.

    Attributes:
        number: the entry's number in the journal; with `check` (8 hex digits of the entry's
            hash) it names this redemption on a receipt.
    """

    op_id: OpId
    lines: tuple[DebitedLine, ...]
    number: int
    check: str
    at: datetime


@dataclass(frozen=True, slots=True)
class RefusedLine:
    label: str
    reason: Reason
    voucher_id: VoucherId


@dataclass(frozen=True, slots=True)
class RedeemRefused:
    """The central service said no. Nothing was debited; do not hand over.

    Attributes:
        lines: the vouchers it was refused for, one at least; the others could have been debited.
        verdict: what a fresh look-up of the first of them says, with history, when the service
            could still be asked.
    """

    op_id: OpId
    lines: tuple[RefusedLine, ...]
    verdict: Verdict | None


@dataclass(frozen=True, slots=True)
class RedeemUnknown:
    """No answer in time: debited or not, nobody knows. Wait or cancel; hand nothing over yet."""

    op_id: OpId
    amount: Money
    why: NoAnswerKind | NotAuthorisedKind | None


@dataclass(frozen=True, slots=True)
class RedeemCancelled:
    """Decided as not handed over, on disk. `confirmed`: the central service gave back, or had
    never taken, the money; otherwise it will when the line is back."""

    op_id: OpId
    amount: Money
    confirmed: bool


@dataclass(frozen=True, slots=True)
class OfflineStanding:
    """What this till has accepted without the service's word, out of how much it may."""

    count: int
    count_max: int
    sum: Money
    sum_max: Money


@dataclass(frozen=True, slots=True)
class AcceptedOffline:
    """Accepted under the offline limits and on disk: the goods may be handed over. Not confirmed.

    The balances of `lines` are what the till expects. `standing` includes this redemption.
    """

    op_id: OpId
    lines: tuple[DebitedLine, ...]
    number: int
    check: str
    at: datetime
    standing: OfflineStanding


class Lift(Enum):
    """Whether a limit can be lifted for one redemption."""

    NEVER = "never"
    WITH_PIN = "with_pin"
    """By the responsible person's code."""
    NO_PIN_SET = "no_pin_set"
    """It could, but there is no such code."""


@dataclass(frozen=True, slots=True)
class OfflineRefused:
    """Beyond an offline limit. Nothing new was recorded; hand nothing over.

    Attributes:
        op_id: the redemption that still has no answer, when the cashier wanted to accept that one:
            wait or cancel remain. None when nothing was begun.
        limit: which limit.
        most: what could be accepted on this voucher instead; None when nothing could, or when
            there are several.
        voucher_id: of several vouchers, the one that is beyond its own limit.
        lift: whether somebody responsible may take it all the same.
    """

    op_id: OpId | None
    limit: Limit
    most: Money | None
    standing: OfflineStanding
    voucher_id: VoucherId | None = None
    lift: Lift = Lift.NEVER


@dataclass(frozen=True, slots=True)
class SameAgain:
    """The same voucher and amount were redeemed here minutes ago: ask before doing it again.

    `at` is when; nothing was recorded. The same call with `again=True` goes on.
    """

    label: str
    amount: Money
    at: datetime


RedeemResult = (
    Redeemed
    | RedeemRefused
    | RedeemUnknown
    | RedeemCancelled
    | AcceptedOffline
    | OfflineRefused
    | PinRefused
    | SameAgain
    | Stopped
)


# --- undo ----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Reversed:
    """The last redemption is undone; the vouchers have their money back.

    `op_id` is the redemption's, as in the two below.
    """

    op_id: OpId
    lines: tuple[DebitedLine, ...]


@dataclass(frozen=True, slots=True)
class ReversalPending:
    """The undo is on disk and will be sent: "credit pending", never "credited"."""

    op_id: OpId
    amount: Money


@dataclass(frozen=True, slots=True)
class ReversalRefused:
    """The central service has nothing to give back: never debited, or undone already."""

    op_id: OpId


@dataclass(frozen=True, slots=True)
class NothingToReverse:
    """No completed redemption on this till that is not undone yet."""


ReverseResult = Reversed | ReversalPending | ReversalRefused | NothingToReverse | Stopped


# --- questions after a crash ---------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Interrupted:
    """A redemption that a crash cut off, before its decision or before anybody saw it: "were the
    goods handed over?". Labels name the vouchers."""

    op_id: OpId
    amount: Money
    labels: tuple[str, ...]
    at: datetime


@dataclass(frozen=True, slots=True)
class Settled:
    """The question is answered, and the answer is on disk.

    `shortfall` is what the vouchers could not pay for although the goods were handed over; None
    while the central service has not confirmed.
    """

    op_id: OpId
    handed_over: bool
    amount: Money
    shortfall: Money | None


# --- status --------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Status:
    """What the status pill says.

    Attributes:
        since: when the line entered this state, UTC.
        contact_at: the last answer of the service, UTC; None before the first.
        unsent: entries of the journal the service has not confirmed yet.
        why: the reason while OFFLINE or DEGRADED.
        unsent_sales: redemptions, undos and decisions about them count as one sale.
        unsent_at: when the oldest unsent entry was recorded; None when there is none.
        offline: what was accepted offline and is not confirmed; None before the journal is open.
        redemption_max: what one redemption may amount to offline; None: nothing is accepted.
        to_settle: questions and open cards: the badge.
        snapshot_at: how old the till's copy of the vouchers is (UTC); None: there is none yet.
        copying: a snapshot is being fetched, and how many vouchers have come so far.
        mirror_broken_since: the second copy of the journal cannot be written; None: it can.
    """

    line: LineState
    since: datetime
    contact_at: datetime | None
    unsent: int
    why: NoAnswerKind | None = None
    unsent_sales: int = 0
    unsent_at: datetime | None = None
    offline: OfflineStanding | None = None
    redemption_max: Money | None = None
    to_settle: int = 0
    snapshot_at: datetime | None = None
    copying: int | None = None
    mirror_broken_since: datetime | None = None

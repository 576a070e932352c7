"""What an action of the cashier can end in: closed unions, matched exhaustively by the screens."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from merchant_app.central.port import NoAnswerKind as NoAnswerKind
from merchant_app.central.port import NotAuthorisedKind as NotAuthorisedKind
from merchant_app.ids import OpId
from merchant_app.money import Money
from merchant_app.sync.connectivity import LineState as LineState
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


# --- look-up -------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Judged:
    """What may be said about the voucher. `label` ("…H2M7") is safe to show; empty if unknown."""

    verdict: Verdict
    label: str


@dataclass(frozen=True, slots=True)
class NotAVoucher:
    """Something else was scanned or typed."""

    kind: Foreign


@dataclass(frozen=True, slots=True)
class UnderQuestion:
    """An earlier redemption of this voucher here has no decision: it is asked about first."""

    interrupted: Interrupted


LookUp = Judged | NotAVoucher | UnderQuestion | NoAnswerYet | NotEntitled


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


@dataclass(frozen=True, slots=True)
class RedeemRefused:
    """The central service said no. Nothing was debited; do not hand over.

    `verdict` is what a fresh look-up says, with history, when the service could still be asked.
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


RedeemResult = Redeemed | RedeemRefused | RedeemUnknown | RedeemCancelled | Stopped


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
        why: the reason while OFFLINE.
    """

    line: LineState
    since: datetime
    contact_at: datetime | None
    unsent: int
    why: NoAnswerKind | None = None

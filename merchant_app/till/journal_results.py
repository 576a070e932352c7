"""What the journal can be asked for, and what it tells: closed unions for the screen."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from enum import Enum
from pathlib import Path
from typing import TypeAlias

from merchant_app.contract.status import OutcomeStatus as OutcomeStatus
from merchant_app.ids import OpId
from merchant_app.journal.catalogue import Place as Place
from merchant_app.journal.catalogue import SaleKind as SaleKind
from merchant_app.ledger.entries import Choice
from merchant_app.ledger.exposure import Limit
from merchant_app.money import Money
from merchant_app.reports.exports.exporting import Format
from merchant_app.vouchers.code import ShortCode
from merchant_app.vouchers.verdicts import Reason

# --- finding -------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    """What is looked for; everything that is given must fit. Nothing given: every redemption.

    Attributes:
        code: a whole code; a secret.
        label_end: the last characters of a code, two at least.
        amount: the total, or one voucher's part.
        cashier: how her name begins.
        since, until: from this moment on, and before that one; UTC.
        otherwise: where nothing fits, this is looked for: "Lise" may be a cashier or a code's end.
    """

    code: ShortCode | None = field(default=None, repr=False)
    label_end: str = ""
    amount: Money | None = None
    cashier: str = ""
    since: datetime | None = None
    until: datetime | None = None
    kind: SaleKind = SaleKind.EVERY
    otherwise: Query | None = None


class SaleState(Enum):
    """What has become of a redemption by now."""

    DEBITED = "debited"
    WAITING = "waiting"
    """Handed over; the service has not debited it yet."""
    SHORT = "short"
    """Handed over, and the vouchers could not pay for all of it."""
    UNDONE = "undone"
    UNDO_WAITS = "undo_waits"
    """Somebody undid it; the service has not said anything to that."""
    REFUSED = "refused"
    """The service said no; nothing was handed over."""
    KEPT = "kept"
    """Given up: nothing was handed over."""
    OPEN = "open"
    """Nobody has said whether the goods were handed over."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sale:
    """One redemption, as a line of the list.

    Attributes:
        place: where it stands in the answer.
        labels: the vouchers, "…H2M7".
        at: by the till's clock, UTC.
        offline: handed over without asking the service.
    """

    op_id: OpId
    place: Place
    labels: tuple[str, ...]
    amount: Money
    at: datetime
    cashier: str
    state: SaleState
    offline: bool


@dataclass(frozen=True, slots=True)
class Found:
    """Some redemptions, newest first.

    Attributes:
        query: what was looked for in the end: see `Query.otherwise`.
        more: whether others follow.
    """

    sales: tuple[Sale, ...]
    query: Query
    more: bool


# --- one redemption's life -----------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class LifeLine:
    """One voucher of it; None: the service has not said it.

    `missing` is what could not be debited, `reason` why.
    """

    label: str
    amount: Money
    debited: Money | None
    missing: Money | None
    balance: Money | None
    reason: Reason | None


@dataclass(frozen=True, slots=True)
class Recorded:
    """The entry; with `check` (8 hex digits of its hash) the number names it on a receipt."""

    at: datetime
    cashier: str
    number: int
    check: str
    offline: bool
    purchase: Money | None


@dataclass(frozen=True, slots=True)
class LimitLifted:
    """Beyond this limit of selling offline somebody responsible took it, by the code."""

    at: datetime
    cashier: str
    limit: Limit


@dataclass(frozen=True, slots=True)
class Stored:
    """The service has the entry, and has signed that."""

    at: datetime


@dataclass(frozen=True, slots=True)
class Answered:
    """The service said what became of it."""

    at: datetime
    status: OutcomeStatus
    debited: Money
    missing: Money


@dataclass(frozen=True, slots=True)
class HandedOver:
    """Somebody, or the answer, decided; `handed_over` False: the goods stayed here."""

    at: datetime
    cashier: str
    handed_over: bool


@dataclass(frozen=True, slots=True)
class Undone:
    """Somebody undid it. `taken`: the service agreed (True), could not (False), has not said."""

    at: datetime
    cashier: str
    taken: bool | None


@dataclass(frozen=True, slots=True)
class NotProcessed:
    """The service has it and cannot make sense of it."""

    at: datetime


@dataclass(frozen=True, slots=True)
class Resolved:
    """What somebody decided about its card in À traiter."""

    at: datetime
    cashier: str
    choice: Choice
    note: str


@dataclass(frozen=True, slots=True)
class ReceiptPrinted:
    """On paper; `again`: a duplicate."""

    at: datetime
    cashier: str
    again: bool


@dataclass(frozen=True, slots=True)
class Counted:
    """A closing counts it."""

    at: datetime
    number: int
    business_date: date


Step: TypeAlias = (
    Recorded
    | LimitLifted
    | Stored
    | Answered
    | HandedOver
    | Undone
    | NotProcessed
    | Resolved
    | ReceiptPrinted
    | Counted
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Life:
    """One redemption from its entry to its closing.

    Attributes:
        steps: in the order in which they became known here.
        to_settle: a card or a question about it waits in À traiter.
        can_undo: it is the till's last completed one: the only one that can be undone.
    """

    sale: Sale
    lines: tuple[LifeLine, ...]
    steps: tuple[Step, ...]
    to_settle: bool
    can_undo: bool


# --- exports -------------------------------------------------------------------------------------


class ExportForm(Enum):
    """What the journal can be written as."""

    XLSX = Format.XLSX
    CSV_FRENCH = Format.CSV_FRENCH
    CSV_PLAIN = Format.CSV_PLAIN
    JSON = Format.JSON
    FEC = "fec"
    """The accounting entries that the French tax office asks for; closed days only."""


@dataclass(frozen=True, slots=True)
class ExportWish:
    """What is to be written: days where the shop is, both included, into a folder."""

    form: ExportForm
    first: date
    last: date
    folder: Path


@dataclass(frozen=True, slots=True)
class Exported:
    """The file is there, whole.

    Attributes:
        rows: movements in it.
        not_closed: movements that were left out: their day is not closed (FEC alone).
    """

    path: Path
    rows: int
    not_closed: int = 0


@dataclass(frozen=True, slots=True)
class ExportCancelled:
    """Nobody wanted it any more; nothing was left behind."""


class ExportRefusal(Enum):
    """Why no file was made."""

    SIREN_MISSING = "siren_missing"
    NOTHING_CLOSED = "nothing_closed"
    """No day of the time is closed, or nothing moved on those that are."""


ExportResult: TypeAlias = Exported | ExportCancelled | ExportRefusal

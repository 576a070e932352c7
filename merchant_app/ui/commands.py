"""What the screens ask of the counter, as data: one value a question, run in a worker thread.

A closed union, so that a presenter can be tested by reading what it asked for, and so that "at
most one money action at a time" is a property of one place.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum
from pathlib import Path
from typing import TypeAlias

from merchant_app.ids import OpId
from merchant_app.money import Money
from merchant_app.till.closing_desk import ClosingDesk
from merchant_app.till.closing_results import CloseResult, ClosingPreview
from merchant_app.till.counter import Counter
from merchant_app.till.hits import Hit, SearchResult
from merchant_app.till.journal_results import Found, Life, Place, Query
from merchant_app.till.matters import Choice, LeaveResult, ResolveResult, ToSettle
from merchant_app.till.results import (
    Asked,
    Interrupted,
    LookUp,
    RedeemResult,
    ReverseResult,
    Settled,
    Status,
)
from merchant_app.ui.statement_commands import (
    AskBank,
    AskOutstanding,
    AskStatement,
    StatementAnswer,
    StatementCommand,
    ask_desk,
)
from merchant_app.vouchers.split import Part


@dataclass(frozen=True, slots=True)
class AskLookUp:
    """Attributes:
    number: counts the look-ups of this window; an answer with an older number is dropped.
    text: as scanned or typed; a secret.
    typed: by a person: codes in a row that are nobody's make her wait.
    hit: of a search; it is looked up instead of the text.
    """

    number: int
    text: str = field(repr=False)
    purchase: Money | None
    typed: bool = False
    hit: Hit | None = None


@dataclass(frozen=True, slots=True)
class AskConfirm:
    """What does the central service say to a look-up that the till's own copy answered?

    Attributes:
        number: the look-up's.
        asked: as scanned or typed; a secret.
    """

    number: int
    asked: Asked = field(repr=False)
    purchase: Money | None


@dataclass(frozen=True, slots=True)
class AskSearch:
    """Whose voucher may be meant?

    Attributes:
        number: counts what was typed; an answer to something older is dropped.
        text: a name, an address, an order number; personal data.
    """

    number: int
    text: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class DoRedeem:
    """One voucher or several, all or nothing.

    `again`: the cashier said that the same voucher and amount twice is no mistake. `pin`: what was
    typed as the responsible person's code; a secret.
    """

    parts: tuple[Part, ...]
    purchase: Money | None
    again: bool = False
    pin: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class DoWait:
    op_id: OpId


@dataclass(frozen=True, slots=True)
class DoHonour:
    """No answer, and the goods are handed over all the same, within the offline limits."""

    op_id: OpId


@dataclass(frozen=True, slots=True)
class DoCancel:
    op_id: OpId


@dataclass(frozen=True, slots=True)
class DoReverseLast:
    """Undo the last redemption."""


@dataclass(frozen=True, slots=True)
class AskInterrupted:
    """Which redemptions did a crash leave without a decision?"""


@dataclass(frozen=True, slots=True, kw_only=True)
class DoSettle:
    op_id: OpId
    handed_over: bool


@dataclass(frozen=True, slots=True)
class AskToSettle:
    """What ended badly and needs a person?"""


@dataclass(frozen=True, slots=True, kw_only=True)
class DoResolve:
    """What a person decided about a card of À traiter; `note` is in her words."""

    op_id: OpId
    choice: Choice
    note: str


@dataclass(frozen=True, slots=True)
class AskClosings:
    """What would a closing say now, what is in its way, and what was closed before?"""


class Deed(Enum):
    """What can be closed."""

    TODAY = "today"
    FORGOTTEN = "forgotten"
    """The oldest day that has sales and no closing."""
    PERIOD = "period"
    """The month or the year that is due."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DoClose:
    """`leaving_open`: somebody saw what is still to settle, and closes all the same."""

    deed: Deed
    leaving_open: bool


@dataclass(frozen=True, slots=True)
class DoPostpone:
    """Not now: it is recorded that somebody was asked."""


@dataclass(frozen=True, slots=True)
class AskPapers:
    """The papers of a closing, made again if they are gone; then one of them is opened."""

    number: int


@dataclass(frozen=True, slots=True)
class PapersMade:
    """Where they are: A4, then 80 mm."""

    paths: tuple[Path, ...]


@dataclass(frozen=True, slots=True)
class Postponed:
    """It is recorded."""


@dataclass(frozen=True, slots=True)
class AskMayLeave:
    """Would signing out lose anything?"""


@dataclass(frozen=True, slots=True)
class DoSignOut:
    """Forget this till's enrolment, if nothing is lost by it."""


@dataclass(frozen=True, slots=True)
class AskStatus:
    """What does the status pill say now? Asks nobody outside."""


@dataclass(frozen=True, slots=True)
class AskBooked:
    """Which of these redemptions has the central service debited by now?"""

    op_ids: tuple[OpId, ...]


@dataclass(frozen=True, slots=True)
class AskContact:
    """Is anybody there? Sends what is unsent, too."""


@dataclass(frozen=True, slots=True)
class AskFind:
    """Which redemptions were recorded?

    Attributes:
        number: counts what was looked for; an answer to something older is dropped.
        query: may hold a code, a secret.
        before: those that follow this one; None: the newest.
    """

    number: int
    query: Query = field(repr=False)
    before: Place | None
    limit: int


@dataclass(frozen=True, slots=True)
class AskLife:
    """What has become of this redemption?"""

    op_id: OpId


RedeemCommand: TypeAlias = DoRedeem | DoWait | DoHonour | DoCancel
ClosingCommand: TypeAlias = AskClosings | DoClose | DoPostpone | AskPapers
BooksCommand: TypeAlias = AskFind | AskLife | StatementCommand
MoneyCommand: TypeAlias = RedeemCommand | DoReverseLast | DoSettle | DoResolve
Command: TypeAlias = (
    AskLookUp
    | AskConfirm
    | AskSearch
    | AskInterrupted
    | AskStatus
    | AskContact
    | AskBooked
    | AskToSettle
    | AskMayLeave
    | DoSignOut
    | BooksCommand
    | ClosingCommand
    | MoneyCommand
)
Answer: TypeAlias = (
    LookUp
    | SearchResult
    | RedeemResult
    | ReverseResult
    | Settled
    | Status
    | tuple[Interrupted, ...]
    | frozenset[OpId]
    | ToSettle
    | ResolveResult
    | LeaveResult
    | ClosingPreview
    | CloseResult
    | PapersMade
    | Postponed
    | StatementAnswer
    | Found
    | Life
)


def perform(counter: Counter, command: Command) -> Answer:
    """Ask, and wait for the answer: worker threads only.

    Raises:
        Problem: what the counter's own methods raise.
    """
    match command:
        case AskLookUp():
            return _look_up(counter, command)
        case AskConfirm(asked=asked, purchase=purchase):
            return counter.confirm(asked, purchase=purchase)
        case AskSearch(text=text):
            return counter.search(text)
        case AskInterrupted():
            return counter.interrupted()
        case AskBooked(op_ids):
            return counter.booked(op_ids)
        case AskToSettle():
            return counter.to_settle()
        case AskStatus():
            return counter.status()
        case AskContact():
            return counter.contact()
        case AskMayLeave() | DoSignOut():
            return _leave(counter, command)
        case AskFind() | AskLife() | AskStatement() | AskBank() | AskOutstanding():
            return _read_books(counter, command)
        case AskClosings() | DoClose() | DoPostpone() | AskPapers():
            return _closing(counter.closings, command)
        case _:
            return _move_money(counter, command)


def _read_books(counter: Counter, command: BooksCommand) -> Answer:
    match command:
        case AskFind(query=query, before=before, limit=limit):
            return counter.journal.find(query, before=before, limit=limit)
        case AskLife(op_id):
            return counter.journal.life(op_id)
        case _:
            return ask_desk(counter.statements, command)


def _leave(counter: Counter, command: AskMayLeave | DoSignOut) -> LeaveResult:
    match command:
        case AskMayLeave():
            return counter.may_leave()
        case DoSignOut():
            return counter.sign_out()


def _look_up(counter: Counter, command: AskLookUp) -> LookUp:
    if command.hit is not None:
        return counter.look_up_hit(command.hit, purchase=command.purchase)
    look_up = counter.look_up_typed if command.typed else counter.look_up
    return look_up(command.text, purchase=command.purchase)


def _closing(desk: ClosingDesk, command: ClosingCommand) -> Answer:
    match command:
        case AskClosings():
            return desk.preview()
        case DoClose(deed=deed, leaving_open=leaving_open):
            return _close(desk, deed, leaving_open=leaving_open)
        case AskPapers(number):
            return PapersMade(desk.print_again(number))
        case DoPostpone():
            desk.postpone()
            return Postponed()


def _close(desk: ClosingDesk, deed: Deed, *, leaving_open: bool) -> CloseResult:
    match deed:
        case Deed.TODAY:
            return desk.close_day(leaving_open=leaving_open)
        case Deed.FORGOTTEN:
            return desk.close_forgotten_day(leaving_open=leaving_open)
        case Deed.PERIOD:
            return desk.close_period()


def _move_money(counter: Counter, command: MoneyCommand) -> Answer:
    match command:
        case DoRedeem(parts=parts, purchase=purchase, again=again, pin=pin):
            return counter.redeem_basket(parts, purchase=purchase, again=again, pin=pin)
        case DoWait(op_id):
            return counter.wait(op_id)
        case DoHonour(op_id):
            return counter.honour(op_id)
        case DoCancel(op_id):
            return counter.cancel(op_id)
        case DoReverseLast():
            return counter.reverse_last()
        case DoSettle(op_id=op_id, handed_over=handed_over):
            return counter.settle(op_id, handed_over=handed_over)
        case DoResolve(op_id=op_id, choice=choice, note=note):
            return counter.resolve(op_id, choice, note=note)

"""What asking for a statement can come to, and what a screen shows of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import Enum

from merchant_app.central.port import NoAnswerKind as NoAnswerKind
from merchant_app.ledger.statements import Cause as Cause
from merchant_app.ledger.statements import Payout as Payout
from merchant_app.ledger.statements import Period as Period
from merchant_app.ledger.statements import PeriodKind as PeriodKind
from merchant_app.ledger.statements import Statement as Statement
from merchant_app.ledger.statements import Sums as Sums
from merchant_app.reports.statements.bank_lines import BankFile as BankFile
from merchant_app.reports.statements.bank_lines import BankFileKind as BankFileKind
from merchant_app.reports.statements.bank_lines import BankFileRefused as BankFileRefused
from merchant_app.reports.statements.differences import Difference as Difference
from merchant_app.reports.statements.differences import Line as Line
from merchant_app.reports.statements.differences import Reconciliation as Reconciliation
from merchant_app.reports.statements.outstanding import Totals as Totals
from merchant_app.reports.statements.payouts import BankMatch as BankMatch
from merchant_app.reports.statements.payouts import PayoutMatch as PayoutMatch


@dataclass(frozen=True, slots=True)
class Reconciled:
    """A statement, line by line against this till's journal.

    Attributes:
        statement: the service's figures: `periods` has the weeks, then the months.
        total: of all its days.
        owed_after_minor: what the platform owes at the end of the last day, payouts taken off.
        reconciliation: differences first.
    """

    statement: Statement
    total: Sums
    owed_after_minor: int
    reconciliation: Reconciliation


@dataclass(frozen=True, slots=True)
class NoStatement:
    """Nobody answers; the till's own figures are in its closings."""

    why: NoAnswerKind


class RefusedKind(Enum):
    TILL_NOT_AUTHORISED = "till_not_authorised"
    """This till has to be enrolled again."""
    NOT_OFFERED = "not_offered"
    """The service is older than this program, or refuses these days."""


@dataclass(frozen=True, slots=True)
class StatementRefused:
    """The service answers, and gives no statement."""

    kind: RefusedKind


@dataclass(frozen=True, slots=True)
class Cancelled:
    """Whoever asked does not want it any more."""


StatementResult = Reconciled | NoStatement | StatementRefused | Cancelled

BankResult = BankMatch | BankFileRefused


@dataclass(frozen=True, slots=True)
class Outstanding:
    """What customers can still spend, as the till's copy said at `copied_at` (UTC), less what this
    till has booked since."""

    copied_at: datetime
    currency: str
    totals: Totals


@dataclass(frozen=True, slots=True)
class NoCopy:
    """The till has no copy of the vouchers (yet)."""


OutstandingResult = Outstanding | NoCopy

"""What is open at a till, kept up to date entry by entry: pure.

Everything here follows from the entries and the newest outcomes; a journal builds it once when it
is opened and tells it what is committed. So no question at the counter reads the whole journal.
"""

from __future__ import annotations

from collections.abc import Iterable
from operator import attrgetter

from merchant_app.contract.status import OutcomeStatus
from merchant_app.ids import OpId, VoucherId
from merchant_app.ledger.entries import (
    Choice,
    Decision,
    Entry,
    Redemption,
    Resolution,
    Void,
)
from merchant_app.ledger.exposure import Exposure
from merchant_app.ledger.messages import Outcome

CONFIRMED = (
    OutcomeStatus.ACCEPTED,
    OutcomeStatus.SHORT,
    OutcomeStatus.CANCELLED,
    OutcomeStatus.VOIDED,
)
"""After these the service has booked the redemption: it is no risk of the till's any more."""


def is_badly_ended(outcome: Outcome) -> bool:
    """Whether an outcome is something that a person has to look at."""
    if outcome.status is OutcomeStatus.NOT_REVERSIBLE:
        return True
    return any(map(_shortfall_minor, outcome.lines))


_shortfall_minor = attrgetter("shortfall_minor")


class Standing:
    """What waits for a decision, for the service, or for a person. One thread.

    Attributes:
        undecided: redemptions of which nobody has said whether the goods went over the counter,
            oldest first.
        unconfirmed: handed over, and not booked by the service: the till's exposure.
        matters: ops that ended badly and that nobody has decided about, oldest first.
        settled: those that somebody has decided about, for good.
        retried: those that a new redemption was made for; open for as long as something is missing.
    """

    def __init__(self) -> None:
        self.undecided: dict[OpId, Redemption] = {}
        self.unconfirmed: dict[OpId, Redemption] = {}
        self.matters: dict[OpId, None] = {}
        self.settled: set[OpId] = set()
        self.retried: set[OpId] = set()
        self._sum_minor = 0
        self._by_voucher: dict[VoucherId, int] = {}

    def exposure(self) -> Exposure:
        """What counts against the offline limits."""
        return Exposure(self._sum_minor, len(self.unconfirmed), dict(self._by_voucher))

    def recorded(self, entry: Entry, *, booked: bool = False) -> None:
        """An entry is in the journal. `booked`: its redemption's outcome is CONFIRMED already."""
        match entry:
            case Redemption(honoured=True):
                if not booked:
                    self.expose(entry)
            case Redemption():
                self.undecided[entry.op_id] = entry
            case Decision(redemption_id=redemption_id, handed_over=handed_over):
                redemption = self.undecided.pop(redemption_id, None)
                if redemption is not None and handed_over and not booked:
                    self.expose(redemption)
            case Void():
                pass
            case Resolution(about_id=about_id, choice=choice):
                self._resolved(about_id, choice)

    def _resolved(self, about_id: OpId, choice: Choice) -> None:
        match choice:
            case Choice.CUSTOMER_CALLED:
                pass
            case Choice.RETRIED:
                self.retried.add(about_id)
            case Choice.LOSS_ACCEPTED | Choice.PLATFORM_ASKED:
                self.settled.add(about_id)
                self.matters.pop(about_id, None)

    def decided(self) -> set[OpId]:
        """What ended badly once and is open no more."""
        return self.settled | {op_id for op_id in self.retried if op_id not in self.matters}

    def told(self, outcomes: Iterable[Outcome]) -> None:
        """The service has said these; each is the newest of its op."""
        for outcome in outcomes:
            op_id = outcome.op_id
            if self.unconfirmed and outcome.status in CONFIRMED:
                redemption = self.unconfirmed.pop(op_id, None)
                if redemption is not None:
                    self._count(redemption, -1)
            if is_badly_ended(outcome):
                self.alarmed(op_id)
            elif self.matters:
                self.matters.pop(op_id, None)

    def alarmed(self, op_id: OpId) -> None:
        """The op needs a person, unless one has decided already."""
        if op_id not in self.settled:
            self.matters[op_id] = None

    def expose(self, redemption: Redemption) -> None:
        """It was handed over, and the service has not booked it."""
        if redemption.op_id not in self.unconfirmed:
            self.unconfirmed[redemption.op_id] = redemption
            self._count(redemption, 1)

    def _count(self, redemption: Redemption, sign: int) -> None:
        for line in redemption.lines:
            minor = sign * line.amount.minor
            self._sum_minor += minor
            left = self._by_voucher.get(line.voucher_id, 0) + minor
            if left:
                self._by_voucher[line.voucher_id] = left
            else:
                self._by_voucher.pop(line.voucher_id, None)

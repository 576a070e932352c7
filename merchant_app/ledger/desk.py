"""What a cashier decides, under the rules: sans-I/O, each a transaction of the journal."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from merchant_app.ids import VoucherId
from merchant_app.ledger import exposure
from merchant_app.ledger.entries import Decision, Envelope, Redemption
from merchant_app.ledger.exposure import Allowed, LimitReached, OfflineLimits
from merchant_app.ledger.till_journal import AlreadyDecided, Lifted, Recorded, TillJournal


@dataclass(frozen=True, slots=True)
class Offline:
    """What the till knows when nobody can be asked.

    Attributes:
        limits: what the service allows, tightened by the shop.
        lifted: how far somebody responsible may go for one redemption.
        balances: of the vouchers at hand, from the till's copy; a missing one is not known there.
        snapshot_age_s: how old that copy is; negative: the clock went back; None: there is none.
    """

    limits: OfflineLimits
    lifted: OfflineLimits
    balances: Mapping[VoucherId, int]
    snapshot_age_s: float | None

    def check(self, redemption: Redemption, journal: TillJournal) -> Allowed | LimitReached:
        """Whether this redemption may be accepted now, besides all that is unconfirmed."""
        verdict = self._within(self.limits, redemption, journal)
        if isinstance(verdict, Allowed) or verdict.limit not in exposure.SOFT:
            return verdict
        hard = self._within(self.lifted, redemption, journal)
        return replace(verdict, liftable=isinstance(hard, Allowed))

    def _within(
        self, limits: OfflineLimits, redemption: Redemption, journal: TillJournal
    ) -> Allowed | LimitReached:
        return exposure.check(
            redemption.lines,
            limits=limits,
            exposure=journal.standing.exposure(),
            balances=self.balances,
            snapshot_age_s=self.snapshot_age_s,
        )


def accept(
    journal: TillJournal, redemption: Redemption, offline: Offline, *, lifts: bool = False
) -> Envelope | LimitReached:
    """Record a redemption as handed over without asking, if the limits allow it.

    `lifts`: somebody responsible says that it may go beyond a soft one; where it does, that is
    recorded with it.
    """
    verdict = offline.check(redemption, journal)
    if isinstance(verdict, Allowed):
        return journal.append(redemption)[0]
    if not (lifts and verdict.liftable):
        return verdict
    lifted = Lifted(
        redemption.op_id,
        verdict.limit,
        sum(line.amount.minor for line in redemption.lines),
        redemption.cashier,
    )
    return journal.append(redemption, lifted=lifted)[0]


def honour(
    journal: TillJournal, recorded: Recorded, decision: Decision, offline: Offline
) -> Envelope | LimitReached:
    """Decide that the goods go over the counter although nobody has answered.

    Raises:
        AlreadyDecided: the answer came first, or a copy of this till decided.
    """
    if recorded.redemption.op_id not in journal.standing.undecided:
        raise AlreadyDecided(str(recorded.redemption.op_id))
    verdict = offline.check(recorded.redemption, journal)
    if isinstance(verdict, LimitReached):
        return verdict
    return journal.append(decision)[0]

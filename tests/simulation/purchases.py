"""What really happened: customers, goods, and what each was worth. No program knows of it."""

from __future__ import annotations

from dataclasses import dataclass, field

from merchant_app.ids import OpId
from merchant_app.ledger.entries import Line


class Violation(Exception):
    """An invariant does not hold."""


@dataclass(slots=True, eq=False)
class Purchase:
    """One customer at one counter.

    Attributes:
        lines: what her vouchers shall pay.
        given: the redemption under which the goods went over the counter, once.
        ops: every redemption that was begun for it.
        voids: every undo that was recorded of one of them.
        done: she has left, with the goods or without.
        pays_for: the redemption whose loss this one makes good; no goods then, they are gone.
    """

    lines: tuple[Line, ...]
    given: OpId | None = None
    ops: list[OpId] = field(default_factory=list)
    voids: list[OpId] = field(default_factory=list)
    done: bool = False
    pays_for: OpId | None = None

    @property
    def amount_minor(self) -> int:
        return sum(line.amount.minor for line in self.lines)


@dataclass(slots=True)
class Truth:
    """All purchases, and what was said about them.

    Attributes:
        purchase_of: of each redemption.
        poison: redemptions that the service cannot evaluate before somebody mends it.
        shown_accepted: redemptions that a screen called accepted because the service had.
        forced: handed over although no screen said so.
        lifts: beyond a limit; somebody responsible said that they may be taken.
        declared: what an older image of a till without a mirror has lost, by the redemption.
    """

    purchases: list[Purchase] = field(default_factory=list)
    purchase_of: dict[OpId, Purchase] = field(default_factory=dict)
    void_of: dict[OpId, OpId] = field(default_factory=dict)
    poison: set[OpId] = field(default_factory=set)
    shown_accepted: set[OpId] = field(default_factory=set)
    forced: set[OpId] = field(default_factory=set)
    lifts: set[OpId] = field(default_factory=set)
    declared: dict[OpId, OpId] = field(default_factory=dict)

    def begin(self, purchase: Purchase, op_id: OpId) -> None:
        """A redemption is begun."""
        purchase.ops.append(op_id)
        self.purchase_of[op_id] = purchase

    def begin_void(self, void_id: OpId, op_id: OpId) -> None:
        """An undo is begun."""
        self.void_of[void_id] = op_id
        self.purchase_of[op_id].voids.append(void_id)

    def give(self, purchase: Purchase, op_id: OpId) -> None:
        """The goods go over the counter.

        Raises:
            Violation: they did already.
        """
        if purchase.given is not None:
            raise Violation("goods given twice")
        purchase.given = op_id
        purchase.done = True

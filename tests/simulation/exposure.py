"""What can be lost when every till is offline and a voucher was copied: each till sells until its
limits say no, then the line comes back."""

from __future__ import annotations

from merchant_app.ledger.entries import Line
from merchant_app.money import Money
from tests.simulation.profiles import quiet
from tests.simulation.purchases import Purchase
from tests.simulation.simulation import Parts, Simulation

PIECE_MINOR = 500


class Copied(Simulation):
    """`tills` tills without a line, one voucher of `balance_minor`."""

    def __init__(self, *, tills: int, balance_minor: int, voucher_max_minor: int) -> None:
        self.faces_minor = (balance_minor,)
        profile = quiet(tills=tills)
        profile.voucher_max_minor = voucher_max_minor
        profile.redemption_max_minor = PIECE_MINOR
        super().__init__(1, profile, parts=Parts())
        self.horizon_s = 20_000.0

    def open(self) -> None:
        """At each till the voucher is shown again and again."""
        for cashier in self.cashiers:
            self.world.isolate(cashier.till.machine, 10_000.0)
            for number in range(50):
                amount = Money(PIECE_MINOR, "EUR")
                purchase = Purchase((Line(self.vouchers[0], amount, "…H2M7"),))
                self.world.truth.purchases.append(purchase)
                self.world.at(1 + 40 * number, cashier.serve, purchase)


def loss_minor(*, tills: int, balance_minor: int, voucher_max_minor: int) -> int:
    """What was handed over and could not be debited."""
    one = Copied(tills=tills, balance_minor=balance_minor, voucher_max_minor=voucher_max_minor)
    one.run()
    return sum(
        line.shortfall_minor
        for op in one.service.ledger.books.ops.values()
        if op.record is not None
        for line in op.record.lines
    )

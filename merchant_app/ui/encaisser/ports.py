"""What the presenter needs of the world around it. No Qt."""

from __future__ import annotations

from typing import Protocol

from merchant_app.money import Money
from merchant_app.till.counter import CounterFacts
from merchant_app.ui.commands import Command
from merchant_app.ui.encaisser.states import Sound
from merchant_app.vouchers.terms import Voucher
from merchant_app.vouchers.verdicts import Verdict


class Judge(Protocol):
    """The part of `till.counter.Counter` that answers at once."""

    @property
    def facts(self) -> CounterFacts: ...

    def judge(self, voucher: Voucher, *, purchase: Money | None, amount: Money) -> Verdict: ...


class Hands(Protocol):
    """What the presenter can have done. Every method returns at once."""

    def run_command(self, command: Command) -> None:
        """Run it elsewhere; `Presenter.answered` or `went_wrong` follows."""
        ...

    def call_back(self, after_s: float, number: int) -> None:
        """`Presenter.time_came(number)`, later."""
        ...

    def play(self, sound: Sound) -> None: ...

    def may_move_money(self) -> bool:
        """False while another screen is recording something about money."""
        ...

    def enrol_again(self) -> None:
        """Leave this screen for the enrolment of this till."""
        ...

"""The half of the presenter that asks about vouchers. No Qt."""

from __future__ import annotations

from merchant_app.errors import Bug
from merchant_app.i18n.formatting import field_amount
from merchant_app.money import Money
from merchant_app.till.results import (
    Judged,
    NoAnswerYet,
    NotAVoucher,
    NotEntitled,
    UnderQuestion,
)
from merchant_app.ui.commands import Answer, AskLookUp
from merchant_app.ui.encaisser import states as st
from merchant_app.ui.encaisser import suggestion
from merchant_app.ui.encaisser.ports import Judge
from merchant_app.ui.encaisser.stage import Stage
from merchant_app.vouchers.terms import Voucher
from merchant_app.vouchers.verdicts import BelowMinimumPurchase, Use, Valid


class LookingUp:
    """GUI thread only.

    Attributes:
        number: counts the look-ups; an answer with an older one comes too late.
        text: what is being looked up, or was last; a secret.
    """

    def __init__(self, stage: Stage, judge: Judge) -> None:
        self._stage = stage
        self._judge = judge
        self.number = 0
        self.text = ""

    def look_up(self, text: str) -> None:
        """Ask about this, unless money is in flight."""
        stage = self._stage
        if isinstance(stage.state, st.MONEY_IN_FLIGHT):
            stage.soft(st.Hint.FINISH_FIRST)
        elif not isinstance(stage.state, st.SellingStopped):
            if stage.purchase.is_over(stage.clock.now()):
                stage.begin_purchase()
            self.number += 1
            self.text = text
            stage.come_to(st.Checking(), focus=None)
            stage.hands.run_command(AskLookUp(self.number, text, stage.purchase.total))

    def forget(self) -> None:
        """An answer that is still under way comes too late."""
        self.number += 1

    def looked_up(self, answer: Answer) -> None:
        """The newest look-up is answered."""
        stage = self._stage
        match answer:
            case Judged(verdict=verdict, label=label):
                stage.fields.fill_code("")
                voucher = suggestion.at_hand(verdict)
                if voucher is None:
                    stage.come_to(st.Declined(verdict, label))
                else:
                    history = verdict.history if isinstance(verdict, Valid) else ()
                    self.take_up(voucher, label, history)
            case NotAVoucher(kind):
                # What was typed stays in its field: one wrong character is corrected, not retyped.
                stage.come_to(st.ForeignScan(kind))
            case UnderQuestion(interrupted):
                others = tuple(q for q in stage.questions if q.op_id != interrupted.op_id)
                stage.questions = (interrupted, *others)
                stage.fields.fill_code("")
                stage.come_to(st.Question(interrupted, len(others)))
            case NoAnswerYet() | NotEntitled():
                stage.come_to(st.LookUpFailed(answer))
            case _:
                raise Bug(f"a look-up was answered by {type(answer).__name__}")

    def take_up(self, voucher: Voucher, label: str, history: tuple[Use, ...]) -> None:
        """Put a voucher on the screen that may be debited now, or after another choice."""
        stage = self._stage
        at_hand = suggestion.taken_up(
            self._judge, voucher, purchase=stage.purchase, label=label, history=history
        )
        if not isinstance(at_hand, st.Debitable):
            stage.come_to(at_hand)
            return
        needs_purchase = isinstance(at_hand.verdict, BelowMinimumPurchase)
        focus = st.Focus.PURCHASE if needs_purchase else st.Focus.AMOUNT
        # While the purchase is being typed, the keyboard stays where it is.
        stage.come_to(at_hand, focus=None if isinstance(stage.state, st.Debitable) else focus)
        assert isinstance(at_hand.amount, Money)
        stage.fields.fill_amount(field_amount(at_hand.amount))

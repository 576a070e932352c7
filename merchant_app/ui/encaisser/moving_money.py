"""The half of the presenter that debits, cancels and undoes. No Qt."""

from __future__ import annotations

from merchant_app.money import Money
from merchant_app.till.results import Redeemed
from merchant_app.ui.commands import Answer, DoCancel, DoRedeem, DoReverseLast, DoWait
from merchant_app.ui.encaisser import outcomes
from merchant_app.ui.encaisser import states as st
from merchant_app.ui.encaisser.stage import Stage
from merchant_app.vouchers.terms import Voucher


class MovingMoney:
    """GUI thread only."""

    def __init__(self, stage: Stage) -> None:
        self._stage = stage
        self._alarm = 0
        self._undoable: list[Redeemed] = []

    @property
    def last(self) -> Redeemed | None:
        """What an undo would give back; None when this window debited nothing yet."""
        return self._undoable[-1] if self._undoable else None

    def redeem(self, voucher: Voucher, amount: Money) -> None:
        """Debit it."""
        stage = self._stage
        stage.come_to(st.Debiting(voucher, amount), focus=None)
        total = stage.purchase.total
        stage.hands.run_command(DoRedeem(voucher=voucher, amount=amount, purchase=total))

    def ask_again(self) -> None:
        """No answer so far: repeat, with the same id."""
        state = self._stage.state
        assert isinstance(state, st.Unanswered)
        self._stage.state = st.Unanswered(state.result, asking=True, cancel_wanted=False)
        self._stage.hands.run_command(DoWait(state.result.op_id))

    def cancel(self, state: st.Unanswered) -> None:
        """Nothing was handed over; when a repetition is under way, after it."""
        if state.asking:
            self._stage.state = st.Unanswered(state.result, asking=True, cancel_wanted=True)
            return
        self._alarm += 1
        self._stage.state = st.Cancelling(state.result.op_id, state.result.amount)
        self._stage.hands.run_command(DoCancel(state.result.op_id))

    def reverse(self, last: Redeemed | None) -> None:
        """Undo the last one."""
        self._stage.state = st.Reversing(last)
        self._stage.hands.run_command(DoReverseLast())

    def is_due(self, number: int) -> bool:
        """Whether the call-back with this number is the newest."""
        return number == self._alarm

    def moved(self, answer: Answer) -> None:
        """A money action ended."""
        stage = self._stage
        before = stage.state
        state = outcomes.state_after(answer)
        match state:
            case st.Unanswered() if isinstance(before, st.Unanswered) and before.cancel_wanted:
                stage.state = state
                self.cancel(state)
                return
            case st.Debited(result):
                stage.purchase.add(result, stage.clock.now())
                self._undoable.append(result)
            case st.Undone(result):
                stage.purchase.remove(result.op_id)
                self._undoable = [done for done in self._undoable if done.op_id != result.op_id]
            case _:
                pass
        if isinstance(state, st.Unanswered) and isinstance(before, st.Unanswered):
            stage.state = state
        else:
            stage.come_to(state)
        if isinstance(state, st.Unanswered):
            self._alarm += 1
            stage.hands.call_back(outcomes.RETRY_AFTER_S, self._alarm)

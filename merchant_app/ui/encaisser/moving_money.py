"""The half of the presenter that debits, cancels and undoes. No Qt."""

from __future__ import annotations

from dataclasses import replace

from merchant_app.till.results import OfflineRefused, RedeemRefused
from merchant_app.ui.commands import (
    Answer,
    DoCancel,
    DoHonour,
    DoRedeem,
    DoReverseLast,
    DoWait,
)
from merchant_app.ui.encaisser import outcomes
from merchant_app.ui.encaisser import states as st
from merchant_app.ui.encaisser.gathering import Gathering
from merchant_app.ui.encaisser.ports import Judge
from merchant_app.ui.encaisser.stage import Stage
from merchant_app.vouchers.split import Part
from merchant_app.vouchers.verdicts import Valid

_BASKET_STAYS = (st.Refused, st.BeyondLimit, st.AskingPin, st.Twice, st.Undone, st.NotUndone)
"""After these nothing of the basket was debited, and its vouchers are as they were."""


class MovingMoney:
    """GUI thread only."""

    def __init__(self, stage: Stage, judge: Judge, gathering: Gathering) -> None:
        self._stage = stage
        self._judge = judge
        self._gathering = gathering
        self._alarm = 0
        self._undoable: list[st.Done] = []

    @property
    def last(self) -> st.Done | None:
        """What an undo would give back; None when this window debited nothing yet."""
        return self._undoable[-1] if self._undoable else None

    def redeem(
        self,
        parts: tuple[Part, ...],
        *,
        again: bool = False,
        lifting: st.AskingPin | None = None,
        pin: str | None = None,
    ) -> None:
        """Debit them, all or nothing. `again`: it is no mistake that this is the second time
        within minutes; `lifting`: nor that it is beyond a limit, by this `pin`."""
        stage = self._stage
        if not stage.hands.may_move_money():
            stage.soft(st.Hint.SETTLE_FIRST)
            return
        stage.come_to(st.Debiting(parts, lifting), focus=None)
        stage.hands.run_command(
            DoRedeem(parts=parts, purchase=stage.purchase.total, again=again, pin=pin)
        )

    def ask_again(self) -> None:
        """No answer so far: repeat, with the same id."""
        state = self._stage.state
        assert isinstance(state, st.Unanswered)
        self._stage.state = replace(state, asking=True, wanted=st.Wanted.NOTHING)
        self._stage.hands.run_command(DoWait(state.result.op_id))

    def cancel(self, state: st.Unanswered) -> None:
        """Nothing was handed over; when a repetition is under way, after it."""
        if state.asking:
            self._stage.state = replace(state, wanted=st.Wanted.CANCEL)
            return
        self._alarm += 1
        self._stage.state = st.Cancelling(state.result.op_id, state.result.amount)
        self._stage.hands.run_command(DoCancel(state.result.op_id))

    def honour(self, state: st.Unanswered) -> None:
        """The goods are handed over without an answer; when a repetition is under way, after it."""
        if state.refused is not None:
            return
        if state.asking:
            self._stage.state = replace(state, wanted=st.Wanted.HONOUR)
            return
        self._alarm += 1
        self._stage.state = st.Honouring(state.result)
        self._stage.hands.run_command(DoHonour(state.result.op_id))

    def reverse(self, last: st.Done | None) -> None:
        """Undo the last one."""
        if not self._stage.hands.may_move_money():
            self._stage.soft(st.Hint.SETTLE_FIRST)
            return
        self._stage.state = st.Reversing(last)
        self._stage.hands.run_command(DoReverseLast())

    def is_due(self, number: int) -> bool:
        """Whether the call-back with this number is the newest."""
        return number == self._alarm

    def moved(self, answer: Answer) -> None:
        """A money action ended."""
        stage = self._stage
        before = stage.state
        if isinstance(answer, RedeemRefused):
            self._gathering.drop(*(line.voucher_id for line in answer.lines))
        offer = self._offer(answer, before)
        others = len(self._gathering.vouchers)
        state = outcomes.state_after(answer, before=before, offer=offer, others=others)
        if isinstance(state, st.Unanswered):
            self._still_unanswered(state, before)
            return
        if not isinstance(state, _BASKET_STAYS):
            self._gathering.clear()
        match state:
            case st.Debited(result=result) | st.Accepted(result=result):
                stage.purchase.add(result, stage.clock.now())
                self._undoable.append(result)
            case st.Undone(result):
                stage.purchase.remove(result.op_id)
                self._undoable = [done for done in self._undoable if done.op_id != result.op_id]
            case _:
                pass
        asks_pin = isinstance(state, st.AskingPin)
        stage.come_to(state, focus=st.Focus.PIN if asks_pin else st.Focus.CODE)

    def _still_unanswered(self, state: st.Unanswered, before: st.State) -> None:
        stage = self._stage
        wanted = st.Wanted.NOTHING
        if isinstance(before, st.Unanswered):
            # What the limits said to this one stays said.
            wanted, state = before.wanted, replace(state, refused=before.refused)
            stage.state = state
        else:
            stage.come_to(state)
        match wanted:
            case st.Wanted.CANCEL:
                self.cancel(state)
            case st.Wanted.HONOUR:
                self.honour(state)
            case st.Wanted.NOTHING:
                self._alarm += 1
                stage.hands.call_back(outcomes.RETRY_AFTER_S, self._alarm)

    def _offer(self, answer: Answer, before: st.State) -> Part | None:
        """The smaller amount that may be accepted, if this voucher can be debited by it."""
        if not isinstance(answer, OfflineRefused) or not isinstance(before, st.Debiting):
            return None
        if len(before.parts) > 1 or answer.most is None or not answer.most:
            return None
        voucher = before.parts[0].voucher
        verdict = self._judge.judge(
            voucher, purchase=self._stage.purchase.total, amount=answer.most
        )
        return Part(voucher, answer.most) if isinstance(verdict, Valid) else None

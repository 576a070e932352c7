"""The half of the presenter that asks what a crash left open. No Qt."""

from __future__ import annotations

from merchant_app.ids import OpId
from merchant_app.till.results import Interrupted, Settled
from merchant_app.ui.commands import DoSettle
from merchant_app.ui.encaisser import states as st
from merchant_app.ui.encaisser.stage import Stage


class Questions:
    """GUI thread only."""

    def __init__(self, stage: Stage) -> None:
        self._stage = stage

    def came(self, questions: tuple[Interrupted, ...]) -> bool:
        """These are open; whether there is room to ask the first."""
        self._stage.questions = questions
        return isinstance(self._stage.state, st.Ready)

    def answer(self, *, handed_over: bool) -> None:
        """The cashier remembers whether the goods were handed over."""
        stage = self._stage
        if not stage.hands.may_move_money():
            stage.soft(st.Hint.SETTLE_FIRST)
        elif isinstance(stage.state, st.Question):
            interrupted = stage.state.interrupted
            stage.come_to(st.Settling(interrupted))
            stage.hands.run_command(DoSettle(op_id=interrupted.op_id, handed_over=handed_over))

    def settled(self, answer: Settled) -> None:
        """What she remembered is on disk."""
        self._forget(answer.op_id)
        self._stage.come_to(st.Answered(answer))

    def settled_elsewhere(self, op_id: OpId) -> bool:
        """One was answered on another screen; whether it was asked here."""
        stage = self._stage
        self._forget(op_id)
        if isinstance(stage.state, st.Question) and stage.state.interrupted.op_id != op_id:
            stage.state = st.Question(stage.state.interrupted, len(stage.questions) - 1)
            return False
        return isinstance(stage.state, st.Question)

    def _forget(self, op_id: OpId) -> None:
        stage = self._stage
        stage.questions = tuple(q for q in stage.questions if q.op_id != op_id)

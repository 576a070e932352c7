"""The half of the presenter that asks about vouchers. No Qt."""

from __future__ import annotations

from dataclasses import replace

from merchant_app.errors import Bug
from merchant_app.i18n.formatting import field_amount
from merchant_app.money import Money
from merchant_app.till.hits import Hit
from merchant_app.till.results import (
    Judged,
    LineState,
    NoAnswerYet,
    NotAVoucher,
    NotEntitled,
    TypingPaused,
    UnderQuestion,
)
from merchant_app.ui.commands import Answer, AskConfirm, AskLookUp
from merchant_app.ui.encaisser import states as st
from merchant_app.ui.encaisser import suggestion
from merchant_app.ui.encaisser.by_hand import ByHand
from merchant_app.ui.encaisser.ports import Judge
from merchant_app.ui.encaisser.stage import Stage
from merchant_app.vouchers.terms import Voucher
from merchant_app.vouchers.verdicts import BelowMinimumPurchase, Use

_NOBODY_ANSWERS = (LineState.OFFLINE, LineState.NOT_ENTITLED, LineState.STOPPED)


class LookingUp:
    """GUI thread only.

    Attributes:
        number: counts the look-ups; an answer with an older one comes too late.
        text: what is being looked up, or was last; a secret.
    """

    def __init__(self, stage: Stage, judge: Judge, by_hand: ByHand) -> None:
        self._stage = stage
        self._judge = judge
        self._by_hand = by_hand
        self._typed = False
        self._hit: Hit | None = None
        self.number = 0
        self.text = ""

    def again(self) -> None:
        """Ask about the same once more."""
        self.look_up(self.text, typed=self._typed, hit=self._hit)

    def look_up(self, text: str, *, typed: bool = False, hit: Hit | None = None) -> None:
        """Ask about this, unless money is in flight.

        Args:
            text: as scanned or typed.
            typed: a person did, no camera or gun.
            hit: of a search: the voucher that was chosen.
        """
        stage = self._stage
        if isinstance(stage.state, st.MONEY_IN_FLIGHT):
            stage.soft(st.Hint.FINISH_FIRST)
        elif not isinstance(stage.state, st.SellingStopped):
            if stage.purchase.is_over(stage.clock.now()):
                stage.begin_purchase()
            self.number += 1
            self.text, self._typed, self._hit = text, typed, hit
            stage.come_to(st.Checking(), focus=None)
            total = stage.purchase.total
            stage.hands.run_command(AskLookUp(self.number, text, total, typed, hit))

    def forget(self) -> None:
        """An answer that is still under way comes too late."""
        self.number += 1

    def looked_up(self, answer: Answer) -> None:
        """The newest look-up is answered."""
        stage = self._stage
        match answer:
            case Judged(local_from=copied_at):
                stage.fields.fill_code("")
                if copied_at is None:
                    self._show(answer, st.CENTRAL)
                elif stage.line in _NOBODY_ANSWERS:
                    self._show(answer, st.Basis(st.Word.LOCAL, copied_at))
                else:
                    self._show(answer, st.Basis(st.Word.ASKED, copied_at))
                    self._ask_to_confirm()
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
            case TypingPaused(wait_s):
                self._by_hand.pause(wait_s)
            case _:
                raise Bug(f"a look-up was answered by {type(answer).__name__}")

    def line_is_back(self) -> None:
        """Let the central service confirm what the till's own copy said while it was cut."""
        state = self._stage.state
        if isinstance(state, st.Debitable | st.Declined) and state.basis.word is st.Word.LOCAL:
            self._stage.state = replace(state, basis=replace(state.basis, word=st.Word.ASKED))
            self._ask_to_confirm()

    def confirmed(self, number: int, answer: Answer) -> None:
        """The central service's own word on what the screen shows; late ones are dropped."""
        stage = self._stage
        state = stage.state
        if number != self.number or not isinstance(state, st.Debitable | st.Declined):
            return
        match answer:
            case Judged(local_from=None):
                self._compare(state, answer)
            case Judged() | NoAnswerYet():
                stage.state = unconfirmed(state)
            case NotEntitled():
                stage.come_to(st.LookUpFailed(answer))
            case _:
                self.looked_up(answer)

    def is_wanted(self, number: int) -> bool:
        """Whether the screen still shows the verdict that this look-up led to."""
        verdict = isinstance(self._stage.state, st.Debitable | st.Declined)
        return number == self.number and verdict

    def take_up(
        self, voucher: Voucher, label: str, history: tuple[Use, ...], basis: st.Basis
    ) -> None:
        """Put a voucher on the screen that may be debited now, or after another choice."""
        stage = self._stage
        at_hand = suggestion.taken_up(
            self._judge,
            voucher,
            purchase=stage.purchase,
            label=label,
            history=history,
            basis=basis,
        )
        before = stage.state
        corrects = basis.word is st.Word.CORRECTED
        if not isinstance(at_hand, st.Debitable):
            stage.come_to(at_hand, corrects=corrects)
            return
        # While an amount or the purchase is being typed, the keyboard stays where it is.
        focus: st.Focus | None = None
        if not isinstance(before, st.Debitable):
            needs_purchase = isinstance(at_hand.verdict, BelowMinimumPurchase)
            focus = st.Focus.PURCHASE if needs_purchase else st.Focus.AMOUNT
        elif corrects:
            at_hand = suggestion.with_typed_amount(
                self._judge, at_hand, before, purchase=stage.purchase
            )
        stage.come_to(at_hand, focus=focus, corrects=corrects)
        if not at_hand.edited:
            assert isinstance(at_hand.amount, Money)
            stage.fields.fill_amount(field_amount(at_hand.amount))

    def _show(self, answer: Judged, basis: st.Basis) -> None:
        verdict = answer.verdict
        voucher = suggestion.at_hand(verdict)
        if voucher is None:
            corrects = basis.word is st.Word.CORRECTED
            self._stage.come_to(st.Declined(verdict, answer.label, basis), corrects=corrects)
        else:
            self.take_up(voucher, answer.label, suggestion.history_of(verdict), basis)

    def _compare(self, state: st.Debitable | st.Declined, answer: Judged) -> None:
        if not suggestion.says_the_same(state.verdict, answer.verdict):
            self._show(answer, st.Basis(st.Word.CORRECTED))
        elif isinstance(state, st.Declined):
            self._stage.state = st.Declined(answer.verdict, answer.label)
        else:
            history = suggestion.history_of(answer.verdict) or state.history
            self._stage.state = replace(state, history=history, basis=st.CENTRAL)

    def _ask_to_confirm(self) -> None:
        total = self._stage.purchase.total
        asked = self.text if self._hit is None else self._hit.voucher_id
        self._stage.hands.run_command(AskConfirm(self.number, asked, total))


def unconfirmed(state: st.State) -> st.State:
    """The same card when nobody will confirm it any more."""
    if isinstance(state, st.Debitable | st.Declined) and state.basis.word is st.Word.ASKED:
        return replace(state, basis=replace(state.basis, word=st.Word.LOCAL))
    return state

"""The half of the presenter that asks about vouchers. No Qt."""

from __future__ import annotations

from dataclasses import replace

from merchant_app.errors import Bug
from merchant_app.i18n.formatting import field_amount
from merchant_app.money import Money
from merchant_app.till.hits import Hit
from merchant_app.till.results import (
    Asked,
    Judged,
    LineState,
    NoAnswerYet,
    NotAVoucher,
    NotEntitled,
    Status,
    TypingPaused,
    UnderQuestion,
)
from merchant_app.ui.commands import Answer, AskConfirm, AskLookUp
from merchant_app.ui.encaisser import states as st
from merchant_app.ui.encaisser import suggestion
from merchant_app.ui.encaisser.by_hand import ByHand
from merchant_app.ui.encaisser.gathering import Gathered, Gathering
from merchant_app.ui.encaisser.ports import Judge
from merchant_app.ui.encaisser.stage import Stage
from merchant_app.vouchers.terms import Voucher
from merchant_app.vouchers.verdicts import BelowMinimumPurchase, Use

_NOBODY_ANSWERS = (LineState.OFFLINE, LineState.NOT_ENTITLED, LineState.STOPPED)


class LookingUp:
    """GUI thread only.

    Attributes:
        number: counts the look-ups; an answer with an older one comes too late.
        asked: what is being looked up, or was last; a secret.
        shown: the look-up whose verdict is on the screen; 0: none is.
    """

    def __init__(self, stage: Stage, judge: Judge, gathering: Gathering, by_hand: ByHand) -> None:
        self._stage = stage
        self._judge = judge
        self._gathering = gathering
        self._by_hand = by_hand
        self._typed = False
        self._hit: Hit | None = None
        self.number = 0
        self.shown = 0
        self.asked: Asked = ""

    def again(self) -> None:
        """Ask about the same once more."""
        if self._hit is not None:
            self.look_up(self._hit)
        elif isinstance(self.asked, str):
            self.look_up(self.asked, typed=self._typed)

    def look_up(self, wanted: str | Hit, *, typed: bool = False) -> None:
        """Ask about this, unless money is in flight.

        Args:
            wanted: as scanned or typed; or the hit of a search that was chosen.
            typed: a person did, no camera or gun.
        """
        stage = self._stage
        if isinstance(stage.state, st.MONEY_IN_FLIGHT):
            stage.soft(st.Hint.FINISH_FIRST)
        elif self._gathering.is_full:
            stage.soft(st.Hint.BASKET_FULL)
        elif not isinstance(stage.state, st.SellingStopped):
            if stage.purchase.is_over(stage.clock.now()):
                stage.begin_purchase()
            if isinstance(stage.state, st.Debitable):
                self._gathering.begin_with(stage.state, self.shown, self.asked)
            self.number += 1
            self._typed = typed
            self._hit = wanted if isinstance(wanted, Hit) else None
            self.asked = wanted.voucher_id if isinstance(wanted, Hit) else wanted
            stage.come_to(st.Checking(), focus=None)
            text = wanted if isinstance(wanted, str) else ""
            total = stage.purchase.total
            stage.hands.run_command(AskLookUp(self.number, text, total, typed, self._hit))

    def forget(self) -> None:
        """An answer that is still under way comes too late."""
        self.number += 1
        self.shown = 0

    def looked_up(self, answer: Answer) -> None:
        """The newest look-up is answered."""
        stage = self._stage
        self.shown = self.number
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

    def line_changed(self, status: Status) -> bool:
        """The line to the central service changed; whether the screen has something new to say."""
        stage = self._stage
        before = (stage.state, stage.offline)
        is_back = stage.line is LineState.OFFLINE and status.line is LineState.ONLINE
        stage.line, stage.unsent_sales = status.line, status.unsent_sales
        offline = status.line is LineState.OFFLINE
        stage.offline = st.Offline(status.redemption_max) if offline else None
        if isinstance(stage.state, st.SellingStopped):
            stage.state = st.SellingStopped(status.unsent_sales)
        elif status.line is LineState.STOPPED and not isinstance(stage.state, st.MONEY_IN_FLIGHT):
            self.forget()
            stage.come_to(st.SellingStopped(status.unsent_sales))
        elif is_back:
            self._line_is_back()
        return before != (stage.state, stage.offline)

    def _line_is_back(self) -> None:
        """Let the central service confirm what the till's own copy said while it was cut."""
        state = self._stage.state
        if isinstance(state, st.Debitable | st.Declined) and state.basis.word is st.Word.LOCAL:
            self._stage.state = replace(state, basis=replace(state.basis, word=st.Word.ASKED))
            self._ask_to_confirm()

    def confirmed(self, number: int, answer: Answer) -> None:
        """The central service's own word on what the screen shows; late ones are dropped."""
        stage = self._stage
        state = stage.state
        gathered = self._gathering.found_by(number)
        if gathered is not None:
            self._confirmed_in_basket(gathered, answer)
            return
        if number != self.shown or not isinstance(state, st.Debitable | st.Declined):
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
        verdict = isinstance(self._stage.state, st.Debitable | st.Several | st.Declined)
        return number == self.shown and verdict

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
        elif self._gathering.vouchers:
            history = suggestion.history_of(verdict)
            self._gathering.add(Gathered(voucher, self.shown, self.asked, history, basis))
            self.show_basket()
        else:
            self.take_up(voucher, answer.label, suggestion.history_of(verdict), basis)

    def show_basket(self) -> None:
        """The vouchers gathered; a single one is no basket, but a voucher at hand."""
        gathered = self._gathering.vouchers
        if len(gathered) > 1:
            self._gathering.show()
            return
        one = gathered[0]
        self._gathering.clear()
        self.shown, self.asked = one.look_up, one.asked
        self.take_up(one.voucher, one.voucher.label, one.history, one.basis)

    def _confirmed_in_basket(self, one: Gathered, answer: Answer) -> None:
        """The central service's own word on a voucher of the basket. While something else is on
        the screen a "no" can wait: nothing is debited without asking the service again."""
        stage = self._stage
        on_screen = isinstance(stage.state, st.Several)
        match answer:
            case Judged(verdict=verdict, label=label, local_from=None):
                voucher = suggestion.at_hand(verdict)
                if voucher is not None:
                    same = voucher == one.voucher
                    basis = st.CENTRAL if same else st.Basis(st.Word.CORRECTED)
                    self._gathering.knows_better(one, voucher, basis)
                    if on_screen:
                        self._gathering.confirmed(corrects=not same)
                elif on_screen:
                    self._gathering.drop(one.voucher.voucher_id)
                    basis = st.Basis(st.Word.CORRECTED)
                    stage.come_to(st.Declined(verdict, label, basis), corrects=True)
            case Judged() | NoAnswerYet():
                local = replace(one.basis, word=st.Word.LOCAL)
                self._gathering.knows_better(one, one.voucher, local)
                if on_screen:
                    self._gathering.confirmed(corrects=False)
            case _ if on_screen:
                self._gathering.drop(one.voucher.voucher_id)
                self.looked_up(answer)
            case _:
                return

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
        self._stage.hands.run_command(AskConfirm(self.shown, self.asked, total))


def unconfirmed(state: st.State) -> st.State:
    """The same card when nobody will confirm it any more."""
    if isinstance(state, st.Debitable | st.Declined) and state.basis.word is st.Word.ASKED:
        return replace(state, basis=replace(state.basis, word=st.Word.LOCAL))
    return state

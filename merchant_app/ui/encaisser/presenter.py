"""The Encaisser screen's decisions: events in, one `Screen` and a few commands out. No Qt.

Everything happens in the GUI thread, one event at a time. What takes time is a command that the
`Hands` run elsewhere; its answer comes back as an event.
"""

from __future__ import annotations

from collections.abc import Callable

from merchant_app.clock import Clock
from merchant_app.errors import Bug, ProblemKind
from merchant_app.i18n.formatting import field_amount
from merchant_app.money import Money
from merchant_app.till.results import (
    Interrupted,
    Judged,
    LineState,
    NoAnswerYet,
    NotAVoucher,
    NotEntitled,
    Redeemed,
    Settled,
    Status,
    UnderQuestion,
)
from merchant_app.ui.commands import (
    Answer,
    AskContact,
    AskInterrupted,
    AskLookUp,
    Command,
    DoCancel,
    DoRedeem,
    DoReverseLast,
    DoSettle,
    DoWait,
    MoneyCommand,
)
from merchant_app.ui.encaisser import outcomes, suggestion
from merchant_app.ui.encaisser import states as st
from merchant_app.ui.encaisser.fields import Fields
from merchant_app.ui.encaisser.ports import Hands, Judge
from merchant_app.ui.encaisser.purchase import Purchase
from merchant_app.vouchers.terms import Voucher
from merchant_app.vouchers.verdicts import (
    BelowMinimumPurchase,
    Use,
    Valid,
)


class Presenter:
    """The state of the screen. GUI thread only."""

    def __init__(
        self, judge: Judge, hands: Hands, *, clock: Clock, show: Callable[[st.Screen], None]
    ) -> None:
        """`show` is called once after every event that changed something."""
        self._judge = judge
        self._hands = hands
        self._clock = clock
        self._show = show
        self._currency = judge.facts.currency
        self._purchase = Purchase(self._currency)
        self._state: st.State = st.Ready()
        self._hint = st.Hint.NONE
        self._number = 0
        self._text = ""
        self._alarm = 0
        self._questions: tuple[Interrupted, ...] = ()
        self._undoable: list[Redeemed] = []
        self._before_undo: st.State = st.Ready()
        self._offline = False
        self._appeared_at_s = float("-inf")
        self._fields = Fields()

    # --- events ----------------------------------------------------------------------------------

    def start(self) -> None:
        self._hands.run_command(AskInterrupted())
        self._publish()

    def scanned(self, text: str) -> None:
        """A camera or a gun read something. Taken in every state but while money is in flight."""
        self._fields.fill_code("")
        self._look_up(text)

    def typed(self, text: str) -> None:
        """Enter in the code field; Enter twice asks once."""
        if not isinstance(self._state, st.Checking) or text != self._text:
            self._look_up(text)

    def purchase_edited(self, text: str) -> None:
        """The purchase field holds this now."""
        self._purchase.typed(text)
        if isinstance(self._state, st.Debitable):
            self._take_up(self._state.voucher, self._state.label, self._state.history)
        self._publish()

    def amount_edited(self, text: str) -> None:
        """The amount field holds this now."""
        if not isinstance(self._state, st.Debitable):
            return
        self._state = suggestion.with_amount(
            self._judge, self._state, text, purchase=self._purchase
        )
        self._publish()

    def purchase_entered(self) -> None:
        """Enter in the purchase field: on to the amount; a second Enter debits."""
        if self._purchase.total is not None:
            self._fields.fill_purchase(field_amount(self._purchase.total))
        self._focus_where_it_belongs()
        self._publish()

    def enter(self) -> None:
        """The main action of the state, if there is one."""
        if self._clock.monotonic_s() - self._appeared_at_s < outcomes.UNMEANT_WITHIN_S:
            return
        match self._state:
            case st.Debitable(judged=Valid(), amount=Money() as amount, voucher=voucher):
                self._redeem(voucher, amount)
            case st.Debitable(judged=BelowMinimumPurchase()):
                self._fields.set_focus(st.Focus.PURCHASE)
            case st.Debitable():
                self._hands.play(st.Sound.LOOK)
            case st.ConfirmUndo(last=last):
                self._state = st.Reversing(last)
                self._hands.run_command(DoReverseLast())
            case st.Unanswered(asking=False):
                self._ask_again()
            case st.LookUpFailed():
                self._look_up(self._text)
            case st.Ready():
                self._soft(st.Hint.CODE_FIRST)
            case st.Checking() | st.Question() | st.SellingStopped():
                return
            case _ if isinstance(self._state, st.MONEY_IN_FLIGHT):
                self._soft(st.Hint.FINISH_FIRST)
            case _:
                self._get_ready()
        self._publish()

    def escape(self) -> None:
        """Back; what it means depends on the state."""
        match self._state:
            case st.Ready():
                self._new_purchase()
            case st.Unanswered():
                self._cancel(self._state)
            case st.ConfirmUndo():
                self._state = self._before_undo
                self._focus_where_it_belongs()
            case st.Debiting() | st.Cancelling() | st.Reversing() | st.Settling():
                self._soft(st.Hint.FINISH_FIRST)
            case st.Question():
                self._soft(st.Hint.ANSWER_FIRST)
            case st.SellingStopped():
                pass
            case _:
                self._number += 1  # an answer that is still under way comes too late
                self._get_ready()
        self._publish()

    def undo(self) -> None:
        """Ctrl+Z, or the button: ask, inside the card."""
        if isinstance(self._state, st.MONEY_IN_FLIGHT):
            self._soft(st.Hint.FINISH_FIRST)
        elif isinstance(self._state, st.Question):
            self._soft(st.Hint.ANSWER_FIRST)
        elif not isinstance(self._state, st.ConfirmUndo | st.SellingStopped):
            self._number += 1
            keep = isinstance(self._state, st.Debitable | st.Debited)
            self._before_undo = self._state if keep else st.Ready()
            self._come_to(st.ConfirmUndo(self._undoable[-1] if self._undoable else None))
        self._publish()

    def new_purchase(self) -> None:
        """The button "new purchase": nothing at hand is kept, unless money is in flight."""
        if isinstance(self._state, st.MONEY_IN_FLIGHT):
            self._soft(st.Hint.FINISH_FIRST)
        elif not isinstance(self._state, st.SellingStopped | st.Question):
            self._number += 1
            self._new_purchase()
            self._get_ready()
        self._publish()

    def answer_question(self, *, handed_over: bool) -> None:
        """The cashier remembers whether the goods were handed over."""
        if isinstance(self._state, st.Question):
            interrupted = self._state.interrupted
            self._come_to(st.Settling(interrupted))
            self._hands.run_command(DoSettle(op_id=interrupted.op_id, handed_over=handed_over))
        self._publish()

    def line_changed(self, status: Status) -> None:
        """The line to the central service changed; the screen says what that means for it."""
        offline = status.line is LineState.OFFLINE
        stopped = status.line is LineState.STOPPED and not isinstance(
            self._state, st.MONEY_IN_FLIGHT
        )
        if stopped and not isinstance(self._state, st.SellingStopped):
            self._number += 1
            self._come_to(st.SellingStopped())
        elif offline == self._offline:
            return
        self._offline = offline
        self._publish()

    def time_came(self, number: int) -> None:
        """A `call_back` is due; stale ones do nothing."""
        if number != self._alarm:
            return
        if isinstance(self._state, st.Unanswered) and not self._state.asking:
            self._ask_again()
            self._publish()

    # --- answers ---------------------------------------------------------------------------------

    def answered(self, command: Command, answer: Answer) -> None:
        """A command is done."""
        match command:
            case AskLookUp(number=number):
                if number == self._number:
                    self._looked_up(answer)
            case AskInterrupted():
                assert isinstance(answer, tuple)
                self._questions = answer
                if isinstance(self._state, st.Ready):
                    self._get_ready()
            case DoSettle():
                assert isinstance(answer, Settled)
                self._questions = tuple(q for q in self._questions if q.op_id != answer.op_id)
                self._come_to(st.Answered(answer))
            case DoRedeem() | DoWait() | DoCancel() | DoReverseLast():
                self._money_moved(answer)
            case AskContact():
                return  # the status itself says it
        self._publish()

    def went_wrong(self, command: Command, kind: ProblemKind) -> None:
        """A command met a Problem."""
        money = isinstance(command, MoneyCommand)
        if isinstance(command, AskLookUp) and command.number != self._number:
            return
        if isinstance(command, AskInterrupted) and not isinstance(self._state, st.Ready):
            return  # asked because of a Problem that is on the screen already
        self._come_to(st.InTheWay(kind, money=money))
        if money:
            # What it left without a decision is asked about before the next voucher.
            self._hands.run_command(AskInterrupted())
        self._publish()

    def _looked_up(self, answer: Answer) -> None:
        match answer:
            case Judged(verdict=verdict, label=label):
                self._fields.fill_code("")
                voucher = suggestion.at_hand(verdict)
                if voucher is None:
                    self._come_to(st.Declined(verdict, label))
                else:
                    history = verdict.history if isinstance(verdict, Valid) else ()
                    self._take_up(voucher, label, history)
            case NotAVoucher(kind):
                # What was typed stays in its field: one wrong character is corrected, not retyped.
                self._come_to(st.ForeignScan(kind))
            case UnderQuestion(interrupted):
                others = tuple(q for q in self._questions if q.op_id != interrupted.op_id)
                self._questions = (interrupted, *others)
                self._fields.fill_code("")
                self._come_to(st.Question(interrupted, len(others)))
            case NoAnswerYet() | NotEntitled():
                self._come_to(st.LookUpFailed(answer))
            case _:
                raise Bug(f"a look-up was answered by {type(answer).__name__}")

    def _money_moved(self, answer: Answer) -> None:
        wanted_cancel = isinstance(self._state, st.Unanswered) and self._state.cancel_wanted
        state = outcomes.state_after(answer)
        match state:
            case st.Unanswered() if wanted_cancel:
                self._state = state
                self._cancel(state)
                return
            case st.Debited(result):
                self._purchase.add(result, self._clock.now())
                self._undoable.append(result)
            case st.Undone(result):
                self._purchase.remove(result.op_id)
                self._undoable = [done for done in self._undoable if done.op_id != result.op_id]
            case _:
                pass
        if isinstance(state, st.Unanswered) and isinstance(self._state, st.Unanswered):
            self._state = state
        else:
            self._come_to(state)
        if isinstance(state, st.Unanswered):
            self._alarm += 1
            self._hands.call_back(outcomes.RETRY_AFTER_S, self._alarm)

    # --- steps -----------------------------------------------------------------------------------

    def _look_up(self, text: str) -> None:
        if isinstance(self._state, st.MONEY_IN_FLIGHT):
            self._soft(st.Hint.FINISH_FIRST)
        elif not isinstance(self._state, st.SellingStopped):
            if self._purchase.is_over(self._clock.now()):
                self._new_purchase()
            self._number += 1
            self._text = text
            self._come_to(st.Checking(), focus=None)
            self._hands.run_command(AskLookUp(self._number, text, self._purchase.total))
        self._publish()

    def _take_up(self, voucher: Voucher, label: str, history: tuple[Use, ...]) -> None:
        """Put a voucher on the screen that may be debited now, or after another choice."""
        at_hand = suggestion.taken_up(
            self._judge, voucher, purchase=self._purchase, label=label, history=history
        )
        if not isinstance(at_hand, st.Debitable):
            self._come_to(at_hand)
            return
        needs_purchase = isinstance(at_hand.verdict, BelowMinimumPurchase)
        focus = st.Focus.PURCHASE if needs_purchase else st.Focus.AMOUNT
        # While the purchase is being typed, the keyboard stays where it is.
        self._come_to(at_hand, focus=None if isinstance(self._state, st.Debitable) else focus)
        assert isinstance(at_hand.amount, Money)
        self._fields.fill_amount(field_amount(at_hand.amount))

    def _redeem(self, voucher: Voucher, amount: Money) -> None:
        self._come_to(st.Debiting(voucher, amount), focus=None)
        total = self._purchase.total
        self._hands.run_command(DoRedeem(voucher=voucher, amount=amount, purchase=total))

    def _ask_again(self) -> None:
        assert isinstance(self._state, st.Unanswered)
        result = self._state.result
        self._state = st.Unanswered(result, asking=True, cancel_wanted=False)
        self._hands.run_command(DoWait(result.op_id))

    def _cancel(self, state: st.Unanswered) -> None:
        if state.asking:
            self._state = st.Unanswered(state.result, asking=True, cancel_wanted=True)
            return
        self._alarm += 1
        self._state = st.Cancelling(state.result.op_id, state.result.amount)
        self._hands.run_command(DoCancel(state.result.op_id))

    def _come_to(self, state: st.State, *, focus: st.Focus | None = st.Focus.CODE) -> None:
        sound = outcomes.sound_of(state, before=self._state)
        if type(state) is not type(self._state):
            self._appeared_at_s = self._clock.monotonic_s()
        self._state = state
        self._hint = st.Hint.NONE
        if sound is not None:
            self._hands.play(sound)
        if focus is not None:
            self._fields.set_focus(focus)

    def _focus_where_it_belongs(self) -> None:
        at_hand = isinstance(self._state, st.Debitable)
        self._fields.set_focus(st.Focus.AMOUNT if at_hand else st.Focus.CODE)

    def _get_ready(self) -> None:
        self._text = ""
        self._fields.fill_code("")
        if self._questions:
            self._come_to(st.Question(self._questions[0], len(self._questions) - 1))
        else:
            self._come_to(st.Ready())

    def _new_purchase(self) -> None:
        self._purchase.clear()
        self._fields.fill_purchase("")
        self._fields.fill_code("")
        self._hint = st.Hint.NONE

    def _soft(self, hint: st.Hint) -> None:
        self._hint = hint
        self._hands.play(st.Sound.LOOK)

    def _publish(self) -> None:
        self._show(
            st.Screen(
                state=self._state,
                number=self._number,
                hint=self._hint,
                purchase=self._purchase.total,
                purchase_error=self._purchase.error,
                left=self._purchase.left,
                basket=self._purchase.basket,
                undo=outcomes.undo_amount(self._undoable),
                amount_fill=self._fields.amount,
                purchase_fill=self._fields.purchase,
                code_fill=self._fields.code,
                focus=self._fields.focus,
                offline=self._offline,
            )
        )

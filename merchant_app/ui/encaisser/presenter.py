"""The Encaisser screen's decisions: events in, one `Screen` and a few commands out. No Qt.

Everything happens in the GUI thread, one event at a time. What takes time is a command that the
`Hands` run elsewhere; its answer comes back as an event.
"""

from __future__ import annotations

from collections.abc import Callable

from merchant_app.clock import Clock
from merchant_app.errors import Bug, ProblemKind
from merchant_app.i18n.formatting import field_amount
from merchant_app.ids import OpId
from merchant_app.money import Money
from merchant_app.till.results import LineState, NotEntitled, Settled, Status
from merchant_app.ui.commands import (
    Answer,
    AskConfirm,
    AskContact,
    AskInterrupted,
    AskLookUp,
    AskMayLeave,
    AskSearch,
    AskStatus,
    AskToSettle,
    Command,
    DoCancel,
    DoHonour,
    DoRedeem,
    DoResolve,
    DoReverseLast,
    DoSettle,
    DoSignOut,
    DoWait,
    MoneyCommand,
)
from merchant_app.ui.encaisser import outcomes, suggestion
from merchant_app.ui.encaisser import states as st
from merchant_app.ui.encaisser.by_hand import ByHand
from merchant_app.ui.encaisser.looking_up import LookingUp, unconfirmed
from merchant_app.ui.encaisser.moving_money import MovingMoney
from merchant_app.ui.encaisser.ports import Hands, Judge
from merchant_app.ui.encaisser.stage import Stage
from merchant_app.vouchers.verdicts import BelowMinimumPurchase, Valid


class Presenter:
    """The state of the screen. GUI thread only."""

    def __init__(
        self, judge: Judge, hands: Hands, *, clock: Clock, show: Callable[[st.Screen], None]
    ) -> None:
        """`show` is called once after every event that changed something."""
        self._judge = judge
        self._hands = hands
        self._show = show
        self._stage = Stage(hands, clock=clock, currency=judge.facts.currency)
        self._by_hand = ByHand(self._stage)
        self._looking_up = LookingUp(self._stage, judge, self._by_hand)
        self._money = MovingMoney(self._stage, judge)
        self._before_undo: st.State = st.Ready()

    # --- events ----------------------------------------------------------------------------------

    def start(self) -> None:
        self._hands.run_command(AskInterrupted())
        self._publish()

    def scanned(self, text: str) -> None:
        """A camera or a gun read something. Taken in every state but while money is in flight."""
        self._stage.fields.fill_code("")
        self._looking_up.look_up(text)
        self._publish()

    def typed(self, text: str) -> None:
        """Enter in the code field; Enter twice asks once."""
        if self._by_hand.offers_hits:
            self._enter_hits()
        elif self._by_hand.looks_for_somebody(text):
            self._by_hand.search_now(text)
        elif not isinstance(self._stage.state, st.Checking) or text != self._looking_up.text:
            self._looking_up.look_up(text, typed=True)
        self._publish()

    def hit_pressed(self, place: int) -> None:
        """One of the hits was clicked."""
        if place < len(self._by_hand.hits):
            self._looking_up.look_up("", hit=self._by_hand.hits[place])
            self._publish()

    def hit_moved(self, by: int) -> None:
        """Arrow down (1) or up (-1) in the field for codes."""
        self._by_hand.move(by)
        self._publish()

    def code_edited(self, text: str) -> None:
        """The field for codes holds this now."""
        self._by_hand.edited(text)
        self._publish()

    def purchase_edited(self, text: str) -> None:
        """The purchase field holds this now."""
        self._stage.purchase.typed(text)
        if isinstance(self._stage.state, st.Debitable):
            state = self._stage.state
            self._looking_up.take_up(state.voucher, state.label, state.history, state.basis)
        self._publish()

    def amount_edited(self, text: str) -> None:
        """The amount field holds this now."""
        if not isinstance(self._stage.state, st.Debitable):
            return
        self._stage.state = suggestion.with_amount(
            self._judge, self._stage.state, text, purchase=self._stage.purchase
        )
        self._publish()

    def purchase_entered(self) -> None:
        """Enter in the purchase field: on to the amount; a second Enter debits."""
        if self._stage.purchase.total is not None:
            self._stage.fields.fill_purchase(field_amount(self._stage.purchase.total))
        self._stage.focus_where_it_belongs()
        self._publish()

    def enter(self) -> None:
        """The main action of the state, if there is one."""
        if not self._stage.is_enter_meant:
            return
        match self._stage.state:
            case st.Debitable() as at_hand:
                self._enter_amount(at_hand)
            case st.ConfirmUndo(last=last):
                self._money.reverse(last)
            case st.Unanswered(asking=False):
                self._money.ask_again()
            case st.BeyondLimit(voucher=voucher, offer=Money() as offer):
                self._money.redeem(voucher, offer)
            case st.Twice(result=result, voucher=voucher):
                self._money.redeem(voucher, result.amount, again=True)
            case st.LookUpFailed(why=NotEntitled()) | st.SellingStopped():
                self._hands.enrol_again()
            case st.LookUpFailed():
                self._looking_up.again()
            case st.Ready():
                self._stage.soft(st.Hint.CODE_FIRST)
            case st.Checking() | st.Question():
                return
            case _ if isinstance(self._stage.state, st.MONEY_IN_FLIGHT):
                self._stage.soft(st.Hint.FINISH_FIRST)
            case _:
                self._get_ready()
        self._publish()

    def escape(self) -> None:
        """Back; what it means depends on the state."""
        match self._stage.state:
            case st.Ready():
                self._stage.begin_purchase()
            case st.Unanswered():
                self._money.cancel(self._stage.state)
            case st.ConfirmUndo():
                self._stage.state = self._before_undo
                self._stage.focus_where_it_belongs()
            case st.Debiting() | st.Honouring() | st.Cancelling() | st.Reversing() | st.Settling():
                self._stage.soft(st.Hint.FINISH_FIRST)
            case st.Question():
                self._stage.soft(st.Hint.ANSWER_FIRST)
            case st.SellingStopped():
                pass
            case _:
                self._looking_up.forget()  # an answer that is still under way comes too late
                self._get_ready()
        self._publish()

    def honour(self) -> None:
        """F9, or its button: no answer, and the goods are handed over within the offline limits."""
        if isinstance(self._stage.state, st.Unanswered) and self._stage.is_enter_meant:
            self._money.honour(self._stage.state)
            self._publish()

    def undo(self) -> None:
        """Ctrl+Z, or the button: ask, inside the card."""
        if isinstance(self._stage.state, st.MONEY_IN_FLIGHT):
            self._stage.soft(st.Hint.FINISH_FIRST)
        elif isinstance(self._stage.state, st.Question):
            self._stage.soft(st.Hint.ANSWER_FIRST)
        elif not isinstance(self._stage.state, st.ConfirmUndo | st.SellingStopped):
            self._looking_up.forget()
            keep = isinstance(self._stage.state, st.Debitable | st.Debited | st.Accepted)
            self._before_undo = unconfirmed(self._stage.state) if keep else st.Ready()
            self._stage.come_to(st.ConfirmUndo(self._money.last))
        self._publish()

    def new_purchase(self) -> None:
        """The button "new purchase": nothing at hand is kept, unless money is in flight."""
        if isinstance(self._stage.state, st.MONEY_IN_FLIGHT):
            self._stage.soft(st.Hint.FINISH_FIRST)
        elif not isinstance(self._stage.state, st.SellingStopped | st.Question):
            self._looking_up.forget()
            self._stage.begin_purchase()
            self._get_ready()
        self._publish()

    def answer_question(self, *, handed_over: bool) -> None:
        """The cashier remembers whether the goods were handed over."""
        if not self._hands.may_move_money():
            self._stage.soft(st.Hint.SETTLE_FIRST)
        elif isinstance(self._stage.state, st.Question):
            interrupted = self._stage.state.interrupted
            self._stage.come_to(st.Settling(interrupted))
            self._hands.run_command(DoSettle(op_id=interrupted.op_id, handed_over=handed_over))
        self._publish()

    def line_changed(self, status: Status) -> None:
        """The line to the central service changed; the screen says what that means for it."""
        stage = self._stage
        before = (stage.state, stage.offline)
        is_back = stage.line is LineState.OFFLINE and status.line is LineState.ONLINE
        stage.line, stage.unsent_sales = status.line, status.unsent_sales
        offline = status.line is LineState.OFFLINE
        stage.offline = st.Offline(status.redemption_max) if offline else None
        if isinstance(stage.state, st.SellingStopped):
            stage.state = st.SellingStopped(status.unsent_sales)
        elif status.line is LineState.STOPPED and not isinstance(stage.state, st.MONEY_IN_FLIGHT):
            self._looking_up.forget()
            stage.come_to(st.SellingStopped(status.unsent_sales))
        elif is_back:
            self._looking_up.line_is_back()
        if before != (stage.state, stage.offline):
            self._publish()

    def come_back(self) -> None:
        """Another screen was looked at meanwhile: the keyboard goes where it belongs."""
        self._stage.focus_where_it_belongs()
        self._publish()

    def settled_elsewhere(self, op_id: OpId) -> None:
        """A question was answered on another screen."""
        stage = self._stage
        stage.questions = tuple(q for q in stage.questions if q.op_id != op_id)
        if isinstance(stage.state, st.Question):
            if stage.state.interrupted.op_id == op_id:
                self._get_ready()
            else:
                stage.state = st.Question(stage.state.interrupted, len(stage.questions) - 1)
            self._publish()

    def time_came(self, number: int) -> None:
        """A `call_back` is due; stale ones do nothing."""
        if self._by_hand.time_came(number):
            self._publish()
        if not self._money.is_due(number):
            return
        if isinstance(self._stage.state, st.Unanswered) and not self._stage.state.asking:
            self._money.ask_again()
            self._publish()

    # --- answers ---------------------------------------------------------------------------------

    def answered(self, command: Command, answer: Answer) -> None:
        """A command is done."""
        match command:
            case AskLookUp(number=number):
                if number == self._looking_up.number:
                    self._looking_up.looked_up(answer)
            case AskConfirm(number=number):
                self._looking_up.confirmed(number, answer)
            case AskSearch(number=number):
                self._by_hand.found(number, answer)
            case AskInterrupted():
                assert isinstance(answer, tuple)
                self._stage.questions = answer
                if isinstance(self._stage.state, st.Ready):
                    self._get_ready()
            case DoSettle():
                assert isinstance(answer, Settled)
                self._stage.questions = tuple(
                    q for q in self._stage.questions if q.op_id != answer.op_id
                )
                self._stage.come_to(st.Answered(answer))
            case DoRedeem() | DoWait() | DoHonour() | DoCancel() | DoReverseLast():
                self._money.moved(answer)
            case AskContact():
                return  # the status itself says it
            case AskStatus() | AskToSettle() | DoResolve() | AskMayLeave() | DoSignOut():
                raise Bug(f"{type(command).__name__} belongs to another screen")
        self._publish()

    def went_wrong(self, command: Command, kind: ProblemKind) -> None:
        """A command met a Problem."""
        money = isinstance(command, MoneyCommand)
        if isinstance(command, AskLookUp) and command.number != self._looking_up.number:
            return
        if isinstance(command, AskConfirm) and not self._looking_up.is_wanted(command.number):
            return
        if isinstance(command, AskSearch) and not self._by_hand.is_wanted(command.number):
            return
        if isinstance(command, AskInterrupted) and not isinstance(self._stage.state, st.Ready):
            return  # asked because of a Problem that is on the screen already
        self._stage.come_to(st.InTheWay(kind, money=money))
        if money:
            # What it left without a decision is asked about before the next voucher.
            self._hands.run_command(AskInterrupted())
        self._publish()

    # --- steps -----------------------------------------------------------------------------------

    def _enter_amount(self, at_hand: st.Debitable) -> None:
        match at_hand:
            case st.Debitable(judged=Valid(), amount=Money() as amount, voucher=voucher):
                self._money.redeem(voucher, amount)
            case st.Debitable(judged=BelowMinimumPurchase()):
                self._stage.fields.set_focus(st.Focus.PURCHASE)
            case _:
                self._hands.play(st.Sound.LOOK)

    def _enter_hits(self) -> None:
        """The first Enter goes to the first hit: nobody's voucher is taken unseen."""
        hit = self._by_hand.selected
        if hit is None:
            self._by_hand.move(1)
        else:
            self._looking_up.look_up("", hit=hit)

    def _get_ready(self) -> None:
        self._looking_up.text = ""
        self._stage.get_ready()

    def _publish(self) -> None:
        self._show(
            st.Screen(
                state=self._stage.state,
                number=self._looking_up.number,
                hint=self._stage.hint,
                purchase=self._stage.purchase.total,
                purchase_error=self._stage.purchase.error,
                left=self._stage.purchase.left,
                basket=self._stage.purchase.basket,
                undo=outcomes.undo_amount(self._money.last),
                amount_fill=self._stage.fields.amount,
                purchase_fill=self._stage.fields.purchase,
                code_fill=self._stage.fields.code,
                focus=self._stage.fields.focus,
                offline=self._stage.offline,
                entry=self._by_hand.entry(),
            )
        )

"""The Encaisser screen's decisions: events in, one `Screen` and a few commands out. No Qt.

Everything happens in the GUI thread, one event at a time. What takes time is a command that the
`Hands` run elsewhere; its answer comes back as an event.
"""

from __future__ import annotations

from collections.abc import Callable

from merchant_app.clock import Clock
from merchant_app.errors import Bug, ProblemKind
from merchant_app.i18n.formatting import field_amount
from merchant_app.ids import OpId, VoucherId
from merchant_app.money import Money
from merchant_app.till.results import LineState, NotEntitled, Settled, Status
from merchant_app.ui.commands import (
    Answer,
    AskBooked,
    AskConfirm,
    AskContact,
    AskInterrupted,
    AskLookUp,
    AskSearch,
    Command,
    DoCancel,
    DoHonour,
    DoRedeem,
    DoReverseLast,
    DoSettle,
    DoWait,
    MoneyCommand,
)
from merchant_app.ui.encaisser import outcomes, suggestion
from merchant_app.ui.encaisser import states as st
from merchant_app.ui.encaisser.by_hand import ByHand
from merchant_app.ui.encaisser.gathering import Gathering
from merchant_app.ui.encaisser.lifting import Lifting
from merchant_app.ui.encaisser.looking_up import LookingUp, unconfirmed
from merchant_app.ui.encaisser.moving_money import MovingMoney
from merchant_app.ui.encaisser.ports import Hands, Judge
from merchant_app.ui.encaisser.questions import Questions
from merchant_app.ui.encaisser.stage import Stage
from merchant_app.vouchers.split import Part
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
        self._gathering = Gathering(self._stage, judge)
        self._looking_up = LookingUp(self._stage, judge, self._gathering, self._by_hand)
        self._money = MovingMoney(self._stage, judge, self._gathering)
        self._questions = Questions(self._stage)
        self._lifting = Lifting(self._stage, self._money)
        self._asking_booked = False
        self._before_undo: st.State = st.Ready()

    @property
    def last_done(self) -> st.Done | None:
        """What a receipt is asked for: the last that this window debited and did not undo."""
        return self._money.last

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
        wanted = self._by_hand.enter(text)
        checking = isinstance(self._stage.state, st.Checking)
        if wanted is not None and not (checking and wanted == self._looking_up.asked):
            self._looking_up.look_up(wanted, typed=True)
        self._publish()

    def hit_pressed(self, place: int) -> None:
        """One of the hits was clicked."""
        if place < len(self._by_hand.hits):
            self._looking_up.look_up(self._by_hand.hits[place])
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
        elif isinstance(self._stage.state, st.Several):
            self._gathering.refresh()
        self._publish()

    def amount_edited(self, text: str) -> None:
        """The amount field holds this now."""
        match self._stage.state:
            case st.Debitable() as state:
                self._stage.state = suggestion.with_amount(
                    self._judge, state, text, purchase=self._stage.purchase
                )
            case st.Several() as state:
                self._gathering.amount_edited(state, text)
            case _:
                return
        self._publish()

    def step(self, lines: int) -> None:
        """Down or up in the basket: the amount field belongs to another voucher."""
        if isinstance(self._stage.state, st.Several):
            self._gathering.step(self._stage.state, lines)
            self._publish()

    def choose(self, voucher_id: VoucherId) -> None:
        """This line of the basket was clicked."""
        if isinstance(self._stage.state, st.Several):
            self._gathering.choose(voucher_id)
            self._publish()

    def remove(self, voucher_id: VoucherId | None = None) -> None:
        """This voucher (None: the chosen one) is not debited with the others."""
        state = self._stage.state
        if isinstance(state, st.Several):
            self._gathering.drop(voucher_id or state.chosen)
            self._looking_up.show_basket()
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
            case st.Debitable() | st.Several() as at_hand:
                self._enter_amount(at_hand)
            case st.ConfirmUndo(last=last):
                self._money.reverse(last)
            case st.Unanswered(asking=False):
                self._money.ask_again()
            case st.BeyondLimit(offer=Part() as offer):
                self._money.redeem((offer,))
            case st.Twice(parts=parts):
                self._money.redeem(parts, again=True)
            case st.LookUpFailed(why=NotEntitled()) | st.SellingStopped():
                self._hands.enrol_again()
            case st.LookUpFailed():
                self._looking_up.again()
            case st.Ready():
                self._stage.soft(st.Hint.CODE_FIRST)
            case st.Checking() | st.Question() | st.AskingPin():
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
            case st.AskingPin() as state:
                self._lifting.back(state)
            case st.Several():
                self._gathering.clear()
                self._get_ready()
            case _:
                self._looking_up.forget()  # an answer that is still under way comes too late
                self._get_ready()
        self._publish()

    def honour(self) -> None:
        """`ACCEPT_KEY`, or its button: no answer, and the goods go within the offline limits;
        or beyond one of them, by the responsible person's code."""
        state = self._stage.state
        if isinstance(state, st.Unanswered) and self._stage.is_enter_meant:
            self._money.honour(state)
        elif isinstance(state, st.BeyondLimit) and self._stage.is_enter_meant:
            self._lifting.begin(state)
        self._publish()

    def pin_edited(self) -> None:
        """The field of the responsible person's code holds something else now."""
        self._lifting.edited()

    def pin_entered(self, text: str) -> None:
        """Enter, or its button, while the code is asked for; `text` is a secret."""
        if isinstance(self._stage.state, st.AskingPin) and self._stage.is_enter_meant:
            self._lifting.entered(self._stage.state, text)
            self._publish()

    def undo(self) -> None:
        """Ctrl+Z, or the button: ask, inside the card."""
        if isinstance(self._stage.state, st.MONEY_IN_FLIGHT):
            self._stage.soft(st.Hint.FINISH_FIRST)
        elif isinstance(self._stage.state, st.Question):
            self._stage.soft(st.Hint.ANSWER_FIRST)
        elif not isinstance(self._stage.state, st.ConfirmUndo | st.SellingStopped):
            self._looking_up.forget()
            keep = isinstance(
                self._stage.state, st.Debitable | st.Several | st.Debited | st.Accepted
            )
            self._before_undo = unconfirmed(self._stage.state) if keep else st.Ready()
            self._stage.come_to(st.ConfirmUndo(self._money.last))
        self._publish()

    def new_purchase(self) -> None:
        """The button "new purchase": nothing at hand is kept, unless money is in flight."""
        if isinstance(self._stage.state, st.MONEY_IN_FLIGHT):
            self._stage.soft(st.Hint.FINISH_FIRST)
        elif not isinstance(self._stage.state, st.SellingStopped | st.Question):
            self._looking_up.forget()
            self._gathering.clear()
            self._stage.begin_purchase()
            self._get_ready()
        self._publish()

    def answer_question(self, *, handed_over: bool) -> None:
        """The cashier remembers whether the goods were handed over."""
        self._questions.answer(handed_over=handed_over)
        self._publish()

    def line_changed(self, status: Status) -> None:
        """The line to the central service changed; the screen says what that means for it."""
        changed = self._looking_up.line_changed(status)
        if status.line is LineState.ONLINE:
            self._ask_booked()
        if changed:
            self._publish()

    def come_back(self) -> None:
        """Another screen was looked at meanwhile: the keyboard goes where it belongs."""
        self._stage.focus_where_it_belongs()
        self._publish()

    def make_way(self) -> bool:
        """A file is to be read: whether now. Whatever is at hand waits below it, undebited."""
        stage = self._stage
        if isinstance(stage.state, st.MONEY_IN_FLIGHT):
            stage.soft(st.Hint.FINISH_FIRST)
            self._publish()
            return False
        if isinstance(stage.state, st.Checking):
            self._looking_up.forget()  # an answer that came now would cover what is being read
            self._get_ready()
            self._publish()
        return not isinstance(stage.state, st.SellingStopped)

    def settled_elsewhere(self, op_id: OpId) -> None:
        """A question was answered on another screen."""
        if self._questions.settled_elsewhere(op_id):
            self._get_ready()
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
                if self._questions.came(answer):
                    self._get_ready()
            case DoSettle():
                assert isinstance(answer, Settled)
                self._questions.settled(answer)
            case DoRedeem() | DoWait() | DoHonour() | DoCancel() | DoReverseLast():
                self._money.moved(answer)
            case AskBooked():
                assert isinstance(answer, frozenset)
                self._asking_booked = False
                self._stage.purchase.confirm(answer)
            case AskContact():
                return  # the status itself says it
            case _:  # every other screen has commands of its own
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
        if isinstance(command, AskBooked):
            # The lines go on saying "offline"; whoever writes next meets the same Problem.
            self._asking_booked = False
            return
        if money:
            self._gathering.clear()
        if isinstance(command, AskInterrupted) and not isinstance(self._stage.state, st.Ready):
            return  # asked because of a Problem that is on the screen already
        self._stage.come_to(st.InTheWay(kind, money=money))
        if money:
            # What it left without a decision is asked about before the next voucher.
            self._hands.run_command(AskInterrupted())
        self._publish()

    # --- steps -----------------------------------------------------------------------------------

    def _enter_amount(self, at_hand: st.Debitable | st.Several) -> None:
        match at_hand:
            case st.Several() if self._gathering.is_debitable(at_hand):
                self._money.redeem(at_hand.split.parts)
            case st.Debitable(judged=Valid(), amount=Money() as amount, voucher=voucher):
                self._money.redeem((Part(voucher, amount),))
            case st.Debitable(judged=BelowMinimumPurchase()):
                self._stage.fields.set_focus(st.Focus.PURCHASE)
            case _:
                self._hands.play(st.Sound.LOOK)

    def _get_ready(self) -> None:
        self._looking_up.asked = ""
        free = not self._stage.questions and self._stage.line is not LineState.STOPPED
        if self._gathering.vouchers and free:
            self._stage.fields.fill_code("")
            self._looking_up.show_basket()
        else:
            self._stage.get_ready()

    def _ask_booked(self) -> None:
        """The line is there: has it confirmed what the basket says is not?"""
        waiting = self._stage.purchase.unconfirmed
        if waiting and not self._asking_booked:
            self._asking_booked = True
            self._hands.run_command(AskBooked(waiting))

    def _publish(self) -> None:
        self._show(
            self._stage.screen(
                number=self._looking_up.number,
                undo=outcomes.undo_amount(self._money.last),
                entry=self._by_hand.entry(),
                waiting=self._gathering.lines(),
            )
        )

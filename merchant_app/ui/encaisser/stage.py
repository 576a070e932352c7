"""What is on the screen now, and how it comes to be something else. No Qt."""

from __future__ import annotations

from merchant_app.clock import Clock
from merchant_app.money import Money
from merchant_app.till.results import Interrupted, LineState
from merchant_app.ui.encaisser import outcomes
from merchant_app.ui.encaisser import states as st
from merchant_app.ui.encaisser.entry import Entry
from merchant_app.ui.encaisser.fields import Fields
from merchant_app.ui.encaisser.ports import Hands
from merchant_app.ui.encaisser.purchase import Purchase


class Stage:
    """Shared by the presenter and its two halves (looking up, moving money). GUI thread only.

    Attributes:
        state: what the card says.
        hint: a soft word, gone with the next card.
        purchase: being paid.
        fields: the orders to the fields.
        questions: what a crash left without a decision, first asked first.
        line: to the central service; `offline` what its being cut means.
        unsent_sales: kept here, and not at the service yet.
    """

    def __init__(self, hands: Hands, *, clock: Clock, currency: str) -> None:
        self.hands = hands
        self.clock = clock
        self.state: st.State = st.Ready()
        self.hint = st.Hint.NONE
        self.purchase = Purchase(currency)
        self.fields = Fields()
        self.questions: tuple[Interrupted, ...] = ()
        self.line = LineState.UNKNOWN
        self.offline: st.Offline | None = None
        self.unsent_sales = 0
        self._appeared_at_s = float("-inf")

    @property
    def is_enter_meant(self) -> bool:
        """Whether a key pressed now can be meant for the card that is on the screen."""
        return self.clock.monotonic_s() - self._appeared_at_s >= outcomes.UNMEANT_WITHIN_S

    def come_to(
        self, state: st.State, *, focus: st.Focus | None = st.Focus.CODE, corrects: bool = False
    ) -> None:
        """Another card, with its sound; the keyboard goes to `focus`, or stays.

        `corrects`: it says something else than the card before did about the same voucher, so an
        Enter that is under way was not meant for it.
        """
        sound = outcomes.sound_of(state, before=self.state)
        if corrects and sound is None:
            sound = st.Sound.LOOK
        if corrects or type(state) is not type(self.state):
            self._appeared_at_s = self.clock.monotonic_s()
        self.state = state
        self.hint = st.Hint.NONE
        if sound is not None:
            self.hands.play(sound)
        if focus is not None:
            self.fields.set_focus(focus)

    def get_ready(self) -> None:
        """For the next voucher; an open question comes first."""
        self.fields.fill_code("")
        if self.line is LineState.STOPPED:
            self.come_to(st.SellingStopped(self.unsent_sales))
        elif self.questions:
            self.come_to(st.Question(self.questions[0], len(self.questions) - 1))
        else:
            self.come_to(st.Ready())

    def begin_purchase(self) -> None:
        """The next customer."""
        self.purchase.clear()
        self.fields.fill_purchase("")
        self.fields.fill_code("")
        self.hint = st.Hint.NONE

    def focus_where_it_belongs(self) -> None:
        match self.state:
            case st.Debitable() | st.Several():
                self.fields.set_focus(st.Focus.AMOUNT)
            case st.AskingPin():
                self.fields.set_focus(st.Focus.PIN)
            case _:
                self.fields.set_focus(st.Focus.CODE)

    def screen(
        self,
        *,
        number: int,
        undo: Money | None,
        entry: Entry,
        waiting: tuple[st.WaitingLine, ...],
    ) -> st.Screen:
        """All of it, for the view; what the stage does not know is given."""
        return st.Screen(
            state=self.state,
            number=number,
            hint=self.hint,
            purchase=self.purchase.total,
            purchase_error=self.purchase.error,
            left=self.purchase.left,
            basket=self.purchase.basket,
            undo=undo,
            amount_fill=self.fields.amount,
            purchase_fill=self.fields.purchase,
            code_fill=self.fields.code,
            focus=self.fields.focus,
            offline=self.offline,
            waiting=waiting,
            entry=entry,
        )

    def soft(self, hint: st.Hint) -> None:
        """A word under the card, with a short note."""
        self.hint = hint
        self.hands.play(st.Sound.LOOK)

"""The À traiter screen's decisions: events in, one `Screen` and a few commands out. No Qt.

Everything happens in the GUI thread. What takes time is a command that the `Hands` run elsewhere.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from merchant_app.errors import Bug, ProblemKind
from merchant_app.ids import OpId
from merchant_app.till.matters import Card, Choice, Decided, RetryFailed, ToSettle
from merchant_app.till.results import Interrupted, Settled, Stopped
from merchant_app.ui.a_traiter import states as st
from merchant_app.ui.commands import Answer, AskToSettle, Command, DoResolve, DoSettle

NOTE_MAX = 120
"""Characters; as much as an entry of the journal takes."""


class Hands(Protocol):
    """What the presenter can have done. Every method returns at once."""

    def run_command(self, command: Command) -> None:
        """Run it elsewhere; `Presenter.answered` or `went_wrong` follows."""
        ...

    def may_move_money(self) -> bool:
        """False while another screen has money in flight."""
        ...


class Presenter:
    """GUI thread only."""

    def __init__(self, hands: Hands, *, show: Callable[[st.Screen], None]) -> None:
        """`show` is called once after every event that changed something."""
        self._hands = hands
        self._show = show
        self._matters: ToSettle | None = None
        self._chosen: OpId | None = None
        self._mode: st.Mode = st.Browsing()
        self._news: st.News | None = None
        self._note = ""
        self._note_fill = (0, "")
        self._asking = False
        self._ask_again = False
        self._is_recorded = False

    # --- events ----------------------------------------------------------------------------------

    def open(self) -> None:
        """Somebody came to this screen."""
        self._news = None
        self._refresh()
        self._publish()

    def count_changed(self, to_settle: int) -> None:
        """The till says how many matters there are; the list follows."""
        if self._matters is not None and to_settle != self._matters.count:
            self._refresh()

    def choose(self, index: int) -> None:
        """The arrow keys or the mouse went to this one."""
        items = self._items()
        if not 0 <= index < len(items) or not isinstance(self._mode, st.Browsing):
            return
        if st.id_of(items[index]) != self._chosen:
            self._chosen = st.id_of(items[index])
            self._news = None
            self._publish()

    def begin(self, choice: Choice) -> None:
        """A deed was chosen; it is confirmed before it is recorded."""
        if not isinstance(self._mode, st.Browsing) or choice not in st.deeds_for(self._item()):
            return
        self._mode, self._news = st.Confirming(choice), None
        self._note = ""
        self._note_fill = (self._note_fill[0] + 1, "")
        self._publish()

    def answer_question(self, *, handed_over: bool) -> None:
        """The cashier remembers whether the goods were handed over."""
        item = self._item()
        if not isinstance(item, Interrupted) or not isinstance(self._mode, st.Browsing):
            return
        if self._is_free():
            self._mode, self._news = st.Recording(None), None
            self._hands.run_command(DoSettle(op_id=item.op_id, handed_over=handed_over))
        self._publish()

    def note_edited(self, text: str) -> None:
        """The note field holds this now."""
        self._note = text[:NOTE_MAX]
        if self._news is st.Notice.NOTE_NEEDED:
            self._news = None
            self._publish()

    def enter(self) -> None:
        """Record the deed that was chosen; nothing else is done by Enter here."""
        item = self._item()
        if not isinstance(self._mode, st.Confirming) or not isinstance(item, Card):
            return
        choice, note = self._mode.choice, self._note.strip()
        if choice is Choice.LOSS_ACCEPTED and not note:
            self._news = st.Notice.NOTE_NEEDED
        elif self._is_free():
            self._mode, self._news = st.Recording(choice), None
            self._hands.run_command(DoResolve(op_id=item.op_id, choice=choice, note=note))
        self._publish()

    def escape(self) -> bool:
        """Back to the list; True when this screen has nothing more to close."""
        if isinstance(self._mode, st.Confirming):
            self._mode, self._news = st.Browsing(), None
            self._publish()
            return False
        return True

    # --- answers ---------------------------------------------------------------------------------

    def answered(self, command: Command, answer: Answer) -> None:
        """A command is done.

        Raises:
            Bug: it is none of this screen's, or its answer is of another kind.
        """
        match command, answer:
            case AskToSettle(), ToSettle():
                self._came(answer)
            case DoSettle(), Settled():
                self._recorded(answer)
            case DoResolve(), Decided() | RetryFailed() | Stopped():
                self._recorded(answer)
            case _:
                raise Bug(f"{type(command).__name__} got {type(answer).__name__}")
        self._publish()

    def went_wrong(self, command: Command, kind: ProblemKind) -> None:
        """A command met a Problem; what was not recorded is still to settle."""
        if isinstance(command, AskToSettle):
            self._asking = self._ask_again = False
            self._go_on()
        else:
            self._mode = st.Browsing()
        self._news = kind
        self._publish()

    def _came(self, matters: ToSettle) -> None:
        before = self._items()
        self._matters = matters
        self._asking = False
        if self._ask_again:
            self._ask_again = False
            self._refresh()
        else:
            self._go_on()
        items = self._items()
        ids = [st.id_of(item) for item in items]
        if self._chosen in ids and st.is_open(items[ids.index(self._chosen)]):
            return
        if self._chosen in ids and not any(
            st.id_of(item) == self._chosen and st.is_open(item) for item in before
        ):
            return  # somebody reads what was decided long ago
        self._chosen = self._next_open(before, items)
        if isinstance(self._mode, st.Confirming):
            self._mode = st.Browsing()  # what it was about is settled already

    def _recorded(self, news: st.News) -> None:
        """It is done; until the new list is there nobody can answer the same once more."""
        self._news = news
        self._is_recorded = True
        self._refresh()

    def _go_on(self) -> None:
        if self._is_recorded:
            self._is_recorded = False
            self._mode = st.Browsing()

    # --- steps -----------------------------------------------------------------------------------

    def _next_open(self, before: tuple[st.Item, ...], items: tuple[st.Item, ...]) -> OpId | None:
        """The open one that stood behind the one that was read; else the first open one."""
        still = {st.id_of(item) for item in items if st.is_open(item)}
        order = [st.id_of(item) for item in before]
        if self._chosen in order:
            behind = order[order.index(self._chosen) + 1 :]
            found = next((op_id for op_id in behind if op_id in still), None)
            if found is not None:
                return found
        return next((st.id_of(item) for item in items if st.is_open(item)), None)

    def _is_free(self) -> bool:
        if self._hands.may_move_money():
            return True
        self._news = st.Notice.DEBIT_FIRST
        return False

    def _refresh(self) -> None:
        if self._asking:
            self._ask_again = True
            return
        self._asking = True
        self._hands.run_command(AskToSettle())

    def _items(self) -> tuple[st.Item, ...]:
        if self._matters is None:
            return ()
        return (*self._matters.questions, *self._matters.cards, *self._matters.decided)

    def _item(self) -> st.Item | None:
        return next((item for item in self._items() if st.id_of(item) == self._chosen), None)

    def _publish(self) -> None:
        items = self._items()
        chosen = next((n for n, item in enumerate(items) if st.id_of(item) == self._chosen), None)
        self._show(
            st.Screen(
                loaded=self._matters is not None,
                items=items,
                open_count=self._matters.count if self._matters is not None else 0,
                chosen=chosen,
                mode=self._mode,
                news=self._news,
                note_fill=self._note_fill,
            )
        )

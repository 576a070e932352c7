"""The Journal screen's decisions: events in, one `Screen` and a few commands out. No Qt.

Everything happens in the GUI thread. What takes time is a command that the `Hands` run elsewhere.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Protocol

from merchant_app.errors import Bug, ProblemKind
from merchant_app.ids import OpId
from merchant_app.till.journal_query import TEXT_MAX, Here, query_of
from merchant_app.till.journal_results import Found, Life, SaleKind
from merchant_app.ui.commands import Answer, AskFind, AskLife, Command
from merchant_app.ui.journal.states import Screen

PAGE = 100
"""Lines at once: more than a screen holds, and read in a few milliseconds."""


class Hands(Protocol):
    """What the presenter can have done. Every method returns at once."""

    def run_command(self, command: Command) -> None:
        """Run it elsewhere; `Presenter.answered` or `went_wrong` follows."""
        ...

    def here(self) -> Here:
        """Now, and where the shop is."""
        ...


class Presenter:
    """GUI thread only."""

    def __init__(self, hands: Hands, *, show: Callable[[Screen], None]) -> None:
        """`show` is called once after every event that changed something."""
        self._hands = hands
        self._show = show
        self._screen = Screen()
        self._number = 0
        self._asking_more = False

    # --- events ----------------------------------------------------------------------------------

    def open(self) -> None:
        """Somebody came to this screen: what was looked for stays, its answer is read anew."""
        self._search()

    def searched(self, text: str) -> None:
        """The search field holds this now."""
        text = text[:TEXT_MAX]
        if text != self._screen.text:
            self._screen = replace(self._screen, text=text)
            self._search()

    def kind_chosen(self, kind: SaleKind) -> None:
        """Only these, or every one."""
        self._screen = replace(self._screen, kind=kind)
        self._search()

    def more_wanted(self) -> None:
        """The list is read to where it ends."""
        screen = self._screen
        if screen.more and screen.query is not None and not self._asking_more:
            self._asking_more = True
            place = screen.sales[-1].place
            self._hands.run_command(AskFind(self._number, screen.query, before=place, limit=PAGE))

    def choose(self, index: int) -> None:
        """The arrow keys or the mouse went to this one."""
        sales = self._screen.sales
        if 0 <= index < len(sales) and sales[index].op_id != self._screen.chosen:
            self._read(sales[index].op_id)
            self._publish()

    def changed_elsewhere(self) -> None:
        """Something was recorded or answered: what is shown may be another thing by now."""
        if self._screen.loaded:
            self._search()

    def escape(self) -> bool:
        """Nothing is looked for any more; True when nothing was."""
        if not self._screen.is_filtered:
            return True
        number = self._screen.text_fill[0] + 1
        self._screen = replace(self._screen, text="", text_fill=(number, ""), kind=SaleKind.EVERY)
        self._search()
        return False

    # --- answers ---------------------------------------------------------------------------------

    def answered(self, command: Command, answer: Answer) -> None:
        """A command is done.

        Raises:
            Bug: it is none of this screen's, or its answer is of another kind.
        """
        match command, answer:
            case AskFind(), Found():
                self._found(command, answer)
            case AskLife(op_id), Life():
                if op_id == self._screen.chosen:
                    self._screen = replace(self._screen, life=answer)
            case _:
                raise Bug(f"{type(command).__name__} got {type(answer).__name__}")
        self._publish()

    def went_wrong(self, command: Command, kind: ProblemKind) -> None:
        """A command met a Problem; what is shown stays, and it is said."""
        if isinstance(command, AskFind):
            if command.number != self._number:
                return
            self._asking_more = False
        self._screen = replace(self._screen, loaded=True, trouble=kind)
        self._publish()

    def _found(self, command: AskFind, found: Found) -> None:
        if command.number != self._number:
            return  # something else is looked for by now
        is_more = command.before is not None
        if is_more:
            self._asking_more = False
        sales = (*self._screen.sales, *found.sales) if is_more else found.sales
        self._screen = replace(
            self._screen,
            loaded=True,
            query=found.query,
            sales=sales,
            more=found.more,
            trouble=None,
        )
        if is_more:
            return
        if self._screen.row is None:
            self._screen = replace(self._screen, chosen=None, life=None)
            if sales:
                self._read(sales[0].op_id)
        elif self._screen.chosen is not None:
            self._hands.run_command(AskLife(self._screen.chosen))

    # --- steps -----------------------------------------------------------------------------------

    def _search(self) -> None:
        self._number += 1
        self._asking_more = False
        query = replace(query_of(self._screen.text, self._hands.here()), kind=self._screen.kind)
        if query.otherwise is not None:
            query = replace(query, otherwise=replace(query.otherwise, kind=query.kind))
        self._hands.run_command(AskFind(self._number, query, before=None, limit=PAGE))
        self._publish()

    def _read(self, op_id: OpId) -> None:
        self._screen = replace(self._screen, chosen=op_id, life=None)
        self._hands.run_command(AskLife(op_id))

    def _publish(self) -> None:
        self._show(self._screen)

"""The Relevés screen's decisions: events in, one `Screen` and a few commands out. No Qt.

Everything happens in the GUI thread. What takes time is a command that the `Hands` run elsewhere.
At most one statement is asked for at a time: a service that hangs must not collect threads.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path
from typing import Protocol

from merchant_app.clock import Clock, business_date
from merchant_app.errors import Bug, ProblemKind
from merchant_app.reports.statements.words import Deed
from merchant_app.till.counter import CounterFacts
from merchant_app.till.statement_results import (
    BankFileRefused,
    BankMatch,
    Cancelled,
    NoCopy,
    NoStatement,
    Outstanding,
    Reconciled,
    StatementRefused,
)
from merchant_app.ui.commands import Answer, Command
from merchant_app.ui.releves import states as st
from merchant_app.ui.releves import words
from merchant_app.ui.releves.days import BACK_MAX, span
from merchant_app.ui.statement_commands import AskBank, AskOutstanding, AskStatement


class Hands(Protocol):
    """What the presenter can have done. Every method returns at once."""

    def run_command(self, command: Command) -> None:
        """Run it elsewhere; `Presenter.answered` or `went_wrong` follows."""
        ...

    def tell_progress(self, lines: int) -> None:
        """Any thread; `Presenter.progressed` follows."""
        ...

    def choose_file(self) -> None:
        """Let the person choose; `Presenter.files_came` follows, or nothing."""
        ...

    def go_to_settle(self) -> None:
        """To the screen À traiter."""
        ...

    def copy(self, text: str) -> None:
        """Onto the clipboard."""
        ...


class Presenter:
    """GUI thread only."""

    def __init__(
        self,
        hands: Hands,
        *,
        clock: Clock,
        facts: CounterFacts,
        show: Callable[[st.Screen], None],
    ) -> None:
        """`show` is called once after every event that changed something."""
        self._hands = hands
        self._clock = clock
        self._facts = facts
        self._show = show
        self._page = st.Page.STATEMENT
        self._span = span(0, today=self._today())
        self._found: Reconciled | None = None
        self._failure: st.Failure | None = None
        self._command: AskStatement | None = None
        self._asking: st.Asking | None = None
        self._ask_again = False
        self._bank: BankMatch | None = None
        self._reading_bank = False
        self._given: tuple[Path, ...] = ()
        self._outstanding: Outstanding | NoCopy | None = None
        self._chosen: tuple[object, ...] | None = None
        self._news: st.News | None = None

    # --- events ----------------------------------------------------------------------------------

    def open(self) -> None:
        """Somebody came to this screen: what is seen is asked for anew."""
        self._news = None
        if self._page is st.Page.OUTSTANDING:
            self._hands.run_command(AskOutstanding())
        else:
            self._ask()
        self._publish()

    def choose(self, index: int) -> None:
        """The arrow keys or the mouse went to this one."""
        items = self._items()
        if 0 <= index < len(items) and st.name_of(items[index]) != self._chosen:
            self._chosen, self._news = st.name_of(items[index]), None
            self._publish()

    def enter(self) -> None:
        """The one thing to do about what is read."""
        screen = self._screen()
        deed = words.deed_of(screen)
        match deed:
            case None:
                return
            case Deed.ASK_AGAIN:
                self._news = None
                self._ask()
            case Deed.TO_SETTLE:
                self._hands.go_to_settle()
            case Deed.CALL:
                self._hands.copy(words.reference_of(screen))
                self._news = st.Notice.COPIED
        self._publish()

    def lines_wanted(self) -> None:
        """The sales behind the figures, or back from them."""
        if self._page is st.Page.LINES:
            self._page = st.Page.STATEMENT
        elif self._page is st.Page.STATEMENT and words.has_lines(self._screen()):
            self._page = st.Page.LINES
        self._publish()

    def outstanding_wanted(self) -> None:
        """What customers can still spend."""
        if self._page is not st.Page.OUTSTANDING:
            self._page, self._news = st.Page.OUTSTANDING, None
            self._hands.run_command(AskOutstanding())
            self._publish()

    def earlier_wanted(self) -> None:
        """Three months earlier."""
        if self._page is st.Page.STATEMENT and self._span.back < BACK_MAX:
            self._go_to(self._span.back + 1)

    def bank_wanted(self) -> None:
        """Choose the bank's file."""
        if self._may_read_bank():
            self._hands.choose_file()
        self._publish()

    def files_came(self, paths: Sequence[Path]) -> None:
        """Dropped here, or chosen."""
        if len(paths) != 1:
            self._news = st.Notice.ONE_FILE
        elif self._may_read_bank() and self._found is not None:
            self._page, self._news, self._reading_bank = st.Page.STATEMENT, None, True
            self._hands.run_command(AskBank(self._found.statement, paths[0]))
        self._publish()

    def files_given(self, paths: Sequence[Path]) -> None:
        """Opened on the desktop: read as soon as there is a statement."""
        if self._found is None:
            self._given = tuple(paths)
        else:
            self.files_came(paths)

    def progressed(self, lines: int) -> None:
        """So many lines have come."""
        if self._asking is not None:
            self._asking = st.Asking(lines)
            self._publish()

    def escape(self) -> bool:
        """Stop asking, or back; True when this screen has nothing more to close."""
        if self._page is not st.Page.STATEMENT:
            self._page, self._news = st.Page.STATEMENT, None
            if self._found is None and self._command is None:
                self._ask()
        elif self._asking is not None:
            self._give_up()
            self._failure = Cancelled()
        elif self._span.back:
            self._go_to(0)
        else:
            return True
        self._publish()
        return False

    def stop(self) -> None:
        """The till is being left: nobody waits for a statement any more."""
        self._give_up()

    # --- answers ---------------------------------------------------------------------------------

    def answered(self, command: Command, answer: Answer) -> None:
        """A command is done.

        Raises:
            Bug: it is none of this screen's, or its answer is of another kind.
        """
        match command, answer:
            case AskStatement(), Reconciled() | NoStatement() | StatementRefused() | Cancelled():
                self._statement_came(command, answer)
            case AskBank(statement=statement), BankMatch() | BankFileRefused():
                self._reading_bank = False
                if self._found is not None and self._found.statement == statement:
                    self._bank_came(answer)
            case AskOutstanding(), Outstanding() | NoCopy():
                self._outstanding = answer
            case _:
                raise Bug(f"{type(command).__name__} got {type(answer).__name__}")
        self._publish()

    def went_wrong(self, command: Command, kind: ProblemKind) -> None:
        """A command met a Problem: what is seen stays as it was."""
        if isinstance(command, AskStatement):
            self._statement_came(command, kind)
        else:
            self._reading_bank = self._reading_bank and not isinstance(command, AskBank)
            self._news = kind
        self._publish()

    def _statement_came(self, command: AskStatement, answer: Reconciled | st.Failure) -> None:
        wanted = not command.cancelled.is_set()
        self._command = None
        if wanted:
            self._asking = None
            if isinstance(answer, Reconciled):
                self._take(answer)
                given, self._given = self._given, ()
                if given:
                    self.files_came(given)
            else:
                self._failure = answer
        if self._ask_again:
            self._ask_again = False
            self._ask()

    def _take(self, found: Reconciled) -> None:
        before, self._found, self._failure = self._found, found, None
        if before is None or before.statement.payouts != found.statement.payouts:
            self._bank = None
        if before is None or self._chosen not in [st.name_of(item) for item in self._items()]:
            self._chosen = self._first()

    def _bank_came(self, answer: BankMatch | BankFileRefused) -> None:
        self._news = answer
        if isinstance(answer, BankMatch):
            self._bank = answer
            if answer.matches:
                self._chosen = st.name_of(st.Paid(answer.matches[0]))

    # --- steps -----------------------------------------------------------------------------------

    def _go_to(self, back: int) -> None:
        self._give_up()
        self._span = span(back, today=self._today())
        self._found = self._bank = self._chosen = self._news = None
        self._ask()
        self._publish()

    def _ask(self) -> None:
        today = self._today()
        if not self._span.back:
            self._span = span(0, today=today)
        if self._asking is not None and not self._ask_again and self._is_asked():
            return
        self._asking, self._failure = st.Asking(0), None
        if self._command is not None:
            # What is under way is an older question: it is stopped, and this one comes after it.
            self._command.cancelled.set()
            self._ask_again = True
            return
        self._command = AskStatement(
            self._span.first_day,
            self._span.last_day,
            threading.Event(),
            self._hands.tell_progress,
        )
        self._hands.run_command(self._command)

    def _is_asked(self) -> bool:
        """Whether what is under way is just this."""
        days = (self._span.first_day, self._span.last_day)
        now = self._command
        return now is not None and (now.first_day, now.last_day) == days

    def _give_up(self) -> None:
        self._asking, self._ask_again = None, False
        if self._command is not None:
            self._command.cancelled.set()

    def _may_read_bank(self) -> bool:
        if self._found is None:
            self._news = st.Notice.STATEMENT_FIRST
        return self._found is not None and not self._reading_bank

    def _first(self) -> tuple[object, ...]:
        """The first difference; where there is none, that there is none."""
        items = self._items()
        differs = isinstance(items[1], st.Different) if len(items) > 1 else False
        return st.name_of(items[1] if differs else items[0])

    def _today(self) -> date:
        return business_date(self._clock.now(), self._facts.time_zone)

    def _items(self) -> tuple[st.Item, ...]:
        if self._found is None:
            return ()
        return st.items_of(self._found, self._bank, self._span)

    def _publish(self) -> None:
        self._show(self._screen())

    def _screen(self) -> st.Screen:
        items = self._items()
        names = [st.name_of(item) for item in items]
        return st.Screen(
            now=self._clock.now(),
            today=self._today(),
            time_zone=self._facts.time_zone,
            training=self._facts.training,
            page=self._page,
            span=self._span,
            found=self._found,
            asking=self._asking,
            failure=self._failure,
            bank=self._bank,
            reading_bank=self._reading_bank,
            outstanding=self._outstanding,
            items=items,
            chosen=names.index(self._chosen) if self._chosen in names else 0,
            news=self._news,
        )

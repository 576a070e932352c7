"""The Clôture screen's decisions: events in, one `Screen` and a few commands out. No Qt.

Everything happens in the GUI thread. What takes time is a command that the `Hands` run elsewhere.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Protocol

from merchant_app.errors import Bug, ProblemKind
from merchant_app.till.closing_results import Closed, ClosingPreview, NotClosed
from merchant_app.ui.cloture import states as st
from merchant_app.ui.commands import (
    Answer,
    AskClosings,
    AskPapers,
    Command,
    Deed,
    DoClose,
    DoPostpone,
    PapersMade,
    Postponed,
)


class Hands(Protocol):
    """What the presenter can have done. Every method returns at once."""

    def run_command(self, command: Command) -> None:
        """Run it elsewhere; `Presenter.answered` or `went_wrong` follows."""
        ...

    def may_move_money(self) -> bool:
        """False while another screen has money in flight."""
        ...

    def offer(self) -> None:
        """A forgotten day is to be seen, if nobody is selling right now."""
        ...

    def go_to_settle(self) -> None:
        """To the screen À traiter."""
        ...

    def open_path(self, path: Path) -> bool:
        """Open a file or folder with whatever this computer has for it; False: it has nothing."""
        ...


class Presenter:
    """GUI thread only."""

    def __init__(self, hands: Hands, *, show: Callable[[st.Screen], None]) -> None:
        """`show` is called once after every event that changed something."""
        self._hands = hands
        self._show = show
        self._preview: ClosingPreview | None = None
        self._mode: st.Mode = st.Overview()
        self._news: st.News | None = None
        self._unsent_sales = 0
        self._asking = False
        self._ask_again = False
        self._is_morning = False
        self._is_unreadable = False
        self._wanted = st.Paper.A4

    # --- events ----------------------------------------------------------------------------------

    def morning(self) -> None:
        """The till was opened, or a new day began: was a day forgotten?"""
        self._is_morning = True
        self._refresh()

    def open(self) -> None:
        """Somebody came to this screen."""
        self._news = None
        if isinstance(self._mode, st.Done | st.Asking | st.Earlier):
            self._mode = st.Overview()
        self._refresh()
        self._publish()

    def changed(self, *, unsent_sales: int) -> None:
        """Something was sold, sent or heard while this screen is seen: the figures follow."""
        self._unsent_sales = unsent_sales
        if not isinstance(self._mode, st.Working):
            self._refresh()
        self._publish()

    def close_wanted(self) -> None:
        """The loud button; where something is to settle, its second press: close all the same."""
        match self._mode:
            case st.Overview() | st.Offering() if self._preview is not None:
                self._close(self._screen().deed, leaving_open=False)
            case st.Asking(deed=deed, blocking=blocking) if not blocking.questions:
                self._close(deed, leaving_open=True)
            case st.Done() if self._has_due():
                self._close(Deed.PERIOD, leaving_open=True)
            case _:
                return

    def period_wanted(self) -> None:
        """The month or the year that is due."""
        if isinstance(self._mode, st.Overview) and self._has_due():
            self._close(Deed.PERIOD, leaving_open=True)

    def earlier_wanted(self) -> None:
        """The closings of before."""
        if isinstance(self._mode, st.Overview) and self._screen().earlier:
            self._mode, self._news = st.Earlier(0), None
            self._publish()

    def choose(self, index: int) -> None:
        """The list went to this one."""
        if isinstance(self._mode, st.Earlier) and 0 <= index < len(self._screen().earlier):
            self._mode, self._news = st.Earlier(index), None
            self._publish()

    def paper_wanted(self, paper: st.Paper) -> None:
        """Open a paper of the closing that is read, or their folder."""
        read = self._screen().read
        if read is None or self._news is st.Notice.MAKING_PAPERS:
            return
        self._wanted, self._news = paper, st.Notice.MAKING_PAPERS
        # Made again each time, the same bytes: whoever tidied the folder up has lost nothing.
        self._hands.run_command(AskPapers(read.number))
        self._publish()

    def enter(self) -> None:
        """What the card's main button does; the figures are closed by no Enter."""
        match self._mode:
            case st.Offering():
                self.close_wanted()
            case st.Asking():
                self._mode = st.Overview()
                self._publish()
                self._hands.go_to_settle()
            case st.Done():
                self._mode, self._news = st.Overview(), None
                self._publish()
            case _:
                return

    def escape(self) -> bool:
        """Later, or back; True when this screen has nothing more to close."""
        mode = self._mode
        if isinstance(mode, st.Overview | st.Working):
            return True
        if isinstance(mode, st.Offering | st.Asking):
            self._hands.run_command(DoPostpone())
        self._mode, self._news = st.Overview(), None
        self._publish()
        return isinstance(mode, st.Offering)

    # --- answers ---------------------------------------------------------------------------------

    def answered(self, command: Command, answer: Answer) -> None:
        """A command is done.

        Raises:
            Bug: it is none of this screen's, or its answer is of another kind.
        """
        match command, answer:
            case AskClosings(), ClosingPreview():
                self._came(answer)
            case DoClose(), Closed():
                self._mode, self._news = st.Done(answer), None
                self._refresh()
            case DoClose(deed=deed), NotClosed(blocking=blocking):
                to_settle = blocking.questions or blocking.cards
                self._mode = st.Asking(deed, blocking) if to_settle else st.Overview()
                self._refresh()
            case AskPapers(), PapersMade(paths=paths):
                self._open(paths)
            case DoPostpone(), Postponed():
                return
            case _:
                raise Bug(f"{type(command).__name__} got {type(answer).__name__}")
        self._publish()

    def went_wrong(self, command: Command, kind: ProblemKind) -> None:
        """A command met a Problem: nothing was closed."""
        if isinstance(command, AskClosings):
            self._asking = self._ask_again = False
            self._is_unreadable = True
        elif isinstance(command, DoClose):
            self._mode = st.Overview()
        self._news = st.Trouble(kind, closing=isinstance(command, DoClose))
        self._publish()

    def _came(self, preview: ClosingPreview) -> None:
        self._preview = preview
        self._asking = False
        is_newest, self._ask_again = not self._ask_again, False
        if not is_newest:
            self._refresh()
        if self._is_unreadable:
            self._is_unreadable, self._news = False, None
        if isinstance(self._mode, st.Offering) and not preview.open_days:
            self._mode = st.Overview()
        if self._is_morning and is_newest and isinstance(self._mode, st.Overview):
            self._is_morning = False
            # Questions after a crash come first: these are asked where vouchers are debited.
            if preview.open_days and not preview.blocking.questions:
                self._mode = st.Offering()
                self._hands.offer()

    def _open(self, paths: tuple[Path, ...]) -> None:
        match self._wanted:
            case st.Paper.A4:
                path = paths[0]
            case st.Paper.ROLL:
                path = paths[-1]
            case st.Paper.FOLDER:
                path = paths[0].parent
        opened = self._hands.open_path(path)
        self._news = st.Notice.PAPER_OPENED if opened else st.Notice.NOTHING_OPENS_IT

    # --- steps -----------------------------------------------------------------------------------

    def _close(self, deed: Deed, *, leaving_open: bool) -> None:
        if not self._hands.may_move_money():
            self._news = st.Notice.DEBIT_FIRST
        else:
            self._mode, self._news = st.Working(deed), None
            self._hands.run_command(DoClose(deed=deed, leaving_open=leaving_open))
        self._publish()

    def _has_due(self) -> bool:
        return self._preview is not None and self._preview.due is not None

    def _refresh(self) -> None:
        if self._asking:
            self._ask_again = True
            return
        self._asking = True
        self._hands.run_command(AskClosings())

    def _screen(self) -> st.Screen:
        return st.Screen(
            preview=self._preview,
            mode=self._mode,
            news=self._news,
            unsent_sales=self._unsent_sales,
        )

    def _publish(self) -> None:
        self._show(self._screen())

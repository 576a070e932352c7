"""The receipt panel's decisions. No Qt; GUI thread only."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Protocol

from merchant_app.errors import ProblemKind
from merchant_app.printing.ticket import Failed, PrintResult
from merchant_app.till.receipts import Wanted
from merchant_app.ui.receipt import states as st


class ReceiptHands(Protocol):
    """What the presenter can have done; every method returns at once."""

    def read(self, number: int, wanted: Wanted) -> None:
        """`ReceiptPresenter.read` follows."""
        ...

    def print_out(self, number: int, wanted: Wanted) -> None:
        """`ReceiptPresenter.printed` follows."""
        ...

    def draw(self, number: int, wanted: Wanted) -> None:
        """`ReceiptPresenter.drawn` follows."""
        ...

    def open_file(self, path: Path) -> None: ...


class ReceiptPresenter:
    """The state of the panel.

    Attributes:
        state: what it shows.
        trouble: a ticket that somebody did not wait for was not printed; until the next is asked
            for.
    """

    def __init__(self, hands: ReceiptHands, show: Callable[[st.State], None]) -> None:
        """`show` is called after every change."""
        self._hands = hands
        self._show = show
        self._wanted: Wanted | None = None
        self._number = 0
        self.state: st.State = st.Closed()
        self.trouble = False

    @property
    def is_active(self) -> bool:
        return not isinstance(self.state, st.Closed)

    def open(self, wanted: Wanted) -> None:
        """Somebody asks for this receipt."""
        self._number += 1
        self._wanted, self.trouble = wanted, False
        self._come_to(st.Reading())
        self._hands.read(self._number, wanted)

    def close(self) -> None:
        """What is being printed is printed all the same."""
        if self.is_active:
            self._come_to(st.Closed())

    def print_pressed(self) -> None:
        """Print it; again, if it was."""
        if isinstance(self.state, st.Shown) and self.state.doing is st.Doing.NOTHING:
            assert self._wanted is not None
            self._come_to(replace(self.state, doing=st.Doing.PRINTING, said=None))
            self._hands.print_out(self._number, self._wanted)

    def pdf_pressed(self) -> None:
        """Draw it as PDF and open that."""
        if isinstance(self.state, st.Shown) and self.state.doing is st.Doing.NOTHING:
            assert self._wanted is not None
            self._come_to(replace(self.state, doing=st.Doing.DRAWING, said=None))
            self._hands.draw(self._number, self._wanted)

    # --- answers ---------------------------------------------------------------------------------

    def read(self, number: int, found: st.Read | ProblemKind | None) -> None:
        """The journal has answered."""
        if number != self._number:
            return
        match self.state:
            case st.Reading():
                if isinstance(found, st.Read):
                    self._come_to(st.Shown(found))
                else:
                    self._come_to(st.NoReceipt(found))
            case st.Shown() as shown if isinstance(found, st.Read):
                # After one left the till the next is another: a duplicate.
                self._come_to(replace(shown, read=found))
            case _:
                return

    def printed(self, number: int, result: PrintResult | ProblemKind) -> None:
        """The printer is done, or has failed; perhaps nobody looks any more."""
        if number == self._number and isinstance(self.state, st.Shown):
            self._ended(self.state, result)
        elif isinstance(result, Failed | ProblemKind):
            self.trouble = True
            self._show(self.state)

    def drawn(self, number: int, result: Path | ProblemKind) -> None:
        """The PDF is there, or is not."""
        if number != self._number or not isinstance(self.state, st.Shown):
            return
        if isinstance(result, Path):
            self._ended(self.state, st.Kept(result.name))
            self._hands.open_file(result)
        else:
            self._ended(self.state, result)

    def _ended(self, state: st.Shown, said: st.Said) -> None:
        assert self._wanted is not None
        self._come_to(replace(state, doing=st.Doing.NOTHING, said=said))
        self._hands.read(self._number, self._wanted)

    def _come_to(self, state: st.State) -> None:
        self.state = state
        self._show(state)

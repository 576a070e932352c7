"""What the receipt panel says. No Qt."""

from __future__ import annotations

from typing import assert_never

from merchant_app.errors import ProblemKind
from merchant_app.i18n import _
from merchant_app.printing.ticket import Failed, Failure, Printed
from merchant_app.ui import words
from merchant_app.ui.palette import Tone
from merchant_app.ui.receipt import states as st


def title(state: st.State) -> str:
    """Above the preview."""
    match state:
        case st.Shown() as shown if shown.receipt.copy:
            return _("Receipt · the next one is a duplicate")
        case _:
            return _("Receipt")


def message(state: st.State) -> tuple[str, Tone]:
    """What happens, how it ended, and what to do."""
    match state:
        case st.Closed():
            return "", Tone.QUIET
        case st.Reading():
            return _("One moment…"), Tone.QUIET
        case st.NoReceipt(why=why):
            if why is not None:
                return words.problem(why).sentence, Tone.NO
            return _("There is no receipt: nothing was handed over."), Tone.CHOICE
        case st.Shown(doing=st.Doing.PRINTING):
            return _("Printing… You can go on selling."), Tone.QUIET
        case st.Shown(doing=st.Doing.DRAWING):
            return _("One moment…"), Tone.QUIET
        case st.Shown(said=said):
            return _ended(said)
        case _:
            assert_never(state)


def _ended(said: st.Said) -> tuple[str, Tone]:
    match said:
        case None:
            return "", Tone.QUIET
        case Printed(confirmed=True):
            return _("Printed."), Tone.YES
        case Printed():
            return _("Sent to the printer."), Tone.YES
        case st.Kept(name=name):
            return _("Saved: {name}").format(name=name), Tone.YES
        case Failed(why=why, begun=begun):
            after = _("The next one will say duplicate.") if begun else ""
            return f"{_failure(why)} {after}".strip(), Tone.NO
        case ProblemKind():
            return words.problem(said).sentence, Tone.NO
        case _:
            assert_never(said)


def _failure(why: Failure) -> str:
    match why:
        case Failure.NO_PRINTER:
            return _("This computer has no printer for receipts: offer the code or the PDF.")
        case Failure.NOT_THERE:
            return _("The printer does not answer: is it on, and plugged in? Then print again.")
        case Failure.OUT_OF_PAPER:
            return _("The printer is out of paper: put in a roll, then print again.")
        case Failure.COVER_OPEN:
            return _("The printer’s cover is open: close it, then print again.")
        case Failure.SLOW:
            return _("The printer does not come to an end: have a look at it, then print again.")
        case Failure.DROPPED:
            return _("The line to the printer was cut: check its cable, then print again.")
        case Failure.REFUSED:
            return _("The printer reports a fault: switch it off and on, then print again.")
        case Failure.BUSY:
            return _("Another receipt is still being printed: one moment, then again.")
        case _:
            assert_never(why)

"""What Réglages says about the responsible person's code. No Qt."""

from __future__ import annotations

from typing import assert_never

from merchant_app.errors import ProblemKind
from merchant_app.i18n import _
from merchant_app.till.pin_desk import PinGone, PinKept, PinRefused
from merchant_app.ui import words
from merchant_app.ui.palette import Tone
from merchant_app.ui.reglages.pin_presenter import Panel, Slip, Told


def what_for(panel: Panel) -> str:
    """What it does, and whether there is one."""
    state = _("A PIN is set.") if panel.is_set else _("No PIN is set.")
    return f"{state} " + _("Offline, it allows one debit beyond a limit.")


def told(of: Told | None) -> str:
    """What became of it."""
    match of:
        case None:
            return ""
        case PinKept(session_only=True):
            return _("The PIN holds until Comptoir is closed: this computer has no keyring.")
        case PinKept():
            return _("The PIN is set.")
        case PinGone():
            return _("The PIN is removed.")
        case PinRefused():
            return words.pin_refused(of)
        case Slip.NO_PIN:
            return _("A PIN has 4 to 8 digits.")
        case Slip.NOT_TWICE:
            return _("The two new PINs are not the same.")
        case ProblemKind():
            problem = words.problem(of)
            return f"{problem.word}. {problem.sentence}"
        case _:
            assert_never(of)


def tone(of: Told | None) -> Tone:
    """In which colour that is said."""
    match of:
        case PinKept() | PinGone():
            return Tone.YES
        case None:
            return Tone.CHOICE
        case PinRefused() | Slip() | ProblemKind():
            return Tone.NO
        case _:
            assert_never(of)

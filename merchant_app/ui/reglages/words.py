"""What Réglages says. No Qt."""

from __future__ import annotations

from collections.abc import Sequence
from typing import assert_never

from merchant_app.errors import ProblemKind
from merchant_app.i18n import _
from merchant_app.settings.options import Language, ReceiptPrinter, Theme
from merchant_app.ui import words
from merchant_app.ui.encaisser.states import Sound
from merchant_app.ui.reglages.states import CameraEntry, Note


def camera(entry: CameraEntry) -> str:
    """One line of the list of cameras."""
    if not entry.identity:
        return _("The first camera found")
    name = entry.name if entry.number == 1 else f"{entry.name} ({entry.number})"
    return name if entry.is_there else _("{camera} (not plugged in)").format(camera=name)


def language(of: Language) -> str:
    """Each language in its own words: whoever cannot read the others finds her own."""
    match of:
        case Language.SYSTEM:
            return _("As the computer")
        case Language.FRENCH:
            return "Français"
        case Language.ENGLISH:
            return "English"
        case _:
            assert_never(of)


def theme(of: Theme) -> str:
    match of:
        case Theme.SYSTEM:
            return _("As the computer")
        case Theme.LIGHT:
            return _("Light")
        case Theme.DARK:
            return _("Dark")
        case Theme.CONTRAST:
            return _("High contrast")
        case _:
            assert_never(of)


def printer(kind: ReceiptPrinter) -> str:
    """What receipts can be printed on."""
    match kind:
        case ReceiptPrinter.SYSTEM:
            return _("A printer of this computer")
        case ReceiptPrinter.NETWORK:
            return _("Receipt printer on the network")
        case ReceiptPrinter.USB:
            return _("Receipt printer, USB")
        case ReceiptPrinter.SERIAL:
            return _("Receipt printer, serial")
        case ReceiptPrinter.FILE:
            return _("Into a file")
        case ReceiptPrinter.NONE:
            return _("None: code and PDF only")
        case _:
            assert_never(kind)


def printer_address(kind: ReceiptPrinter) -> str:
    """What the empty field for its address says."""
    match kind:
        case ReceiptPrinter.SYSTEM:
            return _("its name; empty: the usual one")
        case ReceiptPrinter.NETWORK:
            return _("address, like 192.168.1.50")
        case ReceiptPrinter.USB:
            return _("device, like /dev/usb/lp0")
        case ReceiptPrinter.SERIAL:
            return _("device, like /dev/ttyUSB0")
        case ReceiptPrinter.FILE:
            return _("file with its folder")
        case ReceiptPrinter.NONE:
            return ""
        case _:
            assert_never(kind)


TRIED = (Sound.YES, Sound.NO, Sound.LOOK)
"""The sounds that can be heard here: the other two are heard with words beside them."""


def sound(of: Sound) -> str:
    """What is pressed to hear it."""
    match of:
        case Sound.YES:
            return _("Debited")
        case Sound.NO:
            return _("Refused")
        case _:
            return _("Please check")


def missing_readers(names: Sequence[str]) -> str:
    """What it means that a library that reads codes is not there."""
    if not names:
        return ""
    return _("Without {names} on this computer, some damaged codes are not read.").format(
        names=", ".join(names)
    )


def volume(percent: int) -> str:
    return _("{percent}%").format(percent=percent)


def watched_folder(path: str) -> str:
    """Where vouchers arrive as files."""
    return path or _("No folder is watched.")


def mirror_folder(path: str) -> str:
    """Where the journal's second copy goes."""
    return path or _("Beside the journal, on the same disk")


def note(of: Note | ProblemKind | None) -> str:
    """What is said after a choice."""
    match of:
        case None:
            return ""
        case Note.AT_NEXT_START:
            return _("Takes effect the next time Comptoir starts.")
        case Note.CODE_READ:
            return _("A code was read: this camera is fine.")
        case ProblemKind():
            told = words.problem(of)
            return _("Applied, but not saved: {problem}").format(
                problem=f"{told.word}. {told.sentence}"
            )
        case _:
            assert_never(of)

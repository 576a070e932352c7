"""The sentences about files. No Qt."""

from __future__ import annotations

from dataclasses import dataclass
from typing import assert_never

from merchant_app.i18n import _, formatting, ngettext
from merchant_app.scanning.files.findings import (
    Cancelled,
    Damaged,
    Empty,
    FileRead,
    Found,
    LibraryMissing,
    NeedsPassword,
    NotAPicture,
    Nothing,
    Obstacle,
    TooLarge,
    TooLong,
    Unreadable,
)
from merchant_app.scanning.files.kinds import StrangeKind
from merchant_app.ui.encaisser.card import Card, Shape
from merchant_app.ui.files import states as st
from merchant_app.ui.palette import Tone
from merchant_app.ui.words import Told
from merchant_app.vouchers import code as codes
from merchant_app.vouchers.scan import CodeText, TokenText
from merchant_app.vouchers.token import NotAToken, stated

_NAME_MAX = 48


@dataclass(frozen=True, slots=True)
class OfferRow:
    """One line of the list: what tells this voucher from the others, and where it stands."""

    title: str
    detail: str


def card_of(state: st.State) -> Card:
    """What the panel says above its field, list or bar."""
    match state:
        case st.Idle():
            return Card(tone=Tone.QUIET, shape=Shape.DOTS, word="")
        case st.Reading(name):
            return Card(tone=Tone.QUIET, shape=Shape.DOTS, word=_("Reading…"), outside=shown(name))
        case st.AskingPassword(name, was_wrong):
            wrong = _("That password does not open it. Ask for it again.")
            ask = _("The file is locked. The customer knows its password.")
            return Card(
                tone=Tone.CHOICE,
                shape=Shape.HALF,
                word=_("Password?"),
                lead=wrong if was_wrong else ask,
                outside=shown(name),
            )
        case st.Choosing(offers, pages_read):
            count = len(offers)
            word = ngettext("{n} voucher", "{n} vouchers", count).format(n=count)
            lead = _("Choose the one to look up with the arrow keys.")
            lines = (_first_pages(pages_read),) if pages_read is not None else ()
            return Card(tone=Tone.CHOICE, shape=Shape.HALF, word=word, lead=lead, lines=lines)
        case st.Told(name, ending):
            told = told_of(ending)
            return Card(
                tone=Tone.WAIT,
                shape=Shape.QUESTION,
                word=told.word,
                lead=told.sentence,
                outside=shown(name),
            )
        case _:
            assert_never(state)


def progress_text(state: st.State) -> str:
    """How far the reading is; empty where it says nothing yet."""
    if isinstance(state, st.Reading) and state.progress is not None and state.progress.pages > 1:
        page, pages = state.progress.page, state.progress.pages
        return _("Page {page} of {pages}").format(page=page, pages=pages)
    return ""


def row_of(offer: st.Offer) -> OfferRow:
    """What is known of a voucher before it is looked up."""
    where = (
        # The page first: of a long name only the beginning may be seen.
        _("page {n}").format(n=offer.page) if offer.page is not None else "",
        shown(offer.part),
        shown(offer.name),
    )
    return OfferRow(_title(offer), " · ".join(part for part in where if part))


def shown(name: str) -> str:
    """A name from outside, on one line and not too long; its end says what it is."""
    clean = "".join(character if character.isprintable() else " " for character in name)
    if len(clean) <= _NAME_MAX:
        return clean
    return f"{clean[: _NAME_MAX // 2]}…{clean[-_NAME_MAX // 2 + 1 :]}"


def _title(offer: st.Offer) -> str:
    match offer.scan:
        case CodeText(code):
            return _("Code ending in {tail}").format(tail=codes.label(code))
        case TokenText(text):
            token = stated(text)
            if isinstance(token, NotAToken):
                return _("Voucher that cannot be read")
            face = formatting.money(token.face)
            if token.expires_on is None:
                return face
            until = _("until {day}").format(day=formatting.day(token.expires_on))
            return f"{face} · {until}"


def _first_pages(count: int) -> str:
    return ngettext(
        "Only the first page was looked at.",
        "Only the first {n} pages were looked at.",
        count,
    ).format(n=count)


def told_of(ending: FileRead | st.OnlyALink) -> Told:
    """Why there is no voucher, and what to do."""
    match ending:
        case Nothing(truncated_after_pages=pages):
            first = "" if pages is None else f"{_first_pages(pages)} "
            say = _("Type the code printed beside the square, or show the voucher to the camera.")
            return Told(_("No voucher in it"), first + say)
        case NotAPicture(kind):
            return Told(_("Not a picture"), _strange(kind))
        case TooLarge():
            return Told(
                _("File too heavy"),
                _("No voucher is that heavy. Ask for a screenshot, or type the code."),
            )
        case TooLong():
            return Told(
                _("Too long to read"),
                _("Comptoir gave up on this file. Ask for a screenshot, or type the code."),
            )
        case Damaged():
            return Told(
                _("File damaged"),
                _("It is broken, or did not arrive whole. Ask for it again, or type the code."),
            )
        case Empty():
            return Told(
                _("Empty file"),
                _("There is nothing in it. If it is still being downloaded, wait, then try again."),
            )
        case Unreadable(why):
            return _obstacle(why)
        case LibraryMissing(name):
            sentence = _("“{name}” is missing on this computer. Ask for a PDF or a screenshot.")
            return Told(_("Cannot be read"), sentence.format(name=name))
        case st.OnlyALink():
            return Told(
                _("Only a link"),
                _("Save the picture first and drag in the file; or paste a screenshot."),
            )
        case Found() | NeedsPassword() | Cancelled():
            # Each has a state of its own; said here, it is an answer that came too late.
            return Told(_("No voucher in it"), "")
        case _:
            assert_never(ending)


def _strange(kind: StrangeKind) -> str:
    match kind:
        case StrangeKind.OFFICE:
            return _("Word documents are not read. Ask for the voucher as a PDF or a screenshot.")
        case StrangeKind.OUTLOOK:
            return _("Drag in what is attached to the mail, or save the mail as .eml.")
        case StrangeKind.ARCHIVE:
            return _("This is an archive. Open it, and drag in the file that is inside.")
        case StrangeKind.VIDEO:
            return _("This is a video. Show it to the camera, or ask for a screenshot.")
        case StrangeKind.WEB_PAGE:
            return _("This is a web page. Take a screenshot of the voucher and paste it here.")
        case StrangeKind.TEXT:
            return _("This is a text. Type the voucher’s code, or copy and paste it.")
        case StrangeKind.UNKNOWN:
            return _("Comptoir reads pictures, PDF, and mails saved as .eml.")
        case _:
            assert_never(kind)


def _obstacle(why: Obstacle) -> Told:
    match why:
        case Obstacle.NO_PERMISSION:
            return Told(
                _("File locked"),
                _("The computer does not let Comptoir open it. Copy it to another folder."),
            )
        case Obstacle.GONE:
            return Told(_("File gone"), _("It was moved or deleted. Look for it, then try again."))
        case Obstacle.NOT_A_FILE:
            return Told(_("Not a file"), _("Folders and shortcuts are not opened: drag the file."))
        case Obstacle.DISK:
            return Told(
                _("File unreadable"),
                _("It cannot be read where it is. Copy it to this computer, then try again."),
            )
        case _:
            assert_never(why)

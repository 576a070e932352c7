"""The sentence for everything that can go wrong or be told: every member of every enum has one.

`Told.word` is short and loud; `Told.sentence` says what it means and what to do.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias, assert_never

from merchant_app.errors import ProblemKind
from merchant_app.i18n import _, formatting
from merchant_app.money import CURRENCIES, BadAmount
from merchant_app.till.results import NoAnswerKind, NotAuthorisedKind, PinRefused
from merchant_app.vouchers.scan import Foreign
from merchant_app.vouchers.verdicts import Reason

_JournalProblem: TypeAlias = Literal[
    ProblemKind.DISK_FULL,
    ProblemKind.DISK_NEARLY_FULL,
    ProblemKind.DISK_READ_ONLY,
    ProblemKind.JOURNAL_LOCKED,
    ProblemKind.JOURNAL_DAMAGED,
    ProblemKind.JOURNAL_NEWER,
    ProblemKind.JOURNAL_INCOMPLETE,
    ProblemKind.MIRROR_UNREACHABLE,
]
_ComputerProblem: TypeAlias = Literal[
    ProblemKind.ALREADY_RUNNING,
    ProblemKind.SETTINGS_UNREADABLE,
    ProblemKind.KEYRING_UNAVAILABLE,
]
_CameraProblem: TypeAlias = Literal[
    ProblemKind.CAMERA_MISSING,
    ProblemKind.CAMERA_BUSY,
    ProblemKind.CAMERA_LOST,
    ProblemKind.VIDEO_UNREADABLE,
    ProblemKind.DECODERS_MISSING,
]
_ServiceProblem: TypeAlias = Literal[
    ProblemKind.NOT_ENROLLED,
    ProblemKind.ENROLMENT_REFUSED,
    ProblemKind.SERVICE_ADDRESS_INSECURE,
    ProblemKind.TRAINING_SERVICE_FAILED,
    ProblemKind.PORT_IN_USE,
]


@dataclass(frozen=True, slots=True)
class Told:
    """What a person is told."""

    word: str
    sentence: str


def no_answer(kind: NoAnswerKind) -> str:
    """Why the central service did not answer, in one sentence."""
    match kind:
        case NoAnswerKind.DOWN:
            return _("The central service cannot be reached.")
        case NoAnswerKind.NAME_NOT_FOUND:
            return _("The central service’s address was not found: is the internet there?")
        case NoAnswerKind.SLOW:
            return _("The central service takes too long to answer.")
        case NoAnswerKind.BROKEN_OFF:
            return _("The line broke off in the middle of the answer.")
        case NoAnswerKind.INSECURE:
            return _("The line to the central service is not secure, so it is not used.")
        case NoAnswerKind.REDIRECTED:
            return _("Somebody else answers: perhaps the Wi-Fi asks you to log in first.")
        case NoAnswerKind.SERVICE_FAILED:
            return _("The central service has a fault of its own.")
        case NoAnswerKind.NOT_UNDERSTOOD:
            return _("The answer of the central service makes no sense.")
        case NoAnswerKind.TOO_LARGE:
            return _("The answer of the central service is far too long.")
        case NoAnswerKind.TOO_MANY_REQUESTS:
            return _("The central service asks for a moment’s patience.")
        case NoAnswerKind.BEING_RESTORED:
            return _("The central service is being restored; it answers again soon.")
        case _:
            assert_never(kind)


def not_entitled(kind: NotAuthorisedKind) -> Told:
    """Why this till may not ask."""
    match kind:
        case NotAuthorisedKind.TOKEN_REFUSED:
            return Told(
                _("Till not recognised"),
                _("The central service does not recognise this till. It must be enrolled again."),
            )
        case NotAuthorisedKind.TILL_REVOKED:
            return Told(
                _("Till withdrawn"),
                _("The central service has withdrawn this till. Call the manager."),
            )
        case _:
            assert_never(kind)


def foreign(kind: Foreign) -> Told:  # noqa: C901 - one case for each kind
    """What was scanned or typed instead of a voucher."""
    not_one = _("Not a voucher")
    match kind:
        case Foreign.EMPTY:
            return Told(not_one, _("There is nothing in it. Show the voucher again."))
        case Foreign.MISTYPED_CODE:
            return Told(
                _("Mistyped code"),
                _("One character or more is wrong. Compare it with the voucher, group by group."),
            )
        case Foreign.DAMAGED_TOKEN:
            return Told(
                _("Damaged QR code"),
                _("Only part of this voucher could be read. Show it again, or type its code."),
            )
        case Foreign.ENROLMENT:
            return Told(not_one, _("This code enrols a till; it is not for selling."))
        case Foreign.WEB_ADDRESS:
            return Told(not_one, _("This is the address of a web page. It was not opened."))
        case Foreign.CONTACT:
            return Told(not_one, _("This is a business card."))
        case Foreign.WIFI:
            return Told(not_one, _("This is the access to a Wi-Fi network."))
        case Foreign.EMAIL:
            return Told(not_one, _("This is an e-mail address."))
        case Foreign.PHONE:
            return Told(not_one, _("This is a telephone number."))
        case Foreign.PRODUCT:
            return Told(not_one, _("This is the bar code of a product."))
        case Foreign.BINARY:
            return Told(not_one, _("This code holds computer data, not a voucher."))
        case Foreign.TOO_LONG:
            return Told(not_one, _("This code holds far too much text for a voucher."))
        case Foreign.OTHER_TEXT:
            return Told(not_one, _("This is some other text. Show the QR code of the voucher."))
        case _:
            assert_never(kind)


def pin_refused(refused: PinRefused | None) -> str:
    """Why what was typed did nothing; empty: nobody has tried."""
    if refused is None:
        return ""
    told = [_("This is not the PIN.")] if refused.wrong else []
    if refused.wait_s:
        told.append(_("Next try in {span}.").format(span=formatting.span(refused.wait_s)))
    return " ".join(told)


def bad_amount(kind: BadAmount, currency: str) -> str:
    """What is wrong with the amount that was typed."""
    match kind:
        case BadAmount.EMPTY:
            return _("Type the amount to debit.")
        case BadAmount.NOT_A_NUMBER:
            return _("This is not an amount. Write it like 12.50.")
        case BadAmount.NEGATIVE:
            return _("An amount cannot be negative.")
        case BadAmount.ZERO:
            return _("The amount must be more than zero.")
        case BadAmount.TOO_MANY_DECIMALS:
            if CURRENCIES[currency].decimals == 0:
                return _("This currency has no decimals: write a whole amount.")
            return _("Two digits at most after the decimal point.")
        case BadAmount.TOO_LARGE:
            return _("This amount is too large.")
        case _:
            assert_never(kind)


def reason(of: Reason) -> str:  # noqa: C901 - a sentence for each
    """Why the central service refused a debit, when nothing more is known."""
    match of:
        case Reason.UNKNOWN:
            return _("The central service does not know this voucher.")
        case Reason.OTHER_SHOP:
            return _("This voucher belongs to another shop.")
        case Reason.NOT_YET_VALID:
            return _("This voucher is not valid yet.")
        case Reason.EXPIRED:
            return _("This voucher has expired.")
        case Reason.USED_UP:
            return _("Nothing is left on this voucher.")
        case Reason.REVOKED:
            return _("This voucher was withdrawn.")
        case Reason.BELOW_MINIMUM_PURCHASE:
            return _("The purchase is too small for this voucher.")
        case Reason.PART_USE_NOT_ALLOWED:
            return _("This voucher can only be debited whole.")
        case Reason.AMOUNT_ABOVE_BALANCE:
            return _("Less is left on this voucher than the amount asked for.")
        case Reason.OTHER_CURRENCY:
            return _("This voucher is in another currency.")
        case Reason.WRONG_SIGNATURE:
            return _("Nobody entitled to issue vouchers has signed this one.")
        case Reason.UNKNOWN_KEY:
            return _("This voucher is signed with a key that is not known here yet.")
        case _:
            assert_never(of)


def problem(kind: ProblemKind) -> Told:
    """What is in the way, and what to do about it."""
    match kind:
        case (
            ProblemKind.CAMERA_MISSING
            | ProblemKind.CAMERA_BUSY
            | ProblemKind.CAMERA_LOST
            | ProblemKind.VIDEO_UNREADABLE
            | ProblemKind.DECODERS_MISSING
        ):
            return _camera_problem(kind)
        case (
            ProblemKind.NOT_ENROLLED
            | ProblemKind.ENROLMENT_REFUSED
            | ProblemKind.SERVICE_ADDRESS_INSECURE
            | ProblemKind.TRAINING_SERVICE_FAILED
            | ProblemKind.PORT_IN_USE
        ):
            return _service_problem(kind)
        case (
            ProblemKind.ALREADY_RUNNING
            | ProblemKind.SETTINGS_UNREADABLE
            | ProblemKind.KEYRING_UNAVAILABLE
        ):
            return _computer_problem(kind)
        case _:
            return _journal_problem(kind)


def _journal_problem(kind: _JournalProblem) -> Told:
    match kind:
        case ProblemKind.DISK_FULL:
            return Told(
                _("Disk full"),
                _(
                    "Nothing more can be recorded; what was recorded is safe. Make room on the "
                    "disk, then go on."
                ),
            )
        case ProblemKind.DISK_NEARLY_FULL:
            return Told(
                _("Disk nearly full"),
                _("The computer’s disk is nearly full; nothing is lost. Make room, then go on."),
            )
        case ProblemKind.DISK_READ_ONLY:
            return Told(
                _("Disk locked"),
                _("The computer does not let Comptoir write its journal. Check the disk."),
            )
        case ProblemKind.JOURNAL_LOCKED:
            return Told(
                _("Journal held"),
                _(
                    "Another program holds the journal, perhaps a backup. Nothing is lost: wait, "
                    "then try again."
                ),
            )
        case ProblemKind.JOURNAL_DAMAGED:
            return Told(
                _("Journal damaged"),
                _(
                    "The journal on this computer is damaged; its files are kept. Do not sell; ask "
                    "for help."
                ),
            )
        case ProblemKind.JOURNAL_NEWER:
            return Told(
                _("Newer journal"),
                _(
                    "A newer Comptoir wrote the journal here; nothing was changed in it. Install "
                    "the newest version."
                ),
            )
        case ProblemKind.JOURNAL_INCOMPLETE:
            return Told(
                _("Journal incomplete"),
                _("Records are missing from the damaged journal. Do not sell; ask for help."),
            )
        case ProblemKind.MIRROR_UNREACHABLE:
            return Told(
                _("Second copy missing"),
                _(
                    "The journal’s second copy cannot be written. Plug in the stick or disk it is "
                    "on."
                ),
            )
        case _:
            assert_never(kind)


def _computer_problem(kind: _ComputerProblem) -> Told:
    match kind:
        case ProblemKind.ALREADY_RUNNING:
            return Told(
                _("Comptoir is already open"),
                _("This till is already open on this computer: look for its window."),
            )
        case ProblemKind.SETTINGS_UNREADABLE:
            return Told(
                _("Settings unreadable"),
                _(
                    "The settings file, and nothing else, cannot be read. Remove that file to "
                    "start afresh, or ask for help."
                ),
            )
        case ProblemKind.KEYRING_UNAVAILABLE:
            return Told(
                _("Keyring closed"),
                _(
                    "The computer’s keyring did not answer; nothing is lost. Unlock your session, "
                    "then try again."
                ),
            )
        case _:
            assert_never(kind)


def _camera_problem(kind: _CameraProblem) -> Told:
    match kind:
        case ProblemKind.CAMERA_MISSING:
            return Told(
                _("No camera"),
                _("Plug the camera in: the picture comes by itself. The code can be typed."),
            )
        case ProblemKind.CAMERA_BUSY:
            return Told(
                _("Camera in use"),
                _("Another program uses the camera: close it, and the picture comes back."),
            )
        case ProblemKind.CAMERA_LOST:
            return Told(
                _("Camera lost"),
                _("The camera was unplugged, or its cable is loose. Comptoir is looking for it."),
            )
        case ProblemKind.VIDEO_UNREADABLE:
            return Told(
                _("Unreadable video"),
                _("This file is not there, or is no video. Choose another one."),
            )
        case ProblemKind.DECODERS_MISSING:
            return Told(
                _("No QR reader"),
                _(
                    "What reads QR codes is missing: type the codes meanwhile. Install Comptoir "
                    "again."
                ),
            )
        case _:
            assert_never(kind)


def _service_problem(kind: _ServiceProblem) -> Told:
    match kind:
        case ProblemKind.NOT_ENROLLED:
            return Told(
                _("Till not enrolled"),
                _("This computer is not a till yet. Enrol it with the code you were given."),
            )
        case ProblemKind.ENROLMENT_REFUSED:
            return Told(
                _("Code refused"),
                _("The enrolment code is wrong, used, or too old. Ask the platform for a new one."),
            )
        case ProblemKind.SERVICE_ADDRESS_INSECURE:
            return Told(
                _("Address not secure"),
                _("The service’s address must begin with https://. Check it."),
            )
        case ProblemKind.TRAINING_SERVICE_FAILED:
            return Told(
                _("Training mode did not start"),
                _("The practice service could not be started. Close Comptoir and open it again."),
            )
        case ProblemKind.PORT_IN_USE:
            return Told(
                _("Port in use"),
                _("Another program uses the network port that Comptoir needs. Close it."),
            )
        case _:
            assert_never(kind)

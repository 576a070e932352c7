"""What reading a file can end in: a closed union, matched exhaustively by the screen."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum
from typing import TypeAlias

from merchant_app.scanning.files.kinds import StrangeKind


@dataclass(frozen=True, slots=True)
class FileCode:
    """One code in a file, each text once.

    Attributes:
        text: a secret when it is a voucher's.
        page: counts from 1; None where a file has only one page or picture.
        part: the attachment's name, as the mail says it; empty outside mails. From outside: show
            it as plain text, and do not log it.
    """

    text: str = field(repr=False)
    page: int | None = None
    part: str = ""


@dataclass(frozen=True, slots=True)
class Progress:
    """`page` of `pages` is being looked at."""

    page: int
    pages: int


@dataclass(frozen=True, slots=True)
class Found:
    """At least one code.

    `truncated_after_pages`: the file has more pages than were looked at, so many were; None: all.
    """

    codes: tuple[FileCode, ...]
    truncated_after_pages: int | None = None


@dataclass(frozen=True, slots=True)
class Nothing:
    """It was looked at, and there is no code; `truncated_after_pages` as in `Found`."""

    truncated_after_pages: int | None = None


@dataclass(frozen=True, slots=True)
class NeedsPassword:
    """It is encrypted. `was_wrong`: the password that was given does not open it."""

    was_wrong: bool


@dataclass(frozen=True, slots=True)
class NotAPicture:
    kind: StrangeKind


@dataclass(frozen=True, slots=True)
class TooLarge:
    """More bytes, more pixels, or more memory than a voucher can need."""


@dataclass(frozen=True, slots=True)
class TooLong:
    """It was not read within the time it is given."""


@dataclass(frozen=True, slots=True)
class Damaged:
    """It is of a kind that is read, but broken or cut off."""


@dataclass(frozen=True, slots=True)
class Empty:
    """It has no bytes."""


class Obstacle(Enum):
    """Why a file cannot be opened."""

    NO_PERMISSION = "no_permission"
    GONE = "gone"
    NOT_A_FILE = "not_a_file"
    """A folder, a link, a device."""
    DISK = "disk"
    """Whatever else the system says, a medium that was pulled out for instance."""


@dataclass(frozen=True, slots=True)
class Unreadable:
    why: Obstacle


@dataclass(frozen=True, slots=True)
class LibraryMissing:
    """This computer lacks what reads this kind; `name` is the library's, for whoever installs."""

    name: str


@dataclass(frozen=True, slots=True)
class Cancelled:
    """Nobody wants to know any more."""


FileRead: TypeAlias = (
    Found
    | Nothing
    | NeedsPassword
    | NotAPicture
    | TooLarge
    | TooLong
    | Damaged
    | Empty
    | Unreadable
    | LibraryMissing
    | Cancelled
)

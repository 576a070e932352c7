"""What the panel of files can be showing: a closed union. No Qt."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeAlias

from merchant_app.scanning.files.findings import FileRead, Progress
from merchant_app.vouchers.scan import CodeText, TokenText

SOURCES_MAX = 10
"""Files read for one drop; who drops a whole folder's content wants to be asked which."""


@dataclass(frozen=True, slots=True)
class Source:
    """Something to read.

    Attributes:
        name: the file's, from outside; empty for what was pasted.
        content: a file, or what makes the bytes; called in a worker thread.
    """

    name: str
    content: Path | Callable[[], bytes]


@dataclass(frozen=True, slots=True)
class SourceRead:
    """What became of one source."""

    name: str
    ending: FileRead


@dataclass(frozen=True, slots=True)
class Offer:
    """One voucher among several. `name`, `part`: from outside; empty where there is none.

    `scan`: what the code says about itself, unverified: the look-up decides.
    """

    text: str = field(repr=False)
    scan: TokenText | CodeText = field(repr=False)
    name: str
    part: str
    page: int | None


@dataclass(frozen=True, slots=True)
class Idle:
    """Nothing is shown."""


@dataclass(frozen=True, slots=True)
class Reading:
    """`progress` is of the file `name`."""

    name: str
    progress: Progress | None = None


@dataclass(frozen=True, slots=True)
class AskingPassword:
    name: str
    was_wrong: bool


@dataclass(frozen=True, slots=True)
class Choosing:
    """Several vouchers; `pages_read`: there are more pages than were looked at."""

    offers: tuple[Offer, ...]
    pages_read: int | None = None


@dataclass(frozen=True, slots=True)
class OnlyALink:
    """What was dropped is an address on the web; nothing is fetched from there."""


@dataclass(frozen=True, slots=True)
class Told:
    """There is no voucher in it, and why."""

    name: str
    ending: FileRead | OnlyALink


State: TypeAlias = Idle | Reading | AskingPassword | Choosing | Told

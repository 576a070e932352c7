"""What Réglages shows, as values. No Qt."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Any

from merchant_app.errors import ProblemKind
from merchant_app.settings import options as choices
from merchant_app.settings.options import (
    Language,
    Option,
    Options,
    ReceiptColumns,
    ReceiptPages,
    ReceiptPrinter,
    Theme,
)

ACCOUNTING: tuple[Option[Any], ...] = (
    choices.SIREN,
    choices.FEC_JOURNAL,
    choices.ACCOUNT_PLATFORM,
    choices.ACCOUNT_MULTI_PURPOSE,
    choices.ACCOUNT_SALES,
    choices.ACCOUNT_VAT,
    choices.ACCOUNT_LOSS,
    choices.SINGLE_PURPOSE_VAT,
)
"""What the section « Comptabilité » offers."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PrinterChosen:
    """What receipts are printed on; see the options of these names."""

    kind: ReceiptPrinter = choices.RECEIPT_PRINTER.default
    address: str = choices.RECEIPT_PRINTER_ADDRESS.default
    columns: ReceiptColumns = choices.RECEIPT_COLUMNS.default
    pages: ReceiptPages = choices.RECEIPT_PAGES.default


@dataclass(frozen=True, slots=True, kw_only=True)
class Chosen:
    """What holds now.

    Attributes:
        camera: its identity; empty: whichever is found.
        watched_folder: where vouchers arrive as files; empty: nowhere.
        mirror_folder: where the journal's second copy goes; empty: beside the journal.
        accounts: where accounting entries go, by the options' keys.
    """

    camera: str
    mirrored: bool
    customer_screen: bool
    sound_on: bool
    volume_percent: int
    language: Language
    theme: Theme
    watched_folder: str
    mirror_folder: str
    printer: PrinterChosen = PrinterChosen()
    accounts: Mapping[str, str | int] = field(default_factory=dict)


def chosen_in(options: Options) -> Chosen:
    """What the options say."""
    return Chosen(
        camera=options.get(choices.CAMERA_IDENTITY),
        mirrored=options.get(choices.CAMERA_MIRRORED),
        customer_screen=options.get(choices.CUSTOMER_SCREEN),
        sound_on=options.get(choices.SOUND_ON),
        volume_percent=options.get(choices.SOUND_VOLUME),
        language=options.get(choices.LANGUAGE),
        theme=options.get(choices.THEME),
        watched_folder=options.get(choices.WATCHED_FOLDER),
        mirror_folder=options.get(choices.MIRROR_FOLDER),
        printer=PrinterChosen(
            kind=options.get(choices.RECEIPT_PRINTER),
            address=options.get(choices.RECEIPT_PRINTER_ADDRESS),
            columns=options.get(choices.RECEIPT_COLUMNS),
            pages=options.get(choices.RECEIPT_PAGES),
        ),
        accounts={option.key: options.get(option) for option in ACCOUNTING},
    )


@dataclass(frozen=True, slots=True)
class CameraEntry:
    """One line of the list of cameras.

    Attributes:
        identity: empty for "whichever is found".
        name: by the camera's own account: text from outside.
        number: 2 for the second one of this name, and so on; 1: nothing to tell apart.
        is_there: whether it is plugged in.
    """

    identity: str
    name: str = ""
    number: int = 1
    is_there: bool = True


class Note(Enum):
    """What is said after a choice."""

    AT_NEXT_START = "at_next_start"
    CODE_READ = "code_read"
    """The camera that is being tried reads codes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Screen:
    """All that the view paints.

    Attributes:
        cameras: to choose from; empty where this till works without one.
        camera_row: which of them is in use.
        missing_readers: libraries that read codes and are not on this computer.
        note: what is said; a `ProblemKind`: the last choice could not be kept.
    """

    chosen: Chosen
    cameras: tuple[CameraEntry, ...] = ()
    camera_row: int = 0
    missing_readers: tuple[str, ...] = ()
    note: Note | ProblemKind | None = None

"""Tickets as ESC/POS, the language of receipt printers.

A printer has 256 characters at a time. python-escpos knows the code pages of each model and
changes between them; a character that none of them has is printed as the plain one nearest to it.
"""

from __future__ import annotations

import logging
import os
import shutil
import unicodedata
from enum import Enum
from functools import cache
from typing import TYPE_CHECKING

from merchant_app.printing.ticket import Ticket, Weight

if TYPE_CHECKING:
    from escpos.magicencode import Encoder

_INITIALISE = b"\x1b@"
_STRONG_ON, _STRONG_OFF = b"\x1bE\x01", b"\x1bE\x00"
_FEED_AND_CUT = b"\x1dVB\x00"
"""GS V 66 0: up to the blade, then cut; printers without a blade feed only."""
_PICKLES = "ESCPOS_CAPABILITIES_PICKLE_DIR"
"""Where whoever sets it wants python-escpos to keep them."""
_WESTERN = ("CP437", "CP850", "CP858", "CP1252")
_NEAREST = {"’": "'", "‘": "'", "“": '"', "”": '"', "…": ".", "–": "-", "—": "-", "−": "-"}
_LIGATURES = {"œ": "oe", "Œ": "OE"}


class Pages(Enum):
    """Which code pages a printer has; the value stands in the options' file."""

    DEFAULT = "default"
    """Numbered as Epson does, and nearly everybody after it."""
    STAR = "star"
    """Numbered as Star does."""
    ONE = "pc858"
    """One page that has € and the French letters (19), for models that change pages badly."""


_PROFILES = {Pages.DEFAULT: "default", Pages.STAR: "TSP600", Pages.ONE: "default"}


def load() -> None:
    """Load what `encoded` needs; the first time that takes a third of a second. Any thread."""
    # python-escpos makes a log of its own for the whole program when it is loaded, on the terminal
    # and past what our log leaves out; where it finds one that is there already, it makes none.
    root, there_is_one = logging.getLogger(), logging.NullHandler()
    root.addHandler(there_is_one)
    try:
        from escpos import capabilities
    finally:
        root.removeHandler(there_is_one)
    import escpos.printer  # noqa: F401

    if _PICKLES not in os.environ:
        # It writes what it read of printers to a new temporary folder each time, and leaves it.
        shutil.rmtree(capabilities.pickle_dir, ignore_errors=True)


def encoded(ticket: Ticket, pages: Pages) -> bytes:
    """The bytes that make a printer print it."""
    load()
    from escpos.magicencode import MagicEncode
    from escpos.printer import Dummy

    device = Dummy(profile=_PROFILES[pages])
    encoder = _encoder(pages)
    magic = MagicEncode(device, encoder=encoder)
    pieces = [_INITIALISE]
    for line in ticket.lines:
        device.clear()
        text = _spelled_out(line.text, encoder)
        magic.write("".join(_nearest(character, encoder) for character in text))
        strong = line.weight is Weight.STRONG
        pieces += [_STRONG_ON, device.output, _STRONG_OFF] if strong else [device.output]
        pieces.append(b"\n")
    return b"".join([*pieces, _FEED_AND_CUT])


@cache
def _encoder(pages: Pages) -> Encoder:
    from escpos.magicencode import Encoder
    from escpos.printer import Dummy

    every = Dummy(profile=_PROFILES[pages]).profile.get_code_pages()
    wanted = ("CP858",) if pages is Pages.ONE else _WESTERN
    return Encoder({name: every[name] for name in wanted if name in every})


def _spelled_out(text: str, encoder: Encoder) -> str:
    """Ligatures that no page has as two letters; the gap before an amount gets narrower by it."""
    for ligature, letters in _LIGATURES.items():
        while ligature in text and encoder.find_suitable_encoding(ligature) is None:
            text = text.replace(ligature, letters, 1).replace("  ", " ", 1)
    return text


def _nearest(character: str, encoder: Encoder) -> str:
    """As it is, or what stands for it: one for one, so that columns stay columns."""
    if unicodedata.category(character).startswith(("C", "Z")):
        return " "  # a command, or a space of another width
    character = _NEAREST.get(character, character)
    if encoder.find_suitable_encoding(character) is not None:
        return character
    base = unicodedata.normalize("NFKD", character)[:1]
    return base if base.isascii() and base.isprintable() else "?"

"""What a receipt printer is sent: accents and € in the pages it has, and no command by accident."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from merchant_app.printing.escpos_bytes import Pages, encoded
from merchant_app.printing.ticket import Ticket, TicketLine, Weight
from tests.fakes.receipt_printer import PAGES, STAR_PAGES, paper_of

FRENCH = "Librairie Cassiopée, Val d'Oingt: déjà 1 250,00 € à confirmer, œuvre, ÇÉÀ"


def ticket(*texts: str, weight: Weight = Weight.PLAIN) -> Ticket:
    return Ticket("a", tuple(TicketLine(text, weight) for text in texts))


@pytest.mark.parametrize(
    ("pages", "known"), [(Pages.DEFAULT, PAGES), (Pages.STAR, STAR_PAGES), (Pages.ONE, PAGES)]
)
def test_french_is_printed_as_it_is_written(pages: Pages, known: dict[int, str]) -> None:
    printed = paper_of(encoded(ticket(FRENCH), pages), known)
    spelled = "oeuvre" if pages is Pages.ONE else "œuvre"
    assert printed == FRENCH.replace("œuvre", spelled) + "\n"


def test_a_printer_with_one_page_is_never_told_to_change_it() -> None:
    data = encoded(ticket(FRENCH, "Reste à payer 12,00 €", "œ"), Pages.ONE)
    assert data.count(b"\x1bt") == data.count(b"\x1bt\x13") == 1


def test_a_ligature_spelled_out_leaves_the_amount_where_it_was() -> None:
    line = "Sœurs" + "20,00 €".rjust(37)
    printed = paper_of(encoded(ticket(line), Pages.ONE))
    assert printed == "Soeurs" + "20,00 €".rjust(36) + "\n"


def test_what_no_page_has_is_printed_as_its_nearest_one_for_one() -> None:
    text = "a\u202fb\u00a0c’d…e–f ő 漢 \u0301"
    printed = paper_of(encoded(ticket(text), Pages.DEFAULT)).removesuffix("\n")
    assert len(printed) == len(text)
    assert printed.startswith(("a b c'd", "a b c’d"))
    assert "o ? " in printed


def test_nothing_in_a_name_is_a_command() -> None:
    printed = paper_of(encoded(ticket("Z\x1b@\x10\x04\x01\x1dV\nA"), Pages.DEFAULT))
    assert printed == "Z @    V A\n"


def test_strong_lines_are_strong_and_the_paper_is_cut_at_the_end() -> None:
    data = encoded(ticket("Total", weight=Weight.STRONG), Pages.DEFAULT)
    assert data.startswith(b"\x1b@")
    assert b"\x1bE\x01" in data
    assert data.index(b"\x1bE\x01") < data.index(b"Total") < data.index(b"\x1bE\x00")
    assert data.endswith(b"\n\x1dVB\x00")


# A process of its own: a library is loaded once in each.
_PRINTS = """
import logging, sys
from merchant_app.printing.escpos_bytes import Pages, encoded
from merchant_app.printing.ticket import Ticket, TicketLine
encoded(Ticket("", (TicketLine("12,50"),)), Pages.DEFAULT)
sys.exit(len(logging.getLogger().handlers))
"""


def test_what_drives_printers_makes_no_log_of_its_own_and_leaves_no_files(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", _PRINTS],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        env={**os.environ, "TMPDIR": str(tmp_path)},
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert list(tmp_path.iterdir()) == []

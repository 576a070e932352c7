"""A receipt printer that is there, off, slow, out of paper, cut off in the middle."""

from __future__ import annotations

import os
import socket
import sys
import threading
from pathlib import Path

import pytest

from merchant_app.clock import SystemClock
from merchant_app.printing.escpos_bytes import Pages
from merchant_app.printing.thermal import ThermalPrinter, Waits
from merchant_app.printing.ticket import (
    Failed,
    Failure,
    Printed,
    PrintResult,
    Ticket,
    TicketLine,
)
from merchant_app.printing.wires import Connect, to_device, to_file, to_network
from tests.fakes.receipt_printer import LoopbackPrinter, paper_of, serving

SHORT = Waits(status_s=0.3, send_s=0.3, done_s=0.3)
PATIENT = Waits(status_s=20, send_s=20, done_s=20)
TICKET = Ticket("1", (TicketLine("Librairie Cassiopée"), TicketLine("20,00 €")))
posix = pytest.mark.skipif(sys.platform == "win32", reason="devices are files on POSIX only")


class Printing:
    """One attempt, and whether the ticket was asked for."""

    def __init__(self, connect: Connect, waits: Waits = PATIENT) -> None:
        self.made = 0
        self._printer = ThermalPrinter(
            connect, columns=42, pages=Pages.DEFAULT, clock=SystemClock(), waits=waits
        )

    def result(self) -> PrintResult:
        def make() -> Ticket:
            self.made += 1
            return TICKET

        return self._printer.print_ticket(make)


def test_a_printer_that_says_so_has_printed() -> None:
    with serving(LoopbackPrinter()) as printer:
        printing = Printing(to_network(printer.address))
        assert printing.result() == Printed(confirmed=True)
    assert printer.paper == "Librairie Cassiopée\n20,00 €\n"
    assert printing.made == 1


def test_a_printer_that_never_says_anything_prints_all_the_same() -> None:
    with serving(LoopbackPrinter(silent=True)) as printer:
        result = Printing(to_network(printer.address), SHORT).result()
        assert result == Printed(confirmed=False)
    assert printer.paper.endswith("20,00 €\n")


def test_a_printer_that_is_off_gets_no_ticket() -> None:
    with socket.create_server(("127.0.0.1", 0)) as nobody:
        port = nobody.getsockname()[1]
    printing = Printing(to_network(f"127.0.0.1:{port}"))
    assert printing.result() == Failed(Failure.NOT_THERE)
    assert printing.made == 0


@pytest.mark.parametrize("address", ["", "printer:", "printer:0", "printer:99999", "a:b"])
def test_what_is_no_address_is_no_printer(address: str) -> None:
    printing = Printing(to_network(address))
    assert printing.result() == Failed(Failure.NO_PRINTER)


@pytest.mark.parametrize(
    ("printer", "why"),
    [
        (LoopbackPrinter(paper_out=True), Failure.OUT_OF_PAPER),
        (LoopbackPrinter(cover_open=True), Failure.COVER_OPEN),
    ],
    ids=["out of paper", "cover open"],
)
def test_what_a_printer_lacks_is_known_before_a_byte_is_printed(
    printer: LoopbackPrinter, why: Failure
) -> None:
    with serving(printer):
        printing = Printing(to_network(printer.address))
        assert printing.result() == Failed(why)
    assert printing.made == 0
    assert printer.paper == ""


def test_paper_that_ends_in_the_middle_is_told_as_that() -> None:
    # A new one: what was turned stays turned.
    with serving(LoopbackPrinter(bytes_until_paper_out=20)) as printer:
        waits = Waits(status_s=20, send_s=20, done_s=0.3)
        result = Printing(to_network(printer.address), waits).result()
        assert result == Failed(Failure.OUT_OF_PAPER, begun=True)


def test_a_line_that_is_cut_in_the_middle_leaves_a_part() -> None:
    with serving(LoopbackPrinter(bytes_until_dropped=20)) as printer:
        result = Printing(to_network(printer.address)).result()
        assert result == Failed(Failure.DROPPED, begun=True)


def test_a_printer_that_never_comes_to_an_end_is_slow() -> None:
    with serving(LoopbackPrinter(hangs=True)) as printer:
        waits = Waits(status_s=20, send_s=20, done_s=0.3)
        result = Printing(to_network(printer.address), waits).result()
        assert result == Failed(Failure.SLOW, begun=True)


def test_a_file_gets_the_ticket_and_no_questions(tmp_path: Path) -> None:
    path = tmp_path / "printer"
    assert Printing(to_file(str(path))).result() == Printed(confirmed=False)
    data = path.read_bytes()
    assert paper_of(data) == "Librairie Cassiopée\n20,00 €\n"
    assert b"\x10\x04" not in data
    assert Printing(to_file(str(path))).result() == Printed(confirmed=False)
    assert path.read_bytes() == data * 2


def test_a_folder_that_is_gone_is_a_printer_that_is_not_there(tmp_path: Path) -> None:
    assert Printing(to_file(str(tmp_path / "no" / "printer"))).result() == Failed(Failure.NOT_THERE)


@posix
def test_a_device_that_is_unplugged_is_not_there(tmp_path: Path) -> None:
    printing = Printing(to_device(str(tmp_path / "lp0")))
    assert printing.result() == Failed(Failure.NOT_THERE)
    assert printing.made == 0


@posix
def test_a_device_that_takes_nothing_is_slow(tmp_path: Path) -> None:
    path = tmp_path / "lp0"
    os.mkfifo(path)
    wire = to_device(str(path))()
    assert not isinstance(wire, Failure)
    assert wire.send(bytes(1_000_000), wait_s=0.2) is Failure.SLOW
    wire.close()


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="a device of Linux")
def test_a_device_without_space_has_no_paper() -> None:
    """usblp of Linux says it so."""
    wire = to_device("/dev/full")()
    assert not isinstance(wire, Failure)
    assert wire.send(b"Librairie", wait_s=1) is Failure.OUT_OF_PAPER
    wire.close()


@posix
def test_a_serial_printer_prints_and_answers() -> None:
    ours, theirs = os.openpty()
    taken = bytearray()

    def serve() -> None:
        while not taken.endswith(b"\x1dr\x01"):
            taken.extend(os.read(ours, 4_096))
            if taken.endswith((b"\x10\x04\x02", b"\x10\x04\x04")):
                os.write(ours, b"\x12")
        os.write(ours, b"\x00")

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    result = Printing(to_device(os.ttyname(theirs), baud=9_600)).result()
    assert result == Printed(confirmed=True)
    thread.join(20)
    assert paper_of(bytes(taken)) == "Librairie Cassiopée\n20,00 €\n"
    os.close(ours)
    os.close(theirs)


@posix
def test_a_speed_that_no_line_has_is_no_printer() -> None:
    ours, theirs = os.openpty()
    printing = Printing(to_device(os.ttyname(theirs), baud=12_345))
    assert printing.result() == Failed(Failure.NO_PRINTER)
    os.close(ours)
    os.close(theirs)

"""What a receipt printer says, byte by byte, and what becomes of the ticket."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from merchant_app.printing.escpos_bytes import Pages
from merchant_app.printing.thermal import ThermalPrinter
from merchant_app.printing.ticket import (
    Failed,
    Failure,
    Printed,
    PrintResult,
    Ticket,
    TicketLine,
)
from tests.fakes.clock import FakeClock

OFFLINE, PAPER, WHEN_DONE = b"\x10\x04\x02", b"\x10\x04\x04", b"\x1dr\x01"
READY = b"\x12"


class Printer:
    """A wire whose other end says what was written down beforehand.

    Attributes:
        says: the answers to a question, one each time it is asked; then nothing. None: the line
            is cut.
        jams: what comes of sending the ticket.
        taken: all that was sent.
    """

    answers = True

    def __init__(
        self,
        *,
        offline: Sequence[bytes | None] = (READY, READY),
        paper: Sequence[bytes | None] = (READY, READY),
        done: Sequence[bytes | None] = (b"\x00",),
        jams: Failure | None = None,
    ) -> None:
        self.says = {OFFLINE: [*offline], PAPER: [*paper], WHEN_DONE: [*done]}
        self.jams = jams
        self.taken = b""
        self._left: list[bytes | None] = []

    def send(self, data: bytes, *, wait_s: float) -> Failure | None:
        assert wait_s > 0
        self.taken += data
        if data not in (OFFLINE, PAPER) and self.jams is not None:
            return self.jams
        for question, answers in self.says.items():
            if data.endswith(question):
                self._left = answers[:1]
                del answers[:1]
        return None

    def receive(self, *, wait_s: float) -> bytes | None:
        assert wait_s > 0
        return self._left.pop(0) if self._left else b""

    def close(self) -> None:
        self.says.clear()

    def prints(self) -> PrintResult:
        printer = ThermalPrinter(lambda: self, columns=42, pages=Pages.DEFAULT, clock=FakeClock())
        return printer.print_ticket(lambda: Ticket("1", (TicketLine("Cassiopée"),)))

    @property
    def has_ticket(self) -> bool:
        return b"Cassiop" in self.taken


@pytest.mark.parametrize(
    ("offline", "paper", "why"),
    [
        (b"\x16", READY, Failure.COVER_OPEN),
        (b"\x32", READY, Failure.OUT_OF_PAPER),
        (b"\x52", READY, Failure.REFUSED),
        (b"\x76", READY, Failure.COVER_OPEN),
        (READY, b"\x72", Failure.OUT_OF_PAPER),
        (None, READY, Failure.DROPPED),
        (READY, None, Failure.DROPPED),
    ],
)
def test_what_is_in_the_way_is_named_and_no_ticket_begun(
    offline: bytes | None, paper: bytes | None, why: Failure
) -> None:
    printer = Printer(offline=[offline], paper=[paper])
    assert printer.prints() == Failed(why)
    assert not printer.has_ticket


@pytest.mark.parametrize(
    ("offline", "paper"),
    [
        (READY, READY),
        (READY, b"\x1e"),  # the paper is nearly at its end
        (READY, b"\x32"),  # one of its two bits alone
        (b"\x13\x11\x12", READY),  # XOFF and XON, unasked
        (b"\x97\x17\x10\x00\x12", b"\x73\x12"),
    ],
)
def test_what_is_no_answer_is_passed_over(offline: bytes, paper: bytes) -> None:
    printer = Printer(offline=[offline], paper=[paper], done=[b"\x12\x80\x00"])
    assert printer.prints() == Printed(confirmed=True)
    assert printer.has_ticket


@pytest.mark.parametrize(
    ("done", "why"),
    [
        ([], Failure.SLOW),
        ([READY], Failure.SLOW),
        ([b"\x80"], Failure.SLOW),
        ([None], Failure.DROPPED),
    ],
)
def test_a_ticket_that_nobody_says_is_done_is_not(done: list[bytes | None], why: Failure) -> None:
    assert Printer(done=done).prints() == Failed(why, begun=True)


@pytest.mark.parametrize(
    ("paper", "why"), [([READY, b"\x72"], Failure.OUT_OF_PAPER), ([READY, READY], Failure.SLOW)]
)
def test_what_stopped_a_ticket_is_asked_for(paper: list[bytes | None], why: Failure) -> None:
    assert Printer(paper=paper, jams=Failure.SLOW).prints() == Failed(why, begun=True)
    assert Printer(paper=paper, done=[]).prints() == Failed(why, begun=True)


def test_one_that_answers_no_question_is_asked_no_other() -> None:
    printer = Printer(offline=[])
    assert printer.prints() == Printed(confirmed=False)
    assert printer.has_ticket
    assert PAPER not in printer.taken
    assert WHEN_DONE not in printer.taken

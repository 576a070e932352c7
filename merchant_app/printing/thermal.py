"""A receipt printer: the talk with it, about paper, before and after a ticket."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from merchant_app.clock import Clock
from merchant_app.printing import escpos_bytes
from merchant_app.printing.escpos_bytes import Pages
from merchant_app.printing.ticket import Failed, Failure, Printed, PrintResult, Ticket


@dataclass(frozen=True, slots=True)
class Waits:
    """How long a printer is waited for, in seconds.

    Attributes:
        status_s: for an answer to a question; one that answers at all does so at once (Epson:
            within 100 ms).
        send_s: without a byte taken; the buffer stays full when the paper is out.
        done_s: from the last byte to "done". Slow heads print 50 mm/s; a long ticket has 400 mm.
    """

    status_s: float = 1.0
    send_s: float = 10.0
    done_s: float = 15.0


_ASK_OFFLINE, _ASK_PAPER = b"\x10\x04\x02", b"\x10\x04\x04"
"""DLE EOT n: answered at once, even by a printer that has stopped."""
_ASK_WHEN_DONE = b"\x1dr\x01"
"""GS r 1: answered in its turn, after everything before it was printed."""
_COVER_BIT, _STOPPED_BY_PAPER_BIT, _ERROR_BIT = 0x04, 0x20, 0x40
_PAPER_END_BITS = 0x60


class Wire(Protocol):
    """An open line to a printer. One thread.

    Attributes:
        answers: whether what is behind it could say anything.
    """

    @property
    def answers(self) -> bool: ...

    def send(self, data: bytes, *, wait_s: float) -> Failure | None:
        """All of it; None when that is done. SLOW when nothing is taken for so long."""
        ...

    def receive(self, *, wait_s: float) -> bytes | None:
        """What it says within so long; empty: nothing. None: the line is cut."""
        ...

    def close(self) -> None: ...


class ThermalPrinter:
    """See `ticket.Printer`. One ticket at a time is the caller's affair."""

    def __init__(
        self,
        connect: Callable[[], Wire | Failure],
        *,
        columns: int,
        pages: Pages,
        clock: Clock,
        waits: Waits = Waits(),
    ) -> None:
        """`connect` opens the line, within its own limits."""
        self._connect = connect
        self._waits = waits
        self._columns = columns
        self._pages = pages
        self._clock = clock

    @property
    def columns(self) -> int:
        return self._columns

    def print_ticket(self, make: Callable[[], Ticket]) -> PrintResult:
        """See `ticket.Printer`."""
        escpos_bytes.load()  # before `make`: what it records is on its way at once
        wire = self._connect()
        if isinstance(wire, Failure):
            return Failed(wire)
        try:
            return _Talk(wire, self._clock, self._waits).print_one(make, self._pages)
        finally:
            wire.close()


class _Talk:
    """With one printer, about one ticket."""

    def __init__(self, wire: Wire, clock: Clock, waits: Waits) -> None:
        self._wire = wire
        self._waits = waits
        self._clock = clock
        self._talks = wire.answers

    def print_one(self, make: Callable[[], Ticket], pages: Pages) -> PrintResult:
        trouble = self._trouble()
        if trouble is not None:
            return Failed(trouble)
        data = escpos_bytes.encoded(make(), pages)
        cut = self._wire.send(
            data + (_ASK_WHEN_DONE if self._talks else b""), wait_s=self._waits.send_s
        )
        if cut is not None:
            return Failed(self._trouble() or cut, begun=True)
        if not self._talks:
            return Printed(confirmed=False)
        done = self._answer(_is_ordinary, self._waits.done_s)
        if isinstance(done, Failure):
            return Failed(done, begun=True)
        if done is None:
            return Failed(self._trouble() or Failure.SLOW, begun=True)
        return Printed(confirmed=True)

    def _trouble(self) -> Failure | None:
        """What is in the way, as far as it says; one that says nothing is not asked again."""
        for question in (_ASK_OFFLINE, _ASK_PAPER):
            if not self._talks:
                return None
            cut = self._wire.send(question, wait_s=self._waits.send_s)
            answer = cut or self._answer(_is_real_time, self._waits.status_s)
            if isinstance(answer, Failure):
                return answer
            if answer is None:
                self._talks = False
                return None
            told = _told_offline(answer) if question == _ASK_OFFLINE else _told_paper(answer)
            if told is not None:
                return told
        return None

    def _answer(self, fits: Callable[[int], bool], wait_s: float) -> int | Failure | None:
        """The first byte of this kind; None: none came. What a printer says unasked is passed
        over."""
        until_s = self._clock.monotonic_s() + wait_s
        while (left_s := until_s - self._clock.monotonic_s()) > 0:
            received = self._wire.receive(wait_s=left_s)
            if received is None:
                return Failure.DROPPED
            if not received:
                return None
            for byte in received:
                if fits(byte):
                    return byte
        return None


def _is_real_time(byte: int) -> bool:
    """Answers to DLE EOT have bits 1 and 4 set, 0 and 7 not."""
    return byte & 0x93 == 0x12


def _is_ordinary(byte: int) -> bool:
    """Answers to GS r have neither bit 4 nor bit 7."""
    return byte & 0x90 == 0


def _told_offline(answer: int) -> Failure | None:
    if answer & _COVER_BIT:
        return Failure.COVER_OPEN
    if answer & _STOPPED_BY_PAPER_BIT:
        return Failure.OUT_OF_PAPER
    return Failure.REFUSED if answer & _ERROR_BIT else None


def _told_paper(answer: int) -> Failure | None:
    return Failure.OUT_OF_PAPER if answer & _PAPER_END_BITS == _PAPER_END_BITS else None

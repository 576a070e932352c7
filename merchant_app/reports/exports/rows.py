"""The journal as rows of money: what every export is made of.

The journal is read closing by closing. What a closing covers never changes, so the rows of a closed
day never do: what becomes known later of a redemption of an earlier day is a row of its own, a
correction, in the day that learned of it. The sum of all rows up to a closing is what the books
say then, to the cent (`effects.left`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, tzinfo
from enum import Enum

from merchant_app.contract.status import OutcomeStatus
from merchant_app.errors import Bug
from merchant_app.ids import VoucherId
from merchant_app.journal.book_reader import BookReader, DayClosed, Horizon, Placed, Story
from merchant_app.ledger.entries import Decision, Redemption
from merchant_app.money import Money
from merchant_app.reports.exports.effects import (
    NOTHING,
    Worth,
    handed_over_by,
    is_voided,
    newest_told,
    void_of,
    worth,
)
from merchant_app.vouchers.terms import VatKind, Voucher

FindVoucher = Callable[[VoucherId], Voucher | None]


class RowKind(Enum):
    """Why money moved. The value stands in exports and never changes."""

    REDEMPTION = "redemption"
    """Goods were handed over against a voucher."""
    REVERSAL = "reversal"
    """A redemption was undone."""
    CORRECTION = "correction"
    """Something else became known of a redemption that an earlier closing covers."""
    SHORTFALL = "shortfall"
    """Goods were handed over, and the voucher could not pay for them: a loss."""


class RowStatus(Enum):
    """What is known of the redemption at the row's closing. The value stands in exports."""

    WAITING = "waiting"
    """The service has not said anything yet."""
    ACCEPTED = "accepted"
    SHORT = "short"
    VOIDED = "voided"


class Source(Enum):
    """Which of the journal's tables a row comes from; with its position there, a row's name."""

    ENTRY = "E"
    ADOPTED = "A"
    OUTCOME = "O"


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportRow:
    """One voucher of one redemption, and one movement of it.

    Attributes:
        source: the table of the journal that the row comes from.
        position: where in that table.
        epoch_id: of the redemption.
        number: of the redemption, in its epoch.
        at: when, UTC, by the till's clock.
        cashier: who did it; empty for what the service said.
        till: its title.
        kind: why.
        label: the last four characters of the voucher's code.
        face: what the voucher was worth at first; None: the till does not know the voucher.
        goods: handed over against the voucher; negative when taken back.
        loss: what of it could not be debited; negative when it was paid for after all.
        amount: what the platform owes for it, goods less loss.
        status: what was known of the redemption.
        vat_kind: when VAT falls due; None: the till does not know the voucher.
        offline: handed over before the service was asked.
        lifted: somebody responsible took it beyond a limit, by a PIN.
        closing: the closing that covers the row; None: not closed yet.
    """

    source: Source
    position: int
    epoch_id: str
    number: int
    at: datetime
    cashier: str
    till: str
    kind: RowKind
    label: str
    face: Money | None
    goods: Money
    loss: Money
    amount: Money
    status: RowStatus
    vat_kind: VatKind | None
    offline: bool
    lifted: bool
    closing: DayClosed | None

    @property
    def reference(self) -> str:
        """Names the movement in the journal: "E123"; lines of one basket share it."""
        return f"{self.source.value}{self.position}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Till:
    """What rows need to know beside the journal.

    Attributes:
        title: of the till.
        zone: where the shop is.
        find: a voucher, from the till's copy; any thread.
    """

    title: str
    zone: tzinfo
    find: FindVoucher


@dataclass(frozen=True, slots=True)
class Days:
    """Which rows: by the local day of their closing, or of their moment while it is not closed.

    Attributes:
        first: None: from the beginning.
        last: included; None: to the end.
    """

    first: date | None = None
    last: date | None = None

    def has(self, day: date) -> bool:
        """Whether a day is among them."""
        return (self.first is None or self.first <= day) and (self.last is None or day <= self.last)


def export_rows(reader: BookReader, till: Till, days: Days | None = None) -> Iterator[ExportRow]:
    """The rows, closing by closing, and in each in the order of the journal.

    Memory does not grow with the journal. What is recorded while it is read is left out.

    Raises:
        Problem: the journal cannot be read, or makes no sense.
    """
    days = Days() if days is None else days
    end, before = reader.horizon(), Horizon()
    lifted = reader.lifted()
    for closing in reader.days_closed():
        if days.has(closing.business_date):
            yield from _Group(reader, till, before, closing.end, closing, lifted).rows()
        before = closing.end
    for row in _Group(reader, till, before, end, None, lifted).rows():
        if days.has(row.at.astimezone(till.zone).date()):
            yield row


class _Group:
    """The part of the journal that one closing covers, or that none covers yet."""

    def __init__(
        self,
        reader: BookReader,
        till: Till,
        before: Horizon,
        until: Horizon,
        closing: DayClosed | None,
        lifted: frozenset[str],
    ) -> None:
        self._reader = reader
        self._till = till
        self._before = before
        self._until = until
        self._closing = closing
        self._lifted = lifted

    def rows(self) -> Iterator[ExportRow]:
        for page in self._reader.entries(self._before, self._until):
            stories = self._reader.stories(_about(page))
            for placed in page:
                yield from self._entry(placed, stories)
        for ops in self._reader.told_about(self._before, self._until):
            stories = self._reader.stories(ops)
            for op_id in ops:
                if op_id in stories:
                    yield from self._told(stories[op_id])

    def _entry(self, placed: Placed, stories: dict[str, Story]) -> Iterator[ExportRow]:
        match placed.entry:
            case Redemption(op_id=op_id) | Decision(redemption_id=op_id):
                story = stories.get(str(op_id))
                if story is not None and self._booked_with(story) == placed:
                    yield from self._handed_over(story, placed)
            case _:
                return  # what a void or a resolution leads to is told by the service

    def _booked_with(self, story: Story) -> Placed | None:
        """The entry that makes it count: the hand-over, or the redemption where that came later."""
        handed = handed_over_by(story, self._until)
        if handed is not None and handed.is_within(self._before):
            return story.placed_within(self._until)
        return handed

    def _handed_over(self, story: Story, placed: Placed) -> Iterator[ExportRow]:
        if self._was_sold(story):
            return
        amounts = worth(story, self._until)
        goods = tuple(Worth(one.goods_minor, 0) for one in amounts)
        losses = tuple(Worth(0, one.loss_minor) for one in amounts)
        yield from self._lines(story, placed, RowKind.REDEMPTION, goods)
        yield from self._lines(story, placed, RowKind.SHORTFALL, losses)
        if is_voided(story, self._until):
            void = void_of(story, self._until) or placed
            yield from self._lines(story, void, RowKind.REVERSAL, _minus(amounts))

    def _told(self, story: Story) -> Iterator[ExportRow]:
        """What the service said of a redemption that an earlier closing covers."""
        if not self._was_sold(story):
            return
        was_voided, voided = is_voided(story, self._before), is_voided(story, self._until)
        old, new = worth(story, self._before), worth(story, self._until)
        if was_voided and voided:
            return
        if was_voided:
            yield from self._lines(story, None, RowKind.CORRECTION, new)
            return
        changes = tuple(after - before for after, before in zip(new, old, strict=True))
        yield from self._lines(story, None, RowKind.CORRECTION, changes)
        if voided:
            void = void_of(story, self._until)
            yield from self._lines(story, void, RowKind.REVERSAL, _minus(new))

    def _was_sold(self, story: Story) -> bool:
        return handed_over_by(story, self._before) is not None

    def _lines(
        self, story: Story, placed: Placed | None, kind: RowKind, amounts: tuple[Worth, ...]
    ) -> Iterator[ExportRow]:
        """A row for each line that something moves for."""
        source, position, at, cashier = self._moment(story, placed)
        for line, moved in zip(story.redemption.lines, amounts, strict=True):
            if moved == NOTHING:
                continue
            voucher = self._till.find(line.voucher_id)
            currency = line.amount.currency
            goods, loss = Money(moved.goods_minor, currency), Money(moved.loss_minor, currency)
            yield ExportRow(
                source=source,
                position=position,
                epoch_id=story.placed.epoch_id,
                number=story.placed.number,
                at=at,
                cashier=cashier,
                till=self._till.title,
                kind=kind,
                label=line.label,
                face=None if voucher is None else voucher.face,
                goods=goods,
                loss=loss,
                amount=goods - loss,
                status=_status(story, self._until),
                vat_kind=None if voucher is None else voucher.terms.vat_kind,
                offline=story.redemption.honoured,
                lifted=str(story.redemption.op_id) in self._lifted,
                closing=self._closing,
            )

    def _moment(self, story: Story, placed: Placed | None) -> tuple[Source, int, datetime, str]:
        if placed is not None:
            source = Source.ADOPTED if placed.foreign else Source.ENTRY
            return source, placed.position, placed.entry.at, placed.entry.cashier
        newest = newest_told(story, self._until)
        if newest is None:
            raise Bug("a redemption that was spoken of, and nothing that was said")
        return Source.OUTCOME, newest.position, newest.recorded_at, ""


def _about(page: Iterable[Placed]) -> Iterator[str]:
    for placed in page:
        match placed.entry:
            case Redemption(op_id=op_id):
                yield str(op_id)
            case Decision(redemption_id=op_id, handed_over=True):
                yield str(op_id)
            case _:
                continue


def _minus(amounts: tuple[Worth, ...]) -> tuple[Worth, ...]:
    return tuple(-one for one in amounts)


def _status(story: Story, horizon: Horizon) -> RowStatus:
    if is_voided(story, horizon):
        return RowStatus.VOIDED
    newest = newest_told(story, horizon)
    match None if newest is None else newest.status:
        case OutcomeStatus.ACCEPTED:
            return RowStatus.ACCEPTED
        case OutcomeStatus.SHORT:
            return RowStatus.SHORT
        case _:
            # Refused, and handed over all the same: the service has yet to hear of it.
            return RowStatus.WAITING

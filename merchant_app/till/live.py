"""The counter at work: `counter.Counter`, each action by its own module."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence

from merchant_app.ids import OpId
from merchant_app.money import Money
from merchant_app.till import leave, look_up, redeem, resolve, reverse, search, settle, status
from merchant_app.till.archive_desk import ArchiveDesk, LiveArchiveDesk
from merchant_app.till.closing_desk import ClosingDesk
from merchant_app.till.counter import CounterFacts
from merchant_app.till.hits import Hit, SearchResult
from merchant_app.till.journal_desk import JournalDesk
from merchant_app.till.live_closings import LiveClosingDesk
from merchant_app.till.live_journal import LiveJournalDesk
from merchant_app.till.matters import Choice, LeaveResult, ResolveResult, ToSettle
from merchant_app.till.pin_desk import PinDesk
from merchant_app.till.receipts import LiveReceiptDesk, ReceiptDesk
from merchant_app.till.results import (
    Asked,
    Interrupted,
    LookUp,
    RedeemResult,
    ReverseResult,
    Settled,
    Status,
)
from merchant_app.till.statement_desk import StatementDesk
from merchant_app.till.statements import LiveStatementDesk
from merchant_app.till.till import Till
from merchant_app.till.typed_codes import TypedCodes
from merchant_app.vouchers import verdicts
from merchant_app.vouchers.split import Part
from merchant_app.vouchers.terms import Voucher
from merchant_app.vouchers.verdicts import Verdict


class LiveCounter:
    """See `counter.Counter`.

    Attributes:
        closings: what can be asked about closings.
        statements: what can be asked about statements.
        receipts: what can be asked about receipts.
        archives: what can be asked about archives.
        pins: what can be done about the responsible person's code.
    """

    def __init__(self, till: Till) -> None:
        self._till = till
        self._listeners: list[Callable[[Status], None]] = []
        self._typed = TypedCodes(till.journal, till.clock, cashier=till.facts.cashier)
        self.closings: ClosingDesk = LiveClosingDesk(till)
        self.statements: StatementDesk = LiveStatementDesk(till)
        self.receipts: ReceiptDesk = LiveReceiptDesk(till)
        self.archives: ArchiveDesk = LiveArchiveDesk(till)
        self.pins: PinDesk = till.pins
        self._journal = LiveJournalDesk(till)
        self._people = search.People(till.copy)
        till.connectivity.listen(self._tell)

    def beat(self) -> object:
        """The sign of life; the outcome of its last call."""
        outcome = status.beat(self._till)
        # What was sent or heard changes more than the line.
        self._tell()
        return outcome

    def _tell(self) -> None:
        if self._listeners:
            now = self.status()
            for listener in self._listeners:
                listener(now)

    @property
    def facts(self) -> CounterFacts:
        return self._till.facts

    @property
    def journal(self) -> JournalDesk:
        return self._journal

    def look_up(self, text: str, *, purchase: Money | None) -> LookUp:
        return look_up.look_up(self._till, text, purchase=purchase)

    def proves(self, text: str) -> bool:
        """Whether a scanned text proves itself right: an issuer's signature, or check characters.
        Any thread; the network is not asked."""
        return look_up.proves(self._till.keys.keys(), text)

    def look_up_typed(self, text: str, *, purchase: Money | None) -> LookUp:
        return look_up.look_up_typed(self._till, self._typed, text, purchase=purchase)

    def search(self, text: str) -> SearchResult:
        return search.search(self._till, self._people, text)

    def look_up_hit(self, hit: Hit, *, purchase: Money | None) -> LookUp:
        return search.look_up_hit(self._till, hit, purchase=purchase)

    def judge(self, voucher: Voucher, *, purchase: Money | None, amount: Money) -> Verdict:
        return verdicts.judge(
            voucher,
            shop_number=self._till.shop.number,
            shop_name_of_voucher="",
            today=self._till.today(),
            purchase=purchase,
            amount=amount,
        )

    def confirm(self, asked: Asked, *, purchase: Money | None) -> LookUp:
        return look_up.confirm(self._till, asked, purchase=purchase)

    def redeem(
        self, voucher: Voucher, *, amount: Money, purchase: Money | None, again: bool = False
    ) -> RedeemResult:
        return self.redeem_basket((Part(voucher, amount),), purchase=purchase, again=again)

    def redeem_basket(
        self,
        parts: Sequence[Part],
        *,
        purchase: Money | None,
        again: bool = False,
        pin: str | None = None,
    ) -> RedeemResult:
        return redeem.redeem(self._till, parts, purchase=purchase, again=again, pin=pin)

    def honour(self, op_id: OpId) -> RedeemResult:
        return redeem.honour(self._till, op_id)

    def wait(self, op_id: OpId) -> RedeemResult:
        return redeem.wait(self._till, op_id)

    def cancel(self, op_id: OpId) -> RedeemResult:
        return redeem.cancel(self._till, op_id)

    def booked(self, op_ids: Collection[OpId]) -> frozenset[OpId]:
        return redeem.booked(self._till, op_ids)

    def reverse_last(self) -> ReverseResult:
        return reverse.reverse_last(self._till)

    def interrupted(self) -> tuple[Interrupted, ...]:
        return settle.interrupted(self._till)

    def settle(self, op_id: OpId, *, handed_over: bool) -> Settled:
        return settle.settle(self._till, op_id, handed_over=handed_over)

    def to_settle(self) -> ToSettle:
        return resolve.to_settle(self._till)

    def resolve(self, op_id: OpId, choice: Choice, *, note: str) -> ResolveResult:
        return resolve.resolve(self._till, op_id, choice, note=note)

    def may_leave(self) -> LeaveResult:
        return leave.may_leave(self._till)

    def sign_out(self) -> LeaveResult:
        return leave.sign_out(self._till)

    def status(self) -> Status:
        return status.status(self._till)

    def contact(self) -> Status:
        return status.contact(self._till)

    def on_status(self, listener: Callable[[Status], None]) -> None:
        self._listeners.append(listener)

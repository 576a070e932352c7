"""The counter: all that a screen can ask of the till."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from merchant_app.ids import OpId
from merchant_app.money import Money
from merchant_app.till.closing_desk import ClosingDesk
from merchant_app.till.hits import Hit, SearchResult
from merchant_app.till.journal_desk import JournalDesk
from merchant_app.till.matters import Choice, LeaveResult, ResolveResult, ToSettle
from merchant_app.till.pin_desk import PinDesk
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
from merchant_app.vouchers.split import Part
from merchant_app.vouchers.terms import Voucher
from merchant_app.vouchers.verdicts import Verdict

if TYPE_CHECKING:
    from merchant_app.till.archive_desk import ArchiveDesk


@dataclass(frozen=True, slots=True)
class CounterFacts:
    """Who stands where. Fixed while the window is open.

    Attributes:
        secrets_for_session_only: no keyring on this computer; after a restart the till must be
            enrolled again, and the screen says so.
        salvaged_entries: the journal was damaged at this start, and so many entries were saved; the
            screen says so. None: it was sound.
    """

    shop_name: str
    shop_city: str
    till_name: str
    cashier: str
    currency: str
    time_zone: str
    training: bool
    secrets_for_session_only: bool
    salvaged_entries: int | None = None


class Counter(Protocol):
    """The cashier's actions.

    Every method but `facts`, `journal`, `judge` and `status` may block, up to a few seconds: call
    them from worker threads; they may be called from several at once. They raise Problems (a full
    disk, a damaged journal), never network errors.
    """

    @property
    def facts(self) -> CounterFacts: ...

    @property
    def closings(self) -> ClosingDesk:
        """Clôture: its methods block as well."""
        ...

    @property
    def statements(self) -> StatementDesk:
        """Relevés: its methods block as well."""
        ...

    @property
    def archives(self) -> ArchiveDesk:
        """What can be asked about archives."""
        ...

    @property
    def pins(self) -> PinDesk:
        """The responsible person's code: its methods block as well."""
        ...

    @property
    def journal(self) -> JournalDesk:
        """What can be asked about what was recorded."""
        ...

    def look_up(self, text: str, *, purchase: Money | None) -> LookUp:
        """What was scanned or typed, and what may be done with it.

        The till's own copy of the vouchers answers, in milliseconds, when it knows the voucher
        (`Judged.local_from`); the central service otherwise.

        Args:
            text: anything a camera, a scanner gun or a person came up with.
            purchase: the total of the whole purchase; None when it was not typed.
        """
        ...

    def look_up_typed(self, text: str, *, purchase: Money | None) -> LookUp:
        """`look_up` of what a person typed. Codes in a row that are nobody's make her wait
        (TypingPaused): 30 s after the fifth, twice as long after each that follows."""
        ...

    def search(self, text: str) -> SearchResult:
        """Vouchers of the till's own list by name, e-mail address or order number; recorded.

        Args:
            text: something that `vouchers.holders.query_of` takes.
        """
        ...

    def look_up_hit(self, hit: Hit, *, purchase: Money | None) -> LookUp:
        """`look_up` of the voucher that was chosen among the hits of a search; recorded. The
        voucher's `holder` is then the whole name."""
        ...

    def confirm(self, asked: Asked, *, purchase: Money | None) -> LookUp:
        """The central service's own answer to what `look_up` answered from the till's copy.

        NoAnswerYet when it cannot be asked: the till's own answer then stands.
        """
        ...

    def judge(self, voucher: Voucher, *, purchase: Money | None, amount: Money) -> Verdict:
        """What the amount in the field would lead to. Pure and immediate; asks nobody."""
        ...

    def redeem(
        self, voucher: Voucher, *, amount: Money, purchase: Money | None, again: bool = False
    ) -> RedeemResult:
        """Enter, with one voucher: see `redeem_basket`."""
        ...

    def redeem_basket(
        self,
        parts: Sequence[Part],
        *,
        purchase: Money | None,
        again: bool = False,
        pin: str | None = None,
    ) -> RedeemResult:
        """Enter: record the redemption, send it, wait for the outcome, record the decision.

        One id for all its vouchers, and all or nothing: where one is refused, none is debited.
        Offline it is accepted at once, within the limits (AcceptedOffline), or not begun at all
        (OfflineRefused). `again`: the cashier has said that the same voucher and amount within
        five minutes is no mistake (SameAgain). `pin`: after OfflineRefused, what was typed as the
        responsible person's code, a secret; PinRefused where it is not.
        """
        ...

    def honour(self, op_id: OpId) -> RedeemResult:
        """After RedeemUnknown: hand over all the same, within the offline limits.

        AcceptedOffline; OfflineRefused when a limit says no; Redeemed or RedeemRefused when the
        answer had already been recorded.
        """
        ...

    def wait(self, op_id: OpId) -> RedeemResult:
        """After RedeemUnknown: send again (same id) and wait once more."""
        ...

    def cancel(self, op_id: OpId) -> RedeemResult:
        """After RedeemUnknown: decide that nothing was handed over. Redeemed or RedeemRefused come
        back when the answer had already been recorded."""
        ...

    def booked(self, op_ids: Collection[OpId]) -> frozenset[OpId]:
        """Those of these redemptions that the central service has debited in full by now."""
        ...

    def reverse_last(self) -> ReverseResult:
        """Undo the last completed redemption of this till."""
        ...

    def interrupted(self) -> tuple[Interrupted, ...]:
        """Redemptions that a crash left without a decision, oldest first."""
        ...

    def settle(self, op_id: OpId, *, handed_over: bool) -> Settled:
        """The answer to an interrupted redemption: were the goods handed over?"""
        ...

    def to_settle(self) -> ToSettle:
        """Everything that ended badly and needs a person."""
        ...

    def resolve(self, op_id: OpId, choice: Choice, *, note: str) -> ResolveResult:
        """Record what a person decided about a card. RETRIED tries a new redemption of what is
        missing, on the same vouchers, and records the decision only when that was debited.

        Args:
            op_id: the card's.
            note: her reason, at most 120 characters; LOSS_ACCEPTED needs one.
        """
        ...

    def may_leave(self) -> LeaveResult:
        """Whether signing out, resetting or updating this till would lose anything."""
        ...

    def sign_out(self) -> LeaveResult:
        """Forget this enrolment and its secrets, only if nothing would be lost by it."""
        ...

    def status(self) -> Status: ...

    def contact(self) -> Status:
        """Ask the service for a sign of life and send what is unsent."""
        ...

    def on_status(self, listener: Callable[[Status], None]) -> None:
        """Call `listener` when the line changes and after every sign of life, in that thread."""
        ...

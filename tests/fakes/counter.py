"""A counter that answers from memory, with knobs for everything that can happen to a cashier."""

from __future__ import annotations

import threading
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from functools import partial
from uuid import UUID

from merchant_app.clock import business_date
from merchant_app.ids import OpId, ShopNumber, VoucherId
from merchant_app.money import Money
from merchant_app.till.counter import CounterFacts
from merchant_app.till.hits import Hit, Hits, SearchResult
from merchant_app.till.matters import (
    Card,
    Choice,
    Decided,
    LeaveResult,
    MayLeave,
    MustStay,
    ResolveResult,
    StepTaken,
    ToSettle,
    UnsentEntry,
)
from merchant_app.till.results import (
    AcceptedOffline,
    Asked,
    DebitedLine,
    Interrupted,
    Judged,
    LineState,
    LookUp,
    NoAnswerKind,
    NotAVoucher,
    NothingToReverse,
    OfflineStanding,
    RedeemCancelled,
    Redeemed,
    RedeemResult,
    RedeemUnknown,
    Reversed,
    ReverseResult,
    Settled,
    Status,
)
from merchant_app.vouchers import code as codes
from merchant_app.vouchers.scan import CodeText, Foreign, TokenText, classify
from merchant_app.vouchers.split import Part, total_of
from merchant_app.vouchers.terms import Terms, Voucher, VoucherStatus
from merchant_app.vouchers.verdicts import OtherCurrency, Unknown, Use, Verdict, judge
from tests.fakes.archive_desk import FakeArchiveDesk
from tests.fakes.clock import FakeClock
from tests.fakes.closing_desk import FakeClosingDesk
from tests.fakes.journal_desk import FakeJournalDesk
from tests.fakes.pin_desk import FakePinDesk
from tests.fakes.planned import Planned
from tests.fakes.statement_desk import FakeStatementDesk
from tests.fakes.waiting import LIMIT_S

SHOP = ShopNumber(7)
ZONE = "Europe/Paris"
NOON = datetime(2026, 11, 22, 11, 30, tzinfo=UTC)
FACTS = CounterFacts(
    shop_name="Librairie Cassiopée",
    shop_city="Val d’Oingt",
    till_name="Caisse 1",
    cashier="Claire",
    currency="EUR",
    time_zone=ZONE,
    training=False,
    secrets_for_session_only=False,
)

ONLINE = Status(LineState.ONLINE, NOON, NOON, 0)
COPIED_AT = NOON - timedelta(minutes=28)


def euros(amount: float) -> Money:
    """Money from a number that a test can be read with."""
    return Money(round(amount * 100), "EUR")


STANDING = OfflineStanding(count=3, count_max=40, sum=euros(120), sum_max=euros(300))


def code(number: int) -> str:
    """The nth voucher's code, grouped as it is printed."""
    return codes.grouped(codes.encode(number * 7_919_000_000_000_003 + 11))


def voucher(
    number: int = 1,
    *,
    balance: float = 50,
    face: float = 50,
    holder: str = "Claire D.",
    terms: Terms | None = None,
    status: VoucherStatus = VoucherStatus.ACTIVE,
    shop: int = SHOP,
) -> Voucher:
    """A voucher of the fake's shop."""
    label = codes.label(codes.encode(number * 7_919_000_000_000_003 + 11))
    return Voucher(
        voucher_id=VoucherId(UUID(int=number)),
        shop_number=ShopNumber(shop),
        face=euros(face),
        balance=euros(balance),
        terms=terms if terms is not None else Terms(expires_on=date(2026, 12, 31)),
        status=status,
        label=label,
        holder=holder,
    )


@dataclass
class FakeCounter:
    """Holds the `Counter` protocol.

    Knobs:
        gate: clear it, and every blocking call waits until it is set.
        next_search, next_look_up, next_confirm, next_redeem, next_wait, next_honour, next_cancel,
            next_reverse, next_resolve: answers, or exceptions to raise, used up before its own.
        copied_at: when set, look-ups are answered from the till's own copy of that age.
        journal: what was recorded.
        cards, decided: what is to settle, and what was.
        unsent: what signing out would lose.
        now_booked: redemptions that the service has debited in full.
        calls: what was asked, in order.
        archives, closings, pins, statements: desks with knobs of their own.
    """

    facts: CounterFacts = FACTS
    clock: FakeClock = field(default_factory=partial(FakeClock, NOON))
    vouchers: dict[str, Voucher] = field(default_factory=dict)
    history: dict[str, tuple[Use, ...]] = field(default_factory=dict)
    questions: tuple[Interrupted, ...] = ()
    current: Status = ONLINE
    gate: threading.Event = field(default_factory=threading.Event)
    copied_at: datetime | None = None
    cards: tuple[Card, ...] = ()
    decided: tuple[Card, ...] = ()
    unsent: tuple[UnsentEntry, ...] = ()
    now_booked: frozenset[OpId] = frozenset()
    journal: FakeJournalDesk = field(default_factory=FakeJournalDesk)
    signed_out: bool = False
    next_look_up: Planned[LookUp] = field(default_factory=Planned)
    next_search: Planned[SearchResult] = field(default_factory=Planned)
    next_confirm: Planned[LookUp] = field(default_factory=Planned)
    next_honour: Planned[RedeemResult] = field(default_factory=Planned)
    next_resolve: Planned[ResolveResult] = field(default_factory=Planned)
    next_redeem: Planned[RedeemResult] = field(default_factory=Planned)
    next_wait: Planned[RedeemResult] = field(default_factory=Planned)
    next_cancel: Planned[RedeemResult] = field(default_factory=Planned)
    next_reverse: Planned[ReverseResult] = field(default_factory=Planned)
    archives: FakeArchiveDesk = field(default_factory=FakeArchiveDesk)
    pins: FakePinDesk = field(default_factory=FakePinDesk)
    calls: list[tuple[str, object]] = field(default_factory=list)
    statements: FakeStatementDesk = field(default_factory=FakeStatementDesk)

    def __post_init__(self) -> None:
        self.gate.set()
        self._guard = threading.Lock()
        self.closings = FakeClosingDesk(
            self.clock, called=self._called, training=self.facts.training
        )
        self._number = 0
        self._done: list[Redeemed] = []
        self._amounts: dict[OpId, tuple[Part, ...]] = {}
        self._listeners: list[Callable[[Status], None]] = []

    def add(self, number: int, **terms: object) -> str:
        """Another voucher; its code."""
        made = voucher(number, **terms)  # type: ignore[arg-type]  # a shorthand of tests
        self.vouchers[code(number)] = made
        return code(number)

    def asked(self, name: str) -> int:
        """How often that was called."""
        return sum(1 for called, _ in self.calls if called == name)

    def look_up(self, text: str, *, purchase: Money | None) -> LookUp:
        self._called("look_up", purchase)
        given = self.next_look_up.take()
        return given if given is not None else self._found(text, purchase, self.copied_at)

    def look_up_typed(self, text: str, *, purchase: Money | None) -> LookUp:
        return self.look_up(text, purchase=purchase)

    def search(self, text: str) -> SearchResult:
        self._called("search", text)
        return self.next_search.take() or Hits(())

    def look_up_hit(self, hit: Hit, *, purchase: Money | None) -> LookUp:
        self._called("look_up_hit", hit)
        return self._found(hit.voucher_id, purchase, self.copied_at)

    def confirm(self, asked: Asked, *, purchase: Money | None) -> LookUp:
        self._called("confirm", purchase)
        given = self.next_confirm.take()
        return given if given is not None else self._found(asked, purchase, None)

    def _found(self, asked: Asked, purchase: Money | None, copied_at: datetime | None) -> LookUp:
        scan = classify(asked if isinstance(asked, str) else code(asked.int))
        match scan:
            case Foreign():
                return NotAVoucher(scan)
            case TokenText():
                return Judged(Unknown(), "")
            case CodeText(code=short):
                grouped = codes.grouped(short)
                found = self.vouchers.get(grouped)
                if found is None:
                    return Judged(Unknown(), "")
                if found.balance.currency != self.facts.currency:
                    other = OtherCurrency(found, self.facts.currency)
                    return Judged(other, found.label, copied_at)
                return Judged(self._judge(found, purchase, None), found.label, copied_at)

    def judge(self, voucher: Voucher, *, purchase: Money | None, amount: Money) -> Verdict:
        return self._judge(voucher, purchase, amount)

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
        self._called("redeem again" if again else "redeem", total_of(parts))
        refused = None if pin is None else self.pins.refusal(pin)
        if refused is not None:
            return refused
        op_id = self._op_id()
        self._amounts[op_id] = tuple(parts)
        given = self.next_redeem.take()
        return given if given is not None else self._debit(op_id)

    def wait(self, op_id: OpId) -> RedeemResult:
        self._called("wait", op_id)
        given = self.next_wait.take()
        return given if given is not None else self._debit(op_id)

    def cancel(self, op_id: OpId) -> RedeemResult:
        self._called("cancel", op_id)
        given = self.next_cancel.take()
        if given is not None:
            return given
        amount = total_of(self._amounts[op_id]) if op_id in self._amounts else euros(0)
        return RedeemCancelled(op_id, amount, confirmed=True)

    def honour(self, op_id: OpId) -> RedeemResult:
        self._called("honour", op_id)
        given = self.next_honour.take()
        if given is not None:
            return given
        return self.accepted(total_of(self._amounts[op_id]), op_id=op_id)

    def booked(self, op_ids: Collection[OpId]) -> frozenset[OpId]:
        self._called("booked", tuple(op_ids))
        return self.now_booked & frozenset(op_ids)

    def accepted(self, amount: Money, *, op_id: OpId | None = None) -> AcceptedOffline:
        """What the redemption under way, or the next one, comes to when it is accepted offline."""
        return AcceptedOffline(
            op_id if op_id is not None else OpId(UUID(int=self._number + 1)),
            (DebitedLine("…H2M7", amount, euros(0)),),
            41,
            "9C01D7EE",
            self.clock.now(),
            STANDING,
        )

    def to_settle(self) -> ToSettle:
        self._called("to_settle", None)
        return ToSettle(self.questions, self.cards, self.decided)

    def resolve(self, op_id: OpId, choice: Choice, *, note: str) -> ResolveResult:
        self._called("resolve", (choice, note))
        given = self.next_resolve.take()
        if given is not None:
            return given
        card = next(card for card in self.cards if card.op_id == op_id)
        step = StepTaken(choice, note, self.clock.now(), self.facts.cashier)
        stays = choice is Choice.CUSTOMER_CALLED
        card = replace(card, steps=(*card.steps, step), is_open=stays)
        others = tuple(other for other in self.cards if other.op_id != op_id)
        if stays:
            self.cards = tuple(card if c.op_id == op_id else c for c in self.cards)
        else:
            self.cards, self.decided = others, (card, *self.decided)
        return Decided(card)

    def may_leave(self) -> LeaveResult:
        self._called("may_leave", None)
        to_settle = len(self.questions) + len(self.cards)
        if self.unsent or to_settle:
            return MustStay(self.unsent, to_settle)
        return MayLeave()

    def sign_out(self) -> LeaveResult:
        self._called("sign_out", None)
        result = self.may_leave()
        self.signed_out = isinstance(result, MayLeave)
        return result

    def reverse_last(self) -> ReverseResult:
        self._called("reverse_last", None)
        given = self.next_reverse.take()
        if given is not None:
            return given
        if not self._done:
            return NothingToReverse()
        last = self._done.pop()
        lines = []
        for line in last.lines:
            key, held = next((k, v) for k, v in self.vouchers.items() if v.label == line.label)
            back = replace(held, balance=held.balance + line.amount)
            self.vouchers[key] = back
            lines.append(DebitedLine(line.label, line.amount, back.balance))
        return Reversed(last.op_id, tuple(lines))

    def interrupted(self) -> tuple[Interrupted, ...]:
        return self.questions

    def settle(self, op_id: OpId, *, handed_over: bool) -> Settled:
        self._called("settle", handed_over)
        question = next(q for q in self.questions if q.op_id == op_id)
        self.questions = tuple(q for q in self.questions if q.op_id != op_id)
        return Settled(op_id, handed_over, question.amount, euros(0) if handed_over else None)

    def status(self) -> Status:
        return self.current

    def contact(self) -> Status:
        self._called("contact", None)
        return self.current

    def on_status(self, listener: Callable[[Status], None]) -> None:
        self._listeners.append(listener)

    def tell_status(self, status: Status) -> None:
        """The line changed: tell everybody, from a thread that is not theirs."""
        self.current = status
        for listener in self._listeners:
            thread = threading.Thread(target=listener, args=(status,))
            thread.start()
            thread.join()

    def unknown(self, amount: Money, why: NoAnswerKind = NoAnswerKind.SLOW) -> RedeemUnknown:
        """The answer of a service that gave none, for the next redemption's id."""
        return RedeemUnknown(OpId(UUID(int=self._number + 1)), amount, why)

    def unknown_now(self, amount: Money, why: NoAnswerKind = NoAnswerKind.SLOW) -> RedeemUnknown:
        """The same for the redemption under way."""
        return RedeemUnknown(OpId(UUID(int=self._number)), amount, why)

    def _judge(self, of: Voucher, purchase: Money | None, amount: Money | None) -> Verdict:
        key = next((k for k, v in self.vouchers.items() if v.voucher_id == of.voucher_id), "")
        return judge(
            of,
            shop_number=SHOP,
            shop_name_of_voucher="Librairie Obliques, Auxerre",
            today=business_date(self.clock.now(), ZONE),
            purchase=purchase,
            amount=amount,
            history=self.history.get(key, ()),
        )

    def _debit(self, op_id: OpId) -> Redeemed:
        lines = tuple(self._debit_one(part) for part in self._amounts[op_id])
        number = 40 + len(self._done)
        done = Redeemed(op_id, lines, number, "3F9A12BC", self.clock.now())
        self._done.append(done)
        return done

    def _debit_one(self, part: Part) -> DebitedLine:
        rest = replace(part.voucher, balance=part.voucher.balance - part.amount)
        for key, known in self.vouchers.items():
            if known.voucher_id == rest.voucher_id:
                self.vouchers[key] = rest
        return DebitedLine(rest.label, part.amount, rest.balance)

    def _op_id(self) -> OpId:
        with self._guard:
            self._number += 1
            return OpId(UUID(int=self._number))

    def _called(self, name: str, detail: object) -> None:
        with self._guard:
            self.calls.append((name, detail))
        if not self.gate.wait(LIMIT_S):
            raise AssertionError("the test never opened the gate")

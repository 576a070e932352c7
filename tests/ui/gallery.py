"""Every state of the Encaisser screen, once: looked at as pictures, and measured by tests."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from functools import cache, reduce
from itertools import product
from operator import add
from uuid import UUID

import numpy as np
import segno

from merchant_app.errors import ProblemKind
from merchant_app.i18n import formatting
from merchant_app.ids import OpId, VoucherId
from merchant_app.money import BadAmount, Money, parse_amount
from merchant_app.scanning.camera import (
    Asleep,
    Busy,
    CameraStatus,
    Ended,
    Lost,
    Missing,
    Running,
)
from merchant_app.scanning.confirmation import InView
from merchant_app.scanning.frames import Frame
from merchant_app.scanning.quality import Advice
from merchant_app.till.counter import CounterFacts
from merchant_app.till.hits import Hit, Hits, NoList, SearchResult, TooManyHits
from merchant_app.till.results import (
    AcceptedOffline,
    DebitedLine,
    Interrupted,
    Lift,
    Limit,
    LineState,
    NoAnswerKind,
    NoAnswerYet,
    NotAuthorisedKind,
    NotEntitled,
    NothingToReverse,
    OfflineRefused,
    PinRefused,
    RedeemCancelled,
    Redeemed,
    RedeemRefused,
    RedeemUnknown,
    RefusedLine,
    ReversalPending,
    ReversalRefused,
    Reversed,
    SameAgain,
    Settled,
    Status,
)
from merchant_app.ui.encaisser import states as st
from merchant_app.ui.encaisser.entry import Entry, entry_of, waiting
from merchant_app.ui.encaisser.several import Wrong
from merchant_app.vouchers import typed
from merchant_app.vouchers.code import ALPHABET
from merchant_app.vouchers.holders import HolderField
from merchant_app.vouchers.scan import Foreign
from merchant_app.vouchers.split import AboveTotal, Available, Part, Split, propose
from merchant_app.vouchers.terms import Terms, Voucher, VoucherStatus
from merchant_app.vouchers.verdicts import (
    AmountAboveBalance,
    BelowMinimumPurchase,
    Expired,
    NotYetValid,
    OtherCurrency,
    OtherShop,
    PartUseNotAllowed,
    Reason,
    Revoked,
    Unknown,
    UnknownKey,
    Use,
    UsedUp,
    Valid,
    Verdict,
    WrongSignature,
)
from tests.fakes.counter import FACTS, NOON, ONLINE, STANDING, code, euros, voucher

OP = OpId(UUID(int=1))
OTHER_OP = OpId(UUID(int=2))
AT = NOON - timedelta(minutes=28)
FIFTY = voucher(1)
ALONE = (Part(FIFTY, euros(50)),)
LABEL = FIFTY.label
USES = (
    Use(datetime(2026, 3, 3, 13, 12, tzinfo=UTC), "Caisse 2", euros(30)),
    Use(datetime(2026, 1, 1, 10, 5, tzinfo=UTC), "Caisse 1", euros(12.5)),
    Use(datetime(2025, 12, 24, 16, 40, tzinfo=UTC), "Caisse 1", euros(5)),
    Use(datetime(2025, 12, 23, 9, 3, tzinfo=UTC), "Caisse 2", euros(2.5)),
)
_ONCE = Terms(partial_allowed=False, expires_on=date(2026, 12, 31))
_MINIMUM = Terms(minimum_purchase=euros(80), expires_on=date(2026, 12, 31))
_REDEEMED = Redeemed(OP, (DebitedLine(LABEL, euros(50), euros(0)),), 47, "3F9A12BC", AT)
_PARTLY = Redeemed(OP, (DebitedLine(LABEL, euros(37), euros(13)),), 48, "8D04E61A", AT)
BASKET = (
    st.BasketLine(OTHER_OP, "…XAB2", euros(20)),
    st.BasketLine(OP, "…9TT1", euros(30)),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """One state with what stands around it."""

    name: str
    state: st.State
    purchase: Money | None = None
    purchase_error: BadAmount | None = None
    basket: tuple[st.BasketLine, ...] = ()
    hint: st.Hint = st.Hint.NONE
    amount: str = ""
    status: Status = ONLINE
    facts: CounterFacts = FACTS
    camera: CameraStatus | None = None
    crowded: bool = False
    typed: str = ""
    found: SearchResult | None = None
    selected: int | None = None
    advice: Advice | None = None
    mirrored: bool = False
    waits: st.Several | None = None

    def screen(self, fill: int) -> st.Screen:
        """As the presenter would publish it; `fill` numbers the orders to the fields."""
        paid = sum(line.amount.minor for line in self.basket)
        left = None
        if self.purchase is not None:
            left = Money(max(0, self.purchase.minor - paid), "EUR")
        text = "" if self.purchase is None else formatting.field_amount(self.purchase)
        return st.Screen(
            state=self.state,
            number=fill,
            hint=self.hint,
            purchase=self.purchase,
            purchase_error=self.purchase_error,
            left=left,
            basket=self.basket,
            undo=self._undo(),
            amount_fill=(fill, self._amount_text()),
            purchase_fill=(fill, text),
            code_fill=(fill, self.typed),
            focus=(fill, self._focus()),
            offline=self._offline(),
            waiting=self._waiting(),
            entry=self._entry(),
        )

    def _waiting(self) -> tuple[st.WaitingLine, ...]:
        of = self.state if isinstance(self.state, st.Several) else self.waits
        if of is None:
            return ()
        return tuple(
            st.WaitingLine(
                share.voucher.voucher_id,
                share.voucher.label,
                share.amount,
                share.idle,
                chosen=of is self.state and share.voucher.voucher_id == of.chosen,
            )
            for share in of.split.shares
        )

    def _undo(self) -> Money | None:
        last = [line.amount for line in self.basket if line.op_id == self.basket[-1].op_id]
        return reduce(add, last) if last else None

    def _focus(self) -> st.Focus:
        at_hand = bool(self.amount) or isinstance(self.state, st.Several)
        return st.Focus.AMOUNT if at_hand else st.Focus.CODE

    def _entry(self) -> Entry:
        if isinstance(self.state, st.TypingPaused):
            return waiting(27)
        return entry_of(typed.read(self.typed), self.found, self.selected)

    def _offline(self) -> st.Offline | None:
        cut = self.status.line is LineState.OFFLINE
        return st.Offline(self.status.redemption_max) if cut else None

    def _amount_text(self) -> str:
        amount = parse_amount(self.amount, "EUR")
        return formatting.field_amount(amount) if isinstance(amount, Money) else self.amount


def offline(unsent: int, *, why: NoAnswerKind = NoAnswerKind.DOWN, **facts: object) -> Status:
    """The line is cut, and so many sales are kept."""
    status = Status(
        LineState.OFFLINE,
        AT,
        AT,
        unsent,
        why,
        unsent_sales=unsent,
        unsent_at=AT if unsent else None,
        offline=STANDING,
        redemption_max=euros(50),
        snapshot_at=AT,
    )
    return replace(status, **facts)  # type: ignore[arg-type]  # a shorthand of the gallery


def debitable(
    of: Voucher,
    verdict: Verdict,
    *,
    amount: Money | BadAmount | None = None,
    judged: Verdict | None = None,
    history: tuple[Use, ...] = (),
) -> st.Debitable:
    """A voucher at hand."""
    wanted = of.balance if amount is None else amount
    return st.Debitable(
        voucher=of,
        verdict=verdict,
        label=of.label,
        history=history,
        amount=wanted,
        judged=judged if judged is not None or isinstance(wanted, BadAmount) else verdict,
    )


def _valid(of: Voucher = FIFTY) -> st.Debitable:
    return debitable(of, Valid(of, of.balance))


def _debitable_scenes() -> tuple[Scene, ...]:
    partly = voucher(2, balance=20, holder="M. et Mme Delacroix-Vandenberghe de la Tour d’Auvergne")
    once = voucher(3, terms=_ONCE)
    least = voucher(4, terms=_MINIMUM)
    local = st.Basis(st.Word.LOCAL, AT)
    hundred = voucher(1, balance=100, face=100)
    return (
        Scene(name="valid", state=_valid(), amount="50,00"),
        Scene(
            name="valid-part-of-purchase",
            state=debitable(FIFTY, Valid(FIFTY, euros(37)), amount=euros(37)),
            amount="37,00",
            purchase=euros(87),
            basket=BASKET,
        ),
        Scene(
            name="valid-used-before",
            state=debitable(partly, Valid(partly, euros(20)), history=USES),
            amount="20,00",
            purchase=euros(120),
        ),
        Scene(
            name="valid-offline",
            state=replace(_valid(), basis=local),
            amount="50,00",
            status=offline(2),
        ),
        Scene(
            name="valid-offline-above",
            state=replace(_valid(hundred), basis=local),
            amount="100,00",
            status=offline(2),
        ),
        Scene(
            name="valid-offline-none",
            state=replace(
                _valid(), basis=st.Basis(st.Word.LOCAL, NOON - timedelta(days=4)), history=USES[:2]
            ),
            amount="50,00",
            status=offline(
                3,
                redemption_max=None,
                snapshot_at=NOON - timedelta(days=4),
                why=NoAnswerKind.BEING_RESTORED,
            ),
        ),
        Scene(
            name="valid-corrected",
            state=replace(_valid(partly), basis=st.Basis(st.Word.CORRECTED)),
            amount="20,00",
        ),
        Scene(
            name="amount-above-balance",
            state=debitable(
                FIFTY,
                Valid(FIFTY, euros(50)),
                amount=euros(60),
                judged=AmountAboveBalance(FIFTY, euros(60)),
            ),
            amount="60,00",
        ),
        Scene(
            name="amount-bad",
            state=debitable(FIFTY, Valid(FIFTY, euros(50)), amount=BadAmount.TOO_MANY_DECIMALS),
            amount="12,505",
        ),
        Scene(
            name="whole-only",
            state=debitable(
                once, PartUseNotAllowed(once, euros(20)), judged=Valid(once, euros(50))
            ),
            amount="50,00",
            purchase=euros(20),
        ),
        Scene(
            name="minimum-unknown-purchase",
            state=debitable(least, BelowMinimumPurchase(least, euros(80), None)),
            amount="50,00",
        ),
        Scene(
            name="minimum-not-reached",
            state=debitable(least, BelowMinimumPurchase(least, euros(80), euros(45))),
            amount="45,00",
            purchase=euros(45),
        ),
    )


THREE = (
    voucher(2, terms=Terms(expires_on=date(2027, 6, 30))),
    voucher(3, balance=20, face=20, terms=Terms(expires_on=date(2026, 12, 31))),
    voucher(4, terms=Terms(expires_on=date(2027, 3, 31))),
)


def several(
    *vouchers: Voucher,
    total: Money,
    chosen: int = -1,
    by_hand: Money | None = None,
    amount: BadAmount | None = None,
    wrong: Wrong | None = None,
    basis: st.Basis = st.CENTRAL,
) -> st.Several:
    """These at hand against a purchase of `total`; `by_hand` is on the chosen one."""
    picked = vouchers[chosen]
    available = [Available(one, by_hand if one is picked else None) for one in vouchers]
    split = propose(available, total)
    assert isinstance(split, Split)
    return st.Several(
        split=split,
        chosen=picked.voucher_id,
        amount=amount,
        wrong=wrong,
        total_known=True,
        basis=basis,
    )


def _several_scenes() -> tuple[Scene, ...]:
    whole = voucher(6, terms=_ONCE)
    least = voucher(7, terms=_MINIMUM)
    many = tuple(voucher(number) for number in range(10, 18))
    total = euros(87)
    refused = RedeemRefused(
        OP, (RefusedLine(THREE[1].label, Reason.USED_UP, THREE[1].voucher_id),), None
    )
    parts = several(*THREE, total=total).split.parts
    beyond = OfflineRefused(None, Limit.REDEMPTION, None, STANDING)
    one_beyond = OfflineRefused(None, Limit.VOUCHER, None, STANDING, THREE[0].voucher_id)
    lines = tuple(
        DebitedLine(p.voucher.label, p.amount, p.voucher.balance - p.amount) for p in parts
    )
    done = Redeemed(OP, lines, 49, "5B1FF0D2", AT)
    paid = tuple(st.BasketLine(OP, line.label, line.amount) for line in lines)
    return (
        Scene(name="basket", state=several(*THREE, total=total), purchase=total, amount="50,00"),
        Scene(
            name="basket-by-hand",
            state=several(*THREE, total=total, chosen=0, by_hand=euros(30)),
            purchase=total,
            amount="30,00",
        ),
        Scene(
            name="basket-cash",
            state=several(THREE[0], THREE[1], total=total),
            purchase=total,
            amount="20,00",
        ),
        Scene(
            name="basket-idle",
            state=several(THREE[0], THREE[1], whole, least, total=euros(60), chosen=0),
            purchase=euros(60),
        ),
        Scene(
            name="basket-none",
            state=several(least, whole, total=euros(40)),
            purchase=euros(40),
        ),
        Scene(
            name="basket-whole",
            state=several(whole, THREE[1], total=euros(40), chosen=0, by_hand=euros(50)),
            purchase=euros(40),
            amount="50,00",
        ),
        Scene(
            name="basket-above",
            state=several(
                *THREE, total=total, chosen=1, wrong=AmountAboveBalance(THREE[1], euros(40))
            ),
            purchase=total,
            amount="40,00",
        ),
        Scene(
            name="basket-above-total",
            state=several(
                *THREE,
                total=total,
                chosen=0,
                wrong=AboveTotal(THREE[0], euros(50), euros(17)),
            ),
            purchase=total,
            amount="50,00",
        ),
        Scene(
            name="basket-bad",
            state=several(*THREE, total=total, amount=BadAmount.NOT_A_NUMBER),
            purchase=total,
            amount="5O",
        ),
        Scene(
            name="basket-many",
            state=several(*many, total=euros(380)),
            purchase=euros(380),
            amount="30,00",
        ),
        Scene(
            name="basket-offline",
            state=several(*THREE, total=total, basis=st.Basis(st.Word.LOCAL, AT)),
            purchase=total,
            amount="50,00",
            status=offline(2),
        ),
        Scene(
            name="basket-refused",
            state=st.Refused(refused, others=2),
            purchase=total,
            waits=several(THREE[0], THREE[2], total=total),
        ),
        Scene(
            name="basket-limit",
            state=st.BeyondLimit(beyond, parts, None),
            purchase=total,
            waits=several(*THREE, total=total),
            status=offline(2),
        ),
        Scene(
            name="basket-limit-voucher",
            state=st.BeyondLimit(one_beyond, parts, None),
            purchase=total,
            waits=several(*THREE, total=total),
            status=offline(2),
        ),
        Scene(
            name="basket-same-again",
            state=st.Twice(SameAgain(THREE[1].label, euros(20), AT), parts),
            purchase=total,
            waits=several(*THREE, total=total),
        ),
        Scene(
            name="basket-declined",
            state=st.Declined(Expired(FIFTY, date(2025, 12, 31)), LABEL),
            purchase=total,
            waits=several(*THREE, total=total),
        ),
        Scene(name="basket-debited", state=st.Debited(done), purchase=total, basket=paid),
        Scene(name="basket-undone", state=st.Undone(Reversed(OP, lines)), purchase=total),
        Scene(name="basket-undo", state=st.ConfirmUndo(done), purchase=total, basket=paid),
    )


def _declined_scenes() -> tuple[Scene, ...]:
    empty = voucher(5, balance=0)
    verdicts: tuple[tuple[str, Verdict], ...] = (
        ("unknown", Unknown()),
        ("other-shop-unnamed", OtherShop("")),
        ("other-shop", OtherShop("Librairie Jean-Jacques Rousseau, Chambéry")),
        ("not-yet-valid", NotYetValid(FIFTY, date(2026, 12, 1))),
        ("expired", Expired(FIFTY, date(2025, 12, 31))),
        ("used-up", UsedUp(empty, USES)),
        ("revoked", Revoked(voucher(6, status=VoucherStatus.REVOKED))),
        ("wrong-signature", WrongSignature()),
        ("unknown-key", UnknownKey(9)),
        ("other-currency", OtherCurrency(replace(FIFTY, balance=Money(5_000, "CHF")), "EUR")),
        ("not-enough-left", AmountAboveBalance(FIFTY, euros(60))),
    )
    local = st.Basis(st.Word.LOCAL, AT)
    return (
        *(Scene(name=name, state=st.Declined(v, LABEL)) for name, v in verdicts),
        Scene(
            name="used-up-offline",
            state=st.Declined(UsedUp(empty, USES), LABEL, local),
            status=offline(0),
        ),
    )


def _redeem_scenes() -> tuple[Scene, ...]:
    unknown = RedeemUnknown(OP, euros(50), NoAnswerKind.SLOW)
    used_up = RefusedLine(LABEL, Reason.USED_UP, FIFTY.voucher_id)
    refused = RedeemRefused(OP, (used_up,), UsedUp(FIFTY, USES[:1]))
    bare = RedeemRefused(OP, (RefusedLine(LABEL, Reason.EXPIRED, FIFTY.voucher_id),), None)
    cut = offline(1, why=NoAnswerKind.SLOW)
    busy = st.Hint.FINISH_FIRST
    return (
        Scene(name="debiting", state=st.Debiting((Part(FIFTY, euros(50)),)), amount="50,00"),
        Scene(name="debited", state=st.Debited(_REDEEMED), basket=BASKET[:1]),
        Scene(name="debited-rest", state=st.Debited(_PARTLY), basket=BASKET, purchase=euros(87)),
        Scene(name="refused", state=st.Refused(refused)),
        Scene(name="refused-bare", state=st.Refused(bare)),
        Scene(
            name="no-answer",
            state=st.Unanswered(unknown, asking=True),
            amount="50,00",
            status=cut,
        ),
        Scene(
            name="no-answer-hint",
            state=st.Unanswered(unknown),
            amount="50,00",
            status=cut,
            hint=busy,
        ),
        Scene(
            name="no-answer-cancelling",
            state=st.Unanswered(unknown, asking=True, wanted=st.Wanted.CANCEL),
            amount="50,00",
            status=cut,
        ),
        Scene(name="cancelling", state=st.Cancelling(OP, euros(50))),
        Scene(name="cancelled", state=st.Cancelled(RedeemCancelled(OP, euros(50), True))),
        Scene(
            name="cancelled-here",
            state=st.Cancelled(RedeemCancelled(OP, euros(50), False)),
            status=cut,
        ),
    )


def _beyond(lift: Lift, *, most: float | None = None) -> OfflineRefused:
    part = None if most is None else euros(most)
    return OfflineRefused(None, Limit.TILL_SUM, part, STANDING, lift=lift)


def _offline_scenes() -> tuple[Scene, ...]:
    unknown = RedeemUnknown(OP, euros(50), NoAnswerKind.DOWN)
    accepted = AcceptedOffline(OP, _PARTLY.lines, 41, "9C01D7EE", NOON, STANDING)
    not_confirmed = st.BasketLine(OP, LABEL, euros(37), confirmed=False)
    again = SameAgain(LABEL, euros(20), NOON - timedelta(minutes=2))
    slow = Status(
        LineState.DEGRADED, AT, NOON - timedelta(seconds=40), 1, NoAnswerKind.SLOW, unsent_sales=1
    )
    copying = Status(LineState.ONLINE, AT, NOON, 0, copying=3_200)
    mirror = Status(LineState.ONLINE, AT, NOON, 0, mirror_broken_since=AT)
    return (
        Scene(
            name="accepted-offline",
            state=st.Accepted(accepted),
            basket=(BASKET[0], not_confirmed),
            purchase=euros(87),
            status=offline(3),
        ),
        *(
            Scene(
                name=f"limit-{limit.value.replace('_', '-')}",
                state=st.BeyondLimit(OfflineRefused(None, limit, None, STANDING), ALONE, None),
                status=offline(3),
            )
            for limit in Limit
        ),
        *(
            Scene(
                name=f"limit-lift-{lift.value.replace('_', '-')}",
                state=st.BeyondLimit(_beyond(lift), ALONE, None),
                status=offline(3),
            )
            for lift in (Lift.WITH_PIN, Lift.NO_PIN_SET)
        ),
        Scene(
            name="limit-lift-or-part",
            state=st.BeyondLimit(_beyond(Lift.WITH_PIN, most=25), ALONE, Part(FIFTY, euros(25))),
            status=offline(3),
        ),
        *(
            Scene(
                name=f"pin{name}",
                state=st.AskingPin(_beyond(Lift.WITH_PIN), ALONE, None, told),
                status=offline(3),
                hint=hint,
            )
            for name, told, hint in (
                ("", None, st.Hint.NONE),
                ("-wrong", PinRefused(wrong=True, wait_s=0), st.Hint.NONE),
                ("-wrong-wait", PinRefused(wrong=True, wait_s=30), st.Hint.NONE),
                ("-early", PinRefused(wrong=False, wait_s=1_800), st.Hint.NONE),
                ("-no-digits", None, st.Hint.PIN_FIRST),
            )
        ),
        Scene(
            name="limit-with-offer",
            state=st.BeyondLimit(
                OfflineRefused(None, Limit.VOUCHER, euros(25), STANDING),
                ALONE,
                Part(FIFTY, euros(25)),
            ),
            status=offline(3),
        ),
        Scene(
            name="no-answer-offline",
            state=st.Unanswered(unknown),
            amount="50,00",
            status=offline(1),
        ),
        Scene(
            name="no-answer-honour-wanted",
            state=st.Unanswered(unknown, asking=True, wanted=st.Wanted.HONOUR),
            amount="50,00",
            status=offline(1),
        ),
        Scene(
            name="no-answer-beyond-limit",
            state=st.Unanswered(
                unknown, refused=OfflineRefused(OP, Limit.SNAPSHOT_AGE, None, STANDING)
            ),
            amount="50,00",
            status=offline(1),
        ),
        Scene(name="honouring", state=st.Honouring(unknown), status=offline(1)),
        Scene(name="same-again", state=st.Twice(again, ALONE)),
        Scene(name="ready-offline", state=st.Ready(), status=offline(3)),
        Scene(name="ready-slow-line", state=st.Ready(), status=slow),
        Scene(name="ready-copying", state=st.Ready(), status=copying),
        Scene(name="ready-mirror-broken", state=st.Ready(), status=mirror),
    )


def _undo_scenes() -> tuple[Scene, ...]:
    back = Reversed(OP, (DebitedLine(LABEL, euros(50), euros(50)),))
    basket = BASKET[:1]
    return (
        Scene(name="undo-confirm", state=st.ConfirmUndo(_REDEEMED), basket=basket),
        Scene(name="undo-confirm-earlier", state=st.ConfirmUndo(None)),
        Scene(name="undoing", state=st.Reversing(_REDEEMED), basket=basket),
        Scene(name="undone", state=st.Undone(back)),
        Scene(name="undo-pending", state=st.Undone(ReversalPending(OP, euros(50)))),
        Scene(name="undo-refused", state=st.NotUndone(ReversalRefused(OP)), basket=basket),
        Scene(name="undo-nothing", state=st.NotUndone(NothingToReverse())),
    )


def _question_scenes() -> tuple[Scene, ...]:
    question = Interrupted(OP, euros(50), (LABEL,), AT)
    return (
        Scene(name="question", state=st.Question(question, 1)),
        Scene(name="settling", state=st.Settling(question)),
        Scene(name="settled-yes", state=st.Answered(Settled(OP, True, euros(50), euros(0)))),
        Scene(name="settled-shortfall", state=st.Answered(Settled(OP, True, euros(50), euros(10)))),
        Scene(name="settled-no", state=st.Answered(Settled(OP, False, euros(50), None))),
    )


def _typed_scenes() -> tuple[Scene, ...]:
    """A code is being typed."""
    whole = code(1)
    return (
        Scene(name="typed-part", state=st.Ready(), typed=whole[:11]),
        Scene(name="typed-right", state=st.Ready(), typed=whole),
        Scene(name="typed-foreign-character", state=st.Ready(), typed="K7QF-9U"),
        Scene(name="typed-misfit", state=st.Ready(), typed=f"{whole[:-1]}X"),
        Scene(name="typed-misfit-group", state=st.Ready(), typed=slipped(whole)),
        Scene(name="typed-too-long", state=st.Ready(), typed=f"{whole}4"),
        Scene(name="search-one", state=st.Ready(), typed="dupont", found=Hits((hit(1),))),
        Scene(
            name="search-eight",
            state=st.Ready(),
            typed="cla",
            found=Hits(tuple(hit(number) for number in range(8))),
            selected=1,
            basket=BASKET,
        ),
        Scene(name="search-nobody", state=st.Ready(), typed="zzz", found=Hits(())),
        Scene(name="search-too-many", state=st.Ready(), typed="mar", found=TooManyHits()),
        Scene(name="search-no-list", state=st.Ready(), typed="mar", found=NoList()),
        Scene(name="typing-paused", state=st.TypingPaused(), typed=whole),
    )


def hit(number: int) -> Hit:
    """One of those who were found."""
    names = ("Claire D.", "Clarisse L.", "Anne-Claire M.", "", "Anne-Emmanuelle de La T.")
    return Hit(
        voucher_id=VoucherId(UUID(int=number)),
        name=names[number % len(names)],
        face=euros(50 if number % 2 else 100),
        bought_on=date(2026, 5, 3 + number) if number != 2 else None,
        order_end="…233" if number != 4 else "",
        label=LABEL,
        field=HolderField.NAME,
    )


def slipped(whole: str) -> str:
    """A code with one wrong character of which the group can be told."""
    for place, other in product(range(len(whole)), ALPHABET):
        changed = f"{whole[:place]}{other}{whole[place + 1 :]}"
        read = typed.read(changed)
        if isinstance(read, typed.Misfit) and read.group is not None:
            return changed
    raise AssertionError("no slip can be placed")


def _other_scenes() -> tuple[Scene, ...]:
    training = replace(FACTS, training=True)
    note = replace(FACTS, secrets_for_session_only=True)
    salvaged = replace(FACTS, salvaged_entries=1_204)
    unknown_line = Status(LineState.UNKNOWN, NOON, None, 0)
    stopped = Status(LineState.STOPPED, AT, AT, 5, unsent_sales=3)
    not_entitled = Status(LineState.NOT_ENTITLED, AT, AT, 2, unsent_sales=2)
    slow = NoAnswerYet(NoAnswerKind.REDIRECTED)
    return (
        Scene(name="ready", state=st.Ready()),
        Scene(name="ready-next", state=st.Ready(), purchase=euros(87), basket=BASKET),
        Scene(name="ready-paid", state=st.Ready(), purchase=euros(50), basket=BASKET),
        Scene(name="ready-training", state=st.Ready(), facts=training, status=unknown_line),
        Scene(name="ready-note", state=st.Ready(), facts=note),
        Scene(name="ready-salvaged", state=st.Ready(), facts=salvaged),
        Scene(name="ready-purchase-bad", state=st.Ready(), purchase_error=BadAmount.NOT_A_NUMBER),
        Scene(name="ready-hint", state=st.Ready(), hint=st.Hint.CODE_FIRST),
        Scene(name="ready-crowded", state=st.Ready(), crowded=True),
        Scene(name="camera-missing", state=st.Ready(), camera=Missing()),
        Scene(name="camera-busy", state=st.Ready(), camera=Busy()),
        Scene(name="camera-lost", state=st.Ready(), camera=Lost()),
        Scene(name="camera-ended", state=st.Ready(), camera=Ended()),
        Scene(name="camera-asleep", state=st.Ready(), camera=Asleep()),
        Scene(name="camera-mirrored", state=st.Ready(), mirrored=True),
        *(
            Scene(name=f"camera-{kind.value.replace('_', '-')}", state=st.Ready(), advice=kind)
            for kind in Advice
        ),
        Scene(name="checking", state=st.Checking()),
        Scene(name="look-up-failed", state=st.LookUpFailed(slow)),
        Scene(
            name="not-entitled",
            state=st.LookUpFailed(NotEntitled(NotAuthorisedKind.TILL_REVOKED)),
            status=not_entitled,
        ),
        Scene(name="stopped", state=st.SellingStopped(3), status=stopped),
        Scene(name="in-the-way", state=st.InTheWay(ProblemKind.DISK_FULL, money=True)),
        *(
            Scene(name=f"foreign-{kind.value.replace('_', '-')}", state=st.ForeignScan(kind))
            for kind in Foreign
        ),
    )


SCENES = (
    *_debitable_scenes(),
    *_several_scenes(),
    *_declined_scenes(),
    *_redeem_scenes(),
    *_offline_scenes(),
    *_undo_scenes(),
    *_question_scenes(),
    *_typed_scenes(),
    *_other_scenes(),
)
SCENE = {scene.name: scene for scene in SCENES}


@cache
def camera_frame(number: int = 0, *, codes: int = 1) -> tuple[Frame, tuple[InView, ...]]:
    """A picture of a counter with vouchers on it, 1280x720, and where their codes are."""
    height, width = 720, 1280
    down, across = np.mgrid[0:height, 0:width]
    shade = 70 + 60 * (across / width) + 30 * (down / height)
    grain = 6 * np.sin(across / 9 + 4 * np.sin(down / 70))
    wood = np.stack([shade * 0.55 + grain, shade * 0.8 + grain, shade * 1.15 + grain], axis=2)
    image = np.clip(wood, 0, 255).astype(np.uint8)
    in_view = []
    for index in range(codes):
        text = f"V1:{'A' * 151}"
        matrix = np.array([[*row] for row in segno.make(text, error="m", boost_error=False).matrix])
        scale = 7
        module = np.kron(1 - matrix, np.ones((scale, scale))).astype(np.uint8) * 205 + 30
        side = module.shape[0]
        left = 640 - side // 2 + (index * 2 - codes + 1) * 220
        top = 190
        image[top - 50 : top + side + 110, left - 60 : left + side + 60] = (236, 240, 244)
        image[top : top + side, left : left + side] = module[:, :, None]
        image[top + side + 45 : top + side + 60, left : left + side // 2] = (120, 110, 100)
        right, bottom = left + side, top + side
        in_view.append(
            InView(
                text=f"{text}{index}",
                corners=((left, top), (right, top), (right, bottom), (left, bottom)),
                is_bytes=False,
                confirmed=True,
                missed_frames=0,
            )
        )
    return Frame(image, number, number / 30), tuple(in_view)


RUNNING = Running(1280, 720, 30.0)

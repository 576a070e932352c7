"""Every state of À traiter and of the screen of this till, once."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from uuid import UUID

from merchant_app.errors import ProblemKind
from merchant_app.ids import OpId, VoucherId
from merchant_app.till.matters import (
    Card,
    CardKind,
    Choice,
    Decided,
    MustStay,
    RetryFailed,
    StepTaken,
    UnsentEntry,
)
from merchant_app.till.results import (
    Interrupted,
    LineState,
    NoAnswerKind,
    RedeemRefused,
    RedeemUnknown,
    RefusedLine,
    Settled,
    Stopped,
)
from merchant_app.ui.a_traiter import states as st
from merchant_app.ui.this_till.presenter import Mode
from merchant_app.ui.this_till.presenter import Screen as ThisTillScreen
from merchant_app.vouchers.verdicts import Reason, Use
from tests.fakes.counter import NOON, ONLINE, STANDING, euros
from tests.ui.gallery import AT, USES, offline


def op(number: int) -> OpId:
    return OpId(UUID(int=number))


QUESTION = Interrupted(op(1), euros(20), ("…H2M7",), AT)
SHORTFALL = Card(
    op_id=op(2),
    kind=CardKind.SHORTFALL,
    at=NOON - timedelta(hours=20),
    till="Caisse 1",
    cashier="Claire",
    labels=("…K7QF",),
    amount=euros(50),
    at_stake=euros(12.5),
    reason=Reason.AMOUNT_ABOVE_BALANCE,
    uses=(Use(NOON - timedelta(hours=20, minutes=9), "Caisse 2", euros(12.5)),),
    steps=(),
    is_open=True,
)
CALLED = replace(
    SHORTFALL,
    op_id=op(3),
    labels=("…XAB2", "…9TT1"),
    reason=Reason.USED_UP,
    uses=USES,
    at_stake=euros(50),
    steps=(
        StepTaken(
            Choice.CUSTOMER_CALLED,
            "Mme Delacroix repasse samedi avec un autre bon, elle n’avait pas vu qu’il était vide",
            AT,
            "Marie-Christine",
        ),
    ),
)
VOID = replace(
    SHORTFALL, op_id=op(4), kind=CardKind.VOID_REFUSED, reason=None, uses=(), at_stake=euros(50)
)
PARKED = replace(
    SHORTFALL, op_id=op(5), kind=CardKind.NOT_PROCESSED, reason=None, uses=(), at_stake=euros(50)
)
LOST = replace(
    SHORTFALL,
    op_id=op(6),
    is_open=False,
    steps=(StepTaken(Choice.LOSS_ACCEPTED, "cliente injoignable", AT, "Claire"),),
)
PAID = replace(
    SHORTFALL,
    op_id=op(7),
    is_open=False,
    at=NOON - timedelta(days=3),
    steps=(StepTaken(Choice.RETRIED, "", NOON - timedelta(days=2), "Claire"),),
)
EVERY: tuple[st.Item, ...] = (QUESTION, SHORTFALL, CALLED, VOID, PARKED, LOST, PAID)


def _screen(
    chosen: int | None,
    *,
    items: tuple[st.Item, ...] = EVERY,
    mode: st.Mode | None = None,
    news: st.News | None = None,
    note: str = "",
) -> st.Screen:
    return st.Screen(
        loaded=True,
        items=items,
        open_count=sum(map(st.is_open, items)),
        chosen=chosen,
        mode=mode if mode is not None else st.Browsing(),
        news=news,
        note_fill=(1, note),
    )


REFUSED_LINE = RefusedLine("…K7QF", Reason.USED_UP, VoucherId(UUID(int=9)))
_REFUSED = RedeemRefused(op(9), (REFUSED_LINE,), None)
_SCREENS = {
    "question": _screen(0),
    "question-recording": _screen(0, mode=st.Recording(None)),
    "shortfall": _screen(1),
    "shortfall-called": _screen(2),
    "void-refused": _screen(3),
    "not-processed": _screen(4),
    "decided": _screen(5),
    "decided-anew": _screen(6),
    "calling": _screen(1, mode=st.Confirming(Choice.CUSTOMER_CALLED)),
    "retrying": _screen(1, mode=st.Confirming(Choice.RETRIED)),
    "retrying-now": _screen(1, mode=st.Recording(Choice.RETRIED)),
    "losing": _screen(1, mode=st.Confirming(Choice.LOSS_ACCEPTED), note="cliente injoignable"),
    "losing-why": _screen(1, mode=st.Confirming(Choice.LOSS_ACCEPTED), news=st.Notice.NOTE_NEEDED),
    "asking": _screen(4, mode=st.Confirming(Choice.PLATFORM_ASKED)),
    "retry-refused": _screen(1, news=RetryFailed(SHORTFALL, _REFUSED)),
    "retry-unknown": _screen(
        1, news=RetryFailed(SHORTFALL, RedeemUnknown(op(9), euros(12.5), NoAnswerKind.SLOW))
    ),
    "noted": _screen(2, news=Decided(LOST)),
    "settled": _screen(1, items=EVERY[1:], news=Settled(op(1), True, euros(20), None)),
    "settled-shortfall": _screen(1, news=Settled(op(1), True, euros(20), euros(5))),
    "debit-first": _screen(1, news=st.Notice.DEBIT_FIRST),
    "stopped": _screen(1, news=Stopped()),
    "in-the-way": _screen(1, news=ProblemKind.DISK_FULL),
    "nothing": _screen(None, items=()),
    "nothing-open": _screen(None, items=(LOST, PAID), news=Decided(LOST)),
    "loading": replace(_screen(None, items=()), loaded=False),
}
MATTERS = {f"a-traiter-{name}": screen for name, screen in _SCREENS.items()}

_UNSENT = (
    UnsentEntry(op(11), AT, euros(20), ("…H2M7",), True),
    UnsentEntry(op(12), AT, euros(50), ("…K7QF", "…XAB2"), False),
    UnsentEntry(op(13), NOON, euros(12.5), ("…9TT1",), None),
)
_FULL = replace(ONLINE, snapshot_at=AT, offline=STANDING)
_BLOCKED = replace(_FULL, line=LineState.STOPPED, unsent=5, unsent_sales=3)


def _till(mode: Mode = Mode.LOOKING, **facts: object) -> ThisTillScreen:
    whole = {"status": _FULL, "stay": None, "trouble": None, **facts}
    return ThisTillScreen(mode=mode, **whole)  # type: ignore[arg-type]  # a shorthand


THIS_TILL = {
    "this-till": _till(),
    "this-till-asking": _till(Mode.ASKING),
    "this-till-sure": _till(Mode.CONFIRMING),
    "this-till-must-stay": _till(
        status=replace(offline(3), snapshot_at=AT), stay=MustStay(_UNSENT, 2)
    ),
    "this-till-must-settle": _till(stay=MustStay((), 1)),
    "this-till-many": _till(stay=MustStay(_UNSENT * 20, 0)),
    "this-till-blocked": _till(status=_BLOCKED),
    "this-till-trouble": _till(trouble=ProblemKind.KEYRING_UNAVAILABLE),
}

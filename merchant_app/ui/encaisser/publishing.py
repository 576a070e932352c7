"""The screen as a value, put together from those who each keep a part of it. No Qt."""

from __future__ import annotations

from merchant_app.ui.encaisser import outcomes
from merchant_app.ui.encaisser import states as st
from merchant_app.ui.encaisser.by_hand import ByHand
from merchant_app.ui.encaisser.gathering import Gathering
from merchant_app.ui.encaisser.looking_up import LookingUp
from merchant_app.ui.encaisser.moving_money import MovingMoney
from merchant_app.ui.encaisser.stage import Stage


def screen_of(
    stage: Stage,
    looking_up: LookingUp,
    gathering: Gathering,
    by_hand: ByHand,
    money: MovingMoney,
) -> st.Screen:
    """What is to be painted now."""
    return st.Screen(
        state=stage.state,
        number=looking_up.number,
        hint=stage.hint,
        purchase=stage.purchase.total,
        purchase_error=stage.purchase.error,
        left=stage.purchase.left,
        basket=stage.purchase.basket,
        undo=outcomes.undo_amount(money.last),
        amount_fill=stage.fields.amount,
        purchase_fill=stage.fields.purchase,
        code_fill=stage.fields.code,
        focus=stage.fields.focus,
        offline=stage.offline,
        waiting=gathering.lines(),
        entry=by_hand.entry(),
    )

"""The half of the presenter that takes the responsible person's code. No Qt."""

from __future__ import annotations

from merchant_app.scanning.wedge import GUN_INTERVAL_MAX_S
from merchant_app.till.pin_desk import is_pin
from merchant_app.till.results import Lift
from merchant_app.ui.encaisser import states as st
from merchant_app.ui.encaisser.moving_money import MovingMoney
from merchant_app.ui.encaisser.stage import Stage


class Lifting:
    """GUI thread only. The code passes through: it is kept nowhere."""

    def __init__(self, stage: Stage, money: MovingMoney) -> None:
        self._stage = stage
        self._money = money
        self._typed_at_s = float("-inf")

    def begin(self, state: st.BeyondLimit) -> None:
        """Ask for the code, if it would help."""
        if state.result.lift is Lift.WITH_PIN:
            asking = st.AskingPin(state.result, state.parts, state.offer)
            self._stage.come_to(asking, focus=st.Focus.PIN)

    def edited(self) -> None:
        """Something was typed into its field."""
        self._typed_at_s = self._stage.clock.monotonic_s()

    def entered(self, state: st.AskingPin, text: str) -> None:
        """Enter: is it the code? A gun that typed some digits of a barcode is no person."""
        stage = self._stage
        by_gun = stage.clock.monotonic_s() - self._typed_at_s < GUN_INTERVAL_MAX_S
        if by_gun or not is_pin(text):
            stage.soft(st.Hint.PIN_FIRST)
            stage.fields.set_focus(st.Focus.PIN)
            return
        self._money.redeem(state.parts, again=True, lifting=state, pin=text)

    def back(self, state: st.AskingPin) -> None:
        """Esc: to the limit, and what can be done without the code."""
        self._stage.come_to(st.BeyondLimit(state.result, state.parts, state.offer))

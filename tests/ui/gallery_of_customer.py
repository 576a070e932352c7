"""Every state of the customer's screen, once, by what the cashier sees at that moment."""

from __future__ import annotations

from merchant_app.ui.customer.words import Shown, shown
from tests.ui.gallery import SCENE

_AT_THE_TILL = {
    "welcome": "ready",
    "to-debit": "valid",
    "to-debit-several": "basket",
    "on-your-voucher": "amount-bad",
    "moment": "used-up",
    "debiting": "debiting",
    "thanks": "debited",
    "thanks-several": "basket-debited",
    "thanks-left-to-pay": "debited-rest",
    "left-to-pay": "ready-next",
}
CUSTOMER = {f"customer-{name}": scene for name, scene in _AT_THE_TILL.items()}


def told(name: str) -> Shown:
    """What stands there in a state, in the language of now."""
    return shown(SCENE[CUSTOMER[name]].screen(1))

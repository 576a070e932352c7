"""Every state of the responsible person's code in Réglages, once."""

from __future__ import annotations

from merchant_app.errors import ProblemKind
from merchant_app.till.pin_desk import PinGone, PinKept, PinRefused
from merchant_app.ui.reglages.pin_presenter import Panel, Slip

PINS = {
    "settings-pin": Panel(is_set=False),
    "settings-pin-set": Panel(is_set=True),
    "settings-pin-working": Panel(is_set=True, working=True),
    "settings-pin-kept": Panel(is_set=True, told=PinKept(session_only=False)),
    "settings-pin-kept-for-now": Panel(is_set=True, told=PinKept(session_only=True)),
    "settings-pin-removed": Panel(is_set=False, told=PinGone()),
    "settings-pin-wrong": Panel(is_set=True, told=PinRefused(wrong=True, wait_s=60)),
    "settings-pin-early": Panel(is_set=True, told=PinRefused(wrong=False, wait_s=3_599)),
    "settings-pin-no-pin": Panel(is_set=False, told=Slip.NO_PIN),
    "settings-pin-not-twice": Panel(is_set=True, told=Slip.NOT_TWICE),
    "settings-pin-no-keyring": Panel(is_set=True, told=ProblemKind.KEYRING_UNAVAILABLE),
}

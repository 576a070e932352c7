"""What the live picture says about itself. No Qt."""

from __future__ import annotations

from typing import assert_never

from merchant_app.i18n import _
from merchant_app.scanning.quality import Advice


def advice(of: Advice) -> str:
    """What would help, in one line, for somebody who holds a voucher in her hand."""
    match of:
        case Advice.MORE_LIGHT:
            return _("Too dark: give the voucher more light.")
        case Advice.TOO_CLOSE:
            return _("Too close: move the voucher back.")
        case Advice.MOVE_BACK:
            return _("Blurred: move the voucher back a little.")
        case Advice.CLOSER:
            return _("Too far: bring the voucher closer.")
        case Advice.WIPE_LENS:
            return _("Everything is blurred: wipe the camera’s lens.")
        case Advice.GLARE:
            return _("A reflection covers it: tilt the voucher.")
        case _:
            assert_never(of)

"""The lines of an outcome in their column: JSON that is put together by hand, and read again."""

from __future__ import annotations

import json
from uuid import uuid4

import pytest

from merchant_app.ids import VoucherId
from merchant_app.journal import outcome_lines
from merchant_app.ledger.messages import OutcomeLine
from merchant_app.money import Money
from merchant_app.vouchers.verdicts import Reason, Use
from tests.fakes.clock import FakeClock

USE = Use(FakeClock().now(), 'Caisse "é"\n2', Money(500, "EUR"))
LINES = (
    OutcomeLine(VoucherId(uuid4()), 500, 0, 1500, None),
    OutcomeLine(VoucherId(uuid4()), 0, 0, 0, Reason.USED_UP),
    OutcomeLine(VoucherId(uuid4()), 100, 400, 0, Reason.AMOUNT_ABOVE_BALANCE, (USE, USE)),
)


@pytest.mark.parametrize("count", range(len(LINES) + 1))
def test_the_lines_come_back_as_they_were(count: int) -> None:
    text = outcome_lines.to_text(LINES[:count])
    assert outcome_lines.from_text(text) == LINES[:count]
    assert text.isascii()


def test_the_text_is_what_every_version_has_written() -> None:
    text = outcome_lines.to_text(LINES)
    assert text == json.dumps(json.loads(text))
    assert list(json.loads(text)[0]) == [
        "voucher",
        "accepted_minor",
        "shortfall_minor",
        "balance_minor",
        "reason",
    ]

"""How the lines of an outcome lie in one column of the journal."""

from __future__ import annotations

import json
from collections.abc import Sequence
from uuid import UUID

from merchant_app.ids import VoucherId
from merchant_app.ledger.messages import OutcomeLine
from merchant_app.vouchers.verdicts import Reason


def to_text(lines: Sequence[OutcomeLine]) -> str:
    """The lines as the JSON text that `from_text` reads."""
    return json.dumps(
        [
            {
                "voucher": str(line.voucher_id),
                "accepted_minor": line.accepted_minor,
                "shortfall_minor": line.shortfall_minor,
                "balance_minor": line.balance_minor,
                "reason": None if line.reason is None else line.reason.value,
            }
            for line in lines
        ]
    )


def from_text(text: str) -> tuple[OutcomeLine, ...]:
    """The lines again."""
    return tuple(
        OutcomeLine(
            VoucherId(UUID(line["voucher"])),
            line["accepted_minor"],
            line["shortfall_minor"],
            line["balance_minor"],
            None if line["reason"] is None else Reason(line["reason"]),
        )
        for line in json.loads(text)
    )

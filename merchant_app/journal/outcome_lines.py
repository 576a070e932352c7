"""How the lines of an outcome lie in one column of the journal."""

from __future__ import annotations

import json
from collections.abc import Sequence
from uuid import UUID

from merchant_app.clock import from_text as from_moment
from merchant_app.clock import to_text as to_moment
from merchant_app.ids import VoucherId
from merchant_app.ledger.messages import OutcomeLine
from merchant_app.money import Money
from merchant_app.vouchers.verdicts import Reason, Use


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
                **({"uses": [_use(use) for use in line.uses]} if line.uses else {}),
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
            tuple(
                Use(from_moment(use["at"]), use["till"], Money(use["minor"], use["currency"]))
                for use in line.get("uses", ())
            ),
        )
        for line in json.loads(text)
    )


def _use(use: Use) -> dict[str, str | int]:
    amount = use.amount
    return {
        "at": to_moment(use.at),
        "till": use.till,
        "minor": amount.minor,
        "currency": amount.currency,
    }

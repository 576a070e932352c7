"""How the lines of an outcome lie in one column of the journal."""

from __future__ import annotations

import json
from collections.abc import Sequence
from functools import lru_cache

from merchant_app.clock import from_text as from_moment
from merchant_app.clock import to_text as to_moment
from merchant_app.ids import VoucherId, id_of, id_text
from merchant_app.ledger.messages import OutcomeLine
from merchant_app.money import Money
from merchant_app.vouchers.verdicts import Reason, Use

_READ_MAX = 2_048


def to_text(lines: Sequence[OutcomeLine]) -> str:
    """The lines as the JSON text that `from_text` reads.

    Put together here: it is made for every outcome, of numbers and names that need no quoting.
    """
    return f"[{', '.join([_line(line) for line in lines])}]"


def _line(line: OutcomeLine) -> str:
    reason = "null" if line.reason is None else f'"{line.reason.value}"'
    uses = f', "uses": {json.dumps([_use(use) for use in line.uses])}' if line.uses else ""
    return (
        f'{{"voucher": "{id_text(line.voucher_id)}", "accepted_minor": {line.accepted_minor}, '
        f'"shortfall_minor": {line.shortfall_minor}, "balance_minor": {line.balance_minor}, '
        f'"reason": {reason}{uses}}}'
    )


@lru_cache(maxsize=_READ_MAX)
def from_text(text: str) -> tuple[OutcomeLine, ...]:
    """The lines again. The newest are read several times: shown, counted, sent along."""
    return tuple(
        OutcomeLine(
            VoucherId(id_of(line["voucher"])),
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

"""Commands of training mode: rehearse, spend."""

from __future__ import annotations

from argparse import Namespace

from merchant_app.ids import VoucherId
from merchant_app.server import rehearsing
from merchant_app.server.cli.opening import opened
from merchant_app.server.cli.output import as_json, say, table
from merchant_app.server.cli.values import uuid_of


def rehearse(arguments: Namespace) -> int:
    """Fresh vouchers for the exercises of training mode."""
    with opened(arguments) as service:
        made = rehearsing.rehearse(service)
    if arguments.json:
        as_json({"exercises": made})
    else:
        table(made, ("situation", "code"))
    return 0


def spend(arguments: Namespace) -> int:
    """All that is left of one of them, at the other till."""
    with opened(arguments) as service:
        rehearsing.spend(service, VoucherId(uuid_of(arguments.voucher)))
    if arguments.json:
        as_json({"spent": arguments.voucher})
    else:
        say("Spent.")
    return 0

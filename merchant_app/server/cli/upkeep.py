"""Commands of whoever looks after the service: restored, recovery, policy."""

from __future__ import annotations

from argparse import Namespace
from dataclasses import asdict, replace
from typing import Any

from merchant_app.ledger.exposure import OfflineLimits
from merchant_app.server import policy as policies
from merchant_app.server.catalogue import CannotDo
from merchant_app.server.cli.opening import opened
from merchant_app.server.cli.output import as_json, say, table
from merchant_app.server.cli.values import money_of
from merchant_app.server.service import Service

_CURRENCY = "EUR"
_FROM_BALANCE = "balance"
"""`--offline-voucher-max balance`: what a voucher holds, divided by the shop's tills."""


def restored(arguments: Namespace) -> int:
    """Begin a new generation."""
    with opened(arguments) as service:
        generation = service.begin_new_generation()
        waiting = _waiting(service)
    if arguments.json:
        as_json({"generation": generation, "waiting": waiting})
    else:
        say(f"Generation {generation}: tills will send again what this database lacks.")
        say("The command “recovery” shows which tills are still missing.")
    return 0


def recovery(arguments: Namespace) -> int:
    """Which tills a restored service waits for; with --close it goes on without them."""
    with opened(arguments) as service:
        if arguments.close:
            shops = service.waiting_shops()
            if arguments.shop is not None:
                shops = [shop for shop in shops if shop.slug == arguments.shop]
                if not shops:
                    raise CannotDo(f"No recovery is under way for “{arguments.shop}”.")
            for shop in shops:
                service.recovery.finish(shop.number, without_missing=True)
        waiting = _waiting(service)
    if arguments.json:
        as_json({"waiting": waiting})
    elif waiting:
        table(waiting, ("shop", "till", "till_id"))
    else:
        say("No recovery is under way.")
    return 0


def _waiting(service: Service) -> list[dict[str, Any]]:
    return [
        {"shop": shop.slug, "till": name, "till_id": str(till_id)}
        for shop in service.waiting_shops()
        for till_id, name in shop.missing
    ]


def policy(arguments: Namespace) -> int:
    """What tills may accept without asking; changes what is given."""
    with opened(arguments) as service, service.database.writing() as connection:
        limits = policies.limits(connection)
        new = _changed(limits, arguments)
        if new != limits:
            policies.change_limits(connection, new)
    shown = asdict(new)
    del shown["tills"]
    if arguments.json:
        as_json(shown)
    else:
        table([{"limit": name, "value": value} for name, value in shown.items()], _COLUMNS)
    return 0


_COLUMNS = ("limit", "value")


def _changed(limits: OfflineLimits, arguments: Namespace) -> OfflineLimits:
    """The limits with what was typed.

    Raises:
        CannotDo: something typed is no amount, or makes no sense.
    """
    new = limits
    for field, typed in (
        ("redemption_max_minor", arguments.offline_redemption_max),
        ("till_max_minor", arguments.offline_till_max),
        ("unknown_max_minor", arguments.offline_unknown_max),
    ):
        if typed is not None:
            new = replace(new, **{field: _minor(typed)})
    if arguments.offline_voucher_max == _FROM_BALANCE:
        new = replace(new, voucher_max_minor=None)
    elif arguments.offline_voucher_max is not None:
        new = replace(new, voucher_max_minor=_minor(arguments.offline_voucher_max))
    for field, number, most in (
        ("count_max", arguments.offline_count_max, 100_000),
        ("snapshot_warn_s", arguments.offline_snapshot_warn, 31_536_000),
        ("snapshot_max_s", arguments.offline_snapshot_max, 31_536_000),
    ):
        if number is not None:
            if not 0 <= number <= most:
                raise CannotDo(f"Between 0 and {most}, please: {number} is not.")
            new = replace(new, **{field: number})
    return new


def _minor(typed: str) -> int:
    return 0 if typed.strip() == "0" else money_of(typed, _CURRENCY).minor

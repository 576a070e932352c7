"""Commands about what is owed to shops: fee, payout, statement."""

from __future__ import annotations

from argparse import Namespace
from dataclasses import asdict
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from merchant_app.ledger.statements import DAY_MAX, DAY_MIN, DAYS_MAX, PPM, rate_at
from merchant_app.server import catalogue, payouts, statements
from merchant_app.server.catalogue import CannotDo
from merchant_app.server.cli.opening import opened
from merchant_app.server.cli.output import amount, as_json, say, table
from merchant_app.server.cli.values import day_of, money_of

_REFERENCE_MAX = 120


def fee(arguments: Namespace) -> int:
    """The rate as it is; a new one holds from now on."""
    with opened(arguments) as service, service.database.writing() as connection:
        now = service.clock.now()
        if arguments.rate is not None:
            payouts.set_rate(connection, _ppm(arguments.rate), now=now)
        rate_ppm = rate_at(payouts.rates(connection), now)
    if arguments.json:
        as_json({"rate_ppm": rate_ppm})
    else:
        say(f"The fee is {Decimal(rate_ppm).scaleb(-4).normalize():f} % of what is redeemed.")
    return 0


def _ppm(typed: str) -> int:
    """Millionths, of a percentage as the French or the English write it.

    Raises:
        CannotDo: it is none between 0 and 100, or has more than four decimals.
    """
    try:
        ppm = Decimal(typed.strip().removesuffix("%").strip().replace(",", ".")).scaleb(4)
    except InvalidOperation:
        raise CannotDo(f"“{typed}” is no percentage.") from None
    if not ppm.is_finite() or not 0 <= ppm <= PPM or ppm != ppm.to_integral_value():
        raise CannotDo("Between 0 and 100 %, with four decimals at most, please.")
    return int(ppm)


def payout(arguments: Namespace) -> int:
    """Record a payout; without an amount, list the shop's."""
    with opened(arguments) as service, service.database.writing() as connection:
        shop = catalogue.shop_by_slug(connection, arguments.shop)
        if arguments.amount is not None:
            day, reference = _day(arguments.date, "--date"), _reference(arguments.reference)
            sent = money_of(arguments.amount, shop.currency).minor
            payouts.record(
                connection,
                shop_number=shop.number,
                day=day,
                amount_minor=-sent if arguments.back else sent,
                reference=reference,
                now=service.clock.now(),
            )
        elif arguments.date or arguments.reference or arguments.back:
            raise CannotDo("A payout needs its --amount.")
        found = payouts.of_shop(connection, shop.number)
    rows = [
        {
            "day": one.day.isoformat(),
            "amount_minor": one.amount_minor,
            "currency": shop.currency,
            "reference": one.reference,
        }
        for one in found
    ]
    if arguments.json:
        as_json(rows)
    else:
        shown = [
            {"day": one.day, "amount": amount(one.amount_minor, shop.currency)}
            | {"reference": one.reference}
            for one in found
        ]
        table(shown, ("day", "amount", "reference"))
    return 0


def _reference(typed: str | None) -> str:
    reference = (typed or "").strip()
    if not reference or len(reference) > _REFERENCE_MAX or not reference.isprintable():
        raise CannotDo("A payout needs the --reference that the bank shows, on one line.")
    return reference


def _day(typed: str | None, option: str) -> date:
    day = day_of(typed)
    if day is None or not DAY_MIN <= day <= DAY_MAX:
        raise CannotDo(f"{option}: a day, please: 2026-11-23.")
    return day


def statement(arguments: Namespace) -> int:
    """What a till is told of its shop."""
    first_day = _day(arguments.first_day, "--from")
    last_day = _day(arguments.last_day, "--to")
    if not 0 <= (last_day - first_day).days < DAYS_MAX:
        raise CannotDo(f"From one day to a later one, {DAYS_MAX} days at most, please.")
    with opened(arguments) as service, service.database.reading() as connection:
        found = statements.statement(
            connection,
            catalogue.shop_by_slug(connection, arguments.shop),
            first_day=first_day,
            last_day=last_day,
            now=service.clock.now(),
        )
    rows: list[dict[str, Any]] = [
        {
            "kind": period.kind.value,
            "period": period.name,
            **asdict(period.sums),
            "owed_minor": period.sums.owed_minor,
        }
        for period in found.periods
    ]
    if arguments.json:
        as_json(
            {"currency": found.currency, "owed_before_minor": found.owed_before_minor}
            | {"periods": rows}
        )
        return 0
    names = ("sold", "redeemed", "reversed", "shortfall", "fee", "payout", "owed")
    table(
        [
            {"period": row["period"]}
            | {name: amount(row[f"{name}_minor"], found.currency) for name in names}
            for row in rows
        ],
        ("period", *names),
    )
    say(f"Owed before: {amount(found.owed_before_minor, found.currency)}.")
    return 0

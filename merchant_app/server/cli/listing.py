"""Commands that read: sample, practice, shops, ranking, tills, vouchers, audit."""

from __future__ import annotations

from argparse import Namespace

from merchant_app.server import catalogue, enrolling, figures
from merchant_app.server import sample as sample_data
from merchant_app.server.cli.opening import opened
from merchant_app.server.cli.output import amount, as_json, say, table
from merchant_app.server.cli.values import uuid_of


def sample(arguments: Namespace) -> int:
    """Fill an empty database; says so when it is filled already."""
    with opened(arguments) as service:
        filled = sample_data.fill(service)
        with service.database.reading() as connection:
            ranked = figures.ranking(connection)
        practice_list = sample_data.practice(service)
    if arguments.json:
        as_json({"filled": filled, "shops": ranked, "practice": practice_list})
        return 0
    count = sum(row["count"] for row in ranked)
    state = "is filled now" if filled else "was filled already"
    say(f"The database {state}: {len(ranked)} shops, {count} vouchers.")
    return 0


def practice(arguments: Namespace) -> int:
    """The vouchers to practise with."""
    with opened(arguments) as service:
        rows = sample_data.practice(service)
    if arguments.json:
        as_json({"practice": rows})
    else:
        shown = [row | {"value": _amount_of(row)} for row in rows]
        table(shown, ("kind", "code", "value", "holder", "expires_on"))
    return 0


def _amount_of(row: dict[str, object]) -> str:
    return amount(int(str(row["balance_minor"])), str(row["currency"]))


def shops(arguments: Namespace) -> int:
    """All shops."""
    with opened(arguments) as service, service.database.reading() as connection:
        rows = [
            {
                "number": shop.number,
                "slug": shop.slug,
                "name": shop.name,
                "city": shop.city,
                "currency": shop.currency,
                "time_zone": shop.time_zone,
            }
            for shop in catalogue.all_shops(connection)
        ]
    if arguments.json:
        as_json(rows)
    else:
        table(rows, ("number", "slug", "name", "city", "currency"))
    return 0


def ranking(arguments: Namespace) -> int:
    """Shops by value sold."""
    with opened(arguments) as service, service.database.reading() as connection:
        rows = figures.ranking(connection)
    if arguments.json:
        as_json(rows)
        return 0
    shown = [row | {"value": amount(row["value_minor"], row["currency"])} for row in rows]
    table(shown, ("rank", "shop", "city", "count", "value"))
    return 0


def tills(arguments: Namespace) -> int:
    """All tills."""
    with opened(arguments) as service, service.database.reading() as connection:
        rows = enrolling.all_tills(connection)
    if arguments.json:
        as_json(rows)
    else:
        table(rows, ("till_id", "shop", "name", "state", "entries"))
    return 0


def vouchers(arguments: Namespace) -> int:
    """A shop's vouchers. Never their codes: printing one again is a command of its own."""
    with opened(arguments) as service, service.database.reading() as connection:
        shop = catalogue.shop_by_slug(connection, arguments.shop)
        rows = [
            {
                "voucher_id": str(voucher.voucher_id),
                "label": voucher.label,
                "face_minor": voucher.face.minor,
                "balance_minor": voucher.balance.minor,
                "currency": voucher.face.currency,
                "status": voucher.status.value,
                "holder": voucher.holder,
                "expires_on": voucher.terms.expires_on and voucher.terms.expires_on.isoformat(),
            }
            for voucher in catalogue.vouchers_of_shop(connection, shop.number)
        ]
    if arguments.json:
        as_json(rows)
    else:
        columns = ("voucher_id", "label", "face_minor", "balance_minor", "status", "holder")
        table(rows, (*columns, "expires_on"))
    return 0


def audit(arguments: Namespace) -> int:
    """Whether the books are right; exit code 1 when they are not."""
    with opened(arguments) as service, service.database.reading() as connection:
        if arguments.voucher is not None:
            as_json(figures.history(connection, uuid_of(arguments.voucher)))
            return 0
        found = figures.audit(connection)
    if arguments.json:
        as_json(found)
    else:
        say(f"{found['vouchers']} vouchers, {len(found['wrong'])} with a wrong balance.")
        say(f"{found['unevaluated']} entries without an outcome, {len(found['alarms'])} alarms.")
        if found["alarms"]:
            table(found["alarms"], ("kind", "till", "seq", "raised_at"))
    return 1 if found["wrong"] else 0

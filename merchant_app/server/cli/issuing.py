"""Commands that change: issue, print, import, enrol, revoke."""

from __future__ import annotations

import re
from argparse import Namespace
from collections import defaultdict
from pathlib import Path

from sqlalchemy import Connection, select
from sqlalchemy.exc import IntegrityError

from merchant_app.contract.paths import ENROLMENT_VALID_S
from merchant_app.server import catalogue, enrolling, importing, schema
from merchant_app.server.catalogue import CannotDo, Issued, Order, Request, ShopRow
from merchant_app.server.cli.opening import opened
from merchant_app.server.cli.output import amount, as_json, say, table
from merchant_app.server.cli.values import day_of, money_of, uuid_of
from merchant_app.server.import_files import read_table
from merchant_app.server.service import Service
from merchant_app.vouchers.code import grouped
from merchant_app.vouchers.scan import ENROLMENT_PREFIX
from merchant_app.vouchers.terms import Terms, VatKind

COUNT_MAX = 1_000
NAME_CHARACTERS_MAX = 120


def issue(arguments: Namespace) -> int:
    """New vouchers, on paper if wanted."""
    if not 1 <= arguments.count <= COUNT_MAX:
        raise CannotDo(f"Between 1 and {COUNT_MAX} vouchers at once.")
    with opened(arguments) as service:
        with service.database.writing() as connection:
            shop = catalogue.shop_by_slug(connection, arguments.shop)
            request = _request(arguments, shop)
            made = _issue(service, connection, shop, [request] * arguments.count)
        _write_pdf(arguments, made, shop)
    _print_issued(arguments, made)
    return 0


def _request(arguments: Namespace, shop: ShopRow) -> Request:
    minimum = arguments.minimum_purchase
    terms = Terms(
        partial_allowed=not arguments.whole_only,
        valid_from=day_of(arguments.valid_from),
        expires_on=day_of(arguments.expires),
        minimum_purchase=None if minimum is None else money_of(minimum, shop.currency),
        vat_kind=VatKind.SINGLE_PURPOSE if arguments.single_purpose else VatKind.MULTI_PURPOSE,
    )
    if terms.valid_from and terms.expires_on and terms.valid_from > terms.expires_on:
        raise CannotDo("The last day of validity is before the first.")
    holder = arguments.holder.strip()
    if len(holder) > NAME_CHARACTERS_MAX or not holder.isprintable():
        raise CannotDo("The holder is a short name.")
    face = money_of(arguments.amount, shop.currency)
    return Request(face=face, terms=terms, order=Order(holder=holder))


def _issue(
    service: Service, connection: Connection, shop: ShopRow, requests: list[Request]
) -> list[Issued]:
    return catalogue.issue(
        connection,
        requests,
        shop=shop,
        secrets=service.secrets,
        now=service.clock.now(),
        random_bytes=service.random_bytes,
    )


def print_again(arguments: Namespace) -> int:
    """The same voucher on paper once more: same code, same QR code."""
    with opened(arguments) as service:
        with service.database.reading() as connection:
            voucher = catalogue.voucher_by_id(connection, uuid_of(arguments.voucher))
            if voucher is None:
                raise CannotDo("There is no such voucher.")
            shop = catalogue.shop_by_number(connection, voucher.shop_number)
        made = [catalogue.printed(voucher, service.secrets)]
    _write_pdf(arguments, made, shop)
    _print_issued(arguments, made)
    return 0


def _write_pdf(arguments: Namespace, made: list[Issued], shop: ShopRow) -> None:
    if arguments.pdf is None:
        return
    from merchant_app.server import voucher_pdf  # reportlab is slow to load

    path: Path = arguments.pdf
    try:
        path.write_bytes(
            voucher_pdf.draw(made, shop=shop, paper=voucher_pdf.Format(arguments.format))
        )
    except OSError as error:
        raise CannotDo(
            f"The PDF cannot be written ({error.strerror});"
            " the vouchers exist: the command “print” prints them."
        ) from error


def _print_issued(arguments: Namespace, made: list[Issued]) -> None:
    if arguments.json:
        as_json([_as_dict(one) for one in made])
        return
    for one in made:
        face = one.voucher.face
        say(f"{one.voucher.voucher_id}  {grouped(one.code)}  {amount(face.minor, face.currency)}")
    if arguments.pdf is not None:
        say(f"Printed to {arguments.pdf}")


def _as_dict(one: Issued) -> dict[str, object]:
    voucher = one.voucher
    return {
        "voucher_id": str(voucher.voucher_id),
        "shop_number": voucher.shop_number,
        "code": one.code,
        "token": one.token,
        "face_minor": voucher.face.minor,
        "balance_minor": voucher.balance.minor,
        "currency": voucher.face.currency,
        "expires_on": voucher.terms.expires_on and voucher.terms.expires_on.isoformat(),
        "holder": voucher.holder,
    }


def import_list(arguments: Namespace) -> int:
    """A list of beneficiaries: all rows become vouchers, or none and a report (exit code 1)."""
    rows = read_table(arguments.file)
    with opened(arguments) as service, service.database.writing() as connection:
        fixed = None
        if arguments.shop != "column":
            fixed = catalogue.shop_by_slug(connection, arguments.shop)
        found = importing.read_list(
            rows, currency="EUR" if fixed is None else fixed.currency, shop_in_file=fixed is None
        )
        by_shop, bad = _by_shop(connection, found.wanted, fixed)
        bad = found.bad + bad
        made: list[tuple[importing.Wanted, Issued]] = []
        if not bad:
            for shop, wanted in by_shop:
                requests = [item.request for item in wanted]
                try:
                    issued = _issue(service, connection, shop, requests)
                except IntegrityError:  # another import at this very moment
                    raise CannotDo("The same list is being imported by somebody else.") from None
                made += zip(wanted, issued, strict=True)
    _report(arguments, found, sorted(bad, key=lambda row: row.row), made)
    return 1 if bad else 0


def _by_shop(
    connection: Connection, wanted: list[importing.Wanted], fixed: ShopRow | None
) -> tuple[list[tuple[ShopRow, list[importing.Wanted]]], list[importing.BadRow]]:
    """The rows of each shop, and those whose shop is unknown or that were imported before."""
    names: dict[str, ShopRow] = {}
    for shop in catalogue.all_shops(connection):
        names[importing.plain(shop.slug)] = names[importing.plain(shop.name)] = shop
    groups: defaultdict[int, list[importing.Wanted]] = defaultdict(list)
    shops: dict[int, ShopRow] = {}
    bad: list[importing.BadRow] = []
    for item in wanted:
        found = fixed or names.get(importing.plain(item.shop))
        if found is None:
            bad.append(importing.BadRow(item.row, importing.Field.SHOP.value, "is unknown here"))
            continue
        shops[found.number] = found
        groups[found.number].append(item)
    vouchers = schema.vouchers
    for number, items in sorted(groups.items()):
        known = connection.execute(
            select(vouchers.c.order_number, vouchers.c.order_line).where(
                vouchers.c.shop_number == number, vouchers.c.order_number.is_not(None)
            )
        )
        bad += importing.already_there(items, [(row[0], row[1]) for row in known])
    return [(shops[number], groups[number]) for number in sorted(groups)], bad


def _report(
    arguments: Namespace,
    found: importing.List,
    bad: list[importing.BadRow],
    made: list[tuple[importing.Wanted, Issued]],
) -> None:
    shown = [
        {"row": row.row, "column": row.column, "reason": row.reason}
        for row in bad[: importing.BAD_ROWS_MAX]
    ]
    if arguments.json:
        as_json(
            {
                "imported": len(made),
                "bad_rows": shown,
                "bad_row_count": len(bad),
                "ignored_columns": found.ignored_columns,
                "vouchers": [_as_dict(issued) | {"row": item.row} for item, issued in made],
            }
        )
        return
    if found.ignored_columns:
        say(f"Columns not used: {', '.join(found.ignored_columns)}")
    if bad:
        say(f"Nothing was imported: {len(bad)} bad.")
        table(shown, ("row", "column", "reason"))
        return
    for _, issued in made:
        face = issued.voucher.face
        say(f"{issued.voucher.voucher_id}  {amount(face.minor, face.currency)}")
    say("One voucher was issued." if len(made) == 1 else f"{len(made)} vouchers were issued.")


def enrol(arguments: Namespace) -> int:
    """A one-time code, to be typed or scanned at the till."""
    address = arguments.address or ""
    if address and not re.fullmatch(r"https?://[!-~]{1,400}", address):
        raise CannotDo("An address begins with https:// and has no spaces.")
    with opened(arguments) as service, service.database.writing() as connection:
        name = arguments.till and arguments.till.strip()
        if name is not None and (
            not 1 <= len(name) <= NAME_CHARACTERS_MAX or not name.isprintable()
        ):
            raise CannotDo("A till has a short name: “Caisse 1”.")
        shop = catalogue.shop_by_slug(connection, arguments.shop)
        code = enrolling.offer(
            connection,
            shop=shop,
            till_name=name,
            now=service.clock.now(),
            random_bytes=service.random_bytes,
        )
    if arguments.json:
        as_json(
            {
                "code": code,
                # What `vouchers.scan.enrolment_of` takes apart again.
                "qr_text": f"{ENROLMENT_PREFIX}{code} {address}".rstrip(),
                "shop": shop.slug,
                "valid_s": ENROLMENT_VALID_S,
            }
        )
    else:
        say(code)
        say(f"For {shop.title}; valid {ENROLMENT_VALID_S // 60} minutes, once.")
    return 0


def revoke(arguments: Namespace) -> int:
    """A till or a voucher is refused from now on."""
    with opened(arguments) as service:
        if arguments.till is not None:
            service.revoke_till(uuid_of(arguments.till))
        else:
            change = catalogue.withdraw_voucher if arguments.withdraw else catalogue.revoke_voucher
            with service.database.writing() as connection:
                change(connection, uuid_of(arguments.voucher))
    if arguments.json:
        as_json({"revoked": arguments.till or arguments.voucher})
    else:
        say("Revoked.")
    return 0

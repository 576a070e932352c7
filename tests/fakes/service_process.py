"""The real central service for tests: in a thread of the test, or as a process of its own.

Nothing of it is replaced: HTTP on loopback, a database file or PostgreSQL, uvicorn.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, delete, insert, select, text

from merchant_app.central.address import parse_address
from merchant_app.central.comptoir import ComptoirEnrolment, ComptoirService
from merchant_app.central.http import Limits, ServiceHttp
from merchant_app.central.port import CentralService, Enrolled, Enrolment
from merchant_app.clock import Clock, SystemClock
from merchant_app.ledger.evaluation import Rules
from merchant_app.ledger.exposure import OfflineLimits
from merchant_app.money import Money
from merchant_app.server import catalogue, enrolling, payouts, policy, schema
from merchant_app.server.api import create_app
from merchant_app.server.catalogue import Issued, Order, Request, ShopRow
from merchant_app.server.database import Database
from merchant_app.server.listening import Listening, bind
from merchant_app.server.service import Service
from merchant_app.server.serving import Server
from merchant_app.vouchers.holders import Holder, short_name
from merchant_app.vouchers.terms import Terms
from tests.fakes.central_sites import Voucher
from tests.fakes.waiting import LIMIT_S

SHOP = "librairie-des-quais"
OTHER_SHOP = "librairie-du-port"
PATIENT = Limits(connect_s=LIMIT_S, read_s=LIMIT_S, total_s=LIMIT_S)
"""A cashier would not wait for an answer as long as this; a busy computer may need it."""
_REPOSITORY = Path(__file__).resolve().parents[2]


# --- in a thread ---------------------------------------------------------------------------------


def open_service(url: str, *, clock: Clock | None = None, rules: Rules | None = None) -> Service:
    """A service over this database, with two shops."""
    service = Service(Database(url), clock=clock or SystemClock(), rules=rules)
    with service.database.writing() as connection:
        if not catalogue.all_shops(connection):
            for number, slug, name, city in (
                (1, SHOP, "Librairie des Quais", "Nantes"),
                (2, OTHER_SHOP, "Librairie du Port", "Lorient"),
            ):
                catalogue.add_shop(
                    connection,
                    number=number,
                    slug=slug,
                    name=name,
                    city=city,
                    random_bytes=service.random_bytes,
                )
    return service


@contextmanager
def listening(service: Service) -> Iterator[str]:
    """Answer calls for the length of the block; gives the URL."""
    where = Listening("127.0.0.1", 0)
    ready = threading.Event()
    with bind(where) as bound:
        server = Server(create_app(service), where, ready.set)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [bound]}, name="central")
        thread.start()
        try:
            assert ready.wait(LIMIT_S), "the service does not start"
            yield f"http://127.0.0.1:{bound.getsockname()[1]}"
        finally:
            server.stop()
            thread.join(LIMIT_S)
    assert not thread.is_alive()


# --- a database as it was ------------------------------------------------------------------------


def copied(database: Database) -> dict[str, list[dict[str, Any]]]:
    """Every row of every table: what a backup holds."""
    with database.reading() as connection:
        return {
            table.name: [dict(row._mapping) for row in connection.execute(select(table))]
            for table in schema.metadata.sorted_tables
        }


def copied_back(copy: Mapping[str, list[dict[str, Any]]], database: Database) -> None:
    """Restore a backup into the same database. Its triggers stand aside, as in any restore."""
    tables = schema.metadata.sorted_tables
    with database.writing() as connection:
        with _without_triggers(connection):
            for table in reversed(tables):
                connection.execute(delete(table))
        for table in tables:
            if copy[table.name]:
                connection.execute(insert(table), copy[table.name])


@contextmanager
def _without_triggers(connection: Connection) -> Iterator[None]:
    if connection.dialect.name == "postgresql":
        for table in ("entries", "envelopes"):
            connection.execute(text(f"ALTER TABLE {table} DISABLE TRIGGER USER"))
        yield
        for table in ("entries", "envelopes"):
            connection.execute(text(f"ALTER TABLE {table} ENABLE TRIGGER USER"))
        return
    triggers = connection.execute(
        text("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
    ).all()
    for trigger in triggers:
        connection.execute(text(f"DROP TRIGGER {trigger.name}"))
    yield
    for trigger in triggers:
        connection.execute(text(trigger.sql))


# --- what people do at the service ---------------------------------------------------------------


@dataclass(frozen=True)
class Sold:
    """A voucher and what its owner holds (`tests.fakes.central_sites.Voucher`)."""

    issued: Issued

    @property
    def voucher_id(self) -> Any:
        return self.issued.voucher.voucher_id

    @property
    def code(self) -> str:
        return self.issued.code

    @property
    def token(self) -> str:
        return self.issued.token


def shop_of(service: Service, slug: str = SHOP) -> ShopRow:
    """One of the two shops."""
    with service.database.reading() as connection:
        return catalogue.shop_by_slug(connection, slug)


def sell(
    service: Service,
    amount_minor: int,
    *,
    count: int = 1,
    slug: str = SHOP,
    terms: Terms | None = None,
    bought_for: Holder | None = None,
    currency: str = "EUR",
) -> list[Sold]:
    """Issue vouchers."""
    order = Order(holder="Claire D.")
    if bought_for is not None:
        order = Order(
            holder=short_name(bought_for.name),
            last_name=bought_for.name,
            email=bought_for.email,
            number=bought_for.order_number or None,
            purchased_on=bought_for.bought_on,
        )
    request = Request(face=Money(amount_minor, currency), terms=terms or Terms(), order=order)
    with service.database.writing() as connection:
        issued = catalogue.issue(
            connection,
            [request] * count,
            shop=catalogue.shop_by_slug(connection, slug),
            secrets=service.secrets,
            now=service.clock.now(),
            random_bytes=service.random_bytes,
        )
    return [Sold(one) for one in issued]


def offer(service: Service, till_name: str | None = None, *, slug: str = SHOP) -> str:
    """A one-time enrolment code."""
    with service.database.writing() as connection:
        return enrolling.offer(
            connection,
            shop=catalogue.shop_by_slug(connection, slug),
            till_name=till_name,
            now=service.clock.now(),
            random_bytes=service.random_bytes,
        )


@dataclass
class ServiceSite:
    """The real service, reached as a till reaches it (`tests.fakes.central_sites.Site`)."""

    service_: Service
    url: str
    _open: list[ComptoirService | ComptoirEnrolment] = field(default_factory=list)

    def enrolment(self) -> Enrolment:
        clock = self.service_.clock
        http = ServiceHttp(parse_address(self.url), clock=clock, limits=PATIENT)
        made = ComptoirEnrolment(http, clock=clock)
        self._open.append(made)
        return made

    def offer(self, till_name: str | None = None) -> str:
        return offer(self.service_, till_name)

    def service(self, enrolled: Enrolled) -> CentralService:
        clock = self.service_.clock
        address = parse_address(self.url)
        http = ServiceHttp(address, clock=clock, token=enrolled.token, limits=PATIENT)
        made = ComptoirService(
            http,
            clock=clock,
            till_id=enrolled.facts.till_id,
            service_key=enrolled.facts.service_key,
        )
        self._open.append(made)
        return made

    def issue(
        self, amount_minor: int, *, in_other_shop: bool = False, bought_for: Holder | None = None
    ) -> Voucher:
        slug = OTHER_SHOP if in_other_shop else SHOP
        return sell(self.service_, amount_minor, slug=slug, bought_for=bought_for)[0]

    def revoke_till(self, enrolled: Enrolled) -> None:
        self.service_.revoke_till(enrolled.facts.till_id)

    def begin_new_generation(self) -> None:
        self.service_.begin_new_generation()

    def back_up(self) -> Callable[[], None]:
        copy = copied(self.service_.database)

        def restore() -> None:
            copied_back(copy, self.service_.database)
            self.service_.begin_new_generation()

        return restore

    def close_recovery(self) -> None:
        for shop in self.service_.waiting_shops():
            self.service_.recovery.finish(shop.number, without_missing=True)

    def limit_offline(self, limits: OfflineLimits) -> None:
        with self.service_.database.writing() as connection:
            policy.change_limits(connection, limits)

    def charge(self, rate_ppm: int) -> None:
        with self.service_.database.writing() as connection:
            payouts.set_rate(connection, rate_ppm, now=self.service_.clock.now())

    def pay_out(self, day: date, amount_minor: int, reference: str) -> None:
        shop = shop_of(self.service_)
        with self.service_.database.writing() as connection:
            payouts.record(
                connection,
                shop_number=shop.number,
                day=day,
                amount_minor=amount_minor,
                reference=reference,
                now=self.service_.clock.now(),
            )

    def close(self) -> None:
        """Close every connection that tests opened."""
        for one in self._open:
            one.close()


@contextmanager
def service_site(url: str) -> Iterator[ServiceSite]:
    """A listening service over this database, as a site of the contract suite."""
    service = open_service(url)
    try:
        with listening(service) as address:
            site = ServiceSite(service, address)
            try:
                yield site
            finally:
                site.close()
    finally:
        service.database.close()


# --- as a process --------------------------------------------------------------------------------


def program(*arguments: str) -> list[str]:
    """The command line of merchant-central."""
    return [sys.executable, "-m", "merchant_app.server", *arguments]


def environment() -> dict[str, str]:
    """Where the program is found, whatever the test's working directory."""
    return dict(os.environ) | {"PYTHONPATH": str(_REPOSITORY), "PYTHONWARNINGS": "error"}


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    """Run a command of merchant-central to its end."""
    return subprocess.run(
        program(*arguments),
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=LIMIT_S,
        env=environment() | {"PYTHONIOENCODING": "utf-8"},
        check=False,
    )


@dataclass(frozen=True)
class Process:
    """merchant-central serve, listening. `ready` is what its ready file says."""

    url: str
    ready: Mapping[str, Any]
    popen: subprocess.Popen[str]


@contextmanager
def serving(database_url: str, folder: Path, *options: str) -> Iterator[Process]:
    """`merchant-central serve` on a free port; terminated at the end if it still runs."""
    ready_file = folder / "ready.json"
    popen = subprocess.Popen(
        program(
            "serve",
            *("--database", database_url, "--port", "0", "--ready-file", str(ready_file)),
            *options,
        ),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=environment(),
    )
    with popen:
        try:
            # Its one line says that it listens; the ready file is there by then.
            assert popen.stdout is not None
            line = popen.stdout.readline()
            assert "listens on" in line, (line, popen.stderr and popen.stderr.read())
            ready = json.loads(ready_file.read_text("utf-8"))
            yield Process(ready["url"], ready, popen)
        finally:
            if popen.poll() is None:
                popen.terminate()
            popen.communicate(timeout=LIMIT_S)

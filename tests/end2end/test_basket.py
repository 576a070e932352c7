"""Three vouchers against 87 euros: the whole program, the real service, and the line between."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import select

from merchant_app.server import catalogue
from merchant_app.server.schema import op_lines
from merchant_app.server.service import Service
from merchant_app.vouchers.terms import Terms
from tests.fakes.driven_till import Driven, Seen, driven_till
from tests.fakes.fault_kinds import CutBefore
from tests.fakes.fault_proxy import FaultProxy
from tests.fakes.service_process import Sold, offer, sell, service_site

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="drives the till by pipes")


@dataclass
class Shop:
    """A till at work, its service, and three vouchers: 50 euros that keep longest, 20 that end
    first, 50 between."""

    till: Driven
    service: Service
    line: FaultProxy
    sold: list[Sold]

    def basket(self, *, purchase: str = "87") -> Seen:
        """Type the purchase and show the three, one after the other; what is seen with the last."""
        self.till.do("type", field="purchase", text=purchase)
        self.till.after("gun", text=self.sold[0].token, shows="Debitable")
        self.till.after("gun", text=self.sold[1].token, shows="Several")
        return self.till.after("gun", text=self.sold[2].token, shows="Several")

    def balances(self) -> list[int]:
        with self.service.database.reading() as connection:
            held = [catalogue.voucher_by_id(connection, one.voucher_id) for one in self.sold]
        return [one.balance.minor for one in held if one is not None]

    def lines_by_op(self) -> list[int]:
        """How many lines each redemption has at the service."""
        with self.service.database.reading() as connection:
            ids = connection.execute(select(op_lines.c.op_id)).scalars().all()
        return sorted(ids.count(op_id) for op_id in set(ids))


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Shop]:
    with (
        service_site(f"sqlite:///{tmp_path / 'central.db'}") as site,
        FaultProxy(site.url) as line,
        driven_till(
            "--camera", "63", "--data-dir", str(tmp_path / "till"), output=tmp_path / "out"
        ) as till,
    ):
        service = site.service_
        sold = [
            sell(service, minor, terms=Terms(expires_on=ends))[0]
            for minor, ends in (
                (5_000, date(2099, 12, 31)),
                (2_000, date(2099, 1, 31)),
                (5_000, date(2099, 6, 30)),
            )
        ]
        till.shows(page="EnrolPage")
        till.after("enrol", address=line.url, code=offer(service), shows="Ready")
        yield Shop(till, service, line, sold)
        till.do("close")
        assert till.ends() == 0


def test_three_vouchers_are_one_redemption_and_one_undo(shop: Shop) -> None:
    assert shop.basket()["waiting"] == [1_700, 2_000, 5_000]
    done = shop.till.after("enter", shows="Debited")
    assert done["waiting"] == []
    assert shop.balances() == [3_300, 0, 0]
    assert shop.lines_by_op() == [3]
    shop.till.after("undo", shows="ConfirmUndo")
    shop.till.after("enter", shows="Undone")
    assert shop.balances() == [5_000, 2_000, 5_000]


def test_amounts_changed_by_hand_are_debited(shop: Shop) -> None:
    shop.basket()
    shop.till.do("step", lines="-2")
    typed = shop.till.do("type", field="amount", text="40")
    shop.till.shows(did=typed, waiting=[4_000, 2_000, 2_700])
    shop.till.after("enter", shows="Debited")
    assert shop.balances() == [1_000, 0, 2_300]


def test_one_refused_line_debits_nothing_and_the_others_go_on(shop: Shop) -> None:
    shop.basket()
    with shop.service.database.writing() as connection:
        catalogue.revoke_voucher(connection, shop.sold[1].voucher_id)
    refused = shop.till.after("enter", shows="Refused")
    assert shop.sold[1].code[-4:] in refused["word"]
    assert shop.balances() == [5_000, 2_000, 5_000]
    again = shop.till.after("enter", shows="Several")
    assert again["waiting"] == [3_700, 5_000]
    shop.till.after("enter", shows="Debited")
    assert shop.balances() == [1_300, 2_000, 0]


def test_offline_the_whole_basket_counts_and_is_confirmed_later(shop: Shop) -> None:
    for one in shop.sold:  # the till's own list has them
        shop.till.scan(one.token)
    shop.till.after("escape", shows="Ready")
    mark = len(shop.till.seen)
    shop.line.always = CutBefore()
    shop.till.shows(after=mark, line="offline")
    shop.basket()
    shop.till.after("enter", shows="BeyondLimit")
    shop.till.after("enter", shows="Several")
    typed = shop.till.do("type", field="purchase", text="50")
    shop.till.shows(did=typed, waiting=[0, 2_000, 3_000])
    accepted = shop.till.after("enter", shows="Accepted")
    assert len(accepted["basket"]) == 2
    assert all("hors ligne" in line for line in accepted["basket"])
    shop.line.always = None
    label = [f"…{shop.sold[1].code[-4:]} 20,00\u00a0€", f"…{shop.sold[2].code[-4:]} 30,00\u00a0€"]
    shop.till.shows(basket=label)
    assert shop.balances() == [5_000, 0, 2_000]


def test_a_voucher_in_another_currency_is_told_and_the_basket_goes_on(shop: Shop) -> None:
    francs = sell(shop.service, 5_000, currency="CHF")[0]
    shop.till.do("type", field="purchase", text="87")
    shop.till.after("gun", text=shop.sold[0].token, shows="Debitable")
    told = shop.till.after("gun", text=francs.token, shows="Declined")
    assert told["verdict"] == "OtherCurrency"
    shop.till.after("enter", shows="Debitable")
    shop.till.after("gun", text=shop.sold[2].token, shows="Several")
    shop.till.after("enter", shows="Debited")
    assert shop.balances() == [1_300, 2_000, 0]

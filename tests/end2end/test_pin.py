"""Beyond a soft limit with the responsible person's code: the whole program, the real service."""

from __future__ import annotations

import json
import sqlite3
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from merchant_app.ledger.exposure import OfflineLimits
from merchant_app.server import catalogue
from tests.fakes.driven_till import driven_till
from tests.fakes.fault_kinds import CutBefore
from tests.fakes.fault_proxy import FaultProxy
from tests.fakes.service_process import offer, sell, service_site

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="drives the till by pipes")


def test_the_code_takes_one_debit_beyond_a_limit_and_the_books_agree(tmp_path: Path) -> None:
    home = tmp_path / "till"
    with (
        service_site(f"sqlite:///{tmp_path / 'central.db'}") as site,
        FaultProxy(site.url) as line,
        driven_till("--camera", "63", "--data-dir", str(home), output=tmp_path / "out") as till,
    ):
        service = site.service_
        site.limit_offline(replace(OfflineLimits(), till_max_minor=3_000))
        sold = sell(service, 5_000)[0]
        till.shows(page="EnrolPage")
        till.after("enrol", address=line.url, code=offer(service), shows="Ready")
        till.do("set_pin", pin="2580")
        till.shows(pin_set=True)
        till.scan(sold.token)  # the till's own list has it
        till.after("escape", shows="Ready")
        mark = len(till.seen)
        line.always = CutBefore()
        till.shows(after=mark, line="offline")
        till.after("gun", text=sold.token, shows="Debitable")
        beyond = till.after("enter", shows="BeyondLimit")
        assert beyond["lifts"] == "with_pin"
        till.after("accept", shows="AskingPin")
        till.shows(state="AskingPin", focus="pin")
        till.do("type", field="pin", text="1111")
        till.do("enter")
        wrong = till.shows(message="Ce n’est pas le bon code.")
        assert wrong["pin"] == "", "the field keeps nothing"
        till.do("type", field="pin", text="2580")
        till.after("enter", shows="Accepted")
        mark = len(till.seen)
        line.always = None
        till.shows(after=mark, unsent=0, line="online")
        with service.database.reading() as connection:
            known = catalogue.voucher_by_id(connection, sold.voucher_id)
        assert known is not None
        assert known.balance.minor == 0
        till.do("close")
        assert till.ends() == 0
    with sqlite3.connect(next(home.rglob("journal.sqlite"))) as journal:
        events = journal.execute("SELECT kind, detail FROM events ORDER BY number").fetchall()
    kinds = [kind for kind, _ in events]
    assert kinds == ["pin_set", "pin_wrong", "pin_right", "limit_lifted"]
    assert json.loads(events[-1][1])["amount_minor"] == 5_000
    for file in tmp_path.rglob("*"):
        if file.is_file() and file.suffix != ".db":
            assert b'2580"' not in file.read_bytes()

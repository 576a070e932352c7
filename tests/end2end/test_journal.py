"""The Journal of a whole till: what was sold is found by its code, read, and written out."""

from __future__ import annotations

import csv
import sys
from pathlib import Path

import pytest

from merchant_app.journal.catalogue import NAME
from merchant_app.ui.function_keys import JOURNAL_KEY
from tests.end2end.test_whole_till import NO_CAMERA, enrol, is_calm, profile
from tests.fakes.driven_till import driven_till
from tests.fakes.service_process import sell, service_site
from tests.fakes.waiting import until

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="drives the till by pipes")


def test_a_sale_is_found_by_its_code_and_read_back_from_a_file(tmp_path: Path) -> None:
    folder = tmp_path / "exports"
    folder.mkdir()
    with (
        service_site(f"sqlite:///{tmp_path / 'central.db'}") as site,
        driven_till(
            *NO_CAMERA, "--data-dir", str(tmp_path / "till"), output=tmp_path / "out"
        ) as till,
    ):
        first, second = (sell(site.service_, minor)[0] for minor in (5_000, 2_000))
        enrol(till, site.service_, site.url)
        for voucher in (first, second):
            till.after("gun", text=voucher.token, shows="Debitable")
            till.after("enter", shows="Debited")
        till.do("function", key=JOURNAL_KEY)
        till.shows(found=[2_000, 5_000], sale="debited")
        till.do("find", text=first.code)
        whole = ["Recorded", "Stored", "Answered", "HandedOver"]
        till.shows(found=[5_000], sale="debited", life=whole)
        till.do("find", text="20,00")
        till.shows(found=[2_000], sale="debited", life=whole)
        till.do("export", form="CSV_PLAIN", folder=str(folder))
        written = until(lambda: till.seen[-1].get("file"), what="the file")
        assert Path(written).parent == folder
        with Path(written).open(newline="", encoding="utf-8") as file:
            rows = list(csv.DictReader(file))
        assert [(row["amount"], row["status"]) for row in rows] == [
            ("50.00", "accepted"), ("20.00", "accepted"),
        ]  # fmt: skip
        till.do("close")
        assert till.ends() == 0
    assert is_calm(tmp_path / "out")
    # The code that was looked for stands nowhere: not in the index, not in the log.
    plain = first.code.replace("-", "")
    for path in profile(tmp_path).data.parent.rglob("*"):
        if path.is_file():
            data = path.read_bytes()
            assert first.code.encode() not in data, path
            assert plain.encode() not in data, path
    assert (profile(tmp_path).data / NAME).exists()

"""The whole till closes its days: a forgotten one, an outage, a reversal, a loss; and in school."""

from __future__ import annotations

import json
import sqlite3
import subprocess
import sys
from contextlib import closing as closed
from pathlib import Path
from typing import Any

import pytest

from merchant_app.bootstrap.training import TrainingService
from merchant_app.clock import SystemClock
from merchant_app.reports.closing import Closing, Positions, from_body
from merchant_app.server.service import Service
from merchant_app.settings.paths import ProfileName, profile_of
from merchant_app.ui.function_keys import CHECKOUT_KEY, CLOSE_KEY, CLOSING_KEY
from tests.fakes.driven_till import Driven, driven_till
from tests.fakes.fault_proxy import FaultProxy
from tests.fakes.http_till import HttpTill
from tests.fakes.journal_verdict import program, verdict
from tests.fakes.service_process import Sold, offer, sell, service_site
from tests.fakes.till_driver import DAYS_BACK
from tests.fakes.waiting import until

LIMIT_S = 240
"""Two tills, one after the other, and what they write: on a busy machine it takes its time."""
pytestmark = [
    pytest.mark.skipif(sys.platform != "linux", reason="drives the till by pipes, reads /proc"),
    pytest.mark.timeout(LIMIT_S),
]
NO_CAMERA = ("--camera", "63", "--language", "fr")


def closings_of(journal: Path) -> list[Closing]:
    with closed(sqlite3.connect(journal)) as connection:
        rows = connection.execute("SELECT body FROM closings ORDER BY number").fetchall()
    return [from_body(body) for (body,) in rows]


def words_of(paper: Path) -> str:
    import pypdfium2

    document = pypdfium2.PdfDocument(paper)
    text = "\n".join(page.get_textpage().get_text_range() for page in document)
    document.close()
    return text.replace("\u202f", " ").replace("\u00a0", " ")


def debit(till: Driven, voucher: Sold) -> None:
    till.after("gun", text=voucher.token, shows="Debitable")
    till.after("enter", shows="Debited")


def accept_offline(till: Driven, voucher: Sold) -> None:
    till.after("gun", text=voucher.token, shows="Debitable")
    mark = len(till.seen)
    till.do("enter")

    def came() -> str | None:
        states = [seen.get("state") for seen in till.seen[mark:]]
        return next((one for one in states if one in ("Accepted", "Unanswered")), None)

    if until(came, what="an answer, or none") == "Unanswered":
        till.after_key(CLOSE_KEY, state="Accepted")


def used_at_another_till(service: Service, url: str, voucher: Sold) -> None:
    other = HttpTill(url, offer(service, "Caisse 9"))
    other.journal.write(other.journal.redemption((voucher.voucher_id, 5_000), honoured=True))
    assert other.send().status_code == 200


def leave(till: Driven) -> None:
    till.do("close")
    assert till.ends() == 0


def test_a_day_forgotten_after_an_outage_is_closed_the_next_morning(tmp_path: Path) -> None:
    data, secrets = tmp_path / "till", str(tmp_path / "secrets")
    arguments = (*NO_CAMERA, "--data-dir", str(data))
    journal = profile_of(ProfileName.MAIN, data_dir=data).data / "journal.sqlite"
    with (
        service_site(f"sqlite:///{tmp_path / 'central.db'}") as site,
        FaultProxy(site.url) as line,
    ):
        service = site.service_
        sold, undone, offline, lost, today = sell(service, 5_000, count=5)
        with driven_till(
            *arguments, output=tmp_path / "out1", secrets=secrets, environ={DAYS_BACK: "1"}
        ) as till:
            till.shows(page="EnrolPage")
            till.do("enrol", address=line.url, code=offer(service))
            till.shows(state="Ready")
            debit(till, sold)
            debit(till, undone)
            till.after("undo", shows="ConfirmUndo")
            till.after("enter", shows="Undone")
            line.line_down()
            for voucher in (offline, lost):
                accept_offline(till, voucher)
            leave(till)
        used_at_another_till(service, site.url, lost)
        line.line_up()
        with driven_till(*arguments, output=tmp_path / "out2", secrets=secrets) as till:
            offered = till.shows(place="ClotureView", closing="Offering")
            assert "n’a pas été clôturée" in offered["closing_word"]
            # What was lost at the other till is known by now, and is asked about first.
            till.shows(to_settle=1, unsent=0)
            mark = len(till.seen)
            till.do("enter")
            asked = till.shows(after=mark, closing="Asking")
            assert "1 affaire" in asked["closing_word"]
            done = till.after_key(CLOSE_KEY, closing="Done")
            assert "Journée clôturée" in done["closing_word"]
            assert "Le service central a tout reçu" in done["closing_word"]
            mark = len(till.seen)
            till.do("enter")
            till.shows(after=mark, closing="Overview")
            till.do("function", key=CHECKOUT_KEY)
            debit(till, today)
            till.after_key(CLOSING_KEY, closing="Overview")
            till.after_key(CLOSE_KEY, closing="Asking")
            till.after_key(CLOSE_KEY, closing="Done")
            leave(till)
    yesterday, this_day = closings_of(journal)
    now = SystemClock().now()
    assert (this_day.business_date - yesterday.business_date).days == 1
    figures = yesterday.figures
    assert (figures.redeemed_count, figures.redeemed_minor) == (4, 20_000)
    assert (figures.reversed_count, figures.reversed_minor) == (1, 5_000)
    assert (figures.shortfall_count, figures.shortfall_minor) == (1, 5_000)
    assert (figures.offline_count, figures.offline_minor) == (2, 10_000)
    assert [one.what for one in yesterday.unresolved] == ["shortfall"]
    assert yesterday.waiting == ()
    assert this_day.figures.redeemed_minor == 5_000
    assert this_day.perpetual.redeemed_minor == 25_000
    assert this_day.closed_at <= now
    _covers_without_a_gap(yesterday, this_day)
    _proves_its_rows(journal, yesterday)
    papers = sorted((journal.parent / "closings").glob("*.pdf"))
    assert len(papers) == 4
    assert all("200,00 €" in words_of(paper) for paper in papers[:2])


def _covers_without_a_gap(first: Closing, second: Closing) -> None:
    assert isinstance(first.covers, Positions)
    assert isinstance(second.covers, Positions)
    assert second.covers.since == first.covers.until
    last = {one.table: one.last for one in first.rows}
    assert {one.table: one.first - 1 for one in second.rows} == last


def _proves_its_rows(journal: Path, covering: Closing) -> None:
    """The inspector's file, run as he runs it, before and after somebody changed one outcome."""
    assert verify(journal)["sound"]
    (outcomes,) = [one for one in covering.rows if one.table == "outcomes"]
    with closed(sqlite3.connect(journal)) as connection, connection:
        for (name,) in connection.execute(
            "SELECT name FROM sqlite_schema WHERE type = 'trigger'"
        ).fetchall():
            connection.execute(f"DROP TRIGGER {name}")
        changed = connection.execute(
            "UPDATE outcomes SET recorded_at = '2026-01-01T00:00:00.000Z' WHERE id = ?",
            (outcomes.first,),
        )
        assert changed.rowcount == 1
    result = verdict(journal)
    assert not result["sound"]
    (found,) = [one for one in result["findings"] if one["kind"] == "rows"]
    assert (found["table"], found["row"], found["last_row"]) == (
        "outcomes",
        outcomes.first,
        outcomes.last,
    )


def verify(journal: Path) -> dict[str, Any]:
    done = subprocess.run(
        [sys.executable, str(program()), "--json", str(journal)],
        capture_output=True,
        text=True,
        check=False,
    )
    result: dict[str, Any] = json.loads(done.stdout)
    return result


def test_training_has_closings_of_its_own_with_marks_on_screen_and_page(tmp_path: Path) -> None:
    data = tmp_path / "till"
    training = profile_of(ProfileName.TRAINING, data_dir=data).data
    with driven_till(
        "--training", *NO_CAMERA, "--data-dir", str(data), output=tmp_path / "out"
    ) as till:
        till.shows(state="Ready")
        practice = TrainingService(training).practice()
        voucher = next(one for one in practice if one.kind == "valid")
        till.after("gun", text=voucher.token, shows="Debitable")
        till.after("enter", shows="Debited")
        till.after_key(CLOSING_KEY, closing="Overview", place="ClotureView")
        done = till.after_key(CLOSE_KEY, closing="Done")
        assert "Mode école" in done["closing_word"]
        leave(till)
    (closing,) = closings_of(training / "journal.sqlite")
    assert closing.training
    assert closing.figures.redeemed_count == 1
    papers = sorted((training / "closings").glob("*.pdf"))
    assert len(papers) == 2
    assert all("MODE ÉCOLE" in words_of(paper) for paper in papers)
    assert verify(training / "journal.sqlite")["sound"]
    # The real till has neither a journal nor a closing of it.
    main = profile_of(ProfileName.MAIN, data_dir=data).data
    assert not list(main.glob("journal.sqlite")) + list(main.glob("closings/*"))

"""The whole till reads its statement: the service as a process, payouts by its command line, the
bank's file dropped; one payout that never came."""

from __future__ import annotations

import sys
from contextlib import closing as closed
from datetime import date, timedelta
from pathlib import Path

import pytest

from merchant_app.bootstrap.training import TrainingService
from merchant_app.clock import SystemClock
from merchant_app.settings.paths import ProfileName, profile_of
from merchant_app.ui.function_keys import CHECKOUT_KEY, STATEMENTS_KEY
from tests.fakes.driven_till import driven_till
from tests.fakes.service_process import SHOP, offer, open_service, run, sell, serving

pytestmark = pytest.mark.skipif(
    sys.platform != "linux", reason="drives the till by pipes, reads /proc"
)
NO_CAMERA = ("--camera", "63", "--language", "fr")


def pay_out(database_url: str, day: date, euros: int, reference: str) -> None:
    done = run(
        *("payout", "--database", database_url, "--shop", SHOP, "--date", day.isoformat()),
        *("--amount", str(euros), "--reference", reference),
    )
    assert done.returncode == 0, done.stderr


def test_a_payout_at_the_bank_and_one_that_never_came(tmp_path: Path) -> None:
    database_url = f"sqlite:///{tmp_path / 'central.db'}"
    today = SystemClock().now().date()
    sent = today - timedelta(days=20)
    bank = tmp_path / "releve.csv"
    rows = [
        "Date;Libellé;Débit;Crédit",
        f"{sent - timedelta(days=9):%d/%m/%Y};LOYER;-900,00;",
        f"{sent + timedelta(days=1):%d/%m/%Y};VIR COMPTOIR 0001;;1 250,00",
        f"{today:%d/%m/%Y};CARTE;-12,40;",
    ]
    bank.write_text("\r\n".join(rows), encoding="cp1252")
    with closed(open_service(database_url).database):
        pass
    with serving(database_url, tmp_path) as process:
        service = open_service(database_url)
        (voucher,) = sell(service, 5_000)
        code = offer(service)
        service.database.close()
        with driven_till(
            *(*NO_CAMERA, "--data-dir", str(tmp_path / "till")),
            output=tmp_path / "out",
            secrets=str(tmp_path / "secrets"),
        ) as till:
            till.shows(page="EnrolPage")
            till.do("enrol", address=process.url, code=code)
            till.shows(state="Ready")
            till.after("gun", text=voucher.token, shows="Debitable")
            till.after("enter", shows="Debited")
            pay_out(database_url, sent, 1_250, "COMPTOIR 0001")

            agrees = till.after_key(STATEMENTS_KEY, place="RelevesView", asking=False)
            assert agrees["statement_word"].startswith("Tout concorde. 1 encaissement")
            arrived = till.shows(did=till.do("drop", path=str(bank)), bank_read=True)
            assert arrived["statement_word"].startswith("Sur votre compte.")
            assert "3 mouvements" in arrived["statement_message"]

            pay_out(database_url, sent + timedelta(days=2), 300, "COMPTOIR 0002")
            till.after_key(CHECKOUT_KEY, place="EncaisserView")
            till.after_key(STATEMENTS_KEY, place="RelevesView", asking=False, bank_read=False)
            missing = till.shows(did=till.do("drop", path=str(bank)), bank_read=True)
            assert missing["statement_word"].startswith("Pas sur votre compte.")
            assert "COMPTOIR 0002" in missing["statement_word"]

            process.popen.terminate()
            process.popen.wait(30)
            till.after_key(CHECKOUT_KEY, place="EncaisserView")
            gone = till.after_key(STATEMENTS_KEY, place="RelevesView", asking=False)
            assert "injoignable" in gone["statement_message"]
            assert "Voici le relevé établi" in gone["statement_message"]
            till.do("close")
            assert till.ends() == 0


def test_training_reads_the_statement_of_its_own_service_with_marks(tmp_path: Path) -> None:
    training = profile_of(ProfileName.TRAINING, data_dir=tmp_path / "till").data
    with driven_till(
        *("--training", *NO_CAMERA, "--data-dir", str(tmp_path / "till")),
        output=tmp_path / "out",
    ) as till:
        till.shows(state="Ready")
        practice = TrainingService(training).practice()
        voucher = next(one for one in practice if one.kind == "valid")
        till.after("gun", text=voucher.token, shows="Debitable")
        till.after("enter", shows="Debited")
        agrees = till.after_key(STATEMENTS_KEY, place="RelevesView", asking=False)
        assert agrees["statement_word"].startswith("Tout concorde.")
        assert "Mode école" in agrees["statement_word"]
        till.do("close")
        assert till.ends() == 0

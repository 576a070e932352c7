"""merchant-central as people and programs start it."""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import ssl
import stat
import subprocess
import sys
import warnings
from pathlib import Path
from typing import Any
from uuid import UUID

import pypdfium2
import pytest
import requests
import trustme
import zxingcpp
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import text

from merchant_app.contract import paths
from merchant_app.ids import VoucherId
from merchant_app.resources import resource_path
from merchant_app.server.database import Database, DatabaseUnusable, database_url
from merchant_app.server.sample_plan import SHOPS
from merchant_app.server.schema import metadata
from merchant_app.vouchers.scan import Foreign, classify
from tests.fakes.http_till import TIMEOUT_S, HttpTill, enrol
from tests.fakes.postgres import Cluster
from tests.fakes.service_process import environment, program, run, serving
from tests.fakes.waiting import LIMIT_S

TABLE = [
    ("Librairie Cassiopée", "Val d'Oingt", 332, 15_260),
    ("Librairie Obliques", "Auxerre", 267, 12_880),
    ("Librairie Jean-Jacques Rousseau", "Chambéry", 252, 11_830),
    ("Le Marque Page", "Choisy-le-Roi", 171, 8_900),
    ("Librairie Arthaud", "Grenoble", 190, 8_750),
    ("La Belle Histoire", "La Tour-du-Pin", 205, 8_620),
    ("Librairie M'Lire", "Laval", 191, 8_610),
]


def told(*arguments: str) -> Any:
    """What a command prints with --json."""
    done = run(*arguments, "--json")
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


@pytest.fixture
def file_url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path / 'one.db'}"


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database file with the sample shops, to be copied."""
    path = tmp_path_factory.mktemp("sample") / "sample.db"
    told("sample", "--database", f"sqlite:///{path}")
    return path


@pytest.fixture
def sample_url(sample: Path, tmp_path: Path) -> str:
    """The sample shops in a database of their own."""
    shutil.copyfile(sample, tmp_path / "one.db")
    return f"sqlite:///{tmp_path / 'one.db'}"


def test_the_sample_gives_the_balance_of_june_2020_back(database_url: str) -> None:
    first = told("sample", "--database", database_url)
    assert first["filled"]
    assert not told("sample", "--database", database_url)["filled"]
    ranked = told("ranking", "--database", database_url)
    assert [
        (row["shop"], row["city"], row["count"], row["value_minor"] // 100) for row in ranked
    ] == TABLE
    audit = told("audit", "--database", database_url)
    assert (audit["vouchers"], audit["wrong"], audit["alarms"]) == (1608, [], [])
    practice = told("practice", "--database", database_url)["practice"]
    assert practice == first["practice"]
    assert {row["kind"] for row in practice} == {
        "valid", "part_not_allowed", "minimum_purchase", "expired", "not_yet_valid", "revoked",
        "used_up", "other_shop",
    }  # fmt: skip
    used = next(row for row in practice if row["kind"] == "used_up")
    history = told("audit", "--database", database_url, "--voucher", used["voucher_id"])
    assert [entry["kind"] for entry in history["entries"]] == ["issue", "debit"]
    assert history["ops"][0]["till"] == "Caisse 2"
    assert len(told("shops", "--database", database_url)) == len(SHOPS)


def test_a_voucher_is_issued_printed_and_printed_again(tmp_path: Path, sample_url: str) -> None:
    pdf, again = tmp_path / "bons.pdf", tmp_path / "encore.pdf"
    issue = ["issue", "--database", sample_url, "--shop", "librairie-m-lire", "--amount", "12,50"]
    made = told(*issue, "--count", "2", "--expires", "2027-12-31", "--pdf", str(pdf))
    assert [one["face_minor"] for one in made] == [1250, 1250]
    assert _codes_on(pdf) == [one["token"] for one in made]
    print_again = ["print", "--database", sample_url, "--voucher", made[1]["voucher_id"]]
    told(*print_again, "--pdf", str(again), "--format", "a5")
    assert _codes_on(again) == [made[1]["token"]]
    rows = told("vouchers", "--database", sample_url, "--shop", "librairie-m-lire")
    assert len(rows) == 193
    assert not any(made[0]["code"] in str(row) for row in rows)
    for wrong, sentence in (
        (["--amount", "zero"], "no amount"),
        (["--expires", "31/12/2027"], "no date"),
        (["--count", "0"], "Between"),
        (["--shop", "nowhere"], "no shop"),
        (["--expires", "2027-01-01", "--valid-from", "2027-01-02"], "before the first"),
        (["--pdf", str(tmp_path / "no" / "folder.pdf")], "the vouchers exist"),
    ):
        done = run(*issue, *wrong)
        assert (done.returncode, sentence in done.stderr) == (1, True), done.stderr
        assert "Traceback" not in done.stderr


def _codes_on(pdf: Path) -> list[str]:
    document = pypdfium2.PdfDocument(pdf)
    pictures = [page.render(scale=2).to_pil() for page in document]
    document.close()
    return [found.text for picture in pictures for found in zxingcpp.read_barcodes(picture)]


def test_a_list_is_imported_whole_or_not_at_all(tmp_path: Path, sample_url: str) -> None:
    before = told("ranking", "--database", sample_url)
    path = tmp_path / "liste.csv"
    good = "Librairie M'Lire;Dupont;Claire;20,00 €;A1;31/12/2027\n"
    header = "Boutique;Nom;Prénom;Montant;Commande;Expiration\n"
    path.write_text(header + good + "Nulle part;D;C;x;A2;\nNulle part;D;C;5;A3;\n", "cp1252")
    bad = run("import", "--database", sample_url, str(path), "--json")
    report = json.loads(bad.stdout)
    assert (bad.returncode, report["imported"]) == (1, 0)
    assert [(row["row"], row["column"]) for row in report["bad_rows"]] == [
        (3, "amount"),
        (4, "shop"),
    ]
    assert told("ranking", "--database", sample_url) == before
    path.write_text(header + good, "cp1252")
    done = told("import", "--database", sample_url, str(path))
    assert (done["imported"], done["vouchers"][0]["holder"]) == (1, "Claire D.")
    twice = run("import", "--database", sample_url, str(path))
    assert twice.returncode == 1
    assert "imported before" in twice.stdout
    assert run("import", "--database", sample_url, str(tmp_path / "none")).returncode == 1


def test_a_till_from_its_code_to_its_revocation(tmp_path: Path, sample_url: str) -> None:
    practice = told("practice", "--database", sample_url)["practice"]
    shop = ("--shop", "librairie-cassiopee", "--till", "Caisse 1")
    offer = ["enrol", "--database", sample_url, *shop]
    with serving(sample_url, tmp_path) as process:
        code = told(*offer)
        assert code["qr_text"] == "E1:" + code["code"]
        assert classify(code["qr_text"]) is Foreign.ENROLMENT
        till = HttpTill(process.url, code["qr_text"])
        found = till.post(paths.LOOKUP, {"token": practice[0]["token"]}).json()
        assert found["voucher"]["balance_minor"] == practice[0]["balance_minor"]
        rows = told("tills", "--database", sample_url)
        assert [row["name"] for row in rows] == ["Caisse 1", "Caisse 2"]
        told("revoke", "--database", sample_url, "--till", till.facts["till_id"])
        assert till.get(paths.TILL).status_code == 410
        told("revoke", "--database", sample_url, "--voucher", practice[0]["voucher_id"])
        again = HttpTill(process.url, told(*offer)["code"])
        found = again.post(paths.LOOKUP, {"code": practice[0]["code"]}).json()
        assert found["voucher"]["status"] == "revoked"


def test_training_brings_its_sample_and_its_code(tmp_path: Path, file_url: str) -> None:
    with serving(file_url, tmp_path, "--training") as process:
        assert process.ready["training"] is True
        assert process.ready["pid"] == process.popen.pid
        mode = stat.S_IMODE((tmp_path / "ready.json").stat().st_mode)
        assert sys.platform == "win32" or mode == 0o600
        assert enrol(process.url, process.ready["enrolment_code"]).status_code == 200


def test_a_port_in_use_is_one_sentence_and_code_3(tmp_path: Path, file_url: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        done = run("serve", "--database", file_url, "--port", str(port))
    assert done.returncode == 3
    assert done.stderr.count("\n") == 1
    assert f"127.0.0.1:{port} is in use by another program" in done.stderr


def test_other_computers_are_listened_to_with_tls_only(file_url: str) -> None:
    for options in (["--host", "0.0.0.0"], ["--host", "::"], ["--tls-cert", "alone.pem"]):
        done = run("serve", "--database", file_url, "--port", "0", *options)
        assert (done.returncode, done.stderr.count("\n")) == (2, 1)


@pytest.mark.skipif(sys.platform == "win32", reason="SIGTERM is POSIX's")
def test_it_stops_in_good_order_when_asked(tmp_path: Path, file_url: str) -> None:
    with serving(file_url, tmp_path) as process:
        process.popen.send_signal(signal.SIGTERM)
        assert process.popen.wait(TIMEOUT_S) == 0


def test_only_a_service_that_answers_loads_what_answers(file_url: str) -> None:
    asked = (
        "import sys; from merchant_app.server.cli import main; main(sys.argv[1:]);"
        "print({'fastapi', 'uvicorn'} & set(sys.modules))"
    )
    done = subprocess.run(
        [sys.executable, "-c", asked, "shops", "--database", file_url, "--json"],
        capture_output=True,
        text=True,
        timeout=LIMIT_S,
        env=environment(),
        check=True,
    )
    assert done.stdout.splitlines()[-1] == "set()"


def test_it_ends_with_the_program_that_started_it(tmp_path: Path, file_url: str) -> None:
    with serving(file_url, tmp_path, "--until-stdin-closes") as process:
        assert requests.get(process.url + paths.HEALTH, timeout=TIMEOUT_S).status_code == 200
        assert process.popen.stdin is not None
        process.popen.stdin.close()
        process.popen.stdin = None
        assert process.popen.wait(TIMEOUT_S) == 0


def test_what_a_killed_service_had_stored_is_there_for_the_next(
    tmp_path: Path, database_url: str
) -> None:
    with serving(database_url, tmp_path, "--training") as process:
        practice = told("practice", "--database", database_url)["practice"]
        till = HttpTill(process.url, process.ready["enrolment_code"])
        redemption = till.journal.redemption((_id(practice[0]), 100))
        till.journal.write(redemption)
        assert till.send().json()["outcomes"][0]["status"] == "accepted"
        process.popen.kill()
        process.popen.wait(TIMEOUT_S)
    with serving(database_url, tmp_path) as process:
        till.url = process.url
        reply = till.send().json()
    assert (reply["head"]["seq"], reply["outcomes"][0]["status"]) == (1, "accepted")


def _id(row: dict[str, Any]) -> VoucherId:
    return VoucherId(UUID(row["voucher_id"]))


def test_the_checked_in_description_is_current() -> None:
    done = subprocess.run(program("openapi"), capture_output=True, timeout=LIMIT_S, check=True)
    checked_in = resource_path("openapi", "central-v1.json").read_bytes()
    assert done.stdout == checked_in, "run: merchant-central openapi > resources/openapi/…"


def test_the_limits_of_offline_acceptance_are_shown_and_changed(file_url: str) -> None:
    at = ("policy", "--database", file_url)
    first = told(*at)
    assert (first["redemption_max_minor"], first["voucher_max_minor"]) == (5000, None)
    options = ["--offline-redemption-max", "0", "--offline-voucher-max", "12,50"]
    options += ["--offline-till-max", "100", "--offline-count-max", "7"]
    options += ["--offline-snapshot-warn", "60", "--offline-snapshot-max", "120"]
    changed = told(*at, *options, "--offline-unknown-max", "5")
    assert changed == told(*at)
    assert changed == {
        "redemption_max_minor": 0,
        "voucher_max_minor": 1250,
        "till_max_minor": 10_000,
        "count_max": 7,
        "snapshot_warn_s": 60,
        "snapshot_max_s": 120,
        "unknown_max_minor": 500,
    }
    assert told(*at, "--offline-voucher-max", "balance")["voucher_max_minor"] is None
    for wrong in (["--offline-till-max", "much"], ["--offline-count-max", "-1"]):
        assert run(*at, *wrong).returncode == 1


def test_a_restored_service_says_whom_it_waits_for_until_it_is_told_to_go_on(
    sample_url: str,
) -> None:
    assert told("recovery", "--database", sample_url) == {"waiting": []}
    begun = told("restored", "--database", sample_url)
    assert begun["generation"] > 1
    (waits,) = begun["waiting"]
    assert (waits["shop"], waits["till"]) == ("librairie-cassiopee", "Caisse 2")
    assert told("recovery", "--database", sample_url)["waiting"] == [waits]
    close = ("recovery", "--database", sample_url, "--close")
    assert run(*close, "--shop", "nowhere").returncode == 1
    assert told(*close, "--shop", waits["shop"]) == {"waiting": []}
    again = told("restored", "--database", sample_url)["waiting"]
    told("revoke", "--database", sample_url, "--till", again[0]["till_id"])
    assert told("recovery", "--database", sample_url) == {"waiting": []}
    assert told("audit", "--database", sample_url)["wrong"] == []


def test_the_steps_lead_to_the_tables_of_the_program(database_url: str) -> None:
    database = Database(database_url)
    try:
        database.migrate()
        database.migrate()
        with database.reading() as connection:
            assert compare_metadata(MigrationContext.configure(connection), metadata) == []
        with database.writing() as connection:
            connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
        with pytest.raises(DatabaseUnusable, match="newer"):
            database.migrate()
    finally:
        database.close()


def test_programs_that_start_together_fill_one_database_once(database_url: str) -> None:
    both = [
        subprocess.Popen(
            program("sample", "--database", database_url, "--json"),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=dict(os.environ),
        )
        for _ in range(2)
    ]
    filled = []
    for one in both:
        output, error = one.communicate(timeout=100)
        assert one.returncode == 0, error
        filled.append(json.loads(output)["filled"])
    assert sorted(filled) == [False, True]
    assert told("audit", "--database", database_url)["vouchers"] == 1608


def test_databases_that_are_none(tmp_path: Path, cluster: Cluster) -> None:
    for url in ("mysql://x/y", "sqlite://", "sqlite:///:memory:", "nonsense"):
        done = run("shops", "--database", url)
        assert (done.returncode, done.stderr.count("\n")) == (1, 1), done.stderr
    assert run("shops", "--database", f"sqlite:///{tmp_path}/no/folder.db").returncode == 1
    gone = cluster.database_url().replace("?host=", "x?host=")
    done = run("shops", "--database", gone.replace("postgresql:", "postgres:", 1))
    assert done.returncode == 4
    assert "Traceback" not in done.stderr
    assert database_url("postgresql://a:b@c/d").drivername == "postgresql+psycopg"


def test_a_database_file_is_its_owners_alone(tmp_path: Path, file_url: str) -> None:
    told("sample", "--database", file_url)
    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in tmp_path.glob("one.db*")}
    assert sys.platform == "win32" or modes["one.db"] == 0o600


def test_with_a_certificate_it_speaks_tls(tmp_path: Path, file_url: str) -> None:
    authority = trustme.CA()
    certificate = authority.issue_cert("localhost", "127.0.0.1")
    cert, key, trusted = (tmp_path / name for name in ("cert.pem", "key.pem", "ca.pem"))
    certificate.cert_chain_pems[0].write_to_path(cert)
    certificate.private_key_pem.write_to_path(key)
    authority.cert_pem.write_to_path(trusted)
    with serving(file_url, tmp_path, "--tls-cert", str(cert), "--tls-key", str(key)) as process:
        assert process.url.startswith("https://127.0.0.1:")
        reply = requests.get(process.url + paths.HEALTH, timeout=TIMEOUT_S, verify=str(trusted))
        assert reply.status_code == 200
        old = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        old.load_verify_locations(trusted)
        old.set_ciphers("ALL:@SECLEVEL=0")
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)
            old.minimum_version = old.maximum_version = ssl.TLSVersion.TLSv1_1
        port = int(process.url.rpartition(":")[2])
        with (
            socket.create_connection(("127.0.0.1", port), timeout=TIMEOUT_S) as line,
            pytest.raises(ssl.SSLError),
        ):
            old.wrap_socket(line, server_hostname="localhost")


# --- what shops are owed -------------------------------------------------------------------------


def test_the_fee_is_shown_and_changed(file_url: str) -> None:
    assert told("fee", "--database", file_url) == {"rate_ppm": 0}
    assert told("fee", "--database", file_url, "--rate", "2,5") == {"rate_ppm": 25_000}
    assert told("fee", "--database", file_url) == {"rate_ppm": 25_000}
    for bad in ("101", "-1", "much", "0.00001", "nan"):
        assert run("fee", "--database", file_url, f"--rate={bad}").returncode == 1


def test_payouts_are_recorded_once_and_listed(shops_url: str) -> None:
    slug = told("shops", "--database", shops_url)[0]["slug"]
    where = ("payout", "--database", shops_url, "--shop", slug)
    one = (*where, "--amount", "1 250,00", "--date", "2026-11-23", "--reference", "CPT-1")
    assert [row["amount_minor"] for row in told(*one)] == [125_000]
    twice = run(*one)
    assert twice.returncode == 1
    assert "already" in twice.stderr
    back = ("--amount", "50", "--date", "2026-11-24", "--reference", "CPT-2", "--back")
    assert [row["amount_minor"] for row in told(*where, *back)] == [125_000, -5_000]
    for bad in (
        ("--amount", "50", "--date", "2026-11-24"),
        ("--amount", "50", "--reference", "x"),
        ("--reference", "x"),
        ("--amount", "50", "--date", "1026-11-24", "--reference", "x"),
    ):
        assert run(*where, *bad).returncode == 1
    assert len(told(*where)) == 2


def test_a_statement_at_the_command_line(sample_url: str) -> None:
    slug = told("shops", "--database", sample_url)[0]["slug"]
    told("payout", "--database", sample_url, "--shop", slug, "--amount", "10", "--date",
         "2026-11-23", "--reference", "CPT-1")  # fmt: skip
    asked = ("statement", "--database", sample_url, "--shop", slug, "--from", "2026-11-01")
    found = told(*asked, "--to", "2026-11-30")
    months = [one for one in found["periods"] if one["kind"] == "month"]
    assert [(one["period"], one["payout_minor"]) for one in months] == [("2026-11", 1_000)]
    assert sum(one["payout_minor"] for one in found["periods"]) == 2_000
    shown = run(*asked, "--to", "2026-11-30")
    assert "2026-W48" in shown.stdout
    assert run(*asked, "--to", "2026-10-30").returncode == 1
    assert run(*asked, "--to", "2030-10-30").returncode == 1

"""The program's verifier: one file, any Python, no till; and its bytes are those of the page."""

from __future__ import annotations

import ast
import hashlib
import json
import random
import re
import subprocess
import sys
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from merchant_app import bootstrap
from merchant_app.clock import from_text
from merchant_app.contract.status import OutcomeStatus
from merchant_app.ids import EpochId, OpId, TillId, VoucherId, id_of
from merchant_app.journal import events
from merchant_app.ledger import heads
from merchant_app.ledger.entries import (
    LINES_MAX,
    Choice,
    Decision,
    Line,
    Redemption,
    Resolution,
    Void,
    chain_hash,
    root_hash,
    to_body,
)
from merchant_app.money import Money
from tests.fakes.journal_changes import removed, strike
from tests.fakes.journal_verdict import program, verifier
from tests.fakes.signed_books import KEYS, write_books
from tests.fakes.waiting import LIMIT_S
from tests.house.sources import ROOT

PAGE = next((ROOT / "build" / "decisions").glob("0060-*.md"))
AT = from_text("2026-11-23T09:30:00.000Z")


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("books") / "journal.sqlite"
    write_books(path)
    return path


@pytest.fixture(scope="module")
def unsound(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("books") / "journal.sqlite"
    write_books(path)
    strike(path, removed, random.Random(4))
    return path


def ran(*words: str | Path) -> tuple[int, str]:
    """Exit code and output of the bare file: no packages, no environment, no project."""
    done = subprocess.run(
        [sys.executable, "-I", "-S", program(), *words],
        capture_output=True,
        check=False,
        timeout=LIMIT_S,
    )
    assert done.stderr == b""
    return done.returncode, done.stdout.decode()


def test_it_runs_alone_and_says_what_it_could_not_check(sound: Path) -> None:
    code, said = ran(sound, "--lang", "en")
    assert code == 0
    assert said.startswith("Sound: 28 entries")
    assert "cryptography is missing" in said


def test_it_speaks_french(sound: Path, unsound: Path) -> None:
    assert ran(sound, "--lang", "fr")[1].startswith("Intègre\u202f: 28 écritures\u202f;")
    code, said = ran(unsound, "--lang", "fr")
    assert code == 1
    assert said.startswith("NON INTÈGRE.")


def test_json_says_the_same(unsound: Path) -> None:
    code, said = ran(unsound, "--json")
    result = json.loads(said)
    assert (code, result["sound"]) == (1, False)
    assert {"kind", "table", "row", "last_row", "sentence"} <= set(result["findings"][0])


def test_what_cannot_be_read_is_said(tmp_path: Path, sound: Path) -> None:
    text = tmp_path / "notes.txt"
    text.write_text("no journal")
    for words in ([tmp_path / "missing"], [text], [sound, "--key", "zz"]):
        code, said = ran(*words, "--lang", "en")
        assert code == 2
        assert len(said.splitlines()) == 1


def test_the_command_of_the_till_runs_the_same_file(
    sound: Path, unsound: Path, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    keys = [word for key in KEYS for word in ("--key", key)]
    assert bootstrap.main(["verify-journal", str(sound), *keys, "--lang", "en"]) == 0
    assert b"receipts of the service have a true signature" in capfdbinary.readouterr().out
    assert bootstrap.main(["verify-journal", str(unsound), "--lang", "en"]) == 1
    assert capfdbinary.readouterr().out.decode() == ran(unsound, "--lang", "en")[1].replace(
        verifier().SAID["en"]["no_cryptography"], verifier().SAID["en"]["no_key"]
    )


def test_the_command_needs_no_window(sound: Path) -> None:
    code = (
        "import sys; from merchant_app.bootstrap import main; "
        f"main(['verify-journal', {str(sound)!r}]); "
        "sys.exit('PySide6' in sys.modules)"
    )
    words = [sys.executable, "-c", code]
    done = subprocess.run(words, capture_output=True, check=False, timeout=LIMIT_S)
    assert done.returncode == 0, done.stderr


def test_it_is_python_of_3_8_and_imports_nothing_but_its_library() -> None:
    tree = ast.parse(program().read_text(encoding="utf-8"), feature_version=(3, 8))
    imported = {
        (node.module or "") if isinstance(node, ast.ImportFrom) else node.names[0].name
        for node in ast.walk(tree)
        if isinstance(node, ast.Import | ast.ImportFrom)
    }
    others = {name.split(".")[0] for name in imported} - set(sys.stdlib_module_names)
    assert others == {"cryptography"}  # where it is there


def test_both_languages_say_everything() -> None:
    def fields(said: dict[str, object]) -> dict[str, object]:
        return {
            key: fields(text) if isinstance(text, dict) else set(re.findall(r"{\w+}", str(text)))
            for key, text in said.items()
        }

    assert fields(verifier().SAID["fr"]) == fields(verifier().SAID["en"])


def test_every_status_is_known_to_it() -> None:
    assert set(verifier().STATUSES) == {status.value for status in OutcomeStatus}


TEXTS = st.text(st.characters(codec="utf-8"), max_size=120)
UUIDS = st.uuids()


@given(TEXTS, TEXTS, UUIDS, UUIDS, st.integers(1, 0xFFFFFFFF), st.booleans())
def test_whatever_an_entry_says_is_recognised(
    cashier: str, label: str, one: OpId, other: OpId, minor: int, yes: bool
) -> None:
    money = Money(minor, "EUR")
    lines = tuple(
        Line(VoucherId(id_of(f"00000000-0000-7000-8000-{number:012}")), money, label)
        for number in range(LINES_MAX if yes else 1)
    )
    retry = Choice.RETRIED if yes else Choice.LOSS_ACCEPTED
    for entry in (
        Redemption(
            op_id=one,
            lines=lines,
            purchase=money if yes else None,
            honoured=yes,
            at=AT,
            cashier=cashier,
        ),
        Decision(op_id=one, redemption_id=other, handed_over=yes, at=AT, cashier=cashier),
        Void(op_id=one, redemption_id=other, at=AT, cashier=cashier),
        Resolution(
            op_id=one,
            about_id=other,
            choice=retry,
            note=label,
            retry_id=other if yes else None,
            at=AT,
            cashier=cashier,
        ),
    ):
        read = verifier().BODY[type(entry).__name__.lower()](to_body(entry))
        assert read is not None
        about = "" if isinstance(entry, Redemption) else str(other)
        assert read.group("op", "about", "at") == (str(one), about, "2026-11-23T09:30:00.000Z")


def test_the_worked_example_of_the_page_is_true() -> None:
    page = PAGE.read_text(encoding="utf-8")
    epoch_id = EpochId(id_of("01a207bd-b190-7c8a-9bd9-9f267a0e7217"))
    voucher_id = VoucherId(id_of("01a207bd-b578-7000-8000-0000000000aa"))
    sale = Redemption(
        op_id=OpId(id_of("01a207bd-b578-7000-8000-000000000001")),
        lines=(Line(voucher_id, Money(2000, "EUR"), "…H2M7"),),
        purchase=None,
        honoured=False,
        at=AT,
        cashier="Zoë",
    )
    body, root = to_body(sale), root_hash(epoch_id)
    first = chain_hash(root, seq=1, body=body)
    at = "2026-11-23T09:31:00.000Z"
    event_root = hashlib.sha256(b"comptoir events v1\x00").digest()
    event = events.chain_hash(event_root, 1, at, "searched", "Zoë", '{"characters":4}')
    closing = verifier().closing_hash(bytes(32), 1, '{"kind":"day"}')
    key = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
    head = heads.Head(
        till_id=TillId(id_of("01a207bd-a000-7000-8000-000000000002")),
        epoch_id=epoch_id,
        generation=0,
        seq=1,
        hash=first,
        at=AT,
    )
    facts = [
        body,
        root.hex(),
        root_hash(EpochId(sale.op_id), first).hex(),
        first.hex(),
        event_root.hex(),
        event.hex(),
        closing.hex(),
        key.sign(b"comptoir closing signature v1\x00" + closing).hex(),
        head.signed_bytes().partition(b"\x00")[2].decode(),
        heads.sign(head, key).hex(),
        key.public_key().public_bytes_raw().hex(),
    ]
    assert [fact for fact in facts if fact not in page] == []
    assert verifier().entry_hash(verifier().root_hash(str(epoch_id)), 1, body) == first

"""`merchant-app verify-archive`: what it says, in which language, and with which exit code."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from merchant_app import bootstrap
from merchant_app.bootstrap.verify_archive import sentence
from merchant_app.i18n.catalogue import Language, active, install
from merchant_app.reports.archive.checking import Fault, Finding
from tests.fakes.archived_shop import Shop
from tests.fakes.till_key import PUBLIC_KEY

KEY = f"till={PUBLIC_KEY.hex()}"


@pytest.fixture(autouse=True)
def same_language_afterwards() -> Iterator[None]:
    before = active()
    yield
    install(before)


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Path:
    shop = Shop(tmp_path_factory.mktemp("shop"))
    path = shop.archived().path
    shop.journal.close()
    return path


def ran(capture: pytest.CaptureFixture[bytes], *words: object) -> tuple[int, str]:
    code = bootstrap.main(["verify-archive", *map(str, words)])
    return code, capture.readouterr().out.decode()


def test_a_sound_archive_is_said_to_be_sound_in_both_languages(
    archive: Path, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    code, said = ran(capfdbinary, archive, "--key", KEY, "--lang", "en")
    assert code == 0
    assert said.startswith("Sound: every file is as Caisse 1, ")
    assert PUBLIC_KEY.hex() in said
    assert "up to entry 4; its last closing is 2" in said
    code, said = ran(capfdbinary, archive, "--lang", "fr")
    assert code == 0
    assert said.startswith("Intègre")


def test_what_is_wrong_is_named_and_the_exit_code_is_1(
    archive: Path, tmp_path: Path, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    cut = tmp_path / "cut.zip"
    cut.write_bytes(archive.read_bytes()[:-100])
    code, said = ran(capfdbinary, cut, "--lang", "en")
    assert code == 1
    assert said.splitlines()[1] == "This is no archive of Comptoir, or it was cut off."
    code, said = ran(capfdbinary, archive, "--key", "11" * 32, "--lang", "en", "--json")
    assert code == 1
    told = json.loads(said)
    assert told["sound"] is False
    assert told["findings"][0]["fault"] == "other_key"


def test_what_cannot_be_read_is_said_and_the_exit_code_is_2(
    tmp_path: Path, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    for path in (tmp_path / "missing.zip", tmp_path):
        code, said = ran(capfdbinary, path, "--lang", "en")
        assert code == 2
        assert said.startswith("Cannot be read: ")
    with pytest.raises(SystemExit):
        ran(capfdbinary, tmp_path, "--key", "zz")


@pytest.mark.parametrize("fault", Fault)
def test_every_fault_has_its_sentence(fault: Fault) -> None:
    install(Language.ENGLISH)
    said = sentence(Finding(fault, "keys.json", "detail"))
    assert said.endswith((".", "detail"))


def test_the_command_needs_no_window(archive: Path) -> None:
    code = (
        "import sys; from merchant_app.bootstrap import main; "
        f"code = main(['verify-archive', {str(archive)!r}]); "
        "sys.exit(code or 'PySide6' in sys.modules)"
    )
    words = [sys.executable, "-c", code]
    done = subprocess.run(words, capture_output=True, check=False, timeout=60)
    assert done.returncode == 0, done.stderr

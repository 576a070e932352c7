"""The catalogues keep up with the code, and the program that does it notices when they do not."""

from __future__ import annotations

import gettext
import io
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.fakes.waiting import LIMIT_S
from tests.house.sources import ROOT

SOURCE = """
from gettext import gettext as _, ngettext
print(_("Debit {amount}").format(amount=1))
def later(count):
    return ngettext("{count} voucher", "{count} vouchers", count)
"""


def translations(root: Path, *arguments: str) -> tuple[int, str]:
    done = subprocess.run(
        [sys.executable, root / "build" / "translations.py", *arguments],
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=LIMIT_S,
        check=False,
    )
    return done.returncode, done.stdout + done.stderr


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    for name in ("build", "merchant_app"):
        (tmp_path / name).mkdir()
    shutil.copy(ROOT / "build" / "translations.py", tmp_path / "build")
    (tmp_path / "merchant_app" / "words.py").write_text(SOURCE, encoding="utf-8")
    return tmp_path


def french(root: Path) -> Path:
    return root / "resources" / "locale" / "fr" / "LC_MESSAGES" / "comptoir.po"


def test_the_catalogues_are_complete() -> None:
    if not (ROOT / "resources" / "locale").exists():
        pytest.skip("no catalogue yet")
    code, said = translations(ROOT, "--check")
    assert code == 0, said


def test_a_catalogue_is_made_translated_compiled_and_then_complete(copy: Path) -> None:
    code, said = translations(copy, "--check")
    assert code == 1
    assert "is behind" in said
    assert translations(copy)[0] == 0
    text = french(copy).read_text(encoding="utf-8")
    text = text.replace(
        'msgid "Debit {amount}"\nmsgstr ""', 'msgid "Debit {amount}"\nmsgstr "Débiter {amount}"'
    )
    text = text.replace(
        'msgstr[0] ""\nmsgstr[1] ""', 'msgstr[0] "{count} bon"\nmsgstr[1] "{count} bons"'
    )
    french(copy).write_text(text, encoding="utf-8")
    assert translations(copy)[0] == 0
    assert translations(copy, "--check") == (0, "The catalogues are complete.\n")
    compiled = french(copy).with_suffix(".mo").read_bytes()
    words = gettext.GNUTranslations(io.BytesIO(compiled))
    assert words.gettext("Debit {amount}") == "Débiter {amount}"
    assert words.ngettext("{count} voucher", "{count} vouchers", 0) == "{count} bon"


def test_a_sentence_without_a_translation_is_told(copy: Path) -> None:
    translations(copy)
    code, said = translations(copy, "--check")
    assert code == 1
    assert "fr: 'Debit {amount}' is not translated" in said
    assert "en:" not in said


def test_a_translation_that_loses_a_placeholder_is_told(copy: Path) -> None:
    translations(copy)
    text = french(copy).read_text(encoding="utf-8")
    french(copy).write_text(
        text.replace(
            'msgid "Debit {amount}"\nmsgstr ""', 'msgid "Debit {amount}"\nmsgstr "Débiter {somme}"'
        ),
        encoding="utf-8",
    )
    code, said = translations(copy, "--check")
    assert code == 1
    assert "fr: 'Debit {amount}': placeholders differ: amount, somme" in said

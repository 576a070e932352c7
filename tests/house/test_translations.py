"""The catalogues keep up with the code, and the program that does it notices when they do not."""

from __future__ import annotations

import ast
import gettext
import io
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from string import Formatter

import pytest

from tests.fakes.waiting import LIMIT_S
from tests.house.sources import ROOT, dotted, files, place, tree

SOURCE = """
from gettext import gettext as _, ngettext
print(_("Debit {amount}").format(amount=1))
def later(count):
    return ngettext("{count} voucher", "{count} vouchers", count)
"""


def asked_for(module: ast.Module) -> Iterator[tuple[ast.Call, list[ast.expr]]]:
    """Each call of gettext with the sentences it is given."""
    for node in ast.walk(module):
        if isinstance(node, ast.Call) and dotted(node.func) in ("_", "ngettext"):
            yield node, node.args[: 2 if dotted(node.func) == "ngettext" else 1]


def computed(module: ast.Module) -> Iterator[int]:
    """Lines where a sentence is put together first: no catalogue can hold it."""
    for call, sentences in asked_for(module):
        if not all(isinstance(one, ast.Constant) for one in sentences):
            yield call.lineno


def ill_filled(module: ast.Module) -> Iterator[tuple[int, str]]:
    """Sentences that are filled on the spot, with other names than they have."""
    sentences = {id(call): given for call, given in asked_for(module)}
    for node in ast.walk(module):
        if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)):
            continue
        given = sentences.get(id(node.func.value))
        names = {keyword.arg for keyword in node.keywords}
        if node.func.attr != "format" or given is None or None in names:
            continue
        wanted: set[str | None] = set()
        for one in given:
            text = str(one.value) if isinstance(one, ast.Constant) else ""
            wanted |= {field for _, field, _, _ in Formatter().parse(text) if field is not None}
        if wanted != names:
            yield node.lineno, f"{wanted ^ names}"


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
    for language in ("fr", "en"):
        (tmp_path / "resources" / "locale" / language).mkdir(parents=True)
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


def test_a_folder_is_a_language(copy: Path) -> None:
    (copy / "resources" / "locale" / "de").mkdir()
    assert translations(copy)[0] == 0
    code, said = translations(copy, "--check")
    assert code == 1
    assert "de: 'Debit {amount}' is not translated" in said


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


def test_every_sentence_is_written_where_it_is_asked_for() -> None:
    found = {path: list(computed(tree(path))) for path in files(under="merchant_app", suffix=".py")}
    found.pop(ROOT / "merchant_app" / "i18n" / "catalogue.py")  # it passes them on
    assert not any(found.values()), [place(path, line) for path in found for line in found[path]]


def test_every_sentence_is_filled_with_its_own_names() -> None:
    for path in files(under="merchant_app", suffix=".py"):
        for line, names in ill_filled(tree(path)):
            pytest.fail(f"{place(path, line)}: {names}")


@pytest.mark.parametrize("source", ["_(f'{n} bons')", "_(words)", "ngettext('one', many, 2)"])
def test_the_ban_of_computed_sentences_bites(source: str) -> None:
    assert list(computed(ast.parse(source)))


@pytest.mark.parametrize(
    "source",
    ["_('Debit {amount}').format(amont=1)", "ngettext('{n} bon', '{n} bons', n).format(count=n)"],
)
def test_the_ban_of_wrong_names_bites(source: str) -> None:
    assert list(ill_filled(ast.parse(source)))

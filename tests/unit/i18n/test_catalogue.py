"""The catalogues, and the choice of a language."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from babel.messages.pofile import read_po

from merchant_app.bootstrap.arguments import parse
from merchant_app.errors import Bug
from merchant_app.i18n import Language, _, active, choose, install, ngettext
from merchant_app.i18n.formatting import WRITINGS
from merchant_app.resources import resource_path
from merchant_app.settings.options import Language as Setting
from merchant_app.ui.manual import shelf

PLACEHOLDER = re.compile(r"\{[a-z_]*\}")


@pytest.fixture(autouse=True)
def french_again() -> Iterator[None]:
    yield
    install(Language.FRENCH)


@pytest.mark.parametrize(
    ("wanted", "system", "chosen"),
    [
        ("fr", ("en-GB",), Language.FRENCH),
        ("en", ("fr-FR",), Language.ENGLISH),
        ("system", ("en-US", "fr-FR"), Language.ENGLISH),
        ("system", ("en_GB",), Language.ENGLISH),
        ("system", ("en",), Language.ENGLISH),
        ("system", ("xx-XX", "en-GB"), Language.FRENCH),
        ("system", ("C",), Language.FRENCH),
        ("system", (), Language.FRENCH),
    ],
)
def test_the_language(wanted: str, system: tuple[str, ...], chosen: Language) -> None:
    assert choose(wanted, system) is chosen


def test_a_language_is_whole_or_it_is_none() -> None:
    """Its catalogue, its figures, its setting, its option on the command line, its manual."""
    spoken = {language.value for language in Language}
    assert {path.name for path in resource_path("locale").iterdir()} == spoken
    assert set(WRITINGS) == set(Language)
    assert {setting.value for setting in Setting} - {Setting.SYSTEM.value} == spoken
    for language in spoken:
        assert parse(["--language", language]).language == language
    assert {len(files) for files in shelf.PAGES.values()} == {len(Language)}
    assert {len(headings) for headings in shelf.PARTS.values()} == {len(Language)}


def test_an_unknown_setting_is_a_bug() -> None:
    with pytest.raises(Bug):
        choose("it", ())


def test_both_languages_speak() -> None:
    install(Language.FRENCH)
    assert _("Valid") == "Valable"
    install(Language.ENGLISH)
    assert active() is Language.ENGLISH
    assert _("Valid") == "Valid"


def test_plurals() -> None:
    install(Language.FRENCH)
    one, many = "and {n} earlier use", "and {n} earlier uses"
    assert ngettext(one, many, 1) == "et {n} utilisation plus ancienne"
    assert ngettext(one, many, 2) == "et {n} utilisations plus anciennes"


def sentences() -> list[tuple[str, str]]:
    with resource_path("locale", "fr", "LC_MESSAGES", "comptoir.po").open("rb") as file:
        catalogue = read_po(file)
    pairs = []
    for message in catalogue:
        if not message.id:
            continue
        keys = [message.id] if isinstance(message.id, str) else list(message.id)
        texts = [message.string] if isinstance(message.string, str) else list(message.string or ())
        pairs += list(zip(keys, texts, strict=True))
    return pairs


def test_placeholders_survive_translation() -> None:
    for key, text in sentences():
        assert sorted(PLACEHOLDER.findall(key)) == sorted(PLACEHOLDER.findall(text)), key


def test_mnemonics_stay_mnemonics() -> None:
    for key, text in sentences():
        assert key.count("&") == text.count("&"), key

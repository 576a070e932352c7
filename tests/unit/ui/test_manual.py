"""The manual: every page is there in both languages, leads somewhere, and can be found."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from babel.messages.pofile import read_po

from merchant_app.i18n import Language
from merchant_app.resources import resource_path
from merchant_app.ui.encaisser.help_spots import spot_of
from merchant_app.ui.manual import shelf
from merchant_app.ui.manual.shelf import PAGES, ManualPage, Spot, about, found, heading, load
from tests.house.sources import ROOT
from tests.ui.gallery import SCENE

languages = pytest.mark.parametrize("language", Language, ids=lambda one: one.value)
ELSEWHERE = {"brancher-une-plateforme", "connecting"}
"""No part of the manual of a till: for platforms."""
_STATES = [scene.screen(1).state for scene in SCENE.values()]
NO_SCREEN = {
    # what is no screen of its own but a part of others
    *("charts", "manual"),
}


def names(pages: tuple[ManualPage, ...]) -> list[str]:
    return [page.name for page in pages]


@languages
def test_every_page_is_there_with_a_title_and_little_to_read(language: Language) -> None:
    pages = load(language)
    assert names(pages) == list(PAGES)
    for page in pages:
        assert page.text.startswith(f"# {page.title}\n"), page.file
        assert len(page.text.splitlines()) < 60, f"{page.file}: a page, not a book"


@languages
def test_every_file_is_a_page(language: Language) -> None:
    files = {path.stem for path in resource_path("manual", language.value).glob("*.md")}
    assert files - ELSEWHERE == {page.file for page in load(language)}


@languages
def test_every_link_and_picture_leads_to_one(language: Language) -> None:
    folder = resource_path("manual", language.value)
    for page in load(language):
        for link in re.findall(r"\]\(([^)]+)\)", page.text):
            assert (folder / link).is_file(), f"{page.file}: {link}"
            if link.startswith("../pictures/"):
                assert link.endswith(f"-{language.value}.png"), f"{page.file}: {link}"


def test_both_languages_show_the_same_pictures() -> None:
    shown = []
    for language in Language:
        pictures = [re.findall(r"pictures/([\w-]+)-..\.png", p.text) for p in load(language)]
        shown.append(dict(zip(PAGES, pictures, strict=True)))
    assert shown[0] == shown[1]


def test_every_screen_has_its_page() -> None:
    ui = ROOT / "merchant_app" / "ui"
    folders = {path.parent.name for path in ui.glob("*/__init__.py")} - NO_SCREEN
    assert not {name for name in folders if about(f"merchant_app.ui.{name}.view") is None}


def test_help_is_opened_at_pages_and_parts_that_are_there() -> None:
    spots = {*shelf.ABOUT.values(), *shelf.PARTS, *map(spot_of, _STATES)} - {None}
    assert {spot.page for spot in spots if spot is not None} <= set(PAGES)
    assert {spot for spot in spots if spot is not None and spot.part} == set(shelf.PARTS)


@languages
def test_a_part_has_its_heading(language: Language) -> None:
    pages = {page.name: page for page in load(language)}
    for spot in shelf.PARTS:
        assert f"\n## {heading(spot, language)}\n" in pages[spot.page].text, spot
    assert heading(Spot("checkout"), language) == ""


def test_both_languages_have_the_same_parts() -> None:
    french, english = (
        [re.findall(r"^#+", page.text, re.MULTILINE) for page in load(language)]
        for language in (Language.FRENCH, Language.ENGLISH)
    )
    assert french == english


@pytest.mark.parametrize("start", shelf.ABOUT)
def test_what_a_page_is_about_is_there(start: str) -> None:
    path = Path(ROOT, "merchant_app", "ui", *start.split("."))
    assert path.is_dir() or path.with_suffix(".py").is_file()


def test_the_nearest_page_is_taken() -> None:
    assert about("merchant_app.ui.journal.view") == Spot("journal")
    assert about("merchant_app.ui.journal.export_view") == Spot("exports")
    assert about("merchant_app.ui.reglages.pin_view") == Spot("settings", "pin")
    assert about("merchant_app.ui.journals.view") is None
    assert about("PySide6.QtWidgets") is None


def test_a_search_needs_neither_accents_nor_case_nor_ends() -> None:
    pages = load(Language.FRENCH)
    assert found(pages, "  ") == pages
    assert names(found(pages, "CLOTUR journee"))[0] == "closing"
    assert names(found(pages, "deja utilise")) == names(found(pages, "Déjà utilisé")) != []
    assert found(pages, "deja zzz") == ()
    assert found(pages, "(.*[") == pages, "signs are no words"


@pytest.mark.parametrize(
    ("language", "wanted", "first"),
    [
        (Language.FRENCH, "imprimante", "receipts"),
        (Language.FRENCH, "comptable", "exports"),
        (Language.FRENCH, "duplicata", "receipts"),
        (Language.FRENCH, "ecole", "training"),
        (Language.ENGLISH, "accountant", "exports"),
        (Language.ENGLISH, "offline", "outage"),
    ],
)
def test_what_is_looked_for_is_on_the_first_page(
    language: Language, wanted: str, first: str
) -> None:
    assert names(found(load(language), wanted))[0] == first


_CAPITALS = re.compile(r"\b[A-ZÀÂÇÉÈÊËÎÏÔÙÛÜŒ]{2,}(?:[ \u202f?’][A-ZÀÂÇÉÈÊËÎÏÔÙÛÜŒ]+)*\b")
NO_CARD = {
    *("CSV", "XLSX", "JSON", "FEC", "SIREN", "PDF", "QR", "USB", "OFX", "CAMT", "GB", "PIN"),
    *("FAT32", "HEX", "DATE", "CAISSE", "TILL"),
}
"""What is written in capitals and no card says."""


@languages
def test_a_card_is_quoted_as_the_screen_says_it(language: Language) -> None:
    with resource_path("locale", language.value, "LC_MESSAGES", "comptoir.po").open("rb") as file:
        catalogue = read_po(file)
    said = set()
    for message in catalogue:
        text = message.id if language is Language.ENGLISH else message.string
        if isinstance(text, str):
            # The first sentence is what stands large.
            said.add(re.sub(r"[\u202f ]*\?$", "", text.partition(".")[0]).upper())
    for page in load(language):
        prose = re.sub(r"`[^`]*`|^ {4}.*$|\]\([^)]*\)", "", page.text, flags=re.MULTILINE)
        for quoted in _CAPITALS.findall(prose):
            assert quoted in said | NO_CARD, f"{page.file}: {quoted}"

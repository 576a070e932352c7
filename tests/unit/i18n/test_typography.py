"""Sentences are set as French and English are printed: catalogues, the manual, an archive's page.

French: Lexique des règles typographiques en usage à l'Imprimerie nationale: a narrow no-break space
before ; ! ? and %, a no-break space before the colon and inside « », ’ as apostrophe.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from babel.messages import Message
from babel.messages.pofile import read_po

from merchant_app.resources import resource_path

NARROW, FULL = "\u202f", "\u00a0"
FRENCH = (
    (re.compile("'"), "an apostrophe is ’"),
    (re.compile('["“”]'), "quotation marks are « »"),
    (re.compile(rf"[^{NARROW};!?(…][;!?]"), "a narrow no-break space before ; ! ?"),
    (re.compile(rf"[^{FULL}]:(?!//|[0-9]{{2}})"), "a no-break space before the colon"),
    (re.compile(rf"«[^{FULL}]|[^{FULL}]»"), "a no-break space inside « »"),
    (re.compile(rf"[^{NARROW}]%"), "a narrow no-break space before %"),
    (re.compile(r"[0-9}] ?(?:€|(?:Mo|Go)\b)"), "a no-break space before the unit"),
    (re.compile(r"\bn°[^\u00a0]"), "a no-break space after n°"),
    (re.compile(r"[.]{3}"), "three dots are one …"),
    (re.compile(r" {2}|\s$|^\s"), "no space too many"),
)
ENGLISH = (
    (re.compile("'"), "an apostrophe is ’"),
    (re.compile('"'), "quotation marks are “ ”"),
    (re.compile(r"\s[;:!?]"), "no space before ; : ! ?"),
    (re.compile(r"[.]{3}"), "three dots are one …"),
    (re.compile(r" {2}|\s$|^\s"), "no space too many"),
)
RULES = {"fr": FRENCH, "en": ENGLISH}
NO_PROSE = re.compile(
    r"```.*?```|`[^`]*`|\]\([^)]*\)|<[^>]*>|\|[ :|-]+\|$", re.DOTALL | re.MULTILINE
)
"""Code, addresses, and the lines of a table."""


def wrong(text: str, language: str) -> list[str]:
    """The rules that a text breaks, each with where."""
    return [
        f"{told}: …{text[max(0, found.start() - 20) : found.end() + 10]!r}"
        for rule, told in RULES[language]
        if (found := rule.search(text))
    ]


def _is_sentence(message: Message) -> bool:
    return bool(message.id)  # the catalogue's own head has none


@pytest.mark.parametrize("language", RULES)
def test_the_catalogue(language: str) -> None:
    with resource_path("locale", language, "LC_MESSAGES", "comptoir.po").open("rb") as file:
        catalogue = read_po(file)
    found = []
    for message in filter(_is_sentence, catalogue):
        said = message.id if language == "en" else message.string
        for text in [said] if isinstance(said, str) else said or ():
            found += wrong(text, language)
    assert not found, "\n".join(found)


def _pages() -> list[Path]:
    manual = sorted(resource_path("manual").glob("*/*.md"))
    return [*manual, resource_path("archive", "fr.txt"), resource_path("archive", "en.txt")]


@pytest.mark.parametrize("page", _pages(), ids=lambda page: f"{page.parent.name}-{page.stem}")
def test_a_page(page: Path) -> None:
    language = page.stem if page.suffix == ".txt" else page.parent.name
    found = []
    for line in NO_PROSE.sub("…", page.read_text(encoding="utf-8")).splitlines():
        # Columns are set with spaces, and indented: between words they are looked at.
        found += wrong(re.sub(r"[ |]*\|[ |]*| {2,}", "…", line.strip(" |*#-")), language)
    assert not found, "\n".join(found)


@pytest.mark.parametrize(
    "text",
    [
        "l'achat",
        "“Bon”",
        "Débiter ?",
        "Débiter\u00a0?",
        "Débiter?",
        "Total\u202f: 3",
        "Total : 3",
        "« Bon »",
        "20 %",
        "12 €",
        "{amount} €",
        "n° 3",
        "Un instant...",
        "Un  instant",
    ],
)
def test_a_french_slip_is_seen(text: str) -> None:
    assert wrong(text, "fr")


@pytest.mark.parametrize(
    "text",
    ["14:30", "https://bons.example", "«\u00a0Bon\u00a0»", "20\u202f%", "Ah\u202f?!", "…\u202f?"],
)
def test_what_is_right_is_left_alone(text: str) -> None:
    assert not wrong(text, "fr")

"""One table of keys: named nowhere else, no two meanings at once, and told in the manual."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from merchant_app.resources import resource_path
from merchant_app.ui import function_keys as keys

PROGRAM = Path(keys.__file__).resolve().parent.parent
KEY = re.compile(r"\bF([1-9]|1[0-2])\b")

SCREENS = {
    "Encaisser": (keys.ACCEPT_KEY,),
    "receipt": (keys.PDF_KEY,),
    "Journal": (keys.EXPORT_KEY, keys.UNDO_KEY),
    "À traiter": (keys.CALLED_KEY, keys.RETRIED_KEY, keys.LOSS_KEY, keys.PLATFORM_KEY),
    "À traiter, a question": (keys.YES_KEY, keys.NO_KEY),
    "Clôture": (keys.EARLIER_KEY, keys.PERIOD_KEY, keys.CLOSE_KEY, keys.NUMBERS_KEY),
    "Clôture, a closing": (keys.A4_KEY, keys.ROLL_KEY, keys.FOLDER_KEY),
    "Relevés": (keys.EARLIER_KEY, keys.BANK_KEY, keys.OUTSTANDING_KEY, keys.NUMBERS_KEY),
}


def test_help_and_places_are_keys_of_their_own() -> None:
    assert keys.HELP_KEY == "F1"
    taken = (keys.HELP_KEY, *keys.PLACE_KEYS, *keys.DEED_KEYS)
    assert len(set(taken)) == len(taken)


@pytest.mark.parametrize("screen", SCREENS)
def test_no_key_of_a_screen_means_two_things(screen: str) -> None:
    deeds = SCREENS[screen]
    assert len(set(deeds)) == len(deeds)
    assert set(deeds) <= set(keys.DEED_KEYS)


def test_every_deed_of_the_table_belongs_to_a_screen() -> None:
    named = {name for name in vars(keys) if name.endswith("_KEY")}
    places = {name for name in named if getattr(keys, name) in (keys.HELP_KEY, *keys.PLACE_KEYS)}
    used = {key for deeds in SCREENS.values() for key in deeds}
    assert {getattr(keys, name) for name in named - places} == used


def test_no_key_is_written_anywhere_else_in_the_program() -> None:
    """Neither as a value nor in a sentence: it would stay behind when the table changes."""
    found = []
    for path in sorted(PROGRAM.rglob("*.py")):
        if path == Path(keys.__file__).resolve():
            continue
        module = ast.parse(path.read_text(encoding="utf-8"))
        told = {id(node.value) for node in ast.walk(module) if isinstance(node, ast.Expr)}
        found += [
            f"{path.relative_to(PROGRAM)}:{node.lineno}: {node.value}"
            for node in ast.walk(module)
            if isinstance(node, ast.Constant) and id(node) not in told
            if isinstance(node.value, str) and KEY.search(node.value)
        ]
    assert not found


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("À traiter", keys.TO_SETTLE_KEY),
        ("Réglages", keys.SETTINGS_KEY),
        ("Journal", keys.JOURNAL_KEY),
        ("Clôture", keys.CLOSING_KEY),
        ("Relevés", keys.STATEMENTS_KEY),
        ("Encaisser", keys.CHECKOUT_KEY),
    ],
)
def test_the_manual_names_the_key_of_each_place_as_it_is(name: str, key: str) -> None:
    """Wherever a page says "À traiter (F4)"."""
    said = re.compile(rf"{name} \(({KEY.pattern})\)")
    pages = resource_path("manual").rglob("*.md")
    for page in pages:
        for match in said.finditer(page.read_text(encoding="utf-8")):
            assert match.group(1) == key, f"{page.name}: {match.group()}"

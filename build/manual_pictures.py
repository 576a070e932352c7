"""The pictures of the manual, and the page that shows every screen: made of the real program.

The manual's pages say which pictures there are: `../pictures/STATE-LANGUAGE.png` is the state of
that name in the set of `pictures.py`, light, 1024x700. The sheets have each screen eight times:
French and English, light and dark, with usual and with large text.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from PIL.Image import Image

MANUAL = Path(__file__).resolve().parent.parent / "resources" / "manual"
PICTURES, SHEETS = MANUAL / "pictures", MANUAL / "sheets"
PAGE = MANUAL / "screens.md"
_CATALOGUES = sorted(path.name for path in (MANUAL.parent / "locale").iterdir())
LANGUAGES = ("fr", *(name for name in _CATALOGUES if name != "fr"))
SCHEMES, TEXTS = ("light", "dark"), (100, 200)
SCREENS = {
    # the state that is shown: what it is
    "ready": "Encaisser: ready",
    "valid": "Encaisser: a valid voucher",
    "debited": "Encaisser: debited",
    "used-up": "Encaisser: already used",
    "accepted-offline": "Encaisser: accepted while the line is down",
    "no-answer": "Encaisser: no answer",
    "basket": "Encaisser: several vouchers for one purchase",
    "file-several": "Encaisser: a file with several vouchers",
    "receipt": "Encaisser: a receipt",
    "question": "Encaisser: a question after a crash",
    "journal-debited": "Journal",
    "export": "Journal: exports",
    "a-traiter-shortfall": "À traiter",
    "cloture-overview": "Clôture",
    "cloture-done": "Clôture: the day is closed",
    "releves-differences": "Relevés: differences",
    "releves-week": "Relevés: a week",
    "settings": "Réglages",
    "archives-made": "Réglages: archives",
    "this-till": "This till",
    "customer-to-debit": "The customer's screen",
    "manual": "The manual",
    "ready-training": "Training mode",
    "page-enrol": "Not enrolled yet",
    "page-problem": "A problem before the till opens",
    "page-crash": "Stopped, to be safe",
}
_THUMBNAIL = (400, 273)
_GAP = 8
_COLOURS = 128
"""The screens are flat: more is not seen, and would be twice as large."""


def shown_in_pages() -> dict[str, frozenset[str]]:
    """The states that the pages of each language show."""
    return {
        language: frozenset(
            name
            for page in (MANUAL / language).glob("*.md")
            for name in re.findall(
                rf"\(\.\./pictures/([\w-]+)-{language}\.png\)", page.read_text(encoding="utf-8")
            )
        )
        for language in LANGUAGES
    }


def picture_files() -> frozenset[str]:
    """The names of the files that `PICTURES` holds, no more and no fewer."""
    return frozenset(
        f"{state}-{language}.png"
        for language, states in shown_in_pages().items()
        for state in states
    )


def sheet_files() -> frozenset[str]:
    """The same of `SHEETS`."""
    return frozenset(f"{state}.png" for state in SCREENS)


def page_text() -> str:
    """The page that shows every screen."""
    lines = [
        "# Every screen",
        "",
        "French and English, light and dark; above at 1024x700, below with text twice as large.",
        "Made by `python3 build/dev.py pictures` from the real program.",
    ]
    for state, what in SCREENS.items():
        lines += ["", f"## {what}", "", f"![{what}](sheets/{state}.png)"]
    return "\n".join(lines) + "\n"


def make(drawn: Path) -> None:
    """Put the pictures, the sheets and their page into the manual, from what was drawn."""
    _empty(PICTURES)
    for language, states in shown_in_pages().items():
        for state in states:
            with _opened(drawn / f"{state}-{language}-light.png") as picture:
                _save(picture, PICTURES / f"{state}-{language}.png")
    _empty(SHEETS)
    for state in SCREENS:
        _save(_sheet(drawn, state), SHEETS / f"{state}.png")
    PAGE.write_text(page_text(), encoding="utf-8")


def _sheet(drawn: Path, state: str) -> Image:
    from PIL import Image

    across, down = _THUMBNAIL[0] + _GAP, _THUMBNAIL[1] + _GAP
    rows = [
        [
            f"{state}-{language}-{scheme}{_ending(text)}"
            for language in LANGUAGES
            for scheme in SCHEMES
        ]
        for text in TEXTS
    ]
    sheet = Image.new("RGB", (across * len(rows[0]) - _GAP, down * len(rows) - _GAP), "#808080")
    for row, names in enumerate(rows):
        for column, name in enumerate(names):
            with _opened(drawn / f"{name}.png") as picture:
                small = picture.resize(_THUMBNAIL, Image.Resampling.LANCZOS)
            sheet.paste(small, (column * across, row * down))
    return sheet


def _ending(text: int) -> str:
    return "" if text == TEXTS[0] else f"-{text}"


def _opened(path: Path) -> Image:
    from PIL import Image

    with Image.open(path) as file:
        return file.convert("RGB")


def _save(picture: Image, path: Path) -> None:
    from PIL import Image

    # The colours that cover the most stay what they are: a verdict's green is that green.
    flat = picture.quantize(
        _COLOURS, method=Image.Quantize.MAXCOVERAGE, kmeans=2, dither=Image.Dither.NONE
    )
    flat.save(path, optimize=True)


def _empty(folder: Path) -> None:
    folder.mkdir(exist_ok=True)
    for old in folder.glob("*.png"):
        old.unlink()


def states() -> Iterable[str]:
    """Every state that is needed."""
    return sorted({*SCREENS, *frozenset().union(*shown_in_pages().values())})

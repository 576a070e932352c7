"""The pages of the manual: which there are, what is on them, which one is about a screen. No Qt.

The files are `resources/manual/<language>/<name>.md`, the same that are read on the project's site.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from merchant_app.i18n import Language
from merchant_app.resources import resource_path

FIRST = "first-day"
"""The page for whoever is nowhere yet."""

PAGES: dict[str, tuple[str, str]] = {
    # name: its files, French and English; in the order of the contents
    "first-day": ("premier-jour", "first-day"),
    "checkout": ("encaisser", "checkout"),
    "saying": ("que-dire-au-client", "what-to-say"),
    "reading": ("lire-un-bon", "reading-a-voucher"),
    "outage": ("panne-de-ligne", "when-the-line-is-down"),
    "to-settle": ("a-traiter", "to-settle"),
    "journal": ("journal", "journal"),
    "closing": ("cloturer-la-journee", "closing-the-day"),
    "statements": ("releves", "statements"),
    "exports": ("exports", "exports"),
    "receipts": ("tickets", "receipts"),
    "settings": ("reglages", "settings"),
    "training": ("mode-ecole", "training-mode"),
    "archives": ("archives", "archives"),
    "verifying": ("verifier-un-journal", "verifying-a-journal"),
}

ABOUT: dict[str, str] = {
    # Every screen has a folder of its own: the module that a widget comes from names its page, the
    # longest that fits.
    "a_traiter": "to-settle",
    "cloture": "closing",
    "customer": "settings",
    "encaisser": "checkout",
    "first_day": "first-day",
    "files": "reading",
    "journal": "journal",
    "journal.export_view": "exports",
    "pages": "outage",
    "receipt": "receipts",
    "reglages": "settings",
    "reglages.accounts": "exports",
    "reglages.archive_view": "archives",
    "reglages.printer_choice": "receipts",
    "reglages.purge_view": "archives",
    "releves": "statements",
    "school": "training",
    "this_till": "outage",
}
_UI = "merchant_app.ui."
_WORDS = re.compile(r"\w+")
_LINK = re.compile(r"!?\[([^\]]*)\]\([^)]*\)")


@dataclass(frozen=True, slots=True)
class ManualPage:
    """One page in one language.

    Attributes:
        name: of the page, in every language the same.
        file: its file's name without `.md`.
        title: its first heading.
        text: all of it, as Markdown.
        plain: what is searched: without case, accents and marks.
    """

    name: str
    file: str
    title: str
    text: str
    plain: str


def load(language: Language) -> tuple[ManualPage, ...]:
    """Every page, in the order of the contents.

    Raises:
        Bug: a page does not ship with this program.
    """
    return tuple(_page(name, files, language) for name, files in PAGES.items())


def about(module: str) -> str | None:
    """The page about a widget of this module; None: it is about no screen in particular."""
    if not module.startswith(_UI):
        return None
    inside = module.removeprefix(_UI)
    fitting = [start for start in ABOUT if inside == start or inside.startswith(f"{start}.")]
    return ABOUT[max(fitting, key=len)] if fitting else None


def found(pages: tuple[ManualPage, ...], wanted: str) -> tuple[ManualPage, ...]:
    """The pages on which every word that is looked for begins a word; all where there is none.

    Those that have it in their title come first, then those that have it often.
    """
    words = _WORDS.findall(folded(wanted))
    counted = [(page, [_count(word, page.plain) for word in words]) for page in pages]
    fitting = [(page, counts) for page, counts in counted if all(counts)]
    if words:
        fitting.sort(
            key=lambda one: (
                not all(_count(word, folded(one[0].title)) for word in words),
                -sum(one[1]),
            )
        )
    return tuple(page for page, _ in fitting)


def folded(text: str) -> str:
    """Without case and accents: "Déjà" is found by "deja"."""
    apart = unicodedata.normalize("NFKD", text.replace("\u2019", "'"))
    return "".join(c for c in apart if not unicodedata.combining(c)).casefold()


def _count(word: str, text: str) -> int:
    return len(re.findall(rf"\b{re.escape(word)}", text))


def _page(name: str, files: tuple[str, str], language: Language) -> ManualPage:
    file = files[0] if language is Language.FRENCH else files[1]
    path = resource_path("manual", language.value, f"{file}.md")
    text = path.read_text(encoding="utf-8")
    title = text.partition("\n")[0].lstrip("# ").strip()
    return ManualPage(name, file, title, text, folded(_LINK.sub(r"\1", text)))

"""The pages of the manual: which there are, what is on them, which one is about a screen. No Qt.

The files are `resources/manual/<language>/<name>.md`, the same that are read on the project's site.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from merchant_app.i18n import Language
from merchant_app.resources import resource_path

PAGES: dict[str, tuple[str, ...]] = {
    # name: its files, in the order of `Language`; the pages in the order of the contents
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
    "this-till": ("cette-caisse", "this-till"),
    "training": ("mode-ecole", "training-mode"),
    "archives": ("archives", "archives"),
    "verifying": ("verifier-un-journal", "verifying-a-journal"),
}


@dataclass(frozen=True, slots=True)
class Spot:
    """Where help is opened: a page, and a part of it in `PARTS`; empty: from its top."""

    page: str
    part: str = ""


PARTS: dict[Spot, tuple[str, ...]] = {
    # a part: its heading as the page has it, in the order of `Language`
    Spot("archives", "erase"): ("Effacer ce qu’elle contient", "Erasing what it has"),
    Spot("checkout", "mistakes"): ("Se tromper", "Mistakes"),
    Spot("checkout", "several"): (
        "Plusieurs bons pour un achat",
        "Several vouchers for one purchase",
    ),
    Spot("outage", "broken-off"): (
        "L’ordinateur s’est éteint au milieu",
        "The computer went off in the middle",
    ),
    Spot("outage", "line"): ("La connexion est coupée", "The line is down"),
    Spot("outage", "stopped"): (
        "Comptoir ne s’ouvre pas, ou s’arrête",
        "Comptoir does not open, or stops",
    ),
    Spot("reading", "file"): ("En fichier", "As a file"),
    Spot("reading", "typed"): ("À la main", "By hand"),
    Spot("settings", "pin"): ("Le code du responsable", "The manager’s PIN"),
    Spot("this-till", "blocked"): ("Caisse bloquée", "Till blocked"),
}

ABOUT: dict[str, Spot] = {
    # Every screen has a folder of its own: the module that a widget comes from names its page, the
    # longest that fits.
    "a_traiter": Spot("to-settle"),
    "cloture": Spot("closing"),
    "customer": Spot("settings"),
    "encaisser": Spot("checkout"),
    "first_day": Spot("first-day"),
    "files": Spot("reading", "file"),
    "journal": Spot("journal"),
    "journal.export_view": Spot("exports"),
    "pages": Spot("outage", "stopped"),
    "receipt": Spot("receipts"),
    "reglages": Spot("settings"),
    "reglages.accounts": Spot("exports"),
    "reglages.archive_view": Spot("archives"),
    "reglages.pin_view": Spot("settings", "pin"),
    "reglages.printer_choice": Spot("receipts"),
    "reglages.purge_view": Spot("archives", "erase"),
    "releves": Spot("statements"),
    "school": Spot("training"),
    "this_till": Spot("this-till"),
}
FIRST = Spot("first-day")
"""For whoever is nowhere yet."""
_COLUMN = {language: column for column, language in enumerate(Language)}
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


def about(module: str) -> Spot | None:
    """Where help is about a widget of this module; None: it is about no screen in particular."""
    if not module.startswith(_UI):
        return None
    inside = module.removeprefix(_UI)
    fitting = [start for start in ABOUT if inside == start or inside.startswith(f"{start}.")]
    return ABOUT[max(fitting, key=len)] if fitting else None


def heading(spot: Spot, language: Language) -> str:
    """The heading of a part; empty: the page's top."""
    return PARTS[spot][_COLUMN[language]] if spot.part else ""


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


def _page(name: str, files: tuple[str, ...], language: Language) -> ManualPage:
    file = files[_COLUMN[language]]
    path = resource_path("manual", language.value, f"{file}.md")
    text = path.read_text(encoding="utf-8")
    title = text.partition("\n")[0].lstrip("# ").strip()
    return ManualPage(name, file, title, text, folded(_LINK.sub(r"\1", text)))

"""Which language, and its catalogue. Only the standard library: loaded before the first paint."""

from __future__ import annotations

import gettext
from enum import Enum

from merchant_app.errors import Bug
from merchant_app.resources import resource_path

DOMAIN = "comptoir"


class Language(Enum):
    """A language the till speaks completely; the value is its folder in `resources/locale`."""

    FRENCH = "fr"
    ENGLISH = "en"


class _Active:
    """The one language of this process; French until `install` says otherwise."""

    language = Language.FRENCH
    catalogue: gettext.NullTranslations | None = None


def choose(wanted: str, system_languages: tuple[str, ...]) -> Language:
    """The language to speak.

    Args:
        wanted: the setting: the value of a language, or "system".
        system_languages: what the desktop asks for, most wanted first ("fr-FR", "en_GB", "C").

    Returns:
        For "system": the desktop's first language where the till speaks it; French otherwise,
        because the shops are in France and a desktop without a language says nothing about the
        cashier.

    Raises:
        Bug: there is no such setting; checking it is the settings' job.
    """
    if wanted == "system":
        first = system_languages[0].lower().replace("_", "-") if system_languages else ""
        spoken = {language.value: language for language in Language}
        return spoken.get(first.partition("-")[0], Language.FRENCH)
    try:
        return Language(wanted)
    except ValueError as error:
        raise Bug(f"no such language setting: {wanted!r}") from error


def install(language: Language) -> None:
    """Speak this language from now on. GUI thread; before any window shows a word.

    Raises:
        Bug: the catalogue does not ship with this program.
    """
    path = resource_path("locale") / language.value / "LC_MESSAGES" / f"{DOMAIN}.mo"
    try:
        with path.open("rb") as file:
            catalogue = gettext.GNUTranslations(file)
    except OSError as error:
        raise Bug(f"no catalogue for {language.value}") from error
    _Active.language, _Active.catalogue = language, catalogue


def active() -> Language:
    """The language spoken now."""
    return _Active.language


def _catalogue() -> gettext.NullTranslations:
    if _Active.catalogue is None:
        install(_Active.language)
    assert _Active.catalogue is not None
    return _Active.catalogue


def _(sentence: str) -> str:
    """The sentence in the language spoken."""
    return _catalogue().gettext(sentence)


def ngettext(one: str, many: str, count: int) -> str:
    """The sentence for this count, in the language spoken."""
    return _catalogue().ngettext(one, many, count)

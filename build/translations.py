"""The catalogues: extracts the sentences of merchant_app, updates the .po files, compiles the .mo.

Run by `dev.py translations` with the environment's Python, for Babel. The sentences in the code
are English; each folder of resources/locale is a language, its LC_MESSAGES/comptoir.po the words.
"""

from __future__ import annotations

import argparse
import io
import string
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).resolve().parent.parent
SOURCE = ROOT / "merchant_app"
LOCALE = ROOT / "resources" / "locale"
DOMAIN = "comptoir"
LANGUAGES = sorted(path.name for path in LOCALE.iterdir() if path.is_dir())
SOURCE_LANGUAGE = "en"  # its empty translations mean: as in the code
HEADER: Any = {
    "project": "Comptoir",
    "version": "1",
    "header_comment": "# The words of Comptoir.",
    "copyright_holder": "The Comptoir contributors",
    "msgid_bugs_address": "-",
    "last_translator": "The Comptoir contributors",
    "language_team": "-",
}


def extracted() -> Catalog:
    """Every sentence of the code, with where it stands and what translators are told."""
    catalog = Catalog(domain=DOMAIN, fuzzy=False, **HEADER)
    found = extract_from_dir(
        SOURCE,
        method_map=[("**.py", "python")],
        keywords=DEFAULT_KEYWORDS,
        comment_tags=("Translators:",),
        strip_comment_tags=True,
    )
    for file, _line, message, comments, context in found:
        # Files without lines: a catalogue changes when a sentence does, not when code moves.
        place = (f"merchant_app/{file}".replace("\\", "/"), 0)
        catalog.add(message, "", [place], auto_comments=comments, context=context)
    return catalog


def updated(language: str, template: Catalog) -> Catalog:
    """The catalogue on disk brought up to date: new sentences empty, gone ones removed."""
    path = po_path(language)
    if path.exists():
        with path.open("rb") as file:
            catalog = read_po(file, locale=language, domain=DOMAIN)
    else:
        catalog = Catalog(locale=language, domain=DOMAIN, fuzzy=False, **HEADER)
        catalog.creation_date = catalog.revision_date = datetime(2026, 1, 1, tzinfo=UTC)
    created, revised = catalog.creation_date, catalog.revision_date
    # A guessed translation is worse than none: a wrong word at the till costs money.
    catalog.update(template, no_fuzzy_matching=True)
    catalog.obsolete.clear()
    catalog.creation_date, catalog.revision_date = created, revised
    return catalog


def po_path(language: str) -> Path:
    """Where a language's sentences are edited."""
    return LOCALE / language / "LC_MESSAGES" / f"{DOMAIN}.po"


def po_text(catalog: Catalog) -> bytes:
    """The .po file, in an order that does not depend on the file system."""
    buffer = io.BytesIO()
    write_po(buffer, catalog, width=100, sort_output=True, include_lineno=False)
    return buffer.getvalue()


def mo_bytes(catalog: Catalog) -> bytes:
    """The compiled catalogue."""
    buffer = io.BytesIO()
    write_mo(buffer, catalog)
    return buffer.getvalue()


def faults(language: str, catalog: Catalog) -> list[str]:
    """What a translator still has to do, a line each."""
    lines = []
    for message in catalog:
        if not message.id:
            continue
        name = f"{language}: {_texts(message.id)[0]!r}"
        if message.fuzzy:
            lines.append(f"{name} is marked fuzzy")
        if language != SOURCE_LANGUAGE and not _is_translated(message):
            lines.append(f"{name} is not translated")
        lines += [f"{name}: {error}" for error in message.check(catalog)]
        lines += [f"{name}: {error}" for error in _wrong_placeholders(message)]
    return lines


def _wrong_placeholders(message: Message) -> list[str]:
    """Placeholders that a translation lost or invented: at the till they would be a crash."""
    asked, given = _texts(message.id), [text for text in _texts(message.string) if text]
    wanted = set().union(*map(_fields, asked))
    errors = []
    for text in given:
        # "one voucher" may do without its count; a single sentence may do without nothing.
        missing = wanted - _fields(text) if len(asked) == 1 else set()
        wrong = missing | (_fields(text) - wanted)
        if wrong:
            errors.append(f"placeholders differ: {', '.join(sorted(wrong))}")
    return errors


def _fields(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}


def _texts(texts: str | tuple[str, ...] | list[str] | None) -> list[str]:
    return [texts] if isinstance(texts, str) else list(texts or ())


def _is_translated(message: Message) -> bool:
    strings = _texts(message.string)
    return bool(strings) and all(strings)


def bring_up_to_date() -> int:
    """Write every catalogue; says what is left to translate."""
    template = extracted()
    for language in LANGUAGES:
        catalog = updated(language, template)
        path = po_path(language)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(po_text(catalog))
        path.with_suffix(".mo").write_bytes(mo_bytes(catalog))
        left = faults(language, catalog)
        print(f"{path.relative_to(ROOT)}: {len(catalog)} sentences, {len(left)} to look at")
        for line in left:
            print(f"  {line}")
    return 0


def check() -> int:
    """Change nothing; 1 when a catalogue is behind the code, incomplete, or not compiled."""
    template = extracted()
    lines = []
    for language in LANGUAGES:
        catalog = updated(language, template)
        path = po_path(language)
        for file, wanted in (
            (path, po_text(catalog)),
            (path.with_suffix(".mo"), mo_bytes(catalog)),
        ):
            if not file.exists() or file.read_bytes() != wanted:
                lines.append(
                    f"{file.relative_to(ROOT)} is behind: python3 build/dev.py translations"
                )
        lines += faults(language, catalog)
    print("\n".join(lines) or "The catalogues are complete.")
    return 1 if lines else 0


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="Bring the catalogues up to date.")
    parser.add_argument("--check", action="store_true", help="change nothing, only tell")
    sys.exit(check() if parser.parse_args().check else bring_up_to_date())

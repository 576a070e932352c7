"""The two verifiers of journals: the program's own, and the four pages that an inspector is given.

They share no line on purpose: each is a reading of its own of the bytes that decision 60 writes
down. The program's names more finely, and tells what a salvage or a purge did.
"""

from __future__ import annotations

import importlib.util
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType

from merchant_app.errors import Bug
from merchant_app.resources import resource_path

_DETAILED = "verify_in_detail.py"
_SHORT = "verify_journal.py"


@dataclass(frozen=True, slots=True)
class JournalVerdict:
    """What the verifier says of one file.

    Attributes:
        sound: None: it could not be read.
        sentences: what is wrong, the first one first; else nothing.
        told: what is said without accusing.
    """

    sound: bool | None
    sentences: tuple[str, ...]
    told: tuple[str, ...]


def program_file() -> Path:
    """The short verifier as a file, to be handed out and read."""
    return resource_path("verify", _SHORT)


def detailed_file() -> Path:
    """The program's own verifier, as a file."""
    return resource_path("verify", _DETAILED)


def program() -> ModuleType:
    """The program's own verifier, as a module."""
    path = detailed_file()
    spec = importlib.util.spec_from_file_location("verify_in_detail", path)
    if spec is None or spec.loader is None:
        raise Bug(f"{path.name} is no Python file")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def verify(journal: Path, *, keys: tuple[str, ...] = (), language: str = "en") -> JournalVerdict:
    """Verify a journal that nobody has open. Slow: about 20 s for a million entries.

    Args:
        journal: the file; it is read, never written.
        keys: as `--key` takes them.
        language: of the sentences, "fr" or "en".
    """
    verifier = program()
    try:
        result = verifier.verify(str(journal), keys, language)
    except verifier.CannotRead as error:
        kind, *facts = error.args
        return JournalVerdict(None, (verifier.SAID[language][kind].format(*facts),), ())
    sentences = tuple(finding["sentence"] for finding in result["findings"])
    return JournalVerdict(result["sound"], sentences, tuple(result["told"]))

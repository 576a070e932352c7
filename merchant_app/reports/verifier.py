"""The verifier of journals as a module: the very file that a tax inspector is given.

There is no second implementation: what ships in resources/verify is the one truth.
"""

from __future__ import annotations

import importlib.util
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType

from merchant_app.errors import Bug
from merchant_app.resources import resource_path

NAME = "verify_journal.py"


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
    """The verifier as a file, to be handed out."""
    return resource_path("verify", NAME)


def program() -> ModuleType:
    """The verifier, as a module."""
    path = program_file()
    spec = importlib.util.spec_from_file_location("verify_journal", path)
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

"""`merchant-app verify-journal FILE`: the very file that a tax inspector is given, run from here.

There is no second implementation: what ships in resources/verify is the one truth.
"""

from __future__ import annotations

import importlib.util
from collections.abc import Sequence
from types import ModuleType

from merchant_app.errors import Bug
from merchant_app.resources import resource_path


def run(argv: Sequence[str]) -> int:
    """Verify one file and say so; 0 sound, 1 not sound, 2 cannot be read.

    `argv` is what comes after `verify-journal`. Neither Qt nor a profile is touched.
    """
    code: int = program().main(list(argv))
    return code


def program() -> ModuleType:
    """The verifier, as a module."""
    path = resource_path("verify", "verify_journal.py")
    spec = importlib.util.spec_from_file_location("verify_journal", path)
    if spec is None or spec.loader is None:
        raise Bug(f"{path.name} is no Python file")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module

"""`merchant-app verify-journal FILE`: whether a journal is sound, in every detail."""

from __future__ import annotations

from collections.abc import Sequence

from merchant_app.reports.verifier import program


def run(argv: Sequence[str]) -> int:
    """Verify one file and say so; 0 sound, 1 not sound, 2 cannot be read.

    `argv` is what comes after `verify-journal`. Neither Qt nor a profile is touched.
    """
    code: int = program().main(list(argv))
    return code

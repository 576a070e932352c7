"""The only place that builds real objects and wires them together; the start of the program."""

from __future__ import annotations

import sys
from collections.abc import Sequence


def main(argv: Sequence[str] | None = None) -> int:
    """Run the till; the exit code. See `arguments` for the command line."""
    from merchant_app.bootstrap.program import run

    return run(sys.argv[1:] if argv is None else argv)

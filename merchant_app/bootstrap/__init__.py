"""The only place that builds real objects and wires them together; the start of the program."""

from __future__ import annotations

import sys
from collections.abc import Sequence

from merchant_app.scanning.files import CHILD_SWITCH

SERVICE_SWITCH = "--central-service"
"""The packaged program, started with this and what `merchant-central` takes, is that service."""


def main(argv: Sequence[str] | None = None) -> int:
    """Run the till; the exit code. See `arguments` for the command line."""
    words = sys.argv[1:] if argv is None else argv
    match list(words):
        # Packaged, there is no Python to start: the program is also the process that reads files,
        case [word] if word == CHILD_SWITCH:
            from merchant_app.scanning.files import child

            return child.main()
        # and training mode's central service.
        case [word, *rest] if word == SERVICE_SWITCH:
            from merchant_app.server import cli

            return cli.main(rest)
        # Needs no window, no enrolment and no profile: a file, and perhaps keys.
        case ["verify-journal", *rest]:
            from merchant_app.bootstrap import verify_journal

            return verify_journal.run(rest)
        case ["verify-archive", *rest]:
            from merchant_app.bootstrap import verify_archive

            return verify_archive.run(rest)
        case ["--selftest"]:
            from merchant_app.bootstrap import selftest

            return selftest.run()
        case _:
            from merchant_app.bootstrap import plain_imports

            plain_imports.keep()
            from merchant_app.bootstrap.program import run

            return run(words)

"""The only place that builds real objects and wires them together; the start of the program."""

from __future__ import annotations

import sys
from collections.abc import Sequence

from merchant_app.scanning.files import CHILD_SWITCH


def main(argv: Sequence[str] | None = None) -> int:
    """Run the till; the exit code. See `arguments` for the command line."""
    words = sys.argv[1:] if argv is None else argv
    if list(words) == [CHILD_SWITCH]:
        # Packaged, there is no Python to start: the program is also the process that reads files.
        from merchant_app.scanning.files import child

        return child.main()
    if words and words[0] == "verify-journal":
        # Needs no window, no enrolment and no profile: a file, and perhaps keys.
        from merchant_app.bootstrap import verify_journal

        return verify_journal.run(words[1:])
    if words and words[0] == "verify-archive":
        from merchant_app.bootstrap import verify_archive

        return verify_archive.run(words[1:])
    from merchant_app.bootstrap.program import run

    return run(words)

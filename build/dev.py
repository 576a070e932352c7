"""The one program to work on Comptoir: `python3 build/dev.py run|demo|test|bench|...`.

Standard library only; Linux, Windows, macOS. The first start makes the project's environment
(.venv) from the hash-pinned lock, later starts find it in milliseconds. This file must parse on
Python 3.8, so that an old Python gets a sentence and no traceback; what it imports may be newer.
"""

import os
import shutil
import subprocess
import sys

PYTHON_MIN = (3, 11)
PYTHONS = ("python3.11", "python3.12", "python3.13", "python3.14")


def start_with_a_newer_python() -> int:
    """Hand over to a Python that is new enough, if this machine has one; else say what to do."""
    for name in PYTHONS:
        path = shutil.which(name)
        if path is not None:
            return subprocess.call([path, *sys.argv])
    print(
        "Comptoir needs Python {}.{} or newer; this is Python {}.{} ({}).\n"
        "Install a newer one, then start this again with it.".format(
            *PYTHON_MIN, *sys.version_info[:2], sys.executable
        ),
        file=sys.stderr,
    )
    return 1


def main() -> int:
    """Run the command line; the exit code."""
    if sys.version_info < PYTHON_MIN:
        return start_with_a_newer_python()
    sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
    import dev_commands

    return dev_commands.main(sys.argv[1:])


if __name__ == "__main__":
    sys.exit(main())

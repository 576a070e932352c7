"""merchant-central: the central service's program.

Nothing heavy is loaded before it is known what is wanted: `--help` answers at once.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence

from merchant_app.errors import Problem, ProblemKind
from merchant_app.server.cli.arguments import parser

DONE = 0
CANNOT_DO = 1
NOT_SAFE = 2
PORT_IN_USE = 3
DATABASE_GAVE_WAY = 4


def main(argv: Sequence[str] | None = None) -> int:
    """Do what the command line says.

    Returns:
        The exit code: 0 done; 1 it cannot be done, or rows were bad; 2 wrong arguments, or not
        safe; 3 the port is in use; 4 the database gave way.
    """
    arguments = parser().parse_args(argv)
    from sqlalchemy.exc import OperationalError

    from merchant_app.server.catalogue import CannotDo
    from merchant_app.server.cli.commands import COMMANDS
    from merchant_app.server.database import DatabaseUnusable
    from merchant_app.server.import_files import UnreadableFile
    from merchant_app.server.listening import NotSafe

    try:
        code: int = COMMANDS[arguments.command](arguments)
    except (CannotDo, DatabaseUnusable, UnreadableFile) as error:
        return _say(str(error), CANNOT_DO)
    except NotSafe as error:
        return _say(str(error), NOT_SAFE)
    except OperationalError as error:
        return _say(f"The database cannot be used: {error.orig}", DATABASE_GAVE_WAY)
    except Problem as problem:
        if problem.kind is not ProblemKind.PORT_IN_USE:
            raise
        sentence = (
            f"{problem.detail} is in use by another program:"
            " stop it, or give another --port (0 takes a free one)."
        )
        return _say(sentence, PORT_IN_USE)
    return code


def _say(sentence: str, code: int) -> int:
    sys.stderr.write(f"merchant-central: {sentence}\n")
    return code

"""The one accessor of files that ship with the program.

They lie in three places: `resources/` of a checkout, inside the installed wheel, inside the
PyInstaller bundle. Nobody else builds such a path.
"""

from __future__ import annotations

import sys
from pathlib import Path

from merchant_app.errors import Bug


def resource_path(*parts: str) -> Path:
    """The path of a shipped file or folder, for instance `resource_path("sounds", "yes.wav")`.

    Raises:
        Bug: the file does not ship with this program.
    """
    here = Path(__file__).resolve().parent
    bundle = getattr(sys, "_MEIPASS", None)
    roots = [Path(bundle) / "resources"] if bundle else []
    roots += [here / "_resources", here.parent / "resources"]
    for root in roots:
        path = root.joinpath(*parts)
        if path.exists():
            return path
    raise Bug(f"resource {'/'.join(parts)} is missing from this installation")

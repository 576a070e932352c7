"""Screenshots of every state of the screen: `pictures.py --out DIR [--only NAME]`.

Writes `<state>-<fr|en>-<light|dark>.png` at 1024x700, and `...-200.png` with text twice as large;
with `--eyes tritanopia` also `...-tritanopia.png`, as who sees so would see it.
Without `--out`: the pictures of the manual, into resources/manual. Run with the environment's
Python; needs no display.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

import manual_pictures

ROOT = Path(__file__).resolve().parent.parent
EYES = ("protanopia", "deuteranopia", "tritanopia", "achromatopsia")
"""Those of tests/ui/colour_blindness.py, which needs Qt."""


def main(arguments: list[str]) -> int:
    """Draw what is asked for; the exit code."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--out", type=Path, help="where they go; without it, those of the manual")
    parser.add_argument(
        "--only", default="", help="only states whose name contains this; or names: a,b,"
    )
    parser.add_argument("--size", default="1024x700", help="of the window, WIDTHxHEIGHT")
    parser.add_argument("--language", choices=manual_pictures.LANGUAGES, action="append")
    parser.add_argument("--scheme", choices=("light", "dark", "contrast"), action="append")
    parser.add_argument("--text", type=int, choices=(100, 150, 200), action="append")
    parser.add_argument("--eyes", choices=EYES, action="append", default=[])
    options = parser.parse_args(arguments)
    if options.out is None:
        return _manual()
    return draw(
        options.out,
        only=options.only,
        size=options.size,
        languages=options.language or manual_pictures.LANGUAGES,
        schemes=options.scheme or ("light", "dark"),
        texts=options.text or (100, 200),
        eyes=options.eyes,
    )


def draw(
    out: Path,
    *,
    only: str,
    size: str,
    languages: Sequence[str],
    schemes: Sequence[str],
    texts: Sequence[int],
    eyes: Sequence[str] = (),
) -> int:
    """Draw in one process for each text size."""
    out.mkdir(parents=True, exist_ok=True)
    for percent in texts:
        environment = {
            **os.environ,
            "QT_QPA_PLATFORM": "offscreen",
            "PYTHONPATH": str(ROOT),
        }
        command = [
            *(sys.executable, "-m", "tests.ui.picture_session"),
            *(str(out.resolve()), only, size, ",".join(languages), ",".join(schemes)),
            *(str(percent), ",".join(eyes)),
        ]
        code = subprocess.call(command, cwd=ROOT, env=environment)
        if code:
            return code
    return 0


def _manual() -> int:
    with tempfile.TemporaryDirectory(prefix="comptoir-pictures-") as folder:
        code = draw(
            Path(folder),
            only="".join(f"{state}," for state in manual_pictures.states()),
            size="1024x700",
            languages=manual_pictures.LANGUAGES,
            schemes=manual_pictures.SCHEMES,
            texts=manual_pictures.TEXTS,
        )
        if code == 0:
            manual_pictures.make(Path(folder))
    return code


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

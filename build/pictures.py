"""Screenshots of every state of the screen: `pictures.py --out DIR [--only NAME]`.

Writes `<state>-<fr|en>-<light|dark>.png` at 1024x700, and `...-200.png` with text twice as large.
Run with the environment's Python; needs no display.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def main(arguments: list[str]) -> int:
    """Draw in one process for each text size."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--out", type=Path, required=True, help="where the pictures go")
    parser.add_argument("--only", default="", help="only states whose name contains this")
    parser.add_argument("--size", default="1024x700", help="of the window, WIDTHxHEIGHT")
    parser.add_argument("--language", choices=("fr", "en"), action="append")
    parser.add_argument("--scheme", choices=("light", "dark", "contrast"), action="append")
    parser.add_argument("--text", type=int, choices=(100, 150, 200), action="append")
    options = parser.parse_args(arguments)
    options.out.mkdir(parents=True, exist_ok=True)
    for percent in options.text or (100, 200):
        environment = {
            **os.environ,
            "QT_QPA_PLATFORM": "offscreen",
            "PYTHONPATH": str(ROOT),
        }
        command = [
            sys.executable,
            "-m",
            "tests.ui.picture_session",
            str(options.out.resolve()),
            options.only,
            options.size,
            ",".join(options.language or ("fr", "en")),
            ",".join(options.scheme or ("light", "dark")),
            str(percent),
        ]
        code = subprocess.call(command, cwd=ROOT, env=environment)
        if code:
            return code
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

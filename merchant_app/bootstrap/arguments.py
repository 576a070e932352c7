"""The command line of `merchant-app`."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from merchant_app import __version__


@dataclass(frozen=True, slots=True, kw_only=True)
class Arguments:
    """What was asked for.

    Attributes:
        camera: a number, a path, an address; None: as chosen in the options.
        data_dir: keep everything below this folder; None: the system's places.
        language, theme: override the options; None: as chosen there.
        startup_probe: print the moment of the first paint and end.
        files: for the till to open, absolute; a double click on the desktop names them.
    """

    training: bool
    camera: str | None
    data_dir: Path | None
    language: str | None
    theme: str | None
    startup_probe: bool
    files: tuple[Path, ...] = ()


def parse(argv: Sequence[str]) -> Arguments:
    """Read the command line; prints usage and raises SystemExit when it is wrong."""
    parser = argparse.ArgumentParser(
        prog="merchant-app",
        description="Comptoir: scan, check and debit gift vouchers.",
        epilog="merchant-app verify-journal FILE says whether a journal was tampered with; "
        "merchant-app verify-archive FILE the same of an archive; --help after either says more. "
        "merchant-app --selftest says whether this installation has all that a till needs.",
    )
    parser.add_argument("--version", action="version", version=f"Comptoir {__version__}")
    parser.add_argument("--training", action="store_true", help="practise with sample vouchers")
    parser.add_argument(
        "--camera", type=_camera, metavar="N|PATH|URL", help="where pictures come from"
    )
    parser.add_argument("--data-dir", type=Path, help="keep all files below this folder")
    parser.add_argument("--language", choices=["fr", "en"])
    parser.add_argument("--theme", choices=["light", "dark", "contrast"])
    parser.add_argument(
        "--startup-probe",
        action="store_true",
        help="print the monotonic nanoseconds of the first paint, then end",
    )
    parser.add_argument(
        "files",
        nargs="*",
        type=_file,
        metavar="FILE",
        help="a voucher (picture, PDF, mail) or the bank’s file, for the till that is open",
    )
    known = parser.parse_args(argv)
    return Arguments(
        training=known.training,
        camera=known.camera,
        data_dir=known.data_dir,
        language=known.language,
        theme=known.theme,
        startup_probe=known.startup_probe,
        files=tuple(known.files),
    )


def _file(text: str) -> Path:
    path = Path(text).absolute()  # the till that is open runs in another folder
    if not path.is_file():
        raise argparse.ArgumentTypeError(f"{text!r} is no file")
    return path


def _camera(text: str) -> str:
    # What can never be a camera is said here, in the terminal where it was typed; one that is
    # missing or busy today is for the window.
    from merchant_app.scanning.source import BadSource, parse_source

    source = parse_source(text)
    if isinstance(source, BadSource):
        reason = source.value.replace("_", " ")
        raise argparse.ArgumentTypeError(f"{text!r} names no camera ({reason})")
    return text

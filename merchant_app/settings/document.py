"""A small versioned JSON file: read strictly, written whole or not at all.

JSON rather than TOML: the standard library reads both, and writes only JSON. Fields this version
does not know are kept: an option of a newer version survives a visit to an older one.
"""

from __future__ import annotations

import contextlib
import json
import os
from pathlib import Path
from typing import Any, NoReturn

from merchant_app.errors import Problem, ProblemKind
from merchant_app.settings.paths import FILE_MODE, disk_problem

BYTES_MAX = 1_000_000
_VERSION = "version"

Fields = dict[str, Any]


def read(path: Path, *, version: int) -> Fields | None:
    """The fields of the file, without its version; None where there is no file.

    Raises:
        Problem: SETTINGS_UNREADABLE; no JSON object, damaged, or written by a newer program.
    """
    try:
        with path.open("rb") as file:
            raw = file.read(BYTES_MAX + 1)
    except FileNotFoundError:
        return None
    except OSError as error:
        raise unreadable(path, error.strerror or type(error).__name__) from error
    if len(raw) > BYTES_MAX:
        raise unreadable(path, "too large")
    try:
        fields = json.loads(
            raw.decode(), object_pairs_hook=_no_duplicates, parse_constant=_no_constant
        )
    except (ValueError, RecursionError) as error:
        raise unreadable(path, "no JSON") from error
    if not isinstance(fields, dict):
        raise unreadable(path, "no JSON object")
    found = fields.pop(_VERSION, None)
    if type(found) is not int or found < 1:
        raise unreadable(path, "no version")
    if found > version:
        raise unreadable(path, f"version {found}, newer than {version}")
    return fields


def write(path: Path, fields: Fields, *, version: int) -> None:
    """Replace the file: after a crash or a power cut either the old or the new one is there.

    Raises:
        Problem: DISK_FULL, DISK_READ_ONLY, or SETTINGS_UNREADABLE for any other trouble.
    """
    text = json.dumps({_VERSION: version, **fields}, indent=2, sort_keys=True, ensure_ascii=False)
    fresh = path.with_name(path.name + ".new")
    try:
        _write_durably(fresh, text.encode() + b"\n")
        os.replace(fresh, path)
        _sync_folder(path.parent)
    except OSError as error:
        with contextlib.suppress(OSError):
            fresh.unlink()
        raise disk_problem(error, ProblemKind.SETTINGS_UNREADABLE) from error


def unreadable(path: Path, detail: str) -> Problem:
    """The Problem of a settings file; its detail names the file and the trouble, no value."""
    return Problem(ProblemKind.SETTINGS_UNREADABLE, f"{path.name}: {detail}")


def _write_durably(path: Path, data: bytes) -> None:
    flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | getattr(os, "O_NOFOLLOW", 0)
    with os.fdopen(os.open(path, flags, FILE_MODE), "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


def _sync_folder(folder: Path) -> None:
    # A rename is durable once its folder is; Windows has no such call and needs none.
    if os.name != "posix":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _no_duplicates(pairs: list[tuple[str, Any]]) -> Fields:
    fields = dict(pairs)
    if len(fields) != len(pairs):
        raise ValueError("a field stands twice")
    return fields


def _no_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is no number")

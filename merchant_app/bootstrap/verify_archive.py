"""`merchant-app verify-archive FILE`: whether an archive is, to the byte, what the till signed."""

from __future__ import annotations

import argparse
import json
import locale
import os
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from merchant_app.errors import Problem
from merchant_app.i18n import _
from merchant_app.i18n.catalogue import Language, choose, install
from merchant_app.reports.archive.checking import (
    Checked,
    Fault,
    Finding,
    SoundArchive,
    UnsoundArchive,
    check_archive,
)

KEY_BYTES = 32
_SIDES = ("", "till", "service")


def run(argv: Sequence[str]) -> int:
    """Verify one archive and say so; 0 sound, 1 not sound, 2 cannot be read.

    `argv` is what comes after `verify-archive`. Neither Qt nor a profile is touched.
    """
    options = _parse(argv)
    language = choose(options.lang or "system", _system_languages())
    install(language)
    till_keys = tuple(key for side, key in options.key if side != "service")
    journal_keys = tuple(f"service={key.hex()}" for side, key in options.key if side == "service")
    try:
        with tempfile.TemporaryDirectory(prefix="verify-archive-") as work:
            result = check_archive(
                options.file,
                Path(work),
                till_keys=till_keys,
                journal_keys=journal_keys,
                language=language.value,
            )
    except (OSError, Problem) as error:
        reason = error.strerror if isinstance(error, OSError) else str(error)
        said = _("Cannot be read: {reason}").format(reason=reason)
        _write(
            {"file": str(options.file), "sound": None, "error": said}, [said], as_json=options.json
        )
        return 2
    facts, lines = _told(result, language)
    _write({"file": str(options.file), **facts}, lines, as_json=options.json)
    return 0 if isinstance(result, SoundArchive) else 1


def _parse(argv: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="merchant-app verify-archive",
        description="Verify an archive of Comptoir: every file in it, the till's signature, and "
        "the journal's chains.",
    )
    parser.add_argument("file", metavar="FILE", type=Path)
    parser.add_argument(
        "--key",
        action="append",
        default=[],
        type=_key,
        metavar="HEX",
        help="a public key, 64 hexadecimal digits; till=HEX (or nothing before it): the archive "
        "must be signed by it; service=HEX: the service's signatures in the journal must be",
    )
    parser.add_argument("--lang", choices=[each.value for each in Language])
    parser.add_argument("--json", action="store_true")
    return parser.parse_args(argv)


def _key(text: str) -> tuple[str, bytes]:
    side, _equals, digits = text.rpartition("=")
    try:
        key = bytes.fromhex(digits)
    except ValueError:
        key = b""
    if side not in _SIDES or len(key) != KEY_BYTES:
        raise argparse.ArgumentTypeError(f"{text!r} is no public key")
    return side, key


def _system_languages() -> tuple[str, ...]:
    wanted = os.environ.get("LC_ALL") or os.environ.get("LANG") or locale.getlocale()[0]
    return (wanted,) if wanted else ()


def _told(result: Checked, language: Language) -> tuple[dict[str, object], list[str]]:
    match result:
        case SoundArchive(manifest=said, manifest_sha256=name, told=told):
            covers = said.closings
            lines = [
                _("Sound: every file is as {till}, {shop}, signed it on {day}.").format(
                    till=said.till, shop=said.shop, day=f"{said.made_at:%Y-%m-%d}"
                ),
                _("The journal goes up to entry {entries}; its last closing is {closing}.").format(
                    entries=said.entries, closing="-" if covers is None else covers[1]
                ),
                _("The key that signed it is {key}. Compare it with the till’s.").format(
                    key=said.till_key
                ),
                *(f"- {text}" for text in told),
            ]
            facts: dict[str, object] = {
                "sound": True,
                "manifest": name,
                "till_key": said.till_key,
                "entries": said.entries,
                "closings": covers,
                "language": language.value,
                "told": told,
            }
            return facts, lines
        case UnsoundArchive(findings=findings):
            sentences = [sentence(finding) for finding in findings]
            told_findings = [
                {"fault": each.fault.value, "where": each.where, "sentence": text}
                for each, text in zip(findings, sentences, strict=True)
            ]
            lines = [_("NOT SOUND. The first thing wrong:"), *sentences]
            return {"sound": False, "findings": told_findings}, lines


def sentence(finding: Finding) -> str:
    """One finding, for people."""
    match finding.fault:
        case Fault.NO_ARCHIVE:
            return _("This is no archive of Comptoir, or it was cut off.")
        case Fault.MANIFEST:
            return _("The list of its files was changed, or a newer program wrote it.")
        case Fault.SIGNATURE:
            return _("The till’s signature does not fit the list of its files.")
        case Fault.OTHER_KEY:
            return _("It was signed with another key than the one given: {key}").format(
                key=finding.detail
            )
        case Fault.MISSING:
            return _("{name} is missing.").format(name=finding.where)
        case Fault.ADDED:
            return _("{name} was put in.").format(name=finding.where)
        case Fault.CHANGED:
            return _("{name} was changed, or is damaged.").format(name=finding.where)
        case Fault.JOURNAL:
            return _("The journal in it is not sound. {finding}").format(finding=finding.detail)
        case Fault.CLOSINGS:
            return _("What it says of the journal is not what the journal says.")


def _write(facts: dict[str, object], lines: Sequence[str], *, as_json: bool) -> None:
    text = json.dumps(facts) if as_json else "\n".join(lines)
    stream = getattr(sys.stdout, "buffer", None)
    if stream is None:
        sys.stdout.write(text + "\n")
        return
    # In its own characters, whatever the terminal was told: French has some.
    sys.stdout.flush()
    stream.write(text.encode() + b"\n")
    stream.flush()

"""What an archive says of itself: every file in it, by length and SHA-256, signed by the till.

The text is JSON in ASCII, keys sorted, no spaces, and it is signed as it stands:

    signature = Ed25519 over "comptoir archive v1" 00 | the bytes of manifest.json

`manifest.sig` is the signature in 128 hexadecimal digits and a line feed (build/decisions/0066).
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from merchant_app.clock import from_text, to_text

MANIFEST, SIGNATURE = "manifest.json", "manifest.sig"
JOURNAL, CLOSINGS, KEYS, VERIFIER = (
    "journal.sqlite",
    "closings.json",
    "keys.json",
    "verify_journal.py",
)
INDEXES = ("index.html", "index.txt")
NEEDED = (JOURNAL, CLOSINGS, KEYS, VERIFIER, *INDEXES)

FORMAT = 1
MANIFEST_BYTES_MAX = 32_000_000
MEMBERS_MAX = 200_000
NAME_CHARACTERS_MAX = 100
_IS_NAME = re.compile(r"(?:papers/)?[a-z0-9][a-z0-9._-]*").fullmatch
_IS_SHA = re.compile(r"[0-9a-f]{64}").fullmatch


class BadManifest(ValueError):
    """This program cannot have written it."""


@dataclass(frozen=True, slots=True)
class Member:
    """One file of the archive. `sha256` in hexadecimal digits."""

    name: str
    bytes_: int
    sha256: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """Everything that is signed.

    Attributes:
        made_at: UTC.
        program: the version that made it.
        till_id: of the last enrolment; empty where there was none.
        till_key: the public key that signs, hex.
        journal_version: of the journal's tables.
        entries: the position of the last entry in the journal; 0 for none.
        head: epoch, number and hash (hex) of that entry.
        events_head: number and hash (hex) of the last event.
        closings: the first and the last number; None: there is none.
        members: all files but the manifest and its signature, by name.
    """

    made_at: datetime
    program: str
    shop: str
    till: str
    till_id: str
    till_key: str
    training: bool
    currency: str
    time_zone: str
    journal_version: int
    entries: int
    head: tuple[str, int, str] | None
    events_head: tuple[int, str]
    closings: tuple[int, int] | None
    members: tuple[Member, ...]


def signed_message(text: bytes) -> bytes:
    """What the till signs of a manifest."""
    return b"comptoir archive v1\x00" + text


def to_bytes(manifest: Manifest) -> bytes:
    """The canonical text."""
    head, closings = manifest.head, manifest.closings
    fields = {
        "archive": FORMAT,
        "made_at": to_text(manifest.made_at),
        "program": manifest.program,
        "shop": manifest.shop,
        "till": manifest.till,
        "till_id": manifest.till_id,
        "till_key": manifest.till_key,
        "training": manifest.training,
        "currency": manifest.currency,
        "time_zone": manifest.time_zone,
        "journal_version": manifest.journal_version,
        "entries": manifest.entries,
        "head": None if head is None else {"epoch_id": head[0], "number": head[1], "hash": head[2]},
        "events_head": {"number": manifest.events_head[0], "hash": manifest.events_head[1]},
        "closings": None if closings is None else {"first": closings[0], "last": closings[1]},
        "members": [
            {"name": one.name, "bytes": one.bytes_, "sha256": one.sha256}
            for one in manifest.members
        ],
    }
    return json.dumps(fields, sort_keys=True, separators=(",", ":")).encode("ascii")


def from_bytes(text: bytes) -> Manifest:
    """The inverse of `to_bytes`, and no more forgiving.

    Raises:
        BadManifest: it is not, to the byte, what `to_bytes` would write.
    """
    try:
        said = json.loads(text.decode("ascii"))
        manifest = _manifest(said)
        same = said["archive"] == FORMAT and to_bytes(manifest) == text
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise BadManifest(type(error).__name__) from error
    if not same:
        raise BadManifest("not in canonical form")
    _check_members(manifest.members)
    return manifest


def _manifest(said: Mapping[str, Any]) -> Manifest:
    head, closings = said["head"], said["closings"]
    return Manifest(
        made_at=from_text(said["made_at"]),
        program=said["program"],
        shop=said["shop"],
        till=said["till"],
        till_id=said["till_id"],
        till_key=said["till_key"],
        training=said["training"],
        currency=said["currency"],
        time_zone=said["time_zone"],
        journal_version=said["journal_version"],
        entries=said["entries"],
        head=None if head is None else (head["epoch_id"], head["number"], head["hash"]),
        events_head=(said["events_head"]["number"], said["events_head"]["hash"]),
        closings=None if closings is None else (closings["first"], closings["last"]),
        members=tuple(Member(one["name"], one["bytes"], one["sha256"]) for one in said["members"]),
    )


def _check_members(members: tuple[Member, ...]) -> None:
    names = [one.name for one in members]
    if len(names) > MEMBERS_MAX or names != sorted(set(names)):
        raise BadManifest("too many files, one of them twice, or not in order")
    missing = set(NEEDED).difference(names)
    if missing:
        raise BadManifest(f"{min(missing)} is not named")
    for one in members:
        is_named = _IS_NAME(one.name) and len(one.name) <= NAME_CHARACTERS_MAX
        if not is_named or one.name in (MANIFEST, SIGNATURE):
            raise BadManifest("a file has a name that none can have")
        if type(one.bytes_) is not int or one.bytes_ < 0 or not _IS_SHA(one.sha256):
            raise BadManifest(f"{one.name}: no length, or no hash")

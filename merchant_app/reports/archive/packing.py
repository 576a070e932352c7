"""Puts an archive together on the till's own disk, before anything goes to a stick.

A ZIP file (deflated, ZIP64 where it is long) of the members that the manifest names, then the
manifest and its signature. Nothing in it but `papers/` lies in a folder.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from merchant_app import __version__
from merchant_app.journal.carried_copy import Copied
from merchant_app.journal.closings import ClosingRow, Sign
from merchant_app.reports import verifier
from merchant_app.reports.archive import index, manifest
from merchant_app.reports.archive.manifest import Manifest, Member
from merchant_app.reports.closing import KeptClosing, kept

PIECE_BYTES = 1 << 20
_EARLIEST_YEAR = 1980
"""A ZIP file knows no earlier moment; the manifest has the true one."""
_IS_PAPER = re.compile(r"\d{5,}-(?:day|month|year)-\d{4}-\d\d-\d\d-(?:a4|80mm)\.pdf").fullmatch

OnBytes = Callable[[int], None]
"""Told how many bytes more were packed; may raise to stop."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Author:
    """Whose archive it is. `till_key` and `service_key` are public keys, 32 bytes."""

    shop: str
    till: str
    training: bool
    currency: str
    time_zone: str
    till_key: bytes
    service_key: bytes
    sign: Sign


@dataclass(frozen=True, slots=True)
class Packed:
    """The file is whole, on the till's disk."""

    manifest: Manifest
    manifest_sha256: str


def papers_in(folder: Path) -> tuple[Path, ...]:
    """The papers of closings that there are, in order."""
    if not folder.is_dir():
        return ()
    return tuple(sorted(path for path in folder.iterdir() if _IS_PAPER(path.name)))


def pack(
    to: Path,
    *,
    copy: Path,
    copied: Copied,
    papers: Sequence[Path],
    author: Author,
    now: datetime,
    on_bytes: OnBytes,
) -> Packed:
    """Write the archive to `to`.

    Args:
        to: does not exist yet.
        copy: the journal's copy.
        copied: what stands in it.
        papers: of closings, as PDF.
        author: signs it.
        now: when it is made, UTC.
        on_bytes: see `OnBytes`.

    Raises:
        OSError: the till's disk is full, or cannot be read.
    """
    rows = copied.closings
    known = tuple(kept(row) for row in rows)
    plain = _draft(author, copied, now)
    with ZipFile(to, "x", ZIP_DEFLATED, allowZip64=True) as file:
        packing = _Packing(file, now, on_bytes)
        packing.copy(manifest.JOURNAL, copy)
        packing.write(manifest.CLOSINGS, closings_text(rows))
        packing.write(manifest.KEYS, keys_text(author, known))
        packing.copy(manifest.VERIFIER, verifier.program_file())
        for name, page in zip(manifest.INDEXES, (index.as_html, index.as_text), strict=True):
            packing.write(name, page(plain, known, papers=len(papers)).encode())
        for paper in papers:
            packing.copy(f"papers/{paper.name}", paper)
        whole = _draft(author, copied, now, members=packing.sorted_members())
        text = manifest.to_bytes(whole)
        signature = author.sign(manifest.signed_message(text))
        packing.write(manifest.MANIFEST, text)
        packing.write(manifest.SIGNATURE, signature.hex().encode() + b"\n")
    return Packed(whole, hashlib.sha256(text).hexdigest())


def closings_text(rows: Sequence[ClosingRow]) -> bytes:
    """`closings.json`: a list, one closing a line, each body as an object.

    Written again with sorted keys and no spaces, a body is the text that was hashed.
    """
    lines = (
        _json(
            {
                "number": row.number,
                "kind": row.kind,
                "body": json.loads(row.body),
                "hash": row.hash.hex(),
                "signature": row.signature.hex(),
            }
        )
        for row in rows
    )
    return ("[\n" + ",\n".join(lines) + "\n]\n").encode("ascii")


def keys_text(author: Author, closings: Sequence[KeptClosing]) -> bytes:
    """`keys.json`: the public keys, hex; `earlier_tills` signed closings before this enrolment."""
    till = author.till_key.hex()
    signed = {one.closing.till_public_key for one in closings}
    keys: Mapping[str, object] = {
        "till": till,
        "service": author.service_key.hex(),
        "earlier_tills": sorted(signed - {till, ""}),
    }
    return _json(keys).encode("ascii") + b"\n"


def _json(value: object) -> str:
    return json.dumps(value, sort_keys=True, separators=(",", ":"))


def _draft(
    author: Author, copied: Copied, now: datetime, *, members: tuple[Member, ...] = ()
) -> Manifest:
    head, rows = copied.head, copied.closings
    return Manifest(
        made_at=now,
        program=__version__,
        shop=author.shop,
        till=author.till,
        till_id=copied.till_id,
        till_key=author.till_key.hex(),
        training=author.training,
        currency=author.currency,
        time_zone=author.time_zone,
        journal_version=copied.version,
        entries=copied.entries,
        head=None if head is None else (head[0], head[1], head[2].hex()),
        events_head=(copied.events_head[0], copied.events_head[1].hex()),
        closings=(rows[0].number, rows[-1].number) if rows else None,
        members=members,
    )


@dataclass(slots=True)
class _Packing:
    """Adds members, and remembers what they are."""

    file: ZipFile
    now: datetime
    on_bytes: OnBytes
    members: list[Member] = field(default_factory=list)

    def sorted_members(self) -> tuple[Member, ...]:
        return tuple(sorted(self.members, key=lambda one: one.name))

    def copy(self, name: str, source: Path) -> None:
        digest, length = hashlib.sha256(), 0
        with (
            source.open("rb") as read,
            self.file.open(self._info(name), "w", force_zip64=True) as to,
        ):
            while piece := read.read(PIECE_BYTES):
                to.write(piece)
                digest.update(piece)
                length += len(piece)
                self.on_bytes(len(piece))
        self.members.append(Member(name, length, digest.hexdigest()))

    def write(self, name: str, content: bytes) -> None:
        self.file.writestr(self._info(name), content, ZIP_DEFLATED)
        self.members.append(Member(name, len(content), hashlib.sha256(content).hexdigest()))
        self.on_bytes(len(content))

    def _info(self, name: str) -> ZipInfo:
        moment = self.now.replace(year=max(self.now.year, _EARLIEST_YEAR))
        info = ZipInfo(name, moment.timetuple()[:6])
        info.compress_type = ZIP_DEFLATED
        info.create_system = 3  # Unix: whoever unpacks it can read it
        info.external_attr = 0o644 << 16
        return info

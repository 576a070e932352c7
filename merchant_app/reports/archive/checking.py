"""Whether an archive is what the till signed: every byte of every file, the journal's chains too.

The file may come from anybody: lengths are those that its manifest states, nothing is unpacked
beyond them, and no name in it becomes a path.
"""

from __future__ import annotations

import hashlib
import re
import zlib
from collections.abc import Callable, Iterable
from contextlib import nullcontext
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import IO
from zipfile import ZIP_DEFLATED, ZIP_STORED, BadZipFile, ZipFile, ZipInfo

from merchant_app.errors import Problem, ProblemKind
from merchant_app.journal import space
from merchant_app.journal.carried_copy import Copied, read_copy
from merchant_app.reports import verifier
from merchant_app.reports.archive import manifest as manifests
from merchant_app.reports.archive.manifest import BadManifest, Manifest, Member
from merchant_app.reports.archive.packing import PIECE_BYTES, closings_text
from merchant_app.settings.paths import disk_problem

_SIGNATURE_TEXT_BYTES = 129
_IS_SIGNATURE = re.compile(rb"[0-9a-f]{128}\n").fullmatch
_UNREADABLE = (BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, ValueError)
"""What damaged bytes come out of zipfile as; RuntimeError: a member is encrypted."""


class Fault(Enum):
    """What is wrong with an archive."""

    NO_ARCHIVE = "no_archive"
    """No ZIP file, or no archive of ours in it."""
    MANIFEST = "manifest"
    """The list of files was changed, or is a newer program's."""
    SIGNATURE = "signature"
    """The till’s signature does not fit the list of files."""
    OTHER_KEY = "other_key"
    """It fits, and is by another key than those that were given."""
    MISSING = "missing"
    ADDED = "added"
    """A file that the list does not name, or one of them twice."""
    CHANGED = "changed"
    JOURNAL = "journal"
    """The journal in it does not verify; `detail` says where."""
    CLOSINGS = "closings"
    """closings.json, or what the list says of the journal, is not what the journal says."""


@dataclass(frozen=True, slots=True)
class Finding:
    """`where`: the file in the archive. `detail`: of a journal, the verifier's sentence."""

    fault: Fault
    where: str = ""
    detail: str = ""


@dataclass(frozen=True, slots=True)
class SoundArchive:
    """Everything in it is as it was signed. `told`: what the verifier says besides."""

    manifest: Manifest
    manifest_sha256: str
    told: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class UnsoundArchive:
    """Something is wrong; the first finding is what to look at."""

    findings: tuple[Finding, ...]


Checked = SoundArchive | UnsoundArchive


class _Unsound(Exception):
    def __init__(self, fault: Fault, where: str = "", detail: str = "") -> None:
        super().__init__(fault.value)
        self.finding = Finding(fault, where, detail)


def check_archive(
    path: Path,
    work: Path,
    *,
    till_keys: Iterable[bytes] = (),
    journal_keys: tuple[str, ...] = (),
    language: str = "en",
    on_bytes: Callable[[int, int], None] | None = None,
) -> Checked:
    """Read the whole archive, and verify it.

    Args:
        path: of the archive; read, never written.
        work: an empty folder; the journal is unpacked there.
        till_keys: public keys that may have signed; empty: the one that the archive names.
        journal_keys: for the verifier, as `--key` takes them.
        language: of the verifier's sentences.
        on_bytes: told bytes read and bytes in all; what it raises comes out of here.

    Raises:
        OSError: the medium fails.
        Problem: DISK_NEARLY_FULL, DISK_FULL: there is no room to unpack the journal.
    """
    try:
        with path.open("rb") as raw, _opened(raw) as file:
            return _check(
                _Archive(file, on_bytes),
                work,
                till_keys=frozenset(till_keys),
                journal_keys=journal_keys,
                language=language,
            )
    except _Unsound as unsound:
        return UnsoundArchive((unsound.finding,))


def _opened(raw: IO[bytes]) -> ZipFile:
    try:
        return ZipFile(raw)
    except _UNREADABLE as error:
        raise _Unsound(Fault.NO_ARCHIVE, detail=type(error).__name__) from error


def _check(
    archive: _Archive,
    work: Path,
    *,
    till_keys: frozenset[bytes],
    journal_keys: tuple[str, ...],
    language: str,
) -> Checked:
    said, text = archive.manifest()
    signature = archive.small(manifests.SIGNATURE, _SIGNATURE_TEXT_BYTES)
    _check_signature(said, text, signature, till_keys)
    archive.check_names(said)
    space.check(work, free_bytes_min=_bytes_of(said, manifests.JOURNAL) + space.FREE_BYTES_MIN)
    journal = work / manifests.JOURNAL
    total = sum(one.bytes_ for one in said.members)
    findings = []
    for member in said.members:
        to = journal if member.name == manifests.JOURNAL else None
        if not archive.agrees(member, to=to, total=total):
            findings.append(Finding(Fault.CHANGED, member.name))
    if findings:
        return UnsoundArchive(tuple(findings))
    verdict = verifier.verify(journal, keys=journal_keys, language=language)
    if verdict.sound is not True:
        return UnsoundArchive(
            tuple(Finding(Fault.JOURNAL, manifests.JOURNAL, text) for text in verdict.sentences)
        )
    if not _agrees_with_journal(said, _copied(journal), archive):
        return UnsoundArchive((Finding(Fault.CLOSINGS, manifests.CLOSINGS),))
    return SoundArchive(said, hashlib.sha256(text).hexdigest(), verdict.told)


def _bytes_of(said: Manifest, name: str) -> int:
    return sum(one.bytes_ for one in said.members if one.name == name)


def _check_signature(
    said: Manifest, text: bytes, signature: bytes, till_keys: frozenset[bytes]
) -> None:
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    try:
        if not _IS_SIGNATURE(signature):
            raise ValueError("not in canonical form")
        key = bytes.fromhex(said.till_key)
        raw = bytes.fromhex(signature.decode("ascii"))
        Ed25519PublicKey.from_public_bytes(key).verify(raw, manifests.signed_message(text))
    except (InvalidSignature, ValueError) as error:
        raise _Unsound(Fault.SIGNATURE, manifests.SIGNATURE) from error
    if till_keys and key not in till_keys:
        raise _Unsound(Fault.OTHER_KEY, manifests.SIGNATURE, said.till_key)


def _copied(journal: Path) -> Copied:
    try:
        return read_copy(journal)
    except Problem as problem:
        raise _Unsound(Fault.JOURNAL, manifests.JOURNAL, problem.detail) from problem


def _agrees_with_journal(said: Manifest, copied: Copied, archive: _Archive) -> bool:
    """Whether what was signed about the journal is what the journal says."""
    head, rows = copied.head, copied.closings
    numbers = (rows[0].number, rows[-1].number) if rows else None
    text = closings_text(rows)
    return (
        said.entries == copied.entries
        and said.till_id == copied.till_id
        and said.journal_version == copied.version
        and said.head == (None if head is None else (head[0], head[1], head[2].hex()))
        and said.events_head == (copied.events_head[0], copied.events_head[1].hex())
        and said.closings == numbers
        and archive.small(manifests.CLOSINGS, len(text)) == text
    )


def _put(out: IO[bytes] | None, piece: bytes) -> None:
    """On the till's own disk: what fails there is no fault of the archive's medium."""
    if out is None:
        return
    try:
        out.write(piece)
    except OSError as error:
        raise disk_problem(error, ProblemKind.DISK_READ_ONLY) from error


class _Archive:
    """One open ZIP file, read piece by piece."""

    def __init__(self, file: ZipFile, on_bytes: Callable[[int, int], None] | None) -> None:
        self._file = file
        self._on_bytes = on_bytes
        self._infos: dict[str, ZipInfo] = {}
        self._read = 0
        for info in file.infolist():
            if info.filename in self._infos:
                raise _Unsound(Fault.ADDED, info.filename)
            self._infos[info.filename] = info

    def manifest(self) -> tuple[Manifest, bytes]:
        """The manifest, and its bytes."""
        if manifests.MANIFEST not in self._infos:
            raise _Unsound(Fault.NO_ARCHIVE)
        text = self.small(manifests.MANIFEST, manifests.MANIFEST_BYTES_MAX)
        try:
            return manifests.from_bytes(text), text
        except BadManifest as error:
            raise _Unsound(Fault.MANIFEST, manifests.MANIFEST, str(error)) from error

    def check_names(self, said: Manifest) -> None:
        """The files are those of the manifest, no more and no fewer."""
        named = {one.name for one in said.members} | {manifests.MANIFEST, manifests.SIGNATURE}
        for name in sorted(named.difference(self._infos)):
            raise _Unsound(Fault.MISSING, name)
        for name in sorted(set(self._infos) - named):
            raise _Unsound(Fault.ADDED, name)

    def small(self, name: str, bytes_max: int) -> bytes:
        """A member as a whole, if it is no longer than that."""
        if name not in self._infos:
            raise _Unsound(Fault.MISSING, name)
        try:
            with self._opened(name) as member:
                content = member.read(bytes_max + 1)
        except _UNREADABLE as error:
            raise _Unsound(Fault.CHANGED, name, type(error).__name__) from error
        if len(content) > bytes_max:
            raise _Unsound(Fault.CHANGED, name, f"longer than {bytes_max} bytes")
        return content

    def agrees(self, member: Member, *, to: Path | None, total: int) -> bool:
        """Whether a member is as long as it was, and has its hash; unpacked to `to`, if given."""
        digest, length = hashlib.sha256(), 0
        with nullcontext() if to is None else to.open("wb") as out:
            try:
                with self._opened(member.name) as file:
                    while length <= member.bytes_ and (piece := file.read(PIECE_BYTES)):
                        digest.update(piece)
                        length += len(piece)
                        _put(out, piece)
                        self._tell(len(piece), total)
            except _UNREADABLE:
                return False
        return length == member.bytes_ and digest.hexdigest() == member.sha256

    def _opened(self, name: str) -> IO[bytes]:
        info = self._infos[name]
        if info.compress_type not in (ZIP_STORED, ZIP_DEFLATED):
            raise BadZipFile("packed in another way than ours")
        return self._file.open(info)

    def _tell(self, bytes_: int, total: int) -> None:
        self._read += bytes_
        if self._on_bytes is not None:
            self._on_bytes(self._read, total)

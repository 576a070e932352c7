"""All that speaks of a damaged journal, by who says it; nothing is believed before it is proved."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from uuid import UUID

from merchant_app.ids import EpochId
from merchant_app.journal.bases import Base, newest_of
from merchant_app.journal.carving import Found, Pool, carve
from merchant_app.journal.events import to_row
from merchant_app.journal.mirror import read_file
from merchant_app.journal.readable import Readable, carve_epochs, read
from merchant_app.journal.records import Record, Value, is_sensible
from merchant_app.ledger.entries import Envelope, root_hash


class Source(Enum):
    """Where something was found. For rows that nothing proves, MIRROR is believed first: each of
    its lines has a checksum."""

    FILE = "file"
    MIRROR = "mirror"
    BACKUP = "backup"
    SERVICE = "service"


@dataclass(frozen=True, slots=True)
class EpochFacts:
    """One epoch as it was found; `roots` are candidates, the likeliest first.

    Attributes:
        stored_root: what the root's column held; None where the root follows from the id.
    """

    epoch_id: EpochId
    till_id: str
    enrolled_at: str
    position: int
    roots: tuple[bytes, ...]
    stored_root: bytes | None


class Evidence:
    """Collects; then answers. For one salvage, in one thread."""

    def __init__(self) -> None:
        self._found: dict[Found, None] = {}
        self._seen: dict[Source, set[tuple[str, bytes]]] = {source: set() for source in Source}
        self._records: dict[Source, Readable] = {}
        self._carved_epochs: list[tuple[str, str, str, tuple[bytes, ...]]] = []
        self._pool: Pool | None = None

    # --- collecting ------------------------------------------------------------------------------

    def add_raw(self, source: Source, raw: bytes) -> None:
        """The bytes of a file of the journal."""
        self._add_found(source, carve(raw))
        self._carved_epochs += carve_epochs(raw)

    def add_readable(self, source: Source, path: Path, work: Path) -> None:
        """What SQL can read of a journal file; `work` is a folder of its own for the copy."""
        self._add_records(source, read(path, work))

    def add_mirror(self, path: Path) -> None:
        """The mirror.

        Raises:
            Problem: JOURNAL_NEWER; MIRROR_UNREACHABLE.
        """
        contents = read_file(path)
        self._add_records(Source.MIRROR, Readable(contents.records))

    def add_envelopes(
        self, source: Source, epoch_id: EpochId, envelopes: Iterable[Envelope]
    ) -> None:
        """Entries that somebody hands over, with their places."""
        self._add_found(source, [Found(epoch_id, e.seq, e.body, e.hash) for e in envelopes])

    def _add_found(self, source: Source, found: Iterable[Found]) -> None:
        for item in found:
            self._found[item] = None
            self._seen[source].add((item.body, item.hash))
        self._pool = None

    def _add_records(self, source: Source, readable: Readable) -> None:
        known = self._records.setdefault(source, Readable())
        for key, record in readable.records.items():
            known.records.setdefault(key, record)
        known.first_entry = known.first_entry or readable.first_entry
        for record in readable.of("entries"):
            envelope = _envelope(record)
            if envelope is not None:
                epoch_id = EpochId(UUID(str(record.value("epoch_id"))))
                self.add_envelopes(source, epoch_id, [envelope])

    # --- answering -------------------------------------------------------------------------------

    @property
    def pool(self) -> Pool:
        """Every entry that was found."""
        if self._pool is None:
            self._pool = Pool(self._found)
        return self._pool

    def source_of(self, envelope: Envelope) -> Source:
        """The first source that has this entry."""
        said = (envelope.body, envelope.hash)
        return next(source for source in Source if said in self._seen[source])

    def rows(self, table: str) -> list[Record]:
        """The rows of a table that make sense; the mirror's word counts before the file's."""
        result: dict[int, Record] = {}
        for source in (Source.MIRROR, Source.FILE, Source.BACKUP):
            for record in self._records.get(source, Readable()).of(table):
                if is_sensible(record):
                    result.setdefault(record.rowid, record)
        base = self.base() if table != "events" else None
        return [
            result[rowid]
            for rowid in sorted(result)
            if base is None or not base.is_gone(result[rowid])
        ]

    def base(self) -> Base | None:
        """Where the journal begins, if it was purged: what came before is not wanted back."""
        return newest_of(to_row(each.rowid, *each.values) for each in self.rows("events"))

    def origins(self, epoch_id: EpochId) -> dict[int, Value]:
        """Why each entry of an epoch stands there, by number, as far as it can be read."""
        origins: dict[int, Value] = {}
        for record in self.rows("entries"):
            seq, origin = record.value("seq"), record.value("origin")
            if record.value("epoch_id") == str(epoch_id) and origin in ("own", "resent"):
                origins[int(str(seq))] = origin
        return origins

    def first_entry(self) -> int | None:
        """See `Readable`."""
        return self._records.get(Source.FILE, Readable()).first_entry

    def heads(self, epoch_id: EpochId) -> dict[int, bytes]:
        """What receipts and mirror say of an epoch's chain: hashes by number, after the root."""
        heads: dict[int, bytes] = {}
        for record in self.rows("receipts"):
            seq, entry_hash = record.value("seq"), record.value("hash")
            if (
                record.value("epoch_id") == str(epoch_id)
                and isinstance(seq, int)
                and seq > 0
                and isinstance(entry_hash, bytes)
            ):
                heads[seq] = entry_hash
        for record in self._records.get(Source.MIRROR, Readable()).of("entries"):
            envelope = _envelope(record)
            if envelope is not None and record.value("epoch_id") == str(epoch_id):
                heads[envelope.seq] = envelope.hash
        return heads

    def epochs(self) -> list[EpochFacts]:
        """Every epoch that was found, in order."""
        facts: dict[str, EpochFacts] = {}
        for record in self.rows("epochs"):
            epoch_id, till_id, enrolled_at, position, root = record.values
            id_ = EpochId(UUID(str(epoch_id)))
            stored_root = root if isinstance(root, bytes) else None
            facts[str(epoch_id)] = EpochFacts(
                id_,
                str(till_id),
                str(enrolled_at),
                position if isinstance(position, int) else 0,
                (root_hash(id_),) if stored_root is None else (stored_root, root_hash(id_)),
                stored_root,
            )
        claimed = {str(epoch_id) for epoch_id in self.pool.claimed()}
        for epoch_id_text, till_id_text, when, maybe_roots in self._carved_epochs:
            if epoch_id_text in facts or epoch_id_text not in claimed:
                continue
            id_ = EpochId(UUID(epoch_id_text))
            roots = (*maybe_roots, root_hash(id_))
            facts[epoch_id_text] = EpochFacts(id_, till_id_text, when, 0, roots, roots[0])
        return sorted(facts.values(), key=lambda epoch: (epoch.enrolled_at, epoch.position))

    def unnamed_epochs(self) -> set[EpochId]:
        """Epochs that entries claim to belong to, and of which nothing else is known."""
        return self.pool.epochs() - {epoch.epoch_id for epoch in self.epochs()}


def _envelope(record: Record) -> Envelope | None:
    seq, body, entry_hash = record.value("seq"), record.value("body"), record.value("hash")
    if isinstance(seq, int) and isinstance(body, str) and isinstance(entry_hash, bytes):
        return Envelope(seq, body, entry_hash)
    return None

"""Entries found in raw bytes, without SQLite: each proves itself by its hash.

A row of `entries` lies in a page, or in a frame of the log beside the file, as its values one after
the other: epoch, number, kind, op, what it is about, body, hash. The body is text that only an
entry can be, so it is looked for; what stands before it says where it belongs, and the hash behind
it whether it is true. No page, index or header has to be whole for that. What does not fit into one
page (a basket of thirty with long labels) is not found this way.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID

from merchant_app.ids import EpochId
from merchant_app.ledger.entries import (
    BadEntry,
    Envelope,
    Redemption,
    about,
    chain_hash,
    from_body,
)

_BODY = re.compile(rb'\{"a(?:t|bout)":"')
_ID = rb"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"
_EPOCH_AND_SEQ = re.compile(rb"(" + _ID + rb")(.{0,6})$", re.DOTALL)
_EPOCH_AND_SEQ_LENGTH_MAX = 36 + 6
_HASH_LENGTH = 32
_SEQ_MAX = 1 << 40


@dataclass(frozen=True, slots=True)
class Found:
    """A body and the hash behind it; where it stood, if that can still be read.

    It proves nothing by itself: `Pool` follows chains.
    """

    epoch_id: EpochId | None
    seq: int | None
    body: str
    hash: bytes


def carve(raw: bytes) -> tuple[Found, ...]:
    """Everything in these bytes that looks like an entry, each once."""
    text = raw.decode("latin-1")
    decoder = json.JSONDecoder()
    found: dict[Found, None] = {}
    for match in _BODY.finditer(raw):
        start = match.start()
        try:
            _, end = decoder.raw_decode(text, start)
        except (ValueError, RecursionError):
            continue
        item = _found(raw, start, text[start:end])
        if item is not None:
            found[item] = None
    return tuple(found)


def _found(raw: bytes, start: int, body: str) -> Found | None:
    try:
        entry = from_body(body)
    except BadEntry:
        return None
    end = start + len(body)
    entry_hash = raw[end : end + _HASH_LENGTH]
    if len(entry_hash) < _HASH_LENGTH:
        return None
    kind, op_id = type(entry).__name__.lower().encode(), str(entry.op_id).encode()
    about_id = b"" if isinstance(entry, Redemption) else str(about(entry)).encode()
    own = _epoch_and_seq(raw, start, after=kind + op_id + about_id)
    if own is not None:
        return Found(*own, body, entry_hash)
    adopted = _epoch_and_seq(raw, start, after=kind + about_id)
    if adopted is not None:
        # A row of `adopted`: it stands in the chain of another copy of this till, not in ours.
        return None
    return Found(None, None, body, entry_hash)


def _epoch_and_seq(raw: bytes, start: int, *, after: bytes) -> tuple[EpochId, int] | None:
    at = start - len(after)
    if at < 0 or raw[at:start] != after:
        return None
    match = _EPOCH_AND_SEQ.search(raw[max(0, at - _EPOCH_AND_SEQ_LENGTH_MAX) : at])
    if match is None:
        return None
    # SQLite stores the number 1 in no byte at all.
    seq = int.from_bytes(match[2], "big", signed=True) if match[2] else 1
    if not 0 < seq < _SEQ_MAX:
        return None
    return EpochId(UUID(match[1].decode())), seq


class Pool:
    """All that was found, and the chains it can prove."""

    def __init__(self, found: Iterable[Found]) -> None:
        self._all = list(dict.fromkeys(found))
        self._by_place: dict[tuple[EpochId | None, int | None], list[Found]] = {}
        for item in self._all:
            self._by_place.setdefault((item.epoch_id, item.seq), []).append(item)
        self._by_hash: dict[bytes, list[Found]] = {}
        for item in self._all:
            self._by_hash.setdefault(item.hash, []).append(item)

    def follow(self, epoch_id: EpochId, seq: int, last_hash: bytes) -> list[Envelope]:
        """What continues a chain that ends at (seq, last_hash), each entry proved by its hash.

        Where two entries prove themselves at one place, only one of which was ever continued, the
        continued one is taken: the other was never committed.
        """
        chain: list[Envelope] = []
        while True:
            following = self._following(epoch_id, seq, last_hash)
            if not following:
                return chain
            if len(following) > 1:
                tails = [[each, *self.follow(epoch_id, each.seq, each.hash)] for each in following]
                return chain + max(tails, key=len)
            chain.append(following[0])
            seq, last_hash = following[0].seq, following[0].hash

    def _following(self, epoch_id: EpochId, seq: int, last_hash: bytes) -> list[Envelope]:
        named = self._by_place.get((epoch_id, seq + 1), [])
        # What says where an entry stands may be damaged as well: the hash knows better.
        return self._true(named, seq + 1, last_hash) or self._true(self._all, seq + 1, last_hash)

    @staticmethod
    def _true(candidates: Sequence[Found], seq: int, last_hash: bytes) -> list[Envelope]:
        true = {
            Envelope(seq, item.body, item.hash)
            for item in candidates
            if chain_hash(last_hash, seq=seq, body=item.body) == item.hash
        }
        return sorted(true, key=lambda envelope: envelope.hash)

    def epochs(self) -> set[EpochId]:
        """The epochs that at least two entries claim to belong to, which prove each other: one
        alone may have a damaged name.
        """
        return {epoch_id for epoch_id in self.claimed() if self.linked_heads(epoch_id)}

    def claimed(self) -> set[EpochId]:
        """The epochs that anything found claims to belong to."""
        return {epoch_id for epoch_id, _ in self._by_place if epoch_id is not None}

    def highest(self, epoch_id: EpochId) -> int:
        """The highest number of this epoch that anything found claims to have; 0 if none does."""
        return max((s or 0 for (epoch, s) in self._by_place if epoch == epoch_id), default=0)

    def linked_heads(self, epoch_id: EpochId) -> dict[int, bytes]:
        """The ends of stretches of at least two entries that prove each other, by number: such a
        stretch existed, whatever is missing before it.
        """
        heads: dict[int, bytes] = {}
        for (epoch, seq), items in self._by_place.items():
            if epoch != epoch_id or seq is None:
                continue
            for item in items:
                if self._is_linked(item) and not self._following(epoch_id, seq, item.hash):
                    heads[seq] = item.hash
        return heads

    def _is_linked(self, item: Found) -> bool:
        if item.seq is None:
            return False
        return any(
            chain_hash(previous.hash, seq=item.seq, body=item.body) == item.hash
            for previous in self._by_place.get((item.epoch_id, item.seq - 1), [])
        )

    def before(self, epoch_id: EpochId, known_seq: int, known_hash: bytes) -> list[Envelope]:
        """What leads up to a place that is known to be true, proved backwards: the entry at
        `known_seq` carries the known hash, and each one before it the hash that the next one is
        made from. The first of them cannot be proved this way, and is left out.
        """
        proved: list[Envelope] = []
        wanted = known_hash
        for seq in range(known_seq, 0, -1):
            pair = self._pair(epoch_id, seq, wanted)
            if pair is None:
                break
            envelope, wanted = pair
            proved.append(envelope)
        proved.reverse()
        return proved

    def _pair(self, epoch_id: EpochId, seq: int, wanted: bytes) -> tuple[Envelope, bytes] | None:
        """The entry with the wanted hash, and the hash of a predecessor that proves it."""
        named = [item.hash for item in self._by_place.get((epoch_id, seq - 1), [])]
        for item in self._by_hash.get(wanted, []):
            for previous in (*named, *(other.hash for other in self._all)):
                if chain_hash(previous, seq=seq, body=item.body) == item.hash:
                    return Envelope(seq, item.body, item.hash), previous
        return None

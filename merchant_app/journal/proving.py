"""What the evidence proves of one epoch: an unbroken chain from its root, up to a known head."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from merchant_app.ids import EpochId
from merchant_app.journal.bases import chain_base
from merchant_app.journal.evidence import EpochFacts, Evidence, Source
from merchant_app.ledger.entries import Envelope

Pull = Callable[[EpochId, int], Sequence[Envelope]]
"""The entries of an epoch that the service holds after a number, in order; empty if it has none."""


@dataclass(frozen=True, slots=True)
class Proved:
    """One epoch.

    Attributes:
        base: number and hash that they follow: the root, or the last entry that was purged.
        entries: from the number after the base on, without a gap, each proved from there.
        beyond: proved from heads that are known, but behind a gap; in order.
        known_seq: the last number that is known to have existed.
    """

    facts: EpochFacts
    root: bytes
    base: tuple[int, bytes]
    entries: tuple[Envelope, ...]
    beyond: tuple[Envelope, ...]
    known_seq: int

    @property
    def epoch_id(self) -> EpochId:
        return self.facts.epoch_id

    def gaps(self) -> Iterator[tuple[int, int]]:
        """First and last number of each stretch that nothing could prove."""
        last = self.base[0] + len(self.entries)
        for envelope in self.beyond:
            if envelope.seq > last + 1:
                yield last + 1, envelope.seq - 1
            last = envelope.seq
        if last < self.known_seq:
            yield last + 1, self.known_seq


def prove(evidence: Evidence, facts: EpochFacts, pull: Pull | None) -> Proved:
    """Follow one epoch's chain as far as it goes, with the service's help if it is given."""
    gone = chain_base(evidence.base(), facts.epoch_id)
    root, base, chain = _rooted(evidence, facts, gone)
    while pull is not None:
        held = pull(facts.epoch_id, base[0] + len(chain))
        evidence.add_envelopes(Source.SERVICE, facts.epoch_id, held)
        root, base, longer = _rooted(evidence, facts, gone)
        if len(longer) <= len(chain):
            break
        chain = longer
    proved = {envelope.seq: envelope for envelope in chain}
    heads = _true_heads(evidence, facts.epoch_id, proved)
    end = base[0] + len(chain)
    for seq in sorted(heads, reverse=True):
        if seq > end and seq not in proved:
            for envelope in evidence.pool.before(facts.epoch_id, seq, heads[seq]):
                proved.setdefault(envelope.seq, envelope)
            for envelope in evidence.pool.follow(facts.epoch_id, seq, heads[seq]):
                proved.setdefault(envelope.seq, envelope)
    beyond = tuple(proved[seq] for seq in sorted(proved) if seq > end)
    known_seq = max([end, *heads, *(envelope.seq for envelope in beyond)])
    return Proved(facts, root, base, tuple(chain), beyond, known_seq)


def _rooted(
    evidence: Evidence, facts: EpochFacts, gone: tuple[int, bytes] | None
) -> tuple[bytes, tuple[int, bytes], list[Envelope]]:
    """The root, what the chain follows, and the chain. The root is the candidate that the first
    entry proves; where that was purged (`gone`), it is not needed any more."""
    if gone is not None:
        return facts.roots[0], gone, evidence.pool.follow(facts.epoch_id, *gone)
    for root in facts.roots:
        chain = evidence.pool.follow(facts.epoch_id, 0, root)
        if chain:
            return root, (0, root), chain
    return facts.roots[0], (0, facts.roots[0]), []


def _true_heads(
    evidence: Evidence, epoch_id: EpochId, proved: dict[int, Envelope]
) -> dict[int, bytes]:
    """Heads that do not contradict what is proved: a receipt can be damaged as well."""
    places = {envelope.hash: seq for seq, envelope in proved.items()}
    heads = {**evidence.pool.linked_heads(epoch_id), **evidence.heads(epoch_id)}
    return {
        seq: entry_hash
        for seq, entry_hash in heads.items()
        if places.get(entry_hash, seq) == seq
        and (seq not in proved or proved[seq].hash == entry_hash)
    }

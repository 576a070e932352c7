"""Stage 1 of a till's journal: keep it. Nothing here can fail on what an entry says.

The chain decides alone. What does not continue it is told apart, because the till does something
else each time:

    epoch unknown, another till's, or closed        EpochClosed: enrol again
    other generation, or base beyond our head       Rewind: send again from our head
    base or overlap differs from what we hold       Fork: two histories claim one place
    the entries sent do not chain among themselves  Broken: not a history at all, so no fork; a
                                                    program is at fault, and nothing was kept
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from merchant_app.ids import OpId, TillId
from merchant_app.ledger.books import EpochFacts, PendingState, Shelf
from merchant_app.ledger.entries import BadEntry, Envelope, Redemption, first_broken, from_body
from merchant_app.ledger.messages import Batch, Outcome


@dataclass(frozen=True, slots=True)
class Kept:
    """All of it is kept; `head_seq` and `head_hash` are where the chain ends now.

    `recovering`: it was kept without being evaluated; `resynced`: the till has sent again all that
    it had when it learned that the service was restored.
    """

    generation: int
    head_seq: int
    head_hash: bytes
    recovering: bool = False
    resynced: bool = True


@dataclass(frozen=True, slots=True)
class Rewind:
    generation: int
    head_seq: int
    head_hash: bytes


@dataclass(frozen=True, slots=True)
class Fork:
    """`seq` is the first place where the histories differ."""

    seq: int


@dataclass(frozen=True, slots=True)
class EpochClosed:
    pass


@dataclass(frozen=True, slots=True)
class Broken:
    """`index` is the place in the request of the entry that does not fit the one before."""

    index: int


StoreResult = Kept | Rewind | Fork | EpochClosed | Broken


def accepts_nothing(epoch: EpochFacts, till_id: TillId) -> bool:
    """A closed epoch was followed by another one; a late message must not reach it."""
    return epoch.closed or epoch.till_id != till_id


def belongs_elsewhere(batch: Batch, epoch: EpochFacts, *, generation: int) -> bool:
    """Made against another history of this service, or on top of entries that are not here."""
    return batch.generation != generation or batch.base_seq > epoch.told_seq


def first_difference(shelf: Shelf, batch: Batch, overlap: Sequence[Envelope]) -> int | None:
    """Where what was sent differs from what is held; each hash was checked to fit its body."""
    if shelf.hash_at(batch.epoch_id, batch.base_seq) != batch.base_hash:
        return batch.base_seq
    if not overlap:
        return None
    held = shelf.hashes(batch.epoch_id, overlap[0].seq, overlap[-1].seq)
    for envelope, hash_ in zip(overlap, held, strict=True):
        if envelope.hash != hash_:
            return envelope.seq
    return None


@dataclass(frozen=True, slots=True, kw_only=True)
class IntakeRules:
    """What stage 1 looks at. A simulation may switch one off, to see that it is missed."""

    accepts_nothing: Callable[[EpochFacts, TillId], bool] = accepts_nothing
    belongs_elsewhere: Callable[..., bool] = belongs_elsewhere
    first_difference: Callable[[Shelf, Batch, Sequence[Envelope]], int | None] = first_difference


def store(
    shelf: Shelf, batch: Batch, *, till_id: TillId, rules: IntakeRules | None = None
) -> StoreResult:
    """Append what is new, in the caller's transaction.

    The same batch may come any number of times: what is there already is compared, never written
    again. The signatures of its priors were verified.
    """
    rules = rules or IntakeRules()
    epoch = shelf.epoch(batch.epoch_id)
    if epoch is None or rules.accepts_nothing(epoch, till_id):
        return EpochClosed()
    generation = shelf.generation
    if rules.belongs_elsewhere(batch, epoch, generation=generation):
        return Rewind(generation, epoch.told_seq, shelf.hash_at(batch.epoch_id, epoch.told_seq))
    broken = first_broken(batch.entries, base_seq=batch.base_seq, base_hash=batch.base_hash)
    overlap = batch.entries[: max(0, epoch.head_seq - batch.base_seq)]
    fork = rules.first_difference(shelf, batch, overlap if broken is None else ())
    if fork is not None:
        return Fork(fork)
    if broken is not None:
        return Broken(batch.entries.index(broken))
    recovering = shelf.recovering
    told_seq = epoch.told_seq
    priors = _by_seq(batch)
    if overlap and (priors or told_seq < epoch.head_seq):
        shelf.offered_again(batch.epoch_id, up_to_seq=overlap[-1].seq, priors=priors)
        told_seq = max(told_seq, overlap[-1].seq)
    new = batch.entries[len(overlap) :]
    if new:
        state = PendingState.OFFERED if recovering else PendingState.STORED
        shelf.append(batch.epoch_id, new, state=state, priors=priors)
        told_seq = new[-1].seq
    return _kept(shelf, batch, epoch, told_seq=told_seq, recovering=recovering)


def _kept(
    shelf: Shelf, batch: Batch, epoch: EpochFacts, *, told_seq: int, recovering: bool
) -> Kept:
    if told_seq == epoch.head_seq:
        head_hash = epoch.head_hash
    elif batch.entries and batch.entries[-1].seq == told_seq:
        head_hash = batch.entries[-1].hash
    else:
        head_hash = shelf.hash_at(batch.epoch_id, told_seq)
    return Kept(
        generation=shelf.generation,
        head_seq=told_seq,
        head_hash=head_hash,
        recovering=recovering,
        resynced=told_seq >= batch.resync_to,
    )


def believed(batch: Batch, *, is_signed: Callable[[Outcome], bool]) -> tuple[Batch, Sequence[int]]:
    """The batch with the priors that this service signed, and the seqs of entries with others."""
    if not batch.priors:
        return batch, ()
    good = tuple(prior for prior in batch.priors if is_signed(prior))
    if len(good) == len(batch.priors):
        return batch, ()
    bad = replace(batch, priors=tuple(prior for prior in batch.priors if prior not in good))
    return replace(batch, priors=good), tuple(_by_seq(bad))


def _by_seq(batch: Batch) -> Mapping[int, Outcome]:
    """The priors beside the redemptions they are about."""
    if not batch.priors:
        return {}
    of_op: dict[OpId, Outcome] = {prior.op_id: prior for prior in batch.priors}
    found = {}
    for envelope in batch.entries:
        try:
            entry = from_body(envelope.body)
        except BadEntry:
            continue  # stored all the same; stage 2 tells people
        if isinstance(entry, Redemption) and entry.op_id in of_op:
            found[envelope.seq] = of_op[entry.op_id]
    return found

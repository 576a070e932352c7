"""Sending the journal and taking in what comes back: the till's half of the protocol, sans-I/O.

The program runs these on the journal's thread, between requests; the simulator between messages.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import replace

from merchant_app.errors import Bug
from merchant_app.ids import EpochId, OpId
from merchant_app.ledger import till as rules
from merchant_app.ledger.entries import BadEntry, Decision, Envelope, first_broken, from_body
from merchant_app.ledger.messages import Batch, HeldEpochs, Outcome, Rewind, Stored
from merchant_app.ledger.till_journal import TillJournal

NewDecision = Callable[[OpId, bool], Decision]
"""Makes the decision about a redemption: whether the goods may be handed over."""


def next_batch(journal: TillJournal, *, limit: int) -> Batch:
    """The next request: at most `limit` unsent entries, or none, just to read outcomes."""
    progress = journal.progress()
    base_hash = journal.hash_at(progress.acked_seq)
    if base_hash is None:
        raise Bug("acknowledged more than was ever written")
    unsent = journal.unsent(limit=limit)
    again = unsent and (progress.reconcile or unsent[0].seq <= progress.resync_to)
    priors = journal.priors(unsent) if again else ()
    return rules.batch(progress, base_hash=base_hash, unsent=unsent, priors=priors)


def take(
    journal: TillJournal,
    answer: Stored | Rewind,
    *,
    awaited: AbstractSet[OpId],
    decide: NewDecision,
) -> rules.Step:
    """Record an answer, with the decisions that it leads to, in one transaction.

    Args:
        journal: the till's.
        answer: what the service said; verified.
        awaited: redemptions that a cashier waits for right now. An outcome that nobody waits for
            leads to no decision: a person is asked what happened.
        decide: makes the decisions.
    """
    progress = journal.progress()
    step = rules.after_answer(
        progress,
        answer,
        hash_at=journal.hash_at,
        head_seq=journal.head()[0],
        has_past=lambda: len(journal.epochs()) > 1 or bool(journal.adopted_bodies()),
    )
    match step:
        case rules.SendAgain(progress=new):
            journal.record_answer(new, receipt=None)
        case rules.Advanced(progress=new, outcomes=news) if isinstance(answer, Stored):
            # A sign of life brings nothing to write; a file need not grow by it.
            if new is not progress or news or answer.alarm_seqs:
                decisions = _decisions(journal, news, awaited=awaited, decide=decide)
                receipt = answer if news is answer.outcomes else replace(answer, outcomes=news)
                journal.record_answer(new, receipt=receipt, decisions=decisions)
        case _:
            pass
    return step


def _decisions(
    journal: TillJournal,
    outcomes: Sequence[Outcome],
    *,
    awaited: AbstractSet[OpId],
    decide: NewDecision,
) -> list[Decision]:
    if not awaited:
        return []
    # Only the newest state of each op counts: an older one may have been overtaken.
    newest = {outcome.op_id: outcome for outcome in outcomes if outcome.op_id in awaited}
    if not newest:
        return []
    decisions, undecided = [], journal.standing.undecided
    for op_id, outcome in newest.items():
        if op_id not in undecided:
            continue
        handed_over = rules.may_hand_over(outcome.status)
        if handed_over is not None:
            decisions.append(decide(op_id, handed_over))
    return decisions


def continues(journal: TillJournal, entries: Sequence[Envelope]) -> bool:
    """Whether these entries follow our own head, so that `TillJournal.extend` may take them."""
    seq, last_hash = journal.head()
    return first_broken(entries, base_seq=seq, base_hash=last_hash) is None


# --- after a re-enrolment, or a restore of the service ------------------------------------------


def to_pull(journal: TillJournal, held: HeldEpochs) -> tuple[EpochId, ...]:
    """The earlier epochs of which the service has entries that this journal has not."""
    current = journal.epoch_id()
    return tuple(
        epoch.epoch_id
        for epoch in held.epochs
        if epoch.epoch_id != current
        and epoch.head_seq > 0
        and journal.hash_in(epoch.epoch_id, epoch.head_seq) != epoch.head_hash
    )


def reconcile(
    journal: TillJournal, held: HeldEpochs, pulled: Mapping[EpochId, Sequence[Envelope]]
) -> None:
    """Adopt what only the service had, and record once more what it lacks, under the same ids.

    Exactly-once then rests on the op ids: whatever the service knows already has no second effect.

    Args:
        journal: the till's.
        held: what the service said it holds.
        pulled: all entries of the epochs that `to_pull` named.
    """
    there: set[OpId] = set()
    for epoch_id, entries in pulled.items():
        understood = {envelope: op_id for envelope in entries if (op_id := _op_of(envelope))}
        there.update(understood.values())
        journal.adopt(epoch_id, tuple(understood))
    heads = {epoch.epoch_id: epoch.head_seq for epoch in held.epochs}
    current = journal.epoch_id()
    lacking: dict[OpId, str] = {}
    for epoch in journal.epochs():
        if epoch.epoch_id == current:
            continue
        after_seq = 0 if epoch.epoch_id in pulled else heads.get(epoch.epoch_id, 0)
        for op_id, body, _ in journal.bodies(epoch.epoch_id, after_seq=after_seq):
            if op_id not in there:
                lacking.setdefault(op_id, body)
    # An epoch that was not pulled is at the service what it is here, without the other branch.
    for _, _, op_id, body in journal.adopted_bodies():
        if op_id not in there:
            lacking.setdefault(op_id, body)
    known = journal.knows(list(lacking), in_epoch=current)
    journal.reconciled([body for op_id, body in lacking.items() if op_id not in known])


def _op_of(envelope: Envelope) -> OpId | None:
    """None: a newer program wrote it; it is kept at the service, and means nothing here."""
    try:
        return from_body(envelope.body).op_id
    except BadEntry:
        return None

"""The closing of a day of 10,000 entries, as a ratio to reading the same rows; and how long a sale
waits for its commit while previews of that day are read beside it."""

from __future__ import annotations

import random
import statistics
import threading
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from uuid import UUID

from merchant_app.clock import SystemClock
from merchant_app.contract.status import OutcomeStatus
from merchant_app.ids import EpochId, OpId, TillId, VoucherId, uuid7
from merchant_app.journal.closing_reader import closing_view
from merchant_app.journal.journal import Journal
from merchant_app.journal.owner import JournalOwner
from merchant_app.ledger.entries import Decision, Line, Redemption
from merchant_app.ledger.messages import Outcome, OutcomeLine, Stored
from merchant_app.ledger.till import Progress
from merchant_app.money import Money
from merchant_app.reports.closing import to_body
from merchant_app.reports.closing_day import Author, close_day
from merchant_app.reports.figures import VoucherFacts

ENTRIES = 10_000
_ROUNDS = 5
_SALES = 200
_FACTS = VoucherFacts(5_000, "multi_purpose")
_AUTHOR = Author(
    shop="Librairie Cassiopée",
    till="Caisse 1",
    public_key="00" * 32,
    cashier="Claire",
    time_zone="Europe/Paris",
    currency="EUR",
    training=False,
)
_ROWS = (
    "SELECT rowid, epoch_id, seq, kind, op_id, redemption_id, body, hash, origin FROM entries",
    "SELECT id, op_id, status, lines, decided_at, recorded_at FROM outcomes",
)


def figures(folder: Path, *, entries: int = ENTRIES) -> dict[str, float]:
    """Both in turn, so that a machine whose speed drifts slows both."""
    clock = SystemClock()
    path = folder / "closing" / "journal.sqlite"
    path.parent.mkdir()
    journal = Journal(path, clock)
    _sell(journal, entries // 2)

    def read() -> None:
        for query in _ROWS:
            journal._connection.execute(query).fetchall()

    def close() -> None:
        until = journal.ranges.reach()
        now = clock.now()
        closing = close_day(
            journal,
            _AUTHOR,
            last=None,
            until=until,
            day=now.date(),
            now=now,
            find=lambda _voucher_id: _FACTS,
        )
        to_body(closing)

    taken = [(_seconds(read), _seconds(close)) for _ in range(_ROUNDS)]
    journal.close()
    beside = _beside_previews(path, clock)
    read_s = statistics.median(one for one, _ in taken)
    close_s = statistics.median(one for _, one in taken)
    return {
        "closing_ratio": round(close_s / read_s, 2),
        "closing_s": round(close_s, 3),
        "closing_read_s": round(read_s, 4),
        **beside,
    }


def _beside_previews(path: Path, clock: SystemClock) -> dict[str, float]:
    """A sale's commit, which a cashier waits for: alone, and beside previews without a pause."""
    owner = JournalOwner(path, clock)
    chance = random.Random(7)
    stop, previews = threading.Event(), list[float]()

    def preview() -> None:
        with closing_view(path) as books:
            until = books.ranges.reach()
            now = clock.now()
            close_day(
                books,
                _AUTHOR,
                last=None,
                until=until,
                day=now.date(),
                now=now,
                find=lambda _voucher_id: _FACTS,
            )

    def keep_previewing() -> None:
        while not stop.is_set():
            previews.append(_seconds(preview))

    def sell() -> None:
        redemption = _redemption(lambda: uuid7(clock.now(), chance.randbytes), clock.now())
        owner.run(lambda journal: journal.append(redemption))

    alone = [_seconds(sell) for _ in range(_SALES)]
    worker = threading.Thread(target=keep_previewing)
    worker.start()
    beside = [_seconds(sell) for _ in range(_SALES)]
    stop.set()
    worker.join()
    owner.close()
    return {
        "preview_s": round(statistics.median(previews), 3),
        "sale_alone_ms": round(statistics.median(alone) * 1000, 1),
        "sale_beside_preview_ms": round(statistics.median(beside) * 1000, 1),
        "sale_beside_preview_p95_ms": round(sorted(beside)[int(_SALES * 0.95)] * 1000, 1),
    }


def _seconds(work: Callable[[], None]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def _sell(journal: Journal, count: int) -> None:
    chance, now = random.Random(5), SystemClock().now() - timedelta(hours=8)

    def new_id() -> UUID:
        return uuid7(now, chance.randbytes)

    epoch_id = EpochId(new_id())
    journal.begin_epoch(epoch_id, till_id=TillId(new_id()), generation=0)
    for start in range(0, count, 500):
        sold = [
            _redemption(new_id, now + timedelta(seconds=start + number))
            for number in range(min(500, count - start))
        ]
        journal.append(*sold)
        _answered(journal, sold, new_id)


def _redemption(new_id: Callable[[], UUID], at: datetime) -> Redemption:
    return Redemption(
        op_id=OpId(new_id()),
        lines=(Line(VoucherId(new_id()), Money(1_250, "EUR"), "…H2M7"),),
        purchase=None,
        honoured=False,
        at=at,
        cashier="Claire",
    )


def _answered(journal: Journal, sold: list[Redemption], new_id: Callable[[], UUID]) -> None:
    seq, head_hash = journal.head()
    at = sold[-1].at
    outcomes = tuple(
        Outcome(
            one.op_id,
            OutcomeStatus.ACCEPTED,
            (OutcomeLine(one.lines[0].voucher_id, 1_250, 0, 0, None),),
            at,
        )
        for one in sold
    )
    stored = Stored(
        generation=0,
        head_seq=seq,
        head_hash=head_hash,
        head_at=at,
        head_signature=bytes(64),
        outcomes=outcomes,
        next_outcome_cursor=seq,
        more_outcomes=False,
    )
    decisions = [
        Decision(
            op_id=OpId(new_id()),
            redemption_id=one.op_id,
            handed_over=True,
            at=one.at,
            cashier="Claire",
        )
        for one in sold
    ]
    progress = Progress(epoch_id=journal.epoch_id(), acked_seq=seq, outcome_cursor=seq)
    journal.record_answer(progress, receipt=stored, decisions=decisions)

"""One of the processes that fight for the same vouchers: a thread for each till it is given.

Says "ready", waits for one line, then sends every voucher's redemption in batches, each till in its
own direction; prints what became of each.
"""

from __future__ import annotations

import sys
import threading
from collections.abc import Iterable

from sqlalchemy import select

from merchant_app.contract.wire import EnrolmentRequest, JournalReply, JournalRequest
from merchant_app.ids import EpochId, VoucherId
from merchant_app.server import enrolling, schema
from merchant_app.server.service import Service
from tests.fakes.clock import FakeClock
from tests.fakes.http_till import wire
from tests.fakes.journal_writer import JournalWriter
from tests.fakes.service_process import offer, open_service

ROUNDS = 1_000
BATCH = 100
DEBIT_MINOR = 600
START_WORD = "go\n"


def main(url: str, names: Iterable[str]) -> None:
    """Fight, then tell."""
    service = open_service(url, clock=FakeClock())
    with service.database.reading() as connection:
        vouchers = list(
            connection.scalars(select(schema.vouchers.c.id).order_by(schema.vouchers.c.version))
        )
    results: list[tuple[str, object]] = []
    tills = [_enrol(service, name) for name in names]
    threads = [
        threading.Thread(
            # The second thread meets the first one in the middle of each batch.
            target=_fight,
            args=(service, till, vouchers, results),
            kwargs={"backwards": bool(number)},
        )
        for number, till in enumerate(tills)
    ]
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    assert sys.stdin.readline() == START_WORD
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    service.database.close()
    for status, voucher_id in results:
        sys.stdout.write(f"{status} {voucher_id}\n")


def _enrol(service: Service, name: str) -> enrolling.NewTill:
    request = EnrolmentRequest(
        code=offer(service, name), public_key="ab" * 32, program_version="0.1.0"
    )
    with service.database.writing() as connection:
        new = enrolling.enrol(
            connection, request, now=service.clock.now(), random_bytes=service.random_bytes
        )
    assert new is not None
    return new


def _fight(
    service: Service,
    new: enrolling.NewTill,
    vouchers: list[VoucherId],
    results: list[tuple[str, object]],
    *,
    backwards: bool,
) -> None:
    journal = JournalWriter(EpochId(new.epoch_id), generation=1, previous_head=new.previous_head)
    for start in range(0, len(vouchers), BATCH):
        batch = vouchers[start : start + BATCH]
        for voucher_id in reversed(batch) if backwards else batch:
            journal.write(journal.redemption((voucher_id, DEBIT_MINOR)))
        request = JournalRequest.model_validate(wire(journal.batch(after=start)))
        reply = service.journal(new.till, request)
        assert isinstance(reply, JournalReply)
        journal.cursor = reply.next_outcome_cursor
        for outcome in reply.outcomes:
            results.append((outcome.status.value, outcome.lines[0].voucher_id))


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2:])

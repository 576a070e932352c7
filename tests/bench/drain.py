"""Ten thousand redemptions that were accepted offline, to an empty queue: batches against the real
service, as a ratio to one request for each; and what the till's memory grows by meanwhile.

The rival sends the same kind of journal through the same courier to the same service, one entry in
a request. It sends fewer of them (its pace does not depend on their number), and both paces are
per redemption.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import resource
import tempfile
import time
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from uuid import UUID

from cryptography.hazmat.primitives.asymmetric.ed25519 import (
    Ed25519PrivateKey,
    Ed25519PublicKey,
)

from merchant_app import __version__
from merchant_app.central.address import parse_address
from merchant_app.central.comptoir import ComptoirEnrolment, ComptoirService
from merchant_app.central.http import ServiceHttp
from merchant_app.central.port import Enrolled
from merchant_app.clock import SystemClock
from merchant_app.ids import OpId, VoucherId, uuid7
from merchant_app.journal.journal import Journal
from merchant_app.journal.owner import JournalOwner
from merchant_app.ledger.entries import Line, Redemption
from merchant_app.money import Money
from merchant_app.sync.connectivity import Connectivity
from merchant_app.sync.delivery import ENTRIES_PER_BATCH, Courier, Delivered
from merchant_app.vouchers.token import Token, verify
from tests.bench.central import Central
from tests.bench.machine import machine

SPEEDUP_MIN = 10.0
VOUCHERS = 200
WAIT_S = 60.0


def main() -> int:
    """Measure and print one JSON object."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--json", action="store_true", help="kept for symmetry: JSON is all we say")
    parser.add_argument("--redemptions", type=int, default=10_000)
    parser.add_argument("--single", type=int, default=1_000, help="of the rival")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="comptoir-bench-") as name, ExitStack() as held:
        folder = Path(name)
        central = held.enter_context(Central(folder))
        tokens = central.issue(VOUCHERS, amount="1000")
        batched = Till(central, folder / "batched.sqlite", tokens, held)
        single = Till(central, folder / "single.sqlite", tokens, held, entries_per_request=1)
        batched.sell(options.redemptions)
        single.sell(options.single)
        single_s = single.drain() / options.single
        before_mb = _rss_mb()
        batched_s = batched.drain() / options.redemptions
        grown_mb = _rss_mb() - before_mb
    print(
        json.dumps(
            {
                "bench": "drain",
                "machine": machine(),
                "figures": {
                    "speedup": round(single_s / batched_s, 2),
                    "speedup_min": SPEEDUP_MIN,
                    "rss_growth_mb": round(grown_mb, 1),
                    "redemptions_per_s": round(1 / batched_s, 1),
                    "redemptions_per_s_single": round(1 / single_s, 1),
                },
                "redemptions": options.redemptions,
                "rival": {"redemptions": options.single, "entries_per_request": 1},
            }
        )
    )
    return 0


def _rss_mb() -> float:
    """The most memory this process has had so far (Linux counts in kilobytes)."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


class Till:
    """A till that sold offline, and its courier."""

    def __init__(
        self,
        central: Central,
        path: Path,
        tokens: list[str],
        held: ExitStack,
        *,
        entries_per_request: int = ENTRIES_PER_BATCH,
    ) -> None:
        clock = SystemClock()
        enrolled, service = _enrol(central, clock)
        held.callback(service.close)
        self._clock = clock
        self._chance = random.Random(3)
        self._vouchers = [_voucher_id(token, enrolled) for token in tokens]
        self._journal = JournalOwner(path, clock)
        held.callback(self._journal.close)
        self._journal.run(
            lambda journal: journal.begin_epoch(
                enrolled.epoch_id,
                till_id=enrolled.facts.till_id,
                generation=enrolled.facts.generation,
                previous_head=enrolled.previous_head,
            )
        )
        self._courier = Courier(
            journal=self._journal,
            central=service,
            connectivity=Connectivity(clock),
            clock=clock,
            new_id=self._new_id,
            cashier="Claire",
            told=lambda: None,
            entries_per_batch=entries_per_request,
        )

    def _new_id(self) -> UUID:
        return uuid7(self._clock.now(), os.urandom)

    def sell(self, count: int) -> None:
        """So many redemptions, accepted offline, a hundred in each transaction."""
        for start in range(0, count, 100):
            sold = [self._redemption() for _ in range(min(100, count - start))]
            self._journal.run(_append_all(sold))

    def _redemption(self) -> Redemption:
        return Redemption(
            op_id=OpId(self._new_id()),
            lines=(Line(self._chance.choice(self._vouchers), Money(100, "EUR"), "…H2M7"),),
            purchase=None,
            honoured=True,
            at=self._clock.now(),
            cashier="Claire",
        )

    def drain(self) -> float:
        """Seconds until the queue is empty and every outcome is recorded."""
        began = time.perf_counter()
        delivery = self._courier.deliver(wait_s=WAIT_S)
        took_s = time.perf_counter() - began
        if not isinstance(delivery, Delivered) or not self._journal.run(Journal.is_all_sent):
            raise SystemExit(f"not drained: {delivery}")
        unconfirmed = self._journal.run(lambda journal: len(journal.standing.unconfirmed))
        if unconfirmed:
            raise SystemExit(f"{unconfirmed} have no outcome")
        return took_s


def _append_all(sold: list[Redemption]) -> Callable[[Journal], object]:
    return lambda journal: journal.append(*sold)


def _enrol(central: Central, clock: SystemClock) -> tuple[Enrolled, ComptoirService]:
    address = parse_address(central.url)
    enrolment = ComptoirEnrolment(ServiceHttp(address, clock=clock, token=None), clock=clock)
    answer = enrolment.enrol(
        central.enrolment_code(new=True),
        public_key=Ed25519PrivateKey.generate().public_key().public_bytes_raw(),
        program_version=__version__,
    )
    enrolment.close()
    if not isinstance(answer, Enrolled):
        raise SystemExit(f"not enrolled: {answer}")
    service = ComptoirService(
        ServiceHttp(address, clock=clock, token=answer.token),
        clock=clock,
        till_id=answer.facts.till_id,
        service_key=answer.facts.service_key,
    )
    return answer, service


def _voucher_id(token: str, enrolled: Enrolled) -> VoucherId:
    keys = {
        key.key_id: Ed25519PublicKey.from_public_bytes(key.public_key)
        for key in enrolled.facts.keys
    }
    read = verify(token, keys)
    if not isinstance(read, Token):
        raise SystemExit("not a token of this service")
    return read.voucher_id


if __name__ == "__main__":
    raise SystemExit(main())

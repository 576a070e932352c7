"""Two threads in each of two processes debit the same vouchers: none is ever overdrawn.

A round is one voucher of 10.00 and four redemptions of 6.00 at about the same time, one from each
of four tills: exactly one of them is accepted. 1,000 rounds: 1,000 vouchers, 4,000 redemptions.
"""

from __future__ import annotations

import subprocess
import sys
from collections import Counter
from uuid import UUID

import pytest
from sqlalchemy import text

from merchant_app.server import figures
from tests.fakes.clock import FakeClock
from tests.fakes.race_contender import ROUNDS, START_WORD
from tests.fakes.service_process import environment, open_service, sell

THREADS = 2
PROCESSES = 2


@pytest.mark.timeout(300)
def test_four_tills_at_once_never_overdraw_a_voucher(database_url: str) -> None:
    service = open_service(database_url, clock=FakeClock())
    try:
        vouchers = sell(service, 1000, count=ROUNDS)
        contenders = [
            subprocess.Popen(
                [sys.executable, "-m", "tests.fakes.race_contender", database_url, *names],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                text=True,
                env=environment(),
            )
            for names in (("Caisse 1", "Caisse 2"), ("Caisse 3", "Caisse 4"))
        ]
        assert len(contenders) == PROCESSES
        for contender in contenders:
            assert contender.stdout is not None
            assert contender.stdout.readline().strip() == "ready"
        accepted: Counter[UUID] = Counter()
        told = 0
        # All of them stand ready; now they may run.
        for contender in contenders:
            assert contender.stdin is not None
            contender.stdin.write(START_WORD)
            contender.stdin.flush()
        for contender in contenders:
            output, _ = contender.communicate(timeout=280)
            assert contender.returncode == 0
            for line in output.splitlines():
                status, voucher_id = line.split()
                told += 1
                accepted[UUID(voucher_id)] += status == "accepted"
        assert told == ROUNDS * THREADS * PROCESSES
        assert set(accepted.values()) == {1}
        assert set(accepted) == {voucher.voucher_id for voucher in vouchers}
        with service.database.reading() as connection:
            balances = connection.execute(
                text("SELECT balance_minor, count(*) FROM vouchers GROUP BY balance_minor")
            )
            assert [tuple(row) for row in balances] == [(400, ROUNDS)]
            audit = figures.audit(connection)
        assert (audit["wrong"], audit["unevaluated"], audit["alarms"]) == ([], 0, [])
    finally:
        service.database.close()

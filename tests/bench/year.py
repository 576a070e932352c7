"""A shop's year at two tills, closed day by day, against the books of the real central service.

300 days with outages, answers that get lost, reversals, the same voucher at both tills while both
are offline, evenings without a closing and clocks that jump. At the end what the closings of days
add up to is held against the service's own ledger, in SQL; every closing is computed once more from
the journal, and every month and year from its days.
"""

from __future__ import annotations

import argparse
import json
import tempfile
import time
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from random import Random
from types import SimpleNamespace
from typing import Any

from sqlalchemy import func, select

from merchant_app.central.port import Batch, CentralService, Enrolled, NoAnswer, NoAnswerKind
from merchant_app.ids import VoucherId
from merchant_app.journal.closings import ClosingKind
from merchant_app.journal.journal import Journal
from merchant_app.ledger.entries import Choice
from merchant_app.ledger.exposure import OfflineLimits
from merchant_app.money import Money
from merchant_app.reports.closing import KeptClosing, kept, to_body
from merchant_app.reports.closing_day import recomputed
from merchant_app.reports.figures import Figures, VoucherFacts
from merchant_app.server import figures, schema
from merchant_app.till.closing_results import Closed
from merchant_app.till.results import (
    AcceptedOffline,
    Lift,
    OfflineRefused,
    Redeemed,
    RedeemRefused,
    RedeemResult,
    RedeemUnknown,
    Reversed,
)
from merchant_app.vouchers.split import Part
from merchant_app.vouchers.terms import Voucher
from tests.bench.machine import machine
from tests.fakes.clock import FakeClock
from tests.fakes.copy_of_vouchers import MemoryCopy
from tests.fakes.service_process import ServiceSite, listening, open_service, sell
from tests.fakes.till_assembly import assemble

DAYS = 300
REDEMPTIONS = 20_000
FACES_MINOR = (2_000, 5_000, 10_000)
AMOUNTS_MINOR = (500, 1_000, 1_250, 2_000, 3_333)
OPENS_S, CLOSES_S = 9 * 3600, 19 * 3600
PIN = "2580"
PIN_AT_HAND, MISTYPED = 0.7, 0.1
OUTAGE_DAYS, FORGOTTEN_EVENINGS, LOST_ANSWERS, REVERSALS = 0.15, 0.04, 0.01, 0.02


def main() -> int:
    """Live the year and print one JSON object; 1 when anything differs."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true", help="kept for symmetry: JSON is all we say")
    parser.add_argument("--redemptions", type=int, default=REDEMPTIONS)
    parser.add_argument("--days", type=int, default=DAYS)
    parser.add_argument("--seed", type=int, default=2026)
    options = parser.parse_args()
    began_s = time.perf_counter()
    with tempfile.TemporaryDirectory(prefix="comptoir-bench-") as name, ExitStack() as held:
        year = Year(Path(name), held, seed=options.seed, redemptions=options.redemptions)
        year.live(options.days)
        result = year.reckoning()
    result["seconds"] = round(time.perf_counter() - began_s, 1)
    wrong = ("difference_minor", "closings_not_recomputed", "lifted_not_in_closings")
    is_right = not any(result[name] for name in wrong)
    print(json.dumps({"bench": "year", "machine": machine(), "figures": result}))
    return 0 if is_right else 1


class Line:
    """The line of one till: what it sends arrives, does not, or its answer gets lost."""

    def __init__(self, service: CentralService) -> None:
        self._service = service
        self.is_down = False
        self.loses_answer = False

    def __getattr__(self, name: str) -> Callable[..., object]:
        call: Callable[..., object] = getattr(self._service, name)
        return (lambda *_, **__: NoAnswer(NoAnswerKind.DOWN)) if self.is_down else call

    def append_journal(self, batch: Batch, *, wait_s: float) -> object:
        """One delivery."""
        if self.is_down:
            return NoAnswer(NoAnswerKind.DOWN)
        answer = self._service.append_journal(batch, wait_s=wait_s)
        if self.loses_answer:
            self.loses_answer = False
            return NoAnswer(NoAnswerKind.SLOW)
        return answer


@dataclass
class Counts:
    """What happened, so that nobody takes an easy year for a hard one."""

    redemptions: int = 0
    offline: int = 0
    beyond_limit: int = 0
    lifted: int = 0
    refused: int = 0
    unknown: int = 0
    reversals: int = 0
    outages: int = 0
    forgotten: int = 0
    clock_jumps: int = 0


class YearsTill:
    """One till, its line, its copy of the vouchers."""

    def __init__(self, site: ServiceSite, enrolled: Enrolled, clock: FakeClock, path: Path) -> None:
        self.line = Line(site.service(enrolled))
        self.copy = MemoryCopy()
        known = SimpleNamespace(
            facts=enrolled.facts,
            epoch_id=enrolled.epoch_id,
            till_id=enrolled.facts.till_id,
            previous_head=enrolled.previous_head,
        )
        path.parent.mkdir()
        central: Any = self.line
        fake: Any = known
        self.journal, self.counter, _ = assemble(fake, central, clock, path, self.copy)

    def closings(self, kind: ClosingKind) -> list[KeptClosing]:
        """All of a kind, in order."""
        rows = self.journal.run(lambda journal: journal.closings.after(0, kind, limit=2_000))
        return [kept(row) for row in rows]


class Year:
    """A shop, its service, its customers. The same seed is the same year."""

    def __init__(self, folder: Path, held: ExitStack, *, seed: int, redemptions: int) -> None:
        self._random = Random(seed)
        self.clock = FakeClock()
        self._service = open_service(f"sqlite:///{folder / 'central.sqlite'}", clock=self.clock)
        held.callback(self._service.database.close)
        self.site = ServiceSite(self._service, held.enter_context(listening(self._service)))
        held.callback(self.site.close)
        self.site.limit_offline(
            # Low enough that some of an outage's redemptions are beyond them.
            OfflineLimits(redemption_max_minor=10_000, till_max_minor=10_000, count_max=5)
        )
        self._vouchers: list[Voucher] = []
        for face_minor in FACES_MINOR:
            sold = sell(self._service, face_minor, count=max(5, redemptions // 6))
            self._vouchers += [one.issued.voucher for one in sold]
        self.tills = [self._till(number, folder) for number in (1, 2)]
        for till in self.tills:
            till.counter.pins.change(PIN, old="")
            held.callback(till.journal.close)
        self._redemptions = redemptions
        self.counts = Counts()

    def _till(self, number: int, folder: Path) -> YearsTill:
        name = f"Caisse {number}"
        answer = self.site.enrolment().enrol(
            self.site.offer(name), public_key=bytes(range(32)), program_version="1"
        )
        if not isinstance(answer, Enrolled):
            raise SystemExit(f"not enrolled: {answer}")
        return YearsTill(self.site, answer, self.clock, folder / name / "journal.sqlite")

    # --- the days --------------------------------------------------------------------------------

    def live(self, days: int) -> None:
        """Day after day; the rest of the redemptions on the last."""
        for day in range(days):
            share = self._redemptions * (day + 1) // days - self._redemptions * day // days
            self._day(share)
            self.clock.advance(days=1)
        for till in self.tills:
            self._settle(till)
            if till.counter.closings.forgotten_day() is not None:
                till.counter.closings.close_forgotten_day(leaving_open=True)
            till.counter.closings.close_day(leaving_open=True)

    def _day(self, redemptions: int) -> None:
        random, started = self._random, self.clock.now()
        for till in self.tills:
            till.copy.put(((voucher, b"") for voucher in self._vouchers), at=self.clock.now())
            self._settle(till)
            if till.counter.closings.forgotten_day() is not None:
                till.counter.closings.close_forgotten_day(leaving_open=True)
        outage = range(0)
        if random.random() < OUTAGE_DAYS:
            begins = random.randrange(max(1, redemptions))
            outage = range(begins, begins + random.randint(2, 25))
            self.counts.outages += 1
        together = random.random() < 0.5
        contested = [random.choice(self._vouchers) for _ in range(3)]
        for number in range(redemptions):
            self.clock.advance(seconds=(CLOSES_S - OPENS_S) / (redemptions + 1))
            for till in self.tills if together else self.tills[:1]:
                till.line.is_down = number in outage
            till = random.choice(self.tills)
            voucher = random.choice(contested if number in outage else self._vouchers)
            self._redeem(till, voucher)
        if random.random() < 0.01:
            self.clock.jump(minutes=random.choice((-60, -5)))
            self.counts.clock_jumps += 1
        self._evening()
        self.clock.jump(seconds=(started - self.clock.now()).total_seconds())

    def _redeem(self, till: YearsTill, voucher: Voucher) -> None:
        random = self._random
        till.line.loses_answer = random.random() < LOST_ANSWERS
        amount = Money(random.choice(AMOUNTS_MINOR), "EUR")
        result = till.counter.redeem(voucher, amount=amount, purchase=None, again=True)
        till.line.loses_answer = False
        if isinstance(result, OfflineRefused):
            result = self._lift(till, Part(voucher, amount), result)
        if isinstance(result, RedeemUnknown):
            self.counts.unknown += 1
            again: tuple[Callable[..., RedeemResult], ...] = (till.counter.wait,)
            if till.line.is_down:
                again = (till.counter.honour, till.counter.cancel)
            result = random.choice(again)(result.op_id)
            if isinstance(result, RedeemUnknown):
                result = till.counter.cancel(result.op_id)
        self.counts.redemptions += 1
        self.counts.offline += isinstance(result, AcceptedOffline)
        self.counts.refused += isinstance(result, RedeemRefused)
        if isinstance(result, Redeemed) and random.random() < REVERSALS:
            self.counts.reversals += isinstance(till.counter.reverse_last(), Reversed)

    def _lift(self, till: YearsTill, part: Part, refused: OfflineRefused) -> RedeemResult:
        """Beyond a limit: somebody responsible is there, or not; sometimes the code is mistyped."""
        self.counts.beyond_limit += 1
        if refused.lift is not Lift.WITH_PIN or self._random.random() >= PIN_AT_HAND:
            return refused
        result: RedeemResult = refused
        for pin in ("0000", PIN)[self._random.random() >= MISTYPED :]:
            result = till.counter.redeem_basket((part,), purchase=None, pin=pin)
        self.counts.lifted += isinstance(result, AcceptedOffline)
        return result

    def _evening(self) -> None:
        for till in self.tills:
            till.line.is_down = False
            self._settle(till)
            if self._random.random() < FORGOTTEN_EVENINGS:
                self.counts.forgotten += 1
                continue
            result = till.counter.closings.close_day()
            if not isinstance(result, Closed):
                raise SystemExit(f"not closed: {result}")
            while till.counter.closings.preview().due is not None:
                till.counter.closings.close_period()

    def _settle(self, till: YearsTill) -> None:
        till.counter.contact()
        for question in till.counter.interrupted():
            till.counter.settle(question.op_id, handed_over=self._random.random() < 0.5)
        for card in till.counter.to_settle().cards:
            till.counter.resolve(card.op_id, Choice.LOSS_ACCEPTED, note="")
        till.counter.contact()

    # --- the reckoning ---------------------------------------------------------------------------

    def reckoning(self) -> dict[str, Any]:
        """What the closings say and what the service's ledger says; the differences."""
        total, waiting_minor, closings, wrong = Figures(), 0, 0, 0
        for till in self.tills:
            days = till.closings(ClosingKind.DAY)
            for one in days:
                total.add(one.closing.figures)
            waiting_minor += sum(one.amount_minor for one in days[-1].closing.waiting)
            closings += len(days)
            wrong += till.journal.run(partial(_not_recomputed, days=days))
            wrong += sum(
                _is_no_sum(period, days)
                for kind in (ClosingKind.MONTH, ClosingKind.YEAR)
                for period in till.closings(kind)
            )
        debited = total.redeemed_minor - total.reversed_minor - total.shortfall_minor
        debited -= total.repaid_minor + waiting_minor
        ledger_debited, ledger_shortfall = self._ledger()
        return {
            "redemptions": self.counts.redemptions,
            "difference_minor": abs(debited - ledger_debited)
            + abs(total.shortfall_minor - ledger_shortfall),
            "lifted_not_in_closings": abs(total.manager_count - self.counts.lifted),
            "lifted_minor": total.manager_minor,
            "debited_minor": ledger_debited,
            "shortfall_minor": ledger_shortfall,
            "handed_over_minor": total.redeemed_minor,
            "closings_of_days": closings,
            "closings_not_recomputed": wrong,
            **{key: value for key, value in vars(self.counts).items() if key != "redemptions"},
        }

    def _ledger(self) -> tuple[int, int]:
        vouchers = schema.vouchers
        with self._service.database.reading() as connection:
            audit = figures.audit(connection)
            issued = connection.scalar(select(func.sum(vouchers.c.face_minor)))
        if audit["wrong"] or audit["unevaluated"]:
            raise SystemExit("the service's own books are wrong")
        return int(issued or 0) - int(audit["balance_minor"]), int(audit["shortfall_minor"])


def _not_recomputed(journal: Journal, *, days: list[KeptClosing]) -> int:
    """Closings of days that the journal does not give again, byte for byte; vouchers aside, which
    were as they were on the day."""
    wrong, last = 0, None
    for one in days:
        again = recomputed(journal, one.closing, last=last, find=_nobody_knows)
        again.figures.by_face = one.closing.figures.by_face
        again.figures.by_vat = one.closing.figures.by_vat
        wrong += to_body(again) != to_body(one.closing)
        last = one
    return wrong


def _nobody_knows(_voucher_id: VoucherId) -> VoucherFacts | None:
    return None


def _is_no_sum(period: KeptClosing, days: list[KeptClosing]) -> bool:
    covers: Any = period.closing.covers
    total = Figures()
    for one in days:
        if covers.first <= one.number <= covers.last:
            total.add(one.closing.figures)
    return total != period.closing.figures


if __name__ == "__main__":
    raise SystemExit(main())

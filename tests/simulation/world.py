"""One heap of events, one source of chance, one clock: the same seed gives the same run.

The line between tills and service loses, delays, doubles and reorders whatever goes over it, hours
late if need be; the service dies before or after it has committed.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from heapq import heappop, heappush
from random import Random
from typing import Any
from uuid import UUID

from merchant_app.ids import EpochId, OpId, TillId, VoucherId
from tests.fakes.clock import START
from tests.simulation.profiles import NEVER_S, Profile
from tests.simulation.purchases import Truth
from tests.simulation.service_side import Answer, Question, ServiceSide

Reply = Callable[[int, Answer, EpochId], None]


@dataclass(slots=True)
class Counts:
    """What happened in a run."""

    events: int = 0
    steps: int = 0
    crashes: int = 0
    messages: int = 0
    lost: int = 0
    doubled: int = 0
    offline: int = 0
    lifted: int = 0
    enrolments: int = 0
    restores: int = 0
    clones: int = 0
    declared: int = 0


class WorldClock:
    """See `merchant_app.clock.Clock`: the world's time, as one computer's clock shows it."""

    def __init__(self, world: World, *, skew_s: float = 0.0) -> None:
        self._world = world
        self._start = START + timedelta(seconds=skew_s)
        self._read_s, self._read = 0.0, self._start

    def now(self) -> datetime:
        now_s = self._world.now_s
        if now_s != self._read_s:
            self._read_s, self._read = now_s, self._start + timedelta(seconds=now_s)
        return self._read

    def monotonic_s(self) -> float:
        return self._world.now_s


class World:
    """Time, chance, and the line.

    Attributes:
        healed: the faults have ended.
        crash_at: die exactly at this step; None: by chance.
        forced: people closed a recovery although tills were missing.
    """

    def __init__(self, seed: int, profile: Profile) -> None:
        self.seed = seed
        self.random = Random(seed)
        self.profile = profile
        self.now_s = 0.0
        self.counts = Counts()
        self.truth = Truth()
        self.healed = self.forced = False
        self.crash_at: int | None = None
        self.service: ServiceSide
        self._heap: list[tuple[float, int, Callable[..., None], tuple[Any, ...]]] = []
        self._numbers = 0
        self._cut_until_s: dict[int, float] = {}

    # --- time and chance -------------------------------------------------------------------------

    def at(self, delay_s: float, action: Callable[..., None], *arguments: Any) -> None:
        """Do something later."""
        self._numbers = number = self._numbers + 1
        heappush(self._heap, (self.now_s + delay_s, number, action, arguments))

    def step(self) -> bool:
        """Let the next thing happen; False when nothing is left."""
        if not self._heap:
            return False
        self.now_s, _, action, arguments = heappop(self._heap)
        self.counts.events += 1
        action(*arguments)
        return True

    def dies_here(self) -> bool:
        """Whether a program dies between these two steps."""
        self.counts.steps += 1
        if self.crash_at is not None:
            return self.counts.steps == self.crash_at
        rate = self.profile.crash
        return rate > 0 and not self.healed and self.random.random() < rate

    def new_id(self, now_s: float) -> UUID:
        """A UUIDv7 by a clock that lies."""
        bits = self.random.getrandbits(74)
        millis = int((now_s + 1_700_000_000) * 1000)
        return UUID(int=millis << 80 | 7 << 76 | bits >> 62 << 64 | 2 << 62 | bits & (1 << 62) - 1)

    def voucher_id(self, number: int) -> VoucherId:
        """The id of the nth voucher, issued or not."""
        return VoucherId(UUID(int=0x0190 << 112 | 7 << 76 | 2 << 62 | number))

    def till_id(self) -> TillId:
        """The name of one more till."""
        return TillId(self.new_id(self.now_s))

    def epoch_id(self) -> EpochId:
        """The name of one more enrolment."""
        return EpochId(self.new_id(self.now_s))

    def op_id(self, skew_s: float) -> OpId:
        """The name of one more op."""
        return OpId(self.new_id(self.now_s + skew_s))

    # --- the line --------------------------------------------------------------------------------

    def cut(self, machine: int) -> None:
        """Now and then a computer has no line for a while."""
        profile, random = self.profile, self.random
        if self.healed or profile.partition_every_s >= NEVER_S:
            return
        self._cut_until_s[machine] = self.now_s + random.expovariate(1 / profile.partition_s)
        wait_s = random.expovariate(1 / profile.partition_every_s)
        self.at(profile.partition_s + wait_s, self.cut, machine)

    def isolate(self, machine: int, until_s: float) -> None:
        """No line for one computer until then."""
        self._cut_until_s[machine] = until_s

    def send(
        self,
        *,
        machine: int,
        number: int,
        till_id: TillId,
        epoch_id: EpochId,
        question: Question,
        reply: Reply,
    ) -> None:
        """A request leaves a till."""
        random, profile, counts = self.random, self.profile, self.counts
        counts.messages += 1
        arrives = (machine, number, till_id, epoch_id, question, reply)
        if not self.healed:
            if self._is_lost(machine):
                return
            if random.random() < profile.duplicates:
                counts.doubled += 1
                self.at(random.uniform(0.02, 4), self._arrive, *arrives)
            if random.random() < profile.late_duplicates:
                counts.doubled += 1
                self.at(random.uniform(10, 9000), self._arrive, *arrives)
        self.at(self._delay_s(), self._arrive, *arrives)

    def _delay_s(self) -> float:
        random = self.random.random
        quick = self.healed or random() < 0.95
        return 0.02 + 0.28 * random() if quick else 0.3 + 7.7 * random()

    def _is_lost(self, machine: int) -> bool:
        cut = self._cut_until_s.get(machine, 0.0) > self.now_s
        if cut or self.random.random() < self.profile.loss:
            self.counts.lost += 1
            return True
        return False

    def _arrive(
        self,
        machine: int,
        number: int,
        till_id: TillId,
        epoch_id: EpochId,
        question: Question,
        reply: Reply,
    ) -> None:
        random, profile = self.random, self.profile
        dies = 0.0 if self.healed else profile.service_crash * 0.5
        if dies and random.random() < dies:
            return  # before it has committed
        answer = self.service.answer(till_id, question)
        if not self.healed:
            if dies and random.random() < dies:
                self.service.died()
                return  # after
            if self._is_lost(machine):
                return
            if random.random() < profile.duplicates:
                self.at(random.uniform(0.02, 5), reply, number, answer, epoch_id)
        self.at(self._delay_s(), reply, number, answer, epoch_id)

"""What people do besides selling: backups, restores, copies of computers, rights, enrolments."""

from __future__ import annotations

from collections.abc import Callable
from random import Random

from merchant_app.ids import OpId
from merchant_app.ledger.entries import from_body
from merchant_app.sync.connectivity import LineState
from tests.simulation.auditor import about
from tests.simulation.cashier import Cashier
from tests.simulation.journals import SimulatedJournal
from tests.simulation.till_process import TillProcess
from tests.simulation.world import World

RECOVERY_MAX_S = 3600.0
"""After that people close a recovery although tills are missing."""

AddTill = Callable[[TillProcess], Cashier]


class Operators:
    """People with keys to the computers. `tills` is everybody's list."""

    def __init__(
        self, world: World, cashiers: list[Cashier], *, horizon_s: float, add: AddTill
    ) -> None:
        self._world = world
        self._random: Random = world.random
        self._cashiers = cashiers
        self._horizon_s = horizon_s
        self._add = add
        self._enrolling: set[int] = set()
        self._enrolled_times: dict[int, int] = {}

    def plan(self) -> None:
        """Their appointments."""
        profile, random = self._world.profile, self._random
        for times, action in (
            (profile.service_restores, self.restore_service),
            (profile.till_restores, self.image_till),
            (profile.clones, self.clone),
            (profile.revocations, self.revoke),
        ):
            for _ in range(times):
                self._world.at(random.uniform(0.1, 0.95) * self._horizon_s, action)
        self._world.at(random.uniform(0, 0.5) * self._horizon_s, self.back_up)

    def any_till(self) -> TillProcess:
        return self._random.choice(self._cashiers).till

    # --- the service -----------------------------------------------------------------------------

    def back_up(self) -> None:
        """Every now and then; not of a service that is not itself yet."""
        if self._world.healed:
            return
        if not self._world.service.ledger.recovering:
            self._world.service.back_up()
        self._world.at(self._random.uniform(0.05, 0.3) * self._horizon_s, self.back_up)

    def restore_service(self) -> None:
        """The disk was lost; what is left is the last backup."""
        world = self._world
        if world.healed:
            return
        world.counts.restores += 1
        world.service.restore()
        world.at(RECOVERY_MAX_S, self.close_recovery, world.service.ledger.generation)

    def close_recovery(self, generation: int) -> None:
        """Some till never came back."""
        ledger = self._world.service.ledger
        if ledger.recovering and ledger.generation == generation:
            self._world.forced = True
            ledger.close_recovery()

    # --- a till's file ---------------------------------------------------------------------------

    def image_till(self) -> None:
        """Somebody keeps an image of a computer."""
        till = self.any_till()
        if till.image is None and till.up:
            till.image = till.journal.copied()
            self._world.at(
                self._random.uniform(0.05, 0.5) * self._horizon_s, self.restore_till, till
            )

    def restore_till(self, till: TillProcess) -> None:
        """And puts it back, when the disk is gone."""
        world = self._world
        image, till.image = till.image, None
        if image is None or world.healed:
            return
        world.counts.restores += 1
        lost = till.journal
        if world.profile.mirror:
            till.journal = lost.restored(image)
        else:
            till.journal = image
            self._declare(lost, image)
        if till.up:
            lost.died(power=True)
        till.journal.died(power=True)
        till.up = False
        world.at(5, till.restart)

    def _declare(self, lost: SimulatedJournal, image: SimulatedJournal) -> None:
        there = {op_id for op_id, _ in rows(image)}
        for op_id, body in rows(lost):
            if op_id not in there:
                self._world.truth.declared[op_id] = about(from_body(body))

    def clone(self) -> None:
        """A computer is copied, and both go on selling under one name."""
        world, till = self._world, self.any_till()
        if not till.up or till.stopped or world.healed:
            return
        world.counts.clones += 1
        journal = till.journal.copied()
        twin = TillProcess(
            world,
            till.auditor,
            machine=len(self._cashiers),
            till_id=till.till_id,
            journal=journal,
            balances=till.balances,
        )
        twin.balances_age, twin.is_clone, twin.up = till.balances_age, True, False
        self._add(twin)
        world.at(1, twin.restart)

    # --- rights ----------------------------------------------------------------------------------

    def revoke(self) -> None:
        """A till loses its rights."""
        if not self._world.healed:
            till = self.any_till()
            self._world.service.refused.add(till.till_id)

    def called(self, till: TillProcess, why: LineState) -> None:
        """A till says that it needs somebody."""
        if till.machine not in self._enrolling:
            self._enrolling.add(till.machine)
            self._world.at(self._random.uniform(60, 1200), self.come, till, why)

    def come(self, till: TillProcess, why: LineState) -> None:
        """Give a till its rights back, or enrol it again."""
        if not till.up:
            self._world.at(30, self.come, till, why)
            return
        self._enrolling.discard(till.machine)
        entitle = why is LineState.NOT_ENTITLED and not till.stopped
        if entitle and self._random.random() < 0.5:
            self._world.service.refused.discard(till.till_id)
            till.guard(till.push, True)
        else:
            self.enrol(till)

    def enrol(self, till: TillProcess) -> None:
        """The server closes what the till had; a copy that keeps coming gets a name of its own."""
        world = self._world
        times = self._enrolled_times[till.machine] = self._enrolled_times.get(till.machine, 0) + 1
        world.counts.enrolments += 1
        till_id = till.till_id
        if till.is_clone and (world.healed or times > 2 or self._random.random() < 0.5):
            till_id = world.till_id()
        epoch_id = world.epoch_id()
        previous_head = world.service.enrol(till_id, epoch_id)
        if not world.healed and self._random.random() < world.profile.loss:
            self.called(till, LineState.STOPPED)  # the answer was lost
            return
        till.guard(till.begin_epoch, till_id, epoch_id, previous_head)


def rows(journal: SimulatedJournal) -> list[tuple[OpId, str]]:
    """Every entry of a journal."""
    found = [
        (op_id, body)
        for epoch in journal.epochs()
        for op_id, body, _ in journal.bodies(epoch.epoch_id, after_seq=0)
    ]
    return found + [(op_id, body) for _, _, op_id, body in journal.adopted_bodies()]

"""Kills tills and service at random instants, spoils the line between them, then has it audited.

Everything is real: tills are processes with the whole program in them but its window, the service
is `merchant-central serve` over a database file, the line is TCP. What is drawn (weather, whom to
kill, what cashiers do) comes from one seed; when exactly a kill strikes is up to the machine.
"""

from __future__ import annotations

import contextlib
import json
import os
import random
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from merchant_app.bootstrap.arguments import parse
from merchant_app.bootstrap.opening import TillOpener
from merchant_app.clock import SystemClock
from merchant_app.settings.enrolment import EnrolmentStore
from merchant_app.settings.options import Options
from merchant_app.settings.paths import ProfileName, prepare, profile_of
from tests.end2end.nemesis_audit import Findings, audit
from tests.end2end.nemesis_nursery import Nursery, nursery
from tests.end2end.nemesis_truth import Truth
from tests.fakes.fault_kinds import STORM, Weather
from tests.fakes.fault_proxy import FaultProxy
from tests.fakes.kept_secrets import KeptSecrets
from tests.fakes.service_process import (
    environment,
    listening,
    offer,
    open_service,
    program,
    sell,
)
from tests.fakes.waiting import LIMIT_S, until

FACE_MINOR, SMALL_FACE_MINOR = 50_000, 2_000
DRAIN_LIMIT_S = 120.0


@dataclass(frozen=True, kw_only=True)
class Plan:
    """One run.

    Attributes:
        length_s: of the part with kills.
        till_kill_every_s, service_kill_every_s, outage_every_s: on average.
        doomed_share: of the kills, those that wait for the moment in which a screen shows an end.
        doom_wait_s: how long a doomed till may live on without showing anything.
        vouchers: of 500 €; a quarter as many of 20 € come with them, for which tills compete.
        roughness: how much of the chances of `STORM` the line has; in a whole storm tills hardly
            ever are online.
        plant: a fault built into every cashier, which the auditor must find.
    """

    seed: int
    length_s: float
    tills: int = 3
    vouchers: int = 40
    till_kill_every_s: float = 3.0
    service_kill_every_s: float = 11.0
    outage_every_s: float = 9.0
    outage_longest_s: float = 2.5
    doomed_share: float = 0.35
    doom_wait_s: float = 2.0
    delay_longest_s: float = 0.4
    roughness: float = 0.5
    think_s: float = 0.05
    plant: str | None = None


@dataclass
class Report:
    """What was done, what the auditor found, and all that he looked at.

    Attributes:
        line: what the line did (`FaultProxy.counts`).
    """

    findings: Findings
    till_kills: int
    service_kills: int
    journals: dict[str, Path]
    database: Path
    truth: Truth
    line: dict[str, int]


class TillProcess:
    """One till, which comes back after each kill."""

    def __init__(
        self, folder: Path, plan: Plan, *, truth: Truth, tokens: Path, born_in: Nursery
    ) -> None:
        self.name = folder.name
        self._folder = folder
        self._plan = plan
        self._truth = truth
        self._tokens = tokens
        self._nursery = born_in
        self._chance = random.Random(f"{plan.seed} {self.name}")
        self._doomed = threading.Event()
        self._pid = 0
        self._reader: threading.Thread | None = None

    @property
    def journal(self) -> Path:
        return profile_of(ProfileName.MAIN, data_dir=self._folder).data / "journal.sqlite"

    def start(self, *options: str) -> None:
        """A new process over the same folder."""
        self._doomed.clear()
        arguments = [str(self._folder), "--tokens", str(self._tokens)]
        arguments += ["--think-s", str(self._plan.think_s)]
        arguments += ["--seed", str(self._chance.getrandbits(32)), *options]
        if self._plan.plant is not None:
            arguments += ["--plant", self._plan.plant]
        its_input, answers = os.pipe()
        lines, its_output = os.pipe()
        with (self._folder / "errors.txt").open("ab") as errors:
            files = (its_input, its_output, errors.fileno())
            self._pid = self._nursery.start(arguments, files=files)
        os.close(its_input)
        os.close(its_output)
        self._reader = threading.Thread(
            target=self._listen, args=(self._pid, lines, answers), name=self.name
        )
        self._reader.start()

    def kill(self, *, when_it_shows: bool = False) -> None:
        """SIGKILL, now; or in the very moment in which something appears on its screen."""
        if when_it_shows:
            self._doomed.set()
            self._is_gone_within(self._plan.doom_wait_s)
        os.kill(self._pid, signal.SIGKILL)
        code = self._reaped()
        if code != -signal.SIGKILL:
            self._truth.trouble.append(f"{self.name} died by itself: {code}")

    def drain(self) -> None:
        """After hours: until all is answered and sent."""
        self.start("--drain")
        if not self._is_gone_within(DRAIN_LIMIT_S):
            self._truth.trouble.append(f"{self.name} does not come to an end")
            os.kill(self._pid, signal.SIGKILL)
        if code := self._reaped():
            self._truth.trouble.append(f"{self.name} ended with {code}")

    def errors(self) -> str:
        """What it complained about, of all its lives."""
        return (self._folder / "errors.txt").read_text("utf-8", errors="replace")

    def _is_gone_within(self, limit_s: float) -> bool:
        """Its death closes the pipe it speaks through."""
        assert self._reader is not None
        self._reader.join(limit_s)
        return not self._reader.is_alive()

    def _reaped(self) -> int:
        code = self._nursery.reap(self._pid)
        assert self._is_gone_within(LIMIT_S), "somebody else holds a dead till's pipe"
        return code

    def _listen(self, pid: int, lines_fd: int, answers_fd: int) -> None:
        """Everything it shows, to the last line before its death."""
        with open(lines_fd, "rb") as lines, open(answers_fd, "wb", buffering=0) as answers:
            for text in lines:
                line = json.loads(text)
                if self._doomed.is_set() and line["said"] == "shown":
                    # Not reaped before this thread has ended: the number is still its own.
                    os.kill(pid, signal.SIGKILL)
                reply = self._truth.hear(self.name, line)
                if reply is not None:
                    with contextlib.suppress(BrokenPipeError):  # killed while it asked
                        answers.write(json.dumps(reply).encode() + b"\n")


class ServiceProcess:
    """`merchant-central serve`, which comes back after each kill, on another port."""

    def __init__(self, database: Path) -> None:
        self._database = database
        self._popen: subprocess.Popen[str] | None = None

    def start(self) -> str:
        """Start, wait until it listens; its URL."""
        ready = self._database.with_name("ready.json")
        command = program("serve", "--database", f"sqlite:///{self._database}", "--port", "0")
        with self._database.with_name("central.log").open("ab") as log:
            popen = subprocess.Popen(
                [*command, "--ready-file", str(ready), "--until-stdin-closes"],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
                env=environment(),
            )
        self._popen = popen
        assert popen.stdout is not None
        line = popen.stdout.readline()
        assert "listens on" in line, f"{line}\n{self.log()}"
        return str(json.loads(ready.read_text("utf-8"))["url"])

    def kill(self) -> None:
        """SIGKILL."""
        if self._popen is not None:
            self._popen.kill()
            self._popen.communicate(timeout=LIMIT_S)
            self._popen = None

    def log(self) -> str:
        """What it complained about, of all its lives."""
        return self._database.with_name("central.log").read_text("utf-8", errors="replace")


def haunt(plan: Plan, folder: Path) -> Report:
    """One whole run in an empty folder: set up, kill, heal, drain, audit."""
    database, tokens = folder / "central.db", folder / "tokens.json"
    truth = Truth(random.Random(f"{plan.seed} truth"))
    folders = [folder / f"till-{number}" for number in range(plan.tills)]
    service = ServiceProcess(database)
    with FaultProxy("http://127.0.0.1:9") as line, nursery(folder / "nursery.txt") as cradle:
        tills = [
            TillProcess(one, plan, truth=truth, tokens=tokens, born_in=cradle) for one in folders
        ]
        _set_up(plan, database, tokens, folders, line)
        line.upstream = service.start()
        for till in tills:
            till.start()
        try:
            till_kills, service_kills = _kill_for_a_while(plan, tills, service, line)
            _heal(line)
            # A busy computer may have spent all that time on starting them again.
            until(truth.handed_over, what="goods that go over a counter")
        finally:
            _heal(line)
            for till in tills:
                till.kill()
        for till in tills:
            till.drain()
        counts = line.counts
    service.kill()
    journals = {till.name: till.journal for till in tills}
    findings = audit(journals, database, truth)
    _look_for_trouble(findings, truth, tills, service)
    return Report(findings, till_kills, service_kills, journals, database, truth, counts)


def _set_up(
    plan: Plan, database: Path, tokens: Path, folders: list[Path], line: FaultProxy
) -> None:
    """Vouchers for everybody, and tills that know the service by the line to it."""
    service = open_service(f"sqlite:///{database}")
    try:
        sold = sell(service, FACE_MINOR, count=plan.vouchers)
        sold += sell(service, SMALL_FACE_MINOR, count=plan.vouchers // 4)
        tokens.write_text(json.dumps([voucher.token for voucher in sold]), "utf-8")
        with listening(service) as url:
            line.upstream = url
            for folder in folders:
                _enrol(folder, url=line.url, code=offer(service))
    finally:
        service.database.close()


def _enrol(folder: Path, *, url: str, code: str) -> None:
    profile = profile_of(ProfileName.MAIN, data_dir=folder)
    prepare(profile)
    keyring = KeptSecrets()
    opener = TillOpener(
        parse(["--data-dir", str(folder)]),
        profile=profile,
        options=Options(profile.options_file),
        clock=SystemClock(),
        secrets=keyring.open,
    )
    try:
        assert opener.enrol(address=url, code=code) is None
    finally:
        opener.close()
    kept = [[service, name, value] for (service, name), value in keyring.values.items()]
    (folder / "secrets.json").write_text(json.dumps(kept), "utf-8")
    store = EnrolmentStore(profile.enrolment_file)
    enrolled = store.load()
    assert enrolled is not None
    store.save(replace(enrolled, answer_wait_s=1, contact_every_s=1))


def _kill_for_a_while(
    plan: Plan, tills: list[TillProcess], service: ServiceProcess, line: FaultProxy
) -> tuple[int, int]:
    """How many tills and services died."""
    weather = random.Random(f"{plan.seed} weather")
    chances = {kind: share * plan.roughness for kind, share in STORM.items()}
    line.weather = Weather(chances, weather, longest_s=plan.delay_longest_s)
    end_s = time.monotonic() + plan.length_s
    over = threading.Event()
    service_kills = [0]

    def kill_services() -> None:
        chance = random.Random(f"{plan.seed} service")
        for _ in _moments(plan.service_kill_every_s, chance, over):
            service.kill()
            service_kills[0] += 1
            line.upstream = service.start()

    def cut_lines() -> None:
        chance = random.Random(f"{plan.seed} outages")
        for _ in _moments(plan.outage_every_s, chance, over):
            line.line_down(silent=chance.random() < 0.3)
            over.wait(chance.uniform(0.1, plan.outage_longest_s))
            line.line_up()

    with _running(over, kill_services, cut_lines):
        chance = random.Random(f"{plan.seed} kills")
        till_kills = 0
        for _ in _moments(plan.till_kill_every_s, chance, over, end_s=end_s):
            till = chance.choice(tills)
            till.kill(when_it_shows=chance.random() < plan.doomed_share)
            till_kills += 1
            till.start()
    return till_kills, service_kills[0]


@contextlib.contextmanager
def _running(over: threading.Event, *actors: Callable[[], None]) -> Iterator[None]:
    """Each in a thread of its own, until the block ends."""
    threads = [threading.Thread(target=actor, name=actor.__name__) for actor in actors]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        over.set()
        for thread in threads:
            thread.join()


def _moments(
    every_s: float, chance: random.Random, over: threading.Event, *, end_s: float | None = None
) -> Iterator[None]:
    """Random instants, so far apart on average whatever is done at each, until it is over."""
    at_s = time.monotonic()
    while True:
        at_s = max(at_s + chance.uniform(0.1, 1.9) * every_s, time.monotonic())
        if end_s is not None and at_s > end_s:
            over.wait(max(0.0, end_s - time.monotonic()))
            return
        if over.wait(at_s - time.monotonic()):
            return
        yield


def _heal(line: FaultProxy) -> None:
    line.weather = None
    line.line_up()


def _look_for_trouble(
    findings: Findings, truth: Truth, tills: list[TillProcess], service: ServiceProcess
) -> None:
    findings.wrong += truth.trouble
    findings.wrong += [
        f"{till.name}: {text[-3000:]}" for till in tills if "Traceback" in (text := till.errors())
    ]
    if "Traceback" in (text := service.log()):
        findings.wrong.append(f"service: {text[-3000:]}")

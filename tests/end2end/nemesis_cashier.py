"""A till as a process of its own, and the cashier who works at it until somebody kills it.

The till is the whole program but for its window: `TillOpener` over a folder, with journal, line,
delivery and all. What the screen shows is told on standard output, one JSON object a line, after
the till has returned it and not before; questions after a crash are answered on standard input, by
whoever knows what went over the counter.

    {"said": "ready"}
    {"said": "shown", "op": ..., "minor": 250, "handed_over": true}
    {"said": "asks", "op": ...}           <- {"handed_over": true}
    {"said": "undoing"}, {"said": "undone", "op": ...}, {"said": "not undone"}
    {"said": "stopped"}, {"said": "drained"}
"""

from __future__ import annotations

import argparse
import json
import os
import random
import sys
import threading
from dataclasses import replace
from pathlib import Path
from typing import assert_never
from uuid import UUID

from merchant_app.bootstrap.arguments import parse
from merchant_app.bootstrap.opening import TillOpener
from merchant_app.clock import SystemClock
from merchant_app.ids import OpId
from merchant_app.money import Money
from merchant_app.settings.options import Options
from merchant_app.settings.paths import ProfileName, profile_of
from merchant_app.till.counter import Counter
from merchant_app.till.live import LiveCounter
from merchant_app.till.results import (
    AcceptedOffline,
    Interrupted,
    Judged,
    NoAnswerYet,
    NotAVoucher,
    NotEntitled,
    NothingToReverse,
    OfflineRefused,
    PinRefused,
    RedeemCancelled,
    Redeemed,
    RedeemRefused,
    RedeemResult,
    RedeemUnknown,
    ReversalPending,
    ReversalRefused,
    Reversed,
    SameAgain,
    Stopped,
    TypingPaused,
    UnderQuestion,
)
from merchant_app.ui.ports import Opened
from merchant_app.vouchers.terms import Voucher
from merchant_app.vouchers.verdicts import Valid
from tests.fakes.kept_secrets import KeptSecrets

AMOUNTS_MINOR = (50, 100, 250, 400, 990, 1_500)
MUCH_MINOR = 60_000
"""More than any voucher of the run ever held: the service must refuse it."""
UNDO_SHARE, MUCH_SHARE, CONFIRM_SHARE, AGAIN_SHARE = 0.08, 0.03, 0.3, 0.8
PATIENCE = 3
"""How often a cashier decides what to do about an op without an answer, before she gives up."""
DRAIN_TURNS_MAX = 400
DRAIN_PAUSE_S = 0.1


def open_till(folder: Path) -> tuple[TillOpener, Counter]:
    """The program's own till of this folder, enrolled before; its secrets are in a file there."""
    kept = json.loads((folder / "secrets.json").read_text("utf-8"))
    keyring = KeptSecrets({(service, name): value for service, name, value in kept})
    profile = profile_of(ProfileName.MAIN, data_dir=folder)
    opener = TillOpener(
        parse(["--data-dir", str(folder)]),
        profile=profile,
        options=Options(profile.options_file),
        clock=SystemClock(),
        secrets=keyring.open,
    )
    opened = opener.open()
    assert isinstance(opened, Opened), opened
    return opener, opened.counter


def say(what: str, **more: object) -> None:
    """One line, in one write: a kill leaves it whole or not there at all."""
    os.write(1, json.dumps({"said": what, **more}).encode() + b"\n")


def say_shown(op_id: OpId, minor: int, *, handed_over: bool) -> None:
    say("shown", op=str(op_id), minor=minor, handed_over=handed_over)


class Cashier:
    """What a person at this till does, drawn from a seed."""

    def __init__(
        self,
        counter: Counter,
        tokens: list[str],
        chance: random.Random,
        *,
        think_s: float,
        acknowledges_early: bool,
    ) -> None:
        """`acknowledges_early` plants the fault that kills must find: green before the commit."""
        self._counter = counter
        self._tokens = tokens
        self._chance = chance
        self._think_s = think_s
        self._early = EarlyGreen(counter) if acknowledges_early else None
        self._pause = threading.Event()

    def answer_questions(self) -> None:
        """What a crash left open, before anything else."""
        for question in self._counter.interrupted():
            self._answer(question)

    def work(self) -> None:
        """One customer."""
        self._pause.wait(self._chance.uniform(0, self._think_s))
        if self._chance.random() < UNDO_SHARE:
            self._undo()
        else:
            self._serve(self._chance.choice(self._tokens))

    def drain(self) -> bool:
        """After hours: until nothing is open and nothing unsent."""
        for _ in range(DRAIN_TURNS_MAX):
            self.answer_questions()
            status = self._counter.contact()
            if status.unsent == 0 and not self._counter.interrupted():
                return True
            self._pause.wait(DRAIN_PAUSE_S)
        return False

    def _answer(self, question: Interrupted) -> None:
        say("asks", op=str(question.op_id))
        answer = json.loads(sys.stdin.readline())
        self._counter.settle(question.op_id, handed_over=answer["handed_over"])

    def _serve(self, token: str) -> None:
        found = self._counter.look_up(token, purchase=None)
        if (
            isinstance(found, Judged)
            and found.local_from is not None
            and self._chance.random() < CONFIRM_SHARE
        ):
            confirmed = self._counter.confirm(token, purchase=None)
            found = found if isinstance(confirmed, NoAnswerYet) else confirmed
        match found:
            case Judged(verdict=Valid(voucher=voucher)):
                self._redeem(voucher)
            case UnderQuestion(interrupted=question):
                self._answer(question)
            case Judged() | NotAVoucher() | NoAnswerYet() | NotEntitled() | TypingPaused():
                return  # nothing to debit; the customer pays in cash

    def _redeem(self, voucher: Voucher) -> None:
        minor = self._chance.choice(AMOUNTS_MINOR)
        if self._chance.random() < MUCH_SHARE:
            minor = MUCH_MINOR
        amount = Money(minor, voucher.balance.currency)
        if self._early is not None:
            self._early.show_green(minor)
            self._pause.wait(self._think_s)  # it lies in a queue in memory
        result = self._counter.redeem(voucher, amount=amount, purchase=None)
        if isinstance(result, SameAgain) and self._chance.random() < AGAIN_SHARE:
            result = self._counter.redeem(voucher, amount=amount, purchase=None, again=True)
        self._show(result, minor)

    def _show(self, result: RedeemResult, minor: int) -> None:
        """To the end of this redemption, whatever it takes."""
        for _ in range(PATIENCE):
            match result:
                case RedeemUnknown(op_id=op_id):
                    result = self._decide(op_id, may_honour=True)
                case OfflineRefused(op_id=op_id) if op_id is not None:
                    result = self._decide(op_id, may_honour=False)
                case _:
                    break
        while isinstance(result, RedeemUnknown | OfflineRefused) and result.op_id is not None:
            result = self._counter.cancel(result.op_id)
        match result:
            case Redeemed(op_id=op_id) | AcceptedOffline(op_id=op_id):
                say_shown(op_id, minor, handed_over=True)
            case RedeemRefused(op_id=op_id) | RedeemCancelled(op_id=op_id):
                say_shown(op_id, minor, handed_over=False)
            case OfflineRefused() | PinRefused() | SameAgain() | RedeemUnknown():
                if self._early is not None:  # nothing was begun
                    self._early.take_back(minor)
            case Stopped():
                say("stopped")
            case _:
                assert_never(result)

    def _decide(self, op_id: OpId, *, may_honour: bool) -> RedeemResult:
        choice = self._chance.random()
        if choice < 0.4:
            return self._counter.wait(op_id)
        if choice < 0.7 and may_honour:
            return self._counter.honour(op_id)
        return self._counter.cancel(op_id)

    def _undo(self) -> None:
        say("undoing")
        result = self._counter.reverse_last()
        match result:
            case Reversed(op_id=op_id) | ReversalPending(op_id=op_id):
                say("undone", op=str(op_id))
            case NothingToReverse() | ReversalRefused():
                say("not undone")
            case Stopped():
                say("stopped")
            case _:
                assert_never(result)


class EarlyGreen:
    """The planted fault: the screen is green, and only then is anything written.

    It knows the id that the next redemption will get, and shows green for it at once.
    """

    def __init__(self, counter: Counter) -> None:
        assert isinstance(counter, LiveCounter)
        self._till = counter._till
        self._next: OpId | None = None
        self._shown: OpId | None = None
        counter._till = replace(self._till, new_id=self._new_id)

    def show_green(self, minor: int) -> None:
        """Before it is true."""
        self._next = self._shown = self._till.new_op_id()
        say_shown(self._shown, minor, handed_over=True)

    def take_back(self, minor: int) -> None:
        """The till would not even begin: the cashier runs after her customer."""
        if self._shown is not None:
            say_shown(self._shown, minor, handed_over=False)

    def _new_id(self) -> UUID:
        given, self._next = self._next, None
        return given if given is not None else self._till.new_id()


def main(arguments: list[str]) -> int:
    """Work until killed; or, with `--drain`, until nothing is left to do."""
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=Path)
    parser.add_argument("--tokens", type=Path, required=True)
    parser.add_argument("--seed", required=True)
    parser.add_argument("--think-s", type=float, default=0.05)
    parser.add_argument("--drain", action="store_true")
    parser.add_argument("--plant", choices=["early-ack"])
    options = parser.parse_args(arguments)
    opener, counter = open_till(options.folder)
    cashier = Cashier(
        counter,
        json.loads(options.tokens.read_text("utf-8")),
        random.Random(options.seed),
        think_s=options.think_s,
        acknowledges_early=options.plant == "early-ack",
    )
    say("ready")
    if options.drain:
        drained = cashier.drain()
        opener.close()
        say("drained" if drained else "not drained")
        return 0
    cashier.answer_questions()
    while True:
        cashier.work()

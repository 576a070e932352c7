"""What happens in the demo: a driver that waits for the screen and presses a cashier's keys."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from demo_cast import Cast, Role
from PySide6.QtCore import QObject, Qt, QTimer, Slot
from PySide6.QtTest import QTest

from merchant_app.bootstrap.program import Assembled
from merchant_app.bootstrap.training import SHOP, TrainingService
from merchant_app.money import Money
from merchant_app.ui.encaisser import outcomes
from merchant_app.ui.encaisser.screen import EncaisserScreen
from merchant_app.ui.encaisser.states import (
    ConfirmUndo,
    Debitable,
    Debited,
    Declined,
    ForeignScan,
    Ready,
    State,
    Undone,
)
from merchant_app.vouchers import verdicts
from merchant_app.vouchers.scan import Foreign

POLL_MS = 15
BETWEEN_KEYS_MS = 90
READING_S = outcomes.UNMEANT_WITHIN_S + 0.2
STEP_LIMIT_S = 60.0
"""The film is shorter than this: a card that was missed comes again."""
PURCHASE = "37,00"
SIGNS = {"issue": 1, "credit": 1, "debit": -1, "shortfall": 0, "shortfall_returned": 0}


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that must come to pass."""

    name: str
    role: str
    reached: Callable[[State], bool]


class Story(QObject):
    """Drives one window from its opening to the end of the story. GUI thread."""

    def __init__(self, assembled: Assembled, cast: Cast, out: Path) -> None:
        super().__init__()
        self._assembled = assembled
        self._cast = cast
        self._out = out
        self._steps: list[dict[str, Any]] = []
        self._till_minor: dict[str, int] = {}
        self._failed = ""
        self._script = self._play()
        self._wanted: Step | None = None
        self._since_s = time.monotonic()
        self._reached_s: float | None = None
        self._timer = QTimer(self)
        self._timer.timeout.connect(self._look)
        self._timer.start(POLL_MS)
        self._to_type: deque[str] = deque()
        self._typist = QTimer(self)
        self._typist.timeout.connect(self._type)
        self._typist.start(BETWEEN_KEYS_MS)

    # --- the story -------------------------------------------------------------------------------

    def _play(self) -> Iterator[Step]:
        """Each step is waited for, photographed, and only then the next key is pressed."""
        cast = self._cast
        yield Step("waiting", "", lambda state: isinstance(state, Ready))
        yield Step("valid", "whole", _is_valid(cast.whole.label))
        self._press(Qt.Key.Key_Return)
        yield Step("debited", "whole", _is_debited(cast.whole.label, balance_minor=0))
        self._press(Qt.Key.Key_Escape)
        yield Step("next-customer", "", lambda state: isinstance(state, Ready))
        self._press(Qt.Key.Key_Escape)
        yield Step("part-found", "part", _is_valid(cast.part.label))
        self._type_purchase()
        yield Step("part-suggested", "part", _suggests(Money(3700, "EUR")))
        self._press(Qt.Key.Key_Return)
        yield Step("part-chosen", "part", _suggests(Money(3700, "EUR")))
        self._press(Qt.Key.Key_Return)
        yield Step("part-debited", "part", _is_debited(cast.part.label, balance_minor=6300))
        yield Step("already-used", "whole", _is_declined(verdicts.UsedUp))
        yield Step("unknown", "nobodys", _is_declined(verdicts.Unknown))
        yield Step("expired", "expired", _is_declined(verdicts.Expired))
        yield Step("other-shop", "elsewhere", _is_declined(verdicts.OtherShop))
        yield Step("wrong-signature", "changed", _is_declined(verdicts.WrongSignature))
        yield Step("not-a-voucher", "advert", lambda s: s == ForeignScan(Foreign.WEB_ADDRESS))
        self._press(Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
        yield Step("undo-asked", "part", lambda state: isinstance(state, ConfirmUndo))
        self._press(Qt.Key.Key_Return)
        yield Step("undone", "part", lambda state: isinstance(state, Undone))

    # --- the driver ------------------------------------------------------------------------------

    @Slot()
    def _look(self) -> None:
        screen = self._assembled.running.window.screen_in_use
        if self._assembled.running.crash.has_crashed:
            self._end("the program met a bug")
        elif time.monotonic() - self._since_s > STEP_LIMIT_S:
            waited = self._wanted.name if self._wanted is not None else "the window"
            self._end(f"{waited} did not come to pass")
        elif screen is not None and screen.screen is not None:
            self._go_on(screen)

    def _go_on(self, screen: EncaisserScreen) -> None:
        if self._wanted is None:
            self._next()
        assert screen.screen is not None
        if self._reached_s is not None:
            # A cashier needs a moment to read; a key that comes at once was not meant.
            if time.monotonic() - self._reached_s > READING_S:
                self._reached_s = None
                self._next()
        elif self._wanted is not None and self._wanted.reached(screen.screen.state):
            self._photograph(self._wanted, screen.screen.state)
            self._reached_s = time.monotonic()

    def _next(self) -> None:
        self._since_s = time.monotonic()
        try:
            self._wanted = next(self._script)
        except StopIteration:
            self._end("")

    def _end(self, failed: str) -> None:
        self._failed = failed
        self._timer.stop()
        self._typist.stop()
        self._assembled.running.window.close()
        self._assembled.running.application.quit()

    def _photograph(self, step: Step, state: State) -> None:
        number = len(self._steps) + 1
        picture = f"{number:02d}-{step.name}.png"
        window = self._assembled.running.window
        window.grab().save(str(self._out / picture))
        screen = window.screen_in_use
        assert screen is not None
        self._steps.append(
            {
                "step": step.name,
                "scanned": step.role,
                "state": type(state).__name__,
                "verdict": type(state.verdict).__name__
                if isinstance(state, Debitable | Declined)
                else None,
                "word": screen.view.card.accessibleName(),
                "picture": picture,
                "ok": True,
            }
        )
        self._note_balances(state)

    def _note_balances(self, state: State) -> None:
        """What the till says is left on each voucher it moved money on."""
        if isinstance(state, Debited | Undone) and hasattr(state.result, "lines"):
            for line in state.result.lines:
                self._till_minor[line.label] = line.balance.minor

    def _press(
        self, key: Qt.Key, modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier
    ) -> None:
        QTest.keyClick(self._assembled.running.window.windowHandle(), key, modifier)

    def _type_purchase(self) -> None:
        """A person's typing: as fast as a scanner gun it would be taken for one."""
        screen = self._assembled.running.window.screen_in_use
        assert screen is not None
        screen.view.purchase.setFocus()
        self._to_type.extend(PURCHASE)

    @Slot()
    def _type(self) -> None:
        if self._to_type:
            window = self._assembled.running.window.windowHandle()
            QTest.keyClick(window, ord(self._to_type.popleft()))

    # --- the summary -----------------------------------------------------------------------------

    def summary(self, service: TrainingService) -> dict[str, Any]:
        """What was scanned and said, and whether till and central service agree."""
        kept = {row["voucher_id"]: row for row in service.ask("vouchers", "--shop", SHOP)}
        balances = [
            self._balance(role, kept[role.voucher_id], service)
            for role in (self._cast.whole, self._cast.part, self._cast.expired)
        ]
        audit = service.ask("audit", accepted=(0, 1))
        ledger_is_right = not audit["wrong"] and not audit["alarms"] and not audit["unevaluated"]
        agrees = not self._failed and ledger_is_right and all(row["agrees"] for row in balances)
        return {
            "agrees": agrees,
            "failed": self._failed or None,
            "steps": self._steps,
            "balances": balances,
            "service": audit,
        }

    def _balance(self, role: Role, row: dict[str, Any], service: TrainingService) -> dict[str, Any]:
        entries = service.ask("audit", "--voucher", role.voucher_id)["entries"]
        derived_minor = sum(SIGNS[entry["kind"]] * entry["amount_minor"] for entry in entries)
        till_minor = self._till_minor.get(role.label, role.face_minor)
        return {
            "voucher": role.label,
            "role": role.name,
            "face_minor": role.face_minor,
            "till_minor": till_minor,
            "service_minor": row["balance_minor"],
            "service_entries_minor": derived_minor,
            "agrees": till_minor == row["balance_minor"] == derived_minor,
        }


def _is_valid(label: str) -> Callable[[State], bool]:
    return lambda state: (
        isinstance(state, Debitable)
        and state.label == label
        and isinstance(state.judged, verdicts.Valid)
    )


def _suggests(amount: Money) -> Callable[[State], bool]:
    return lambda state: isinstance(state, Debitable) and state.amount == amount


def _is_debited(label: str, *, balance_minor: int) -> Callable[[State], bool]:
    return lambda state: (
        isinstance(state, Debited)
        and [(line.label, line.balance.minor) for line in state.result.lines]
        == [(label, balance_minor)]
    )


def _is_declined(verdict: type) -> Callable[[State], bool]:
    return lambda state: isinstance(state, Declined) and isinstance(state.verdict, verdict)

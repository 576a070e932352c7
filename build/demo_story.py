"""What happens in the demo's first act: an ordinary day, seen by the camera."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from demo_cast import Cast, Role
from demo_driver import Driver, Step
from PySide6.QtCore import Qt

from merchant_app.bootstrap.program import Assembled
from merchant_app.bootstrap.training import SHOP, TrainingService
from merchant_app.money import Money
from merchant_app.ui.encaisser.states import (
    CENTRAL,
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

PURCHASE = "37,00"
SIGNS = {"issue": 1, "credit": 1, "debit": -1, "shortfall": 0, "shortfall_returned": 0}


class Story(Driver):
    """One till, one camera, eight vouchers."""

    def __init__(self, assembled: Assembled, cast: Cast, out: Path) -> None:
        self._cast = cast
        self._till_minor: dict[str, int] = {}
        super().__init__(assembled, out)

    def play(self) -> Iterator[Step]:
        """See `Driver.play`."""
        cast, shows = self._cast, self.shows
        yield Step("waiting", "", shows(lambda state: isinstance(state, Ready)))
        yield Step("valid", "whole", shows(_is_valid(cast.whole.label)), is_filmed=True)
        self.press(Qt.Key.Key_Return)
        yield Step("debited", "whole", shows(_is_debited(cast.whole.label, balance_minor=0)))
        self.press(Qt.Key.Key_Escape)
        yield Step("next-customer", "", shows(lambda state: isinstance(state, Ready)))
        self.press(Qt.Key.Key_Escape)
        yield Step("part-found", "part", shows(_is_valid(cast.part.label)), is_filmed=True)
        self._type_purchase()
        yield Step("part-suggested", "part", shows(_suggests(Money(3700, "EUR"))))
        self.press(Qt.Key.Key_Return)
        yield Step("part-chosen", "part", shows(_suggests(Money(3700, "EUR"))))
        self.press(Qt.Key.Key_Return)
        yield Step("part-debited", "part", shows(_is_debited(cast.part.label, balance_minor=6300)))
        yield Step("already-used", "whole", shows(_is_declined(verdicts.UsedUp)), is_filmed=True)
        yield Step("unknown", "nobodys", shows(_is_declined(verdicts.Unknown)), is_filmed=True)
        yield Step("expired", "expired", shows(_is_declined(verdicts.Expired)), is_filmed=True)
        yield Step(
            "other-shop", "elsewhere", shows(_is_declined(verdicts.OtherShop)), is_filmed=True
        )
        yield Step(
            "wrong-signature",
            "changed",
            shows(_is_declined(verdicts.WrongSignature)),
            is_filmed=True,
        )
        yield Step(
            "not-a-voucher",
            "advert",
            shows(lambda s: s == ForeignScan(Foreign.WEB_ADDRESS)),
            is_filmed=True,
        )
        self.press(Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
        yield Step("undo-asked", "part", shows(lambda state: isinstance(state, ConfirmUndo)))
        self.press(Qt.Key.Key_Return)
        yield Step("undone", "part", shows(lambda state: isinstance(state, Undone)))

    def noted(self, state: State) -> None:
        """What the till says is left on each voucher it moved money on."""
        if isinstance(state, Debited | Undone) and hasattr(state.result, "lines"):
            for line in state.result.lines:
                self._till_minor[line.label] = line.balance.minor

    def _type_purchase(self) -> None:
        self.screen.view.purchase.setFocus()
        self.type_slowly(PURCHASE)

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
        agrees = not self.failed and ledger_is_right and all(row["agrees"] for row in balances)
        return {
            "agrees": agrees,
            "failed": self.failed or None,
            "steps": self.steps,
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
    """By the central service's own word: it says when and where as well."""

    def is_shown(state: State) -> bool:
        return (
            isinstance(state, Declined)
            and isinstance(state.verdict, verdict)
            and state.basis == CENTRAL
        )

    return is_shown

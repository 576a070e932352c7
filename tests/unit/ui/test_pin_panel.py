"""The responsible person's code in Réglages, without a display."""

from __future__ import annotations

import pytest

from merchant_app.errors import ProblemKind
from merchant_app.till.pin_desk import PinGone, PinKept, PinRefused
from merchant_app.ui.reglages.pin_presenter import Panel, Presenter, Slip
from tests.fakes.pin_desk import FakePinDesk


class Held:
    """Hands that do at once what they are told; the presenter in them."""

    def __init__(self, pin: str = "") -> None:
        self.desk = FakePinDesk(pin=pin)
        self.calls: list[str] = []
        self.panels: list[Panel] = []
        self.presenter = Presenter(self, show=self.panels.append)

    def change(self, new: str, *, old: str) -> None:
        self.calls.append("change")
        self.presenter.finished(self.desk.change(new, old=old))

    def remove(self, old: str) -> None:
        self.calls.append("remove")
        self.presenter.finished(self.desk.remove(old))

    def is_set(self) -> bool:
        return self.desk.is_set

    def forget_typed(self) -> None:
        self.calls.append("forget")

    @property
    def panel(self) -> Panel:
        return self.panels[-1]


def test_a_code_is_set_when_it_was_typed_twice() -> None:
    held = Held()
    held.presenter.change_wanted(old="", new="2580", again="2580")
    assert held.panel == Panel(is_set=True, told=PinKept(session_only=False))
    assert held.calls == ["change", "forget"]


@pytest.mark.parametrize(
    ("new", "again", "slip"),
    [("258", "258", Slip.NO_PIN), ("", "", Slip.NO_PIN), ("2580", "2581", Slip.NOT_TWICE)],
)
def test_a_slip_asks_nobody(new: str, again: str, slip: Slip) -> None:
    held = Held()
    held.presenter.change_wanted(old="", new=new, again=again)
    assert held.panel == Panel(is_set=False, told=slip)
    assert held.calls == []


def test_changing_and_removing_need_the_old_one() -> None:
    held = Held("2580")
    held.presenter.change_wanted(old="1111", new="1357", again="1357")
    assert held.panel == Panel(is_set=True, told=PinRefused(wrong=True, wait_s=0))
    held.presenter.removal_wanted("1357")
    assert held.panel.is_set
    held.presenter.removal_wanted("2580")
    assert held.panel == Panel(is_set=False, told=PinGone())


def test_what_was_told_is_gone_for_whoever_comes_next() -> None:
    held = Held()
    held.presenter.finished(ProblemKind.KEYRING_UNAVAILABLE)
    assert held.panel.told is ProblemKind.KEYRING_UNAVAILABLE
    held.presenter.open()
    assert held.panel == Panel(is_set=False)
    assert held.calls[-1] == "forget"

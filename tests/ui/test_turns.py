"""Between two pieces of work whatever happened meanwhile has its turn."""

from __future__ import annotations

from collections.abc import Iterator

from PySide6.QtCore import QObject, QTimer
from pytestqt.qtbot import QtBot

from merchant_app.ui.turns import Turns


def test_what_happens_meanwhile_is_heard_between_two_pieces(qtbot: QtBot) -> None:
    parent, told = QObject(), list[str]()

    def work() -> Iterator[None]:
        told.append("first")
        QTimer.singleShot(0, parent, lambda: told.append("a key"))
        yield
        told.append("second")

    Turns(parent).run(work())
    assert told == []
    qtbot.waitUntil(lambda: "second" in told)
    assert told == ["first", "a key", "second"]


def test_stopped_the_rest_is_not_done(qtbot: QtBot) -> None:
    parent, told = QObject(), list[str]()
    turns = Turns(parent)

    def work() -> Iterator[None]:
        told.append("first")
        turns.stop()
        yield
        told.append("never")

    turns.run(work())
    qtbot.waitUntil(lambda: bool(told))
    QTimer.singleShot(0, parent, lambda: told.append("later"))
    qtbot.waitUntil(lambda: "later" in told)
    assert told == ["first", "later"]


def test_the_last_piece_may_begin_something_else(qtbot: QtBot) -> None:
    parent, told = QObject(), list[str]()
    turns = Turns(parent)

    def other() -> Iterator[None]:
        told.append("other")
        yield

    def work() -> Iterator[None]:
        yield
        turns.run(other())

    turns.run(work())
    qtbot.waitUntil(lambda: told == ["other"])

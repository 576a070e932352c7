"""The Journal in the window: found again, read, written out; by keyboard alone."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from uuid import UUID

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QStyle, QStyleOptionFrame
from pytestqt.qtbot import QtBot

from merchant_app.errors import Problem, ProblemKind
from merchant_app.ids import OpId
from merchant_app.settings import options as choices
from merchant_app.settings.options import Options
from merchant_app.till.journal_results import (
    Exported,
    ExportForm,
    ExportRefusal,
    HandedOver,
    Life,
    LifeLine,
    Place,
    Recorded,
    Sale,
    SaleKind,
    SaleState,
)
from merchant_app.ui.encaisser import states as es
from merchant_app.ui.function_keys import CHECKOUT_KEY, EXPORT_KEY, JOURNAL_KEY, UNDO_KEY
from merchant_app.ui.journal.export_states import Choosing, Notice, Writing
from merchant_app.ui.journal.export_view import ExportView
from merchant_app.ui.journal.screen import JournalPages, JournalScreen
from merchant_app.ui.journal.view import JournalView
from merchant_app.ui.ports import Opened, Start
from merchant_app.ui.theme import Look, Scheme
from tests.fakes.counter import NOON, euros
from tests.ui.conftest import Till, World
from tests.ui.windows import SCREENS


def life(number: int, *, minutes: int, amount: float, cashier: str = "Claire") -> Life:
    at = NOON - timedelta(minutes=minutes)
    label = f"…{number:04}"
    sale = Sale(
        op_id=OpId(UUID(int=number)),
        place=Place(number, "", str(UUID(int=number))),
        labels=(label,),
        amount=euros(amount),
        at=at,
        cashier=cashier,
        state=SaleState.DEBITED,
        offline=False,
    )
    return Life(
        sale=sale,
        lines=(LifeLine(label, euros(amount), euros(amount), euros(0), euros(5), None),),
        steps=(
            Recorded(at, cashier, number, "3F9A12BC", False, None),
            HandedOver(at, cashier, True),
        ),
        to_settle=False,
        can_undo=number == 3,
    )


@pytest.fixture
def world(tmp_path: Path) -> World:
    made = World()
    options = Options(tmp_path / "options.json")

    def start() -> Start:
        return Opened(made.counter, None, options=options)

    made.start = start
    made.counter.journal.lives = [
        life(1, minutes=30, amount=20),
        life(2, minutes=20, amount=12.5, cashier="Marie-Zoë"),
        life(3, minutes=10, amount=20),
    ]
    return made


class Journal:
    """The screen and the person before it."""

    def __init__(self, till: Till) -> None:
        self.till = till
        self.screen: JournalScreen = till.places.beside.journal.get()
        self.pages: JournalPages = self.screen.view
        self.view: JournalView = self.pages.journal
        self.exports: ExportView = self.pages.exports

    def open(self) -> Journal:
        self.till.function(JOURNAL_KEY)
        assert self.till.sees(self.pages)
        self.shows(3)
        return self

    def shows(self, count: int) -> None:
        """So many lines, and the chosen one is read."""

        def settled() -> bool:
            screen = self.screen.screen
            return (
                screen is not None
                and screen.loaded
                and len(screen.sales) == count
                and (not count or (screen.life is not None and screen.row is not None))
                and self.view.list.model().rowCount() == count
            )

        self.till.qtbot.waitUntil(settled, timeout=10_000)

    def amount(self) -> str:
        return self.view.life.amount.text()

    def mode(self) -> object:
        assert self.screen.panel is not None
        return self.screen.panel.mode

    def comes_to(self, kind: type) -> object:
        def there() -> bool:
            mode = self.mode()
            return isinstance(mode, Choosing) and isinstance(mode.news, kind)

        self.till.qtbot.waitUntil(there, timeout=10_000)
        mode = self.mode()
        assert isinstance(mode, Choosing)
        return mode.news


@pytest.fixture
def journal(till: Till) -> Journal:
    return Journal(till).open()


def test_the_newest_is_read_at_once(journal: Journal) -> None:
    assert "20,00" in journal.amount()
    assert [what for _, what in journal.view.life.steps()] == [
        "Enregistré, Claire · n°\u00a03,\u00a03F9A12BC", "Marchandise remise, Claire",
    ]  # fmt: skip
    assert journal.view.field.hasFocus()


@pytest.mark.parametrize(
    ("typed", "count"), [("12,50", 1), ("0002", 1), ("zoe", 1), ("claire 20", 2), ("99", 0)]
)
def test_what_is_typed_is_found(journal: Journal, typed: str, count: int) -> None:
    journal.view.field.setText(typed)
    journal.view.field.edited.emit(typed)
    journal.shows(count)
    assert journal.view.nothing.isVisible() == (count == 0)


def test_keys_alone_go_from_the_field_to_the_list_and_back_to_selling(journal: Journal) -> None:
    till = journal.till
    till.types("20 ")
    journal.shows(2)
    till.key(Qt.Key.Key_Down)
    assert journal.view.list.hasFocus()
    till.key(Qt.Key.Key_Down)
    till.qtbot.waitUntil(
        lambda: (
            journal.screen.screen is not None
            and journal.screen.screen.life is not None
            and journal.screen.screen.life.sale.op_id.int == 1
        ),
        timeout=10_000,
    )
    till.escape()
    journal.shows(3)
    assert journal.view.field.text() == ""
    till.escape()
    assert till.sees(till.view)


def test_only_some_kinds(journal: Journal) -> None:
    journal.view.kinds.buttons()[1].click()
    journal.shows(0)
    assert journal.till.counter.journal.asked[-1].kind is SaleKind.OFFLINE
    journal.till.escape()
    journal.shows(3)
    assert journal.view.kinds.buttons()[0].isChecked()


def test_a_list_that_is_read_to_its_end_grows(till: Till) -> None:
    till.counter.journal.lives = [life(n, minutes=n, amount=20) for n in range(1, 251)]
    journal = Journal(till)
    till.function(JOURNAL_KEY)
    journal.shows(100)
    for count in (200, 250):
        journal.view.list.scrollToBottom()
        journal.view.list.model().fetchMore(journal.view.list.rootIndex())
        journal.shows(count)
    assert not journal.view.list.model().canFetchMore(journal.view.list.rootIndex())
    assert journal.screen.screen is not None
    assert journal.screen.screen.row == 0


def test_an_answer_to_something_older_is_dropped(journal: Journal) -> None:
    desk = journal.till.counter.journal
    desk.gate.clear()
    for text in ("1", "12", "12,50"):
        journal.view.field.edited.emit(text)
    desk.gate.set()
    journal.shows(1)
    assert "12,50" in journal.amount()


def test_a_journal_that_cannot_be_read_says_so_and_the_till_goes_on(till: Till) -> None:
    till.counter.journal.problem = Problem(ProblemKind.JOURNAL_DAMAGED)
    journal = Journal(till)
    till.function(JOURNAL_KEY)
    till.qtbot.waitUntil(
        lambda: journal.screen.screen is not None and journal.screen.screen.trouble is not None,
        timeout=10_000,
    )
    assert journal.view.nothing.isVisible()
    till.function(CHECKOUT_KEY)
    till.function(JOURNAL_KEY)
    journal.shows(3)


def test_the_last_one_is_undone_at_the_checkout_and_no_other(journal: Journal) -> None:
    till = journal.till
    assert journal.view.undo.isVisible()
    till.function(UNDO_KEY)
    assert till.sees(till.view)
    till.comes_to(es.ConfirmUndo)
    till.function(JOURNAL_KEY)
    journal.view.field.edited.emit("12,50")
    journal.shows(1)
    assert not journal.view.undo.isVisible()
    till.function(UNDO_KEY)
    assert till.sees(journal.pages)


def test_a_scan_goes_to_the_checkout(journal: Journal) -> None:
    till = journal.till
    till.gun(till.counter.add(1))
    till.comes_to(es.Debitable)
    assert till.sees(till.view)


# --- exports -------------------------------------------------------------------------------------


@pytest.fixture
def exports(journal: Journal) -> Journal:
    journal.till.function(EXPORT_KEY)
    assert journal.pages.currentWidget() is journal.exports
    return journal


def test_a_month_as_a_sheet_with_two_keys(exports: Journal) -> None:
    exports.till.enter()
    news = exports.comes_to(Exported)
    assert isinstance(news, Exported)
    (wish,) = exports.till.counter.journal.wishes
    assert wish.form is ExportForm.XLSX
    assert (wish.first.isoformat(), wish.last.isoformat()) == ("2026-11-01", "2026-11-30")
    assert "3 lignes" in exports.exports.message.text()
    assert exports.exports.see.isVisible()
    exports.till.escape()
    assert exports.pages.currentWidget() is exports.view


def test_days_are_moved_chosen_and_typed(exports: Journal) -> None:
    view = exports.exports
    view.before.click()
    assert (view.first.text(), view.last.text()) == ("01/10/2026", "31/10/2026")
    view.spans.buttons()[1].click()
    assert (view.first.text(), view.last.text()) == ("26/10/2026", "01/11/2026")
    view.first.setText("31/02/2026")
    view.first.edited.emit(view.first.text())
    assert exports.mode() == Choosing(Notice.NO_DAY)
    exports.till.enter()
    assert exports.till.counter.journal.wishes == []
    for field, text in ((view.first, "02/10/2026"), (view.last, "01/10/2026")):
        field.setText(text)
        field.edited.emit(text)
    assert exports.mode() == Choosing(Notice.BACKWARDS)
    view.last.setText("05/10/2026")
    view.last.edited.emit(view.last.text())
    assert exports.mode() == Choosing(None)
    assert view.spans.buttons()[4].isChecked()


def test_the_tax_offices_file_asks_for_the_siren_right_there(exports: Journal) -> None:
    desk, view = exports.till.counter.journal, exports.exports
    assert not view.siren.isVisible()
    view.forms.buttons()[4].click()
    assert view.siren.isVisible()
    assert view.spans.buttons()[3].isChecked()
    desk.result = ExportRefusal.SIREN_MISSING
    exports.till.enter()
    assert exports.comes_to(ExportRefusal) is ExportRefusal.SIREN_MISSING
    for text, news in (("12", Notice.SIREN_WRONG), ("123 456 789", None)):
        view.siren.setText(text)
        view.siren.edited.emit(text)
        exports.till.enter()
        if news is not None:
            assert exports.comes_to(Notice) is news
    desk.result = None
    exports.comes_to(ExportRefusal | Exported)  # type: ignore[arg-type]  # isinstance takes it
    options = exports.screen._options
    assert options is not None
    assert options.get(choices.SIREN) == "123456789"


def test_an_export_is_stopped_with_escape(exports: Journal) -> None:
    desk = exports.till.counter.journal
    desk.gate.clear()
    exports.till.enter()
    exports.till.qtbot.waitUntil(lambda: bool(desk.wishes), timeout=10_000)
    assert isinstance(exports.mode(), Writing)
    exports.till.escape()
    assert isinstance(exports.mode(), Writing)
    desk.gate.set()
    assert exports.comes_to(Notice) is Notice.CANCELLED
    assert exports.pages.currentWidget() is exports.exports


@pytest.mark.parametrize("kind", [ProblemKind.DISK_FULL, ProblemKind.DISK_READ_ONLY])
def test_a_stick_that_is_full_or_gone_is_said(exports: Journal, kind: ProblemKind) -> None:
    exports.till.counter.journal.problem = Problem(kind)
    exports.till.enter()
    assert exports.comes_to(ProblemKind) is kind
    assert "dossier" in exports.exports.message.text()
    exports.till.enter()
    exports.comes_to(Exported)


def test_the_window_closes_while_a_file_is_written(exports: Journal) -> None:
    desk = exports.till.counter.journal
    desk.gate.clear()
    exports.till.enter()
    exports.till.qtbot.waitUntil(lambda: bool(desk.wishes), timeout=10_000)
    exports.till.window.close()
    assert exports.screen._cancelled.is_set()
    desk.gate.set()


@pytest.mark.parametrize("text_scale", [1.0, 1.5, 2.0])
def test_the_days_of_an_export_are_read_whole(
    qtbot: QtBot, qapp: QApplication, text_scale: float
) -> None:
    screen = next(one for one in SCREENS if one.name == "journal")
    ((window, _names),) = screen.windows(Look(qapp, Scheme.LIGHT, text_scale=text_scale))
    qtbot.addWidget(window.frame)
    window.show("export")
    window.frame.resize(1024, 700)
    window.frame.show()
    exports = window.frame.findChild(ExportView)
    assert exports is not None
    for field in (exports.first, exports.last):
        option = QStyleOptionFrame()
        field.initStyleOption(option)
        room = field.style().subElementRect(QStyle.SubElement.SE_LineEditContents, option, field)
        assert field.fontMetrics().horizontalAdvance(field.text()) < room.width()

"""Help is at the page of what is seen, is searched, and never stands in the way of a sale."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QRect, Qt, QUrl
from PySide6.QtGui import QPixmap, QTextDocument
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from merchant_app.errors import Problem, ProblemKind
from merchant_app.i18n import Language, _, active, install
from merchant_app.ui.encaisser import states as st
from merchant_app.ui.function_keys import CHECKOUT_KEY, HELP_KEY, TO_SETTLE_KEY
from merchant_app.ui.main_window import MainWindow
from merchant_app.ui.manual.browser import PageBrowser
from merchant_app.ui.manual.place import ManualPlace
from merchant_app.ui.manual.shelf import PAGES, PARTS, Spot, heading
from merchant_app.ui.manual.view import ManualView
from merchant_app.ui.ports import Start
from merchant_app.ui.theme import Look, Scheme
from tests.fakes.counter import code
from tests.fakes.waiting import LIMIT_MS
from tests.ui.conftest import Till, World


def place(window: MainWindow) -> ManualPlace:
    found = window.findChild(ManualPlace)
    assert isinstance(found, ManualPlace)
    return found


def helped(till: Till) -> ManualView:
    """Somebody wants help: what the window shows then."""
    till.places.frame.top.help.click()
    view = place(till.window).view
    assert view is not None
    assert view.isVisible()
    assert view.geometry() == till.window.rect()
    return view


def page_of(till: Till) -> str:
    view = helped(till)
    assert view.page is not None
    till.escape()
    return view.page.name


def test_help_is_about_what_is_seen(till: Till) -> None:
    assert page_of(till) == "checkout"
    seen = set()
    for number in range(2, 7):
        till.function(f"F{number}")
        seen.add(page_of(till))
    assert seen >= {"journal", "to-settle", "closing", "statements"}
    till.places.frame.top.place.click()
    assert page_of(till) == "this-till"


def test_help_is_at_the_part_about_the_state_that_is_seen(till: Till) -> None:
    till.counter.add(1, balance=0)
    till.gun(code(1))
    till.comes_to(st.Declined)
    assert page_of(till) == "saying"
    till.escape()
    till.undo()
    till.comes_to(st.ConfirmUndo)
    view = helped(till)
    assert view.page is not None
    assert view.page.name == "checkout"
    assert top_line(view) == heading(Spot("checkout", "mistakes"), active())


def top_line(view: ManualView) -> str:
    """The first heading that is seen."""
    seen = view.browser.cursorForPosition(view.browser.viewport().rect().topLeft()).block()
    while not seen.blockFormat().headingLevel():
        seen = seen.next()
    return seen.text()


@pytest.mark.parametrize("spot", PARTS, ids=str)
def test_a_part_is_seen_as_soon_as_help_opens(look: Look, qtbot: QtBot, spot: Spot) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    window.resize(1024, 700)
    window.show()
    view = ManualView(look, window)
    view.open_at(spot)
    browser = view.browser
    shown = browser.cursorRect(browser.textCursor())
    assert browser.textCursor().block().text() == heading(spot, active())
    assert browser.viewport().rect().contains(shown), "as far up as the page's end allows"


def test_the_room_of_a_picture_is_kept_until_it_comes(look: Look, qtbot: QtBot) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    window.resize(1024, 700)
    window.show()
    view = ManualView(look, window)
    view.open_at(Spot("checkout"))
    height = view.browser.document().size().height()
    address, image = QUrl("../pictures/valid-fr.png"), QTextDocument.ResourceType.ImageResource
    empty = QPixmap(view.browser.document().resource(image, address)).toImage()
    qtbot.waitUntil(
        lambda: QPixmap(view.browser.document().resource(image, address)).toImage() != empty
    )
    assert view.browser.document().size().height() == height


def test_f1_opens_and_closes_it_wherever_one_is(till: Till) -> None:
    for key in (CHECKOUT_KEY, TO_SETTLE_KEY):
        till.function(key)
        till.function(HELP_KEY)
        assert place(till.window).is_open
        till.function(HELP_KEY)
        assert not place(till.window).is_open
    till.function(HELP_KEY)
    till.function(CHECKOUT_KEY)
    assert not place(till.window).is_open
    assert till.sees(till.view)


def test_escape_and_the_button_lead_back_to_where_the_keyboard_was(till: Till) -> None:
    till.view.code.setFocus()
    view = helped(till)
    assert QApplication.focusWidget() is view.search
    till.escape()
    assert not place(till.window).is_open
    assert QApplication.focusWidget() is till.view.code
    helped(till).left.emit()
    assert not place(till.window).is_open


def test_a_scan_goes_to_the_checkout_and_closes_the_manual(till: Till) -> None:
    helped(till)
    till.counter.add(1)
    till.gun(code(1))
    till.comes_to(st.Debitable)
    assert not place(till.window).is_open
    assert till.sees(till.view)


def test_the_key_of_a_place_leads_there(till: Till) -> None:
    helped(till)
    till.function("F3")
    assert not place(till.window).is_open
    assert not till.sees(till.view)


def test_neither_enter_nor_undo_moves_money_behind_the_manual(till: Till) -> None:
    till.counter.add(1)
    till.gun(code(1))
    till.comes_to(st.Debitable)
    helped(till)
    till.enter()
    till.undo()
    till.print()
    assert isinstance(till.state, st.Debitable)
    assert place(till.window).is_open
    till.escape()
    till.enter()
    till.comes_to(st.Debited)


def test_a_card_that_turns_is_seen(till: Till) -> None:
    """No answer, a question: whatever comes while somebody reads."""
    helped(till)
    assert till.window.screen_in_use is not None
    till.window.screen_in_use.card_turned.emit()
    assert not place(till.window).is_open


def test_it_is_searched_from_the_first_letter(till: Till) -> None:
    view = helped(till)
    view.search.setText("comptable")
    assert view.page is not None
    assert view.page.name == "exports"
    assert view.told
    hits = view.browser.hits
    assert hits > 1
    first = view.browser.textCursor().position()
    till.enter()
    assert view.browser.textCursor().position() > first
    for _time in range(hits - 1):
        till.enter()
    assert view.browser.textCursor().position() == first, "after the last the first"
    view.search.setText("zzz")
    assert view.page.name == "exports", "what was read stays"
    assert view.told == _("Nothing found")
    view.search.clear()
    assert len(view.listed) == len(PAGES)
    assert view.told == ""


def test_keys_move_through_contents_and_page(till: Till) -> None:
    view = helped(till)
    before = view.contents.currentRow()
    QTest.keyClick(view.search, Qt.Key.Key_Down)
    assert view.contents.currentRow() == before + 1
    for _time in range(20):
        QTest.keyClick(view.search, Qt.Key.Key_Up)
    assert view.contents.currentRow() == 0
    bar = view.browser.verticalScrollBar()
    QTest.keyClick(view.search, Qt.Key.Key_PageDown)
    assert bar.value() > 0
    QTest.keyClick(view.search, Qt.Key.Key_PageUp)
    assert bar.value() == 0


def test_links_lead_to_pages_and_nowhere_else(till: Till) -> None:
    view = helped(till)
    browser = view.browser
    browser.anchorClicked.emit(QUrl("tickets.md"))
    assert view.page is not None
    assert view.page.name == "receipts"
    for elsewhere in ("https://example.org/journal.md", "file:///etc/passwd", "../../x.md", "x.py"):
        browser.anchorClicked.emit(QUrl(elsewhere))
        assert view.page.name == "receipts"


@pytest.mark.parametrize("name", ["../../icons/comptoir.png", "/etc/hostname", "no-such.png"])
def test_a_page_loads_pictures_of_the_manual_alone(look: Look, qtbot: QtBot, name: str) -> None:
    browser = PageBrowser(look)
    qtbot.addWidget(browser)
    image = QTextDocument.ResourceType.ImageResource.value
    assert browser.loadResource(image, QUrl(name)) is None
    assert browser.loadResource(image, QUrl("../pictures/ready-fr.png")) is not None
    style = QTextDocument.ResourceType.StyleSheetResource.value
    assert browser.loadResource(style, QUrl("../pictures/ready-fr.png")) is None


def disk_full() -> Start:
    raise Problem(ProblemKind.DISK_FULL)


def test_there_is_help_where_no_till_opens(qtbot: QtBot, window: MainWindow, world: World) -> None:
    world.start = disk_full
    with qtbot.waitSignal(window.problem_shown, timeout=LIMIT_MS):
        window.show()
    window.help_wanted.emit("")
    view = place(window).view
    assert view is not None
    assert view.page is not None
    assert view.page.name == "outage"
    window.resize(1100, 720)
    assert view.geometry() == window.rect()


@pytest.mark.parametrize("scale", [1.0, 1.5, 2.0])
@pytest.mark.parametrize("language", Language, ids=lambda one: one.value)
def test_nothing_is_cut_off(
    qtbot: QtBot, qapp: QApplication, language: Language, scale: float
) -> None:
    install(language)
    window = QWidget()
    qtbot.addWidget(window)
    window.resize(1024, 700)
    view = ManualView(Look(qapp, Scheme.LIGHT, text_scale=scale), window)
    window.show()
    for name in PAGES:
        view.open_at(Spot(name))
        QApplication.processEvents()
        width = view.browser.document().size().width()
        assert width <= view.browser.viewport().width() + 1, name
    view.search.setText("zzz")
    for row in range(view.contents.count()):
        item = view.contents.item(row)
        place = view.contents.visualItemRect(item).adjusted(8, 8, -8, -8)
        room = QRect(0, 0, place.width(), 1000)
        text = view.contents.fontMetrics().boundingRect(room, Qt.TextFlag.TextWordWrap, item.text())
        assert text.width() <= place.width(), item.text()
        assert text.height() <= place.height(), item.text()
    assert (window.width(), window.height()) == (1024, 700)

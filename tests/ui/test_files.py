"""A voucher that comes as a file: dropped, pasted, opened; read by the real child process."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import (
    QDragEnterEvent,
    QDragLeaveEvent,
    QDropEvent,
    QFileOpenEvent,
    QGuiApplication,
    QImage,
    QMouseEvent,
)
from PySide6.QtWidgets import QFileDialog, QLabel, QLineEdit, QWidget
from pytestqt.qtbot import QtBot

from merchant_app.clock import SystemClock
from merchant_app.scanning.files.findings import (
    Damaged,
    NotAPicture,
    Nothing,
    Obstacle,
    TooLarge,
    Unreadable,
)
from merchant_app.scanning.files.kinds import StrangeKind
from merchant_app.scanning.files.limits import Limits
from merchant_app.scanning.files.reader import FileReader
from merchant_app.ui.encaisser import states as st
from merchant_app.ui.encaisser.states import Sound
from merchant_app.ui.files import states as fs
from merchant_app.ui.files.dropping import DropOverlay
from merchant_app.ui.function_keys import TO_SETTLE_KEY
from merchant_app.ui.main_window import MainWindow
from merchant_app.ui.opened_files import OpenedFiles
from merchant_app.vouchers.scan import Foreign
from tests.fakes.counter import code
from tests.fakes.voucher_files import code_image, document, huge_png, mail, saved, several
from tests.fakes.waiting import LIMIT_MS, LIMIT_S
from tests.ui.conftest import Till, World

CONTROL = Qt.KeyboardModifier.ControlModifier


class Hand:
    """Somebody with a mouse, and files to drag in and copy."""

    def __init__(self, till: Till, folder: Path) -> None:
        self.till = till
        self._folder = folder

    @property
    def state(self) -> fs.State:
        return self.till.places.checkout.files.presenter.state

    def file(self, data: bytes, name: str = "bon.png") -> Path:
        path = self._folder / name
        path.write_bytes(data)
        return path

    def drag(self, data: QMimeData, *, over: QWidget | None = None) -> QDropEvent:
        """Into the window, to this widget, as the window system tells it; not let go yet."""
        window = self.till.window
        place = over or window
        middle = place.mapTo(window, place.rect().center())
        entering = QDragEnterEvent(
            middle,
            Qt.DropAction.CopyAction | Qt.DropAction.MoveAction,
            data,
            Qt.MouseButton.LeftButton,
            Qt.KeyboardModifier.NoModifier,
        )
        QCoreApplication.sendEvent(window.windowHandle(), entering)
        return entering

    def drop(self, data: QMimeData, *, over: QWidget | None = None) -> None:
        self.drag(data, over=over)
        window = self.till.window
        place = over or window
        middle = QPointF(place.mapTo(window, place.rect().center()))
        event = QDropEvent(
            middle,
            Qt.DropAction.CopyAction,
            data,
            Qt.MouseButton.LeftButton,
            Qt.KeyboardModifier.NoModifier,
        )
        QCoreApplication.sendEvent(window.windowHandle(), event)

    def drop_files(self, *paths: Path, over: QWidget | None = None) -> None:
        self.drop(urls(*paths), over=over)

    def paste(self, data: QMimeData) -> None:
        QGuiApplication.clipboard().setMimeData(data)
        self.till.key(Qt.Key.Key_V, "\x16", modifiers=CONTROL)

    def comes_to(self, kind: type) -> None:
        self.till.qtbot.waitUntil(lambda: isinstance(self.state, kind), timeout=LIMIT_MS)


def urls(*paths: Path) -> QMimeData:
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
    return data


def picture(number: int) -> bytes:
    return saved(code_image(code(number)), "PNG")


@pytest.fixture(autouse=True)
def counter(world: World) -> None:
    for number in (1, 2, 3):
        world.counter.add(number)
    world.files = FileReader(clock=SystemClock(), limits=Limits(time_s=LIMIT_S))


@pytest.fixture
def hand(till: Till, tmp_path: Path) -> Hand:
    return Hand(till, tmp_path)


def overlay(till: Till) -> DropOverlay:
    found = till.window.findChild(DropOverlay)
    assert isinstance(found, DropOverlay)
    return found


# --- dropped -------------------------------------------------------------------------------------


def test_a_dropped_picture_goes_the_way_of_a_scan(till: Till, hand: Hand) -> None:
    hand.drop_files(hand.file(picture(1)))
    till.comes_to(st.Debitable)
    assert isinstance(hand.state, fs.Idle)
    assert till.view.amount.hasFocus()
    till.enter()
    till.comes_to(st.Debited)


def test_a_file_opened_on_the_desktop_goes_the_way_of_a_scan(till: Till, hand: Hand) -> None:
    till.places.go(TO_SETTLE_KEY)
    till.window.open_files((hand.file(picture(1)),))
    till.comes_to(st.Debitable)
    assert till.places.checkout.is_seen


def test_a_file_that_was_given_to_the_start_waits_for_the_till(
    qtbot: QtBot, window: MainWindow, world: World, tmp_path: Path
) -> None:
    path = tmp_path / "bon.png"
    path.write_bytes(picture(1))
    window.open_files((path,))
    with qtbot.waitSignal(window.opened, timeout=LIMIT_MS):
        window.show()
    till = Till(qtbot, world, window)
    till.comes_to(st.Debitable)


def test_macos_hands_files_over_as_events(till: Till, hand: Hand) -> None:
    application = QCoreApplication.instance()
    assert application is not None
    opened = OpenedFiles(application)
    opened.came.connect(till.window.open_files)
    QCoreApplication.sendEvent(application, QFileOpenEvent(QUrl("https://example.org/")))
    QCoreApplication.sendEvent(application, QFileOpenEvent(str(hand.file(picture(1)))))
    till.comes_to(st.Debitable)
    application.removeEventFilter(opened)


def test_the_window_says_where_to_drop_while_something_is_dragged(till: Till, hand: Hand) -> None:
    data = urls(hand.file(picture(1)))
    assert hand.drag(data).isAccepted()
    shown = overlay(till)
    assert shown.isVisible()
    assert "Déposez le bon ici" in [label.text() for label in shown.findChildren(QLabel)]
    assert shown.size() == till.places.frame.size()
    QCoreApplication.sendEvent(till.window.windowHandle(), QDragLeaveEvent())
    assert not shown.isVisible()


@pytest.mark.parametrize("field", ["code", "purchase", "camera", "basket", "card"])
def test_it_can_be_dropped_anywhere(till: Till, hand: Hand, field: str) -> None:
    hand.drop_files(hand.file(picture(1)), over=getattr(till.view, field))
    till.comes_to(st.Debitable)
    assert "file:" not in till.view.code.text() + till.view.purchase.text()


def test_a_file_is_taken_while_a_verdict_is_shown(till: Till, hand: Hand) -> None:
    till.gun(code(1))
    till.comes_to(st.Debitable)
    hand.drop_files(hand.file(picture(2)))
    till.qtbot.waitUntil(lambda: till.counter.asked("look_up") == 2, timeout=LIMIT_MS)
    till.comes_to(st.Debitable)
    assert isinstance(till.state, st.Debitable)
    assert till.state.label == till.counter.vouchers[code(2)].label
    assert till.counter.asked("redeem") == 0


def test_it_comes_back_to_the_checkout(till: Till, hand: Hand) -> None:
    till.function(TO_SETTLE_KEY)
    assert not till.sees(till.view)
    hand.drop_files(hand.file(picture(1)))
    assert till.sees(till.view)
    till.comes_to(st.Debitable)


def test_while_money_is_in_flight_a_file_waits(till: Till, hand: Hand) -> None:
    till.gun(code(1))
    till.comes_to(st.Debitable)
    till.counter.gate.clear()
    till.enter()
    hand.drop_files(hand.file(picture(2)))
    assert isinstance(hand.state, fs.Idle)
    assert "Terminez d’abord" in till.view.message
    till.counter.gate.set()
    till.comes_to(st.Debited)
    assert till.counter.asked("look_up") == 1


def test_a_link_is_not_followed(till: Till, hand: Hand) -> None:
    data = QMimeData()
    data.setUrls([QUrl("https://example.org/bon.png")])
    hand.drop(data)
    assert hand.state == fs.Told("", fs.OnlyALink())
    till.enter()
    assert isinstance(hand.state, fs.Idle)


def test_a_code_that_is_dragged_in_as_text(till: Till, hand: Hand) -> None:
    data = QMimeData()
    data.setText(code(1))
    hand.drop(data, over=till.view.camera)
    till.comes_to(st.Debitable)


def test_some_other_text_is_left_alone(till: Till, hand: Hand) -> None:
    data = QMimeData()
    data.setText("Bonjour")
    hand.drop(data)
    assert isinstance(hand.state, fs.Idle)
    assert till.counter.asked("look_up") == 0


# --- pasted and opened ---------------------------------------------------------------------------


def test_a_screenshot_is_pasted(till: Till, hand: Hand) -> None:
    data = QMimeData()
    data.setImageData(QImage.fromData(picture(1)))
    hand.paste(data)
    till.comes_to(st.Debitable)


def test_a_copied_file_is_pasted_whatever_has_the_keyboard(till: Till, hand: Hand) -> None:
    till.view.purchase.setFocus()
    hand.paste(urls(hand.file(picture(1))))
    till.comes_to(st.Debitable)
    assert till.view.purchase.text() == ""


def test_a_copied_code_is_pasted_into_its_field_and_elsewhere_taken_at_once(
    till: Till, hand: Hand
) -> None:
    data = QMimeData()
    data.setText(code(1))
    hand.paste(data)
    assert till.view.code.text() == code(1)
    assert till.counter.asked("look_up") == 0
    till.view.code.clear()
    till.view.purchase.setFocus()
    again = QMimeData()
    again.setText(f" {code(2)}\n")
    hand.paste(again)
    till.comes_to(st.Debitable)
    assert till.view.purchase.text() == ""


def test_a_copied_amount_is_pasted_into_its_field(till: Till, hand: Hand) -> None:
    till.view.purchase.setFocus()
    data = QMimeData()
    data.setText("87,00")
    hand.paste(data)
    assert till.view.purchase.text() == "87,00"


def _dialog(till: Till) -> QFileDialog:
    till.key(Qt.Key.Key_O, "\x0f", modifiers=CONTROL)
    dialog = till.places.frame.findChild(QFileDialog)
    assert isinstance(dialog, QFileDialog)
    return dialog


def test_a_file_is_opened_with_the_keyboard(till: Till, hand: Hand) -> None:
    file = hand.file(picture(1))
    dialog = _dialog(till)
    assert not dialog.isModal()
    dialog.setDirectory(str(file.parent))
    name = dialog.findChild(QLineEdit)
    assert isinstance(name, QLineEdit)
    name.setText(file.name)
    dialog.accept()
    till.comes_to(st.Debitable)


def test_a_scan_closes_the_dialog(till: Till) -> None:
    dialog = _dialog(till)
    till.gun(code(1))
    assert not dialog.isVisible()
    till.comes_to(st.Debitable)
    till.qtbot.waitUntil(till.view.amount.hasFocus, timeout=LIMIT_MS)


# --- several -------------------------------------------------------------------------------------


def test_of_several_vouchers_one_is_chosen_with_the_keyboard(till: Till, hand: Hand) -> None:
    texts = [code(1), code(2), "https://example.org/", code(1)]
    hand.drop_files(hand.file(several("TIFF", *texts), "bons.tif"))
    hand.comes_to(fs.Choosing)
    panel = till.view.files
    assert panel.list.hasFocus()
    lines = [panel.list.item(row).text() for row in range(panel.list.count())]
    assert [line.splitlines()[1] for line in lines] == ["page 1", "page 2"]
    assert code(1)[-4:] not in lines[1]
    assert till.counter.asked("look_up") == 0, "looked up when chosen, not before"
    till.key(Qt.Key.Key_Down)
    till.enter()
    till.comes_to(st.Debitable)
    assert isinstance(till.state, st.Debitable)
    assert till.state.label == till.counter.vouchers[code(2)].label
    assert till.view.amount.hasFocus()


def test_several_files_at_once_make_one_list(till: Till, hand: Hand) -> None:
    one, two = hand.file(picture(1), "un.png"), hand.file(picture(2), "deux.png")
    hand.drop_files(one, hand.file(b"", "rien.pdf"), two)
    hand.comes_to(fs.Choosing)
    list_ = till.view.files.list
    shown = [list_.item(row).text().splitlines()[1] for row in range(list_.count())]
    assert shown == ["un.png", "deux.png"]


def test_esc_leaves_the_list_and_what_was_there_before_is_there_again(
    till: Till, hand: Hand
) -> None:
    till.gun(code(3))
    till.comes_to(st.Debitable)
    hand.drop_files(hand.file(several("GIF", code(1), code(2)), "bons.gif"))
    hand.comes_to(fs.Choosing)
    assert not till.view.main.isVisible(), "what Enter would debit is not hidden below"
    till.escape()
    assert isinstance(hand.state, fs.Idle)
    assert isinstance(till.state, st.Debitable)
    assert till.view.card.isVisible()
    assert till.view.amount.hasFocus()
    assert till.counter.asked("look_up") == 1


def test_a_scan_goes_before_the_list(till: Till, hand: Hand) -> None:
    hand.drop_files(hand.file(several("GIF", code(1), code(2)), "bons.gif"))
    hand.comes_to(fs.Choosing)
    till.gun(code(3))
    assert isinstance(hand.state, fs.Idle)
    till.comes_to(st.Debitable)
    assert till.view.card.isVisible()


def test_undo_goes_before_the_list(till: Till, hand: Hand) -> None:
    hand.drop_files(hand.file(several("GIF", code(1), code(2)), "bons.gif"))
    hand.comes_to(fs.Choosing)
    till.undo()
    till.comes_to(st.ConfirmUndo)
    assert isinstance(hand.state, fs.Idle)


def test_a_code_typed_beside_the_list_is_looked_up(till: Till, hand: Hand) -> None:
    hand.drop_files(hand.file(several("GIF", code(1), code(2)), "bons.gif"))
    hand.comes_to(fs.Choosing)
    till.view.code.setFocus()
    till.types(code(3))
    till.enter()
    till.comes_to(st.Debitable)
    assert isinstance(hand.state, fs.Idle)


def test_a_double_click_chooses(till: Till, hand: Hand) -> None:
    hand.drop_files(hand.file(several("GIF", code(1), code(2)), "bons.gif"))
    hand.comes_to(fs.Choosing)
    list_ = till.view.files.list
    place = list_.visualItemRect(list_.item(1)).center()
    for kind in (QEvent.Type.MouseButtonPress, QEvent.Type.MouseButtonDblClick):
        where = QPointF(place)
        event = QMouseEvent(
            kind,
            where,
            QPointF(list_.viewport().mapToGlobal(QPoint(place))),
            Qt.MouseButton.LeftButton,
            Qt.MouseButton.LeftButton,
            Qt.KeyboardModifier.NoModifier,
        )
        QCoreApplication.sendEvent(list_.viewport(), event)
    till.comes_to(st.Debitable)


def test_an_advert_beside_the_voucher_does_not_disturb(till: Till, hand: Hand) -> None:
    hand.drop_files(hand.file(several("TIFF", "https://example.org/", code(1)), "bon.tif"))
    till.comes_to(st.Debitable)


def test_a_code_that_is_no_voucher_is_said_as_for_a_scan(till: Till, hand: Hand) -> None:
    hand.drop_files(hand.file(saved(code_image("https://example.org/"), "PNG")))
    till.comes_to(st.ForeignScan)
    assert till.state == st.ForeignScan(Foreign.WEB_ADDRESS)


# --- encrypted -----------------------------------------------------------------------------------


def test_the_password_is_asked_in_the_panel(till: Till, hand: Hand) -> None:
    hand.drop_files(hand.file(document({1: code(1)}, password="Rue 12"), "bon.pdf"))
    hand.comes_to(fs.AskingPassword)
    panel = till.view.files
    assert panel.password.hasFocus()
    assert panel.password.echoMode() is QLineEdit.EchoMode.Password
    assert not panel.main.isEnabled()
    till.enter()
    assert isinstance(hand.state, fs.AskingPassword), "an empty password is not tried"
    till.types("rue")
    till.enter()
    till.qtbot.waitUntil(
        lambda: hand.state == fs.AskingPassword("bon.pdf", was_wrong=True), timeout=LIMIT_MS
    )
    assert panel.password.text() == ""
    till.types("Rue 12")
    till.enter()
    till.comes_to(st.Debitable)
    assert panel.password.text() == ""


def test_a_scan_while_the_password_is_asked(till: Till, hand: Hand) -> None:
    hand.drop_files(hand.file(document({1: code(1)}, password="Rue 12"), "bon.pdf"))
    hand.comes_to(fs.AskingPassword)
    till.types("Ru")
    till.gun(code(2))
    till.comes_to(st.Debitable)
    assert till.view.files.password.text() == ""


def test_a_pasted_password(till: Till, hand: Hand) -> None:
    hand.drop_files(hand.file(document({1: code(1)}, password=code(2)), "bon.pdf"))
    hand.comes_to(fs.AskingPassword)
    data = QMimeData()
    data.setText(code(2))
    hand.paste(data)
    till.enter()
    till.comes_to(st.Debitable)
    assert till.counter.asked("look_up") == 1


# --- bad input -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("data", "ending"),
    [
        (lambda: b"\xff\xd8\xff\xe0 no more", Damaged()),
        (lambda: mail(), Nothing()),
        (lambda: huge_png(), TooLarge()),
        (lambda: b"PK\x03\x04" + bytes(26) + b"word/", NotAPicture(StrangeKind.OFFICE)),
    ],
    ids=["damaged", "nothing", "too-large", "office"],
)
def test_a_sentence_and_the_next_file_works(till: Till, hand: Hand, data, ending) -> None:  # type: ignore[no-untyped-def]
    hand.drop_files(hand.file(data(), "bon.bin"))
    hand.comes_to(fs.Told)
    assert hand.state == fs.Told("bon.bin", ending)
    card = till.view.files.card.card
    assert card is not None
    assert card.lead
    assert till.world.heard.sounds == [Sound.LOOK]
    hand.drop_files(hand.file(picture(1)))
    till.comes_to(st.Debitable)


def test_a_long_file_says_how_far_it_is_and_can_be_left(till: Till, hand: Hand) -> None:
    hand.drop_files(hand.file(document({}, pages=60), "catalogue.pdf"))
    hand.comes_to(fs.Reading)
    panel = till.view.files
    till.qtbot.waitUntil(lambda: "sur 60" in panel._progress.text(), timeout=LIMIT_MS)
    till.enter()
    assert isinstance(hand.state, fs.Reading), "Enter means nothing yet"
    till.escape()
    assert isinstance(hand.state, fs.Idle)
    assert till.view.code.hasFocus()
    hand.drop_files(hand.file(picture(1)))
    till.comes_to(st.Debitable)


def test_a_new_file_takes_the_place_of_the_one_being_read(till: Till, hand: Hand) -> None:
    hand.drop_files(hand.file(document({}, pages=60), "catalogue.pdf"))
    hand.comes_to(fs.Reading)
    hand.drop_files(hand.file(picture(1)))
    till.comes_to(st.Debitable)
    assert till.counter.asked("look_up") == 1


def test_no_code_and_no_name_of_a_file_is_logged(
    till: Till, hand: Hand, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level("DEBUG"):
        hand.drop_files(hand.file(picture(1), "Claire Dupont.png"))
        till.comes_to(st.Debitable)
    assert code(1) not in caplog.text
    assert code(1).replace("-", "") not in caplog.text
    assert "Dupont" not in caplog.text


# --- the watched folder --------------------------------------------------------------------------


class Folder:
    """A watched folder into which a test puts files; tells from a thread, as the real one does."""

    def __init__(self) -> None:
        self._on_voucher: Callable[[Path], None] | None = None
        self.stopped = False

    def start(self, on_voucher: Callable[[Path], None]) -> None:
        self._on_voucher = on_voucher

    def stop(self) -> None:
        self.stopped = True

    def comes(self, path: Path) -> None:
        assert self._on_voucher is not None
        thread = threading.Thread(target=self._on_voucher, args=(path,))
        thread.start()
        thread.join()


class TestWatchedFolder:
    @pytest.fixture
    def folder(self) -> Folder:
        return Folder()

    @pytest.fixture(autouse=True)
    def watched(self, counter: None, world: World, folder: Folder) -> None:
        world.folder = folder

    def test_a_voucher_is_told_and_looked_up_when_asked(
        self, till: Till, hand: Hand, folder: Folder
    ) -> None:
        notice = till.places.frame.folder_notice
        assert not notice.isVisible()
        folder.comes(hand.file(picture(1), "bon.png"))
        till.qtbot.waitUntil(notice.isVisible, timeout=LIMIT_MS)
        assert "bon.png" in notice.label.text()
        assert till.view.code.hasFocus(), "the keyboard stays where it is"
        assert till.counter.asked("look_up") == 0, "nothing happens by itself"
        notice.main.click()
        assert not notice.isVisible()
        till.comes_to(st.Debitable)

    def test_it_can_be_put_off(self, till: Till, hand: Hand, folder: Folder) -> None:
        notice = till.places.frame.folder_notice
        folder.comes(hand.file(picture(1)))
        till.qtbot.waitUntil(notice.isVisible, timeout=LIMIT_MS)
        notice.other.click()
        assert not notice.isVisible()
        assert till.counter.asked("look_up") == 0

    def test_it_waits_until_nothing_is_at_hand(
        self, till: Till, hand: Hand, folder: Folder
    ) -> None:
        notice = till.places.frame.folder_notice
        till.gun(code(3))
        till.comes_to(st.Debitable)
        folder.comes(hand.file(picture(1), "un.png"))
        folder.comes(hand.file(picture(2), "deux.png"))
        till.qtbot.wait(0)
        assert not notice.isVisible()
        till.escape()
        till.comes_to(st.Ready)
        till.qtbot.waitUntil(notice.isVisible, timeout=LIMIT_MS)
        assert notice.label.text().startswith("2 fichiers")
        notice.main.click()
        hand.comes_to(fs.Choosing)

    def test_a_file_that_is_gone_by_then_has_its_sentence(
        self, till: Till, hand: Hand, folder: Folder
    ) -> None:
        path = hand.file(picture(1))
        folder.comes(path)
        notice = till.places.frame.folder_notice
        till.qtbot.waitUntil(notice.isVisible, timeout=LIMIT_MS)
        path.unlink()
        notice.main.click()
        hand.comes_to(fs.Told)
        assert hand.state == fs.Told("bon.png", Unreadable(Obstacle.GONE))

    def test_it_is_watched_no_more_when_the_window_closes(self, till: Till, folder: Folder) -> None:
        till.window.close()
        assert folder.stopped


class TestWithoutReader:
    """A computer on which files are not read."""

    @pytest.fixture(autouse=True)
    def none(self, counter: None, world: World) -> None:
        world.files = None

    def test_nothing_is_offered_and_nothing_is_taken(self, till: Till, hand: Hand) -> None:
        assert not till.view.open_file.isVisible()
        data = urls(hand.file(picture(1)))
        hand.drag(data)
        assert till.window.findChild(DropOverlay) is None
        till.key(Qt.Key.Key_O, "\x0f", modifiers=CONTROL)
        assert till.places.frame.findChild(QFileDialog) is None
        till.view.card.setFocus()
        hand.paste(data)
        assert isinstance(hand.state, fs.Idle)

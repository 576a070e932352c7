"""Réglages, at the keyboard of a real window: what is chosen works, and is there the next time."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QExposeEvent, QRegion, QWindow
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QFileDialog, QWidget
from pytestqt.qtbot import QtBot

from merchant_app.scanning.camera import Running
from merchant_app.scanning.cameras import Listed
from merchant_app.scanning.confirmation import InView
from merchant_app.scanning.quality import Advice
from merchant_app.settings import document
from merchant_app.settings import options as choices
from merchant_app.settings.options import Language, Options, Theme
from merchant_app.ui.camera_rest import CameraRest
from merchant_app.ui.encaisser import states as st
from merchant_app.ui.encaisser.states import Sound
from merchant_app.ui.function_keys import SETTINGS_KEY, TO_SETTLE_KEY
from merchant_app.ui.main_window import MainWindow
from merchant_app.ui.ports import Opened
from merchant_app.ui.reglages.screen import ReglagesScreen
from merchant_app.ui.theme import Look
from tests.fakes.counter import code
from tests.fakes.held_camera import HeldCamera
from tests.fakes.waiting import LIMIT_MS
from tests.ui.conftest import Till, World
from tests.ui.gallery import camera_frame
from tests.ui.test_camera import scanned

WEBCAM = Listed("HD Webcam", "HD Webcam|046d:0825|usb-1", 0)
OTHER = Listed("HD Webcam", "HD Webcam|046d:0825|usb-2", 2)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "options.json"


@pytest.fixture
def camera(world: World, file: Path) -> HeldCamera:
    held = HeldCamera()
    held.plugged_in = (WEBCAM, OTHER)
    world.counter.add(1)
    world.start = lambda: Opened(world.counter, held, options=Options(file))
    return held


@pytest.fixture
def settings(camera: HeldCamera, till: Till) -> ReglagesScreen:
    """Somebody went to Réglages."""
    till.function(SETTINGS_KEY)
    screen = till.places.reglages
    assert screen is not None
    till.qtbot.waitUntil(lambda: screen.view.cameras.count() == 3, timeout=LIMIT_MS)
    return screen


def kept(till: Till, file: Path, holds: Callable[[Options], bool]) -> None:
    """Wait until it is on disk."""
    till.qtbot.waitUntil(lambda: file.exists() and holds(Options(file)), timeout=LIMIT_MS)


def test_a_camera_is_chosen_by_name_with_the_arrow_keys(
    camera: HeldCamera, settings: ReglagesScreen, till: Till, file: Path
) -> None:
    view = settings.view
    assert view.cameras.hasFocus()
    lines = [view.cameras.item(row).text() for row in range(3)]
    assert lines == ["La première caméra trouvée", "HD Webcam", "HD Webcam (2)"]
    till.key(Qt.Key.Key_Down)
    till.key(Qt.Key.Key_Down)
    assert camera.chosen == [WEBCAM.identity, OTHER.identity]
    kept(till, file, lambda o: o.get(choices.CAMERA_IDENTITY) == OTHER.identity)
    till.escape()
    assert till.sees(till.view)


def test_a_camera_that_is_unplugged_stays_chosen_and_is_said_to_be_missing(
    camera: HeldCamera, settings: ReglagesScreen, till: Till
) -> None:
    till.key(Qt.Key.Key_Down)
    camera.plugged_in = (Listed("Integrated", "Integrated||usb-9", 0),)
    list_ = settings.view.cameras
    till.qtbot.waitUntil(lambda: "non branchée" in list_.currentItem().text(), timeout=LIMIT_MS)
    camera.plugged_in = (WEBCAM,)
    till.qtbot.waitUntil(lambda: list_.currentItem().text() == "HD Webcam", timeout=LIMIT_MS)
    assert camera.chosen == [WEBCAM.identity], "the list changed, not the choice"


def test_a_decoder_that_this_computer_lacks_is_named(
    camera: HeldCamera, settings: ReglagesScreen, till: Till
) -> None:
    assert not settings.view.missing.isVisible()
    camera.missing = ("zbar",)
    till.qtbot.waitUntil(lambda: "Sans zbar" in settings.view.missing.text(), timeout=LIMIT_MS)


def test_trying_a_camera_sells_nothing(
    camera: HeldCamera, settings: ReglagesScreen, till: Till
) -> None:
    camera.does(Running(1280, 720, 30.0), camera_frame(), scanned(code(1)))
    till.qtbot.waitUntil(lambda: "Code lu" in settings.view.note, timeout=LIMIT_MS)
    assert till.sees(settings.view)
    assert till.counter.asked("look_up") == 0
    assert settings.view.camera.told == ""
    assert camera.looked_anew == 0
    till.escape()
    assert camera.looked_anew == 1
    camera.does(scanned(code(1)))
    till.comes_to(st.Debitable)


def test_a_gun_goes_on_selling_from_settings(settings: ReglagesScreen, till: Till) -> None:
    settings.view.mirror_folder.choose.setFocus()
    till.gun(code(1))
    till.comes_to(st.Debitable)
    assert till.sees(till.view)


def test_the_mirror_turns_both_pictures(
    camera: HeldCamera, settings: ReglagesScreen, till: Till, file: Path
) -> None:
    camera.does(Running(1280, 720, 30.0), camera_frame())
    pictures = settings.view.camera, till.view.camera
    till.qtbot.waitUntil(lambda: settings.view.camera.told == "", timeout=LIMIT_MS)
    till.qtbot.waitUntil(lambda: not settings.view.camera.grab().isNull(), timeout=LIMIT_MS)
    before = settings.view.camera.grab().toImage()
    QTest.mouseClick(settings.view.mirrored, Qt.MouseButton.LeftButton)
    assert all(picture.is_mirrored for picture in pictures)
    after = settings.view.camera.grab().toImage()
    assert after != before
    wide = before.width()
    left, right = before.pixelColor(30, 60), after.pixelColor(wide - 31, 60)
    assert abs(left.red() - right.red()) < 12, "what was on the left is on the right"
    kept(till, file, lambda o: o.get(choices.CAMERA_MIRRORED))


def test_the_outline_follows_the_mirrored_picture(camera: HeldCamera, till: Till) -> None:
    left_px, top_px, side_px = 100, 100, 300
    right_px, bottom_px = left_px + side_px, top_px + side_px
    corners = ((left_px, top_px), (right_px, top_px), (right_px, bottom_px), (left_px, bottom_px))
    frame, _ = camera_frame()
    code_at_left = InView(
        text="x", corners=corners, is_bytes=False, confirmed=True, missed_frames=0
    )
    picture = till.view.camera
    camera.does(Running(1280, 720, 30.0))
    till.qtbot.waitUntil(lambda: picture.told == "", timeout=LIMIT_MS)
    for mirrored in (False, True):
        picture.mirror(mirrored=mirrored)
        picture.show_picture(frame, (code_at_left,))
        painted = picture.grab().toImage()
        scale = painted.width() / 1280
        x = (1280 - left_px if mirrored else left_px) * scale
        green = painted.pixelColor(round(x), round((top_px + side_px / 2) * scale))
        assert green.green() > green.red() + 80, mirrored


def test_sounds_are_tried_turned_down_and_off(
    settings: ReglagesScreen, till: Till, file: Path
) -> None:
    view, heard = settings.view, till.world.heard
    for button in view.sounds.tries:
        button.click()
    assert heard.sounds == [Sound.YES, Sound.NO, Sound.LOOK]
    view.sounds.volume.setFocus()
    till.key(Qt.Key.Key_Left)
    till.key(Qt.Key.Key_Left)
    assert heard.used[-1] == (True, 60)
    kept(till, file, lambda o: o.get(choices.SOUND_VOLUME) == 60)
    view.sounds.on.setFocus()
    till.enter()
    assert heard.used[-1] == (False, 60)
    assert not view.sounds.tries[0].isEnabled()
    kept(till, file, lambda o: not o.get(choices.SOUND_ON))


def test_colours_change_at_once_and_the_language_with_the_next_start(
    settings: ReglagesScreen, till: Till, file: Path, look: Look
) -> None:
    before = look.palette
    settings.view.theme.buttons()[2].click()
    assert look.palette is not before
    assert settings.view.note == ""
    settings.view.language.buttons()[2].click()
    assert "prochain démarrage" in settings.view.note
    kept(till, file, lambda o: o.get(choices.LANGUAGE) is Language.ENGLISH)
    kept(till, file, lambda o: o.get(choices.THEME) is Theme.DARK)


@pytest.mark.parametrize(
    ("name", "option"),
    [("mirror_folder", choices.MIRROR_FOLDER), ("watched_folder", choices.WATCHED_FOLDER)],
)
def test_a_folder_is_chosen_beside_the_till_and_given_up_again(
    settings: ReglagesScreen,
    till: Till,
    file: Path,
    tmp_path: Path,
    name: str,
    option: choices.Option[str],
) -> None:
    choice = getattr(settings.view, name)
    choice.choose.click()
    dialog = settings.view.findChild(QFileDialog)
    assert isinstance(dialog, QFileDialog)
    assert not dialog.isModal(), "the till goes on behind it"
    dialog.fileSelected.emit(str(tmp_path))
    assert str(tmp_path) in choice.label.text()
    assert "prochain démarrage" in settings.view.note
    kept(till, file, lambda o: o.get(option) == str(tmp_path))
    choice.none.click()
    kept(till, file, lambda o: o.get(option) == "")


def test_a_receipt_printer_is_chosen_and_its_address_typed(
    settings: ReglagesScreen, till: Till, file: Path
) -> None:
    printer = settings.view.printer
    assert not printer.one_page.isEnabled()
    printer.kind.buttons()[1].click()
    assert printer.one_page.isEnabled()
    printer.address.setFocus()
    till.types("192.168.1.50")
    printer.columns.buttons()[0].click()
    printer.one_page.click()
    kept(till, file, lambda now: now.get(choices.RECEIPT_PAGES) is choices.ReceiptPages.ONE)
    options = Options(file)
    assert options.get(choices.RECEIPT_PRINTER) is choices.ReceiptPrinter.NETWORK
    assert options.get(choices.RECEIPT_PRINTER_ADDRESS) == "192.168.1.50"
    assert options.get(choices.RECEIPT_COLUMNS) is choices.ReceiptColumns.NARROW
    # An address of another kind of printer is none of this one.
    printer.kind.buttons()[2].click()
    kept(till, file, lambda now: not now.get(choices.RECEIPT_PRINTER_ADDRESS))
    assert printer.address.text() == ""


def test_what_cannot_be_kept_holds_and_is_told(
    settings: ReglagesScreen, till: Till, file: Path
) -> None:
    file.with_name(file.name + ".new").mkdir()
    settings.view.sounds.on.click()
    till.qtbot.waitUntil(lambda: "pas enregistré" in settings.view.note, timeout=LIMIT_MS)
    assert till.world.heard.used[-1][0] is False
    assert document.read(file, version=choices.VERSION) is None


def test_everything_is_reached_with_the_tab_key(settings: ReglagesScreen, till: Till) -> None:
    view = settings.view
    wanted: set[QWidget | None] = {
        view.cameras,
        view.mirrored,
        view.sounds.on,
        view.sounds.volume,
        *view.sounds.tries,
        view.theme.buttons()[0],
        view.language.buttons()[0],
        view.watched_folder.choose,
        view.mirror_folder.choose,
        view.printer.kind.buttons()[0],
        view.printer.address,
        view.printer.columns.buttons()[0],
        view.archives.make,
        view.close_button,
    }
    for _ in range(40):
        wanted.discard(till.window.focusWidget())
        till.key(Qt.Key.Key_Tab, "\t")
    assert not wanted


def test_what_was_chosen_holds_from_the_opening_on(
    qtbot: QtBot, camera: HeldCamera, window: MainWindow, world: World, file: Path
) -> None:
    options = Options(file)
    options.set(choices.SOUND_ON, False)
    options.set(choices.SOUND_VOLUME, 30)
    options.set(choices.CAMERA_MIRRORED, True)
    with qtbot.waitSignal(window.opened, timeout=LIMIT_MS):
        window.show()
    till = Till(qtbot, world, window)
    assert world.heard.used == [(False, 30)]
    assert till.view.camera.is_mirrored


def test_without_options_there_is_no_such_place(till: Till) -> None:
    till.function(SETTINGS_KEY)
    assert till.sees(till.view)
    assert till.places.reglages is None


# --- asleep and awake ----------------------------------------------------------------------------


def test_the_camera_sleeps_where_its_picture_is_not_seen(camera: HeldCamera, till: Till) -> None:
    slept = [camera.asleep]
    till.function(TO_SETTLE_KEY)
    slept.append(camera.asleep)
    till.function(SETTINGS_KEY)
    slept.append(camera.asleep)
    till.function(TO_SETTLE_KEY)
    till.escape()
    slept.append(camera.asleep)
    till.places.frame.top.place.click()
    slept.append(camera.asleep)
    assert slept == [False, True, False, False, True]


@pytest.mark.parametrize("wakes", ["key", "mouse", "gun"])
def test_the_camera_of_an_idle_shop_sleeps_until_somebody_comes(
    camera: HeldCamera, till: Till, wakes: str
) -> None:
    rest = till.places.rest
    rest.nobody_came()
    assert camera.asleep
    match wakes:
        case "key":
            till.types("a")
        case "mouse":
            QTest.mouseMove(till.window.windowHandle())
        case _:
            till.gun(code(1))
            till.comes_to(st.Debitable)
    assert not camera.asleep


def test_a_key_on_a_screen_without_picture_does_not_wake_the_camera(
    camera: HeldCamera, till: Till
) -> None:
    till.function(TO_SETTLE_KEY)
    till.types("a")
    assert camera.asleep


def test_a_minimised_window_lets_the_camera_sleep(qtbot: QtBot) -> None:
    camera = HeldCamera()
    owner = QObject()
    rest = CameraRest(camera, idle_minutes=10, parent=owner)

    class Shade(QWindow):
        exposed = False

        def isExposed(self) -> bool:  # noqa: N802  # Qt's name
            return self.exposed

    window = Shade()
    event = QExposeEvent(QRegion())
    assert event.type() is QEvent.Type.Expose
    rest.eventFilter(window, event)
    assert camera.asleep
    window.exposed = True
    rest.eventFilter(window, event)
    assert not camera.asleep


def test_after_leaving_the_till_nobody_touches_its_camera(qtbot: QtBot) -> None:
    camera = HeldCamera()
    owner = QObject()
    rest = CameraRest(camera, idle_minutes=10, parent=owner)
    rest.stop()
    rest.nobody_came()
    assert not camera.asleep


# --- words on the picture ------------------------------------------------------------------------


def test_what_would_help_is_said_on_the_picture(camera: HeldCamera, till: Till) -> None:
    camera.does(Running(1280, 720, 30.0), camera_frame(), Advice.GLARE)
    picture = till.view.camera
    till.qtbot.waitUntil(lambda: "reflet" in picture.advised, timeout=LIMIT_MS)
    assert "reflet" in picture.accessibleDescription()
    camera.does(None)
    till.qtbot.waitUntil(lambda: picture.advised == "", timeout=LIMIT_MS)
    till.gun(code(1))
    till.comes_to(st.Debitable)


def test_the_accounts_are_typed_and_kept_and_a_slip_is_said(
    settings: ReglagesScreen, till: Till, file: Path
) -> None:
    accounts = settings.view.accounts
    field = accounts.fields[choices.SIREN.key]
    assert accounts.fields[choices.SINGLE_PURPOSE_VAT.key].text() == "5,5"
    assert accounts.fields[choices.ACCOUNT_SALES.key].text() == "707000"
    for text in ("12345678", "123 456 789"):
        field.setText(text)
        field.edited.emit(text)
    kept(till, file, lambda o: o.get(choices.SIREN) == "123456789")
    rate = accounts.fields[choices.SINGLE_PURPOSE_VAT.key]
    for text in ("20,555", "101", "vingt", "-5"):
        rate.setText(text)
        rate.edited.emit(text)
        assert "deux décimales" in accounts._notes[choices.SINGLE_PURPOSE_VAT.key].text()
    rate.setText("20")
    rate.edited.emit("20")
    kept(till, file, lambda o: o.get(choices.SINGLE_PURPOSE_VAT) == 2_000)
    assert Options(file).get(choices.SIREN) == "123456789"


def test_a_siren_that_was_typed_elsewhere_stands_here(settings: ReglagesScreen, till: Till) -> None:
    settings._options.set(choices.SIREN, "987654321")
    till.escape()
    till.function(SETTINGS_KEY)
    assert settings.view.accounts.fields[choices.SIREN.key].text() == "987654321"


# --- the responsible person's code ---------------------------------------------------------------


def test_the_code_is_set_changed_and_removed_by_keyboard(
    settings: ReglagesScreen, till: Till
) -> None:
    pin, desk = settings.view.pin, till.counter.pins
    assert not pin.old.isVisible()
    pin.new.setFocus()
    till.types("2580")
    till.key(Qt.Key.Key_Tab, "\t")
    till.types("2580")
    till.enter()
    till.qtbot.waitUntil(lambda: pin.told.text() == "Le code est enregistré.", timeout=LIMIT_MS)
    assert desk.pin == "2580"
    assert (pin.new.text(), pin.again.text()) == ("", "")
    assert pin.old.isVisible()
    pin.old.setFocus()
    till.types("1111")
    pin.remove_button.click()
    till.qtbot.waitUntil(lambda: pin.told.text() == "Ce n’est pas le bon code.", timeout=LIMIT_MS)
    assert desk.pin == "2580"
    pin.old.setFocus()
    till.types("2580")
    pin.remove_button.click()
    till.qtbot.waitUntil(lambda: pin.told.text() == "Le code est supprimé.", timeout=LIMIT_MS)
    assert desk.pin == ""


def test_a_gun_sets_no_code(settings: ReglagesScreen, till: Till) -> None:
    settings.view.pin.new.setFocus()
    till.gun(code(1))
    till.comes_to(st.Debitable)
    assert settings.view.pin.new.text() == ""
    assert till.counter.pins.pin == ""

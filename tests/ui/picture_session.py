"""Draws the gallery into files, in one process; started by build/pictures.py."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import QCoreApplication, QEvent, QEventLoop
from PySide6.QtWidgets import QApplication, QWidget

from merchant_app.errors import ProblemKind
from merchant_app.i18n import Language, install
from merchant_app.till.results import Status
from merchant_app.ui.a_traiter.view import ATraiterView
from merchant_app.ui.cloture.view import ClotureView
from merchant_app.ui.encaisser.camera_view import Choice
from merchant_app.ui.encaisser.cards import card_of
from merchant_app.ui.encaisser.verdict_cards import Place
from merchant_app.ui.encaisser.view import EncaisserView
from merchant_app.ui.files.dropping import DropTarget
from merchant_app.ui.files.states import State as FileState
from merchant_app.ui.frame import TillFrame
from merchant_app.ui.journal.export_states import Panel
from merchant_app.ui.journal.screen import JournalPages
from merchant_app.ui.journal.states import Screen as JournalScreen
from merchant_app.ui.page import StartPage
from merchant_app.ui.pages import CrashPage, EnrolPage, ProblemPage
from merchant_app.ui.rail import (
    CLOSING_KEY,
    JOURNAL_KEY,
    SETTINGS_KEY,
    STATEMENTS_KEY,
    TO_SETTLE_KEY,
)
from merchant_app.ui.receipt.states import State as ReceiptState
from merchant_app.ui.reglages.archive_presenter import Panel as ArchivesPanel
from merchant_app.ui.reglages.archive_view import ArchivesView
from merchant_app.ui.reglages.states import ACCOUNTING
from merchant_app.ui.reglages.states import Screen as ReglagesScreen
from merchant_app.ui.reglages.view import ReglagesView
from merchant_app.ui.releves.view import RelevesView
from merchant_app.ui.status_words import band, pill
from merchant_app.ui.theme import Look, Scheme
from merchant_app.ui.this_till.presenter import Screen as ThisTillScreen
from merchant_app.ui.this_till.view import ThisTillView
from merchant_app.ui.words import problem
from tests.fakes.counter import FACTS, NOON, ONLINE, ZONE
from tests.ui.gallery import RUNNING, SCENE, SCENES, Scene, camera_frame
from tests.ui.gallery_of_archives import ARCHIVES
from tests.ui.gallery_of_closings import CLOSINGS, ClosingScene
from tests.ui.gallery_of_files import ARRIVED, FILES
from tests.ui.gallery_of_journal import EXPORTS, JOURNAL
from tests.ui.gallery_of_matters import MATTERS, THIS_TILL, MattersScene
from tests.ui.gallery_of_pins import PINS
from tests.ui.gallery_of_receipts import RECEIPTS
from tests.ui.gallery_of_settings import SETTINGS
from tests.ui.gallery_of_statements import STATEMENTS, StatementScene


def till_window(look: Look, scene: Scene, *, number: int = 1) -> tuple[TillFrame, EncaisserView]:
    """The till's frame showing one scene."""
    view = EncaisserView(look)
    view.set_currency("EUR")
    frame = TillFrame(look, scene.facts, view)
    _say_status(frame, scene.status)
    screen = scene.screen(number)
    view.show_screen(screen, card_of(screen, Place(NOON, ZONE)))
    if scene.camera is not None:
        view.camera.show_status(scene.camera)
    else:
        view.camera.show_status(RUNNING)
        frame_shown, codes = camera_frame(codes=2 if scene.crowded else 1)
        numbers = {code.text: number for number, code in enumerate(codes, start=1)}
        view.camera.show_picture(
            frame_shown,
            codes,
            choice=Choice(numbers, by_key=True) if scene.crowded else None,
        )
        view.camera.show_advice(scene.advice)
        view.camera.mirror(mirrored=scene.mirrored)
    return frame, view


def matters_window(look: Look, scene: MattersScene) -> tuple[TillFrame, ATraiterView]:
    """The till's frame showing À traiter."""
    view = ATraiterView(look)
    frame = TillFrame(look, FACTS, view)
    _say_status(frame, replace(ONLINE, to_settle=scene.screen.open_count))
    frame.rail.show_place(TO_SETTLE_KEY)
    view.show_screen(scene.screen, Place(NOON, ZONE))
    return frame, view


def closings_window(look: Look, scene: ClosingScene) -> tuple[TillFrame, ClotureView]:
    """The till's frame showing Clôture."""
    view = ClotureView(look)
    frame = TillFrame(look, scene.facts, view)
    preview = scene.screen.preview
    to_settle = 0 if preview is None else preview.blocking.cards + preview.blocking.questions
    _say_status(frame, replace(ONLINE, to_settle=to_settle))
    frame.rail.show_place(CLOSING_KEY)
    frame.rail.show_forgotten(0 if preview is None else len(preview.open_days))
    view.show_screen(scene.screen)
    if scene.numbers:
        view.toggle_numbers()
    return frame, view


def statements_window(look: Look, scene: StatementScene) -> tuple[TillFrame, RelevesView]:
    """The till's frame showing Relevés."""
    view = RelevesView(look)
    frame = TillFrame(look, scene.facts, view)
    _say_status(frame, ONLINE)
    frame.rail.show_place(STATEMENTS_KEY)
    view.show_screen(scene.screen)
    if scene.numbers:
        view.toggle_numbers()
    return frame, view


def this_till_window(look: Look, screen: ThisTillScreen) -> tuple[TillFrame, ThisTillView]:
    """The till's frame showing the screen of this till."""
    view = ThisTillView(look, FACTS)
    frame = TillFrame(look, FACTS, view)
    _say_status(frame, screen.status)
    frame.rail.show_place(None)
    view.show_screen(screen, now=NOON)
    return frame, view


def settings_window(look: Look, screen: ReglagesScreen) -> tuple[TillFrame, ReglagesView]:
    """The till's frame showing Réglages."""
    view = ReglagesView(look)
    frame = TillFrame(look, FACTS, view)
    _say_status(frame, ONLINE)
    frame.rail.show_place(SETTINGS_KEY)
    if screen.cameras:
        view.camera.show_status(RUNNING)
        view.camera.show_picture(*camera_frame())
    else:
        view.camera.show_absent()
    view.show_screen(screen)
    return frame, view


def journal_window(look: Look, shown: JournalScreen | Panel) -> tuple[TillFrame, JournalPages]:
    """The till's frame showing the Journal, or its panel of exports."""
    pages_ = JournalPages(look)
    frame = TillFrame(look, FACTS, pages_)
    _say_status(frame, ONLINE)
    frame.rail.show_place(JOURNAL_KEY)
    if isinstance(shown, Panel):
        pages_.setCurrentWidget(pages_.exports)
        pages_.exports.show_panel(shown)
    else:
        pages_.journal.show_screen(shown, Place(NOON, ZONE))
    return frame, pages_


def _focused_in(archives: ArchivesView, panel: ArchivesPanel) -> QWidget:
    """Where the keyboard is in this state."""
    if panel.working:
        return archives.stop_button
    if panel.purging.working:
        return archives.purging.bar
    if panel.purging.archive is not None:
        return archives.purging.keep
    if panel.purging.offer is not None:
        return archives.purging.erase
    return archives.make


def files_window(look: Look, state: FileState) -> tuple[TillFrame, EncaisserView]:
    """The till's frame showing the panel of files."""
    frame, view = till_window(look, SCENE["ready"])
    view.show_files(seen=True)
    view.files.show_state(state)
    return frame, view


def receipt_window(look: Look, state: ReceiptState) -> tuple[TillFrame, EncaisserView]:
    """The till's frame showing the receipt panel."""
    frame, view = till_window(look, SCENE["debited"])
    view.basket.give_receipts()
    view.show_screen(*_again(SCENE["debited"]))
    view.show_receipt(seen=True)
    view.receipt.show_state(state)
    return frame, view


def arrived_window(look: Look, names: Sequence[str]) -> TillFrame:
    """The till's frame with something new in the watched folder."""
    frame, _view = till_window(look, SCENE["ready"])
    frame.folder_notice.show_names(names)
    return frame


def dropping_window(look: Look, *, voucher: bool = True) -> TillFrame:
    """The till's frame while something is dragged over it."""
    frame, _view = till_window(look, SCENE["ready"])
    target = DropTarget(look, frame)
    frame.resize(1024, 700)
    target.overlay.say(voucher=voucher)
    target.overlay.cover()
    return frame


def _say_status(frame: TillFrame, status: Status) -> None:
    frame.top.pill.show_pill(pill(status, now=NOON, time_zone=ZONE))
    frame.band.show_band(band(status, now=NOON, time_zone=ZONE))
    frame.rail.show_to_settle(status.to_settle)


def pages(look: Look) -> dict[str, QWidget]:
    """The full pages."""
    stuck = ProblemPage(look)
    told = problem(ProblemKind.JOURNAL_DAMAGED)
    stuck.say(told.word, told.sentence)
    enrol = EnrolPage(look)
    enrol.address.setText("https://bons.example.org")
    refused = EnrolPage(look)
    refused.address.setText("https://bons.example.org")
    refused.code.setText("E1:7F3KQ9")
    refused.show_error(problem(ProblemKind.ENROLMENT_REFUSED).sentence)
    again = EnrolPage(look, again=True)
    again.address.setText("https://bons.example.org")
    return {
        "page-start": StartPage(look),
        "page-problem": stuck,
        "page-crash": CrashPage(look),
        "page-enrol": enrol,
        "page-enrol-refused": refused,
        "page-enrol-again": again,
    }


def _settle() -> None:
    for _ in range(4):
        QApplication.processEvents(QEventLoop.ProcessEventsFlag.AllEvents)
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


def _draw(widget: QWidget, path: Path, size: tuple[int, int]) -> None:
    widget.resize(*size)
    widget.show()
    widget.activateWindow()
    _settle()
    widget.grab().save(str(path))
    widget.close()
    widget.deleteLater()
    _settle()


def main(arguments: list[str]) -> int:
    """out, only, size, languages, schemes, text size in percent."""
    out, only, size_text, languages, schemes, percent = arguments
    suffix = "" if percent == "100" else f"-{percent}"
    width, height = (int(part) for part in size_text.split("x"))
    application = QApplication([])
    application.setStyle("Fusion")
    look = Look(application, Scheme.LIGHT, text_scale=int(percent) / 100)
    count = 0
    for language in languages.split(","):
        install(Language(language))
        for scheme in schemes.split(","):
            look.use(Scheme(scheme))
            end = f"{language}-{scheme}{suffix}.png"
            for scene in SCENES:
                if only in scene.name:
                    frame, view = till_window(look, scene)
                    frame.show()
                    view.show_screen(*_again(scene))
                    _draw(frame, Path(out) / f"{scene.name}-{end}", (width, height))
                    count += 1
            for name, frame in _other_windows(look):
                if only in name:
                    _draw(frame, Path(out) / f"{name}-{end}", (width, height))
                    count += 1
            for name, page in pages(look).items():
                if only in name:
                    _draw(page, Path(out) / f"{name}-{end}", (width, height))
                    count += 1
    sys.stdout.write(f"{count} pictures in {out}\n")
    return 0


def _other_windows(look: Look) -> Iterator[tuple[str, TillFrame]]:
    """À traiter, Clôture, Relevés, files, this till, Réglages."""
    for matters in MATTERS:
        frame, view = matters_window(look, matters)
        frame.show()
        view.show_screen(matters.again(), Place(NOON, ZONE))
        view.take_keyboard()
        yield matters.name, frame
    yield from _closings(look)
    for statements in STATEMENTS:
        frame, releves = statements_window(look, statements)
        frame.resize(1024, 700)
        frame.show()
        releves.take_keyboard()
        yield statements.name, frame
    for name, state in FILES.items():
        frame, place = files_window(look, state)
        frame.show()
        place.files.take_keyboard()
        yield name, frame
    for name, receipt in RECEIPTS.items():
        yield name, receipt_window(look, receipt)[0]
    yield "file-dragged", dropping_window(look)
    yield "bank-file-dragged", dropping_window(look, voucher=False)
    for name, names in ARRIVED.items():
        yield name, arrived_window(look, names)
    for name, screen in THIS_TILL.items():
        yield name, this_till_window(look, screen)[0]
    for name, shown in {**JOURNAL, **EXPORTS}.items():
        frame, journal = journal_window(look, shown)
        frame.show()
        (journal.exports if isinstance(shown, Panel) else journal.journal).take_keyboard()
        yield name, frame
    for name, settings in SETTINGS.items():
        frame, chooser = settings_window(look, settings)
        frame.show()
        chooser.take_keyboard()
        yield name, frame
        if look.is_large:
            frame, chooser = settings_window(look, settings)
            frame.resize(1024, 700)
            frame.show()
            chooser.mirror_folder.choose.setFocus()
            yield f"{name}-end", frame
    for name, panel in ARCHIVES.items():
        frame, chooser = settings_window(look, SETTINGS["settings"])
        chooser.archives.show_panel(panel, time_zone=ZONE)
        frame.resize(1024, 700)
        frame.show()
        _focused_in(chooser.archives, panel).setFocus()
        yield name, frame
    for name, told in PINS.items():
        frame, chooser = settings_window(look, SETTINGS["settings"])
        chooser.pin.show_panel(told)
        frame.resize(1024, 700)
        frame.show()
        chooser.pin.again.setFocus()
        yield name, frame
    frame, chooser = settings_window(look, SETTINGS["settings"])
    frame.resize(1024, 700)
    frame.show()
    chooser.accounts.fields[ACCOUNTING[-1].key].setFocus()
    yield "settings-accounts", frame


def _closings(look: Look) -> Iterator[tuple[str, TillFrame]]:
    """Clôture; with large text the end of its figures too."""
    for scene in CLOSINGS:
        frame, closings = closings_window(look, scene)
        frame.resize(1024, 700)
        frame.show()
        closings.take_keyboard()
        has_end = look.is_large and closings.shows_figures
        yield scene.name, frame
        if has_end:
            frame, closings = closings_window(look, scene)
            frame.resize(1024, 700)
            frame.show()
            closings.last_days.button.setFocus()
            yield f"{scene.name}-end", frame


def _again(scene: Scene):  # type: ignore[no-untyped-def]
    """Once more when the window is there: focus can only be given then."""
    screen = scene.screen(2)
    return screen, card_of(screen, Place(NOON, ZONE))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

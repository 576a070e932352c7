"""Every screen of the program with all its states, for pictures and for what measures them.

A new screen comes in by one entry of `SCREENS`, and is in both.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from itertools import count

from PySide6.QtWidgets import QStackedWidget, QWidget

from merchant_app.contract.release_feed import Release
from merchant_app.errors import ProblemKind
from merchant_app.till.counter import CounterFacts
from merchant_app.till.results import Status
from merchant_app.ui import update_notice
from merchant_app.ui.a_traiter.view import ATraiterView
from merchant_app.ui.cloture.view import ClotureView
from merchant_app.ui.customer.view import CustomerView
from merchant_app.ui.encaisser.camera_view import Choice
from merchant_app.ui.encaisser.cards import card_of
from merchant_app.ui.encaisser.verdict_cards import Place
from merchant_app.ui.encaisser.view import EncaisserView
from merchant_app.ui.files.dropping import DropTarget
from merchant_app.ui.first_day.screen import FirstDayView
from merchant_app.ui.first_day.step_page import StepPage
from merchant_app.ui.frame import TillFrame
from merchant_app.ui.function_keys import (
    CLOSING_KEY,
    JOURNAL_KEY,
    SETTINGS_KEY,
    STATEMENTS_KEY,
    TO_SETTLE_KEY,
)
from merchant_app.ui.journal.export_states import Panel
from merchant_app.ui.journal.screen import JournalPages
from merchant_app.ui.manual.shelf import Spot
from merchant_app.ui.manual.view import ManualView
from merchant_app.ui.pages import CrashPage, ProblemPage
from merchant_app.ui.reglages.archive_presenter import Panel as ArchivesPanel
from merchant_app.ui.reglages.archive_view import ArchivesView
from merchant_app.ui.reglages.states import ACCOUNTING
from merchant_app.ui.reglages.states import Screen as ReglagesScreen
from merchant_app.ui.reglages.view import ReglagesView
from merchant_app.ui.releves.view import RelevesView
from merchant_app.ui.school.view import SchoolView
from merchant_app.ui.school.words import coach
from merchant_app.ui.start_page import StartPage
from merchant_app.ui.theme import Look
from merchant_app.ui.this_till.view import ThisTillView
from merchant_app.ui.words import problem
from tests.fakes.counter import FACTS, NOON, ONLINE, ZONE
from tests.ui.gallery import RUNNING, SCENE, Scene, camera_frame
from tests.ui.gallery_of_archives import ARCHIVES
from tests.ui.gallery_of_closings import CLOSINGS
from tests.ui.gallery_of_customer import CUSTOMER, told
from tests.ui.gallery_of_files import ARRIVED, FILES
from tests.ui.gallery_of_first_day import AT_THE_TILL, BEFORE
from tests.ui.gallery_of_journal import EXPORTS, JOURNAL
from tests.ui.gallery_of_matters import MATTERS, THIS_TILL
from tests.ui.gallery_of_pins import PINS
from tests.ui.gallery_of_receipts import RECEIPTS
from tests.ui.gallery_of_school import COACHED, SCHOOL
from tests.ui.gallery_of_settings import SETTINGS
from tests.ui.gallery_of_statements import STATEMENTS

PLACE = Place(NOON, ZONE)


def _nowhere() -> None:
    """The keyboard stays where the screen itself puts it."""


@dataclass(frozen=True, slots=True)
class Window:
    """A window that can be led through the states of one screen, in any order.

    Attributes:
        frame: the window.
        show: brings it to the state of this name. Once more when the window is there: orders to
            fields and keyboard are only obeyed then.
        take_keyboard: to where it is in the state that is shown.
        go_to_end: with large text there can be more than is seen: goes there; False: there is not.
    """

    frame: QWidget
    show: Callable[[str], None]
    take_keyboard: Callable[[], None] = _nowhere
    go_to_end: Callable[[], bool] = bool


@dataclass(frozen=True, slots=True)
class Screen:
    """One screen.

    Attributes:
        name: for whoever asks for this screen alone.
        states: of each state, by the name of its picture, the till that it is shown at.
        window: opens one at such a till.
    """

    name: str
    states: Mapping[str, CounterFacts]
    window: Callable[[Look, CounterFacts], Window]

    def windows(self, look: Look) -> Iterator[tuple[Window, list[str]]]:
        """As few windows as there are different tills, each with the states it can show."""
        tills: list[CounterFacts] = []
        for facts in self.states.values():
            if facts not in tills:
                tills.append(facts)
        for facts in tills:
            names = [name for name, at in self.states.items() if at == facts]
            yield self.window(look, facts), names


# --- selling -------------------------------------------------------------------------------------


def till_window(
    look: Look, scene: Scene, *, number: int = 1, facts: CounterFacts | None = None
) -> tuple[TillFrame, EncaisserView]:
    """The till's frame showing one scene."""
    view = EncaisserView(look)
    view.set_currency("EUR")
    frame = TillFrame(look, facts or scene.facts, view)
    show_scene(frame, view, scene, number=number)
    return frame, view


def show_scene(frame: TillFrame, view: EncaisserView, scene: Scene, *, number: int) -> None:
    """Another scene in the same frame; `number` is above that of the last one."""
    _say_status(frame, scene.status)
    screen = scene.screen(number)
    view.show_screen(screen, card_of(screen, PLACE))
    view.camera.show_status(scene.camera or RUNNING)
    view.camera.show_advice(None if scene.camera else scene.advice)
    if scene.camera is None:
        shown, codes = camera_frame(codes=2 if scene.crowded else 1)
        numbers = {code.text: number for number, code in enumerate(codes, start=1)}
        choice = Choice(numbers, by_key=True) if scene.crowded else None
        view.camera.show_picture(shown, codes, choice=choice)
        view.camera.mirror(mirrored=scene.mirrored)


def _selling(look: Look, facts: CounterFacts) -> Window:
    frame, view = till_window(look, SCENE["ready"], facts=facts)
    numbers = count(2)
    return Window(frame, lambda name: show_scene(frame, view, SCENE[name], number=next(numbers)))


def _files(look: Look, facts: CounterFacts) -> Window:
    frame, view = till_window(look, SCENE["ready"], facts=facts)
    view.show_files(seen=True)
    return Window(frame, lambda name: view.files.show_state(FILES[name]), view.files.take_keyboard)


def _receipts(look: Look, facts: CounterFacts) -> Window:
    frame, view = till_window(look, SCENE["debited"], facts=facts)
    view.basket.give_receipts()
    show_scene(frame, view, SCENE["debited"], number=2)
    view.show_receipt(seen=True)
    return Window(frame, lambda name: view.receipt.show_state(RECEIPTS[name]))


def _arrived(look: Look, facts: CounterFacts) -> Window:
    frame, _view = till_window(look, SCENE["ready"], facts=facts)
    return Window(frame, lambda name: frame.folder_notice.show_names(ARRIVED[name]))


_NEWER = {
    "newer-version": Release("0.12.0", "https://comptoir.example/versions", date(2027, 3, 1)),
}


def _told(look: Look, facts: CounterFacts) -> Window:
    frame, _view = till_window(look, SCENE["ready"], facts=facts)

    def show(name: str) -> None:
        if not frame.notes:  # a till tells of it once
            frame.note(update_notice.sentence(_NEWER[name]))

    return Window(frame, show)


_DRAGGED = {"file-dragged": True, "bank-file-dragged": False}


def _dragged(look: Look, facts: CounterFacts) -> Window:
    frame, _view = till_window(look, SCENE["ready"], facts=facts)
    overlay = DropTarget(look, frame).overlay

    def show(name: str) -> None:
        overlay.say(voucher=_DRAGGED[name])
        overlay.cover()

    return Window(frame, show)


def _customer(look: Look, facts: CounterFacts) -> Window:
    view = CustomerView(look, facts.shop_name)
    return Window(view, lambda name: view.show_words(told(name)))


# --- the other places ----------------------------------------------------------------------------


def _matters(look: Look, facts: CounterFacts) -> Window:
    view = ATraiterView(look)
    frame = TillFrame(look, facts, view)
    frame.rail.show_place(TO_SETTLE_KEY)
    numbers = count(1)

    def show(name: str) -> None:
        screen = MATTERS[name]
        note = (next(numbers), screen.note_fill[1])
        _say_status(frame, replace(ONLINE, to_settle=screen.open_count))
        view.show_screen(replace(screen, note_fill=note), PLACE)

    return Window(frame, show, view.take_keyboard)


_CLOSINGS = {scene.name: scene for scene in CLOSINGS}


def _closings(look: Look, facts: CounterFacts) -> Window:
    view = ClotureView(look)
    frame = TillFrame(look, facts, view)
    frame.rail.show_place(CLOSING_KEY)

    def show(name: str) -> None:
        scene = _CLOSINGS[name]
        preview = scene.screen.preview
        to_settle = 0 if preview is None else preview.blocking.cards + preview.blocking.questions
        _say_status(frame, replace(ONLINE, to_settle=to_settle))
        frame.rail.show_forgotten(0 if preview is None else len(preview.open_days))
        view.show_screen(scene.screen)
        if scene.numbers is not all(chart.shows_numbers for chart in view.charts):
            view.toggle_numbers()

    def go_to_end() -> bool:
        view.last_days.button.setFocus()
        return view.shows_figures

    return Window(frame, show, view.take_keyboard, go_to_end)


_STATEMENTS = {scene.name: scene for scene in STATEMENTS}


def _statements(look: Look, facts: CounterFacts) -> Window:
    view = RelevesView(look)
    frame = TillFrame(look, facts, view)
    _say_status(frame, ONLINE)
    frame.rail.show_place(STATEMENTS_KEY)

    def show(name: str) -> None:
        scene = _STATEMENTS[name]
        view.show_screen(scene.screen)
        if scene.numbers is not view.chart.shows_numbers:
            view.toggle_numbers()

    return Window(frame, show, view.take_keyboard)


def _this_till(look: Look, facts: CounterFacts) -> Window:
    view = ThisTillView(look, facts)
    frame = TillFrame(look, facts, view)
    frame.rail.show_place(None)

    def show(name: str) -> None:
        _say_status(frame, THIS_TILL[name].status)
        view.show_screen(THIS_TILL[name], now=NOON)

    return Window(frame, show)


_JOURNAL = {**JOURNAL, **EXPORTS}


def _journal(look: Look, facts: CounterFacts) -> Window:
    shown = JournalPages(look)
    frame = TillFrame(look, facts, shown)
    _say_status(frame, ONLINE)
    frame.rail.show_place(JOURNAL_KEY)

    def show(name: str) -> None:
        state = _JOURNAL[name]
        if isinstance(state, Panel):
            shown.setCurrentWidget(shown.exports)
            shown.exports.show_panel(state)
        else:
            shown.setCurrentWidget(shown.journal)
            shown.journal.show_screen(state, PLACE)

    def take_keyboard() -> None:
        exports = shown.currentWidget() is shown.exports
        (shown.exports if exports else shown.journal).take_keyboard()

    return Window(frame, show, take_keyboard)


def _settings_frame(look: Look, facts: CounterFacts) -> tuple[TillFrame, ReglagesView]:
    view = ReglagesView(look)
    frame = TillFrame(look, facts, view)
    _say_status(frame, ONLINE)
    frame.rail.show_place(SETTINGS_KEY)
    _show_settings(view, SETTINGS["settings"])
    return frame, view


def _show_settings(view: ReglagesView, screen: ReglagesScreen) -> None:
    if screen.cameras:
        view.camera.show_status(RUNNING)
        view.camera.show_picture(*camera_frame())
    else:
        view.camera.show_absent()
    view.show_screen(screen)


def _settings(look: Look, facts: CounterFacts) -> Window:
    frame, view = _settings_frame(look, facts)

    def show(name: str) -> None:
        _show_settings(view, SETTINGS[name])

    def go_to_end() -> bool:
        view.mirror_folder.choose.setFocus()
        return True

    return Window(frame, show, view.take_keyboard, go_to_end)


def _accounts(look: Look, facts: CounterFacts) -> Window:
    frame, view = _settings_frame(look, facts)
    return Window(
        frame,
        lambda _name: _show_settings(view, SETTINGS["settings"]),
        view.accounts.fields[ACCOUNTING[-1].key].setFocus,
    )


def _pins(look: Look, facts: CounterFacts) -> Window:
    frame, view = _settings_frame(look, facts)
    return Window(frame, lambda name: view.pin.show_panel(PINS[name]), view.pin.again.setFocus)


def _archives(look: Look, facts: CounterFacts) -> Window:
    frame, view = _settings_frame(look, facts)
    panels = [ARCHIVES["archives-none"]]

    def show(name: str) -> None:
        panels.append(ARCHIVES[name])
        view.archives.show_panel(ARCHIVES[name], time_zone=ZONE)

    return Window(frame, show, lambda: _focused_in(view.archives, panels[-1]).setFocus())


def _focused_in(archives: ArchivesView, panel: ArchivesPanel) -> QWidget:
    """Where the keyboard is in this state."""
    purging, erase = panel.purging, archives.purging
    if panel.working:
        return archives.stop_button
    if purging.working:
        return erase.bar
    if purging.archive is not None:
        return erase.keep
    return archives.make if purging.offer is None else erase.erase


_MANUAL = {
    "manual": (Spot("checkout"), ""),
    "manual-words": (Spot("saying"), ""),
    "manual-part": (Spot("settings", "pin"), ""),
    "manual-searched": (Spot("checkout"), "camera"),
    "manual-nothing-found": (Spot("checkout"), "zzz"),
}
"""At which page, and what is looked for."""


def _manual(look: Look, facts: CounterFacts) -> Window:
    frame, _view = till_window(look, SCENE["ready"], facts=facts)
    manual = ManualView(look, frame)

    def show(name: str) -> None:
        spot, looked_for = _MANUAL[name]
        manual.open_at(spot)
        manual.search.setText(looked_for)

    return Window(frame, show, manual.search.setFocus)


# --- the first day, and the exercises ------------------------------------------------------------

_TRAINING = replace(FACTS, training=True)


def _first_day(look: Look, facts: CounterFacts) -> Window:
    stack = QStackedWidget()
    frame = TillFrame(look, facts, stack)
    _say_status(frame, ONLINE)
    frame.rail.hide()

    def show(name: str) -> None:
        # One at a time, as in the program: a stack asks all that are in it how high they are.
        before = stack.currentWidget()
        view = AT_THE_TILL[name](look)
        stack.addWidget(view)
        stack.setCurrentWidget(view)
        if before is not None:
            stack.removeWidget(before)
            before.deleteLater()

    def take_keyboard() -> None:
        view = stack.currentWidget()
        assert isinstance(view, FirstDayView)
        page = view.currentWidget()
        assert isinstance(page, StepPage)
        page.main.setFocus()

    return Window(frame, show, take_keyboard)


def _school(look: Look, facts: CounterFacts) -> Window:
    view = SchoolView(look)
    frame = TillFrame(look, facts, view)
    _say_status(frame, ONLINE)
    frame.training.give_exercises()
    frame.rail.show_place(None)

    def go_to_end() -> bool:
        view.spend_button.setFocus()
        return True

    return Window(frame, lambda name: view.show_screen(SCHOOL[name]), view.take_keyboard, go_to_end)


def _coached(look: Look, facts: CounterFacts) -> Window:
    frame, _view = till_window(look, SCENE["ready-training"], facts=facts)
    frame.training.give_exercises()
    return Window(frame, lambda name: frame.training.coach(coach(COACHED[name])))


# --- before the till is open ---------------------------------------------------------------------


def _stuck(look: Look) -> QWidget:
    page = ProblemPage(look)
    told = problem(ProblemKind.JOURNAL_DAMAGED)
    page.say(told.word, told.sentence)
    return page


_PAGES: dict[str, Callable[[Look], QWidget]] = {
    "page-start": StartPage,
    "page-problem": _stuck,
    "page-crash": CrashPage,
    **BEFORE,
}


def _pages(look: Look, _facts: CounterFacts) -> Window:
    stack = QStackedWidget()
    pages = {name: page(look) for name, page in _PAGES.items()}
    for page in pages.values():
        stack.addWidget(page)
    return Window(stack, lambda name: stack.setCurrentWidget(pages[name]))


def _say_status(frame: TillFrame, status: Status) -> None:
    frame.show_status(status, now=NOON, time_zone=ZONE)


SCREENS = (
    Screen("encaisser", {name: scene.facts for name, scene in SCENE.items()}, _selling),
    Screen("a-traiter", dict.fromkeys(MATTERS, FACTS), _matters),
    Screen("cloture", {scene.name: scene.facts for scene in CLOSINGS}, _closings),
    Screen("releves", {scene.name: scene.facts for scene in STATEMENTS}, _statements),
    Screen("files", dict.fromkeys(FILES, FACTS), _files),
    Screen("receipts", dict.fromkeys(RECEIPTS, FACTS), _receipts),
    Screen("dragged", dict.fromkeys(_DRAGGED, FACTS), _dragged),
    Screen("arrived", dict.fromkeys(ARRIVED, FACTS), _arrived),
    Screen("newer-version", dict.fromkeys(_NEWER, FACTS), _told),
    Screen("this-till", dict.fromkeys(THIS_TILL, FACTS), _this_till),
    Screen("journal", dict.fromkeys(_JOURNAL, FACTS), _journal),
    Screen("manual", dict.fromkeys(_MANUAL, FACTS), _manual),
    Screen("settings", dict.fromkeys(SETTINGS, FACTS), _settings),
    Screen("archives", dict.fromkeys(ARCHIVES, FACTS), _archives),
    Screen("pins", dict.fromkeys(PINS, FACTS), _pins),
    Screen("accounts", {"settings-accounts": FACTS}, _accounts),
    Screen("first-day", dict.fromkeys(AT_THE_TILL, FACTS), _first_day),
    Screen("school", dict.fromkeys(SCHOOL, _TRAINING), _school),
    Screen("customer", dict.fromkeys(CUSTOMER, FACTS), _customer),
    Screen("coach", dict.fromkeys(COACHED, _TRAINING), _coached),
    Screen("pages", dict.fromkeys(_PAGES, FACTS), _pages),
)

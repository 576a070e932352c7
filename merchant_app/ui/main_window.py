"""The one window: a page while the till opens, then the till, or what is in the way."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, QTimer, Signal, Slot
from PySide6.QtGui import QCloseEvent

from merchant_app.i18n import Language as Spoken
from merchant_app.i18n import _, install
from merchant_app.resources import resource_path
from merchant_app.ui.crash import CrashHandler
from merchant_app.ui.start_page import StartPage
from merchant_app.ui.theme import Look
from merchant_app.ui.top_window import TopWindow
from merchant_app.ui.turns import Turns

if TYPE_CHECKING:
    # Loaded after the first paint; see `_begin` and `_open`.
    from collections.abc import Iterator
    from pathlib import Path

    from merchant_app.clock import Clock
    from merchant_app.errors import ProblemKind
    from merchant_app.settings.options import Language
    from merchant_app.ui.background import Background, Outcome
    from merchant_app.ui.encaisser.screen import EncaisserScreen
    from merchant_app.ui.first_day.before import BeforeTill
    from merchant_app.ui.frame import TillFrame
    from merchant_app.ui.pages import ProblemPage
    from merchant_app.ui.places import Places
    from merchant_app.ui.ports import (
        Enrol,
        NotEnrolled,
        Opened,
        OtherMode,
        SoundsMaker,
        Start,
        Starter,
    )

SIZE = QSize(1024, 700)
SIZE_MIN = QSize(960, 640)
_PILL_EVERY_MS = 1000


class MainWindow(TopWindow):
    """GUI thread.

    Signals:
        problem_shown(object): the page of this `ProblemKind` fills the window.
        opened(): the till is there and scans are taken.
        verdict_painted(int): the card with the verdict of this look-up was painted; look-ups
            count from 1, one for each scan taken.
        help_wanted(str): F1, whatever is seen; the key of the place in `function_keys`, empty
            where the rail does not lead.
    """

    help_wanted = Signal(str)
    problem_shown = Signal(object)
    opened = Signal()
    verdict_painted = Signal(int)

    def __init__(
        self,
        look: Look,
        crash: CrashHandler,
        *,
        starter: Starter,
        enrol: Enrol,
        sounds: SoundsMaker,
        clock: Clock,
    ) -> None:
        super().__init__()
        self._look = look
        self._crash = crash
        self._starter = starter
        self._enrol = enrol
        self._make_sounds = sounds
        self._clock = clock
        self._background: Background | None = None
        self.screen_in_use: EncaisserScreen | None = None
        self.frame: TillFrame | None = None
        self._before: BeforeTill | None = None
        self._other_mode: OtherMode | None = None
        self._changes_mode = False
        self._problem_page: ProblemPage | None = None
        self._places: Places | None = None
        self._given: tuple[Path, ...] = ()
        self._address = ""
        self._turns = Turns(self)
        self._pill_clock = QTimer(self)
        self._pill_clock.timeout.connect(self._show_pill)
        self.setWindowTitle("Comptoir")
        self.setMinimumSize(SIZE_MIN)
        self.resize(SIZE)
        self.turn_to(StartPage(look))
        crash.crashed.connect(self._show_crash)
        crash.problem_met.connect(self._problem_met)

    # --- events of the window --------------------------------------------------------------------

    def closeEvent(self, event: QCloseEvent) -> None:
        self._turns.stop()
        self._pill_clock.stop()
        if self._background is not None:
            self._background.close()
        if self._places is not None:
            self._places.stop()
        self._leave_before()
        super().closeEvent(event)

    def after_first_paint(self) -> None:
        self._turns.run(self._begin())

    def _begin(self) -> Iterator[None]:
        """What the first paint does without."""
        from PySide6.QtGui import QIcon
        from PySide6.QtWidgets import QApplication

        self._look.complete()
        QApplication.setWindowIcon(QIcon(str(resource_path("icons", "comptoir.png"))))
        yield
        # While nothing is wrong, so that showing one needs no file.
        import merchant_app.ui.pages  # noqa: F401

        yield
        from merchant_app.ui.keys import Keys

        yield
        from merchant_app.ui.manual.place import ManualPlace

        yield
        # A key that came earlier would have had nothing to act on.
        self._manual = ManualPlace(self._look, self, user=self, background=self._threads())
        self.help_wanted.connect(self._open_manual)
        self._keys = Keys(self._manual, monotonic_s=self._clock.monotonic_s, parent=self)
        self.windowHandle().installEventFilter(self._keys)
        self._start()

    @Slot()
    def _help_clicked(self) -> None:
        self.help_wanted.emit("")

    @Slot()
    def _open_manual(self) -> None:
        seen = self.page if self._places is None else self._places.frame.screens.currentWidget()
        self._manual.open(seen)

    # --- keys (KeyUser) --------------------------------------------------------------------------

    def gun_scanned(self, text: str) -> None:
        if self._crash.has_crashed:
            return
        if self._places is not None:
            self._places.gun_scanned(text)
        elif self._before is not None:
            self._before.gun_scanned(text)

    def enter_pressed(self) -> None:
        if self._crash.has_crashed:
            return
        if self._places is not None:
            self._places.enter_pressed()
        elif self._before is not None:
            self._before.enter_pressed()
        elif self._problem_page is not None and self.page is self._problem_page:
            self._start()

    def escape_pressed(self) -> None:
        if self._crash.has_crashed:
            return
        if self._places is not None:
            self._places.escape_pressed()
        elif self._before is not None:
            self._before.escape_pressed()

    def undo_pressed(self) -> None:
        if self._places is not None and not self._crash.has_crashed:
            self._places.undo_pressed()

    def paste_pressed(self) -> bool:
        if self._places is None or self._crash.has_crashed:
            return False
        return self._places.checkout.files.paste_pressed()

    def open_pressed(self) -> None:
        if self._places is not None and not self._crash.has_crashed:
            self._places.file_routes.open_pressed()

    @Slot(object)
    def open_files(self, paths: tuple[Path, ...]) -> None:
        """Opened with Comptoir on the desktop: for the till, as soon as there is one."""
        self._given = paths
        if self._given and self._places is not None and not self._crash.has_crashed:
            self._manual.close()
            self._places.file_routes.open_given(self._given, go=self._places.go)
            self._given = ()

    def print_pressed(self) -> None:
        if self._places is not None and not self._crash.has_crashed:
            self._places.checkout.print_pressed()

    def function_pressed(self, key: str) -> None:
        from merchant_app.ui.function_keys import HELP_KEY

        if self._places is not None:
            self._places.arrive()
        if key == HELP_KEY:
            self.help_wanted.emit("" if self._places is None else self._places.key_seen)
        elif self._places is not None and not self._crash.has_crashed:
            self._places.function_pressed(key)

    # --- opening the till ------------------------------------------------------------------------

    @Slot()
    def _start(self) -> None:
        self._leave_before()
        if not isinstance(self.page, StartPage):
            self.turn_to(StartPage(self._look))
        self._threads().start(self._open, self._started, name="opening")

    def _threads(self) -> Background:
        from merchant_app.ui.background import Background

        if self._background is None:
            self._background = Background(self._crash.report, self)
        return self._background

    def _open(self) -> Start:
        """In a worker thread: opens the till, and loads the screens meanwhile out of the way."""
        if self._changes_mode and self._other_mode is not None:
            self._changes_mode = False
            self._other_mode()
        start = self._starter()
        from merchant_app.ui import loading

        loading.load_checkout()
        return start

    def _started(self, outcome: Outcome[Start]) -> None:
        from merchant_app.ui.background import Met
        from merchant_app.ui.ports import NotEnrolled, Opened

        if isinstance(outcome, Met):
            self._show_problem(outcome.kind)
            return
        match outcome.result:
            case Opened() as opened:
                self._turns.run(self._show_till(opened))
            case NotEnrolled() as start:
                self._show_before(start)

    def _show_till(self, opened: Opened) -> Iterator[None]:
        from merchant_app.ui.encaisser.view import EncaisserView
        from merchant_app.ui.frame import TillFrame
        from merchant_app.ui.places import Places

        facts = opened.counter.facts
        view = EncaisserView(self._look)
        yield
        frame = TillFrame(self._look, facts, view, settings=opened.options is not None)
        yield
        places = Places(
            self._look,
            opened,
            frame,
            view,
            on_bug=self._crash.report,
            sounds=self._make_sounds(self),
            clock=self._clock,
            parent=self,
        )
        places.verdict_painted.connect(self.verdict_painted)
        places.enrolment_wanted.connect(self._enrol_again)
        places.signed_out.connect(self._signed_out)
        places.frame.top.help.clicked.connect(self._help_clicked)
        # Nothing of a sale happens behind the manual.
        places.checkout.sale.card_turned.connect(self._manual.close)
        places.checkout.sale.scan_came.connect(self._manual.close)
        places.mode_wanted.connect(self._change_mode)
        places.language_wanted.connect(self._speak)
        yield
        self._places, self._address, self._other_mode = places, opened.address, opened.other_mode
        self.frame, self.screen_in_use = frame, places.checkout.sale
        self._pill_clock.start(_PILL_EVERY_MS)
        self.turn_to(frame)
        whose = _("Training mode") if facts.training else facts.shop_name
        self.setWindowTitle(f"Comptoir · {whose}")
        places.start()
        self.windowHandle().installEventFilter(places.rest)
        self.opened.emit()
        self.open_files(self._given)

    def _leave_till(self) -> None:
        """The till is not this window's any more; another one may be opened in it."""
        places, self._places = self._places, None
        self.frame = self.screen_in_use = None
        self._pill_clock.stop()
        if places is not None:
            places.stop()
            places.deleteLater()

    def _show_problem(self, kind: ProblemKind) -> None:
        from merchant_app.ui import words
        from merchant_app.ui.pages import ProblemPage

        told = words.problem(kind)
        page = ProblemPage(self._look)
        page.say(told.word, told.sentence)
        page.retry.connect(self._start)
        page.leave.connect(self.close)
        self._problem_page = page
        self.turn_to(page)
        self.problem_shown.emit(kind)

    # --- enrolment -------------------------------------------------------------------------------

    def _show_before(self, start: NotEnrolled, *, again: bool = False) -> None:
        from merchant_app.ui.first_day.before import BeforeTill

        self._other_mode = start.other_mode
        before = BeforeTill(
            self._look,
            start,
            again=again,
            enrol=self._enrol,
            background=self._threads(),
            parent=self,
        )
        before.turned.connect(self.turn_to)
        before.enrolled.connect(self._start)
        before.practise.connect(self._change_mode)
        before.left.connect(self._start)
        self._before = before
        before.begin()

    def _leave_before(self) -> None:
        before, self._before = self._before, None
        if before is not None:
            before.stop()
            before.deleteLater()

    @Slot()
    def _enrol_again(self) -> None:
        """This till sells no more until it is enrolled anew; its journal stays."""
        from merchant_app.ui.ports import NotEnrolled

        self._leave_till()
        self._show_before(NotEnrolled(self._address), again=True)

    @Slot()
    def _signed_out(self) -> None:
        self._leave_till()
        self._start()

    @Slot()
    def _change_mode(self) -> None:
        """From the till that sells to the one for practising, or back."""
        self._changes_mode = True
        self._leave_till()
        self._start()

    @Slot(object)
    def _speak(self, language: Language) -> None:
        """Every sentence is on its screen already: the till is opened again, with others."""
        install(Spoken(language.value))
        self._leave_till()
        self._start()

    # --- status, problems, the end ---------------------------------------------------------------

    @Slot()
    def _show_pill(self) -> None:
        if self._places is not None:
            self._places.show_status()

    @Slot(object)
    def _problem_met(self, kind: ProblemKind) -> None:
        if self.screen_in_use is not None:
            self.screen_in_use.problem_elsewhere(kind)
        else:
            self._show_problem(kind)

    @Slot()
    def _show_crash(self) -> None:
        self._turns.stop()
        self._pill_clock.stop()
        self._threads().close()
        from merchant_app.ui.pages import CrashPage

        page = CrashPage(self._look)
        page.leave.connect(self.close)
        self.turn_to(page)
        if self._places is not None:
            self._places.stop()

"""The Clôture screen, wired: presenter, view, worker threads."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QUrl, Signal, Slot
from PySide6.QtGui import QDesktopServices

from merchant_app.clock import Clock, business_date
from merchant_app.till.results import Status
from merchant_app.ui.cloture import states as st
from merchant_app.ui.cloture.paper_keys import PAPER_KEYS
from merchant_app.ui.cloture.presenter import Presenter
from merchant_app.ui.command_runner import CommandRunner
from merchant_app.ui.function_keys import CLOSE_KEY, EARLIER_KEY, NUMBERS_KEY, PERIOD_KEY
from merchant_app.ui.key_place_screen import KeyPlaceScreen

if TYPE_CHECKING:
    from merchant_app.ui.cloture.view import ClotureView


class ClotureScreen(KeyPlaceScreen):
    """Lives in the GUI thread; the presenter's `Hands`.

    It is there before it is seen, without its view: a forgotten day is looked for every morning.

    Signals:
        offered(): a forgotten day is to be seen, if nobody is selling.
        forgotten_changed(int): so many days wait to be closed.
    """

    presenter: Presenter
    offered = Signal()
    forgotten_changed = Signal(int)

    def __init__(
        self,
        make_view: Callable[[], ClotureView],
        *,
        runner: CommandRunner,
        clock: Clock,
        time_zone: str,
        parent: QObject,
    ) -> None:
        """`make_view` is called once, when it is to be seen. `time_zone`: where the shop is; its
        days begin there."""
        super().__init__(runner=runner, parent=parent)
        self._make_view = make_view
        self._view: ClotureView | None = None
        self._clock = clock
        self._time_zone = time_zone
        self._day = self._today()
        self.screen: st.Screen | None = None
        self.presenter = Presenter(self, show=self._show)

    @property
    def view(self) -> ClotureView:
        """What is painted; made now, if nobody has seen it yet."""
        if self._view is None:
            self._view = self._connected(self._make_view())
            if self.screen is not None:
                self._view.show_screen(self.screen)
        return self._view

    def _connected(self, view: ClotureView) -> ClotureView:
        view.close_wanted.connect(self._close)
        view.period.connect(self._period)
        view.earlier.connect(self._earlier)
        view.confirmed.connect(self.enter_pressed)
        view.back.connect(self.escape_pressed)
        view.paper.connect(self._paper)
        view.chosen.connect(self._chosen)
        return view

    def morning(self) -> None:
        """The till was opened, or a new day began."""
        if not self._stopped:
            self.presenter.morning()

    def time_passes(self) -> None:
        """Called every second: a till that stays open has mornings too."""
        if self._day != self._today():
            self._day = self._today()
            self.morning()

    def _today(self) -> date:
        return business_date(self._clock.now(), self._time_zone)

    def open(self) -> None:
        """Somebody came here."""
        self.presenter.open()
        self.view.take_keyboard()

    def status_came(self, status: Status) -> None:
        """Something was sold, sent or heard; whoever looks sees it."""
        if not self._stopped and self._view is not None and self._view.isVisible():
            self.presenter.changed(unsent_sales=status.unsent_sales)

    # --- Hands -----------------------------------------------------------------------------------

    def offer(self) -> None:
        self.offered.emit()

    def open_path(self, path: Path) -> bool:
        return QDesktopServices.openUrl(QUrl.fromLocalFile(str(path)))

    # --- keys ------------------------------------------------------------------------------------

    @Slot()
    def enter_pressed(self) -> None:
        self.presenter.enter()

    def function_pressed(self, key: str) -> None:
        """Papers where a closing is read, the deeds of the figures elsewhere."""
        if self.screen is None:
            return
        if self.screen.read is not None and key in PAPER_KEYS.values():
            self._paper(next(paper for paper, own in PAPER_KEYS.items() if own == key))
        elif key == CLOSE_KEY:
            self.presenter.close_wanted()
        elif key == PERIOD_KEY:
            self.presenter.period_wanted()
        elif key == EARLIER_KEY:
            self.presenter.earlier_wanted()
        elif key == NUMBERS_KEY and self.view.shows_figures:
            self.view.toggle_numbers()

    # --- from the view ---------------------------------------------------------------------------

    @Slot()
    def _close(self) -> None:
        self.presenter.close_wanted()

    @Slot()
    def _period(self) -> None:
        self.presenter.period_wanted()

    @Slot()
    def _earlier(self) -> None:
        self.presenter.earlier_wanted()

    @Slot(object)
    def _paper(self, paper: st.Paper) -> None:
        self.presenter.paper_wanted(paper)

    @Slot(int)
    def _chosen(self, index: int) -> None:
        self.presenter.choose(index)

    # --- from the till ---------------------------------------------------------------------------

    def _show(self, screen: st.Screen) -> None:
        self.screen = screen
        if screen.preview is not None:
            self.forgotten_changed.emit(len(screen.preview.open_days))
        if self._view is not None:
            self._view.show_screen(screen)

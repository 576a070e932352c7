"""The Clôture screen, painted from one `Screen` value: figures and charts, one card, or a list."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import (
    QApplication,
    QGridLayout,
    QWidget,
)

from merchant_app.i18n import _
from merchant_app.ui.button_rows import ButtonRows
from merchant_app.ui.charts.numbers import NumbersView
from merchant_app.ui.charts.panel import ChartPanel
from merchant_app.ui.cloture import figures, words
from merchant_app.ui.cloture import states as st
from merchant_app.ui.cloture.paper_keys import PAPER_KEYS
from merchant_app.ui.function_keys import CLOSE_KEY, EARLIER_KEY, NUMBERS_KEY, PERIOD_KEY
from merchant_app.ui.list_page import ListPage
from merchant_app.ui.overflow import Overflow
from merchant_app.ui.theme import STEP, Look, Size

_TABLE_LINES = 12
"""The least height of the figures where everything stands in one column."""


class ClotureView(ListPage):
    """GUI thread. What does not fit scrolls, and follows the keyboard.

    Signals:
        close_wanted(), period(), earlier(): the buttons.
        paper(object): a `Paper` is to be opened.
    """

    close_wanted = Signal()
    period = Signal()
    earlier = Signal()
    paper = Signal(object)
    list_share, list_width_px = 0.34, (240, 380)

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(look, _("Closing"), list_name=_("Earlier closings"), parent=parent)
        self._build_overview()
        self._reading = self._list_beside(self.card)
        self._build_buttons()
        self._lay_out()

    # --- building --------------------------------------------------------------------------------

    def _build_overview(self) -> None:
        self._inside = QWidget(self)
        self.table = NumbersView(self._look, self._inside)
        self.by_hour = ChartPanel(self._look, self._inside)
        self.by_face = ChartPanel(self._look, self._inside)
        self.last_days = ChartPanel(self._look, self._inside)
        self.charts = (self.by_hour, self.by_face, self.last_days)
        grid = QGridLayout(self._inside)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setSpacing(5 * STEP)
        if self._look.is_large:
            line = round(self._look.pixels(Size.SMALL) * 1.35) + 2 * STEP
            self.table.setMinimumHeight(_TABLE_LINES * line)
            for row, part in enumerate((self.table, *self.charts)):
                grid.addWidget(part, row, 0)
        else:
            grid.addWidget(self.table, 0, 0)
            grid.addWidget(self.by_hour, 0, 1)
            grid.addWidget(self.by_face, 1, 0)
            grid.addWidget(self.last_days, 1, 1)
            grid.setColumnStretch(0, 1)
            grid.setColumnStretch(1, 1)
            grid.setRowStretch(0, 6)
            grid.setRowStretch(1, 5)
        self._scroll = Overflow(
            self._inside,
            parts=(self.table, *self.charts),
            parent=self._pages,
        )
        self._pages.addWidget(self._scroll)

    def _build_buttons(self) -> None:
        self.close_button = self._button("main")
        self.close_button.clicked.connect(self.close_wanted)
        self.confirm = self._button("main")
        self.confirm.clicked.connect(self.confirmed)
        self.anyway = self._button("plain")
        self.anyway.clicked.connect(self.close_wanted)
        self.period_button = self._button("plain")
        self.period_button.clicked.connect(self.period)
        self.earlier_button = self._button("plain")
        self.earlier_button.say(_("Earlier closings"), EARLIER_KEY)
        self.earlier_button.clicked.connect(self.earlier)
        self.numbers = self._button("plain")
        self.numbers.say(_("All figures"), NUMBERS_KEY)
        self.numbers.clicked.connect(self.toggle_numbers)
        self.papers = {paper: self._button("plain") for paper in PAPER_KEYS}
        self.papers[st.Paper.A4].clicked.connect(self._a4_pressed)
        self.papers[st.Paper.ROLL].clicked.connect(self._roll_pressed)
        self.papers[st.Paper.FOLDER].clicked.connect(self._folder_pressed)
        for paper, text in (
            (st.Paper.A4, _("Open the page (A4)")),
            (st.Paper.ROLL, _("Open the slip (80 mm)")),
            (st.Paper.FOLDER, _("Open the folder")),
        ):
            self.papers[paper].say(text, PAPER_KEYS[paper])
        self.later = self._button("plain")
        self.later.clicked.connect(self.back)

    def _lay_out(self) -> None:
        papers, deeds = ButtonRows(), ButtonRows()
        for button in self.papers.values():
            papers.addWidget(button)
        for button in (self.numbers, self.earlier_button, self.period_button):
            (papers if self._look.is_large else deeds).addWidget(button)
        for button in (self.later, self.anyway, self.confirm, self.close_button):
            deeds.addWidget(button)
        self._lay_out_above(papers, deeds)

    # --- painting --------------------------------------------------------------------------------

    def show_screen(self, screen: st.Screen) -> None:
        """Paint it."""
        card = words.card_of(screen)
        preview = screen.preview
        self.title.setText(words.title(screen))
        if preview is not None:
            self.table.show_table(figures.figures_table(preview.closing))
            self.by_hour.show_chart(figures.by_hour(preview.closing))
            self.by_face.show_chart(figures.by_face(preview.closing))
            self.last_days.show_chart(figures.last_days(preview))
        if card is not None:
            self.card.show_card(card, None)
        self._show_list(screen)
        message = words.message(screen)
        self._say(message)
        in_list = isinstance(screen.mode, st.Earlier)
        self._announce("" if card is None or in_list else card.spoken, message.text)
        self._show_buttons(screen)
        had_keyboard = self.isAncestorOf(QApplication.focusWidget() or self)
        page = self._scroll if card is None else self._reading
        turned = self._pages.currentWidget() is not page
        self._pages.setCurrentWidget(page)
        if turned and had_keyboard and self.isVisible():
            self.take_keyboard()

    @property
    def shows_figures(self) -> bool:
        """Whether figures and charts are seen, and no card."""
        return self._pages.currentWidget() is self._scroll

    def take_keyboard(self) -> None:
        """Arrow keys go through the list, or through the figures."""
        if self.shows_figures:
            self.table.setFocus(Qt.FocusReason.OtherFocusReason)
        elif not self.list.isHidden():
            self.list.setFocus(Qt.FocusReason.OtherFocusReason)
        else:
            self.setFocus(Qt.FocusReason.OtherFocusReason)

    @Slot()
    def toggle_numbers(self) -> None:
        """All charts turn to their numbers, or back."""
        shown = all(chart.shows_numbers for chart in self.charts)
        for chart in self.charts:
            if chart.shows_numbers == shown:
                chart.toggle()
        self.numbers.say(_("All charts") if not shown else _("All figures"), NUMBERS_KEY)

    def _show_list(self, screen: st.Screen) -> None:
        mode = screen.mode
        chosen = mode.chosen if isinstance(mode, st.Earlier) else None
        rows = [words.row_of(kept, screen.preview) for kept in screen.earlier]
        self._fill_list(rows, chosen=chosen, visible=chosen is not None)

    def _show_buttons(self, screen: st.Screen) -> None:
        mode, preview = screen.mode, screen.preview
        overview = isinstance(mode, st.Overview)
        due = None if preview is None else preview.due
        asking = mode.blocking if isinstance(mode, st.Asking) else None
        shown = {
            self.close_button: overview,
            self.numbers: overview,
            self.earlier_button: overview,
            self.period_button: overview and due is not None,
            self.confirm: isinstance(mode, st.Offering | st.Asking | st.Done),
            self.anyway: (asking is not None and not asking.questions)
            or (isinstance(mode, st.Done) and due is not None),
            self.later: not isinstance(mode, st.Done),
            **dict.fromkeys(self.papers.values(), screen.read is not None),
        }
        self._name_buttons(screen)
        for button, is_shown in shown.items():
            button.setVisible(is_shown)
        self.close_button.setEnabled(preview is not None)
        self.numbers.setEnabled(preview is not None)
        self.earlier_button.setEnabled(bool(screen.earlier))
        self.later.setEnabled(not isinstance(mode, st.Working))
        for button in self.papers.values():
            button.setEnabled(screen.news is not st.Notice.MAKING_PAPERS)

    def _name_buttons(self, screen: st.Screen) -> None:
        mode, preview = screen.mode, screen.preview
        self.close_button.say(words.close_button(screen), CLOSE_KEY)
        if preview is not None and preview.due is not None:
            self.period_button.say(words.period_button(preview.due), PERIOD_KEY)
        match mode:
            case st.Offering():
                self.confirm.say(words.close_button(screen), _("Enter"))
            case st.Asking():
                self.confirm.say(_("To settle"), _("Enter"))
                self.anyway.say(_("Close all the same"), CLOSE_KEY)
            case st.Done():
                self.confirm.say(_("Done"), _("Enter"))
                if preview is not None and preview.due is not None:
                    self.anyway.say(words.period_button(preview.due), CLOSE_KEY)
            case _:
                pass
        offered = isinstance(mode, st.Offering | st.Asking)
        self.later.say(_("Later") if offered else _("Back"), _("Esc"))

    # --- buttons: bound methods, because a signal must not be connected to anything else ----------

    def _a4_pressed(self) -> None:
        self.paper.emit(st.Paper.A4)

    def _roll_pressed(self) -> None:
        self.paper.emit(st.Paper.ROLL)

    def _folder_pressed(self) -> None:
        self.paper.emit(st.Paper.FOLDER)

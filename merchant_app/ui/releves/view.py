"""The Relevés screen, painted from one `Screen` value: a list, and a card or figures beside it."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QApplication,
    QHBoxLayout,
    QVBoxLayout,
    QWidget,
)

from merchant_app.i18n import _
from merchant_app.till.statement_results import Outstanding, Reconciled
from merchant_app.ui.button_rows import ButtonRows
from merchant_app.ui.charts.numbers import NumbersView
from merchant_app.ui.charts.panel import ChartPanel
from merchant_app.ui.encaisser.card_view import CardView
from merchant_app.ui.following_scroll import FollowingScroll
from merchant_app.ui.function_keys import BANK_KEY, EARLIER_KEY, NUMBERS_KEY, OUTSTANDING_KEY
from merchant_app.ui.list_page import ListPage
from merchant_app.ui.page_stack import PageStack
from merchant_app.ui.releves import cards, figures, words
from merchant_app.ui.releves import states as st
from merchant_app.ui.releves.lines_view import LinesView
from merchant_app.ui.theme import STEP, Look

_ROWS_LARGE = 3


class RelevesView(ListPage):
    """GUI thread.

    Signals:
        lines_wanted(), bank_wanted(), outstanding_wanted(), earlier_wanted(): the deeds.
    """

    lines_wanted = Signal()
    bank_wanted = Signal()
    outstanding_wanted = Signal()
    earlier_wanted = Signal()
    list_share, list_width_px = 0.38, (260, 400)

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(
            look, _("Statements"), list_name=_("Differences, months and weeks"), parent=parent
        )
        self._page = st.Page.STATEMENT
        self._found: Reconciled | None = None
        self._build_statement()
        self._build_outstanding()
        self._build_buttons()
        self._lay_out()

    # --- building --------------------------------------------------------------------------------

    def _build_statement(self) -> None:
        self._beside = PageStack(self._pages)
        self._beside.addWidget(self.card)
        self._figures = QWidget(self._beside)
        self.table = NumbersView(self._look, self._figures)
        self.chart = ChartPanel(self._look, self._figures)
        column = QVBoxLayout(self._figures)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(3 * STEP)
        column.addWidget(self.table)
        column.addWidget(self.chart, 1)
        self._scroll = FollowingScroll(self._figures, margin_px=STEP, parent=self._beside)
        self._beside.addWidget(self._scroll)
        self._statement = self._list_beside(self._beside)
        self.lines = LinesView(self._look, self._pages)
        self._pages.addWidget(self.lines)

    def _build_outstanding(self) -> None:
        self._outstanding = PageStack(self._pages)
        self.no_copy = CardView(self._look, self._outstanding)
        self._left = QWidget(self._outstanding)
        self.by_expiry = ChartPanel(self._look, self._left, key=NUMBERS_KEY)
        self.expiring = NumbersView(self._look, self._left)
        across = QHBoxLayout(self._left)
        across.setContentsMargins(0, 0, 0, 0)
        across.setSpacing(5 * STEP)
        across.addWidget(self.by_expiry, 1)
        across.addWidget(self.expiring, 1)
        self._outstanding.addWidget(self.no_copy)
        self._outstanding.addWidget(self._left)
        self._pages.addWidget(self._outstanding)

    def _build_buttons(self) -> None:
        self.lines_button = self._button("plain")
        self.lines_button.clicked.connect(self.lines_wanted)
        self.bank_button = self._button("plain")
        self.bank_button.say(_("Bank’s file"), BANK_KEY)
        self.bank_button.clicked.connect(self.bank_wanted)
        self.outstanding_button = self._button("plain")
        self.outstanding_button.say(_("Unspent"), OUTSTANDING_KEY)
        self.outstanding_button.clicked.connect(self.outstanding_wanted)
        self.earlier_button = self._button("plain")
        self.earlier_button.say(_("Earlier"), EARLIER_KEY)
        self.earlier_button.clicked.connect(self.earlier_wanted)
        self.confirm = self._button("main")
        self.confirm.clicked.connect(self.confirmed)
        self.leave = self._button("plain")
        self.leave.clicked.connect(self.back)

    def _lay_out(self) -> None:
        deeds, ends = ButtonRows(), ButtonRows()
        for button in (
            self.earlier_button,
            self.bank_button,
            self.outstanding_button,
            self.lines_button,
        ):
            deeds.addWidget(button)
        for button in (self.leave, self.confirm):
            (ends if self._look.is_large else deeds).addWidget(button)
        self._lay_out_above(deeds, ends)

    def _fit_table(self) -> None:
        """As high as its rows; where text is large, as high as what is seen of it: then it scrolls
        itself, and the arrow keys reach every row."""
        self.table.resizeRowsToContents()
        rows = self.table.verticalHeader()
        high = rows.length()
        if self._look.is_large:
            high = min(high, _ROWS_LARGE * rows.defaultSectionSize())
        self.table.setFixedHeight(
            self.table.horizontalHeader().sizeHint().height() + high + 4 * STEP
        )

    # --- painting --------------------------------------------------------------------------------

    def show_screen(self, screen: st.Screen) -> None:
        """Paint it."""
        had_keyboard = self.isAncestorOf(QApplication.focusWidget() or self)
        self.title.setText(words.title(screen))
        message = words.message(screen)
        self._say(message)
        self._announce(self._news(screen), message.text)
        match screen.page:
            case st.Page.STATEMENT:
                self._show_statement(screen)
            case st.Page.LINES:
                self.lines.show_lines(figures.lines_of(screen))
            case st.Page.OUTSTANDING:
                self._show_outstanding(screen)
        self._show_buttons(screen)
        turned = self._page is not screen.page
        self._page = screen.page
        self._pages.setCurrentWidget(
            {
                st.Page.STATEMENT: self._statement,
                st.Page.LINES: self.lines,
                st.Page.OUTSTANDING: self._outstanding,
            }[screen.page]
        )
        if had_keyboard and self.isVisible() and (turned or not self._keeps_keyboard()):
            self.take_keyboard()

    @property
    def shows_figures(self) -> bool:
        """Whether a week or a month is read, and no card."""
        return self._page is st.Page.STATEMENT and self._beside.currentWidget() is self._scroll

    def take_keyboard(self) -> None:
        """Arrow keys go through the list, the sales, or the chart."""
        places: dict[st.Page, QWidget] = {
            st.Page.STATEMENT: self.list,
            st.Page.LINES: self.lines,
            st.Page.OUTSTANDING: self.by_expiry.bars,
        }
        place = places[self._page]
        (place if place.isVisible() else self).setFocus(Qt.FocusReason.OtherFocusReason)

    def toggle_numbers(self) -> None:
        """Both charts turn to their numbers, or back."""
        for chart in (self.chart, self.by_expiry):
            chart.toggle()

    def _keeps_keyboard(self) -> bool:
        now = QApplication.focusWidget()
        return now is not None and now is not self and now.isVisible()

    def _news(self, screen: st.Screen) -> str:
        """The card, where it does not only follow the list: a statement came, or none did."""
        came = screen.found is not self._found
        self._found = screen.found
        if screen.page is not st.Page.STATEMENT or not (came or not screen.items):
            return ""
        card = cards.card_of(screen)
        return "" if card is None else card.spoken

    def _show_statement(self, screen: st.Screen) -> None:
        self._show_list(screen)
        card, item = cards.card_of(screen), screen.item
        if card is not None:
            self.card.show_card(card, None)
        elif isinstance(item, st.Figures) and screen.found is not None:
            self.table.show_table(figures.period_table(screen.found, item.period))
            self._fit_table()
            self.chart.show_chart(figures.by_period(screen, item.period.kind))
        self._beside.setCurrentWidget(self._scroll if card is None else self.card)

    def _show_list(self, screen: st.Screen) -> None:
        rows = [words.row_of(item, screen) for item in screen.items]
        self._fill_list(rows, chosen=screen.chosen, visible=bool(rows))

    def _show_outstanding(self, screen: st.Screen) -> None:
        card = cards.no_outstanding(screen.outstanding)
        if card is not None:
            self.no_copy.show_card(card, None)
        elif isinstance(screen.outstanding, Outstanding):
            self.by_expiry.show_chart(figures.by_expiry(screen.outstanding))
            self.expiring.show_table(figures.expiring_table(screen.outstanding, screen))
        self._outstanding.setCurrentWidget(self._left if card is None else self.no_copy)

    def _show_buttons(self, screen: st.Screen) -> None:
        on_statement = screen.page is st.Page.STATEMENT
        deed = words.deed_of(screen)
        self.confirm.setVisible(deed is not None)
        if deed is not None:
            self.confirm.say(words.deed_button(deed, screen), _("Enter"))
        behind = screen.page is st.Page.LINES
        self.lines_button.say(_("Figures") if behind else _("Details"), NUMBERS_KEY)
        has_statement = on_statement and screen.found is not None
        self.lines_button.setVisible(behind or (has_statement and words.has_lines(screen)))
        self.bank_button.setVisible(has_statement)
        self.bank_button.setEnabled(not screen.reading_bank)
        self.outstanding_button.setVisible(on_statement)
        self.earlier_button.setVisible(has_statement)
        stops = on_statement and screen.asking is not None
        self.leave.say(_("Stop asking") if stops else _("Back"), _("Esc"))

"""The manual over the window: what is looked for, the contents, one page."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QRect, QSize, Qt, Signal, Slot
from PySide6.QtGui import QColor, QKeyEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import (
    QApplication,
    QHBoxLayout,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QVBoxLayout,
    QWidget,
)

from merchant_app.i18n import _, active, ngettext
from merchant_app.ui.keycap_button import KeycapButton
from merchant_app.ui.labels import plain
from merchant_app.ui.manual import shelf
from merchant_app.ui.manual.browser import PageBrowser
from merchant_app.ui.manual.shelf import ManualPage, Spot
from merchant_app.ui.theme import STEP, Look, Size

_CONTENTS_PX = 280
_CONTENTS_LARGE_PX = 340
_PAGE_MAX_EMS = 56
_AROUND_TITLE_PX = 12 * STEP
"""Padding of list and line, and the scroll bar."""
_BY_PAGE = (Qt.Key.Key_PageDown, Qt.Key.Key_PageUp)
_BY_LINE = (Qt.Key.Key_Down, Qt.Key.Key_Up)


class ManualView(QWidget):
    """GUI thread. Covers its parent.

    Signals:
        left(): back to the till.
    """

    left = Signal()

    def __init__(
        self, look: Look, parent: QWidget, *, pages: tuple[ManualPage, ...] | None = None
    ) -> None:
        """`pages`: those of the language in use, where somebody read them before."""
        super().__init__(parent)
        self._look = look
        self._covered = parent
        self._pages = pages if pages is not None else shelf.load(active())
        self._listed: tuple[ManualPage, ...] = ()
        self.search = QLineEdit(self)
        self.search.setPlaceholderText(_("Search") if look.is_large else _("Search the manual"))
        self.search.setAccessibleName(_("Search the manual"))
        self.search.textChanged.connect(self._looked_for)
        self.search.installEventFilter(self)
        self._told = plain(parent=self)
        self._close = KeycapButton(look, role="plain", parent=self)
        self._close.say(_("Back to the till"), _("Esc"))
        self._close.clicked.connect(self.left)
        self.contents = QListWidget(self)
        self.contents.setWordWrap(True)
        self.contents.setTextElideMode(Qt.TextElideMode.ElideNone)
        self.contents.setResizeMode(QListWidget.ResizeMode.Adjust)
        self.contents.setAccessibleName(_("Contents of the manual"))
        self.contents.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.contents.setFixedWidth(_CONTENTS_LARGE_PX if look.is_large else _CONTENTS_PX)
        self.contents.currentRowChanged.connect(self._turned)
        self.browser = PageBrowser(look, self)
        self.browser.wanted.connect(self._link_followed)
        self._lay_out()
        look.changed.connect(self.update)

    def _lay_out(self) -> None:
        title = plain(_("Manual"), self)
        title.setFont(self._look.font(Size.TITLE, bold=True))
        top = QHBoxLayout()
        top.setSpacing(4 * STEP)
        if not self._look.is_large:
            top.addWidget(title)
        else:
            title.hide()
        top.addWidget(self.search, 1)
        top.addWidget(self._told)
        top.addWidget(self._close)
        below = QHBoxLayout()
        below.setSpacing(4 * STEP)
        below.addWidget(self.contents)
        below.addWidget(self.browser, 1)
        self._column = column = QVBoxLayout(self)
        column.setContentsMargins(6 * STEP, 4 * STEP, 6 * STEP, 4 * STEP)
        column.setSpacing(4 * STEP)
        column.addLayout(top)
        column.addLayout(below, 1)

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._keep_beside()
        super().resizeEvent(event)

    def _keep_beside(self) -> None:
        """A wider window has more beside the page, not longer lines."""
        page = _PAGE_MAX_EMS * self._look.pixels(Size.BODY)
        spare = self.width() - self.contents.width() - page
        across, down = max(6 * STEP, spare // 2), 4 * STEP
        self._column.setContentsMargins(across, down, across, down)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), QColor(self._look.palette.window))
        painter.end()

    # --- pages -----------------------------------------------------------------------------------

    def open_at(self, spot: Spot) -> None:
        """Cover everything, at this page, at this part of it."""
        self.setGeometry(self._covered.rect())
        self._keep_beside()
        # First what is empty: the page is drawn once, for the width it will have.
        self.raise_()
        self.show()
        self.search.setFocus()
        self._list(self._pages, spot.page)
        if spot.part and self.page is not None:
            self.browser.show_page(self.page.text, heading=shelf.heading(spot, active()))

    @property
    def page(self) -> ManualPage | None:
        """The one that is seen."""
        row = self.contents.currentRow()
        return self._listed[row] if 0 <= row < len(self._listed) else None

    @property
    def listed(self) -> tuple[ManualPage, ...]:
        """The contents, or what was found."""
        return self._listed

    @property
    def told(self) -> str:
        """What it says of the search."""
        return self._told.text()

    def next_hit(self) -> None:
        """Enter: on to the next place that has it."""
        self.browser.next_hit()

    def _list(self, pages: tuple[ManualPage, ...], name: str) -> None:
        """These, at the one with this name, or else the first."""
        self.contents.blockSignals(True)
        self.contents.clear()
        self._listed = pages
        for page in pages:
            item = QListWidgetItem(page.title)
            item.setSizeHint(self._title_room(page.title))
            self.contents.addItem(item)
        names = [page.name for page in pages]
        self.contents.setCurrentRow(names.index(name) if name in names else 0)
        self.contents.blockSignals(False)
        self._turned()

    def _title_room(self, title: str) -> QSize:
        # Qt forgets the padding of the style sheet, and cuts a title instead of breaking it.
        room = self.contents.width() - _AROUND_TITLE_PX
        box = QRect(0, 0, room, self._look.pixels(Size.BODY) * 10)
        text = self.contents.fontMetrics().boundingRect(box, Qt.TextFlag.TextWordWrap, title)
        return QSize(room, text.height() + 4 * STEP)

    @Slot()
    def _turned(self) -> None:
        page = self.page
        if page is not None:
            self.browser.show_page(page.text, self.search.text())

    @Slot(str)
    def _looked_for(self, text: str) -> None:
        pages = shelf.found(self._pages, text)
        if not text.strip():
            self._told.setText("")
        elif not pages:
            self._told.setText(_("Nothing found"))
        else:
            self._told.setText(ngettext("{n} page", "{n} pages", len(pages)).format(n=len(pages)))
        seen = self.page
        if pages:  # what nobody wrote about leaves what was read
            self._list(pages, seen.name if seen is not None and not text.strip() else "")

    @Slot(str)
    def _link_followed(self, file: str) -> None:
        leads = [page.name for page in self._pages if page.file == file]
        if leads:
            self.search.blockSignals(True)
            self.search.clear()
            self.search.blockSignals(False)
            self._told.setText("")
            self._list(self._pages, leads[0])

    def focusNextPrevChild(self, forward: bool) -> bool:
        """Tab stays in here: what lies under the manual is not seen."""
        now = QApplication.focusWidget()
        if now is None or not self.isAncestorOf(now):
            return super().focusNextPrevChild(forward)
        reasons = Qt.FocusReason
        after = _neighbour(now, forward=forward)
        while after is not None and after is not now:
            tabbed = after.focusPolicy() & Qt.FocusPolicy.TabFocus
            if tabbed and self.isAncestorOf(after) and after.isVisible() and after.isEnabled():
                after.setFocus(reasons.TabFocusReason if forward else reasons.BacktabFocusReason)
                return True
            after = _neighbour(after, forward=forward)
        return False

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """From the field the arrows go through the contents, and page keys through the page."""
        if event.type() is not QEvent.Type.KeyPress or not isinstance(event, QKeyEvent):
            return super().eventFilter(watched, event)
        if event.key() in _BY_PAGE:
            bar = self.browser.verticalScrollBar()
            step = bar.pageStep() if event.key() == Qt.Key.Key_PageDown else -bar.pageStep()
            bar.setValue(bar.value() + step)
            return True
        if event.key() in _BY_LINE:
            step = 1 if event.key() == Qt.Key.Key_Down else -1
            row = max(0, min(self.contents.count() - 1, self.contents.currentRow() + step))
            self.contents.setCurrentRow(row)
            return True
        return super().eventFilter(watched, event)


def _neighbour(of: QWidget, *, forward: bool) -> QWidget | None:
    """In the ring of all that can have the keyboard, seen or not."""
    return of.nextInFocusChain() if forward else of.previousInFocusChain()

"""What the screens of the day's books are laid out like: head, pages, rows of buttons."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QAccessible, QResizeEvent
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QVBoxLayout,
    QWidget,
)

from merchant_app.ui.button_rows import ButtonRows
from merchant_app.ui.encaisser.card_view import CardView
from merchant_app.ui.focus_ring import FocusRing
from merchant_app.ui.keycap_button import KeycapButton
from merchant_app.ui.labels import plain
from merchant_app.ui.message import Message
from merchant_app.ui.page_stack import PageStack
from merchant_app.ui.palette import Tone
from merchant_app.ui.row_list import RowList
from merchant_app.ui.spoken_roles import announce, speak_as
from merchant_app.ui.theme import STEP, Look, Size, tinted


class ListPage(QWidget):
    """Title and message above, one of several pages, buttons below; on one of the pages a list with
    a card beside it. GUI thread.

    Signals:
        chosen(int): the list went to this line.
        confirmed(), back(): Enter and Esc, as buttons.

    Attributes:
        list_share: of the width, for the list; never outside `list_width_px`.
    """

    chosen = Signal(int)
    confirmed = Signal()
    back = Signal()
    list_share: float
    list_width_px: tuple[int, int]

    def __init__(
        self, look: Look, title: str, *, list_name: str, parent: QWidget | None = None
    ) -> None:
        """`list_name`: what the list is called for whoever does not see it."""
        super().__init__(parent)
        self._look = look
        self._tone = Tone.QUIET
        self._announced = ""
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        speak_as(self, QAccessible.Role.Grouping, title)
        FocusRing(look, self)
        self.title = plain(title, self)
        self.title.setFont(look.font(Size.TITLE, bold=True))
        self._message = plain(parent=self, wrap=True)
        self._pages = PageStack(self)
        self.list = RowList(self)
        self.list.setAccessibleName(list_name)
        self.list.setFont(look.font(Size.BODY, figures=True))
        self.list.currentRowChanged.connect(self.chosen)
        self.card = CardView(look, self)
        look.changed.connect(self._colour_message)

    # --- building --------------------------------------------------------------------------------

    def _list_beside(self, beside: QWidget) -> QWidget:
        """A page: the list, and this beside it."""
        page = QWidget(self._pages)
        row = QHBoxLayout(page)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(5 * STEP)
        row.addWidget(self.list)
        row.addWidget(beside, 1)
        self._pages.addWidget(page)
        return page

    def _button(self, role: str) -> KeycapButton:
        button = KeycapButton(self._look, role=role, parent=self)
        button.give_up_place_when_hidden()
        return button

    def _lay_out_above(self, *rows: ButtonRows) -> None:
        """Head and pages above these rows of buttons."""
        head = QHBoxLayout()
        head.setSpacing(4 * STEP)
        head.addWidget(self.title)
        head.addWidget(self._message, 1)
        whole = QVBoxLayout(self)
        margin = (4 if self._look.is_large else 6) * STEP
        whole.setContentsMargins(margin, 4 * STEP, margin, 4 * STEP)
        whole.setSpacing(3 * STEP)
        whole.addLayout(head)
        whole.addWidget(self._pages, 1)
        for row in rows:
            row.setSpacing(2 * STEP)
            whole.addLayout(row)
        # Tab goes as the eye does, whichever button was made first.
        places = [row.itemAt(place) for row in rows for place in range(row.count())]
        parts = [place.widget() for place in places if place is not None]
        buttons = [part for part in parts if part is not None]
        for before, after in pairwise(buttons):
            QWidget.setTabOrder(before, after)

    def resizeEvent(self, event: QResizeEvent) -> None:
        least, most = self.list_width_px
        share = round(self.width() * self.list_share)
        self.list.setFixedWidth(max(least, min(most, share)))
        super().resizeEvent(event)

    # --- painting --------------------------------------------------------------------------------

    @property
    def message(self) -> str:
        """The sentence beside the title."""
        return self._message.text()

    def labels(self) -> tuple[QLabel, ...]:
        """The texts, for whoever measures them."""
        return (self.title, self._message, *self.card.labels())

    def _announce(self, *sentences: str) -> None:
        """What is news here, once; not what the list says by itself."""
        text = " ".join(filter(None, sentences))
        if text and text != self._announced and self.isVisible():
            self._announced = text
            announce(self, text)

    def _say(self, message: Message) -> None:
        self._message.setText(message.text)
        self._message.setAccessibleName(message.text)
        self._tone = message.tone
        self._colour_message()

    def _fill_list(self, rows: Sequence[str], *, chosen: int | None, visible: bool) -> None:
        """None: the list stays where it is. Nobody is told: this screen knows."""
        blocked = self.list.blockSignals(True)
        self.list.setVisible(visible)
        self.list.show_rows(rows)
        if chosen is not None:
            self.list.setCurrentRow(chosen)
        self.list.blockSignals(blocked)

    def _colour_message(self) -> None:
        quiet = self._tone is Tone.QUIET
        palette = self._look.palette
        self._message.setPalette(tinted(palette.muted if quiet else palette.tones[self._tone].ink))

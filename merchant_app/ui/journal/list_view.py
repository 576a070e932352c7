"""The list of redemptions: a model that grows as it is read, and lines painted by one delegate.

No widget stands for a line: a list of a million costs what the lines in sight cost.
"""

from __future__ import annotations

from PySide6.QtCore import (
    QAbstractListModel,
    QModelIndex,
    QPersistentModelIndex,
    QRectF,
    QSize,
    Qt,
    Signal,
    Slot,
)
from PySide6.QtGui import QColor, QFontMetrics, QKeyEvent, QPainter, QResizeEvent
from PySide6.QtWidgets import QListView, QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from merchant_app.i18n import _
from merchant_app.till.journal_results import Sale
from merchant_app.ui.encaisser.verdict_cards import Place
from merchant_app.ui.journal import words
from merchant_app.ui.journal.states import Screen
from merchant_app.ui.palette import Tone
from merchant_app.ui.shapes import ICON_PX, draw_shape
from merchant_app.ui.theme import RADIUS, STEP, Look, Size

_ROW_ROLE = int(Qt.ItemDataRole.UserRole)
_Index = QModelIndex | QPersistentModelIndex


class SalesModel(QAbstractListModel):
    """GUI thread.

    Signals:
        more_wanted(): the list was read to where it ends, and others follow.
    """

    more_wanted = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._sales: tuple[Sale, ...] = ()
        self._more = False
        self._place: Place | None = None

    def show_screen(self, screen: Screen, place: Place) -> None:
        """Take the lines over; what only grew keeps its place under the eyes."""
        old, new = self._sales, screen.sales
        self._more, self._place = screen.more, place
        if new is old:
            return
        if old and len(new) > len(old) and new[: len(old)] == old:
            self.beginInsertRows(QModelIndex(), len(old), len(new) - 1)
            self._sales = new
            self.endInsertRows()
        elif [sale.op_id for sale in new] == [sale.op_id for sale in old]:
            self._sales = new
            if new:
                self.dataChanged.emit(self.index(0), self.index(len(new) - 1))
        else:
            self.beginResetModel()
            self._sales = new
            self.endResetModel()

    def rowCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own signature
        return 0 if parent.isValid() else len(self._sales)

    def data(self, index: _Index, role: int = int(Qt.ItemDataRole.DisplayRole)) -> object:
        if not index.isValid() or self._place is None:
            return None
        row = words.row_of(self._sales[index.row()], self._place)
        if role == _ROW_ROLE:
            return row
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return row.spoken
        return None

    def canFetchMore(self, _parent: _Index) -> bool:
        return self._more

    def fetchMore(self, _parent: _Index) -> None:
        self.more_wanted.emit()


class _Lines(QStyledItemDelegate):
    """Two lines of text beside a shape: time and amount; what it is, and who. With large text there
    are three: the vouchers, and who took them, stand alone."""

    def __init__(self, look: Look, parent: QWidget) -> None:
        super().__init__(parent)
        self._look = look

    def sizeHint(self, _option: QStyleOptionViewItem, _index: _Index) -> QSize:
        return QSize(0, self.height())

    def height(self) -> int:
        """Of one line of the list."""
        body = QFontMetrics(self._look.font(Size.BODY, bold=True)).height()
        small = QFontMetrics(self._look.font(Size.SMALL)).height()
        return body + (2 * small + STEP if self._look.is_large else small) + 5 * STEP

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: _Index) -> None:
        row = index.data(_ROW_ROLE)
        if not isinstance(row, words.Row):
            return
        colours = self._look.palette
        is_chosen = bool(option.state & QStyle.StateFlag.State_Selected)
        box = QRectF(option.rect).adjusted(STEP, 1, -STEP, -1)
        choice = colours.tones[Tone.CHOICE]
        ground = QColor(choice.soft if is_chosen else colours.surface)
        ink = QColor(choice.ink if is_chosen else colours.text)
        quiet = QColor(choice.ink if is_chosen else colours.muted)
        tone = colours.tones[row.state.tone]
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if is_chosen:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(ground)
            painter.drawRoundedRect(box, RADIUS, RADIUS)
            painter.setBrush(QColor(choice.edge))  # a tint alone is too faint for some eyes
            bar = QRectF(box.left(), box.top() + RADIUS, STEP, box.height() - 2 * RADIUS)
            painter.drawRoundedRect(bar, STEP / 2, STEP / 2)
        shape = QRectF(box.left() + 2 * STEP, box.center().y() - ICON_PX / 2, ICON_PX, ICON_PX)
        edge = ink if is_chosen else QColor(tone.edge)
        draw_shape(painter, row.state.shape, shape, colour=edge)
        text = box.adjusted(5 * STEP + ICON_PX, 2 * STEP, -3 * STEP, -2 * STEP)
        self._pair(painter, text, row.when, row.amount, top=True, left=ink, right=ink)
        second = " · ".join(part for part in (row.labels, row.cashier) if part)
        word = ink if is_chosen else QColor(tone.ink)
        if self._look.is_large:
            self._pair(painter, text, second, "", top=False, left=quiet, right=word)
            text.adjust(0, 0, 0, -QFontMetrics(self._look.font(Size.SMALL)).height() - STEP)
            second = ""
        self._pair(painter, text, second, row.state.word, top=False, left=quiet, right=word)
        painter.restore()

    def _pair(
        self,
        painter: QPainter,
        box: QRectF,
        left_text: str,
        right_text: str,
        *,
        top: bool,
        left: QColor,
        right: QColor,
    ) -> None:
        """What is at the right is never cut; what is at the left ends before it."""
        side = Qt.AlignmentFlag.AlignTop if top else Qt.AlignmentFlag.AlignBottom
        size = Size.BODY if top else Size.SMALL
        painter.setFont(self._look.font(size, bold=True, figures=True))
        metrics = painter.fontMetrics()
        shown = metrics.elidedText(right_text, Qt.TextElideMode.ElideRight, round(box.width()))
        painter.setPen(right)
        painter.drawText(box, int(Qt.AlignmentFlag.AlignRight | side), shown)
        room = box.width() - metrics.horizontalAdvance(shown) - 3 * STEP
        if room <= 0:
            return
        painter.setFont(self._look.font(size, figures=True))
        painter.setPen(left)
        cut = painter.fontMetrics().elidedText(left_text, Qt.TextElideMode.ElideRight, round(room))
        painter.drawText(box, int(Qt.AlignmentFlag.AlignLeft | side), cut)


class SalesList(QListView):
    """The list itself; arrow keys go through it.

    Signals:
        chosen(int): somebody went to this line.
        more_wanted(): it was read to where it ends.
    """

    chosen = Signal(int)
    more_wanted = Signal()

    def __init__(self, look: Look, parent: QWidget) -> None:
        super().__init__(parent)
        self._row: int | None = None
        self._model = SalesModel(self)
        self._lines = _Lines(look, self)
        self.setModel(self._model)
        self.setItemDelegate(self._lines)
        self.setUniformItemSizes(True)
        self.setAccessibleName(_("Sales"))
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        self.setEditTriggers(QListView.EditTrigger.NoEditTriggers)
        self._model.more_wanted.connect(self.more_wanted)
        look.changed.connect(self._repaint)

    @Slot()
    def _repaint(self) -> None:
        self.viewport().update()

    def show_screen(self, screen: Screen, place: Place) -> None:
        """Paint it."""
        self._row = None  # what the model does to the current line is nobody's choice
        self._model.show_screen(screen, place)
        row = screen.row
        if row is None:
            self.setCurrentIndex(QModelIndex())
        elif self.currentIndex().row() != row:
            self.setCurrentIndex(self._model.index(row))
        self._row = -1 if row is None else row

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if self.currentIndex().isValid():
            self.scrollTo(self.currentIndex())  # what is chosen stays whole

    def currentChanged(self, current: _Index, previous: _Index) -> None:
        super().currentChanged(current, previous)
        if self._row is not None and current.isValid() and current.row() != self._row:
            self._row = current.row()
            self.chosen.emit(current.row())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        # A letter would jump to a line that begins with it; here it is nobody's.
        if event.text().strip():
            event.ignore()
            return
        super().keyPressEvent(event)

"""Numbers as a table, those of a chart for instance: to be read, and copied with Ctrl+C."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication, QKeyEvent, QKeySequence
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QTableWidget,
    QTableWidgetItem,
    QWidget,
)

from merchant_app.ui.charts.series import Chart, Table
from merchant_app.ui.table_head import dress_head, line_px
from merchant_app.ui.theme import STEP, Look, Size


class NumbersView(QTableWidget):
    """GUI thread. For charts: a few dozen lines."""

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look = look
        self._table: Table | None = None
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setTabKeyNavigation(False)  # Tab leads on, it is no trap (WCAG 2.1.2)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setShowGrid(False)
        self.setFont(look.font(Size.SMALL, figures=True))
        self.verticalHeader().setVisible(False)
        dress_head(self, look)
        line = line_px(look)
        self.verticalHeader().setMinimumSectionSize(line)
        self.verticalHeader().setDefaultSectionSize(line + 2 * STEP)
        # What is too long for its line goes on in the next one.
        self.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)

    def show_chart(self, chart: Chart) -> None:
        """Fill it with the numbers of a chart."""
        self.show_table(Table(chart.title, chart.columns, chart.rows))
        self.setAccessibleDescription(chart.spoken)

    def show_table(self, table: Table) -> None:
        """Fill it."""
        if table == self._table:
            return
        self._table = table
        self.setAccessibleName(table.title)
        self.setAccessibleDescription(table.spoken)
        self.setColumnCount(len(table.columns))
        self.setHorizontalHeaderLabels(list(table.columns))
        self.setRowCount(len(table.rows))
        bold = self._look.font(Size.SMALL, bold=True, figures=True)
        for number, row in enumerate(table.rows):
            for column, text in enumerate(row):
                item = _item(text, is_first=column == 0)
                if number in table.strong:
                    item.setFont(bold)
                self.setItem(number, column, item)
        head = self.horizontalHeader()
        for column in range(len(table.columns)):
            fits = QHeaderView.ResizeMode.ResizeToContents
            head.setSectionResizeMode(
                column, QHeaderView.ResizeMode.Stretch if column == 0 else fits
            )
            title = self.horizontalHeaderItem(column)
            if title is not None:
                title.setTextAlignment(_alignment(is_first=column == 0))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.matches(QKeySequence.StandardKey.Copy) and self._table is not None:
            chosen = sorted({index.row() for index in self.selectedIndexes()})
            lines = [self._table.rows[row] for row in chosen] or list(self._table.rows)
            text = "\n".join("\t".join(line) for line in (self._table.columns, *lines))
            QGuiApplication.clipboard().setText(text)
        else:
            super().keyPressEvent(event)


def _item(text: str, *, is_first: bool) -> QTableWidgetItem:
    item = QTableWidgetItem(text)
    item.setTextAlignment(_alignment(is_first=is_first))
    item.setToolTip(text)
    return item


def _alignment(*, is_first: bool) -> Qt.AlignmentFlag:
    across = Qt.AlignmentFlag.AlignLeft if is_first else Qt.AlignmentFlag.AlignRight
    return across | Qt.AlignmentFlag.AlignVCenter

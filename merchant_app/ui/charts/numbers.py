"""The numbers of a chart as a table, to be read, and copied with Ctrl+C."""

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

from merchant_app.ui.charts.series import Chart
from merchant_app.ui.theme import STEP, Look, Size


class NumbersView(QTableWidget):
    """GUI thread. For charts: a few dozen lines."""

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look = look
        self._chart: Chart | None = None
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setTabKeyNavigation(False)  # Tab leads on, it is no trap (WCAG 2.1.2)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setShowGrid(False)
        self.setFont(look.font(Size.SMALL, figures=True))
        self.verticalHeader().setVisible(False)
        head = self.horizontalHeader()
        head.setFont(look.font(Size.SMALL, bold=True))
        head.setHighlightSections(False)
        head.setSectionsClickable(False)
        line = round(look.pixels(Size.SMALL) * 1.35)
        self.verticalHeader().setMinimumSectionSize(line)
        self.verticalHeader().setDefaultSectionSize(line + 2 * STEP)

    def show_chart(self, chart: Chart) -> None:
        """Fill it."""
        if chart == self._chart:
            return
        self._chart = chart
        self.setAccessibleName(chart.title)
        self.setAccessibleDescription(chart.spoken)
        self.setColumnCount(len(chart.columns))
        self.setHorizontalHeaderLabels(list(chart.columns))
        self.setRowCount(len(chart.rows))
        for number, row in enumerate(chart.rows):
            for column, text in enumerate(row):
                self.setItem(number, column, _item(text, is_first=column == 0))
        head = self.horizontalHeader()
        for column in range(len(chart.columns)):
            fits = QHeaderView.ResizeMode.ResizeToContents
            head.setSectionResizeMode(
                column, QHeaderView.ResizeMode.Stretch if column == 0 else fits
            )
            title = self.horizontalHeaderItem(column)
            if title is not None:
                title.setTextAlignment(_alignment(is_first=column == 0))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.matches(QKeySequence.StandardKey.Copy) and self._chart is not None:
            chosen = sorted({index.row() for index in self.selectedIndexes()})
            lines = [self._chart.rows[row] for row in chosen] or list(self._chart.rows)
            text = "\n".join("\t".join(line) for line in (self._chart.columns, *lines))
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

"""A long table that is painted as it is scrolled: the sales behind a statement."""

from __future__ import annotations

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableView, QWidget

from merchant_app.ui.releves.figures import Lines
from merchant_app.ui.table_head import dress_head, line_px
from merchant_app.ui.theme import STEP, Look, Size

_MEASURED = 60
"""Rows by which a column's width is found: measuring 20,000 would hold the window up."""
_AMOUNTS = (3, 4)
_NO_PARENT = QModelIndex()
_Index = QModelIndex | QPersistentModelIndex


class _Model(QAbstractTableModel):
    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._lines = Lines("", (), ())

    def fill(self, lines: Lines) -> None:
        self.beginResetModel()
        self._lines = lines
        self.endResetModel()

    def rowCount(self, parent: _Index = _NO_PARENT) -> int:
        return 0 if parent.isValid() else len(self._lines.rows)

    def columnCount(self, parent: _Index = _NO_PARENT) -> int:
        return 0 if parent.isValid() else len(self._lines.columns)

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole):
            return self._lines.rows[index.row()][index.column()]
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _alignment(index.column())
        return None

    def headerData(
        self,
        section: int,
        orientation: Qt.Orientation,
        role: int = Qt.ItemDataRole.DisplayRole,
    ) -> object:
        if orientation is Qt.Orientation.Vertical:
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return self._lines.columns[section]
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _alignment(section)
        return None


def _alignment(column: int) -> Qt.AlignmentFlag:
    across = Qt.AlignmentFlag.AlignRight if column in _AMOUNTS else Qt.AlignmentFlag.AlignLeft
    return across | Qt.AlignmentFlag.AlignVCenter


class LinesView(QTableView):
    """GUI thread."""

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._shown: Lines | None = None
        self._model = _Model(self)
        self.setModel(self._model)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setTabKeyNavigation(False)  # Tab leads on, it is no trap (WCAG 2.1.2)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setFont(look.font(Size.SMALL, figures=True))
        down = self.verticalHeader()
        down.setVisible(False)
        down.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        down.setDefaultSectionSize(line_px(look) + 2 * STEP)
        dress_head(self, look)
        across = self.horizontalHeader()
        across.setResizeContentsPrecision(_MEASURED)
        across.setStretchLastSection(True)

    def show_lines(self, lines: Lines) -> None:
        """Fill it."""
        if lines == self._shown:
            return
        self._shown = lines
        self.setAccessibleName(lines.title)
        self._model.fill(lines)
        self.resizeColumnsToContents()
        if lines.rows:
            self.selectRow(0)

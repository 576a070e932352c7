"""A chart with its title, its legend, and its table behind one button."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt, Slot
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSizePolicy, QStackedWidget, QVBoxLayout, QWidget

from merchant_app.i18n import _
from merchant_app.ui.charts.bars import BarsView
from merchant_app.ui.charts.numbers import NumbersView
from merchant_app.ui.charts.painting import draw_key
from merchant_app.ui.charts.series import Chart, Mark
from merchant_app.ui.keycap_button import KeycapButton
from merchant_app.ui.labels import plain
from merchant_app.ui.theme import STEP, Look, Size


class ChartPanel(QWidget):
    """GUI thread. `show_chart` paints; `toggle`, or the button, turns from bars to numbers."""

    def __init__(self, look: Look, parent: QWidget | None = None, *, key: str = "") -> None:
        """`key`: on the button's cap; whoever takes that key calls `toggle`."""
        super().__init__(parent)
        self._look = look
        self._key = key
        self._chart: Chart | None = None
        self.title = plain(parent=self, wrap=True)
        self.title.setFont(look.font(Size.BODY, bold=True))
        self.legend = Legend(look, self)
        self.button = KeycapButton(look, role="quiet", parent=self)
        self.button.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
        self.button.clicked.connect(self.toggle)
        self.bars = BarsView(look, self)
        self.numbers = NumbersView(look, self)
        self._pages = QStackedWidget(self)
        self._pages.addWidget(self.bars)
        self._pages.addWidget(self.numbers)
        head = QHBoxLayout()
        head.setSpacing(2 * STEP)
        head.addWidget(self.title, 1)
        head.addWidget(self.button)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(STEP)
        column.addLayout(head)
        column.addWidget(self._pages, 1)
        column.addWidget(self.legend)
        self._name_button()

    def hasHeightForWidth(self) -> bool:
        # A title of two lines is at the chart's expense: the panel asks for no more than its least.
        return False

    def show_chart(self, chart: Chart) -> None:
        """Paint it, in bars or in numbers."""
        self._chart = chart
        self.title.setText(chart.title)
        self.bars.show_chart(chart)
        if self.shows_numbers:
            self.numbers.show_chart(chart)
        self.legend.show_keys(chart.legend)
        self.button.setEnabled(bool(chart.rows))
        self._name_button()

    @property
    def shows_numbers(self) -> bool:
        """Whether the table is seen."""
        return self._pages.currentWidget() is self.numbers

    @Slot()
    def toggle(self) -> None:
        """From bars to numbers and back; the keyboard goes along."""
        had_keyboard = self.bars.hasFocus() or self.numbers.hasFocus()
        seen: QWidget = self.bars if self.shows_numbers else self.numbers
        if seen is self.numbers and self._chart is not None:
            self.numbers.show_chart(self._chart)
        self._pages.setCurrentWidget(seen)
        if had_keyboard:
            seen.setFocus(Qt.FocusReason.OtherFocusReason)
        self._name_button()

    def _name_button(self) -> None:
        self.button.say(_("Chart") if self.shows_numbers else _("Figures"), self._key)
        self.button.setAccessibleName(f"{self.title.text()}: {self.button.text()}")

    def labels(self) -> tuple[QLabel, ...]:
        """The texts, for whoever measures them."""
        return (self.title,)


class Legend(QWidget):
    """What the marks of a chart mean, in a line; gone where there is nothing to say."""

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look = look
        self._keys: tuple[tuple[Mark, str], ...] = ()
        self.setFont(look.font(Size.SMALL))
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.setVisible(False)
        look.changed.connect(self.update)

    def show_keys(self, keys: tuple[tuple[Mark, str], ...]) -> None:
        """Change the words."""
        if keys == self._keys:
            return
        self._keys = keys
        self.setAccessibleName("; ".join(word for _mark, word in keys))
        self.setVisible(bool(keys))
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(0, self.fontMetrics().height() + STEP)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(self.font())
        metrics, high = painter.fontMetrics(), self.height()
        left = 0.0
        for mark, word in self._keys:
            draw_key(painter, QRectF(left, 0, high, high), mark, self._look.palette)
            painter.setPen(QColor(self._look.palette.muted))
            left += high + STEP / 2
            wide = metrics.horizontalAdvance(word)
            painter.drawText(QRectF(left, 0, wide + 1, high), Qt.AlignmentFlag.AlignVCenter, word)
            left += wide + 4 * STEP
        painter.end()

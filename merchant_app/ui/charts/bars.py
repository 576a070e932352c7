"""Bars over a scale, painted by hand. Arrow keys and the mouse go from one to the next."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QRectF, QSize, Qt
from PySide6.QtGui import (
    QAccessible,
    QColor,
    QFont,
    QFontMetrics,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from merchant_app.ui.charts.painting import draw_bar
from merchant_app.ui.charts.series import Bar, Chart, Mark, scale
from merchant_app.ui.spoken_roles import speak_as
from merchant_app.ui.theme import RADIUS, STEP, Look, Size

_BAR_SHARE = 0.68
_BAR_WIDTH_MAX = 56
_BAR_HEIGHT_MIN = 2
"""However little: what is not nothing is seen."""
_LINES_OF_TEXT = 9
"""The least height, in lines of text."""


class BarsView(QWidget):
    """GUI thread. Its accessible description says every number; while a bar is pointed at, that
    one comes first."""

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look = look
        self._chart: Chart | None = None
        self._pointed: int | None = None
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        speak_as(self, QAccessible.Role.Chart)
        self.setMouseTracking(True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        look.changed.connect(self.update)

    def show_chart(self, chart: Chart) -> None:
        """Paint it. Whoever points at a bar goes on pointing there."""
        if chart == self._chart:
            return
        self._chart = chart
        if self._pointed is not None and self._pointed >= len(chart.bars):
            self._pointed = None
        self.setAccessibleName(chart.title)
        self._say()
        self.update()

    @property
    def pointed(self) -> Bar | None:
        """The bar somebody points at."""
        if self._chart is None or self._pointed is None:
            return None
        return self._chart.bars[self._pointed]

    def sizeHint(self) -> QSize:
        line = self._text_height()
        return QSize(60 * STEP, line * (_LINES_OF_TEXT + 2))

    def minimumSizeHint(self) -> QSize:
        return QSize(40 * STEP, self._text_height() * _LINES_OF_TEXT)

    # --- pointing --------------------------------------------------------------------------------

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Left, right, Home, End."""
        count = 0 if self._chart is None else len(self._chart.bars)
        at = self._pointed
        moves = {
            Qt.Key.Key_Left: count - 1 if at is None else max(0, at - 1),
            Qt.Key.Key_Right: 0 if at is None else min(count - 1, at + 1),
            Qt.Key.Key_Home: 0,
            Qt.Key.Key_End: count - 1,
        }
        wanted = moves.get(Qt.Key(event.key()))
        if wanted is None or not count:
            super().keyPressEvent(event)
        else:
            self._point(wanted)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._point(self._at(event.position().x()))

    def leaveEvent(self, event: QEvent) -> None:
        self._point(None)
        super().leaveEvent(event)

    def _point(self, at: int | None) -> None:
        if at != self._pointed:
            self._pointed = at
            self._say()
            self.update()

    def _at(self, x: float) -> int | None:
        if self._chart is None or not self._chart.bars:
            return None
        plot = self._plot(scale(bar.value for bar in self._chart.bars))
        place = int((x - plot.left()) // (plot.width() / len(self._chart.bars)))
        return place if x >= plot.left() and place < len(self._chart.bars) else None

    def _say(self) -> None:
        if self._chart is not None:
            pointed = self.pointed
            first = "" if pointed is None else f"{pointed.said}. "
            self.setAccessibleDescription(first + self._chart.spoken)

    # --- painting --------------------------------------------------------------------------------

    def paintEvent(self, _event: QPaintEvent) -> None:
        chart = self._chart
        if chart is None:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(self._font())
        if self.hasFocus():
            painter.setPen(QPen(QColor(self._look.palette.accent), 2))
            frame = QRectF(self.rect()).adjusted(1, 1, -1, -1)
            painter.drawRoundedRect(frame, RADIUS, RADIUS)
        if chart.is_empty:
            painter.setPen(QColor(self._look.palette.muted))
            inside = QRectF(self.rect()).adjusted(2 * STEP, 0, -2 * STEP, 0)
            flags = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap
            painter.drawText(inside, flags, chart.empty)
        else:
            self._paint_chart(painter, chart)
        painter.end()

    def _paint_chart(self, painter: QPainter, chart: Chart) -> None:
        lines = scale(bar.value for bar in chart.bars)
        plot = self._plot(lines)
        self._paint_scale(painter, chart, lines, plot)
        slot = plot.width() / len(chart.bars)
        width = min(_BAR_WIDTH_MAX, max(2.0, slot * _BAR_SHARE))
        for number, bar in enumerate(chart.bars):
            left = plot.left() + number * slot
            if number == self._pointed:
                ground = QRectF(left, plot.top(), slot, plot.height())
                painter.fillRect(ground, QColor(self._look.palette.sunken))
            box = self._bar_box(bar, lines, plot)
            draw_bar(
                painter,
                QRectF(left + (slot - width) / 2, box.top(), width, box.height()),
                bar.mark,
                self._look.palette,
            )
        self._paint_ticks(painter, chart, plot, slot)
        self._paint_values(painter, chart, lines, plot)

    def _bar_box(self, bar: Bar, lines: tuple[int, ...], plot: QRectF) -> QRectF:
        """From zero to the value; only top and height count."""
        zero, end = self._y(0, lines, plot), self._y(bar.value, lines, plot)
        if bar.mark is Mark.OPEN:
            end = min(end, zero - plot.height() / 4)  # what is missing has no length of its own
        height = abs(zero - end)
        if bar.value and height < _BAR_HEIGHT_MIN:
            height = _BAR_HEIGHT_MIN
        top = zero - height if bar.value >= 0 else zero
        return QRectF(0, top, 0, height)

    def _paint_scale(
        self, painter: QPainter, chart: Chart, lines: tuple[int, ...], plot: QRectF
    ) -> None:
        palette, high = self._look.palette, self._text_height()
        for value in lines:
            y = round(self._y(value, lines, plot)) + 0.5
            painter.setPen(QPen(QColor(palette.edge if value == 0 else palette.line), 1))
            painter.drawLine(round(plot.left()), round(y), round(plot.right()), round(y))
            painter.setPen(QColor(palette.muted))
            room = QRectF(0, y - high / 2, plot.left() - 2 * STEP, high)
            right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
            painter.drawText(room, right, chart.tell(value))

    def _paint_ticks(self, painter: QPainter, chart: Chart, plot: QRectF, slot: float) -> None:
        """As many as there is room for, evenly; the one pointed at is painted above its bar."""
        metrics = painter.fontMetrics()
        widest = max(metrics.horizontalAdvance(bar.tick) for bar in chart.bars)
        every = max(1, -(-int(widest + 2 * STEP) // max(1, int(slot))))
        painter.setPen(QColor(self._look.palette.muted))
        for number, bar in enumerate(chart.bars):
            if number % every:
                continue
            middle = plot.left() + (number + 0.5) * slot
            wide = max(slot, widest + STEP)
            left = min(max(middle - wide / 2, 0), self.width() - wide)
            room = QRectF(left, plot.bottom() + STEP, wide, self._text_height())
            painter.drawText(room, Qt.AlignmentFlag.AlignCenter, bar.tick)

    def _paint_values(
        self, painter: QPainter, chart: Chart, lines: tuple[int, ...], plot: QRectF
    ) -> None:
        """Above its bar: each value where all have room, the highest where not; the one pointed
        at alone, in full."""
        metrics = painter.fontMetrics()
        slot = plot.width() / len(chart.bars)
        painter.setPen(QColor(self._look.palette.text))
        pointed = self.pointed
        if pointed is not None and self._pointed is not None:
            self._write(painter, pointed.said, self._pointed, lines, plot, strong=True)
            return
        widest = max(metrics.horizontalAdvance(bar.told) for bar in chart.bars if bar.value)
        if widest + STEP <= slot:
            for number, bar in enumerate(chart.bars):
                if bar.value:
                    self._write(painter, bar.told, number, lines, plot)
            return
        highest = max(range(len(chart.bars)), key=lambda number: chart.bars[number].value)
        self._write(painter, chart.bars[highest].told, highest, lines, plot)

    def _write(
        self,
        painter: QPainter,
        text: str,
        number: int,
        lines: tuple[int, ...],
        plot: QRectF,
        *,
        strong: bool = False,
    ) -> None:
        chart = self._chart
        assert chart is not None
        painter.setFont(self._font(bold=strong))
        slot = plot.width() / len(chart.bars)
        metrics, high = painter.fontMetrics(), self._text_height()
        text = metrics.elidedText(text, Qt.TextElideMode.ElideRight, self.width() - 4 * STEP)
        wide = metrics.horizontalAdvance(text) + 2 * STEP
        left = plot.left() + (number + 0.5) * slot - wide / 2
        left = min(max(left, STEP), self.width() - wide - STEP)
        # What is pointed at is told above everything: on its bar it would hide the others.
        top = 0 if strong else self._bar_box(chart.bars[number], lines, plot).top() - high - 2
        room = QRectF(left, max(0.0, top), wide, high)
        painter.setPen(QColor(self._look.palette.text))
        painter.drawText(room, Qt.AlignmentFlag.AlignCenter, text)

    # --- measures --------------------------------------------------------------------------------

    def _font(self, *, bold: bool = False) -> QFont:
        return self._look.font(Size.SMALL, bold=bold, figures=True)

    def _text_height(self) -> int:
        return round(self._look.pixels(Size.SMALL) * 1.35)

    def _plot(self, lines: tuple[int, ...]) -> QRectF:
        """Where bars stand: the scale at the left, ticks below, a line for a value above."""
        chart, high = self._chart, self._text_height()
        metrics = QFontMetrics(self._font())
        widest = 0
        if chart is not None:
            widest = max(metrics.horizontalAdvance(chart.tell(value)) for value in lines)
        left = widest + 3 * STEP
        top = high + STEP
        return QRectF(left, top, self.width() - left - STEP, self.height() - top - high - 2 * STEP)

    def _y(self, value: int, lines: tuple[int, ...], plot: QRectF) -> float:
        reach = (lines[-1] - lines[0]) or 1
        return plot.bottom() - (value - lines[0]) / reach * plot.height()

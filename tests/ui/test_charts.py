"""Charts: every number by keyboard and by ear, and no meaning in the hue alone."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QGuiApplication, QImage, QKeyEvent, QPainter
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from merchant_app.ui.charts.painting import draw_bar
from merchant_app.ui.charts.panel import ChartPanel
from merchant_app.ui.charts.series import Bar, Chart, Mark
from merchant_app.ui.palette import CONTRAST_DARK, CONTRAST_LIGHT, DARK, LIGHT, Palette
from merchant_app.ui.theme import Look, Scheme

CHART = Chart(
    title="By hour",
    bars=(
        Bar("10 h", "10", 500, "5,00 €"),
        Bar("11 h", "11", 1_000_000_000, "10 000 000,00 €"),
        Bar("12 h", "12", 0, "0,00 €"),
    ),
    tell=str,
    columns=("Hour", "Amount"),
    rows=(("10 h", "5,00 €"), ("11 h", "10 000 000,00 €"), ("12 h", "0,00 €")),
    legend=((Mark.HATCHED, "not closed yet"),),
)


@pytest.fixture
def panel(qtbot: QtBot, qapp: QApplication) -> ChartPanel:
    made = ChartPanel(Look(qapp, Scheme.LIGHT, text_scale=1.0))
    qtbot.addWidget(made)
    made.show_chart(CHART)
    made.resize(400, 240)
    made.show()
    return made


def _press(widget: QWidget, key: Qt.Key, *, ctrl: bool = False) -> None:
    held = Qt.KeyboardModifier.ControlModifier if ctrl else Qt.KeyboardModifier.NoModifier
    event = QKeyEvent(QKeyEvent.Type.KeyPress, key, held)
    QApplication.sendEvent(widget, event)


def test_arrow_keys_point_at_one_bar_after_the_other(panel: ChartPanel) -> None:
    bars = panel.bars
    for key, wanted in (
        (Qt.Key.Key_Right, "10 h"),
        (Qt.Key.Key_Right, "11 h"),
        (Qt.Key.Key_End, "12 h"),
        (Qt.Key.Key_Right, "12 h"),
        (Qt.Key.Key_Home, "10 h"),
        (Qt.Key.Key_Left, "10 h"),
    ):
        _press(bars, key)
        assert bars.pointed is not None
        assert bars.pointed.name == wanted
        assert bars.accessibleDescription().startswith(bars.pointed.said)


def test_the_numbers_are_said_without_seeing_the_chart(panel: ChartPanel) -> None:
    assert panel.bars.accessibleName() == "By hour"
    assert panel.bars.accessibleDescription() == "10 h · 5,00 €; 11 h · 10 000 000,00 €"
    assert panel.legend.accessibleName() == "not closed yet"


def test_the_numbers_are_one_press_away_and_keep_the_keyboard(panel: ChartPanel) -> None:
    panel.activateWindow()
    panel.bars.setFocus()
    panel.button.click()
    assert panel.shows_numbers
    numbers = panel.numbers
    assert numbers.hasFocus()
    model = numbers.model()
    cells = [model.index(row, 1).data() for row in range(numbers.rowCount())]
    assert cells == [row[1] for row in CHART.rows]
    _press(numbers, Qt.Key.Key_C, ctrl=True)
    assert "11 h\t10 000 000,00 €" in QGuiApplication.clipboard().text()
    panel.button.click()
    assert panel.bars.hasFocus()


def test_a_narrow_chart_paints_all_the_same(panel: ChartPanel) -> None:
    panel.resize(90, 60)
    assert not panel.bars.grab().isNull()


@pytest.mark.parametrize(
    "palette",
    [LIGHT, DARK, CONTRAST_LIGHT, CONTRAST_DARK],
    ids=["light", "dark", "contrast-light", "contrast-dark"],
)
def test_marks_differ_where_no_hue_is_seen(palette: Palette) -> None:
    """In grey: how much of a bar is inked tells full, hatched and open apart."""
    inked = [_inked(mark, palette) for mark in (Mark.FULL, Mark.HATCHED, Mark.OPEN)]
    assert inked[0] > 0.9
    assert 0.3 < inked[1] < 0.75
    assert inked[2] < 0.25


def _inked(mark: Mark, palette: Palette) -> float:
    image = QImage(60, 120, QImage.Format.Format_RGB32)
    image.fill(QColor(palette.surface))
    painter = QPainter(image)
    draw_bar(painter, QRectF(0, 0, 60, 120), mark, palette)
    painter.end()
    ground = QColor(palette.surface).lightness()
    grey = image.convertToFormat(QImage.Format.Format_Grayscale8)
    count = sum(
        abs(grey.pixelColor(x, y).lightness() - ground) > 40 for x in range(60) for y in range(120)
    )
    return count / (60 * 120)

"""The shapes beside the words, drawn: sharp at every size, in any colour."""

from __future__ import annotations

from math import cos, pi, sin
from typing import Literal, assert_never

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPen, QPolygonF

from merchant_app.ui.encaisser.card import Shape


def draw_shape(
    painter: QPainter, shape: Shape, box: QRectF, *, colour: QColor, ground: QColor
) -> None:
    """Draw into a square box.

    Args:
        painter: its state is kept.
        colour: of the shape; `ground` is what lies behind it, for what is cut out of it.
    """
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    side = min(box.width(), box.height())
    painter.translate(box.center().x() - side / 2, box.center().y() - side / 2)
    painter.scale(side / 24, side / 24)  # every shape is drawn on a grid of 24
    match shape:
        case Shape.CHECK_CIRCLE:
            _ring(painter, colour, Qt.PenStyle.SolidLine)
            _check(painter, colour)
        case Shape.CHECK_DASHED:
            _ring(painter, colour, Qt.PenStyle.DashLine)
            _check(painter, colour)
        case Shape.CHECK_FILLED:
            _disc(painter, colour)
            _check(painter, ground)
        case Shape.HALF:
            _ring(painter, colour, Qt.PenStyle.SolidLine)
            _half(painter, colour)
        case Shape.HOURGLASS:
            _hourglass(painter, colour)
        case Shape.OCTAGON:
            _octagon(painter, colour, ground)
        case Shape.QUESTION:
            _ring(painter, colour, Qt.PenStyle.SolidLine)
            _question(painter, colour)
        case Shape.UNDO:
            _undo(painter, colour)
        case Shape.DOTS:
            _dots(painter, colour)
        case Shape.VIEWFINDER | Shape.LINES | Shape.TRAY | Shape.SLIDERS | Shape.BOOK:
            _place(painter, shape, colour, ground)
        case _:
            assert_never(shape)
    painter.restore()


def _place(
    painter: QPainter,
    shape: Literal[Shape.VIEWFINDER, Shape.LINES, Shape.TRAY, Shape.SLIDERS, Shape.BOOK],
    colour: QColor,
    ground: QColor,
) -> None:
    """The places of the rail."""
    match shape:
        case Shape.VIEWFINDER:
            _viewfinder(painter, colour)
        case Shape.LINES:
            _lines(painter, colour)
        case Shape.TRAY:
            _tray(painter, colour)
        case Shape.SLIDERS:
            _sliders(painter, colour, ground)
        case Shape.BOOK:
            _book(painter, colour)
        case _:
            assert_never(shape)


def _pen(colour: QColor, width: float = 2.0) -> QPen:
    return QPen(
        colour,
        width,
        Qt.PenStyle.SolidLine,
        Qt.PenCapStyle.RoundCap,
        Qt.PenJoinStyle.RoundJoin,
    )


def _ring(painter: QPainter, colour: QColor, style: Qt.PenStyle) -> None:
    pen = _pen(colour)
    if style is Qt.PenStyle.DashLine:
        pen.setCapStyle(Qt.PenCapStyle.FlatCap)
        pen.setDashPattern([2.1, 1.424])  # nine dashes and nine gaps around exactly
    painter.setPen(pen)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawEllipse(QPointF(12, 12), 10, 10)


def _disc(painter: QPainter, colour: QColor) -> None:
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(colour)
    painter.drawEllipse(QPointF(12, 12), 11, 11)


def _check(painter: QPainter, colour: QColor) -> None:
    painter.setPen(_pen(colour, 2.4))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawPolyline(QPolygonF([QPointF(7.2, 12.6), QPointF(10.6, 16), QPointF(16.8, 8.8)]))


def _half(painter: QPainter, colour: QColor) -> None:
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(colour)
    painter.drawPie(QRectF(4.5, 4.5, 15, 15), 90 * 16, 180 * 16)


def _hourglass(painter: QPainter, colour: QColor) -> None:
    painter.setPen(_pen(colour))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    glass = QPainterPath(QPointF(6, 2))
    glass.lineTo(18, 2)
    glass.moveTo(6, 22)
    glass.lineTo(18, 22)
    glass.moveTo(7, 2)
    glass.cubicTo(7, 8, 11, 9, 11, 12)
    glass.cubicTo(11, 15, 7, 16, 7, 22)
    glass.moveTo(17, 2)
    glass.cubicTo(17, 8, 13, 9, 13, 12)
    glass.cubicTo(13, 15, 17, 16, 17, 22)
    painter.drawPath(glass)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(colour)
    sand = QPainterPath(QPointF(8.6, 20.6))
    sand.cubicTo(9.2, 17.6, 11, 17.2, 12, 15.6)
    sand.cubicTo(13, 17.2, 14.8, 17.6, 15.4, 20.6)
    sand.closeSubpath()
    painter.drawPath(sand)


def _octagon(painter: QPainter, colour: QColor, ground: QColor) -> None:
    corners = [
        QPointF(12 + 11.4 * cos(pi / 8 + k * pi / 4), 12 + 11.4 * sin(pi / 8 + k * pi / 4))
        for k in range(8)
    ]
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(colour)
    painter.drawPolygon(QPolygonF(corners))
    painter.setPen(_pen(ground, 2.6))
    painter.drawLine(QPointF(8.4, 8.4), QPointF(15.6, 15.6))
    painter.drawLine(QPointF(15.6, 8.4), QPointF(8.4, 15.6))


def _question(painter: QPainter, colour: QColor) -> None:
    painter.setPen(_pen(colour, 2.2))
    hook = QPainterPath(QPointF(9.2, 9.6))
    hook.cubicTo(9.2, 6.2, 14.8, 6.2, 14.8, 9.6)
    hook.cubicTo(14.8, 11.8, 12, 11.6, 12, 14)
    painter.drawPath(hook)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(colour)
    painter.drawEllipse(QPointF(12, 17.2), 1.3, 1.3)


def _undo(painter: QPainter, colour: QColor) -> None:
    painter.setPen(_pen(colour))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    arc = QPainterPath(QPointF(4, 9))
    arc.lineTo(14, 9)
    arc.cubicTo(22, 9, 22, 20, 14, 20)
    arc.lineTo(9, 20)
    painter.drawPath(arc)
    painter.drawPolyline(QPolygonF([QPointF(8.6, 4.4), QPointF(4, 9), QPointF(8.6, 13.6)]))


def _viewfinder(painter: QPainter, colour: QColor) -> None:
    painter.setPen(_pen(colour))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    for x, y, dx, dy in ((3, 3, 5, 5), (21, 3, -5, 5), (3, 21, 5, -5), (21, 21, -5, -5)):
        painter.drawPolyline(QPolygonF([QPointF(x + dx, y), QPointF(x, y), QPointF(x, y + dy)]))
    for x, y in ((8, 8), (13, 8), (8, 13)):
        painter.drawRect(QRectF(x, y, 3, 3))
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(colour)
    for corner in (13.0, 15.4):
        painter.drawRect(QRectF(corner, corner, 2, 2))


def _dots(painter: QPainter, colour: QColor) -> None:
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(colour)
    for across in (5, 12, 19):
        painter.drawEllipse(QPointF(across, 12), 2.2, 2.2)


def _lines(painter: QPainter, colour: QColor) -> None:
    """A page of a book of accounts."""
    painter.setPen(_pen(colour))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawRoundedRect(QRectF(4, 2.5, 16, 19), 2, 2)
    for height in (8.0, 12.0, 16.0):
        painter.drawLine(QPointF(8, height), QPointF(16, height))


def _tray(painter: QPainter, colour: QColor) -> None:
    painter.setPen(_pen(colour))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    tray = QPainterPath(QPointF(3, 13))
    for x, y in ((3, 20), (21, 20), (21, 13), (16, 13), (14.5, 16), (9.5, 16), (8, 13), (3, 13)):
        tray.lineTo(x, y)
    painter.drawPath(tray)
    for across, height in ((4.5, 4), (6.0, 8.5)):
        painter.drawLine(QPointF(across, height), QPointF(24 - across, height))


def _sliders(painter: QPainter, colour: QColor, ground: QColor) -> None:
    for height, knob in ((5.5, 8.0), (12.0, 16.0), (18.5, 10.0)):
        painter.setPen(_pen(colour))
        painter.drawLine(QPointF(3, height), QPointF(21, height))
        painter.setBrush(ground)
        painter.drawEllipse(QPointF(knob, height), 2.4, 2.4)


def _book(painter: QPainter, colour: QColor) -> None:
    """A closed book with its ribbon."""
    painter.setPen(_pen(colour))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawRoundedRect(QRectF(4, 3, 16, 18), 2, 2)
    painter.drawLine(QPointF(8, 3), QPointF(8, 21))
    ribbon = [QPointF(13, 3), QPointF(13, 11), QPointF(15, 9), QPointF(17, 11), QPointF(17, 3)]
    painter.drawPolyline(QPolygonF(ribbon))

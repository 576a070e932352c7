"""A closing, or any other sheet, on paper: A4, and the 80 mm roll. reportlab; load it late.

The same sheet always gives the same bytes: nothing of the day it is drawn goes in.
"""

from __future__ import annotations

import io
from dataclasses import dataclass, replace
from enum import Enum

from reportlab.lib.colors import HexColor
from reportlab.lib.pagesizes import A4
from reportlab.lib.units import mm
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas

from merchant_app.i18n import active
from merchant_app.reports.closing import KeptClosing
from merchant_app.reports.closing_sheet import Row, Section, Sheet, sheet
from merchant_app.resources import resource_path

_INK = HexColor(0x16302B)
_SOFT = HexColor(0x5B6F6A)
_RULE = HexColor(0xC9D2CF)
_MARK = HexColor(0xA8321E)
_REGULAR, _STRONG, _BOLD = "Inter-Regular", "Inter-SemiBold", "Inter-Bold"


class Paper(Enum):
    """What it is printed on; the value is part of the file's name."""

    A4 = "a4"
    ROLL = "80mm"


@dataclass(frozen=True, slots=True)
class _Measures:
    """Lengths in points. `endless`: paper from a roll, one page however long."""

    width: float
    height: float
    margin: float
    size: float
    title_size: float
    amount_width: float
    count_width: float
    endless: bool = False

    @property
    def leading(self) -> float:
        return self.size * 1.45


_A4 = _Measures(A4[0], A4[1], 18 * mm, 9.5, 20, 32 * mm, 16 * mm)
# The printable width of an 80 mm roll is 72 mm; its length is what it takes.
_ROLL = _Measures(80 * mm, 0, 5 * mm, 7.5, 12, 21 * mm, 8 * mm, endless=True)
_FOOTER_HEIGHT = 12 * mm


def draw(kept: KeptClosing, paper: Paper) -> bytes:
    """The PDF of a closing, in the language spoken."""
    return draw_sheet(sheet(kept), paper)


def draw_sheet(words: Sheet, paper: Paper) -> bytes:
    """The PDF of these words."""
    for font in (_REGULAR, _STRONG, _BOLD):
        pdfmetrics.registerFont(TTFont(font, str(resource_path("fonts", f"{font}.ttf"))))
    match paper:
        case Paper.A4:
            return _Drawing(words, _A4).done()
        case Paper.ROLL:
            return _Drawing(words, _long_enough(words)).done()


def _long_enough(words: Sheet) -> _Measures:
    """The roll, as long as the words are: drawn once on one that is far too long."""
    far = replace(_ROLL, height=100_000)
    trial = _Drawing(words, far)
    trial.done()
    return replace(_ROLL, height=far.height - trial.y + _FOOTER_HEIGHT)


_ROWS_TOGETHER_MAX = 6
_HEADING_LINES = 2.1
"""What a heading takes with the room before it, in lines; a little less, never more."""


class _Drawing:
    """One document, from the top down; a new page where one is full.

    Attributes:
        y: how far down the last page is drawn, in points from its lower edge.
    """

    def __init__(self, words: Sheet, measures: _Measures) -> None:
        self._words = words
        self._m = measures
        self._file = io.BytesIO()
        self._canvas = Canvas(
            self._file,
            pagesize=(measures.width, measures.height),
            pageCompression=1,
            invariant=1,
            lang=active().value,
        )
        self._canvas.setTitle(f"{words.title}, {words.lines[0]}")
        self._page = 0
        self.y = 0.0
        self._begin_page()

    def done(self) -> bytes:
        self._title()
        for section in self._words.sections:
            self._section(section)
        self._canvas.showPage()
        self._canvas.save()
        return self._file.getvalue()

    def _begin_page(self) -> None:
        if self._page:
            self._canvas.showPage()
        self._page += 1
        m = self._m
        self.y = m.height - m.margin
        if self._words.mark:
            self._canvas.setFillColor(_MARK)
            self._canvas.setFont(_BOLD, m.size * 1.4)
            self.y -= m.size * 1.4
            self._canvas.drawCentredString(m.width / 2, self.y, self._words.mark)
            self.y -= m.leading
        self._canvas.setFillColor(_SOFT)
        self._canvas.setFont(_REGULAR, m.size * 0.85)
        self._canvas.drawString(m.margin, m.margin * 0.6, self._words.footer)
        self._canvas.drawRightString(m.width - m.margin, m.margin * 0.6, str(self._page))

    def _room(self, height: float) -> None:
        if not self._m.endless and self.y - height < self._m.margin + _FOOTER_HEIGHT / 2:
            self._begin_page()

    def _title(self) -> None:
        m = self._m
        self._canvas.setFillColor(_INK)
        for line in _wrapped(self._words.title, _BOLD, m.title_size, m.width - 2 * m.margin):
            self.y -= m.title_size
            self._canvas.setFont(_BOLD, m.title_size)
            self._canvas.drawString(m.margin, self.y, line)
            self.y -= m.title_size * 0.25
        self.y -= m.leading * 0.3
        self._canvas.setFillColor(_SOFT)
        for text in self._words.lines:
            for line in _wrapped(text, _REGULAR, m.size, m.width - 2 * m.margin):
                self.y -= m.leading
                self._canvas.setFont(_REGULAR, m.size)
                self._canvas.drawString(m.margin, self.y, line)

    def _section(self, section: Section) -> None:
        m = self._m
        # A heading never stands alone at the foot of a page; a short section is not torn at all.
        rows = len(section.rows) if len(section.rows) <= _ROWS_TOGETHER_MAX else 2
        self._room(m.leading * (_HEADING_LINES + rows))
        self.y -= m.leading * 1.8
        self._canvas.setFillColor(_INK)
        for line in _wrapped(section.heading, _STRONG, m.size * 1.1, m.width - 2 * m.margin):
            self._canvas.setFont(_STRONG, m.size * 1.1)
            self._canvas.drawString(m.margin, self.y, line)
            self.y -= m.leading
        self.y += m.leading * 0.6
        self._canvas.setStrokeColor(_RULE)
        self._canvas.setLineWidth(0.6)
        self._canvas.line(m.margin, self.y, m.width - m.margin, self.y)
        for row in section.rows:
            self._row(row)

    def _row(self, row: Row) -> None:
        m = self._m
        font = _STRONG if row.strong else _REGULAR
        right = m.width - m.margin
        left = m.margin + (m.size if row.inner else 0)
        width = right - left
        if row.amount:
            width -= m.amount_width + (m.count_width if row.count else 0)
        lines = _wrapped(row.label, font, m.size, width)
        self._room(m.leading * len(lines))
        self._canvas.setFillColor(_INK)
        self._canvas.setFont(font, m.size)
        for number, line in enumerate(lines):
            self.y -= m.leading
            self._canvas.drawString(left, self.y, line)
            if number == 0:
                self._canvas.drawRightString(right, self.y, row.amount)
                self._canvas.drawRightString(right - m.amount_width, self.y, row.count)


def _wrapped(text: str, font: str, size: float, width: float) -> list[str]:
    """Lines no wider than that; a longer word is cut."""
    lines: list[str] = []
    for word in text.split(" "):
        longer = f"{lines[-1]} {word}" if lines else word
        if lines and pdfmetrics.stringWidth(longer, font, size) <= width:
            lines[-1] = longer
            continue
        rest = word
        while pdfmetrics.stringWidth(rest, font, size) > width and len(rest) > 1:
            cut = len(rest)
            while cut > 1 and pdfmetrics.stringWidth(rest[:cut], font, size) > width:
                cut -= 1
            lines.append(rest[:cut])
            rest = rest[cut:]
        lines.append(rest)
    return lines

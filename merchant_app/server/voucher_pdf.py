"""A voucher on paper: A5 across, or A4 with the same card above the fold and help below it.

The QR code is drawn as shapes at level Q (paper gets stained and creased), with its quiet zone of
four modules (ISO/IEC 18004); the short code stands beside it for when no camera wants to.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum

import segno
from reportlab.lib.colors import HexColor, white
from reportlab.lib.pagesizes import A4, A5, landscape
from reportlab.lib.units import mm
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas

from merchant_app.resources import resource_path
from merchant_app.server import voucher_text
from merchant_app.server.catalogue import Issued, ShopRow
from merchant_app.vouchers.code import grouped

QUIET_ZONE_MODULES = 4
_INK = HexColor(0x16302B)
_PANEL = HexColor(0x1F4D45)
_ACCENT = HexColor(0xE9B44C)
_SOFT = HexColor(0x5B6F6A)
_PALE = HexColor(0xF4F1EA)
_CARD_WIDTH, _CARD_HEIGHT = landscape(A5)
_MARGIN = 12 * mm
_PANEL_WIDTH = 86 * mm


class Format(Enum):
    A4 = "a4"
    A5 = "a5"


@dataclass(frozen=True, slots=True)
class Fonts:
    """Names of the registered fonts."""

    regular: str
    strong: str
    bold: str


@dataclass(frozen=True, slots=True)
class _Pen:
    """A canvas, the fonts, and the lower left corner of what is drawn."""

    canvas: Canvas
    fonts: Fonts
    bottom: float

    def text(self, x: float, y: float, text: str, *, font: str, size: float) -> None:
        self.canvas.setFont(font, size)
        self.canvas.drawString(x, self.bottom + y, text)


def load_fonts() -> Fonts:
    """Inter as it ships with the program: it has the narrow no-break space of French."""
    files = ("Inter-Regular", "Inter-SemiBold", "Inter-Bold")
    for file in files:
        pdfmetrics.registerFont(TTFont(file, str(resource_path("fonts", f"{file}.ttf"))))
    return Fonts(*files)


def draw(vouchers: Sequence[Issued], *, shop: ShopRow, paper: Format) -> bytes:
    """A PDF with one page for each voucher."""
    fonts = load_fonts()
    size = landscape(A5) if paper is Format.A5 else A4
    file = io.BytesIO()
    canvas = Canvas(file, pagesize=size, pageCompression=1, lang="fr-FR")
    canvas.setTitle(f"{voucher_text.TITLE}, {shop.title}")
    canvas.setAuthor(shop.name)
    canvas.setSubject(voucher_text.TITLE)
    for voucher in vouchers:
        pen = _Pen(canvas, fonts, size[1] - _CARD_HEIGHT)
        _draw_card(pen, voucher, shop)
        if paper is Format.A4:
            _draw_help(_Pen(canvas, fonts, 0))
        canvas.showPage()
    canvas.save()
    return file.getvalue()


def _draw_card(pen: _Pen, issued: Issued, shop: ShopRow) -> None:
    _draw_panel(pen, issued, shop)
    x = _PANEL_WIDTH + 11 * mm
    width = _CARD_WIDTH - x - _MARGIN
    qr_side = 62 * mm
    top = _CARD_HEIGHT - _MARGIN
    # Its quiet zone is part of the side: the white around it may touch, nothing else may.
    _draw_qr(pen, issued.token, x=x + (width - qr_side) / 2, y=top - qr_side, side=qr_side)
    y = top - qr_side - 5.5 * mm
    code = grouped(issued.code)
    size = _fitting(code, pen.fonts.bold, largest=15, width=width)
    pen.canvas.setFillColor(_INK)
    code_width = pdfmetrics.stringWidth(code, pen.fonts.bold, size)
    pen.text(x + (width - code_width) / 2, y, code, font=pen.fonts.bold, size=size)
    y -= 6 * mm
    pen.canvas.setStrokeColor(_ACCENT)
    pen.canvas.setLineWidth(1.2)
    pen.canvas.line(x, pen.bottom + y, x + width, pen.bottom + y)
    y -= 6.5 * mm
    pen.canvas.setFillColor(_INK)
    validity = voucher_text.validity(issued.voucher.terms)
    for line in _wrapped(validity, pen.fonts.strong, size=11, width=width):
        pen.text(x, y, line, font=pen.fonts.strong, size=11)
        y -= 5 * mm
    if issued.voucher.holder:
        pen.canvas.setFillColor(_SOFT)
        holder = f"{voucher_text.HOLDER}{voucher_text.NO_BREAK}: {issued.voucher.holder}"
        (first, *_) = _wrapped(holder, pen.fonts.regular, size=9.5, width=width)
        pen.text(x, y, first, font=pen.fonts.regular, size=9.5)
        y -= 5 * mm
    y -= 1.2 * mm
    pen.canvas.setFillColor(_INK)
    for sentence in voucher_text.conditions(
        issued.voucher.terms, shop_title=voucher_text.apostrophes(shop.title)
    ):
        for line in _wrapped(sentence, pen.fonts.regular, size=8, width=width):
            pen.text(x, y, line, font=pen.fonts.regular, size=8)
            y -= 3.7 * mm
        y -= 0.7 * mm


def _draw_panel(pen: _Pen, issued: Issued, shop: ShopRow) -> None:
    canvas, fonts = pen.canvas, pen.fonts
    canvas.setFillColor(_PANEL)
    canvas.rect(0, pen.bottom, _PANEL_WIDTH, _CARD_HEIGHT, stroke=0, fill=1)
    canvas.setFillColor(_ACCENT)
    canvas.rect(_PANEL_WIDTH, pen.bottom, 1.6 * mm, _CARD_HEIGHT, stroke=0, fill=1)
    width = _PANEL_WIDTH - 2 * _MARGIN
    pen.text(
        _MARGIN,
        _CARD_HEIGHT - 24 * mm,
        voucher_text.TITLE,
        font=fonts.strong,
        size=20,
    )
    canvas.rect(_MARGIN, pen.bottom + _CARD_HEIGHT - 29 * mm, 14 * mm, 1 * mm, stroke=0, fill=1)
    canvas.setFillColor(white)
    amount = voucher_text.amount(issued.voucher.face)
    size = _fitting(amount, fonts.bold, largest=72, width=width)
    pen.text(_MARGIN, _CARD_HEIGHT / 2 - size * 0.30, amount, font=fonts.bold, size=size)
    lines = _wrapped(voucher_text.apostrophes(shop.name), fonts.strong, size=17, width=width)
    size = min([17.0, *(_fitting(line, fonts.strong, largest=17, width=width) for line in lines)])
    y = _MARGIN + 8 * mm + (len(lines) - 1) * 7.5 * mm
    for line in lines:
        pen.text(_MARGIN, y, line, font=fonts.strong, size=size)
        y -= 7.5 * mm
    canvas.setFillColor(_ACCENT)
    city = voucher_text.apostrophes(shop.city)
    size = _fitting(city, fonts.regular, largest=12, width=width)
    pen.text(_MARGIN, _MARGIN, city, font=fonts.regular, size=size)


def _draw_help(pen: _Pen) -> None:
    """The lower half of an A4: a fold, and what to do with the upper half."""
    canvas, fonts = pen.canvas, pen.fonts
    fold = A4[1] - _CARD_HEIGHT
    canvas.setStrokeColor(_SOFT)
    canvas.setLineWidth(0.5)
    canvas.setDash(3, 3)
    canvas.line(0, fold, A4[0], fold)
    canvas.setDash()
    canvas.setFillColor(_SOFT)
    pen.text(_MARGIN, fold - 5 * mm, voucher_text.FOLD, font=fonts.regular, size=7.5)
    gap = 6 * mm
    width = (A4[0] - 2 * _MARGIN - 2 * gap) / 3
    top, height = fold - 38 * mm, 58 * mm
    for place, (title, text) in enumerate(voucher_text.STEPS):
        x = _MARGIN + place * (width + gap)
        canvas.setFillColor(_PALE)
        canvas.roundRect(x, top - height, width, height, 3 * mm, stroke=0, fill=1)
        canvas.setFillColor(_PANEL)
        canvas.circle(x + 12 * mm, top - 13 * mm, 6 * mm, stroke=0, fill=1)
        canvas.setFillColor(white)
        canvas.setFont(fonts.bold, 15)
        canvas.drawCentredString(x + 12 * mm, top - 15 * mm, str(place + 1))
        canvas.setFillColor(_INK)
        pen.text(x + 6 * mm, top - 30 * mm, title, font=fonts.strong, size=14)
        y = top - 37 * mm
        for line in _wrapped(text, fonts.regular, size=10.5, width=width - 12 * mm):
            pen.text(x + 6 * mm, y, line, font=fonts.regular, size=10.5)
            y -= 5 * mm
    canvas.setFillColor(_SOFT)
    y = top - height - 10 * mm
    for line in _wrapped(
        voucher_text.NO_CAMERA, fonts.regular, size=9.5, width=A4[0] - 2 * _MARGIN
    ):
        pen.text(_MARGIN, y, line, font=fonts.regular, size=9.5)
        y -= 4.6 * mm


def _draw_qr(pen: _Pen, token: str, *, x: float, y: float, side: float) -> None:
    """The token as one filled path, so that no viewer shows seams between modules."""
    code = segno.make_qr(token, error="q", boost_error=False)
    rows = [list(row) for row in code.matrix]
    module = side / (len(rows) + 2 * QUIET_ZONE_MODULES)
    pen.canvas.setFillColor(white)
    pen.canvas.rect(x, pen.bottom + y, side, side, stroke=0, fill=1)
    path = pen.canvas.beginPath()
    left = x + QUIET_ZONE_MODULES * module
    top = pen.bottom + y + side - QUIET_ZONE_MODULES * module
    for number, row in enumerate(rows):
        start = 0
        while start < len(row):
            end = start
            while end < len(row) and row[end]:
                end += 1
            if end > start:
                path.rect(
                    left + start * module,
                    top - (number + 1) * module,
                    (end - start) * module,
                    module,
                )
            start = end + 1
    pen.canvas.setFillColor(HexColor(0x000000))
    pen.canvas.drawPath(path, stroke=0, fill=1)


def _fitting(text: str, font: str, *, largest: float, width: float) -> float:
    """The font size at which the text is no wider than that, `largest` at most."""
    at_one = float(pdfmetrics.stringWidth(text, font, 1))
    return min(largest, width / at_one) if at_one else largest


def _wrapped(text: str, font: str, *, size: float, width: float) -> list[str]:
    """Lines no wider than that, broken at ordinary spaces only; a longer word stands alone."""
    lines: list[str] = []
    for word in text.split(" "):
        longer = f"{lines[-1]} {word}" if lines else word
        if lines and pdfmetrics.stringWidth(longer, font, size) <= width:
            lines[-1] = longer
        else:
            lines.append(word)
    return lines

"""The verdict card, painted: the loudest thing in the window."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFont, QPainter, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QSizePolicy, QVBoxLayout, QWidget

from merchant_app.ui.encaisser.card import Card, Shape
from merchant_app.ui.encaisser.card_details import CardDetails
from merchant_app.ui.labels import ElidedLabel, plain
from merchant_app.ui.palette import Colours, Tone
from merchant_app.ui.shape_view import ShapeView
from merchant_app.ui.shapes import ICON_PX
from merchant_app.ui.theme import CARD_RADIUS, STEP, Look, Size, tinted

_SHAPE_SIDE, _SHAPE_SIDE_LARGE = 3 * ICON_PX, 2 * ICON_PX
_WIDTH_MIN = 300
_HEIGHT_MIN = 160
_BESIDE_SHAPE = 5 * STEP
_GAP = 2 * STEP
_FITS = (2.0, 1.7, 1.5, 1.3, 1.15, 1.0, 0.9, 0.8, 0.7, 0.6, 0.5)
_LEAST, _LEAST_LARGE = 0.8, 0.7
"""Type is set no smaller to make room: what is too much then scrolls. One long word may be."""
_USUAL_WIDTH = 540
"""In the smallest window. The type grows with the card: a larger window is seen from farther."""


class CardView(QFrame):
    """Shows one Card; keeps its place and size whatever the card says.

    Signals:
        painted(int): a card with this look-up's number has been painted. After the pixels are
            there, so that what is measured by it is what a person sees.

    Attributes:
        details: what is below the verdict; it scrolls where the card has not the room.
    """

    painted = Signal(int)
    _paint_done = Signal(int)

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look = look
        self._card: Card | None = None
        self._number = self._painted_number = 0
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self._padding = (4 if look.is_large else 6) * STEP
        self._least_high = _HEIGHT_MIN
        self._side_px = _SHAPE_SIDE_LARGE if look.is_large else _SHAPE_SIDE
        self._shape = ShapeView(Shape.VIEWFINDER, self._side_px, self)
        self._word = plain(parent=self, wrap=True)
        self._figure = plain(parent=self)
        self._note = plain(parent=self)
        self._lead = plain(parent=self, wrap=True)
        self._lines = plain(parent=self, wrap=True)
        self._outside = ElidedLabel(self)
        self._history = plain(parent=self, wrap=True)
        self.details = CardDetails(
            self._lead, self._outside, self._lines, self._history, gap_px=_GAP, parent=self
        )
        self._lay_out()
        look.changed.connect(self._colours_changed)
        self._paint_done.connect(self.painted, Qt.ConnectionType.QueuedConnection)

    def _lay_out(self) -> None:
        """The verdict above, what to know about the voucher below: the word never moves."""
        head = QHBoxLayout()
        head.setSpacing(_BESIDE_SHAPE)
        head.addWidget(self._shape, 0, Qt.AlignmentFlag.AlignTop)
        # No alignment: a layout asks an aligned label for its size, never for its wrapped height.
        head.addWidget(self._word, 1)
        amount = QHBoxLayout()
        amount.setSpacing(3 * STEP)
        amount.addWidget(self._figure, 0, Qt.AlignmentFlag.AlignBaseline)
        amount.addWidget(self._note, 0, Qt.AlignmentFlag.AlignBaseline)
        amount.addStretch()
        self._texts = QVBoxLayout(self)
        self._texts.setContentsMargins(*(self._padding,) * 3, min(self._padding, 5 * STEP))
        self._texts.setSpacing(_GAP)
        self._texts.addLayout(head)
        self._texts.addSpacing(_GAP)
        self._texts.addLayout(amount)
        self._texts.addWidget(self.details, 1)

    def minimumSizeHint(self) -> QSize:
        # The type fits itself to the room: what was typed for a wider one must not keep it wide.
        return QSize(_WIDTH_MIN, self._least_high)

    @property
    def card(self) -> Card | None:
        """What is shown now."""
        return self._card

    def show_card(self, card: Card, number: int | None) -> None:
        """Show it; `number` is the look-up it is the verdict of, None where it is none."""
        if number is not None:
            self._number = number
        if card == self._card:
            if self._number != self._painted_number:
                self.update()
            return
        self._card = card
        self.setAccessibleName(card.spoken)
        self._word.setText(card.word.upper())
        for label, text in (
            (self._figure, card.figure),
            (self._note, card.figure_note),
            (self._lead, card.lead),
            (self._lines, "\n".join(card.lines)),
            (self._history, "\n".join(card.history)),
        ):
            label.setText(text)
            label.setVisible(bool(text))
        self._outside.show_text(card.outside)
        self._outside.setVisible(bool(card.outside))
        self._colour()
        self._fit(from_top=True)
        self.update()

    def labels(self) -> tuple[QLabel, ...]:
        """The texts that are shown, for whoever measures them."""
        every = (self._word, self._figure, self._note, self._lead, self._lines, self._history)
        return tuple(label for label in every if label.text())

    def paintEvent(self, _event: QPaintEvent) -> None:
        if self._card is None:
            return
        colours = self._colours(self._card)
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        ground = colours.solid if self._card.loud else colours.soft
        quiet = self._card.tone is Tone.QUIET
        pen = QPen(QColor(ground if self._card.loud else colours.edge), 1 if quiet else 2)
        painter.setPen(pen)
        painter.setBrush(QColor(ground))
        inset = pen.widthF() / 2
        box = QRectF(self.rect()).adjusted(inset, inset, -inset, -inset)
        painter.drawRoundedRect(box, CARD_RADIUS, CARD_RADIUS)
        painter.end()
        if self._painted_number != self._number:
            self._painted_number = self._number
            self._paint_done.emit(self._number)

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._fit()
        super().resizeEvent(event)

    def _colours(self, card: Card) -> Colours:
        return self._look.palette.tones[card.tone]

    def _colours_changed(self) -> None:
        self._colour()
        self.update()

    def _colour(self) -> None:
        card = self._card
        if card is None:
            return
        colours = self._colours(card)
        ink = colours.on_solid if card.loud else colours.ink
        shape = colours.on_solid if card.loud else colours.edge
        loud = tinted(ink)
        text = loud if card.loud else tinted(self._look.palette.text)
        for label in (self._word, self._figure):
            label.setPalette(loud)
        for label in (self._note, self._lead, self._lines, self._outside, self._history):
            label.setPalette(text)
        self.details.colour(QColor(ink))
        self._shape.show_shape(card.shape, shape)

    def _fit(self, *, from_top: bool = False) -> None:
        """The largest type with which everything fits; the full sizes nearly always do."""
        least = _LEAST_LARGE if self._look.is_large else _LEAST
        most = max(1.0, self.width() / _USUAL_WIDTH)
        scales = [scale for scale in _FITS if scale <= most]
        width = self.width() - 2 * self._padding
        for word_scale in scales:
            self._type_word(word_scale)
            if self._longest_word() <= self._word_room():
                break
        fits = False
        for scale in scales:
            if scale >= least:
                self._type(scale)
                if scale < word_scale:
                    self._type_word(scale)
                fits = self._fits(width)
            elif self._amount_width() > width:
                self._type_amount(scale)
            if fits:
                break
        self.details.hold(scrolls=not fits)
        self._ask_for(_HEIGHT_MIN if fits else self._least())
        # Now, not with the next event: the first paint of a verdict is already right.
        self._texts.activate()
        self.details.settle(width, from_top=from_top)

    def _fits(self, width: int) -> bool:
        if self._amount_width() > width:
            return False
        return self._above() + self.details.high_for(width) <= self.height()

    def _above(self) -> int:
        """The verdict and its amount, and what is around everything. By hand: a layout's own height
        for a width is wrong while a row in it wraps."""
        used = max(self._shape.height(), self._word.heightForWidth(self._word_room())) + _GAP
        if self._figure.text():
            used += self._figure.sizeHint().height() + _GAP
        return used + 2 * self._padding

    def _least(self) -> int:
        """With the beginning of what scrolls."""
        return self._above() + 2 * self._lead.fontMetrics().height()

    def _ask_for(self, least_high: int) -> None:
        if least_high != self._least_high:
            self._least_high = least_high
            self.updateGeometry()

    def _word_room(self) -> int:
        return self.width() - 2 * self._padding - self._shape.width() - _BESIDE_SHAPE

    def _amount_width(self) -> int:
        return self._figure.sizeHint().width() + self._note.sizeHint().width() + 3 * STEP

    def _longest_word(self) -> int:
        metrics = self._word.fontMetrics()
        return max(map(metrics.horizontalAdvance, self._word.text().split(" ")), default=0) + 2

    def _type(self, scale: float) -> None:
        loud = self._card is not None and self._card.loud
        self._type_amount(scale)
        for label, size, bold in (
            (self._lead, Size.TITLE, loud),
            (self._lines, Size.BODY, False),
            (self._outside, Size.TITLE, True),
            (self._history, Size.BODY, False),
        ):
            label.setFont(self._font(size, scale, bold=bold))

    def _type_amount(self, scale: float) -> None:
        self._figure.setFont(self._font(Size.FIGURE, scale, bold=True))
        self._note.setFont(self._font(Size.TITLE, scale, bold=False))

    def _type_word(self, scale: float) -> None:
        self._word.setFont(self._font(Size.VERDICT, scale, bold=True))
        side = max(self._side_px, round(3 * scale) * ICON_PX)
        self._shape.setFixedSize(side, side)

    def _font(self, size: Size, scale: float, *, bold: bool) -> QFont:
        font = self._look.font(size, bold=bold, figures=True)
        font.setPixelSize(max(11, round(font.pixelSize() * scale)))
        return font

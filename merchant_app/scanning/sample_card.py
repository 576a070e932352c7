"""Draws a voucher as the sample video shows it: paper, amount, QR code, and the hand holding it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from merchant_app.scanning import opencv

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from merchant_app.scanning.frames import BgrImage

    Floats = NDArray[np.float32]

CARD_WIDTH = 1000
CARD_HEIGHT = 600
SPRITE_WIDTH = 1120
SPRITE_HEIGHT = 1150
CARD_LEFT = 60
CARD_TOP = 40
QR_MODULE_PX = 9
_QUIET_MODULES = 4
_PAPER = (236, 243, 247)
_INK = (52, 40, 34)
_GREY_INK = (112, 104, 98)
_ACCENT = (112, 86, 20)  # petrol, blue first
_SKIN = (138, 170, 222)
_SKIN_SHADE = (104, 132, 188)
_EDGE = (150, 178, 212)
_SLEEVE = (92, 62, 44)


@dataclass(frozen=True, slots=True)
class SampleCard:
    """What one sample voucher says.

    Attributes:
        payload: what its QR code holds: a voucher's token, or anything else to try.
        title: "Bon d'achat".
        amount: as printed, "50,00 €".
        shop: the shop's name.
        code: the short code as printed.
        note: one more line, for instance the expiry.
    """

    payload: str = field(repr=False)
    title: str
    amount: str
    shop: str
    code: str = field(repr=False, default="")
    note: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class CardSprite:
    """A card cut out, ready to be placed into a scene.

    Attributes:
        image: the card, and the hand if any.
        mask: 255 where the picture is opaque.
        code: the corners of the QR code with its margin, 4 x 2, clockwise from its top left.
    """

    image: BgrImage
    mask: BgrImage
    code: Floats


def draw_card(card: SampleCard, *, hand: bool) -> CardSprite:
    """The card as a sprite. Needs OpenCV 5, whose text has accents."""
    opencv.prepare()
    import cv2
    import numpy as np

    # Not black: a little of what is outside the mask mixes into the edges.
    image: BgrImage = np.full((SPRITE_HEIGHT, SPRITE_WIDTH, 3), _EDGE, np.uint8)
    mask = np.zeros((SPRITE_HEIGHT, SPRITE_WIDTH), np.uint8)
    if hand:
        _draw_palm(image, mask)
    right, bottom = CARD_LEFT + CARD_WIDTH, CARD_TOP + CARD_HEIGHT
    image[CARD_TOP:bottom, CARD_LEFT:right] = _PAPER
    mask[CARD_TOP:bottom, CARD_LEFT:right] = 255
    cv2.rectangle(image, (CARD_LEFT, CARD_TOP), (right, CARD_TOP + 92), _ACCENT, -1)
    _draw_text(image, card)
    code = _draw_code(image, card.payload)
    if hand:
        _draw_thumb(image, mask)
    return CardSprite(image, mask, code)


def _draw_text(image: BgrImage, card: SampleCard) -> None:
    import cv2

    face = cv2.FontFace("sans")
    left = CARD_LEFT + 44
    lines = (
        (card.title, 64, 46, 600, (255, 255, 255)),
        (card.amount, 242, 104, 700, _INK),
        (card.shop, 318, 34, 500, _INK),
        (card.note, 372, 27, 400, _GREY_INK),
        (card.code, 448, 30, 500, _INK),
    )
    for text, baseline, size, weight, colour in lines:
        if text:
            # Wrapping off: a long name runs under the code's white margin instead of into a
            # second line, as on a badly set print.
            cv2.putText(image, text, (left, CARD_TOP + baseline), colour, face, size, weight)


def _draw_code(image: BgrImage, payload: str) -> Floats:
    import numpy as np
    import segno

    code = segno.make(payload, micro=False, error="m", boost_error=False)
    rows = [[0 if dark else 255 for dark in row] for row in code.matrix]
    modules = np.pad(np.array(rows, np.uint8), _QUIET_MODULES, constant_values=255)
    # A long payload gets smaller modules, so that its code still fits the card.
    scale = max(2, min(QR_MODULE_PX, 460 // len(modules)))
    picture = np.kron(modules, np.ones((scale, scale), np.uint8))
    side = len(picture)
    left = CARD_LEFT + CARD_WIDTH - side - 36
    top = CARD_TOP + 92 + max(0, (CARD_HEIGHT - 92 - side) // 2)
    image[top : top + side, left : left + side] = picture[: CARD_HEIGHT - 92, :, None]
    right, bottom = left + side, top + side
    return np.array([[left, top], [right, top], [right, bottom], [left, bottom]], np.float32)


def _draw_palm(image: BgrImage, mask: BgrImage) -> None:
    """Behind the card: sleeve, wrist, and the fingers that show below its edge."""
    import cv2

    bottom = CARD_TOP + CARD_HEIGHT
    wrist = [(150, bottom - 40), (400, bottom - 60), (455, SPRITE_HEIGHT), (165, SPRITE_HEIGHT)]
    _fill(image, mask, wrist, _SKIN)
    for index, colour in enumerate((_SKIN_SHADE, _SKIN, _SKIN_SHADE, _SKIN)):
        centre = (215 + 62 * index, bottom + 18)
        for target, value in ((image, colour), (mask, (255,))):
            cv2.ellipse(target, centre, (36, 74), 0, 0, 360, value, -1, cv2.LINE_8)
    sleeve = [(120, bottom + 300), (500, bottom + 280), (530, SPRITE_HEIGHT), (100, SPRITE_HEIGHT)]
    _fill(image, mask, sleeve, _SLEEVE)
    image[:] = cv2.GaussianBlur(image, (0, 0), 5)


def _draw_thumb(image: BgrImage, mask: BgrImage) -> None:
    """In front of the card, over its lower left edge, away from the code."""
    import cv2
    import numpy as np

    layer = np.zeros_like(image)
    shape = np.zeros_like(mask)
    tip = (CARD_LEFT + 190, CARD_TOP + CARD_HEIGHT - 8)
    for target, value in ((layer, _SKIN), (shape, (255,))):
        cv2.ellipse(target, tip, (40, 98), 14, 0, 360, value, -1, cv2.LINE_8)
    cv2.ellipse(layer, (tip[0] + 22, tip[1] - 62), (20, 28), 14, 0, 360, (176, 200, 238), -1)
    layer[:] = cv2.GaussianBlur(layer, (0, 0), 3)
    shape[:] = cv2.erode(shape, np.ones((7, 7), np.uint8))
    cv2.copyTo(layer, shape, image)
    mask[:] = cv2.max(mask, shape)


def _fill(
    image: BgrImage, mask: BgrImage, points: list[tuple[int, int]], colour: tuple[int, int, int]
) -> None:
    import cv2
    import numpy as np

    polygon = np.array([points], np.int32)
    cv2.fillPoly(image, [polygon], colour)
    cv2.fillPoly(mask, [polygon], (255,))

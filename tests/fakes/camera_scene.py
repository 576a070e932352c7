"""Pictures with real QR codes in them, made on the spot."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import segno

from merchant_app.vouchers import code

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from merchant_app.scanning.frames import BgrImage

TOKEN = "V1:" + "A2" * 75 + "B"
"""Has the shape of a voucher's token: 154 characters, version 6 at level M."""
OTHER_TOKEN = "V1:" + "Q7" * 75 + "C"
CODE = code.encode(0x0123456789ABCDEF0123)


def qr_picture(payload: str | bytes, *, scale: int = 6) -> NDArray[np.uint8]:
    """One QR code with its margin, grey."""
    made = segno.make(payload, micro=False, error="m", boost_error=False)
    return _grey(made, scale)


def series_part(*, scale: int = 6) -> NDArray[np.uint8]:
    """The first part of a structured-append series."""
    return _grey(segno.make_sequence("bon d'achat " * 12, version=3)[0], scale)


def _grey(made: segno.QRCode, scale: int) -> NDArray[np.uint8]:
    import numpy as np

    rows = [[0 if dark else 255 for dark in row] for row in made.matrix_iter(scale=scale, border=4)]
    return np.array(rows, np.uint8)


def counter(
    *pictures: tuple[NDArray[np.uint8], tuple[int, int]], size: tuple[int, int] = (1280, 720)
) -> BgrImage:
    """A counter of one colour with codes lying on it at (left, top)."""
    import numpy as np

    width, height = size
    image: BgrImage = np.full((height, width, 3), (96, 128, 150), np.uint8)
    for picture, (left, top) in pictures:
        rows, columns = picture.shape
        image[top : top + rows, left : left + columns] = picture[..., None]
    return image


def turned(image: BgrImage, degrees: float) -> BgrImage:
    """The picture turned around its middle."""
    import cv2
    import numpy as np

    height, width = image.shape[:2]
    turn = cv2.getRotationMatrix2D((width / 2, height / 2), degrees, 1.0)
    border = (96, 128, 150)
    return cv2.warpAffine(image, turn, (width, height), borderValue=border).astype(np.uint8)


def write_video(path: str, images: Sequence[BgrImage], *, fps: int = 30) -> None:
    """A real video file, MPEG-4 in MP4."""
    import cv2

    height, width = images[0].shape[:2]
    writer = cv2.VideoWriter(
        path, cv2.CAP_FFMPEG, cv2.VideoWriter.fourcc(*"mp4v"), float(fps), (width, height)
    )
    assert writer.isOpened()
    for image in images:
        writer.write(image)
    writer.release()

"""Pictures as decoders want them: grey, upright, on white, within the limits."""

from __future__ import annotations

import io
import warnings
from collections.abc import Iterator
from typing import TYPE_CHECKING

from merchant_app.scanning.files.findings import Damaged, LibraryMissing, TooLarge
from merchant_app.scanning.files.kinds import Kind
from merchant_app.scanning.files.limits import Limits
from merchant_app.scanning.files.refusal import Refusal

if TYPE_CHECKING:
    from PIL.Image import Image

    from merchant_app.scanning.frames import GreyImage

_ORIENTATION = 0x0112
"""The Exif tag that says how the phone was held (Exif 2.32, 4.6.4)."""


def frames_of(data: bytes, kind: Kind, limits: Limits) -> Iterator[tuple[int, int, GreyImage]]:
    """Each frame or page: its number from 1, how many there are, the picture. Child process only.

    Raises:
        Refusal: damaged, too large, or the library is missing. What came before it counts.
    """
    if kind is Kind.WEBP and _webp_pixels(data) > limits.pixels_max:
        raise Refusal(TooLarge())
    picture = _opened(data, kind)
    try:
        count = max(1, int(getattr(picture, "n_frames", 1)))
        for index in range(min(count, limits.pages_max)):
            picture.seek(index)
            yield index + 1, count, _grey(picture, kind, limits)
    except Refusal:
        raise
    except MemoryError:
        raise Refusal(TooLarge()) from None
    except Exception as broken:  # Pillow documents no closed set: struct.error, KeyError, and more
        whole = _what_is_left(data, kind, limits)
        if whole is not None:
            yield 1, 1, whole
        raise Refusal(Damaged()) from broken


def _what_is_left(data: bytes, kind: Kind, limits: Limits) -> GreyImage | None:
    """A picture that was cut off may still show its code; None: nothing is left of it."""
    from PIL import ImageFile

    ImageFile.LOAD_TRUNCATED_IMAGES = True
    try:
        return _grey(_opened(data, kind), kind, limits)
    except Exception:  # it was known to be broken: what comes out of it is a gift
        return None
    finally:
        ImageFile.LOAD_TRUNCATED_IMAGES = False


def _webp_pixels(data: bytes) -> int:
    """What the header says: Pillow gets memory for all of them while it opens the file.

    RFC 9649, 2.5 to 2.7: three kinds of first chunk, each with its own way to say it.
    """
    chunk, body = data[12:16], data[20:30].ljust(10, b"\x00")
    match chunk:
        case b"VP8X":
            width = 1 + int.from_bytes(body[4:7], "little")
            height = 1 + int.from_bytes(body[7:10], "little")
        case b"VP8L":
            bits = int.from_bytes(body[1:5], "little")
            width, height = 1 + (bits & 0x3FFF), 1 + (bits >> 14 & 0x3FFF)
        case _:
            width = int.from_bytes(body[6:8], "little") & 0x3FFF
            height = int.from_bytes(body[8:10], "little") & 0x3FFF
    return width * height


def _opened(data: bytes, kind: Kind) -> Image:
    try:
        from PIL import Image
    except ImportError as missing:
        raise Refusal(LibraryMissing("Pillow")) from missing
    if kind is Kind.HEIC:
        _learn_heic()
    # Our own limit is checked before any pixel is decoded, and is told from damage.
    Image.MAX_IMAGE_PIXELS = None
    warnings.simplefilter("ignore")
    try:
        # Only as what its first bytes say it is: no other of Pillow's parsers ever sees it.
        return Image.open(io.BytesIO(data), formats=[kind.value])
    except MemoryError:
        raise Refusal(TooLarge()) from None
    except Exception as broken:  # as above
        raise Refusal(Damaged()) from broken


def _learn_heic() -> None:
    try:
        import pi_heif
    except ImportError as missing:
        raise Refusal(LibraryMissing("pi-heif")) from missing
    pi_heif.register_heif_opener()


def _grey(picture: Image, kind: Kind, limits: Limits) -> GreyImage:
    """The frame that the picture stands at.

    Raises:
        Refusal: TooLarge.
    """
    import numpy as np

    pixels = picture.width * picture.height
    if pixels > limits.pixels_max:
        if kind is not Kind.JPEG or pixels > limits.reduced_pixels_max:
            raise Refusal(TooLarge())
        # A JPEG is decoded at half, a quarter or an eighth of its size without the whole of it
        # ever being in memory.
        picture.draft("L", (picture.width // 2, picture.height // 2))
        if picture.width * picture.height > limits.pixels_max:
            picture.draft("L", (picture.width // 2, picture.height // 2))
    orientation = picture.getexif().get(_ORIENTATION, 1) if kind is not Kind.HEIC else 1
    upright = _turned(_on_white(picture), orientation)
    return np.ascontiguousarray(np.asarray(upright, dtype=np.uint8))


def _on_white(picture: Image) -> Image:
    from PIL import Image

    if picture.mode == "P" and "transparency" in picture.info:
        picture = picture.convert("RGBA")
    if picture.mode in ("RGBA", "LA", "PA", "RGBa", "La"):
        # Channel by channel: composing in colour would take four times the memory.
        white = Image.new("L", picture.size, 255)
        white.paste(picture.convert("L"), mask=picture.getchannel("A"))
        return white
    if picture.mode.startswith(("I", "F")):
        return _levelled(picture)
    return picture.convert("L")


def _levelled(picture: Image) -> Image:
    """More than 8 bits a pixel, as scanners save it: darkest to black, brightest to white."""
    import numpy as np
    from PIL import Image

    values = np.asarray(picture, dtype=np.float32)
    low, high = float(values.min()), float(values.max())
    spread = (values - low) * (255 / (high - low) if high > low else 0.0)
    return Image.fromarray(spread.astype(np.uint8))


def _turned(grey: Image, orientation: object) -> Image:
    from PIL.Image import Transpose

    turns = {
        2: Transpose.FLIP_LEFT_RIGHT,
        3: Transpose.ROTATE_180,
        4: Transpose.FLIP_TOP_BOTTOM,
        5: Transpose.TRANSPOSE,
        6: Transpose.ROTATE_270,
        7: Transpose.TRANSVERSE,
        8: Transpose.ROTATE_90,
    }
    turn = turns.get(orientation) if isinstance(orientation, int) else None
    return grey if turn is None else grey.transpose(turn)

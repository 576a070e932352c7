"""A picture that stands still gets more attempts than a frame of the camera."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from merchant_app.scanning.decoder import Decoder
from merchant_app.scanning.preparation import RING

if TYPE_CHECKING:
    from merchant_app.scanning.frames import GreyImage

_SMALL_PIXELS = 700_000
"""Below it a picture is not made smaller any more."""
_PREPARED_PIXELS_MAX = 3_200_000
"""Preparations up to double a picture's sides: larger ones are prepared at half their size."""


def codes_in(decoder: Decoder, grey: GreyImage) -> tuple[str, ...]:
    """The texts of all codes in this picture, each once.

    As it is and smaller first: a code that fills a sharp photo is read best from a small one, and
    two codes of a picture need not be of one size. Prepared only if that found none, or saw more
    than it could read.
    """
    texts: dict[str, None] = {}
    unread = 0
    for smaller in _sizes(grey):
        sight = decoder.decode(smaller)
        texts.update((reading.text, None) for reading in sight.readings)
        unread = max(unread, sight.unread)
    if texts and not unread:
        return tuple(texts)
    for prepared in _prepared(grey):
        sight = decoder.decode(prepared)
        before = len(texts)
        texts.update((reading.text, None) for reading in sight.readings)
        if len(texts) > before and not sight.unread:
            break
    return tuple(texts)


def _sizes(grey: GreyImage) -> Iterator[GreyImage]:
    yield grey
    while grey.size > _SMALL_PIXELS:
        grey = _half(grey)
        yield grey


def _prepared(grey: GreyImage) -> Iterator[GreyImage]:
    while grey.size > _PREPARED_PIXELS_MAX:
        grey = _half(grey)
    for preparation in RING:
        yield preparation.apply(grey)


def _half(grey: GreyImage) -> GreyImage:
    import cv2

    size = (max(1, grey.shape[1] // 2), max(1, grey.shape[0] // 2))
    return cv2.resize(grey, size, interpolation=cv2.INTER_AREA)  # type: ignore[return-value]

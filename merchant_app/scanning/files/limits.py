"""How much one file may cost."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """Attributes:
    bytes_max: of the file.
    pages_max: looked at, of a document or of a picture with several; the rest is left.
    pixels_max: of a picture, once decoded.
    reduced_pixels_max: of a JPEG, which can be decoded smaller than it is: phones take 200 MP.
    parts_max: attachments of a mail that are looked at.
    codes_max: taken from one file.
    time_s: from start to end; what was found until then counts.
    memory_bytes_max: of address space, where the system can limit it.
    """

    bytes_max: int = 64 << 20
    pages_max: int = 20
    pixels_max: int = 50_000_000
    reduced_pixels_max: int = 201_000_000
    parts_max: int = 40
    codes_max: int = 60
    time_s: float = 20.0
    memory_bytes_max: int = 1 << 30


LIMITS = Limits()
"""Measured: the process that reads needs 300 MB of address space before it opens a file, and 0.5 s
to start; a page of A4 takes about 0.2 s."""

"""What a drop or the clipboard carries: files, a picture, a code, a link; nothing else."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeAlias

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QMimeData
from PySide6.QtGui import QImage, QImageWriter

from merchant_app.ui.files.states import Source
from merchant_app.vouchers.scan import TEXT_LENGTH_MAX, CodeText, TokenText, classify

_FAST = 100
"""Qt's "quality" of a PNG is how little it is packed: nobody keeps these bytes."""


@dataclass(frozen=True, slots=True)
class Files:
    sources: tuple[Source, ...]


@dataclass(frozen=True, slots=True)
class VoucherText:
    """A code or a token. A secret."""

    text: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Link:
    """An address on the web, without a picture."""


Arrived: TypeAlias = Files | VoucherText | Link | None


def may_hold_voucher(data: QMimeData) -> bool:
    """Whether a drag is worth an answer; cheap, because it is asked while it still moves."""
    return data.hasUrls() or data.hasImage() or data.hasText()


def arrived(data: QMimeData) -> Arrived:
    """What to do with it; None: it is nothing of ours.

    Files before all: what copies a file offers its icon and its path too. A code before a picture:
    spreadsheets offer both of a cell. GUI thread.
    """
    local = (
        [url.toLocalFile() for url in data.urls() if url.isLocalFile()] if data.hasUrls() else []
    )
    if local:
        return Files(tuple(Source(Path(path).name, Path(path)) for path in local))
    text = data.text() if data.hasText() else ""
    if len(text) <= TEXT_LENGTH_MAX * 2 and isinstance(classify(text), TokenText | CodeText):
        return VoucherText(text)
    if data.hasImage():
        image = QImage(data.imageData())
        if not image.isNull():
            return Files((Source("", _Pasted(image).png),))
    return Link() if data.hasUrls() else None


class _Pasted:
    """A picture on its way to a worker thread; QImage may be used in any one thread at a time."""

    def __init__(self, image: QImage) -> None:
        self._image = image

    def png(self) -> bytes:
        """In the worker: packing a large screenshot would hold the window up."""
        buffer = QBuffer()
        buffer.open(QIODevice.OpenModeFlag.WriteOnly)
        writer = QImageWriter(buffer, QByteArray(b"png"))
        writer.setQuality(_FAST)
        writer.write(self._image)
        return bytes(buffer.data().data())

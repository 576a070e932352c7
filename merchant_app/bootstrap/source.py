"""Which camera: what was asked for, what was chosen, what there is; in training mode a film."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from merchant_app.bootstrap.camera import GivenUp
from merchant_app.errors import Problem, ProblemKind
from merchant_app.scanning.source import (
    BadSource,
    CameraSource,
    DeviceSource,
    FileSource,
    NamedSource,
    parse_source,
)

if TYPE_CHECKING:
    from merchant_app.bootstrap.training import TrainingService

SECONDS_PER_CARD = 3.0
GAP_SECONDS = 1.2
FILM = "sample-vouchers.mp4"
# What a newcomer should meet first; the rest of the practice vouchers can be typed.
_SITUATIONS = (
    "valid",
    "part_not_allowed",
    "minimum_purchase",
    "expired",
    "used_up",
    "other_shop",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceChoice:
    """Attributes:
    asked: on the command line; None: nothing.
    identity: of the camera chosen in the options; empty: none.
    chosen: a source named in the options; empty: none.
    folder: where a sample film may be kept.
    training: the practice service, in training mode.
    """

    asked: str | None
    identity: str
    chosen: str
    folder: Path
    training: TrainingService | None

    def find(self, given_up: threading.Event) -> CameraSource:
        """See `SourceFinder`.

        Raises:
            Problem: CAMERA_MISSING, the text names none.
            GivenUp: `given_up` was set meanwhile.
        """
        if self.asked is not None:
            return self._named(self.asked)
        return NamedSource(self.identity) if self.identity else self.automatic(given_up)

    def automatic(self, given_up: threading.Event) -> CameraSource:
        """See `SourceFinder`: what the options name; or the first camera, in training mode a film
        where there is none. Raises as `find`."""
        if self.chosen:
            return self._named(self.chosen)
        if self.training is None or _has_webcam():
            return DeviceSource(0)
        return FileSource(_film(self.folder / FILM, self.training, given_up), loop=True)

    def _named(self, text: str) -> CameraSource:
        source = parse_source(text, loop=self.training is not None)
        if isinstance(source, BadSource):
            raise Problem(ProblemKind.CAMERA_MISSING, f"not a camera: {source.value}")
        return source


def _has_webcam() -> bool:
    from merchant_app.scanning.capture import Unopened, open_capture

    capture = open_capture(DeviceSource(0))
    if isinstance(capture, Unopened):
        return False
    capture.release()
    return True


def _film(path: Path, training: TrainingService, given_up: threading.Event) -> Path:
    """The sample film of this practice database; made once."""
    from merchant_app.i18n.formatting import money
    from merchant_app.money import Money
    from merchant_app.scanning.sample_video import SampleCard, write_sample_video
    from merchant_app.vouchers.code import grouped, parse

    if path.exists():
        return path
    by_kind = {voucher.kind: voucher for voucher in reversed(training.practice())}
    cards = []
    for kind in _SITUATIONS:
        voucher = by_kind[kind]
        code = parse(voucher.code)
        cards.append(
            SampleCard(
                payload=voucher.token,
                title="Bon d’achat",
                amount=money(Money(voucher.face_minor, "EUR")),
                shop=voucher.shop,
                code=grouped(code) if code is not None else "",
            )
        )

    def go_on(_done: float) -> None:
        if given_up.is_set():
            raise GivenUp

    write_sample_video(
        path,
        cards,
        seconds_per_card=SECONDS_PER_CARD,
        gap_seconds=GAP_SECONDS,
        progress=go_on,
    )
    return path

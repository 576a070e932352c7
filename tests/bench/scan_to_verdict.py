"""From the first video frame that holds a code to its verdict on the screen, at 1280x720, 30 fps.

Everything is real: a video file paced as a camera would, the scanner, the window (offscreen), a
look-up at the central service in its own process. Vouchers appear from one frame to the next, so
the first frame that holds a code is known from how the film was made; it counts from the moment
that frame was due.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
from dataclasses import dataclass, field
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtCore import QEvent, QObject, QTimer, Slot

from merchant_app.bootstrap.arguments import parse
from merchant_app.bootstrap.program import Assembled, assemble
from merchant_app.clock import SystemClock
from merchant_app.scanning.confirmation import InView
from merchant_app.scanning.frames import Frame
from merchant_app.scanning.sample_video import Appearance, SampleCard, write_sample_video
from tests.bench.central import Central
from tests.bench.machine import machine

FPS = 30
SIZE = (1280, 720)
P99_FRAMES_MAX = 5
SECONDS_PER_CARD = 0.7
GAP_SECONDS = 1.3
"""Longer than the second after which a code counts as gone."""


@dataclass
class Seen:
    """What the window told: when each film frame was due, when each verdict was painted.

    Attributes:
        outlined: for each picture with a code in it: the film's frame, and when it was painted.
    """

    film_began_s: float | None = None
    painted_s: list[float] = field(default_factory=list)
    outlined: list[tuple[int, float]] = field(default_factory=list)


class Watch(QObject):
    """Listens to one window; GUI thread."""

    def __init__(self, assembled: Assembled, wanted: int, limit_s: float) -> None:
        super().__init__()
        self.seen = Seen()
        self._clock = SystemClock()
        self._assembled = assembled
        self._wanted = wanted
        self._to_outline: int | None = None
        window = assembled.running.window
        window.opened.connect(self._opened)
        window.verdict_painted.connect(self._painted)
        self._limit = QTimer(self)
        self._limit.setSingleShot(True)
        self._limit.timeout.connect(assembled.running.application.quit)
        self._limit.start(round(limit_s * 1000))

    @Slot()
    def _opened(self) -> None:
        screen = self._assembled.running.window.screen_in_use
        assert screen is not None
        screen.relay.picture.connect(self._picture)
        screen.view.camera.installEventFilter(self)

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt's name
        if event.type() is QEvent.Type.Paint and self._to_outline is not None:
            self.seen.outlined.append((self._to_outline, self._clock.monotonic_s()))
            self._to_outline = None
        return False

    @Slot(object, object)
    def _picture(self, frame: Frame, in_view: tuple[InView, ...]) -> None:
        if any(not code.missed_frames for code in in_view):
            self._to_outline = frame.number
        if self.seen.film_began_s is None:
            # A file's frame counts as captured when it was due, whenever it was decoded.
            self.seen.film_began_s = frame.captured_at_s - frame.number / FPS

    @Slot(int)
    def _painted(self, _number: int) -> None:
        self.seen.painted_s.append(self._clock.monotonic_s())
        if len(self.seen.painted_s) >= self._wanted:
            self._assembled.running.application.quit()


def delays_frames(appearances: tuple[Appearance, ...], seen: Seen) -> list[float]:
    """For each appearance, frames from when its first frame was due to the paint it led to.

    An appearance without a paint before it is over is a miss: it counts as its whole length.
    """
    assert seen.film_began_s is not None
    delays = []
    for appearance in appearances:
        due_s = seen.film_began_s + appearance.first_frame / FPS
        until_s = seen.film_began_s + appearance.last_frame / FPS
        painted = [at_s for at_s in seen.painted_s if due_s <= at_s <= until_s + GAP_SECONDS / 2]
        delays.append(((painted[0] if painted else until_s) - due_s) * FPS)
    return delays


def outline_delays_frames(appearances: tuple[Appearance, ...], seen: Seen) -> list[float]:
    """For each appearance, frames from when its first frame was due to its outline's paint."""
    assert seen.film_began_s is not None
    delays = []
    for appearance in appearances:
        due_s = seen.film_began_s + appearance.first_frame / FPS
        span = range(appearance.first_frame, appearance.last_frame + 1)
        painted = [at_s for number, at_s in seen.outlined if number in span]
        length = float(appearance.last_frame - appearance.first_frame)
        delays.append((painted[0] - due_s) * FPS if painted else length)
    return delays


def percentile(values: list[float], share: float) -> float:
    """Nearest rank: the smallest value that at least `share` of all do not exceed."""
    ordered = sorted(values)
    rank = max(0, -(-len(ordered) * share // 1) - 1)
    return ordered[int(rank)]


def main() -> int:
    """Measure and print one JSON object."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--json", action="store_true", help="kept for symmetry: JSON is all we say")
    parser.add_argument("--vouchers", type=int, default=100)
    count = parser.parse_args().vouchers
    with tempfile.TemporaryDirectory(prefix="comptoir-bench-") as folder:
        appearances, seen = measure(Path(folder), count)
    delays = delays_frames(appearances, seen)
    outlines = outline_delays_frames(appearances, seen)
    figures = {
        "p50_frames": round(percentile(delays, 0.50), 2),
        "p99_frames": round(percentile(delays, 0.99), 2),
        "p50_ms": round(percentile(delays, 0.50) / FPS * 1000, 1),
        "p99_ms": round(percentile(delays, 0.99) / FPS * 1000, 1),
        "max_frames": round(max(delays), 2),
        "outline_p50_frames": round(percentile(outlines, 0.50), 2),
        "outline_p99_frames": round(percentile(outlines, 0.99), 2),
        "vouchers": len(delays),
        "verdicts": len(seen.painted_s),
    }
    print(
        json.dumps(
            {
                "bench": "scan-to-verdict",
                "machine": machine(),
                "figures": figures,
                "limits": {"p99_frames": P99_FRAMES_MAX},
                "method": "from first frame due to outline and verdict painted; 1280x720, 30 fps",
            }
        )
    )
    return 0 if len(seen.painted_s) == count else 1


def measure(folder: Path, count: int) -> tuple[tuple[Appearance, ...], Seen]:
    """Play a film of `count` vouchers to the till."""
    with Central(folder) as central:
        issued = central.issue(count)
        film = folder / "film.mp4"
        cards = [
            SampleCard(payload=token, title="Bon d’achat", amount="50,00 €", shop="Cassiopée")
            for token in issued
        ]
        appearances = write_sample_video(
            film,
            cards,
            fps=FPS,
            size=SIZE,
            seconds_per_card=SECONDS_PER_CARD,
            gap_seconds=GAP_SECONDS,
            steady=True,
        )
        assembled = assemble(
            parse(["--data-dir", str(folder / "till"), "--camera", str(film), "--language", "fr"])
        )
        assembled.opener.enrol(address=central.url, code=central.enrolment_code())
        length_s = appearances[-1].last_frame / FPS
        watch = Watch(assembled, count, limit_s=length_s + 30)
        assembled.running.window.show()
        assembled.running.application.exec()
        assembled.close()
        return appearances, watch.seen


if __name__ == "__main__":
    sys.exit(main())

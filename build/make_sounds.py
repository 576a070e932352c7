"""The sounds of a verdict, made by arithmetic: `python3 build/make_sounds.py` writes them.

Two notes that rise: done. Two that fall: no. The same note twice: done, but not confirmed. One
short note: look at the screen, something else is needed. A soft tick: no answer yet. The direction
alone says which, so that a tired ear at a loud counter knows.
The notes sit between 500 and 1,100 Hz, where small laptop speakers still carry and ears are keen.
"""

from __future__ import annotations

import argparse
import io
import math
import struct
import wave
from dataclasses import dataclass
from pathlib import Path

FOLDER = Path(__file__).resolve().parent.parent / "resources" / "sounds"
RATE_HZ = 44_100
PEAK = 0.45  # of full scale: -6.9 dBFS; the computer's volume does the rest
PARTIALS = ((1, 1.0), (2, 0.22), (3, 0.06))  # a soft bell: little above the fundamental


@dataclass(frozen=True)
class Note:
    """One note.

    Attributes:
        start_s: when it begins.
        length_s: until it is silent again.
        pitch_hz: its fundamental.
        decay_s: the time in which it falls to 1/e.
    """

    start_s: float
    length_s: float
    pitch_hz: float
    decay_s: float = 0.09


E5, A5, C6 = 659.26, 880.0, 1046.5
SOUNDS = {
    "yes": (Note(0.0, 0.22, E5), Note(0.12, 0.36, A5, 0.12)),
    "no": (Note(0.0, 0.24, A5), Note(0.15, 0.38, 523.25, 0.14)),
    "later": (Note(0.0, 0.18, A5, 0.06), Note(0.2, 0.26, A5, 0.08)),
    "look": (Note(0.0, 0.22, A5, 0.07),),
    "tick": (Note(0.0, 0.06, C6, 0.012),),
}


def level(note: Note, at_s: float) -> float:
    """The note's part of the wave, `at_s` seconds after the sound began; within -1 and 1."""
    t = at_s - note.start_s
    if not 0 <= t < note.length_s:
        return 0.0
    attack = min(1.0, t / 0.006)
    release = min(1.0, (note.length_s - t) / 0.03)
    # Half a cosine at both ends: a straight edge would click.
    edges = (0.5 - 0.5 * math.cos(math.pi * attack)) * (0.5 - 0.5 * math.cos(math.pi * release))
    tone = sum(a * math.sin(2 * math.pi * n * note.pitch_hz * t) for n, a in PARTIALS)
    return edges * math.exp(-t / note.decay_s) * tone


def wav(notes: tuple[Note, ...]) -> bytes:
    """A WAV file: 44.1 kHz, mono, 16 bit."""
    count = round(max(note.start_s + note.length_s for note in notes) * RATE_HZ)
    wave_form = [sum(level(note, i / RATE_HZ) for note in notes) for i in range(count)]
    scale = PEAK * 32_767 / max(abs(value) for value in wave_form)
    samples = [round(value * scale) for value in wave_form]
    buffer = io.BytesIO()
    with wave.open(buffer, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE_HZ)
        file.writeframes(struct.pack(f"<{count}h", *samples))
    return buffer.getvalue()


def main() -> None:
    """Write every sound, into resources/sounds unless told otherwise."""
    parser = argparse.ArgumentParser(description="Make the sounds of a verdict.")
    parser.add_argument("--out", type=Path, default=FOLDER, metavar="DIR")
    folder = parser.parse_args().out
    folder.mkdir(parents=True, exist_ok=True)
    for name, notes in SOUNDS.items():
        (folder / f"{name}.wav").write_bytes(wav(notes))


if __name__ == "__main__":
    main()

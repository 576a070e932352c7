"""One sentence that a screen says of what happened or is to be done. No Qt."""

from __future__ import annotations

from dataclasses import dataclass

from merchant_app.ui.palette import Tone


@dataclass(frozen=True, slots=True)
class Message:
    """A sentence, and the tone it is said in."""

    text: str
    tone: Tone

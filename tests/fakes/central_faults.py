"""What may happen to one call of `FakeCentral`; each fault is used up by one call."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field

from merchant_app.central.port import NoAnswerKind


@dataclass(frozen=True)
class LoseRequest:
    """Nothing arrives; the caller learns nothing."""

    kind: NoAnswerKind = NoAnswerKind.SLOW


@dataclass(frozen=True)
class LoseAnswer:
    """It is done, and the caller learns nothing."""

    kind: NoAnswerKind = NoAnswerKind.BROKEN_OFF


@dataclass(frozen=True)
class Twice:
    """The network delivers the request twice; the second answer comes back."""


@dataclass(frozen=True)
class Hold:
    """The call waits: `arrived` is set when it has come, `release` lets it go on."""

    arrived: threading.Event = field(default_factory=threading.Event)
    release: threading.Event = field(default_factory=threading.Event)


Fault = LoseRequest | LoseAnswer | Twice | Hold

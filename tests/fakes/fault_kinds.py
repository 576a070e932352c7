"""What can happen to one request between a till and its service, and how often it does.

A line that fails is not always a line that is down: the service may have acted on a request whose
answer never came, and may meet the same request twice, or an hour late. Each of these is a value.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

DELAY_S_MAX = 120.0


@dataclass(frozen=True, slots=True)
class Pass:
    """Nothing happens: the request reaches the service, its answer the till."""


@dataclass(frozen=True, slots=True)
class Refuse:
    """The connection is reset, and for so long no other is accepted: nobody listens."""

    for_s: float


@dataclass(frozen=True, slots=True)
class CutBefore:
    """The connection is reset; the service never hears of the request."""


@dataclass(frozen=True, slots=True)
class CutRequest:
    """The service gets the head and this share of the body (below 1), then both sides are cut."""

    share: float


@dataclass(frozen=True, slots=True)
class CutBeforeAnswer:
    """The service acts and answers; the till gets nothing but a reset."""


@dataclass(frozen=True, slots=True)
class CutAnswer:
    """The service acts; the till gets this share of the answer's body, then a reset."""

    share: float


@dataclass(frozen=True, slots=True)
class DelayRequest:
    delay_s: float


@dataclass(frozen=True, slots=True)
class DelayAnswer:
    """The service acts at once; its answer takes this much longer."""

    delay_s: float


@dataclass(frozen=True, slots=True)
class Duplicate:
    """The service gets the request twice, one after the other; the second answer counts."""


@dataclass(frozen=True, slots=True)
class DuplicateLater:
    """All is well; after so many more requests, of whomever, the service gets this one again."""

    after_requests: int


@dataclass(frozen=True, slots=True)
class FlipBits:
    """The highest bit of the answer's bytes at these shares of its body is flipped.

    The highest one: what comes out is no JSON any more. A changed amount in sound JSON is for TLS
    to find, and this line has none.
    """

    at_shares: tuple[float, ...] = (0.1, 0.5, 0.9)


@dataclass(frozen=True, slots=True)
class HalfJson:
    """A whole HTTP answer whose body ends half-way."""


@dataclass(frozen=True, slots=True)
class Instead:
    """The till gets these bytes; `forwarded`: the service got the request nevertheless."""

    reply: bytes
    forwarded: bool = False


@dataclass(frozen=True, slots=True)
class Replay:
    """The service acts; the till gets what was answered so many requests ago, to whomever.

    As far back as is remembered; the true answer, when there was none before.
    """

    requests_ago: int


@dataclass(frozen=True, slots=True)
class Drip:
    """The answer comes in pieces of so many bytes, with a pause after each."""

    piece_bytes: int
    pause_s: float


@dataclass(frozen=True, slots=True)
class BlackHole:
    """The request is taken and nothing ever said, until the till gives up."""


Fault = (
    Pass
    | Refuse
    | CutBefore
    | CutRequest
    | CutBeforeAnswer
    | CutAnswer
    | DelayRequest
    | DelayAnswer
    | Duplicate
    | DuplicateLater
    | FlipBits
    | HalfJson
    | Instead
    | Replay
    | Drip
    | BlackHole
)


def html_page(status: int) -> bytes:
    """What a box on the way says instead of the service: the page of a gateway or a hotel."""
    body = b"<html><body><h1>Please log in to the network</h1></body></html>"
    head = f"HTTP/1.1 {status} Whatever\r\nContent-Type: text/html\r\nContent-Length: {len(body)}"
    return head.encode() + b"\r\n\r\n" + body


STORM: Mapping[type[Fault], float] = MappingProxyType(
    {
        CutBefore: 0.03,
        CutRequest: 0.02,
        CutBeforeAnswer: 0.05,
        CutAnswer: 0.03,
        DelayRequest: 0.03,
        DelayAnswer: 0.03,
        Duplicate: 0.05,
        DuplicateLater: 0.05,
        FlipBits: 0.01,
        HalfJson: 0.01,
        Instead: 0.02,
        Replay: 0.02,
        Drip: 0.01,
        BlackHole: 0.005,
        Refuse: 0.005,
    }
)
"""About every third request meets something."""


# Each takes the chance and the longest delay in seconds.
_MAKERS: Mapping[type[Fault], Callable[[random.Random, float], Fault]] = MappingProxyType(
    {
        Pass: lambda _chance, _longest_s: Pass(),
        Refuse: lambda chance, longest_s: Refuse(chance.uniform(0, longest_s)),
        CutBefore: lambda _chance, _longest_s: CutBefore(),
        CutRequest: lambda chance, _longest_s: CutRequest(chance.random()),
        CutBeforeAnswer: lambda _chance, _longest_s: CutBeforeAnswer(),
        CutAnswer: lambda chance, _longest_s: CutAnswer(chance.random()),
        DelayRequest: lambda chance, longest_s: DelayRequest(chance.uniform(0, longest_s)),
        DelayAnswer: lambda chance, longest_s: DelayAnswer(chance.uniform(0, longest_s)),
        Duplicate: lambda _chance, _longest_s: Duplicate(),
        DuplicateLater: lambda chance, _longest_s: DuplicateLater(chance.randint(1, 20)),
        FlipBits: lambda chance, _longest_s: FlipBits((chance.random(),)),
        HalfJson: lambda _chance, _longest_s: HalfJson(),
        Instead: lambda chance, _longest_s: Instead(
            html_page(chance.choice((200, 502))), forwarded=chance.random() < 0.5
        ),
        Replay: lambda chance, _longest_s: Replay(chance.randint(1, 20)),
        # As slow as the longest delay for an answer of one kilobyte.
        Drip: lambda chance, longest_s: Drip(64, chance.uniform(0, longest_s / 16)),
        BlackHole: lambda _chance, _longest_s: BlackHole(),
    }
)


class Weather:
    """Draws a fault for each request. Not safe for several threads: the proxy takes turns."""

    def __init__(
        self,
        chances: Mapping[type[Fault], float],
        chance: random.Random,
        *,
        longest_s: float = 1.0,
    ) -> None:
        """`chances`: how likely each kind is; the rest passes. `longest_s`: of any one delay."""
        if sum(chances.values()) > 1:
            raise ValueError("more than certain")
        if not 0 < longest_s <= DELAY_S_MAX:
            raise ValueError(f"a delay takes up to {DELAY_S_MAX} s")
        self._chances = dict(chances)
        self._chance = chance
        self._longest_s = longest_s

    def draw(self) -> Fault:
        """What happens to the next request."""
        point = self._chance.random()
        for kind, share in self._chances.items():
            if point < share:
                return _MAKERS[kind](self._chance, self._longest_s)
            point -= share
        return Pass()

"""Who a voucher was bought for, and how a person is found among many. Pure.

Accents, capitals, hyphens and apostrophes make no difference. A name is found by the beginning of
any of its words, an e-mail address by its beginning, an order number from either end.

`HolderIndex` is one long text: a line for each voucher, in which every place where a match may
begin has a mark. A search is then a search for a short piece of text, as quick as memory is read,
and a voucher takes little more room than what is known of it: a million are no trouble.
"""

from __future__ import annotations

import re
import unicodedata
from array import array
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from enum import Enum
from uuid import UUID

from merchant_app.ids import VoucherId

CHARACTERS_MIN = 3
"""Fewer would list half of a shop's customers."""
QUERY_CHARACTERS_MAX = 80
_APART = re.compile(r"[^0-9a-z\u0370-\uffff]+")
_ID_LENGTH = 16


@dataclass(frozen=True, slots=True)
class Holder:
    """What the platform's list says of one voucher. Personal data: never log it.

    Attributes:
        name: first name, then last name; may be empty.
        email: may be empty.
        order_number: as the platform writes it; may be empty.
        bought_on: None where nobody knows.
    """

    name: str = field(repr=False)
    email: str = field(repr=False, default="")
    order_number: str = field(repr=False, default="")
    bought_on: date | None = None


class HolderField(Enum):
    """By what somebody was found. The value is journalled."""

    NAME = "name"
    EMAIL = "email"
    ORDER = "order"


_WORD, _EMAIL, _ORDER, _END = "\x01", "\x02", "\x03", "\x04"


def folded(text: str) -> str:
    """Small letters without accents; whatever is no letter or figure is one space."""
    plain = text.casefold()
    if not plain.isascii():
        apart = unicodedata.normalize("NFKD", plain)
        plain = "".join(c for c in apart if not unicodedata.combining(c))
        plain = plain.replace("œ", "oe").replace("æ", "ae")
    return _APART.sub(" ", plain).strip()


@dataclass(frozen=True, slots=True)
class Query:
    """What somebody typed, ready to be looked for.

    Attributes:
        words: each begins a word of the name; empty: it is no name.
        email: the address begins like this; empty: it is no address.
        order: the order number begins or ends like this; empty: it is none.
    """

    words: tuple[str, ...] = field(repr=False)
    email: str = field(repr=False)
    order: str = field(repr=False)


def query_of(text: str) -> Query | None:
    """What to look for; None: too short, or too long, to look for anybody."""
    if len(text) > QUERY_CHARACTERS_MAX:
        return None
    plain = folded(text)
    compact = plain.replace(" ", "")
    if len(compact) < CHARACTERS_MIN:
        return None
    address = _address(text)
    has_figure = any(character.isdigit() for character in compact)
    is_address = "@" in address
    return Query(
        words=() if has_figure or is_address else tuple(plain.split(" ")),
        email="" if " " in address else address,
        order=compact if has_figure and not is_address else "",
    )


def matched(query: Query, holder: Holder) -> HolderField | None:
    """By what this holder is found; None: not at all."""
    if query.words and _has_words(query.words, folded(holder.name).split(" ")):
        return HolderField.NAME
    if query.email and _address(holder.email).startswith(query.email):
        return HolderField.EMAIL
    order = folded(holder.order_number).replace(" ", "")
    if query.order and (order.startswith(query.order) or order.endswith(query.order)):
        return HolderField.ORDER
    return None


def short_name(name: str) -> str:
    """First name and the initial of the last, "Claire D.": what may be shown of every hit."""
    first, *others = name.split() or [""]
    initials = " ".join(f"{other[0].upper()}." for other in others[-1:])
    return f"{first} {initials}".strip()


class HolderIndex:
    """Finds vouchers by their holders. One thread at a time.

    It may name a voucher whose holder is another by now: whoever asks looks at the holder as he is
    (`matched`) before showing anything.
    """

    def __init__(self) -> None:
        self._text = bytearray()
        self._starts = array("Q")
        self._ids = bytearray()

    def __len__(self) -> int:
        return len(self._starts)

    def add(self, voucher_id: VoucherId, holder: Holder) -> None:
        """Another one, or another state of one that is in it."""
        words = folded(holder.name).split(" ") if holder.name else ()
        line = "".join(_WORD + word for word in words)
        if holder.email:
            line += _EMAIL + _address(holder.email)
        order = folded(holder.order_number).replace(" ", "")
        line += f"{_ORDER}{order}{_END}" if order else ""
        self._starts.append(len(self._text))
        self._text += _bytes(line) + b"\n"
        self._ids += voucher_id.bytes

    def find(self, query: Query) -> Iterator[VoucherId]:
        """Vouchers that may be meant, each once, in the order in which they were added."""
        seen: set[int] = set()
        for piece in _pieces(query):
            others = _other_words(query) if piece.startswith(_WORD.encode()) else ()
            at = self._text.find(piece)
            while at >= 0:
                number = bisect_right(self._starts, at) - 1
                end = self._text.find(b"\n", at)
                if number not in seen and self._has_all(others, self._starts[number], end):
                    seen.add(number)
                    yield self._id(number)
                at = self._text.find(piece, end)

    def _has_all(self, pieces: tuple[bytes, ...], start: int, end: int) -> bool:
        return all(self._text.find(piece, start, end) >= 0 for piece in pieces)

    def _id(self, number: int) -> VoucherId:
        raw = bytes(self._ids[number * _ID_LENGTH : (number + 1) * _ID_LENGTH])
        return VoucherId(UUID(bytes=raw))


def _pieces(query: Query) -> Iterator[bytes]:
    """What a line holds that is meant; the longest word of a name, as it is the rarest."""
    if query.words:
        yield _bytes(_WORD + max(query.words, key=len))
    if query.email:
        yield _bytes(_EMAIL + query.email)
    if query.order:
        yield _bytes(_ORDER + query.order)
        yield _bytes(query.order + _END)


def _other_words(query: Query) -> tuple[bytes, ...]:
    return tuple(_bytes(_WORD + word) for word in query.words)


def _bytes(text: str) -> bytes:
    """Half a surrogate, which no name has and a keyboard may send, finds question marks."""
    return text.encode("utf-8", "replace")


def _has_words(wanted: tuple[str, ...], there: list[str]) -> bool:
    """Each wanted word begins another word that is there."""
    left = list(there)
    for word in sorted(wanted, key=len, reverse=True):
        found = next((other for other in left if other.startswith(word)), None)
        if found is None:
            return False
        left.remove(found)
    return True


def _address(text: str) -> str:
    return "".join(c for c in text.casefold() if c.isprintable()).strip()

"""Every state of the panel of files, once: looked at as pictures, and measured by tests."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from merchant_app.ids import ShopNumber, VoucherId
from merchant_app.money import Money
from merchant_app.scanning.files.findings import (
    Damaged,
    Empty,
    FileRead,
    LibraryMissing,
    NotAPicture,
    Nothing,
    Obstacle,
    Progress,
    TooLarge,
    TooLong,
    Unreadable,
)
from merchant_app.scanning.files.kinds import StrangeKind
from merchant_app.ui.files import states as st
from merchant_app.vouchers.scan import CodeText, TokenText, classify
from merchant_app.vouchers.token import Token, sign
from tests.fakes.counter import code

_KEY = Ed25519PrivateKey.from_private_bytes(bytes(32))
LONG = "Confirmation de votre commande - soutien commerçants artisans (1).pdf"


def token(minor: int, *, number: int = 1, until: date | None = date(2026, 12, 31)) -> str:
    """A token that says so; whoever signed it."""
    stated = Token(1, ShopNumber(7), VoucherId(UUID(int=number)), Money(minor, "EUR"), until)
    return sign(stated, _KEY)


def offer(text: str, *, name: str = "", part: str = "", page: int | None = None) -> st.Offer:
    """One line of the list."""
    scan = classify(text)
    assert isinstance(scan, TokenText | CodeText)
    return st.Offer(text, scan, name, part, page)


THREE = (
    offer(token(5_000), page=1),
    offer(token(2_000, number=2, until=None), page=2),
    offer(code(3), page=4),
)
_MANY = tuple(
    offer(token(2_000 + number, number=number), name=LONG, part="bon d’achat.pdf", page=number)
    for number in range(1, 15)
)
_ENDINGS: dict[str, FileRead | st.OnlyALink] = {
    "nothing": Nothing(),
    "nothing-first-pages": Nothing(truncated_after_pages=20),
    "too-large": TooLarge(),
    "too-long": TooLong(),
    "damaged": Damaged(),
    "empty": Empty(),
    "library-missing": LibraryMissing("pi-heif"),
    "only-a-link": st.OnlyALink(),
    **{f"is-{kind.value.replace('_', '-')}": NotAPicture(kind) for kind in StrangeKind},
    **{f"cannot-{why.value.replace('_', '-')}": Unreadable(why) for why in Obstacle},
}
ARRIVED = {"file-arrived": (LONG,), "files-arrived": (LONG, "b", "c")}
FILES: dict[str, st.State] = {
    "file-reading": st.Reading("bon.pdf"),
    "file-reading-pages": st.Reading(LONG, Progress(7, 20)),
    "file-password": st.AskingPassword("bon.pdf", was_wrong=False),
    "file-password-wrong": st.AskingPassword(LONG, was_wrong=True),
    "file-several": st.Choosing(THREE),
    "file-many": st.Choosing(_MANY, pages_read=20),
    **{f"file-{name}": st.Told("bon.pdf", ending) for name, ending in _ENDINGS.items()},
}

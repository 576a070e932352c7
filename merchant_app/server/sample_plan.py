"""The sample: seven bookshops of the platform's balance of 12 June 2020, to the voucher.

Pure: what to issue, not how.
"""

from __future__ import annotations

import random
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta

from merchant_app.money import Money
from merchant_app.server.catalogue import Order, Request
from merchant_app.vouchers.terms import Terms, VatKind

CURRENCY = "EUR"
FACES_MINOR = (20_00, 50_00, 100_00)


@dataclass(frozen=True, slots=True)
class SampleShop:
    """One line of the balance: how many vouchers, worth how much."""

    number: int
    slug: str
    name: str
    city: str
    count: int
    value_minor: int


SHOPS = (
    SampleShop(1, "librairie-cassiopee", "Librairie Cassiopée", "Val d'Oingt", 332, 15_260_00),
    SampleShop(2, "librairie-obliques", "Librairie Obliques", "Auxerre", 267, 12_880_00),
    SampleShop(
        3,
        "librairie-jean-jacques-rousseau",
        "Librairie Jean-Jacques Rousseau",
        "Chambéry",
        252,
        11_830_00,
    ),
    SampleShop(4, "le-marque-page", "Le Marque Page", "Choisy-le-Roi", 171, 8_900_00),
    SampleShop(5, "librairie-arthaud", "Librairie Arthaud", "Grenoble", 190, 8_750_00),
    SampleShop(6, "la-belle-histoire", "La Belle Histoire", "La Tour-du-Pin", 205, 8_620_00),
    SampleShop(7, "librairie-m-lire", "Librairie M'Lire", "Laval", 191, 8_610_00),
)
PRACTICE_SHOP = SHOPS[0]
OTHER_SHOP = SHOPS[1]

# First names as they were given in France from the 1950s to the 2000s.
_FIRST_NAMES = tuple(
    re.findall(
        r"\w+",
        "Claire Marie Nathalie Sophie Isabelle Catherine Hélène Camille Léa Manon Chloé Inès Jeanne"
        " Françoise Monique Sylvie Anne Élodie Aurélie Émilie Céline Julie Laure Pauline Mathilde"
        " Jean Pierre Michel Philippe Alain Nicolas Julien Thomas Antoine Hugo Lucas Théo Gabriel"
        " Karim Mehdi Mamadou Thierry Olivier Sébastien François Étienne Rémi Benoît Loïc",
    )
)
_INITIALS = "ABCDEFGHLMNOPRSTV"


def faces(count: int, value_minor: int) -> tuple[int, int, int]:
    """How many vouchers of 20, 50 and 100 make this count and this value.

    Of all the ways the one with the most of the face there is least of: a mixture, as people buy.

    Raises:
        ValueError: there is no way.
    """
    small, middle, large = FACES_MINOR
    ways = []
    for larges in range(count + 1):
        # small * s + middle * m = the rest, s + m = count - larges: two equations, one solution
        left, places = value_minor - large * larges, count - larges
        middles, remainder = divmod(left - small * places, middle - small)
        smalls = places - middles
        if remainder == 0 and middles >= 0 and smalls >= 0:
            ways.append((smalls, middles, larges))
    if not ways:
        raise ValueError(f"{count} vouchers cannot make {value_minor}")
    return max(ways, key=min)


@dataclass(frozen=True, slots=True)
class Practice:
    """A voucher made to show one situation at the counter. `used` ones are debited in full."""

    kind: str
    request: Request
    used: bool = False
    revoked: bool = False


def practice(today: date) -> list[Practice]:
    """One voucher of each situation, for the practice shop; they are part of its count."""
    good = Terms(expires_on=_end_of_next_year(today))

    def voucher(face_minor: int, holder: str, terms: Terms = good) -> Request:
        return Request(face=Money(face_minor, CURRENCY), terms=terms, order=Order(holder=holder))

    return [
        Practice("valid", voucher(50_00, "Claire D.")),
        Practice("valid", voucher(20_00, "Antoine M.")),
        Practice("valid", voucher(100_00, "Hélène R.")),
        Practice(
            "part_not_allowed", voucher(50_00, "Mehdi B.", replace(good, partial_allowed=False))
        ),
        Practice(
            "minimum_purchase",
            voucher(20_00, "Jeanne L.", replace(good, minimum_purchase=Money(60_00, CURRENCY))),
        ),
        Practice(
            "expired",
            voucher(50_00, "Thierry V.", replace(good, expires_on=today - timedelta(days=40))),
        ),
        Practice(
            "not_yet_valid",
            voucher(20_00, "Inès P.", replace(good, valid_from=today + timedelta(days=30))),
        ),
        Practice("revoked", voucher(50_00, "Loïc G."), revoked=True),
        Practice("used_up", voucher(20_00, "Sophie T."), used=True),
    ]


def _end_of_next_year(today: date) -> date:
    return date(today.year + 1, 12, 31)


def others(
    shop: SampleShop, taken: list[Practice], *, today: date, chance: random.Random
) -> Iterator[Request]:
    """The shop's other vouchers: with those `taken`, its count and its value to the cent."""
    counts = dict(zip(FACES_MINOR, faces(shop.count, shop.value_minor), strict=True))
    for voucher in taken:
        counts[voucher.request.face.minor] -= 1
    drawn = [face for face, count in counts.items() for _ in range(count)]
    chance.shuffle(drawn)
    for face_minor in drawn:
        yield Request(
            face=Money(face_minor, CURRENCY),
            terms=_terms(face_minor, today=today, chance=chance),
            order=Order(holder=f"{chance.choice(_FIRST_NAMES)} {chance.choice(_INITIALS)}."),
        )


def _terms(face_minor: int, *, today: date, chance: random.Random) -> Terms:
    """Mostly the plain kind; now and then what makes a cashier read."""
    plain = Terms(expires_on=_end_of_next_year(today))
    draw = chance.randrange(100)
    if draw < 4:
        return replace(plain, expires_on=today - timedelta(days=chance.randrange(1, 90)))
    if draw < 6:
        return replace(plain, valid_from=today + timedelta(days=chance.randrange(5, 60)))
    if draw < 10:
        return replace(plain, minimum_purchase=Money(2 * face_minor, CURRENCY))
    if draw < 16:
        return replace(plain, partial_allowed=False)
    if draw < 19:
        return replace(plain, vat_kind=VatKind.SINGLE_PURPOSE)
    if draw < 24:
        return replace(plain, expires_on=None)
    return plain

"""The short code of a voucher: what a person can read aloud and type.

Sixteen characters of Crockford's base 32 (80 bits) and two check characters. The alphabet has no
I, L, O or U, so nothing in it looks like anything else. The eighteen characters, read as one number
in base 32, are a multiple of 1021: the largest prime below 32 squared, so two characters can always
make up the remainder. As 1021 is prime and larger than 31 * 32, any single wrong character and
any swap of two neighbours changes the remainder: every one of them is caught.

Source of the alphabet: Douglas Crockford, Base 32, https://www.crockford.com/base32.html
"""

from __future__ import annotations

import re
from typing import NewType

ShortCode = NewType("ShortCode", str)
"""Eighteen characters of the alphabet, checked, no separators. A secret: never log or store it."""

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
DATA_LENGTH = 16
CODE_LENGTH = DATA_LENGTH + 2
DATA_BITS = DATA_LENGTH * 5
MODULUS = 1021
_VALUES = {character: value for value, character in enumerate(ALPHABET)}
READ_AS = str.maketrans({"O": "0", "I": "1", "L": "1"})
"""Capitals that are no characters of a code, and what whoever types them means."""
SEPARATORS = re.compile(r"[ \t\-\u00a0\u202f\u2010\u2011\u2013]+")


def encode(number: int) -> ShortCode:
    """The code of an 80-bit number.

    Raises:
        ValueError: the number does not fit into 80 bits.
    """
    if not 0 <= number < 1 << DATA_BITS:
        raise ValueError("a short code holds 80 bits")
    whole = number << 10
    whole += -whole % MODULUS
    return ShortCode("".join(ALPHABET[whole >> shift & 31] for shift in range(85, -1, -5)))


def parse(text: str) -> ShortCode | None:
    """The code that a person typed, forgiving case, spaces, dashes, O for 0, I and L for 1.

    None when it is no code: wrong length, foreign characters, or check characters that do not fit.
    Only ASCII is folded: a Kelvin sign is not a K.
    """
    if len(text) > 64:
        return None
    compact = SEPARATORS.sub("", text)
    if len(compact) != CODE_LENGTH or not compact.isascii():
        return None
    candidate = compact.upper().translate(READ_AS)
    total = 0
    for character in candidate:
        value = _VALUES.get(character)
        if value is None:
            return None
        total = total * 32 + value
    return ShortCode(candidate) if total % MODULUS == 0 else None


def grouped(code: ShortCode) -> str:
    """As it is printed: K7QF-9XAB-03TM-H2ZC-2M."""
    return "-".join(code[start : start + 4] for start in range(0, CODE_LENGTH, 4))


def label(code: ShortCode) -> str:
    """What may be shown and stored to tell two vouchers apart: the last four characters.

    At least 60 of the code's 80 bits remain unknown to whoever reads it.
    """
    return f"…{code[-4:]}"

"""What a scanner gun meant, when the computer took its keys for those of another keyboard. Pure.

A gun is a keyboard. Most leave the factory with the layout of the United States; the computer of a
French shop has AZERTY. Then `V1:ABC...M` arrives as `V&MQBC...?`. As every key has one meaning on
either keyboard, that can be undone key by key; whether it should be, the check characters of a
code and the shape of a token decide.
"""

from __future__ import annotations

import re
from enum import Enum

from merchant_app.vouchers.scan import CodeText, Foreign, TokenText, classify

# The same keys in the same order, without and with Shift. Dead keys (^ and ¨) arrive, if at all,
# combined with the next letter: no voucher needs those keys.
_US = "1234567890-=qwertyuiop[]asdfghjkl;'zxcvbnm,./\\"
_US_SHIFT = '!@#$%^&*()_+QWERTYUIOP{}ASDFGHJKL:"ZXCVBNM<>?|'


class Layout(Enum):
    """A computer's keyboard. The value is what the keys of `_US` type there, without and with
    Shift; taken from xkeyboard-config and checked against a real display (tests/end2end)."""

    FRENCH = (
        "&é\"'(-è_çà)=azertyuiop^$qsdfghjklmùwxcvbn,;:!*",
        "1234567890°+AZERTYUIOP¨£QSDFGHJKLM%WXCVBN?./§µ",
    )
    FRENCH_MAC = (
        "&é\"'(§è!çà)-azertyuiop^$qsdfghjklmùwxcvbn,;:=`",
        "1234567890°_AZERTYUIOP¨*QSDFGHJKLM%WXCVBN?./+£",
    )
    """And that of Belgium."""
    FRENCH_AFNOR = (
        "àéèê()‘’«»'^azertyuiop-+qsdfghjklm/wxcvbn.,:;*",
        '1234567890"¨AZERTYUIOP–±QSDFGHJKLM\\WXCVBN?!…=½',
    )
    """The standard of 2019, NF Z71-300."""
    SWISS_FRENCH = (
        "1234567890'^qwertzuiopè¨asdfghjkléàyxcvbnm,.-$",
        '+"*ç%&/()=?`QWERTZUIOPü!ASDFGHJKLöäYXCVBNM;:_£',
    )
    GERMAN = (
        "1234567890ß´qwertzuiopü+asdfghjklöäyxcvbnm,.-#",
        "!\"§$%&/()=?`QWERTZUIOPÜ*ASDFGHJKLÖÄYXCVBNM;:_'",
    )


_TO_US = {layout: str.maketrans("".join(layout.value), _US + _US_SHIFT) for layout in Layout}
_FROM_US = {layout: str.maketrans(_US + _US_SHIFT, "".join(layout.value)) for layout in Layout}
_OTHER_SHIFT = str.maketrans(_US + _US_SHIFT, _US_SHIFT + _US)

# By hand, not str.swapcase: that would fold a Kelvin sign into a k.
_SMALL = "abcdefghijklmnopqrstuvwxyzéèçàùêöäü"
_LARGE = "ABCDEFGHIJKLMNOPQRSTUVWXYZÉÈÇÀÙÊÖÄÜ"
_OTHER_CASE = str.maketrans(_SMALL + _LARGE, _LARGE + _SMALL)

# Some guns send "]Q1" first: the symbology identifier of AIM (ISO/IEC 15424).
_SYMBOLOGY = re.compile(r"\]Q[0-6]", re.IGNORECASE)


def typed_on(layout: Layout, text: str) -> str:
    """What a computer with this keyboard makes of a gun with the layout of the United States."""
    return text.translate(_FROM_US[layout])


def candidates(text: str) -> tuple[str, ...]:
    """What the gun may have sent, the likeliest first, `text` itself the very first.

    As typed; with Caps Lock on; then, for each keyboard: as a US gun on such a computer; that with
    Caps Lock on, as Linux has it (letters only), and as Windows has it (a Shift Lock for every
    key).
    """
    meant = [text, text.translate(_OTHER_CASE)]
    for to_us in _TO_US.values():
        from_us = text.translate(to_us)
        meant += (
            from_us,
            text.translate(_OTHER_CASE).translate(to_us),
            from_us.translate(_OTHER_SHIFT),
        )
    plain = (
        _SYMBOLOGY.sub("", candidate, count=1) if _SYMBOLOGY.match(candidate) else candidate
        for candidate in meant
    )
    return tuple(dict.fromkeys((text, *plain)))


def meant(text: str) -> str:
    """The candidate that is a voucher, or an enrolment; the text as typed where none is."""
    options = candidates(text)
    for option in options:
        if isinstance(classify(option), TokenText | CodeText):
            return option
    for option in options:
        if classify(option) is Foreign.ENROLMENT:
            return option
    return text

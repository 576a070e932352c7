"""A language in which everything takes 40 % more room than in English, for whoever measures.

Translations are that much longer than their English (W3C, "Text size in translation"); what fits in
this one has room for a sentence that is worded anew.
"""

from __future__ import annotations

import gettext
import math
import re
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from merchant_app.i18n import Language, catalogue, install

SHARE = 0.4
_WORD = re.compile(r"\{[^}]*\}|[^\W\d_]+")


def longer(text: str) -> str:
    """Each word longer by its share, with an accent; names to be filled in stay."""

    def stretch(found: re.Match[str]) -> str:
        word = found.group()
        if word.startswith("{"):
            return word
        return word + "é" * math.floor(SHARE * len(word) + 0.5)

    return _WORD.sub(stretch, text)


class _Longer(gettext.NullTranslations):
    def gettext(self, message: str) -> str:
        return longer(message)

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        return longer(super().ngettext(msgid1, msgid2, n))


@contextmanager
def longer_words(patch: pytest.MonkeyPatch) -> Iterator[None]:
    """Speak it, with English numbers and dates."""
    install(Language.ENGLISH)
    with patch.context() as patched:
        patched.setattr(catalogue._Active, "catalogue", _Longer())  # there is no such file
        yield

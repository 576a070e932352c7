"""Text from outside: a holder's name, a shop's, a till's, a bank's. No Qt."""

from __future__ import annotations

_NO_BREAKS = "\u00a0\u202f"


def printable(text: str) -> str:
    """Control and direction characters made visible as spaces: they could hide or turn around what
    follows."""
    return "".join(c if c.isprintable() or c in _NO_BREAKS else " " for c in text)

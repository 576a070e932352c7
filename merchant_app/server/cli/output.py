"""What commands print: tables for people, JSON for programs."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping, Sequence
from decimal import Decimal

from merchant_app.money import CURRENCIES


def say(text: str) -> None:
    """One line on standard output, whatever the terminal can show."""
    stream = sys.stdout
    encoding = stream.encoding or "utf-8"
    stream.write(text.encode(encoding, "replace").decode(encoding) + "\n")
    stream.flush()


def as_json(value: object) -> None:
    """JSON in ASCII: no terminal, pipe or code page changes it."""
    sys.stdout.write(json.dumps(value, indent=2) + "\n")
    sys.stdout.flush()


def amount(minor: int, currency: str) -> str:
    """ "15,260.00 EUR"."""
    places = CURRENCIES[currency].decimals
    return f"{Decimal(minor).scaleb(-places):,.{places}f} {currency}"


def table(rows: Sequence[Mapping[str, object]], columns: Sequence[str]) -> None:
    """Aligned columns under their names; numbers and amounts to the right."""
    if not rows:
        say("(none)")
        return
    cells = [
        [str("" if row[column] is None else row[column]) for column in columns] for row in rows
    ]
    widths = [
        max(len(column), *(len(line[place]) for line in cells))
        for place, column in enumerate(columns)
    ]
    right = [isinstance(rows[0][column], int) or column == "value" for column in columns]

    def line_of(texts: Sequence[str]) -> str:
        padded = (
            text.rjust(width) if to_right else text.ljust(width)
            for text, width, to_right in zip(texts, widths, right, strict=True)
        )
        return "  ".join(padded).rstrip()

    say(line_of([column.replace("_", " ") for column in columns]))
    say("  ".join("-" * width for width in widths))
    for line in cells:
        say(line_of(line))

"""JSON from outside: bounded, no duplicate keys, no NaN, parsed into a type at once."""

from __future__ import annotations

import json
from typing import NoReturn, TypeVar

from pydantic import BaseModel, ValidationError

BODY_BYTES_MAX = 3_200_000
"""The most a request may hold: 200 entries of the largest size, each with what was said of it
before. A real one has about 120,000 bytes."""
REPLY_BYTES_MAX = 8_000_000
"""The most a reply may hold, unpacked."""

Model = TypeVar("Model", bound=BaseModel)


class Malformed(ValueError):
    """What came is not what the contract says.

    Attributes:
        path: the bad field, "entries.3.hash"; empty when the whole is no JSON.
        reason: what is wrong with it, without the value: it could be a secret.
    """

    def __init__(self, path: str, reason: str) -> None:
        super().__init__(f"{reason} @ {path}" if path else reason)
        self.path = path
        self.reason = reason


def parse(model: type[Model], raw: bytes, *, bytes_max: int) -> Model:
    """The JSON text as a model, strictly: no coercion, no unknown and no repeated field.

    Raises:
        Malformed: too large, no JSON, or not of this shape.
    """
    if len(raw) > bytes_max:
        raise Malformed("", f"larger than {bytes_max} bytes")
    try:
        json.loads(raw, object_pairs_hook=_refuse_duplicates, parse_constant=_refuse_constant)
    except RecursionError:
        raise Malformed("", "nested too deeply") from None
    except ValueError as error:
        if isinstance(error, Malformed):
            raise
        raise Malformed("", "no JSON") from None
    try:
        return model.model_validate_json(raw, strict=True)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        path = ".".join(str(part) for part in first["loc"])
        raise Malformed(path, str(first["msg"])) from None


def _refuse_duplicates(pairs: list[tuple[str, object]]) -> dict[str, object]:
    fields = dict(pairs)
    if len(fields) != len(pairs):
        raise Malformed("", "a field stands twice")
    return fields


def _refuse_constant(name: str) -> NoReturn:
    raise Malformed("", f"{name} is no number")

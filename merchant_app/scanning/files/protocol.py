"""What the till and the process that reads a file say to each other: lines of JSON.

The till sends one line and the file's bytes. The child answers with a line for each page it begins,
one for each code, and one at the end. Only JSON: nothing the child says can make the till run code.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from typing import Any, TypeAlias

from merchant_app.scanning.files.findings import (
    Damaged,
    FileCode,
    FileRead,
    LibraryMissing,
    NeedsPassword,
    NotAPicture,
    Nothing,
    Progress,
    TooLarge,
    TooLong,
)
from merchant_app.scanning.files.kinds import StrangeKind
from merchant_app.scanning.files.limits import Limits

LINE_BYTES_MAX = 64_000
"""A QR code holds 4,296 characters at most; JSON may write six bytes for one."""
_NAME_MAX = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """What the till asks for; the file's bytes follow."""

    size_bytes: int
    password: str | None = field(repr=False)
    limits: Limits


@dataclass(frozen=True, slots=True)
class End:
    """The child is done.

    Attributes:
        ending: what it comes to if no code was found.
        truncated_after_pages: see `findings.Found`.
        detail: for the log: the kind of an unforeseen error, nothing of the file's content.
    """

    ending: FileRead
    truncated_after_pages: int | None = None
    detail: str = ""


Line: TypeAlias = Progress | FileCode | End


def order_line(order: Order) -> bytes:
    """Ends with a line break."""
    fields = {
        "size_bytes": order.size_bytes,
        "password": order.password,
        "limits": asdict(order.limits),
    }
    return json.dumps(fields).encode("ascii") + b"\n"


def read_order(line: bytes) -> Order:
    """In the child; the till is trusted."""
    fields = json.loads(line)
    return Order(
        size_bytes=fields["size_bytes"],
        password=fields["password"],
        limits=Limits(**fields["limits"]),
    )


def line_of(said: Line) -> bytes:
    """Ends with a line break."""
    match said:
        case Progress(page, pages):
            fields: dict[str, Any] = {"page": page, "pages": pages}
        case FileCode(text, page, part):
            fields = {"code": text, "on_page": page, "part": part}
        case End(ending, truncated_after_pages, detail):
            fields = {
                "end": type(ending).__name__,
                "after_pages": truncated_after_pages,
                "detail": detail,
            }
            match ending:
                case NeedsPassword(was_wrong):
                    fields["was_wrong"] = was_wrong
                case NotAPicture(kind):
                    fields["kind"] = kind.value
                case LibraryMissing(name):
                    fields["name"] = name
                case _:
                    pass
    return json.dumps(fields).encode("ascii") + b"\n"


def read_line(line: bytes) -> Line:
    """In the till; the child may have been taken over by the file it reads.

    Raises:
        ValueError: nothing that the child says.
    """
    if len(line) > LINE_BYTES_MAX or not line.endswith(b"\n"):
        raise ValueError("no line of the protocol")
    try:
        fields = json.loads(line)
    except RecursionError:
        raise ValueError("nested too deeply") from None
    match fields:
        case {"page": int(page), "pages": int(pages)} if 0 < page <= pages:
            return Progress(page, pages)
        case {"code": str(text), "on_page": int() | None as page, "part": str(part)}:
            text.encode()  # half a surrogate pair is no text: UnicodeEncodeError is a ValueError
            return FileCode(text, page, _shown(part))
        case {"end": str(name), "after_pages": int() | None as after, "detail": str(detail)}:
            return End(_ending(name, fields), after, _shown(detail))
        case _:
            raise ValueError("no line of the protocol")


def _ending(name: str, fields: dict[str, Any]) -> FileRead:
    match name, fields:
        case "NeedsPassword", {"was_wrong": bool(was_wrong)}:
            return NeedsPassword(was_wrong)
        case "NotAPicture", {"kind": str(kind)}:
            return NotAPicture(StrangeKind(kind))
        case "LibraryMissing", {"name": str(library)}:
            return LibraryMissing(_shown(library))
        case _:
            simple: dict[str, FileRead] = {
                "Nothing": Nothing(),
                "TooLarge": TooLarge(),
                "TooLong": TooLong(),
                "Damaged": Damaged(),
            }
            if name not in simple:
                raise ValueError("no ending of the protocol")
            return simple[name]


def _shown(text: str) -> str:
    return "".join(character for character in text[:_NAME_MAX] if character.isprintable())

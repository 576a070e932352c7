"""JSON from outside: what is strict about it, and that nothing but `Malformed` is raised."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from enum import Enum
from typing import Annotated
from uuid import UUID

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from merchant_app.contract import wire
from merchant_app.contract.strict_json import Malformed, parse


class Colour(Enum):
    RED = "red"


class Leaf(BaseModel):
    model_config = ConfigDict(extra="forbid")
    number: Annotated[int, Field(ge=0, le=10)]


class Sample(BaseModel):
    model_config = ConfigDict(extra="forbid")
    leaf: Leaf
    leaves: list[Leaf] = []
    ok: bool = True
    colour: Colour = Colour.RED
    id: UUID | None = None
    at: AwareDatetime | None = None
    anything: object = None


def refusal(raw: bytes | str, *, bytes_max: int = 100_000) -> Malformed:
    with pytest.raises(Malformed) as caught:
        parse(Sample, raw.encode() if isinstance(raw, str) else raw, bytes_max=bytes_max)
    return caught.value


def test_what_fits_is_taken() -> None:
    raw = {
        "leaf": {"number": 3},
        "leaves": [{"number": 1}],
        "ok": False,
        "colour": "red",
        "id": "01920000-0000-7000-8000-000000000001",
        "at": "2026-11-23T09:30:00Z",
    }
    sample = parse(Sample, json.dumps(raw).encode(), bytes_max=1000)
    assert sample.leaf.number == 3
    assert sample.ok is False
    assert sample.at == datetime(2026, 11, 23, 9, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("raw", "path"),
    [
        ('{"leaf": {"number": "3"}}', "leaf.number"),
        ('{"leaf": {"number": 3.0}}', "leaf.number"),
        ('{"leaf": {"number": true}}', "leaf.number"),
        ('{"leaf": {"number": 11}}', "leaf.number"),
        ('{"leaf": {"number": 1e400}}', "leaf.number"),
        ('{"leaf": {"number": 3}, "leaves": [{"number": 1}, {"number": -1}]}', "leaves.1.number"),
        ('{"leaf": {"number": 3, "more": 1}}', "leaf.more"),
        ('{"leaf": {"number": 3}, "ok": 1}', "ok"),
        ('{"leaf": {"number": 3}, "ok": "true"}', "ok"),
        ('{"leaf": {"number": 3}, "colour": "pink"}', "colour"),
        ('{"leaf": {"number": 3}, "at": "2026-11-23T09:30:00"}', "at"),
        ('{"leaf": {"number": 3}, "at": 1700000000}', "at"),
        ("{}", "leaf"),
        ("[]", ""),
        ("null", ""),
    ],
)
def test_a_bad_field_is_named(raw: str, path: str) -> None:
    assert refusal(raw).path == path


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"{",
        b'{"leaf": {"number": 3}',
        b"<html>",
        b'{"leaf": {"number": 3}} {}',
        b'{"leaf": {"number": 3}, "leaf": {"number": 4}}',
        b'{"leaf": {"number": 3, "number": 3}}',
        b'{"leaf": {"number": 3, "\\u006eumber": 3}}',
        b'{"leaf": {"number": NaN}}',
        b'{"leaf": {"number": 3}, "anything": NaN}',
        b'{"leaf": {"number": 3}, "anything": -Infinity}',
        b'{"leaf": {"number": 3}, "anything": "\xff"}',
        b'\xef\xbb\xbf{"leaf": {"number": 3}}',
        '{"leaf": {"number": 3}}'.encode("utf-16"),
        b'{"leaf": {"number": ' + b"9" * 5000 + b"}}",
        b"[" * 50_000,
        b'{"leaf":' * 10_000,
        b'{"leaf": {"number": 3}, "anything": ' + b"[" * 40_000 + b"]" * 40_000 + b"}",
    ],
)
def test_what_is_no_json_of_ours_is_refused(raw: bytes) -> None:
    refusal(raw)


def test_the_size_is_looked_at_before_anything_else() -> None:
    raw = b'{"leaf": {"number": 3}}'
    assert parse(Sample, raw, bytes_max=len(raw)).leaf.number == 3
    assert "larger" in refusal(raw, bytes_max=len(raw) - 1).reason
    assert "larger" in refusal(b"<" * 1000, bytes_max=999).reason


@pytest.mark.parametrize("field", ["colour", "id", "at", "ok"])
def test_a_refusal_never_repeats_the_value(field: str) -> None:
    raw = json.dumps({"leaf": {"number": 3}, field: "K7QF-secret-canary"})
    assert "canary" not in str(refusal(raw))


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=10)
    | st.sampled_from(["red", "2026-11-23T09:30:00Z"]),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(["leaf", "leaves", "number", "ok", "colour", "id", "at", "x"]), inner
        )
    ),
)


@given(JSON.map(lambda value: json.dumps(value).encode()) | st.binary(max_size=200))
@example(b'{"leaf":{"number":0},"anything":"\\ud800"}')
def test_any_bytes_give_the_model_or_malformed(raw: bytes) -> None:
    try:
        sample = parse(Sample, raw, bytes_max=10_000)
    except Malformed:
        return
    assert 0 <= sample.leaf.number <= 10


@given(st.binary(max_size=300))
def test_every_reply_type_survives_any_bytes(raw: bytes) -> None:
    for model in (wire.JournalReply, wire.LookupReply, wire.TillReply, wire.EnrolmentReply):
        with pytest.raises(Malformed):
            parse(model, raw, bytes_max=10_000)

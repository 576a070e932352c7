"""The release feed: believed with the publisher's signature and for its days, and never else."""

from __future__ import annotations

import contextlib
import json
from datetime import date, timedelta
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from merchant_app.contract.release_feed import (
    FEED_BYTES_MAX,
    LABEL,
    RELEASE_KEYS,
    Release,
    is_newer,
    read,
    write,
)
from merchant_app.contract.strict_json import Malformed

KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
OTHER = Ed25519PrivateKey.from_private_bytes(bytes(32))
PUBLIC, NEXT = (key.public_key().public_bytes_raw().hex() for key in (KEY, OTHER))
UNTIL = date(2026, 12, 31)
RELEASE = Release("0.2.0", "https://comptoir.example/0.2.0", UNTIL)


def signed(told: object, **envelope: object) -> bytes:
    """A feed of whatever the publisher signs."""
    text = told if isinstance(told, str) else json.dumps(told)
    signature = KEY.sign(LABEL + text.encode()).hex()
    return json.dumps({"release": text, "signature": signature, **envelope}).encode()


def fields(**more: object) -> dict[str, object]:
    return {"version": "0.2.0", "page": RELEASE.page, "until": "2026-12-31", **more}


@pytest.mark.parametrize("keys", [[PUBLIC], [NEXT, PUBLIC]])
@pytest.mark.parametrize("today", [UNTIL, UNTIL - timedelta(days=90)])
def test_what_the_publisher_signed_is_believed(keys: list[str], today: date) -> None:
    assert read(write(RELEASE, KEY), keys=keys, today=today) == RELEASE


def test_a_later_publisher_may_say_more() -> None:
    assert read(signed(fields(notes="x")), keys=[PUBLIC], today=UNTIL) == RELEASE


def refused(raw: bytes, *, keys: list[str] | None = None, today: date = UNTIL) -> str:
    with pytest.raises(Malformed) as caught:
        read(raw, keys=[PUBLIC] if keys is None else keys, today=today)
    return str(caught.value)


def test_another_key_an_unknown_publisher_or_none_is_not_believed() -> None:
    assert refused(write(RELEASE, OTHER)) == "not the publisher's @ signature"
    assert refused(write(RELEASE, KEY), keys=[NEXT]) == "not the publisher's @ signature"
    assert refused(write(RELEASE, KEY), keys=[]) == "not the publisher's @ signature"


def test_a_signature_for_something_else_is_not_believed() -> None:
    text = json.dumps(fields())
    bare = {"release": text, "signature": KEY.sign(text.encode()).hex()}
    assert refused(json.dumps(bare).encode()) == "not the publisher's @ signature"


def test_an_old_feed_is_over_one_day_after_its_last() -> None:
    raw = write(RELEASE, KEY)
    assert refused(raw, today=UNTIL + timedelta(days=1)) == "over @ release.until"


@pytest.mark.parametrize(
    "told",
    [
        fields(version="0.2"),
        fields(version="0.2.0\n"),
        fields(version="0.02.0"),
        fields(version=2),
        fields(page="http://comptoir.example/"),
        fields(page="https://comptoir.example/?next=x"),
        fields(page="https://claire:pin@comptoir.example/"),
        fields(page="javascript:alert(1)"),
        fields(page="https://comptoir.example/" + "a" * 101),
        fields(until="soon"),
        fields(until=20_000),
        {"version": "0.2.0"},
        [],
        "no JSON",
    ],
)
def test_what_even_the_publisher_cannot_say(told: Any) -> None:
    assert "publisher" not in refused(signed(told))


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"{}",
        b"[" * 5_000,
        b"<html>",
        b"\xff\xfe",
        signed(fields(), more=1),
        signed(fields(), signature="00"),
        b" " * (FEED_BYTES_MAX + 1),
        b'{"release": "\\ud800", "signature": "' + b"0" * 128 + b'"}',
    ],
)
def test_what_is_no_feed_is_refused(raw: bytes) -> None:
    refused(raw)


@given(place=st.integers(min_value=0), value=st.integers(1, 255))
def test_no_byte_of_it_can_be_changed_to_another_release(place: int, value: int) -> None:
    raw = bytearray(write(RELEASE, KEY))
    raw[place % len(raw)] ^= value
    with contextlib.suppress(Malformed):
        assert read(bytes(raw), keys=[PUBLIC], today=UNTIL) == RELEASE


@given(raw=st.binary(max_size=300))
def test_nothing_but_malformed_is_raised(raw: bytes) -> None:
    refused(raw)


def test_versions_follow_each_other_by_number() -> None:
    assert is_newer("0.10.0", "0.9.9")
    assert is_newer("1.0.0", "0.99.99")
    assert is_newer("0.1.1", "0.1.0")
    assert not is_newer("0.1.0", "0.1.0")
    assert not is_newer("0.9.9", "0.10.0")


def test_publishers_of_this_program_have_keys_of_ed25519() -> None:
    assert all(len(bytes.fromhex(key)) == 32 for key in RELEASE_KEYS)

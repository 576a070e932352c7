"""Addresses: https or this computer, and nothing that hides a password."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from merchant_app.central.address import ServiceAddress, parse_address
from merchant_app.errors import Problem, ProblemKind


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("https://central.example.org", ServiceAddress("https://central.example.org", False)),
        ("https://central.example.org/", ServiceAddress("https://central.example.org", False)),
        ("HTTPS://Central.Example.org", ServiceAddress("HTTPS://Central.Example.org", False)),
        ("https://example.org:8443/a/", ServiceAddress("https://example.org:8443/a", False)),
        ("https://192.0.2.1", ServiceAddress("https://192.0.2.1", False)),
        ("https://[2001:db8::1]:1", ServiceAddress("https://[2001:db8::1]:1", False)),
        ("http://127.0.0.1:8000", ServiceAddress("http://127.0.0.1:8000", True)),
        ("http://127.9.9.9", ServiceAddress("http://127.9.9.9", True)),
        ("http://[::1]:8000", ServiceAddress("http://[::1]:8000", True)),
        ("http://localhost:8000", ServiceAddress("http://localhost:8000", True)),
        ("https://localhost", ServiceAddress("https://localhost", True)),
    ],
)
def test_what_is_taken(text: str, expected: ServiceAddress) -> None:
    assert parse_address(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "",
        "central.example.org",
        "http://central.example.org",
        "http://192.168.1.10",
        "http://127.0.0.1.example.org",
        "http://localhost.example.org",
        "http://[::ffff:192.0.2.1]",
        "ftp://127.0.0.1",
        "file:///etc/passwd",
        "javascript:alert(1)",
        "https://",
        "https:///path",
        "https://claire:secret@example.org",
        "https://claire@example.org",
        "http://127.0.0.1@example.org",
        "https://example.org?x=1",
        "https://example.org/#top",
        "https://example.org/a b",
        "https://example.org\\@evil.example",
        "https://exam\u212aple.org",
        "https://example.org\r\nX: y",
        "https://example.org:99999",
        "https://example.org:0",
        "https://example.org:x",
        "https://[::1",
        "https://" + "a" * 500,
    ],
)
def test_what_is_refused(text: str) -> None:
    with pytest.raises(Problem) as caught:
        parse_address(text)
    assert caught.value.kind is ProblemKind.SERVICE_ADDRESS_INSECURE
    assert "secret" not in caught.value.detail


@given(st.text(max_size=60), st.sampled_from(["", "http://", "https://", "http://127.0.0.1"]))
def test_any_text_is_an_address_or_a_problem(text: str, prefix: str) -> None:
    try:
        address = parse_address(prefix + text)
    except Problem:
        return
    assert address.is_loopback or address.base_url.lower().startswith("https://")

"""What names a camera, and what does not."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from merchant_app.scanning.source import (
    BadSource,
    DeviceSource,
    FileSource,
    UrlSource,
    parse_source,
)


@pytest.mark.parametrize(
    ("text", "source"),
    [
        ("0", DeviceSource(0)),
        (" 2 ", DeviceSource(2)),
        ("63", DeviceSource(63)),
        ("bons.mp4", FileSource(Path("bons.mp4"))),
        ("/tmp/ é/bons d'achat.mp4", FileSource(Path("/tmp/ é/bons d'achat.mp4"))),
        ("C:\\Vidéos\\bons.mp4", FileSource(Path("C:\\Vidéos\\bons.mp4"))),
        ("http://192.168.1.7:8080/video", UrlSource("http://192.168.1.7:8080/video")),
        ("HTTPS://cam.local/mjpg", UrlSource("HTTPS://cam.local/mjpg")),
    ],
)
def test_a_source_is_an_index_a_path_or_an_address(
    text: str, source: DeviceSource | FileSource | UrlSource
) -> None:
    assert parse_source(text) == source


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", BadSource.EMPTY),
        ("   ", BadSource.EMPTY),
        ("-1", BadSource.NO_SUCH_INDEX),
        ("64", BadSource.NO_SUCH_INDEX),
        ("999999999", BadSource.NO_SUCH_INDEX),
        ("http://", BadSource.NO_HOST),
        ("http://:80/x", BadSource.NO_HOST),
        ("http://[::1", BadSource.NO_HOST),
        ("http://cam:port/", BadSource.NO_HOST),
        ("rtsp://cam/1", BadSource.UNKNOWN_SCHEME),
        ("concat:a|b", BadSource.UNKNOWN_SCHEME),
        ("file:///etc/passwd", BadSource.UNKNOWN_SCHEME),
        ("http:cam", BadSource.UNKNOWN_SCHEME),
        ("a\x00b", BadSource.NOT_A_PATH),
        ("x" * 5_000, BadSource.NOT_A_PATH),
    ],
)
def test_nonsense_is_refused_with_its_reason(text: str, why: BadSource) -> None:
    assert parse_source(text) is why


@given(st.text())
def test_any_text_gives_an_answer_and_never_an_index_that_crashes(text: str) -> None:
    source = parse_source(text)
    if isinstance(source, DeviceSource):
        assert 0 <= source.index <= 63


def test_looping_is_only_on_request() -> None:
    assert parse_source("a.mp4") == FileSource(Path("a.mp4"), loop=False)
    assert parse_source("a.mp4", loop=True) == FileSource(Path("a.mp4"), loop=True)


def test_an_address_keeps_its_password_to_itself() -> None:
    source = parse_source("http://user:geheim@cam.local:8080/video?token=abc")
    assert isinstance(source, UrlSource)
    assert source.label == "http://cam.local:8080"
    assert "geheim" not in repr(source)

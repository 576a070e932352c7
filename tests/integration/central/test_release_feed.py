"""The release feed over real sockets: what is hostile shows nothing but a line in the log."""

from __future__ import annotations

import logging
from datetime import date, timedelta

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from merchant_app.central.address import parse_address
from merchant_app.central.http import Limits
from merchant_app.central.release_feed import ReleaseFeed
from merchant_app.contract import release_feed
from merchant_app.contract.release_feed import FEED_BYTES_MAX, Release
from tests.fakes import bad_service as bad
from tests.fakes.bad_service import BadService, Behaviour
from tests.fakes.clock import FakeClock

KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
PUBLIC = KEY.public_key().public_bytes_raw().hex()
CLOCK = FakeClock()
TODAY = CLOCK.now().date()
PATIENT = Limits(connect_s=20, read_s=20, total_s=30, reply_bytes_max=FEED_BYTES_MAX)


def feed(until: date = TODAY, key: Ed25519PrivateKey = KEY) -> bytes:
    return release_feed.write(Release("9.8.7", "https://comptoir.example/", until), key)


def newest(behave: Behaviour) -> tuple[Release | None, bytes]:
    """What comes of asking such a server, and what it was sent."""
    with BadService(behave) as service:
        address = parse_address(f"{service.url}/releases.json")
        found = ReleaseFeed(address, keys=[PUBLIC], clock=CLOCK, limits=PATIENT).newest()
        return found, b"".join(service.requests)


def test_the_newest_version_is_asked_for_without_saying_who_asks() -> None:
    found, sent = newest(bad.answer(bad.http(200, feed())))
    assert found == Release("9.8.7", "https://comptoir.example/", TODAY)
    assert sent.startswith(b"GET /releases.json HTTP/1.1\r\n")
    for telling in (b"authorization", b"cookie", b"bearer"):
        assert telling not in sent.lower()


@pytest.mark.parametrize(
    ("behave", "said"),
    [
        (bad.answer(bad.http(200, feed(TODAY - timedelta(days=1)))), "over"),
        (bad.answer(bad.http(200, feed(key=Ed25519PrivateKey.generate()))), "not the publisher's"),
        (bad.answer(bad.http(200, b"{}")), "not believed"),
        (bad.answer(bad.http(200, b"<html>", media_type="text/html")), "no answer"),
        (bad.answer(bad.http(404, b"{}")), "status 404"),
        (bad.answer(bad.http(302, headers=("Location: /other",))), "redirected"),
        (bad.answer(bad.gzip_bomb(50_000_000)), "too_large"),
        (bad.close_after(b""), "no answer"),
    ],
)
def test_anything_else_shows_nothing_and_is_logged(
    behave: Behaviour, said: str, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.INFO):
        found, _sent = newest(behave)
    assert found is None
    (line,) = (record.getMessage() for record in caplog.records if "feed" in record.getMessage())
    assert said in line
    assert "9.8.7" not in line


def test_certificates_that_are_not_there_are_no_reason_to_fall_over(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", "/nowhere/certificates.pem")
    address = parse_address("https://comptoir.example/releases.json")
    assert ReleaseFeed(address, keys=[PUBLIC], clock=CLOCK).newest() is None

"""What looks for newer versions: nothing, unless somebody names a feed and a publisher signs it."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from merchant_app.bootstrap.updates import build_updates
from merchant_app.contract import release_feed
from merchant_app.contract.release_feed import Release
from merchant_app.settings.options import UPDATE_FEED, Options
from merchant_app.settings.paths import Profile, ProfileName, prepare, profile_of
from merchant_app.till.updates import UpdateDesk
from tests.fakes import bad_service as bad
from tests.fakes.bad_service import BadService
from tests.fakes.clock import FakeClock
from tests.fakes.counter import ONLINE

KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
KEYS = (KEY.public_key().public_bytes_raw().hex(),)
RELEASE = Release("9.8.7", "https://comptoir.example/", date(2100, 1, 1))
SOMEWHERE = "https://comptoir.example/releases.json"


def built(
    folder: Path,
    address: str | None = SOMEWHERE,
    *,
    keys: tuple[str, ...] = KEYS,
    name: ProfileName = ProfileName.MAIN,
) -> UpdateDesk | None:
    profile = prepared(folder, name)
    options = Options(profile.options_file)
    if address is not None:
        options.set(UPDATE_FEED, address)
    return build_updates(lambda: ONLINE, options, profile, FakeClock(), keys=keys)


def prepared(folder: Path, name: ProfileName) -> Profile:
    profile = profile_of(name, data_dir=folder)
    prepare(profile)
    return profile


def test_nobody_is_asked_until_somebody_names_a_feed(tmp_path: Path) -> None:
    assert built(tmp_path, None) is None


def test_nobody_is_asked_where_no_publisher_is_known(tmp_path: Path) -> None:
    assert built(tmp_path, keys=()) is None


def test_training_mode_asks_nobody(tmp_path: Path) -> None:
    assert built(tmp_path, name=ProfileName.TRAINING) is None


@pytest.mark.parametrize("address", ["http://comptoir.example/", "file:///etc/passwd", "soon"])
def test_an_address_where_others_listen_is_not_asked(tmp_path: Path, address: str) -> None:
    assert built(tmp_path, address) is None


def test_a_feed_that_is_named_and_signed_is_told_of_once(tmp_path: Path) -> None:
    with BadService(bad.answer(bad.http(200, release_feed.write(RELEASE, KEY)))) as service:
        desk = built(tmp_path, f"{service.url}/releases.json")
        assert desk is not None
        assert desk.to_tell() == RELEASE
        desk.told(RELEASE)
        again = built(tmp_path, f"{service.url}/releases.json")
        assert again is not None
        assert again.to_tell() is None
        assert len(service.requests) == 1

"""The publisher's side: what it signs is what tills believe."""

from __future__ import annotations

import json
import stat
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from merchant_app import __version__
from merchant_app.contract.release_feed import read
from tests.house.sources import ROOT

sys.path.insert(0, str(ROOT / "build"))

import release_feed


def test_a_key_is_made_and_a_feed_signed_with_it(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    key, feed = tmp_path / "publisher.pem", tmp_path / "releases.json"
    assert release_feed.main(["key", "--out", str(key)]) == 0
    public = capsys.readouterr().out.strip()
    if sys.platform != "win32":
        assert stat.S_IMODE(key.stat().st_mode) == 0o600
    page = "https://comptoir.example/versions"
    words = ["--page", page, "--days", "30", "--out", str(feed)]
    assert release_feed.main(["sign", "--key", str(key), *words]) == 0
    told = read(feed.read_bytes(), keys=[public], today=datetime.now(UTC).date())
    assert (told.version, told.page) == (__version__, page)
    assert "PRIVATE" not in feed.read_text(encoding="utf-8")
    assert list(json.loads(feed.read_bytes())) == ["release", "signature"]


def test_a_key_is_never_written_over(tmp_path: Path) -> None:
    key = tmp_path / "publisher.pem"
    key.write_text("the only one\n", encoding="utf-8")
    with pytest.raises(FileExistsError):
        release_feed.main(["key", "--out", str(key)])
    assert key.read_text(encoding="utf-8") == "the only one\n"


def test_what_no_till_would_believe_is_not_written(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    key, feed = tmp_path / "publisher.pem", tmp_path / "releases.json"
    release_feed.main(["key", "--out", str(key)])
    words = ["--page", "http://comptoir.example/", "--out", str(feed)]
    assert release_feed.main(["sign", "--key", str(key), *words]) == 1
    assert "No till would believe this" in capsys.readouterr().err
    assert not feed.exists()

"""Options: defaults, limits, what is kept, and what is refused."""

from __future__ import annotations

import contextlib
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from merchant_app.errors import Bug, Problem, ProblemKind
from merchant_app.settings import document
from merchant_app.settings.options import (
    ACCOUNT_LOSS,
    ACCOUNT_MULTI_PURPOSE,
    ACCOUNT_PLATFORM,
    ACCOUNT_SALES,
    ACCOUNT_VAT,
    ALL,
    CAMERA_IDENTITY,
    CAMERA_IDLE_MINUTES,
    CAMERA_MIRRORED,
    CAMERA_SOURCE,
    CUSTOMER_SCREEN,
    FEC_JOURNAL,
    FIRST_DAY,
    KEEP_YEARS,
    LANGUAGE,
    MIRROR_FOLDER,
    OFFLINE_REDEMPTION_MAX,
    RECEIPT_COLUMNS,
    RECEIPT_PAGES,
    RECEIPT_PRINTER,
    RECEIPT_PRINTER_ADDRESS,
    RECEIPT_PRINTER_BAUD,
    SCHOOL_DONE,
    SINGLE_PURPOSE_VAT,
    SIREN,
    SOUND_ON,
    SOUND_VOLUME,
    THEME,
    UPDATE_FEED,
    WATCHED_FOLDER,
    FirstDay,
    Language,
    Options,
    ReceiptColumns,
    ReceiptPages,
    ReceiptPrinter,
    Theme,
)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "options.json"


def refusal(path: Path) -> str:
    with pytest.raises(Problem) as caught:
        Options(path)
    assert caught.value.kind is ProblemKind.SETTINGS_UNREADABLE
    return caught.value.detail


def test_each_option_is_declared_once_and_its_default_is_within_its_limits() -> None:
    assert len({option.key for option in ALL}) == len(ALL)
    for option in ALL:
        assert option.from_json(option.to_json(option.default)) == option.default
        assert option.explanation
        assert option.limits


def test_without_a_file_the_defaults_hold_and_none_is_made(path: Path) -> None:
    chosen = Options(path)
    assert all(chosen.get(option) == option.default for option in ALL)
    assert not path.exists()


def test_what_is_chosen_is_there_the_next_time(path: Path) -> None:
    chosen = Options(path)
    chosen.set(LANGUAGE, Language.ENGLISH)
    chosen.set(THEME, Theme.DARK)
    chosen.set(FIRST_DAY, FirstDay.SOUNDS)
    chosen.set(SCHOOL_DONE, "good part")
    chosen.set(CAMERA_SOURCE, "/dev/video2")
    chosen.set(CAMERA_IDENTITY, "HD Webcam|046d:0825|usb-0:2:1.0")
    chosen.set(CAMERA_MIRRORED, True)
    chosen.set(CAMERA_IDLE_MINUTES, 25)
    chosen.set(CUSTOMER_SCREEN, True)
    chosen.set(SOUND_ON, False)
    chosen.set(SOUND_VOLUME, 35)
    chosen.set(OFFLINE_REDEMPTION_MAX, 2000)
    chosen.set(KEEP_YEARS, 10)
    chosen.set(MIRROR_FOLDER, "/media/usb")
    chosen.set(WATCHED_FOLDER, "/home/claire/downloads")
    chosen.set(UPDATE_FEED, "https://comptoir.example/releases.json")
    chosen.set(RECEIPT_PRINTER, ReceiptPrinter.SERIAL)
    chosen.set(RECEIPT_PRINTER_ADDRESS, "/dev/ttyUSB0")
    chosen.set(RECEIPT_PRINTER_BAUD, 19_200)
    chosen.set(RECEIPT_COLUMNS, ReceiptColumns.NARROW)
    chosen.set(RECEIPT_PAGES, ReceiptPages.STAR)
    chosen.set(SIREN, "732829320")
    chosen.set(FEC_JOURNAL, "VT")
    chosen.set(ACCOUNT_PLATFORM, "467900")
    chosen.set(ACCOUNT_MULTI_PURPOSE, "511BON")
    chosen.set(ACCOUNT_SALES, "7071")
    chosen.set(ACCOUNT_VAT, "44571")
    chosen.set(ACCOUNT_LOSS, "6581")
    chosen.set(SINGLE_PURPOSE_VAT, 2000)
    assert chosen.get(THEME) is Theme.DARK
    later = Options(path)
    assert [later.get(option) for option in ALL] == [
        Language.ENGLISH,
        Theme.DARK,
        FirstDay.SOUNDS,
        "good part",
        "/dev/video2",
        "HD Webcam|046d:0825|usb-0:2:1.0",
        True,
        25,
        True,
        False,
        35,
        2000,
        10,
        "/media/usb",
        "/home/claire/downloads",
        "https://comptoir.example/releases.json",
        "732829320",
        "VT",
        "467900",
        "511BON",
        "7071",
        "44571",
        "6581",
        2000,
        ReceiptPrinter.SERIAL,
        "/dev/ttyUSB0",
        19_200,
        ReceiptColumns.NARROW,
        ReceiptPages.STAR,
    ]
    assert path.stat().st_mode & 0o777 == 0o600
    assert [file.name for file in path.parent.iterdir()] == ["options.json"]


@pytest.mark.parametrize(
    ("option", "value"),
    [(SOUND_VOLUME, -1), (SOUND_VOLUME, 101), (CAMERA_SOURCE, "x" * 501), (CAMERA_SOURCE, "a\nb")],
)
def test_a_value_out_of_its_limits_is_a_bug(path: Path, option: Any, value: object) -> None:
    chosen = Options(path)
    with pytest.raises(Bug):
        chosen.set(option, value)
    assert chosen.get(option) == option.default
    assert not path.exists()


def test_fields_of_another_version_are_kept(path: Path) -> None:
    path.write_text(
        '{"version": 1, "theme": "dark", "printer": {"paper_mm": 80}}', encoding="utf-8"
    )
    Options(path).set(SOUND_VOLUME, 5)
    written = json.loads(path.read_text(encoding="utf-8"))
    assert written == {
        "version": 1,
        "theme": "dark",
        "printer": {"paper_mm": 80},
        "sound_volume_percent": 5,
    }


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "no JSON"),
        ("{", "no JSON"),
        ('{"version": 1, "theme": NaN}', "no JSON"),
        ('{"version": 1, "version": 1}', "no JSON"),
        ("[" * 100_000, "no JSON"),
        ("[1]", "no JSON object"),
        ("{}", "no version"),
        ('{"version": true}', "no version"),
        ('{"version": 0}', "no version"),
        ('{"version": 2}', "newer"),
        ('{"version": 1, "theme": "pink"}', "theme"),
        ('{"version": 1, "theme": ["dark"]}', "theme"),
        ('{"version": 1, "sound_on": 1}', "sound_on"),
        ('{"version": 1, "sound_volume_percent": true}', "sound_volume_percent"),
        ('{"version": 1, "sound_volume_percent": 80.0}', "sound_volume_percent"),
        ('{"version": 1, "sound_volume_percent": 101}', "sound_volume_percent"),
        ('{"version": 1, "camera_source": 0}', "camera_source"),
        ('{"version": 1, "siren": "12345678"}', "siren"),
        ('{"version": 1, "siren": 732829320}', "siren"),
        ('{"version": 1, "account_sales": "70"}', "account_sales"),
        ('{"version": 1, "account_vat": "4457\\t1"}', "account_vat"),
        ('{"version": 1, "fec_journal": "b a"}', "fec_journal"),
        (" " * 1_000_001, "too large"),
    ],
)
def test_an_unreadable_file_is_refused_with_the_reason(path: Path, text: str, said: str) -> None:
    path.write_text(text, encoding="utf-8")
    assert said in refusal(path)
    assert path.read_text(encoding="utf-8") == text


def test_a_folder_in_its_place_is_refused(path: Path) -> None:
    path.mkdir()
    assert "options.json" in refusal(path)


def test_a_file_that_cannot_be_written_leaves_the_old_value(path: Path) -> None:
    chosen = Options(path)
    chosen.set(SOUND_VOLUME, 10)
    (path.parent / "options.json.new").mkdir()  # where the fresh file would go
    with pytest.raises(Problem):
        chosen.set(SOUND_VOLUME, 20)
    assert chosen.get(SOUND_VOLUME) == 10
    assert Options(path).get(SOUND_VOLUME) == 10


@given(raw=st.binary(max_size=200))
def test_any_bytes_are_read_or_refused(
    tmp_path_factory: pytest.TempPathFactory, raw: bytes
) -> None:
    path = tmp_path_factory.mktemp("any") / "options.json"
    path.write_bytes(raw)
    # Nothing else is raised: that is the test.
    with contextlib.suppress(Problem):
        document.read(path, version=1)

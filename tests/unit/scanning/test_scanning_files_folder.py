"""What is new in a watched folder, and complete."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from merchant_app.scanning.files.findings import Damaged, FileCode, Found
from merchant_app.scanning.files.folder import NEW_MAX, NewFiles, holds_voucher
from tests.fakes.camera_scene import TOKEN

PNG = b"\x89PNG\r\n\x1a\n" + bytes(40)


@pytest.fixture
def watched(tmp_path: Path) -> NewFiles:
    """A folder with a file that was there before."""
    (tmp_path / "old.png").write_bytes(PNG)
    files = NewFiles(tmp_path)
    assert files.look() == []
    return files


def test_what_was_there_before_is_not_new(watched: NewFiles) -> None:
    assert watched.look() == []
    assert watched.look() == []


def test_a_new_file_is_told_once_when_it_is_complete(watched: NewFiles, tmp_path: Path) -> None:
    file = tmp_path / "bon.pdf"
    file.write_bytes(b"%PDF-1.4")
    assert watched.look() == [], "it may still grow"
    file.write_bytes(b"%PDF-1.4 and more")
    assert watched.look() == [], "it did"
    assert watched.look() == [file]
    assert watched.look() == []


def test_a_file_written_anew_is_new(watched: NewFiles, tmp_path: Path) -> None:
    file = tmp_path / "old.png"
    file.write_bytes(PNG + b"more")
    assert watched.look() == []
    assert watched.look() == [file]


def test_an_empty_file_is_waited_for(watched: NewFiles, tmp_path: Path) -> None:
    file = tmp_path / "bon.png"
    file.touch()
    for _look in range(3):
        assert watched.look() == []
    file.write_bytes(PNG)
    watched.look()
    assert watched.look() == [file]


def test_a_browser_renames_what_it_has_finished(watched: NewFiles, tmp_path: Path) -> None:
    part = tmp_path / "bon.pdf.crdownload"
    part.write_bytes(b"%PDF-1.4")
    (tmp_path / ".hidden.png").write_bytes(PNG)
    for _look in range(3):
        assert watched.look() == []
    part.rename(tmp_path / "bon.pdf")
    watched.look()
    assert watched.look() == [tmp_path / "bon.pdf"]


def test_only_what_can_hold_a_voucher(watched: NewFiles, tmp_path: Path) -> None:
    (tmp_path / "setup.png").write_bytes(b"MZ\x00\x00")
    (tmp_path / "folder.png").mkdir()
    if sys.platform != "win32":
        (tmp_path / "link.png").symlink_to(tmp_path / "old.png")
    for _look in range(3):
        assert watched.look() == []


def test_a_heap_of_files_is_not_all_read(watched: NewFiles, tmp_path: Path) -> None:
    for number in range(NEW_MAX * 3):
        (tmp_path / f"{number}.png").write_bytes(PNG)
    watched.look()
    assert len(watched.look()) == NEW_MAX
    assert watched.look() == []


def test_a_folder_that_comes_and_goes(tmp_path: Path) -> None:
    folder = tmp_path / "usb"
    watched = NewFiles(folder)
    assert watched.look() == []
    folder.mkdir()
    (folder / "before.png").write_bytes(PNG)
    assert watched.look() == []
    assert watched.look() == []
    (folder / "bon.png").write_bytes(PNG)
    watched.look()
    away = folder.rename(tmp_path / "away")
    assert watched.look() == []
    away.rename(folder)
    assert watched.look() == [folder / "bon.png"]


def test_most_of_what_is_downloaded_is_no_voucher() -> None:
    assert holds_voucher(Found((FileCode("https://example.org"), FileCode(TOKEN))))
    assert not holds_voucher(Found((FileCode("https://example.org"),)))
    assert not holds_voucher(Damaged())

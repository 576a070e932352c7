"""What a file is by its bytes; taking it from the disk; what the child may say."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from merchant_app.scanning.files.findings import (
    Damaged,
    Empty,
    FileCode,
    FileRead,
    LibraryMissing,
    NeedsPassword,
    NotAPicture,
    Nothing,
    Obstacle,
    Progress,
    TooLarge,
    TooLong,
    Unreadable,
)
from merchant_app.scanning.files.intake import take
from merchant_app.scanning.files.kinds import Kind, StrangeKind, kind_of
from merchant_app.scanning.files.limits import LIMITS
from merchant_app.scanning.files.protocol import (
    LINE_BYTES_MAX,
    End,
    Line,
    Order,
    line_of,
    order_line,
    read_line,
    read_order,
)
from tests.fakes.voucher_files import HEIC, code_image, document, mail, saved


@pytest.mark.parametrize("kind", [Kind.PNG, Kind.JPEG, Kind.WEBP, Kind.GIF, Kind.TIFF])
def test_pictures_are_known_by_their_first_bytes(kind: Kind) -> None:
    assert kind_of(saved(code_image(), kind.value)) is kind


def test_what_else_is_read() -> None:
    assert kind_of(HEIC.read_bytes()) is Kind.HEIC
    assert kind_of(document({1: "a"})) is Kind.PDF
    assert kind_of(b"\r\n<x>" + document({1: "a"})) is Kind.PDF, "readers allow bytes before it"
    assert kind_of(mail()) is Kind.MAIL
    assert kind_of(b"\xef\xbb\xbfReceived: by x\r\n y\r\nFrom: a@b\r\n\r\n") is Kind.MAIL
    assert kind_of(b"From MAILER Thu Jan  1\nFrom: a@b\nTo: c@d\n\n") is Kind.MAIL


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (b"PK\x03\x04" + bytes(26) + b"[Content_Types].xml", StrangeKind.OFFICE),
        (b"PK\x03\x04" + bytes(26) + b"mimetypeapplication/vnd.oasis", StrangeKind.OFFICE),
        (b"PK\x03\x04" + bytes(26) + b"bon.pdf", StrangeKind.ARCHIVE),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", StrangeKind.OUTLOOK),
        (b"\x00\x00\x00\x20ftypisom", StrangeKind.VIDEO),
        (b"RIFF\x00\x00\x00\x00AVI ", StrangeKind.VIDEO),
        (b"<!DOCTYPE html><p>bon", StrangeKind.WEB_PAGE),
        ("Bon d’achat : 50 €".encode(), StrangeKind.TEXT),
        (b"Note: one line is no mail\n", StrangeKind.TEXT),
        (b"\x00\x01\x02", StrangeKind.UNKNOWN),
        (b"", StrangeKind.UNKNOWN),
    ],
)
def test_what_is_not_read_has_a_name(data: bytes, kind: StrangeKind) -> None:
    assert kind_of(data) is kind


@given(st.binary(max_size=300))
def test_any_bytes_are_something(data: bytes) -> None:
    assert isinstance(kind_of(data), Kind | StrangeKind)


# --- from the disk -------------------------------------------------------------------------------


def test_a_regular_file_is_taken_whole(tmp_path: Path) -> None:
    file = tmp_path / "bon.pdf"
    file.write_bytes(b"12345")
    assert take(file, bytes_max=5) == b"12345"
    assert take(file, bytes_max=4) == TooLarge()
    file.write_bytes(b"")
    assert take(file, bytes_max=4) == Empty()


def test_a_folder_a_link_a_pipe_and_nothing_at_all(tmp_path: Path) -> None:
    file, link = tmp_path / "bon.png", tmp_path / "link.png"
    file.write_bytes(b"x")
    no_file = Unreadable(Obstacle.NOT_A_FILE)
    assert take(tmp_path, bytes_max=9) == no_file
    assert take(tmp_path / "gone.png", bytes_max=9) == Unreadable(Obstacle.GONE)
    assert take(file / "below", bytes_max=9) == Unreadable(Obstacle.GONE)
    assert take(tmp_path / "a\0b", bytes_max=9) == Unreadable(Obstacle.GONE)
    if sys.platform != "win32":
        link.symlink_to(file)
        assert take(link, bytes_max=9) == no_file
        os.mkfifo(tmp_path / "pipe")
        assert take(tmp_path / "pipe", bytes_max=9) == no_file
        assert take(Path("/dev/zero"), bytes_max=9) == no_file


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may read all")
def test_no_permission(tmp_path: Path) -> None:
    file = tmp_path / "bon.png"
    file.write_bytes(b"x")
    file.chmod(0)
    assert take(file, bytes_max=9) == Unreadable(Obstacle.NO_PERMISSION)


def test_a_refused_file_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As root nothing is refused: the system's answer is played."""

    def refuse(*_arguments: object) -> int:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(os, "open", refuse)
    assert take(tmp_path / "bon.png", bytes_max=9) == Unreadable(Obstacle.NO_PERMISSION)


# --- what the child says -------------------------------------------------------------------------

endings: st.SearchStrategy[FileRead] = st.one_of(
    st.sampled_from([Nothing(), TooLarge(), TooLong(), Damaged()]),
    st.builds(NeedsPassword, st.booleans()),
    st.builds(NotAPicture, st.sampled_from(StrangeKind)),
    st.just(LibraryMissing("pi-heif")),
)
numbers = st.integers(1, 500)
pages = st.one_of(st.none(), numbers)
lines: st.SearchStrategy[Line] = st.one_of(
    st.builds(lambda one, more: Progress(one, one + more), numbers, numbers),
    st.builds(FileCode, st.text(max_size=4_296), pages, st.just("bon 1.pdf")),
    st.builds(End, endings, pages, st.just("OSError")),
)


@given(lines)
def test_every_line_arrives_as_it_was_said(line: Line) -> None:
    told = line_of(line)
    assert len(told) <= LINE_BYTES_MAX
    assert read_line(told) == line


@given(st.one_of(st.binary(max_size=200), st.text(max_size=100).map(str.encode)))
def test_anything_else_is_refused(data: bytes) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - whatever is wrong with it
        read_line(data + b"\n")


@pytest.mark.parametrize(
    "fields",
    [
        {"page": 2, "pages": 1},
        {"page": 0, "pages": 1},
        {"code": 5, "on_page": None, "part": ""},
        {"code": "\ud800", "on_page": None, "part": ""},
        {"end": "Found", "after_pages": None, "detail": ""},
        {"end": "NotAPicture", "after_pages": None, "detail": "", "kind": "PNG"},
        {"end": "NeedsPassword", "after_pages": None, "detail": ""},
        {"end": "__class__", "after_pages": None, "detail": ""},
        [1],
    ],
)
def test_what_looks_like_a_line_but_is_none(fields: object) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - as above
        read_line(json.dumps(fields).encode() + b"\n")


def test_a_line_that_does_not_end_and_one_nested_without_end_are_refused() -> None:
    with pytest.raises(ValueError, match="no line"):
        read_line(line_of(Progress(1, 2))[:-1])
    with pytest.raises(ValueError, match="deeply"):
        read_line(b"[" * 50_000 + b"\n")


def test_names_from_outside_are_made_harmless() -> None:
    said = json.dumps({"code": "x", "on_page": None, "part": "a\n\u202eb" + "c" * 900})
    line = read_line(said.encode() + b"\n")
    assert isinstance(line, FileCode)
    assert line.part.startswith("abc")
    assert len(line.part) < 300


def test_the_order_arrives_and_its_password_is_not_shown() -> None:
    order = Order(size_bytes=12, password="s3cret", limits=LIMITS)
    assert read_order(order_line(order)) == order
    assert "s3cret" not in repr(order)
    assert "secret" not in repr(FileCode("secret"))

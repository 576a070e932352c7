"""Files, read by the real child process: every kind, every kind of harm, and the next one works."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from merchant_app.clock import SystemClock
from merchant_app.scanning.files import CHILD_SWITCH
from merchant_app.scanning.files.findings import (
    Cancelled,
    Damaged,
    Empty,
    FileCode,
    FileRead,
    Found,
    NeedsPassword,
    NotAPicture,
    Nothing,
    Obstacle,
    Progress,
    TooLarge,
    TooLong,
    Unreadable,
)
from merchant_app.scanning.files.kinds import StrangeKind
from merchant_app.scanning.files.limits import Limits
from merchant_app.scanning.files.reader import FileReader, child_command
from tests.fakes.camera_scene import OTHER_TOKEN, TOKEN
from tests.fakes.clock import FakeClock
from tests.fakes.voucher_files import (
    BOTH,
    HEIC,
    bomb,
    code_image,
    document,
    huge_png,
    mail,
    photo,
    raw_document,
    saved,
    several,
)
from tests.fakes.waiting import LIMIT_S, until

PATIENT = Limits(time_s=LIMIT_S)
posix = pytest.mark.skipif(sys.platform == "win32", reason="limits of POSIX")


@pytest.fixture
def reader() -> FileReader:
    return FileReader(clock=SystemClock(), limits=PATIENT)


def texts(found: FileRead) -> list[str]:
    assert isinstance(found, Found), found
    return [code.text for code in found.codes]


# --- every kind ----------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP", "GIF", "TIFF", "PDF"])
def test_a_picture_of_every_kind(reader: FileReader, kind: str) -> None:
    assert reader.read(saved(code_image(), kind)) == Found((FileCode(TOKEN),))


def test_a_picture_of_an_iphone(reader: FileReader) -> None:
    assert texts(reader.read(HEIC)) == [TOKEN]


@pytest.mark.parametrize("orientation", [3, 6, 7])
def test_a_photo_that_lies_on_its_side_or_is_mirrored(reader: FileReader, orientation: int) -> None:
    assert texts(reader.read(photo(orientation=orientation))) == [TOKEN]


def test_pictures_with_more_or_fewer_channels(reader: FileReader) -> None:
    see_through = code_image().convert("RGBA")
    see_through.putalpha(code_image().convert("L").point([255 - level for level in range(256)]))
    deep = code_image().convert("L").convert("I;16").point(lambda level: level * 40)
    for image, kind in (
        (see_through, "PNG"),
        (code_image().convert("1"), "PNG"),
        (code_image().quantize(4), "GIF"),
        (code_image().convert("CMYK"), "JPEG"),
        (deep, "TIFF"),
        (code_image().convert("F"), "TIFF"),
    ):
        assert texts(reader.read(saved(image, kind))) == [TOKEN], (image.mode, kind)


@pytest.mark.parametrize("kind", ["TIFF", "GIF", "WEBP"])
def test_every_page_of_a_picture(reader: FileReader, kind: str) -> None:
    found = reader.read(several(kind, *BOTH, TOKEN))
    assert found == Found((FileCode(TOKEN, page=1), FileCode(OTHER_TOKEN, page=2)))


def test_every_code_of_one_picture(reader: FileReader) -> None:
    canvas = code_image().resize((1_800, 1_400))
    canvas.paste("white", (0, 0, 1_800, 1_400))
    canvas.paste(code_image(scale=5), (40, 60))
    canvas.paste(code_image(OTHER_TOKEN, scale=8), (700, 500))
    canvas.paste(code_image("https://example.org/"), (1_500, 40))
    found = texts(reader.read(saved(canvas, "PNG")))
    assert sorted(found) == sorted([TOKEN, OTHER_TOKEN, "https://example.org/"])


def test_a_document_of_several_pages(reader: FileReader) -> None:
    seen: list[Progress] = []
    found = reader.read(document({1: TOKEN, 3: OTHER_TOKEN}, pages=3), on_progress=seen.append)
    assert found == Found((FileCode(TOKEN, page=1), FileCode(OTHER_TOKEN, page=3)))
    assert seen == [Progress(1, 3), Progress(2, 3), Progress(3, 3)]


def test_a_code_printed_small_in_a_document(reader: FileReader) -> None:
    assert texts(reader.read(document({1: TOKEN}, side_pt=32))) == [TOKEN]


def test_an_encrypted_document_asks_for_its_password(reader: FileReader) -> None:
    data = document({1: TOKEN}, password="Librairie 12")
    assert reader.read(data) == NeedsPassword(was_wrong=False)
    assert reader.read(data, password="librairie") == NeedsPassword(was_wrong=True)
    assert texts(reader.read(data, password="Librairie 12")) == [TOKEN]


def test_of_five_hundred_pages_the_first_are_read_and_it_says_so() -> None:
    reader = FileReader(clock=SystemClock(), limits=replace(PATIENT, pages_max=3))
    data = document({2: TOKEN, 400: OTHER_TOKEN}, pages=500)
    assert reader.read(data) == Found((FileCode(TOKEN, page=2),), truncated_after_pages=3)
    assert reader.read(document({400: TOKEN}, pages=500)) == Nothing(truncated_after_pages=3)


def test_a_mail_with_everything_in_it(reader: FileReader) -> None:
    inner = mail(attached={"à moi.pdf": document({2: "inner"}, pages=2)})
    data = mail(
        attached={"bon 1.png": saved(code_image(), "PNG"), "conditions.docx": b"PK\x03\x04"},
        inline=saved(code_image(OTHER_TOKEN), "PNG"),
        in_page=saved(code_image("in the page"), "PNG"),
        forwarded=inner,
    )
    found = reader.read(data)
    assert isinstance(found, Found)
    assert set(found.codes) == {
        FileCode(TOKEN, part="bon 1.png"),
        FileCode(OTHER_TOKEN),
        FileCode("in the page"),
        FileCode("inner", page=2, part="à moi.pdf"),
    }


def test_what_a_person_can_do_about_a_mail_is_said(reader: FileReader) -> None:
    locked = document({1: TOKEN}, password="x1")
    both = mail(attached={"a.pdf": locked, "b.png": b"\x89PNG\r\n\x1a\n"})
    assert reader.read(both) == NeedsPassword(was_wrong=False)
    assert texts(reader.read(both, password="x1")) == [TOKEN]
    assert reader.read(mail()) == Nothing()


def test_a_file_that_lies_about_its_type_is_read_as_what_it_is(
    reader: FileReader, tmp_path: Path
) -> None:
    file = tmp_path / "bon.pdf"
    file.write_bytes(saved(code_image(), "JPEG"))
    assert texts(reader.read(file)) == [TOKEN]
    file.write_bytes(b"MZ" + b"\x00" * 900)
    assert reader.read(file) == NotAPicture(StrangeKind.UNKNOWN)


# --- bad input, and the next one works -----------------------------------------------------------


def _cut(data: bytes) -> bytes:
    return data[: len(data) * 2 // 3]


HARM: dict[str, tuple[Callable[[], bytes], FileRead]] = {
    "empty": (lambda: b"", Empty()),
    "white": (lambda: saved(code_image().resize((1, 1)), "PNG"), Nothing()),
    "truncated gif": (lambda: saved(code_image(), "GIF")[:60], Damaged()),
    "truncated pdf": (lambda: _cut(document({1: TOKEN})), Damaged()),
    "truncated heic": (lambda: _cut(HEIC.read_bytes()), Damaged()),
    "only a beginning": (lambda: b"\xff\xd8\xff", Damaged()),
    "30 000 pixels a side": (huge_png, TooLarge()),
    "a page as large as a town": (
        lambda: raw_document(b"x\x9c\x03\x00\x00\x00\x00\x01", box=b"[0 0 900000 900000]"),
        Nothing(),
    ),
}


@pytest.mark.parametrize("name", HARM)
def test_what_cannot_be_read_has_a_reason_and_the_next_file_works(
    reader: FileReader, name: str
) -> None:
    make, ending = HARM[name]
    assert reader.read(make()) == ending
    assert texts(reader.read(saved(code_image(), "PNG"))) == [TOKEN]


def test_a_picture_cut_off_below_its_code_is_read_all_the_same(reader: FileReader) -> None:
    tall = code_image().resize((600, 600))
    page = tall.resize((600, 1_800))
    page.paste("white", (0, 0, 600, 1_800))
    page.paste(tall, (0, 0))
    page.paste(code_image("below"), (0, 1_300))
    data = saved(page, "PNG", compress_level=0)
    assert texts(reader.read(_cut(data))) == [TOKEN]


@posix
@pytest.mark.expects_log("ended with -")
def test_a_document_that_unpacks_to_a_gigabyte_gets_no_memory(reader: FileReader) -> None:
    assert reader.read(bomb(b"q\n", 20_000_000)) == TooLarge()


def test_a_document_that_draws_for_ever_is_ended_by_the_clock() -> None:
    limits = Limits(time_s=2.0)
    drawing = bomb(b"0 0 595 842 re 0 842 m 595 0 l 300 400 l b*\n", 1_000_000)
    assert FileReader(clock=SystemClock(), limits=limits).read(drawing) == TooLong()


def test_what_was_found_before_the_time_was_over_counts() -> None:
    clock = FakeClock()
    reader = FileReader(clock=clock)

    def late(progress: Progress) -> None:
        if progress.page == 2:
            clock.advance(seconds=60)

    found = reader.read(document({1: TOKEN}, pages=9), on_progress=late)
    assert found == Found((FileCode(TOKEN, page=1),), truncated_after_pages=1)


def test_more_bytes_than_a_voucher_needs(tmp_path: Path) -> None:
    reader = FileReader(clock=SystemClock(), limits=replace(PATIENT, bytes_max=1_000))
    file = tmp_path / "bon.png"
    file.write_bytes(b"\x89PNG" + bytes(1_000))
    assert reader.read(file) == reader.read(file.read_bytes()) == TooLarge()


def test_a_folder_or_nothing(reader: FileReader, tmp_path: Path) -> None:
    assert reader.read(tmp_path) == Unreadable(Obstacle.NOT_A_FILE)
    assert reader.read(tmp_path / "x") == Unreadable(Obstacle.GONE)


def test_a_wall_of_codes_is_cut(reader: FileReader) -> None:
    small = FileReader(clock=SystemClock(), limits=replace(PATIENT, codes_max=2))
    assert len(texts(small.read(several("TIFF", "a", "b", "c", "d")))) == 2


# --- the child -----------------------------------------------------------------------------------


def _told(*answers: str, then: str = "") -> tuple[str, ...]:
    """A child that says these lines whatever it is sent."""
    said = "".join(f"{answer}\\n" for answer in answers)
    return (sys.executable, "-c", f"import sys, os; sys.stdout.write('{said}')\n{then}")


def _children() -> set[str]:
    ours = subprocess.run(
        ["ps", "-o", "pid=,args=", "--ppid", str(os.getpid())],
        capture_output=True,
        text=True,
        check=False,
    )
    return {line for line in ours.stdout.splitlines() if "files.child" in line}


PICTURE = saved(code_image(), "PNG")


@posix
def test_cancelled_ends_the_child(reader: FileReader) -> None:
    cancelled = threading.Event()
    found = reader.read(
        document({1: TOKEN}, pages=200),
        cancelled=cancelled,
        on_progress=lambda _progress: cancelled.set(),
    )
    assert found == Cancelled()
    assert not _children()


@posix
@pytest.mark.expects_log("ended with -9")
def test_a_child_that_is_killed_in_the_middle_costs_one_file(reader: FileReader) -> None:
    def kill(_progress: Progress) -> None:
        for line in _children():
            os.kill(int(line.split()[0]), signal.SIGKILL)

    assert isinstance(reader.read(document({}, pages=50), on_progress=kill), TooLarge)
    assert texts(reader.read(PICTURE)) == [TOKEN]
    assert not _children()


@pytest.mark.expects_log("ended with|said something else")
@pytest.mark.parametrize(
    "command",
    [
        _told(),
        _told("{}"),
        _told("boo"),
        _told(then="sys.exit(5)"),
        _told('{"page": 1, "pages": 2}'),
        _told("x" * 70_000),
    ],
)
def test_whatever_a_child_says_the_till_goes_on(command: tuple[str, ...]) -> None:
    assert (
        FileReader(clock=SystemClock(), limits=PATIENT, command=command).read(PICTURE) == Damaged()
    )


def test_a_child_that_says_nothing_is_ended() -> None:
    clock = FakeClock()
    reader = FileReader(
        clock=clock,
        command=_told('{"page": 1, "pages": 2}', then="sys.stdout.flush(); sys.stdin.readlines()"),
    )

    def passed(_progress: object) -> None:
        clock.advance(seconds=60)

    assert reader.read(PICTURE, on_progress=passed) == TooLong()


@pytest.mark.expects_log("no process to read files with")
def test_a_child_that_cannot_start_is_said(tmp_path: Path) -> None:
    reader = FileReader(clock=SystemClock(), command=[str(tmp_path / "missing")])
    assert reader.read(PICTURE) == Unreadable(Obstacle.DISK)


@posix
def test_the_child_ends_with_the_till() -> None:
    """The till's end of the pipe closes, however it went."""
    from merchant_app.scanning.files.limits import LIMITS
    from merchant_app.scanning.files.protocol import Order, order_line

    data = bomb(b"0 0 595 842 re 0 842 m 595 0 l 300 400 l b*\n", 1_000_000)
    child = subprocess.Popen(
        child_command(), stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    )
    assert child.stdin is not None
    assert child.stdout is not None
    child.stdin.write(order_line(Order(size_bytes=len(data), password=None, limits=LIMITS)) + data)
    child.stdin.flush()
    assert child.stdout.readline(), "it began"
    child.stdin.close()
    until(lambda: child.poll() is not None, what="the end of the child")
    child.stdout.close()


def test_the_child_ends_well_by_itself() -> None:
    from merchant_app.scanning.files.limits import LIMITS
    from merchant_app.scanning.files.protocol import Order, order_line

    order = Order(size_bytes=len(PICTURE), password=None, limits=LIMITS)
    with subprocess.Popen(
        child_command(), stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as child:
        assert child.stdin is not None
        assert child.stdout is not None
        assert child.stderr is not None
        child.stdin.write(order_line(order) + PICTURE)
        child.stdin.flush()
        assert TOKEN.encode() in child.stdout.read(), "while our end of the pipe is open"
        assert child.wait() == 0
        assert child.stderr.read() == b""


def test_the_packaged_program_is_its_own_child() -> None:
    command = [sys.executable, "-m", "merchant_app.bootstrap", CHILD_SWITCH]
    assert texts(
        FileReader(clock=SystemClock(), limits=PATIENT, command=command).read(PICTURE)
    ) == [TOKEN]


def test_no_code_is_logged(reader: FileReader, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level("DEBUG"):
        reader.read(mail(attached={"secret name.png": PICTURE}))
    assert caplog.records
    assert TOKEN not in caplog.text
    assert "secret name" not in caplog.text

"""The command line of merchant-app."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest

from merchant_app.bootstrap.arguments import Arguments, parse
from merchant_app.bootstrap.source import SourceChoice
from merchant_app.errors import Problem, ProblemKind
from merchant_app.scanning.source import DeviceSource, FileSource, NamedSource, UrlSource


def test_nothing_asked() -> None:
    assert parse([]) == Arguments(
        training=False, camera=None, data_dir=None, language=None, theme=None, startup_probe=False
    )


def test_everything_asked(tmp_path: Path) -> None:
    words = ["--training", "--camera", "2", "--data-dir", str(tmp_path), "--language", "en"]
    asked = parse([*words, "--theme", "dark", "--startup-probe"])
    assert (asked.training, asked.camera, asked.data_dir) == (True, "2", tmp_path)
    assert (asked.language, asked.theme, asked.startup_probe) == ("en", "dark", True)


def test_files_to_open_are_named_as_the_other_program_finds_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("bon.pdf", "-odd name.png"):
        Path(name).touch()
    asked = parse(["--training", "--", "bon.pdf", "-odd name.png"])
    assert asked.files == (tmp_path / "bon.pdf", tmp_path / "-odd name.png")


@pytest.mark.parametrize(
    "words",
    [["--camera=-1"], ["--camera", ""], ["--camera=rtsp://x"], ["--language", "de"], ["voucher"]],
)
def test_what_cannot_be_meant_ends_with_usage(
    words: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        parse(words)
    assert ended.value.code == 2
    assert "usage: merchant-app" in capsys.readouterr().err


def test_version(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        parse(["--version"])
    assert ended.value.code == 0
    assert capsys.readouterr().out.startswith("Comptoir ")


def choice(asked: str | None, chosen: str, *, identity: str = "") -> SourceChoice:
    return SourceChoice(asked=asked, identity=identity, chosen=chosen, folder=Path(), training=None)


def test_the_command_line_goes_before_the_options_and_those_before_the_first_camera() -> None:
    go_on = threading.Event()
    assert choice("1", "http://camera.example/").find(go_on) == DeviceSource(1)
    chosen = choice(None, "http://camera.example/").find(go_on)
    assert chosen == UrlSource("http://camera.example/")
    assert choice(None, "film.mp4").find(go_on) == FileSource(Path("film.mp4"), loop=False)
    assert choice(None, "").find(go_on) == DeviceSource(0)


def test_the_camera_chosen_by_name_goes_before_a_source_in_the_options() -> None:
    go_on = threading.Event()
    by_name = choice(None, "film.mp4", identity="HD Webcam|046d:0825|usb-2")
    assert by_name.find(go_on) == NamedSource("HD Webcam|046d:0825|usb-2")
    assert by_name.automatic(go_on) == FileSource(Path("film.mp4"), loop=False)
    assert choice("1", "", identity="HD Webcam||").find(go_on) == DeviceSource(1)


def test_an_option_that_names_no_camera_is_a_problem() -> None:
    with pytest.raises(Problem) as caught:
        choice(None, "-1").find(threading.Event())
    assert caught.value.kind is ProblemKind.CAMERA_MISSING

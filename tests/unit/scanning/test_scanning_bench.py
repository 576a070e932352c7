"""What the bench counts as read, wrong and false."""

from __future__ import annotations

from pathlib import Path

import cv2

from tests.bench.qr import CASCADE, Result, by_folder, corpus, figures, run
from tests.fakes.camera_scene import TOKEN, qr_picture


def write(folder: Path, name: str, text: str | None) -> None:
    folder.mkdir(exist_ok=True)
    cv2.imwrite(str(folder / f"{name}.png"), qr_picture(TOKEN))
    if text is not None:
        (folder / f"{name}.txt").write_text(text, encoding="utf-8")


def results(folder: Path) -> list[Result]:
    return [result for task in corpus(folder, half=None) for result in run(task)]


def test_exact_wrong_and_false_reads_are_told_apart(tmp_path: Path) -> None:
    write(tmp_path / "good", "one", f"{TOKEN}\r\n")
    write(tmp_path / "bad", "one", "something else")
    write(tmp_path / "some-falsepositives", "one", None)
    write(tmp_path / "good", "without a text", None)
    found = figures(results(tmp_path))
    assert found["pictures"] == 12  # four rotations of three; the fourth says nothing
    assert (found["reads_cascade"], found["reads_best_other"]) == (4, 4)
    assert (found["wrong_reads"], found["false_reads"], found["folders_behind"]) == (4, 4, 0)


def test_a_folder_in_which_another_reads_more_is_behind() -> None:
    told = [
        Result("near", CASCADE, True, False, 1.0),
        Result("near", "pyzbar", False, False, 1.0),
        Result("far", CASCADE, False, False, 1.0),
        Result("far", "pyzbar", True, False, 1.0),
    ]
    assert figures(told)["folders_behind"] == 1
    assert by_folder(told)["far"]["pyzbar"] == 1


def test_the_halves_of_a_corpus_are_the_whole(tmp_path: Path) -> None:
    for number in range(12):
        write(tmp_path / "good", str(number), TOKEN)
    halves = [list(corpus(tmp_path, half=half)) for half in (0, 1)]
    assert all(halves)
    assert sum(map(len, halves)) == len(list(corpus(tmp_path, half=None))) == 48

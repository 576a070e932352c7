"""What goes into a package, when it is made anew, and where it is tried."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

import pytest

from tests.house.sources import ROOT

sys.path.insert(0, str(ROOT / "build"))

import dev_bare_root
import dev_bundle
import dev_contents

PROGRAM = '#!/bin/sh\necho "$1 path=$PATH display=$DISPLAY"\nexit 4\n'


@pytest.mark.parametrize(
    "name",
    [
        "PySide6/Qt/plugins/platforms/libqxcb.so",
        "PySide6/Qt/plugins/platforms/libqoffscreen.so",
        "PySide6/plugins/platforms/qwindows.dll",
        "PySide6/Qt/plugins/platforminputcontexts/libcomposeplatforminputcontextplugin.so",
        "PySide6/Qt/lib/libQt6Widgets.so.6",
        "PySide6/QtMultimedia.abi3.so",
        "libQt6Network.so.6",
        "opencv_python_headless.libs/libavcodec-c4204469.so.62.28.101",
        "libzbar.so.0",
        "babel/locale-data/fr_FR.dat",
        "resources/verify/verify_journal.py",
        "PySide6/Qt/translations/qtbase_fr.qm",
    ],
)
def test_what_a_till_needs_is_packed(name: str) -> None:
    assert dev_contents.belongs(name, system=frozenset({"libGL.so.1"}))


@pytest.mark.parametrize(
    "name",
    [
        "PySide6/Qt/plugins/platformthemes/libqgtk3.so",
        "PySide6/Qt/plugins/multimedia/libffmpegmediaplugin.so",
        "PySide6/Qt/plugins/platforminputcontexts/libqtvirtualkeyboardplugin.so",
        "PySide6/Qt/lib/libQt6Quick.so.6",
        "libQt6Quick.so.6",
        "PySide6\\Qt6Qml.dll",
        "libQt6FFmpegStub-va.so.2",
        "PySide6/Qt/lib/libavcodec.so.61",
        "libGL.so.1",
        "babel/locale-data/ja.dat",
        "PySide6/Qt/translations/qtbase_ja.qm",
    ],
)
def test_what_it_does_not_need_or_the_system_has_is_left_out(name: str) -> None:
    assert not dev_contents.belongs(name, system=frozenset({"libGL.so.1"}))


def test_every_byte_of_a_package_has_a_share() -> None:
    files = [("comptoir", 2_000_000), ("_internal/cv2/cv2.so", 5_000_000), ("_internal/x", 500_000)]
    shares = dev_contents.share(files)
    assert list(shares) == [
        *("OpenCV with its FFmpeg", "the program and what is Python in it", "other libraries")
    ]
    assert sum(shares.values()) == pytest.approx(7.5)


def test_a_package_is_made_anew_when_a_source_changes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dev_bundle, "ROOT", tmp_path)
    source = tmp_path / "merchant_app" / "one.py"
    source.parent.mkdir()
    source.write_text("x = 1\n", encoding="utf-8")
    before = dev_bundle.digest()
    assert dev_bundle.digest() == before
    source.write_text("x = 2\n", encoding="utf-8")
    changed = dev_bundle.digest()
    source.rename(source.with_name("two.py"))
    assert len({before, changed, dev_bundle.digest()}) == 3


def test_everything_that_a_package_is_made_from_is_there() -> None:
    found = {path.relative_to(ROOT).as_posix() for path in dev_bundle.sources()}
    for name in dev_bundle._MADE_FROM:
        assert any(path == name or path.startswith(f"{name}/") for path in found), name


@pytest.mark.skipif(sys.platform == "win32", reason="the stand-in is a shell script")
def test_without_namespaces_the_trial_says_so_and_takes_the_environment_away(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bundle = tmp_path / "bundle"
    bundle.mkdir()
    program = bundle / "comptoir"
    program.write_text(PROGRAM, encoding="utf-8")
    program.chmod(0o755)
    monkeypatch.setattr(dev_bare_root, "ROOT_FOLDER", tmp_path / "root")
    monkeypatch.setenv("DISPLAY", ":7")
    monkeypatch.setattr(shutil, "which", lambda _name: None)
    tried = dev_bare_root.selftest(bundle, program)
    assert tried.code == 4
    assert tried.output == f"--selftest path={tmp_path}/root/nothing display=\n"
    assert tried.where.startswith("NOT in an empty root")


@pytest.mark.skipif(sys.platform != "linux", reason="Linux's loader")
def test_the_libraries_of_the_system_bring_what_they_load() -> None:
    found = dev_contents.with_what_they_load(["libglib-2.0.so.0", "libnone.so.9"])
    assert {"libglib-2.0.so.0", "libc.so.6"} <= set(found)
    assert "libnone.so.9" not in found
    assert all(path.is_file() for path in found.values() if path.name != "linux-vdso.so.1")

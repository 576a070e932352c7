"""What goes into a package, when it is made anew, and where it is tried."""

from __future__ import annotations

import hashlib
import json
import re
import shutil
import subprocess
import sys
import tarfile
from pathlib import Path

import pytest

from tests.house.sources import ROOT

sys.path.insert(0, str(ROOT / "build"))

import bill_of_materials
import dev_bare_root
import dev_bundle
import dev_contents
import dev_deb_trial
import dev_package
import dev_package_linux
import dev_strip

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


def test_a_selftest_that_passed_is_not_repeated_until_something_changes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = tmp_path / "pyproject.toml"
    source.write_text("x = 1\n", encoding="utf-8")
    program, stamp = tmp_path / "comptoir", tmp_path / "stamp.json"
    program.touch()
    for name, value in (("ROOT", tmp_path), ("PROGRAM", program), ("STAMP", stamp)):
        monkeypatch.setattr(dev_bundle, name, value)
    assert dev_bundle.passed("a trial") is None
    stamp.write_text(json.dumps({"made_from": dev_bundle.digest()}), encoding="utf-8")
    assert dev_bundle.passed("a trial") is None
    dev_bundle.note_passed("a trial", "in an empty root")
    assert dev_bundle.is_ready(dev_bundle.digest())
    assert dev_bundle.passed("a trial") == "in an empty root"
    assert dev_bundle.passed("another trial") is None
    source.write_text("x = 2\n", encoding="utf-8")
    assert dev_bundle.passed("a trial") is None


@pytest.mark.skipif(sys.platform == "win32", reason="there are no namespaces")
def test_where_a_trial_can_be_made_is_part_of_it(monkeypatch: pytest.MonkeyPatch) -> None:
    before = dev_bare_root.digest()
    assert dev_bare_root.digest() == before
    monkeypatch.setattr(dev_bare_root, "root_of_its_own", lambda: ["another", "way"])
    assert dev_bare_root.digest() != before


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


# --- what a shop downloads ------------------------------------------------------------------------


@pytest.fixture
def bundle(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A small folder that stands for the program's."""
    monkeypatch.setattr(dev_package_linux, "TREE", tmp_path / "tree")
    folder = tmp_path / "dist" / "comptoir"
    (folder / "_internal").mkdir(parents=True)
    (folder / "_internal" / "data.txt").write_text("data\n", encoding="utf-8")
    program = folder / "comptoir"
    program.write_text(PROGRAM, encoding="utf-8")
    program.chmod(0o700)
    return folder


def made(bundle: Path) -> dict[str, bytes]:
    files = dev_package_linux.make(bundle, "comptoir-9.8.7-linux", version="9.8.7", epoch_s=1_000)
    return {file.name: file.read_bytes() for file in files}


@pytest.mark.skipif(sys.platform == "win32", reason="links")
def test_the_tarball_unpacks_below_a_home_and_is_the_same_each_time(bundle: Path) -> None:
    first, second = made(bundle), made(bundle)
    name = "comptoir-9.8.7-linux.tar.gz"
    assert first[name] == second[name]
    with tarfile.open(bundle.parent / name) as tar:
        entries = {entry.name.partition("/")[2]: entry for entry in tar}
    assert entries["bin/merchant-app"].linkname == "../lib/comptoir/comptoir"
    assert entries["lib/comptoir/comptoir"].mode == 0o755
    assert entries["lib/comptoir/_internal/data.txt"].mode == 0o644
    assert {entry.uname for entry in entries.values()} == {"root"}
    assert {entry.mtime for entry in entries.values()} == {1_000}
    for shown in (
        "applications/comptoir.desktop",
        "icons/hicolor/scalable/apps/comptoir.svg",
        "mime/packages/comptoir.xml",
    ):
        assert f"share/{shown}" in entries


@pytest.mark.skipif(shutil.which("dpkg-deb") is None, reason="Debian's")
def test_the_deb_asks_for_what_is_not_packed_and_is_the_same_each_time(bundle: Path) -> None:
    first, second = made(bundle), made(bundle)
    (name,) = (name for name in first if name.endswith(".deb"))
    assert first[name] == second[name]
    told = subprocess.run(
        ["dpkg-deb", "--info", bundle.parent / name], capture_output=True, text=True, check=True
    ).stdout
    assert "Version: 9.8.7" in told
    assert {"libegl1", "libgl1", "libfontconfig1", "libdbus-1-3", "tzdata"} <= set(
        re.findall(r"[\w.+-]+", told)
    )
    listed = subprocess.run(
        ["dpkg-deb", "--contents", bundle.parent / name], capture_output=True, text=True, check=True
    ).stdout
    assert re.search(r"-rwxr-xr-x root/root .* \./usr/lib/comptoir/comptoir\n", listed)
    assert "./usr/share/applications/comptoir.desktop" in listed


@pytest.mark.skipif(not dev_deb_trial.can_be_tried(), reason="dpkg in a root of its own")
def test_a_deb_whose_program_does_not_start_there_does_not_pass(
    bundle: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dev_deb_trial, "ROOT_FOLDER", tmp_path / "root")
    made(bundle)
    (deb,) = bundle.parent.glob("*.deb")
    tried = dev_deb_trial.trial(deb)
    assert tried.code != 0, "it is a script, and there is no shell"
    assert not (tmp_path / "root").exists()


@pytest.mark.skipif(sys.platform != "linux", reason="Linux's libraries")
@pytest.mark.skipif(shutil.which("strip") is None, reason="strip is not there")
def test_a_stripped_library_is_the_same_to_the_loader(tmp_path: Path) -> None:
    library = tmp_path / "libone.so"
    shutil.copy(Path(sys.executable).resolve(), library)
    before = library.read_bytes()
    saved = dev_strip.strip_libraries(tmp_path)
    after = library.read_bytes()
    assert saved == len(before) - len(after)
    assert dev_strip.is_loaded_alike(before, after)
    for place in (200, 0x40 + 8):  # code or data; where a segment lies
        spoilt = bytearray(after)
        spoilt[place] ^= 1
        assert not dev_strip.is_loaded_alike(before, bytes(spoilt)), place
    assert [path.name for path in tmp_path.iterdir()] == ["libone.so"]


def test_three_systems_offer_the_till_for_the_same_files() -> None:
    entry = (ROOT / "build" / "linux" / "comptoir.desktop").read_text(encoding="utf-8")
    (kinds,) = re.findall(r"^MimeType=(.*);$", entry, re.MULTILINE)
    assert set(kinds.split(";")) == set(dev_contents.OPENED_FILES.values())
    assert re.search(r"^Exec=merchant-app -- %F$", entry, re.MULTILINE)
    installer = (ROOT / "build" / "windows" / "comptoir.iss").read_text(encoding="utf-8")
    assert re.findall(r'ValueName: "\.(\w+)"', installer) == list(dev_contents.OPENED_FILES)


def test_the_till_reads_what_it_is_offered_for() -> None:
    from merchant_app.ui.file_routes import BANK_SUFFIXES
    from merchant_app.ui.files.screen import PATTERNS

    read = {pattern.removeprefix("*.") for pattern in PATTERNS.split()}
    bank = {suffix.removeprefix(".") for suffix in BANK_SUFFIXES}
    assert set(dev_contents.OPENED_FILES) == read | bank


def test_hashes_are_written_as_sha256sum_reads_them(tmp_path: Path) -> None:
    file = tmp_path / "one.tar.gz"
    file.write_bytes(b"one\n")
    dev_package.write_sums([file])
    digest = hashlib.sha256(b"one\n").hexdigest()
    line = (tmp_path / "SHA256SUMS").read_text(encoding="utf-8")
    assert line == f"{digest}  one.tar.gz\n"


def test_the_bill_names_what_was_packed_and_nothing_else() -> None:
    import segno

    bill = bill_of_materials.bill_of([Path(segno.__file__), ROOT / "LICENSE"], version="9.8.7")
    assert (bill["bomFormat"], bill["specVersion"]) == ("CycloneDX", "1.5")
    assert bill["metadata"]["component"]["version"] == "9.8.7"
    names = [part["name"] for part in bill["components"]]
    assert names == ["CPython", "segno"]
    (segno_part,) = (part for part in bill["components"] if part["name"] == "segno")
    assert segno_part["purl"].startswith("pkg:pypi/segno@1.")
    assert segno_part["licenses"] == [{"license": {"name": "BSD License"}}]


def test_actions_of_the_recipes_are_pinned_by_commit() -> None:
    recipes = sorted((ROOT / ".github" / "workflows").glob("*.yml"))
    used = [
        line.partition("uses:")[2].strip()
        for recipe in recipes
        for line in recipe.read_text(encoding="utf-8").splitlines()
        if "uses:" in line
    ]
    assert used
    assert all(re.fullmatch(r"[\w./-]+@[0-9a-f]{40} # v[\d.]+", action) for action in used)

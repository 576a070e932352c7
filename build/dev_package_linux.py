"""The tarball and the .deb: the same tree, below ~/.local or /usr."""

from __future__ import annotations

import os
import platform
import shutil
import subprocess
import tarfile
from pathlib import Path

from dev_terminal import ROOT, WORK, say

ICONS = ROOT / "resources" / "icons"
TREE = WORK / "linux"
_CONTROL = """\
Package: comptoir
Version: {version}
Architecture: {architecture}
Maintainer: The Comptoir project <comptoir@localhost>
Installed-Size: {size_kib}
Depends: {depends}
Recommends: libpulse0, libgssapi-krb5-2, libcups2, gnome-keyring | kwalletmanager
Section: misc
Priority: optional
Description: Till for gift vouchers
 Comptoir scans the QR codes of gift vouchers, checks and debits them at a
 central service, and goes on working when the line is down.
"""
# What dev_contents.SYSTEM_LIBRARIES are in; Debian 13 and Ubuntu 24.04 renamed glib's package.
_DEPENDS = (
    *("libc6 (>= {libc})", "libstdc++6", "libgcc-s1", "zlib1g", "libgl1", "libegl1", "libx11-6"),
    *("libxcb1", "libfontconfig1", "libglib2.0-0t64 | libglib2.0-0", "libdbus-1-3", "tzdata"),
)


def make(bundle: Path, name: str, *, version: str, epoch_s: int) -> list[Path]:
    """Write them beside the folder.

    Args:
        bundle: the program's folder.
        name: of the tarball, without its ending.
        version: the program's.
        epoch_s: the time that all files bear.
    """
    tarball = bundle.parent / f"{name}.tar.gz"
    _furnish(TREE / "tar", bundle)
    _pack(TREE / "tar", tarball, f"comptoir-{version}", epoch_s)
    made = [tarball]
    if shutil.which("dpkg-deb") is None:
        say("Going on without the .deb: dpkg-deb is not there.")
    else:
        made.append(_deb(bundle, version=version, epoch_s=epoch_s))
    shutil.rmtree(TREE)
    return made


def _furnish(prefix: Path, bundle: Path) -> None:
    """bin, lib and share below this folder."""
    shutil.rmtree(prefix, ignore_errors=True)
    icons = prefix / "share" / "icons" / "hicolor"
    for folder in (
        *(prefix / "bin", prefix / "lib", prefix / "share" / "applications"),
        prefix / "share" / "mime" / "packages",
        *(icons / "256x256" / "apps", icons / "scalable" / "apps"),
    ):
        folder.mkdir(parents=True)
    # Hundreds of megabytes: linked, not copied; nothing writes to them.
    shutil.copytree(bundle, prefix / "lib" / "comptoir", symlinks=True, copy_function=os.link)
    (prefix / "bin" / "merchant-app").symlink_to("../lib/comptoir/comptoir")
    shutil.copy(ROOT / "build" / "linux" / "comptoir.desktop", prefix / "share" / "applications")
    mime = ROOT / "build" / "linux" / "comptoir-mime.xml"
    shutil.copy(mime, prefix / "share" / "mime" / "packages" / "comptoir.xml")
    shutil.copy(ICONS / "comptoir.png", icons / "256x256" / "apps")
    shutil.copy(ICONS / "comptoir.svg", icons / "scalable" / "apps")


def _pack(tree: Path, target: Path, top: str, epoch_s: int) -> None:
    def plain(entry: tarfile.TarInfo) -> tarfile.TarInfo:
        entry.uid = entry.gid = 0
        entry.uname = entry.gname = "root"
        entry.mtime = epoch_s
        is_program = entry.isdir() or entry.issym() or entry.mode & 0o100
        entry.mode = 0o755 if is_program else 0o644
        return entry

    gzip = shutil.which("pigz") or "gzip"
    # -n: neither name nor time of the build in the file.
    with (
        target.open("wb") as file,
        subprocess.Popen([gzip, "-n", "-6"], stdin=subprocess.PIPE, stdout=file) as packer,
    ):
        assert packer.stdin is not None
        with tarfile.open(fileobj=packer.stdin, mode="w|") as tar:
            for path in sorted(tree.rglob("*")):
                tar.add(path, f"{top}/{path.relative_to(tree)}", recursive=False, filter=plain)
        packer.stdin.close()
    if packer.returncode != 0:
        raise OSError(f"{gzip} ended with {packer.returncode}")


def _deb(bundle: Path, *, version: str, epoch_s: int) -> Path:
    tree = TREE / "deb"
    shutil.rmtree(tree, ignore_errors=True)
    _furnish(tree / "usr", bundle)
    about = tree / "usr" / "share" / "doc" / "comptoir"
    about.mkdir(parents=True)
    shutil.copy(ROOT / "LICENSE", about / "copyright")
    size = sum(path.stat().st_size for path in tree.rglob("*") if path.is_file())
    architecture = _ask("dpkg", "--print-architecture")
    (tree / "DEBIAN").mkdir()
    control = _CONTROL.format(
        version=version,
        architecture=architecture,
        size_kib=size // 1024,
        depends=", ".join(_DEPENDS).format(libc=platform.libc_ver()[1] or "2.36"),
    )
    (tree / "DEBIAN" / "control").write_text(control, encoding="utf-8")
    _make_readable(tree)
    target = bundle.parent / f"comptoir_{version}_{architecture}.deb"
    subprocess.run(
        ["dpkg-deb", "--root-owner-group", "-Zxz", "-z1", "--build", str(tree), str(target)],
        env={**os.environ, "SOURCE_DATE_EPOCH": str(epoch_s)},
        stdout=subprocess.DEVNULL,
        check=True,
    )
    return target


def _make_readable(tree: Path) -> None:
    """For everybody, whatever the umask of whoever builds."""
    for path in tree.rglob("*"):
        if not path.is_symlink():
            path.chmod(0o755 if path.is_dir() or path.stat().st_mode & 0o100 else 0o644)


def _ask(*command: str) -> str:
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()

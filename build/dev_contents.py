"""What goes into a package and what every desktop has already. Read by comptoir.spec and dev.py."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterable, Sequence
from pathlib import Path, PurePosixPath

SYSTEM_LIBRARIES = (
    # The C library, in parts: older programs ask for each.
    *("libc.so.6", "libm.so.6", "libdl.so.2", "libpthread.so.0", "librt.so.1", "libutil.so.1"),
    *("libresolv.so.2", "libstdc++.so.6", "libgcc_s.so.1", "libz.so.1"),
    *("libGL.so.1", "libEGL.so.1", "libX11.so.6", "libxcb.so.1"),
    *("libfontconfig.so.1", "libglib-2.0.so.0", "libgthread-2.0.so.0", "libdbus-1.so.3"),
)
"""Left to the Linux desktop, because they must fit its drivers, fonts and services: a second copy
of one, or of what it loads, is how packages break on the next release of a system."""
OPTIONAL_LIBRARIES = ("libpulse.so.0", "libgssapi_krb5.so.2", "libcups.so.2")
"""Left to the desktop as well; without them the till is silent (Qt's sounds load its network,
and that loads Kerberos), or prints on no printer of the system's, and works."""
NOT_COLLECTED = (
    # What only development needs, and a plugin or a hook draws in.
    *("_pytest", "hypothesis", "mypy", "mypyc", "pip", "pytest", "setuptools", "tkinter"),
    *("pygments", "rich", "IPython", "readline"),
    "psycopg",  # a training service keeps its books in SQLite
    *("PySide6.QtConcurrent", "PySide6.QtMultimediaWidgets", "PySide6.QtDBus"),
    *("PIL.ImageQt", "PIL.ImageTk", "PIL.AvifImagePlugin", "numpy.f2py", "numpy.testing"),
    "cv2.gapi",
)
"""Modules. numpy's tests of itself and the like come along with what imports them."""

OPENED_FILES = {
    "png": "image/png",
    "jpg": "image/jpeg",
    "jpeg": "image/jpeg",
    "webp": "image/webp",
    "heic": "image/heic",
    "heif": "image/heif",
    "gif": "image/gif",
    "tif": "image/tiff",
    "tiff": "image/tiff",
    "pdf": "application/pdf",
    "eml": "message/rfc822",
    "csv": "text/csv",
    "ofx": "application/x-ofx",
    "xml": "application/xml",
}
"""What the till reads from a file, by its ending: offered by "Open with" on all three systems, and
never what opens such a file by itself, because most of them are no vouchers. The desktop entry, the
installer and Comptoir.app say the same; a test holds them together."""

_QT_PLUGINS = (
    r"platforms/(lib)?q(xcb|wayland|offscreen|windows|cocoa)",
    r"platforminputcontexts/lib(compose|ibus)",  # dead keys: é, ê, ç
    r"platformthemes/libqxdgdesktopportal",  # dark or light, as the desktop is
    r"wayland-(shell-integration/libxdg-shell|decoration-client/libbradient)",
    r"xcbglintegrations/",
    r"imageformats/(lib)?qjpeg",
    r"styles/",
    r"printsupport/",
)
_QT_PLUGIN = re.compile(r"PySide6/(?:Qt/)?plugins/(.*)")
_QT_KEPT = re.compile("|".join(_QT_PLUGINS))
_QT_LIBRARY = re.compile(r"(?:lib)?Qt6?([A-Z][\w-]*?)(?:\.abi3)?\.(?:so|dll|pyd|dylib|framework)")
_QT_LIBRARIES = {
    *("Core", "Gui", "Widgets", "DBus", "PrintSupport", "Network", "Multimedia", "Concurrent"),
    *("WaylandClient", "XcbQpa"),
}
"""Multimedia draws in Network and Concurrent."""
_DROPPED = re.compile(
    r"(?:^|/)(?:lib)?(?:av(?:codec|format|util|device|filter)|sw(?:resample|scale)|postproc)"
    r"[-.]?(?:so\.)?\d+(?:\.dylib|\.dll)?$"  # of Qt's film player; the camera has FFmpeg of its own
    r"|(?:^|/)libavif-c"  # Pillow's; nobody sends vouchers as AVIF
    r"|PySide6/(?:Qt/)?translations/"  # no dialog of Qt's is shown but the one that opens files
    r"|PySide6/(?:Qt/)?qml/"
    r"|opengl32sw\.dll$"
    r"|cv2/data/"
    r"|/tests?/"
)
_DOES_WITHOUT = re.compile(r"Multimedia|Network|PrintSupport|printsupport")
_TRANSLATIONS = re.compile(r"PySide6/(?:Qt/)?translations/qtbase_(?:fr|en)\.qm$")
_LOCALES = re.compile(r"babel/locale-data/(?:root|fr|fr_FR|en|en_001|en_150|en_GB)\.dat$")
_LINE = re.compile(r"^\s*(\S+) => (/\S+)|^\s*(/\S+)", re.MULTILINE)


def belongs(destination: str, *, system: frozenset[str] = frozenset()) -> bool:
    """Whether a file that was collected for the package is wanted there.

    Args:
        destination: its path in the package.
        system: names of libraries that are the system's.
    """
    path = PurePosixPath(destination.replace("\\", "/"))
    plugin = _QT_PLUGIN.match(str(path))
    if plugin is not None:
        return _QT_KEPT.match(plugin[1]) is not None
    library = _QT_LIBRARY.match(path.name)
    if library is not None:
        return library[1] in _QT_LIBRARIES
    if "babel/locale-data/" in str(path):
        return _LOCALES.search(str(path)) is not None
    if _TRANSLATIONS.search(str(path)):
        return True
    return path.name not in system and _DROPPED.search(str(path)) is None


def of_the_system(binaries: Sequence[tuple[str, str, str]]) -> frozenset[str]:
    """Names of libraries that are left to this Linux. What an optional one loads is the desktop's
    too, unless something in the package needs it that works without the optional one (libffi).

    `binaries`: as for `used`.
    """
    needed = {
        name
        for entry in binaries
        if not _of_the_system(entry) and _DOES_WITHOUT.search(entry[0]) is None
        for name in loaded_by(Path(entry[1]))
    }
    optional = frozenset(with_what_they_load(OPTIONAL_LIBRARIES)) - needed
    return frozenset(with_what_they_load(SYSTEM_LIBRARIES)) | optional


def used(binaries: Sequence[tuple[str, str, str]]) -> list[tuple[str, str, str]]:
    """Without the system's libraries that nothing in the package loads any more. Linux.

    What was left out (the GTK theme, say) was followed when files were collected.

    Args:
        binaries: of a PyInstaller analysis: path in the package, file, kind.
    """
    theirs = [entry for entry in binaries if _of_the_system(entry)]
    loaded = {name for _, file, _ in set(binaries) - set(theirs) for name in loaded_by(Path(file))}
    return [entry for entry in binaries if entry[0] in loaded or entry not in theirs]


def _of_the_system(entry: tuple[str, str, str]) -> bool:
    """Opened by name, not loaded: ZBar by pyzbar, Python by PyInstaller's loader."""
    destination, file, _ = entry
    by_name = destination.startswith(("libzbar", "libpython"))
    return file.startswith(("/lib/", "/usr/lib/")) and "/" not in destination and not by_name


def with_what_they_load(names: Iterable[str]) -> dict[str, Path]:
    """These libraries of this Linux and all that they load, the loader itself too: name to path.

    One that is not there is left out.
    """
    listed = subprocess.run(
        ["/sbin/ldconfig", "-p"], capture_output=True, text=True, check=True
    ).stdout
    known = {
        line.split()[0]: Path(line.split()[-1])
        for line in reversed(listed.splitlines()[1:])
        if "x86-64" in line or "AArch64" in line
    }
    found = {name: known[name] for name in names if name in known}
    for path in tuple(found.values()):
        found.update(loaded_by(path))
    return found


def loaded_by(file: Path) -> dict[str, Path]:
    """What the loader takes to load this file, itself included: name to path."""
    told = subprocess.run(["ldd", file], capture_output=True, text=True, check=False).stdout
    pairs = ((name or Path(alone).name, path or alone) for name, path, alone in _LINE.findall(told))
    return {name: Path(path) for name, path in pairs}


def share(files: Sequence[tuple[str, int]]) -> dict[str, float]:
    """What a package is made of, in MB (10^6 bytes), the largest first.

    `files`: path in the package, and bytes.
    """
    sums: dict[str, int] = {}
    for name, size in files:
        kind = next((kind for pattern, kind in _SHARES if pattern.search(name)), "other libraries")
        sums[kind] = sums.get(kind, 0) + size
    ordered = sorted(sums.items(), key=lambda entry: -entry[1])
    return {kind: round(size / 1e6, 1) for kind, size in ordered}


_SHARES = tuple(
    (re.compile(pattern), kind)
    for pattern, kind in (
        (r"PySide6|shiboken6|libQt6|libicu", "Qt and PySide6"),
        (r"cv2/|opencv_python_headless", "OpenCV with its FFmpeg"),
        (r"numpy", "NumPy"),
        (r"cryptography|pydantic|certifi", "cryptography, pydantic, certificates"),
        (r"PIL/|pillow|pi_heif|pypdfium2|zxing|libzbar|reportlab", "pictures, PDF and codes"),
        (r"resources/", "our resources"),
        (r"^comptoir(?:\.exe)?$", "the program and what is Python in it"),
        (r"libpython|lib-dynload|base_library|python3", "Python itself"),
        (r"babel", "Babel"),
    )
)

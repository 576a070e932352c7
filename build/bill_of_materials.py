"""What a package is made of, as CycloneDX 1.5 JSON: `bill_of_materials.py --toc DIR --out FILE`.

Read from what PyInstaller says that it packed, not from what the environment has: half of that is
for development. Each distribution is one component; so is each library of the build machine, with
its hash and, on Debian and Ubuntu, the package it came from. Run with the environment's Python.

Specification: https://cyclonedx.org/docs/1.5/json/
"""

from __future__ import annotations

import argparse
import ast
import hashlib
import json
import platform
import shutil
import subprocess
import sys
from collections.abc import Iterable
from importlib.metadata import Distribution, distributions
from pathlib import Path
from typing import Any

TOCS = ("PYZ-00.toc", "COLLECT-00.toc")
ROOT = Path(__file__).resolve().parent.parent


def main(argv: list[str]) -> int:
    """Write the file; 0."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--toc", type=Path, required=True, help="PyInstaller's work folder")
    parser.add_argument("--out", type=Path, required=True)
    options = parser.parse_args(argv)
    packed = frozenset(path for name in TOCS for path in _packed(options.toc / name))
    bill = bill_of(packed, version=_version())
    text = json.dumps(bill, indent=1, ensure_ascii=False, sort_keys=True)
    options.out.write_text(text + "\n", encoding="utf-8")
    return 0


def _version() -> str:
    sys.path.insert(0, str(ROOT))
    from merchant_app import __version__

    return __version__


def _packed(toc: Path) -> list[Path]:
    """The files of one table of contents: a tuple that ends with a list of (name, file, kind)."""
    entries = ast.literal_eval(toc.read_text(encoding="utf-8"))[-1]
    # A package without a file of its own has "-" for one.
    return [Path(file) for _, file, kind in entries if kind != "SYMLINK" and file != "-"]


def bill_of(packed: Iterable[Path], *, version: str) -> dict[str, Any]:
    """The bill for these files of this machine."""
    from_packages = _files_of_packages()
    packages: dict[str, Distribution] = {}
    libraries: list[Path] = []
    for path in packed:
        package = from_packages.get(path)
        if package is not None:
            packages[package.metadata["Name"]] = package
        elif not any(path.is_relative_to(place) for place in (ROOT, sys.base_prefix)):
            libraries.append(path)
    components = [
        _python(),
        *(_package(packages[name]) for name in sorted(packages, key=str.lower)),
    ]
    components += [_library(path) for path in sorted(libraries)]
    return {
        "bomFormat": "CycloneDX",
        "specVersion": "1.5",
        "version": 1,
        "metadata": {
            "component": {
                "type": "application",
                "bom-ref": "comptoir",
                "name": "comptoir",
                "version": version,
                "licenses": [{"license": {"id": "MIT"}}],
            }
        },
        "components": components,
    }


def _files_of_packages() -> dict[Path, Distribution]:
    return {
        Path(str(package.locate_file(file))): package
        for package in distributions()
        for file in package.files or ()
    }


def _python() -> dict[str, Any]:
    return {
        "type": "platform",
        "bom-ref": "python",
        "name": platform.python_implementation(),
        "version": platform.python_version(),
        "licenses": [{"license": {"id": "PSF-2.0"}}],
    }


def _package(package: Distribution) -> dict[str, Any]:
    name, version = package.metadata["Name"], package.version
    address = f"pkg:pypi/{name.lower().replace('_', '-')}@{version}"
    component: dict[str, Any] = {
        "type": "library",
        "bom-ref": address,
        "name": name,
        "version": version,
        "purl": address,
    }
    licence = _field(package, "License-Expression") or _classified(package)
    if licence:
        component["licenses"] = [{"license": {"name": licence}}]
    return component


def _classified(package: Distribution) -> str:
    """The licence of packages from before PEP 639, whose own field may hold a whole text."""
    prefix = "License :: "
    found = [
        line.rpartition(" :: ")[2]
        for line in package.metadata.get_all("Classifier") or ()
        if line.startswith(prefix)
    ]
    return "; ".join(found) or _field(package, "License").partition("\n")[0]


def _field(package: Distribution, name: str) -> str:
    return str(package.metadata[name]) if name in package.metadata else ""


def _library(path: Path) -> dict[str, Any]:
    component: dict[str, Any] = {
        "type": "library",
        "bom-ref": str(path),
        "name": path.name,
        "hashes": [{"alg": "SHA-256", "content": hashlib.sha256(path.read_bytes()).hexdigest()}],
    }
    owner = _debian_package(path)
    if owner is not None:
        name, version = owner
        component["version"] = version
        component["purl"] = f"pkg:deb/debian/{name}@{version}"
    return component


def _debian_package(path: Path) -> tuple[str, str] | None:
    if shutil.which("dpkg-query") is None:
        return None
    # Merged /usr: the loader says /lib, the package database may say either.
    for place in (path, path.resolve(), Path(f"/lib/{str(path.resolve()).partition('/lib/')[2]}")):
        found = _ask("dpkg-query", "-S", str(place))
        if found:
            name = found.partition(":")[0]
            version = _ask("dpkg-query", "-W", "-f=${Version}\n", name).partition("\n")[0]
            return name, version
    return None


def _ask(*command: str) -> str:
    return subprocess.run(command, capture_output=True, text=True, check=False).stdout


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

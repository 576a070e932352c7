"""The import contracts of pyproject.toml bite: each is broken once, on a stub of the house."""

from __future__ import annotations

import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from tests.fakes.waiting import LIMIT_S

ROOT = Path(__file__).parents[2]
PACKAGES = (
    *("central", "contract", "i18n", "journal", "ledger", "printing", "reports", "scanning"),
    *("server", "settings", "sync", "till", "ui", "vouchers"),
)
MODULES = (
    *("bootstrap", "money", "clock", "errors", "ids", "resources", "log"),
    *("settings/secrets", "scanning/zxing", "scanning/zbar", "scanning/capture", "ui/window"),
)
LAYERS = "Imports go down only, and every module has its floor"

# (the contract that must break, the module that errs, its wrong import)
WRONG = [
    (LAYERS, "till/__init__", "import merchant_app.ui"),
    (LAYERS, "vouchers/__init__", "from merchant_app import ledger"),
    (LAYERS, "journal/__init__", "import merchant_app.central"),
    (LAYERS, "sync/__init__", "def later() -> None:\n    import merchant_app.reports"),
    (LAYERS, "errors", "import merchant_app.money"),
    (LAYERS, "server/__init__", "import merchant_app.scanning"),
    (
        LAYERS,
        "ledger/__init__",
        "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    import merchant_app.journal",
    ),
    (LAYERS, "cellar", ""),
    ("A screen cannot send a request or write a row", "ui/window", "import merchant_app.journal"),
    ("A screen cannot send a request or write a row", "ui/window", "import merchant_app.sync"),
    (
        "The server knows the contract and the rules, not the till's languages",
        "server/__init__",
        "import merchant_app.i18n",
    ),
    ("Only bootstrap starts the server", "ui/window", "import merchant_app.server"),
    ("The domain does no I/O", "vouchers/__init__", "import os"),
    ("The domain does no I/O", "ledger/__init__", "from time import monotonic"),
    ("Qt lives in bootstrap, ui", "scanning/capture", "from PySide6.QtCore import QObject"),
    ("requests lives in central", "sync/__init__", "import requests"),
    ("sqlite3 lives in journal", "settings/__init__", "import sqlite3"),
    ("keyring lives in settings.secrets", "settings/__init__", "import keyring"),
    ("The camera's pictures live in scanning", "ui/window", "import numpy"),
    ("What opens strangers' files lives in scanning.files", "scanning/capture", "import PIL.Image"),
    ("zxing-cpp lives in scanning.zxing", "scanning/capture", "import zxingcpp"),
    ("zbar lives in scanning.zbar", "scanning/zxing", "import pyzbar.pyzbar"),
    ("The server's libraries live in server", "till/__init__", "import sqlalchemy"),
    ("What writes papers and sheets lives in reports, server", "till/__init__", "import reportlab"),
    ("What drives receipt printers lives in printing", "till/__init__", "import escpos.printer"),
    ("pydantic lives in contract, central, server", "till/__init__", "import pydantic"),
    ("Babel lives in i18n", "ui/window", "import babel.numbers"),
]
ALLOWED = {
    "bootstrap": "import merchant_app.server, merchant_app.ui, PySide6",
    "ui/window": "import merchant_app.till, PySide6.QtWidgets",
    "settings/secrets": "import keyring",
    "scanning/zxing": "import numpy, zxingcpp, cv2",
    "scanning/zbar": "import pyzbar.pyzbar",
    "journal/__init__": "import sqlite3, merchant_app.ledger",
    "central/__init__": "import requests, pydantic, merchant_app.contract",
    "server/__init__": "import fastapi, sqlalchemy, pydantic, merchant_app.ledger",
    "i18n/__init__": "import babel",
    "reports/sheets": "import reportlab, openpyxl, merchant_app.journal",
    "printing/__init__": "import socket",
    "printing/bytes": "import escpos.printer",
    "sync/__init__": "import merchant_app.journal, merchant_app.central, threading",
}

LINT = """
import sys
from importlinter.cli import lint_imports
sys.exit(lint_imports(sys.argv[1], no_cache=True))
"""


def contracts() -> list[str]:
    text = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    return [entry["name"] for entry in tomllib.loads(text)["tool"]["importlinter"]["contracts"]]


def lint(folder: Path, wrong: dict[str, str]) -> tuple[int, str]:
    house = folder / "merchant_app"
    sources = {"__init__": ""}
    sources |= {f"{package}/__init__": "" for package in PACKAGES}
    sources |= dict.fromkeys(MODULES, "")
    for name, source in (sources | wrong).items():
        path = house / f"{name}.py"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(source + "\n", encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-c", LINT, str(ROOT / "pyproject.toml")],
        cwd=folder,
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=LIMIT_S,
        check=False,
    )
    return done.returncode, done.stdout + done.stderr


def test_every_contract_is_tried() -> None:
    assert {name for name, _, _ in WRONG} == set(contracts())


def test_the_house_as_designed_is_kept(tmp_path: Path) -> None:
    code, output = lint(tmp_path, ALLOWED)
    assert code == 0, output


@pytest.mark.parametrize(("contract", "module", "source"), WRONG)
def test_a_wrong_import_breaks_its_contract(
    contract: str, module: str, source: str, tmp_path: Path
) -> None:
    code, output = lint(tmp_path, {module: source})
    assert code == 1, output
    assert any(line.startswith(f"{contract} BROKEN") for line in output.splitlines()), output

"""A double click on a voucher’s file: a second program starts, and the open till reads it."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from merchant_app.bootstrap.training import SHOP, TrainingService
from merchant_app.settings.paths import ProfileName, profile_of
from tests.fakes.driven_till import REPOSITORY, driven_till
from tests.fakes.voucher_files import code_image, saved
from tests.fakes.waiting import LIMIT_S

pytestmark = pytest.mark.skipif(os.name != "posix", reason="the driven till is of POSIX")

NO_CAMERA = "63"


def test_a_second_start_hands_its_file_to_the_till_that_is_open(tmp_path: Path) -> None:
    profile = profile_of(ProfileName.TRAINING, data_dir=tmp_path / "till")
    profile.data.mkdir(parents=True)
    service = TrainingService(profile.data)
    service.fill()
    (voucher,) = service.ask("issue", "--shop", SHOP, "--amount", "50")
    assert isinstance(voucher, dict)
    file = tmp_path / "bon d’achat.png"
    file.write_bytes(saved(code_image(voucher["token"]), "PNG"))
    words = ("--training", "--data-dir", str(tmp_path / "till"))
    first = driven_till(
        *words, "--camera", NO_CAMERA, "--language", "fr", output=tmp_path / "out", environ={}
    )
    with first as till:
        till.shows(state="Ready")
        second = [sys.executable, "-m", "merchant_app.bootstrap", *words, file.name]
        environment = {
            **os.environ,
            "QT_QPA_PLATFORM": "offscreen",
            "PYTHONPATH": str(REPOSITORY),
        }
        ended = subprocess.run(second, cwd=tmp_path, env=environment, timeout=LIMIT_S, check=False)
        assert ended.returncode == 0
        till.shows(state="Debitable", amount="50,00\u00a0€", code="")

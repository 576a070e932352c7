"""S20: two programs never hold one profile, and a program that died does not hold it for ever."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from merchant_app.errors import Problem, ProblemKind
from merchant_app.settings.lock import only_instance
from merchant_app.settings.paths import Profile, ProfileName, prepare, profile_of

HOLDER = """
import sys
from pathlib import Path
from merchant_app.settings.lock import only_instance
from merchant_app.settings.paths import ProfileName, prepare, profile_of
profile = profile_of(ProfileName.MAIN, data_dir=Path(sys.argv[1]))
prepare(profile)
with only_instance(profile):
    print("holding", flush=True)
    sys.stdin.read()
"""


@pytest.fixture
def profile(tmp_path: Path) -> Profile:
    profile = profile_of(ProfileName.MAIN, data_dir=tmp_path)
    before = os.umask(0o022)
    prepare(profile)
    os.umask(before)
    return profile


def start_holder(folder: Path) -> subprocess.Popen[str]:
    holder = subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(folder)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert holder.stdout is not None
    assert holder.stdout.readline() == "holding\n"
    return holder


def end(holder: subprocess.Popen[str]) -> None:
    holder.communicate()


def test_a_second_program_is_refused_and_told_of_the_first(
    tmp_path: Path, profile: Profile
) -> None:
    holder = start_holder(tmp_path)
    try:
        with pytest.raises(Problem) as caught, only_instance(profile):
            pass
    finally:
        end(holder)
    assert caught.value.kind is ProblemKind.ALREADY_RUNNING
    assert caught.value.detail == f"pid {holder.pid}"


def test_a_program_that_was_killed_lets_go(tmp_path: Path, profile: Profile) -> None:
    holder = start_holder(tmp_path)
    holder.kill()
    end(holder)
    with only_instance(profile):
        pass


def test_the_same_program_is_refused_too(profile: Profile) -> None:
    with only_instance(profile), pytest.raises(Problem) as caught, only_instance(profile):
        pass
    assert caught.value.kind is ProblemKind.ALREADY_RUNNING


def test_the_profile_can_be_held_again_and_by_its_sibling(tmp_path: Path, profile: Profile) -> None:
    training = profile_of(ProfileName.TRAINING, data_dir=tmp_path)
    before = os.umask(0o022)
    prepare(training)
    os.umask(before)
    for _ in range(2):
        with only_instance(profile), only_instance(training):
            assert profile.lock_file.stat().st_mode & 0o777 == 0o600


def test_a_nonsense_pid_file_is_not_repeated(profile: Profile) -> None:
    with only_instance(profile):
        profile.lock_file.with_suffix(".pid").write_text("1; rm -rf /")
        with pytest.raises(Problem) as caught, only_instance(profile):
            pass
    assert caught.value.detail == ""


def test_a_lock_that_cannot_be_made_is_a_problem_of_the_disk(profile: Profile) -> None:
    profile.lock_file.mkdir()
    with pytest.raises(Problem) as caught, only_instance(profile):
        pass
    assert caught.value.kind is ProblemKind.DISK_READ_ONLY

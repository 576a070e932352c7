"""Profiles: apart from each other, private, and where the system or somebody wants them."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from merchant_app.errors import Problem, ProblemKind
from merchant_app.settings.paths import ProfileName, disk_problem, prepare, profile_of


@pytest.fixture(autouse=True)
def umask_is_put_back() -> Iterator[None]:
    before = os.umask(0o022)
    yield
    os.umask(before)


def test_everything_lies_below_the_folder_somebody_named(tmp_path: Path) -> None:
    profile = profile_of(ProfileName.MAIN, data_dir=tmp_path)
    for folder in (profile.data, profile.config, profile.log, profile.options_file):
        assert tmp_path in folder.parents


def test_profiles_share_nothing(tmp_path: Path) -> None:
    other = tmp_path / "other"
    profiles = [
        profile_of(name, data_dir=folder)
        for name in ProfileName
        for folder in (None, tmp_path, other)
    ]
    for places in (
        [profile.data for profile in profiles],
        [profile.config for profile in profiles],
        [profile.log for profile in profiles],
        [profile.secrets_service for profile in profiles],
    ):
        assert len(set(places)) == len(profiles)


def test_a_profile_is_the_same_the_next_time(tmp_path: Path) -> None:
    for folder in (None, tmp_path):
        first = profile_of(ProfileName.MAIN, data_dir=folder)
        assert profile_of(ProfileName.MAIN, data_dir=folder) == first


def test_folders_and_whatever_is_created_later_are_private(tmp_path: Path) -> None:
    profile = profile_of(ProfileName.MAIN, data_dir=tmp_path)
    profile.log.mkdir(parents=True, mode=0o755)
    prepare(profile)
    for folder in (profile.data, profile.config, profile.log):
        assert folder.stat().st_mode & 0o777 == 0o700
    later = profile.data / "journal-wal"
    later.write_text("")
    assert later.stat().st_mode & 0o777 == 0o600
    prepare(profile)  # again, on what is there already


def test_a_file_where_a_folder_should_be_is_a_problem(tmp_path: Path) -> None:
    (tmp_path / "main").write_text("")
    with pytest.raises(Problem) as caught:
        prepare(profile_of(ProfileName.MAIN, data_dir=tmp_path))
    assert caught.value.kind is ProblemKind.DISK_READ_ONLY


@pytest.mark.parametrize(
    ("number", "kind"),
    [
        (errno.ENOSPC, ProblemKind.DISK_FULL),
        (errno.EDQUOT, ProblemKind.DISK_FULL),
        (errno.EROFS, ProblemKind.DISK_READ_ONLY),
        (errno.EACCES, ProblemKind.DISK_READ_ONLY),
        (errno.EIO, ProblemKind.SETTINGS_UNREADABLE),
    ],
)
def test_what_the_disk_says(number: int, kind: ProblemKind) -> None:
    error = OSError(number, "words", "/home/somebody")
    problem = disk_problem(error, ProblemKind.SETTINGS_UNREADABLE)
    assert problem.kind is kind
    assert "somebody" not in problem.detail

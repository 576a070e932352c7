"""Where the files of one profile lie, and that nobody else may read them.

A profile is one till on one computer account: the real one ("main") or the one for practising
("training"). Two profiles share nothing: not the journal, not the options, not the secrets.
"""

from __future__ import annotations

import errno
import os
from dataclasses import dataclass
from enum import Enum
from pathlib import Path

from merchant_app.errors import Problem, ProblemKind

PROGRAM = "Comptoir"
FOLDER_MODE = 0o700
FILE_MODE = 0o600


class ProfileName(Enum):
    """The value names folders; it never changes."""

    MAIN = "main"
    TRAINING = "training"


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """Where one till keeps its things.

    Attributes:
        data: the journal and what belongs to it; the folder to back up.
        config: options and enrolment.
        log: the log files.
        root: the folder that holds all three, where one was asked for.
    """

    name: ProfileName
    data: Path
    config: Path
    log: Path
    root: Path | None

    @property
    def secrets_service(self) -> str:
        """Under which name the operating system keeps this profile's secrets."""
        service = f"{PROGRAM} {self.name.value}"
        # Another folder is another till: it must not find, or overwrite, this one's token.
        return service if self.root is None else f"{service} {_fingerprint(self.root)}"

    @property
    def options_file(self) -> Path:
        return self.config / "options.json"

    @property
    def enrolment_file(self) -> Path:
        return self.config / "enrolment.json"

    @property
    def lock_file(self) -> Path:
        return self.data / "till.lock"

    @property
    def window_note(self) -> Path:
        """By what name a second start reaches the program that is open."""
        return self.data / "till.window"


def profile_of(name: ProfileName, *, data_dir: Path | None = None) -> Profile:
    """The places of a profile; nothing is created yet.

    Args:
        name: which of the two.
        data_dir: keep everything below this folder; None: where the system wants such files
            (XDG folders, Application Support, AppData).
    """
    if data_dir is not None:
        root = data_dir.resolve() / name.value
        return Profile(
            name=name,
            data=root / "data",
            config=root / "config",
            log=root / "log",
            root=root,
        )
    from platformdirs import PlatformDirs

    system = PlatformDirs(PROGRAM, appauthor=False, roaming=False)
    return Profile(
        name=name,
        # On Windows and macOS data and options share a folder: keep them apart below it.
        data=system.user_data_path / name.value / "data",
        config=system.user_config_path / name.value / "config",
        log=system.user_log_path / name.value,
        root=None,
    )


def _fingerprint(path: Path) -> str:
    import hashlib

    return hashlib.sha256(os.fsencode(path)).hexdigest()[:12]


def prepare(profile: Profile) -> None:
    """Create the folders, mode 0700, and take looser modes away from those that exist.

    From here on every file this process creates is for its own user alone, those of libraries
    (SQLite's -wal and -shm, rotated logs) included: the process's umask becomes 077. On Windows the
    access list of the user's profile does the same. Call it before any thread starts, for the
    profile that is opened first.

    Raises:
        Problem: DISK_FULL or DISK_READ_ONLY; a folder cannot be made or made private.
    """
    os.umask(0o077)
    for folder in (profile.data, profile.config, profile.log):
        try:
            folder.mkdir(parents=True, exist_ok=True, mode=FOLDER_MODE)
            if os.name == "posix" and folder.stat().st_mode & 0o077:
                folder.chmod(FOLDER_MODE)
        except OSError as error:
            raise disk_problem(error, ProblemKind.DISK_READ_ONLY) from error


def disk_problem(error: OSError, otherwise: ProblemKind) -> Problem:
    """The Problem that an error of the file system stands for; its detail names no path."""
    kind = otherwise
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        kind = ProblemKind.DISK_FULL
    elif error.errno in (errno.EROFS, errno.EACCES, errno.EPERM):
        kind = ProblemKind.DISK_READ_ONLY
    return Problem(kind, error.strerror or type(error).__name__)

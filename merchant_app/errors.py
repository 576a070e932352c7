"""Two kinds of errors: the world's are Problems, ours are Bugs.

A Problem is shown to the cashier with what to do about it. A Bug stops the till safely: what is
in the journal is safe, nothing more is sold until somebody looked.
"""

from __future__ import annotations

from enum import Enum


class Bug(Exception):
    """A promise of our own code does not hold. Never caught to go on selling."""


class ProblemKind(Enum):
    """Every way in which the world can get in the way; each has its sentence in `i18n`.

    The value is stable: it goes into logs.
    """

    # the computer
    DISK_FULL = "disk_full"
    DISK_NEARLY_FULL = "disk_nearly_full"
    DISK_READ_ONLY = "disk_read_only"
    JOURNAL_LOCKED = "journal_locked"
    JOURNAL_DAMAGED = "journal_damaged"
    JOURNAL_NEWER = "journal_newer"
    JOURNAL_INCOMPLETE = "journal_incomplete"
    MIRROR_UNREACHABLE = "mirror_unreachable"
    ALREADY_RUNNING = "already_running"
    SETTINGS_UNREADABLE = "settings_unreadable"
    KEYRING_UNAVAILABLE = "keyring_unavailable"
    # the camera
    CAMERA_MISSING = "camera_missing"
    CAMERA_BUSY = "camera_busy"
    CAMERA_LOST = "camera_lost"
    VIDEO_UNREADABLE = "video_unreadable"
    DECODERS_MISSING = "decoders_missing"
    # the central service
    NOT_ENROLLED = "not_enrolled"
    ENROLMENT_REFUSED = "enrolment_refused"
    SERVICE_ADDRESS_INSECURE = "service_address_insecure"
    TRAINING_SERVICE_FAILED = "training_service_failed"
    PORT_IN_USE = "port_in_use"


class Problem(Exception):
    """Something outside the program is in the way, and a person can do something about it.

    Attributes:
        kind: what it is; the sentence shown is chosen by it.
        detail: for the log only. Never a voucher code, a token or a secret.
    """

    def __init__(self, kind: ProblemKind, detail: str = "") -> None:
        super().__init__(f"{kind.value}: {detail}" if detail else kind.value)
        self.kind = kind
        self.detail = detail

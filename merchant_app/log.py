"""The log: JSON lines, one event each, without codes, tokens or secrets.

What may not be written is removed here, once, for every logger and library, so that no caller
has to remember it (ASVS 5.0, V16.2.5 and V16.4.1).
"""

from __future__ import annotations

import json
import logging
import logging.handlers
import os
import re
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

REDACTED = "***"
LOG_BYTES_MAX = 2_000_000
LOG_FILES_KEPT = 5

# A voucher token, an enrolment payload, and the bearer tokens of tills all carry a prefix.
_TOKENS = re.compile(r"\b(?:V1:|E1:|ct1_)[A-Za-z0-9_\-:]{4,}", re.IGNORECASE)
# Short codes: eighteen characters in one run, or in the groups of four they are printed in.
# Wider than the codec on purpose: a mistyped code is nearly a code.
_CODES = re.compile(
    r"(?<![0-9A-Za-z-])(?:[0-9A-Za-z]{18}|(?:[0-9A-Za-z]{4}[ -]){4}[0-9A-Za-z]{2})(?![0-9A-Za-z-])"
)
_BEARER = re.compile(r"(?i)\b(bearer|authorization|password|pin|pepper|token)(\W{1,4})[^\s\"',}]+")
_QUERY = re.compile(r"(https?://[^\s?\"']+)\?[^\s\"']*")


def redact(text: str) -> str:
    """The text without anything that could be spent or used to log in."""
    text = _TOKENS.sub(REDACTED, text)
    text = _QUERY.sub(r"\1?" + REDACTED, text)
    text = _BEARER.sub(r"\1\2" + REDACTED, text)
    return _CODES.sub(REDACTED, text)


class JsonLines(logging.Formatter):
    """One JSON object a line. CR and LF are escaped by JSON itself: no entry can forge another."""

    def format(self, record: logging.LogRecord) -> str:
        event = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "thread": record.threadName,
            "message": redact(record.getMessage()),
        }
        if record.exc_info:
            event["exception"] = redact(self.formatException(record.exc_info))
        return json.dumps(event, ensure_ascii=True)


def start(folder: Path, *, level: int = logging.INFO) -> Callable[[], None]:
    """Write the log of this process to `folder`/comptoir.log (mode 0600, rotated).

    Returns:
        What to call at the end: flushes and closes the file.

    Raises:
        OSError: the folder cannot be written.
    """
    path = folder / "comptoir.log"
    os.close(os.open(path, os.O_CREAT | os.O_APPEND | os.O_WRONLY, 0o600))
    handler = logging.handlers.RotatingFileHandler(
        path, maxBytes=LOG_BYTES_MAX, backupCount=LOG_FILES_KEPT, encoding="utf-8", delay=True
    )
    handler.setFormatter(JsonLines())
    root = logging.getLogger()
    root.addHandler(handler)
    root.setLevel(level)

    def stop() -> None:
        root.removeHandler(handler)
        handler.close()

    return stop

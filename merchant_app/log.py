"""The log: JSON lines, one event each, without codes, tokens or secrets.

What may not be written is removed here, once, for every logger and library, so that no caller
has to remember it (ASVS 5.0, V16.2.5 and V16.4.1).
"""

from __future__ import annotations

import json
import logging
import os
import re
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

REDACTED = "***"
LOG_BYTES_MAX = 2_000_000
LOG_FILES_KEPT = 5

# A voucher token, an enrolment payload, and the bearer tokens of tills all carry a prefix; a token
# that lost it on a scanner gun's way through a foreign keyboard layout is still one long run.
_TOKENS = re.compile(
    r"\b(?:V1:|E1:|ct1_)[A-Z0-9_\-:]{4,}|V1:[A-Z2-7]{20,}|[A-Z0-9]{120,}", re.IGNORECASE
)
# Short codes: eighteen characters in one run, or in the groups of four they are printed in.
# Wider than the codec on purpose: a mistyped code is nearly a code. And enrolment codes: 26.
_CODES = re.compile(
    r"(?<![0-9A-Za-z-])"
    r"(?:[0-9A-Za-z]{18}|[0-9A-Za-z]{26}|(?:[0-9A-Za-z]{4}[ -]){4}[0-9A-Za-z]{2})"
    r"(?![0-9A-Za-z-])"
)
# Headers carry two words: the scheme may stay, what follows it may not.
_HEADERS = re.compile(
    r"""(?ix) \b ( (?:proxy-)? authorization \W{1,5} (?: (?:bearer|basic|digest|negotiate) \s+ )?
                  | bearer \s+ ) [^\s"',}]+"""
)
# A name and its value: "token=...", '"pin": "..."'. Not "token refused": that is a sentence.
_NAMED = re.compile(
    r"""(?ix) \b ( (?:[\w-]*[_-])? (?:password|passwd|pin|pepper|token|secret) \\?["']? \s* [:=]
                  \s* \\?["']? | pin \s+ (?=[0-9]) ) [^\s"',}&\\]+"""
)
_USER_INFO = re.compile(r"(\b[a-z][a-z0-9+.-]{1,15}://)[^\s/?#\"'@]+@", re.IGNORECASE)
_QUERY = re.compile(r"(https?://[^\s?#\"']+)[?#][^\s\"']*", re.IGNORECASE)
_UUID = re.compile(r"(\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b)", re.IGNORECASE)
_WORD = re.compile(r"[0-9A-Za-z]+")
_GAP = re.compile(r"[ \t\-\u00a0\u202f\u2010\u2011\u2013]+")
# The codec's alphabet and check, again: this floor imports nothing of ours (vouchers.code).
_VALUES = {letter: value for value, letter in enumerate("0123456789ABCDEFGHJKMNPQRSTVWXYZ")}
_VALUES |= {letter.lower(): value for letter, value in _VALUES.items()}
_VALUES |= {"O": 0, "o": 0, "I": 1, "i": 1, "L": 1, "l": 1}
_CODE_LENGTH = 18
_CODE_MODULUS = 1021


def redact(text: str) -> str:
    """The text without anything that could be spent or used to log in."""
    text = _TOKENS.sub(REDACTED, text)
    text = _USER_INFO.sub(r"\1" + REDACTED + "@", text)
    text = _QUERY.sub(r"\1?" + REDACTED, text)
    text = _HEADERS.sub(r"\1" + REDACTED, text)
    text = _NAMED.sub(r"\1" + REDACTED, text)
    text = _CODES.sub(REDACTED, text)
    return "".join(
        part if place % 2 else _without_spelt_codes(part)
        for place, part in enumerate(_UUID.split(text))
    )


def _without_spelt_codes(text: str) -> str:
    """Codes in whatever groups somebody typed them: neighbouring words whose check fits."""
    words = list(_WORD.finditer(text))
    spans: list[tuple[int, int]] = []
    first = 0
    while first < len(words):
        last = _end_of_code(text, words, first)
        if last is None:
            first += 1
        else:
            spans.append((words[first].start(), words[last].end()))
            first = last + 1
    for start, end in reversed(spans):
        text = text[:start] + REDACTED + text[end:]
    return text


def _end_of_code(text: str, words: list[re.Match[str]], first: int) -> int | None:
    """The last word of the code that begins with the word `first`; None when none begins there."""
    letters = ""
    for place in range(first, len(words)):
        if place > first and not _GAP.fullmatch(text, words[place - 1].end(), words[place].start()):
            return None
        letters += words[place][0]
        if len(letters) >= _CODE_LENGTH:
            return place if _is_code(letters) else None
    return None


def _is_code(letters: str) -> bool:
    if len(letters) != _CODE_LENGTH or any(letter not in _VALUES for letter in letters):
        return False
    number = 0
    for letter in letters:
        number = number * 32 + _VALUES[letter]
    return number % _CODE_MODULUS == 0


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
    # Late: it brings sockets and pickle along, and the window is painted before the log begins.
    from logging.handlers import RotatingFileHandler

    path = folder / "comptoir.log"
    os.close(os.open(path, os.O_CREAT | os.O_APPEND | os.O_WRONLY, 0o600))
    handler = RotatingFileHandler(
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

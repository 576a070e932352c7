"""When newer versions were looked for, and which of them was shown. Across restarts."""

from __future__ import annotations

import logging
from datetime import datetime
from pathlib import Path

from merchant_app.clock import from_text, to_text
from merchant_app.errors import Problem
from merchant_app.settings import document

VERSION = 1
_LOOKED_AT = "looked_at"
_SHOWN = "shown"

_log = logging.getLogger(__name__)


class UpdateMemory:
    """One small file. One thread at a time."""

    def __init__(self, path: Path) -> None:
        self._path = path

    @property
    def looked_at(self) -> datetime | None:
        """The last look, UTC; None: there was none."""
        try:
            return from_text(self._fields().get(_LOOKED_AT, ""))
        except ValueError:
            return None

    @property
    def shown(self) -> str:
        """The version that was shown last; empty: none was."""
        return self._fields().get(_SHOWN, "")

    def looked(self, moment: datetime) -> None:
        """Somebody looks now.

        Raises:
            Problem: the file cannot be written.
        """
        self._write(_LOOKED_AT, to_text(moment))

    def was_shown(self, version: str) -> None:
        """This version need not be shown again.

        Raises:
            Problem: the file cannot be written.
        """
        self._write(_SHOWN, version)

    def _write(self, name: str, value: str) -> None:
        document.write(self._path, {**self._fields(), name: value}, version=VERSION)

    def _fields(self) -> dict[str, str]:
        try:
            fields = document.read(self._path, version=VERSION) or {}
        except Problem as problem:
            # Nothing that a person chose, and no money: what is damaged is begun anew.
            _log.info("%s: begun anew", problem)
            return {}
        return {name: value for name, value in fields.items() if isinstance(value, str)}

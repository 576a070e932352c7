"""How the modules that read files say that they cannot."""

from __future__ import annotations

from merchant_app.scanning.files.findings import FileRead


class Refusal(Exception):
    """This file, or this part of a mail, cannot be read; `ending` says why."""

    def __init__(self, ending: FileRead) -> None:
        super().__init__(type(ending).__name__)
        self.ending = ending

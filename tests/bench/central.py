"""A central service in a process of its own, with the sample shops, for benches."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from types import TracebackType

from merchant_app.bootstrap.training import SHOP, TrainingService


class Central:
    """Running inside the `with` block.

    Attributes:
        url: where it listens.
    """

    def __init__(self, folder: Path) -> None:
        self._service = TrainingService(folder)

    def __enter__(self) -> Central:
        self._service.start()
        self.url = self._service.url
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._service.stop()

    def enrolment_code(self, *, new: bool = False) -> str:
        """A fresh one-time code, for the first till or for a `new` one."""
        if new:
            return str(self._service.ask("enrol", "--shop", SHOP)["code"])
        return self._service.enrolment_code()

    def issue(self, count: int, *, amount: str = "50") -> list[str]:
        """New vouchers of the sample shop; their tokens."""
        command = [sys.executable, "-m", "merchant_app.server.cli", "issue"]
        command += ["--database", self._service.database, "--shop", SHOP, "--amount", amount]
        command += ["--count", str(count), "--json"]
        done = subprocess.run(command, capture_output=True, check=True)
        return [voucher["token"] for voucher in json.loads(done.stdout)]

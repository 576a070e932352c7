"""What the service said last about this till, kept for the next start, or forgotten."""

from __future__ import annotations

import threading
from dataclasses import replace
from pathlib import Path

from merchant_app.central.port import NotAuthorised, NotAuthorisedKind, Policy
from merchant_app.errors import ProblemKind
from merchant_app.settings.enrolment import EnrolledTill, EnrolmentStore
from merchant_app.settings.paths import disk_problem
from merchant_app.sync.connectivity import Connectivity, LineState


class Remembered:
    """The enrolment with what is known of it now. Any thread."""

    def __init__(self, store: EnrolmentStore, enrolled: EnrolledTill) -> None:
        self._store = store
        self._enrolled = enrolled
        self._lock = threading.Lock()

    def policy(self, policy: Policy) -> None:
        """The service asks this of its tills now.

        Raises:
            Problem: the file cannot be written.
        """
        with self._lock:
            self._save(
                replace(
                    self._enrolled,
                    answer_wait_s=policy.answer_wait_s,
                    contact_every_s=policy.contact_every_s,
                    offline=policy.offline,
                )
            )

    def watch(self, connectivity: Connectivity) -> None:
        """Remember whether the till is entitled: pulling the cable and starting again must not make
        a revoked till accept vouchers."""
        if self._enrolled.refused:
            connectivity.report(NotAuthorised(NotAuthorisedKind.TOKEN_REFUSED))

        def changed() -> None:
            state = connectivity.facts().state
            if state in (LineState.ONLINE, LineState.NOT_ENTITLED):
                self._entitled(state is LineState.ONLINE)

        connectivity.listen(changed)

    def _entitled(self, entitled: bool) -> None:
        with self._lock:
            if self._enrolled.refused is entitled:
                self._save(replace(self._enrolled, refused=not entitled))

    def _save(self, enrolled: EnrolledTill) -> None:
        kept = self._store.load()
        if kept is None or kept.epoch_id != enrolled.epoch_id:
            return  # signed out, or enrolled anew, while an answer to the old till was on its way
        self._store.save(enrolled)
        self._enrolled = enrolled


def forget_vouchers(data: Path) -> None:
    """Who holds which voucher is no business of a computer that is no till.

    `data`: the folder of the till's copy of the vouchers.

    Raises:
        Problem: it cannot be removed.
    """
    try:
        for file in data.glob("vouchers.sqlite*"):
            file.unlink()
    except OSError as error:
        raise disk_problem(error, ProblemKind.DISK_READ_ONLY) from error

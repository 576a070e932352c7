"""The responsible person's code at work: `pin_desk.PinDesk`, and whether it lifts a limit."""

from __future__ import annotations

import logging
import threading
from enum import Enum

from merchant_app.clock import Clock
from merchant_app.errors import Bug
from merchant_app.ids import RandomBytes
from merchant_app.journal.events import Detail, EventKind
from merchant_app.journal.owner import JournalOwner
from merchant_app.settings.secrets import SecretName, Secrets
from merchant_app.till import pin_hash
from merchant_app.till.misses import Misses
from merchant_app.till.pin_desk import PinGone, PinKept, PinRefused, is_pin
from merchant_app.till.pin_hash import PinHash

_log = logging.getLogger(__name__)


class For(Enum):
    """What a code was typed for. The value stands in the journal's events and never changes."""

    LIMIT = "limit"
    CHANGE = "change"
    REMOVAL = "removal"


class Pins:
    """One till's code. Any thread; every method but `is_set` blocks.

    Tries are counted whoever makes them: the code is not a cashier's. One at a time is looked at,
    so that nobody tries several at once.
    """

    def __init__(
        self,
        secrets: Secrets,
        journal: JournalOwner,
        clock: Clock,
        *,
        cashier: str,
        random_bytes: RandomBytes,
        session_only: bool = False,
        cost: int = pin_hash.COST,
    ) -> None:
        """Ask the keyring, once.

        Args:
            secrets: where the hash is kept.
            journal: where tries and changes are recorded.
            clock: how long ago the last try was.
            cashier: who stands at the till.
            random_bytes: for the salt.
            session_only: the secrets end with the program.
            cost: of a new hash (`pin_hash.COST`).

        Raises:
            Problem: KEYRING_UNAVAILABLE.
        """
        self._secrets = secrets
        self._journal = journal
        self._cashier = cashier
        self._random_bytes = random_bytes
        self._session_only = session_only
        self._cost = cost
        self._guard = threading.Lock()
        self._misses = Misses(
            journal,
            clock,
            wrong=EventKind.PIN_WRONG,
            right=EventKind.PIN_RIGHT,
            cashier=cashier,
            of_everybody=True,
        )
        self._hash = _read(secrets.get(SecretName.MANAGER_PIN))

    @property
    def is_set(self) -> bool:
        """See `pin_desk.PinDesk`."""
        return self._hash is not None

    def refusal(self, pin: str, purpose: For) -> PinRefused | None:
        """Why this does not pass as the code; None: it is the code. Where there is none, nothing
        does.

        Raises:
            Problem: the try cannot be recorded; it then counts as none, and does not pass.
        """
        with self._guard:
            return self._refusal(pin, purpose)

    def change(self, new: str, *, old: str) -> PinKept | PinRefused:
        """See `pin_desk.PinDesk`."""
        if not is_pin(new):
            raise Bug("a code that is none came as far as the till")
        with self._guard:
            replaced = self._hash is not None
            refused = self._refusal(old, For.CHANGE) if replaced else None
            if refused is not None:
                return refused
            made = pin_hash.hashed(new, self._random_bytes, cost=self._cost)
            self._keep(made, EventKind.PIN_SET, {"replaced": int(replaced)})
            return PinKept(self._session_only)

    def remove(self, old: str) -> PinGone | PinRefused:
        """See `pin_desk.PinDesk`."""
        with self._guard:
            if self._hash is None:
                return PinGone()
            refused = self._refusal(old, For.REMOVAL)
            if refused is not None:
                return refused
            self._keep(None, EventKind.PIN_REMOVED, {})
            return PinGone()

    def _refusal(self, pin: str, purpose: For) -> PinRefused | None:
        wait_s = self._misses.wait_s()
        if wait_s:
            return PinRefused(wrong=False, wait_s=wait_s)
        if self._hash is not None and is_pin(pin) and self._hash.fits(pin):
            self._misses.hit()
            return None
        return PinRefused(wrong=True, wait_s=self._misses.missed({"for": purpose.value}))

    def _keep(self, made: PinHash | None, kind: EventKind, detail: Detail) -> None:
        before = self._hash
        self._store(made)
        try:
            self._journal.run(
                lambda journal: journal.append_event(kind, cashier=self._cashier, detail=detail)
            )
        except BaseException:
            # A code that nobody can see was changed is not to hold.
            self._store(before)
            raise
        self._hash = made

    def _store(self, made: PinHash | None) -> None:
        if made is None:
            self._secrets.delete(SecretName.MANAGER_PIN)
        else:
            self._secrets.set(SecretName.MANAGER_PIN, made.to_text())


def _read(text: str | None) -> PinHash | None:
    if text is None:
        return None
    try:
        return pin_hash.from_text(text)
    except ValueError:
        # Somebody else wrote there. Nobody can type what fits it: as good as none.
        _log.warning("what the keyring has as the responsible person's code is none")
        return None

"""The till's secrets, kept by the operating system. The only importer of keyring.

A keyring may be missing, locked, or a fake that writes plain text. Missing and fake ones are
refused; a locked one makes its call wait until the user has answered, so every question is asked
in a thread of its own that is left behind when its time is up. Never call from the GUI thread.
"""

from __future__ import annotations

import logging
import os
import queue
import threading
from collections.abc import Callable, Iterable
from concurrent.futures import Future
from dataclasses import dataclass
from enum import Enum
from typing import Any, Protocol, TypeVar

from merchant_app.errors import Problem, ProblemKind
from merchant_app.ids import RandomBytes

ANSWER_WAIT_S = 60.0
"""Long enough to type the password of a locked keyring."""
_PROBE = "probe"
# The stores that belong to an operating system or its desktop. Anything else a computer may have
# installed as a "keyring" (plain files of keyrings.alt among them) is refused unseen.
_SAFE_MODULES = frozenset(
    {
        "keyring.backends.SecretService",
        "keyring.backends.libsecret",
        "keyring.backends.kwallet",
        "keyring.backends.macOS",
        "keyring.backends.Windows",
    }
)
_CHAINER_MODULE = "keyring.backends.chainer"

_log = logging.getLogger(__name__)

Result = TypeVar("Result")


class SecretName(Enum):
    """What is kept. The value names it in the keyring and never changes."""

    TILL_TOKEN = "till-token"  # noqa: S105 - a name
    DEVICE_KEY = "device-key"
    """The till's Ed25519 private key, hex."""
    CODE_PEPPER = "code-pepper"
    """Keys the hashes of voucher codes in the local snapshot, hex."""
    HOLDERS_KEY = "holders-key"
    """Seals whom vouchers were bought for in the local snapshot, hex; made by this till itself."""
    MANAGER_PIN = "manager-pin"
    """The salted hash of the responsible person's code (`till.pin_hash`); the code is nowhere."""


class Secrets(Protocol):
    """Where secrets are kept. Calls may block up to `ANSWER_WAIT_S`; any thread but the GUI's.

    All raise Problem(KEYRING_UNAVAILABLE) when the store does not answer.
    """

    def get(self, name: SecretName) -> str | None: ...

    def set(self, name: SecretName, value: str) -> None: ...

    def delete(self, name: SecretName) -> None:
        """Nothing happens when it is not there."""
        ...


class Backend(Protocol):
    """The three calls of `keyring.backend.KeyringBackend` that are used."""

    def get_password(self, service: str, username: str, /) -> str | None: ...

    def set_password(self, service: str, username: str, password: str, /) -> None: ...

    def delete_password(self, service: str, username: str, /) -> None: ...


class SessionSecrets:
    """Secrets in memory: gone when the program ends."""

    def __init__(self) -> None:
        self._values: dict[SecretName, str] = {}

    def __repr__(self) -> str:
        return "SessionSecrets()"

    def get(self, name: SecretName) -> str | None:
        return self._values.get(name)

    def set(self, name: SecretName, value: str) -> None:
        self._values[name] = value

    def delete(self, name: SecretName) -> None:
        self._values.pop(name, None)


class _Asker:
    """Asks one question at a time in a thread that may be left behind.

    A daemon thread of our own rather than an executor: an executor's thread would keep the program
    from ending while a keyring waits for its password.
    """

    def __init__(self, limit_s: float) -> None:
        self._limit_s = limit_s
        self._questions: queue.SimpleQueue[Callable[[], None]] = queue.SimpleQueue()
        self._unanswered: Future[object] | None = None
        self._guard = threading.Lock()
        self._thread: threading.Thread | None = None

    def ask(self, question: Callable[[], Result]) -> Result:
        """The answer.

        Raises:
            Problem: KEYRING_UNAVAILABLE; no answer in time, or the store failed. A question whose
                time is up may still be answered later, unseen.
        """
        answer: Future[Result] = Future()

        def run() -> None:
            if not answer.set_running_or_notify_cancel():
                return
            try:
                answer.set_result(question())
            except BaseException as error:
                answer.set_exception(error)

        with self._guard:
            if self._unanswered is not None and not self._unanswered.done():
                raise _unavailable("still waiting for an earlier question")
            if self._thread is None:
                self._thread = threading.Thread(target=self._work, name="keyring", daemon=True)
                self._thread.start()
        self._questions.put(run)
        try:
            return answer.result(timeout=self._limit_s)
        except TimeoutError as error:
            if not answer.done() and not answer.cancel():
                with self._guard:
                    self._unanswered = answer  # type: ignore[assignment]  # only asked if done
            raise _unavailable("no answer in time") from error
        except Problem:
            raise
        except Exception as error:
            # Keyrings raise what they like: D-Bus errors, ctypes errors, NameError. The class is
            # told, never the message: it could quote the value.
            raise _unavailable(type(error).__name__) from error

    def _work(self) -> None:
        while True:
            self._questions.get()()


class KeyringSecrets:
    """Secrets in the keyring of the operating system."""

    def __init__(self, backend: Backend, *, service: str, limit_s: float = ANSWER_WAIT_S) -> None:
        """`service` is the profile's `secrets_service`; `limit_s` bounds every call."""
        self._backend = backend
        self._service = service
        self._asker = _Asker(limit_s)

    def __repr__(self) -> str:
        return f"KeyringSecrets({type(self._backend).__module__})"

    def get(self, name: SecretName) -> str | None:
        return self._get(name.value)

    def set(self, name: SecretName, value: str) -> None:
        self._set(name.value, value)

    def delete(self, name: SecretName) -> None:
        self._delete(name.value)

    def _get(self, name: str) -> str | None:
        return self._asker.ask(lambda: self._backend.get_password(self._service, name))

    def _set(self, name: str, value: str) -> None:
        self._asker.ask(lambda: self._backend.set_password(self._service, name, value))

    def _delete(self, name: str) -> None:
        def delete() -> None:
            # Keyrings differ in what they raise for a name they do not have.
            if self._backend.get_password(self._service, name) is not None:
                self._backend.delete_password(self._service, name)

        self._asker.ask(delete)

    def probe(self, random_bytes: RandomBytes) -> None:
        """Write something, read it back, remove it.

        Raises:
            Problem: KEYRING_UNAVAILABLE; it does not truly keep what it is given.
        """
        value = random_bytes(16).hex()
        self._set(_PROBE, value)
        try:
            if self._get(_PROBE) != value:
                raise _unavailable("it does not give back what it was given")
        finally:
            self._delete(_PROBE)


@dataclass(frozen=True, slots=True)
class OpenedSecrets:
    """Where secrets are kept from now on.

    Attributes:
        session_only: None when the keyring works; otherwise why it does not. The screen then
            says that this till's secrets are kept for this session only.
    """

    secrets: Secrets
    session_only: Problem | None


def open_secrets(
    service: str,
    *,
    random_bytes: RandomBytes = os.urandom,
    limit_s: float = ANSWER_WAIT_S,
    choose: Callable[[], Backend] | None = None,
) -> OpenedSecrets:
    """The keyring if it truly works, memory if not. Blocks; call from a worker thread.

    Args:
        service: the profile's `secrets_service`.
        random_bytes: for the probe.
        limit_s: how long the user may take to unlock the keyring.
        choose: finds the keyring; by default the system's, if it is a safe one.
    """
    try:
        backend = _Asker(limit_s).ask(choose or system_backend)
        secrets = KeyringSecrets(backend, service=service, limit_s=limit_s)
        secrets.probe(random_bytes)
    except Problem as problem:
        _log.info("secrets are kept for this session only: %s", problem.detail)
        return OpenedSecrets(SessionSecrets(), problem)
    return OpenedSecrets(secrets, None)


def system_backend() -> Backend:
    """The keyring of this system, if it is one that keeps secrets secret.

    Raises:
        Problem: KEYRING_UNAVAILABLE; there is none, or only ones that do not.
    """
    import keyring

    return safe_among(keyring.get_keyring())


def safe_among(backend: object) -> Backend:
    """This keyring, or the first safe one it stands for.

    keyring's chainer reads from, and writes to, whichever member answers first, a plain file
    among them: so never the chainer itself, only a safe member.

    Raises:
        Problem: KEYRING_UNAVAILABLE; none of them is safe.
    """
    module = type(backend).__module__
    members: Iterable[Any] = (backend,)
    if module == _CHAINER_MODULE:
        members = getattr(backend, "backends", ())
    for member in members:
        if type(member).__module__ in _SAFE_MODULES:
            safe: Backend = member
            return safe
    raise _unavailable(f"{module} does not keep secrets")


def _unavailable(detail: str) -> Problem:
    return Problem(ProblemKind.KEYRING_UNAVAILABLE, detail)

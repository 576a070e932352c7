"""Secrets: what is taken for a keyring, and what happens when it does not answer."""

from __future__ import annotations

import contextlib
import logging
import threading

import keyring.backends.chainer
import keyring.backends.fail
import keyring.backends.null
import keyring.backends.SecretService
import keyring.errors
import pytest

from merchant_app.errors import Problem, ProblemKind
from merchant_app.settings.secrets import (
    KeyringSecrets,
    SecretName,
    SessionSecrets,
    open_secrets,
    safe_among,
    system_backend,
)

CANARY = "ct1_canary-of-a-token"
LONG_S = 60.0


class MemoryBackend:
    """A keyring that works, in memory."""

    def __init__(self) -> None:
        self.values: dict[tuple[str, str], str] = {}

    def get_password(self, service: str, username: str, /) -> str | None:
        return self.values.get((service, username))

    def set_password(self, service: str, username: str, password: str, /) -> None:
        self.values[service, username] = password

    def delete_password(self, service: str, username: str, /) -> None:
        try:
            del self.values[service, username]
        except KeyError:
            raise keyring.errors.PasswordDeleteError from None


class LockedBackend(MemoryBackend):
    """Waits for its password like a keyring with a dialog on screen."""

    def __init__(self) -> None:
        super().__init__()
        self.unlocked = threading.Event()
        self.asked = threading.Semaphore(0)

    def get_password(self, service: str, username: str, /) -> str | None:
        self.asked.release()
        self.unlocked.wait()
        return super().get_password(service, username)


class ForgetfulBackend(MemoryBackend):
    def set_password(self, service: str, username: str, password: str, /) -> None:
        return


class BrokenBackend(MemoryBackend):
    def __init__(self, error: Exception) -> None:
        super().__init__()
        self.error = error

    def set_password(self, service: str, username: str, password: str, /) -> None:
        raise self.error


class PlainTextKeyring(MemoryBackend):
    """Stands for keyrings.alt.file.PlaintextKeyring: same module name, same priority."""

    priority = 0.5


PlainTextKeyring.__module__ = "keyrings.alt.file"


def test_what_is_kept_is_found_until_it_is_deleted() -> None:
    backend = MemoryBackend()
    for secrets in (KeyringSecrets(backend, service="Comptoir main"), SessionSecrets()):
        assert secrets.get(SecretName.TILL_TOKEN) is None
        secrets.set(SecretName.TILL_TOKEN, CANARY)
        secrets.set(SecretName.CODE_PEPPER, "00")
        assert secrets.get(SecretName.TILL_TOKEN) == CANARY
        secrets.delete(SecretName.TILL_TOKEN)
        secrets.delete(SecretName.TILL_TOKEN)
        assert secrets.get(SecretName.TILL_TOKEN) is None
        assert secrets.get(SecretName.CODE_PEPPER) == "00"


def test_two_profiles_do_not_see_each_others_secrets() -> None:
    backend = MemoryBackend()
    KeyringSecrets(backend, service="Comptoir main").set(SecretName.TILL_TOKEN, CANARY)
    assert KeyringSecrets(backend, service="Comptoir training").get(SecretName.TILL_TOKEN) is None


def test_no_value_shows_in_a_repr() -> None:
    for secrets in (KeyringSecrets(MemoryBackend(), service="Comptoir main"), SessionSecrets()):
        secrets.set(SecretName.TILL_TOKEN, CANARY)
        assert CANARY not in repr(secrets)
        assert CANARY not in str(secrets)


def test_a_keyring_that_works_is_used_and_the_probe_leaves_nothing() -> None:
    backend = MemoryBackend()
    opened = open_secrets("Comptoir main", choose=lambda: backend)
    assert opened.session_only is None
    opened.secrets.set(SecretName.DEVICE_KEY, "11")
    assert backend.values == {("Comptoir main", "device-key"): "11"}


@pytest.mark.parametrize(
    "error",
    [
        keyring.errors.KeyringLocked("locked"),
        keyring.errors.InitError("no collection"),
        keyring.errors.NoKeyringError(),
        keyring.errors.PasswordSetError(CANARY),
        OSError(5, "I/O error"),
        NameError("name 'x' is not defined"),
        TimeoutError(),
    ],
)
def test_whatever_a_keyring_throws_secrets_last_for_the_session_and_it_is_told(
    error: Exception, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG):
        opened = open_secrets("Comptoir main", choose=lambda: BrokenBackend(error))
    assert opened.session_only is not None
    assert opened.session_only.kind is ProblemKind.KEYRING_UNAVAILABLE
    assert CANARY not in caplog.text + str(opened.session_only)
    opened.secrets.set(SecretName.TILL_TOKEN, CANARY)
    assert opened.secrets.get(SecretName.TILL_TOKEN) == CANARY


def test_a_keyring_that_forgets_is_not_used() -> None:
    opened = open_secrets("Comptoir main", choose=ForgetfulBackend)
    assert isinstance(opened.secrets, SessionSecrets)
    assert opened.session_only is not None
    assert "give back" in opened.session_only.detail


def test_finding_the_keyring_may_fail_too() -> None:
    def choose() -> MemoryBackend:
        raise ImportError("no D-Bus")

    opened = open_secrets("Comptoir main", choose=choose)
    assert opened.session_only is not None
    assert opened.session_only.detail == "ImportError"


def test_a_keyring_that_waits_for_its_password_does_not_hold_the_till() -> None:
    backend = LockedBackend()
    secrets = KeyringSecrets(backend, service="Comptoir main", limit_s=0.05)
    with pytest.raises(Problem) as caught:
        secrets.get(SecretName.TILL_TOKEN)
    assert caught.value.kind is ProblemKind.KEYRING_UNAVAILABLE
    assert backend.asked.acquire(timeout=LONG_S)
    # While the dialog stands, further calls fail at once instead of queueing behind it.
    with pytest.raises(Problem, match="earlier question"):
        secrets.get(SecretName.TILL_TOKEN)
    backend.unlocked.set()


def test_a_keyring_that_is_unlocked_in_time_answers() -> None:
    backend = LockedBackend()
    backend.values["Comptoir main", "till-token"] = CANARY
    secrets = KeyringSecrets(backend, service="Comptoir main", limit_s=LONG_S)
    found: list[str | None] = []
    asking = threading.Thread(target=lambda: found.append(secrets.get(SecretName.TILL_TOKEN)))
    asking.start()
    assert backend.asked.acquire(timeout=LONG_S)
    backend.unlocked.set()
    asking.join()
    assert found == [CANARY]


def test_a_keyring_unlocked_too_late_works_again() -> None:
    backend = LockedBackend()
    secrets = KeyringSecrets(backend, service="Comptoir main", limit_s=0.05)
    with pytest.raises(Problem):
        secrets.get(SecretName.TILL_TOKEN)
    assert backend.asked.acquire(timeout=LONG_S)
    backend.unlocked.set()
    answered = None
    while answered != CANARY:  # until the late answer has come in
        with contextlib.suppress(Problem):
            secrets.set(SecretName.TILL_TOKEN, CANARY)
            answered = secrets.get(SecretName.TILL_TOKEN)


def test_a_locked_keyring_means_session_secrets() -> None:
    backend = LockedBackend()
    opened = open_secrets("Comptoir main", choose=lambda: backend, limit_s=0.05)
    assert isinstance(opened.secrets, SessionSecrets)
    backend.unlocked.set()


@pytest.mark.parametrize(
    "backend",
    [
        keyring.backends.fail.Keyring(),  # type: ignore[no-untyped-call]
        keyring.backends.null.Keyring(),  # type: ignore[no-untyped-call]
        PlainTextKeyring(),
        MemoryBackend(),
    ],
    ids=["fail", "null", "plain text", "somebody's own"],
)
def test_what_does_not_keep_secrets_is_refused(backend: object) -> None:
    with pytest.raises(Problem, match="does not keep secrets"):
        safe_among(backend)
    with pytest.raises(Problem, match="does not keep secrets"):
        safe_among(chainer(backend, PlainTextKeyring()))


def test_of_a_chain_only_the_safe_member_is_taken() -> None:
    safe = keyring.backends.SecretService.Keyring()  # type: ignore[no-untyped-call]
    assert safe_among(safe) is safe
    assert safe_among(chainer(PlainTextKeyring(), safe)) is safe


def chainer(*members: object) -> object:
    class Chainer:
        backends = members

    Chainer.__module__ = keyring.backends.chainer.__name__
    return Chainer()


def test_a_computer_without_a_keyring(monkeypatch: pytest.MonkeyPatch) -> None:
    """In every test run the system's keyring is keyring's own "fail" (conftest)."""
    with pytest.raises(Problem):
        system_backend()
    assert open_secrets("Comptoir main").session_only is not None

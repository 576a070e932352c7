"""A keyring of the operating system, as a till sees it: kept in memory, locked or gone at will."""

from __future__ import annotations

from dataclasses import dataclass, field

from merchant_app.settings.secrets import OpenedSecrets, open_secrets


class _NoKeyring(Exception):
    """As keyring's own NoKeyringError."""


@dataclass
class KeptSecrets:
    """Give `open` to a till; one object outlives several tills, as a keyring does.

    Attributes:
        values: by (service, name).
        gone: whether it fails at every call, as where no keyring runs.
    """

    values: dict[tuple[str, str], str] = field(default_factory=dict)
    gone: bool = False

    def open(self, service: str) -> OpenedSecrets:
        """See `merchant_app.settings.secrets.open_secrets`, which does the work."""
        return open_secrets(service, choose=lambda: self)

    def get_password(self, service: str, username: str, /) -> str | None:
        self._check()
        return self.values.get((service, username))

    def set_password(self, service: str, username: str, password: str, /) -> None:
        self._check()
        self.values[service, username] = password

    def delete_password(self, service: str, username: str, /) -> None:
        self._check()
        del self.values[service, username]

    def _check(self) -> None:
        if self.gone:
            raise _NoKeyring

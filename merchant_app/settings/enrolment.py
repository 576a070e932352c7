"""Where this till is enrolled: facts from the central service, no secrets among them.

The token, the till's private key and the pepper are in `secrets`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path
from typing import Any, TypeVar
from uuid import UUID

from merchant_app.errors import ProblemKind
from merchant_app.ids import EpochId, ShopNumber, TillId
from merchant_app.ledger.exposure import OfflineLimits
from merchant_app.money import CURRENCIES
from merchant_app.settings import document
from merchant_app.settings.paths import disk_problem

VERSION = 1
_TEXT_LENGTH_MAX = 500

Parsed = TypeVar("Parsed")


@dataclass(frozen=True, slots=True, kw_only=True)
class EnrolledTill:
    """What enrolment told, and what the service said last about policy and keys.

    Attributes:
        epoch_id: the enrolment the journal's chain starts from.
        issuer_keys: key id to 32 bytes (Ed25519); voucher tokens are verified with them.
        service_key: 32 bytes (Ed25519); signed heads are verified with it.
        generation: the service's history at enrolment; the journal's first chain starts in it.
        previous_head: the hash this enrolment's chain is rooted in; empty for a till's first.
        offline: what may be accepted offline, as the service said last.
        refused: the service did not accept this till when it was last asked.
    """

    service_url: str
    till_id: TillId
    till_name: str
    shop_number: ShopNumber
    shop_name: str
    shop_city: str
    currency: str
    time_zone: str
    epoch_id: EpochId
    issuer_keys: tuple[tuple[int, bytes], ...]
    service_key: bytes
    answer_wait_s: int
    contact_every_s: int
    generation: int
    previous_head: bytes = b""
    offline: OfflineLimits = field(default_factory=OfflineLimits)
    refused: bool = False


class EnrolmentStore:
    """The enrolment of one profile, in one file."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def load(self) -> EnrolledTill | None:
        """The enrolment; None when this computer is no till yet.

        Raises:
            Problem: SETTINGS_UNREADABLE; the detail names the bad field.
        """
        fields = document.read(self._path, version=VERSION)
        if fields is None:
            return None
        return _Reader(self._path, fields).till()

    def save(self, till: EnrolledTill) -> None:
        """Replace the file; on disk when this returns.

        Raises:
            Problem: the file cannot be read or written.
        """
        kept = document.read(self._path, version=VERSION) or {}
        document.write(self._path, {**kept, **_fields(till)}, version=VERSION)

    def forget(self) -> None:
        """This computer is no till any more.

        Raises:
            Problem: the file cannot be removed.
        """
        try:
            self._path.unlink(missing_ok=True)
        except OSError as error:
            raise disk_problem(error, ProblemKind.DISK_READ_ONLY) from error


def _fields(till: EnrolledTill) -> dict[str, Any]:
    return {
        "service_url": till.service_url,
        "till_id": str(till.till_id),
        "till_name": till.till_name,
        "shop_number": till.shop_number,
        "shop_name": till.shop_name,
        "shop_city": till.shop_city,
        "currency": till.currency,
        "time_zone": till.time_zone,
        "epoch_id": str(till.epoch_id),
        "issuer_keys": {str(key_id): key.hex() for key_id, key in till.issuer_keys},
        "service_key": till.service_key.hex(),
        "answer_wait_s": till.answer_wait_s,
        "contact_every_s": till.contact_every_s,
        "generation": till.generation,
        "previous_head": till.previous_head.hex(),
        "offline": asdict(till.offline),
        "refused": till.refused,
    }


class _Reader:
    """Takes the fields out one by one; the first bad one is named."""

    def __init__(self, path: Path, fields: dict[str, Any]) -> None:
        self._path = path
        self._fields = fields

    def till(self) -> EnrolledTill:
        return EnrolledTill(
            service_url=self._take("service_url", _text),
            till_id=TillId(self._take("till_id", _uuid)),
            till_name=self._take("till_name", _text),
            shop_number=ShopNumber(self._take("shop_number", _positive)),
            shop_name=self._take("shop_name", _text),
            shop_city=self._take("shop_city", _text),
            currency=self._take("currency", _currency),
            time_zone=self._take("time_zone", _text),
            epoch_id=EpochId(self._take("epoch_id", _uuid)),
            issuer_keys=self._take("issuer_keys", _keys),
            service_key=self._take("service_key", _key),
            answer_wait_s=self._take("answer_wait_s", _positive),
            contact_every_s=self._take("contact_every_s", _positive),
            generation=self._take("generation", _not_negative),
            # Not in the files of the first version: a chain of its own, the usual limits.
            previous_head=self._take("previous_head", _head, missing=""),
            offline=self._take("offline", _limits, missing={}),
            refused=self._take("refused", _truth, missing=False),
        )

    def _take(
        self, name: str, parse: Callable[[object], Parsed], *, missing: object = None
    ) -> Parsed:
        try:
            return parse(self._fields.get(name, missing))
        except ValueError as error:
            raise document.unreadable(self._path, f"bad field {name}") from error


def _text(value: object) -> str:
    if not isinstance(value, str) or len(value) > _TEXT_LENGTH_MAX:
        raise ValueError("not a short text")
    return value


def _uuid(value: object) -> UUID:
    return UUID(_text(value))


def _positive(value: object) -> int:
    if type(value) is not int or value < 1:
        raise ValueError("not a positive whole number")
    return value


def _not_negative(value: object) -> int:
    if type(value) is not int or value < 0:
        raise ValueError("not zero or more")
    return value


def _currency(value: object) -> str:
    currency = _text(value)
    if currency not in CURRENCIES:
        raise ValueError("unknown currency")
    return currency


def _key(value: object) -> bytes:
    key = bytes.fromhex(_text(value))
    if len(key) != 32:
        raise ValueError("not 32 bytes")
    return key


def _truth(value: object) -> bool:
    if not isinstance(value, bool):
        raise ValueError("neither true nor false")
    return value


def _head(value: object) -> bytes:
    return b"" if value == "" else _key(value)


def _limits(value: object) -> OfflineLimits:
    names = {one.name for one in fields(OfflineLimits)}
    if not isinstance(value, dict) or not names.issuperset(value):
        raise ValueError("not limits")
    limits: dict[str, Any] = {
        name: None if limit is None and name == "voucher_max_minor" else _not_negative(limit)
        for name, limit in value.items()
    }
    return OfflineLimits(**limits)


def _keys(value: object) -> tuple[tuple[int, bytes], ...]:
    if not isinstance(value, dict):
        raise ValueError("not keys by their id")
    return tuple(sorted((_key_id(key_id), _key(key)) for key_id, key in value.items()))


def _key_id(text: str) -> int:
    number = int(text)
    if not 0 <= number <= 255 or str(number) != text:
        raise ValueError("not a key id")
    return number

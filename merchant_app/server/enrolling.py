"""Tills: one-time codes, tokens, who is speaking, who may no longer.

A till is a place at a counter, not a computer: enrolling it again (new computer, lost keyring,
forked journal) gives it a new token and a new epoch, closes the old epochs and forgets the old
tokens. Its feed of outcomes goes on, so nothing that its past owes it is out of reach.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Row, delete, func, insert, select, update

from merchant_app.contract.paths import ENROLMENT_VALID_S
from merchant_app.contract.wire import EnrolmentRequest
from merchant_app.ids import EpochId, RandomBytes, TillId, uuid7
from merchant_app.ledger.entries import root_hash
from merchant_app.server import schema
from merchant_app.server.catalogue import CannotDo, ShopRow, lock_shop, shop_by_number
from merchant_app.server.keys import credential_hash, new_enrolment_code, new_till_token
from merchant_app.vouchers.scan import ENROLMENT_PREFIX

_TILL_NAME = "Caisse {}"


@dataclass(frozen=True, slots=True)
class Till:
    """A till that has proved who it is."""

    till_id: TillId
    name: str
    shop: ShopRow


@dataclass(frozen=True, slots=True)
class RevokedTill:
    """It was a till once. Its journal is not accepted any more; it keeps it."""


@dataclass(frozen=True, slots=True)
class NewTill:
    """An enrolled till with its one and only copy of the token.

    `previous_head`: where its last epoch ends, in which the new one is rooted; empty for the first.
    """

    till: Till
    epoch_id: EpochId
    token: str
    previous_head: bytes = b""


def offer(
    connection: Connection,
    *,
    shop: ShopRow,
    till_name: str | None,
    now: datetime,
    random_bytes: RandomBytes,
) -> str:
    """A one-time code for a new till, or for the till of that name again; valid ten minutes."""
    code = new_enrolment_code(random_bytes)
    connection.execute(
        insert(schema.enrolment_codes).values(
            code_hash=credential_hash(code),
            shop_number=shop.number,
            till_name=till_name,
            expires_at=now + timedelta(seconds=ENROLMENT_VALID_S),
        )
    )
    return code


def enrol(
    connection: Connection, request: EnrolmentRequest, *, now: datetime, random_bytes: RandomBytes
) -> NewTill | None:
    """Use up a code. None when it is unknown, used or too old; nobody is told which."""
    codes = schema.enrolment_codes
    code = request.code.strip().upper().removeprefix(ENROLMENT_PREFIX)
    offered = connection.execute(
        update(codes)
        .where(codes.c.code_hash == credential_hash(code))
        .where(codes.c.used_at.is_(None), codes.c.expires_at > now)
        .values(used_at=now)
        .returning(codes.c.shop_number, codes.c.till_name)
    ).one_or_none()
    if offered is None:
        return None
    lock_shop(connection, offered.shop_number)
    shop = shop_by_number(connection, offered.shop_number)
    public_key = bytes.fromhex(request.public_key)
    known = _known_till(connection, shop, name=offered.till_name, public_key=public_key)
    facts = {
        "public_key": public_key,
        "program_version": request.program_version,
        "revoked": False,
        # A restored service waits for what it knows, whatever it had sent under its last epoch.
        "resynced": False,
        "enrolled_at": now,
    }
    previous_head = b""
    if known is None:
        till_id = TillId(uuid7(now, random_bytes))
        name = offered.till_name or _free_name(connection, shop)
        connection.execute(
            insert(schema.tills).values(
                id=till_id, shop_number=shop.number, name=name, feed_position=0, **facts
            )
        )
    else:
        till_id, name = TillId(known.id), known.name
        connection.execute(update(schema.tills).where(schema.tills.c.id == till_id).values(**facts))
        previous_head = _last_head(connection, till_id)
        _forget_credentials(connection, till_id)
    epoch_id = EpochId(uuid7(now, random_bytes))
    _open_epoch(connection, till_id, epoch_id, previous_head=previous_head)
    token = new_till_token(random_bytes)
    connection.execute(
        insert(schema.till_tokens).values(
            token_hash=credential_hash(token), till_id=till_id, issued_at=now
        )
    )
    return NewTill(Till(till_id, name, shop), epoch_id, token, previous_head)


def _known_till(
    connection: Connection, shop: ShopRow, *, name: str | None, public_key: bytes
) -> Row[Any, Any] | None:
    """The till to enrol again: the one that was named, or the one that has this very key."""
    tills = schema.tills
    same = tills.c.name == name if name is not None else tills.c.public_key == public_key
    return connection.execute(
        select(tills.c.id, tills.c.name)
        .where(tills.c.shop_number == shop.number, same)
        .order_by(tills.c.enrolled_at.desc())
        .limit(1)
    ).one_or_none()


def _free_name(connection: Connection, shop: ShopRow) -> str:
    names = schema.tills.c.name
    taken = set(connection.scalars(select(names).where(schema.tills.c.shop_number == shop.number)))
    number = 1
    while _TILL_NAME.format(number) in taken:
        number += 1
    return _TILL_NAME.format(number)


def _forget_credentials(connection: Connection, till_id: UUID) -> None:
    connection.execute(delete(schema.till_tokens).where(schema.till_tokens.c.till_id == till_id))
    connection.execute(
        update(schema.epochs).where(schema.epochs.c.till_id == till_id).values(closed=True)
    )


def _last_head(connection: Connection, till_id: UUID) -> bytes:
    """Where the newest epoch of a till ends: the open one, as long as it has one."""
    epochs = schema.epochs
    head = connection.scalar(
        select(epochs.c.head_hash)
        .where(epochs.c.till_id == till_id)
        .order_by(epochs.c.closed, epochs.c.id.desc())
        .limit(1)
        .with_for_update(key_share=True)
    )
    return b"" if head is None else bytes(head)


def _open_epoch(
    connection: Connection, till_id: UUID, epoch_id: EpochId, *, previous_head: bytes
) -> None:
    root = root_hash(epoch_id, previous_head)
    connection.execute(
        insert(schema.epochs).values(
            id=epoch_id, till_id=till_id, root=root, head_seq=0, head_hash=root, closed=False
        )
    )


def authenticate(connection: Connection, token: str) -> Till | RevokedTill | None:
    """Who speaks; None when nobody we know does."""
    row = connection.execute(
        select(schema.tills)
        .join(schema.till_tokens)
        .where(schema.till_tokens.c.token_hash == credential_hash(token))
    ).one_or_none()
    if row is None:
        return None
    if row.revoked:
        return RevokedTill()
    return Till(TillId(row.id), row.name, shop_by_number(connection, row.shop_number))


def revoke_till(connection: Connection, till_id: UUID) -> None:
    """The till is answered 410 from now on. Enrolling it again by name brings it back.

    Raises:
        CannotDo: there is no such till.
    """
    done = connection.execute(
        update(schema.tills).where(schema.tills.c.id == till_id).values(revoked=True)
    )
    if done.rowcount != 1:
        raise CannotDo("There is no such till. The command “tills” lists them.")


def all_tills(connection: Connection) -> list[dict[str, object]]:
    """Every till with its shop, state and number of journal entries, for people."""
    stored = (
        select(func.coalesce(func.sum(schema.epochs.c.head_seq), 0))
        .where(schema.epochs.c.till_id == schema.tills.c.id)
        .scalar_subquery()
    )
    rows = connection.execute(
        select(schema.tills, schema.shops.c.slug, stored.label("stored"))
        .join(schema.shops)
        .order_by(schema.shops.c.number, schema.tills.c.name)
    )
    return [
        {
            "till_id": str(row.id),
            "shop": row.slug,
            "name": row.name,
            "state": "revoked" if row.revoked else "active",
            "enrolled_at": row.enrolled_at.isoformat(),
            "entries": int(row.stored),
        }
        for row in rows
    ]

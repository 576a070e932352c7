"""The service's secrets, and what is made with them: codes, their hashes, tokens, signed heads.

A voucher's short code is not stored anywhere: it is 80 bits of HMAC-SHA256(code secret, voucher
id), so a lost voucher can be printed again and a stolen table of vouchers holds nothing that can be
spent. What is stored are two keyed hashes of it: one of the service, to look it up by, and one of
the shop, for its tills' snapshots.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from uuid import UUID

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from sqlalchemy import Connection, insert, select

from merchant_app.contract.paths import ENROLMENT_CODE_BITS, TOKEN_PREFIX
from merchant_app.contract.wire import KeyState
from merchant_app.ids import RandomBytes
from merchant_app.server import policy, schema
from merchant_app.server.database import take_turns
from merchant_app.vouchers import code as short_codes
from merchant_app.vouchers import token as tokens
from merchant_app.vouchers.code import ShortCode

SECRET_BYTES = 32
TILL_TOKEN_BYTES = 32
FIRST_ISSUER_KEY_ID = 1
FIRST_GENERATION = 1


@dataclass(frozen=True, slots=True)
class Secrets:
    """What must not leave the service; hidden from `repr`."""

    signing_key: Ed25519PrivateKey = field(repr=False)
    code_secret: bytes = field(repr=False)
    code_hash_secret: bytes = field(repr=False)
    issuer_key_id: int
    issuer_key: Ed25519PrivateKey = field(repr=False)

    def code_of(self, voucher_id: UUID) -> ShortCode:
        """The short code of a voucher, the same every time."""
        digest = hmac.digest(self.code_secret, voucher_id.bytes, "sha256")
        return short_codes.encode(int.from_bytes(digest[:10], "big"))

    def code_hash(self, code: ShortCode) -> bytes:
        """What a voucher is found by when somebody types its code."""
        return hmac.digest(self.code_hash_secret, code.encode("ascii"), "sha256")

    def token_of(self, token: tokens.Token) -> str:
        """The text of a voucher's QR code. Ed25519 is deterministic: the same every time."""
        return tokens.sign(token, self.issuer_key)


def code_mac(pepper: bytes, code: ShortCode) -> bytes:
    """What a shop's tills recognise a code by: HMAC-SHA256(pepper, code)."""
    return hmac.digest(pepper, code.encode("ascii"), "sha256")


def create_secrets(connection: Connection, random_bytes: RandomBytes) -> None:
    """Give a new database its secrets; leaves those of an old one alone."""
    take_turns(connection)
    if connection.scalar(select(schema.service.c.id)) is not None:
        return
    issuer_key = Ed25519PrivateKey.from_private_bytes(random_bytes(SECRET_BYTES))
    connection.execute(
        insert(schema.service).values(
            id=1,
            signing_key=random_bytes(SECRET_BYTES),
            code_secret=random_bytes(SECRET_BYTES),
            code_hash_secret=random_bytes(SECRET_BYTES),
            generation=FIRST_GENERATION,
            **policy.columns_of(policy.DEFAULTS),
        )
    )
    connection.execute(
        insert(schema.issuer_keys).values(
            key_id=FIRST_ISSUER_KEY_ID,
            private_key=issuer_key.private_bytes_raw(),
            public_key=issuer_key.public_key().public_bytes_raw(),
            state=KeyState.CURRENT.value,
        )
    )


def load_secrets(connection: Connection) -> Secrets:
    """The secrets of this database."""
    row = connection.execute(select(schema.service)).one()
    issuer = connection.execute(
        select(schema.issuer_keys).where(schema.issuer_keys.c.state == KeyState.CURRENT.value)
    ).one()
    return Secrets(
        signing_key=Ed25519PrivateKey.from_private_bytes(row.signing_key),
        code_secret=row.code_secret,
        code_hash_secret=row.code_hash_secret,
        issuer_key_id=issuer.key_id,
        issuer_key=Ed25519PrivateKey.from_private_bytes(issuer.private_key),
    )


def public_keys(connection: Connection) -> Mapping[int, Ed25519PublicKey]:
    """Every key that vouchers were ever signed with."""
    rows = connection.execute(select(schema.issuer_keys.c.key_id, schema.issuer_keys.c.public_key))
    return {row.key_id: Ed25519PublicKey.from_public_bytes(row.public_key) for row in rows}


def generation_of(connection: Connection) -> int:
    """Which history of this service it is: one more after every restored backup."""
    return int(connection.execute(select(schema.service.c.generation)).scalar_one())


def new_till_token(random_bytes: RandomBytes = secrets.token_bytes) -> str:
    """A till's bearer token: 256 random bits. Only its hash is stored."""
    return TOKEN_PREFIX + random_bytes(TILL_TOKEN_BYTES).hex()


def new_enrolment_code(random_bytes: RandomBytes = secrets.token_bytes) -> str:
    """A one-time code of 130 bits in Crockford's letters: a scanner gun can type it."""
    number = int.from_bytes(random_bytes(-(-ENROLMENT_CODE_BITS // 8)), "big")
    count = ENROLMENT_CODE_BITS // 5
    return "".join(short_codes.ALPHABET[number >> (5 * place) & 31] for place in range(count))


def credential_hash(credential: str) -> bytes:
    """How tokens and enrolment codes are stored.

    Plain SHA-256: with 128 random bits and more there is nothing to guess that a slow hash or a
    salt would protect (ASVS 5.0, 11.4). Looking a hash up takes the same time for every miss.
    """
    return hashlib.sha256(credential.encode()).digest()

"""A central service in memory: the real rules, the real chain, real signatures; faults at will.

    central = FakeCentral(clock)
    voucher = central.issue(5000)
    till = central.new_till()                    # a port.CentralService
    central.faults.append(LoseAnswer())          # the next call is done, its answer lost
    central.unreachable = NoAnswerKind.DOWN      # every call, until it is None again

It passes the contract suite that the real service passes (tests/contract). Any thread may call it.
"""

from __future__ import annotations

import hmac
import random
import re
import threading
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from typing import TypeVar
from uuid import UUID

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from merchant_app.central.port import (
    Batch,
    BookingsOutcome,
    Enrolled,
    EnrolmentOutcome,
    EnrolmentRefused,
    Found,
    HeldEntriesOutcome,
    HeldEpochsOutcome,
    IssuerKey,
    JournalOutcome,
    LookupOutcome,
    NoAnswer,
    NoAnswerKind,
    NoSuchVoucher,
    NotAuthorised,
    NotAuthorisedKind,
    OfOtherShop,
    Policy,
    Rejected,
    Shop,
    SnapshotVoucher,
    StatementOutcome,
    TillFacts,
    TillOutcome,
    VouchersOutcome,
    VouchersPage,
)
from merchant_app.clock import Clock
from merchant_app.contract.wire import VOUCHERS_PER_PAGE_MAX
from merchant_app.ids import EpochId, ShopNumber, TillId, VoucherId, uuid7
from merchant_app.money import Money
from merchant_app.vouchers import code as codes
from merchant_app.vouchers import token as tokens
from merchant_app.vouchers.code import ShortCode
from merchant_app.vouchers.holders import Holder
from merchant_app.vouchers.terms import Terms, Voucher, VoucherStatus
from merchant_app.vouchers.token import Token
from tests.fakes.central_faults import Fault, Hold, LoseAnswer, LoseRequest, Twice
from tests.fakes.central_ledger import FakeLedger
from tests.fakes.central_statements import FakeStatements
from tests.fakes.memory_books import MemoryBooks

__all__ = ["FakeCentral", "FakeTill", "Hold", "LoseAnswer", "LoseRequest", "Twice"]

Answer = TypeVar("Answer")

ISSUER_KEY_ID = 1
SHOP = Shop(ShopNumber(7), "Librairie Cassiopée", "Val d'Oingt", "EUR", "Europe/Paris")
OTHER_SHOP = Shop(ShopNumber(8), "Librairie Obliques", "Auxerre", "EUR", "Europe/Paris")


@dataclass(frozen=True)
class Issued:
    """A voucher with the two things its owner holds."""

    voucher_id: VoucherId
    code: ShortCode
    token: str


@dataclass(frozen=True)
class Backup:
    """What `FakeCentral.restore` goes back to."""

    books: MemoryBooks
    codes: dict[ShortCode, VoucherId]
    tills: dict[TillId, tuple[FakeTill, NotAuthorisedKind | None]]


_CURSOR = re.compile(r"([0-9]{1,9})\.([0-9]{1,16})")
_BEING_RESTORED = NoAnswer(NoAnswerKind.BEING_RESTORED)


class FakeCentral:
    """The service itself, and `port.Enrolment`.

    Attributes:
        faults: what happens to the next calls, in order.
        unreachable: while set, no call arrives.
        refuses: while set, no till is authorised.
        calls: the name of every call that arrived.
        statements: the fee and the payouts.
    """

    def __init__(self, clock: Clock, *, seed: int = 1) -> None:
        self.clock = clock
        self.faults: deque[Fault] = deque()
        self.unreachable: NoAnswerKind | None = None
        self.refuses: NotAuthorisedKind | None = None
        self.calls: list[str] = []
        self.shop, self.policy = SHOP, Policy(answer_wait_s=5, contact_every_s=10)
        self.random_bytes = random.Random(seed).randbytes
        self.issuer_key = Ed25519PrivateKey.from_private_bytes(self.random_bytes(32))
        self.service_key = Ed25519PrivateKey.from_private_bytes(self.random_bytes(32))
        self.pepper = self.random_bytes(32)
        self.ledger = FakeLedger(clock, shop=SHOP, signing_key=self.service_key)
        self.statements = FakeStatements(clock, SHOP)
        self._guard = threading.RLock()
        self._codes: dict[ShortCode, VoucherId] = {}
        self._holders: dict[VoucherId, Holder | None] = {}
        self._offers: dict[str, str | None] = {}
        self._tills: dict[TillId, FakeTill] = {}

    # --- what a test arranges -------------------------------------------------------------------

    def issue(
        self,
        amount_minor: int = 5000,
        *,
        terms: Terms | None = None,
        shop: Shop = SHOP,
        status: VoucherStatus = VoucherStatus.ACTIVE,
        holder: str = "Claire D.",
        bought_for: Holder | None = None,
        currency: str | None = None,
    ) -> Issued:
        """A new voucher of this shop, or of `OTHER_SHOP`."""
        with self._guard:
            voucher_id = VoucherId(self._new_id())
            code = codes.encode(int.from_bytes(self.random_bytes(10), "big"))
            face = Money(amount_minor, currency or shop.currency)
            voucher = Voucher(
                voucher_id=voucher_id,
                shop_number=shop.number,
                face=face,
                balance=face,
                terms=terms or Terms(),
                status=status,
                label=codes.label(code),
                holder=holder,
            )
            self._codes[code] = voucher_id
            self._holders[voucher_id] = bought_for
            self.ledger.add(voucher, shop_title=f"{shop.name}, {shop.city}")
            token = Token(ISSUER_KEY_ID, shop.number, voucher_id, face, voucher.terms.expires_on)
            return Issued(voucher_id, code, tokens.sign(token, self.issuer_key))

    def withdraw(self, voucher: Issued) -> None:
        """Revoke a voucher."""
        with self._guard:
            self.ledger.change(voucher.voucher_id, status=VoucherStatus.REVOKED)

    def balance_minor(self, voucher: Issued) -> int:
        with self._guard:
            return self.ledger.vouchers[voucher.voucher_id].balance.minor

    def offer_enrolment(self, till_name: str | None = None) -> str:
        """A one-time enrolment code: for a new till, or for the till of that name again."""
        with self._guard:
            code = "E1:" + self.random_bytes(16).hex().upper()
            self._offers[code] = till_name
            return code

    def new_till(self, name: str | None = None) -> FakeTill:
        """An enrolled till, without going through `enrol`.

        A name that is known already enrols that till again: same id, new epoch, the old one closed.
        """
        with self._guard:
            before = next((till for till in self._tills.values() if till.name == name), None)
            till = FakeTill(
                self,
                TillId(self._new_id()) if before is None else before.till_id,
                name or f"Caisse {len(self._tills) + 1}",
                EpochId(self._new_id()),
            )
            if before is not None:
                before.refused = NotAuthorisedKind.TOKEN_REFUSED
            self._tills[till.till_id] = till
            till.previous_head = self.ledger.open_epoch(
                till.till_id, till.epoch_id, till_name=till.name
            )
            return till

    def revoke(self, till: FakeTill) -> None:
        """The till is not authorised any more; enrolling it again by name brings it back."""
        with self._guard:
            till.refused = NotAuthorisedKind.TILL_REVOKED
            self.ledger.revoke(till.till_id)

    def till_of(self, enrolled: Enrolled) -> FakeTill:
        """The service as the till sees it that `enrol` made."""
        return self._tills[enrolled.facts.till_id]

    def backup(self) -> Backup:
        """Everything that the service knows now."""
        with self._guard:
            tills = {till_id: (till, till.refused) for till_id, till in self._tills.items()}
            return Backup(self.ledger.backup(), self._codes.copy(), tills)

    def restore(self, backup: Backup) -> None:
        """Lose everything that came after the backup, and begin a new generation.

        A till that enrolled since is not known any more.
        """
        with self._guard:
            for till in self._tills.values():
                till.refused = NotAuthorisedKind.TOKEN_REFUSED
            self._tills = {till_id: till for till_id, (till, _) in backup.tills.items()}
            for till, refused in backup.tills.values():
                till.refused = refused
            self._codes = backup.codes.copy()
            self.ledger.restore(backup.books)

    def restore_from_backup(self) -> None:
        """As after a restore from a backup in which nothing was missing."""
        with self._guard:
            self.ledger.begin_new_generation()

    def close_recovery(self) -> None:
        """Finish the recovery without the tills that are missing."""
        with self._guard:
            self.ledger.close_recovery()

    # --- port.Enrolment -------------------------------------------------------------------------

    def enrol(self, code: str, *, public_key: bytes, program_version: str) -> EnrolmentOutcome:
        def do() -> EnrolmentOutcome:
            if code not in self._offers:
                return EnrolmentRefused()
            till = self.new_till(self._offers.pop(code))
            token = "ct1_" + self.random_bytes(24).hex()
            facts = self.facts_of(till)
            return Enrolled(facts, till.epoch_id, token, self.pepper, till.previous_head)

        return self.serve("enrol", do)

    # --- for FakeTill ---------------------------------------------------------------------------

    def facts_of(self, till: FakeTill) -> TillFacts:
        tills = sum(one.refused is None for one in self._tills.values())
        offline = replace(self.policy.offline, tills=max(1, tills))
        return TillFacts(
            till_id=till.till_id,
            till_name=till.name,
            shop=self.shop,
            policy=replace(self.policy, offline=offline),
            keys=(IssuerKey(ISSUER_KEY_ID, self.issuer_key.public_key().public_bytes_raw()),),
            service_key=self.service_key.public_key().public_bytes_raw(),
            generation=self.ledger.generation,
            server_time=self.clock.now(),
        )

    def look_up(
        self, voucher_id: VoucherId | None
    ) -> Found | OfOtherShop | NoSuchVoucher | NoAnswer:
        if self.ledger.recovering:
            return _BEING_RESTORED
        voucher = self.ledger.vouchers.get(voucher_id) if voucher_id is not None else None
        if voucher is None:
            return NoSuchVoucher()
        if voucher.shop_number != self.shop.number:
            return OfOtherShop(OTHER_SHOP.name, OTHER_SHOP.city)
        return Found(voucher, self.ledger.history(voucher.voucher_id))

    def vouchers(self, cursor: str) -> VouchersPage | Rejected | NoAnswer:
        books = self.ledger.books
        match = _CURSOR.fullmatch(cursor) if cursor else None
        if cursor and match is None:
            return Rejected(400, "cursor")
        if books.recovering:
            return _BEING_RESTORED
        goes_on = match is not None and int(match[1]) == books.generation
        version = int(match[2]) if match is not None and goes_on else 0
        changed = []
        for voucher_id, changed_at in reversed(books.versions.items()):
            if changed_at <= version:
                break
            if books.vouchers[voucher_id].shop_number == self.shop.number:
                changed.append((voucher_id, changed_at))
        page = changed[::-1][:VOUCHERS_PER_PAGE_MAX]
        last = page[-1][1] if page else version
        code_of = {voucher_id: code for code, voucher_id in self._codes.items()}
        return VouchersPage(
            vouchers=tuple(
                SnapshotVoucher(books.vouchers[id_], self._mac(code_of[id_]), self._holders[id_])
                for id_, _ in page
            ),
            gone=(),
            next_cursor=f"{books.generation}.{last}",
            more=len(changed) > len(page),
            starts_over=not goes_on,
        )

    def _mac(self, code: ShortCode) -> bytes:
        return hmac.digest(self.pepper, code.encode(), "sha256")

    def id_of_code(self, code: ShortCode) -> VoucherId | None:
        return self._codes.get(code)

    def id_of_token(self, text: str) -> VoucherId | None:
        token = tokens.verify(text, {ISSUER_KEY_ID: self.issuer_key.public_key()})
        return token.voucher_id if isinstance(token, Token) else None

    def serve(self, call: str, do: Callable[[], Answer]) -> Answer | NoAnswer:
        """Let one call arrive, or not; do it; let its answer through, or not."""
        with self._guard:
            fault = self.faults.popleft() if self.faults else None
        if isinstance(fault, Hold):
            fault.arrived.set()
            fault.release.wait()
        with self._guard:
            if self.unreachable is not None:
                return NoAnswer(self.unreachable)
            if isinstance(fault, LoseRequest):
                return NoAnswer(fault.kind)
            self.calls.append(call)
            answer = do()
            if isinstance(fault, Twice):
                self.calls.append(call)
                answer = do()
            return NoAnswer(fault.kind) if isinstance(fault, LoseAnswer) else answer

    def _new_id(self) -> UUID:
        return uuid7(self.clock.now(), self.random_bytes)


class FakeTill:
    """`port.CentralService` for one till of a `FakeCentral`.

    Attributes:
        refused: why this till is not authorised; None while it is.
        previous_head: the hash that its epoch is rooted in.
    """

    def __init__(self, central: FakeCentral, till_id: TillId, name: str, epoch_id: EpochId) -> None:
        self._central = central
        self.till_id = till_id
        self.name = name
        self.epoch_id = epoch_id
        self.previous_head = b""
        self.refused: NotAuthorisedKind | None = None

    @property
    def facts(self) -> TillFacts:
        """What `till_facts` would say, without a call."""
        return self._central.facts_of(self)

    def till_facts(self) -> TillOutcome:
        return self._serve("till_facts", lambda: self._central.facts_of(self))

    def look_up_code(self, code: ShortCode) -> LookupOutcome:
        central = self._central
        return self._serve("look_up_code", lambda: central.look_up(central.id_of_code(code)))

    def look_up_token(self, token: str) -> LookupOutcome:
        central = self._central
        return self._serve("look_up_token", lambda: central.look_up(central.id_of_token(token)))

    def look_up_voucher(self, voucher_id: VoucherId) -> LookupOutcome:
        def own() -> Found | OfOtherShop | NoSuchVoucher | NoAnswer:
            found = self._central.look_up(voucher_id)
            return NoSuchVoucher() if isinstance(found, OfOtherShop) else found

        return self._serve("look_up_voucher", own)

    def append_journal(self, batch: Batch, *, wait_s: float) -> JournalOutcome:
        ledger = self._central.ledger
        return self._serve("append_journal", lambda: ledger.append(self.till_id, batch))

    def vouchers(self, cursor: str) -> VouchersOutcome:
        return self._serve("vouchers", lambda: self._central.vouchers(cursor))

    def held_epochs(self) -> HeldEpochsOutcome:
        ledger = self._central.ledger
        return self._serve("held_epochs", lambda: ledger.held_epochs(self.till_id))

    def held_entries(self, epoch_id: EpochId, *, after_seq: int) -> HeldEntriesOutcome:
        ledger = self._central.ledger
        return self._serve(
            "held_entries",
            lambda: ledger.held_entries(self.till_id, epoch_id, after_seq=after_seq),
        )

    def statement(self, first_day: date, last_day: date) -> StatementOutcome:
        central = self._central
        return self._serve(
            "statement", lambda: central.statements.statement(central.ledger, first_day, last_day)
        )

    def bookings(self, first_day: date, last_day: date, *, cursor: int) -> BookingsOutcome:
        central = self._central
        return self._serve(
            "bookings",
            lambda: central.statements.bookings(central.ledger, first_day, last_day, cursor),
        )

    def _serve(self, call: str, do: Callable[[], Answer]) -> Answer | NotAuthorised | NoAnswer:
        def checked() -> Answer | NotAuthorised:
            refused = self.refused or self._central.refuses
            return do() if refused is None else NotAuthorised(refused)

        return self._central.serve(call, checked)

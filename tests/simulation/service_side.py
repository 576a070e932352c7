"""The central service as the simulation runs it: the shipping rules over books in memory.

It answers what arrives; whether anything arrives, and whether the answer does, is the world's.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from random import Random

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from merchant_app.central.port import (
    NoAnswer,
    NoAnswerKind,
    NotAuthorised,
    NotAuthorisedKind,
    Rejected,
)
from merchant_app.clock import Clock
from merchant_app.ids import EpochId, OpId, TillId, VoucherId
from merchant_app.ledger.entries import Envelope
from merchant_app.ledger.evaluation import Rules
from merchant_app.ledger.intake import IntakeRules
from merchant_app.ledger.messages import (
    Batch,
    Forked,
    HeldEntries,
    HeldEpochs,
    Rewind,
    Stored,
)
from merchant_app.money import Money
from merchant_app.vouchers.terms import Terms, Voucher, VoucherStatus
from tests.fakes.central import SHOP
from tests.fakes.central_ledger import FakeLedger
from tests.fakes.memory_books import MemoryBooks


@dataclass(frozen=True, slots=True)
class AskEpochs:
    """`GET /v1/journal/epochs`"""


@dataclass(frozen=True, slots=True)
class AskEntries:
    """`GET /v1/journal/entries`, all pages at once."""

    epoch_id: EpochId
    after_seq: int


@dataclass(frozen=True, slots=True)
class AskVouchers:
    """`GET /v1/vouchers`"""


@dataclass(frozen=True, slots=True)
class Vouchers:
    """Every voucher's balance, and how new that is."""

    age: tuple[int, int]
    balances: Mapping[VoucherId, int]


Question = Batch | AskEpochs | AskEntries | AskVouchers
Answer = (
    Stored
    | Rewind
    | Forked
    | Rejected
    | HeldEpochs
    | HeldEntries
    | Vouchers
    | NotAuthorised
    | NoAnswer
)


class ServiceSide:
    """The service. `refused` are the tills whose tokens were revoked."""

    def __init__(
        self,
        clock: Clock,
        random: Random,
        *,
        rules: Rules | None = None,
        intake_rules: IntakeRules | None = None,
    ) -> None:
        self._random = random
        key = Ed25519PrivateKey.from_private_bytes(random.randbytes(32))
        self.ledger = FakeLedger(
            clock,
            shop=SHOP,
            signing_key=key,
            signed=False,
            rules=rules,
            intake_rules=intake_rules,
        )
        self.refused: set[TillId] = set()
        self._backup = self.ledger.backup()
        self._told: tuple[MemoryBooks, Vouchers] | None = None

    def issue(self, voucher_id: VoucherId, minor: int) -> None:
        """A new voucher."""
        voucher = Voucher(
            voucher_id=voucher_id,
            shop_number=SHOP.number,
            face=Money(minor, SHOP.currency),
            balance=Money(minor, SHOP.currency),
            terms=Terms(),
            status=VoucherStatus.ACTIVE,
            label="…H2M7",
        )
        self.ledger.add(voucher, shop_title="Librairie")

    def enrol(self, till_id: TillId, epoch_id: EpochId) -> bytes:
        """The head that the till's new epoch is rooted in."""
        self.refused.discard(till_id)
        return self.ledger.open_epoch(till_id, epoch_id, till_name="Caisse")

    # --- what arrives ----------------------------------------------------------------------------

    def answer(self, till_id: TillId, question: Question) -> Answer:
        """What the service says, and does."""
        if self.refused and till_id in self.refused:
            return NotAuthorised(NotAuthorisedKind.TILL_REVOKED)
        match question:
            case Batch():
                return self.append(till_id, question)
            case AskEpochs():
                return self.ledger.held_epochs(till_id)
            case AskEntries(epoch_id=epoch_id, after_seq=after_seq):
                return self._entries(till_id, epoch_id, after_seq)
            case AskVouchers():
                return self._vouchers()

    def append(self, till_id: TillId, batch: Batch) -> Answer:
        """The one call that moves money."""
        return self.ledger.append(till_id, batch)

    def _entries(self, till_id: TillId, epoch_id: EpochId, after_seq: int) -> Answer:
        page = self.ledger.held_entries(till_id, epoch_id, after_seq=after_seq)
        entries: tuple[Envelope, ...] = ()
        while isinstance(page, HeldEntries):
            entries = (*entries, *page.entries)
            if not page.more:
                return HeldEntries(epoch_id, entries, more=False)
            page = self.ledger.held_entries(till_id, epoch_id, after_seq=entries[-1].seq)
        return page

    def _vouchers(self) -> Answer:
        ledger = self.ledger
        if ledger.recovering:
            return NoAnswer(NoAnswerKind.BEING_RESTORED)
        books = ledger.books
        age = (books.generation, books.version)
        if self._told is None or self._told[0] is not books or self._told[1].age != age:
            balances = {
                voucher_id: voucher.balance.minor for voucher_id, voucher in books.vouchers.items()
            }
            self._told = books, Vouchers(age, balances)
        return self._told[1]

    def died(self) -> None:
        """The program ended after it had committed, before it could answer."""

    # --- what people do there --------------------------------------------------------------------

    def back_up(self) -> None:
        """Keep everything as it is now."""
        self._backup = self.ledger.backup()

    def restore(self) -> None:
        """Lose everything since the last backup."""
        self.ledger.restore(self._backup)
        self._backup = self.ledger.backup()

    def park(self, op_id: OpId) -> None:
        """Evaluating this op fails until somebody mends the service."""
        self.ledger.parked_ops.add(op_id)

    def mend(self) -> None:
        """Somebody understood what was wrong."""
        self.ledger.parked_ops.clear()
        self.ledger.evaluate_parked()

"""What redemptions add up to: pure arithmetic over what the journal says of each.

One redemption's part in the figures follows from what is known of it; what a closing books is the
part it has now less the part it had before, so closings add up to the whole, however often they are
made. For every redemption that was handed over:

    amount = debited + shortfall + repaid + reversed + waiting

each of them as far as the central service has said so; `waiting` is what it has not booked yet.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, fields

from merchant_app.clock import local_time
from merchant_app.contract.status import OutcomeStatus
from merchant_app.errors import Bug
from merchant_app.ids import VoucherId
from merchant_app.journal.closed_ops import Standing, TouchedOp
from merchant_app.ledger.entries import Redemption

UNKNOWN = "unknown"
"""The bucket of vouchers that the till's copy does not have (any more)."""


@dataclass(frozen=True, slots=True)
class Share:
    """One redemption's part in the figures, or the difference of two; minor units.

    Attributes:
        redeemed: 1 where the goods were handed over, whatever the service says of it.
        reversed_: 1 where the service has taken a void of it.
        short: 1 where something of it is a loss.
        repaid_minor: of a loss, what a second redemption paid (`Choice.RETRIED`); that one is
            redeemed in its own right.
        waiting_minor: handed over, and not booked by the service.
    """

    redeemed: int = 0
    redeemed_minor: int = 0
    reversed_: int = 0
    reversed_minor: int = 0
    short: int = 0
    shortfall_minor: int = 0
    repaid_minor: int = 0
    waiting_minor: int = 0

    def __sub__(self, other: Share) -> Share:
        return Share(*(getattr(self, one.name) - getattr(other, one.name) for one in fields(Share)))

    @property
    def debited_minor(self) -> int:
        """What the central service has debited for it."""
        return (
            self.redeemed_minor
            - self.reversed_minor
            - self.shortfall_minor
            - self.repaid_minor
            - self.waiting_minor
        )

    @property
    def is_booked(self) -> bool:
        """Whether it changes a figure."""
        return any(
            (self.redeemed_minor, self.reversed_minor, self.shortfall_minor, self.repaid_minor)
        )


def share_of(redemption: Redemption, standing: Standing | None) -> Share:
    """A redemption's part, as far as it is known; nothing before it was entered."""
    if standing is None or not standing.handed_over:
        return Share()
    amount_minor = sum(line.amount.minor for line in redemption.lines)
    told = standing.told
    match None if told is None else told.status:
        case OutcomeStatus.ACCEPTED | OutcomeStatus.SHORT if told is not None:
            return Share(
                redeemed=1,
                redeemed_minor=amount_minor,
                short=int(told.shortfall_minor > 0),
                shortfall_minor=told.shortfall_minor,
                repaid_minor=amount_minor - told.accepted_minor - told.shortfall_minor,
            )
        case OutcomeStatus.VOIDED:
            return Share(
                redeemed=1, redeemed_minor=amount_minor, reversed_=1, reversed_minor=amount_minor
            )
        case _:
            # Nothing was said, or a refusal from before the hand-over: the service will debit what
            # is there as soon as it hears of it.
            return Share(redeemed=1, redeemed_minor=amount_minor, waiting_minor=amount_minor)


@dataclass(slots=True)
class Bucket:
    """Part of the figures: what has something in common. Counts vouchers, or redemptions."""

    count: int = 0
    redeemed_minor: int = 0
    reversed_minor: int = 0

    def add(self, *, count: int, redeemed_minor: int, reversed_minor: int) -> None:
        self.count += count
        self.redeemed_minor += redeemed_minor
        self.reversed_minor += reversed_minor


Buckets = dict[str, Bucket]


@dataclass(frozen=True, slots=True)
class VoucherFacts:
    """What entries do not say of a voucher."""

    face_minor: int
    vat_kind: str


FindVoucher = Callable[[VoucherId], VoucherFacts | None]
"""From the till's copy of the vouchers, at the time of the closing."""


@dataclass(slots=True)
class Figures:
    """The figures of a range; they can be added up.

    Attributes:
        redeemed_minor: goods handed over, gross: reversals and losses are not taken off.
        online_minor: of it, debited before the goods were handed over.
        offline_minor: handed over without asking the service.
        manager_minor: of that, what somebody responsible took beyond a limit, by a PIN.
        by_face: by the vouchers' face value in minor units, `UNKNOWN` where the copy has them not.
        by_vat: by `VatKind`'s values, `UNKNOWN` likewise.
        by_cashier: by name.
        by_hour: by the hour where the shop is, "00" to "23".
    """

    redeemed_count: int = 0
    redeemed_minor: int = 0
    reversed_count: int = 0
    reversed_minor: int = 0
    shortfall_count: int = 0
    shortfall_minor: int = 0
    repaid_minor: int = 0
    online_count: int = 0
    online_minor: int = 0
    offline_count: int = 0
    offline_minor: int = 0
    manager_count: int = 0
    manager_minor: int = 0
    by_face: Buckets = field(default_factory=dict)
    by_vat: Buckets = field(default_factory=dict)
    by_cashier: Buckets = field(default_factory=dict)
    by_hour: Buckets = field(default_factory=dict)

    def add(self, other: Figures) -> None:
        """Add another range's figures."""
        for one in fields(Figures):
            mine, others = getattr(self, one.name), getattr(other, one.name)
            if isinstance(mine, int):
                setattr(self, one.name, mine + others)
                continue
            for key, bucket in others.items():
                mine.setdefault(key, Bucket()).add(
                    count=bucket.count,
                    redeemed_minor=bucket.redeemed_minor,
                    reversed_minor=bucket.reversed_minor,
                )

    def book(self, op: TouchedOp, share: Share, *, time_zone: str, find: FindVoucher) -> None:
        """Add the difference of a redemption's part."""
        redemption = op.redemption
        self.redeemed_count += share.redeemed
        self.redeemed_minor += share.redeemed_minor
        self.reversed_count += share.reversed_
        self.reversed_minor += share.reversed_minor
        self.shortfall_count += share.short
        self.shortfall_minor += share.shortfall_minor
        self.repaid_minor += share.repaid_minor
        if redemption.honoured:
            self.offline_count += share.redeemed
            self.offline_minor += share.redeemed_minor
        else:
            self.online_count += share.redeemed
            self.online_minor += share.redeemed_minor
        if op.lifted:
            self.manager_count += share.redeemed
            self.manager_minor += share.redeemed_minor
        if not (share.redeemed_minor or share.reversed_minor):
            return
        hour = f"{local_time(redemption.at, time_zone).hour:02}"
        for buckets, key in ((self.by_cashier, redemption.cashier), (self.by_hour, hour)):
            buckets.setdefault(key, Bucket()).add(
                count=share.redeemed,
                redeemed_minor=share.redeemed_minor,
                reversed_minor=share.reversed_minor,
            )
        self._book_lines(redemption, share, find)

    def _book_lines(self, redemption: Redemption, share: Share, find: FindVoucher) -> None:
        for line in redemption.lines:
            facts = find(line.voucher_id)
            face = UNKNOWN if facts is None else str(facts.face_minor)
            vat = UNKNOWN if facts is None else facts.vat_kind
            for buckets, key in ((self.by_face, face), (self.by_vat, vat)):
                buckets.setdefault(key, Bucket()).add(
                    count=share.redeemed,
                    redeemed_minor=share.redeemed * line.amount.minor,
                    reversed_minor=share.reversed_ * line.amount.minor,
                )


def booked(
    ops: Iterable[TouchedOp], *, currency: str, time_zone: str, find: FindVoucher
) -> tuple[Figures, list[tuple[TouchedOp, Share]]]:
    """What a range books, in all and of each redemption of which it books anything.

    Raises:
        Bug: a redemption is in another currency; a till has one.
    """
    figures = Figures()
    shares: list[tuple[TouchedOp, Share]] = []
    for op in ops:
        if op.redemption.lines[0].amount.currency != currency:
            raise Bug(f"{op.redemption.op_id} is not in {currency}")
        share = share_of(op.redemption, op.after) - share_of(op.redemption, op.before)
        if share.is_booked:
            figures.book(op, share, time_zone=time_zone, find=find)
            shares.append((op, share))
    return figures, shares

"""Any history, closed at any places: the closings add up to the whole, and to the service's books.

The journals are those of simulated tills under every fault there is: copies of the till, restored
files, resent entries, outcomes that come late and change.
"""

from __future__ import annotations

import secrets
from datetime import date
from random import Random

import pytest

from merchant_app.journal.closings import ClosingKind, Reach
from merchant_app.reports.closing import KeptClosing, Positions, from_body, kept, to_body
from merchant_app.reports.closing_day import Author, close_day, recomputed
from merchant_app.reports.figures import Figures, VoucherFacts, booked, share_of
from tests.fakes.till_key import PUBLIC_KEY, sign
from tests.simulation import campaign
from tests.simulation.journals import InSqlite
from tests.simulation.profiles import PROFILES

AUTHOR = Author(
    shop="Librairie Cassiopée",
    till="Caisse 1",
    public_key=PUBLIC_KEY.hex(),
    cashier="Zoë",
    time_zone="Europe/Paris",
    currency="EUR",
    training=False,
)
FRESH = 1_000_000 + secrets.randbelow(1_000_000_000)


def find(voucher_id: object) -> VoucherFacts | None:
    """Some vouchers are known, and some are not."""
    number = hash(voucher_id)
    return None if number % 7 == 0 else VoucherFacts(1000 + number % 3 * 1000, "multi_purpose")


def cuts(random: Random, end: Reach) -> list[Reach]:
    """Some places in a journal, in order, the end among them; each table is cut by itself."""
    count = random.randint(1, 9)
    columns = [
        sorted(random.randint(0, last) for _ in range(count))
        for last in (end.entry, end.adopted, end.outcome, end.alarm)
    ]
    return [*(Reach(*places) for places in zip(*columns, strict=True)), end]


def closed(journal: InSqlite, places: list[Reach]) -> list[KeptClosing]:
    made: list[KeptClosing] = []
    for until in places:
        closing = close_day(
            journal,
            AUTHOR,
            last=made[-1] if made else None,
            until=until,
            day=date(2026, 11, 23),
            now=journal._clock.now(),
            find=find,
        )
        row = journal.append_closing(ClosingKind.DAY, to_body(closing), sign, cashier="Zoë")
        made.append(kept(row))
    return made


@pytest.mark.parametrize("profile", PROFILES)
@pytest.mark.parametrize("chosen", [*range(900, 906), None], ids=lambda seed: seed or "fresh")
def test_closings_add_up_to_the_whole_and_to_the_services_books(
    profile: str, chosen: int | None
) -> None:
    seed = FRESH if chosen is None else chosen
    run = campaign.simulation(seed, profile, sql=True).run()
    random = Random(seed)
    compared = 0
    for cashier in run.cashiers:
        journal = cashier.till.journal
        assert isinstance(journal, InSqlite)
        end = journal.ranges.reach()
        whole, _ = booked(
            journal.ranges.touched(Reach(), end), currency="EUR", time_zone="UTC", find=find
        )
        made = closed(journal, cuts(random, end))
        total = Figures()
        for one in made:
            total.add(one.closing.figures)
        total.by_hour, whole.by_hour = {}, {}
        assert _without_empty(total) == _without_empty(whole)
        _grows(made)
        _covers_everything(made, end)
        for last, one in zip([None, *made], made, strict=False):
            assert to_body(recomputed(journal, one.closing, last=last, find=find)) == to_body(
                one.closing
            )
        compared += _agrees_with_the_service(run.service.ledger.books, journal, end)
    assert compared


def _without_empty(figures: Figures) -> Figures:
    for buckets in (figures.by_face, figures.by_vat, figures.by_cashier):
        for key in [key for key, bucket in buckets.items() if not (bucket.count)]:
            assert not buckets[key].redeemed_minor
            assert not buckets[key].reversed_minor
            del buckets[key]
    return figures


def _grows(made: list[KeptClosing]) -> None:
    totals = [one.closing.perpetual.redeemed_minor for one in made]
    assert totals == sorted(totals)


def _covers_everything(made: list[KeptClosing], end: Reach) -> None:
    reached = Reach()
    for one in made:
        assert isinstance(one.closing.covers, Positions)
        assert one.closing.covers.since == reached
        reached = one.closing.covers.until
    assert reached == end


def _agrees_with_the_service(books: object, journal: InSqlite, end: Reach) -> int:
    """How many redemptions both sides have."""
    ops = list(journal.ranges.touched(Reach(), end))
    for op in ops:
        about = books.redemption(op.redemption.op_id)  # type: ignore[attr-defined]
        accepted_minor = sum(line.accepted_minor for line in about.record.lines)
        assert share_of(op.redemption, op.after).debited_minor == accepted_minor, op
    return len(ops)


def test_a_closing_reads_back_as_it_was_written() -> None:
    run = campaign.simulation(901, "disaster", sql=True).run()
    journal = run.cashiers[0].till.journal
    assert isinstance(journal, InSqlite)
    (one,) = closed(journal, [journal.ranges.reach()])
    body = to_body(one.closing)
    assert to_body(from_body(body)) == body
    assert body.isascii()

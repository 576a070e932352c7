"""Every state of Relevés, once."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from uuid import UUID

from merchant_app.contract.status import OutcomeStatus
from merchant_app.errors import ProblemKind
from merchant_app.ids import OpId
from merchant_app.ledger.statements import Payout
from merchant_app.reports.statements.bank_lines import (
    BankFile,
    BankFileKind,
    BankFileRefused,
    BankFormat,
    BankLine,
)
from merchant_app.reports.statements.differences import (
    AmountDiffers,
    Amounts,
    DoesNotAddUp,
    Figure,
    MissingAtService,
    MissingHere,
    NotBookedYet,
    NotHeardYet,
    Reconciliation,
    Sale,
    StateDiffers,
    Step,
)
from merchant_app.reports.statements.payouts import (
    Arrived,
    ArrivedOtherwise,
    BankMatch,
    NotArrived,
)
from merchant_app.till.counter import CounterFacts
from merchant_app.till.statement_results import (
    Cancelled,
    Difference,
    NoAnswerKind,
    NoCopy,
    NoStatement,
    Outstanding,
    Reconciled,
    RefusedKind,
    StatementRefused,
    Totals,
)
from merchant_app.ui.releves import states as st
from merchant_app.ui.releves.days import span
from tests.fakes.counter import FACTS, NOON, ZONE
from tests.fakes.statement_desk import FakeStatementDesk, a_statement, booking

TODAY = date(2026, 11, 22)
SPAN = span(0, today=TODAY)
CALM = a_statement(SPAN.first_day, SPAN.last_day, made_at=NOON)


@dataclass(frozen=True, slots=True)
class StatementScene:
    """One state of Relevés."""

    name: str
    screen: st.Screen
    facts: CounterFacts = field(default=FACTS)
    numbers: bool = False


def _op(number: int) -> OpId:
    return OpId(UUID(int=0x0192_F3A0_0000_7000_8000_0000_0000_0000 + number))


def sale(number: int, *, hours: int, minor: int, label: str = "…H2M7") -> Sale:
    """A sale of the journal, so many hours ago."""
    return Sale(_op(number), NOON - timedelta(hours=hours), label, minor, "Marie-Christine")


def amounts(status: OutcomeStatus | None, accepted: int, shortfall: int = 0) -> Amounts:
    """One side of a comparison."""
    return Amounts(status, accepted, shortfall)


_ACCEPTED = amounts(OutcomeStatus.ACCEPTED, 5_000)
EVERY: tuple[Difference, ...] = (
    MissingAtService(sale(1, hours=90, minor=5_000), _ACCEPTED),
    MissingHere(booking(907, NOON - timedelta(days=3), 2_500)),
    AmountDiffers(sale(3, hours=200, minor=5_000, label="…K7QF, …XAB2"), 500),
    StateDiffers(
        sale(4, hours=30, minor=5_000), _ACCEPTED, amounts(OutcomeStatus.VOIDED, 0)
    ),
    DoesNotAddUp(CALM.statement.periods[4], Figure.FEE, 1_250, 1_200),
    NotBookedYet(sale(6, hours=1, minor=3_700), Step.UNDECIDED, sent=True),
    NotBookedYet(sale(7, hours=0, minor=2_000), Step.HANDED_OVER, sent=False),
    NotHeardYet(sale(8, hours=0, minor=1_250), amounts(OutcomeStatus.ACCEPTED, 1_250)),
    NotBookedYet(sale(9, hours=5, minor=1_800), Step.NOT_HANDED_OVER, sent=True),
)  # fmt: skip


def differing(*differences: Difference) -> Reconciled:
    """The calm statement, and these beside it."""
    lines = CALM.reconciliation.lines
    first = replace(lines[0], agrees=False)
    return replace(
        CALM, reconciliation=Reconciliation(differences, (first, *lines[1:]), compared=83)
    )


def _line(payout: Payout, *, minor: int | None = None) -> BankLine:
    amount = payout.amount_minor if minor is None else minor
    return BankLine(payout.day + timedelta(days=2), amount, "EUR", f"VIR {payout.reference}")


_PAYOUTS = CALM.statement.payouts
_BANK_LINES = tuple(_line(one) for one in _PAYOUTS)
_FILE = BankFile(BankFormat.CSV, _BANK_LINES, date(2026, 8, 31), date(2026, 11, 20), unread=0)
ARRIVED = BankMatch(
    _FILE,
    tuple(Arrived(one, _line(one), by_reference=True) for one in _PAYOUTS),
    other_lines=0,
)
NOT_ALL = BankMatch(
    replace(_FILE, unread=2),
    (
        NotArrived(_PAYOUTS[3]),
        ArrivedOtherwise(_PAYOUTS[5], _line(_PAYOUTS[5], minor=20_450)),
        *(Arrived(one, _line(one), by_reference=False) for one in _PAYOUTS[6:]),
    ),
    other_lines=4,
)
_TRAINING = replace(FACTS, training=True)
_OUTSTANDING = FakeStatementDesk(now=NOON).outstanding()
_NOTHING = Outstanding(NOON, "EUR", Totals(0, 0, (), ()))


def _many() -> Outstanding:
    assert isinstance(_OUTSTANDING, Outstanding)
    totals = _OUTSTANDING.totals
    month = totals.months[0]
    months = tuple(
        replace(month, month=date(2027 + n // 12, n % 12 + 1, 1), amount_minor=90_000 + n * 7_000)
        for n in range(20)
    )
    near = tuple(
        replace(totals.expiring[n % 3], expires_on=TODAY + timedelta(days=n), days_left=n)
        for n in range(30)
    )
    return replace(_OUTSTANDING, totals=replace(totals, months=months, expiring=near))


def _screen(
    found: Reconciled | None = CALM,
    *,
    chosen: int = 0,
    page: st.Page = st.Page.STATEMENT,
    asking: st.Asking | None = None,
    failure: st.Failure | None = None,
    bank: BankMatch | None = None,
    reading_bank: bool = False,
    outstanding: Outstanding | NoCopy | None = None,
    news: st.News | None = None,
    training: bool = False,
    back: int = 0,
) -> st.Screen:
    of = span(back, today=TODAY)
    items = () if found is None else st.items_of(found, bank, of)
    return st.Screen(
        now=NOON,
        today=TODAY,
        time_zone=ZONE,
        training=training,
        page=page,
        span=of,
        found=found,
        asking=asking,
        failure=failure,
        bank=bank,
        reading_bank=reading_bank,
        outstanding=outstanding,
        items=items,
        chosen=chosen,
        news=news,
    )


_DIFFERENT = differing(*EVERY)
_EARLIER = span(1, today=TODAY)
_BEFORE = a_statement(_EARLIER.first_day, _EARLIER.last_day, made_at=NOON)
_SLOW = NoStatement(NoAnswerKind.SLOW)
_SCENES = (
    StatementScene("agrees", _screen()),
    StatementScene("agrees-training", _screen(training=True), _TRAINING),
    StatementScene("agrees-bank", _screen(bank=ARRIVED)),
    StatementScene("differences", _screen(_DIFFERENT)),
    StatementScene("pending", _screen(differing(*EVERY[6:]))),
    *(
        StatementScene(f"difference-{n}", _screen(_DIFFERENT, chosen=n))
        for n in range(1, len(EVERY) + 1)
    ),
    StatementScene("month", _screen(chosen=1)),
    StatementScene("week", _screen(chosen=5)),
    StatementScene("week-numbers", _screen(chosen=5), numbers=True),
    StatementScene("earlier", _screen(_BEFORE, chosen=2, back=1)),
    StatementScene("lines", _screen(_DIFFERENT, page=st.Page.LINES)),
    StatementScene("lines-week", _screen(chosen=6, page=st.Page.LINES)),
    StatementScene("asking", _screen(None, asking=st.Asking(0))),
    StatementScene("asking-lines", _screen(None, asking=st.Asking(1_500))),
    StatementScene("asking-again", _screen(asking=st.Asking(500))),
    StatementScene("not-yet", _screen(None)),
    StatementScene("stopped", _screen(None, failure=Cancelled())),
    StatementScene("no-answer", _screen(None, failure=NoStatement(NoAnswerKind.DOWN))),
    StatementScene("web-page", _screen(None, failure=NoStatement(NoAnswerKind.NOT_UNDERSTOOD))),
    StatementScene("no-answer-again", _screen(failure=_SLOW)),
    StatementScene(
        "not-authorised", _screen(None, failure=StatementRefused(RefusedKind.TILL_NOT_AUTHORISED))
    ),
    StatementScene("not-offered", _screen(None, failure=StatementRefused(RefusedKind.NOT_OFFERED))),
    StatementScene("unreadable", _screen(None, failure=ProblemKind.JOURNAL_DAMAGED)),
    StatementScene("bank-reading", _screen(reading_bank=True)),
    StatementScene("bank-all", _screen(bank=ARRIVED, chosen=1, news=ARRIVED)),
    StatementScene("bank-not-all", _screen(bank=NOT_ALL, chosen=1, news=NOT_ALL)),
    StatementScene("bank-otherwise", _screen(bank=NOT_ALL, chosen=2)),
    *(
        StatementScene(f"bank-refused-{kind.value}", _screen(news=BankFileRefused(kind)))
        for kind in (BankFileKind.NOT_A_BANK_FILE, BankFileKind.FORBIDDEN_XML)
    ),
    StatementScene("one-file", _screen(news=st.Notice.ONE_FILE)),
    StatementScene(
        "statement-first",
        _screen(None, failure=_SLOW, news=st.Notice.STATEMENT_FIRST),
    ),
    StatementScene("copied", _screen(_DIFFERENT, chosen=1, news=st.Notice.COPIED)),
    StatementScene("outstanding", _screen(page=st.Page.OUTSTANDING, outstanding=_OUTSTANDING)),
    StatementScene(
        "outstanding-numbers",
        _screen(page=st.Page.OUTSTANDING, outstanding=_OUTSTANDING),
        numbers=True,
    ),
    StatementScene("outstanding-many", _screen(page=st.Page.OUTSTANDING, outstanding=_many())),
    StatementScene("outstanding-none", _screen(page=st.Page.OUTSTANDING, outstanding=_NOTHING)),
    StatementScene("outstanding-no-copy", _screen(page=st.Page.OUTSTANDING, outstanding=NoCopy())),
    StatementScene("outstanding-counting", _screen(page=st.Page.OUTSTANDING)),
)
STATEMENTS = tuple(replace(scene, name=f"releves-{scene.name}") for scene in _SCENES)

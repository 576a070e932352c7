"""Every state of the Journal and of its panel of exports, once."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from uuid import UUID

from merchant_app.errors import ProblemKind
from merchant_app.ids import OpId
from merchant_app.till.journal_results import (
    Answered,
    Counted,
    Exported,
    ExportForm,
    ExportRefusal,
    HandedOver,
    Life,
    LifeLine,
    NotProcessed,
    OutcomeStatus,
    Place,
    Query,
    ReceiptPrinted,
    Recorded,
    Resolved,
    Sale,
    SaleKind,
    SaleState,
    Step,
    Stored,
    Undone,
)
from merchant_app.till.matters import Choice
from merchant_app.ui.journal.export_states import (
    Choosing,
    Days,
    Mode,
    Notice,
    Panel,
    Span,
    Writing,
)
from merchant_app.ui.journal.states import Screen
from merchant_app.vouchers.verdicts import Reason
from tests.fakes.counter import NOON, euros

_LABELS = ("…H2M7", "…K7QF", "…XAB2", "…9TT1", "…2MZC")


def sale(number: int, state: SaleState, *, euros_: float = 20, days: int = 0) -> Sale:
    at = NOON - timedelta(days=days, minutes=7 * number)
    return Sale(
        op_id=OpId(UUID(int=number)),
        place=Place(1_000 - number, "", str(UUID(int=number))),
        labels=(_LABELS[number % 5],),
        amount=euros(euros_),
        at=at,
        cashier="Claire" if number % 3 else "Marie-Christine",
        state=state,
        offline=state in (SaleState.WAITING, SaleState.SHORT),
    )


SALES = (
    *(sale(n, state, euros_=12.5 * n) for n, state in enumerate(SaleState, start=1)),
    sale(9, SaleState.DEBITED, euros_=10_000_000, days=1),
    *(sale(n, SaleState.DEBITED, days=n) for n in range(10, 30)),
)
_AT = NOON - timedelta(minutes=7)


def _life(of: Sale, *steps: Step, lines: tuple[LifeLine, ...] = (), **facts: bool) -> Life:
    plain = LifeLine(of.labels[0], of.amount, of.amount, euros(0), euros(30), None)
    recorded = Recorded(of.at, of.cashier, 412, "3F9A12BC", of.offline, euros(87.5))
    return Life(
        sale=of,
        lines=lines or (plain,),
        steps=(recorded, *steps),
        to_settle=facts.get("to_settle", False),
        can_undo=facts.get("can_undo", False),
    )


DEBITED = _life(
    SALES[0],
    Stored(_AT),
    Answered(_AT, OutcomeStatus.ACCEPTED, euros(12.5), euros(0)),
    HandedOver(_AT, "Claire", True),
    can_undo=True,
)
_YESTERDAY = NOON - timedelta(days=1)
LONG = _life(
    replace(SALES[2], at=_YESTERDAY),
    Counted(_YESTERDAY + timedelta(hours=6), 41, date(2026, 11, 21)),
    Stored(_YESTERDAY + timedelta(hours=7)),
    Answered(_YESTERDAY + timedelta(hours=7), OutcomeStatus.SHORT, euros(25), euros(12.5)),
    Resolved(
        NOON,
        "Claire",
        Choice.CUSTOMER_CALLED,
        "Mme Delacroix repasse samedi avec un autre bon, elle n’avait pas vu qu’il était vide",
    ),
    ReceiptPrinted(NOON, "Claire", False),
    ReceiptPrinted(NOON, "Claire", True),
    lines=(
        LifeLine("…XAB2", euros(25), euros(25), euros(0), euros(0), None),
        LifeLine("…9TT1", euros(12.5), euros(0), euros(12.5), euros(0), Reason.USED_UP),
    ),
    to_settle=True,
)
LIVES = {
    SaleState.DEBITED: DEBITED,
    SaleState.WAITING: _life(
        SALES[1], lines=(LifeLine("…XAB2", euros(25), None, None, None, None),)
    ),
    SaleState.SHORT: LONG,
    SaleState.UNDONE: _life(
        SALES[3],
        Stored(_AT),
        Answered(_AT, OutcomeStatus.ACCEPTED, euros(50), euros(0)),
        HandedOver(_AT, "Claire", True),
        Undone(_AT, "Claire", True),
        Answered(_AT, OutcomeStatus.VOIDED, euros(0), euros(0)),
    ),
    SaleState.UNDO_WAITS: _life(SALES[4], Undone(_AT, "Claire", None)),
    SaleState.REFUSED: _life(
        SALES[5],
        Answered(_AT, OutcomeStatus.REFUSED, euros(0), euros(0)),
        HandedOver(_AT, "Claire", False),
    ),
    SaleState.KEPT: _life(
        SALES[6],
        HandedOver(_AT, "Claire", False),
        Answered(_AT, OutcomeStatus.CANCELLED, euros(0), euros(0)),
    ),
    SaleState.OPEN: _life(
        SALES[7], NotProcessed(_AT), Undone(_AT, "Claire", False), to_settle=True
    ),
}


def _screen(state: SaleState) -> Screen:
    life = LIVES[state]
    return Screen(
        loaded=True, query=Query(), sales=SALES, more=True, chosen=life.sale.op_id, life=life
    )


_FULL = _screen(SaleState.DEBITED)
JOURNAL: dict[str, Screen | Panel] = {
    **{f"journal-{state.value.replace('_', '-')}": _screen(state) for state in SaleState},
    "journal-found": replace(
        _FULL, text="12,50 hier Claire", text_fill=(1, "12,50 hier Claire"), sales=SALES[:1]
    ),
    "journal-undone-only": replace(
        _screen(SaleState.UNDONE), kind=SaleKind.UNDONE, sales=SALES[3:5]
    ),
    "journal-loading": Screen(),
    "journal-empty": Screen(loaded=True, query=Query()),
    "journal-nothing": Screen(loaded=True, query=Query(), text="99 €", text_fill=(1, "99 €")),
    "journal-trouble": Screen(loaded=True, trouble=ProblemKind.JOURNAL_DAMAGED),
    "journal-trouble-beside": replace(_FULL, trouble=ProblemKind.DISK_FULL),
}

_FOLDER = Path("/media/claire/CLÉ USB/Comptabilité de la librairie/exports de l’année")


def _panel(
    mode: Mode | None = None, *, form: ExportForm = ExportForm.XLSX, span: Span = Span.MONTH
) -> Panel:
    is_fec = form is ExportForm.FEC
    days = Days(date(2026, 1 if is_fec else 11, 1), date(2026, 12, 31))
    return Panel(
        form=form,
        span=Span.YEAR if is_fec else span,
        days=days if is_fec else Days(date(2026, 11, 1), date(2026, 11, 30)),
        folder=_FOLDER,
        siren="",
        mode=mode or Choosing(),
        days_fill=1,
    )


_DONE = Exported(_FOLDER / "journal-caisse-1-2026-11-01_2026-11-30.xlsx", 1_234)
_FEC = Exported(_FOLDER / "123456789FEC20261231.txt", 1_234, 17)
EXPORTS: dict[str, Screen | Panel] = {
    "export": _panel(),
    "export-fec": _panel(form=ExportForm.FEC),
    "export-fec-siren": _panel(Choosing(ExportRefusal.SIREN_MISSING), form=ExportForm.FEC),
    "export-fec-siren-wrong": replace(
        _panel(Choosing(Notice.SIREN_WRONG), form=ExportForm.FEC), siren="12345"
    ),
    "export-fec-not-closed": _panel(Choosing(ExportRefusal.NOTHING_CLOSED), form=ExportForm.FEC),
    "export-fec-done": replace(_panel(Choosing(_FEC), form=ExportForm.FEC), siren="123456789"),
    "export-no-day": _panel(Choosing(Notice.NO_DAY), span=Span.FROM_TO),
    "export-backwards": _panel(Choosing(Notice.BACKWARDS), span=Span.FROM_TO),
    "export-writing": _panel(Writing(12_500), form=ExportForm.CSV_FRENCH),
    "export-stopping": _panel(Writing(12_500, stopping=True), form=ExportForm.CSV_PLAIN),
    "export-cancelled": _panel(Choosing(Notice.CANCELLED), form=ExportForm.JSON),
    "export-done": _panel(Choosing(_DONE)),
    "export-done-empty": _panel(Choosing(replace(_DONE, rows=0))),
    "export-full": _panel(Choosing(ProblemKind.DISK_FULL)),
    "export-gone": _panel(Choosing(ProblemKind.DISK_READ_ONLY)),
    "export-damaged": _panel(Choosing(ProblemKind.JOURNAL_DAMAGED)),
}

"""Every state of the receipt panel, once: looked at as pictures, and measured by tests."""

from __future__ import annotations

from dataclasses import replace

from merchant_app.errors import ProblemKind
from merchant_app.printing.ticket import Failed, Failure, Printed
from merchant_app.reports.receipts import Document, Receipt, ReceiptLine, qr_of
from merchant_app.ui.receipt import states as st
from tests.fakes.counter import NOON, ZONE, euros

RECEIPT = Receipt(
    document=Document.DEBIT,
    shop="Librairie Cassiopée",
    city="Val d’Oingt",
    till="Caisse 1",
    number=47,
    check="3f9a12bc",
    at=NOON,
    time_zone=ZONE,
    cashier="Claire",
    lines=(ReceiptLine("…H2M7", euros(50), euros(0)), ReceiptLine("…XAB2", euros(37), euros(13))),
    confirmed=True,
    purchase=euros(100),
    left_to_pay=euros(13),
    training=False,
    copy=0,
)
AGAIN = replace(RECEIPT, copy=1)
OFFLINE = replace(
    RECEIPT,
    confirmed=False,
    lines=tuple(replace(line, balance=None) for line in RECEIPT.lines),
)
MANY = replace(RECEIPT, lines=RECEIPT.lines * 20, training=True, copy=2)


def shown(
    receipt: Receipt, doing: st.Doing = st.Doing.NOTHING, *, said: st.Said = None
) -> st.Shown:
    """The panel with this receipt and its code."""
    return st.Shown(st.Read(receipt, qr_of(receipt)), doing, said)


RECEIPTS: dict[str, st.State] = {
    "receipt-reading": st.Reading(),
    "receipt-none": st.NoReceipt(),
    "receipt-unreadable": st.NoReceipt(ProblemKind.JOURNAL_DAMAGED),
    "receipt": shown(RECEIPT),
    "receipt-offline": shown(OFFLINE),
    "receipt-undo": shown(replace(RECEIPT, document=Document.UNDO)),
    "receipt-many": shown(MANY),
    "receipt-printing": shown(RECEIPT, st.Doing.PRINTING),
    "receipt-drawing": shown(RECEIPT, st.Doing.DRAWING),
    "receipt-printed": shown(AGAIN, said=Printed(confirmed=True)),
    "receipt-sent": shown(AGAIN, said=Printed(confirmed=False)),
    "receipt-kept": shown(AGAIN, said=st.Kept("receipt-47-3f9a12bc.pdf")),
    "receipt-disk-full": shown(RECEIPT, said=ProblemKind.DISK_FULL),
    **{
        f"receipt-{why.value.replace('_', '-')}": shown(RECEIPT, said=Failed(why))
        for why in Failure
    },
    **{
        f"receipt-{why.value.replace('_', '-')}-begun": shown(AGAIN, said=Failed(why, begun=True))
        for why in (Failure.OUT_OF_PAPER, Failure.SLOW)
    },
}

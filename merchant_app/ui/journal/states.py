"""What the Journal screen can be showing, as one value. No Qt."""

from __future__ import annotations

from dataclasses import dataclass

from merchant_app.errors import ProblemKind
from merchant_app.ids import OpId
from merchant_app.till.journal_results import Found as Found
from merchant_app.till.journal_results import Life, Query, Sale, SaleKind


@dataclass(frozen=True, slots=True, kw_only=True)
class Screen:
    """All that the view paints.

    Attributes:
        loaded: an answer has come at least once.
        text: what stands in the search field; may hold a code: a secret.
        text_fill: a text for that field, with a number that grows (see `encaisser.fields`).
        kind: which redemptions are looked for.
        query: what was looked for in the answer that is shown; None before the first.
        sales: what was found so far, newest first.
        more: others follow when the list is read further.
        chosen: the redemption that is read.
        life: all that is known of it; None while it is being read.
        trouble: why there is no (new) answer.
    """

    loaded: bool = False
    text: str = ""
    text_fill: tuple[int, str] = (0, "")
    kind: SaleKind = SaleKind.EVERY
    query: Query | None = None
    sales: tuple[Sale, ...] = ()
    more: bool = False
    chosen: OpId | None = None
    life: Life | None = None
    trouble: ProblemKind | None = None

    @property
    def row(self) -> int | None:
        """Where the chosen one stands in the list."""
        found = (n for n, sale in enumerate(self.sales) if sale.op_id == self.chosen)
        return next(found, None)

    @property
    def is_filtered(self) -> bool:
        """Whether something is looked for."""
        return bool(self.text.strip()) or self.kind is not SaleKind.EVERY

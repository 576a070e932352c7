"""The part of the presenter that gathers several vouchers for one purchase. No Qt."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from merchant_app.errors import Bug
from merchant_app.i18n.formatting import field_amount
from merchant_app.ids import VoucherId
from merchant_app.money import BadAmount, Money, parse_amount
from merchant_app.till.results import Asked
from merchant_app.ui.encaisser import states as st
from merchant_app.ui.encaisser.ports import Judge
from merchant_app.ui.encaisser.several import Several, Wrong
from merchant_app.ui.encaisser.stage import Stage
from merchant_app.vouchers import split as splitting
from merchant_app.vouchers.split import BASKET_MAX, Available, Split
from merchant_app.vouchers.terms import Voucher
from merchant_app.vouchers.verdicts import OtherCurrency, Use, Valid

_WEAKEST_FIRST = (st.Word.CORRECTED, st.Word.LOCAL, st.Word.ASKED, st.Word.CENTRAL)


@dataclass(frozen=True, slots=True)
class Gathered:
    """A voucher in the basket.

    Attributes:
        look_up: the number of the look-up that found it; its confirmation comes under it.
        asked: by what it was looked up; a secret.
        history: earlier uses, newest first.
        basis: whose word its balance is.
        by_hand: the amount the cashier wants on it; None: as proposed.
    """

    voucher: Voucher
    look_up: int
    asked: Asked = field(repr=False)
    history: tuple[Use, ...]
    basis: st.Basis
    by_hand: Money | None = None


class Gathering:
    """GUI thread only.

    Attributes:
        vouchers: in the order they were shown; two at least while the basket is on the screen.
    """

    def __init__(self, stage: Stage, judge: Judge) -> None:
        self._stage = stage
        self._judge = judge
        self.vouchers: tuple[Gathered, ...] = ()
        self._chosen: VoucherId | None = None
        self._filled: Money | None = None

    @property
    def is_full(self) -> bool:
        return len(self.vouchers) >= BASKET_MAX

    def clear(self) -> None:
        """They were debited, or are wanted no more."""
        self.vouchers, self._chosen = (), None

    def begin_with(self, at_hand: st.Debitable, look_up: int, asked: Asked) -> None:
        """Another voucher was shown. The one at hand stays, if the purchase needs more than it."""
        left = self._stage.purchase.left
        if self.vouchers or left is None or not isinstance(at_hand.judged, Valid):
            return
        if isinstance(at_hand.amount, Money) and at_hand.amount < left:
            # Not by `edited`: a gun that types into the field edits it, and takes it back.
            by_hand = None if at_hand.amount == at_hand.voucher.balance else at_hand.amount
            self.vouchers = (
                Gathered(at_hand.voucher, look_up, asked, at_hand.history, at_hand.basis, by_hand),
            )

    def add(self, found: Gathered) -> None:
        """It can be debited: it joins, or is known better than before."""
        known = self._find(found.voucher.voucher_id)
        if known is None:
            self.vouchers += (found,)
        else:
            self._replace(replace(found, by_hand=known.by_hand))
        self._chosen = found.voucher.voucher_id

    def found_by(self, look_up: int) -> Gathered | None:
        """The voucher that this look-up found, while it is in the basket."""
        return next((one for one in self.vouchers if one.look_up == look_up), None)

    def knows_better(self, one: Gathered, voucher: Voucher, basis: st.Basis) -> None:
        """The central service's word on a voucher of the basket."""
        self._replace(replace(one, voucher=voucher, basis=basis))

    def drop(self, *voucher_ids: VoucherId) -> None:
        """These are not debited with the others."""
        self.vouchers = tuple(o for o in self.vouchers if o.voucher.voucher_id not in voucher_ids)
        if self._chosen in voucher_ids:
            self._chosen = None

    # --- on the screen ---------------------------------------------------------------------------

    def show(self, *, focus: st.Focus | None = st.Focus.AMOUNT, corrects: bool = False) -> None:
        """The basket, proposed anew, with the keyboard in the amount of the chosen voucher."""
        state = self._proposed()
        before = self._stage.state
        self._stage.come_to(state, focus=focus, corrects=corrects)
        if state.share.idle is not None and not isinstance(before, Several):
            self._stage.hands.play(st.Sound.LOOK)
        self._fill_amount(state)

    def refresh(self) -> None:
        """The purchase was edited: the same basket for another total."""
        self._stage.state = state = self._proposed()
        self._fill_amount(state)

    def confirmed(self, *, corrects: bool) -> None:
        """The service said something about one of them; what is being typed stays, unless it said
        something else than the screen did."""
        before = self._stage.state
        if corrects:
            self.show(focus=None, corrects=True)
        elif isinstance(before, Several):
            self._stage.state = replace(before, basis=self._proposed().basis)

    def choose(self, voucher_id: VoucherId) -> None:
        """The amount field is this voucher's from now on."""
        self._chosen = voucher_id
        self.refresh()
        self._stage.fields.set_focus(st.Focus.AMOUNT)

    def step(self, state: Several, lines: int) -> None:
        """So many lines down, or up; not beyond the ends."""
        ids = [one.voucher.voucher_id for one in self.vouchers]
        place = ids.index(state.chosen) + lines
        self.choose(ids[max(0, min(len(ids) - 1, place))])

    def amount_edited(self, state: Several, text: str) -> None:
        """The chosen voucher's amount is this now; the others follow. Empty: as proposed."""
        one = self._find(state.chosen)
        if one is None:
            raise Bug("the chosen voucher is not in the basket")
        if text == self._stage.fields.amount[1]:
            # Nobody typed that: a gun's characters were taken back.
            self._replace(replace(one, by_hand=self._filled))
            self._stage.state = self._proposed()
            return
        self._replace(replace(one, by_hand=None))
        amount = parse_amount(text, one.voucher.balance.currency)
        if isinstance(amount, Money):
            adjusted = splitting.adjust(state.split, state.chosen, amount)
            if isinstance(adjusted, Split):
                self._replace(replace(one, by_hand=amount))
                self._stage.state = self._proposed()
            else:
                self._stage.state = self._proposed(wrong=adjusted)
        else:
            bad = None if amount is BadAmount.EMPTY else amount
            self._stage.state = self._proposed(bad=bad)

    def is_debitable(self, state: Several) -> bool:
        """Whether every line may be debited, by what is known here."""
        total = self._stage.purchase.total
        return state.can_be_debited and all(
            isinstance(self._judge.judge(part.voucher, purchase=total, amount=part.amount), Valid)
            for part in state.split.parts
        )

    def lines(self) -> tuple[st.WaitingLine, ...]:
        """What the list of the basket says."""
        if not self.vouchers:
            return ()
        state = self._stage.state
        shown = state if isinstance(state, Several) else self._proposed()
        return tuple(
            st.WaitingLine(
                share.voucher.voucher_id,
                share.voucher.label,
                share.amount,
                share.idle,
                chosen=state is shown and share.voucher.voucher_id == shown.chosen,
            )
            for share in shown.split.shares
        )

    def _proposed(self, *, bad: BadAmount | None = None, wrong: Wrong | None = None) -> Several:
        purchase = self._stage.purchase
        total = purchase.left
        if total is None:
            total = _worth(self.vouchers)
        available = [Available(one.voucher, one.by_hand) for one in self.vouchers]
        paid = None if purchase.total is None else purchase.total - total
        split = splitting.propose(available, total, already_paid=paid)
        if isinstance(split, OtherCurrency):
            raise Bug("a voucher in another currency was gathered")
        chosen = self._chosen or self.vouchers[-1].voucher.voucher_id
        return Several(
            split=split,
            chosen=chosen,
            amount=bad,
            wrong=wrong,
            total_known=purchase.total is not None,
            basis=min(
                (one.basis for one in self.vouchers),
                key=lambda basis: _WEAKEST_FIRST.index(basis.word),
            ),
        )

    def _fill_amount(self, state: Several) -> None:
        share = state.share
        self._filled = share.amount if share.by_hand else None
        self._stage.fields.fill_amount("" if share.idle else field_amount(share.amount))

    def _find(self, voucher_id: VoucherId) -> Gathered | None:
        return next((o for o in self.vouchers if o.voucher.voucher_id == voucher_id), None)

    def _replace(self, known: Gathered) -> None:
        voucher_id = known.voucher.voucher_id
        self.vouchers = tuple(
            known if one.voucher.voucher_id == voucher_id else one for one in self.vouchers
        )


def _worth(vouchers: tuple[Gathered, ...]) -> Money:
    total = vouchers[0].voucher.balance
    for one in vouchers[1:]:
        total += one.voucher.balance
    return total

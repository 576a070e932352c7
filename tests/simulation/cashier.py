"""The people at one counter, who see the screen and know what was handed over.

A cashier who presses twice, cancels, hands over, undoes, and answers what a crash left open; a
customer who waits.
"""

from __future__ import annotations

from merchant_app.contract.status import OutcomeStatus
from merchant_app.ids import OpId
from merchant_app.ledger import desk
from merchant_app.ledger.entries import (
    Choice,
    Envelope,
    Line,
    Redemption,
    Resolution,
    Void,
)
from merchant_app.ledger.exposure import LimitReached
from merchant_app.ledger.till_journal import AlreadyDecided
from merchant_app.money import Money
from merchant_app.sync.connectivity import Course
from tests.simulation.purchases import Purchase, Violation
from tests.simulation.till_process import TillProcess

WAITS_MAX = 5
"""However patient, after so many time-outs a cashier cancels."""


class Cashier:
    """One counter.

    Attributes:
        customer: who stands there; a crash of the program does not make her go away.
        shown: the redemption on the screen that has no answer yet.
    """

    def __init__(self, till: TillProcess) -> None:
        self.till = till
        self.world = till.world
        self.truth = till.world.truth
        self.customer: Purchase | None = None
        self.shown: OpId | None = None
        till.told = self.look
        till.restarted = self.come_back

    # --- a sale ----------------------------------------------------------------------------------

    def serve(self, purchase: Purchase) -> None:
        """A customer comes, or comes again."""
        till = self.till
        if purchase.done:
            return
        busy = self.customer is not None and self.customer is not purchase
        if not till.up or busy or self.shown is not None or till.course() is Course.NOTHING:
            self.world.at(self.world.random.uniform(5, 60), self.serve, purchase)
            return
        till.guard(self._begin, purchase)

    def _begin(self, purchase: Purchase) -> None:
        till = self.till
        self.customer = purchase
        self.answer_questions()
        if purchase.done:
            return
        op_id = till.new_op_id()
        ask = till.course() is Course.ASK
        if purchase.pays_for is not None and not ask:
            self._leaves(purchase)
            return
        redemption = Redemption(
            op_id=op_id,
            lines=purchase.lines,
            purchase=None,
            honoured=not ask,
            at=till.clock.now(),
            cashier="Claire",
        )
        self.truth.begin(purchase, op_id)
        if self.world.random.random() < self.world.profile.poison:
            self.truth.poison.add(op_id)
            self.world.service.park(op_id)
        if ask:
            self.ask(redemption)
        else:
            self._accept(purchase, redemption)

    def ask(self, redemption: Redemption) -> None:
        """Record it, send it, wait."""
        till = self.till
        till.awaited = {redemption.op_id}
        till.journal.append(redemption)
        self.shown = redemption.op_id
        till.push()
        self._wait(redemption.op_id, 0)

    def _accept(self, purchase: Purchase, redemption: Redemption) -> None:
        till = self.till
        accepted = desk.accept(till.journal, redemption, till.offline())
        if isinstance(accepted, LimitReached) and accepted.liftable:
            accepted = self._lifts(redemption) or accepted
        if isinstance(accepted, Envelope):
            self._accepted_offline()
            self._show_green(purchase, redemption.op_id)
        else:
            self._leaves(purchase)

    def _lifts(self, redemption: Redemption) -> Envelope | LimitReached | None:
        """Somebody responsible is called; None: nobody comes."""
        if self.world.random.random() >= self.world.profile.pin:
            return None
        till = self.till
        self.truth.lifts.add(redemption.op_id)
        lifted = desk.accept(till.journal, redemption, till.offline(), lifts=True)
        self.world.counts.lifted += 1
        return lifted

    def _accepted_offline(self) -> None:
        self.world.counts.offline += 1
        self.till.auditor.accepted_offline(self.till)

    def _show_green(self, purchase: Purchase, op_id: OpId) -> None:
        self.till.boundary()
        if purchase.pays_for is not None:
            self._paid(purchase, op_id)
            return
        self.truth.give(purchase, op_id)
        self._leaves(purchase)

    def _leaves(self, purchase: Purchase) -> None:
        purchase.done = True
        self.customer = self.shown = None
        self.till.awaited = set()

    # --- no answer -------------------------------------------------------------------------------

    def _wait(self, op_id: OpId, times: int) -> None:
        self.world.at(self.world.profile.timeout_s, self.till.guard, self.time_out, op_id, times)

    def time_out(self, op_id: OpId, times: int) -> None:
        """The screen says that nothing is known: wait, hand over, or cancel."""
        if self.shown != op_id or self.customer is None:
            return
        draw = self.world.random.random()
        if draw < 0.55 and self.till.course() is not Course.NOTHING and self._honours(op_id):
            return
        if draw < 0.8 or times > WAITS_MAX:
            self.cancel(op_id)
            return
        self.till.push()
        self._wait(op_id, times + 1)

    def _honours(self, op_id: OpId) -> bool:
        till, purchase = self.till, self.customer
        recorded = till.journal.recorded(op_id)
        if recorded is None or purchase is None or purchase.pays_for is not None:
            return False
        try:
            verdict = desk.honour(
                till.journal, recorded, till.decision(op_id, True), till.offline()
            )
        except AlreadyDecided:
            self.look()
            return True
        if not isinstance(verdict, Envelope):
            return False
        self._accepted_offline()
        self._presses_twice(op_id)
        self._show_green(purchase, op_id)
        till.push()
        return True

    def cancel(self, op_id: OpId) -> None:
        """Nothing was handed over; that is an entry too."""
        purchase = self.customer
        try:
            self.till.journal.append(self.till.decision(op_id, False))
        except AlreadyDecided:
            self.look()
            return
        if purchase is not None:
            self._leaves(purchase)
        self._presses_twice(op_id)
        self.till.push()

    def _presses_twice(self, op_id: OpId) -> None:
        if self.world.random.random() < 0.1:
            self.decide_again(op_id)

    def decide_again(self, op_id: OpId) -> None:
        """The other key, in a hurry."""
        handed_over = self.world.random.random() < 0.5
        try:
            self.till.journal.append(self.till.decision(op_id, handed_over))
        except AlreadyDecided:
            return
        raise Violation("I15 a second decision was recorded")

    # --- an answer -------------------------------------------------------------------------------

    def look(self) -> None:
        """Something was recorded: perhaps what is on the screen."""
        op_id, purchase = self.shown, self.customer
        if op_id is None or purchase is None:
            return
        if op_id in self.till.journal.standing.undecided:
            return
        recorded = self.till.journal.recorded(op_id)
        if recorded is None or recorded.decision is None:
            return
        outcome = recorded.outcome
        if recorded.decision:
            if outcome is not None and outcome.status is OutcomeStatus.ACCEPTED:
                self.truth.shown_accepted.add(op_id)
            self._show_green(purchase, op_id)
        else:
            self._leaves(purchase)
        self.till.push()

    # --- after a crash ---------------------------------------------------------------------------

    def come_back(self) -> None:
        """The program was started again: it asks what happened."""
        self.shown = None
        self.answer_questions()
        customer = self.customer
        if customer is not None and not customer.done:
            self.world.at(self.world.random.uniform(1, 10), self.serve, customer)

    def answer_questions(self) -> None:
        """The program's questions about redemptions, each answered once."""
        self._answer_unseen()
        for op_id in list(self.till.journal.standing.undecided):
            if op_id != self.shown:
                self.answer(op_id)

    def _answer_unseen(self) -> None:
        till = self.till
        unseen = till.journal.unseen_completed()
        if unseen is None:
            return
        op_id = unseen.redemption.op_id
        purchase = self.truth.purchase_of[op_id]
        if purchase.given is None and purchase is self.customer:
            if purchase.pays_for is not None or self.world.random.random() < 0.7:
                self._show_green(purchase, op_id)
            else:
                self.undo(op_id)
                self._leaves(purchase)
        elif purchase.given != op_id and purchase.pays_for is None:
            self.undo(op_id)
        till.journal.mark_seen()

    def answer(self, op_id: OpId) -> None:
        """Were the goods handed over? Mostly she tells the truth; some then hand them over."""
        purchase, draw = self.truth.purchase_of[op_id], self.world.random.random()
        handed_over = purchase.given == op_id
        here = purchase is self.customer and purchase.given is None and not purchase.done
        forced = here and purchase.pays_for is None and draw < self.world.profile.forced
        try:
            self.till.journal.append(self.till.decision(op_id, handed_over or forced))
        except AlreadyDecided:
            return
        if forced:
            self.truth.forced.add(op_id)
            self._show_green(purchase, op_id)
        elif here and draw > 0.7:
            self._leaves(purchase)  # she had enough; others let it be scanned again

    # --- undoing, settling -----------------------------------------------------------------------

    def bring_back(self, purchase: Purchase) -> None:
        """The customer returns the goods."""
        op_id = purchase.given
        if op_id is None or purchase.voids or self.till.journal.recorded(op_id) is None:
            return
        self.undo(op_id)
        self.till.push()

    def undo(self, op_id: OpId) -> None:
        """Undo a redemption; a second time does nothing."""
        void = self._void(op_id)
        self.truth.begin_void(void.op_id, op_id)
        try:
            self.till.journal.append(void)
        except AlreadyDecided:
            return
        if self.world.random.random() < 0.1:
            self._undo_again(op_id)

    def _undo_again(self, op_id: OpId) -> None:
        void = self._void(op_id)
        try:
            self.till.journal.append(void)
        except AlreadyDecided:
            return
        raise Violation("I11 a second undo was recorded")

    def _void(self, op_id: OpId) -> Void:
        till = self.till
        return Void(
            op_id=till.new_op_id(), redemption_id=op_id, at=till.clock.now(), cashier="Claire"
        )

    def settle(self) -> None:
        """One thing to settle: try again, or accept the loss."""
        till, random = self.till, self.world.random
        op_id = next(iter(till.journal.standing.matters))
        recorded, purchase = till.journal.recorded(op_id), self.truth.purchase_of.get(op_id)
        draw = random.random()
        if draw < 0.2:
            self._resolve(op_id, Choice.CUSTOMER_CALLED)
        elif draw < 0.5 or recorded is None or recorded.outcome is None or purchase is None:
            self._resolve(op_id, random.choice((Choice.LOSS_ACCEPTED, Choice.PLATFORM_ASKED)))
        elif purchase.pays_for is None and self.customer is None:
            missing = tuple(
                Line(line.voucher_id, Money(line.shortfall_minor, "EUR"), "…H2M7")
                for line in recorded.outcome.lines
                if line.shortfall_minor
            )
            if missing:
                retry = Purchase(missing, pays_for=op_id)
                self.truth.purchases.append(retry)
                self.serve(retry)

    def _paid(self, retry: Purchase, op_id: OpId) -> None:
        """The new redemption was debited: it pays for the old one's loss."""
        about_id = retry.pays_for
        self.truth.give(retry, op_id)
        self._leaves(retry)
        if about_id is not None:
            self._resolve(about_id, Choice.RETRIED, retry_id=op_id)

    def _resolve(self, op_id: OpId, choice: Choice, *, retry_id: OpId | None = None) -> None:
        till = self.till
        till.journal.append(
            Resolution(
                op_id=till.new_op_id(),
                about_id=op_id,
                choice=choice,
                note="",
                retry_id=retry_id,
                at=till.clock.now(),
                cashier="Claire",
            )
        )
        till.push()

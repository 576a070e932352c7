"""What can become of an op: one set of names for the engine, the wire, the till and the journal."""

from __future__ import annotations

from enum import Enum


class OutcomeStatus(Enum):
    """What became of a redemption or a void at the service."""

    ACCEPTED = "accepted"
    """Every line debited in full."""
    REFUSED = "refused"
    """Nothing debited; some line has a reason."""
    SHORT = "short"
    """Handed over already, debited as far as the balances went; the rest is a loss with a name."""
    UNPROCESSABLE = "unprocessable"
    """Names a voucher that does not exist."""
    CANCELLED = "cancelled"
    """Decided as not handed over: whatever had been debited was given back."""
    VOIDED = "voided"
    """A completed redemption that a void undid."""
    REVERSED = "reversed"
    """A void that took effect."""
    NOT_REVERSIBLE = "not_reversible"
    """A void of something that was never debited, or already undone."""

"""Which function does which command."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Callable

from merchant_app.server.cli import issuing, listing, paying, practising, running, upkeep

COMMANDS: dict[str, Callable[[Namespace], int]] = {
    "serve": running.serve,
    "openapi": running.openapi,
    "restored": upkeep.restored,
    "recovery": upkeep.recovery,
    "policy": upkeep.policy,
    "fee": paying.fee,
    "payout": paying.payout,
    "statement": paying.statement,
    "sample": listing.sample,
    "practice": listing.practice,
    "rehearse": practising.rehearse,
    "spend": practising.spend,
    "shops": listing.shops,
    "ranking": listing.ranking,
    "tills": listing.tills,
    "vouchers": listing.vouchers,
    "audit": listing.audit,
    "issue": issuing.issue,
    "print": issuing.print_again,
    "import": issuing.import_list,
    "enrol": issuing.enrol,
    "revoke": issuing.revoke,
}

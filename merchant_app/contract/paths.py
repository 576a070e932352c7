"""Where the calls of contract v1 live, and how they are authorised."""

from __future__ import annotations

ENROLMENTS = "/v1/enrolments"
TILL = "/v1/till"
VOUCHERS = "/v1/vouchers"
LOOKUP = "/v1/vouchers/lookup"
JOURNAL = "/v1/journal"
JOURNAL_EPOCHS = "/v1/journal/epochs"
JOURNAL_ENTRIES = "/v1/journal/entries"
STATEMENTS = "/v1/statements"
STATEMENT_BOOKINGS = "/v1/statements/bookings"
HEALTH = "/healthz"

TOKEN_PREFIX = "ct1_"  # noqa: S105 - how a till's bearer token begins; the log knows it by this
ENROLMENT_CODE_BITS = 130
ENROLMENT_VALID_S = 600

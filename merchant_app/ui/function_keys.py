"""The function keys: which leads where, and which does what there. Nowhere else is one named.

F1 is help, as everywhere else on the desktop. F2 to F6 and F10 lead to places, whatever is seen.
The others are deeds of the screen that is seen, the same key for the same kind of deed.
"""

from __future__ import annotations

HELP_KEY = "F1"

CHECKOUT_KEY = "F2"
JOURNAL_KEY = "F3"
TO_SETTLE_KEY = "F4"
CLOSING_KEY = "F5"
STATEMENTS_KEY = "F6"
SETTINGS_KEY = "F10"
PLACE_KEYS = (
    CHECKOUT_KEY,
    JOURNAL_KEY,
    TO_SETTLE_KEY,
    CLOSING_KEY,
    STATEMENTS_KEY,
    SETTINGS_KEY,
)

DEED_KEYS = ("F7", "F8", "F9", "F11")
"""What a screen may use. F12 is left to the desktop's own tools."""

ACCEPT_KEY = "F9"
"""Encaisser: accept offline what has no answer."""
PDF_KEY = "F8"
"""A receipt on the screen."""

EXPORT_KEY, UNDO_KEY = "F7", "F8"
"""Journal."""

CALLED_KEY, RETRIED_KEY, LOSS_KEY, PLATFORM_KEY = DEED_KEYS
YES_KEY, NO_KEY = "F7", "F8"
"""À traiter: what was done about a card; the two answers to a question."""

EARLIER_KEY = "F7"
"""Clôture and Relevés: further back."""
NUMBERS_KEY = "F11"
"""Clôture and Relevés: charts or numbers, figures or lines."""
PERIOD_KEY, CLOSE_KEY = "F8", "F9"
A4_KEY, ROLL_KEY, FOLDER_KEY = "F7", "F8", "F11"
"""Clôture. No paper has the key that closes: pressed twice, it must not open a folder."""
BANK_KEY, OUTSTANDING_KEY = "F8", "F9"
"""Relevés."""

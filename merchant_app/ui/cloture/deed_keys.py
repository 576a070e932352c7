"""The keys of Clôture, for the screen that hears them and the view that shows them."""

from __future__ import annotations

from merchant_app.ui.cloture.states import Paper

CLOSE_KEY, PERIOD_KEY, EARLIER_KEY, NUMBERS_KEY = "F9", "F8", "F7", "F6"
PAPER_KEYS = {Paper.A4: "F6", Paper.ROLL: "F7", Paper.FOLDER: "F8"}

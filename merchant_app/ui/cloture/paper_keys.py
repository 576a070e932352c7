"""The keys of a closing's papers, for the screen that hears them and the view that shows them."""

from __future__ import annotations

from merchant_app.ui.cloture.states import Paper
from merchant_app.ui.function_keys import A4_KEY, FOLDER_KEY, ROLL_KEY

PAPER_KEYS = {Paper.A4: A4_KEY, Paper.ROLL: ROLL_KEY, Paper.FOLDER: FOLDER_KEY}

"""What is loaded in workers, so that the GUI thread finds it there. Any thread."""

from __future__ import annotations

import gc


def load_checkout() -> None:
    """For the first picture of an open till, while that is being opened."""
    import merchant_app.ui.cloture.screen
    import merchant_app.ui.places  # noqa: F401
    from merchant_app.i18n import formatting
    from merchant_app.ui import icon_files

    formatting.load()
    icon_files.load()
    gc.freeze()  # what is loaded by now stays: to look through it again takes 50 ms each time


def load_places() -> None:
    """For the first visits beside the checkout: whoever goes there waits only until it is built."""
    import merchant_app.ui.a_traiter.view
    import merchant_app.ui.cloture.view
    import merchant_app.ui.journal.screen
    import merchant_app.ui.reglages.screen
    import merchant_app.ui.releves.view
    import merchant_app.ui.this_till.view  # noqa: F401

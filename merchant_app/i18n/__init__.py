"""The till's languages: sentences from gettext catalogues, money and dates as people write them.

The sentences in the code are English and are the catalogues' keys; `install` chooses once, at the
start, in which language they come out.
"""

from merchant_app.i18n.catalogue import Language, _, active, choose, install, ngettext

__all__ = ["Language", "_", "active", "choose", "install", "ngettext"]

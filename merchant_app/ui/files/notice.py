"""A quiet word that a voucher came into the watched folder. Nothing happens until somebody asks."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy

from merchant_app.i18n import _, ngettext
from merchant_app.ui.bands import Band
from merchant_app.ui.files.words import shown
from merchant_app.ui.keycap_button import KeycapButton
from merchant_app.ui.labels import ElidedLabel
from merchant_app.ui.palette import Tone
from merchant_app.ui.theme import STEP, Look, tinted


class FolderNotice(Band):
    """GUI thread.

    Signals:
        wanted(): look them up.
        dismissed(): not now; the files stay where they are.
    """

    wanted = Signal()
    dismissed = Signal()

    def __init__(self, look: Look) -> None:
        super().__init__(look)
        self.label = ElidedLabel(self)
        self.main = KeycapButton(look, role="plain", parent=self)
        self.main.say(_("Look up"), "")
        self.main.clicked.connect(self.wanted)
        self.other = KeycapButton(look, role="quiet", parent=self)
        self.other.say(_("Not now"), "")
        self.other.clicked.connect(self.dismissed)
        row = QHBoxLayout(self)
        row.setContentsMargins(6 * STEP, STEP, 6 * STEP, STEP)
        row.setSpacing(3 * STEP)
        row.addWidget(self.label, 1)
        for button in (self.main, self.other):
            button.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
            row.addWidget(button)
        look.changed.connect(self._colour)
        self._colour()
        self.hide()

    def show_names(self, names: Sequence[str]) -> None:
        """These files wait; none: nothing is shown."""
        count = len(names)
        if count:
            text = ngettext(
                "A voucher came into the watched folder: {name}",
                "{n} files with vouchers came into the watched folder",
                count,
            )
            self.label.show_text(text.format(n=count, name=shown(names[0])))
            self.setAccessibleName(self.label.text())
        self.setVisible(bool(count))

    def colour(self) -> str:
        return self._look.palette.tones[Tone.CHOICE].soft

    def _colour(self) -> None:
        self.label.setPalette(tinted(self._look.palette.tones[Tone.CHOICE].ink))
        self.update()

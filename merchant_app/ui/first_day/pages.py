"""The steps of the first day that only ask and tell: language, this till, ready."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal, Slot

from merchant_app.i18n import _, active
from merchant_app.settings.options import FirstDay, Language
from merchant_app.till.counter import CounterFacts
from merchant_app.ui.first_day.step_page import StepPage
from merchant_app.ui.outside import printable
from merchant_app.ui.reglages import words
from merchant_app.ui.reglages.controls import OneOf
from merchant_app.ui.theme import STEP, Look, Size

OFFERED = tuple(language for language in Language if language is not Language.SYSTEM)


class LanguagePage(StepPage):
    """Which language; each is offered in its own words.

    Signals:
        chosen(object): a `Language`.
    """

    chosen = Signal(object)

    def __init__(self, look: Look) -> None:
        super().__init__(look, FirstDay.LANGUAGE)
        self.say(
            _("Welcome to Comptoir"),
            _("Two minutes, six small steps, and this computer takes vouchers. Which language?"),
        )
        self.languages = OneOf(
            [words.language(language) for language in OFFERED],
            title=_("Language"),
            per_row_max=1,
            parent=self.body.inside,
        )
        for button in self.languages.buttons():
            button.setFont(look.font(Size.TITLE))
        self.languages.chosen.connect(self._language_chosen)
        self.inside.addWidget(self.languages)
        self.show_language(Language(active().value))
        self._arrange(self.main, self.back_button)

    def show_language(self, language: Language) -> None:
        """Mark the one that was chosen."""
        self.languages.show_place(OFFERED.index(language))

    def take_keyboard(self) -> None:
        """The arrows choose, Enter goes on."""
        place = OFFERED.index(Language(active().value))
        self.languages.buttons()[place].setFocus(Qt.FocusReason.OtherFocusReason)

    @Slot(int)
    def _language_chosen(self, place: int) -> None:
        self.chosen.emit(OFFERED[place])


class TillPage(StepPage):
    """Which till this computer is, for whoever goes through the first day again.

    Signals:
        enrol(): enrol it anew.
        practise(): to the till for practising, or from it to the one that sells.
    """

    enrol = Signal()
    practise = Signal()

    def __init__(self, look: Look, facts: CounterFacts, *, may_practise: bool) -> None:
        super().__init__(look, FirstDay.ENROLMENT)
        if facts.training:
            self.say(
                _("You are practising"),
                _("A make-believe bookshop, with vouchers of its own: nothing here is real."),
            )
        else:
            self.say(
                _("This computer is a till"),
                printable(f"{facts.shop_name} · {facts.till_name}"),
            )
        self.other = self._button("plain", _("Practise first"))
        if facts.training:
            self.other.say(_("Leave training mode"), "")
        self.other.clicked.connect(self.practise)
        self.other.setVisible(may_practise)
        self.anew = self._button("plain", _("Enrol this till again"))
        self.anew.clicked.connect(self.enrol)
        self.anew.setVisible(not facts.training)
        more = [button for button in (self.other, self.anew) if not button.isHidden()]
        self._arrange(self.main, *more, self.back_button)


class ReadyPage(StepPage):
    """All is set. What a sale is, in one sentence.

    Signals:
        practise(): to the till for practising.
    """

    practise = Signal()

    def __init__(self, look: Look, *, training: bool, may_practise: bool) -> None:
        super().__init__(look, FirstDay.READY)
        if training:
            self.say(
                _("Ready to practise"),
                _("Six situations of the counter, with vouchers to try and what to say."),
            )
            self.main.say(_("To the exercises"), _("Enter"))
        else:
            self.say(
                _("All set"),
                _("Show a voucher to the camera or the gun, then press Enter: that is a sale."),
            )
            self.main.say(_("Start selling"), _("Enter"))
        self.try_first = self._button("plain", _("Practise first"))
        self.try_first.clicked.connect(self.practise)
        self.try_first.setVisible(may_practise and not training)
        self.inside.addSpacing(STEP)
        shown = [] if self.try_first.isHidden() else [self.try_first]
        self._arrange(self.main, *shown, self.back_button)

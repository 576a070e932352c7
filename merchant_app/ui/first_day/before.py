"""The first day before there is a till: language and enrolment; and enrolling a till anew."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal, Slot

from merchant_app.errors import Problem, ProblemKind
from merchant_app.i18n import Language as Spoken
from merchant_app.i18n import install
from merchant_app.settings.options import FIRST_DAY, LANGUAGE, FirstDay, Language, Options
from merchant_app.ui.background import Background, Met, Outcome
from merchant_app.ui.encaisser.camera_relay import CameraRelay
from merchant_app.ui.first_day.enrolment import EnrolPage
from merchant_app.ui.first_day.pages import LanguagePage
from merchant_app.ui.first_day.step_page import StepPage
from merchant_app.ui.ports import Enrol, NotEnrolled
from merchant_app.ui.reglages.keeping import OptionsKeeper
from merchant_app.ui.theme import Look

if TYPE_CHECKING:
    from merchant_app.scanning.confirmation import InView, ScanEvent
    from merchant_app.scanning.frames import Frame

_log = logging.getLogger(__name__)


class BeforeTill(QObject):
    """Lives in the GUI thread, for as long as this computer is no till, or is enrolled anew.

    Signals:
        turned(object): this page is to be seen; the one before may go.
        enrolled(): the till can be opened now.
        practise(): the till for practising is wanted.
        left(): it stays as it was.
    """

    turned = Signal(object)
    enrolled = Signal()
    practise = Signal()
    left = Signal()

    def __init__(
        self,
        look: Look,
        start: NotEnrolled,
        *,
        again: bool,
        enrol: Enrol,
        background: Background,
        parent: QObject,
    ) -> None:
        """`again`: this computer is a till already, and is to be enrolled anew."""
        super().__init__(parent)
        self._look = look
        self._start = start
        self._again = again
        self._enrol = enrol
        self._background = background
        self._relay: CameraRelay | None = None
        self._keeper: OptionsKeeper | None = None
        if start.options is not None:
            self._keeper = OptionsKeeper(
                start.options, background=background, not_kept=self._not_kept
            )
        self.page: StepPage | None = None

    def begin(self) -> None:
        """At the step where somebody left off."""
        step = FirstDay.DONE
        if self._start.options is not None and not self._again:
            step = self._start.options.get(FIRST_DAY)
        if step in (FirstDay.NOT_BEGUN, FirstDay.LANGUAGE):
            self._show_language()
        else:
            self._show_enrolment()

    def stop(self) -> None:
        """The window goes on without it."""
        if self._relay is not None:
            self._relay.close()
            self._relay = None
            if self._start.camera is not None:
                self._start.camera.stop()
        if self._keeper is not None:
            self._keeper.stop()

    # --- language --------------------------------------------------------------------------------

    def _show_language(self) -> None:
        page = LanguagePage(self._look)
        page.chosen.connect(self._language_chosen)
        page.forward.connect(self._language_done)
        page.back_button.hide()
        self._turn(page)

    @Slot(object)
    def _language_chosen(self, language: Language) -> None:
        """At once: the next page speaks it, and this one says so."""
        install(Spoken(language.value))
        if self._keeper is not None:
            self._keeper.keep(LANGUAGE, language)
        self._show_language()

    @Slot()
    def _language_done(self) -> None:
        if self._keeper is not None:
            self._keeper.keep(FIRST_DAY, FirstDay.ENROLMENT)
        self._show_enrolment()

    # --- enrolment -------------------------------------------------------------------------------

    def _show_enrolment(self) -> None:
        start = self._start
        page = EnrolPage(
            self._look,
            again=self._again,
            may_practise=start.other_mode is not None and not self._again,
            may_go_back=start.options is not None and not self._again,
            has_camera=start.camera is not None,
        )
        page.address.setText(start.address)
        page.wanted.connect(self._wanted)
        page.practise.connect(self.practise)
        page.back.connect(self._back)
        if start.camera is not None:
            self._look_through(page)
        self._turn(page)

    def _look_through(self, page: EnrolPage) -> None:
        """The camera runs from the first time that its picture is seen."""
        camera = self._start.camera
        assert camera is not None
        page.camera.again.connect(self._camera_again)
        if self._relay is None:
            self._relay = CameraRelay(self)
            self._relay.picture.connect(self._picture_came)
            self._relay.scanned.connect(self._scan_came)
            self._relay.status.connect(self._status_came)
            camera.start(self._relay)
        else:
            camera.look_anew()

    @Slot()
    def _back(self) -> None:
        if self._again:
            self.left.emit()
        else:
            self._show_language()

    @Slot(str, str)
    def _wanted(self, address: str, code: str) -> None:
        page = self.page
        if isinstance(page, EnrolPage):
            page.show_busy(busy=True)
            job = _EnrolJob(self._enrol, self._start.options, address=address, code=code)
            self._background.start(job.work, self._answered, name="enrolment")

    def _answered(self, outcome: Outcome[str]) -> None:
        page = self.page
        if not isinstance(page, EnrolPage):
            return
        page.show_busy(busy=False)
        if isinstance(outcome, Met):
            from merchant_app.ui import words

            page.show_error(words.problem(outcome.kind).sentence)
        elif outcome.result:
            page.show_error(outcome.result)
        else:
            self.enrolled.emit()

    # --- what comes in ---------------------------------------------------------------------------

    def gun_scanned(self, text: str) -> None:
        """A gun read something."""
        if isinstance(self.page, EnrolPage):
            self.page.take_scan(text)

    @Slot(object)
    def _scan_came(self, event: ScanEvent) -> None:
        from merchant_app.scanning.confirmation import Scanned

        if isinstance(event, Scanned) and isinstance(self.page, EnrolPage):
            self.page.take_scan(event.text)

    @Slot(object, object)
    def _picture_came(self, frame: Frame, in_view: tuple[InView, ...]) -> None:
        if isinstance(self.page, EnrolPage):
            self.page.camera.show_picture(frame, in_view)

    @Slot(object)
    def _status_came(self, status: object) -> None:
        if isinstance(self.page, EnrolPage):
            self.page.camera.show_status(status)  # type: ignore[arg-type]  # the relay's promise

    @Slot()
    def _camera_again(self) -> None:
        if self._start.camera is not None:
            self._start.camera.again()

    def enter_pressed(self) -> None:
        """Enter, wherever the keyboard is but on a button."""
        if self.page is not None:
            self.page.enter_pressed()

    def escape_pressed(self) -> None:
        """Esc."""
        if self.page is not None and not self.page.back_button.isHidden():
            self.page.escape_pressed()

    def _turn(self, page: StepPage) -> None:
        self.page = page
        self.turned.emit(page)
        page.take_keyboard()

    def _not_kept(self, kind: ProblemKind) -> None:
        """What was chosen holds until the program ends: the page says so."""
        from merchant_app.ui import words

        told = words.problem(kind)
        if isinstance(self.page, EnrolPage):
            self.page.show_error(f"{told.word}. {told.sentence}")


class _EnrolJob:
    """One enrolment on its way through a worker thread."""

    def __init__(self, enrol: Enrol, options: Options | None, *, address: str, code: str) -> None:
        self._enrol = enrol
        self._options = options
        self._address = address
        self._code = code

    def work(self) -> str:
        """In the worker: what to tell when nobody answered; empty when it is done."""
        no_answer = self._enrol(address=self._address, code=self._code)
        if no_answer is None:
            self._go_on()
            return ""
        from merchant_app.ui import words

        return words.no_answer(no_answer)

    def _go_on(self) -> None:
        """The first day goes on at the open till; one that was done stays done."""
        options = self._options
        if options is None or options.get(FIRST_DAY) is FirstDay.DONE:
            return
        try:
            options.set(FIRST_DAY, FirstDay.CAMERA)
        except Problem as problem:
            # It is enrolled, and the code is used up: that counts. The steps are in Réglages, too.
            _log.warning("the step of the first day was not kept: %s", problem)

"""The Encaisser screen, wired: presenter, view, worker threads, camera, sounds."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from merchant_app.clock import Clock
from merchant_app.errors import ProblemKind
from merchant_app.ids import OpId, VoucherId
from merchant_app.scanning.confirmation import Left, Scanned
from merchant_app.till.counter import Counter
from merchant_app.till.results import Status
from merchant_app.ui.background import Done, Outcome
from merchant_app.ui.command_runner import CommandRunner
from merchant_app.ui.commands import Answer, AskContact, Command, DoSettle
from merchant_app.ui.encaisser.camera_relay import CameraRelay
from merchant_app.ui.encaisser.camera_view import Choice
from merchant_app.ui.encaisser.cards import card_of
from merchant_app.ui.encaisser.one_at_a_time import OneAtATime
from merchant_app.ui.encaisser.presenter import Presenter
from merchant_app.ui.encaisser.states import (
    MONEY_IN_FLIGHT,
    AskingPin,
    Question,
    Screen,
    Sound,
)
from merchant_app.ui.encaisser.verdict_cards import Place
from merchant_app.ui.encaisser.view import EncaisserView
from merchant_app.ui.ports import CameraPort, Sounds

if TYPE_CHECKING:
    from merchant_app.scanning.camera import CameraStatus
    from merchant_app.scanning.confirmation import InView, ScanEvent
    from merchant_app.scanning.frames import Frame

_log = logging.getLogger(__name__)


class EncaisserScreen(QObject):
    """Lives in the GUI thread. It is the presenter's `Hands` and the window's `KeyUser`.

    Signals:
        verdict_painted(int): the card of this look-up's verdict is on the screen.
        status_changed(object): a `Status`, from whatever thread the counter told it.
        scan_came(): a camera or a gun read something; this screen takes it, wherever the person is.
        camera_was_tried(): the camera read a code that is not to be looked up.
        enrolment_wanted(): this till is to be enrolled again.
        question_answered(object): the `OpId` of a question that was answered here.
        card_turned(): the card says something of another kind now.
        shown(object): the `Screen` that is seen now.
    """

    verdict_painted = Signal(int)
    status_changed = Signal(object)
    scan_came = Signal()
    camera_was_tried = Signal()
    enrolment_wanted = Signal()
    question_answered = Signal(object)
    card_turned = Signal()
    shown = Signal(object)

    def __init__(
        self,
        counter: Counter,
        view: EncaisserView,
        *,
        runner: CommandRunner,
        sounds: Sounds,
        clock: Clock,
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        self._counter = counter
        self._view = view
        self._runner = runner
        self._sounds = sounds
        self._clock = clock
        self._one_at_a_time = OneAtATime()
        self._camera: CameraPort | None = None
        self._stopped = False
        self._trying_camera = False
        self._heeded: frozenset[str] | None = None
        self._contact_running = False
        self.relay = CameraRelay(self)
        self.screen: Screen | None = None
        view.set_currency(counter.facts.currency)
        self.presenter = Presenter(counter, self, clock=clock, show=self._show)
        self._connect()
        counter.on_status(self._tell_status)
        self._status_came(counter.status())

    def _connect(self) -> None:
        view = self._view
        view.purchase.edited.connect(self._purchase_edited)
        view.amount.edited.connect(self._amount_edited)
        view.code.edited.connect(self._code_edited)
        view.pin.edited.connect(self._pin_edited)
        view.code.moved.connect(self._hit_moved)
        view.hits.pressed_at.connect(self._hit_pressed)
        view.amount.stepped.connect(self._stepped)
        view.amount.removed.connect(self._chosen_removed)
        view.basket.chosen.connect(self._line_chosen)
        view.basket.removed.connect(self._line_removed)
        view.main_pressed.connect(self._main_pressed)
        view.other_pressed.connect(self._other_pressed)
        view.accept_pressed.connect(self.accept_pressed)
        view.basket.new_purchase.connect(self._new_purchase)
        view.basket.undo.connect(self.undo_pressed)
        view.card.painted.connect(self._card_painted)
        view.camera.again.connect(self._camera_again)
        view.camera.picked.connect(self._voucher_picked)
        self.relay.picture.connect(self._picture_came)
        self.relay.scanned.connect(self._scan_came)
        self.relay.status.connect(self._camera_status_came)
        self.relay.advice.connect(view.camera.show_advice)
        self.status_changed.connect(self._status_came)

    def start(self, camera: CameraPort | None) -> None:
        """Ask what a crash left behind, and begin to look."""
        self.presenter.start()
        self._camera = camera
        if camera is None:
            self._view.camera.show_absent()
        else:
            camera.start(self.relay)

    def stop(self) -> None:
        """The window closes."""
        self._stopped = True
        self.relay.close()
        if self._camera is not None:
            self._camera.stop()

    # --- Hands -----------------------------------------------------------------------------------

    def run_command(self, command: Command) -> None:
        self._runner.run(command, self._command_done)

    def may_move_money(self) -> bool:
        return self._runner.may_move_money(self)

    def enrol_again(self) -> None:
        self.enrolment_wanted.emit()

    def call_back(self, after_s: float, number: int) -> None:
        alarm = QTimer(self)
        alarm.setSingleShot(True)
        alarm.setProperty("number", number)
        alarm.timeout.connect(self._alarm_rang)
        alarm.start(round(after_s * 1000))

    def play(self, sound: Sound) -> None:
        self._sounds.play(sound)

    # --- KeyUser ---------------------------------------------------------------------------------

    def gun_scanned(self, text: str) -> None:
        self._scanned(text)

    def enter_pressed(self) -> None:
        view = self._view
        if self._asks_pin:
            self.presenter.pin_entered(view.pin.taken())
        elif view.code.has_typing:
            self.presenter.typed(view.code.text())
        elif view.purchase.has_typing:
            self.presenter.purchase_entered()
        elif self.screen is not None and not isinstance(self.screen.state, Question):
            self.presenter.enter()

    def escape_pressed(self) -> None:
        self._view.pin.clear()
        self.presenter.escape()

    @property
    def _asks_pin(self) -> bool:
        """Enter is meant for the responsible person's code, but where a voucher's is typed."""
        asking = self.screen is not None and isinstance(self.screen.state, AskingPin)
        return asking and not self._view.code.has_typing

    @Slot()
    def accept_pressed(self) -> None:
        self.presenter.honour()

    @Slot()
    def undo_pressed(self) -> None:
        self.presenter.undo()

    # --- from the view ---------------------------------------------------------------------------

    @Slot(str)
    def _purchase_edited(self, text: str) -> None:
        self.presenter.purchase_edited(text)

    @Slot(str)
    def _pin_edited(self, _text: str) -> None:
        self.presenter.pin_edited()

    @Slot(str)
    def _amount_edited(self, text: str) -> None:
        self.presenter.amount_edited(text)

    @Slot(int)
    def _hit_moved(self, by: int) -> None:
        self.presenter.hit_moved(by)

    @Slot(int)
    def _hit_pressed(self, place: int) -> None:
        self.presenter.hit_pressed(place)

    @Slot(int)
    def _stepped(self, lines: int) -> None:
        self.presenter.step(lines)

    @Slot()
    def _chosen_removed(self) -> None:
        self.presenter.remove()

    @Slot(object)
    def _line_chosen(self, voucher_id: VoucherId) -> None:
        self.presenter.choose(voucher_id)

    @Slot(object)
    def _line_removed(self, voucher_id: VoucherId) -> None:
        self.presenter.remove(voucher_id)

    @Slot()
    def _main_pressed(self) -> None:
        if self.screen is not None and isinstance(self.screen.state, Question):
            self.presenter.answer_question(handed_over=True)
        elif self._asks_pin:
            self.presenter.pin_entered(self._view.pin.taken())
        else:
            self.presenter.enter()

    @Slot()
    def _other_pressed(self) -> None:
        if self.screen is not None and isinstance(self.screen.state, Question):
            self.presenter.answer_question(handed_over=False)
        else:
            self.presenter.escape()

    @Slot()
    def _new_purchase(self) -> None:
        self.presenter.new_purchase()

    @Slot(int)
    def _card_painted(self, number: int) -> None:
        self.verdict_painted.emit(number)

    @Slot()
    def ask_contact(self) -> None:
        """The status pill was pressed: is anybody there?"""
        if not self._contact_running:
            self._contact_running = True
            self.run_command(AskContact())

    @property
    def view(self) -> EncaisserView:
        """What is painted; for who drives the screen from outside (the demo)."""
        return self._view

    @property
    def time_zone(self) -> str:
        """The shop's."""
        return self._counter.facts.time_zone

    def take_keyboard(self) -> None:
        """Somebody came back to this screen."""
        self.presenter.come_back()

    def try_camera(self, *, trying: bool) -> None:
        """Whether the camera is only being tried: what it reads then is no sale. What lies in front
        of it afterwards is read anew."""
        self._trying_camera = trying
        if not trying and self._camera is not None:
            self._camera.look_anew()

    def heed_only(self, texts: frozenset[str] | None) -> None:
        """While an exercise runs, the camera's other codes are none of it; None: all are heeded.
        A gun and the keyboard always are."""
        self._heeded = texts

    def problem_elsewhere(self, kind: ProblemKind) -> None:
        """A Problem that no question of ours met: the scanner's thread, for instance."""
        self._view.camera.show_problem(kind)

    # --- from other threads, through queued signals ----------------------------------------------

    def _tell_status(self, status: Status) -> None:
        """Any thread."""
        if not self._stopped:
            self.status_changed.emit(status)

    @Slot(object)
    def _status_came(self, status: Status) -> None:
        self.presenter.line_changed(status)

    @Slot(object)
    def _scan_came(self, event: ScanEvent) -> None:
        match event:
            case Scanned() if self._trying_camera:
                self.camera_was_tried.emit()
            case Scanned(text=text) if self._heeded is not None and text not in self._heeded:
                pass
            case Scanned(text=text, in_view=in_view):
                seen = [(code.text, code.missed_frames) for code in in_view]
                if self._one_at_a_time.takes(text, seen):
                    _log.info("scanned, frame %d", event.frame_number)
                    self._scanned(text)
            case Left():
                pass

    @Slot(object, object)
    def _picture_came(self, frame: Frame, in_view: tuple[InView, ...]) -> None:
        if self._trying_camera:
            return
        seen = [(code.text, code.missed_frames) for code in in_view]
        crowded, alone = self._one_at_a_time.in_view(seen)
        choice = None
        if crowded:
            code = self._view.code
            by_key = code.hasFocus() and not code.isReadOnly()
            choice = Choice(dict(self._one_at_a_time.numbers), by_key)
        self._view.camera.show_picture(frame, in_view, choice=choice)
        if alone is not None:
            self._scanned(alone)

    @Slot(int)
    def _voucher_picked(self, number: int) -> None:
        """Of the two in view, this one."""
        text = self._one_at_a_time.choose(number)
        if text is not None:
            _log.info("chosen of %d in view", len(self._one_at_a_time.numbers))
            self._scanned(text)

    @Slot(str)
    def _code_edited(self, text: str) -> None:
        """Checked while it is typed; a single digit answers "which of the two?"."""
        self.presenter.code_edited(text)
        if len(text) == 1 and text.isdecimal():
            self._voucher_picked(int(text))

    def _scanned(self, text: str) -> None:
        self.scan_came.emit()
        self.presenter.scanned(text)

    @Slot(object)
    def _camera_status_came(self, status: CameraStatus) -> None:
        self._view.camera.show_status(status)

    @Slot()
    def _camera_again(self) -> None:
        if self._camera is not None:
            self._camera.again()

    @Slot()
    def _alarm_rang(self) -> None:
        alarm = self.sender()
        assert isinstance(alarm, QTimer)
        self.presenter.time_came(int(alarm.property("number")))
        alarm.deleteLater()

    def _command_done(self, command: Command, outcome: Outcome[Answer]) -> None:
        """GUI thread."""
        if self._stopped:
            return
        if isinstance(command, AskContact):
            self._contact_running = False
            if isinstance(outcome, Done):
                self.status_changed.emit(outcome.result)
                return
        if isinstance(outcome, Done):
            self.presenter.answered(command, outcome.result)
            if isinstance(command, DoSettle):
                self.question_answered.emit(command.op_id)
        else:
            self.presenter.went_wrong(command, outcome.kind)

    def settled_elsewhere(self, op_id: OpId) -> None:
        """A question was answered on another screen."""
        self.presenter.settled_elsewhere(op_id)

    def _show(self, screen: Screen) -> None:
        before, self.screen = self.screen, screen
        self._runner.hold_money(self, hold=isinstance(screen.state, MONEY_IN_FLIGHT))
        place = Place(self._clock.now(), self._counter.facts.time_zone)
        self._view.show_screen(screen, card_of(screen, place))
        self.shown.emit(screen)
        # Last: whoever gives way to it may change the screen once more.
        if before is not None and type(before.state) is not type(screen.state):
            self.card_turned.emit()

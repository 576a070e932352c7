"""Every step of the first day, once."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from PySide6.QtWidgets import QWidget

from merchant_app.errors import ProblemKind
from merchant_app.settings.options import FirstDay
from merchant_app.ui.first_day.enrolment import EnrolPage
from merchant_app.ui.first_day.pages import LanguagePage
from merchant_app.ui.first_day.screen import FirstDayView
from merchant_app.ui.reglages.states import Note
from merchant_app.ui.theme import Look
from merchant_app.ui.words import problem
from tests.fakes.counter import FACTS
from tests.ui.gallery import RUNNING, camera_frame
from tests.ui.gallery_of_settings import SETTINGS

_ADDRESS = "https://bons.example.org"
_TRAINING = replace(FACTS, training=True, till_name="Caisse 1", cashier="Claire")


def _enrol(look: Look) -> EnrolPage:
    page = EnrolPage(look, may_practise=True, may_go_back=True, has_camera=True)
    page.camera.show_status(RUNNING)
    page.camera.show_picture(*camera_frame())
    return page


def _refused(look: Look) -> EnrolPage:
    page = _enrol(look)
    page.address.setText(_ADDRESS)
    page.code.setText("E1:7F3KQ9")
    page.show_error(problem(ProblemKind.ENROLMENT_REFUSED).sentence)
    return page


def _voucher(look: Look) -> EnrolPage:
    page = _enrol(look)
    page.take_scan("V1:" + "A" * 151)
    return page


def _busy(look: Look) -> EnrolPage:
    page = _enrol(look)
    page.take_scan(f"E1:7F3KQ9 {_ADDRESS}")
    page.show_busy(busy=True)
    return page


def _again(look: Look) -> EnrolPage:
    page = EnrolPage(look, again=True)
    page.address.setText(_ADDRESS)
    return page


BEFORE: dict[str, Callable[[Look], QWidget]] = {
    "first-day-language": LanguagePage,
    "page-enrol": _enrol,
    "page-enrol-refused": _refused,
    "page-enrol-voucher": _voucher,
    "page-enrol-busy": _busy,
    "page-enrol-again": _again,
}
"""Without a till, each fills the window."""


def _view(look: Look, step: FirstDay, *, training: bool = False) -> FirstDayView:
    view = FirstDayView(look, _TRAINING if training else FACTS, may_practise=True)
    view.show_screen(SETTINGS["settings"])
    view.camera.show_status(RUNNING)
    view.camera.show_picture(*camera_frame())
    view.setCurrentWidget(view.pages[step])
    return view


def _camera(look: Look) -> FirstDayView:
    return _view(look, FirstDay.CAMERA)


def _camera_read(look: Look) -> FirstDayView:
    view = _view(look, FirstDay.CAMERA)
    view.show_screen(replace(SETTINGS["settings"], note=Note.CODE_READ))
    return view


def _gun_read(look: Look) -> FirstDayView:
    view = _view(look, FirstDay.CAMERA)
    view.device.gun_read()
    return view


def _no_camera(look: Look) -> FirstDayView:
    view = _view(look, FirstDay.CAMERA)
    view.camera.show_absent()
    view.show_screen(SETTINGS["settings-no-camera"])
    return view


def _not_heard(look: Look) -> FirstDayView:
    view = _view(look, FirstDay.SOUNDS)
    view.sounds.not_heard.click()
    return view


AT_THE_TILL: dict[str, Callable[[Look], FirstDayView]] = {
    "first-day-till": lambda look: _view(look, FirstDay.ENROLMENT),
    "first-day-till-training": lambda look: _view(look, FirstDay.ENROLMENT, training=True),
    "first-day-camera": _camera,
    "first-day-camera-read": _camera_read,
    "first-day-gun-read": _gun_read,
    "first-day-no-camera": _no_camera,
    "first-day-sounds": lambda look: _view(look, FirstDay.SOUNDS),
    "first-day-not-heard": _not_heard,
    "first-day-printer": lambda look: _view(look, FirstDay.PRINTER),
    "first-day-ready": lambda look: _view(look, FirstDay.READY),
    "first-day-ready-training": lambda look: _view(look, FirstDay.READY, training=True),
}
"""With the till's bar above."""

"""The till's side of `driven_till`: the program as `merchant-app` starts it, and a driver.

The driver reads commands from one pipe and writes to another whatever changed on the screen. Keys
and scans go in where the window takes them.
"""

from __future__ import annotations

import json
import os
import sys
from collections import deque
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from PySide6.QtCore import QMimeData, QObject, QSocketNotifier, QTimer, QUrl, Slot
from PySide6.QtWidgets import QAbstractButton, QApplication, QWidget

from merchant_app.bootstrap import program
from merchant_app.bootstrap.arguments import Arguments, parse
from merchant_app.clock import SystemClock
from merchant_app.errors import Problem
from merchant_app.settings.options import FIRST_DAY, FirstDay, Options
from merchant_app.settings.paths import ProfileName, prepare, profile_of
from merchant_app.settings.secrets import OpenedSecrets, SecretName, SessionSecrets
from merchant_app.till.journal_results import Exported, ExportForm
from merchant_app.till.results import Lift
from merchant_app.till.school import Situation
from merchant_app.ui.encaisser.screen import EncaisserScreen
from merchant_app.ui.first_day.enrolment import EnrolPage
from merchant_app.ui.first_day.screen import FirstDayScreen
from merchant_app.ui.journal.screen import JournalScreen
from merchant_app.ui.main_window import MainWindow
from merchant_app.ui.places import Places
from merchant_app.ui.reglages.pin_screen import PinScreen
from merchant_app.ui.school.presenter import Screen as SchoolState
from merchant_app.ui.school.screen import SchoolScreen

DAYS_BACK = "TILL_DAYS_BACK"
NEWCOMER = "TILL_NEWCOMER"
"""Set where the first day is asked about; else this till has it behind itself."""
READING_MS = 350
"""A key that comes sooner after a verdict was not meant for it; the till does not take it."""
_LOOK_EVERY_MS = 15
_KEYS = ("enter", "escape", "undo", "accept")
_FIELDS = ("amount", "purchase", "code", "pin")


class FileSecrets(SessionSecrets):
    """Secrets in a file outside the till's folders: a keyring that the test can read."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self._path = path
        if path.exists():
            for name, value in json.loads(path.read_text(encoding="utf-8")).items():
                super().set(SecretName(name), value)

    def set(self, name: SecretName, value: str) -> None:
        super().set(name, value)
        kept = {one.value: self.get(one) for one in SecretName if self.get(one) is not None}
        self._path.write_text(json.dumps(kept))


class Driver(QObject):
    """Carries out commands, each a JSON object on a line; reports changes. GUI thread.

    One after the other; each report says how many were carried out before it (`did`), so that what
    a command led to can be told from what was there before.

    Commands: gun (text), enter, escape, undo, main, other (the buttons), type (field, text),
    function (key: F1 to F12), find (text, in the journal), export (form, folder), focus (field),
    step (lines: down in the basket, or up), enrol (address, code), school (to the exercises),
    present (situation: of an exercise), drop (path: of a file), retry, crash (text), close.
    """

    def __init__(self, window: MainWindow, *, commands: int, reports: int) -> None:
        super().__init__()
        self._window = window
        self._commands = commands
        self._reports = reports
        self._rest = b""
        self._last: dict[str, object] = {}
        self._status: Any = None
        self._waiting: deque[dict[str, str]] = deque()
        self._key: Callable[[], None] | None = None
        self._did = 0
        self._listens = False
        self._pins: PinScreen | None = None
        self._notifier = QSocketNotifier(commands, QSocketNotifier.Type.Read, self)
        self._notifier.activated.connect(self._commanded)
        self._timer = QTimer(self)
        self._timer.timeout.connect(self._look)
        self._timer.start(_LOOK_EVERY_MS)

    @Slot()
    def _commanded(self) -> None:
        piece = os.read(self._commands, 65_536)
        if not piece:
            self._notifier.setEnabled(False)
        *lines, self._rest = (self._rest + piece).split(b"\n")
        self._waiting += map(json.loads, lines)
        self._go_on()

    def _go_on(self) -> None:
        while self._waiting and self._key is None:
            command = self._waiting.popleft()
            name = command.pop("do")
            # Before it is done: one that crashes was carried out as well. Nothing is reported
            # meanwhile.
            self._did += name not in _KEYS
            getattr(self, "_do_" + name)(**command)

    def _do_gun(self, text: str) -> None:
        self._window.gun_scanned(text)

    def _do_enter(self) -> None:
        self._press_soon(self._window.enter_pressed)

    def _do_escape(self) -> None:
        self._press_soon(self._window.escape_pressed)

    def _do_accept(self) -> None:
        self._press_soon(self._screen().accept_pressed)

    def _do_undo(self) -> None:
        self._press_soon(self._window.undo_pressed)

    def _do_drop(self, path: str) -> None:
        data = QMimeData()
        data.setUrls([QUrl.fromLocalFile(path)])
        drops = self._places().file_routes.drops
        assert drops is not None
        drops.dropped.emit(data)

    def _do_main(self) -> None:
        self._screen().view.main_pressed.emit()

    def _do_other(self) -> None:
        self._screen().view.other_pressed.emit()

    def _do_type(self, field: str, text: str) -> None:
        entry = getattr(self._screen().view, field)
        entry.setText(text)
        entry.edited.emit(text)

    def _do_set_pin(self, pin: str) -> None:
        """The responsible person's code, in Réglages."""
        reglages = self._places().reglages
        assert reglages is not None
        self._pins = reglages.pin
        for field in (reglages.view.pin.new, reglages.view.pin.again):
            field.setText(pin)
        reglages.pin.enter_pressed()

    def _do_step(self, lines: str) -> None:
        self._screen().view.amount.stepped.emit(int(lines))

    def _do_focus(self, field: str) -> None:
        getattr(self._screen().view, field).setFocus()

    def _do_function(self, key: str) -> None:
        self._window.function_pressed(key)

    def _do_find(self, text: str) -> None:
        field = self._journal().view.journal.field
        field.setText(text)
        field.edited.emit(text)

    def _do_export(self, form: str, folder: str) -> None:
        """This month's."""
        journal = self._journal()
        journal.export_pressed()
        journal.exports.form_chosen(ExportForm[form])
        journal.exports.folder_chosen(Path(folder))
        journal.enter_pressed()

    def _do_enrol(self, address: str, code: str) -> None:
        page = self._window.page
        assert isinstance(page, EnrolPage)
        page.address.setText(address)
        page.code.setText(code)
        page.show_error("")
        page.submit()

    def _do_school(self) -> None:
        self._places().frame.training.exercises.click()

    def _do_present(self, situation: str) -> None:
        school = self._places().side.school.get()
        assert school is not None
        school.presenter.choose(Situation(situation))
        school.enter_pressed()

    def _do_retry(self) -> None:
        self._window.enter_pressed()

    def _do_crash(self, text: str) -> None:
        raise LookupError(text)

    def _do_close(self) -> None:
        self._window.close()

    def _press_soon(self, press: Callable[[], None]) -> None:
        self._key = press
        QTimer.singleShot(READING_MS, self._press)

    @Slot()
    def _press(self) -> None:
        press, self._key = self._key, None
        assert press is not None
        self._did += 1
        press()
        self._go_on()

    @Slot(object)
    def _status_came(self, status: object) -> None:
        self._status = status

    @Slot()
    def _look(self) -> None:
        page = self._window.page
        seen: dict[str, object] = {
            "did": self._did,
            "page": type(page).__name__,
            "told": getattr(page, "told", ""),
            "error": getattr(page, "error", ""),
            "window": int(self._window.winId()),
            "focus": _name_of(self._window.focusWidget()),
        }
        if self._window.screen_in_use is not None and page is self._window.frame:
            seen |= self._on_screen()
        if seen != self._last:
            self._last = seen
            os.write(self._reports, json.dumps(seen).encode() + b"\n")

    def _journal(self) -> JournalScreen:
        places = self._window.findChild(Places)
        assert isinstance(places, Places)
        return places.beside.journal.get()

    def _recorded(self) -> dict[str, object]:
        """What the journal shows, once somebody went there."""
        journal = self._journal()
        if journal.screen is None:
            return {}
        life, panel = journal.screen.life, journal.panel
        news = getattr(getattr(panel, "mode", None), "news", None)
        return {
            "looked_for": journal.screen.text,
            "found": [sale.amount.minor for sale in journal.screen.sales],
            "life": [] if life is None else [type(step).__name__ for step in life.steps],
            "sale": "" if life is None else life.sale.state.value,
            "file": str(news.path) if isinstance(news, Exported) else "",
        }

    def _screen(self) -> EncaisserScreen:
        screen = self._window.screen_in_use
        assert screen is not None
        return screen

    def _on_screen(self) -> dict[str, object]:
        screen = self._screen()
        if screen.screen is None:
            return {}
        if not self._listens:
            self._listens = True
            screen.status_changed.connect(self._status_came)
        view, state = screen.view, screen.screen.state
        verdict = getattr(state, "verdict", None)
        focus = QApplication.focusWidget()
        return {
            "number": screen.screen.number,
            "state": type(state).__name__,
            "verdict": None if verdict is None else type(verdict).__name__,
            "word": view.card.accessibleName(),
            "message": view.message,
            "waiting": [line.amount.minor for line in screen.screen.waiting],
            "basket": list(view.basket.lines()),
            **{name: getattr(view, name).text() for name in _FIELDS},
            "focus": next((name for name in _FIELDS if getattr(view, name) is focus), ""),
            "line": "" if self._status is None else self._status.line.value,
            "unsent": 0 if self._status is None else self._status.unsent,
            "lifts": getattr(getattr(state, "result", None), "lift", Lift.NEVER).value,
            "to_settle": 0 if self._status is None else self._status.to_settle,
            "pin_set": self._pin_set(),
            **self._on_closing(),
            **self._on_first_day(),
            **self._on_statements(),
            **self._recorded(),
        }

    def _pin_set(self) -> bool:
        """Once the driver has set one: nobody's look builds a screen."""
        return self._pins is not None and self._pins.panel is not None and self._pins.panel.is_set

    def _places(self) -> Places:
        places = self._window.findChild(Places)
        assert isinstance(places, Places)
        return places

    def _on_statements(self) -> dict[str, object]:
        releves = self._places().releves
        screen = releves.screen
        return {
            "asking": screen is not None and screen.asking is not None,
            "bank_read": screen is not None and screen.bank is not None,
            "statement_word": releves.view.card.accessibleName(),
            "statement_message": releves.view.message,
        }

    def _on_first_day(self) -> dict[str, object]:
        """The step that is seen, and how far the exercises are."""
        places = self._places()
        # Only looked for: to ask for one makes it.
        first_day, school = places.findChild(FirstDayScreen), places.findChild(SchoolScreen)
        seen, step = places.frame.screens.currentWidget(), ""
        if isinstance(first_day, FirstDayScreen) and first_day.view is seen:
            step = first_day.step.value
        taught = _exercises(school.presenter.screen) if isinstance(school, SchoolScreen) else {}
        return {"step": step, **taught}

    def _on_closing(self) -> dict[str, object]:
        places = self._places()
        screen, view = places.cloture.screen, places.cloture.view
        return {
            "place": type(places.frame.screens.currentWidget()).__name__,
            "closing": "" if screen is None else type(screen.mode).__name__,
            "closing_word": view.card.accessibleName(),
            "closing_message": view.message,
        }


def _exercises(screen: SchoolState) -> dict[str, object]:
    chosen = screen.exercise(screen.chosen)
    return {
        "exercise": "" if chosen is None or screen.busy else chosen.situation.value,
        "exercises_done": len(screen.done),
    }


class Yesterday(SystemClock):
    """The computer's clock as so many days ago: for what a till does the next morning."""

    def now(self) -> datetime:
        return super().now() - timedelta(days=int(os.environ[DAYS_BACK]))


def _name_of(widget: QWidget | None) -> str:
    """What a screen reader calls it."""
    if widget is None:
        return ""
    return widget.accessibleName() or (widget.text() if isinstance(widget, QAbstractButton) else "")


def main(commands: int, reports: int, secrets: str, arguments: Sequence[str]) -> int:
    """The till; `secrets` is the file of `FileSecrets`, empty for the system's keyring."""

    def open_secrets(_service: str) -> OpenedSecrets:
        return OpenedSecrets(FileSecrets(Path(secrets)), None)

    if os.environ.get(DAYS_BACK):
        # The one place that makes the clock.
        setattr(program, "SystemClock", Yesterday)  # noqa: B010 - it is no export of the module
    parsed = parse(arguments)
    if not os.environ.get(NEWCOMER):
        _skip_first_day(parsed)
    assembled = program.assemble(parsed, secrets=open_secrets if secrets else None)
    # Bound to a name: it lives as long as the window.
    driver = Driver(assembled.running.window, commands=commands, reports=reports)
    code = assembled.run()
    driver.deleteLater()
    return code


def _skip_first_day(arguments: Arguments) -> None:
    name = ProfileName.TRAINING if arguments.training else ProfileName.MAIN
    profile = profile_of(name, data_dir=arguments.data_dir)
    try:
        prepare(profile)
        Options(profile.options_file).set(FIRST_DAY, FirstDay.DONE)
    except Problem:  # the program meets it as well, and shows it
        return


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]), int(sys.argv[2]), sys.argv[3], sys.argv[4:]))

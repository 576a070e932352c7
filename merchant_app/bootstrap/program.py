"""From the command line to the window: profile, log, options, then Qt.

Nothing here may be slow: it all comes before the first paint.
"""

from __future__ import annotations

import signal
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal, Slot

from merchant_app.bootstrap import arguments as command_line
from merchant_app.bootstrap.arguments import Arguments
from merchant_app.bootstrap.two_tills import OneTill, TwoTills
from merchant_app.clock import SystemClock
from merchant_app.errors import Problem, ProblemKind
from merchant_app.settings import options as choices
from merchant_app.settings.options import Options
from merchant_app.settings.paths import Profile, ProfileName, prepare, profile_of
from merchant_app.ui import application
from merchant_app.ui.application import Appearance, Running
from merchant_app.ui.main_window import MainWindow
from merchant_app.ui.theme import Scheme

if TYPE_CHECKING:
    # Loaded after the first paint.
    from merchant_app.bootstrap.opening import SecretsOpener, TillOpener
    from merchant_app.bootstrap.second_start import SecondStart, SecondStarts


def run(argv: Sequence[str]) -> int:
    """Run the till until its window is closed; the exit code."""
    arguments = command_line.parse(argv)
    with_window = assemble(arguments)
    if arguments.startup_probe:
        with_window.running.window.first_painted.connect(_print_first_paint)
        with_window.running.window.first_painted.connect(with_window.running.application.quit)
    return with_window.run()


class Assembled:
    """A window that is ready to be shown, and the tills behind it, to be closed after it."""

    def __init__(self, running: Running, opener: TwoTills, start: OnlyStart) -> None:
        self.running = running
        self.opener = opener
        self.start = start

    def run(self) -> int:
        """Show the window, stay until it is closed, let go of everything; the exit code.

        0, or 70 (EX_SOFTWARE of sysexits.h) after a bug. Where the till is open already, its
        window comes forward and this one is never seen.
        """
        # Ctrl-C in a terminal ends the program like any other: the journal needs no goodbye.
        signal.signal(signal.SIGINT, signal.SIG_DFL)
        try:
            if self.start.first_came_forward():
                return 0
            self.running.window.show()
            code = self.running.application.exec()
            return 70 if self.running.crash.has_crashed else code
        finally:
            self.close()

    def close(self) -> None:
        """Let go of everything the till holds."""
        self.start.close()
        self.opener.close()


class OnlyStart(QObject):
    """That one window stands for one profile, whoever was first. Lives in the GUI thread.

    A window that has changed to practising stands for the till that sells as well: whoever starts
    that one again has this window before them. The usual start has no other before it: what hears
    and asks is loaded when the profile is held, or when another program holds it.

    Signals:
        profile_held(object): emitted by whoever took the lock of this `ProfileName`; any thread.
        answered(): the program that holds the profile was asked, and came forward or did not.
    """

    profile_held = Signal(object)
    answered = Signal()

    def __init__(
        self,
        notes: Mapping[ProfileName, Path],
        *,
        first: ProfileName,
        files: Sequence[Path] = (),
    ) -> None:
        """`files`: what this start was given to open; another program that is open gets them."""
        super().__init__()
        self._files = files
        self._notes = notes
        self._second_starts: dict[ProfileName, SecondStarts] = {}
        self._first: SecondStart | None = None
        self._began_with = first
        self._open: Callable[[], ProfileName] = lambda: first
        self._window: MainWindow | None = None
        self.profile_held.connect(self._listen)

    def watch(self, window: MainWindow, open_till: Callable[[], ProfileName]) -> None:
        """This is the window that comes forward, or goes; `open_till` says what it shows."""
        self._window, self._open = window, open_till
        window.problem_shown.connect(self._problem_shown)

    def first_came_forward(self) -> bool:
        """Whether another program holds the profile and its window came forward."""
        note = self._notes[self._began_with]
        if not note.exists():
            return False
        from merchant_app.bootstrap.second_start import first_came_forward

        return first_came_forward(note, self._files)

    def close(self) -> None:
        """A start from now on is the first."""
        for second_starts in self._second_starts.values():
            second_starts.close()

    @Slot(object)
    def _listen(self, name: ProfileName) -> None:
        from merchant_app.bootstrap.second_start import SecondStarts

        if name not in self._second_starts:
            second_starts = SecondStarts(self._notes[name], self)
            if self._window is not None:
                second_starts.asked.connect(self._window.come_forward)
                second_starts.files_came.connect(self._window.open_files)
            self._second_starts[name] = second_starts
        self._second_starts[name].listen()

    @Slot(object)
    def _problem_shown(self, kind: ProblemKind) -> None:
        # Two that start at the same moment: neither finds a note, the lock tells them apart. A
        # window that came to this by changing its till stays, and says so.
        if kind is ProblemKind.ALREADY_RUNNING and self._open() is self._began_with:
            from merchant_app.bootstrap.second_start import SecondStart

            if self._first is None:
                self._first = SecondStart(self._notes[self._began_with], self, files=self._files)
                self._first.answered.connect(self._first_answered)
            self._first.ask()

    @Slot()
    def _first_answered(self) -> None:
        if self._first is not None and self._first.came and self._window is not None:
            self._window.close()
        self.answered.emit()


def assemble(arguments: Arguments, *, secrets: SecretsOpener | None = None) -> Assembled:
    """Build the program up to its window. Main thread.

    A Problem on the way is not raised but shown: the window asks the opener, and the opener has it.
    `secrets`: where secrets are kept; None: the system's keyring.
    """
    clock = SystemClock()
    profiles = {name: profile_of(name, data_dir=arguments.data_dir) for name in ProfileName}
    first = ProfileName.TRAINING if arguments.training else ProfileName.MAIN
    notes = {name: one.window_note for name, one in profiles.items()}
    start = OnlyStart(notes, first=first, files=arguments.files)

    def make(name: ProfileName, other_mode: Callable[[], None]) -> OneTill:
        options, problem = _prepare(profiles[name])

        def make_opener() -> TillOpener:
            from merchant_app.bootstrap.opening import TillOpener

            return TillOpener(
                replace(arguments, training=name is ProfileName.TRAINING),
                profile=profiles[name],
                options=options,
                clock=clock,
                early_problem=problem,
                secrets=secrets,
                on_locked=partial(start.profile_held.emit, name),
                other_mode=other_mode,
            )

        return OneTill(make_opener, options)

    tills = TwoTills(make, first=first)
    running = application.prepare(
        tills.open, tills.enrol, clock=clock, appearance=_appearance(arguments, tills.options)
    )
    start.watch(running.window, lambda: tills.name)
    running.window.open_files(arguments.files)
    if sys.platform == "darwin":  # which hands files over as events, at any time
        from merchant_app.ui.opened_files import OpenedFiles

        OpenedFiles(running.application).came.connect(running.window.open_files)
    return Assembled(running, tills, start)


def _prepare(profile: Profile) -> tuple[Options | None, Problem | None]:
    try:
        prepare(profile)
        return Options(profile.options_file), None
    except Problem as problem:
        return None, problem


def _appearance(arguments: Arguments, options: Options | None) -> Appearance:
    if options is None:  # the window opens only to say why
        return Appearance(
            language=arguments.language or "system", scheme=Scheme(arguments.theme or "system")
        )
    return Appearance(
        language=arguments.language or options.get(choices.LANGUAGE).value,
        scheme=Scheme(arguments.theme or options.get(choices.THEME).value),
    )


def _print_first_paint() -> None:
    sys.stdout.write(f"first-paint {time.monotonic_ns()}\n")
    sys.stdout.flush()

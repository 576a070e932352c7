"""From the command line to the window: profile, log, options, then Qt.

Nothing here may be slow: it all comes before the first paint.
"""

from __future__ import annotations

import signal
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from merchant_app.bootstrap import arguments as command_line
from merchant_app.bootstrap.arguments import Arguments
from merchant_app.bootstrap.opening import SecretsOpener, TillOpener
from merchant_app.bootstrap.two_tills import OneTill, TwoTills
from merchant_app.clock import SystemClock
from merchant_app.errors import Problem
from merchant_app.settings import options as choices
from merchant_app.settings.options import Options
from merchant_app.settings.paths import Profile, ProfileName, prepare, profile_of
from merchant_app.ui import application
from merchant_app.ui.application import Appearance, Running
from merchant_app.ui.theme import Scheme


def run(argv: Sequence[str]) -> int:
    """Run the till until its window is closed; the exit code."""
    arguments = command_line.parse(argv)
    with_window = assemble(arguments)
    if arguments.startup_probe:
        with_window.running.window.first_painted.connect(_print_first_paint)
        with_window.running.window.first_painted.connect(with_window.running.application.quit)
    return with_window.run()


@dataclass(frozen=True, slots=True)
class Assembled:
    """A window that is ready to be shown, and the tills behind it, to be closed after it."""

    running: Running
    opener: TwoTills

    def run(self) -> int:
        """Show the window, stay until it is closed, let go of everything; the exit code.

        0, or 70 (EX_SOFTWARE of sysexits.h) after a bug.
        """
        # Ctrl-C in a terminal ends the program like any other: the journal needs no goodbye.
        signal.signal(signal.SIGINT, signal.SIG_DFL)
        try:
            self.running.window.show()
            code = self.running.application.exec()
            return 70 if self.running.crash.has_crashed else code
        finally:
            self.close()

    def close(self) -> None:
        """Let go of everything the till holds."""
        self.opener.close()


def assemble(arguments: Arguments, *, secrets: SecretsOpener | None = None) -> Assembled:
    """Build the program up to its window. Main thread.

    A Problem on the way is not raised but shown: the window asks the opener, and the opener has it.
    `secrets`: where secrets are kept; None: the system's keyring.
    """
    clock = SystemClock()

    def make(name: ProfileName, other_mode: Callable[[], None]) -> OneTill:
        profile = profile_of(name, data_dir=arguments.data_dir)
        options, problem = _prepare(profile)
        opener = TillOpener(
            replace(arguments, training=name is ProfileName.TRAINING),
            profile=profile,
            options=options,
            clock=clock,
            early_problem=problem,
            secrets=secrets,
            other_mode=other_mode,
        )
        return OneTill(opener, options)

    first = ProfileName.TRAINING if arguments.training else ProfileName.MAIN
    tills = TwoTills(make, first=first)
    running = application.prepare(
        tills.open, tills.enrol, clock=clock, appearance=_appearance(arguments, tills.options)
    )
    return Assembled(running, tills)


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

"""The till that sells and the one to practise with: one window, one of them open at a time."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import TYPE_CHECKING

from merchant_app.settings.options import FIRST_DAY, LANGUAGE, THEME, FirstDay, Options
from merchant_app.settings.paths import ProfileName

if TYPE_CHECKING:
    from merchant_app.bootstrap.opening import TillOpener
    from merchant_app.central.port import NoAnswerKind
    from merchant_app.ui.ports import Start


class OneTill:
    """One of the two. `options` is None only where they could not be read; opening says so.

    Its opener is loaded and made when it is first asked for: the window is painted by then.
    """

    def __init__(self, make_opener: Callable[[], TillOpener], options: Options | None) -> None:
        self.options = options
        self._make_opener = make_opener
        self._guard = threading.Lock()
        self._opener: TillOpener | None = None

    @property
    def opener(self) -> TillOpener:
        """Opens and closes it. Any thread."""
        with self._guard:
            if self._opener is None:
                self._opener = self._make_opener()
            return self._opener


class TwoTills:
    """`ui.ports.Starter` and `Enrol` over whichever is open. Worker threads, one at a time."""

    def __init__(
        self, make: Callable[[ProfileName, Callable[[], None]], OneTill], *, first: ProfileName
    ) -> None:
        """`make` builds the till of a profile, given what changes to the other one."""
        self._make = make
        self._name = first
        self._guard = threading.Lock()
        self._closed = False
        self._now = make(first, self.change)

    @property
    def name(self) -> ProfileName:
        """Which of them is open, or opens next."""
        return self._name

    @property
    def options(self) -> Options | None:
        """Of the till that is open."""
        return self._now.options

    def open(self) -> Start:
        """See `TillOpener.open`."""
        return self._now.opener.open()

    def enrol(self, *, address: str, code: str) -> NoAnswerKind | None:
        """See `TillOpener.enrol`."""
        return self._now.opener.enrol(address=address, code=code)

    def change(self) -> None:
        """Leave the till that is open; `open` opens the other one the next time.

        Each keeps its own journal, options and secrets. The one for practising speaks the same
        language, and goes on with a first day that has come as far as the enrolment.

        Raises:
            Problem: the other's options cannot be written.
        """
        before = self._now
        before.opener.close()
        training = self._name is ProfileName.MAIN
        self._name = ProfileName.TRAINING if training else ProfileName.MAIN
        with self._guard:
            self._now = self._make(self._name, self.change)
            if self._closed:  # the window went away meanwhile
                self._now.opener.close()
        if before.options is not None and self._now.options is not None:
            _follow(before.options, self._now.options, to_practise=training)

    def close(self) -> None:
        """See `TillOpener.close`."""
        with self._guard:
            self._closed = True
            now = self._now
        now.opener.close()


def _follow(before: Options, now: Options, *, to_practise: bool) -> None:
    if now.get(LANGUAGE) is not before.get(LANGUAGE):
        now.set(LANGUAGE, before.get(LANGUAGE))
    if now.get(THEME) is not before.get(THEME):
        now.set(THEME, before.get(THEME))
    under_way = before.get(FIRST_DAY) in (FirstDay.LANGUAGE, FirstDay.ENROLMENT)
    if to_practise and under_way and now.get(FIRST_DAY) is FirstDay.NOT_BEGUN:
        now.set(FIRST_DAY, FirstDay.CAMERA)

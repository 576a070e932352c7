"""The till that sells and the one to practise with: each its own, one of them open."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from merchant_app.bootstrap.arguments import parse
from merchant_app.bootstrap.opening import TillOpener
from merchant_app.bootstrap.two_tills import OneTill, TwoTills
from merchant_app.clock import SystemClock
from merchant_app.settings.options import FIRST_DAY, LANGUAGE, FirstDay, Language, Options
from merchant_app.settings.paths import ProfileName, prepare, profile_of
from merchant_app.ui.ports import NotEnrolled


class Made:
    """Builds the tills, and remembers which."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.names: list[ProfileName] = []
        self.options: dict[ProfileName, Options] = {}

    def __call__(self, name: ProfileName, other_mode: Callable[[], None]) -> OneTill:
        # Neither starts a service of its own here: only which till is open is looked at.
        profile = profile_of(name, data_dir=self._folder)
        prepare(profile)
        options = self.options.setdefault(name, Options(profile.options_file))
        opener = TillOpener(
            parse(["--data-dir", str(self._folder)]),
            profile=profile,
            options=options,
            clock=SystemClock(),
            other_mode=other_mode,
        )
        self.names.append(name)
        return OneTill(lambda: opener, options)


def test_a_newcomer_who_practises_goes_on_with_the_first_day(tmp_path: Path) -> None:
    made = Made(tmp_path)
    tills = TwoTills(made, first=ProfileName.MAIN)
    start = tills.open()
    assert isinstance(start, NotEnrolled)
    assert start.options is made.options[ProfileName.MAIN]
    start.options.set(LANGUAGE, Language.ENGLISH)
    start.options.set(FIRST_DAY, FirstDay.ENROLMENT)
    assert start.other_mode is not None
    start.other_mode()
    training = made.options[ProfileName.TRAINING]
    assert tills.options is training
    assert training.get(LANGUAGE) is Language.ENGLISH
    assert training.get(FIRST_DAY) is FirstDay.CAMERA
    assert isinstance(tills.open(), NotEnrolled), "the lock of each is its own"
    tills.change()
    assert made.names == [ProfileName.MAIN, ProfileName.TRAINING, ProfileName.MAIN]
    assert made.options[ProfileName.MAIN].get(FIRST_DAY) is FirstDay.ENROLMENT
    assert isinstance(tills.open(), NotEnrolled), "the first one's lock was let go"
    tills.close()


def test_whoever_has_it_behind_herself_is_not_asked_again(tmp_path: Path) -> None:
    made = Made(tmp_path)
    tills = TwoTills(made, first=ProfileName.MAIN)
    made.options[ProfileName.MAIN].set(FIRST_DAY, FirstDay.DONE)
    tills.change()
    assert made.options[ProfileName.TRAINING].get(FIRST_DAY) is FirstDay.NOT_BEGUN
    tills.close()

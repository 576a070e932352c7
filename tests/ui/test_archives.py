"""Archives in Réglages: made beside the sale, with progress, stopped, and told."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFileDialog

from merchant_app.errors import Problem, ProblemKind
from merchant_app.settings.options import Options
from merchant_app.till.archive_results import NotArchived, Progress, Refusal, Step
from merchant_app.till.purge_results import Keep, Kept
from merchant_app.ui.function_keys import SETTINGS_KEY
from merchant_app.ui.ports import Opened
from merchant_app.ui.reglages import purge_words as words
from merchant_app.ui.reglages.archive_view import ArchivesView
from merchant_app.ui.reglages.purge_view import PurgeView
from tests.fakes.archive_desk import FakeArchiveDesk
from tests.ui.conftest import Till, World
from tests.ui.gallery_of_archives import ARCHIVED, ARCHIVES, OFFER, PURGED

_NAME = ARCHIVED.path.name


@pytest.fixture
def desk(world: World, tmp_path: Path) -> FakeArchiveDesk:
    world.counter.add(1)
    options = Options(tmp_path / "options.json")
    world.start = lambda: Opened(world.counter, None, options=options)
    return world.counter.archives


@pytest.fixture
def archives(desk: FakeArchiveDesk, till: Till) -> ArchivesView:
    """Somebody went to Réglages."""
    till.function(SETTINGS_KEY)
    assert till.places.reglages is not None
    return till.places.reglages.view.archives


def choose(archives: ArchivesView, folder: str) -> None:
    """At the keyboard: the button, and a folder in the dialog that it opens."""
    archives.make.click()
    dialog = archives.findChild(QFileDialog)
    assert isinstance(dialog, QFileDialog)
    assert not dialog.isModal(), "the till goes on behind it"
    dialog.fileSelected.emit(folder)
    dialog.close()


def says(till: Till, archives: ArchivesView, text: str) -> None:
    till.qtbot.waitUntil(lambda: text in archives.told.text(), timeout=5_000)


def test_what_was_made_last_and_what_is_due_is_said_when_somebody_comes(
    desk: FakeArchiveDesk, till: Till
) -> None:
    overview = ARCHIVES["archives-year-due"].overview
    assert overview is not None
    desk.told = overview
    till.function(SETTINGS_KEY)
    assert till.places.reglages is not None
    view = till.places.reglages.view.archives
    till.qtbot.waitUntil(lambda: "2025" in view.due.text(), timeout=5_000)
    assert "22\N{NO-BREAK SPACE}novembre\N{NO-BREAK SPACE}2026" in view.last.text()


def test_an_archive_is_made_where_somebody_says_and_the_till_sells_meanwhile(
    desk: FakeArchiveDesk, archives: ArchivesView, till: Till
) -> None:
    desk.gate.clear()
    desk.steps = (Progress(Step.COPYING, 1, 2), Progress(Step.WRITING, 1, 2))
    desk.results.append(ARCHIVED)
    choose(archives, "/media/stick")
    says(till, archives, "clé branchée")
    assert archives.bar.value() == 50
    assert not archives.make.isVisible()
    # Back to the sale, and here again: it goes on, and is told.
    till.key(Qt.Key.Key_Escape)
    till.function(SETTINGS_KEY)
    desk.gate.set()
    says(till, archives, ARCHIVED.path.name)
    assert desk.folders == [Path("/media/stick")]
    assert archives.make.isVisible()
    assert not archives.bar.isVisible()


def test_stop_is_at_hand_while_it_is_made_and_the_keyboard_stays_there(
    desk: FakeArchiveDesk, archives: ArchivesView, till: Till
) -> None:
    desk.gate.clear()
    archives.make.setFocus()
    choose(archives, "/media/stick")
    till.qtbot.waitUntil(archives.stop_button.isVisible, timeout=5_000)
    archives.stop_button.click()
    says(till, archives, "Aucune archive n’a été faite")
    assert archives.make.isVisible()


def test_what_was_in_the_way_is_told(
    desk: FakeArchiveDesk, archives: ArchivesView, till: Till
) -> None:
    desk.results += [NotArchived(Refusal.FULL), Problem(ProblemKind.KEYRING_UNAVAILABLE)]
    choose(archives, "/media/stick")
    says(till, archives, "pas assez de place")
    choose(archives, "/media/stick")
    says(till, archives, "Aucune archive n’a été faite. ")


def test_leaving_the_till_gives_the_archive_up(
    desk: FakeArchiveDesk, archives: ArchivesView, till: Till
) -> None:
    desk.gate.clear()
    choose(archives, "/media/stick")
    till.qtbot.waitUntil(lambda: bool(desk.folders), timeout=5_000)
    assert till.places.reglages is not None
    screen = till.places.reglages.archives
    till.places.stop()
    assert screen._cancelled.is_set()


# --- erasing what they have ----------------------------------------------------------------------


@pytest.fixture
def old(desk: FakeArchiveDesk, till: Till) -> PurgeView:
    """Somebody went to Réglages, and there are days that an archive has and nobody need keep."""
    desk.may_go = OFFER
    overview = ARCHIVES["purge-offered"].overview
    assert overview is not None
    desk.told = overview
    till.function(SETTINGS_KEY)
    assert till.places.reglages is not None
    view = till.places.reglages.view.archives.purging
    till.qtbot.waitUntil(view.erase.isVisible, timeout=5_000)
    till.qtbot.waitUntil(lambda: _NAME in words.archive_wanted(view._panel), timeout=5_000)
    return view


def choose_archive(view: PurgeView) -> None:
    view.erase.click()
    dialog = view.findChild(QFileDialog)
    assert isinstance(dialog, QFileDialog)
    assert not dialog.isModal(), "the till goes on behind it"
    assert _NAME in dialog.windowTitle(), "it says which file is wanted"
    dialog.fileSelected.emit(str(ARCHIVED.path))
    dialog.close()


def purge_says(till: Till, view: PurgeView, text: str) -> None:
    till.qtbot.waitUntil(lambda: text in view.said.text(), timeout=5_000)


def test_nothing_is_said_of_erasing_while_there_is_nothing_to_erase(archives: ArchivesView) -> None:
    assert not archives.purging.isVisible()


def test_what_may_be_erased_is_offered_asked_about_and_erased(
    desk: FakeArchiveDesk, old: PurgeView, till: Till
) -> None:
    assert "31\N{NO-BREAK SPACE}décembre\N{NO-BREAK SPACE}2019" in old.said.text()
    choose_archive(old)
    for said in (_NAME, "C’est définitif", "Les encaissements attendront"):
        assert said in old.said.text()
    assert desk.purged_with == []
    desk.gate.clear()
    desk.may_go = Kept(Keep.TOO_YOUNG)
    desk.purges.append(PURGED)
    old.sure.click()
    purge_says(till, old, "Les encaissements attendent")
    assert old.bar.isVisible()
    assert not till.places.reglages.view.archives.make.isEnabled()  # type: ignore[union-attr]
    desk.gate.set()
    purge_says(till, old, "Effacé jusqu’au 31\N{NO-BREAK SPACE}décembre")
    assert desk.purged_with == [ARCHIVED.path]
    assert not old.erase.isVisible()


def test_enter_alone_erases_nothing(desk: FakeArchiveDesk, old: PurgeView, till: Till) -> None:
    old.erase.setFocus()
    choose_archive(old)
    assert till.window.focusWidget() is old.keep
    old.keep.click()
    assert old.erase.isVisible()
    assert not old.sure.isVisible()
    assert desk.purged_with == []


@pytest.mark.parametrize(
    ("result", "said"),
    [
        (Kept(Keep.OTHER_ARCHIVE), "n’est pas la dernière archive"),
        (Problem(ProblemKind.DISK_FULL), "L’effacement n’a pas abouti"),
    ],
)
def test_why_nothing_was_erased_is_told_and_it_is_offered_again(
    desk: FakeArchiveDesk, old: PurgeView, till: Till, result: Kept | Problem, said: str
) -> None:
    desk.purges.append(result)
    choose_archive(old)
    old.sure.click()
    purge_says(till, old, said)
    till.qtbot.waitUntil(old.erase.isVisible, timeout=5_000)


def test_nothing_is_erased_while_an_archive_is_made(
    desk: FakeArchiveDesk, old: PurgeView, till: Till
) -> None:
    assert till.places.reglages is not None
    desk.gate.clear()
    desk.results.append(ARCHIVED)
    choose(till.places.reglages.view.archives, "/media/stick")
    assert not old.erase.isEnabled()
    desk.gate.set()
    till.qtbot.waitUntil(old.erase.isEnabled, timeout=5_000)

"""A till's opener over folders of its own, against the real central service."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest

from merchant_app.bootstrap.arguments import parse
from merchant_app.bootstrap.opening import TillOpener
from merchant_app.clock import SystemClock
from merchant_app.settings.enrolment import EnrolledTill, EnrolmentStore
from merchant_app.settings.options import Options
from merchant_app.settings.paths import Profile, ProfileName, prepare, profile_of
from merchant_app.till.counter import Counter
from merchant_app.ui.ports import Opened
from tests.fakes.kept_secrets import KeptSecrets
from tests.fakes.service_process import ServiceSite, service_site


@dataclass
class Place:
    """One computer at a counter: folders and a keyring that outlive the program.

    Attributes:
        folder: everything of its tills is below.
        keyring: what the operating system keeps.
    """

    folder: Path
    keyring: KeptSecrets = field(default_factory=KeptSecrets)
    _held: ExitStack = field(default_factory=ExitStack)

    @property
    def profile(self) -> Profile:
        return profile_of(ProfileName.MAIN, data_dir=self.folder)

    @property
    def enrolment(self) -> EnrolmentStore:
        return EnrolmentStore(self.profile.enrolment_file)

    def enrolled(self) -> EnrolledTill:
        kept = self.enrolment.load()
        assert kept is not None
        return kept

    def till(self, *arguments: str) -> TillOpener:
        """A started program, its window aside; closed at the end of the test at the latest."""
        prepare(self.profile)
        opener = TillOpener(
            parse([*arguments, "--data-dir", str(self.folder)]),
            profile=self.profile,
            options=Options(self.profile.options_file),
            clock=SystemClock(),
            secrets=self.keyring.open,
        )
        self._held.callback(opener.close)
        return opener

    def close(self) -> None:
        self._held.close()


@pytest.fixture(autouse=True)
def own_umask() -> Iterator[None]:
    """The program sets it; the other tests of this process keep theirs."""
    before = os.umask(0o022)
    yield
    os.umask(before)


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Place]:
    made = Place(tmp_path / "till")
    yield made
    made.close()


@pytest.fixture
def central(tmp_path: Path) -> Iterator[ServiceSite]:
    """The real service on loopback, with two shops."""
    with service_site(f"sqlite:///{tmp_path / 'central.db'}") as site:
        yield site


@pytest.fixture
def open_till(place: Place, central: ServiceSite) -> Callable[[], tuple[TillOpener, Counter]]:
    """Enrol at the service where it was not done before, and open. A cashier would not wait for an
    answer as long as this till does; a busy computer may need it."""

    def open_it() -> tuple[TillOpener, Counter]:
        till = place.till()
        if place.enrolment.load() is None:
            assert till.enrol(address=central.url, code=central.offer()) is None
            place.enrolment.save(replace(place.enrolled(), answer_wait_s=30))
        return till, counter_of(till)

    return open_it


def counter_of(till: TillOpener) -> Counter:
    """Open; it must be a till."""
    opened = till.open()
    assert isinstance(opened, Opened), opened
    return opened.counter

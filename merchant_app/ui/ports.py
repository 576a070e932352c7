"""What the window is given by whoever starts it: the opened till, enrolment, the camera, sounds."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Protocol, TypeAlias

from PySide6.QtCore import QObject

if TYPE_CHECKING:
    # Only for their names: the window is painted before any of these is loaded.
    from merchant_app.printing.ticket import Printer
    from merchant_app.scanning.camera import CameraStatus
    from merchant_app.scanning.cameras import Listed
    from merchant_app.scanning.confirmation import InView, ScanEvent
    from merchant_app.scanning.files.findings import FileRead, Progress
    from merchant_app.scanning.frames import Frame
    from merchant_app.scanning.quality import Advice
    from merchant_app.settings.options import Options
    from merchant_app.till.counter import Counter
    from merchant_app.till.receipts import ReceiptDesk
    from merchant_app.till.results import NoAnswerKind
    from merchant_app.till.school import School
    from merchant_app.till.updates import UpdateDesk
    from merchant_app.ui.encaisser.states import Sound


class CameraListener(Protocol):
    """Who looks at the camera's pictures. Called in the camera's and scanner's threads."""

    def on_frame(self, frame: Frame, in_view: tuple[InView, ...]) -> None: ...

    def on_scanned(self, event: ScanEvent) -> None: ...

    def on_status(self, status: CameraStatus) -> None: ...

    def on_advice(self, advice: Advice | None) -> None:
        """What would help to read the picture; None: nothing is wrong with it."""
        ...


class CameraPort(Protocol):
    """A camera with its scanner. Methods are called in the GUI thread and return at once."""

    def start(self, listener: CameraListener) -> None:
        """Begin to deliver, in other threads. Once."""
        ...

    def again(self) -> None:
        """Look for the camera again now; or play the video from its beginning."""
        ...

    def choose(self, identity: str) -> None:
        """Take pictures from this camera from now on; empty: from the one taken when nobody
        chooses. Nothing is remembered here."""
        ...

    def listed(self) -> tuple[Listed, ...]:
        """The cameras that are plugged in; none where that cannot be told. Takes a moment: called
        in a worker thread, unlike the others."""
        ...

    def missing_readers(self) -> tuple[str, ...]:
        """The names of the libraries that read codes and are not on this computer; none before a
        camera has opened, as nobody looked for them yet."""
        ...

    def sleep(self) -> None:
        """Nobody looks: read and decode nothing until `wake`."""
        ...

    def wake(self) -> None:
        """Somebody looks again: the next picture follows within half a second."""
        ...

    def look_anew(self) -> None:
        """Report the codes in view once more: whoever was shown them did not want them."""
        ...

    def stop(self) -> None:
        """The window closes. May take up to 3 s: a driver has to return first."""
        ...


class FilesPort(Protocol):
    """Reads files that may hold vouchers. Any thread; blocks, within its own limits."""

    def read(
        self,
        source: Path | bytes,
        *,
        password: str | None = None,
        cancelled: threading.Event | None = None,
        on_progress: Callable[[Progress], None] | None = None,
    ) -> FileRead:
        """All codes of this file, or why there are none; see `FileReader.read`."""
        ...


class FolderPort(Protocol):
    """Watches a folder for files with vouchers. Methods return at once."""

    def start(self, on_voucher: Callable[[Path], None]) -> None:
        """Begin, once; `on_voucher` is called in another thread, for each new file."""
        ...

    def stop(self) -> None: ...


@dataclass(frozen=True, slots=True)
class ReceiptsPort:
    """Receipts, and what prints them.

    Attributes:
        desk: reads and journals them; blocks.
        printer: the one that is chosen now. Any thread; returns at once.
        columns: how many characters its lines have. Returns at once.
    """

    desk: ReceiptDesk
    printer: Callable[[], Printer]
    columns: Callable[[], int]


OtherMode: TypeAlias = Callable[[], None]
"""Leaves the till that is open for the other of the two; see `Opened`."""


@dataclass(frozen=True, slots=True)
class Opened:
    """The till is open.

    Attributes:
        camera: None where this computer is to work without one.
        address: the service's, for enrolling this till again.
        options: what can be chosen in Réglages; None: nothing, and there is no such place.
        files: None where files are not read.
        folder: None where none is watched.
        receipts: None where there are none; then nothing offers one.
        updates: None where nobody looks for newer versions.
        other_mode: called in a worker thread: the starter opens the till for practising the next
            time, or, from there, the one that sells. None: there is no other.
        school: the exercises, at the till for practising; None: there are none.
    """

    counter: Counter
    camera: CameraPort | None
    address: str = ""
    options: Options | None = None
    files: FilesPort | None = None
    folder: FolderPort | None = None
    receipts: ReceiptsPort | None = None
    updates: UpdateDesk | None = None
    other_mode: OtherMode | None = None
    school: School | None = None


@dataclass(frozen=True, slots=True)
class NotEnrolled:
    """This computer is no till yet.

    Attributes:
        address: the service's, as far as it is known.
        camera: for the QR code of an enrolment; None: it is typed, or scanned with a gun.
        options: of this computer; None: nothing is asked about but the enrolment.
        other_mode: as in `Opened`.
    """

    address: str
    camera: CameraPort | None = field(default=None, compare=False)
    options: Options | None = field(default=None, compare=False)
    other_mode: OtherMode | None = field(default=None, compare=False)


Start: TypeAlias = Opened | NotEnrolled


class Starter(Protocol):
    """Opens the till: journal, secrets, settings. Called in a worker thread after the first paint,
    and again after a Problem, an enrolment or a sign-out; what an earlier call opened is closed
    then."""

    def __call__(self) -> Start:
        """
        Raises:
            Problem: what is in the way; shown, with a button to try again.
        """
        ...


class Enrol(Protocol):
    """Makes this computer a till. Called in a worker thread."""

    def __call__(self, *, address: str, code: str) -> NoAnswerKind | None:
        """
        Args:
            address: the service's, as typed.
            code: the one-time code, as typed or scanned; a secret.

        Returns:
            None when it is done; why, when the service did not answer.

        Raises:
            Problem: ENROLMENT_REFUSED, SERVICE_ADDRESS_INSECURE, KEYRING_UNAVAILABLE, and so on.
        """
        ...


class Sounds(Protocol):
    """What a verdict sounds like. GUI thread."""

    def play(self, sound: Sound) -> None: ...

    def use(self, *, on: bool, volume_percent: int) -> None:
        """Be heard from now on or not, and how loud, 0 to 100."""
        ...


SoundsMaker: TypeAlias = Callable[[QObject], Sounds]
"""Makes the sounds, owned by the object given. Called after the first paint: it takes a while."""

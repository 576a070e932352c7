"""`merchant-app --selftest`: whether this installation has all that a till needs.

A line for each check, on the standard output. Needs no screen, no camera, no keyring and no
network, touches no profile, and leaves nothing behind: everything happens in a temporary folder, in
training mode. It is what a package is tried with where there is nothing but the package.
"""

from __future__ import annotations

import contextlib
import io
import os
import platform
import sys
import tempfile
import time
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from importlib import metadata, util
from pathlib import Path
from typing import TYPE_CHECKING

from merchant_app import __version__

if TYPE_CHECKING:
    from merchant_app.scanning.decoder import Decoder
    from merchant_app.settings.paths import Profile
    from merchant_app.settings.secrets import OpenedSecrets

ALL_WELL = 0
SOMETHING_FAILED = 1
AMOUNT = "50"
SHIPPED = (
    ("fonts", "Inter-Regular.ttf"),
    ("icons", "comptoir.png"),
    ("locale", "fr", "LC_MESSAGES", "comptoir.mo"),
    ("locale", "en", "LC_MESSAGES", "comptoir.mo"),
    ("manual", "fr"),
    ("manual", "en"),
    ("sounds", "yes.wav"),
    ("verify", "verify_journal.py"),
)
_KEYRINGS = {"linux": "secretstorage", "darwin": "keyring", "win32": "win32ctypes"}


_SOUND_LIBRARIES = ("libpulse.so.0", "libgssapi_krb5.so.2")


class NotAsItShould(Exception):
    """A check failed; the text says what was there instead."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where the checks happen, and what they all need.

    Attributes:
        profile: of a till in training mode.
        token: of a voucher that only this run has; a secret of nobody.
        paper: the same voucher, printed.
    """

    folder: Path
    profile: Profile
    token: str
    paper: Path


def run() -> int:
    """Check everything, also after something failed; 0 when all is well, else 1. Main thread."""
    # Before anything of Qt is loaded. A till that is tested shows no window.
    os.environ["QT_QPA_PLATFORM"] = "offscreen"
    build = "packaged" if getattr(sys, "frozen", False) else "from source"
    _say(f"Comptoir {__version__} ({build}, {sys.platform} {platform.machine()})")
    # A journal that is still held by a program that hangs must not hide why it hangs.
    with tempfile.TemporaryDirectory(prefix="comptoir-", ignore_cleanup_errors=True) as folder:
        results = [_holds(name, check) for name, check in _alone()]
        made: list[Place] = []
        results.append(_holds("the central service fills its books", _filling(Path(folder), made)))
        for place in made:
            results += [_holds(name, _with(place, check)) for name, check in _AT_A_PLACE]
    passed = sum(results)
    _say(f"{passed} of {len(results)} checks passed")
    return ALL_WELL if all(results) else SOMETHING_FAILED


def _holds(name: str, check: Callable[[], str]) -> bool:
    started_s = time.monotonic()
    try:
        found = check()
    except NotAsItShould as failure:
        _say(f"FAILED  {name}: {failure}")
        return False
    except Exception as error:  # whatever a broken installation raises is what was looked for
        _say(f"FAILED  {name}: {type(error).__name__}: {error}")
        _say(traceback.format_exc())
        return False
    took = f"{time.monotonic() - started_s:.1f} s"
    _say(f"ok      {name} ({', '.join(filter(None, (found, took)))})")
    return True


def _say(line: str) -> None:
    if sys.stdout is not None:  # a program without a console, on Windows
        sys.stdout.write(f"{line}\n")
        sys.stdout.flush()


def _with(place: Place, check: Callable[[Place], str]) -> Callable[[], str]:
    return lambda: check(place)


# --- what needs nothing --------------------------------------------------------------------------


def _alone() -> list[tuple[str, Callable[[], str]]]:
    from merchant_app.scanning import opencv_qr, zbar, zxing

    readers = (("zxing-cpp", zxing.load), ("zbar", zbar.load), ("opencv", opencv_qr.load))
    return [
        ("what ships is there", _resources),
        ("money in French and in English", _money),
        ("certificates and keyring", _trust),
        ("receipts are made for printers", _receipt),
        ("sounds", _sound),
        *((f"{name} reads a code", _reading(load)) for name, load in readers),
    ]


def _resources() -> str:
    from merchant_app.resources import resource_path

    for parts in SHIPPED:
        resource_path(*parts)
    return ""


def _money() -> str:
    from merchant_app.i18n import Language, install
    from merchant_app.i18n.formatting import money
    from merchant_app.money import Money

    said = []
    for language in Language:
        install(language)
        said.append(money(Money(123_456, "EUR")))
    _expect(said == ["1\u202f234,56\u00a0€", "€1,234.56"], f"it says {said}")
    return ""


def _trust() -> str:
    import certifi

    _expect(Path(certifi.where()).is_file(), "no certificates")
    # keyring finds its ways into the system's keyring by what packages say of themselves.
    _expect(bool(metadata.entry_points(group="keyring.backends")), "keyring has no backends")
    needed = _KEYRINGS.get(sys.platform, "keyring")
    _expect(util.find_spec(needed) is not None, f"{needed} is missing")
    return ""


def _receipt() -> str:
    import PySide6.QtPrintSupport  # noqa: F401

    from merchant_app.printing.escpos_bytes import Pages, encoded
    from merchant_app.printing.ticket import Ticket, TicketLine

    for pages in Pages:
        _expect(b"12,50" in encoded(Ticket("", (TicketLine("12,50 €"),)), pages), pages.value)
    return ""


def _sound() -> str:
    """Of the libraries that make them, some are the desktop's; a till without one is silent."""
    try:
        import PySide6.QtMultimedia  # noqa: F401
    except ImportError as missing:
        library = str(missing).partition(":")[0]
        _expect(library in _SOUND_LIBRARIES, str(missing))
        return f"none: this computer has no {library}"
    return ""


def _reading(load: Callable[[], Decoder | str]) -> Callable[[], str]:
    def check() -> str:
        from merchant_app.scanning.sample_card import SampleCard, draw_card

        decoder = load()
        if isinstance(decoder, str):
            raise NotAsItShould(decoder)
        text = "V1:COMPTOIR"
        card = SampleCard(payload=text, title="Bon d’achat", amount="50,00 €", shop="")
        grey = draw_card(card, hand=False).image[:, :, 1].copy()
        read = [reading.text for reading in decoder.decode(grey).readings]
        _expect(read == [text], f"it reads {read}")
        return ""

    return check


# --- what needs a till in training mode ----------------------------------------------------------


def _filling(folder: Path, made: list[Place]) -> Callable[[], str]:
    def check() -> str:
        from merchant_app.bootstrap.training import SHOP, TrainingService
        from merchant_app.settings.paths import ProfileName, prepare, profile_of

        profile = profile_of(ProfileName.TRAINING, data_dir=folder / "till")
        prepare(profile)
        service = TrainingService(profile.data)
        service.fill()
        paper = folder / "voucher.pdf"
        words = ("--shop", SHOP, "--amount", AMOUNT, "--pdf", str(paper))
        (voucher,) = service.ask("issue", *words)
        made.append(Place(folder, profile, voucher["token"], paper))
        return ""

    return check


def _files(place: Place) -> str:
    """By a process of its own, as files from customers are."""
    import segno

    from merchant_app.clock import SystemClock
    from merchant_app.resources import resource_path
    from merchant_app.scanning.files.findings import Found
    from merchant_app.scanning.files.reader import FileReader

    png = io.BytesIO()
    segno.make(place.token, micro=False).save(png, kind="png", scale=6)
    reader = FileReader(clock=SystemClock())
    for kind, source in (("PNG", png.getvalue()), ("PDF", place.paper)):
        result = reader.read(source)
        read = [code.text for code in result.codes] if isinstance(result, Found) else []
        _expect(read == [place.token], f"{kind}: {type(result).__name__}")
    heic = reader.read(resource_path("selftest", "voucher.heic"))
    _expect(isinstance(heic, Found), f"HEIC: {type(heic).__name__}")
    return "PNG, PDF, HEIC"


def _redeeming(place: Place) -> str:
    """A journal is opened, written, sent, answered."""
    from merchant_app.bootstrap.arguments import parse
    from merchant_app.bootstrap.opening import TillOpener
    from merchant_app.clock import SystemClock
    from merchant_app.money import Money
    from merchant_app.settings.options import Options
    from merchant_app.till.results import Judged, Redeemed
    from merchant_app.ui.ports import Opened
    from merchant_app.vouchers.verdicts import Valid

    opener = TillOpener(
        parse(["--training"]),
        profile=place.profile,
        options=Options(place.profile.options_file),
        clock=SystemClock(),
        secrets=_secrets(),
    )
    with contextlib.closing(opener):
        opened = opener.open()
        assert isinstance(opened, Opened)  # in training mode every till is enrolled
        judged = opened.counter.look_up(place.token, purchase=None)
        verdict = judged.verdict if isinstance(judged, Judged) else judged
        if not isinstance(verdict, Valid):
            raise NotAsItShould(f"the voucher is {type(verdict).__name__}")
        # A part of it: the window has to find something left.
        part = Money(verdict.suggested.minor // 2, verdict.suggested.currency)
        result = opened.counter.redeem(verdict.voucher, amount=part, purchase=None)
        if not isinstance(result, Redeemed):
            raise NotAsItShould(f"the redemption is {type(result).__name__}")
    return f"entry {result.number}"


def _verifying(place: Place) -> str:
    """The verifier needs the standard library alone, and a package has only a part of that."""
    from merchant_app.bootstrap import verify_journal

    heard = io.StringIO()
    with contextlib.redirect_stdout(heard):
        code = verify_journal.run([str(place.profile.data / "journal.sqlite"), "--lang", "en"])
    _expect(code == 0, heard.getvalue().strip())
    return ""


def _window(place: Place) -> str:
    """A voucher is held before the camera (a film), and its verdict stands on the screen."""
    from merchant_app.bootstrap.arguments import parse
    from merchant_app.bootstrap.program import assemble
    from merchant_app.bootstrap.selftest_window import Watcher
    from merchant_app.scanning.sample_video import SampleCard, write_sample_video

    film = place.folder / "film.mp4"
    card = SampleCard(payload=place.token, title="Bon d’achat", amount="50,00 €", shop="")
    write_sample_video(film, [card], seconds_per_card=3.0, gap_seconds=0.3)
    words = ["--training", "--data-dir", str(place.folder / "till"), "--camera", str(film)]
    assembled = assemble(parse(words), secrets=_secrets())
    watcher = Watcher(assembled.running)
    assembled.run()
    _expect(not watcher.failed, watcher.failed)
    return watcher.seen


def _secrets() -> Callable[[str], OpenedSecrets]:
    """In memory: the keyring of whoever runs this is hers."""
    from merchant_app.settings.secrets import OpenedSecrets, SessionSecrets

    opened = OpenedSecrets(SessionSecrets(), None)
    return lambda _service: opened


def _expect(holds: bool, otherwise: str) -> None:
    if not holds:
        raise NotAsItShould(otherwise)


def _second_start(place: Place) -> str:
    """Needs the application that the window had: it is asked for in this very process."""
    from merchant_app.bootstrap.second_start import SecondStarts, first_came_forward

    first = SecondStarts(place.profile.window_note)
    first.listen()
    try:
        _expect(first_came_forward(place.profile.window_note), "nobody hears it")
    finally:
        first.close()
    return ""


_AT_A_PLACE: tuple[tuple[str, Callable[[Place], str]], ...] = (
    ("files are read", _files),
    ("a voucher is redeemed in training mode", _redeeming),
    ("the journal proves itself", _verifying),
    ("the window shows what the camera sees", _window),
    ("a second start is heard", _second_start),
)

"""Opening a till: lock, secrets, enrolment, journal, the line, the counter, the camera.

The window calls it in a worker thread, after its first paint, so whatever is heavy is imported in
here and not at the top of the file.
"""

from __future__ import annotations

import getpass
import logging
import threading
from collections.abc import Callable
from contextlib import ExitStack
from typing import TYPE_CHECKING, TypeAlias

from merchant_app import __version__
from merchant_app.bootstrap.arguments import Arguments
from merchant_app.bootstrap.holding import Holding
from merchant_app.clock import Clock
from merchant_app.errors import Problem, ProblemKind
from merchant_app.settings.options import CAMERA_IDENTITY, CAMERA_SOURCE, Options
from merchant_app.settings.paths import Profile
from merchant_app.ui.ports import NotEnrolled, Opened, OtherMode, Start

if TYPE_CHECKING:
    from merchant_app.bootstrap.camera import ScanningCamera
    from merchant_app.bootstrap.counter import Belongings
    from merchant_app.bootstrap.training import TrainingService
    from merchant_app.central.address import ServiceAddress
    from merchant_app.central.http import ServiceHttp
    from merchant_app.central.port import NoAnswerKind
    from merchant_app.scanning.evidence import Proof
    from merchant_app.settings.enrolment import EnrolledTill
    from merchant_app.settings.secrets import OpenedSecrets
    from merchant_app.till.counter import Counter, CounterFacts
    from merchant_app.till.school import School

TRAINING_CASHIER = "Claire"
CLOSE_WAIT_S = 3.0
"""For an opening that is under way when the window closes; a locked keyring can take a minute."""

ENROLMENT_CODE_LENGTHS = range(8, 121)
"""What `contract.wire.EnrolmentRequest` can carry; anything else was never a code."""

SecretsOpener: TypeAlias = "Callable[[str], OpenedSecrets]"
"""`settings.secrets.open_secrets`, or what stands for it; given the profile's name in the keyring.
Called in a worker thread; may block."""

_log = logging.getLogger(__name__)


class _Closed(Exception):
    """The window went away while the till was opening: nobody is left to tell."""


class TillOpener:
    """`ui.ports.Starter` and `ui.ports.Enrol` over one profile. Worker threads, one at a time."""

    def __init__(
        self,
        arguments: Arguments,
        *,
        profile: Profile,
        options: Options | None,
        clock: Clock,
        early_problem: Problem | None = None,
        secrets: SecretsOpener | None = None,
        on_locked: Callable[[], None] | None = None,
        other_mode: OtherMode | None = None,
    ) -> None:
        """`early_problem` was met before the window stood; `open` raises it, whenever called.

        `options` is None only together with such a problem. `secrets`: None is the keyring.
        `on_locked`: called in the worker, once this program is the only one on the profile.
        `other_mode`: see `ui.ports.Opened`.
        """
        self._arguments = arguments
        self._profile = profile
        self._options = options
        self._clock = clock
        self._early_problem = early_problem
        self._open_secrets = secrets
        self._other_mode = other_mode
        self._turn = threading.Lock()
        self._closing = threading.Event()
        self._held = ExitStack()
        self._counter = ExitStack()
        self._holding = Holding(profile, self._held, on_locked=on_locked)
        self._tried_keyring_again = False
        self._opened_secrets: OpenedSecrets | None = None
        self._training: TrainingService | None = None

    def open(self) -> Start:
        """Open the till, or say that this computer is none yet.

        Raises:
            Problem: what is in the way.
        """
        with self._turn:
            self._go_on()
            self._holding.start_log()
            if self._early_problem is not None:
                raise self._early_problem
            self._holding.lock()
            if self._arguments.training:
                self._prepare_training()
            return self._open()

    def enrol(self, *, address: str, code: str) -> NoAnswerKind | None:
        """Use up an enrolment code; `open` then finds the till enrolled.

        Returns:
            None when it is done; otherwise why the service gave no answer.

        Raises:
            Problem: SERVICE_ADDRESS_INSECURE, ENROLMENT_REFUSED, KEYRING_UNAVAILABLE, a full disk.
        """
        from merchant_app.central.address import parse_address

        with self._turn:
            self._go_on()
            service = parse_address(address.strip())
            code = code.strip()
            if len(code) not in ENROLMENT_CODE_LENGTHS:
                raise Problem(ProblemKind.ENROLMENT_REFUSED, "no enrolment code is as long")
            # The till that was says nothing more; its journal is opened again by `open`.
            self._counter.close()
            return self._enrol(service, code)

    def close(self) -> None:
        """Let go of everything, in the opposite order; the journal last but for the lock.

        An opening that is under way gives up at its next step. One that hangs, in a locked keyring
        say, is left behind: the program ends, the system takes the lock and the pipe to the
        training service back, and the journal needs no goodbye.
        """
        self._closing.set()
        if not self._turn.acquire(timeout=CLOSE_WAIT_S):
            _log.info("closed while the till was still opening")
            return
        try:
            with self._held:
                self._counter.close()
        finally:
            self._turn.release()

    # --- steps -----------------------------------------------------------------------------------

    def _go_on(self) -> None:
        if self._closing.is_set():
            raise _Closed

    def _secrets(self) -> OpenedSecrets:
        from merchant_app.settings.secrets import open_secrets

        if self._opened_secrets is None:
            opener = self._open_secrets or open_secrets
            self._opened_secrets = opener(self._profile.secrets_service)
        return self._opened_secrets

    def _prepare_training(self) -> None:
        """A running service, and this till enrolled there."""
        from merchant_app.bootstrap.training import TrainingService
        from merchant_app.central.address import parse_address

        if self._training is None:
            training = TrainingService(self._profile.data, given_up=self._closing)
            self._held.callback(training.stop)
            training.start()
            self._training = training
        self._go_on()
        # A fresh enrolment at every start: the port is another each time, and where there is no
        # keyring the token is gone. The journal keeps the earlier chains.
        silent = self._enrol(parse_address(self._training.url), self._training.enrolment_code())
        if silent is not None:
            raise Problem(ProblemKind.TRAINING_SERVICE_FAILED, silent.value)

    def _enrol(self, address: ServiceAddress, code: str) -> NoAnswerKind | None:
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

        from merchant_app.bootstrap.enrolled import keep
        from merchant_app.central.comptoir import ComptoirEnrolment
        from merchant_app.central.port import Enrolled, EnrolmentRefused, NoAnswer, Rejected

        key = Ed25519PrivateKey.generate()
        enrolment = ComptoirEnrolment(self._http(address, token=None), clock=self._clock)
        public_key = key.public_key().public_bytes_raw()
        try:
            answer = enrolment.enrol(code, public_key=public_key, program_version=__version__)
        finally:
            enrolment.close()
        match answer:
            case Enrolled():
                device_key = key.private_bytes_raw().hex()
                keep(self._profile, self._secrets().secrets, address, answer, device_key)
                return None
            case EnrolmentRefused():
                raise Problem(ProblemKind.ENROLMENT_REFUSED)
            case Rejected(path=path):
                raise Problem(ProblemKind.ENROLMENT_REFUSED, f"rejected at {path}")
            case NoAnswer(kind=kind):
                return kind

    def _open(self) -> Start:
        from merchant_app.bootstrap.counter import build_counter
        from merchant_app.bootstrap.files import build_files
        from merchant_app.bootstrap.receipts import build_receipts
        from merchant_app.bootstrap.remembering import forget_vouchers
        from merchant_app.bootstrap.updates import build_updates
        from merchant_app.central.address import parse_address
        from merchant_app.settings.enrolment import EnrolmentStore
        from merchant_app.settings.secrets import SecretName

        # After a new enrolment, or a sign-out, the same window goes on with another counter.
        self._counter.close()
        enrolled = EnrolmentStore(self._profile.enrolment_file).load()
        if enrolled is None:
            forget_vouchers(self._profile.data)
            return self._not_enrolled("")
        token = self._secrets().secrets.get(SecretName.TILL_TOKEN)
        if token is None:
            self._offer_another_try()
            return self._not_enrolled(enrolled.service_url)
        self._go_on()
        http = self._http(parse_address(enrolled.service_url), token=token)
        # What an attempt opened before it met a Problem is closed again: the next one starts clean.
        with ExitStack() as attempt:
            counter = build_counter(
                enrolled,
                facts=self._facts(enrolled),
                http=http,
                belongings=self._belongings(enrolled),
                clock=self._clock,
                held=attempt,
            )
            self._counter.push(attempt.pop_all())
        options, clock = self._options, self._clock
        files, folder = build_files(options, clock)
        return Opened(
            counter,
            self._camera(counter.proves),
            enrolled.service_url,
            options=options,
            files=files,
            folder=folder,
            receipts=build_receipts(counter.receipts, options, clock),
            updates=build_updates(counter.status, options, self._profile, clock),
            other_mode=self._other_mode,
            school=self._school(counter),
        )

    def _school(self, counter: Counter) -> School | None:
        from merchant_app.bootstrap.school import TrainingSchool

        return None if self._training is None else TrainingSchool(self._training, counter)

    def _not_enrolled(self, address: str) -> NotEnrolled:
        """The camera reads the QR code of an enrolment; what it says is checked by the service."""
        from merchant_app.scanning.evidence import checks_out

        return NotEnrolled(
            address, self._camera(checks_out), options=self._options, other_mode=self._other_mode
        )

    def _belongings(self, enrolled: EnrolledTill) -> Belongings:
        from merchant_app.bootstrap.counter import Belongings
        from merchant_app.bootstrap.remembering import Remembered
        from merchant_app.settings.enrolment import EnrolmentStore
        from merchant_app.settings.options import MIRROR_FOLDER
        from merchant_app.settings.secrets import SecretName

        store = EnrolmentStore(self._profile.enrolment_file)
        options = self._options
        assert options is not None  # `open` has raised the Problem that is the reason
        return Belongings(
            data=self._profile.data,
            mirror_folder=options.get(MIRROR_FOLDER),
            pepper=bytes.fromhex(self._secrets().secrets.get(SecretName.CODE_PEPPER) or ""),
            holders_key=self._holders_key(),
            device_key=bytes.fromhex(self._secrets().secrets.get(SecretName.DEVICE_KEY) or ""),
            options=options,
            secrets=self._secrets(),
            remembered=Remembered(store, enrolled),
            forget=self._forget,
        )

    def _holders_key(self) -> bytes:
        """Made when it is first needed: a till that was enrolled by an older program has none."""
        import os

        from merchant_app.journal.sealing import KEY_LENGTH
        from merchant_app.settings.secrets import SecretName

        secrets = self._secrets().secrets
        key = secrets.get(SecretName.HOLDERS_KEY)
        if key is None:
            key = os.urandom(KEY_LENGTH).hex()
            secrets.set(SecretName.HOLDERS_KEY, key)
        return bytes.fromhex(key)

    def _forget(self) -> None:
        """The till signs out: nothing that could speak for it stays on this computer."""
        from merchant_app.settings.enrolment import EnrolmentStore
        from merchant_app.settings.secrets import SecretName

        secrets = self._secrets().secrets
        for name in SecretName:
            secrets.delete(name)
        EnrolmentStore(self._profile.enrolment_file).forget()

    def _offer_another_try(self) -> None:
        """A keyring that is locked now may be open in a minute: enrolling anew is the last resort.

        Raises:
            Problem: KEYRING_UNAVAILABLE, the first time only.
        """
        opened = self._secrets()
        if opened.session_only is not None and not self._tried_keyring_again:
            self._tried_keyring_again = True
            self._opened_secrets = None
            raise opened.session_only

    def _http(self, address: ServiceAddress, *, token: str | None) -> ServiceHttp:
        from merchant_app.central.http import ServiceHttp

        return ServiceHttp(address, clock=self._clock, token=token)

    def _facts(self, enrolled: EnrolledTill) -> CounterFacts:
        from merchant_app.till.counter import CounterFacts

        training = self._arguments.training
        return CounterFacts(
            shop_name=enrolled.shop_name,
            shop_city=enrolled.shop_city,
            till_name=enrolled.till_name,
            cashier=TRAINING_CASHIER if training else _user_name(),
            currency=enrolled.currency,
            time_zone=enrolled.time_zone,
            training=training,
            # In training mode every start enrols anew: there is nothing to warn of.
            secrets_for_session_only=not training and self._secrets().session_only is not None,
        )

    def _camera(self, proves: Proof) -> ScanningCamera:
        from merchant_app.bootstrap.camera import ScanningCamera
        from merchant_app.bootstrap.source import SourceChoice

        options = self._options
        assert options is not None  # `open` has raised the Problem that is the reason
        # A new one each time: what was stopped with an earlier till does not start again.
        choice = SourceChoice(
            asked=self._arguments.camera,
            identity=options.get(CAMERA_IDENTITY),
            chosen=options.get(CAMERA_SOURCE),
            folder=self._profile.data,
            training=self._training,
        )
        return ScanningCamera(choice, clock=self._clock, proves=proves)


def _user_name() -> str:
    try:
        return getpass.getuser()
    except (ImportError, KeyError, OSError):  # an account without a name: containers have such
        return ""

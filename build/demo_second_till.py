"""A second till of the shop, without a screen: it uses a voucher that the first one accepted."""

from __future__ import annotations

import os
from uuid import UUID

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from demo_cast import Role

from merchant_app import __version__
from merchant_app.bootstrap.training import SHOP, TrainingService
from merchant_app.central.address import parse_address
from merchant_app.central.comptoir import ComptoirEnrolment, ComptoirService
from merchant_app.central.http import ServiceHttp
from merchant_app.central.port import Batch, Enrolled, Stored
from merchant_app.clock import SystemClock
from merchant_app.ids import OpId, VoucherId, uuid7
from merchant_app.ledger.entries import Line, Redemption, envelopes, root_hash
from merchant_app.money import Money

WAIT_S = 10.0


class SecondTill:
    """Enrolled at once, over a line of its own."""

    def __init__(self, service: TrainingService) -> None:
        self._clock = SystemClock()
        self._address = parse_address(service.url)
        code = str(service.ask("enrol", "--shop", SHOP)["code"])
        enrolment = ComptoirEnrolment(self._http(token=None), clock=self._clock)
        answer = enrolment.enrol(
            code,
            public_key=Ed25519PrivateKey.generate().public_key().public_bytes_raw(),
            program_version=__version__,
        )
        enrolment.close()
        if not isinstance(answer, Enrolled):
            raise SystemExit(f"the second till was not enrolled: {answer}")
        self._enrolled = answer

    def _http(self, *, token: str | None) -> ServiceHttp:
        return ServiceHttp(self._address, clock=self._clock, token=token)

    def redeem(self, role: Role, *, minor: int) -> None:
        """Debit this voucher."""
        redemption = Redemption(
            op_id=OpId(uuid7(self._clock.now(), os.urandom)),
            lines=(Line(VoucherId(UUID(role.voucher_id)), Money(minor, "EUR"), role.label),),
            purchase=None,
            honoured=True,
            at=self._clock.now(),
            cashier="Paul",
        )
        root = root_hash(self._enrolled.epoch_id, self._enrolled.previous_head)
        service = ComptoirService(
            self._http(token=self._enrolled.token),
            clock=self._clock,
            till_id=self._enrolled.facts.till_id,
            service_key=self._enrolled.facts.service_key,
        )
        answer = service.append_journal(
            Batch(
                epoch_id=self._enrolled.epoch_id,
                generation=self._enrolled.facts.generation,
                base_seq=0,
                base_hash=root,
                entries=envelopes([redemption], last_seq=0, last_hash=root),
                outcome_cursor=0,
            ),
            wait_s=WAIT_S,
        )
        service.close()
        if not isinstance(answer, Stored):
            raise SystemExit(f"the second till could not redeem: {answer}")

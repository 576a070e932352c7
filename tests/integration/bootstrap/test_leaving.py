"""Signing out, enrolling again in the same window: what stays on the computer, what does not."""

from __future__ import annotations

from collections.abc import Callable

from merchant_app.bootstrap.opening import TillOpener
from merchant_app.settings.secrets import SecretName
from merchant_app.till.counter import Counter
from merchant_app.till.matters import MayLeave, MustStay
from merchant_app.till.results import Redeemed, RedeemUnknown
from merchant_app.ui.ports import NotEnrolled
from tests.fakes.at_the_counter import debited, euros, valid
from tests.fakes.fault_kinds import CutBefore
from tests.fakes.fault_proxy import FaultProxy
from tests.fakes.service_process import ServiceSite
from tests.fakes.waiting import until
from tests.integration.bootstrap.conftest import Place, counter_of

OpenTill = Callable[[], tuple[TillOpener, Counter]]


def test_signing_out_leaves_no_secret_and_no_customer_behind(
    place: Place, open_till: OpenTill, central: ServiceSite
) -> None:
    till, counter = open_till()
    debited(counter, central.issue(5000).token, 10)
    until(lambda: counter.contact().snapshot_at is not None, what="the copy of the vouchers")
    assert counter.sign_out() == MayLeave()
    assert isinstance(till.open(), NotEnrolled)
    opened = place.keyring.open(place.profile.secrets_service)
    assert [opened.secrets.get(name) for name in SecretName] == [None] * len(SecretName)
    assert not place.profile.enrolment_file.exists()
    assert list(place.profile.data.glob("vouchers.sqlite*")) == []
    assert (place.profile.data / "journal.sqlite").exists(), "the journal is the shop's own"


def test_nobody_signs_out_while_the_line_keeps_something_back(
    place: Place, central: ServiceSite
) -> None:
    with FaultProxy(central.url) as line:
        till = place.till()
        assert till.enrol(address=line.url, code=central.offer()) is None
        counter = counter_of(till)
        voucher = valid(counter, central.issue(5000).token)
        line.always = CutBefore()
        unknown = counter.redeem(voucher, amount=euros(20), purchase=None)
        assert isinstance(unknown, RedeemUnknown)
        stay = counter.sign_out()
        assert isinstance(stay, MustStay)
        assert [one.amount for one in stay.unsent] == [euros(20)]
        assert place.profile.enrolment_file.exists()
        line.always = None
        until(lambda: isinstance(counter.wait(unknown.op_id), Redeemed), what="the answer")
        until(lambda: isinstance(counter.sign_out(), MayLeave), what="everything to be sent")
        place.close()


def test_the_same_window_goes_on_after_a_new_enrolment(
    place: Place, open_till: OpenTill, central: ServiceSite
) -> None:
    till, counter = open_till()
    voucher = central.issue(5000)
    debited(counter, voucher.token, 10)
    assert till.enrol(address=central.url, code=central.offer("Caisse 1")) is None
    again = counter_of(till)
    assert debited(again, voucher.token, 15).lines[0].balance == euros(25)
    until(lambda: again.contact().unsent == 0, what="everything to be sent")

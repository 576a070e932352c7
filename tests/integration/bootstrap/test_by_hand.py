"""A whole till against the real service: found by a name, and what is left of that on the disk."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from merchant_app.bootstrap.opening import TillOpener
from merchant_app.settings.secrets import SecretName
from merchant_app.till.counter import Counter
from merchant_app.till.hits import Hits
from merchant_app.till.results import Judged, Redeemed, TypingPaused
from merchant_app.vouchers import code as codes
from merchant_app.vouchers.holders import Holder
from merchant_app.vouchers.verdicts import Valid
from tests.fakes.at_the_counter import euros
from tests.fakes.service_process import ServiceSite
from tests.fakes.waiting import until
from tests.integration.bootstrap.conftest import Place

OpenTill = Callable[[], tuple[TillOpener, Counter]]
ZOE = Holder("Zoë Le Goff", "zoe.lg@example.org", "SCA-104233", date(2026, 5, 3))


def found(counter: Counter, text: str) -> Hits:
    """The hits, once the till has its list."""

    def search() -> Hits | None:
        answer = counter.search(text)
        return answer if isinstance(answer, Hits) and answer.hits else None

    return until(search, what=f"a hit for {text}")


def test_found_by_a_name_debited_and_nothing_of_her_on_the_disk(
    place: Place, open_till: OpenTill, central: ServiceSite
) -> None:
    voucher = central.issue(5000, bought_for=ZOE)
    till, counter = open_till()
    (hit,) = found(counter, "le goff").hits
    assert (hit.name, hit.face, hit.bought_on) == ("Zoë G.", euros(50), ZOE.bought_on)
    assert hit.voucher_id == voucher.voucher_id
    looked_up = counter.look_up_hit(hit, purchase=None)
    assert isinstance(looked_up, Judged)
    assert isinstance(looked_up.verdict, Valid)
    assert counter.confirm(hit.voucher_id, purchase=None) == Judged(
        looked_up.verdict, looked_up.label
    )
    done = counter.redeem(looked_up.verdict.voucher, amount=euros(30), purchase=None)
    assert isinstance(done, Redeemed)
    assert done.lines[0].balance == euros(20)
    till.close()
    till, counter = open_till()  # the key is still in the keyring
    for text in ("104233", "zoe.lg@"):
        (again,) = found(counter, text).hits
        assert again.voucher_id == voucher.voucher_id
    till.close()
    files = [file for file in place.folder.rglob("*") if file.is_file()]
    assert any(file.name.startswith("vouchers.sqlite") for file in files)
    for file in files:
        raw = file.read_bytes()
        for secret in ("Goff", "example.org", "104233", voucher.code):
            assert secret.encode() not in raw, file.name


def test_the_wait_after_wrong_codes_survives_a_restart(open_till: OpenTill) -> None:
    till, counter = open_till()
    for number in range(5):
        nobodys = codes.encode(number << 50 | 3)
        assert isinstance(counter.look_up_typed(nobodys, purchase=None), Judged)
    till.close()
    _, counter = open_till()
    paused = counter.look_up_typed(codes.encode(7 << 50), purchase=None)
    assert isinstance(paused, TypingPaused)
    assert 0 < paused.wait_s <= 30


def test_signing_out_forgets_the_key(place: Place, open_till: OpenTill) -> None:
    _, counter = open_till()
    secrets = place.keyring.open(place.profile.secrets_service).secrets
    assert secrets.get(SecretName.HOLDERS_KEY) is not None
    counter.sign_out()
    assert secrets.get(SecretName.HOLDERS_KEY) is None

"""What the pill and the band say of the line."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest

from merchant_app.i18n import Language, install
from merchant_app.till.results import Limit, LineState, NoAnswerKind, Status
from merchant_app.ui import offline_words
from merchant_app.ui.palette import Tone
from merchant_app.ui.status_words import band, pill
from tests.fakes.counter import COPIED_AT, NOON, ONLINE, STANDING, ZONE, euros

AT = COPIED_AT
OFFLINE = Status(
    LineState.OFFLINE,
    AT,
    AT,
    5,
    NoAnswerKind.DOWN,
    unsent_sales=3,
    redemption_max=euros(50),
    snapshot_at=AT,
)


@pytest.fixture(autouse=True)
def french() -> Iterator[None]:
    install(Language.FRENCH)
    yield
    install(Language.FRENCH)


def said(status: Status) -> str:
    shown = band(status, now=NOON, time_zone=ZONE)
    return shown.text.replace("\u00a0", " ").replace("\u202f", " ") if shown is not None else ""


def test_offline_says_since_when_what_it_means_and_what_follows() -> None:
    assert said(OFFLINE) == (
        "Hors ligne depuis 12 h 02. Les bons sont acceptés jusqu’à 50 €. "
        "3 encaissements seront envoyés au retour de la connexion."
    )


@pytest.mark.parametrize(
    ("unsent_sales", "follows"),
    [
        (0, "jusqu’à 50 €."),
        (1, "1 encaissement sera envoyé au retour de la connexion."),
        (2, "2 encaissements seront envoyés au retour de la connexion."),
    ],
)
def test_none_one_and_many(unsent_sales: int, follows: str) -> None:
    assert said(replace(OFFLINE, unsent_sales=unsent_sales)).endswith(follows)


def test_where_nothing_may_be_accepted() -> None:
    assert "Aucun bon ne peut être accepté hors ligne." in said(
        replace(OFFLINE, redemption_max=None)
    )


def test_an_amount_with_cents_keeps_them() -> None:
    assert "jusqu’à 49,50 €." in said(replace(OFFLINE, redemption_max=euros(49.5)))


def test_a_service_that_is_being_restored() -> None:
    assert "en cours de rétablissement" in said(replace(OFFLINE, why=NoAnswerKind.BEING_RESTORED))


def test_an_old_list_is_told_and_a_fresh_one_is_not() -> None:
    old = replace(OFFLINE, snapshot_at=NOON - timedelta(hours=25))
    assert "reçue le 21 novembre à 11 h 30" in said(old)
    assert "reçue" not in said(OFFLINE)
    assert "pas encore de liste" in said(replace(OFFLINE, snapshot_at=None))


def test_after_half_a_day_the_day_is_told_too() -> None:
    long = replace(OFFLINE, since=NOON - timedelta(days=2))
    assert said(long).startswith("Hors ligne depuis le 20 novembre à 12 h 30.")


def test_a_blocked_till_and_one_that_is_not_accepted_say_what_they_keep() -> None:
    blocked = Status(LineState.STOPPED, AT, AT, 4, unsent_sales=1)
    assert said(blocked) == (
        "Caisse bloquée. 1 encaissement est gardé ici, en sûreté. Appelez votre responsable."
    )
    refused = Status(LineState.NOT_ENTITLED, AT, AT, 4, unsent_sales=2)
    assert "2 encaissements sont gardés ici" in said(refused)
    shown = band(refused, now=NOON, time_zone=ZONE)
    assert shown is not None
    assert shown.tone is Tone.NO


@pytest.mark.parametrize("line", [LineState.UNKNOWN, LineState.ONLINE, LineState.DEGRADED])
def test_while_all_is_well_there_is_no_band(line: LineState) -> None:
    assert said(replace(ONLINE, line=line)) == ""
    broken = replace(ONLINE, line=line, mirror_broken_since=AT)
    assert said(broken).startswith("La seconde copie du journal ne s’écrit plus")


def test_a_slow_line() -> None:
    slow = pill(
        replace(ONLINE, line=LineState.DEGRADED, why=NoAnswerKind.SLOW), now=NOON, time_zone=ZONE
    )
    assert slow.text == "Connexion lente"
    assert not slow.filled
    assert "trop de temps" in slow.why


def test_a_list_on_its_way_is_counted() -> None:
    shown = pill(replace(ONLINE, copying=3_200), now=NOON, time_zone=ZONE)
    assert shown.text.endswith("liste\u00a0: 3\u202f200")


def test_what_waits_is_counted_in_sales_with_its_age() -> None:
    shown = pill(replace(OFFLINE, unsent_at=NOON - timedelta(minutes=14)), now=NOON, time_zone=ZONE)
    assert shown.text.endswith("· 3 à envoyer")
    assert "depuis 14\u00a0min" in shown.why


@pytest.mark.parametrize("language", Language)
def test_every_limit_has_a_sentence_of_its_own_and_something_to_do(language: Language) -> None:
    install(language)
    told = [offline_words.limited(limit) for limit in Limit]
    assert len({one.reason for one in told}) == len(Limit)
    assert all(one.advice for one in told)


def test_the_standing() -> None:
    text = offline_words.standing(STANDING).replace("\u00a0", " ")
    assert text == "3 sur 40, 120 € sur 300 €"


def test_an_older_list_is_named_by_its_day() -> None:
    assert "novembre" not in offline_words.list_of(AT, now=NOON, time_zone=ZONE)
    older = offline_words.list_of(AT - timedelta(days=3), now=NOON, time_zone=ZONE)
    assert older.startswith("d’après la liste du 19")

"""The enrolment file: round trip, and every bad field named."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from uuid import UUID

import pytest

from merchant_app.errors import Problem, ProblemKind
from merchant_app.ids import EpochId, ShopNumber, TillId
from merchant_app.settings.enrolment import EnrolledTill, EnrolmentStore

TILL = EnrolledTill(
    service_url="https://central.example.org",
    till_id=TillId(UUID("01920000-0000-7000-8000-000000000001")),
    till_name="Caisse 1",
    shop_number=ShopNumber(7),
    shop_name="Librairie Cassiopée",
    shop_city="Val d'Oingt",
    currency="EUR",
    time_zone="Europe/Paris",
    epoch_id=EpochId(UUID("01920000-0000-7000-8000-000000000002")),
    issuer_keys=((1, bytes(range(32))), (2, bytes(32))),
    service_key=bytes(range(32, 64)),
    answer_wait_s=5,
    contact_every_s=10,
    generation=3,
)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "enrolment.json"


def test_without_a_file_there_is_no_enrolment(path: Path) -> None:
    assert EnrolmentStore(path).load() is None


def test_what_was_saved_is_loaded(path: Path) -> None:
    EnrolmentStore(path).save(TILL)
    assert EnrolmentStore(path).load() == TILL
    assert path.stat().st_mode & 0o777 == 0o600


def test_a_newer_fact_replaces_the_older_and_foreign_fields_stay(path: Path) -> None:
    store = EnrolmentStore(path)
    store.save(TILL)
    path.write_text(
        json.dumps({**json.loads(path.read_text(encoding="utf-8")), "pins": ["x"]}),
        encoding="utf-8",
    )
    store.save(replace(TILL, till_name="Caisse 2"))
    assert store.load() == replace(TILL, till_name="Caisse 2")
    assert json.loads(path.read_text(encoding="utf-8"))["pins"] == ["x"]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("till_id", "not a uuid"),
        ("till_id", 5),
        ("till_name", None),
        ("till_name", "x" * 501),
        ("shop_number", 0),
        ("shop_number", "7"),
        ("currency", "XXX"),
        ("currency", []),
        ("service_key", "00"),
        ("service_key", "zz" * 32),
        ("issuer_keys", []),
        ("issuer_keys", {"256": "00" * 32}),
        ("issuer_keys", {"01": "00" * 32}),
        ("issuer_keys", {"one": "00" * 32}),
        ("issuer_keys", {"1": "00"}),
        ("answer_wait_s", 0),
        ("contact_every_s", 1.5),
        ("generation", -1),
        ("generation", True),
    ],
)
def test_a_bad_field_is_named(path: Path, field: str, value: object) -> None:
    EnrolmentStore(path).save(TILL)
    path.write_text(
        json.dumps({**json.loads(path.read_text(encoding="utf-8")), field: value}), encoding="utf-8"
    )
    with pytest.raises(Problem) as caught:
        EnrolmentStore(path).load()
    assert caught.value.kind is ProblemKind.SETTINGS_UNREADABLE
    assert caught.value.detail == f"enrolment.json: bad field {field}"


def test_a_missing_field_is_named(path: Path) -> None:
    EnrolmentStore(path).save(TILL)
    fields = json.loads(path.read_text(encoding="utf-8"))
    del fields["epoch_id"]
    path.write_text(json.dumps(fields), encoding="utf-8")
    with pytest.raises(Problem, match="bad field epoch_id"):
        EnrolmentStore(path).load()

"""Entries: one canonical text each, a chain that notices every change."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime
from uuid import UUID

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from merchant_app.errors import Bug
from merchant_app.ids import EpochId, OpId, VoucherId
from merchant_app.ledger.entries import (
    LINES_MAX,
    BadEntry,
    Choice,
    Decision,
    Entry,
    Envelope,
    Line,
    Redemption,
    Resolution,
    Void,
    chain_hash,
    envelopes,
    first_broken,
    from_body,
    root_hash,
    to_body,
)
from merchant_app.money import CURRENCIES, Money

EPOCH = EpochId(UUID("01920000-0000-7000-8000-000000000001"))
ROOT = root_hash(EPOCH)
AT = datetime(2026, 11, 23, 9, 30, 0, 123_000, UTC)

OP_IDS = st.uuids().map(OpId)
MOMENTS = st.datetimes(timezones=st.just(UTC)).map(
    lambda moment: moment.replace(microsecond=moment.microsecond // 1000 * 1000)
)
NAMES = st.text(st.characters(exclude_categories=["Cs"]), max_size=120)
AMOUNTS = st.integers(1, 2**32 - 1)


@st.composite
def redemptions(draw: st.DrawFn) -> Redemption:
    currency = draw(st.sampled_from(sorted(CURRENCIES)))
    vouchers = draw(st.lists(st.uuids(), min_size=1, max_size=4, unique=True))
    lines = tuple(
        Line(VoucherId(voucher), Money(draw(AMOUNTS), currency), draw(NAMES))
        for voucher in vouchers
    )
    purchase = draw(st.none() | AMOUNTS.map(lambda minor: Money(minor, currency)))
    return Redemption(
        op_id=draw(OP_IDS),
        lines=lines,
        purchase=purchase,
        honoured=draw(st.booleans()),
        at=draw(MOMENTS),
        cashier=draw(NAMES),
    )


DECISIONS = st.builds(
    Decision,
    op_id=OP_IDS,
    redemption_id=OP_IDS,
    handed_over=st.booleans(),
    at=MOMENTS,
    cashier=NAMES,
)
VOIDS = st.builds(Void, op_id=OP_IDS, redemption_id=OP_IDS, at=MOMENTS, cashier=NAMES)


@st.composite
def resolutions(draw: st.DrawFn) -> Resolution:
    choice = draw(st.sampled_from(Choice))
    return Resolution(
        op_id=draw(OP_IDS),
        about_id=draw(OP_IDS),
        choice=choice,
        note=draw(NAMES),
        retry_id=draw(OP_IDS) if choice is Choice.RETRIED else None,
        at=draw(MOMENTS),
        cashier=draw(NAMES),
    )


ENTRIES = redemptions() | DECISIONS | VOIDS | resolutions()

SAMPLE = Redemption(
    op_id=OpId(UUID(int=1)),
    lines=(
        Line(VoucherId(UUID(int=2)), Money(5000, "EUR"), "…H2M7"),
        Line(VoucherId(UUID(int=3)), Money(3700, "EUR"), "…T1AB"),
    ),
    purchase=Money(8700, "EUR"),
    honoured=False,
    at=AT,
    cashier="Claire",
)


@given(ENTRIES)
def test_an_entry_comes_back_from_its_text(entry: Entry) -> None:
    body = to_body(entry)
    assert body.isascii()
    assert from_body(body) == entry
    assert to_body(from_body(body)) == body


@given(ENTRIES)
def test_the_text_of_an_entry_is_what_json_would_write(entry: Entry) -> None:
    body = to_body(entry)
    compact = json.dumps(json.loads(body), sort_keys=True, separators=(",", ":"), ensure_ascii=True)
    assert body == compact


def test_the_text_of_an_entry_never_changes() -> None:
    """What was hashed by an old till must be read by every newer one."""
    assert to_body(SAMPLE) == (
        '{"at":"2026-11-23T09:30:00.123Z","cashier":"Claire","currency":"EUR","honoured":false,'
        '"kind":"redemption","lines":[{"amount_minor":5000,"label":"\\u2026H2M7",'
        '"voucher":"00000000-0000-0000-0000-000000000002"},{"amount_minor":3700,'
        '"label":"\\u2026T1AB","voucher":"00000000-0000-0000-0000-000000000003"}],'
        '"op":"00000000-0000-0000-0000-000000000001","purchase_minor":8700}'
    )
    assert chain_hash(ROOT, seq=1, body=to_body(SAMPLE)).hex() == (
        "3cb8141df4ab53c960883ed5a1b4bb8c8349606692e2d97b9c4638924f13b9fb"
    )


def variants(body: str) -> list[str]:
    fields = json.loads(body)
    compact = {"separators": (",", ":"), "sort_keys": True}
    return [
        body + " ",
        " " + body,
        body.replace(":", ": ", 1),
        json.dumps(fields),
        json.dumps(dict(reversed(fields.items())), separators=(",", ":")),
        json.dumps({**fields, "more": 1}, separators=(",", ":"), sort_keys=True),
        json.dumps({**fields, "op": fields["op"].upper() + "0"}, separators=(",", ":")),
        json.dumps({**fields, "at": fields["at"].replace("Z", "+00:00")}, **compact),  # type: ignore[arg-type]
        json.dumps({**fields, "at": fields["at"].replace("Z", "")}, **compact),  # type: ignore[arg-type]
        json.dumps({**fields, "kind": "refund"}, **compact),  # type: ignore[arg-type]
        body[:-1] + ',"kind":"void"}',
        body[:-1],
    ]


@given(ENTRIES)
def test_the_same_thing_written_otherwise_is_refused(entry: Entry) -> None:
    body = to_body(entry)
    for variant in variants(body):
        if variant != body:
            with pytest.raises(BadEntry):
                from_body(variant)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("amount_minor", 0),
        ("amount_minor", -1),
        ("amount_minor", 2**32),
        ("amount_minor", 1.0),
        ("amount_minor", True),
        ("amount_minor", "1"),
        ("label", 5),
        ("label", "x" * 121),
        ("label", "\ud800"),
        ("voucher", None),
        ("voucher", 5),
    ],
)
def test_a_bad_line_is_refused(field: str, value: object) -> None:
    fields = json.loads(to_body(SAMPLE))
    fields["lines"][0][field] = value
    with pytest.raises(BadEntry):
        from_body(json.dumps(fields, separators=(",", ":"), sort_keys=True))


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("lines", []),
        ("lines", {}),
        ("lines", "lines"),
        ("lines", None),
        ("lines", [1]),
        ("currency", "XXX"),
        ("currency", ["EUR"]),
        ("honoured", 1),
        ("purchase_minor", 0),
        ("purchase_minor", "1"),
        ("cashier", None),
        ("cashier", "x" * 121),
        ("at", 5),
        ("at", "0001-01-01T00:00:00+23:59"),
        ("op", 5),
        ("op", "no id"),
        ("kind", None),
        ("kind", []),
    ],
)
def test_a_bad_field_is_refused(field: str, value: object) -> None:
    fields = {**json.loads(to_body(SAMPLE)), field: value}
    with pytest.raises(BadEntry):
        from_body(json.dumps(fields, separators=(",", ":"), sort_keys=True))


def test_one_voucher_twice_and_too_many_lines_are_refused() -> None:
    fields = json.loads(to_body(SAMPLE))
    line = fields["lines"][0]
    many = [{**line, "voucher": str(UUID(int=number))} for number in range(LINES_MAX + 1)]
    for lines in ([line, line], many):
        with pytest.raises(BadEntry):
            from_body(json.dumps({**fields, "lines": lines}, separators=(",", ":"), sort_keys=True))


@given(st.text(max_size=200))
@example("[" * 100_000)
@example("9" * 5000)
@example("NaN")
@example("null")
def test_any_text_is_an_entry_or_a_bad_entry(text: str) -> None:
    with pytest.raises(BadEntry):
        from_body(text)


LINE = SAMPLE.lines[0]


@pytest.mark.parametrize(
    "entry",
    [
        replace(SAMPLE, lines=()),
        replace(SAMPLE, lines=(LINE, LINE)),
        replace(SAMPLE, lines=(LINE, replace(SAMPLE.lines[1], amount=Money(1, "CHF")))),
        replace(SAMPLE, purchase=Money(1, "CHF")),
        replace(SAMPLE, purchase=Money(0, "EUR")),
        replace(SAMPLE, lines=(replace(LINE, amount=Money(0, "EUR")),)),
        replace(SAMPLE, lines=(replace(LINE, amount=Money(2**32, "EUR")),)),
        replace(SAMPLE, lines=(replace(LINE, label="x" * 121),)),
        replace(SAMPLE, cashier="x" * 121),
        replace(SAMPLE, cashier="\ud800"),
        Void(op_id=SAMPLE.op_id, redemption_id=SAMPLE.op_id, at=AT, cashier="x" * 121),
    ],
)
def test_what_nobody_could_read_back_is_never_written(entry: Entry) -> None:
    with pytest.raises(Bug):
        to_body(entry)


@given(st.lists(ENTRIES, min_size=1, max_size=5))
def test_a_chain_is_whole_and_can_be_continued(entries: list[Entry]) -> None:
    chain = envelopes(entries, last_seq=0, last_hash=ROOT)
    assert [envelope.seq for envelope in chain] == list(range(1, len(entries) + 1))
    assert first_broken(chain, base_seq=0, base_hash=ROOT) is None
    for place in range(len(chain)):
        base = chain[place - 1].hash if place else ROOT
        assert first_broken(chain[place:], base_seq=place, base_hash=base) is None
        rest = envelopes(entries[place:], last_seq=place, last_hash=base)
        assert rest == chain[place:]


@given(st.lists(ENTRIES, min_size=2, max_size=5), st.data())
def test_every_change_to_a_chain_is_noticed(entries: list[Entry], data: st.DataObject) -> None:
    chain = list(envelopes(entries, last_seq=0, last_hash=ROOT))
    place = data.draw(st.integers(0, len(chain) - 1))
    victim = chain[place]
    letter = data.draw(st.integers(0, len(victim.body) - 1))
    other = data.draw(st.characters(min_codepoint=32, max_codepoint=126))
    assume(other != victim.body[letter])
    bit = data.draw(st.integers(0, 255))
    damaged_hash = (int.from_bytes(victim.hash, "big") ^ 1 << bit).to_bytes(32, "big")
    body = victim.body[:letter] + other + victim.body[letter + 1 :]
    rehashed = chain_hash(chain[place - 1].hash if place else ROOT, seq=victim.seq, body=body)
    changes: list[list[Envelope]] = [
        [*chain[:place], replace(victim, body=body), *chain[place + 1 :]],
        [*chain[:place], replace(victim, hash=damaged_hash), *chain[place + 1 :]],
        [*chain[:place], replace(victim, seq=victim.seq + 1), *chain[place + 1 :]],
        [*chain[:place], victim, *chain[place:]],
    ]
    if place + 1 < len(chain):
        changes.append([*chain[:place], *chain[place + 1 :]])  # one taken out
        changes.append([*chain[:place], chain[place + 1], victim, *chain[place + 2 :]])
        # Rewritten with its own hash made to fit: the next entry gives it away.
        changes.append([*chain[:place], Envelope(victim.seq, body, rehashed), *chain[place + 1 :]])
    for changed in changes:
        assert first_broken(changed, base_seq=0, base_hash=ROOT) is not None


@given(st.uuids(), st.uuids())
def test_each_epoch_has_a_root_of_its_own(one: UUID, two: UUID) -> None:
    assert (root_hash(EpochId(one)) == root_hash(EpochId(two))) == (one == two)

"""What a closing is computed from: the redemptions that a range of the journal touches.

A range goes from one `Reach` to another, in each table by position and never by time. A redemption
is touched by its own entry, by what decides or undoes it, and by what the service says of it; each
is told as it stood at both ends of the range. Only what is touched is read.
"""

from __future__ import annotations

import sqlite3
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from merchant_app.contract.status import OutcomeStatus
from merchant_app.errors import Bug
from merchant_app.ids import OpId, id_of, id_text
from merchant_app.journal import outcome_lines
from merchant_app.journal.closings import Reach
from merchant_app.journal.events import lifted_ops
from merchant_app.ledger.entries import Choice, Redemption, from_body

_IDS_PER_QUERY = 500
# In a canonical body a quote inside a text is escaped: this can only be the field itself.
_HANDED_OVER = '"handed_over":true'
_SETTLING = tuple(
    f'"choice":"{choice.value}"' for choice in (Choice.LOSS_ACCEPTED, Choice.PLATFORM_ASKED)
)
_BY_OP = (
    "SELECT op_id, redemption_id, kind, body, rowid, 0 FROM entries WHERE op_id IN ({0}) UNION ALL "
    "SELECT op_id, redemption_id, kind, body, rowid, 1 FROM adopted WHERE op_id IN ({0})"
)
# Each by an index of its own: without its name in the condition a partial index is not used.
_ABOUT = " UNION ALL ".join(
    f"SELECT op_id, redemption_id, kind, body, rowid, {int(table == 'adopted')} FROM {table} "  # noqa: S608 - constants
    f"WHERE redemption_id IN ({{0}}) AND {condition}"
    for table, condition in (
        ("entries", "kind = 'decision' AND origin = 'own'"),
        ("entries", "kind = 'void' AND origin = 'own'"),
        ("entries", "kind = 'resolution'"),
        ("entries", "origin = 'resent' AND kind <> 'resolution'"),
        ("adopted", "redemption_id IS NOT NULL"),
    )
)
_OUTCOMES = "SELECT op_id, id, status, lines FROM outcomes WHERE op_id IN ({0}) ORDER BY id"


@dataclass(frozen=True, slots=True)
class Told:
    """The newest that the service said of an op; both amounts over all its lines."""

    status: OutcomeStatus
    accepted_minor: int
    shortfall_minor: int


@dataclass(frozen=True, slots=True)
class Standing:
    """What was known of a redemption at one end of the range.

    Attributes:
        handed_over: whether the goods are gone; where two copies of the till decided otherwise, the
            hand-over counts (ledger.md 2.4).
        told: None while the service said nothing of it.
        void_waits: somebody undid it, and the service said nothing of that.
        open_matters: the redemption, or a void of it, ended badly and nobody decided about it.
    """

    handed_over: bool
    told: Told | None
    void_waits: bool
    open_matters: tuple[OpId, ...]


@dataclass(frozen=True, slots=True)
class TouchedOp:
    """A redemption at both ends of a range; `before` is None where its entry lies inside.

    `lifted`: somebody responsible took it beyond a limit, at this till.
    """

    redemption: Redemption
    before: Standing | None
    after: Standing
    lifted: bool = False


@dataclass(slots=True)
class _Found:
    """All that the journal has of one redemption, each with its place."""

    redemption: Redemption | None = None
    places: list[tuple[int, bool]] = field(default_factory=list)
    decisions: list[tuple[int, bool]] = field(default_factory=list)
    voids: dict[str, list[tuple[int, bool]]] = field(default_factory=lambda: defaultdict(list))


_Row = tuple[str, str | None, str, str, int, int]


def touched(
    connection: sqlite3.Connection,
    since: Reach,
    until: Reach,
    *,
    also: Collection[OpId] = (),
) -> Iterator[TouchedOp]:
    """The redemptions that the range touches, and these; those not reached by `until` are not told.

    In the order of their ids, so that the same range always says the same.
    """
    ops = _redemptions_in(connection, since, until)
    ops.update(id_text(op_id) for op_id in also)
    lifted = lifted_ops(connection)
    for some in _pieces(sorted(ops)):
        yield from _read(connection, some, since, until, lifted=lifted)


def _redemptions_in(connection: sqlite3.Connection, since: Reach, until: Reach) -> set[str]:
    about = "SELECT DISTINCT coalesce(redemption_id, op_id) FROM {0} WHERE rowid > ? AND rowid <= ?"
    ops: set[str] = set()
    for table, first, last in (
        ("entries", since.entry, until.entry),
        ("adopted", since.adopted, until.adopted),
    ):
        ops.update(row[0] for row in connection.execute(about.format(table), (first, last)))
    for table, key, first, last in (
        ("outcomes", "id", since.outcome, until.outcome),
        ("alarms", "rowid", since.alarm, until.alarm),
    ):
        query = f"SELECT op_id FROM {table} WHERE {key} > ? AND {key} <= ?"  # noqa: S608 - constants
        ops.update(row[0] for row in connection.execute(query, (first, last)))
    return _followed(connection, ops)


def _followed(connection: sqlite3.Connection, ops: Collection[str]) -> set[str]:
    """Redemptions: a void, or what settles one, is followed to what it is about."""
    redemptions: set[str] = set()
    left = set(ops)
    while left:
        onward: set[str] = set()
        for some in _pieces(sorted(left)):
            marks = _marks(some)
            query = (
                f"SELECT op_id, redemption_id FROM entries WHERE op_id IN ({marks}) UNION "  # noqa: S608 - marks
                f"SELECT op_id, redemption_id FROM adopted WHERE op_id IN ({marks})"
            )
            for op_id, about in connection.execute(query, (*some, *some)):
                (redemptions if about is None else onward).add(op_id if about is None else about)
        left = onward - redemptions
    return redemptions


def _read(
    connection: sqlite3.Connection,
    some: Sequence[str],
    since: Reach,
    until: Reach,
    *,
    lifted: Collection[str],
) -> Iterator[TouchedOp]:
    marks = _marks(some)
    found: dict[str, _Found] = {op_id: _Found() for op_id in some}
    settled: dict[str, list[tuple[int, bool]]] = defaultdict(list)
    for row in connection.execute(_BY_OP.format(marks), (*some, *some)).fetchall():
        _take_redemption(found[row[0]], row)
    rows = connection.execute(_ABOUT.format(marks), tuple(some) * 5).fetchall()
    for row in rows:
        _take_about(found, settled, row)
    voids = sorted({void for one in found.values() for void in one.voids})
    if voids:
        _settled_voids(connection, voids, settled)
    outcomes = _outcomes(connection, [*some, *voids])
    alarms = _alarms(connection, [*some, *voids])
    matters = _Matters(settled, outcomes, alarms)
    for op_id in some:
        one = found[op_id]
        if one.redemption is None or not _is_reached(one.places, until):
            continue
        before = None
        if _is_reached(one.places, since):
            before = _standing(op_id, one, outcomes, matters, since)
        after = _standing(op_id, one, outcomes, matters, until)
        yield TouchedOp(one.redemption, before, after, op_id in lifted)


def _take_redemption(one: _Found, row: _Row) -> None:
    _, _, kind, body, position, foreign = row
    if kind != "redemption":
        return
    if one.redemption is None:
        entry = from_body(body)
        if not isinstance(entry, Redemption):
            raise Bug("a redemption's row holds something else")
        one.redemption = entry
        if entry.honoured:
            one.decisions.append((0, bool(foreign)))
    one.places.append((position, bool(foreign)))


def _take_about(
    found: dict[str, _Found], settled: dict[str, list[tuple[int, bool]]], row: _Row
) -> None:
    op_id, about, kind, body, position, foreign = row
    place = (position, bool(foreign))
    if about is None:
        return
    if kind == "decision" and _HANDED_OVER in body:
        found[about].decisions.append(place)
    elif kind == "void":
        found[about].voids[op_id].append(place)
    elif kind == "resolution" and any(choice in body for choice in _SETTLING):
        settled[about].append(place)


def _settled_voids(
    connection: sqlite3.Connection,
    voids: Sequence[str],
    settled: dict[str, list[tuple[int, bool]]],
) -> None:
    for some in _pieces(voids):
        rows = connection.execute(_ABOUT.format(_marks(some)), tuple(some) * 5).fetchall()
        for _, about, kind, body, position, foreign in rows:
            if kind == "resolution" and any(choice in body for choice in _SETTLING):
                settled[about].append((position, bool(foreign)))


def _outcomes(
    connection: sqlite3.Connection, ops: Sequence[str]
) -> dict[str, list[tuple[int, str, str]]]:
    outcomes: dict[str, list[tuple[int, str, str]]] = defaultdict(list)
    for some in _pieces(ops):
        for op_id, number, status, lines in connection.execute(
            _OUTCOMES.format(_marks(some)), some
        ):
            outcomes[op_id].append((number, status, lines))
    return outcomes


def _alarms(connection: sqlite3.Connection, ops: Sequence[str]) -> dict[str, int]:
    alarms: dict[str, int] = {}
    for some in _pieces(ops):
        query = f"SELECT op_id, rowid FROM alarms WHERE op_id IN ({_marks(some)})"  # noqa: S608 - marks
        alarms.update(connection.execute(query, some).fetchall())
    return alarms


@dataclass(frozen=True, slots=True)
class _Matters:
    settled: dict[str, list[tuple[int, bool]]]
    outcomes: dict[str, list[tuple[int, str, str]]]
    alarms: dict[str, int]

    def is_open(self, op_id: str, reach: Reach) -> bool:
        """Whether an op ended badly, as far as was read, and nobody decided (`ledger.standing`)."""
        if _is_reached(self.settled.get(op_id, ()), reach):
            return False
        told = _newest(self.outcomes.get(op_id, ()), reach)
        if told is None:
            return op_id in self.alarms and self.alarms[op_id] <= reach.alarm
        return told.status is OutcomeStatus.NOT_REVERSIBLE or told.shortfall_minor > 0


def _standing(
    op_id: str,
    one: _Found,
    outcomes: dict[str, list[tuple[int, str, str]]],
    matters: _Matters,
    reach: Reach,
) -> Standing:
    told = _newest(outcomes.get(op_id, ()), reach)
    voids = [void for void, places in one.voids.items() if _is_reached(places, reach)]
    is_voided = told is not None and told.status is OutcomeStatus.VOIDED
    return Standing(
        handed_over=_is_reached(one.decisions, reach),
        told=told,
        void_waits=not is_voided
        and any(_newest(outcomes.get(void, ()), reach) is None for void in voids),
        open_matters=tuple(
            OpId(id_of(matter))
            for matter in (op_id, *sorted(voids))
            if matters.is_open(matter, reach)
        ),
    )


def _newest(told: Iterable[tuple[int, str, str]], reach: Reach) -> Told | None:
    within = [one for one in told if one[0] <= reach.outcome]
    if not within:
        return None
    _, status, text = within[-1]
    lines = outcome_lines.from_text(text)
    return Told(
        OutcomeStatus(status),
        sum(line.accepted_minor for line in lines),
        sum(line.shortfall_minor for line in lines),
    )


def _is_reached(places: Iterable[tuple[int, bool]], reach: Reach) -> bool:
    return any(
        position <= (reach.adopted if foreign else reach.entry) for position, foreign in places
    )


def _pieces(ops: Sequence[str]) -> Iterator[tuple[str, ...]]:
    for start in range(0, len(ops), _IDS_PER_QUERY):
        yield tuple(ops[start : start + _IDS_PER_QUERY])


def _marks(some: Sequence[str]) -> str:
    return ",".join("?" * len(some))

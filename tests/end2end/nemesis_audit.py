"""The auditor: what tills, service and counters hold, compared when all is over.

It reads the files themselves and trusts no program's word; it knows the rules only as sentences:
every row of a till is at the service, to the byte; what went over a counter was debited, or booked
as a shortfall, once; what did not was not; each voucher's balance is what was issued less that.
"""

from __future__ import annotations

import json
import sqlite3
from collections import Counter, defaultdict
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from uuid import UUID

from merchant_app.journal.opening import open_file
from merchant_app.ledger.entries import Redemption, Void, from_body
from tests.end2end.nemesis_truth import Truth
from tests.fakes.service_process import run

EXPECTED_ALARMS = {"shortfall"}
"""Goods handed over that a voucher could not pay for: the price of working offline."""

_Rows = dict[tuple[str, int], tuple[str, bytes]]


@dataclass
class Findings:
    """What the auditor found.

    Attributes:
        offline: redemptions accepted without the service's word.
        short: handed over, and more than the vouchers could pay for: a loss with a name.
        lost: handed over, and not debited or booked once at the service.
        doubled: debited more than was handed over: twice, or for nothing; in ops and vouchers.
        wrong: each of these and everything else, in words.
    """

    ops: int = 0
    handed_over: int = 0
    offline: int = 0
    short: int = 0
    rows_at_tills: int = 0
    rows_at_service: int = 0
    lost: int = 0
    doubled: int = 0
    wrong: list[str] = field(default_factory=list)

    def is_lost(self, what: str) -> None:
        self.lost += 1
        self.wrong.append(f"lost: {what}")

    def is_doubled(self, what: str) -> None:
        self.doubled += 1
        self.wrong.append(f"doubled: {what}")


@dataclass(frozen=True)
class AtService:
    """One redemption as the service holds it; lines are (voucher, accepted, shortfall)."""

    status: str
    handed_over: bool | None
    lines: tuple[tuple[str, int, int], ...]

    @property
    def accepted(self) -> int:
        return sum(accepted for _, accepted, _ in self.lines)

    @property
    def booked(self) -> int:
        return sum(accepted + shortfall for _, accepted, shortfall in self.lines)


def audit(journals: Mapping[str, Path], database: Path, truth: Truth) -> Findings:
    """Compare; tills and service are closed by now."""
    found = Findings()
    tills = {till: _journal_rows(path, till, found) for till, path in journals.items()}
    with closing(sqlite3.connect(database)) as connection:
        _compare_rows(tills, _service_rows(connection), found)
        redemptions = _redemptions(tills)
        held = {op_id: _amount_minor(entry) for op_id, entry in redemptions.items()}
        out = _out_of_the_shop(tills, truth, found)
        ops = _ops(connection)
        _compare_ops(held, ops, out, truth, found)
        _compare_vouchers(connection, ops, out, found)
    found.ops = len(held)
    found.handed_over = len(out)
    found.offline = sum(entry.honoured for entry in redemptions.values())
    found.short = sum(op.status == "short" for op in ops.values())
    _ask_the_service(database, found)
    return found


def _journal_rows(path: Path, till: str, found: Findings) -> _Rows:
    """All entries of a journal, after the program's own checks: SQLite's and the hash chains."""
    assert path.exists(), path  # opening would make it
    open_file(path).close()
    with closing(sqlite3.connect(path)) as connection:
        (verdict,) = connection.execute("PRAGMA integrity_check").fetchone()
        if verdict != "ok":
            found.wrong.append(f"{till}: {verdict}")
        rows = connection.execute("SELECT epoch_id, seq, body, hash FROM entries").fetchall()
    found.rows_at_tills += len(rows)
    return {(str(UUID(epoch)), seq): (body, bytes(hash_)) for epoch, seq, body, hash_ in rows}


def _service_rows(connection: sqlite3.Connection) -> _Rows:
    return {
        (str(UUID(epoch)), seq): (body.decode(), bytes(hash_))
        for epoch, seq, body, hash_ in connection.execute(
            "SELECT epoch_id, seq, body, hash FROM envelopes"
        )
    }


def _compare_rows(tills: dict[str, _Rows], service: _Rows, found: Findings) -> None:
    found.rows_at_service = len(service)
    own: _Rows = {}
    for rows in tills.values():
        own |= rows
    if own.keys() != service.keys():
        found.wrong.append(
            f"rows: {len(own.keys() - service.keys())} only at tills,"
            f" {len(service.keys() - own.keys())} only at the service"
        )
    differing = [place for place in own.keys() & service.keys() if own[place] != service[place]]
    if differing:
        found.wrong.append(f"rows that differ: {differing[:3]}")


def _redemptions(tills: dict[str, _Rows]) -> dict[str, Redemption]:
    """By op, of all journals."""
    entries = (from_body(body) for rows in tills.values() for body, _ in rows.values())
    return {str(entry.op_id): entry for entry in entries if isinstance(entry, Redemption)}


def _amount_minor(redemption: Redemption) -> int:
    return sum(line.amount.minor for line in redemption.lines)


def _out_of_the_shop(tills: dict[str, _Rows], truth: Truth, found: Findings) -> frozenset[str]:
    """What the counters know, less the undos that were recorded when a kill took the screen."""
    out = set(truth.handed_over())
    for till, rows in tills.items():
        unseen = truth.undoing[till]
        for body, _ in rows.values():
            entry = from_body(body)
            if not isinstance(entry, Void) or str(entry.redemption_id) not in out:
                continue
            out.discard(str(entry.redemption_id))
            unseen -= 1
            if unseen < 0:
                found.is_lost(f"{till}: {entry.redemption_id} undone, and nobody undid it")
    return frozenset(out)


def _ops(connection: sqlite3.Connection) -> dict[str, AtService]:
    lines: dict[str, list[tuple[str, int, int]]] = defaultdict(list)
    for op_id, voucher_id, accepted, shortfall in connection.execute(
        "SELECT op_id, voucher_id, accepted_minor, shortfall_minor FROM op_lines"
    ):
        lines[str(UUID(op_id))].append((voucher_id, accepted, shortfall))
    return {
        str(UUID(op_id)): AtService(
            status,
            None if handed_over is None else bool(handed_over),
            tuple(lines[str(UUID(op_id))]),
        )
        for op_id, status, handed_over in connection.execute(
            "SELECT id, status, handed_over FROM ops WHERE kind = 'redemption'"
        )
    }


def _compare_ops(
    held: dict[str, int],
    ops: dict[str, AtService],
    out: frozenset[str],
    truth: Truth,
    found: Findings,
) -> None:
    for op_id in sorted(out):
        if op_id not in held:
            found.is_lost(f"{op_id}: handed over, and in no journal")
            continue
        shown = truth.amounts_minor.get(op_id, held[op_id])
        at_service = ops.get(op_id)
        if at_service is None:
            found.is_lost(f"{op_id}: handed over, unknown to the service")
        elif not (at_service.handed_over and at_service.status in ("accepted", "short")):
            found.is_lost(f"{op_id}: handed over, at the service {at_service}")
        elif at_service.booked < shown:
            found.is_lost(f"{op_id}: {shown} handed over, {at_service.booked} booked")
        elif at_service.booked > shown:
            found.is_doubled(f"{op_id}: {shown} handed over, {at_service.booked} booked")
    for op_id, at_service in sorted(ops.items()):
        if op_id not in out and at_service.accepted:
            found.is_doubled(f"{op_id}: debited for nothing: {at_service}")


def _compare_vouchers(
    connection: sqlite3.Connection,
    ops: dict[str, AtService],
    out: frozenset[str],
    found: Findings,
) -> None:
    spent: Counter[str] = Counter()
    for op_id in out & ops.keys():
        for voucher_id, accepted, _ in ops[op_id].lines:
            spent[voucher_id] += accepted
    for voucher_id, face, balance in connection.execute(
        "SELECT id, face_minor, balance_minor FROM vouchers"
    ):
        if face - balance > spent[voucher_id]:
            found.is_doubled(
                f"voucher {voucher_id}: {face - balance} gone, {spent[voucher_id]} handed over"
            )
        elif face - balance < spent[voucher_id]:
            found.is_lost(
                f"voucher {voucher_id}: {face - balance} gone, {spent[voucher_id]} handed over"
            )


def _ask_the_service(database: Path, found: Findings) -> None:
    """Its own books, from its own entries."""
    done = run("audit", "--database", f"sqlite:///{database}", "--json")
    books = json.loads(done.stdout)
    kinds = {alarm["kind"] for alarm in books["alarms"]}
    if books["wrong"] or books["unevaluated"] or kinds - EXPECTED_ALARMS:
        found.wrong.append(f"the service's books: {done.stdout[:2000]}")

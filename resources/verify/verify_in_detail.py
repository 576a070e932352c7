#!/usr/bin/env python3
"""Verify a journal of Comptoir: was anything changed, removed, put in or reordered afterwards?

    merchant-app verify-journal FILE [--key HEX ...] [--lang fr|en] [--json]

It names as finely as can be told, and says besides what explains itself. verify_journal.py beside it
is the same in four pages to read, written apart: neither takes a line from the other.

FILE is the till's journal.sqlite; its -wal file, if there is one, must lie beside it. It is read,
never written. Python 3.8 or newer is enough; signatures are checked where the package
`cryptography` is there. --key is an Ed25519 public key: the central service's, the till's, or both;
"service=HEX" or "till=HEX" says whose it is, and then every signature of that side must be by it.
Exit code: 0 sound, 1 not sound, 2 cannot be read.

Every row is bound to the one before it. `|` joins bytes, 00 is one zero byte, numbers have 8 bytes,
the most significant first, every hash is SHA-256:

    entries   h(0) = H("comptoir epoch v1" 00 | id of the epoch, 16 bytes | head before it, or nothing)
              h(n) = H("comptoir entry v1" 00 | h(n-1) | n | body)
    events    h(0) = H("comptoir events v1" 00)
              h(n) = H("comptoir event v1" 00 | h(n-1) | n | {at, cashier, detail, kind} as JSON)
    closings  h(0) = 32 zero bytes
              h(n) = H("comptoir closing v1" 00 | h(n-1) | n | body)
              signed by the till: "comptoir closing signature v1" 00 | h(n)
    receipts  signed by the service: "comptoir head v1" 00 | {at, epoch_id, ...} as JSON
    base      what a purge left, an event, signed by the till: "comptoir base v1" 00 | its detail
              without "signature", as JSON; what comes before it is in the archive it names
    outcomes  signed by the service: "comptoir outcome v1" 00 | {at, generation, ...} as JSON

JSON is in ASCII with sorted keys and no spaces. A chain alone can be computed anew by anybody;
what the service or the till has signed cannot.
"""

import argparse
import contextlib
import json
import locale
import os
import re
import shutil
import sqlite3
import sys
import tempfile
import uuid
from datetime import datetime
from hashlib import sha256

VERSION_MAX = 4  # of the tables; a newer program's journal is verified with its own verifier
SHOWN_MAX = 10
UNREADABLE = (sqlite3.Error, ValueError, TypeError, KeyError, OverflowError, MemoryError)
"""What damaged bytes come out of sqlite3 and json as."""

# An entry's body, to the byte: this is all that an entry can be.
ID = r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"
AT = r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z"
TEXT = r'"(?:[ !#-\[\]-~]|\\(?:["\\bfnrt]|u[0-9a-f]{4})){0,240}"'
LINE = r'\{"amount_minor":[1-9]\d{0,9},"label":%s,"voucher":"%s"\}' % (TEXT, ID)
HEAD = r'"at":"(?P<at>%s)","cashier":%s,' % (AT, TEXT)
OP = r'"op":"(?P<op>%s)"' % ID
BODY = {
    "redemption": r'\{%s"currency":"[A-Z]{3}","honoured":(?:true|false),"kind":"redemption",'
    r'"lines":\[%s(?:,%s)*\],%s,"purchase_minor":(?:null|[1-9]\d{0,9})(?P<about>)\}'
    % (HEAD, LINE, LINE, OP),
    "decision": r'\{%s"handed_over":(?:true|false),"kind":"decision",%s,"redemption":"(?P<about>%s)"\}'
    % (HEAD, OP, ID),
    "void": r'\{%s"kind":"void",%s,"redemption":"(?P<about>%s)"\}' % (HEAD, OP, ID),
    "resolution": r'\{"about":"(?P<about>%s)",%s"choice":"[a-z_]+","kind":"resolution","note":%s,%s,'
    r'"retry":(?:null|"%s")\}' % (ID, HEAD, TEXT, OP, ID),
}
BODY = {kind: re.compile(pattern).fullmatch for kind, pattern in BODY.items()}
VOUCHER = re.compile(r'"voucher":"(%s)"' % ID)
IS_ID, IS_AT = re.compile(ID).fullmatch, re.compile(AT).fullmatch
STATUSES = "accepted refused short unprocessable cancelled voided reversed not_reversible".split()

# The rows that never change; a closing may carry a digest of those it covers: {"rows": {table:
# [first, last, hex]}}, the SHA-256 of one line for each row: its values as SQL writes them, joined
# by commas, and a line feed.
TABLES = {
    "epochs": "rowid epoch_id till_id enrolled_at position root",
    "entries": "rowid epoch_id seq kind op_id redemption_id body hash origin",
    "adopted": "rowid op_id epoch_id seq kind redemption_id body hash adopted_at",
    "outcomes": "id op_id status lines decided_at recorded_at generation signature",
    "receipts": "id epoch_id generation seq hash signed_at signature",
    "alarms": "rowid op_id recorded_at",
}


def sha(*parts):
    return sha256(b"".join(parts)).digest()


def number8(number):
    return number.to_bytes(8, "big")


def canonical(value):
    return json.dumps(value, sort_keys=True, separators=(",", ":"))


def entry_hash(before, number, body):
    return sha256(b"comptoir entry v1\0" + before + number.to_bytes(8, "big") + body.encode()).digest()


def root_hash(epoch_id, head_before=b""):
    return sha(b"comptoir epoch v1\0", uuid.UUID(epoch_id).bytes, head_before)


def event_hash(before, number, at, kind, cashier, detail):
    body = canonical({"at": at, "cashier": cashier, "detail": detail, "kind": kind})
    return sha(b"comptoir event v1\0", before, number8(number), body.encode())


def closing_hash(before, number, body):
    return sha(b"comptoir closing v1\0", before, number8(number), body.encode())


def is_moment(text):
    try:
        return bool(IS_AT(text) and datetime.fromisoformat(text[:-1]))
    except (ValueError, TypeError):
        return False


class Keys:
    """The public keys that were given, and what they can say of a signature."""

    def __init__(self, texts):
        self.missing = False  # the package that checks signatures
        self.keys = {"service": [], "till": [], "": []}
        for text in texts:
            side, _, digits = text.rpartition("=")
            raw = bytes.fromhex(digits)
            if side not in self.keys or len(raw) != 32:
                raise ValueError(text)
            self.keys[side].append(raw)
        try:
            from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
        except ImportError:
            self.missing = True
        else:
            self.load = Ed25519PublicKey.from_public_bytes

    def strict(self, side):
        return bool(self.keys[side])

    def of(self, side):
        return self.keys[side] + self.keys[""]

    def signed(self, keys, signature, message):
        """Whether one of these keys signed it."""
        from cryptography.exceptions import InvalidSignature

        for key in keys:
            with contextlib.suppress(InvalidSignature, ValueError, TypeError):
                self.load(key).verify(signature, message)
                return True
        return False


class Journal:
    """One file, and what is found in it. `found` accuses; `told` is said without accusing."""

    def __init__(self, db, keys):
        self.db, self.keys = db, keys
        self.found, self.told, self.counts = [], [], {"entries": 0, "events": 0}
        self.roots, self.tills, self.lengths = {}, {}, {}
        self.closed, self.torn_closings = {}, set()
        self.base = None  # where a purged journal begins
        self.columns = {t: [r[1] for r in db.execute("PRAGMA table_info(%s)" % t)] for t in TABLES}
        self.version = db.execute("PRAGMA user_version").fetchone()[0]
        self.salvaged = self.has("events") and self.one(
            "SELECT count(*) FROM events WHERE kind = 'journal_salvaged'"
        )

    def has(self, table):
        return self.one("SELECT count(*) FROM sqlite_master WHERE name = ?", table) == 1

    def one(self, query, *values):
        row = self.db.execute(query, values).fetchone()
        return row[0] if row else None

    def rows(self, table, query):
        """The rows, as far as they can be read; the first value of each is its number."""
        number = 0
        try:
            for row in self.db.execute(query):
                number = row[0]
                yield row
        except sqlite3.Error as error:
            self.accuse("unreadable", table, number + 1, detail=str(error))

    def begins(self, table, name):
        """The last row of a table that a purge removed; 0: it begins with its first row."""
        first = self.one("SELECT min(rowid) FROM %s" % table)
        purged = self.base is not None and (first is None or first > self.base[name])
        return self.base[name] if purged else 0

    def gone(self, epoch):
        """Number and hash of the last entry of an epoch that a purge removed."""
        return (self.base or {}).get("ends", {}).get(epoch, (0, None))

    def accuse(self, kind, table, row, last=None, **facts):
        """`row` to `last`: where in the table. For `entries` it is the position over all epochs."""
        # First the first entry; last what follows from other rows, and SQLite, which names less.
        rank = 0 if table == "entries" else 2 if table == "redemption_vouchers" else 1
        rank = 3 if kind in ("damaged", "dangling") else rank
        rank = 0.5 if table == "epochs" else rank
        last = row if last is None else last
        where = {"kind": kind, "table": table, "row": row, "last_row": last}
        self.found.append((rank, 0 if rank else last, len(self.found), {**where, **facts}))

    def tell(self, kind, **facts):
        if (kind, facts) not in self.told:
            self.told.append((kind, facts))

    def check(self):
        """Everything, one part after the other; what cannot be read stops its own part only."""
        for part in (check_file, check_base, check_epochs, check_entries, check_repeats, check_heads):
            self.attempt(part)
        for part in (check_outcomes, check_adopted, check_vouchers, check_events, check_closings):
            self.attempt(part)
        self.found.sort(key=lambda each: each[:3])

    def attempt(self, part):
        try:
            part(self)
        except UNREADABLE as error:
            table = part.__name__[len("check_") :].replace("heads", "receipts")
            self.accuse("unreadable", table, 0, detail="%s: %s" % (type(error).__name__, error))


def check_file(journal):
    """SQLite's own structure: pages, indexes, and what the tables promise of their columns."""
    verdict = journal.one("PRAGMA integrity_check(1)")
    if verdict != "ok":
        journal.accuse("damaged", "file", 0, detail=str(verdict))
    row = journal.db.execute("PRAGMA foreign_key_check").fetchone()
    if row is not None:
        journal.accuse("dangling", row[0], row[1] or 0)


def check_base(journal):
    """What a purge says that the journal follows now; without a true signature it says nothing."""
    if not journal.has("events"):
        return
    query = "SELECT number, detail FROM events WHERE kind = 'journal_purged' ORDER BY number"
    for number, detail in journal.db.execute(query).fetchall():
        said = json.loads(detail)
        key, signature = bytes.fromhex(said["key"]), bytes.fromhex(said.pop("signature"))
        message = b"comptoir base v1\0" + canonical(said).encode()
        true = journal.keys.missing or journal.keys.signed([key], signature, message)
        if not true or journal.keys.strict("till") and key not in journal.keys.of("till"):
            journal.accuse("signature", "events", number)
            continue
        ends = (chain.split(":") for chain in said["chains"].split())
        said["ends"] = {epoch: (int(last), bytes.fromhex(head)) for epoch, last, head in ends}
        journal.base = {**said, "number": number, "key": key}
        journal.tell("purged", until=said["until"], closing=said["closing"], archive=said["archive"])


def check_epochs(journal):
    """One row for each enrolment, numbered without gaps; `roots` is where each chain begins."""
    missing = 0
    root = "root" if "root" in journal.columns["epochs"] else "NULL"
    query = "SELECT rowid, epoch_id, till_id, enrolled_at, position, %s FROM epochs" % root
    for due, row in enumerate(journal.db.execute(query + " ORDER BY position"), start=1):
        rowid, epoch, till, enrolled_at, position, root = row
        if not (IS_ID(epoch) and IS_ID(till) and is_moment(enrolled_at)):
            journal.accuse("changed", "epochs", rowid)
        elif position != due + missing:
            journal.accuse("removed", "epochs", due + missing)
            missing = position - due
        if not IS_ID(epoch):
            continue
        journal.roots[epoch] = root_hash(epoch) if root is None else bytes(root)
        journal.tills[epoch] = till


def check_entries(journal):
    """The chain of each epoch, in the order in which the entries were written (their position)."""
    origin = "origin" if "origin" in journal.columns["entries"] else "'own'"
    query = "SELECT rowid, epoch_id, seq, kind, op_id, redemption_id, body, hash, %s FROM entries"
    chains = {epoch: (0, root, root) for epoch, root in journal.roots.items()}
    position, previous = journal.begins("entries", "entry"), None
    for epoch, (last, head) in journal.base["ends"].items() if position else ():
        chains[epoch] = (last, head, head)
    rows = journal.rows("entries", query % origin + " ORDER BY rowid")
    for rowid, epoch, number, kind, op, about, body, digest, _ in rows:
        due = position + 1
        if not (type(number) is int and number > 0 and type(body) is str and type(digest) is bytes):
            last = chains.get(epoch, (0,))[0]
            journal.accuse("changed", "entries", rowid, epoch=epoch, number=last + 1)
            position, previous = rowid, epoch if epoch in chains else previous
            continue
        if epoch not in chains:
            true = place_of(chains, body, digest)
            chains[epoch] = (number - 1, None, None)
            if true is None or not journal.one("SELECT count(*) FROM entries WHERE epoch_id = ?", true[0]):
                # The row of its epoch is wrong; else it is this entry that is: see below.
                lost = "SELECT rowid FROM epochs WHERE epoch_id NOT IN (SELECT epoch_id FROM entries)"
                journal.accuse("no_epoch", "epochs", journal.one(lost) or len(journal.roots) + 1, epoch=epoch)
                chains[epoch] = chains.pop(true[0]) if true else chains[epoch]
        last, before, other = chains[epoch]
        read = BODY[kind](body) if kind in BODY else None
        at = read.group("at") if read else None
        if before:
            follows = digest == entry_hash(before, number, body)
            follows = follows or other != before and digest == entry_hash(other, number, body)
        else:
            follows = not place_of(chains, body, digest)
        fits = number == last + 1 and follows
        if rowid != due:
            gap = epoch if number > last + 1 or previous is None else previous
            journal.accuse("removed", "entries", due, epoch=gap, number=chains[gap][0] + 1)
        elif not fits:
            true = place_of(chains, body, digest)
            here = epoch if number == last + 1 or previous is None else previous
            place = true or (here, chains[here][0] + 1)
            kind_of = "changed" if true or number == last + 1 else "reordered"
            if number == 1 and last == 0 and is_root_of(journal, epoch, body, digest):
                journal.accuse("changed", "epochs", rowid_of(journal, epoch), epoch=epoch)
                fits = True
            else:
                first = rowid
                if previous not in (None, epoch) and number > last + 1 and chains[previous][0] == 1:
                    # The epoch that began just before began too early: that one may be wrong.
                    first, place = rowid - 1, (epoch, last + 1)
                journal.accuse(kind_of, "entries", first, rowid, epoch=place[0], number=place[1], at=at)
        elif read is None or (op, about or "") != read.group("op", "about") or not is_moment(at):
            journal.accuse("misfiled", "entries", rowid, epoch=epoch, number=number, at=at)
        # Where only the hash was changed, the next one follows from what it had been.
        expected = digest if fits or not before else entry_hash(before, last + 1, body)
        chains[epoch] = (number, digest, expected)
        position, previous = rowid, epoch
    journal.counts["entries"], journal.lengths = position, {e: chain[0] for e, chain in chains.items()}


def place_of(chains, body, digest):
    """Where an entry that stands in the wrong place would follow: epoch and number."""
    for epoch, (last, before, _) in chains.items():
        if before and digest == entry_hash(before, last + 1, body):
            return epoch, last + 1
    return None


def is_root_of(journal, epoch, body, digest):
    """Whether the first entry is true, and the root beside it is not."""
    heads = journal.db.execute("SELECT hash FROM entries UNION ALL SELECT hash FROM adopted")
    roots = (root_hash(epoch, head) for head in ([b""] + [row[0] for row in heads]))
    return any(digest == entry_hash(root, 1, body) for root in roots)


def rowid_of(journal, epoch):
    return journal.one("SELECT rowid FROM epochs WHERE epoch_id = ?", epoch)


def check_repeats(journal):
    """No intention counts twice; what stands in a later epoch once more stands in one before."""
    if "origin" not in journal.columns["entries"]:
        return
    for op in journal.db.execute("SELECT op_id FROM entries GROUP BY op_id HAVING count(*) > 1"):
        query = "SELECT rowid, epoch_id, seq FROM entries WHERE op_id = ? AND origin = 'own' ORDER BY rowid"
        for rowid, epoch, number in journal.db.execute(query, op).fetchall()[1:]:
            journal.accuse("twice", "entries", rowid, epoch=epoch, number=number)
    if journal.salvaged:
        return  # what the service had handed over may have been lost
    query = """SELECT rowid, epoch_id, seq FROM entries AS r WHERE origin = 'resent'
        AND NOT EXISTS (SELECT 1 FROM entries WHERE op_id = r.op_id AND origin = 'own')
        AND NOT EXISTS (SELECT 1 FROM adopted WHERE op_id = r.op_id)
        AND NOT (kind = 'decision' AND (EXISTS (SELECT 1 FROM adopted WHERE kind = 'decision'
            AND redemption_id = r.redemption_id) OR EXISTS (SELECT 1 FROM entries WHERE origin = 'own'
            AND kind = 'decision' AND redemption_id = r.redemption_id)))"""
    for rowid, epoch, number in journal.db.execute(query):
        journal.accuse("misfiled", "entries", rowid, epoch=epoch, number=number)


def check_heads(journal):
    """Each receipt names a head that the service had seen: our chain must pass through it."""
    query = """SELECT r.id, r.epoch_id, r.seq, r.hash, r.generation, r.signed_at, r.signature, e.hash
        FROM receipts AS r LEFT JOIN entries AS e ON e.epoch_id = r.epoch_id AND e.seq = r.seq ORDER BY r.id"""
    proved = {}  # by epoch: the last head that the chain does pass through
    forged, signed, trusted = [], 0, set()
    for row in journal.db.execute(query):
        rowid, epoch, number, head, generation, at, signature, ours = row
        ours = ours_at(journal, epoch, number, ours)
        facts = {"at": at, "epoch_id": epoch, "generation": generation, "hash": bytes(head).hex()}
        facts.update(seq=number, till_id=journal.tills.get(epoch))
        verdict = signature_of(journal, "service", b"comptoir head v1\0", facts, signature)
        signed += verdict is True
        trusted |= {epoch} if verdict is True else set()
        forged += [(rowid, epoch)] if verdict is False else []
        if head == ours and verdict is not False and number > proved.get(epoch, 0):
            proved[epoch] = number
    journal.counts["receipts_signed"] = signed
    refused = accuse_forged(journal, "receipts", forged, signed)
    for epoch in {epoch for _, epoch in forged} - trusted if refused else ():
        if sum(each == epoch for _, each in forged) > 1:  # what they share is the till's id
            journal.accuse("signature", "epochs", rowid_of(journal, epoch) or 0)
    due = 1 + journal.begins("receipts", "receipt")
    for rowid, epoch, number, head, _, at, _, ours in journal.db.execute(query):
        due = check_gap(journal, "receipts", due, rowid)
        ours = ours_at(journal, epoch, number, ours)
        if ours is None and 0 < number < journal.gone(epoch)[0]:
            continue  # about an entry that is in an archive
        if epoch not in journal.roots or not is_moment(at):
            journal.accuse("changed", "receipts", rowid)
        elif head != ours and rowid not in refused:
            after, length = proved.get(epoch, 0), journal.lengths.get(epoch, 0)
            if number <= after:  # a later head proves the chain: it is this receipt that is wrong
                journal.accuse("changed", "receipts", rowid)
            elif number > length:
                accuse_cut(journal, epoch, length + 1, at)
            elif ours is not None:  # else the chain has a hole there, and that was said
                accuse_fork(journal, epoch, after + 1, number, at)
    for epoch, number in journal.db.execute("SELECT epoch_id, acked_seq FROM progress"):
        if number > journal.lengths.get(epoch, 0):
            accuse_cut(journal, epoch, journal.lengths.get(epoch, 0) + 1, None)


def ours_at(journal, epoch, number, ours):
    """Our own hash at a number; the root and the end of what a purge removed have one, too."""
    if number == 0:
        return journal.roots.get(epoch)
    last, head = journal.gone(epoch)
    return head if ours is None and number == last else ours


def accuse_cut(journal, epoch, number, at):
    """What followed is gone: a copy of before was put back, or the end was cut off."""
    end = journal.one("SELECT max(rowid) FROM entries") or 0
    journal.accuse("rolled_back", "entries", end + 1, epoch=epoch, number=number, at=at)


def accuse_fork(journal, epoch, first, last, at):
    """Another entry once stood somewhere between these numbers."""
    place = "SELECT rowid FROM entries WHERE epoch_id = ? AND seq = ?"
    rows = [journal.one(place, epoch, number) or 0 for number in (first, last)]
    journal.accuse("fork", "entries", *rows, epoch=epoch, number=first, last_number=last, at=at)


def signature_of(journal, side, label, facts, signature):
    """True or False; None: there is no key to tell by, or nothing was signed."""
    keys = journal.keys.of(side)
    if journal.keys.missing or not keys or not signature:
        return None
    return journal.keys.signed(keys, signature, label + canonical(facts).encode())


def accuse_forged(journal, table, forged, signed):
    """Rows whose signature is wrong; where no signature fits, the key may be another's."""
    if forged and not signed and not journal.keys.strict("service"):
        journal.tell("other_key", table=table)
        return set()
    for rowid, _ in forged:
        journal.accuse("signature", table, rowid)
    return {rowid for rowid, _ in forged}


def check_gap(journal, table, due, rowid):
    """Rows are numbered from 1 without gaps, but for what a salvage could not read."""
    if rowid < due:
        journal.accuse("changed", table, rowid)
    elif rowid > due:
        if journal.salvaged or journal.version < 3:
            journal.tell("gap", table=table, row=due)
        else:
            journal.accuse("removed", table, due)
    return max(due, rowid + 1)


def check_outcomes(journal):
    """What the service said of each redemption and void: of one that is here, and in its words."""
    columns = journal.columns["outcomes"]
    extra = "o.generation, o.signature" if "signature" in columns else "0, x''"
    known = "SELECT 1 FROM entries WHERE op_id = o.op_id"
    if journal.has("adopted"):
        known += " UNION ALL SELECT 1 FROM adopted WHERE op_id = o.op_id"
    query = """SELECT o.id, o.op_id, o.status, o.lines, o.decided_at, o.recorded_at, %s, EXISTS (%s)
        FROM outcomes AS o ORDER BY o.id"""
    due, forged, signed, lost = 1 + journal.begins("outcomes", "outcome"), [], 0, []
    for row in journal.db.execute(query % (extra, known)):
        rowid, op, status, lines, at, recorded_at, generation, signature, is_known = row
        due = check_gap(journal, "outcomes", due, rowid)
        if not (IS_ID(op) and status in STATUSES and is_moment(at) and is_moment(recorded_at)):
            journal.accuse("changed", "outcomes", rowid)
            continue
        lost += [] if is_known else [rowid]
        try:
            said = [
                {key: line[key] for key in ("accepted_minor", "reason", "shortfall_minor", "voucher")}
                for line in json.loads(lines)
                if int(line["balance_minor"]) is not None and IS_ID(line["voucher"])
            ]
        except UNREADABLE:
            journal.accuse("changed", "outcomes", rowid)
            continue
        facts = {"at": at, "generation": generation, "lines": said, "op": op, "status": status}
        verdict = signature_of(journal, "service", b"comptoir outcome v1\0", facts, signature)
        signed += verdict is True
        forged += [(rowid, None)] if verdict is False else []
    accuse_forged(journal, "outcomes", forged, signed)
    if lost:  # the service speaks of what a restored till had forgotten, until it has caught up
        journal.tell("nowhere", row=lost[0], count=len(lost))
    journal.counts["outcomes"] = due - 1


def check_adopted(journal):
    """Entries of another copy of this till, handed over by the service: told, and each in place."""
    if not journal.has("adopted"):
        return
    due, chain, above, proved = 1 + journal.begins("adopted", "adopted"), {}, 0, False
    query = """SELECT rowid, op_id, epoch_id, seq, kind, redemption_id, body, hash, adopted_at
        FROM adopted ORDER BY epoch_id, seq"""
    for rowid, op, epoch, number, kind, about, body, digest, at in journal.db.execute(query):
        read = BODY[kind](body) if kind in BODY else None
        named = read and (read.group("op"), read.group("about")) == (op, about or "")
        own = "SELECT hash FROM entries WHERE epoch_id = ? AND seq = ?"
        before = chain.get((epoch, number - 1)) or journal.one(own, epoch, number - 1)
        before = before or (journal.roots.get(epoch) if number == 1 else None)
        linked = bool(before) and digest == entry_hash(before, number, body)
        if not (named and IS_ID(epoch) and is_moment(read.group("at")) and is_moment(at)):
            journal.accuse("changed", "adopted", rowid)
        elif (epoch, number - 1) in chain and not linked:
            first, last = sorted((rowid, rowid if proved else above))
            journal.accuse("changed", "adopted", first, last)
        chain, above, proved = {(epoch, number): digest}, rowid, linked
        journal.tell("adopted", epoch=epoch)
    for (rowid,) in journal.db.execute("SELECT rowid FROM adopted ORDER BY rowid"):
        due = check_gap(journal, "adopted", due, rowid)
    due = 1 + journal.begins("alarms", "alarm")
    for rowid, op, at in journal.db.execute("SELECT rowid, op_id, recorded_at FROM alarms ORDER BY rowid"):
        due = check_gap(journal, "alarms", due, rowid)
        if not (IS_ID(op) and is_moment(at)):
            journal.accuse("changed", "alarms", rowid)


def check_vouchers(journal):
    """The index of vouchers says what the redemptions say, no less and no more."""
    filed, look_up = journal.one("SELECT count(*) FROM redemption_vouchers"), journal.db.execute
    tables = [name for name in ("entries", "adopted") if journal.has(name)]
    own = "SELECT rowid, op_id, body FROM %s AS r WHERE kind = 'redemption'%s"
    twice = " AND NOT EXISTS (SELECT 1 FROM entries WHERE op_id = r.op_id%s)"
    only = {"entries": twice % " AND rowid < r.rowid", "adopted": twice % ""}
    there = "SELECT 1 FROM redemption_vouchers WHERE voucher_id = ? AND op_id = ?"
    for table in tables:
        for rowid, op, body in journal.db.execute(own % (table, only[table])):
            for voucher in set(VOUCHER.findall(body)):
                filed -= 1
                if look_up(there, (voucher, op)).fetchone() is None:
                    journal.accuse("removed", "redemption_vouchers", rowid, op=op)
    if filed > 0:
        journal.accuse("inserted", "redemption_vouchers", 0)


def check_events(journal):
    """The chain of what happened besides money; a tear that a salvage told of is told here too."""
    if not journal.has("events"):
        return
    query = "SELECT number, at, kind, cashier, detail, hash FROM events ORDER BY number"
    named = set()
    for number, _, kind, _, detail, _ in journal.db.execute(query):
        if kind == "journal_salvaged":
            told = json.loads(detail)
            named.update(zip(told["torn_after"], told["resumes_at"]))
            places = (told.get(key, []) for key in ("closings_torn_after", "closings_resume_at"))
            journal.torn_closings.update(zip(*places))
            journal.tell("salvaged", number=number)
    last, before = 0, sha(b"comptoir events v1\0")
    other = before
    for number, at, kind, cashier, detail, digest in journal.rows("events", query):
        if number < 1:
            journal.accuse("changed", "events", number)
            continue
        expected = [event_hash(each, number, at, kind, cashier, detail) for each in (before, other)]
        follows = number == last + 1 and digest in expected
        if not follows and (last, number) not in named:
            kind_of = "removed" if number > last + 1 else "changed"
            journal.accuse(kind_of, "events", min(last + 1, number))
        elif not (is_moment(at) and isinstance(json.loads(detail), dict)):
            journal.accuse("changed", "events", number)
        elif kind == "closing_made":
            told = json.loads(detail)
            journal.closed[told["closing"]] = (number, told["hash"])
        last, before, other = number, digest, expected[0]
    journal.counts["events"] = last


def check_closings(journal):
    """The chain of closings, their signatures, and that they cover the journal without a gap."""
    if not journal.has("closings"):
        return
    before = other = bytes(32)
    due, covered, rows, unknown, signers = 1, {}, {}, [], set()
    purged = journal.begins("closings", "closing")
    if purged:
        due, covered, rows = purged + 1, {**journal.base, "event": 0}, None
        before = other = bytes.fromhex(journal.base["closing_hash"])
    query = "SELECT number, kind, body, hash, signature FROM closings ORDER BY number"
    for number, kind, body, digest, signature in journal.rows("closings", query):
        if number < 1:
            journal.accuse("changed", "closings", number)
            continue
        expected = [closing_hash(each, number, body) for each in (before, other)]
        before, other, follows = digest, expected[0], number == due and digest in expected
        if not follows and (due - 1, number) in journal.torn_closings:
            covered, rows = None, None  # what a salvage lost is told: see check_events
        elif not follows:
            journal.accuse("removed" if number > due else "changed", "closings", min(due, number))
        due = max(due, number + 1)
        if not follows:
            continue
        try:
            said = json.loads(body)
            if canonical(said) != body or said["kind"] != kind:
                raise ValueError("kind")
            key = bytes.fromhex(said["till_public_key"])
        except UNREADABLE:
            journal.accuse("changed", "closings", number)
            continue
        signers.add(key)
        message = b"comptoir closing signature v1\0" + digest
        if not journal.keys.missing and not journal.keys.signed([key], signature, message):
            journal.accuse("signature", "closings", number)
        elif key not in journal.keys.of("till"):
            unknown.append(number)
        if kind == "day":
            covered = check_covered(journal, number, said, covered)
        elif not 0 < said["first_closing"] <= said["last_closing"] < number:
            journal.accuse("range", "closings", number, detail="closing")
        rows = check_rows(journal, number, said, rows)
        told = journal.closed.get(number)
        if told is not None and told[1] != bytes(digest).hex():
            journal.accuse("changed", "closings", number)
    for number, (event, _) in journal.closed.items():
        if number >= due:
            journal.accuse("removed", "closings", number, event=event)
    for number in range(min(journal.closed, default=due), due):
        if number not in journal.closed:
            journal.accuse("removed", "events", journal.counts["events"] + 1, closing=number)
    told = journal.closed.get(purged, (0, ""))[1]
    if purged and (journal.base["key"] not in signers or journal.base["closing_hash"] != told):
        journal.accuse("signature", "events", journal.base["number"])
    known = due - 1 - purged - len(unknown)
    for number in unknown if journal.keys.strict("till") or known > 0 < len(unknown) else ():
        journal.accuse("signature", "closings", number)
    if due > 1:
        journal.counts["closings"] = due - 1
        if not known:
            journal.tell("own_key", key=key.hex())


def check_covered(journal, number, said, covered):
    """A day's ranges begin where those of the day before end, and its heads lie on our chains.

    Returns how far it goes; `covered` is how far the one before went, None where that is lost.
    """
    goes_to = {"event": said["events_head"]["number"]}
    for name in ("entry", "adopted", "outcome", "alarm"):
        first, last = said.get("first_" + name, 1), said.get("last_" + name, 0)
        if covered is not None and first != covered.get(name, 0) + 1 or last < first - 1:
            journal.accuse("range", "closings", number, detail=name)
        goes_to[name] = last
    head, end = said["head"], said["last_entry"]
    query = "SELECT seq, hash FROM entries WHERE epoch_id = ? AND rowid = ?"
    if head is not None:
        ours = journal.db.execute(query, (head["epoch_id"], end)).fetchone()
        if ours is None and journal.base is not None and end == journal.base["entry"]:
            ours = journal.gone(head["epoch_id"])
        if ours is None and end > (journal.counts.get("entries") or 0):
            accuse_cut(journal, head["epoch_id"], journal.lengths.get(head["epoch_id"], 0) + 1, None)
        elif ours is None or ours[0] != head["seq"] or ours[1].hex() != head["hash"]:
            journal.accuse("closed_otherwise", "entries", said["first_entry"], end, closing=number)
    head = said["events_head"]
    ours = journal.one("SELECT hash FROM events WHERE number = ?", head["number"])
    if head["number"] > 0 and (ours is None or ours.hex() != head["hash"]):
        first = (covered or {}).get("event", 0) + 1
        journal.accuse("rows", "events", first, head["number"], closing=number)
    return goes_to


def check_rows(journal, number, said, rows):
    """Where a closing carries digests, the rows that it covers are those that are here; as above."""
    goes_to = {}
    for table, (first, last, digest) in said.get("rows", {}).items():
        if rows is not None and first != rows.get(table, 0) + 1:
            journal.accuse("range", "closings", number, detail=table)
        goes_to[table] = last
        if rows_digest(journal.db, table, first, last).hex() == digest:
            continue
        if journal.salvaged and table != "entries":
            journal.tell("rows", table=table, closing=number)
        else:
            journal.accuse("rows", table, first, last, closing=number)
    return goes_to or rows


def rows_digest(db, table, first, last):
    """The SHA-256 of rows `first` to `last`: see TABLES."""
    names = TABLES[table].split()
    line = " || ',' || ".join("quote(%s)" % name for name in names)
    digest = sha256()
    query = "SELECT %s FROM %s WHERE rowid BETWEEN ? AND ? ORDER BY rowid" % (line, table)
    for (text,) in db.execute(query, (first, last)):
        digest.update(text.encode() + b"\n")
    return digest.digest()


# --- reading the file, and saying what was found ----------------------------------------------------


class CannotRead(Exception):
    """The file is missing, no journal, or a newer program's. The arguments name a sentence."""


@contextlib.contextmanager
def opened(path):
    """The file as it is, never written; with a -wal beside it, a copy of both."""
    with contextlib.ExitStack() as stack:
        if not os.path.isfile(path):
            raise CannotRead("no_file", path)
        if os.path.exists(path + "-wal") and os.path.getsize(path + "-wal"):
            folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="verify-journal-"))
            copy = os.path.join(folder, "journal.sqlite")
            shutil.copyfile(path, copy)
            shutil.copyfile(path + "-wal", copy + "-wal")
            db = sqlite3.connect(copy)
        else:
            from pathlib import Path

            uri = Path(path).resolve().as_uri() + "?mode=ro&immutable=1"
            db = sqlite3.connect(uri, uri=True)
        stack.callback(db.close)
        try:
            tables = {row[0] for row in db.execute("SELECT name FROM sqlite_master")}
            version = db.execute("PRAGMA user_version").fetchone()[0]
        except (sqlite3.Error, ValueError) as error:
            raise CannotRead("no_journal", str(error)) from error
        if not {"epochs", "entries", "outcomes", "receipts"} <= tables:
            raise CannotRead("no_journal", "tables")
        if version > VERSION_MAX and not {"closings", "events"} <= tables:
            raise CannotRead("newer", str(version))
        yield db


SAID = {
    "en": {
        "sound": "Sound: {entries} entries; nothing was changed, removed, put in or reordered.",
        "not_sound": "NOT SOUND. The first that is wrong:",
        "more": "There are {count} more findings.",
        "also": "Besides:",
        "no_file": "Cannot be read: {0} is not there.",
        "no_journal": "Cannot be read: this is no journal, or its beginning is damaged ({0}).",
        "newer": "Cannot be read: a newer program wrote it (version {0}).",
        "bad_key": "This is no public key: {0}. It has 64 hexadecimal digits.",
        "no_cryptography": "Signatures were not checked: the Python package cryptography is missing.",
        "no_key": "The service's signatures were not checked: no key was given.",
        "signed": "{receipts_signed} receipts of the service have a true signature.",
        "own_key": "The closings are signed with the key {key}. Compare it with the till’s.",
        "other_key": "No given key fits the signatures in {table}; they were not checked.",
        "gap": "Row {row} of {table} is missing; a salvage may have lost it.",
        "nowhere": "{count} outcomes (the first: row {row}) are about something that is not in this file.",
        "rows": "Rows of {table} differ from what closing {closing} covered; the journal was salvaged.",
        "salvaged": "The file was salvaged after damage; event {number} says so.",
        "purged": "It was purged up to {until}, closing {closing}; the archive with the manifest {archive} has that.",
        "adopted": "Another copy of this till wrote entries in epoch {epoch}; the service named them.",
        "place": "Entry {number}, epoch {epoch} (position {row}){when}",
        "places": "Entries {number} to {last_number}, epoch {epoch} (positions {row} to {last_row})",
        "positions": "Entries at positions {row} to {last_row}",
        "row": "{table}, row {row}",
        "rows_of": "{table}, rows {row} to {last_row}",
        "when": ", dated {at}",
        "kinds": {
            "changed": "changed, or something just before it was removed or put in.",
            "removed": "removed, or moved elsewhere.",
            "inserted": "rows that nothing accounts for.",
            "reordered": "something else stands in its place: reordered, removed or put in.",
            "misfiled": "filed as something else than its text says.",
            "no_epoch": "missing or changed; entries name the epoch {epoch}.",
            "dangling": "points to something that is not there.",
            "twice": "recorded a second time as if it were new.",
            "signature": "its signature is not true.",
            "range": "does not begin where the one before it ended ({detail}).",
            "rolled_back": "missing; an older copy was put back, or the end was cut off.",
            "fork": "not what the service has signed for: rewritten, or a copy that went its own way.",
            "closed_otherwise": "not what closing {closing} has signed for.",
            "rows": "not what closing {closing} has signed for.",
            "unreadable": "cannot be read ({detail}).",
            "damaged": "damaged ({detail}).",
        },
    },
    "fr": {
        "sound": "Intègre : {entries} écritures ; rien n’a été modifié, supprimé, ajouté ni déplacé.",
        "not_sound": "NON INTÈGRE. La première anomalie :",
        "more": "Il y a {count} autres constats.",
        "also": "Par ailleurs :",
        "no_file": "Lecture impossible : {0} n’existe pas.",
        "no_journal": "Lecture impossible : ce n’est pas un journal, ou son début est abîmé ({0}).",
        "newer": "Lecture impossible : un programme plus récent l’a écrit (version {0}).",
        "bad_key": "Ceci n’est pas une clé publique : {0}. Elle a 64 chiffres hexadécimaux.",
        "no_cryptography": "Signatures non vérifiées : le module Python cryptography est absent.",
        "no_key": "Signatures du service non vérifiées : aucune clé n’a été donnée.",
        "signed": "{receipts_signed} reçus du service portent une signature exacte.",
        "own_key": "Les clôtures sont signées avec la clé {key}. Comparez-la à celle de la caisse.",
        "other_key": "Aucune clé donnée ne correspond aux signatures de {table} ; elles n’ont pas été vérifiées.",
        "gap": "La ligne {row} de {table} manque ; une récupération a pu la perdre.",
        "nowhere": "{count} réponses du service (la première : ligne {row}) portent sur une opération absente de ce fichier.",
        "rows": "Des lignes de {table} diffèrent de la clôture {closing} ; le journal a été récupéré.",
        "salvaged": "Le fichier a été récupéré après un dommage ; l’événement {number} le dit.",
        "purged": "Il a été purgé jusqu’au {until}, clôture {closing} ; l’archive au manifeste {archive} contient cela.",
        "adopted": "Une autre copie de cette caisse a écrit dans l’époque {epoch} ; le service l’a signalé.",
        "place": "Écriture {number}, époque {epoch} (position {row}){when}",
        "places": "Écritures {number} à {last_number}, époque {epoch} (positions {row} à {last_row})",
        "positions": "Écritures aux positions {row} à {last_row}",
        "row": "{table}, ligne {row}",
        "rows_of": "{table}, lignes {row} à {last_row}",
        "when": ", datée du {at}",
        "kinds": {
            "changed": "modifiée, ou quelque chose a été supprimé ou ajouté juste avant.",
            "removed": "supprimée, ou déplacée ailleurs.",
            "inserted": "des lignes que rien n’explique.",
            "reordered": "autre chose est à sa place : déplacement, suppression ou ajout.",
            "misfiled": "classée autrement que son texte ne le dit.",
            "no_epoch": "absente ou modifiée : des écritures citent l’époque {epoch}.",
            "dangling": "elle renvoie à quelque chose qui n’existe pas.",
            "twice": "enregistrée une seconde fois comme si elle était nouvelle.",
            "signature": "sa signature est fausse.",
            "range": "elle ne commence pas où la précédente finit ({detail}).",
            "rolled_back": "absente : une copie plus ancienne a été remise, ou la fin a été coupée.",
            "fork": "ce ne sont pas celles que le service a signées : réécriture, ou copie devenue autonome.",
            "closed_otherwise": "ce ne sont pas celles que la clôture {closing} a signées.",
            "rows": "ce ne sont pas celles que la clôture {closing} a signées.",
            "unreadable": "illisible ({detail}).",
            "damaged": "fichier abîmé ({detail}).",
        },
    },
}


def sentence(said, finding):
    """One finding, for people."""
    several = finding["last_row"] != finding["row"]
    if finding["table"] != "entries":
        place = "rows_of" if several else "row"
    elif "last_number" in finding:
        place = "places"
    else:
        place = "positions" if several or "number" not in finding else "place"
    when = said["when"].format(at=finding["at"]) if finding.get("at") else ""
    colon = " : " if said is SAID["fr"] else ": "
    facts = {**finding, "when": when}
    return said[place].format(**facts) + colon + said["kinds"][finding["kind"]].format(**facts)


def verify(path, key_texts=(), lang="en"):
    """Everything there is to say about one file, as plain values."""
    with opened(path) as db:
        journal = Journal(db, Keys(key_texts))
        journal.check()
    said = SAID[lang]
    findings = [each[3] for each in journal.found]
    told = [said[kind].format(**facts) for kind, facts in journal.told]
    if journal.keys.missing:
        told.append(said["no_cryptography"])
    elif not journal.keys.of("service"):
        told.append(said["no_key"])
    elif journal.counts.get("receipts_signed"):
        told.append(said["signed"].format(**journal.counts))
    for finding in findings:
        finding["sentence"] = sentence(said, finding)
    return {"file": path, "sound": not findings, "counts": journal.counts, "findings": findings, "told": told}


def main(argv=None):
    """The command line; returns the exit code."""
    parser = argparse.ArgumentParser(prog="verify-journal", description=__doc__.split("\n")[0])
    parser.add_argument("file", metavar="FILE")
    parser.add_argument("--key", action="append", default=[], metavar="HEX")
    parser.add_argument("--lang", choices=sorted(SAID))
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args(argv)
    system = os.environ.get("LC_ALL") or os.environ.get("LANG") or locale.getlocale()[0] or ""
    lang = options.lang or ("fr" if system.lower().startswith("fr") else "en")
    try:
        Keys(options.key)
        result = verify(options.file, options.key, lang)
    except CannotRead as error:
        result = {"file": options.file, "sound": None, "error": SAID[lang][error.args[0]].format(*error.args[1:])}
    except ValueError as error:
        result = {"file": options.file, "sound": None, "error": SAID[lang]["bad_key"].format(error)}
    write(result, SAID[lang], as_json=options.json)
    return {True: 0, False: 1, None: 2}[result["sound"]]


def write(result, said, as_json):
    """The result on the terminal, in its own characters."""
    if as_json:
        lines = [json.dumps(result)]
    elif "error" in result:
        lines = [result["error"]]
    elif result["sound"]:
        lines = [said["sound"].format(**result["counts"])]
    else:
        found = [finding["sentence"] for finding in result["findings"]]
        lines = [said["not_sound"]] + ["  " + text for text in found[:1]]
        lines += [said["also"]] * (len(found) > 1) + ["  " + text for text in found[1:SHOWN_MAX]]
        if len(found) > SHOWN_MAX:
            lines.append(said["more"].format(count=len(found) - SHOWN_MAX))
    if not as_json:
        lines += ["- " + text for text in result.get("told", ())]
    text = "\n".join(lines) + "\n"
    stream = getattr(sys.stdout, "buffer", None)
    if stream is None:
        sys.stdout.write(text)
    else:
        sys.stdout.flush()
        stream.write(text.encode("utf-8"))
        stream.flush()


if __name__ == "__main__":
    sys.exit(main())

#!/usr/bin/env python3
"""Was anything in this journal of Comptoir changed, removed, put in or reordered? Two pages to read.

    python verify_journal.py journal.sqlite [--key till=HEX] [--key service=HEX]

The file is never written; a journal.sqlite-wal must lie beside it. HEX is an Ed25519 public key: with
it, every signature of that side must be by it; signatures need the Python package `cryptography`.
Exit code: 0 sound, 1 not sound (the first that is wrong is named), 2 cannot be read.

Entries, events and closings are chains: each row bears the hash of the one before it, its number and
its text (`link`). The service signs heads of the entries' chain (`receipts`), the till its closings,
and these carry a digest of every row that they cover (`covered`). What came after the last receipt and
the last closing is chained, but nobody has signed it yet. JSON is in ASCII, sorted, without spaces.
"""

import argparse, contextlib, hashlib, json, os, shutil, sqlite3, sys, tempfile, uuid

try:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
except ImportError:
    Ed25519PublicKey = None

WHY = {
    "chain": "changed, or something was removed, put in or moved here / modifiée, supprimée, ajoutée ou déplacée",
    "columns": "filed as something else than its text says / classée autrement que son texte ne le dit",
    "cut": "missing: an older copy was put back, or the end cut off / absente : copie plus ancienne, ou fin coupée",
    "fork": "not what the service signed: rewritten, or a fork / pas ce que le service a signé : réécriture, ou copie",
    "closing": "not what a closing of the till has signed / pas ce qu’une clôture de la caisse a signé",
    "signature": "the signature is not true / la signature est fausse",
    "damaged": "damaged, or unreadable / abîmé, ou illisible",
}


def H(*parts):
    return hashlib.sha256(b"".join(parts)).digest()


def link(label, before, number, body):
    """The hash of a row: 00 after the label, the number in 8 bytes, the most significant first."""
    return H(label, b"\0", before, number.to_bytes(8, "big"), body)


def canonical(value):
    return json.dumps(value, sort_keys=True, separators=(",", ":")).encode()


def signed(keys, signature, message):
    """Whether one of these keys signed it; where nothing can be checked, it is believed."""
    for key in keys if Ed25519PublicKey else ():
        with contextlib.suppress(Exception):  # however it is refused, it is no signature
            return Ed25519PublicKey.from_public_bytes(key).verify(signature, message) is None
    return Ed25519PublicKey is None


class Journal:
    """A file, and what was found in it: tuples that end with table, first row, last row, why."""

    def __init__(self, db, keys):
        self.db, self.keys, self.found, self.roots = db, keys, [], {}
        self.base, self.made, self.torn, self.unproved = {"ends": {}}, {}, set(), set()
        for part in (self.events, self.entries, self.closings, self.receipts, self.file):
            try:
                part()
            except (sqlite3.Error, ValueError, TypeError, LookupError, AttributeError, ArithmeticError, MemoryError):
                self.accuse(part.__name__, 0, "damaged")
        self.found.sort()

    def accuse(self, table, row, why, last=None):
        """The first entry goes first; but a wrong enrolment makes its entries wrong, too."""
        last, rank = last or row, 9 if why == "damaged" else {"epochs": 0, "entries": 1}.get(table, 2)
        place = (last, -row) if rank == 1 else (0, 0)  # of what ends at the same row, the narrowest
        self.found.append((rank, place, len(self.found), table, row, last, why))

    def one(self, query, *values):
        return (self.db.execute(query, values).fetchone() or [None])[0]

    def rows(self, table):
        there = self.one("SELECT 1 FROM sqlite_master WHERE name = ?", table)
        return self.db.execute("SELECT rowid AS row, * FROM %s ORDER BY rowid" % table) if there else ()

    def file(self):
        if self.one("PRAGMA integrity_check(1)") != "ok":
            self.accuse("file", 0, "damaged")

    def events(self):
        """What happened besides money; a salvage and a purge say here what they did to the rest."""
        number, head = 0, H(b"comptoir events v1\0")
        for row in self.rows("events"):
            if row["kind"] == "journal_salvaged":
                said = json.loads(row["detail"])
                self.torn |= {("events", *place) for place in zip(said["torn_after"], said["resumes_at"])}
                places = zip(said.get("closings_torn_after", ()), said.get("closings_resume_at", ()))
                self.torn |= {"salvaged"} | {("closings", *place) for place in places}
        for row in self.rows("events"):
            text = canonical({name: row[name] for name in ("at", "cashier", "detail", "kind")})
            fits = row["row"] == number + 1 and row["hash"] == link(b"comptoir event v1", head, row["row"], text)
            if not fits and ("events", number, row["row"]) not in self.torn:
                return self.accuse("events", min(number + 1, row["row"]), "chain")
            number, head, said = row["row"], row["hash"], json.loads(row["detail"])
            if row["kind"] == "closing_made":
                self.made[said["closing"]] = said["hash"]
            elif row["kind"] == "journal_purged":
                key, signature = bytes.fromhex(said["key"]), bytes.fromhex(said.pop("signature"))
                true = signed([key], signature, b"comptoir base v1\0" + canonical(said))
                if not true or self.made.get(said["closing"]) != said["closing_hash"]:
                    return self.accuse("events", number, "signature")
                ends = (chain.split(":") for chain in said["chains"].split())
                said.update(event=number, ends={e: (int(n), bytes.fromhex(h)) for e, n, h in ends})
                if not self.one("SELECT 1 FROM closings WHERE number <= ?", said["closing"]):
                    self.base = said  # else an older copy was put back, which begins where it began

    def entries(self):
        for row in self.rows("epochs"):
            root = row["root"] if "root" in row.keys() else None
            self.roots[row["epoch_id"]] = root or H(b"comptoir epoch v1\0", uuid.UUID(row["epoch_id"]).bytes)
        chains = {**{epoch: (0, root) for epoch, root in self.roots.items()}, **self.base["ends"]}
        position, before = self.base.get("entry", 0), None
        self.end = self.one("SELECT max(rowid) FROM entries") or position
        for row in self.rows("entries"):
            position, epoch, seq, text = position + 1, row["epoch_id"], row["seq"], row["body"].encode()
            last, head = chains.get(epoch, (0, b""))
            fits = seq == last + 1 and row["hash"] == link(b"comptoir entry v1", head, seq, text)
            if row["row"] != position or not fits:  # or the enrolment that has just begun came too early
                early = row["row"] == position and chains.get(before, (0,))[0] == 1 and seq > last + 1
                return self.accuse("entries", position - (early and epoch in {*chains} - {before}), "chain", position)
            said = json.loads(text)
            said = (said["kind"], said["op"], said.get("redemption", said.get("about")))
            if (row["kind"], row["op_id"], row["redemption_id"]) != said:
                return self.accuse("entries", position, "columns")
            chains[epoch], before = (seq, row["hash"]), epoch

    def closings(self):
        """Each follows the one before, the till signed it, and it vouches for what is here."""
        number, head = self.base.get("closing", 0), bytes.fromhex(self.base.get("closing_hash", "00" * 32))
        reach, signers = None if number else {}, set()
        for row in self.rows("closings"):
            due, text = number + 1, row["body"].encode()
            fits = row["row"] == due and row["hash"] == link(b"comptoir closing v1", head, due, text)
            fits = fits and b'"kind":"%s"' % row["kind"].encode() in text
            fits = fits and self.made.get(due, row["hash"].hex()) == row["hash"].hex()
            if not fits and ("closings", number, row["row"]) not in self.torn:
                return self.accuse("closings", min(due, row["row"]), "chain")
            number, head, said = row["row"], row["hash"], json.loads(text)
            key, message = bytes.fromhex(said["till_public_key"]), b"comptoir closing signature v1\0" + head
            signers.add(key.hex())
            if key not in (self.keys["till"] or [key]) or not signed([key], row["signature"], message):
                return self.accuse("closings", number, "signature")
            reach = self.covered(said, reach) if fits else None
        if number < max(self.made, default=0):
            self.accuse("closings", number + 1, "cut")
        if number > max(self.made, default=number):
            self.accuse("events", self.one("SELECT max(number) + 1 FROM events"), "cut")
        if self.base.get("key", "") not in {*signers, ""}:
            self.accuse("events", self.base["event"], "signature")

    def covered(self, said, reach):
        """A day's rows are those that were there; they begin after `reach`, where the day before ended."""
        if said["kind"] != "day":
            return reach
        for table, (first, last, digest) in said.get("rows", {}).items():
            columns = [column[0] for column in self.db.execute("SELECT * FROM " + table).description]
            line = " || ',' || ".join("quote(%s)" % name for name in ["rowid"] * (columns[0] != "id") + columns)
            query = "SELECT %s FROM %s WHERE rowid BETWEEN ? AND ? ORDER BY rowid" % (line, table)
            ours = H(*(row[0].encode() + b"\n" for row in self.db.execute(query, (first, last)))).hex()
            wrong = ours != digest or reach is not None and first != reach.get(table, 0) + 1
            if wrong and (table == "entries" or "salvaged" not in self.torn):
                self.accuse(table, first, "closing", last)
                self.unproved |= set(range(first, last + 1)) if table == "receipts" else set()
        head, last, event = said["head"], said["last_entry"], said["events_head"]
        if head and self.hash_of(head["epoch_id"], head["seq"]) != bytes.fromhex(head["hash"]):
            if last > self.end:
                self.accuse("entries", self.end + 1, "cut")
            else:
                self.accuse("entries", said["first_entry"], "closing", last)
        ours = self.one("SELECT hash FROM events WHERE number = ?", event["number"])
        if event["number"] and (ours or b"").hex() != event["hash"]:
            self.accuse("events", 1 + (reach or {}).get("events", 0), "closing", event["number"])
        return {**{table: row[1] for table, row in said.get("rows", {}).items()}, "events": event["number"]}

    def hash_of(self, epoch, seq):
        """The hash of an entry; of a root and of the last that a purge removed, too."""
        last, head = self.base["ends"].get(epoch, (0, self.roots.get(epoch)))
        ours = self.one("SELECT hash FROM entries WHERE epoch_id = ? AND seq = ?", epoch, seq)
        return head if ours is None and seq == last else ours

    def receipts(self):
        """The chain must pass through every head that the service has signed."""
        tills = {row["epoch_id"]: row["till_id"] for row in self.rows("epochs")}
        fitting = "SELECT epoch_id, max(r.seq) FROM receipts AS r JOIN entries USING (epoch_id, seq, hash)"
        proved = dict(self.db.execute(fitting + " GROUP BY epoch_id").fetchall())
        for row in self.rows("receipts"):
            number, epoch, seq, keys = row["row"], row["epoch_id"], row["seq"], self.keys["service"]
            facts = {name: row[name] for name in ("epoch_id", "generation", "seq")}
            facts.update(at=row["signed_at"], hash=row["hash"].hex(), till_id=tills.get(epoch))
            message, ours = b"comptoir head v1\0" + canonical(facts), self.hash_of(epoch, seq)
            gone, after = self.base["ends"].get(epoch, (0,))[0], proved.get(epoch, 0)
            if keys and row["signature"] and not signed(keys, row["signature"], message):
                self.accuse("receipts", number, "signature")
            elif number in self.unproved or ours == row["hash"] or seq < gone:
                continue
            elif seq > (self.one("SELECT max(seq) FROM entries WHERE epoch_id = ?", epoch) or gone):
                self.accuse("entries", self.end + 1, "cut")
            elif seq <= after:  # a later one proves the chain: it is this one that is wrong
                self.accuse("receipts", number, "chain")
            elif ours is not None:
                place = "SELECT rowid FROM entries WHERE epoch_id = ? AND seq = ?"
                self.accuse("entries", self.one(place, epoch, after + 1), "fork", self.one(place, epoch, seq))


def main(argv=None):
    """Prints the first that is wrong, and returns the exit code."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("file")
    parser.add_argument("--key", action="append", default=[], metavar="till=HEX or service=HEX")
    options, keys = parser.parse_args(argv), {"till": [], "service": []}
    sys.stdout.reconfigure(encoding="utf-8")
    try:
        for side, digits in (text.split("=") for text in options.key):
            keys[side].append(bytes.fromhex(digits))
        found = verify(options.file, keys)
    except (sqlite3.Error, OSError, ValueError, KeyError) as error:
        print("Cannot be read / Lecture impossible :", error)
        return 2
    first = found[0][3:6] + (WHY[found[0][6]],) if found else ()
    print("NOT SOUND / NON INTÈGRE : %s, %d-%d: %s" % first if found else "Sound / Intègre")
    if Ed25519PublicKey is None:
        print("- signatures not checked (no `cryptography`) / signatures non vérifiées")
    return 1 if found else 0


def verify(path, keys):
    """What is wrong in a file, the first one first; a copy is read: SQLite writes beside a -wal."""
    with tempfile.TemporaryDirectory() as folder:
        copy = os.path.join(folder, "journal.sqlite")
        for ending in ("", "-wal") if os.path.exists(path + "-wal") else ("",):
            shutil.copyfile(path + ending, copy + ending)
        with contextlib.closing(sqlite3.connect(copy)) as db:
            db.row_factory = sqlite3.Row
            db.execute("SELECT 1 FROM epochs, entries, outcomes, receipts LIMIT 0")
            return Journal(db, keys).found


if __name__ == "__main__":
    sys.exit(main())

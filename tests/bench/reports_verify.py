"""The verify part of the bench `reports`: a million entries, as a ratio to the bare work.

The bare work hashes the same bytes, one SHA-256 for each entry, and checks nothing.
"""

from __future__ import annotations

import hashlib
import json
import os
import sqlite3
import subprocess
import sys
import time
from concurrent.futures import ProcessPoolExecutor
from contextlib import closing
from multiprocessing import get_context
from pathlib import Path

from tests.bench.journal import Writer, fill, open_new
from tests.fakes.journal_verdict import program

ENTRIES = 1_000_000
_CHUNK = 10_000


def figures(folder: Path, *, entries: int = ENTRIES) -> dict[str, float]:
    """`verify_ratio`, and what is behind it; seconds are the processor's, not the clock's."""
    path = folder / "verify.sqlite"
    # In a process of its own: a child counts its parent's memory as its own.
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        pool.submit(_write, path, entries).result()
    said = folder / "said.json"
    with said.open("wb") as output:
        command = [sys.executable, "-I", "-S", str(program()), "--json", str(path)]
        process = subprocess.Popen(command, stdout=output)
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    counted = json.loads(said.read_text())["counts"]["entries"]
    if process.returncode != 0 or counted != entries:
        raise ValueError(f"{counted} entries verified, not {entries}")
    verify_s, bare_s = usage.ru_utime + usage.ru_stime, _bare_s(path)
    return {
        "verify_ratio": round(verify_s / bare_s, 2),
        "verify_s": round(verify_s, 2),
        "verify_bare_s": round(bare_s, 2),
        "verify_entries": entries,
        "verify_memory_max_mib": round(usage.ru_maxrss / 1024, 1),
    }


def _write(path: Path, entries: int) -> None:
    journal = open_new(path)
    epoch_id = journal.epoch_id()
    journal.close()
    fill(path, epoch_id, Writer(3), entries)


def _bare_s(path: Path) -> float:
    """The seconds it takes to hash the same bytes, read beforehand, a chunk at a time."""
    total_s = 0.0
    with closing(sqlite3.connect(path)) as connection:
        rows = connection.execute("SELECT hash, seq, body FROM entries ORDER BY rowid")
        while chunk := rows.fetchmany(_CHUNK):
            messages = [
                b"comptoir entry v1\x00" + before + seq.to_bytes(8, "big") + body.encode()
                for before, seq, body in chunk
            ]
            began_s = time.process_time()
            for message in messages:
                hashlib.sha256(message).digest()
            total_s += time.process_time() - began_s
    return total_s

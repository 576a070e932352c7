"""A till at the wire: raw calls of contract v1 over HTTP, and its journal."""

from __future__ import annotations

import json
from typing import Any
from uuid import UUID

import requests

from merchant_app.contract import paths
from merchant_app.ids import EpochId
from merchant_app.ledger.messages import Batch
from tests.fakes.journal_writer import JournalWriter

TIMEOUT_S = 30


def enrol(url: str, code: str, *, public_key: str = "ab" * 32) -> requests.Response:
    """POST an enrolment."""
    body = {"code": code, "public_key": public_key, "program_version": "0.1.0"}
    return requests.post(url + paths.ENROLMENTS, json=body, timeout=TIMEOUT_S)


class HttpTill:
    """An enrolled till. Each call has a connection of its own: none is left open."""

    def __init__(self, url: str, code: str, *, public_key: str = "ab" * 32) -> None:
        reply = enrol(url, code, public_key=public_key)
        assert reply.status_code == 200, reply.text
        self.url = url
        self.facts: dict[str, Any] = reply.json()
        self.headers = {"Authorization": f"Bearer {self.facts['token']}"}
        self.journal = JournalWriter(
            EpochId(UUID(self.facts["epoch_id"])),
            generation=self.facts["generation"],
            previous_head=bytes.fromhex(self.facts["previous_head"]),
        )

    def get(self, path: str, **params: str) -> requests.Response:
        """GET, authorised."""
        return requests.get(self.url + path, params=params, headers=self.headers, timeout=TIMEOUT_S)

    def post(self, path: str, body: object) -> requests.Response:
        """POST JSON, authorised."""
        return requests.post(self.url + path, json=body, headers=self.headers, timeout=TIMEOUT_S)

    def post_raw(self, path: str, body: bytes, **headers: str) -> requests.Response:
        """POST any bytes, authorised, as JSON unless `headers` say otherwise."""
        return requests.post(
            self.url + path,
            data=body,
            headers=self.headers | {"Content-Type": "application/json"} | headers,
            timeout=TIMEOUT_S,
        )

    def send(self, *, after: int = 0, up_to: int | None = None) -> requests.Response:
        """The journal after `after`."""
        return self.post(paths.JOURNAL, wire(self.journal.batch(after=after, up_to=up_to)))


def wire(batch: Batch) -> dict[str, Any]:
    """A batch as the contract writes it."""
    return {
        "epoch_id": str(batch.epoch_id),
        "generation": batch.generation,
        "base_seq": batch.base_seq,
        "base_hash": batch.base_hash.hex(),
        "entries": [
            {"seq": entry.seq, "body": entry.body, "hash": entry.hash.hex()}
            for entry in batch.entries
        ],
        "outcome_cursor": batch.outcome_cursor,
    }


def problem(response: requests.Response) -> str:
    """The last part of a problem's type; checks that it is one."""
    assert response.headers["content-type"].startswith("application/problem+json"), response.text
    body = json.loads(response.content)
    assert body["status"] == response.status_code
    assert body["type"].startswith("urn:comptoir:problem:")
    assert body["title"]
    return str(body["type"]).rpartition(":")[2]

"""Checking an archive: whatever was changed in it is found, whoever packed it anew."""

from __future__ import annotations

import hashlib
import json
import random
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zipfile import ZIP_BZIP2, ZIP_DEFLATED, ZipFile

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from merchant_app.reports.archive import manifest as manifests
from merchant_app.reports.archive.checking import (
    Checked,
    Fault,
    Finding,
    SoundArchive,
    UnsoundArchive,
    check_archive,
)
from merchant_app.reports.archive.manifest import BadManifest, Manifest, Member
from merchant_app.reports.archive.writing import archive_name
from tests.fakes import till_key
from tests.fakes.archived_shop import Shop

STRANGER = Ed25519PrivateKey.from_private_bytes(bytes(range(64, 96)))
Members = dict[str, bytes]


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """An archive as the till makes it."""
    shop = Shop(tmp_path_factory.mktemp("shop"))
    path = shop.archived().path
    shop.journal.close()
    return path.read_bytes()


def check(content: bytes, folder: Path, *, till_keys: tuple[bytes, ...] = ()) -> Checked:
    path, work = folder / "archive.zip", folder / "work"
    path.write_bytes(content)
    work.mkdir(exist_ok=True)
    return check_archive(path, work, till_keys=till_keys)


def first(result: Checked) -> Finding:
    assert isinstance(result, UnsoundArchive), result
    return result.findings[0]


def members_of(content: bytes, folder: Path) -> Members:
    (folder / "sound.zip").write_bytes(content)
    with ZipFile(folder / "sound.zip") as file:
        return {name: file.read(name) for name in file.namelist()}


def packed(members: Members, folder: Path) -> bytes:
    path = folder / "packed.zip"
    with ZipFile(path, "w", ZIP_DEFLATED) as file:
        for name, content in members.items():
            file.writestr(name, content)
    return path.read_bytes()


def signed_anew(
    members: Members, change: Callable[[Manifest], Manifest], key: Ed25519PrivateKey
) -> Members:
    """What somebody with a key can do: the list says what is there now, and is signed."""
    names = sorted(set(members) - {manifests.MANIFEST, manifests.SIGNATURE})
    listed = tuple(
        Member(name, len(members[name]), hashlib.sha256(members[name]).hexdigest())
        for name in names
    )
    said = change(replace(manifests.from_bytes(members[manifests.MANIFEST]), members=listed))
    said = replace(said, till_key=key.public_key().public_bytes_raw().hex())
    text = manifests.to_bytes(said)
    signature = key.sign(b"comptoir archive v1\x00" + text).hex().encode() + b"\n"
    return {**members, manifests.MANIFEST: text, manifests.SIGNATURE: signature}


def test_an_untouched_archive_is_sound_with_and_without_the_tills_key(
    sound: bytes, tmp_path: Path
) -> None:
    assert isinstance(check(sound, tmp_path), SoundArchive)
    assert isinstance(check(sound, tmp_path, till_keys=(till_key.PUBLIC_KEY,)), SoundArchive)


def test_no_changed_byte_changes_what_is_read(sound: bytes, tmp_path: Path) -> None:
    chance = random.Random(7)
    untouched = check(sound, tmp_path)
    faults = set()
    for _ in range(150):
        changed = bytearray(sound)
        changed[chance.randrange(len(changed))] ^= 1 << chance.randrange(8)
        result = check(bytes(changed), tmp_path)
        if isinstance(result, SoundArchive):
            # Dates and the like, which ZIP keeps beside the files: nothing that was signed.
            assert result == untouched
        else:
            faults.add(result.findings[0].fault)
    assert Fault.CHANGED in faults


@pytest.mark.parametrize("share", [0.0, 0.001, 0.5, 0.99])
def test_an_archive_that_is_cut_off_is_none(sound: bytes, tmp_path: Path, share: float) -> None:
    result = check(sound[: int(len(sound) * share)], tmp_path)
    assert first(result).fault is Fault.NO_ARCHIVE


def test_a_strangers_zip_file_is_no_archive(tmp_path: Path) -> None:
    content = packed({"holidays.txt": b"sea"}, tmp_path)
    assert first(check(content, tmp_path)).fault is Fault.NO_ARCHIVE


@pytest.mark.parametrize("name", ["journal.sqlite", "closings.json", "index.html", "keys.json"])
def test_a_changed_file_is_named(sound: bytes, tmp_path: Path, name: str) -> None:
    members = members_of(sound, tmp_path)
    content = members[name]
    for changed in (content[:-1], content + b" ", content[:-1] + bytes([content[-1] ^ 1])):
        result = check(packed({**members, name: changed}, tmp_path), tmp_path)
        assert first(result) == Finding(Fault.CHANGED, name)


def test_a_file_that_is_missing_added_or_there_twice_is_named(sound: bytes, tmp_path: Path) -> None:
    members = members_of(sound, tmp_path)
    fewer = {name: content for name, content in members.items() if name != "keys.json"}
    assert first(check(packed(fewer, tmp_path), tmp_path)) == Finding(Fault.MISSING, "keys.json")
    more = {**members, "letter.txt": b"please"}
    assert first(check(packed(more, tmp_path), tmp_path)) == Finding(Fault.ADDED, "letter.txt")
    path = tmp_path / "packed.zip"
    path.write_bytes(sound)
    with ZipFile(path, "a") as file, pytest.warns(UserWarning, match="Duplicate name"):
        file.writestr("keys.json", b"{}")
    assert first(check(path.read_bytes(), tmp_path)) == Finding(Fault.ADDED, "keys.json")


def test_what_a_stranger_signs_is_not_the_tills(sound: bytes, tmp_path: Path) -> None:
    members = members_of(sound, tmp_path)
    forged = signed_anew({**members, "index.txt": b"All is well.\n"}, lambda said: said, STRANGER)
    content = packed(forged, tmp_path)
    result = check(content, tmp_path, till_keys=(till_key.PUBLIC_KEY,))
    assert first(result).fault is Fault.OTHER_KEY
    # Without a key nothing tells; the key is named, to be compared.
    told = check(content, tmp_path)
    assert isinstance(told, SoundArchive)
    assert told.manifest.till_key == STRANGER.public_key().public_bytes_raw().hex()


def test_a_list_that_was_changed_does_not_fit_its_signature(sound: bytes, tmp_path: Path) -> None:
    members = members_of(sound, tmp_path)
    said = manifests.from_bytes(members[manifests.MANIFEST])
    text = manifests.to_bytes(replace(said, shop="Another shop"))
    result = check(packed({**members, manifests.MANIFEST: text}, tmp_path), tmp_path)
    assert first(result).fault is Fault.SIGNATURE
    spaced = json.dumps(json.loads(text)).encode()
    result = check(packed({**members, manifests.MANIFEST: spaced}, tmp_path), tmp_path)
    assert first(result).fault is Fault.MANIFEST


def test_what_is_said_of_the_journal_must_be_what_it_says(sound: bytes, tmp_path: Path) -> None:
    members = members_of(sound, tmp_path)
    lie = signed_anew(members, lambda said: replace(said, entries=99), STRANGER)
    assert first(check(packed(lie, tmp_path), tmp_path)).fault is Fault.CLOSINGS
    closings = members["closings.json"].replace(b"2000", b"9000")
    lie = signed_anew({**members, "closings.json": closings}, lambda said: said, STRANGER)
    assert first(check(packed(lie, tmp_path), tmp_path)).fault is Fault.CLOSINGS


@pytest.mark.parametrize(
    "lie",
    [
        {"till_id": "another"},
        {"journal_version": 99},
        {"head": None},
        {"events_head": (1, "00" * 32)},
        {"closings": (1, 1)},
        {"closings": None},
    ],
    ids=lambda lie: next(iter(lie)),
)
def test_nothing_else_is_said_of_the_journal_either(
    sound: bytes, tmp_path: Path, lie: dict[str, Any]
) -> None:
    forged = signed_anew(members_of(sound, tmp_path), lambda said: replace(said, **lie), STRANGER)
    assert first(check(packed(forged, tmp_path), tmp_path)).fault is Fault.CLOSINGS


def test_a_list_names_all_that_an_archive_needs(sound: bytes, tmp_path: Path) -> None:
    members = members_of(sound, tmp_path)
    del members["keys.json"]
    forged = signed_anew(members, lambda said: said, STRANGER)
    assert first(check(packed(forged, tmp_path), tmp_path)).fault is Fault.MANIFEST


def test_a_file_that_is_packed_in_another_way_is_not_ours(sound: bytes, tmp_path: Path) -> None:
    path = tmp_path / "packed.zip"
    with ZipFile(path, "w", ZIP_DEFLATED) as file:
        for name, content in members_of(sound, tmp_path).items():
            other = ZIP_BZIP2 if name == "keys.json" else ZIP_DEFLATED
            file.writestr(name, content, compress_type=other)
    found = first(check(path.read_bytes(), tmp_path))
    assert found == Finding(Fault.CHANGED, "keys.json")


def test_the_keys_that_were_given_hold_for_the_journal_too(sound: bytes, tmp_path: Path) -> None:
    path, stranger = tmp_path / "archive.zip", STRANGER.public_key().public_bytes_raw()
    path.write_bytes(sound)
    for key, is_sound in ((till_key.PUBLIC_KEY, True), (stranger, False)):
        work = tmp_path / key.hex()
        work.mkdir()
        result = check_archive(path, work, journal_keys=(f"till={key.hex()}",))
        assert isinstance(result, SoundArchive) is is_sound
    assert first(result).fault is Fault.JOURNAL


def test_a_journal_that_does_not_verify_is_named_with_the_verifiers_words(
    sound: bytes, tmp_path: Path
) -> None:
    members = members_of(sound, tmp_path)
    journal = members["journal.sqlite"].replace(b'"handed_over":true', b'"handed_over":tree')
    lie = signed_anew({**members, "journal.sqlite": journal}, lambda said: said, STRANGER)
    found = first(check(packed(lie, tmp_path), tmp_path))
    assert (found.fault, found.where) == (Fault.JOURNAL, "journal.sqlite")
    assert found.detail.startswith("Entry 2")


def test_a_bomb_is_not_unpacked_beyond_what_is_stated(sound: bytes, tmp_path: Path) -> None:
    members = members_of(sound, tmp_path)
    result = check(packed({**members, "index.txt": bytes(50_000_000)}, tmp_path), tmp_path)
    assert first(result) == Finding(Fault.CHANGED, "index.txt")
    bomb = {**members, manifests.SIGNATURE: bytes(50_000_000)}
    assert first(check(packed(bomb, tmp_path), tmp_path)).fault is Fault.CHANGED


@pytest.mark.parametrize(
    "name",
    [
        "../journal.sqlite",
        "/etc/passwd",
        "papers/../x",
        "CON",
        "a\\b",
        "papers/",
        "",
        "manifest.sig",
    ],
)
def test_no_name_in_a_manifest_is_a_path(sound: bytes, tmp_path: Path, name: str) -> None:
    said = manifests.from_bytes(members_of(sound, tmp_path)[manifests.MANIFEST])
    more = sorted([*said.members, Member(name, 0, "0" * 64)], key=lambda one: one.name)
    with pytest.raises(BadManifest):
        manifests.from_bytes(manifests.to_bytes(replace(said, members=tuple(more))))


@pytest.mark.parametrize(
    ("till", "name"),
    [
        ("Caisse 1", "comptoir-archive-2026-11-24-caisse-1.zip"),
        ("Éventaire « du fond »/\\", "comptoir-archive-2026-11-24-eventaire-du-fond.zip"),
        ("収銀", "comptoir-archive-2026-11-24.zip"),
        ("x" * 200, f"comptoir-archive-2026-11-24-{'x' * 30}.zip"),
    ],
)
def test_every_medium_can_bear_the_name(till: str, name: str) -> None:
    late = datetime(2026, 11, 23, 23, 30, tzinfo=UTC)
    assert archive_name(till, late, "Europe/Paris") == name

"""The publisher's side of the release feed: `release_feed.py key|sign`.

    release_feed.py key --out publisher.pem
    release_feed.py sign --key publisher.pem --page https://... --days 90 --out releases.json

`key` makes a key pair: the private half stays with the publisher, away from what builds, the public
half goes into RELEASE_KEYS (merchant_app/contract/release_feed.py). `sign` writes the feed for the
version of this source; before `--days` are over, it is signed again. Run with the environment's
Python; tills ask for the file at the address in their option `update_feed`.
"""

from __future__ import annotations

import argparse
import os
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from merchant_app import __version__
from merchant_app.contract import release_feed
from merchant_app.contract.release_feed import Release
from merchant_app.contract.strict_json import Malformed

DAYS = range(1, 400)


def main(argv: list[str]) -> int:
    """Run one command line; 0, or 1 when it makes nothing that a till would believe."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    commands = parser.add_subparsers(dest="command", required=True)
    key = commands.add_parser("key", help="make the publisher's key pair")
    key.add_argument("--out", type=Path, required=True, help="the private half; must be new")
    sign = commands.add_parser("sign", help="write the feed")
    sign.add_argument("--key", type=Path, required=True)
    sign.add_argument("--page", required=True, help="where this version is downloaded, https")
    sign.add_argument("--days", type=int, choices=DAYS, metavar="N", default=90)
    sign.add_argument("--out", type=Path, required=True)
    options = parser.parse_args(argv)
    if options.command == "key":
        print(_new_key(options.out))
        return 0
    today = datetime.now(UTC).date()
    release = Release(__version__, options.page, today + timedelta(days=options.days))
    private = serialization.load_pem_private_key(options.key.read_bytes(), password=None)
    assert isinstance(private, Ed25519PrivateKey)
    feed = release_feed.write(release, private)
    try:
        release_feed.read(feed, keys=[_public(private)], today=today)
    except Malformed as bad:
        print(f"No till would believe this: {bad}", file=sys.stderr)
        return 1
    options.out.write_bytes(feed)
    return 0


def _new_key(path: Path) -> str:
    """Write a new private key for nobody else's eyes; its public half."""
    private = Ed25519PrivateKey.generate()
    pem = private.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(pem)
    return _public(private)


def _public(private: Ed25519PrivateKey) -> str:
    return private.public_key().public_bytes_raw().hex()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

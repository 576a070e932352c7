"""Certificates for TLS tests: a good one, and one for each way of being bad."""

from __future__ import annotations

import ssl
import warnings
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import trustme

HOST = "127.0.0.1"


@dataclass(frozen=True)
class Certificates:
    """Server contexts by name; `ca_file` holds the one authority a client should trust."""

    ca_file: Path
    contexts: dict[str, ssl.SSLContext]


def make_certificates(folder: Path) -> Certificates:
    """Make an authority, another one, and what each of them vouches for."""
    ca, other_ca = trustme.CA(), trustme.CA()
    ca_file = folder / "ca.pem"
    ca.cert_pem.write_to_path(str(ca_file))
    past = datetime.now(UTC) - timedelta(days=1)
    good = ca.issue_cert(HOST)
    contexts = {
        "good": _context(good),
        "other CA": _context(other_ca.issue_cert(HOST)),
        "expired": _context(ca.issue_cert(HOST, not_after=past)),
        "wrong host": _context(ca.issue_cert("till.example.org")),
        "self-signed": _self_signed(folder, other_ca),
        "TLS 1.1": _context(good),
        "TLS 1.2": _context(good),
        "TLS 1.3": _context(good),
    }
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        # Without level 0 OpenSSL 3 would refuse TLS 1.1 on this side, and the client prove nothing.
        contexts["TLS 1.1"].set_ciphers("ALL:@SECLEVEL=0")
        contexts["TLS 1.1"].minimum_version = ssl.TLSVersion.TLSv1
        contexts["TLS 1.1"].maximum_version = ssl.TLSVersion.TLSv1_1
    contexts["TLS 1.2"].maximum_version = ssl.TLSVersion.TLSv1_2
    contexts["TLS 1.3"].minimum_version = ssl.TLSVersion.TLSv1_3
    return Certificates(ca_file, contexts)


def _context(certificate: trustme.LeafCert) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    certificate.configure_cert(context)
    return context


def _self_signed(folder: Path, ca: trustme.CA) -> ssl.SSLContext:
    """The authority's own certificate, used as a server's: signed by itself alone."""
    pem = folder / "self-signed.pem"
    pem.write_bytes(ca.private_key_pem.bytes() + ca.cert_pem.bytes())
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(pem)
    return context

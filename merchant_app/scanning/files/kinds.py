"""What a file is, by how it begins; its name may say anything."""

from __future__ import annotations

import re
from enum import Enum
from typing import TypeAlias


class Kind(Enum):
    """What vouchers come in. The values of pictures are Pillow's names of their formats."""

    PNG = "PNG"
    JPEG = "JPEG"
    WEBP = "WEBP"
    HEIC = "HEIF"
    GIF = "GIF"
    TIFF = "TIFF"
    PDF = "PDF"
    MAIL = "MAIL"


class StrangeKind(Enum):
    """What is not read; the kinds that customers really send, because each has its sentence."""

    OFFICE = "office"
    """Word and the like: new (a ZIP archive) or OpenDocument."""
    OUTLOOK = "outlook"
    """A mail as Outlook saves it; old Word files begin the same."""
    ARCHIVE = "archive"
    VIDEO = "video"
    WEB_PAGE = "web_page"
    TEXT = "text"
    UNKNOWN = "unknown"


AnyKind: TypeAlias = Kind | StrangeKind

HEAD_BYTES = 4_096
"""No kind needs more of a file to be told."""

_BEGINNINGS = (
    (b"\x89PNG\r\n\x1a\n", Kind.PNG),
    (b"\xff\xd8\xff", Kind.JPEG),
    (b"GIF87a", Kind.GIF),
    (b"GIF89a", Kind.GIF),
    (b"II*\x00", Kind.TIFF),
    (b"MM\x00*", Kind.TIFF),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", StrangeKind.OUTLOOK),
    (b"Rar!\x1a\x07", StrangeKind.ARCHIVE),
    (b"7z\xbc\xaf\x27\x1c", StrangeKind.ARCHIVE),
    (b"\x1f\x8b", StrangeKind.ARCHIVE),
    (b"\x1a\x45\xdf\xa3", StrangeKind.VIDEO),
)
# ISO 14496-12, 4.3: bytes 4 to 8 say "ftyp", the next four are the major brand.
_HEIC_BRANDS = {b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1"}
_PDF_WITHIN = 1_024
"""ISO 32000-1, annex H.3.4.1: readers accept the header within the first 1024 bytes."""
_MAIL_FIELDS = (
    rb"(?:From|To|Cc|Subject|Date|Sender|Reply-To|Message-ID|MIME-Version|Received|Return-Path|"
    rb"Delivered-To|Content-Type|DKIM-Signature|Authentication-Results|ARC-[A-Za-z-]+|X-[\w-]+)"
)
# RFC 5322, 2.2: a mail begins with header fields; "From " before them is how mailboxes part mails.
_MAIL = re.compile(rb"(?:From [^\r\n]*\r?\n)?" + _MAIL_FIELDS + rb":[ \t]?[^\r\n]*\r?\n", re.I)
_SECOND_FIELD = re.compile(rb"^[!-9;-~]{1,76}:", re.M)
_WEB_PAGE = re.compile(rb"(?:<!doctype html|<html|<svg|<\?xml|<head|<body)", re.I)
_OFFICE_ENTRIES = (b"[Content_Types].xml", b"_rels/", b"mimetype", b"docProps/", b"word/")


def kind_of(data: bytes) -> AnyKind:
    """What this file is. Never raises, whatever the bytes."""
    head = data[:HEAD_BYTES]
    for beginning, kind in _BEGINNINGS:
        if head.startswith(beginning):
            return kind
    if head[:4] == b"RIFF":
        return Kind.WEBP if head[8:12] == b"WEBP" else StrangeKind.VIDEO
    if head[4:8] == b"ftyp":
        return Kind.HEIC if head[8:12] in _HEIC_BRANDS else StrangeKind.VIDEO
    if head[:4] in (b"PK\x03\x04", b"PK\x05\x06"):
        # APPNOTE.TXT, 4.3.7: the name of an archive's first entry begins at byte 30.
        is_office = head[30:].startswith(_OFFICE_ENTRIES)
        return StrangeKind.OFFICE if is_office else StrangeKind.ARCHIVE
    # Only now: a PDF may lie behind other bytes, and a picture may hold the word in a comment.
    if b"%PDF-" in head[:_PDF_WITHIN]:
        return Kind.PDF
    return _kind_of_text(head)


def _kind_of_text(head: bytes) -> AnyKind:
    text = head.removeprefix(b"\xef\xbb\xbf").lstrip()
    first = _MAIL.match(text)
    if first is not None and _SECOND_FIELD.search(text, first.end()):
        return Kind.MAIL
    if _WEB_PAGE.match(text):
        return StrangeKind.WEB_PAGE
    is_text = bool(text) and not any(byte < 32 and byte not in b"\t\r\n\f\x1b" for byte in text)
    return StrangeKind.TEXT if is_text else StrangeKind.UNKNOWN

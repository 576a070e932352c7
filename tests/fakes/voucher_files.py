"""Files with vouchers in them, and files made to do harm; all made on the spot."""

from __future__ import annotations

import io
import zlib
from collections.abc import Mapping
from email.message import EmailMessage
from typing import TYPE_CHECKING, Any

from PIL import Image

from merchant_app.resources import resource_path
from tests.fakes.camera_scene import OTHER_TOKEN, TOKEN, qr_picture

if TYPE_CHECKING:
    from PIL.Image import Exif

HEIC = resource_path("selftest", "voucher.heic")
_A4 = b"[0 0 595 842]"


def code_image(text: str = TOKEN, *, scale: int = 6) -> Image.Image:
    """A QR code with its margin, in colour as a phone saves it."""
    return Image.fromarray(qr_picture(text, scale=scale)).convert("RGB")


def saved(image: Image.Image, kind: str, **options: Any) -> bytes:
    """The bytes of a file of this kind."""
    buffer = io.BytesIO()
    image.save(buffer, kind, **options)
    return buffer.getvalue()


def photo(text: str = TOKEN, *, orientation: int = 1) -> bytes:
    """A JPEG whose pixels lie as Exif says; mirrored where it says so."""
    from PIL.Image import Transpose

    # What has to be done to an upright picture so that the turn in the tag undoes it.
    lying = {
        1: None,
        2: Transpose.FLIP_LEFT_RIGHT,
        3: Transpose.ROTATE_180,
        4: Transpose.FLIP_TOP_BOTTOM,
        5: Transpose.TRANSPOSE,
        6: Transpose.ROTATE_90,
        7: Transpose.TRANSVERSE,
        8: Transpose.ROTATE_270,
    }[orientation]
    image = code_image(text)
    image = image if lying is None else image.transpose(lying)
    exif: Exif = image.getexif()
    exif[0x0112] = orientation
    return saved(image, "JPEG", exif=exif)


def several(kind: str, *texts: str) -> bytes:
    """A picture file with a page for each."""
    first, *others = (code_image(text) for text in texts)
    options: dict[str, Any] = {"duration": 100} if kind in ("GIF", "WEBP") else {}
    return saved(first, kind, save_all=True, append_images=others, **options)


def document(
    codes: Mapping[int, str], *, pages: int = 1, password: str | None = None, side_pt: int = 70
) -> bytes:
    """A PDF with a code on some of its pages, counted from 1."""
    from reportlab.lib.utils import ImageReader
    from reportlab.pdfgen.canvas import Canvas

    buffer = io.BytesIO()
    canvas = Canvas(buffer, encrypt=password)
    for page in range(1, pages + 1):
        canvas.drawString(60, 780, f"Bon d'achat, page {page}")
        if page in codes:
            image = ImageReader(code_image(codes[page]))
            canvas.drawImage(image, 100, 500, side_pt, side_pt)
        canvas.showPage()
    canvas.save()
    return buffer.getvalue()


def raw_document(drawing: bytes, *, box: bytes = _A4) -> bytes:
    """A PDF of one page whose content is this zlib stream."""
    objects = (
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox" + box + b"/Contents 4 0 R/Resources<<>>>>",
        b"<</Length %d/Filter/FlateDecode>>stream\n%s\nendstream" % (len(drawing), drawing),
    )
    out = b"%PDF-1.5\n"
    offsets = []
    for number, content in enumerate(objects, 1):
        offsets.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    table = b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    return (
        out
        + b"xref\n0 5\n0000000000 65535 f \n%strailer<</Size 5/Root 1 0 R>>\n" % table
        + (b"startxref\n%d\n%%%%EOF" % len(out))
    )


def bomb(operator: bytes, times: int) -> bytes:
    """A PDF that is small, and draws the same thing over and over."""
    packer = zlib.compressobj(9)
    block = operator * 10_000
    packed = b"".join(packer.compress(block) for _ in range(times // 10_000))
    return raw_document(packed + packer.flush())


def huge_png(side_px: int = 30_000) -> bytes:
    """A white picture of this size in a few kilobytes."""

    def chunk(name: bytes, data: bytes) -> bytes:
        check = zlib.crc32(name + data).to_bytes(4, "big")
        return len(data).to_bytes(4, "big") + name + data + check

    side = side_px.to_bytes(4, "big")
    packer = zlib.compressobj(9)
    row = b"\x00" + b"\xff" * (side_px // 8 + 1)
    packed = b"".join(packer.compress(row) for _ in range(side_px)) + packer.flush()
    header = chunk(b"IHDR", side + side + b"\x01\x00\x00\x00\x00")
    return b"\x89PNG\r\n\x1a\n" + header + chunk(b"IDAT", packed) + chunk(b"IEND", b"")


def mail(
    *,
    attached: Mapping[str, bytes] | None = None,
    inline: bytes | None = None,
    in_page: bytes | None = None,
    forwarded: bytes | None = None,
) -> bytes:
    """A saved mail.

    `attached`: by name. `inline`: a PNG the page shows. `in_page`: a PNG written into the page.
    `forwarded`: a mail attached to this one.
    """
    import base64

    message = EmailMessage()
    message["From"] = "Soutien commerçants <bons@example.org>"
    message["To"] = "claire@example.org"
    message["Subject"] = "Votre bon d’achat"
    message.set_content("Merci ! Votre bon est joint.")
    page = "<p>Merci !</p>"
    if in_page is not None:
        page += f'<img src="data:image/png;base64,{base64.b64encode(in_page).decode()}">'
    message.add_alternative(page, subtype="html")
    if inline is not None:
        related = message.get_payload()
        assert isinstance(related, list)
        assert isinstance(related[1], EmailMessage)
        related[1].add_related(inline, "image", "png", cid="<code>")
    for name, data in (attached or {}).items():
        # As mail programs do it: what a name says is all they know.
        message.add_attachment(data, maintype="application", subtype="octet-stream", filename=name)
    if forwarded is not None:
        from email import message_from_bytes
        from email.policy import default

        message.add_attachment(message_from_bytes(forwarded, policy=default))
    return message.as_bytes()


BOTH = (TOKEN, OTHER_TOKEN)

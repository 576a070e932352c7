"""What is printed: the French on it, and a QR code that a camera reads."""

from __future__ import annotations

import io
from datetime import date
from uuid import UUID

import pypdf
import pypdfium2
import pytest
import zxingcpp
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from reportlab.pdfbase import pdfmetrics

from merchant_app.clock import SystemClock
from merchant_app.ids import ShopNumber, VoucherId
from merchant_app.money import Money
from merchant_app.scanning.files.findings import FileCode, Found
from merchant_app.scanning.files.limits import Limits
from merchant_app.scanning.files.reader import FileReader
from merchant_app.server import sample_plan, voucher_pdf, voucher_text
from merchant_app.server.catalogue import Issued, ShopRow, printed
from merchant_app.server.keys import Secrets
from merchant_app.vouchers.code import grouped
from merchant_app.vouchers.terms import Terms, Voucher, VoucherStatus
from tests.fakes.waiting import LIMIT_S

SECRETS = Secrets(
    signing_key=Ed25519PrivateKey.from_private_bytes(bytes(32)),
    code_secret=b"code secret of a test, 32 bytes.",
    code_hash_secret=bytes(32),
    issuer_key_id=1,
    issuer_key=Ed25519PrivateKey.from_private_bytes(bytes(range(32))),
)
SHOP = ShopRow(ShopNumber(3), "x", "Librairie Jean-Jacques Rousseau", "Chambéry", "EUR", "UTC", b"")


def voucher(minor: int = 50_00, terms: Terms | None = None, holder: str = "Hélène R.") -> Issued:
    face = Money(minor, "EUR")
    return printed(
        Voucher(
            voucher_id=VoucherId(UUID(int=minor)),
            shop_number=SHOP.number,
            face=face,
            balance=face,
            terms=terms or Terms(expires_on=date(2027, 12, 31)),
            status=VoucherStatus.ACTIVE,
            label="…",
            holder=holder,
        ),
        SECRETS,
    )


@pytest.mark.parametrize("paper", voucher_pdf.Format)
@pytest.mark.parametrize("dots_per_inch", [72, 150])
def test_the_printed_code_reads_back(paper: voucher_pdf.Format, dots_per_inch: int) -> None:
    vouchers = [voucher(20_00), voucher(100_00), voucher(12_50)]
    document = pypdfium2.PdfDocument(voucher_pdf.draw(vouchers, shop=SHOP, paper=paper))
    read = [
        [found.text for found in zxingcpp.read_barcodes(picture)]
        for picture in (page.render(scale=dots_per_inch / 72).to_pil() for page in document)
    ]
    document.close()
    assert read == [[one.token] for one in vouchers]


def test_a_till_reads_them_from_the_file_that_a_customer_was_sent() -> None:
    vouchers = [voucher(20_00), voucher(100_00)]
    raw = voucher_pdf.draw(vouchers, shop=SHOP, paper=voucher_pdf.Format.A4)
    found = FileReader(clock=SystemClock(), limits=Limits(time_s=LIMIT_S)).read(raw)
    assert found == Found(
        tuple(FileCode(one.token, page=page) for page, one in enumerate(vouchers, 1))
    )


def test_everything_a_person_needs_is_on_it() -> None:
    terms = Terms(
        partial_allowed=False,
        valid_from=date(2027, 1, 1),
        expires_on=date(2027, 12, 31),
        minimum_purchase=Money(1_250_00, "EUR"),
    )
    one = voucher(1_250_00, terms)
    raw = voucher_pdf.draw([one], shop=SHOP, paper=voucher_pdf.Format.A4)
    page = pypdf.PdfReader(io.BytesIO(raw)).pages[0].extract_text()
    words = " ".join(page.split())
    for wanted in (
        "Bon d’achat",
        "1 250 €",
        "Librairie",
        "Chambéry",
        grouped(one.code),
        "Valable du 1er janvier 2027 au 31 décembre 2027",
        "Hélène R.",
        "En une seule fois",
        "achat d’au moins 1 250 €",
    ):
        assert " ".join(wanted.split()) in words, (wanted, words)


def test_the_embedded_font_has_every_character_we_print() -> None:
    fonts = voucher_pdf.load_fonts()
    printed_texts = "".join(
        [
            voucher_text.TITLE,
            voucher_text.NO_CAMERA,
            voucher_text.FOLD,
            voucher_text.amount(Money(1_234_05, "EUR")),
            *(title + text for title, text in voucher_text.STEPS),
            *(voucher_text.day(date(2027, month, 1)) for month in range(1, 13)),
            *voucher_text.conditions(Terms(), shop_title="Éàçœ’"),
        ]
    )
    for name in (fonts.regular, fonts.strong, fonts.bold):
        widths = pdfmetrics.getFont(name).face.charToGlyph
        assert not {character for character in printed_texts if ord(character) not in widths}


def test_nothing_leaves_the_page_however_long_the_names_are() -> None:
    long = ShopRow(
        SHOP.number, "x", "Librairie-Papeterie-Presse-Tabac " * 3, "Saint-" * 8, "EUR", "UTC", b""
    )
    terms = Terms(
        expires_on=date(2027, 12, 31),
        valid_from=date(2027, 9, 30),
        minimum_purchase=Money(10_000_000_00, "EUR"),
    )
    one = voucher(40_000_000_00, terms, holder="W" * 120)
    document = pypdfium2.PdfDocument(
        voucher_pdf.draw([one], shop=long, paper=voucher_pdf.Format.A5)
    )
    page = document[0]
    text = page.get_textpage()
    width, height = page.get_size()
    for index in range(text.count_chars()):
        left, bottom, right, top = text.get_charbox(index)
        assert left >= 0
        assert right <= width + 0.5
        assert bottom >= 0
        assert top <= height
    text.close()
    document.close()


def test_french_amounts_and_days() -> None:
    assert voucher_text.amount(Money(50_00, "EUR")) == "50\u202f€"
    assert voucher_text.amount(Money(1_234_05, "EUR")) == "1\u202f234,05\u202f€"
    assert voucher_text.amount(Money(2500, "XPF")) == "2\u202f500\u202fXPF"
    assert voucher_text.day(date(2028, 1, 1)) == "1er\u00a0janvier\u00a02028"
    assert voucher_text.validity(Terms()) == "Sans date d’expiration"


def test_a_code_is_made_again_from_the_secret_alone() -> None:
    assert voucher().code == voucher().code != voucher(20_00).code
    assert voucher().token == voucher().token


def test_the_faces_of_the_sample_make_its_table() -> None:
    for shop in sample_plan.SHOPS:
        counts = sample_plan.faces(shop.count, shop.value_minor)
        assert sum(counts) == shop.count
        value = sum(
            count * face for count, face in zip(counts, sample_plan.FACES_MINOR, strict=True)
        )
        assert value == shop.value_minor
        assert min(counts) > 0
    with pytest.raises(ValueError, match="cannot make"):
        sample_plan.faces(1, 30_00)

"""Bank files as French banks write them, and as nobody should: each ends in a named outcome."""

from __future__ import annotations

import os
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from merchant_app.reports.statements import bank_lines
from merchant_app.reports.statements.bank_amounts import amount_of, day_of
from merchant_app.reports.statements.bank_file import read_bank_file
from merchant_app.reports.statements.bank_lines import (
    FILE_BYTES_MAX,
    BankFile,
    BankFileKind,
    BankFileRefused,
    BankFormat,
)

# Semicolons, decimal commas, lines about the account first; debit and credit apart.
TWO_COLUMNS = """Compte n° 00012345678;;;;
Période du 01/11/2026 au 30/11/2026;;;;
Date de comptabilisation;Libellé;Date valeur;Débit;Crédit
30/11/2026;VIR SEPA COMPTOIR REF CPT-2026-48;30/11/2026;;1 234,56
27/11/2026;PRLV EDF;27/11/2026;-89,90;
23/11/2026;VIR COMPTOIR;23/11/2026;;"1 000,00"
Total;;;89,90;2 234,56
"""
ONE_COLUMN = """Date,Libellé,Référence,Montant,Solde
2026-11-30,VIR COMPTOIR,CPT-2026-48,1234.56,5000.00
2026-11-27,"EDF, facture",X1,-89.90,3765.44
"""
OFX_1 = """OFXHEADER:100
DATA:OFXSGML
VERSION:102
SECURITY:NONE
ENCODING:USASCII
CHARSET:1252
COMPRESSION:NONE
OLDFILEUID:NONE
NEWFILEUID:NONE

<OFX><SIGNONMSGSRSV1><SONRS><STATUS><CODE>0<SEVERITY>INFO</STATUS><DTSERVER>20261201
<LANGUAGE>FRA</SONRS></SIGNONMSGSRSV1><BANKMSGSRSV1><STMTTRNRS><TRNUID>1<STATUS><CODE>0
<SEVERITY>INFO</STATUS><STMTRS><CURDEF>EUR<BANKACCTFROM><BANKID>30004<ACCTID>123
<ACCTTYPE>CHECKING</BANKACCTFROM><BANKTRANLIST><DTSTART>20261101<DTEND>20261201
<STMTTRN><TRNTYPE>CREDIT<DTPOSTED>20261130<TRNAMT>+1234,56<FITID>A1<NAME>VIR COMPTOIR
<MEMO>CPT-2026-48 \xe9t\xe9</STMTTRN>
<STMTTRN><TRNTYPE>DEBIT<DTPOSTED>20261127120000<TRNAMT>-89.90<FITID>A2<NAME>EDF</STMTTRN>
</BANKTRANLIST></STMTRS></STMTTRNRS></BANKMSGSRSV1></OFX>
"""
CAMT = """<?xml version="1.0" encoding="UTF-8"?>
<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.02"><BkToCstmrStmt><Stmt>
<FrToDt><FrDtTm>2026-11-01T00:00:00</FrDtTm><ToDtTm>2026-12-01T00:00:00</ToDtTm></FrToDt>
<Ntry><Amt Ccy="EUR">1234.56</Amt><CdtDbtInd>CRDT</CdtDbtInd><Sts>BOOK</Sts>
<BookgDt><Dt>2026-11-30</Dt></BookgDt><NtryDtls><TxDtls><Refs><EndToEndId>CPT-2026-48</EndToEndId>
</Refs><RltdPties><Dbtr><Nm>COMPTOIR</Nm></Dbtr></RltdPties></TxDtls></NtryDtls></Ntry>
<Ntry><Amt Ccy="EUR">89.90</Amt><CdtDbtInd>DBIT</CdtDbtInd><Sts><Cd>BOOK</Cd></Sts>
<BookgDt><DtTm>2026-11-27T09:00:00</DtTm></BookgDt><AddtlNtryInf>EDF</AddtlNtryInf></Ntry>
<Ntry><Amt Ccy="EUR">7.00</Amt><CdtDbtInd>CRDT</CdtDbtInd><Sts>PDNG</Sts>
<BookgDt><Dt>2026-11-30</Dt></BookgDt></Ntry>
</Stmt></BkToCstmrStmt></Document>
"""


def read(raw: bytes | str) -> BankFile:
    result = read_bank_file(raw.encode() if isinstance(raw, str) else raw, currency="EUR")
    assert isinstance(result, BankFile), result
    return result


def refused(raw: bytes | Path) -> BankFileKind:
    result = read_bank_file(raw, currency="EUR")
    assert isinstance(result, BankFileRefused), result
    return result.kind


# --- what banks write ----------------------------------------------------------------------------


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
def test_a_table_with_debits_and_credits_apart(encoding: str) -> None:
    found = read(TWO_COLUMNS.encode(encoding))
    assert found.format is BankFormat.CSV
    assert [(line.day, line.amount_minor) for line in found.lines] == [
        (date(2026, 11, 30), 123_456),
        (date(2026, 11, 27), -8_990),
        (date(2026, 11, 23), 100_000),
    ]
    assert "CPT-2026-48" in found.lines[0].text
    assert (found.first_day, found.last_day) == (date(2026, 11, 23), date(2026, 11, 30))
    assert found.unread == 1  # the total has no day


def test_a_table_with_one_column_of_amounts() -> None:
    found = read(ONE_COLUMN)
    assert [line.amount_minor for line in found.lines] == [123_456, -8_990]
    # Balances are no text: a reference is never found in one.
    assert found.lines[0].text == "VIR COMPTOIR CPT-2026-48"
    assert found.unread == 0


def test_an_ofx_of_the_old_kind() -> None:
    found = read(OFX_1.encode("cp1252"))
    assert found.format is BankFormat.OFX
    assert [(line.day, line.amount_minor, line.currency) for line in found.lines] == [
        (date(2026, 11, 30), 123_456, "EUR"),
        (date(2026, 11, 27), -8_990, "EUR"),
    ]
    assert "CPT-2026-48 été" in found.lines[0].text
    assert (found.first_day, found.last_day) == (date(2026, 11, 1), date(2026, 12, 1))


def test_an_ofx_of_the_new_kind() -> None:
    body = """<?xml version="1.0" encoding="UTF-8" standalone="no"?>
<?OFX OFXHEADER="200" VERSION="211" SECURITY="NONE" OLDFILEUID="NONE" NEWFILEUID="NONE"?>
<OFX><BANKMSGSRSV1><STMTTRNRS><STMTRS><CURDEF>EUR</CURDEF><BANKTRANLIST>
<STMTTRN><TRNTYPE>CREDIT</TRNTYPE><DTPOSTED>20261130</DTPOSTED><TRNAMT>12.5</TRNAMT>
<FITID>1</FITID><NAME>COMPTOIR</NAME></STMTTRN></BANKTRANLIST></STMTRS></STMTTRNRS></BANKMSGSRSV1>
</OFX>"""
    found = read(body)
    assert [(line.amount_minor, line.text) for line in found.lines] == [(1_250, "COMPTOIR 1")]


def test_a_camt_of_any_version() -> None:
    for version in ("02", "08"):
        found = read(CAMT.replace("camt.053.001.02", f"camt.053.001.{version}"))
        assert found.format is BankFormat.CAMT
        # What is announced and not booked is not on the account.
        assert [(line.day, line.amount_minor) for line in found.lines] == [
            (date(2026, 11, 30), 123_456),
            (date(2026, 11, 27), -8_990),
        ]
        assert "CPT-2026-48" in found.lines[0].text
        assert (found.first_day, found.last_day) == (date(2026, 11, 1), date(2026, 12, 1))


@pytest.mark.parametrize(
    ("text", "minor"),
    [
        ("1 234,56", 123_456), ("1\u202f234,56 €", 123_456), ("-12,3", -1_230), ("12,00-", -1_200),
        ("(5,00)", -500), ("1.234,56", 123_456), ("1,234.56", 123_456), ("+45", 4_500),
        ("1.234", 123_400), ("0,5", 50), (",50", 50), ("12.50000", 1_250), ("EUR 7,00", 700),
        ("", None), ("-", None), ("12,345678", None), ("12,345", 1_234_500), ("abc", None),
        ("1e5", None), ("12,3456", None), ("9" * 30, None), ("٣,٥٠", None), ("1.2.3", None),
    ],
)  # fmt: skip
def test_amounts_as_banks_write_them(text: str, minor: int | None) -> None:
    assert amount_of(text, currency="EUR") == minor


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("31/12/2026", date(2026, 12, 31)), ("31.12.26", date(2026, 12, 31)),
        ("2026-12-31T10:00:00", date(2026, 12, 31)), ("20261231", date(2026, 12, 31)),
        ("1-2-2026", date(2026, 2, 1)), ("31/02/2026", None), ("0000-00-00", None), ("", None),
        ("hier", None), ("99/99/9999", None),
    ],
)  # fmt: skip
def test_days_as_banks_write_them(text: str, day: date | None) -> None:
    assert day_of(text) == day


# --- what nobody should send ---------------------------------------------------------------------

BILLION_LAUGHS = b"""<?xml version="1.0"?><!DOCTYPE lolz [<!ENTITY lol "lol">
<!ENTITY lol2 "&lol;&lol;&lol;&lol;&lol;&lol;&lol;&lol;&lol;&lol;">]>
<Document><BkToCstmrStmt><Stmt><Ntry>&lol2;</Ntry></Stmt></BkToCstmrStmt></Document>"""
OTHER_DOCUMENT = b"""<?xml version="1.0"?><!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>
<Document><Ntry><AddtlNtryInf>&e;</AddtlNtryInf></Ntry></Document>"""


@pytest.mark.parametrize(
    ("raw", "kind"),
    [
        (b"", BankFileKind.EMPTY),
        (b" \r\n\x00", BankFileKind.EMPTY),
        (b"x" * (FILE_BYTES_MAX + 1), BankFileKind.TOO_LARGE),
        (b"\x89PNG\r\n\x1a\n\x00\x00", BankFileKind.NOT_A_BANK_FILE),
        (b"%PDF-1.7\n\x00\x01", BankFileKind.NOT_A_BANK_FILE),
        (b"PK\x03\x04\x14\x00", BankFileKind.NOT_A_BANK_FILE),
        (b"Bonjour", BankFileKind.NOT_A_BANK_FILE),
        (b"<!DOCTYPE html><html></html>", BankFileKind.NOT_A_BANK_FILE),
        (b"<?xml version='1.0'?><svg/>", BankFileKind.NOT_A_BANK_FILE),
        (b"<Document><BkToCstmrStmt/></Document>", BankFileKind.NO_MOVEMENTS),
        (b"<Document><Ntry></Document>", BankFileKind.DAMAGED),
        (b"<?xml version='1.0' encoding='nobody'?><Document/>", BankFileKind.DAMAGED),
        (BILLION_LAUGHS, BankFileKind.FORBIDDEN_XML),
        (OTHER_DOCUMENT, BankFileKind.FORBIDDEN_XML),
        (BILLION_LAUGHS.decode().encode("utf-16"), BankFileKind.FORBIDDEN_XML),
        (b"OFXHEADER:100\n<!ENTITY x>\n<OFX></OFX>", BankFileKind.FORBIDDEN_XML),
        (b"OFXHEADER:100\n", BankFileKind.DAMAGED),
        (b"a;b;c\n1;2;3\n", BankFileKind.NO_COLUMNS),
        (b"Date;Montant\n", BankFileKind.NO_MOVEMENTS),
        (b"Date;Montant\nhier;beaucoup\n", BankFileKind.NO_MOVEMENTS),
        (b'Date;Montant\n"' + b"x" * 200_000, BankFileKind.DAMAGED),
    ],
)
def test_what_is_no_bank_file_says_why(raw: bytes, kind: BankFileKind) -> None:
    assert refused(raw) is kind


def test_a_file_with_too_many_lines() -> None:
    rows = "Date;Montant\n" + "01/11/2026;1,00\n" * bank_lines.LINES_MAX
    assert refused(rows.encode()) is BankFileKind.TOO_MANY_LINES
    marks = "<Document>" + "<a>" * bank_lines.TAGS_MAX
    assert refused(marks.encode()) is BankFileKind.TOO_MANY_LINES


@pytest.mark.parametrize(
    "raw",
    [
        b"OFXHEADER:100" + b" " * 1_000_000 + b"<OFX>",
        b"OFXHEADER:100\n<OFX>" + b"<A><![CDATA[" * 80_000,
        b"OFXHEADER:100\n<OFX>" + b"<A" * 140_000,
        b"<?xml version='1.0'?><?OFX " + b" " * 1_000_000 + b"<OFX>",
        b"Date;Montant\n" + b'"' * 1_000_000,
    ],
    ids=["header", "cdata", "open", "declaration", "quotes"],
)
def test_a_line_made_to_keep_a_reader_busy_does_not(raw: bytes) -> None:
    # The test's own time limit says so: their patterns would take hours.
    assert isinstance(read_bank_file(raw, currency="EUR"), BankFileRefused)


def test_files_that_cannot_be_opened(tmp_path: Path) -> None:
    assert refused(tmp_path) is BankFileKind.UNREADABLE
    assert refused(tmp_path / "gone.csv") is BankFileKind.UNREADABLE
    # A pipe would keep whoever opens it waiting for ever.
    os.mkfifo(tmp_path / "pipe.csv")
    assert refused(tmp_path / "pipe.csv") is BankFileKind.UNREADABLE
    (tmp_path / "bank.csv").write_text(ONE_COLUMN, "utf-8")
    assert isinstance(read_bank_file(tmp_path / "bank.csv", currency="EUR"), BankFile)


SEEDS = [TWO_COLUMNS.encode("cp1252"), OFX_1.encode("cp1252"), CAMT.encode()]


@settings(max_examples=300, deadline=None)
@given(st.sampled_from(SEEDS), st.integers(0, 2_000), st.integers(0, 60), st.binary(max_size=40))
def test_a_damaged_file_ends_in_an_outcome(raw: bytes, at: int, cut: int, put: bytes) -> None:
    damaged = raw[:at] + put + raw[at + cut :]
    result = read_bank_file(damaged, currency="EUR")
    assert isinstance(result, BankFile | BankFileRefused)


@settings(max_examples=200, deadline=None)
@given(
    st.binary(max_size=300), st.sampled_from([b"", b"<", b"OFXHEADER:100\n", b"<OFX>", b"Date;"])
)
def test_any_bytes_end_in_an_outcome(raw: bytes, begins: bytes) -> None:
    assert isinstance(read_bank_file(begins + raw, currency="EUR"), BankFile | BankFileRefused)

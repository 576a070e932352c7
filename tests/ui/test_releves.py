"""Relevés in its window: by keyboard alone, with a bank's file dropped, over a slow line."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication

from merchant_app.scanning.files.findings import FileRead
from merchant_app.till.statement_results import NoAnswerKind, NoStatement
from merchant_app.ui.encaisser import states as st
from merchant_app.ui.function_keys import CHECKOUT_KEY, NUMBERS_KEY, OUTSTANDING_KEY, STATEMENTS_KEY
from merchant_app.ui.releves import states as rs
from tests.fakes.counter import ONLINE, code
from tests.ui.conftest import Till, World
from tests.ui.gallery_of_statements import CALM, EVERY
from tests.ui.test_files import Hand


class _NoFiles:
    """A reader of vouchers that is never asked here."""

    def read(self, *_args: object, **_rest: object) -> FileRead:
        raise AssertionError("a bank's file is none of a voucher")


@pytest.fixture(autouse=True)
def reader(world: World) -> None:
    world.files = _NoFiles()
    world.counter.add(1)


def _opened(till: Till) -> rs.Screen:
    till.function(STATEMENTS_KEY)
    till.qtbot.waitUntil(lambda: till.sees(till.places.releves.view), timeout=5_000)
    return _comes(till, lambda screen: screen.asking is None)


def _comes(till: Till, holds: Callable[[rs.Screen], bool]) -> rs.Screen:
    releves = till.places.releves
    till.qtbot.waitUntil(
        lambda: releves.screen is not None and holds(releves.screen), timeout=5_000
    )
    assert releves.screen is not None
    return releves.screen


def _drop(till: Till, path: Path) -> None:
    Hand(till, path.parent).drop_files(path)


def _bank_csv(path: Path, *, without: int | None = None) -> Path:
    rows = ["Date;Libellé;Montant"]
    for number, payout in enumerate(CALM.statement.payouts):
        if number != without:
            euros = f"{payout.amount_minor / 100:.2f}".replace(".", ",")
            rows.append(f"{payout.day:%d/%m/%Y};VIR {payout.reference};{euros}")
    rows.append("21/11/2026;LOYER;-900,00")
    path.write_text("\n".join(rows), encoding="cp1252")
    return path


def test_there_and_back_with_the_keyboard_alone(till: Till) -> None:
    screen = _opened(till)
    view = till.places.releves.view
    assert view.list.hasFocus()
    assert isinstance(screen.item, rs.Summary)
    till.key(Qt.Key.Key_Down)
    assert view.shows_figures
    till.function(NUMBERS_KEY)
    assert view.lines.hasFocus()
    assert view.lines.model().rowCount() > 0
    till.escape()
    assert view.list.hasFocus()
    till.escape()
    assert till.sees(till.view)
    assert till.view.code.hasFocus()


def test_a_difference_is_read_at_once_and_its_number_is_on_the_clipboard(till: Till) -> None:
    till.counter.statements.differences = EVERY[:3]
    _opened(till)
    view = till.places.releves.view
    assert view.list.currentRow() == 1
    assert view.confirm.isVisible()
    till.enter()
    number = EVERY[0].sale.redemption_id  # type: ignore[union-attr]
    assert QGuiApplication.clipboard().text() == str(number)
    assert view.message


def test_what_is_to_settle_is_one_key_away(till: Till) -> None:
    till.counter.statements.differences = EVERY[5:6]
    _opened(till)
    till.enter()
    till.qtbot.waitUntil(lambda: till.sees(till.places.beside.a_traiter.get().view), timeout=5_000)


def test_the_banks_file_is_dropped_and_all_payouts_are_there(till: Till, tmp_path: Path) -> None:
    _opened(till)
    _drop(till, _bank_csv(tmp_path / "releve.csv"))
    screen = _comes(till, lambda screen: screen.bank is not None)
    assert till.sees(till.places.releves.view)
    assert isinstance(screen.item, rs.Paid)
    assert "SUR VOTRE COMPTE" in till.places.releves.view.card.accessibleName().upper()
    assert screen.bank is not None
    assert screen.bank.other_lines == 1


def test_the_banks_file_opened_on_the_desktop_leads_here(till: Till, tmp_path: Path) -> None:
    till.window.open_files((_bank_csv(tmp_path / "releve.CSV"),))
    screen = _comes(till, lambda screen: screen.bank is not None)
    assert till.sees(till.places.releves.view)
    assert isinstance(screen.item, rs.Paid)


def test_a_payout_that_never_came_is_the_first_thing_read(till: Till, tmp_path: Path) -> None:
    _opened(till)
    _drop(till, _bank_csv(tmp_path / "releve.csv", without=3))
    _comes(till, lambda screen: screen.bank is not None)
    view = till.places.releves.view
    assert "PAS SUR VOTRE COMPTE" in view.card.accessibleName().upper()
    missing = CALM.statement.payouts[3].reference
    till.enter()
    assert QGuiApplication.clipboard().text() == missing


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\x89PNG\r\n\x1a\n" + bytes(500),
        b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><a>&b;</a>',
        b"<html><body>Please log in</body></html>",
        b"Bonjour,\nvoici le fichier.\n",
    ],
    ids=["empty", "picture", "entity", "page", "letter"],
)
def test_a_file_that_is_none_gets_a_sentence_and_the_next_one_works(
    till: Till, tmp_path: Path, content: bytes
) -> None:
    _opened(till)
    hostile = tmp_path / "releve.xml"
    hostile.write_bytes(content)
    _drop(till, hostile)
    _comes(till, lambda screen: screen.news is not None and not screen.reading_bank)
    assert till.places.releves.view.message
    _drop(till, _bank_csv(tmp_path / "releve.csv"))
    _comes(till, lambda screen: screen.bank is not None)


def test_a_slow_service_is_waited_for_and_can_be_stopped(till: Till) -> None:
    gate = till.counter.statements.gate
    gate.clear()
    till.function(STATEMENTS_KEY)
    view = till.places.releves.view
    _comes(till, lambda screen: screen.asking is not None)
    assert "UN INSTANT" in view.card.accessibleName().upper()
    till.escape()
    assert till.sees(view)
    assert "ARRÊTÉ" in view.card.accessibleName().upper()
    till.escape()
    assert till.sees(till.view)
    till.gun(code(1))
    till.comes_to(st.Debitable)
    gate.set()


def test_without_a_network_there_is_a_sentence_and_what_is_unspent(till: Till) -> None:
    till.counter.statements.next_statement.append(NoStatement(NoAnswerKind.DOWN))
    _opened(till)
    view = till.places.releves.view
    assert "PAS DE RELEVÉ" in view.card.accessibleName().upper()
    assert view.list.isHidden()
    till.function(OUTSTANDING_KEY)
    _comes(till, lambda screen: screen.outstanding is not None)
    assert view.by_expiry.bars.hasFocus()
    assert view.expiring.rowCount() == 3
    till.function(NUMBERS_KEY)
    assert view.by_expiry.shows_numbers
    till.escape()
    till.enter()
    _comes(till, lambda screen: screen.found is not None)
    assert not view.list.isHidden()


def test_a_scan_is_taken_whatever_is_seen_here(till: Till) -> None:
    _opened(till)
    till.function(OUTSTANDING_KEY)
    till.gun(code(1))
    till.comes_to(st.Debitable)
    assert till.sees(till.view)
    till.counter.tell_status(replace(ONLINE, unsent_sales=1))


def test_what_is_dropped_says_where_it_goes(till: Till) -> None:
    drops = till.places.file_routes.drops
    assert drops is not None
    _opened(till)
    assert "banque" in drops.overlay.told
    till.function(CHECKOUT_KEY)
    assert "banque" not in drops.overlay.told

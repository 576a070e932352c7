"""Which printer receipts are printed on, in Réglages."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QVBoxLayout, QWidget

from merchant_app.i18n import _
from merchant_app.settings.options import ReceiptColumns, ReceiptPages, ReceiptPrinter
from merchant_app.ui.check_box import CheckBox
from merchant_app.ui.encaisser.entry_fields import EntryField
from merchant_app.ui.labels import plain
from merchant_app.ui.reglages import words
from merchant_app.ui.reglages.controls import OneOf, titled_label
from merchant_app.ui.reglages.states import PrinterChosen
from merchant_app.ui.theme import STEP, Look, Size

_KINDS, _COLUMNS = tuple(ReceiptPrinter), tuple(ReceiptColumns)
ADDRESS_LENGTH_MAX = 500


class PrinterChoice(QWidget):
    """GUI thread.

    Signals:
        wanted(object): a `PrinterChosen`, whole, after each change of a part.
    """

    wanted = Signal(object)

    def __init__(self, look: Look, parent: QWidget) -> None:
        super().__init__(parent)
        self._chosen = PrinterChosen()
        self.kind = OneOf(
            [words.printer(kind) for kind in _KINDS],
            title=_("Printer for receipts"),
            per_row_max=1,
            parent=self,
        )
        self.kind.chosen.connect(self._kind_chosen)
        self.address = EntryField(look, _("Where the printer is"), self)
        self.address.setFont(look.font(Size.BODY))
        self.address.setMaxLength(ADDRESS_LENGTH_MAX)
        self.address.setMinimumHeight(look.touch())
        self.address.edited.connect(self._address_edited)
        self._columns_name = plain(_("Characters in a line"), self)
        self.columns = OneOf(
            [str(columns.value) for columns in _COLUMNS],
            title=_("Characters in a line"),
            parent=self,
        )
        self.columns.chosen.connect(self._columns_chosen)
        self.one_page = CheckBox(look, _("Accents come out wrong"), self)
        self.one_page.clicked.connect(self._one_page_chosen)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(STEP)
        column.addWidget(titled_label(look, _("Printer for receipts"), self))
        for part in (self.kind, self.address, self._columns_name, self.columns, self.one_page):
            column.addWidget(part)

    def show_chosen(self, chosen: PrinterChosen) -> None:
        """Paint it; what is being typed stays as it is typed."""
        self._chosen = chosen
        self.kind.show_place(_KINDS.index(chosen.kind))
        self.columns.show_place(_COLUMNS.index(chosen.columns))
        self.one_page.setChecked(chosen.pages is ReceiptPages.ONE)
        if self.address.text().strip() != chosen.address:
            self.address.setText(chosen.address)
        self.address.setPlaceholderText(words.printer_address(chosen.kind))
        wanted = chosen.kind is not ReceiptPrinter.NONE
        # Off, not away: nothing below the pointer moves.
        for part in (self.address, self._columns_name, self.columns):
            part.setEnabled(wanted)
        # The system's own printer has every character.
        self.one_page.setEnabled(wanted and chosen.kind is not ReceiptPrinter.SYSTEM)

    @Slot(int)
    def _kind_chosen(self, place: int) -> None:
        # An address of another kind is none of this one.
        self.wanted.emit(replace(self._chosen, kind=_KINDS[place], address=""))

    @Slot(str)
    def _address_edited(self, text: str) -> None:
        clean = "".join(character for character in text if character.isprintable()).strip()
        self.wanted.emit(replace(self._chosen, address=clean))

    @Slot(int)
    def _columns_chosen(self, place: int) -> None:
        self.wanted.emit(replace(self._chosen, columns=_COLUMNS[place]))

    @Slot(bool)
    def _one_page_chosen(self, on: bool) -> None:
        pages = ReceiptPages.ONE if on else ReceiptPages.DEFAULT
        self.wanted.emit(replace(self._chosen, pages=pages))

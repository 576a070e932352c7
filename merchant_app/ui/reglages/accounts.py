"""Réglages, « Comptabilité »: where the entries of the tax office's file go, each in a line.

The defaults are those of the French general chart of accounts: most shops change nothing here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget

from merchant_app.errors import Bug
from merchant_app.i18n import _
from merchant_app.settings import options as choices
from merchant_app.settings.options import Option
from merchant_app.ui.encaisser.entry_fields import EntryField
from merchant_app.ui.flow_grid import FlowGrid, Widths
from merchant_app.ui.labels import plain
from merchant_app.ui.palette import Tone
from merchant_app.ui.reglages.controls import titled_label
from merchant_app.ui.theme import STEP, Look, Size, tinted

_LENGTH_MAX = 14
_BASIS_POINTS = 100
_PER_ROW_MAX = 2
_FIELD_EMS = 14
"""Narrower than this the sentence under a field is a column of single words."""


@dataclass(frozen=True, slots=True)
class Account:
    """One field.

    Attributes:
        name, meaning: for people.
        wrong: what is said of a text that it cannot be.
    """

    option: Option[Any]
    name: str
    meaning: str
    wrong: str


def accounts() -> tuple[Account, ...]:
    """The fields, in the language of the screens."""
    account = _("Three digits at least, then digits or capitals.")
    return (
        Account(
            choices.SIREN,
            _("SIREN"),
            _("Nine digits; part of the name of the FEC."),
            _("A SIREN has nine digits."),
        ),
        Account(
            choices.FEC_JOURNAL,
            _("Journal code"),
            _("The journal that vouchers are booked in."),
            _("One to ten capitals or digits."),
        ),
        Account(
            choices.ACCOUNT_PLATFORM, _("Platform"), _("What it owes for the vouchers."), account
        ),
        Account(
            choices.ACCOUNT_MULTI_PURPOSE,
            _("Vouchers taken"),
            _("As a means of payment: several VAT rates (multi-purpose)."),
            account,
        ),
        Account(
            choices.ACCOUNT_SALES,
            _("Sales"),
            _("With vouchers of one VAT rate (single-purpose), without VAT."),
            account,
        ),
        Account(choices.ACCOUNT_VAT, _("VAT"), _("Of these sales."), account),
        Account(
            choices.ACCOUNT_LOSS,
            _("Losses"),
            _("Goods handed over that no voucher paid for."),
            account,
        ),
        Account(
            choices.SINGLE_PURPOSE_VAT,
            _("VAT rate, in %"),
            _("Of vouchers of one rate; 5.5 for books in France."),
            _("A rate from 0 to 100, with two decimals at most."),
        ),
    )


def told(value: str | int) -> str:
    """What stands in the field."""
    if isinstance(value, str):
        return value
    whole, rest = divmod(value, _BASIS_POINTS)
    return f"{whole},{rest:02}".rstrip("0").rstrip(",")


def meant(option: Option[Any], text: str) -> str | int | None:
    """The value that somebody typed; None: it can be none."""
    compact = "".join(text.split())
    value: object = compact.upper()
    if isinstance(option.default, int):
        value = _basis_points(compact)
    try:
        found: str | int = option.from_json(value)
    except ValueError:
        return None
    return found


def _basis_points(text: str) -> int | None:
    whole, _point, rest = text.rstrip("%").replace(",", ".").partition(".")
    if not (whole.isascii() and whole.isdigit() and len(whole) <= 3 and len(rest) <= 2):
        return None
    if rest and not (rest.isascii() and rest.isdigit()):
        return None
    return int(whole) * _BASIS_POINTS + int(rest.ljust(2, "0"))


class AccountsView(QWidget):
    """GUI thread.

    Signals:
        changed(object, object): an option, and what somebody chose; it is within its limits.
    """

    changed = Signal(object, object)

    def __init__(self, look: Look, parent: QWidget) -> None:
        super().__init__(parent)
        self._look = look
        self._accounts = accounts()
        self.fields: dict[str, EntryField] = {}
        self._notes: dict[str, QLabel] = {}
        self._wrong: set[str] = set()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(STEP)
        column.addWidget(titled_label(look, _("Accounting"), self))
        grid = FlowGrid(
            per_row_max=_PER_ROW_MAX, widths=Widths.EVEN, gap_px=3 * STEP, row_gap_px=2 * STEP
        )
        for account in self._accounts:
            grid.add_layout(self._field(account))
        column.addLayout(grid)
        look.changed.connect(self._colour)
        self._colour()

    def _field(self, account: Account) -> QVBoxLayout:
        key = account.option.key
        name = plain(account.name, self, wrap=True)
        field = EntryField(self._look, account.name, self)
        field.setMinimumWidth(self._look.pixels(Size.BODY) * _FIELD_EMS)
        field.setFont(self._look.font(Size.BODY, figures=True))
        field.setMaxLength(_LENGTH_MAX)
        field.setProperty("option", key)
        field.edited.connect(self._edited)
        note = plain(account.meaning, self, wrap=True)
        note.setFont(self._look.font(Size.SMALL))
        field.setAccessibleDescription(account.meaning)
        name.setBuddy(field)
        self.fields[key], self._notes[key] = field, note
        column = QVBoxLayout()
        column.setSpacing(STEP)
        for part in (name, field, note):
            column.addWidget(part)
        column.addStretch(1)
        return column

    def show_values(self, values: Mapping[str, str | int]) -> None:
        """Fill the fields, but for those where something is being typed."""
        for account in self._accounts:
            key = account.option.key
            field = self.fields[key]
            is_other = key in values and meant(account.option, field.text()) != values[key]
            if is_other and not field.hasFocus():
                field.setText(told(values[key]))
                self._say(account, is_wrong=False)

    @Slot(str)
    def _edited(self, text: str) -> None:
        key = self.sender().property("option")
        account = next((one for one in self._accounts if one.option.key == key), None)
        if account is None:
            raise Bug(f"no field of {key}")
        value = meant(account.option, text)
        self._say(account, is_wrong=value is None)
        if value is not None:
            self.changed.emit(account.option, value)

    def _say(self, account: Account, *, is_wrong: bool) -> None:
        key = account.option.key
        (self._wrong.add if is_wrong else self._wrong.discard)(key)
        self._notes[key].setText(account.wrong if is_wrong else account.meaning)
        self._colour()

    def _colour(self) -> None:
        palette = self._look.palette
        for key, note in self._notes.items():
            ink = palette.tones[Tone.NO].ink if key in self._wrong else palette.muted
            note.setPalette(tinted(ink))

"""The screens of the rail beside the checkout, by their keys."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from PySide6.QtWidgets import QWidget

from merchant_app.till.results import Status


class KeyPlace(Protocol):
    """A screen of the rail beside the checkout: it is opened by its key, and acts on keys."""

    @property
    def view(self) -> QWidget: ...

    def open(self) -> None:
        """Somebody came here."""
        ...

    def stop(self) -> None:
        """The till is being left: nothing more is shown."""
        ...

    def status_came(self, status: Status) -> None: ...

    def enter_pressed(self) -> None: ...

    def escape_pressed(self) -> None: ...

    def function_pressed(self, key: str) -> None: ...


class KeyPlaces:
    """All of them. GUI thread only."""

    def __init__(self, places: Mapping[str, KeyPlace]) -> None:
        self._places = dict(places)

    @property
    def keys(self) -> tuple[str, ...]:
        """The keys that lead to one."""
        return tuple(self._places)

    def at(self, key: str) -> KeyPlace | None:
        """Where this key leads; None: to none of these."""
        return self._places.get(key)

    def seen(self, view: QWidget | None) -> KeyPlace | None:
        """The one whose view this is."""
        return next((one for one in self._places.values() if one.view is view), None)

    def stop(self) -> None:
        """The till is being left."""
        for place in self._places.values():
            place.stop()

    def status_came(self, status: Status) -> None:
        """Tell each of them."""
        for place in self._places.values():
            place.status_came(status)

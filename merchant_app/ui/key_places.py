"""The screens of the rail beside the checkout, by their keys; each is made when first seen."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Generic, Protocol, TypeVar

from PySide6.QtWidgets import QWidget

from merchant_app.till.results import Status

Screen_co = TypeVar("Screen_co", covariant=True)


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


class LazyPlace(Generic[Screen_co]):
    """A screen that is made when somebody first goes there. GUI thread only.

    The till is open sooner: neither are its widgets built, nor is its code loaded, for a customer
    who waits for the first verdict of the day.
    """

    def __init__(self, make: Callable[[], Screen_co]) -> None:
        """`make` is called once: it loads, builds and connects the screen."""
        self._make = make
        self._made: Screen_co | None = None

    @property
    def made(self) -> Screen_co | None:
        """The screen; None: nobody was there yet."""
        return self._made

    def get(self) -> Screen_co:
        """The screen, made now if it was not."""
        if self._made is None:
            self._made = self._make()
        return self._made


class KeyPlaces:
    """All of them. GUI thread only."""

    def __init__(self, places: Mapping[str, LazyPlace[KeyPlace]]) -> None:
        self._places = dict(places)

    @property
    def keys(self) -> tuple[str, ...]:
        """The keys that lead to one."""
        return tuple(self._places)

    def lazy(self, key: str) -> LazyPlace[KeyPlace] | None:
        """Where this key leads, made or not; None: to none of these."""
        return self._places.get(key)

    def at(self, key: str) -> KeyPlace | None:
        """Where this key leads, made now if nobody was there yet; None: to none of these."""
        place = self._places.get(key)
        return None if place is None else place.get()

    def seen(self, view: QWidget | None) -> KeyPlace | None:
        """The one whose view this is."""
        return next((one for one in self._made() if one.view is view), None)

    def stop(self) -> None:
        """The till is being left."""
        for place in self._made():
            place.stop()

    def status_came(self, status: Status) -> None:
        """Tell each that was made; whoever comes to another later is told what is true then."""
        for place in self._made():
            place.status_came(status)

    def _made(self) -> Iterator[KeyPlace]:
        return (place.made for place in self._places.values() if place.made is not None)

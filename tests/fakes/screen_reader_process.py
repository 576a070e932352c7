"""A screen reader's side of AT-SPI, in a process of its own: the library that Orca uses.

A process of its own, because the library keeps one connection to one bus for good. On its input a
line asks for the whole tree; on its output every line is a JSON object: `{"tree": …}`, or
`{"announced": …}` as it comes. Started by `screen_reader`.
"""

from __future__ import annotations

import ctypes
import json
import select
import sys
from typing import Any

_CHILDREN_MAX = 200
_LISTEN_S = 0.02
_STATES = {"enabled": 8, "focusable": 11, "focused": 12, "showing": 25, "visible": 30}
"""AtspiStateType of atspi-constants.h."""


class _Value(ctypes.Structure):
    """GValue."""

    _fields_ = (("type", ctypes.c_size_t), ("data", ctypes.c_uint64 * 2))


class _Event(ctypes.Structure):
    """AtspiEvent."""

    _fields_ = (
        ("type", ctypes.c_char_p),
        ("source", ctypes.c_void_p),
        ("detail1", ctypes.c_int),
        ("detail2", ctypes.c_int),
        ("any_data", _Value),
        ("sender", ctypes.c_void_p),
    )


_Heard = ctypes.CFUNCTYPE(None, ctypes.POINTER(_Event), ctypes.c_void_p)


class _Library:
    """libatspi with the types of what is called here."""

    def __init__(self) -> None:
        self.atspi = ctypes.CDLL("libatspi.so.0")
        self.glib = ctypes.CDLL("libglib-2.0.so.0")
        self.gobject = ctypes.CDLL("libgobject-2.0.so.0")
        pointer, number = ctypes.c_void_p, ctypes.c_int
        for name, result, arguments in (
            ("atspi_get_desktop", pointer, (number,)),
            ("atspi_accessible_get_child_count", number, (pointer, pointer)),
            ("atspi_accessible_get_child_at_index", pointer, (pointer, number, pointer)),
            ("atspi_accessible_get_name", pointer, (pointer, pointer)),
            ("atspi_accessible_get_description", pointer, (pointer, pointer)),
            ("atspi_accessible_get_role_name", pointer, (pointer, pointer)),
            ("atspi_accessible_get_state_set", pointer, (pointer,)),
            ("atspi_accessible_clear_cache", None, (pointer,)),
            ("atspi_state_set_contains", number, (pointer, number)),
            ("atspi_event_listener_new", pointer, (_Heard, pointer, pointer)),
            ("atspi_event_listener_register", number, (pointer, ctypes.c_char_p, pointer)),
        ):
            function = getattr(self.atspi, name)
            function.restype, function.argtypes = result, arguments
        self.gobject.g_value_get_string.restype = ctypes.c_char_p
        self.gobject.g_value_get_string.argtypes = (ctypes.POINTER(_Value),)

    def text(self, function: str, accessible: int) -> str:
        found = getattr(self.atspi, function)(accessible, None)
        return ctypes.string_at(found).decode() if found else ""

    def tree(self, accessible: int) -> dict[str, Any]:
        """This one and all below it, with what a screen reader would say of each."""
        states = self.atspi.atspi_accessible_get_state_set(accessible)
        count = self.atspi.atspi_accessible_get_child_count(accessible, None)
        children = [
            self.atspi.atspi_accessible_get_child_at_index(accessible, place, None)
            for place in range(min(count, _CHILDREN_MAX))
        ]
        return {
            "role": self.text("atspi_accessible_get_role_name", accessible),
            "name": self.text("atspi_accessible_get_name", accessible),
            "description": self.text("atspi_accessible_get_description", accessible),
            "states": [
                name
                for name, number in _STATES.items()
                if self.atspi.atspi_state_set_contains(states, number)
            ],
            "children": [self.tree(child) for child in children if child],
        }


def main() -> int:
    """Until the input ends."""
    library = _Library()

    def heard(event: Any, _data: object) -> None:
        value = event.contents.any_data
        said = library.gobject.g_value_get_string(ctypes.byref(value)) if value.type else None
        _say({"announced": (said or b"").decode()})

    callback = _Heard(heard)
    if library.atspi.atspi_init() not in (0, 1):
        return 1
    listener = library.atspi.atspi_event_listener_new(callback, None, None)
    library.atspi.atspi_event_listener_register(listener, b"object:announcement", None)
    desktop = library.atspi.atspi_get_desktop(0)
    _say({"listening": True})
    while True:
        while library.glib.g_main_context_iteration(None, False):
            pass
        if select.select([sys.stdin], [], [], _LISTEN_S)[0]:
            if not sys.stdin.readline():
                return 0
            library.atspi.atspi_accessible_clear_cache(desktop)  # what it is now, not what it was
            _say({"tree": library.tree(desktop)})


def _say(told: dict[str, Any]) -> None:
    sys.stdout.write(json.dumps(told) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())

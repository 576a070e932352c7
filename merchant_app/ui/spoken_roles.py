"""What a screen reader calls the widgets that are ours, and is told: Qt knows only its own kinds.

A plain QWidget is a "filler" to AT-SPI and nothing to NVDA, and is passed over even while it has
the keyboard.
"""

from __future__ import annotations

from functools import cache

from PySide6.QtCore import QObject
from PySide6.QtGui import (
    QAccessible,
    QAccessibleAnnouncementEvent,
    QAccessibleInterface,
)
from PySide6.QtWidgets import QAccessibleWidget, QWidget

_PROPERTY = "spokenRole"


def speak_as(widget: QWidget, role: QAccessible.Role, name: str = "") -> None:
    """Tell assistive tools what this is. GUI thread; before anybody looks.

    Args:
        widget: one that paints or arranges by itself.
        role: what it is to be called.
        name: its name, where it does not change; else whoever changes it names it.
    """
    _install()
    widget.setProperty(_PROPERTY, role.value)
    if name:
        widget.setAccessibleName(name)


def announce(at: QWidget, text: str) -> None:
    """Tell whoever hears the screen, after what is being said to them. GUI thread.

    Args:
        at: where it is shown.
        text: whole sentences; what is painted there in words, shapes and colours.
    """
    QAccessible.updateAccessibility(QAccessibleAnnouncementEvent(at, text))


@cache
def _install() -> None:
    QAccessible.installFactory(_interface)


def _interface(_class_name: str, of: QObject) -> QAccessibleInterface | None:
    """Qt asks once for each object that an assistive tool meets; None: as Qt knows it."""
    role = of.property(_PROPERTY)
    if role is None or not isinstance(of, QWidget):
        return None
    return QAccessibleWidget(of, QAccessible.Role(role))

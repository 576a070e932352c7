"""Draws the gallery into files, in one process; started by build/pictures.py."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

from PySide6.QtCore import QCoreApplication, QEvent, QEventLoop
from PySide6.QtWidgets import QApplication, QWidget

from merchant_app.i18n import Language, install
from merchant_app.ui.theme import Look, Scheme
from tests.ui.colour_blindness import Eyes, picture_seen
from tests.ui.windows import SCREENS, Screen, Window


def _settle() -> None:
    for _ in range(8):  # the manual’s pictures come one by one
        QApplication.processEvents(QEventLoop.ProcessEventsFlag.AllEvents)
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


def _draw(widget: QWidget, path: Path, size: tuple[int, int], eyes: list[Eyes]) -> None:
    widget.resize(*size)
    widget.activateWindow()
    _settle()
    picture = widget.grab().toImage()
    picture.save(str(path))
    for who in eyes:
        picture_seen(picture, who).save(str(path.with_stem(f"{path.stem}-{who.value}")))


def _close(widget: QWidget) -> None:
    widget.close()
    widget.deleteLater()
    _settle()


def main(arguments: list[str]) -> int:
    """out, only, size, languages, schemes, text size in percent, eyes (names, or empty)."""
    out, only, size_text, languages, schemes, percent, blind = arguments
    eyes = [Eyes(name) for name in blind.split(",") if name]
    suffix = "" if percent == "100" else f"-{percent}"
    width, height = (int(part) for part in size_text.split("x"))
    application = QApplication([])
    application.setStyle("Fusion")
    look = Look(application, Scheme.LIGHT, text_scale=int(percent) / 100)
    count = 0
    for language in languages.split(","):
        install(Language(language))
        for scheme in schemes.split(","):
            look.use(Scheme(scheme))
            end = f"{language}-{scheme}{suffix}.png"
            for name, frame in _pictures(look, only, (width, height)):
                _draw(frame, Path(out) / f"{name}-{end}", (width, height), eyes)
                count += 1
    sys.stdout.write(f"{count} pictures in {out}\n")
    return 0


def _pictures(look: Look, only: str, size: tuple[int, int]) -> Iterator[tuple[str, QWidget]]:
    """Each state in a window of its own; where large text needs two pictures, both."""
    for screen in SCREENS:
        for name in screen.states:
            if not _is_wanted(name, only):
                continue
            window = _opened(look, screen, name, size)
            window.take_keyboard()
            yield name, window.frame
            if look.is_large and window.go_to_end():
                yield f"{name}-end", window.frame
            _close(window.frame)


def _is_wanted(name: str, only: str) -> bool:
    """`only`: a part of the names; or names, each with a comma after it."""
    return name in only.split(",") if "," in only else only in name


def _opened(look: Look, screen: Screen, name: str, size: tuple[int, int]) -> Window:
    window = screen.window(look, screen.states[name])
    window.show(name)
    window.frame.resize(*size)
    window.frame.show()
    # Once more when the window is there: focus can only be given then.
    window.show(name)
    return window


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

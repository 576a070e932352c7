"""How everything looks, in one place: type, spacing, colours, the style sheet of the controls.

Five sizes of one family; spacing in steps of 4; controls 44 high at least. Text follows the size
the desktop asks for; the large sizes follow it less, because they are large already.
"""

from __future__ import annotations

import sys
from enum import Enum

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QColor, QFont, QFontDatabase, QFontInfo, QGuiApplication, QPalette
from PySide6.QtWidgets import QApplication

from merchant_app.resources import resource_path
from merchant_app.ui.palette import Palette, Tone, palette_of

STEP = 4
"""Spacing comes in steps of this many pixels."""
TOUCH = 44
"""The least height of what can be pressed (WCAG 2.5.5)."""
RADIUS = 8
CARD_RADIUS = 16
PANEL_WIDTH = 640
"""Of a page that says one thing, at the desktop's usual text size."""
FAMILY = "Inter"
_CONTENT_MAX_PX = 1440
_LARGE = 1.4
TEXT_SCALE_MAX = 2.0
"""WCAG 2.2, 1.4.4: text can be twice as large, and nothing is lost."""
_MIDDLE_LIGHTNESS = 128
_DESKTOP_TEXT = {"win32": 12, "darwin": 13}.get(sys.platform, 15)
"""Height in pixels of the desktop's own text where nobody asked for larger text. How many real
pixels make one of these (a "200 %" screen) is Qt's affair; this is about larger *text*."""


class Size(Enum):
    """The five sizes, in pixels at the desktop's usual text size."""

    SMALL = 13
    BODY = 15
    TITLE = 20
    FIGURE = 36
    VERDICT = 50


class Scheme(Enum):
    """The setting; SYSTEM follows the desktop in all, CONTRAST in light or dark only."""

    SYSTEM = "system"
    LIGHT = "light"
    DARK = "dark"
    CONTRAST = "contrast"


class Look(QObject):
    """The look of this window. GUI thread only.

    Two steps, because the first paint waits for the first of them: type and colours at once; by
    `complete` the controls, and what the desktop says through Qt's enums. (Python makes those when
    one is first asked for: 24 ms for the names of all keys and all parts of all controls.)

    Signals:
        changed: the colours are others now; whoever paints by hand paints again.
    """

    changed = Signal()

    def __init__(
        self,
        application: QApplication,
        scheme: Scheme,
        *,
        text_scale: float | None = None,
        complete: bool = True,
    ) -> None:
        """`text_scale`: 1.0 to 2.0; None: as large as the desktop's own text asks for.

        `complete`: False where somebody calls `complete` after the first paint.
        """
        super().__init__(application)
        self._application = application
        self._scheme = scheme
        self._is_complete = False
        self._family = _family()
        if text_scale is None:
            text_scale = QFontInfo(application.font()).pixelSize() / _DESKTOP_TEXT
        self.text_scale = max(1.0, min(TEXT_SCALE_MAX, text_scale))
        dark = application.palette().window().color().lightness() < _MIDDLE_LIGHTNESS
        self.palette = wanted_palette(scheme, dark=dark, strong=False)
        self._apply_colours()
        if complete:
            self.complete()

    def complete(self) -> None:
        """What controls look like, and the desktop's wishes, now and when they change."""
        if self._is_complete:
            return
        self._is_complete = True
        self._application.setStyle("Fusion")  # the same on every system, and it obeys the palette
        hints = QGuiApplication.styleHints()
        hints.colorSchemeChanged.connect(self._desktop_changed)
        hints.accessibility().contrastPreferenceChanged.connect(self._desktop_changed)
        wanted = self._wanted()
        is_other = wanted is not self.palette
        self.palette = wanted
        self._apply_colours()
        self._apply_controls()
        if is_other:
            self.changed.emit()

    def font(
        self, size: Size, *, bold: bool = False, figures: bool = False, codes: bool = False
    ) -> QFont:
        """One of the five sizes.

        Args:
            size: which.
            bold: for words that are looked for.
            figures: all digits equally wide, for money.
            codes: slashed zero, l with a tail, I with serifs: nothing looks like anything else.
        """
        font = QFont(self._family) if self._family else QFont(self._application.font())
        font.setPixelSize(self.pixels(size))
        font.setWeight(QFont.Weight.Bold if bold else QFont.Weight.Normal)
        features = ("tnum",) * figures + ("zero", "ss02") * codes
        for feature in features:
            font.setFeature(QFont.Tag(feature), 1)
        return font

    def pixels(self, size: Size) -> int:
        """The height of a size at the desktop's text size."""
        match size:
            case Size.SMALL | Size.BODY:
                scale = self.text_scale
            case Size.TITLE:
                scale = self.text_scale**0.7
            case Size.FIGURE | Size.VERDICT:
                scale = self.text_scale**0.4
        return round(size.value * scale)

    @property
    def is_large(self) -> bool:
        """Whether text is so large that rows have to become columns."""
        return self.text_scale > _LARGE

    def content_max_px(self) -> int:
        """The greatest width of a place: on a wider screen there is calm beside it."""
        return round(_CONTENT_MAX_PX * self.text_scale)

    def touch(self) -> int:
        """The height of a button or field."""
        return max(TOUCH, round(self.pixels(Size.BODY) * 1.9) // STEP * STEP)

    def use(self, scheme: Scheme) -> None:
        """Follow the desktop, or force light, dark, or high contrast."""
        self._scheme = scheme
        self._repaint()

    def _wanted(self) -> Palette:
        from PySide6.QtCore import Qt

        hints = QGuiApplication.styleHints()
        return wanted_palette(
            self._scheme,
            dark=hints.colorScheme() is Qt.ColorScheme.Dark,
            strong=hints.accessibility().contrastPreference() is Qt.ContrastPreference.HighContrast,
        )

    def _desktop_changed(self) -> None:
        self._repaint()

    def _repaint(self) -> None:
        wanted = self._wanted()
        if wanted is not self.palette:
            self.palette = wanted
            self._apply_colours()
            self._apply_controls()
            self.changed.emit()

    def _apply_colours(self) -> None:
        self._application.setFont(self.font(Size.BODY))
        self._application.setPalette(qt_palette(self.palette))

    def _apply_controls(self) -> None:
        self._application.setStyleSheet(style_sheet(self.palette, touch=self.touch()))


def wanted_palette(scheme: Scheme, *, dark: bool, strong: bool) -> Palette:
    """The colours for a setting on a desktop that is dark or not, and wants high contrast or not.

    Whoever asked the desktop for high contrast has it also where light or dark is forced here.
    """
    match scheme:
        case Scheme.LIGHT:
            return palette_of(dark=False, strong=strong)
        case Scheme.DARK:
            return palette_of(dark=True, strong=strong)
        case Scheme.CONTRAST:
            return palette_of(dark=dark, strong=True)
        case Scheme.SYSTEM:
            return palette_of(dark=dark, strong=strong)


def _family() -> str:
    """The shipped family; empty if Qt cannot load it: then the desktop's own is used."""
    folder = resource_path("fonts")
    found = ""
    for path in sorted(folder.glob(f"{FAMILY}-*.ttf")):
        number = QFontDatabase.addApplicationFont(str(path))
        families = QFontDatabase.applicationFontFamilies(number) if number >= 0 else []
        found = families[0] if families else found
    return found


def qt_palette(palette: Palette) -> QPalette:
    """The colours for Qt's own drawing."""
    roles = QPalette.ColorRole
    result = QPalette()
    for role, colour in (
        (roles.Window, palette.window),
        (roles.Base, palette.surface),
        (roles.AlternateBase, palette.sunken),
        (roles.Button, palette.surface),
        (roles.WindowText, palette.text),
        (roles.Text, palette.text),
        (roles.ButtonText, palette.text),
        (roles.PlaceholderText, palette.muted),
        (roles.Highlight, palette.accent),
        (roles.HighlightedText, palette.on_accent),
        (roles.Link, palette.accent),
        (roles.LinkVisited, palette.accent),
        (roles.ToolTipBase, palette.text),
        (roles.ToolTipText, palette.window),
    ):
        result.setColor(role, QColor(colour))
    result.setColor(QPalette.ColorGroup.Disabled, roles.WindowText, QColor(palette.muted))
    result.setColor(QPalette.ColorGroup.Disabled, roles.Text, QColor(palette.muted))
    result.setColor(QPalette.ColorGroup.Disabled, roles.ButtonText, QColor(palette.muted))
    return result


def tinted(colour: str) -> QPalette:
    """The application's palette with another text colour: for one label."""
    result = QPalette(QApplication.palette())
    result.setColor(QPalette.ColorRole.WindowText, QColor(colour))
    return result


def style_sheet(p: Palette, *, touch: int) -> str:
    """Fields and buttons. Labels are not in it: their colours come from palettes."""
    mark = touch // 2 // STEP * STEP  # of a radio button: hollow, or with a thick rim
    return f"""
QLineEdit {{
    min-height: {touch - 4}px; padding: 0 12px; border: 2px solid {p.edge};
    border-radius: {RADIUS}px; background: {p.surface}; color: {p.text};
    selection-background-color: {p.accent}; selection-color: {p.on_accent};
}}
QLineEdit:focus {{ border: 3px solid {p.accent}; padding: 0 11px; min-height: {touch - 6}px; }}
QLineEdit:disabled {{ background: {p.window}; color: {p.muted}; border-color: {p.line}; }}
QLineEdit:read-only {{ background: {p.window}; }}
QPushButton {{
    min-height: {touch - 4}px; padding: 0 16px; border: 2px solid {p.edge};
    border-radius: {RADIUS}px; background: {p.surface}; color: {p.text};
}}
QPushButton:hover {{ background: {p.sunken}; }}
QPushButton:pressed {{ background: {p.line}; }}
QPushButton:focus {{ border: 3px solid {p.accent}; }}
QPushButton:disabled {{ color: {p.muted}; border-color: {p.line}; background: {p.window}; }}
QPushButton[role="main"] {{
    background: {p.accent}; color: {p.on_accent}; border-color: {p.accent};
}}
QPushButton[role="main"]:hover {{ background: {p.accent_hover}; }}
QPushButton[role="main"]:pressed {{ background: {p.accent_pressed}; }}
QPushButton[role="main"]:focus {{ border: 3px solid {p.text}; }}
QPushButton[role="main"]:disabled {{
    background: {p.sunken}; color: {p.muted}; border-color: {p.line};
}}
QPushButton[role="quiet"] {{ border-color: transparent; background: transparent; }}
QPushButton[role="quiet"]:hover {{ background: {p.sunken}; }}
QPushButton[role="quiet"]:focus {{ border: 3px solid {p.accent}; }}
{_lists(p)}
QRadioButton, QCheckBox {{ min-height: {touch}px; spacing: {2 * STEP}px; padding: 0 {STEP}px; }}
QRadioButton:focus, QCheckBox:focus {{
    border: 2px solid {p.accent}; border-radius: {RADIUS}px;
}}
QRadioButton::indicator, QCheckBox::indicator {{
    width: {mark}px; height: {mark}px; border: 2px solid {p.edge}; background: {p.surface};
}}
QRadioButton::indicator {{ border-radius: {mark // 2 + 2}px; }}
QCheckBox::indicator {{ border-radius: 4px; }}
QRadioButton::indicator:checked {{
    width: {mark - 10}px; height: {mark - 10}px; border: 7px solid {p.accent};
}}
QCheckBox::indicator:checked {{ background: {p.accent}; border-color: {p.accent}; }}
QRadioButton::indicator:disabled, QCheckBox::indicator:disabled {{
    border-color: {p.line}; background: {p.window};
}}
QRadioButton::indicator:checked:disabled {{ border-color: {p.muted}; }}
QSlider {{ min-height: {touch}px; }}
QSlider::groove:horizontal {{ height: 8px; border-radius: 4px; background: {p.edge}; }}
QSlider::handle:horizontal {{
    width: 28px; margin: -10px 0; border-radius: 14px; background: {p.accent};
    border: 2px solid {p.surface};
}}
QSlider::handle:horizontal:focus {{ border: 3px solid {p.text}; }}
QSlider::handle:horizontal:disabled {{ background: {p.line}; }}
QToolTip {{ background: {p.text}; color: {p.window}; border: none; padding: 8px; }}
{_scrolled(p)}
"""


def _scrolled(p: Palette) -> str:
    """What scrolls: bare, or a card."""
    return f"""
QScrollArea {{ border: none; background: transparent; }}
QScrollArea > QWidget > QWidget {{ background: transparent; }}
QScrollArea[role="card"] {{
    background: {p.surface}; border: 1px solid {p.line}; border-radius: {CARD_RADIUS}px;
}}
QScrollArea[role="card"]:focus {{ border: 2px solid {p.accent}; }}
QScrollBar:vertical {{ width: 12px; background: transparent; }}
QScrollArea[role="card"] QScrollBar:vertical {{ margin: {CARD_RADIUS}px 0; }}
QScrollBar::handle:vertical {{
    background: {p.edge}; border-radius: 3px; margin: 0 3px; min-height: {TOUCH}px;
}}
QScrollBar::handle:vertical:hover {{ border-radius: 5px; margin: 0 1px; }}
QScrollBar::add-line, QScrollBar::sub-line {{ height: 0; }}
"""


def _lists(p: Palette) -> str:
    """Lists and tables."""
    return f"""
QListView, QTableView {{
    background: {p.surface}; color: {p.text}; border: 1px solid {p.line};
    border-radius: {RADIUS}px; outline: none; padding: {STEP}px;
}}
QListView:focus, QTableView:focus {{ border: 2px solid {p.accent}; }}
QListView::item {{
    padding: {2 * STEP}px; padding-left: {STEP}px; border-left: {STEP}px solid transparent;
}}
QListView::item:selected {{ border-left: {STEP}px solid {p.tones[Tone.CHOICE].edge}; }}
QListView::item:selected, QTableView::item:selected {{
    background: {p.tones[Tone.CHOICE].soft}; color: {p.tones[Tone.CHOICE].ink};
}}
QTableView::item {{ padding: 0 {STEP}px; }}
QHeaderView, QHeaderView::section {{
    background: {p.surface}; color: {p.muted}; border: none; padding: {STEP}px;
}}
"""

"""The colours, light and dark, each also with high contrast, as data.

From Okabe and Ito's colour-blind-safe set (Color Universal Design, 2008): bluish green, vermilion,
blue, orange, reddish purple; darkened, or in the dark lightened, until text on them reaches WCAG
2.2 AA (1.4.3: 4.5 to 1; 1.4.11: 3 to 1 for shapes and edges). With high contrast it is AAA (1.4.6:
7 to 1), and every edge is as strong as text. tests/ui/test_palette.py computes it, for every eye.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from merchant_app.errors import Bug


class Tone(Enum):
    """What a card, a message or the status pill says by its colour, never by that alone."""

    QUIET = "quiet"
    YES = "yes"
    """May be debited."""
    CHOICE = "choice"
    """Another choice is needed first."""
    LATER = "later"
    """Recorded here, not confirmed there."""
    WAIT = "wait"
    NO = "no"


@dataclass(frozen=True, slots=True)
class Colours:
    """One tone.

    Attributes:
        solid: a whole surface of it; `on_solid` is the text on that.
        soft: a tinted surface; `ink` is the text on that, `edge` its border and shapes.
    """

    solid: str
    on_solid: str
    soft: str
    ink: str
    edge: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Palette:
    """One complete set.

    Attributes:
        window: behind everything; `surface` is what lies on it: fields, panels.
        text: on both; `muted` the less important text, on both.
        line: hairlines that only divide; `edge` the borders of fields, 3 to 1 on both.
        accent: the main button, the focus ring, the chosen place; `on_accent` the text on it.
        training, on_training: the band of training mode.
    """

    window: str
    surface: str
    sunken: str
    text: str
    muted: str
    line: str
    edge: str
    accent: str
    accent_hover: str
    accent_pressed: str
    on_accent: str
    training: str
    on_training: str
    tones: dict[Tone, Colours]


LIGHT = Palette(
    window="#F4F2EE",
    surface="#FFFFFF",
    sunken="#EAE7E1",
    text="#1D1C1A",
    muted="#5B5852",
    line="#DCD8D0",
    edge="#8B877F",
    accent="#00598C",
    accent_hover="#004C78",
    accent_pressed="#003F64",
    on_accent="#FFFFFF",
    training="#8A3A6B",
    on_training="#FFFFFF",
    tones={
        Tone.QUIET: Colours("#5B5852", "#FFFFFF", "#FBFAF8", "#1D1C1A", "#8B877F"),
        Tone.YES: Colours("#00694D", "#FFFFFF", "#E1F3EC", "#00533D", "#007A59"),
        Tone.CHOICE: Colours("#00598C", "#FFFFFF", "#E2EFF8", "#004A75", "#0072B2"),
        Tone.LATER: Colours("#855300", "#FFFFFF", "#FCF0D9", "#6B4300", "#9A6200"),
        Tone.WAIT: Colours("#50545A", "#FFFFFF", "#E9EAEC", "#3B3F44", "#6B7077"),
        Tone.NO: Colours("#AE3F00", "#FFFFFF", "#FCE9DF", "#8A3200", "#C24A05"),
    },
)

DARK = Palette(
    window="#151617",
    surface="#1F2123",
    sunken="#0F1011",
    text="#F2F0EB",
    muted="#B5B1A9",
    line="#34373A",
    edge="#7C8085",
    accent="#5BB4EA",
    accent_hover="#7CC4F0",
    accent_pressed="#479FD4",
    on_accent="#06202F",
    training="#E3A3C6",
    on_training="#33091F",
    tones={
        Tone.QUIET: Colours("#B5B1A9", "#151617", "#1B1D1F", "#F2F0EB", "#7C8085"),
        Tone.YES: Colours("#007A5A", "#FFFFFF", "#0D2A21", "#7FE3C0", "#2FB88D"),
        Tone.CHOICE: Colours("#0069A6", "#FFFFFF", "#0D2535", "#8FCDF5", "#4AA5DE"),
        Tone.LATER: Colours("#8C5A00", "#FFFFFF", "#2E2108", "#F5C669", "#D2952B"),
        Tone.WAIT: Colours("#62676E", "#FFFFFF", "#26292C", "#D3D6DA", "#90969D"),
        Tone.NO: Colours("#B84607", "#FFFFFF", "#34180A", "#FFB28C", "#EA7434"),
    },
)

CONTRAST_LIGHT = Palette(
    window="#FFFFFF",
    surface="#FFFFFF",
    sunken="#EDEDED",
    text="#000000",
    muted="#2B2B2B",
    line="#000000",
    edge="#000000",
    accent="#003A66",
    accent_hover="#002C4F",
    accent_pressed="#001F38",
    on_accent="#FFFFFF",
    training="#5C1245",
    on_training="#FFFFFF",
    tones={
        Tone.QUIET: Colours("#2B2B2B", "#FFFFFF", "#FFFFFF", "#000000", "#000000"),
        Tone.YES: Colours("#00452F", "#FFFFFF", "#E6F7F0", "#003A28", "#00452F"),
        Tone.CHOICE: Colours("#003A66", "#FFFFFF", "#E4F1FB", "#003056", "#003A66"),
        Tone.LATER: Colours("#573600", "#FFFFFF", "#FFF5E0", "#4A2E00", "#573600"),
        Tone.WAIT: Colours("#2E3237", "#FFFFFF", "#F0F1F3", "#23272B", "#2E3237"),
        Tone.NO: Colours("#752700", "#FFFFFF", "#FFEFE6", "#672200", "#752700"),
    },
)

CONTRAST_DARK = Palette(
    window="#000000",
    surface="#000000",
    sunken="#1C1C1C",
    text="#FFFFFF",
    muted="#E2E2E2",
    line="#FFFFFF",
    edge="#FFFFFF",
    accent="#8FD3FF",
    accent_hover="#B4E1FF",
    accent_pressed="#6CC2F7",
    on_accent="#000000",
    training="#FFC2E3",
    on_training="#000000",
    tones={
        Tone.QUIET: Colours("#E2E2E2", "#000000", "#000000", "#FFFFFF", "#FFFFFF"),
        Tone.YES: Colours("#6BF2C4", "#000000", "#06251B", "#8CF7D2", "#6BF2C4"),
        Tone.CHOICE: Colours("#8FD3FF", "#000000", "#071F30", "#A9DDFF", "#8FD3FF"),
        Tone.LATER: Colours("#FFD070", "#000000", "#291D04", "#FFDA8F", "#FFD070"),
        Tone.WAIT: Colours("#DDE1E6", "#000000", "#1D2023", "#E8EBEE", "#DDE1E6"),
        Tone.NO: Colours("#FFB38C", "#000000", "#2E1206", "#FFC3A3", "#FFB38C"),
    },
)


def palette_of(*, dark: bool, strong: bool) -> Palette:
    """The set for a dark screen or a light one, with high contrast or without."""
    if strong:
        return CONTRAST_DARK if dark else CONTRAST_LIGHT
    return DARK if dark else LIGHT


def contrast(one: str, other: str) -> float:
    """The contrast ratio of two colours, 1 to 21 (WCAG 2.2, "contrast ratio")."""
    lighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(colour: str) -> float:
    if len(colour) != 7 or not colour.startswith("#"):
        raise Bug(f"a colour is written #RRGGBB, not {colour!r}")
    channels = [int(colour[start : start + 2], 16) / 255 for start in (1, 3, 5)]
    red, green, blue = (
        channel / 12.92 if channel <= 0.04045 else ((channel + 0.055) / 1.055) ** 2.4
        for channel in channels
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue

"""The icons: one family of files, each used, sharp, and told apart without colour."""

from __future__ import annotations

import itertools
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QImage, QPainter
from PySide6.QtWidgets import QApplication, QRadioButton, QWidget
from pytestqt.qtbot import QtBot

from merchant_app.errors import Bug
from merchant_app.resources import resource_path
from merchant_app.ui import icon_files
from merchant_app.ui.check_box import CheckBox
from merchant_app.ui.encaisser.card import Shape
from merchant_app.ui.palette import contrast
from merchant_app.ui.shapes import draw_shape
from merchant_app.ui.theme import Look, Scheme
from tests.house.sources import ROOT

FILES = sorted(resource_path(*icon_files.FOLDER).iterdir())
FIRST_LINE = {
    "width": "24",
    "height": "24",
    "viewBox": "0 0 24 24",
    "fill": "none",
    "stroke": "currentColor",
    "stroke-width": "2",
    "stroke-linecap": "round",
    "stroke-linejoin": "round",
}
SVG = "{http://www.w3.org/2000/svg}"
VERDICTS = (
    Shape.CHECK_CIRCLE,
    Shape.CHECK_DASHED,
    Shape.CHECK_FILLED,
    Shape.HALF,
    Shape.HOURGLASS,
    Shape.OCTAGON,
    Shape.QUESTION,
    Shape.UNDO,
    Shape.DOTS,
    Shape.VIEWFINDER,
)
SCHEMES = (Scheme.LIGHT, Scheme.DARK, Scheme.CONTRAST)


def drawn(shape: Shape, *, side: int = 24, ratio: int = 1) -> QImage:
    """In black, on nothing."""
    image = QImage(side * ratio, side * ratio, QImage.Format.Format_ARGB32_Premultiplied)
    image.setDevicePixelRatio(ratio)
    image.fill(Qt.GlobalColor.transparent)
    painter = QPainter(image)
    draw_shape(painter, shape, QRectF(0, 0, side, side), colour=QColor("#000000"))
    painter.end()
    return image


def ink(image: QImage) -> list[int]:
    """How much of each pixel is covered, 0 to 255."""
    wide, high = image.width(), image.height()
    return [image.pixelColor(x, y).alpha() for y in range(high) for x in range(wide)]


# --- the family ----------------------------------------------------------------------------------


def test_every_file_is_a_shape_and_every_shape_a_file() -> None:
    assert {path.name for path in FILES} == {f"{shape.value}.svg" for shape in Shape}


def test_every_shape_is_used() -> None:
    sources = "".join(
        path.read_text(encoding="utf-8") for path in (ROOT / "merchant_app").rglob("*.py")
    )
    assert [shape.name for shape in Shape if f"Shape.{shape.name}" not in sources] == []


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_file_keeps_to_the_family(path: Path) -> None:
    """Read by another reader than the program's, and with its words."""
    root = ET.parse(path).getroot()
    assert root.tag == f"{SVG}svg"
    assert root.attrib == FIRST_LINE
    for part in root.iter():
        assert part.text is None or not part.text.strip()
        if part is root:
            continue
        assert "stroke-width" not in part.attrib
        assert "style" not in part.attrib
        masks = {"white", "black"} if part not in list(root) else set()
        assert part.get("fill") in {None, "currentColor", "none", *masks}
        assert part.get("stroke") in {None, "none", *masks}


@pytest.mark.parametrize("shape", Shape, ids=lambda shape: shape.value)
def test_a_shape_fills_its_square_and_stays_inside(shape: Shape) -> None:
    wide = QRectF()
    for part in icon_files.drawing(shape.value):
        edge = 0.0 if part.pen is None else part.pen.widthF() / 2
        wide |= part.path.boundingRect().adjusted(-edge, -edge, edge, edge)
    assert QRectF(0, 0, 24, 24).contains(wide)
    assert max(wide.width(), wide.height()) >= 14


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ('stroke-width="2"', 'stroke-width="3"'),
        ("0 0 24 24", "0 0 32 32"),
        ('<path d="M5', '<path stroke="red" d="M5'),
        ('<path d="M5', '<path fill="#00694D" d="M5'),
        ('<path d="M5', '<path opacity="0.5" d="M5'),
        ('<path d="M5', '<line d="M5'),
        ("L10", "l10"),
        ("L19 7", "L19"),
        ("</svg>", ""),
        ("</svg>", "</svg><svg>"),
        ("  <path", "  a word <path"),
    ],
)
def test_what_is_not_of_the_family_is_refused(before: str, after: str) -> None:
    text = resource_path(*icon_files.FOLDER, "tick.svg").read_text(encoding="utf-8")
    assert icon_files.read(text)
    assert before in text
    with pytest.raises(Bug, match="icon"):
        icon_files.read(text.replace(before, after))


def test_an_icon_that_does_not_exist_is_a_bug() -> None:
    with pytest.raises(Bug, match="no icon"):
        icon_files.drawing("unicorn")


# --- what is seen --------------------------------------------------------------------------------


@pytest.mark.parametrize("ratio", [1, 2, 3, 4])
def test_a_straight_line_is_sharp_at_every_pixel_ratio(qapp: QApplication, ratio: int) -> None:
    """A line of the journal's page, two wide: nothing beside it is grey."""
    image = drawn(Shape.LINES, ratio=ratio)
    middle = [image.pixelColor(12 * ratio, y).alpha() for y in range(image.height())]
    line = [alpha for alpha in middle[10 * ratio : 14 * ratio] if alpha]
    assert line == [255] * (2 * ratio)


@pytest.mark.parametrize("ratio", [2, 4])
def test_more_pixels_are_more_detail_of_the_same(qapp: QApplication, ratio: int) -> None:
    for shape in Shape:
        small, large = sum(ink(drawn(shape))), sum(ink(drawn(shape, ratio=ratio)))
        assert large / ratio**2 == pytest.approx(small, rel=0.03)


@pytest.mark.parametrize(
    ("one", "other"), list(itertools.combinations(VERDICTS, 2)), ids=lambda shape: shape.value
)
def test_verdicts_are_told_apart_without_colour(
    qapp: QApplication, one: Shape, other: Shape
) -> None:
    """As small as in a list: in more of their pixels than a tenth of the smaller one's ink."""
    left, right = ink(drawn(one)), ink(drawn(other))
    apart = sum(abs(a - b) for a, b in zip(left, right, strict=True))
    assert apart > 0.1 * min(sum(left), sum(right))


@pytest.fixture(params=SCHEMES, ids=lambda scheme: scheme.value)
def look(request: pytest.FixtureRequest, qapp: QApplication) -> Look:
    qapp.setStyle("Fusion")
    return Look(qapp, request.param, text_scale=1.0)


def _colours(widget: QWidget, box: QRectF) -> Iterator[str]:
    image = widget.grab().toImage()
    inside = box.adjusted(3, 3, -3, -3).toRect()
    for y in range(inside.top(), inside.bottom() + 1):
        for x in range(inside.left(), inside.right() + 1):
            yield image.pixelColor(x, y).name().upper()


@pytest.mark.parametrize("enabled", [True, False], ids=["enabled", "disabled"])
def test_a_ticked_box_has_a_tick(qtbot: QtBot, look: Look, enabled: bool) -> None:
    parent = QWidget()
    qtbot.addWidget(parent)
    box = CheckBox(look, "Words", parent)
    box.resize(box.sizeHint())
    box.setEnabled(enabled)
    assert len(set(_colours(box, QRectF(box.box())))) == 1
    box.setChecked(True)
    ticked = list(_colours(box, QRectF(box.box())))
    ground = max(set(ticked), key=ticked.count)
    tick = [colour for colour in ticked if contrast(colour, ground) >= 3]
    assert len(ticked) * 0.08 < len(tick) < len(ticked) * 0.5


@pytest.mark.parametrize("enabled", [True, False], ids=["enabled", "disabled"])
def test_a_chosen_button_has_a_ring(qtbot: QtBot, look: Look, enabled: bool) -> None:
    """Thicker by half at least than that of one that is not chosen, whatever their colours."""
    rims = []
    for chosen in (False, True):
        button = QRadioButton("Words")
        qtbot.addWidget(button)
        button.resize(button.sizeHint())
        button.setEnabled(enabled)
        button.setChecked(chosen)
        image = button.grab().toImage()
        row = [image.pixelColor(x, button.height() // 2).name().upper() for x in range(32)]
        ground = row[16]
        rims.append(sum(contrast(colour, ground) >= 1.2 for colour in row[4:28]))
    assert rims[1] > 1.5 * rims[0]


def test_no_box_is_made_without_its_tick() -> None:
    for path in (ROOT / "merchant_app" / "ui").rglob("*.py"):
        if path.name != "check_box.py":
            assert "QCheckBox(" not in path.read_text(encoding="utf-8"), path

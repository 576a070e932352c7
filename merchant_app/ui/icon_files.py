"""The icons' files: one small strict reader for the family in resources/icons/24.

They are SVG, so that any drawing program opens them, and keep to what this reads: a grid of 24,
one stroke width, round caps and joins, the one colour that whoever paints chooses. Qt's own SVG
module could read any file; it is one more library in every package, and it colours a drawing by
reading it again.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from pathlib import Path

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QPainterPath, QPainterPathStroker, QPen

from merchant_app.errors import Bug
from merchant_app.resources import resource_path

GRID = 24
STROKE = 2.0
FOLDER = ("icons", "24")
_FAMILY = {
    "xmlns": "http://www.w3.org/2000/svg",
    "width": f"{GRID}",
    "height": f"{GRID}",
    "viewBox": f"0 0 {GRID} {GRID}",
    "fill": "none",
    "stroke": "currentColor",
    "stroke-width": f"{STROKE:.0f}",
    "stroke-linecap": "round",
    "stroke-linejoin": "round",
}
_MASK_GROUND = {"width": f"{GRID}", "height": f"{GRID}", "fill": "white", "stroke": "none"}
_PAINT = {"fill": "currentColor", "stroke": "none", "mask": "url(#cut)"}
_GEOMETRY = {"path": ("d",), "circle": ("cx", "cy", "r"), "rect": ("x", "y", "width", "height")}
_NUMBERS = {"M": 2, "L": 2, "H": 1, "V": 1, "Q": 4, "C": 6, "Z": 0}


class Part:
    """One line or surface of a drawing. Plain: six of these files are read as the till opens.

    Attributes:
        path: on the grid.
        filled: whether its inside is painted.
        pen: what it is drawn with; None: no line. Its colour is for whoever paints to set.
    """

    __slots__ = ("filled", "path", "pen")

    def __init__(self, path: QPainterPath, pen: QPen | None, *, filled: bool) -> None:
        self.path = path
        self.pen = pen
        self.filled = filled


@cache
def drawing(name: str) -> tuple[Part, ...]:
    """The drawing of a file, read once.

    Raises:
        Bug: there is no such file, or it does not keep to the family.
    """
    file = _folder() / f"{name}.svg"
    if not file.is_file():
        raise Bug(f"there is no icon {name!r}")
    return read(file.read_text(encoding="utf-8"))


def load() -> None:
    """Read them all now, in a worker thread: the till's first picture has a dozen."""
    for file in _folder().glob("*.svg"):
        drawing(file.stem)


@cache
def _folder() -> Path:
    return resource_path(*FOLDER)


def read(text: str) -> tuple[Part, ...]:
    """A drawing from the text of its file.

    Raises:
        Bug: it does not keep to the family.
    """
    tags = _tags(text)
    if next(tags, None) != ("svg", _FAMILY):
        raise Bug("an icon has the first line of its family")
    parts: list[Part] = []
    cut = QPainterPath()
    for name, attributes in tags:
        if name == "/svg":
            if not parts or next(tags, None) is not None:
                raise Bug("an icon is one drawing")
            return tuple(parts)
        if name == "mask":
            cut = _cut(attributes, tags)
        else:
            parts.append(_part(name, attributes, cut))
    raise Bug("an icon has an end")


def _tags(text: str) -> Iterator[tuple[str, dict[str, str]]]:
    """Each tag with its attributes; a closing one as "/name"."""
    before, *pieces = text.split("<")
    for piece in pieces:
        tag, closed, after = piece.partition(">")
        if before.strip() or not closed or after.strip():
            raise Bug(f"an icon's file is tags only, not {piece!r}")
        between = tag.removesuffix("/").split('"')
        name, *first = between[0].split(maxsplit=1)
        keys = [*first, *between[2::2]]
        yield (
            name,
            {
                key.strip().removesuffix("="): value
                for key, value in zip(keys, between[1::2], strict=False)
            },
        )


def _cut(attributes: dict[str, str], tags: Iterator[tuple[str, dict[str, str]]]) -> QPainterPath:
    """What a mask takes out of the surface that wears it: a line in the family's width."""
    ground, line, end = next(tags, None), next(tags, None), next(tags, None)
    if attributes != {"id": "cut"} or ground != ("rect", _MASK_GROUND) or end != ("/mask", {}):
        raise Bug("an icon's mask is a white ground and one black line")
    if line is None or line[0] != "path" or line[1].keys() != {"stroke", "d"}:
        raise Bug("an icon's mask cuts along one path")
    if line[1]["stroke"] != "black":
        raise Bug("an icon's mask cuts in black")
    return _stroked(_path(line[1]["d"]))


def _part(name: str, attributes: dict[str, str], cut: QPainterPath) -> Part:
    paint = {key: value for key, value in attributes.items() if key in _PAINT}
    if any(_PAINT[key] != value for key, value in paint.items()):
        raise Bug(f"an icon has no colours of its own: {paint}")
    dashes = attributes.get("stroke-dasharray")
    shape = {
        key: value
        for key, value in attributes.items()
        if key not in paint and key != "stroke-dasharray"
    }
    path = _geometry(name, shape)
    if "mask" in paint:
        # Solid to its outer edge, less the cut: on any ground, which nobody has to know.
        return Part(path.united(_stroked(path)).subtracted(cut), None, filled=True)
    pen = None if "stroke" in paint else _pen()
    if pen is not None and dashes is not None:
        pen.setDashPattern([float(length) / STROKE for length in dashes.split()])
    return Part(path, pen, filled="fill" in paint)


def _geometry(name: str, attributes: dict[str, str]) -> QPainterPath:
    needed = _GEOMETRY.get(name)
    if needed is None or attributes.keys() - {"rx"} != set(needed):
        raise Bug(f"an icon has no <{name}> with {sorted(attributes)}")
    if name == "path":
        return _path(attributes["d"])
    path = QPainterPath()
    numbers = [float(attributes[key]) for key in needed]
    if name == "circle":
        x, y, radius = numbers
        path.addEllipse(QRectF(x - radius, y - radius, 2 * radius, 2 * radius))
    else:
        round_ = float(attributes.get("rx", "0"))
        path.addRoundedRect(QRectF(*numbers), round_, round_)
    return path


def _path(data: str) -> QPainterPath:
    """SVG's path data, absolute commands only, each written out."""
    path = QPainterPath()
    words = "".join(f" {sign} " if sign.isalpha() else sign for sign in data).split()
    while words:
        command = words.pop(0)
        count = _NUMBERS.get(command)
        if count is None or len(words) < count:
            raise Bug(f"an icon's path has no {command}, or not with so few numbers: {data}")
        numbers = [float(word) for word in words[:count]]
        del words[:count]
        here = path.currentPosition()
        match command:
            case "M":
                path.moveTo(*numbers)
            case "L":
                path.lineTo(*numbers)
            case "H":
                path.lineTo(numbers[0], here.y())
            case "V":
                path.lineTo(here.x(), numbers[0])
            case "Q":
                path.quadTo(*numbers)
            case "C":
                path.cubicTo(*numbers)
            case _:
                path.closeSubpath()
    return path


def _stroked(path: QPainterPath) -> QPainterPath:
    return QPainterPathStroker(_pen()).createStroke(path)


def _pen() -> QPen:
    pen = QPen()
    pen.setWidthF(STROKE)
    pen.setCapStyle(Qt.PenCapStyle.RoundCap)
    pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
    return pen

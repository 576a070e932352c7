"""One page of the manual, painted: Markdown in the type and the colours of the till."""

from __future__ import annotations

import re
from collections import deque
from pathlib import PurePosixPath

from PySide6.QtCore import QSize, Qt, QTimer, QUrl, Signal, Slot
from PySide6.QtGui import (
    QBrush,
    QColor,
    QImageReader,
    QPixmap,
    QResizeEvent,
    QTextBlockFormat,
    QTextCharFormat,
    QTextCursor,
    QTextDocument,
    QTextFrameFormat,
    QTextLength,
    QTextTable,
    QTextTableFormat,
)
from PySide6.QtWidgets import QFrame, QTextBrowser, QTextEdit, QWidget

from merchant_app.errors import Bug
from merchant_app.i18n import _
from merchant_app.resources import resource_path
from merchant_app.ui.focus_ring import FocusRing
from merchant_app.ui.manual.shelf import folded
from merchant_app.ui.palette import Tone
from merchant_app.ui.theme import STEP, Look, Size

_LINE_HEIGHT_PERCENT = 130
_PICTURE = "\ufffc"
"""What a document's text has where a picture stands."""
_DIALECT = (
    QTextDocument.MarkdownFeature.MarkdownDialectGitHub
    | QTextDocument.MarkdownFeature.MarkdownNoHTML
)
_WORDS = re.compile(r"\w+")


class PageBrowser(QTextBrowser):
    """GUI thread. Leads to other pages of the manual, never out of it: this is a till.

    Signals:
        wanted(str): the page in this file, without its ending.
    """

    wanted = Signal(str)

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look = look
        self._text = ""
        self._heading = ""
        self._shown: QTextDocument | None = None
        self._drawn_for = 0
        FocusRing(look, self)
        self._pictures: dict[tuple[str, int], QPixmap] = {}
        self._coming: deque[tuple[QUrl, str]] = deque()
        self._next_picture = QTimer(self)
        self._next_picture.setSingleShot(True)
        self._next_picture.setInterval(0)
        self._next_picture.timeout.connect(self._bring_picture)
        self._words: tuple[str, ...] = ()
        self._hits: list[QTextCursor] = []
        self._at = 0
        self.setOpenLinks(False)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOn)
        self.setAccessibleName(_("Page of the manual"))
        self.anchorClicked.connect(self._clicked)
        look.changed.connect(self._draw)

    # --- what is shown ---------------------------------------------------------------------------

    def show_page(self, text: str, looked_for: str = "", *, heading: str = "") -> None:
        """This Markdown, from its top, from this heading, or from the first place that has what is
        looked for."""
        self._words = tuple(_WORDS.findall(folded(looked_for)))
        self._heading = heading
        if text == self._text:
            self._mark()
        else:
            self._text = text
            self._draw()

    def next_hit(self) -> None:
        """On to the next place that has what is looked for; after the last the first."""
        if self._hits:
            self._at = (self._at + 1) % len(self._hits)
            self._show_hits()

    @property
    def hits(self) -> int:
        """How many places have it."""
        return len(self._hits)

    def loadResource(self, kind: int, name: QUrl | str) -> object:
        """Pictures of the manual, and nothing else, from nowhere else.

        A page is laid out with the room of its pictures; they come one by one after it, so that
        none of these steps is long.
        """
        if kind != QTextDocument.ResourceType.ImageResource.value:
            return None
        address = name if isinstance(name, QUrl) else QUrl(name)
        key = (PurePosixPath(address.path()).name, self._room())
        if key in self._pictures:
            return self._pictures[key]
        try:
            path = str(resource_path("manual", "pictures", key[0]))
        except Bug:
            return None
        self._coming.append((address, path))
        self._next_picture.start()
        ratio = self.devicePixelRatioF()
        room = QPixmap(_fitted(QImageReader(path).size(), round(key[1] * ratio)))
        room.setDevicePixelRatio(ratio)
        room.fill(QColor(self._look.palette.sunken))
        return room

    @Slot()
    def _bring_picture(self) -> None:
        address, path = self._coming.popleft()
        key = (PurePosixPath(address.path()).name, self._room())
        if key not in self._pictures:
            ratio = self.devicePixelRatioF()
            picture = QPixmap(path)
            size = _fitted(picture.size(), round(key[1] * ratio))
            if size != picture.size():
                smooth = Qt.TransformationMode.SmoothTransformation
                keep = Qt.AspectRatioMode.IgnoreAspectRatio
                picture = picture.scaled(size, keep, smooth)
            picture.setDevicePixelRatio(ratio)
            self._pictures[key] = picture
        image = QTextDocument.ResourceType.ImageResource.value
        self.document().addResource(image, address, self._pictures[key])
        self.viewport().update()
        if self._coming:
            self._next_picture.start()

    def _room(self) -> int:
        """The width of a picture at most, in the pixels of a layout."""
        return self.viewport().width() - 10 * STEP

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if self._text and self.viewport().width() != self._drawn_for:
            self._draw()

    # --- painting --------------------------------------------------------------------------------

    def _draw(self) -> None:
        self._coming.clear()
        self._next_picture.stop()
        document = QTextDocument(self)
        document.setDefaultFont(self._look.font(Size.BODY))
        document.setDocumentMargin(5 * STEP)
        # All before it is shown: what is shown is laid out anew after each change.
        document.setMarkdown(self._text, _DIALECT)
        _Dress(self._look, document).put_on()
        before, self._shown = self._shown, document
        self._drawn_for = self.viewport().width()
        self.setDocument(document)
        if before is not None:
            before.deleteLater()
        self._mark()

    def _mark(self) -> None:
        self._find()
        self.moveCursor(QTextCursor.MoveOperation.Start)
        self._show_part()
        self._show_hits()

    def _show_part(self) -> None:
        """The heading at the top, as far as what comes after it allows."""
        block = self.document().begin()
        while self._heading and block.isValid():
            if block.blockFormat().headingLevel() and block.text() == self._heading:
                self.setTextCursor(QTextCursor(block))
                top = self.document().documentLayout().blockBoundingRect(block).top()
                self.verticalScrollBar().setValue(round(top) - 2 * STEP)
                return
            block = block.next()

    def _find(self) -> None:
        self._hits, self._at = [], 0
        block = self.document().begin()
        while block.isValid():
            # One for one: a sign that folds into several, or none, would move what follows.
            text = "".join((folded(sign) or " ")[0] for sign in block.text())
            for word in self._words:
                for match in re.finditer(rf"\b{re.escape(word)}", text):
                    self._hits.append(self._cursor(block.position(), match.span()))
            block = block.next()
        self._hits.sort(key=QTextCursor.selectionStart)

    def _cursor(self, start: int, span: tuple[int, int]) -> QTextCursor:
        cursor = QTextCursor(self.document())
        cursor.setPosition(start + span[0])
        cursor.setPosition(start + span[1], QTextCursor.MoveMode.KeepAnchor)
        return cursor

    def _show_hits(self) -> None:
        tones = self._look.palette.tones
        marks = []
        for number, cursor in enumerate(self._hits):
            tone = tones[Tone.CHOICE if number == self._at else Tone.LATER]
            mark = QTextEdit.ExtraSelection()
            mark.cursor = cursor
            mark.format.setBackground(QColor(tone.solid))
            mark.format.setForeground(QColor(tone.on_solid))
            marks.append(mark)
        self.setExtraSelections(marks)
        if self._hits:
            at = QTextCursor(self._hits[self._at])
            at.setPosition(at.selectionStart())
            self.setTextCursor(at)
            self.ensureCursorVisible()

    def _clicked(self, link: QUrl) -> None:
        path = PurePosixPath(link.path())
        if not link.scheme() and path.suffix == ".md":
            self.wanted.emit(path.stem)


def _fitted(picture: QSize, room: int) -> QSize:
    """As wide as there is room, never wider than it is."""
    if picture.width() <= room or room <= 0:
        return picture
    return QSize(room, round(picture.height() * room / picture.width()))


class _Dress:
    """Type, room and lines of a document that Markdown made."""

    def __init__(self, look: Look, document: QTextDocument) -> None:
        self._look = look
        self._document = document

    def put_on(self) -> None:
        at_once = QTextCursor(self._document)
        at_once.beginEditBlock()
        self._blocks()
        for frame in self._document.rootFrame().childFrames():
            if isinstance(frame, QTextTable):
                self._table(frame)
        at_once.endEditBlock()

    def _blocks(self) -> None:
        block = self._document.begin()
        while block.isValid():
            cursor = QTextCursor(block)
            level = block.blockFormat().headingLevel()
            room = QTextBlockFormat()
            if not level and block.text() != _PICTURE:
                room.setLineHeight(
                    _LINE_HEIGHT_PERCENT, QTextBlockFormat.LineHeightTypes.ProportionalHeight.value
                )
            if not self._in_table(cursor):
                room.setTopMargin((4 if level else 1) * STEP)
                room.setBottomMargin(2 * STEP)
            cursor.mergeBlockFormat(room)
            if level:
                cursor.select(QTextCursor.SelectionType.BlockUnderCursor)
                letters = QTextCharFormat()
                size = Size.FIGURE if level == 1 and not self._look.is_large else Size.TITLE
                letters.setFont(self._look.font(size, bold=True))
                cursor.mergeCharFormat(letters)
            block = block.next()

    @staticmethod
    def _in_table(cursor: QTextCursor) -> bool:
        return cursor.currentTable() is not None

    def _table(self, table: QTextTable) -> None:
        palette = self._look.palette
        lines = QTextTableFormat(table.format())
        lines.setWidth(QTextLength(QTextLength.Type.PercentageLength, 100))
        lines.setBorder(1)
        lines.setBorderStyle(QTextFrameFormat.BorderStyle.BorderStyle_Solid)
        lines.setBorderBrush(QBrush(QColor(palette.line)))
        lines.setBorderCollapse(True)
        lines.setCellPadding(2 * STEP)
        lines.setTopMargin(2 * STEP)
        lines.setBottomMargin(3 * STEP)
        table.setFormat(lines)
        for column in range(table.columns()):
            cell = table.cellAt(0, column)
            head = cell.format().toTableCellFormat()
            head.setBackground(QColor(palette.sunken))
            cell.setFormat(head)

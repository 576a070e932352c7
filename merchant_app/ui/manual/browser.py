"""One page of the manual, painted: Markdown in the type and the colours of the till."""

from __future__ import annotations

import re
from pathlib import PurePosixPath

from PySide6.QtCore import Qt, QUrl, Signal
from PySide6.QtGui import (
    QBrush,
    QColor,
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
        self._shown: QTextDocument | None = None
        self._drawn_for = 0
        FocusRing(look, self)
        self._pictures: dict[tuple[str, int], QPixmap] = {}
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

    def show_page(self, text: str, looked_for: str = "") -> None:
        """This Markdown, from its top, or from the first place that has what is looked for."""
        self._words = tuple(_WORDS.findall(folded(looked_for)))
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
        """Pictures of the manual, and nothing else, from nowhere else."""
        if kind != QTextDocument.ResourceType.ImageResource.value:
            return None
        path = PurePosixPath(name.path() if isinstance(name, QUrl) else name)
        room = self.viewport().width() - 10 * STEP
        key = (path.name, room)
        if key not in self._pictures:
            try:
                picture = QPixmap(str(resource_path("manual", "pictures", path.name)))
            except Bug:
                return None
            self._pictures[key] = self._fitted(picture, room)
        return self._pictures[key]

    def _fitted(self, picture: QPixmap, room: int) -> QPixmap:
        """As wide as there is room, in the pixels of this screen."""
        ratio = self.devicePixelRatioF()
        if picture.width() > room * ratio > 0:
            smooth = Qt.TransformationMode.SmoothTransformation
            picture = picture.scaledToWidth(round(room * ratio), smooth)
        picture.setDevicePixelRatio(ratio)
        return picture

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if self._text and self.viewport().width() != self._drawn_for:
            self._draw()

    # --- painting --------------------------------------------------------------------------------

    def _draw(self) -> None:
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
        self._show_hits()

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

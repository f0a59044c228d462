"""How the checklist's rows come onto the screen: the model of an intake and the painting of its rows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QAbstractListModel, QModelIndex, QPersistentModelIndex, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPen
from PySide6.QtWidgets import QStyledItemDelegate, QStyleOptionViewItem

from clerk_app.design.tokens import COLOR, RADIUS, SIZE, SPACE
from clerk_app.domain.catalogue import Material
from clerk_app.domain.checklist import MaterialCheck, Verdict
from clerk_app.domain.intake import Intake
from clerk_app.ui.kit import paint
from clerk_app.ui.kit.theme import px, theme
from clerk_app.ui.window.case import checklist_rows as rows
from clerk_app.ui.window.case.checklist_rows import Mode

if TYPE_CHECKING:
    from clerk_app.ui.window.case.checklist_list import Checklist

Index = QModelIndex | QPersistentModelIndex
_TINTS = {Verdict.DEFECTIVE: COLOR.row_bad, Verdict.TOLERATED: COLOR.row_warn}


class ChecklistModel(QAbstractListModel):
    """The rows of an intake; a row's text is what a screen reader says."""

    def __init__(self) -> None:
        super().__init__()
        self.intake: Intake | None = None
        self.rows: tuple[tuple[Material, MaterialCheck], ...] = ()
        self.scanned: dict[str, int] = {}
        """Material id → sheets kept as pictures."""

    def show(self, intake: Intake) -> None:
        """Take a new state; the number of rows changes only with the situation."""
        same = [m.id for m, _ in self.rows] == [m.id for m, _ in intake.rows]
        if same:
            self.intake, self.rows = intake, intake.rows
            if self.rows:
                self.dataChanged.emit(self.index(0), self.index(len(self.rows) - 1))
            return
        self.beginResetModel()
        self.intake, self.rows = intake, intake.rows
        self.endResetModel()

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own signature
        return 0 if parent.isValid() else len(self.rows)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid() or self.intake is None or self.intake.matter is None:
            return None
        material, check = self.rows[index.row()]
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return rows.words(self.intake.matter, material, check, self.scanned.get(material.id, 0)).spoken(
                index.row() + 1
            )
        if role == Qt.ItemDataRole.ToolTipRole:
            return f"{material.name}\n{material.criterion}\n{material.legal_basis}{material.note}"
        return None


class ChecklistDelegate(QStyledItemDelegate):
    """Paints a row, opened where the view's mode says so."""

    def __init__(self, view: Checklist) -> None:
        super().__init__(view)
        self._view = view

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        width = self._view.viewport().width()
        material, check = self._view.row(index.row())
        mode = self._view.mode if index.row() == self._view.current_row() else Mode.VERDICTS
        return QSize(width, rows.open_height(width, material, check, mode))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        intake = self._view.intake
        if intake is None or intake.matter is None:
            return
        material, check = self._view.row(index.row())
        focused = index.row() == self._view.current_row()
        opened = focused and self._view.mode is not Mode.VERDICTS
        area: QRect = option.rect
        painter.save()
        painter.fillRect(area, QColor(_TINTS.get(check.verdict, COLOR.paper)))
        painter.fillRect(QRect(area.x(), area.bottom(), area.width(), px(SIZE.hairline)), QColor(COLOR.line))
        words = rows.words(intake.matter, material, check, self._view.scanned.get(material.id, 0))
        self._row(painter, area, index.row() + 1, words, check)
        if opened and self._view.mode is Mode.LACKING:
            self._lacking(painter, area, material, check)
        elif opened and self._view.mode is Mode.PAGES:
            self._pages(painter, area, check)
        elif opened:
            self._defects(painter, area, material, check)
        if focused and self._view.hasFocus():
            paint.row_frame(painter, area.adjusted(0, 0, 1, 1))
        painter.restore()

    def _row(self, painter: QPainter, area: QRect, number: int, words: rows.Words, check: MaterialCheck) -> None:
        place, fonts = rows.geometry(area), theme().fonts
        paint.mark(painter, place.mark, rows.MARKS[check.verdict], number)
        item, note = fonts.line("item"), fonts.line("note")
        top = area.top() + (px(SIZE.row) - item - note) // 2
        left, width = place.text.left(), place.text.width()
        paint.text(painter, QRect(left, top, width, item), words.name, "item", COLOR.ink9)
        paint.text(painter, QRect(left, top + item, width, note), words.criterion, "note", COLOR.ink5)
        self._lines(painter, place.required, words.required)
        self._lines(painter, place.received, words.at_hand)
        size = paint.pill_size(words.pill)
        result = place.result
        width = min(size.width(), result.width())
        if words.pill_note:
            pill_top = area.top() + px(SPACE.x2)
            indent = px(SPACE.x8)
            below = QRect(result.left() + indent, pill_top + size.height(), result.width() - indent, fonts.line("tiny"))
            paint.text(painter, below, words.pill_note, "tiny", COLOR.ink7)
        else:
            pill_top = area.top() + (px(SIZE.row) - size.height()) // 2
        paint.pill(painter, QRect(result.left(), pill_top, width, size.height()), words.pill, words.pill_state)

    def _lines(self, painter: QPainter, area: QRect, lines: tuple[str, ...]) -> None:
        height = theme().fonts.line("note")
        top = area.top() + (area.height() - height * len(lines)) // 2
        for number, line in enumerate(lines):
            paint.text(
                painter, QRect(area.left(), top + number * height, area.width(), height), line, "note", COLOR.ink7
            )

    def _defects(self, painter: QPainter, area: QRect, material: Material, check: MaterialCheck) -> None:
        for chip in rows.chips(area, material):
            _chip(painter, chip.rect, str(chip.digit), chip.phrase, chip.phrase in check.phrases)
        where = rows.sentence_rect(area, material, check)
        painter.setFont(theme().fonts["note"])
        painter.setPen(QColor(COLOR.ink9))
        painter.drawText(where, int(rows.WRAPPED), rows.spoken_sentence(material, check))

    def _pages(self, painter: QPainter, area: QRect, check: MaterialCheck) -> None:
        """The number under the eyes of whoever types it, in place of what was received."""
        place = rows.geometry(area).received
        height = theme().fonts.line("body") + px(SPACE.x6)
        box = QRect(place.left() - px(SPACE.x6), place.center().y() - height // 2, place.width(), height)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setBrush(QColor(COLOR.field))
        painter.setPen(QPen(QColor(COLOR.pri), px(SIZE.frame)))
        painter.drawRoundedRect(QRectF(box), px(RADIUS.button), px(RADIUS.button))
        painter.restore()
        words = f"{check.pages or '_'} 页"
        paint.text(painter, box.adjusted(px(SPACE.x6), 0, 0, 0), words, "body", COLOR.ink9, bold=True)

    def _lacking(self, painter: QPainter, area: QRect, material: Material, check: MaterialCheck) -> None:
        owed = max(1, material.form.needed - check.pieces)
        left, top = area.left() + px(rows.TEXT_LEFT), area.top() + px(SIZE.row)
        for count in range(1, min(9, material.form.needed) + 1):
            words = f"欠 {count} 份"
            width = rows.chip_width(count, words)
            _chip(painter, QRect(left, top, width, px(SIZE.chip)), str(count), words, count == owed, warn=True)
            left += width + px(SPACE.x6)


def _chip(painter: QPainter, rect: QRect, digit: str, words: str, chosen: bool, *, warn: bool = False) -> None:
    fill = (COLOR.warn_solid if warn else COLOR.bad_solid) if chosen else COLOR.paper
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setBrush(QColor(fill))
    painter.setPen(QPen(QColor(fill if chosen else COLOR.edge), px(SIZE.hairline)))
    painter.drawRoundedRect(QRectF(rect).adjusted(0.5, 0.5, -0.5, -0.5), px(RADIUS.button), px(RADIUS.button))
    painter.restore()
    cap = paint.cap_size(digit)
    top = rect.top() + (rect.height() - cap.height()) // 2
    paint.cap(painter, QRect(rect.left() + px(SPACE.x6), top, cap.width(), cap.height()), digit, dark=chosen)
    left = rect.left() + 2 * px(SPACE.x6) + cap.width()
    area = QRectF(left, rect.top(), rect.right() - left, rect.height())
    paint.text(painter, area, words, "body", COLOR.paper if chosen else COLOR.ink9)

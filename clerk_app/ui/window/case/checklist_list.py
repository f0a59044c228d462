"""The checklist itself: a list view whose focused row opens in place; plain keys give verdicts.

One key changes one ``MaterialCheck``; the list keeps no state of its own but the cursor and the mode of the keys.
"""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QListView

from clerk_app.domain.catalogue import Material
from clerk_app.domain.checklist import (
    RECEIVED,
    TOO_FEW,
    MaterialCheck,
    Verdict,
    notice_sentence,
    phrases_for,
    toggle_phrase,
)
from clerk_app.domain.errors import Refusal
from clerk_app.domain.intake import Intake
from clerk_app.ui.window.case import checklist_rows as rows
from clerk_app.ui.window.case.checklist_delegate import ChecklistDelegate, ChecklistModel
from clerk_app.ui.window.case.checklist_rows import Mode

_VERDICT_KEYS = {
    Qt.Key.Key_1: Verdict.ORIGINAL,
    Qt.Key.Key_2: Verdict.COPY,
    Qt.Key.Key_3: Verdict.EXEMPT,
    Qt.Key.Key_6: Verdict.NOT_APPLICABLE,
}
_MORE_AND_FEWER = {Qt.Key.Key_Plus: 1, Qt.Key.Key_Equal: 1, Qt.Key.Key_Minus: -1}
_OPEN_FOR = {Mode.DEFECTS: Verdict.DEFECTIVE, Mode.LACKING: Verdict.TOLERATED}
_COUNTED = RECEIVED | {Verdict.TOLERATED, Verdict.DEFECTIVE}
"""Rows of which pieces and pages are at hand or missing."""
MOST_PAGES = 9999


class Checklist(QListView):
    """Keys of the list: A, Enter, 1 2 3 4 5 6 0, + −, P, arrows; in an open row the digits choose what is wrong, or
    count pages."""

    changed = Signal(object)  # Intake
    refused = Signal(str)
    mode_changed = Signal()
    rewrite_wanted = Signal(str)
    left_at_end = Signal()
    moved = Signal()  # rows lie elsewhere: new size, scrolled, opened

    def __init__(self) -> None:
        super().__init__()
        self._model = ChecklistModel()
        self.mode = Mode.VERDICTS
        self._before: MaterialCheck | None = None
        self._fresh_pages = False
        self.setModel(self._model)
        self.setItemDelegate(ChecklistDelegate(self))
        self.setUniformItemSizes(False)
        self.setResizeMode(QListView.ResizeMode.Adjust)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        # By whole rows, so that no half row stands at the top.
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerItem)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setAttribute(Qt.WidgetAttribute.WA_InputMethodEnabled, False)
        self.setAccessibleName("材料清单")
        self.verticalScrollBar().valueChanged.connect(self.moved)

    # --- state ------------------------------------------------------------------------------------------------
    @property
    def intake(self) -> Intake | None:
        return self._model.intake

    @property
    def scanned(self) -> dict[str, int]:
        """Material id → sheets of it that are kept as pictures."""
        return self._model.scanned

    def show_scanned(self, scanned: dict[str, int]) -> None:
        """Other pages were kept or taken out."""
        if scanned != self._model.scanned:
            self._model.scanned = scanned
            self.viewport().update()

    def row(self, number: int) -> tuple[Material, MaterialCheck]:
        return self._model.rows[number]

    def current_row(self) -> int:
        return self.currentIndex().row()

    def show_intake(self, intake: Intake) -> None:
        """Show a state; the cursor goes to the first undecided row when the list is a new one."""
        fresh = self.intake is None or self.intake.case_id != intake.case_id or not self._model.rows
        self._model.show(intake)
        here = self.row(self.current_row())[1] if self.current_row() >= 0 else None
        if here is None or here.verdict is not _OPEN_FOR.get(self.mode, here.verdict):
            # Undone meanwhile: the digits mean verdicts again.
            self._set_mode(Mode.VERDICTS)
        if self._model.rows and (fresh or self.current_row() < 0):
            self.go_to(self.first_open())
        self._relayout()

    def out_of_sight(self) -> tuple[int, int]:
        """How many rows are cut or hidden above and below."""
        rects = [self.visualRect(self._model.index(number)) for number in range(len(self._model.rows))]
        bottom = self.viewport().height()
        return sum(rect.top() < 0 for rect in rects), sum(rect.bottom() > bottom for rect in rects)

    def first_open(self) -> int:
        """The first undecided row; when all are decided the first with a defect, else the last."""
        for wanted in (Verdict.PENDING, Verdict.DEFECTIVE):
            for number, (_, check) in enumerate(self._model.rows):
                if check.verdict is wanted:
                    return number
        return max(0, len(self._model.rows) - 1)

    def go_to(self, number: int) -> None:
        """Put the cursor on a row, closed."""
        self._set_mode(Mode.VERDICTS)
        index = self._model.index(number)
        self.setCurrentIndex(index)
        self.scrollTo(index)

    def _set_mode(self, mode: Mode) -> None:
        if mode is not self.mode:
            self.mode = mode
            self._relayout()
            self.mode_changed.emit()

    def _relayout(self) -> None:
        self.scheduleDelayedItemsLayout()
        self.viewport().update()
        if self.currentIndex().isValid():
            self.scrollTo(self.currentIndex())

    def updateGeometries(self) -> None:
        super().updateGeometries()
        self.moved.emit()

    # --- keys -------------------------------------------------------------------------------------------------
    def keyPressEvent(self, event: QKeyEvent) -> None:
        plain = event.modifiers() in (Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.KeypadModifier)
        shifted = event.modifiers() == Qt.KeyboardModifier.ShiftModifier and event.key() == Qt.Key.Key_Plus
        if not (plain or shifted) or self.intake is None or self.current_row() < 0:
            event.ignore()
            return
        try:
            handled = self._pressed(Qt.Key(event.key()), event.text())
        except Refusal as refusal:
            self.refused.emit(str(refusal))
            return
        if not handled:
            event.ignore()

    def _pressed(self, key: Qt.Key, text: str) -> bool:
        if key in (Qt.Key.Key_Up, Qt.Key.Key_Down):
            self._move(-1 if key == Qt.Key.Key_Up else 1)
            return True
        if self.mode is Mode.DEFECTS:
            return self._defect_key(key, text)
        if self.mode is Mode.LACKING:
            return self._lacking_key(key, text)
        if self.mode is Mode.PAGES:
            return self._pages_key(key, text)
        return self._verdict_key(key)

    def _verdict_key(self, key: Qt.Key) -> bool:
        assert self.intake is not None
        material, check = self.row(self.current_row())
        if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            if not check.decided:
                self.changed.emit(self.intake.mark_as_required(material))
            self._next()
        elif key == Qt.Key.Key_A:
            self.changed.emit(self.intake.mark_all_as_required())
            self.go_to(self.first_open())
        elif key in _VERDICT_KEYS:
            self.changed.emit(self.intake.mark(material, _VERDICT_KEYS[key]))
            self._next()
        elif key == Qt.Key.Key_4:
            self.changed.emit(self.intake.mark(material, Verdict.TOLERATED))
            self._open(Mode.LACKING, check)
        elif key == Qt.Key.Key_5:
            if check.verdict is not Verdict.DEFECTIVE:
                full = replace(check, pieces=check.pieces or material.form.needed)
                self.changed.emit(self.intake.with_check(full).mark(material, Verdict.DEFECTIVE))
            self._open(Mode.DEFECTS, check)
        elif key == Qt.Key.Key_0:
            self.changed.emit(self.intake.mark(material, Verdict.PENDING))
        elif key in _MORE_AND_FEWER and check.verdict in _COUNTED:
            self.changed.emit(self.intake.with_pieces(material, check.pieces + _MORE_AND_FEWER[key]))
        elif key == Qt.Key.Key_P:
            self._count_pages(material, check)
        else:
            return False
        return True

    def _count_pages(self, material: Material, check: MaterialCheck) -> None:
        """P: the row takes a number of pages; one that nobody looked at yet is received with it."""
        assert self.intake is not None
        if not check.decided:
            self.changed.emit(self.intake.mark_as_required(material))
        elif check.verdict not in _COUNTED:
            self.refused.emit("这一项没有收纸质材料，不用数页数")
            return
        self._fresh_pages = True
        self._open(Mode.PAGES, check)

    def _pages_key(self, key: Qt.Key, text: str) -> bool:
        assert self.intake is not None
        _, check = self.row(self.current_row())
        if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._before = None
            self._next()
        elif key == Qt.Key.Key_Backspace:
            self._set_pages(check, check.pages // 10)
        elif text.isdigit():
            before = 0 if self._fresh_pages else check.pages
            self._set_pages(check, before * 10 + int(text))
        else:
            return False
        return True

    def _set_pages(self, check: MaterialCheck, pages: int) -> None:
        assert self.intake is not None
        if pages > MOST_PAGES:
            self.refused.emit(f"页数最多 {MOST_PAGES}")
            return
        self._fresh_pages = False
        self.changed.emit(self.intake.with_check(replace(check, pages=pages)))

    def _defect_key(self, key: Qt.Key, text: str) -> bool:
        assert self.intake is not None
        material, check = self.row(self.current_row())
        if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            if not check.phrases and not check.sentence:
                self.refused.emit("先选哪里不对（按数字），或按 E 自己写")
            else:
                self._next()
        elif key == Qt.Key.Key_C:
            self.changed.emit(self.intake.with_check(replace(check, on_site=not check.on_site)))
        elif key == Qt.Key.Key_E:
            self.rewrite_wanted.emit(notice_sentence(material, check))
        elif text.isdigit() and 1 <= int(text) <= len(phrases_for(material)):
            self.toggle(phrases_for(material)[int(text) - 1])
        else:
            return False
        return True

    def toggle(self, phrase: str) -> None:
        """Choose or drop a defect phrase of the open row."""
        assert self.intake is not None
        material, check = self.row(self.current_row())
        if phrase == TOO_FEW:
            needed = material.form.needed
            self.changed.emit(self.intake.with_pieces(material, needed if phrase in check.phrases else needed - 1))
        else:
            self.changed.emit(self.intake.with_check(toggle_phrase(check, phrase)))

    def rewrite(self, sentence: str) -> None:
        """Put the clerk's own words into the notice."""
        assert self.intake is not None
        _, check = self.row(self.current_row())
        self.changed.emit(self.intake.with_check(replace(check, verdict=Verdict.DEFECTIVE, sentence=sentence)))

    def _lacking_key(self, key: Qt.Key, text: str) -> bool:
        assert self.intake is not None
        material, check = self.row(self.current_row())
        if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._next()
        elif text.isdigit() and 1 <= int(text) <= material.form.needed:
            self._owe(int(text))
        elif key in _MORE_AND_FEWER:
            owed = material.form.needed - check.pieces
            self._owe(min(material.form.needed, max(1, owed + _MORE_AND_FEWER[key])))
        else:
            return False
        return True

    def _owe(self, count: int) -> None:
        assert self.intake is not None
        material, check = self.row(self.current_row())
        self.changed.emit(self.intake.with_check(replace(check, pieces=material.form.needed - count)))

    def close_row(self, *, cancel: bool = False) -> bool:
        """Close the open row; one for which nothing was chosen is again what it was before. False when none is open.

        ``cancel`` (Esc) takes 容缺 and a count of pages back too.
        """
        if self.mode is Mode.VERDICTS:
            return False
        assert self.intake is not None
        _, check = self.row(self.current_row())
        nothing = cancel if self.mode is not Mode.DEFECTS else not check.phrases and not check.sentence
        before, self._before = self._before, None
        self._set_mode(Mode.VERDICTS)
        if nothing and before is not None:
            self.changed.emit(self.intake.with_check(before))
        return True

    def _open(self, mode: Mode, before: MaterialCheck) -> None:
        self._before = before
        self._set_mode(mode)

    def _move(self, step: int) -> None:
        self.close_row()
        wanted = self.current_row() + step
        if 0 <= wanted < len(self._model.rows):
            self.go_to(wanted)

    def _next(self) -> None:
        """On to the next undecided row; when there is none, the list is done."""
        after = [n for n, (_, check) in enumerate(self._model.rows) if not check.decided]
        later = [n for n in after if n > self.current_row()]
        if later or after:
            self.go_to((later or after)[0])
        else:
            self._set_mode(Mode.VERDICTS)
            self.left_at_end.emit()

    # --- mouse ------------------------------------------------------------------------------------------------
    def mousePressEvent(self, event: QMouseEvent) -> None:
        where = event.position().toPoint()
        index = self.indexAt(where)
        self.setFocus()
        if not index.isValid():
            return
        material, check = self.row(index.row())
        if index.row() == self.current_row() and self.mode is Mode.DEFECTS:
            chip = rows.chip_at(self.visualRect(index), material, where)
            if chip is not None:
                self.toggle(chip.phrase)
                return
        if index.row() != self.current_row():
            self.close_row()
            self.go_to(index.row())
        if rows.geometry(self.visualRect(index)).mark.contains(where) and not check.decided:
            self._verdict_key(Qt.Key.Key_Return)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        if self.indexAt(event.position().toPoint()).isValid() and self.mode is Mode.VERDICTS:
            self._verdict_key(Qt.Key.Key_5)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._relayout()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() is QEvent.Type.StyleChange:
            self._relayout()

"""The cards of step 5: the outcome, one sheet, the rating, and the slip that shows what should stand on a paper."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

from PySide6.QtCore import QPointF, QRectF, QSize, Signal
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from clerk_app.design.tokens import COLOR, SIZE, SPACE
from clerk_app.design.words import clock_time, joined, screen_day
from clerk_app.domain.law import OutcomeKind
from clerk_app.domain.outcomes import outcome_name
from clerk_app.ports.window import Medium, PaperState, StoredPaper
from clerk_app.services.window.cases import Concluded
from clerk_app.services.window.rating import Rated
from clerk_app.ui.keys import key
from clerk_app.ui.kit import paint
from clerk_app.ui.kit.buttons import Button, Chip
from clerk_app.ui.kit.labels import ElidedLabel, IconLabel, Pill, Text
from clerk_app.ui.kit.layout import Column, Row
from clerk_app.ui.kit.paint import State
from clerk_app.ui.kit.surfaces import Surface
from clerk_app.ui.kit.theme import px, theme

REPRINT_REASONS: Final = ("没打清楚", "卡纸弄坏了", "申请人要求")
VOID_REASONS: Final = ("内容有误", "重复出的", "申请人不办了")

_SHEET: Final[dict[PaperState, tuple[str, str, State]]] = {
    PaperState.PREPARED: ("printer", "ink7", State.NEUTRAL),
    PaperState.SENDING: ("printer", "pri", State.PRI),
    PaperState.PRINTED: ("circle-check", "ok_solid", State.OK),
    PaperState.SENT: ("circle-check", "ink7", State.NEUTRAL),
    PaperState.UNKNOWN: ("circle-alert", "bad_solid", State.BAD),
    PaperState.REFUSED: ("circle-x", "bad_solid", State.BAD),
    PaperState.SAVED: ("file-down", "ink7", State.NEUTRAL),
    PaperState.WITHDRAWN: ("circle-x", "ink7", State.NEUTRAL),
    PaperState.VOIDED: ("circle-x", "ink7", State.NEUTRAL),
}

_DONE: Final = {PaperState.PRINTED: "已打印", PaperState.SENT: "已送打印机", PaperState.SAVED: "已存文件"}


class SummaryCard(Surface):
    """The outcome, its numbers and the promised day, with the key that goes on with another matter."""

    def __init__(self) -> None:
        super().__init__("card")
        self.icon = IconLabel("circle-check", "ok_solid", SIZE.icon_huge)
        self.name = ElidedLabel("", "title")
        self.facts = ElidedLabel("", "note", "ink7")
        self.due = Text("", "note", "ink9", wrap=True)
        self.next_matter = Button("同一个号办下一件", key=key("next_matter").cap(), compact=True)
        row = Row(
            self.icon,
            Column(self.name, self.facts, self.due),
            self.next_matter,
            gap=SPACE.x12,
            margins=(SPACE.x8, SPACE.card),
        )
        row.setStretch(1, 1)
        self.setLayout(row)

    def show_conclusion(self, concluded: Concluded) -> None:
        """Show what was concluded."""
        conclusion = concluded.conclusion
        self.name.setText(outcome_name(conclusion.intake, conclusion.outcome))
        official = f"办件编号 {concluded.case_no}" if concluded.case_no else ""
        self.facts.setText(joined(f"编号 {concluded.case_number}", conclusion.numbers.document, official))
        self.due.setText(_due_line(concluded))
        self.due.setVisible(bool(self.due.text()))


def _due_line(concluded: Concluded) -> str:
    conclusion = concluded.conclusion
    parts = []
    if conclusion.promised is not None:
        unsure = "（暂定，放假安排公布后以新日期为准）" if conclusion.promised.provisional else ""
        parts.append(f"承诺 {screen_day(conclusion.promised.day)}前办结{unsure}")
    if conclusion.tolerance_due is not None:
        unsure = "（暂定）" if conclusion.tolerance_due.provisional else ""
        parts.append(f"容缺材料 {screen_day(conclusion.tolerance_due.day)}前补{unsure}")
    if conclusion.supplement_due is not None and conclusion.outcome is OutcomeKind.SUPPLEMENT_REQUESTED:
        parts.append(f"{screen_day(conclusion.supplement_due.date())}前补正")
    return joined(*parts)


class PaperCard(Surface):
    """One sheet: name, number, what became of it. ``reprint`` and ``void`` carry id and reason; ``send``, ``on_a4`` and
    ``later`` the id."""

    reprint = Signal(str, str)
    void = Signal(str, str)
    send = Signal(str)
    on_a4 = Signal(str)
    later = Signal(str)

    def __init__(self, paper: StoredPaper) -> None:
        super().__init__("card")
        self._id = paper.paper_id
        self.icon = IconLabel("printer", "ink7", SIZE.icon_huge)
        self.name = ElidedLabel("", "item")
        self.detail = ElidedLabel("", "note", "ink7")
        self.state = Pill("")
        self.again = Button("补打", compact=True)
        self.undo = Button("作废", compact=True)
        self.print_now = Button("再打一次", compact=True)
        self.to_a4 = Button("改用 A4 打印机", compact=True)
        self.not_now = Button("先不打", compact=True)
        buttons = (self.not_now, self.to_a4, self.print_now, self.again, self.undo)
        line = Row(self.icon, Column(self.name, self.detail), self.state, *buttons, gap=SPACE.x12)
        line.setStretch(1, 1)
        self.reasons = _Reasons("为什么补打：", REPRINT_REASONS, self._reprint)
        self.voids = _Reasons("为什么作废：", VOID_REASONS, self._void)
        self.chips = self.reasons.chips
        self._whole = Column(line, self.reasons, self.voids, gap=SPACE.x6, margins=(SPACE.x8, SPACE.card))
        self.setLayout(self._whole)
        self.again.clicked.connect(lambda: self._open(self.reasons, self.again))
        self.undo.clicked.connect(lambda: self._open(self.voids, self.undo))
        self.print_now.clicked.connect(lambda: self.send.emit(self._id))
        self.to_a4.clicked.connect(lambda: self.on_a4.emit(self._id))
        self.not_now.clicked.connect(lambda: self.later.emit(self._id))

    def set_compact(self, compact: bool) -> None:
        """One line instead of two, where many sheets are done and nothing more is to be said of them."""
        self.detail.setVisible(not compact)
        self._whole.set_margins((SPACE.x2 if compact else SPACE.x8, SPACE.card))

    def show_paper(self, paper: StoredPaper) -> None:
        """The sheet as it stands now."""
        icon, tone, state = _SHEET[paper.state]
        self.icon.set(icon, tone)
        medium = "小票" if paper.medium is Medium.RECEIPT else "A4"
        again = f" · 补打 {paper.reprint}" if paper.reprint else ""
        self.name.setText(f"{paper.title}（{medium}，{paper.copies} 份）{again}")
        done = _DONE.get(paper.state, "")
        self.detail.setText(
            joined(paper.number, paper.sentence)
            if paper.state is PaperState.VOIDED
            else paper.sentence or joined(paper.number, f"{clock_time(paper.state_at)} {done}" if done else "")
        )
        self.detail.set_tone("bad" if paper.sentence and paper.state is PaperState.REFUSED else "ink7")
        self.state.set(paper.state.label, state)
        self.again.setVisible(paper.state in _DONE)
        self.undo.setVisible(paper.state in _DONE)
        self.print_now.setVisible(paper.state is PaperState.REFUSED)
        self.not_now.setVisible(paper.state is PaperState.REFUSED)
        self.to_a4.setVisible(paper.state is PaperState.REFUSED and paper.medium is Medium.RECEIPT)
        if paper.state not in _DONE:
            self.reasons.setVisible(False)
            self.voids.setVisible(False)
        self.setAccessibleName(joined(self.name.whole_text(), paper.state.label, paper.sentence))

    def _open(self, reasons: _Reasons, button: Button) -> None:
        opening = reasons.isHidden()
        for one in (self.reasons, self.voids):
            one.setVisible(opening and one is reasons)
        (reasons.chips[0] if opening else button).setFocus()

    def _reprint(self, why: str) -> None:
        self.reasons.setVisible(False)
        self.again.setFocus()
        self.reprint.emit(self._id, why)

    def _void(self, why: str) -> None:
        self.voids.setVisible(False)
        self.undo.setFocus()
        self.void.emit(self._id, why)


class _Reasons(QWidget):
    """Why something is done with a sheet: one chip for each usual reason."""

    def __init__(self, words: str, reasons: Sequence[str], chosen: Callable[[str], object]) -> None:
        super().__init__()
        self.chips = [Chip(reason) for reason in reasons]
        row = Row(Text(words, "note", "ink5"), gap=SPACE.x8, margins=(0, 0, 0, SIZE.icon_huge + SPACE.x12))
        row.put(*self.chips, None)
        self.setLayout(row)
        self.setVisible(False)
        for chip, reason in zip(self.chips, reasons, strict=True):
            chip.clicked.connect(lambda _on=False, at=chip, why=reason: self._choose(at, why, chosen))

    def _choose(self, chip: Chip, why: str, chosen: Callable[[str], object]) -> None:
        chip.setChecked(False)
        chosen(why)


class RatingCard(Surface):
    """Whether the citizen has rated; how stays between the citizen and the store."""

    def __init__(self) -> None:
        super().__init__("card")
        self.icon = IconLabel("smile", "ink7", SIZE.icon_huge)
        self.words = ElidedLabel("", "item")
        self.detail = ElidedLabel("", "note", "ink7")
        self.state = Pill("")
        self.again = Button("再请评价", compact=True)
        row = Row(
            self.icon,
            Column(self.words, self.detail),
            self.state,
            self.again,
            gap=SPACE.x12,
            margins=(SPACE.x8, SPACE.card),
        )
        row.setStretch(1, 1)
        self.setLayout(row)
        self.setVisible(False)

    def show_state(self, rated: Rated | None, *, asking: bool, sentence: str) -> None:
        """See ``PapersPage.show_rating``."""
        done = rated in {Rated.RATED, Rated.ALREADY}
        self.setVisible(bool(asking or rated or sentence))
        self.icon.set("smile", "ok_solid" if done else "pri" if asking else "ink7")
        if asking:
            self.words.setText("请群众评价")
            self.detail.setText("正在等群众评价，不等也可以办结")
            self.state.set("等待评价", State.PRI)
        elif done:
            self.words.setText("群众评价")
            self.detail.setText("结果只给群众和系统，窗口看不到")
            self.state.set("已评价", State.OK)
        else:
            self.words.setText("群众评价")
            self.detail.setText(sentence or "没有按键，不算满意也不算不满意")
            self.state.set("没有评价", State.NEUTRAL)
        self.again.setVisible(not asking and not done)


class Slip(QWidget):
    """The end of the paper as it should be, open at the bottom like a torn sheet; the line to look for is marked."""

    def __init__(self, lines: tuple[str, ...], look_for: str) -> None:
        super().__init__()
        self._lines, self._marked = _with_mark(lines, look_for)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Preferred)
        self.setAccessibleName("纸上应有的最后几行：" + "，".join(self._lines))

    def lines(self) -> tuple[str, ...]:
        """What is shown, the marked line included."""
        return tuple(self._lines)

    def sizeHint(self) -> QSize:
        fonts = theme().fonts
        widest = max(fonts.width("note", line, bold=True) for line in self._lines)
        height = fonts.line("note") * (len(self._lines) + 1) + px(SPACE.x4) + 2 * px(SPACE.x12)
        return QSize(max(widest + 2 * px(SPACE.x12), fonts.width("note", "纸上应有的最后几行")), height)

    def minimumSizeHint(self) -> QSize:
        # The line to look for is never cut: the clerk compares it with the paper in hand.
        marked = theme().fonts.width("note", self._lines[self._marked], bold=True)
        return QSize(marked + 2 * px(SPACE.x12), self.sizeHint().height())

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        line = theme().fonts.line("note")
        paint.text(painter, QRectF(0, 0, self.width(), line), "纸上应有的最后几行", "note", COLOR.ink5)
        top = line + px(SPACE.x4)
        painter.setPen(QPen(QColor(COLOR.edge), px(SIZE.hairline)))
        right = self.width() - 1
        bottom = self.height()
        painter.drawPolyline([QPointF(0, bottom), QPointF(0, top), QPointF(right, top), QPointF(right, bottom)])
        y, left = top + px(SPACE.x12), px(SPACE.x12)
        for number, words in enumerate(self._lines):
            area = QRectF(left, y, self.width() - 2 * left, line)
            if number == self._marked:
                width = theme().fonts.width("note", words, bold=True) + px(SPACE.x4)
                painter.fillRect(QRectF(left - px(SPACE.x2), y, width, line), QColor(COLOR.focus))
            paint.text(painter, area, words, "note", COLOR.ink9, bold=number == self._marked)
            y += line
        painter.end()


def _with_mark(lines: tuple[str, ...], look_for: str) -> tuple[list[str], int]:
    shown = list(lines)
    for number, line in enumerate(shown):
        if look_for in line or (line and line in look_for):
            shown[number] = look_for
            return shown, number
    return [*shown, look_for], len(shown)

"""The five steps of a case."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QAbstractButton, QSizePolicy, QWidget

from clerk_app.design.tokens import COLOR, SIZE, SPACE
from clerk_app.ui.kit import paint
from clerk_app.ui.kit.layout import Row
from clerk_app.ui.kit.paint import Mark
from clerk_app.ui.kit.theme import px, theme


class StepBar(QWidget):
    """``StepBar(("申请人", "事项", "材料", "结论", "文书"))``: done steps have a check, the present one a blue line.

    ``chosen`` carries the index from 0 when a step is clicked. The bar never takes the focus: Alt+1 to 5 jump.
    """

    chosen = Signal(int)

    def __init__(self, names: tuple[str, ...]) -> None:
        super().__init__()
        self.steps = [_Step(name, number) for number, name in enumerate(names, start=1)]
        row = Row(*self.steps, gap=SPACE.x24, margins=(0, SPACE.x4))
        self.setLayout(row)
        self.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
        for index, step in enumerate(self.steps):
            step.clicked.connect(lambda _checked=False, at=index: self.chosen.emit(at))

    def show_state(self, current: int, done: set[int], reachable: set[int] | None = None) -> None:
        """Which step is on, which are done, which can be jumped to (``None``: all); indices from 0."""
        for index, step in enumerate(self.steps):
            step.show_state(index == current, index in done, reachable is None or index in reachable)


class _Step(QAbstractButton):
    def __init__(self, name: str, number: int) -> None:
        super().__init__()
        self._number, self._current, self._done = number, False, False
        self.setText(name)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def show_state(self, current: bool, done: bool, reachable: bool) -> None:
        self._current, self._done = current, done
        self.setEnabled(reachable or current)
        word = "正在办" if current else "已完成" if done else "未到"
        self.setAccessibleName(f"第 {self._number} 步 {self.text()}，{word}")
        self.update()

    def sizeHint(self) -> QSize:
        width = theme().fonts.width("body", self.text(), bold=True) + px(SIZE.step_mark) + px(SPACE.x8) + px(SPACE.x4)
        return QSize(width, px(SIZE.step_bar))

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        size, left = px(SIZE.step_mark), px(SPACE.x2)
        kind = Mark.NOW if self._current else Mark.DONE if self._done else Mark.OPEN
        paint.mark(painter, QRectF(left, (self.height() - size) / 2, size, size), kind, self._number)
        left += size + px(SPACE.x8)
        ink = COLOR.pri if self._current else COLOR.ink7 if self.isEnabled() else COLOR.ink5
        paint.text(
            painter, QRectF(left, 0, self.width() - left, self.height()), self.text(), "body", ink, bold=self._current
        )
        if self._current:
            line = px(SIZE.underline)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(COLOR.pri))
            painter.setClipRect(self.rect())
            painter.drawRoundedRect(QRectF(0, self.height() - line, self.width(), 2 * line), line / 2, line / 2)
        painter.end()

"""The queues, group by group, each with its remedy: a button that does what the day's rates advise."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QSizePolicy, QWidget

from clerk_app.design.tokens import SIZE, SPACE
from clerk_app.design.words import minutes
from clerk_app.domain.staffing import Advice
from clerk_app.ports.hall_board import GroupBoard, HallBoard
from clerk_app.ui.board.chart import waited
from clerk_app.ui.board.words import NOTHING
from clerk_app.ui.kit.buttons import Button
from clerk_app.ui.kit.labels import ElidedLabel, Text
from clerk_app.ui.kit.layout import Column, Row
from clerk_app.ui.kit.surfaces import Surface
from clerk_app.ui.window.frames import Scroll

_WIDTHS = (5, 2, 3, 3, 10)
_HEAD = ("排队组", "等候", "最久", "可办窗口", "建议")


class GroupsView(QWidget):
    """``advised`` carries the ``Advice`` whose button was pressed."""

    advised = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        head = Surface("sunk", edges="bottom")
        line = _line(*(Text(words, "tiny", "ink5") for words in _HEAD))
        line.set_margins((SPACE.x4, SPACE.card))
        head.setLayout(line)
        self._rows: dict[str, _GroupRow] = {}
        self._column = Column()
        area = Scroll(self._column, (0, 0, 0, 0))
        outer = Column(head, area)
        outer.setStretch(1, 1)
        self.setLayout(outer)

    def show_board(self, board: HallBoard) -> None:
        """Rows are kept where they are, so that the focus stays."""
        wanted = [group.waiting.group_id for group in board.groups]
        if list(self._rows) != wanted:
            self._column.empty()
            self._rows = {group_id: _GroupRow() for group_id in wanted}
            for row in self._rows.values():
                row.advised.connect(self.advised)
                self._column.put(row)
            self._column.put(None)
        alarm = board.rules.alarm_minutes * 60
        for group in board.groups:
            self._rows[group.waiting.group_id].show_group(group, alarm)

    def remedy(self, group_id: str) -> Button:
        """The button of a group's row, for tests and for the focus."""
        return self._rows[group_id].button

    def ready(self) -> None:
        """What a button began is done or was refused."""
        for row in self._rows.values():
            row.button.ready()


class _GroupRow(Surface):
    advised = Signal(object)

    def __init__(self) -> None:
        super().__init__("paper", edges="bottom", height=SIZE.row_table)
        self._advice: Advice | None = None
        self.name = ElidedLabel("", "note", "ink9")
        self.waiting = Text("", "note", strong=True)
        self.longest = Text("", "note")
        self.windows = Text("", "note")
        self.nothing = Text(NOTHING, "note", "ink5")
        self.button = Button("", compact=True)
        self.gives = ElidedLabel("", "tiny", "ink5")
        remedy = QWidget()
        inner = Row(self.nothing, self.button, self.gives, gap=SPACE.x8)
        inner.setStretch(2, 1)
        remedy.setLayout(inner)
        line = _line(self.name, self.waiting, self.longest, self.windows, remedy)
        line.set_margins((0, SPACE.card))
        self.setLayout(line)
        self.button.clicked.connect(self._pressed)

    def show_group(self, group: GroupBoard, alarm_s: int) -> None:
        """The row as it is now."""
        self.name.setText(group.waiting.name)
        self.waiting.setText(str(group.waiting.waiting))
        late = group.longest_wait_s > alarm_s
        self.longest.setText(waited(group.longest_wait_s) if group.waiting.waiting else NOTHING)
        self.longest.setToolTip(f"{group.longest_number} 等得最久" if group.longest_number else "")
        self.longest.set_tone("bad" if late else "ink9")
        self.longest.set_strong(late)
        self.windows.setText(str(group.windows))
        self.windows.set_tone("bad" if not group.windows and group.waiting.waiting else "ink9")
        advice = self._advice = group.advice
        self.nothing.setVisible(advice is None)
        self.nothing.setText(NOTHING if group.windows or not group.waiting.waiting else "没有窗口办这一组")
        self.button.setVisible(advice is not None)
        self.gives.setVisible(advice is not None)
        if advice is not None:
            if self.button.text() != advice.words and self.button.isEnabled():
                self.button.setText(advice.words)
            self.gives.setText(f"最后一位 {_shortened(advice)}")
            self.button.setAccessibleName(f"{group.waiting.name}：{advice.words}，{self.gives.whole_text()}")

    def _pressed(self) -> None:
        if self._advice is not None:
            self.advised.emit(self._advice)


def _shortened(advice: Advice) -> str:
    """「9 → 7 分」."""
    if advice.before_s < 3600:
        return f"{advice.before_s // 60} → {advice.wait_s // 60} 分"
    return f"{minutes(advice.before_s)} → {minutes(advice.wait_s)}"


def _line(*cells: QWidget) -> Row:
    line = Row(*cells, gap=SPACE.x8)
    for place, (cell, width) in enumerate(zip(cells, _WIDTHS, strict=True)):
        cell.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        line.setStretch(place, width)
        line.setAlignment(cell, Qt.AlignmentFlag.AlignVCenter)
    return line

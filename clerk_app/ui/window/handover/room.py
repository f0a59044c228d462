"""Alt+J: the papers of accepted cases go to the back office, one sheet for each department, signed by both sides."""

from __future__ import annotations

from itertools import groupby

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QStackedWidget, QWidget

from clerk_app.design.tokens import SIZE, SPACE
from clerk_app.domain.actor import Actor
from clerk_app.services.window.handover import HandedOver, HandoverLine
from clerk_app.services.window.printing import Answer, Question
from clerk_app.ui.keys import Page, bind, key
from clerk_app.ui.kit.ask import AskCard
from clerk_app.ui.kit.buttons import Button, ButtonRole
from clerk_app.ui.kit.labels import ElidedLabel, IconLabel, KeyHint, Text
from clerk_app.ui.kit.layout import Column, Row
from clerk_app.ui.kit.legend import Legend
from clerk_app.ui.kit.surfaces import EmptyState, Surface
from clerk_app.ui.lanes import Failure, Lanes
from clerk_app.ui.window.control import DeskControl
from clerk_app.ui.window.handover.lines import HandoverList
from clerk_app.ui.window.rooms import Room
from clerk_app.ui.window.sheets import AskPlace, Sheets


class HandoverRoom(Room):
    """F9 makes the sheets of what is chosen and prints them; ``handed_over`` follows."""

    page = Page.HAND_OVER
    handed_over = Signal()

    def __init__(self, control: DeskControl, lanes: Lanes) -> None:
        super().__init__()
        self._control = control
        self._store = lanes.lane("store")
        self._ask_place = AskPlace()
        self.list = HandoverList()
        self.empty = EmptyState("没有要交给后台的纸质材料", icon="circle-check")
        self.stack = QStackedWidget()
        self.legend = Legend()
        self.sum = ElidedLabel("", "note", "ink7")
        self.go = Button("", ButtonRole.PRIMARY, key=key("make_sheet").cap())
        self._build()
        self.sheets = Sheets(control.desk.printing, lanes.lane("printer"))
        self.sheets.done.connect(self._printed)
        self.sheets.asked.connect(self._ask)
        self.sheets.refused.connect(self._not_printed)
        self.list.ticked.connect(self._show_sum)
        self.go.clicked.connect(self._go)
        bind(self, "make_sheet", self._go)

    def _build(self) -> None:
        head = Surface("paper", edges="bottom")
        words = Column(Text("交接纸质材料", "title"), Text("每个部门一张交接单，双方在单上签字", "note", "ink7"))
        head.setLayout(Row(words, None, KeyHint(("Esc",), "回去"), gap=SPACE.x12, margins=(SPACE.x8, SPACE.page)))
        nothing = QWidget()
        nothing.setLayout(Column(self.empty))
        self.stack.addWidget(self.list)
        self.stack.addWidget(nothing)
        bar = Surface("paper", edges="top", height=SIZE.action_bar)
        row = Row(
            IconLabel("printer", "ink7", SIZE.icon_middle), self.sum, self.go, gap=SPACE.x12, margins=(0, SPACE.page)
        )
        row.setStretch(1, 1)
        bar.setLayout(row)
        column = Column(head, self._ask_place, self.stack, self.legend, bar)
        column.setStretch(2, 1)
        self.setLayout(column)
        self.legend.show_page("交接", Page.HAND_OVER)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)

    @property
    def _actor(self) -> Actor:
        assert self._control.session is not None
        return self._control.session.actor

    # --- showing ----------------------------------------------------------------------------------------------
    def begin(self) -> None:
        """Read what lies here; everything is chosen."""
        if not self.sheets.busy:
            self.list.show_lines(())
            self._store.run(self._control.desk.handovers.waiting, done=self._show, failed=self._failed, key="handover")

    def _show(self, lines: tuple[HandoverLine, ...]) -> None:
        self.list.show_lines(lines)
        self.stack.setCurrentIndex(0 if lines else 1)
        if self._control.session is not None and self.isVisible():
            self.start()

    def start(self) -> None:
        if self.ask is not None:
            self.ask.setFocus()
        else:
            (self.list if self.list.lines else self).setFocus()

    def escape(self) -> bool:
        if self.ask is not None:
            return True
        if self.sheets.busy:
            self.sheets.postpone()
            return True
        return False

    def keyPressEvent(self, event: QKeyEvent) -> None:
        event.ignore()

    def _show_sum(self) -> None:
        lines = [line for line in self.list.lines if line.case_id in self.list.chosen]
        sheets = len({line.department for line in lines})
        self.go.setText(f"打印 {sheets} 张交接单" if sheets > 1 else key("make_sheet").text)
        self.go.setEnabled(bool(lines))
        pieces = sum(line.pieces for line in lines)
        self.sum.setText(f"选了 {len(lines)} 件，共 {pieces} 份" if lines else "还没有选要交接的办件")

    # --- handing over -----------------------------------------------------------------------------------------
    def _go(self) -> None:
        if self.sheets.busy:
            self.sheets.again()
            return
        lines = [line for line in self.list.lines if line.case_id in self.list.chosen]
        if not lines:
            self._control.said.emit("还没有选要交接的办件，按空格勾选")
            return
        desk, actor = self._control.desk.handovers, self._actor
        self.go.busy("正在出交接单…")

        def make() -> list[HandedOver]:
            groups = groupby(lines, key=lambda line: line.department)
            return [desk.hand_over(tuple(cases), department, actor) for department, cases in groups]

        self._store.run(make, done=self._made, failed=self._not_made)

    def _made(self, sheets: list[HandedOver]) -> None:
        self.handed_over.emit()
        self.sheets.print([paper for sheet in sheets for paper in sheet.papers], self._actor)

    def _printed(self) -> None:
        self.go.ready()
        self._control.said.emit("交接单打好了，双方签字后各留一联")
        self.begin()

    def _not_printed(self, sentence: str) -> None:
        self.go.ready()
        self._control.said.emit(f"已登记交接，单子没有打出来：{sentence}。按 F9 再打，按 Esc 先不打")

    def _not_made(self, failure: Failure) -> None:
        self.go.ready()
        self._failed(failure)
        self.handed_over.emit()
        self.begin()

    @property
    def ask(self) -> AskCard | None:
        """The question about a half sheet that is open."""
        return self._ask_place.card

    def _ask(self, question: Question) -> None:
        def answered(answer: Answer) -> None:
            self.sheets.answer(question, answer)
            self.start()

        self._ask_place.ask(question, answered)

    def _failed(self, failure: Failure) -> None:
        self._control.said.emit(failure.text)

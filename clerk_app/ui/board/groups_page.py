"""Queues while the hall runs: letters, start numbers, limits; and moving somebody who took the wrong number."""

from __future__ import annotations

from clerk_app.design.tokens import SPACE
from clerk_app.ports.hall_board import HallBoard, RunHall
from clerk_app.ports.hall_queue import ServiceGroup
from clerk_app.ports.hall_running import Closing
from clerk_app.ui.board.chart import waited
from clerk_app.ui.board.lines import Cell, Line, Lines
from clerk_app.ui.board.run_page import Panel, RunPage, beside
from clerk_app.ui.kit.buttons import Button
from clerk_app.ui.kit.field import Field
from clerk_app.ui.kit.labels import Text
from clerk_app.ui.kit.layout import Grid, Row
from clerk_app.ui.lanes import Lanes

NEW = "new"
_NAMES = (
    ("prefix", "字母", "A"),
    ("start", "起始号", "1"),
    ("daily_limit", "每天几个号", "0 不限"),
    ("name", "名字", ""),
    ("hint", "说明", "取号机的第二行"),
    ("place", "等候区", ""),
)


class GroupsPage(RunPage):
    """The list, the chosen group's form, and who waits in it."""

    def __init__(self, hall: RunHall, lanes: Lanes) -> None:
        super().__init__(hall, lanes, "存这一组")
        self.list = Lines(("字母", "名字", "等候", "起始号", "每天"), (2, 5, 2, 2, 2), empty="还没有排队组")
        self.list.chosen.connect(self._choose)
        form = Grid(across=SPACE.x12, down=SPACE.x8)
        for place, (name, label, hint) in enumerate(_NAMES):
            field = self.field(name, label, hint=hint, latin=name in {"prefix", "start", "daily_limit"})
            row, column = divmod(place, 3)
            form.addWidget(field, row, column)
        self.add = Button("新的一组")
        self.add.clicked.connect(lambda: self._new())
        self.waiting = Lines(("号码", "等了", "来意"), (2, 2, 3), empty="这一组没有人等")
        self.target = Field("改到哪一组（字母）", latin=True, max_length=1)
        self.fields["group_id"] = self.target
        self.shift = Button("改到那一组")
        self.shift.clicked.connect(self._move)
        self.target.entered.connect(lambda _value: self._move())
        moving = Row(self.target, self.shift, gap=SPACE.x8)
        moving.setStretch(0, 1)
        listed = Panel("排队组", self.list, padded=False)
        listed.body.put(Row(SPACE.card, self.add, None))
        panel = Panel("这一组")
        self.heading = panel.title
        panel.body.put(form, Text("字母今天发过号就不能改；名字和说明马上生效。", "note", "ink5", wrap=True), None)
        who = Panel("等在这一组的人（取错号的改到对的组，位置不变）", self.waiting, padded=False)
        inner = Row(margins=(0, SPACE.card))
        inner.put(moving)
        inner.setStretch(0, 1)
        who.body.put(inner)
        beside(self, (listed, 4), (panel, 4), (who, 4))
        self._groups: dict[str, ServiceGroup] = {}
        self._shown = ""

    def start(self) -> None:
        self.clear_errors()
        self.read(self.hall.groups, done=self._show_groups)
        self.list.setFocus()

    def show_board(self, board: HallBoard) -> None:
        super().show_board(board)
        if self.isVisible():
            self.read(self.hall.groups, done=self._show_groups)

    # --- showing ----------------------------------------------------------------------------------------------
    def _show_groups(self, groups: tuple[ServiceGroup, ...]) -> None:
        self._groups = {group.group_id: group for group in groups}
        waiting = {one.waiting.group_id: one.waiting.waiting for one in self.board.groups} if self.board else {}
        self.list.show_lines([_line(group, waiting.get(group.group_id, 0)) for group in groups])
        if self._shown != NEW and self._shown not in self._groups:
            self._choose(self.list.current())
        self.read(self.hall.closing, done=self._show_waiting)

    def _choose(self, group_id: str) -> None:
        self._shown = group_id
        self.clear_errors()
        group = self._groups.get(group_id)
        if group is None:
            return
        self.heading.setText(group.name)
        for name in ("prefix", "name", "hint", "place"):
            self.fields[name].set_value(getattr(group, name))
        self.fields["start"].set_value(str(group.start))
        self.fields["daily_limit"].set_value(str(group.daily_limit))
        self.read(self.hall.closing, done=self._show_waiting)

    def _new(self) -> None:
        self._shown = NEW
        self.clear_errors()
        self.heading.setText("新的一组")
        for name in ("prefix", "name", "hint", "place"):
            self.fields[name].set_value("")
        self.fields["start"].set_value("1")
        self.fields["daily_limit"].set_value("0")
        self.waiting.show_lines(())
        self.fields["prefix"].edit.setFocus()

    def _show_waiting(self, closing: Closing) -> None:
        now = self.board.at if self.board is not None else None
        self.waiting.show_lines(
            [
                Line(
                    one.ticket_id,
                    (
                        Cell(one.number, bold=True),
                        Cell(waited(int((now - one.queued_at).total_seconds()) + one.wait_s) if now else "", "ink7"),
                        Cell("、".join(one.matters) or one.person, "ink5"),
                    ),
                )
                for one in closing.waiting
                if one.group_id == self._shown and one.queued_at is not None
            ]
        )

    # --- steps ------------------------------------------------------------------------------------------------
    def act(self) -> None:
        """Store the group in the form."""
        before = self._groups.get(self._shown)
        if before is None and self._shown != NEW:
            self.refuse("", "先在左边选一组，或按「新的一组」")
            return
        numbers = {}
        for name in ("start", "daily_limit"):
            if not self.fields[name].value().isdigit():
                self.refuse(name, "写一个整数")
                return
            numbers[name] = int(self.fields[name].value())
        group = ServiceGroup(
            group_id=before.group_id if before is not None else "",
            prefix=self.fields["prefix"].value().upper(),
            name=self.fields["name"].value(),
            hint=self.fields["hint"].value(),
            place=self.fields["place"].value(),
            position=before.position if before is not None else 0,
            **numbers,
        )

        def done(stored: ServiceGroup) -> None:
            self._shown = stored.group_id
            self.said.emit(f"{stored.name}存好了，下一张号就按新的")
            self.read(self.hall.groups, done=self._show_groups)

        self.do(self.hall.set_group, group, done=done)

    def _move(self) -> None:
        ticket_id, letter = self.waiting.current(), self.target.value().upper()
        target = next((group for group in self._groups.values() if group.prefix == letter), None)
        if not ticket_id:
            self.refuse("group_id", "先在上面选一个号")
            return
        if target is None:
            self.refuse("group_id", "写要去的那一组的字母，例如 B")
            return
        home = self._shown
        number = next(line.cells[0].words for line in self.waiting.lines() if line.key == ticket_id)

        def back() -> None:
            self.do(self.hall.transfer_ticket, ticket_id, home, button=self.shift)

        def done(_: object) -> None:
            self.target.set_value("")
            self.undo_offered.emit(f"{number} 改到{target.name}，位置不变", back)

        self.do(self.hall.transfer_ticket, ticket_id, target.group_id, done=done, button=self.shift)


def _line(group: ServiceGroup, waiting: int) -> Line:
    limit = str(group.daily_limit) if group.daily_limit else "不限"
    cells = (
        Cell(group.prefix, bold=True),
        Cell(group.name),
        Cell(str(waiting)),
        Cell(str(group.start)),
        Cell(limit, "ink7"),
    )
    return Line(group.group_id, cells)

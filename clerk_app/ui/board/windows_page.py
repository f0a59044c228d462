"""Windows while the hall runs: open, close, regroup with weights, take a ticket from a window that died."""

from __future__ import annotations

from clerk_app.design.tokens import SPACE
from clerk_app.domain.queue import WindowState
from clerk_app.ports.hall_board import CounterBoard, HallBoard, RunHall
from clerk_app.ports.hall_running import Weight
from clerk_app.ui.board.lines import Cell, Line, Lines
from clerk_app.ui.board.run_page import Panel, RunPage, beside
from clerk_app.ui.board.words import NOTHING, percent, state_of, time_of
from clerk_app.ui.kit.buttons import Button, ButtonRole
from clerk_app.ui.kit.field import Field
from clerk_app.ui.kit.labels import Text
from clerk_app.ui.kit.layout import Column, Grid, Row
from clerk_app.ui.kit.paint import State
from clerk_app.ui.lanes import Lanes
from clerk_app.ui.window.frames import Scroll

_STATES = {
    WindowState.OFF: State.NEUTRAL,
    WindowState.FREE: State.PRI,
    WindowState.CALLING: State.OK,
    WindowState.BUSY: State.OK,
    WindowState.AWAY: State.WARN,
}
_COLUMNS = 2


class WindowsPage(RunPage):
    """The list on the left, what can be done with the chosen window on the right; F9 stores its groups."""

    def __init__(self, hall: RunHall, lanes: Lanes) -> None:
        super().__init__(hall, lanes, "改可办范围")
        self.list = Lines(
            ("窗口", "状态", "谁在", "现在", "今天忙", "平均", "办结", "没有号", "可办"),
            (2, 4, 3, 2, 2, 2, 2, 2, 6),
            empty="还没有窗口登录过",
        )
        self.list.chosen.connect(self._choose)
        self.detail = Text("", "note", "ink7", wrap=True)
        self.open = Button("开窗口")
        self.close_it = Button("关窗口")
        self.release = Button("把号放回队里", ButtonRole.DANGER)
        self.weights: dict[str, Field] = {}
        self._grid = Grid(across=SPACE.x12, down=SPACE.x8)
        self.hint = Text(
            "空着就是不办；数字是分量，2 的组等一分钟当两分钟算。全空就是什么都办。", "note", "ink5", wrap=True
        )
        column = Column(self.hint, self._grid, None, gap=SPACE.x8)
        panel = Panel("", gap=SPACE.x8)
        self.heading = panel.title
        panel.body.put(self.detail, Row(self.open, self.close_it, self.release, None, gap=SPACE.x8))
        panel.body.put(Scroll(column, (0, 0, 0, 0)))
        listed = Panel("窗口", self.list, padded=False)
        beside(self, (listed, 8), (panel, 5))
        self.open.clicked.connect(lambda: self._set_open(True))
        self.close_it.clicked.connect(lambda: self._set_open(False))
        self.release.clicked.connect(self._release)
        self._served: tuple[Weight, ...] = ()
        self._shown = ""

    def start(self) -> None:
        self.clear_errors()
        self.list.setFocus()
        self._choose(self.list.current())

    def open_at(self, window_no: str) -> None:
        """Choose this window."""
        self.list.choose(window_no)

    def show_board(self, board: HallBoard) -> None:
        super().show_board(board)
        names = {group.waiting.group_id: group.waiting.name for group in board.groups}
        self._fit([group.waiting.group_id for group in board.groups], names)
        self.list.show_lines([_line(window, names) for window in board.windows])
        if not self._shown:
            self._choose(self.list.current())
        else:
            self._show_state()

    # --- the chosen one ---------------------------------------------------------------------------------------
    def _window(self) -> CounterBoard | None:
        if self.board is None:
            return None
        return next((one for one in self.board.windows if one.status.window_no == self._shown), None)

    def _fit(self, group_ids: list[str], names: dict[str, str]) -> None:
        """One input for each group, made when the groups change."""
        if list(self.weights) == group_ids:
            for group_id, field in self.weights.items():
                field.label.setText(names[group_id])
            return
        while (item := self._grid.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.deleteLater()
        self.weights = {}
        for place, group_id in enumerate(group_ids):
            field = self.weights[group_id] = Field(names[group_id], latin=True, max_length=4)
            field.entered.connect(lambda _value: self.act())
            self._grid.addWidget(field, place // _COLUMNS, place % _COLUMNS)
        self._shown = ""

    def _choose(self, window_no: str) -> None:
        self._shown = window_no
        self.clear_errors()
        for field in self.weights.values():
            field.set_value("")
        self._show_state()
        if window_no:
            self.read(self.hall.served, window_no, done=self._show_served)

    def _show_served(self, served: tuple[Weight, ...]) -> None:
        self._served = served
        for weight in served:
            if weight.group_id in self.weights:
                self.weights[weight.group_id].set_value(f"{weight.weight:g}")

    def _show_state(self) -> None:
        window = self._window()
        for button in (self.open, self.close_it, self.release):
            button.setVisible(window is not None)
        self.primary.setEnabled(window is not None)
        if window is None:
            self.heading.setText("先在左边选一个窗口")
            self.detail.setText("")
            return
        status = window.status
        self.heading.setText(f"{status.window_no} 号窗口")
        told = [state_of(status)]
        if status.user_name:
            told.append(status.user_name)
        if status.number:
            told.append(f"正在办 {status.number}")
        if window.rostered and not window.present:
            told.append(f"排了{window.rostered}，还没到")
        self.detail.setText(" · ".join(told))
        self.open.setEnabled(not window.present)
        self.close_it.setEnabled(status.state is not WindowState.OFF and not window.ticket_id)
        self.release.setVisible(bool(window.ticket_id))

    def clear_errors(self) -> None:
        super().clear_errors()
        for field in self.weights.values():
            field.set_error("")

    def refuse(self, name: str, sentence: str) -> None:
        """A weight that cannot be is the one furthest from 1."""
        if name == "weight":
            self.fields = {"weight": max(self.weights.values(), key=_far_from_one)}
        super().refuse(name, sentence)

    # --- steps ------------------------------------------------------------------------------------------------
    def act(self) -> None:
        """Store the groups of the chosen window."""
        window = self._window()
        if window is None:
            return
        served = []
        for group_id, field in self.weights.items():
            field.set_error("")
            if not field.value():
                continue
            try:
                served.append(Weight(group_id, float(field.value())))
            except ValueError:
                field.set_error("写一个数，例如 1 或 2")
                field.edit.setFocus()
                return
        number, before = self._shown, self._served

        def undo() -> None:
            self.do(self.hall.set_served, number, before, done=self._again)

        def done(_: object) -> None:
            self._served = tuple(served)
            self.undo_offered.emit(f"{number} 号窗口的可办范围改了", undo)

        self.do(self.hall.set_served, number, tuple(served), done=done)

    def _again(self, _: object) -> None:
        self._choose(self._shown)

    def _set_open(self, open_: bool) -> None:
        number = self._shown
        button = self.open if open_ else self.close_it

        def undo() -> None:
            self.do(self.hall.set_counter, number, not open_, button=button)

        def done(_: object) -> None:
            self.undo_offered.emit(f"{number} 号窗口{'开了' if open_ else '关了'}", undo)

        self.do(self.hall.set_counter, number, open_, done=done, button=button)

    def _release(self) -> None:
        window = self._window()
        if window is None or not window.ticket_id:
            return
        number = window.status.number

        def done(_: object) -> None:
            self.said.emit(f"{number} 回到队里，还在原来的位置")

        self.do(self.hall.release_ticket, window.ticket_id, done=done, button=self.release)


def _far_from_one(field: Field) -> float:
    weight = float(field.value() or 1)
    return max(weight, 1 / weight) if weight > 0 else float("inf")


def _line(window: CounterBoard, names: dict[str, str]) -> Line:
    status = window.status
    serves = "、".join(names.get(group, "") for group in window.groups) if window.groups else "都办"
    missing = window.rostered and not window.present
    who = status.user_name if window.present else f"{window.rostered}没到" if missing else ""
    return Line(
        status.window_no,
        (
            Cell(f"{status.window_no} 号", bold=True),
            Cell(state_of(status), state=_STATES[status.state]),
            Cell(who, "bad" if missing else "ink9"),
            Cell(status.number or ""),
            Cell(percent(window.busy_share) if window.open_s else NOTHING),
            Cell(time_of(window.mean_service_s)),
            Cell(str(window.served)),
            Cell(str(window.walk_ins) if window.walk_ins else NOTHING),
            Cell(serves, "ink7"),
        ),
    )

"""Cases that need somebody: due within two days or overdue, or lying still for two; from the work lists."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractItemView

from clerk_app.design.words import days_left, joined
from clerk_app.domain.cases import CaseState
from clerk_app.ports.hall_cases import WorkKind, WorkLine
from clerk_app.ui.board.lines import Cell, Line, Lines
from clerk_app.ui.kit.labels import Text
from clerk_app.ui.kit.paint import State

KINDS = (WorkKind.TO_DECIDE, WorkKind.TO_SEAL, WorkKind.TO_PREPARE, WorkKind.TO_ACCEPT, WorkKind.SUSPENDED)
"""The lists in which a case waits for the office, not for the citizen."""

DUE_WITHIN = 2
STILL_FOR = timedelta(days=2)

_WHERE = {
    WorkKind.TO_DECIDE: "等决定",
    WorkKind.TO_SEAL: "等用印",
    WorkKind.TO_PREPARE: "等登记出件",
    WorkKind.TO_ACCEPT: "补正已到，等受理",
    WorkKind.SUSPENDED: "中止，不计时",
}


class StuckCases(Lines):
    """``show_cases`` takes the lists as the server gives them; ``note`` says what is listed."""

    def __init__(self) -> None:
        super().__init__(("办件", "事项 · 部门", "卡在", "已停", "到期"), (4, 8, 4, 2, 3), empty="正在看…")
        self.view.setSelectionMode(QAbstractItemView.SelectionMode.NoSelection)
        self.view.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.note = Text("两天内到期，或停了两天以上", "note", "ink5")

    def show_cases(self, found: Iterable[tuple[WorkKind, WorkLine]], now: datetime) -> None:
        """The most urgent first."""
        self.empty.words.setText("没有卡住的办件")
        stuck = [(kind, line) for kind, line in found if is_stuck(line, now)]
        stuck.sort(key=lambda one: (_due(one[1]) or date.max, one[1].since))
        self.show_lines([_line(kind, line, now) for kind, line in stuck])


def is_stuck(line: WorkLine, now: datetime) -> bool:
    """Due within two days (or overdue), or still for two days; a suspended case only for lying still."""
    due = _due(line)
    urgent = due is not None and (due - now.date()).days <= DUE_WITHIN and line.state is not CaseState.SUSPENDED
    return urgent or now - line.since >= STILL_FOR


def _due(line: WorkLine) -> date | None:
    due = line.due
    return due.date() if isinstance(due, datetime) else due


def _line(kind: WorkKind, line: WorkLine, now: datetime) -> Line:
    due = _due(line)
    days = (now - line.since).days
    if kind is WorkKind.SUSPENDED:
        ends = Cell("不计时", state=State.NEUTRAL)
    elif due is None:
        ends = Cell("")
    else:
        left = (due - now.date()).days
        ends = Cell(f"{due:%m-%d} {days_left(left)}", state=State.BAD if left <= 1 else State.WARN)
    return Line(
        line.case_id,
        (
            Cell(f"…{line.case_number[-9:]}"),
            Cell(joined(line.matter_name, line.department)),
            Cell(_WHERE[kind], "ink7"),
            Cell(f"{days} 天" if days else "今天", "ink7"),
            ends,
        ),
    )

"""Materials that were asked for later and came: the rows of the notice alone, on the keys of the checklist."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from clerk_app.design.tokens import SIZE, SPACE
from clerk_app.design.words import clock_time, joined, screen_day
from clerk_app.domain.cases import CaseState
from clerk_app.domain.catalogue import Tolerance
from clerk_app.domain.checklist import RECEIVED, MaterialCheck, Verdict
from clerk_app.domain.intake import Intake
from clerk_app.ports.hall_cases import OnlineSupplement
from clerk_app.services.steps.values import OpenFile
from clerk_app.ui.keys import Key, key, keys_of
from clerk_app.ui.kit.labels import IconLabel, Text
from clerk_app.ui.kit.layout import Column, Row
from clerk_app.ui.kit.legend import Legend
from clerk_app.ui.window.case.checklist_list import Checklist
from clerk_app.ui.window.case.checklist_page import LEGENDS, Heads
from clerk_app.ui.window.frames import Level

_KEYS = ("all_present", "accept_row", "original", "copy", "exempt", "defect", "clear_row", "record_arrival")
CAME = RECEIVED | {Verdict.EXEMPT}


class ArrivalPane(QWidget):
    """Enter as required, A all present, 5 what is still wrong: such a material stays missing.

    ``changed`` follows each key, ``refused`` says why one does nothing here, ``left_at_end`` when nothing is open.
    """

    changed = Signal()
    refused = Signal(str)
    left_at_end = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._opened: OpenFile | None = None
        self._intake: Intake | None = None
        self._now: datetime | None = None
        self.online: OnlineSupplement | None = None
        """What came without a visit and is looked at here; None for what is handed over at the window."""
        self.list = Checklist()
        self.legend = Legend()
        self.clock = Text("", "body", "warn", wrap=True)
        strip = Level("warn", height=SIZE.banner)
        strip.setLayout(
            Row(IconLabel("scale", "warn", SIZE.icon_large), self.clock, gap=SPACE.x8, margins=(0, SPACE.page))
        )
        self.setLayout(Column(strip, Heads(self.list), self.list, self.legend))
        self.list.changed.connect(self._changed)
        self.list.refused.connect(self.refused)
        self.list.mode_changed.connect(self._show_legend)
        self.list.rewrite_wanted.connect(lambda _text: self.refused.emit("补来的材料只记有没有问题，不用改写"))
        self.list.left_at_end.connect(self.left_at_end)
        self._show_legend()

    # --- showing ----------------------------------------------------------------------------------------------
    def show_file(
        self,
        opened: OpenFile,
        now: datetime,
        online: OnlineSupplement | None = None,
        wrong: Sequence[MaterialCheck] = (),
    ) -> None:
        """The materials that are missing, none of them decided but those that came online and those that were found
        ``wrong`` before."""
        self._opened, self._now, self.online = opened, now, online
        intake, missing = opened.conclusion.intake, opened.file.missing
        assert intake.matter is not None
        listed = tuple(
            replace(material, in_situations=()) for material in intake.matter.materials if material.id in missing
        )
        matter = replace(intake.matter, materials=listed, situations=(), tolerance=Tolerance())
        checks = {material.id: MaterialCheck(material.id) for material in listed}
        for one in online.materials if online is not None else ():
            if one.material_id in checks:
                row = MaterialCheck(one.material_id, Verdict.ELECTRONIC, pieces=1, pages=one.pages)
                checks[one.material_id] = row
        checks |= {one.material_id: one for one in wrong if one.material_id in checks}
        self._show(replace(intake, case_id=f"{intake.case_id}/supplement", matter=matter, answers={}, checks=checks))
        self.list.go_to(0)

    def _show(self, intake: Intake) -> None:
        self._intake = intake
        self.list.show_intake(intake)
        self.clock.setText(self._law())
        self.changed.emit()

    def _changed(self, intake: Intake) -> None:
        self._show(intake)

    def _law(self) -> str:
        """What follows from the day: complete today means accepted today."""
        assert self._opened is not None
        assert self._now is not None
        file = self._opened.file
        left = len(file.missing) - len(self.came())
        waits = file.state in {CaseState.SUPPLEMENT_REQUESTED, CaseState.SUPPLEMENT_RECEIVED}
        day = self.online.arrived_at if self.online is not None else self._now
        came = f"网上 {screen_day(day)}收到，" if self.online is not None else ""
        if not left and not waits:
            return f"{came}容缺材料补齐了"
        if not left:
            return f"{came}补齐了：{screen_day(day.date())}受理，时限从这一天算起"
        due = file.supplement_due if waits else file.opening.tolerance_due
        until = f"{screen_day(due.date())}前补" if due is not None else ""
        late = "（已经过期）" if due is not None and due < self._now else ""
        return came + joined(f"还差 {left} 项", f"{until}{late}", "补齐当日受理" if waits else "")

    def came(self) -> tuple[MaterialCheck, ...]:
        """The rows that count as received."""
        if self._intake is None:
            return ()
        return tuple(check for _, check in self._intake.rows if check.verdict in CAME)

    def wrong(self) -> tuple[MaterialCheck, ...]:
        """The rows that came and are not as they should be, with the phrases that say why."""
        if self._intake is None:
            return ()
        return tuple(check for _, check in self._intake.rows if check.verdict is Verdict.DEFECTIVE)

    @property
    def undecided(self) -> int:
        """How many rows nobody looked at; they stay missing."""
        return 0 if self._intake is None else len(self._intake.numbered(Verdict.PENDING))

    def summary(self) -> str:
        """「收到 2 项 · 还有问题 1 项 · 没有来 1 项」."""
        if self._intake is None:
            return ""
        wrong = len(self._intake.numbered(Verdict.DEFECTIVE))
        return joined(
            f"收到 {len(self.came())} 项 · {clock_time(self._now)}" if self._now else "",
            f"还有问题 {wrong} 项" if wrong else "",
            f"没有来 {self.undecided} 项" if self.undecided else "",
        )

    def start(self) -> None:
        """The focus goes to the first undecided row."""
        self.list.go_to(self.list.first_open())
        self.list.setFocus()

    def escape(self) -> bool:
        """Esc closes the open row; False when none is open."""
        return self.list.close_row(cancel=True)

    def keys(self) -> tuple[Key, ...]:
        """The keys that are on now: those of the rows, or of the row that is open."""
        if self.list.mode not in LEGENDS:
            return tuple(key(name) for name in _KEYS)
        return tuple(one for one in keys_of(LEGENDS[self.list.mode][1]) if one.id != "rewrite")

    def _show_legend(self) -> None:
        title, _, tone = LEGENDS.get(self.list.mode, ("", None, "ink7"))
        self.legend.show_keys(title, self.keys(), tone=tone)

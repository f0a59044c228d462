"""F1: which keys work where the clerk is now."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from PySide6.QtWidgets import QWidget

from clerk_app.design.tokens import SPACE
from clerk_app.ui.keys import Key, Page, chain, keys_of
from clerk_app.ui.kit.labels import KeyCap, Text
from clerk_app.ui.kit.layout import Column, Grid, Row
from clerk_app.ui.window.overlay import Overlay

WIDTH = 780

PAGE_NAMES: Final[dict[Page, str]] = {
    Page.EVERYWHERE: "任何时候",
    Page.IDLE: "没有办件时",
    Page.CASE: "办件中",
    Page.APPLICANT: "申请人",
    Page.PARTIES: "共同申请人",
    Page.MATTER: "选事项",
    Page.SITUATION: "选情形",
    Page.CHECKLIST: "材料",
    Page.REASONS: "选问题",
    Page.OWED: "说明欠几份",
    Page.PAGES: "数页数",
    Page.CAPTURE: "扫描材料",
    Page.CAPTURE_SHOT: "刚拍的一页",
    Page.OUTCOME: "结论",
    Page.PAPERS: "文书",
    Page.HOLD: "挂起",
    Page.TRANSFER: "转出",
    Page.STANDING: "窗口状态",
    Page.WALK_IN: "没有号的人",
    Page.ASK: "回答问题",
    Page.GUIDE: "导办",
    Page.COLLECTION: "出件",
    Page.CONSULT: "告知单",
    Page.WORK_LISTS: "办件清单",
    Page.HAND_OVER: "交接",
    Page.FILE: "办件",
    Page.FILE_FORM: "填写",
    Page.ARRIVAL: "补来的材料",
    Page.OFFICE: "待我办",
    Page.DEVICES: "设备",
    Page.BOARD: "大厅实况",
}


class HelpPage(Overlay):
    """``open_for(page)`` shows the page's own keys first; ``without`` are ids of keys that do nothing in this build."""

    def __init__(self, host: QWidget, *, without: frozenset[str] = frozenset()) -> None:
        super().__init__(host, "键位", WIDTH)
        self._without = without
        self._columns = Row(gap=SPACE.x24)
        self.body.put(self._columns, None)

    def open_for(self, page: Page, own: Sequence[Key] | None = None) -> None:
        """Fill for the page and show; ``own`` are the keys of its mode in place of the page's."""
        self.note.setText(f"现在在「{PAGE_NAMES[page]}」")
        self._columns.empty()
        for at in chain(page):
            listed = keys_of(at) if own is None or at is not page else own
            keys = [entry for entry in listed if entry.id not in self._without]
            if not keys:
                continue
            grid = Grid(across=SPACE.x8, down=SPACE.x6)
            for number, entry in enumerate(keys):
                grid.addWidget(_caps(entry), number, 0)
                grid.addWidget(Text(entry.text, "note", "ink9"), number, 1)
            grid.setColumnStretch(1, 1)
            column = Column(Text(PAGE_NAMES[at], "note", "ink7", strong=True), gap=SPACE.x8)
            column.put(grid, None)
            self._columns.put(column)
        self.popup()


def _caps(entry: Key) -> QWidget:
    caps = QWidget()
    row = Row(gap=SPACE.x4)
    for word in entry.caps:
        row.put(Text("–", "note", "ink5") if word == "–" else KeyCap(word))
    row.put(None)
    caps.setLayout(row)
    caps.setAccessibleName(f"{' '.join(entry.caps)} {entry.text}")
    return caps

"""The free page of those who decide and of those who seal: what waits for them, refreshed by push."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QSizePolicy

from clerk_app.design.tokens import SIZE, SPACE
from clerk_app.design.words import clock_time
from clerk_app.ports.hall_cases import WorkKind, WorkLine
from clerk_app.ui.keys import Page, bind, key, keys_of
from clerk_app.ui.kit.buttons import Button, ButtonRole
from clerk_app.ui.kit.labels import ElidedLabel
from clerk_app.ui.kit.layout import Column, Row
from clerk_app.ui.kit.legend import Legend
from clerk_app.ui.kit.surfaces import Card, EmptyState, Surface
from clerk_app.ui.window.filework import FileWork
from clerk_app.ui.window.find_line import FindLine
from clerk_app.ui.window.office.work_list import WorkList
from clerk_app.ui.window.rooms import Room

NAMES: Final[dict[WorkKind, tuple[str, str]]] = {
    WorkKind.TO_DECIDE: ("待我决定", "现在没有等决定的办件"),
    WorkKind.TO_SEAL: ("待我用印", "现在没有等用印的决定"),
    WorkKind.TO_PREPARE: ("待登记出件", "用过印的都登记了出件"),
}


class OfficePage(Room):
    """Enter opens the line with the cursor, F9 the first one; both open the case file (``open_wanted``).

    ``find_wanted`` carries a number that was typed or scanned.
    """

    open_wanted = Signal(str)
    find_wanted = Signal(str)
    refused = Signal(str)
    page = Page.OFFICE

    def __init__(self, work: FileWork) -> None:
        super().__init__()
        self._work = work
        self.stays = False
        """Whether this is the free page of the person: there is nothing to go back to."""
        self.lists = {kind: WorkList(kind, name) for kind, (name, _) in NAMES.items()}
        self.cards = {kind: _ListCard(self.lists[kind], *NAMES[kind]) for kind in NAMES}
        self.search = FindLine("扫决定书或回执上的码，或输入编号", "打开办件")
        self.trouble = ElidedLabel("", "note", "warn")
        self.note = ElidedLabel("", "note", "ink5", right=True)
        self.legend = Legend()
        self.legend.show_keys("", keys_of(Page.OFFICE))
        self.go = Button("打开第一件", ButtonRole.PRIMARY, key=key("office_first").cap())
        bar = Surface("paper", edges="top", height=SIZE.action_bar)
        row = Row(self.trouble, self.note, self.go, gap=SPACE.x12, margins=(0, SPACE.page))
        row.setStretch(0, 1)
        bar.setLayout(row)
        inside = Column(self.search, gap=SPACE.x12, margins=(SPACE.x16, SPACE.page, SPACE.x12, SPACE.page))
        inside.put(*self.cards.values(), None)
        desk = Surface("canvas")
        desk.setLayout(inside)
        outer = Column(desk, self.legend, bar)
        outer.setStretch(0, 1)
        self.setLayout(outer)
        self._connect()

    def _connect(self) -> None:
        self._work.office.changed.connect(self.show_works)
        for one in self.lists.values():
            one.opened.connect(lambda line: self.open_wanted.emit(line.case_id))
            one.refused.connect(self.refused)
            one.left_above.connect(lambda here=one: self._beyond(here, -1))
            one.left_below.connect(lambda here=one: self._beyond(here, 1))
        self.search.entered.connect(self.find_wanted)
        self.go.clicked.connect(self._first)
        bind(self, "office_first", self._first)

    # --- showing ----------------------------------------------------------------------------------------------
    def show_works(self) -> None:
        """Show the lists as they are now; the focus stays where it is."""
        office, now = self._work.office, self._work.now
        for kind, card in self.cards.items():
            card.setVisible(kind in office.kinds)
            card.show_lines(office.lines.get(kind, ()), now)
        self.trouble.setText(office.trouble)
        at = office.at
        self.note.setText(f"{clock_time(at)} 的情况，有新的会自动来" if at is not None else "")

    def tick(self, now: datetime) -> None:
        """Let the waits grow."""
        for lines in self.lists.values():
            lines.tick(now)

    # --- going on ---------------------------------------------------------------------------------------------
    def start(self) -> None:
        """The focus is on the first line that can be done; while there is none, on the key that opens the next one."""
        for kind in self._work.office.kinds:
            row = self.lists[kind].first_open()
            if row >= 0:
                self.lists[kind].go_to(row)
                self.lists[kind].setFocus()
                return
        self.go.setFocus()

    def seek(self) -> bool:
        self.search.start()
        return True

    def escape(self) -> bool:
        """Esc in the search gives the focus back to the lists."""
        if not self.search.edit.hasFocus():
            return self.stays
        self.search.clear()
        self.start()
        return self.stays or not self.search.edit.hasFocus()

    def _first(self) -> None:
        lines = self._work.office.open_lines()
        if lines:
            self.open_wanted.emit(lines[0].case_id)
        else:
            self.refused.emit("现在没有要你办的，来了会自动显示")

    def _beyond(self, here: WorkList, step: int) -> None:
        """The arrows go on in the next list."""
        shown = [self.lists[kind] for kind in self._work.office.kinds if self.lists[kind].lines]
        at = shown.index(here) + step if here in shown else -1
        if 0 <= at < len(shown):
            shown[at].go_to(0 if step > 0 else len(shown[at].lines) - 1)
            shown[at].setFocus()


class _ListCard(Card):
    """A list with its name and count; as high as its lines, and no higher than there is room."""

    def __init__(self, lines: WorkList, name: str, nothing: str) -> None:
        super().__init__(name, padding=0)
        self.list = lines
        self.empty = EmptyState(nothing)
        self.body.put(self.list, self.empty)
        # The last line must not lie over the card's rounded corners.
        self.body.set_margins((0, SIZE.hairline, SPACE.x6, SIZE.hairline))
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)

    def show_lines(self, lines: tuple[WorkLine, ...], now: datetime) -> None:
        """Show the lines of the list."""
        self.list.show_lines(lines, now)
        mine = sum(line.mine for line in lines)
        self.set_count(mine)
        self.note.setText(f"共 {len(lines)} 件" if len(lines) > mine else "")
        self.list.setVisible(bool(lines))
        self.empty.setVisible(not lines)

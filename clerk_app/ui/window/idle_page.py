"""The free window: call the next one, what the law wants today, my cases, and the search."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QStackedWidget, QWidget

from clerk_app.design.tokens import SIZE, SPACE
from clerk_app.ports.hall_queue import WindowView
from clerk_app.ports.window import CaseRow
from clerk_app.services.window.overview import Deadline, DeadlineKind, Overview, Urgency
from clerk_app.ui.keys import bind, key
from clerk_app.ui.kit.buttons import Button
from clerk_app.ui.kit.labels import Divider, ElidedLabel, IconLabel, Pill, Text
from clerk_app.ui.kit.layout import Column, Row
from clerk_app.ui.kit.paint import State
from clerk_app.ui.kit.surfaces import Card, EmptyState, Surface
from clerk_app.ui.kit.theme import px
from clerk_app.ui.window.find_line import FindLine
from clerk_app.ui.window.found import Found, exact_number
from clerk_app.ui.window.frames import Scroll
from clerk_app.ui.window.hints import HintButton
from clerk_app.ui.window.idle_hero import Hero
from clerk_app.ui.window.worklists import LISTINGS, WorkLists

LOW = 480

_URGENCY: Final[dict[Urgency, tuple[str, str, State]]] = {
    Urgency.OVERDUE: ("circle-alert", "bad_solid", State.BAD),
    Urgency.TODAY: ("circle-alert", "bad_solid", State.BAD),
    Urgency.SOON: ("triangle-alert", "warn_solid", State.WARN),
    Urgency.LATER: ("file-clock", "ink7", State.NEUTRAL),
}
_ERRANDS: Final = {"consult": "只咨询", "collect": "领结果", "hand_over_papers": "交接"}
ON_THE_FREE_PAGE = 5
"""So many work lists are counted on the free page, the others only in their own room."""

_DRAFTS: Final = frozenset({DeadlineKind.DRAFT, DeadlineKind.NOTICE})


class IdlePage(Surface):
    """F2 and F5 are bound here; Alt+D (``resume_first``) and F6 (``start_find``) are the shell's.

    ``call_next``, ``walk_in`` (a case without a ticket), ``resume`` with a case id, ``find_wanted`` with what was typed
    or scanned (answer with ``show_found``), ``open_wanted`` with the case that is to be opened, by id or by a number
    that only the server may know; ``refused`` with the reason why F2 does nothing now.
    """

    call_next = Signal()
    walk_in = Signal()
    resume = Signal(str)
    find_wanted = Signal(str)
    open_wanted = Signal(str)
    refused = Signal(str)
    errand_wanted = Signal(str)

    def __init__(self) -> None:
        super().__init__("canvas")
        self.hero = Hero()
        self.call = self.hero.call
        self.search = FindLine("扫回执二维码，或输入编号后几位、票号、姓名", "找办件")
        self.found = Found()
        self.todo = Card("今天必须处理", note="按到期先后", padding=0)
        self.cases = Card("我的办件", padding=0)
        self.offer = _Offer()
        self.notices = _Notices()
        self.errands = [HintButton(key(one).cap(), _ERRANDS[one]) for one in _ERRANDS]
        self.lists = HintButton(key("my_cases").cap(), "打开清单")
        self._counts: tuple[tuple[str, int, str], ...] = ()
        self._accepted, self._consulted = 0, 0
        self._known = False
        self.stack = QStackedWidget()
        self.resumes: dict[str, Button] = {}
        self.looks: list[Button] = []
        self._first = ""
        self._build()
        self.hero.call_next.connect(self.call_next)
        self.hero.refused.connect(self.refused)
        self.offer.button.clicked.connect(lambda: self.errand_wanted.emit("collect"))
        self.lists.clicked.connect(lambda: self.errand_wanted.emit("my_cases"))
        for one, hint in zip(_ERRANDS, self.errands, strict=True):
            hint.clicked.connect(lambda wanted=one: self.errand_wanted.emit(wanted))
        self._take_it = ""
        self.search.wanted.connect(self._find)
        self.search.entered.connect(self._enter)
        self.search.down.connect(self.found.start)
        self.found.opened.connect(self.open_wanted)
        self.found.left_above.connect(self.search.start)
        bind(self, "call_next", self.hero.press, context=Qt.ShortcutContext.WindowShortcut)
        bind(self, "read_card_idle", self.walk_in.emit, context=Qt.ShortcutContext.WindowShortcut)

    def _build(self) -> None:
        row = Row(gap=SPACE.x16)
        row.addWidget(self.todo, 3, Qt.AlignmentFlag.AlignTop)
        row.addWidget(self.cases, 2, Qt.AlignmentFlag.AlignTop)
        below = (0, SPACE.page, SPACE.x16, SPACE.page)
        self.stack.addWidget(Scroll(Column(row, None), below))
        self.stack.addWidget(Scroll(Column(self.found), below))
        self._more = QWidget()
        self._more.setLayout(Row(None, *self.errands, gap=SPACE.x16))
        find = Column(self.search, self._more, gap=SPACE.x8)
        margins = (SPACE.x16, SPACE.page, SPACE.x12, SPACE.page)
        above = Column(self.hero, self.notices, self.offer, find, gap=SPACE.x16, margins=margins)
        outer = Column(above, self.stack)
        outer.setStretch(1, 1)
        self.setLayout(outer)
        self.cases.head.put(self.lists)
        self.todo.body.put(EmptyState("今天没有要赶的期限"))
        self.cases.body.put(EmptyState("还没有办件"))

    # --- showing ----------------------------------------------------------------------------------------------
    def show_view(self, view: WindowView | None, now: datetime) -> None:
        """What the window does, who may come here, how long the longest waits; None while nothing is known."""
        self.hero.show_view(view, now)
        self.notices.show_texts(view.notices if view is not None else ())

    def tick(self, now: datetime) -> None:
        """Let the longest wait grow."""
        self.hero.tick(now)

    def show_overview(self, overview: Overview) -> None:
        """Deadlines, drafts and my cases."""
        self.todo.body.empty()
        self.resumes, self.looks = {}, []
        self.todo.set_count(sum(line.urgency is not Urgency.LATER for line in overview.deadlines))
        drafts = [line for line in overview.deadlines if line.kind in _DRAFTS]
        plain = [line for line in drafts if line.kind is DeadlineKind.DRAFT]
        self._first = next((line.case_id for line in [*plain, *drafts]), "")
        for number, line in enumerate(overview.deadlines):
            if number:
                self.todo.body.put(Divider())
            self.todo.body.put(self._deadline(line))
        if not overview.deadlines:
            self.todo.body.put(EmptyState("今天没有要赶的期限"))
        self._accepted, self._consulted = overview.day.accepted, overview.day.consulted
        if not self._known:
            self._counts = tuple((entry.label, entry.count, entry.note) for entry in overview.cases)
        self._show_cases()

    def show_work(self, lists: WorkLists) -> None:
        """The hall's work lists take the place of what this window knows alone."""
        self._known = lists.known
        if lists.known:
            self._counts = tuple((one.name, lists.count(one), lists.note(one)) for one in LISTINGS[:ON_THE_FREE_PAGE])
        self._show_cases()

    def show_offer(self, name: str, count: int) -> None:
        """Whoever laid a card down has results to take along; an empty name hides the line."""
        self.offer.show_offer(name, count)
        # The line takes the room of the other keys.
        self._more.setVisible(not name)

    def _show_cases(self) -> None:
        self.cases.body.empty()
        advice = [("今天咨询", self._consulted, "")] if self._consulted else []
        for label, count, note in [*self._counts, ("今天受理", self._accepted, ""), *advice]:
            if self.cases.body.count():
                self.cases.body.put(Divider())
            self.cases.body.put(_count_line(label, count, note))

    def show_calling(self) -> None:
        """F2 is on its way."""
        self.hero.show_calling(True)

    def show_called(self) -> None:
        """The answer to F2 is there (or the request failed)."""
        self.hero.show_calling(False)

    def lock_call(self, reason: str) -> None:
        """Calling is not possible and why (server away, logged in offline); empty unlocks."""
        self.hero.lock(reason)

    def show_found(self, text: str, rows: Sequence[CaseRow]) -> None:
        """What the search found; an answer to an older text is ignored, an empty text shows the lists again."""
        if text != self.search.text():
            return
        self.found.show_rows(text, rows)
        self.stack.setCurrentIndex(1 if text else 0)
        take, self._take_it = self._take_it == text, ""
        if take and text:
            self._take(text, rows)

    def start(self) -> None:
        """The focus is on 「叫下一位」."""
        self.search.clear()
        self.stack.setCurrentIndex(0)
        (self.call if self.call.isEnabled() else self.search.edit).setFocus()

    def start_find(self) -> None:
        """F6: the focus is in the search field."""
        self.search.start()

    def resume_first(self) -> bool:
        """Alt+D: take up the first draft; False when there is none."""
        if self._first:
            self.resume.emit(self._first)
        return bool(self._first)

    # --- inside -----------------------------------------------------------------------------------------------
    def resizeEvent(self, event: QResizeEvent) -> None:
        self.hero.set_low(self.height() < px(LOW))
        super().resizeEvent(event)

    def _enter(self, text: str) -> None:
        """Enter takes what is found: the only case at once, several to choose from, none from the server."""
        self._take_it = text

    def _take(self, text: str, rows: Sequence[CaseRow]) -> None:
        number = exact_number(text)
        whole = [row for row in rows if number and number in {row.case_number, row.document_number, row.case_no}]
        if len(rows) == 1 or whole:
            self.open_wanted.emit((whole or rows)[0].case_id)
        elif not self.found.start() and number:
            self.open_wanted.emit(number)

    def _find(self, text: str) -> None:
        if text:
            self.find_wanted.emit(text)
        else:
            self.stack.setCurrentIndex(0)

    def _deadline(self, line: Deadline) -> QWidget:
        icon, tone, state = _URGENCY[line.urgency]
        box = QWidget()
        words = Column(ElidedLabel(line.title, "body"), Text(line.line, "note", "ink5", wrap=True))
        row = Row(IconLabel(icon, tone, SIZE.icon_middle), words, gap=SPACE.x12, margins=(SPACE.x6, SPACE.card))
        row.setStretch(1, 1)
        if line.kind is not DeadlineKind.DRAFT:
            row.put(Pill(line.badge, state))
        if line.kind in _DRAFTS:
            button = Button("继续", key=key("draft").cap() if line.case_id == self._first else "", compact=True)
            button.setAccessibleName(f"继续 {line.line}")
            button.clicked.connect(lambda _on=False, chosen=line.case_id: self.resume.emit(chosen))
            self.resumes[line.case_id] = button
            row.put(button)
        else:
            look = Button("打开", compact=True)
            look.setAccessibleName(f"打开 {line.line}")
            look.clicked.connect(lambda _on=False, chosen=line.case_id: self.open_wanted.emit(chosen))
            self.looks.append(look)
            row.put(look)
        box.setLayout(row)
        return box


class _Offer(Surface):
    """Results wait for the person whose card lies there."""

    def __init__(self) -> None:
        super().__init__("picked")
        self.words = ElidedLabel("", "item", strong=True)
        self.button = Button("领结果", key=key("collect").cap(), compact=True)
        self.button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        icon = IconLabel("package-check", "ok_solid", SIZE.icon_large)
        row = Row(icon, self.words, self.button, gap=SPACE.x12, margins=(SPACE.x6, SPACE.card))
        row.setStretch(1, 1)
        self.setLayout(row)
        self.setVisible(False)

    def show_offer(self, name: str, count: int) -> None:
        self.words.setText(f"{name}有 {count} 件结果可以领走")
        self.setVisible(bool(name))


class _Notices(Surface):
    """What the hall tells everybody today, so that the clerk knows what citizens read."""

    def __init__(self) -> None:
        super().__init__("card")
        self.words = ElidedLabel("", "body")
        self.rest = Text("", "note", "ink7")
        icon = IconLabel("megaphone", "ink7", SIZE.icon_middle)
        row = Row(icon, self.words, self.rest, gap=SPACE.x12, margins=(SPACE.x6, SPACE.card))
        row.setStretch(1, 1)
        self.setLayout(row)
        self.setVisible(False)

    def show_texts(self, texts: Sequence[str]) -> None:
        self.words.setText(texts[-1] if texts else "")
        self.rest.setText(f"还有 {len(texts) - 1} 条" if len(texts) > 1 else "")
        self.rest.setVisible(len(texts) > 1)
        self.setToolTip("\n".join(texts))
        self.setVisible(bool(texts))


def _count_line(label: str, count: int, note: str) -> QWidget:
    line = QWidget()
    row = Row(gap=SPACE.x12, margins=(SPACE.x4, SPACE.card))
    row.addWidget(Text(label, "body"), 3)
    row.addWidget(Text(str(count), "title", right=True), 1)
    row.addWidget(ElidedLabel(note, "note", "ink7"), 3)
    line.setLayout(row)
    return line

"""The free window: call the next one, what the law wants today, my cases, and the search."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QStackedWidget, QWidget

from clerk_app.design.tokens import SIZE, SPACE
from clerk_app.design.words import NOTHING, average, minutes
from clerk_app.ports.hall_queue import WindowView
from clerk_app.ports.window import CaseRow
from clerk_app.services.window.overview import Deadline, DeadlineKind, Overview, Urgency
from clerk_app.ui.keys import bind, key
from clerk_app.ui.kit.buttons import Button, CallButton
from clerk_app.ui.kit.labels import Divider, ElidedLabel, IconLabel, Pill, Text
from clerk_app.ui.kit.layout import Column, Row
from clerk_app.ui.kit.paint import State
from clerk_app.ui.kit.surfaces import Card, EmptyState, Surface
from clerk_app.ui.kit.theme import px
from clerk_app.ui.window.find_line import FindLine
from clerk_app.ui.window.found import Found, exact_number
from clerk_app.ui.window.frames import Level, Scroll
from clerk_app.ui.window.hints import HintButton
from clerk_app.ui.window.worklists import LISTINGS, WorkLists

CALL_WIDTH = 316
HERO = 164
HERO_LOW = 136
LOW = 480

READY = "准备好了就叫下一位"
READY_NOTE = "叫哪个号由系统按先后和优先定，不能挑号"
NOBODY = "现在没有人等候"
NOBODY_NOTE = "有人取号后这里会变；没有取号的人按 F5 直接办"

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
        self._view: WindowView | None = None
        self._locked = ""
        self._calling = False
        self.call = CallButton(key("call_next").text, key=key("call_next").cap())
        self.title = ElidedLabel(READY, "headline")
        self.note = Text(READY_NOTE, "note", "ink7", wrap=True)
        self.people = _Figure("可到本窗口的人")
        self.longest = _Figure("最久已等")
        self.mean = _Figure("今天平均等候")
        self._hero = Level("card", height=HERO)
        self._figures = QWidget()
        self.search = FindLine("扫回执二维码，或输入编号后几位、票号、姓名", "找办件")
        self.found = Found()
        self.todo = Card("今天必须处理", note="按到期先后", padding=0)
        self.cases = Card("我的办件", padding=0)
        self.offer = _Offer()
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
        self.call.clicked.connect(self._call)
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
        bind(self, "call_next", self._call, context=Qt.ShortcutContext.WindowShortcut)
        bind(self, "read_card_idle", self.walk_in.emit, context=Qt.ShortcutContext.WindowShortcut)

    def _build(self) -> None:
        hero = self._hero
        self._figures.setLayout(
            Row(self.people, self.longest, self.mean, None, gap=SPACE.x32, margins=(SPACE.x12, 0, 0, 0))
        )
        words = Column(None, self.title, self.note, self._figures, None, margins=(SPACE.x8, SPACE.x24))
        call_place = Surface("", width=CALL_WIDTH)
        call_place.setLayout(Row(self.call))
        hero_row = Row(words, call_place)
        hero_row.setStretch(0, 1)
        hero.setLayout(hero_row)
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
        above = Column(hero, self.offer, find, gap=SPACE.x16, margins=margins)
        outer = Column(above, self.stack)
        outer.setStretch(1, 1)
        self.setLayout(outer)
        self.cases.head.put(self.lists)
        self.todo.body.put(EmptyState("今天没有要赶的期限"))
        self.cases.body.put(EmptyState("还没有办件"))

    # --- showing ----------------------------------------------------------------------------------------------
    def show_view(self, view: WindowView | None, now: datetime) -> None:
        """Who may come here, how long the longest waits, the hall's mean; None while nothing is known."""
        self._view = view
        self.people.set(str(view.eligible) if view else NOTHING)
        self._show_longest(now)
        mean = view.mean_wait_s if view else None
        self.mean.set(average(mean) if mean is not None else NOTHING)
        self._show_words()

    def tick(self, now: datetime) -> None:
        """Let the longest wait grow."""
        if not self._locked:
            self._show_longest(now)

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
        self._calling = True
        self._show_words()

    def show_called(self) -> None:
        """The answer to F2 is there (or the request failed)."""
        self._calling = False
        self._show_words()

    def show_nobody(self) -> None:
        """The answer to F2 was: nobody waits."""
        self._calling = False
        self._show_words()
        self.title.setText(NOBODY)
        self.note.setText(NOBODY_NOTE)

    def lock_call(self, reason: str) -> None:
        """Calling is not possible and why (server away, logged in offline); empty unlocks."""
        self._locked = reason
        self._show_words()

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
        self._hero.set_height(HERO_LOW if self.height() < px(LOW) else HERO)
        super().resizeEvent(event)

    def _show_longest(self, now: datetime) -> None:
        view = self._view
        if view is None or not view.eligible:
            self.longest.set(NOTHING)
            return
        grown = 0.0 if self._locked else max(0.0, (now - view.at).total_seconds())
        number, _, unit = minutes(view.longest_wait_s + grown).rpartition(" ")
        self.longest.set(number, unit)

    def _show_words(self) -> None:
        nobody = self._view is not None and self._view.eligible == 0
        self.call.setEnabled(not self._locked)
        self.call.setText("正在叫号…" if self._calling else key("call_next").text)
        # Without the server the figures are old; the rail says of when.
        self._figures.setVisible(not self._locked)
        if self._locked:
            self.title.setText("现在叫不了号")
            self.note.setText(self._locked)
        else:
            self.title.setText(NOBODY if nobody else READY)
            self.note.setText(NOBODY_NOTE if nobody else READY_NOTE)

    def _call(self) -> None:
        if self._calling:
            return
        if self._locked:
            self.refused.emit(self._locked)
        else:
            self.call_next.emit()

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


class _Figure(QWidget):
    """A number with its unit, and what it counts below."""

    def __init__(self, words: str) -> None:
        super().__init__()
        self.number = Text(NOTHING, "figure")
        self.unit = Text("", "item", strong=True)
        line = Row(gap=SPACE.x4)
        line.addWidget(self.number, 0, Qt.AlignmentFlag.AlignBottom)
        line.addWidget(self.unit, 0, Qt.AlignmentFlag.AlignBottom)
        line.put(None)
        self.words = Text(words, "note", "ink5")
        self.setLayout(Column(line, self.words))
        self.unit.setVisible(False)

    def set(self, number: str, unit: str = "") -> None:
        """Show a figure."""
        self.number.setText(number)
        self.unit.setText(unit)
        self.unit.setVisible(bool(unit))
        self.setAccessibleName(f"{self.words.text()} {number}{unit}")


def _count_line(label: str, count: int, note: str) -> QWidget:
    line = QWidget()
    row = Row(gap=SPACE.x12, margins=(SPACE.x4, SPACE.card))
    row.addWidget(Text(label, "body"), 3)
    row.addWidget(Text(str(count), "title", right=True), 1)
    row.addWidget(ElidedLabel(note, "note", "ink7"), 3)
    line.setLayout(row)
    return line

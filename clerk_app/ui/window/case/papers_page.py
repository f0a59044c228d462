"""Step 5: what became of each sheet, the question only a person can answer, the rating, and the end of the visit."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QApplication, QWidget

from clerk_app.design.tokens import SIZE, SPACE
from clerk_app.design.words import clock_time, exact_time, joined
from clerk_app.ports.window import StoredPaper
from clerk_app.services.steps.values import OpenFile
from clerk_app.services.window.cases import Concluded
from clerk_app.services.window.printing import Question
from clerk_app.services.window.rating import Rated
from clerk_app.ui.keys import Page, bind, key, pressed
from clerk_app.ui.kit.ask import AskCard
from clerk_app.ui.kit.buttons import Button, ButtonRole
from clerk_app.ui.kit.labels import ElidedLabel, IconLabel, Text
from clerk_app.ui.kit.layout import Column, Row
from clerk_app.ui.kit.surfaces import Surface
from clerk_app.ui.kit.theme import px
from clerk_app.ui.window.case.paper_cards import PaperCard, RatingCard, Slip, SummaryCard
from clerk_app.ui.window.case.paper_list import PaperList
from clerk_app.ui.window.file.instant import Stage
from clerk_app.ui.window.file.instant_card import InstantCard
from clerk_app.ui.window.frames import Level, Scroll

LOW = 370
MANY = 3
"""With more sheets those that are done take one line each."""


class PapersPage(QWidget):
    """F9 ends the visit and stays, F12 ends it and calls, Alt+M goes on with the same ticket; all three wait until
    every sheet is decided (``refused`` says why). While the result of an instant case lies ready, F9 hands it over
    instead (``issue_wanted``).

    ``answered`` carries the ``Question`` and the chosen ``Answer``; ``reprint_wanted`` and ``void_wanted`` a paper id
    and the reason; ``print_wanted``, ``a4_wanted`` and ``later_wanted`` a paper id that did not come out;
    ``rating_wanted`` asks the citizen again.
    """

    answered = Signal(object, object)  # Question, Answer
    reprint_wanted = Signal(str, str)
    void_wanted = Signal(str, str)
    print_wanted = Signal(str)
    a4_wanted = Signal(str)
    later_wanted = Signal(str)
    rating_wanted = Signal()
    finish_next = Signal()
    finish = Signal()
    next_matter = Signal()
    issue_wanted = Signal()
    refused = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self._undecided = ""
        self._can_issue = False
        self._question: Question | None = None
        self._case_id = ""
        self.ask: AskCard | None = None
        self.summary = SummaryCard()
        self.instant = InstantCard()
        self.rating = RatingCard()
        self.more = Text("", "note", "bad")
        self._ask_place = Column(gap=SPACE.x8)
        self.papers = PaperList(MANY, SPACE.x8)
        column = Column(gap=SPACE.x8)
        column.put(self._ask_place, self.more, self.summary, self.instant, self.papers, self.rating, None)
        self.area = Scroll(column, (SPACE.x8, SPACE.page, SPACE.x8, SPACE.page))
        desk = Surface("canvas")
        desk.setLayout(Column(self.area))
        self.saved = ElidedLabel("", "note", "ok")
        self.reason = Text("", "note", "ink7", wrap=True, right=True)
        self.stay = Button("办结", key="F9", large=True)
        self.go = Button("办结，叫下一位", ButtonRole.PRIMARY, key=key("finish_next").cap())
        self.later = Button("先不发，叫下一位", key=key("finish_next").cap(), large=True)
        self.issue = Button("出件并打印回证", ButtonRole.PRIMARY, key=key("primary").cap())
        self.bar = Level("paper", edges="top", height=SIZE.action_bar)
        bar_row = Row(IconLabel("hard-drive-download", "ok", SIZE.icon_middle), self.saved, gap=SPACE.x8)
        buttons = (self.stay, self.go, self.later, self.issue)
        whole = Row(bar_row, self.reason, *buttons, gap=SPACE.x12, margins=(0, SPACE.page))
        whole.setStretch(0, 1)
        whole.setStretch(1, 1)
        self.bar.setLayout(whole)
        outer = Column(desk, self.bar)
        outer.setStretch(0, 1)
        self.setLayout(outer)
        for button in (self.later, self.issue):
            button.setVisible(False)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._connect()

    def _connect(self) -> None:
        self.papers.reprint.connect(self.reprint_wanted)
        self.papers.void.connect(self.void_wanted)
        self.papers.send.connect(self.print_wanted)
        self.papers.on_a4.connect(self.a4_wanted)
        self.papers.later.connect(self.later_wanted)
        self.go.clicked.connect(self._finish_next)
        self.stay.clicked.connect(self._finish)
        self.later.clicked.connect(self._finish_next)
        self.issue.clicked.connect(self._issue)
        self.summary.next_matter.clicked.connect(self._next_matter)
        self.rating.again.clicked.connect(self.rating_wanted)
        window = Qt.ShortcutContext.WindowShortcut
        bind(self, "finish_next", self._finish_next, context=window)
        bind(self, "primary", self._primary, context=window)
        bind(self, "next_matter", self._next_matter, context=window)

    # --- showing ----------------------------------------------------------------------------------------------
    @property
    def cards(self) -> dict[str, PaperCard]:
        """The card of each sheet by its id."""
        return self.papers.cards

    def show_papers(
        self, concluded: Concluded, papers: Sequence[StoredPaper], questions: Sequence[Question], undecided: str
    ) -> None:
        """The stored conclusion, its sheets, the open questions (the first is asked), and why the visit cannot be
        ended yet (empty when it can)."""
        if concluded.case_id != self._case_id:
            self._case_id = concluded.case_id
            self.show_rating(None)
        self.summary.show_conclusion(concluded)
        self.papers.show_papers(papers)
        self._ask(questions)
        self._undecided = undecided
        at_the_end = self.window().focusWidget() in (self.go, self.stay, self.later)
        for button in (self.go, self.stay, self.later, self.summary.next_matter):
            button.setEnabled(not undecided)
        if undecided and at_the_end:
            # Qt would go on to the next button that takes a press, which prints a sheet again.
            self.setFocus()
        self.reason.setText(undecided)
        self.reason.setVisible(bool(undecided))
        stored = f"本件已存在本机（加密）{exact_time(concluded.conclusion.concluded_at)}"
        uploaded = f"{clock_time(concluded.synced_at)} 已上传" if concluded.synced_at else ""
        self.saved.setText(joined(stored, uploaded))
        self._fit()
        self._keep_focus()

    def show_instant(
        self, stage: Stage | None, opened: OpenFile | None, why: str, since: datetime, now: datetime
    ) -> None:
        """Where the result of an instant case is; None for every other case. ``why`` keeps it from being handed over
        at this page."""
        self.instant.setVisible(stage is not None)
        if stage is not None:
            self.instant.show_stage(stage, opened, why, since, now)
        self._can_issue = stage is Stage.READY and not why
        issuing = stage is Stage.ISSUING
        at_the_end = self.window().focusWidget() in (self.go, self.stay, self.issue)
        for button in (self.later, self.issue):
            button.setVisible(self._can_issue or issuing)
        for button in (self.stay, self.go):
            button.setVisible(not self._can_issue and not issuing)
        if issuing:
            self.issue.busy("正在出件…")
        else:
            self.issue.ready()
        if at_the_end:
            # The button with the focus gave way to another one; the next key belongs to what stands there now.
            self.start()
        self._keep_focus()

    def show_rating(self, rated: Rated | None, *, asking: bool = False, sentence: str = "") -> None:
        """Whether the citizen rates, has rated or did not; never how. ``sentence`` is what ails the keypad; nothing
        at all (None, not asking, no sentence) hides the line."""
        self.rating.show_state(rated, asking=asking, sentence=sentence)

    def start(self) -> None:
        """The focus is on the question if there is one, on the sheet that did not come out, else on the end of the
        visit."""
        refused = next((card for card in self.cards.values() if not card.print_now.isHidden()), None)
        if self.ask is not None and self.ask.isEnabled():
            self.ask.setFocus()
        elif self._can_issue and self.issue.isVisible():
            self.issue.setFocus()
        elif self.go.isEnabled() and not self.go.isHidden():
            self.go.setFocus()
        elif refused is not None:
            refused.print_now.setFocus()
        else:
            self.setFocus()

    # --- inside -----------------------------------------------------------------------------------------------
    def _ask(self, questions: Sequence[Question]) -> None:
        first = questions[0] if questions else None
        others = len(questions) - 1
        self.more.setText(f"答完这一张，还有 {others} 张要看" if others > 0 else "")
        self.more.setVisible(others > 0)
        if first is not None and self._question is not None and first.paper == self._question.paper:
            return
        self._question = first
        self._ask_place.empty()
        self.ask = None
        if first is None:
            return
        sentence = first.paper.sentence
        asked = first.text.removeprefix(sentence).removeprefix("。")
        explanation = sentence if not sentence or sentence.endswith("。") else f"{sentence}。"
        self.ask = AskCard(
            first.title,
            f"{explanation}回答之前不会再打，不会多出一张。",
            asked,
            [(line.text, line.follows) for line in first.answers],
            icon="receipt-text" if first.paper.medium.value == "receipt" else "printer",
            side=Slip(first.last_lines, first.look_for),
        )
        self.ask.answered.connect(lambda index, asked=first: self.answered.emit(asked, asked.answers[index].answer))
        self._ask_place.put(self.ask)
        # Layouts show what is new in the next turn only; a hidden card takes no focus.
        self.ask.show()

    def _fit(self) -> None:
        # On a low screen the question takes the place of the bar, whose keys are locked as long as it is open.
        self.bar.setVisible(self.ask is None or self.height() >= px(LOW))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def _keep_focus(self) -> None:
        focus = QApplication.focusWidget()
        gone = focus is None or not focus.isEnabled() or not focus.isVisible()
        if self.isVisible() and (gone or focus is self):
            self.start()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        hit = pressed(event, Page.ASK)
        if hit is not None and self.ask is not None and self.ask.isEnabled():
            self.ask.keyPressEvent(event)
        else:
            super().keyPressEvent(event)

    def _finish_next(self) -> None:
        if self._may_end():
            self.finish_next.emit()

    def _finish(self) -> None:
        if self._may_end():
            self.finish.emit()

    def _primary(self) -> None:
        """F9 means what stands on the button."""
        if self._can_issue:
            self._issue()
        elif not self.issue.isVisible():
            self._finish()

    def _issue(self) -> None:
        if self._can_issue and self.issue.isEnabled():
            self.issue_wanted.emit()

    def _next_matter(self) -> None:
        if self._may_end():
            self.next_matter.emit()

    def _may_end(self) -> bool:
        if self._undecided:
            self.refused.emit(self._undecided)
        return not self._undecided

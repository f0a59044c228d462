"""Step 2: find the matter by a few letters, then answer its situation questions with digits."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QListView, QScrollArea, QStackedWidget, QWidget

from clerk_app.design.tokens import SIZE, SPACE
from clerk_app.domain.catalogue import Matter, Situation
from clerk_app.domain.intake import Intake
from clerk_app.services.window.matter_index import MatterHit
from clerk_app.ui.keys import Page, bind, key, pressed
from clerk_app.ui.kit.buttons import Button, ButtonRole, Chip
from clerk_app.ui.kit.flow import Flow
from clerk_app.ui.kit.labels import IconLabel, Text
from clerk_app.ui.kit.layout import Column, Row
from clerk_app.ui.kit.legend import Legend
from clerk_app.ui.kit.surfaces import Card, EmptyState, Surface
from clerk_app.ui.kit.theme import px
from clerk_app.ui.window.case.matter_hits import HitDelegate, Hits, Query
from clerk_app.ui.window.hints import HintButton

NOTHING_FOUND: Final = "没有找到这样的事项，少打几个字母试试"
PRE_CHECK_ASKED: Final = "没有这样的事项。如果是网上预审的编号，按 Enter 填入"
_PRE_CHECK: Final = re.compile(r"(?=(?:.*\d){6})[A-Za-z0-9][A-Za-z0-9-]{7,39}")


def looks_like_pre_check(text: str) -> bool:
    """Platforms number as they like: letters, hyphens and at least six digits, 8 to 40 characters."""
    return _PRE_CHECK.fullmatch(text) is not None


class MatterPage(QWidget):
    """``search_wanted`` asks for hits (answer with ``show_hits``), ``picked`` carries a code (answer by showing an
    intake with the matter), ``changed`` the next ``Intake`` after an answer, ``finished`` when all are answered,
    ``people_wanted`` when somebody who has to apply as well is still missing, ``number_entered`` carries what is no
    matter but looks like the number of an online pre-check."""

    search_wanted = Signal(str)
    picked = Signal(str)
    changed = Signal(object)  # Intake
    finished = Signal()
    number_entered = Signal(str)
    people_wanted = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._intake: Intake | None = None
        self._shown_query: str | None = None
        self._pick_when_shown = False
        self._searching = True
        self._at = 0
        self._cards: list[Card] = []
        self._chips: list[list[Chip]] = []
        self.query = Query()
        self.hits = QListView()
        self._model = Hits()
        self.hits.setModel(self._model)
        self.hits.setItemDelegate(HitDelegate(self.hits))
        self.hits.setUniformItemSizes(True)
        self.hits.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.hits.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.hits.setAttribute(Qt.WidgetAttribute.WA_InputMethodEnabled, False)
        self.nothing = EmptyState(NOTHING_FOUND, icon="search-x")
        self._caption = Text("", "note", "ink7", strong=True)
        self.questions = QWidget()
        self.questions.setProperty("clear", True)
        self._question_column = Column(gap=SPACE.x12, margins=(SPACE.x16, SPACE.page))
        self.questions.setLayout(self._question_column)
        self.questions.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.questions.installEventFilter(self)
        self.stack = QStackedWidget()
        self.legend = Legend()
        self.go = Button("看材料", ButtonRole.PRIMARY, key="F9")
        self.other = Button("换一个事项", key="F6", large=True)
        self._build()
        self.query.query.connect(self._query_changed)
        self.query.installEventFilter(self)
        self.hits.clicked.connect(lambda index: self._pick(index.row()))
        self.go.clicked.connect(self._go)
        self.other.clicked.connect(self.search)
        bind(self, "primary", self._go)

    def _build(self) -> None:
        line = self._line = Surface("field", height=SIZE.primary)
        line.setLayout(
            Row(IconLabel("search", "ink5", SIZE.icon_large), self.query, gap=SPACE.x8, margins=(0, SPACE.x16))
        )
        top = QWidget()
        top.setLayout(Column(line, self._caption, gap=SPACE.x8, margins=(SPACE.x16, SPACE.page, SPACE.x8, SPACE.page)))
        find = QWidget()
        find.setLayout(Column(top, self.hits, self.nothing))
        self.stack.addWidget(find)
        self._scroll = QScrollArea()
        self._scroll.setWidget(self.questions)
        self._scroll.setWidgetResizable(True)
        self._scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.stack.addWidget(self._scroll)
        bar = Surface("paper", edges="top", height=SIZE.action_bar)
        bar.setLayout(Row(None, self.other, self.go, gap=SPACE.x12, margins=(0, SPACE.page)))
        self._bar = bar
        self.setLayout(Column(self.stack, self.legend, bar))

    # --- showing ----------------------------------------------------------------------------------------------
    def show_intake(self, intake: Intake) -> None:
        """Show the questions of the chosen matter, or the search when none is chosen."""
        before, self._intake = self._intake, intake
        matter = intake.matter
        another_case = before is None or before.case_id != intake.case_id
        if another_case:
            self.query.clear()
        if matter is None:
            if another_case or not self._searching:
                self._show_search()
        elif another_case or before is None or before.matter is not matter:
            self._build_questions(matter)
            self._show_questions()
        elif not self._searching:
            self._show_answers()

    def hits_shown(self) -> Sequence[MatterHit]:
        """What the list shows now."""
        return self._model.hits

    def question_at(self) -> int:
        """Which question the digits answer, from 0."""
        return self._at

    def chips(self) -> tuple[Chip, ...]:
        """All answers that can be clicked, in the order of the questions."""
        return tuple(chip for row in self._chips for chip in row)

    def start(self) -> None:
        """The focus goes to the search line, or to the first question."""
        (self.query if self._searching else self.questions).setFocus()

    def search(self) -> None:
        """F6: look for another matter."""
        self.query.clear()
        self._show_search()
        self.query.setFocus()

    def escape(self) -> bool:
        """Esc in a search for another matter goes back to the questions; False when there is nothing to close."""
        if not self._searching or self._intake is None or self._intake.matter is None:
            return False
        self._show_questions()
        return True

    @property
    def page(self) -> Page:
        """Whose keys are on: those of the search or of the questions."""
        return Page.MATTER if self._searching else Page.SITUATION

    def _show_search(self) -> None:
        self._searching = True
        self.stack.setCurrentIndex(0)
        self._bar.setVisible(False)
        self.legend.show_page("找事项", Page.MATTER)
        # What was used since belongs into the list.
        self._shown_query = None
        self.search_wanted.emit(self.query.whole())

    def _show_questions(self) -> None:
        self._searching = False
        self.stack.setCurrentIndex(1)
        self._bar.setVisible(True)
        self.legend.show_page("选情形", Page.SITUATION)
        self._show_answers()
        self.questions.setFocus()

    # --- finding ----------------------------------------------------------------------------------------------
    def _query_changed(self, text: str) -> None:
        self._pick_when_shown = False
        self.search_wanted.emit(text)

    def show_hits(self, query: str, hits: Sequence[MatterHit]) -> None:
        """The answer to ``search_wanted``; an answer to an older query is ignored."""
        if query != self.query.whole():
            return
        self._shown_query = query
        self._model.show(hits)
        self.hits.setVisible(bool(hits))
        self.nothing.setVisible(not hits)
        self._caption.setText(f"找到 {len(hits)} 项" if query else "常办的排在前面")
        self.nothing.words.setText(PRE_CHECK_ASKED if looks_like_pre_check(query) else NOTHING_FOUND)
        if hits:
            self.hits.setCurrentIndex(self._model.index(0))
        if self._pick_when_shown:
            self._pick(0)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() is QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            if watched is self.query:
                return self._query_key(event)
            if watched is self.questions:
                return self._question_key(event)
        elif event.type() in (QEvent.Type.FocusIn, QEvent.Type.FocusOut):
            if watched is self.query:
                self._line.set_kind("picked" if event.type() is QEvent.Type.FocusIn else "field")
            else:
                self._frame_question(event.type() is QEvent.Type.FocusIn)
        return super().eventFilter(watched, event)

    def _query_key(self, event: QKeyEvent) -> bool:
        hit = pressed(event, Page.MATTER)
        if hit is None:
            return False
        if hit.id == "matter_move":
            wanted = self.hits.currentIndex().row() + (-1 if hit.index == 0 else 1)
            if 0 <= wanted < len(self._model.hits):
                self.hits.setCurrentIndex(self._model.index(wanted))
        else:
            self._enter()
        return True

    def _enter(self) -> None:
        """Pick the chosen line; when the list still answers an older query, as soon as it answers this one."""
        if self.query.whole() != self._shown_query:
            self._pick_when_shown = True
        else:
            self._pick(max(0, self.hits.currentIndex().row()))

    def _pick(self, row: int) -> None:
        self._pick_when_shown = False
        if not self._model.hits and looks_like_pre_check(self.query.whole()):
            self.number_entered.emit(self.query.whole())
        if not 0 <= row < len(self._model.hits):
            return
        code = self._model.hits[row].code
        if self._intake is not None and self._intake.matter is not None and self._intake.matter.code == code:
            self._show_questions()
        else:
            self.picked.emit(code)

    # --- answering --------------------------------------------------------------------------------------------
    def _asked(self) -> tuple[Situation, ...]:
        """Questions for the citizen; whether an agent came is known from step 1."""
        if self._intake is None or self._intake.matter is None:
            return ()
        return tuple(s for s in self._intake.matter.situations if not s.is_agency)

    def _build_questions(self, matter: Matter) -> None:
        self._question_column.empty()
        self._chips = []
        self._cards = []
        self._at = 0
        for number, situation in enumerate(self._asked(), 1):
            card = Card(padding=SPACE.x12, gap=SPACE.x8)
            chips = []
            for digit, option in enumerate(situation.options, 1):
                chip = Chip(option.text, key=str(digit))
                chip.setFocusPolicy(Qt.FocusPolicy.NoFocus)
                chip.clicked.connect(lambda _on=False, q=number - 1, o=digit - 1: self._choose(q, o))
                chips.append(chip)
            row = Flow(*chips, gap=SPACE.x8)
            suffix = "（可多选）" if situation.multiple else ""
            card.body.put(Text(f"{number}. {situation.question}{suffix}", "item"), row)
            self._chips.append(chips)
            self._cards.append(card)
            self._question_column.put(card)
        if not self._chips:
            self._question_column.put(EmptyState("这个事项不分情形，直接看材料", icon="list-checks"))
        self._ending = Surface("notice")
        self._ending_text = Text("", "item", "warn", wrap=True)
        self._ending.setLayout(
            Row(IconLabel("scale", "warn", SIZE.icon_large), self._ending_text, gap=SPACE.x8, margins=SPACE.x12)
        )
        self._missing = Surface("notice")
        self._missing_text = Text("", "item", "warn", wrap=True)
        cap = HintButton(key("step").cap(0), "补上")
        cap.clicked.connect(self.people_wanted)
        line = Row(IconLabel("users", "warn", SIZE.icon_large), self._missing_text, gap=SPACE.x8, margins=SPACE.x12)
        line.setStretch(1, 1)
        line.put(cap)
        self._missing.setLayout(line)
        self._question_column.insertWidget(0, self._missing)
        self._question_column.put(self._ending, None)

    def _show_answers(self) -> None:
        assert self._intake is not None
        for situation, chips in zip(self._asked(), self._chips, strict=True):
            chosen = self._intake.answers.get(situation.id, ())
            for option, chip in zip(situation.options, chips, strict=True):
                chip.setChecked(option.id in chosen)
        self._frame_question(self.questions.hasFocus())
        ending = self._intake.ending
        self._ending.setVisible(ending is not None)
        if ending is not None:
            self._ending_text.setText(ending_words(self._intake))
        self._missing.setVisible(ending is None and bool(self._intake.missing_roles))
        self._missing_text.setText(missing_words(self._intake))
        self.go.setText("去结论" if ending else "看材料")

    def _frame_question(self, focused: bool) -> None:
        """The frame stands around the question that the digits answer, as long as they do."""
        for number, card in enumerate(self._cards):
            card.set_kind("picked" if focused and number == self._at else "card")
        if self._at < len(self._cards):
            self._scroll.ensureWidgetVisible(self._cards[self._at], 0, px(SPACE.x12))

    def _question_key(self, event: QKeyEvent) -> bool:
        hit = pressed(event, Page.SITUATION)
        if event.key() in (Qt.Key.Key_Up, Qt.Key.Key_Down) and self._chips:
            step = -1 if event.key() == Qt.Key.Key_Up else 1
            self._at = min(max(0, self._at + step), len(self._chips) - 1)
            self._show_answers()
            return True
        if hit is None:
            return False
        if hit.id == "situation_answer":
            if self._at < len(self._chips) and hit.index < len(self._chips[self._at]):
                self._choose(self._at, hit.index)
        else:
            self._next()
        return True

    def _choose(self, question: int, option: int) -> None:
        assert self._intake is not None
        situation = self._asked()[question]
        chosen = situation.options[option].id
        old = self._intake.answers.get(situation.id, ())
        if situation.multiple:
            new = tuple(o for o in old if o != chosen) if chosen in old else (*old, chosen)
        else:
            new = (chosen,)
        self._at = question
        self.changed.emit(self._intake.answer(situation.id, new))
        if not situation.multiple and (self._intake is None or self._intake.ending is None):
            self._next()

    def _next(self) -> None:
        if self._at + 1 < len(self._chips):
            self._at += 1
            self._show_answers()
        else:
            self._go()

    def _go(self) -> None:
        if self._searching:
            self._enter()
        else:
            self.finished.emit()


def ending_words(intake: Intake) -> str:
    """Why the chosen situation ends the application, by which law, and what the clerk does now."""
    ending = intake.ending
    assert ending is not None
    where = f"。应找{ending.competent_body}" if ending.competent_body else ""
    return f"{intake.ending_text}{where}。依据：{ending.basis.rstrip('。')}。按 F9 {_THEN[ending.kind]}"


_THEN = {
    "redirect": "改办应办的事项，不用重新取号",
    "not_required": "告知不需要办理，留下记录",
    "not_our_competence": "出不予受理通知书，写明该找谁",
    "not_yet_due": "书面告知，请到时候再来",
}


def missing_words(intake: Intake) -> str:
    """Who has to apply as well; empty where nobody is missing."""
    if intake.matter is None or not intake.missing_roles:
        return ""
    basis = f"（{intake.matter.joint.basis}）" if intake.matter.joint.basis else ""
    return f"由{'、'.join(intake.matter.joint.roles)}共同申请{basis}，还缺{'、'.join(intake.missing_roles)}"

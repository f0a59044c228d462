"""What a case consists of: its situation, the materials that were received, and the sheets of its papers."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QApplication, QWidget

from clerk_app.design.tokens import SIZE, SPACE
from clerk_app.domain.acts import ActPaper, Arrival
from clerk_app.domain.catalogue import Material, chosen_options
from clerk_app.domain.checklist import MaterialCheck, Verdict
from clerk_app.domain.papers import PAPER_NAMES
from clerk_app.ports.window import StoredPaper
from clerk_app.services.steps.values import OpenFile
from clerk_app.services.window.printing import Question
from clerk_app.ui.keys import key
from clerk_app.ui.kit.ask import AskCard
from clerk_app.ui.kit.buttons import Button
from clerk_app.ui.kit.labels import Divider, ElidedLabel, IconLabel, MarkLabel, Pill, SectionTitle
from clerk_app.ui.kit.layout import Column, Row
from clerk_app.ui.kit.paint import State
from clerk_app.ui.kit.surfaces import Surface
from clerk_app.ui.window.case import checklist_rows as rows
from clerk_app.ui.window.case.paper_cards import PaperCard
from clerk_app.ui.window.case.paper_list import PaperList
from clerk_app.ui.window.frames import Scroll
from clerk_app.ui.window.sheets import ask_card

MANY = 2
"""With more sheets those that are done take one line each."""


class Contents(QWidget):
    """``answered`` carries a ``Question`` and its ``Answer``; ``reprint_wanted`` and ``void_wanted`` a sheet's id and
    the reason, ``print_wanted``, ``a4_wanted`` and ``later_wanted`` the id of one that did not come out;
    ``bring_wanted`` asks for what other windows made."""

    answered = Signal(object, object)
    reprint_wanted = Signal(str, str)
    void_wanted = Signal(str, str)
    print_wanted = Signal(str)
    a4_wanted = Signal(str)
    later_wanted = Signal(str)
    bring_wanted = Signal()
    originals_wanted = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._question: Question | None = None
        self.ask: AskCard | None = None
        self._ask_place = Column()
        self.papers_title = SectionTitle("文书", icon="file-text")
        self.papers = PaperList(MANY, SPACE.x6)
        self.elsewhere = _Elsewhere()
        self.elsewhere.bring.clicked.connect(self.bring_wanted)
        self.papers.reprint.connect(self.reprint_wanted)
        self.papers.void.connect(self.void_wanted)
        self.papers.send.connect(self.print_wanted)
        self.papers.on_a4.connect(self.a4_wanted)
        self.papers.later.connect(self.later_wanted)
        self.situation = ElidedLabel("", "note", "ink5")
        self.materials_title = SectionTitle("材料", icon="files")
        self.originals = Button("看扫描件", key=key("see_originals").cap(), compact=True)
        self.originals.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.originals.clicked.connect(self.originals_wanted)
        self._materials = Column()
        column = Column(gap=SPACE.x8)
        column.put(self._ask_place, self.papers_title, self.papers, self.elsewhere)
        column.put(Row(self.materials_title, self.originals, gap=SPACE.x8), self.situation, self._materials, None)
        self.area = Scroll(column, (SPACE.x12, SPACE.page, SPACE.x12, SPACE.page))
        self.setLayout(Column(self.area))

    def show_file(self, opened: OpenFile) -> None:
        """The situation and every material with what became of it since."""
        intake = opened.conclusion.intake
        assert intake.matter is not None
        chosen = "、".join(option.text for option in chosen_options(intake.matter, intake.answers))
        self.situation.setText(f"情形：{chosen}" if chosen else "")
        self.situation.setVisible(bool(chosen))
        came = {check.material_id: arrival for arrival in _arrivals(opened) for check in arrival.checks}
        latest = {check.material_id: check for arrival in _arrivals(opened) for check in arrival.checks}
        self._materials.empty()
        missing = 0
        for number, (material, check) in enumerate(intake.rows, 1):
            waits = material.id in opened.file.missing
            missing += waits
            if number > 1:
                self._materials.put(Divider())
            self._materials.put(_row(opened, number, material, latest.get(material.id, check), waits, came))
        self.materials_title.set_note(f"还差 {missing} 项" if missing else "")

    @property
    def cards(self) -> dict[str, PaperCard]:
        """The card of each sheet by its id."""
        return self.papers.cards

    def show_papers(
        self, papers: Sequence[StoredPaper], questions: Sequence[Question], elsewhere: Sequence[ActPaper]
    ) -> None:
        """The sheets that this window printed or is to print, and what only other windows have; the first open
        question is asked."""
        self.elsewhere.show_papers(elsewhere)
        self.papers_title.setVisible(bool(papers or elsewhere))
        self.papers_title.set_note(f"{len(papers)} 份" if papers else "")
        self.papers.show_papers(papers)
        self._ask(questions[0] if questions else None)

    def _ask(self, question: Question | None) -> None:
        if question is not None and self._question is not None and question.paper == self._question.paper:
            return
        self._question = question
        self._ask_place.empty()
        self.ask = None
        if question is not None:
            self.ask = ask_card(question, lambda answer, asked=question: self.answered.emit(asked, answer))
            self._ask_place.put(self.ask)
            self.ask.show()
            self.area.ensureWidgetVisible(self.ask)

    def has_focus(self) -> bool:
        """Whether the focus is inside."""
        focus = QApplication.focusWidget()
        return focus is not None and self.isAncestorOf(focus)


class _Elsewhere(Surface):
    """Papers that other windows made; P prints them here too."""

    def __init__(self) -> None:
        super().__init__("quiet")
        self.words = ElidedLabel("", "item")
        self.numbers = ElidedLabel("", "note", "ink7")
        self.bring = Button("在这里打印", key=key("print_here").cap(), compact=True)
        row = Row(
            IconLabel("files", "ink7", SIZE.icon_huge),
            Column(self.words, self.numbers),
            self.bring,
            gap=SPACE.x12,
            margins=(SPACE.x8, SPACE.card),
        )
        row.setStretch(1, 1)
        self.setLayout(row)
        self.setVisible(False)

    def show_papers(self, papers: Sequence[ActPaper]) -> None:
        names = "、".join(PAPER_NAMES[paper.kind] for paper in papers)
        self.words.setText(f"别的窗口出的：{names}")
        self.numbers.setText("、".join(paper.number for paper in papers))
        self.setVisible(bool(papers))


def _arrivals(opened: OpenFile) -> list[Arrival]:
    return [act.facts.arrival for act in opened.file.acts if act.facts.arrival is not None]


def _row(
    opened: OpenFile,
    number: int,
    material: Material,
    check: MaterialCheck,
    waits: bool,
    came: dict[str, Arrival],
) -> QWidget:
    line = QWidget()
    matter = opened.conclusion.matter
    words = rows.words(matter, material, check)
    pill, state, note = words.pill, words.pill_state, words.pill_note
    if waits:
        pill, state, note = "待补", State.WARN, ""
    elif material.id in came:
        arrival = came[material.id]
        pill, note = f"已补 · {arrival.arrived_at:%m-%d}", "" if arrival.channel.value == "window" else "网上或邮寄"
    elif check.verdict is Verdict.DEFECTIVE and material.id in opened.file.listed:
        pill, state, note = "待补", State.WARN, ""
    mark = rows.MARKS[Verdict.TOLERATED if waits else check.verdict]
    name = ElidedLabel(material.name, "body")
    row = Row(MarkLabel(mark, number, SIZE.icon_large), name, gap=SPACE.x8, margins=(SPACE.x4, 0))
    row.setStretch(1, 1)
    if note:
        row.put(ElidedLabel(note, "note", "ink5", right=True))
    row.put(Pill(pill, state))
    line.setLayout(row)
    line.setToolTip(f"{material.name}\n{words.criterion}")
    line.setAccessibleName("，".join(part for part in (f"材料 {number}", material.name, pill, note) if part))
    return line

"""Step 4: the outcomes that the law knows, the locked ones with their reason, and the paper beside them."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QImage, QKeyEvent
from PySide6.QtWidgets import QScrollArea, QScrollBar, QWidget

from clerk_app.design.tokens import SIZE, SPACE
from clerk_app.domain import outcomes
from clerk_app.domain.conclusion import competent_body, document_kinds, ending_reason, gives_receipt
from clerk_app.domain.intake import Intake
from clerk_app.domain.law import ACCEPTING, OutcomeKind, rules_text, silence_accepts, supplement_title
from clerk_app.domain.papers import PAPER_NAMES, PaperKind
from clerk_app.ui.keys import Page, bind, pressed
from clerk_app.ui.kit.buttons import Button, ButtonRole, Choice
from clerk_app.ui.kit.field import Field
from clerk_app.ui.kit.labels import IconLabel, Text
from clerk_app.ui.kit.layout import Column, Row
from clerk_app.ui.kit.surfaces import Surface
from clerk_app.ui.kit.theme import px
from clerk_app.ui.window.case.paper_view import PaperView, Tag

LIST_WIDTH = 372


class OutcomePage(QWidget):
    """A digit or the arrows choose; F9 prints and serves, or brings the corrected rows back.

    ``preview_wanted`` asks for the paper of an outcome (answer with ``show_preview``); ``concluded`` carries the
    chosen outcome, ``corrected`` comes instead for 「当场更正」; ``changed`` carries the next ``Intake`` when the clerk
    typed the competent body or the reason.
    """

    changed = Signal(object)  # Intake
    preview_wanted = Signal(object)  # OutcomeKind
    concluded = Signal(object)  # OutcomeKind
    corrected = Signal()
    back = Signal()
    refused = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self._intake: Intake | None = None
        self._late = ""
        self._kind: OutcomeKind | None = None
        self._busy = False
        self._kinds: tuple[OutcomeKind, ...] = ()
        self.choices: list[Choice] = []
        self._law = Text("", "note", "ink5", right=True)
        self._list = Column()
        self.competent_body = Field("应当找哪个机关", hint="机关全称")
        self.reason = Field("理由", hint="印在通知书上")
        self._caution_text = Text("", "note", "warn", wrap=True)
        self._caution = Surface("notice")
        self._caution.setLayout(
            Row(IconLabel("scale", "warn", SIZE.icon_large), self._caution_text, gap=SPACE.x8, margins=SPACE.x8)
        )
        self.view = PaperView()
        self._scroll = _scrolling(self.view)
        self._fields = Surface("paper", edges="bottom")
        self._tag = Tag("预览 · 与打印一致", self._scroll)
        self._printer = IconLabel("printer", "ink7", SIZE.icon_middle)
        self._papers = Text("", "note", "ink7")
        self.back_button = Button("返回材料", key="Alt+3", large=True)
        self.go = Button("打印并送达", ButtonRole.PRIMARY, key="F9")
        self._build()
        self.competent_body.edited.connect(self._typed)
        self.reason.edited.connect(self._typed)
        self.back_button.clicked.connect(self.back)
        self.go.clicked.connect(self._go)
        bind(self, "primary", self._go)

    def _build(self) -> None:
        heading = Row(Text("依法只有这些结论", "body", strong=True), None, self._law, margins=(SPACE.x4, SPACE.x12))
        left = Surface("paper", edges="right", width=LIST_WIDTH)
        column = Column(gap=SPACE.x2, margins=(SPACE.x2, SPACE.x12))
        column.put(heading, self._list, SPACE.x4, self._caution, None)
        content = QWidget()
        content.setProperty("clear", True)
        content.setLayout(column)
        self._outcomes = _scrolling(content)
        left.setLayout(Column(self._outcomes))
        fields = Row(
            self.competent_body, self.reason, gap=SPACE.x12, margins=(SPACE.x8, SPACE.x20, SPACE.x12, SPACE.x20)
        )
        fields.setStretch(0, 1)
        fields.setStretch(1, 1)
        self._fields.setLayout(fields)
        right = Column(self._fields, self._scroll)
        right.setStretch(1, 1)
        middle = QWidget()
        row = Row(left, right)
        row.setStretch(1, 1)
        middle.setLayout(row)
        bar = Surface("paper", edges="top", height=SIZE.action_bar)
        bar.setLayout(
            Row(
                self._printer,
                self._papers,
                None,
                self.back_button,
                self.go,
                gap=SPACE.x12,
                margins=(0, SPACE.page),
            )
        )
        self.setLayout(Column(middle, bar))
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)

    # --- showing ----------------------------------------------------------------------------------------------
    def show_intake(self, intake: Intake, late: str = "") -> None:
        """Show the outcomes for a state; keeps the clerk's choice while it is lawful, else takes the preset one.

        ``late`` says why the law deems the application accepted by now.
        """
        self._intake, self._late = intake, late
        options = outcomes.options(intake, late)
        if tuple(o.kind for o in options) != self._kinds:
            self._rebuild(options)
        for choice, option in zip(self.choices, options, strict=True):
            choice.setText(option.name)
            choice.set_follows("" if option.locked else option.line)
            choice.lock(option.line if option.locked else "")
        allowed = {option.kind for option in options if not option.locked}
        if self._kind not in allowed:
            self._kind = outcomes.preselected(intake, late)
        self._law.setText(_rules(intake))
        self._show_choice()

    def _rebuild(self, options: tuple[outcomes.OutcomeOption, ...]) -> None:
        self._list.empty()
        self._kinds = tuple(option.kind for option in options)
        self.choices = []
        for digit, option in enumerate(options, 1):
            choice = Choice(option.name, option.line, key=str(digit))
            choice.setFocusPolicy(Qt.FocusPolicy.NoFocus)
            choice.clicked.connect(lambda _checked=False, kind=option.kind: self.choose(kind))
            self.choices.append(choice)
            self._list.put(choice)

    def _show_choice(self) -> None:
        assert self._intake is not None
        kind = self._kind
        for choice, own in zip(self.choices, self._kinds, strict=True):
            choice.setChecked(own is kind)
        self.competent_body.setVisible(kind is OutcomeKind.NOT_ACCEPTED)
        self._fields.setVisible(kind in {OutcomeKind.NOT_ACCEPTED, OutcomeKind.NOT_REQUIRED})
        _fill(self.competent_body, competent_body(self._intake))
        _fill(self.reason, ending_reason(self._intake))
        caution = _caution(self._intake, kind, self._late)
        self._caution.setVisible(bool(caution))
        self._caution_text.setText(caution)
        self._papers.setText(_paper_line(kind, self._intake))
        self._printer.setVisible(kind is not None)
        self._show_go()
        if kind is None:
            self._show_paper(None, "先选一个结论")
        elif not document_kinds(kind):
            self._show_paper(None, "这个结论没有要印的文书")
        else:
            self.preview_wanted.emit(kind)

    def show_preview(self, kind: OutcomeKind, image: QImage | None, words: str = "") -> None:
        """The paper of an outcome; ignored when the clerk has moved on to another one."""
        if kind is self._kind:
            self._show_paper(image, words)

    def show_busy(self, busy: bool) -> None:
        """Whether the conclusion is being stored and its papers drawn."""
        self._busy = busy
        self._show_go()

    def _show_go(self) -> None:
        self.go.setText("正在存好、出文书…" if self._busy else _verb(self._kind))
        self.go.setEnabled(self._kind is not None and not self._busy)

    def _show_paper(self, image: QImage | None, words: str) -> None:
        self.view.show_paper(image, words)
        self._tag.setVisible(image is not None)

    def start(self) -> None:
        """The focus takes the digits; a field that is still empty takes it first. With no outcome to choose from it
        is on the way back."""
        self._show_chosen()
        if self._kind is OutcomeKind.NOT_ACCEPTED and not self.competent_body.value():
            self.competent_body.edit.setFocus()
        elif self._kind is None:
            self.back_button.setFocus()
        else:
            self.setFocus()

    def _show_chosen(self) -> None:
        if self._kind in self._kinds:
            self._outcomes.ensureWidgetVisible(self.choices[self._kinds.index(self._kind)], 0, px(SPACE.x4))

    def escape(self) -> bool:
        """Esc in a field gives the digits back to the outcomes; False when no field has the focus."""
        if not (self.competent_body.edit.hasFocus() or self.reason.edit.hasFocus()):
            return False
        self.setFocus()
        return True

    # --- choosing ---------------------------------------------------------------------------------------------
    @property
    def kind(self) -> OutcomeKind | None:
        """The chosen outcome."""
        return self._kind

    def choose(self, kind: OutcomeKind) -> None:
        """Choose an outcome; a locked one says why and changes nothing."""
        assert self._intake is not None
        if reason := outcomes.lock_reason(self._intake, kind, self._late):
            self.refused.emit(reason)
            return
        self._kind = kind
        self._show_choice()
        self._show_chosen()
        self.start()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        hit = pressed(event, Page.OUTCOME)
        if self._turn(event):
            return
        if hit is None or not self._kinds:
            super().keyPressEvent(event)
        elif hit.id == "pick_outcome" and hit.index < len(self._kinds):
            self.choose(self._kinds[hit.index])
        elif hit.id == "outcome_move":
            self._move(-1 if hit.index == 0 else 1)

    def paper_bar(self) -> QScrollBar:
        """Where the sheet is scrolled to."""
        return self._scroll.verticalScrollBar()

    def _turn(self, event: QKeyEvent) -> bool:
        """The paging keys move the paper."""
        moves = {
            Qt.Key.Key_PageDown: QScrollBar.SliderAction.SliderPageStepAdd,
            Qt.Key.Key_PageUp: QScrollBar.SliderAction.SliderPageStepSub,
        }
        move = moves.get(Qt.Key(event.key()))
        if move is not None:
            self.paper_bar().triggerAction(move)
        return move is not None

    def _move(self, step: int) -> None:
        at = self._kinds.index(self._kind) if self._kind in self._kinds else -1
        order = range(at + step, len(self._kinds) if step > 0 else -1, step)
        for number in order:
            if self.choices[number].isEnabled():
                self.choose(self._kinds[number])
                return

    def _typed(self) -> None:
        assert self._intake is not None
        body, reason = self.competent_body.value().strip(), self.reason.value().strip()
        self.changed.emit(replace(self._intake, competent_body=body, reason=reason))

    def show_error(self, field: str, reason: str) -> None:
        """A field of the outcome is missing or wrong; the focus goes there."""
        wrong = self.competent_body if field == "competent_body" else self.reason
        wrong.set_error(reason)
        wrong.edit.setFocus()

    def _go(self) -> None:
        if self._kind is OutcomeKind.ON_SITE_CORRECTION:
            self.corrected.emit()
        elif self._kind is None:
            self.refused.emit("先选一个结论；要受理就回材料，把没查的查完")
        elif self.go.isEnabled():
            self.concluded.emit(self._kind)


def _scrolling(inner: QWidget) -> QScrollArea:
    area = QScrollArea()
    area.setWidget(inner)
    area.setWidgetResizable(True)
    area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    return area


def _fill(field: Field, text: str) -> None:
    if field.value() != text and not field.edit.hasFocus():
        field.set_value(text)


def _rules(intake: Intake) -> str:
    return rules_text(intake.matter.procedure_law, intake.matter.legal_basis) if intake.matter else ""


def _caution(intake: Intake, kind: OutcomeKind | None, late: str) -> str:
    if late and kind in ACCEPTING:
        return f"{late}，期限从收件之日起算。"
    if kind is not OutcomeKind.SUPPLEMENT_REQUESTED or intake.matter is None:
        return ""
    silence = silence_accepts(intake.matter.procedure_law)
    return "只能告知一次，没写的以后不能再要。" + (f"{silence}。" if silence else "")


def _paper_line(kind: OutcomeKind | None, intake: Intake | None) -> str:
    if kind is None:
        return ""
    paper = next(iter(document_kinds(kind)), None)
    name = PAPER_NAMES[paper] if paper else ""
    if paper is PaperKind.SUPPLEMENT_NOTICE and intake is not None and intake.matter is not None:
        name = supplement_title(intake.matter.procedure_law)
    parts = [f"A4 {name} 2 份"] if name else []
    if gives_receipt(kind):
        parts.append("小票收件凭证 1 份")
    return " · ".join(parts) or "不出文书"


def _verb(kind: OutcomeKind | None) -> str:
    if kind is OutcomeKind.ON_SITE_CORRECTION:
        return "改好了，记为已收"
    if kind is OutcomeKind.REDIRECTED:
        return "记录，改办那一项"
    return "打印并送达"

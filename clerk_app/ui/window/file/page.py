"""The case file: where a case stands, what can be done with it now, and what that needs."""

from __future__ import annotations

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QImage, QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QApplication, QScrollArea, QSizePolicy, QStackedWidget, QWidget

from clerk_app.design.tokens import SIZE, SPACE
from clerk_app.domain.act_papers import papers_of_step
from clerk_app.domain.acts import Approval
from clerk_app.domain.cases import CaseState, CaseStep
from clerk_app.domain.papers import PAPER_NAMES
from clerk_app.services.steps.forms import Form, form_of
from clerk_app.services.steps.values import OpenFile
from clerk_app.ui.keys import Key, Page, bind, key, keys_of
from clerk_app.ui.kit.buttons import Button, ButtonRole
from clerk_app.ui.kit.labels import IconLabel, Text
from clerk_app.ui.kit.layout import Column, Row
from clerk_app.ui.kit.legend import Legend
from clerk_app.ui.kit.surfaces import Surface
from clerk_app.ui.kit.theme import px
from clerk_app.ui.window.case.paper_view import PaperView, Tag
from clerk_app.ui.window.file.approval import ApprovalPanel
from clerk_app.ui.window.file.arrival import ArrivalPane
from clerk_app.ui.window.file.contents import Contents
from clerk_app.ui.window.file.form_view import FormArea, FormView
from clerk_app.ui.window.file.head import FileHead, ResultLine
from clerk_app.ui.window.file.step_list import StepList
from clerk_app.ui.window.filework import FileWork
from clerk_app.ui.window.frames import Level
from clerk_app.ui.window.rooms import Room

LIST_WIDTH = 372
PREVIEW_AFTER_MS = 400
LOW = 480
"""Below, the line that says who did what goes into the tooltip."""
NOT_LISTED = "第一次告知书没有列“{}”：要一次告知全部，再要须主管授权"


class FilePage(Room):
    """A digit chooses a step, its form opens beside it, F9 does it.

    ``collect_wanted`` carries the case that is to be handed over (the collection is a page of its own);
    ``next_wanted`` asks for the next line of the office's lists; ``finish_next`` is F12.
    """

    collect_wanted = Signal(object)  # OpenFile
    archive_wanted = Signal(object)  # OpenFile
    next_wanted = Signal()
    void_wanted = Signal(object, str)  # StoredPaper, reason
    originals_wanted = Signal(object)  # OpenFile
    finish_next = Signal()
    refused = Signal(str)
    page = Page.FILE

    def __init__(self, work: FileWork) -> None:
        super().__init__()
        self._work = work
        self._shown: OpenFile | None = None
        self._form = Form("")
        self.head = FileHead()
        self.result = ResultLine()
        self.steps = StepList()
        self.contents = Contents()
        self.form = FormView()
        self.view = PaperView()
        self.arrival = ArrivalPane()
        self.legend = Legend()
        self.approval = ApprovalPanel(self)
        self.papers_line = Text("", "note", "ink7")
        self._printer = IconLabel("printer", "ink7", SIZE.icon_middle)
        self.reason = Text("", "note", "bad", wrap=True, right=True)
        self.back = Button("返回", key=key("back").cap(), large=True)
        self.go = Button("先选一步", ButtonRole.PRIMARY, key=key("do_step").cap())
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.setInterval(PREVIEW_AFTER_MS)
        self._build()
        self._connect()

    def _build(self) -> None:
        left = Surface("paper", edges="right", width=LIST_WIDTH)
        left.setLayout(Column(self.steps))
        self._paper = QScrollArea()
        self._paper.setWidget(self.view)
        self._paper.setWidgetResizable(True)
        self._paper.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._paper.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._tag = Tag("预览 · 与打印一致", self._paper)
        self._asked = Surface("paper", edges="bottom")
        self._asked.setLayout(Column(FormArea(self.form)))
        self._asked.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)
        doing = QWidget()
        doing_column = Column(self._asked, self._paper)
        doing_column.setStretch(1, 1)
        doing.setLayout(doing_column)
        contents = Surface("paper")
        contents.setLayout(Column(self.contents))
        self._right = QStackedWidget()
        self._right.addWidget(contents)
        self._right.addWidget(doing)
        body = QWidget()
        row = Row(left, self._right)
        row.setStretch(1, 1)
        body_column = Column(row, self.legend)
        body_column.setStretch(0, 1)
        body.setLayout(body_column)
        self._body = QStackedWidget()
        self._body.addWidget(body)
        self._body.addWidget(self.arrival)
        bar = Level("paper", edges="top", height=SIZE.action_bar)
        bar_row = Row(
            self._printer,
            self.papers_line,
            self.reason,
            self.back,
            self.go,
            gap=SPACE.x12,
            margins=(0, SPACE.page),
        )
        bar_row.setStretch(2, 1)
        bar.setLayout(bar_row)
        outer = Column(self.head, self.result, self._body, bar)
        outer.setStretch(2, 1)
        self.setLayout(outer)

    def _connect(self) -> None:
        work = self._work
        work.changed.connect(self._show)
        work.papers_changed.connect(self._show_papers)
        work.preview_ready.connect(self._show_preview)
        work.field_wrong.connect(self._field_wrong)
        work.done.connect(self._done)
        self.steps.chosen.connect(self._choose)
        self.steps.refused.connect(self.refused)
        self.steps.entered.connect(self._into_form)
        self.form.finished.connect(self.go.setFocus)
        self.form.picking.connect(lambda _on: self._show_legend())
        self.form.edited.connect(self._edited)
        self.form.answered.connect(self._answered)
        self._soon.timeout.connect(self._want_preview)
        self.arrival.changed.connect(self._arrival_changed)
        self.arrival.refused.connect(self.refused)
        self.arrival.left_at_end.connect(self.go.setFocus)
        self.contents.answered.connect(work.sheets.answer)
        self.contents.reprint_wanted.connect(work.sheets.reprint)
        self.contents.void_wanted.connect(self._void)
        self.contents.print_wanted.connect(lambda _id: work.sheets.print_all())
        self.contents.a4_wanted.connect(work.sheets.on_a4)
        self.contents.later_wanted.connect(work.sheets.postpone)
        self.contents.bring_wanted.connect(work.sheets.bring_all)
        self.contents.originals_wanted.connect(self._see_originals)
        self.steps.print_wanted.connect(work.sheets.bring_all)
        self.approval.wanted.connect(self._approve)
        self.go.clicked.connect(self._go)
        self.back.clicked.connect(self._back)
        bind(self, "do_step", self._go)
        bind(self, "file_next", self._finish_next)
        bind(self, "see_originals", self._see_originals)

    def _see_originals(self) -> None:
        if self._shown is not None:
            self.originals_wanted.emit(self._shown)

    # --- showing ----------------------------------------------------------------------------------------------
    def _show(self) -> None:
        opened = self._work.opened
        if opened is None:
            self._shown = None
            return
        before, self._shown = self._shown, opened
        other = before is None or before.file.case_id != opened.file.case_id
        moved = other or before is None or before.file.acts != opened.file.acts
        self.head.show_file(opened, self._work.now)
        self.result.show_result(*self._work.result)
        had = self.steps.step
        self.steps.show_offers(self._work.offers)
        if other:
            self.steps.choose(None)
        elif had is not None and self.steps.step is None:
            self._choose(None)
        if moved:
            self.contents.show_file(opened)
        if moved and self._in_arrival and not other:
            self._leave_arrival()
        self._show_bar()
        if self._work.finished and self.steps.hasFocus():
            self.go.setFocus()

    def _show_papers(self) -> None:
        self.contents.show_papers(self._work.sheets.papers, self._work.sheets.questions, self._work.sheets.elsewhere)
        if self._work.sheets.questions:
            self.steps.choose(None)
            if self.isVisible() and self.contents.ask is not None:
                self.contents.ask.setFocus()
        elif self.isVisible() and QApplication.focusWidget() is None:
            self.start()
        self._show_bar()

    def _show_preview(self, step: CaseStep, result: object) -> None:
        if step is not self.steps.step:
            return
        image = QImage.fromData(result) if isinstance(result, bytes) else None
        waits = step is CaseStep.SUPPLEMENT_REQUESTED and self._needs_approval()
        words = "主管授权后出这份文书" if waits else str(result)
        self.view.show_paper(image, "" if image is not None else words)
        self._tag.setVisible(image is not None and step is not CaseStep.SEAL)

    def _show_bar(self) -> None:
        opened = self._work.opened
        if opened is None:
            return
        step, busy = self.steps.step, self._work.busy
        kinds = papers_of_step(step, opened.file) if step is not None else ()
        papers = " · ".join(f"A4 {PAPER_NAMES[kind]} 2 份" for kind in kinds)
        self.papers_line.setText(self.arrival.summary() if self._in_arrival else papers)
        self._printer.setVisible(bool(papers) and not self._in_arrival)
        needs = self._needs_approval()
        self.reason.setText(needs)
        self.go.setText("正在办…" if busy else self._verb(bool(needs)))
        self.go.setEnabled(not busy and (self._can_go or self._work.finished))
        self._show_legend()

    def _verb(self, needs_approval: bool) -> str:
        if self._in_arrival:
            return "登记收到"
        if self.steps.step is not None:
            return "请主管授权" if needs_approval else self._form.verb
        if self._work.finished:
            return "下一件" if self._work.next_line() is not None else "回到待办"
        return "先选一步"

    @property
    def _can_go(self) -> bool:
        return self._in_arrival or self.steps.step is not None

    @property
    def _in_arrival(self) -> bool:
        return self._body.currentIndex() == 1

    def _show_legend(self) -> None:
        picking = any(line.hasFocus() for line in self.form.picks.values())
        self.page = Page.ARRIVAL if self._in_arrival else Page.FILE_FORM if picking else Page.FILE
        if self.page is Page.FILE_FORM:
            self.legend.show_keys("正在填写", keys_of(Page.FILE_FORM), tone="pri")
        elif self.page is Page.FILE:
            # The button among the materials shows its own key.
            unused = {"file_next", "see_originals", *(() if self._work.sheets.elsewhere else ("print_here",))}
            self.legend.show_keys("", (one for one in keys_of(Page.FILE) if one.id not in unused))

    # --- choosing ---------------------------------------------------------------------------------------------
    def _choose(self, step: CaseStep | None) -> None:
        opened = self._work.opened
        if opened is None:
            return
        self._form = form_of(step, opened) if step is not None else Form("")
        if step is CaseStep.RECEIVE_ALL:
            self.arrival.show_file(opened, self._work.now, self._work.online, self._work.wrong)
            self._body.setCurrentIndex(1)
            self._show_bar()
            self.arrival.start()
            return
        self._right.setCurrentIndex(0 if step is None else 1)
        if step is not None:
            self.form.show_form(self._form, opened, self._work.now.date())
            self._asked.setVisible(not self.form.is_empty() or bool(self.form.note.text()))
            self._want_preview()
            if self.isVisible():
                self._into_form()
        elif self.form.has_focus() or self.go.hasFocus():
            self.steps.setFocus()
        self._show_bar()

    def _into_form(self) -> None:
        """The focus goes to what is still open, else stays where the digits choose steps."""
        if self.steps.step is not None and not self.form.start():
            self.steps.setFocus()

    def _edited(self) -> None:
        self._show_bar()
        self._soon.start()

    def _answered(self) -> None:
        self._show_bar()
        self._want_preview()

    def _want_preview(self) -> None:
        self._soon.stop()
        step = self.steps.step
        if step is not None and not self._in_arrival:
            width = round(self.view.page_width() * self.devicePixelRatioF())
            self._work.want_preview(step, self.form.values(), width)

    def _needs_approval(self) -> str:
        """Why a supervisor has to consent to what is chosen now; empty when nobody has to."""
        opened, step = self._work.opened, self.steps.step
        if opened is None or step is None or self._in_arrival:
            return ""
        if self._form.approval:
            return "作废要主管授权"
        if step is not CaseStep.SUPPLEMENT_REQUESTED:
            return ""
        chosen = [one for one in self.form.values().get("materials", "").split(",") if one]
        new = [one for one in chosen if one not in opened.file.listed]
        names = "、".join(opened.file.opening.names.get(one, one) for one in new)
        return NOT_LISTED.format(names) if new else ""

    # --- doing ------------------------------------------------------------------------------------------------
    def _go(self) -> None:
        if self._work.busy:
            return
        if self._in_arrival:
            self._work.supplement(self.arrival.came(), self.arrival.online)
            return
        step, opened = self.steps.step, self._work.opened
        if step is None or opened is None:
            if self._work.finished:
                self.next_wanted.emit()
            else:
                self.refused.emit("先按数字选一步")
        elif step is CaseStep.DELIVER and opened.file.state is not CaseState.POSTED:
            self.collect_wanted.emit(opened)
        elif step is CaseStep.ARCHIVE:
            self.archive_wanted.emit(opened)
        elif needs := self._needs_approval():
            title = f"请主管授权：{step.label}" if self._form.approval else "请主管授权：再次告知新的材料"
            self.approval.ask(title, needs, self.form.values().get("reason", ""))
        else:
            self._work.do(step, self.form.values())

    def _approve(self, login: str, password: str, reason: str) -> None:
        step = self.steps.step
        assert step is not None

        def given(approval: Approval) -> None:
            self.approval.dismiss()
            self._work.do(step, self.form.values(), approval)

        self._work.approve(login, password, step, reason, given, self.approval.show_failure)

    def _void(self, paper_id: str, reason: str) -> None:
        paper = next((one for one in self._work.sheets.papers if one.paper_id == paper_id), None)
        if paper is not None:
            self.void_wanted.emit(paper, reason)

    def _field_wrong(self, field: str, sentence: str) -> None:
        if not self.isVisible():
            return
        if self._in_arrival or not self.form.show_error(field, sentence):
            self.refused.emit(sentence)

    def _done(self) -> None:
        """The step is done: its papers are on their way, the list shows what can follow."""
        self._leave_arrival()
        self.steps.choose(None)
        if self.isVisible():
            self.steps.setFocus()

    def _arrival_changed(self) -> None:
        # Found out once, told in writing: a further notice for this case says the same words.
        self._work.wrong = self.arrival.wrong()
        self._show_bar()

    def _leave_arrival(self) -> None:
        if self._in_arrival:
            self._body.setCurrentIndex(0)
            self.steps.choose(None)

    def _finish_next(self) -> None:
        if self._work.undecided:
            self.refused.emit(self._work.undecided)
        else:
            self.finish_next.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        # After a step the focus is on what leads on; the digits still choose what follows in this case.
        if self.go.hasFocus():
            self.steps.keyPressEvent(event)
        else:
            super().keyPressEvent(event)

    def keys(self) -> tuple[Key, ...]:
        return self.arrival.keys() if self._in_arrival else super().keys()

    # --- a room -----------------------------------------------------------------------------------------------
    def start(self) -> None:
        """The focus goes to the question if there is one, to the open form, else to the list of steps."""
        if self.contents.ask is not None and self._work.sheets.questions:
            self.contents.ask.setFocus()
        elif self._in_arrival:
            self.arrival.start()
        elif self.steps.step is not None and self.form.start():
            return
        else:
            self.steps.setFocus()

    def escape(self) -> bool:
        """Esc: close what is open inside, from the form back to the list, from a step back to the papers."""
        if self._in_arrival:
            if not self.arrival.escape():
                self._leave_arrival()
                self.steps.setFocus()
            return True
        if self.form.has_focus() or self.contents.has_focus() or self.go.hasFocus():
            self.steps.setFocus()
            return True
        if self.steps.step is not None:
            self.steps.choose(None)
            return True
        return False

    def _back(self) -> None:
        if not self.escape():
            self.left.emit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.head.set_low(self.height() < px(LOW))
        if self.steps.step is not None:
            self._soon.start()

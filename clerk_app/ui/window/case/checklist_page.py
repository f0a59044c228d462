"""Step 3: the checklist, the keys of the mode that is on, what blocks, and the way to the outcome."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QRect, Signal
from PySide6.QtWidgets import QLineEdit, QWidget

from clerk_app.design.tokens import SIZE, SPACE
from clerk_app.domain import outcomes
from clerk_app.domain.checklist import RECEIVED, Verdict
from clerk_app.domain.intake import Intake
from clerk_app.domain.law import OutcomeKind
from clerk_app.ui.keys import Page, bind, is_enter, key
from clerk_app.ui.kit.buttons import Button, ButtonRole
from clerk_app.ui.kit.labels import Pill, Text
from clerk_app.ui.kit.layout import Column, Row
from clerk_app.ui.kit.legend import Legend
from clerk_app.ui.kit.paint import State
from clerk_app.ui.kit.surfaces import EmptyState, Surface
from clerk_app.ui.window.case import checklist_rows as rows
from clerk_app.ui.window.case.checklist_list import Checklist
from clerk_app.ui.window.case.checklist_rows import Mode

_VERDICT_KEYS = (
    "all_present",
    "accept_row",
    "original",
    "copy",
    "exempt",
    "tolerate",
    "defect",
    "not_needed",
    "clear_row",
    "pages",
)
LEGENDS = {
    Mode.DEFECTS: ("正在选问题", Page.REASONS, "bad"),
    Mode.LACKING: ("正在选欠几份", Page.OWED, "warn"),
    Mode.PAGES: ("正在数页数", Page.PAGES, "ink7"),
}
_COUNTS = (
    ("已收", RECEIVED, State.OK),
    ("免交", frozenset({Verdict.EXEMPT}), State.FREE),
    ("容缺", frozenset({Verdict.TOLERATED}), State.WARN),
    ("有问题", frozenset({Verdict.DEFECTIVE}), State.BAD),
    ("未查", frozenset({Verdict.PENDING}), State.OUTLINE),
)


class Heads(Surface):
    """The column titles, in the columns of the rows."""

    def __init__(self, checklist: Checklist) -> None:
        super().__init__("sunk", edges="bottom", height=SIZE.card_head - SPACE.x8)
        self._list = checklist
        self._titles = [Text(words, "tiny", "ink5") for words in ("材料与接件标准", "要求", "收到", "结果")]
        for title in self._titles:
            title.setParent(self)
        checklist.moved.connect(self._place)

    def name_received(self, words: str) -> None:
        """The title over what was received."""
        self._titles[2].setText(words)

    def resizeEvent(self, event: object) -> None:
        self._place()

    def _place(self) -> None:
        # The rows lose the scroll bar's width, and the titles stand above the rows.
        place = rows.geometry(QRect(0, 0, self._list.viewport().width(), self.height()))
        areas = (place.text, place.required, place.received, place.result)
        for title, area in zip(self._titles, areas, strict=True):
            title.setGeometry(area.left(), 0, area.width(), self.height())
        above, below = self._list.out_of_sight()
        hidden = [f"上面还有 {above} 项"] if above else []
        hidden += [f"下面还有 {below} 项"] if below else []
        self._titles[0].setText("，".join(hidden) or "材料与接件标准")


class ChecklistPage(QWidget):
    """Emits the next ``Intake`` with every key; ``finished`` when the clerk goes on to the outcome (F9)."""

    changed = Signal(object)  # Intake
    finished = Signal()
    refused = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self.list = Checklist()
        self.legend = Legend()
        self.blocking = Text("", "note", "bad", right=True)
        self.go = Button("去结论", ButtonRole.PRIMARY, key="F9")
        self.empty = EmptyState("目录里没有这个事项的材料清单，不能按标准收件", icon="list-x")
        self._pills = [Pill("", state) for _, _, state in _COUNTS]
        self._sentence = QLineEdit()
        self._sentence.setMaxLength(200)
        self._sentence.setAccessibleName("告知书里的话")
        self._sentence.installEventFilter(self)
        self._rewrite = Surface("sunk", edges="top", height=SIZE.row)
        self._rewrite.setLayout(
            Row(Text("改写告知", "note", "bad", strong=True), self._sentence, gap=SPACE.x12, margins=(0, SPACE.page))
        )
        self._rewrite.hide()
        bar = Surface("paper", edges="top", height=SIZE.action_bar)
        bar.setLayout(Row(*self._pills, None, self.blocking, self.go, gap=SPACE.x6, margins=(0, SPACE.page)))
        self._heads = Heads(self.list)
        self.setLayout(Column(self._heads, self.list, self.empty, self._rewrite, self.legend, bar))
        self.list.changed.connect(self.changed)
        self.list.refused.connect(self.refused)
        self.list.mode_changed.connect(self._show_legend)
        self.list.rewrite_wanted.connect(self._start_rewriting)
        self.list.left_at_end.connect(self.go.setFocus)
        self.go.clicked.connect(self._finish)
        bind(self, "primary", self._finish)
        self._show_legend()

    def show_intake(self, intake: Intake) -> None:
        """Show a state of the case; the focus stays where it is."""
        self.list.show_intake(intake)
        self.list.setVisible(bool(intake.materials))
        self.empty.setVisible(not intake.materials)
        for pill, (word, verdicts, state) in zip(self._pills, _COUNTS, strict=True):
            count = len(intake.numbered(*verdicts))
            pill.set(f"{word} {count}", state)
            pill.setVisible(count > 0)
        self.blocking.setText(_blocking(intake))

    def show_scanned(self, scanned: dict[str, int]) -> None:
        """How many sheets of each material are kept as pictures, by its id; from now on F7 is known to scan."""
        self._heads.name_received(f"收到 · {key('capture').cap()} 扫描")
        self.list.show_scanned(scanned)

    def start(self) -> None:
        """The focus goes where the next key belongs: the first undecided row, or the first with a defect; F9 goes on
        from everywhere."""
        if self.list.isVisibleTo(self):
            self.list.go_to(self.list.first_open())
            self.list.setFocus()
        else:
            self.go.setFocus()

    def escape(self) -> bool:
        """Esc gives up a sentence being rewritten, else closes the open row; False when there was nothing to close."""
        if self._rewrite.isHidden():
            return self.list.close_row(cancel=True)
        self._stop_rewriting()
        return True

    def leave(self) -> None:
        """The clerk jumps to another step: nothing stays half open."""
        self._rewrite.hide()
        self.list.close_row()

    def _finish(self) -> None:
        self.leave()
        self.finished.emit()

    def _show_legend(self) -> None:
        if self.list.mode is Mode.VERDICTS:
            self.legend.show_keys("", (key(name) for name in _VERDICT_KEYS))
        elif self.list.mode in LEGENDS:
            title, page, tone = LEGENDS[self.list.mode]
            self.legend.show_page(title, page, tone=tone)

    # --- rewriting the sentence of the notice -----------------------------------------------------------------
    def _start_rewriting(self, sentence: str) -> None:
        self._sentence.setText(sentence)
        self._rewrite.show()
        self._sentence.setFocus()
        self._sentence.selectAll()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self._sentence and is_enter(event):
            text = self._sentence.text().strip()
            if text:
                self.list.rewrite(text)
            self._stop_rewriting()
            return True
        return super().eventFilter(watched, event)

    def _stop_rewriting(self) -> None:
        self._rewrite.hide()
        self.list.setFocus()


def _blocking(intake: Intake) -> str:
    """What keeps the case from being accepted, in one or two lines; empty when nothing does."""
    pending = len(intake.numbered(Verdict.PENDING))
    defects = len(intake.numbered(Verdict.DEFECTIVE))
    parts = [f"还有 {pending} 项未查"] if pending else []
    if defects:
        parts.append(f"{defects} 处问题")
    if not parts:
        return f"还缺{'、'.join(intake.missing_roles)}，按 Alt+1 补上" if intake.missing_roles else intake.agency_fault
    if not defects:
        return f"{parts[0]}，查完才能受理"
    correctable = not outcomes.lock_reason(intake, OutcomeKind.ON_SITE_CORRECTION)
    return "、".join(parts) + "：\n暂不能受理，可" + ("更正或一次告知" if correctable else "一次告知")

"""The form of one step: its answers and lines, filled with what is known, in the order of the keys."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from PySide6.QtCore import QEvent, QObject, QSize, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QApplication, QSizePolicy, QWidget

from clerk_app.design.tokens import SIZE, SPACE
from clerk_app.services.steps.forms import Form, Line, Picks
from clerk_app.services.steps.values import OpenFile
from clerk_app.ui.kit.field import Field
from clerk_app.ui.kit.labels import Text
from clerk_app.ui.kit.layout import Column, Row
from clerk_app.ui.kit.theme import px
from clerk_app.ui.window.file.picks import PickLine
from clerk_app.ui.window.frames import Scroll

LEAST_FORM = 96

_ALIASES: Mapping[str, str] = {
    "suspension": "cause",
    "resumption": "ends_on",
    "extension": "days",
    "decision": "content",
    "pieces": "names",
    "payment": "item",
    "notice": "materials",
    "sealing": "count",
}
"""Fields as the law's guards name them → where this form asks for them."""


class FormArea(Scroll):
    """As high as its form; where there is less room the form scrolls, and its focused line stays visible."""

    def __init__(self, form: FormView) -> None:
        super().__init__(Column(form), (0, 0, 0, 0))
        self._form = form
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)
        form.moved.connect(self._follow)

    def sizeHint(self) -> QSize:
        width = max(1, self.viewport().width())
        inner = self._form.layout()
        assert inner is not None
        high = inner.totalHeightForWidth(width) if inner.hasHeightForWidth() else inner.totalSizeHint().height()
        # A scroll area never makes its widget lower than its least height, which knows nothing of the width.
        return QSize(width, max(high, self._form.minimumSizeHint().height()))

    def minimumSizeHint(self) -> QSize:
        return QSize(px(SIZE.row_table), min(self.sizeHint().height(), px(LEAST_FORM)))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        # The height follows the width: phrases that find no room beside each other go on in the next line.
        self.updateGeometry()

    def _follow(self) -> None:
        self.updateGeometry()
        focus = QApplication.focusWidget()
        if focus is not None and self._form.isAncestorOf(focus):
            self.ensureWidgetVisible(focus, 0, px(SPACE.x24))


class FormView(QWidget):
    """``finished`` comes with Enter in the last line; ``picking`` says whether digits mean answers now; ``edited``
    follows what is typed, ``answered`` what is chosen."""

    finished = Signal()
    picking = Signal(bool)
    edited = Signal()
    answered = Signal()
    moved = Signal()  # built anew, or another line has the focus

    def __init__(self) -> None:
        super().__init__()
        self.note = Text("", "note", "ink7", wrap=True)
        self._parts = Column(gap=SPACE.x8)
        self.setLayout(Column(self.note, self._parts, gap=SPACE.x8, margins=(SPACE.x12, SPACE.page)))
        self.lines: dict[str, Field] = {}
        self.picks: dict[str, PickLine] = {}
        self._order: list[Field | PickLine] = []
        self._optional: list[Field] = []
        self._form = Form("")
        self._opened: OpenFile | None = None
        self._today = date.min
        self._touched: set[str] = set()

    # --- showing ----------------------------------------------------------------------------------------------
    def show_form(self, form: Form, opened: OpenFile, today: date) -> None:
        """Build the form anew."""
        self._form, self._opened, self._today = form, opened, today
        self._touched = set()
        self._parts.empty()
        self.lines, self.picks, self._order, self._optional = {}, {}, [], []
        note = form.note(opened)
        self.note.setText(note)
        self.note.setVisible(bool(note))
        waiting: Field | None = None
        for part in form.parts:
            made = self._picks(part, opened) if isinstance(part, Picks) else self._line(part)
            self._order.append(made)
            if isinstance(part, Line) and part.half and isinstance(made, Field):
                if waiting is None:
                    waiting = made
                else:
                    self._pair(waiting, made)
                    waiting = None
                continue
            if waiting is not None:
                self._parts.put(waiting)
                waiting = None
            self._parts.put(made)
        if waiting is not None:
            self._parts.put(waiting)
        for widget in self._order:
            # Layouts show what is new in the next turn only; a hidden field takes no focus.
            widget.show()
            (widget.edit if isinstance(widget, Field) else widget).installEventFilter(self)
        self._preset()
        self.moved.emit()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.FocusIn:
            self.moved.emit()
        return super().eventFilter(watched, event)

    def is_empty(self) -> bool:
        """Whether the step asks for nothing."""
        return not self._order

    def _pair(self, left: Field, right: Field) -> None:
        row = Row(left, right, gap=SPACE.x12)
        row.setStretch(0, 1)
        row.setStretch(1, 1)
        self._parts.put(row)

    def _picks(self, part: Picks, opened: OpenFile) -> PickLine:
        made = PickLine(part.label, part.choices(opened), many=part.many, lasting=not part.into)
        made.chosen.connect(lambda value, chosen=part: self._picked(chosen, value))
        made.entered.connect(lambda: self._next(made))
        made.focused.connect(self.picking)
        self.picks[part.name] = made
        return made

    def _line(self, part: Line) -> Field:
        made = Field(part.label, hint=part.hint, latin=part.latin)
        made.edited.connect(lambda _text, name=part.name: self._typed(name))
        made.entered.connect(lambda _text: self._next(made))
        self.lines[part.name] = made
        if part.optional:
            self._optional.append(made)
        return made

    # --- values -----------------------------------------------------------------------------------------------
    def values(self) -> dict[str, str]:
        """What is chosen and typed, by the names of the form."""
        chosen = {name: line.value() for name, line in self.picks.items()}
        return chosen | {name: line.value() for name, line in self.lines.items()}

    def _preset(self) -> None:
        """Fill in what is known and not touched; what depends on an answer follows it."""
        assert self._opened is not None
        for part in self._form.parts:
            if part.name in self._touched:
                continue
            value = part.preset(self._opened, self.values(), self._today)
            if isinstance(part, Picks):
                self.picks[part.name].set_value(value)
            elif value or not any(isinstance(p, Picks) and p.into == part.name for p in self._form.parts):
                self.lines[part.name].set_value(value)
                # The beginning of a long text tells what it is.
                self.lines[part.name].edit.setCursorPosition(0)
                self.lines[part.name].edit.setToolTip(value)

    def _picked(self, part: Picks, value: str) -> None:
        if part.into:
            field = self.lines[part.into]
            field.set_value(value)
            field.set_error("")
            self._touched.add(part.into)
        else:
            self._touched.add(part.name)
        self._preset()
        self.answered.emit()

    def _typed(self, name: str) -> None:
        self._touched.add(name)
        self.edited.emit()

    # --- focus ------------------------------------------------------------------------------------------------
    def start(self) -> bool:
        """The focus goes to the first answer not given or the first empty line, to a choice of several in any case;
        False when nothing is open."""
        first = next((part for part in self._order if self._is_open(part)), None)
        if first is None:
            return False
        first.setFocus()
        return True

    def _is_open(self, part: Field | PickLine) -> bool:
        if isinstance(part, Field):
            return not part.value() and part not in self._optional
        if part.many:
            return True
        target = next((p.into for p in self._form.parts if isinstance(p, Picks) and self.picks[p.name] is part), "")
        return not (self.lines[target].value() if target else part.value())

    def has_focus(self) -> bool:
        """Whether the focus is inside."""
        focus = QApplication.focusWidget()
        return focus is not None and self.isAncestorOf(focus)

    def _next(self, part: Field | PickLine) -> None:
        later = self._order[self._order.index(part) + 1 :]
        target = next((one for one in later if self._is_open(one)), None)
        if target is not None:
            target.setFocus()
        else:
            self.finished.emit()

    def show_error(self, field: str, sentence: str) -> bool:
        """Say what is wrong beside the field, which takes the focus; False when the form has no such field."""
        name = field if field in self.lines or field in self.picks else _ALIASES.get(field, field)
        wrong = self.lines.get(name) or self.picks.get(name)
        if wrong is None:
            return False
        wrong.set_error(sentence)
        (wrong.edit if isinstance(wrong, Field) else wrong).setFocus()
        return True

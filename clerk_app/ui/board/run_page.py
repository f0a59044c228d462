"""What the pages that run the hall share: fields by name, one step at a time, each refusal where it belongs."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QSizePolicy, QWidget

from clerk_app.design.tokens import SIZE, SPACE
from clerk_app.domain.errors import Rejected
from clerk_app.ports.hall import SessionEnded
from clerk_app.ports.hall_board import HallBoard, RunHall
from clerk_app.ui.kit.buttons import Button, ButtonRole
from clerk_app.ui.kit.field import Field
from clerk_app.ui.kit.labels import ElidedLabel, Text
from clerk_app.ui.kit.layout import Column, Row
from clerk_app.ui.kit.surfaces import Surface
from clerk_app.ui.lanes import Failure, Lanes

BUSY_WORDS = "正在做…"


class RunPage(Surface):
    """``fields`` maps the names of the hall's refusals to inputs; what belongs to none stands beside the main button.

    ``said`` carries a sentence for the toast, ``undo_offered`` words and what takes the step back, ``moved`` follows
    each step that was done.
    """

    said = Signal(str)
    undo_offered = Signal(str, object)
    moved = Signal()
    session_over = Signal(str)

    def __init__(self, hall: RunHall, lanes: Lanes, words: str, *, danger: bool = False) -> None:
        super().__init__("canvas")
        self.hall, self._lanes = hall, lanes
        self.board: HallBoard | None = None
        self.fields: dict[str, Field] = {}
        self.trouble = ElidedLabel("", "note", "bad")
        self.primary = Button(words, ButtonRole.DANGER if danger else ButtonRole.PRIMARY, key="F9", large=True)
        self.primary.clicked.connect(self.act)
        self.inside = Row(gap=SPACE.x12, margins=(SPACE.x12, SPACE.page))
        self.bar = Surface("paper", edges="top", height=SIZE.action_bar)
        row = Row(self.trouble, self.primary, gap=SPACE.x12, margins=(0, SPACE.page))
        row.setStretch(0, 1)
        self.bar.setLayout(row)
        outer = Column(self.inside, self.bar)
        outer.setStretch(0, 1)
        self.setLayout(outer)

    # --- for the pages ----------------------------------------------------------------------------------------
    def field(self, name: str, label: str, *, hint: str = "", latin: bool = False, max_length: int = 200) -> Field:
        """An input under its name; Enter in it does what F9 does."""
        made = Field(label, hint=hint, latin=latin, max_length=max_length)
        made.entered.connect(lambda _value: self.act())
        self.fields[name] = made
        return made

    def act(self) -> None:
        """The main step of the page."""
        raise NotImplementedError

    def start(self) -> None:
        """The page is shown: read what it shows, put the focus where the next key belongs."""
        raise NotImplementedError

    def show_board(self, board: HallBoard) -> None:
        """The hall as it is now; what was typed stays."""
        self.board = board

    def read(self, work: Callable[..., Any], *args: Any, done: Callable[[Any], object]) -> None:
        """Look something up; a failure stands beside the main button."""
        key = f"{type(self).__name__} {getattr(work, '__name__', '')}"
        self._lanes.lane("board").run(work, *args, done=done, failed=self._refused, key=key, owner=self)

    def do(
        self,
        work: Callable[..., Any],
        *args: Any,
        done: Callable[[Any], object] | None = None,
        button: Button | None = None,
    ) -> None:
        """Change something; the button says so meanwhile. Errors of before are gone."""
        self.clear_errors()
        pressed = button or self.primary
        pressed.busy(BUSY_WORDS)

        def carried_out(result: Any) -> None:
            pressed.ready()
            if done is not None:
                done(result)
            self.moved.emit()

        def failed(failure: Failure) -> None:
            pressed.ready()
            self._refused(failure)

        self._lanes.lane("board").run(work, *args, done=carried_out, failed=failed, owner=self)

    def clear_errors(self) -> None:
        """Nothing is wrong any more."""
        self.trouble.setText("")
        for field in self.fields.values():
            field.set_error("")

    def refuse(self, name: str, sentence: str) -> None:
        """Say what is wrong under the field of that name, or beside the main button; the focus goes to the field."""
        field = self.fields.get(name)
        if field is None:
            self.trouble.setText(sentence)
            return
        field.set_error(sentence)
        field.edit.setFocus()
        field.edit.selectAll()

    def _refused(self, failure: Failure) -> None:
        if isinstance(failure.error, SessionEnded):
            self.session_over.emit(failure.text)
            return
        name = failure.error.field if isinstance(failure.error, Rejected) else ""
        self.refuse(name, failure.text)


class Panel(Surface):
    """A card with a title; ``body`` takes its content. ``wide`` panels take the room that is left."""

    def __init__(self, title: str, *inside: Any, note: str = "", padded: bool = True, gap: int = SPACE.x12) -> None:
        super().__init__("card")
        self.title = Text(title, "item", strong=True)
        self.note = ElidedLabel(note, "note", "ink5", right=True)
        head = Row(self.title, self.note, gap=SPACE.x12)
        head.setStretch(1, 1)
        head.set_margins((SPACE.x12, SPACE.card, SPACE.x8, SPACE.card))
        pad = (0, SPACE.card, SPACE.x12, SPACE.card) if padded else (0, 0, SPACE.x8, 0)
        self.body = Column(*inside, gap=gap, margins=pad)
        column = Column(head, self.body)
        column.setStretch(1, 1)
        self.setLayout(column)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Expanding)


def beside(page: RunPage, *panels: tuple[QWidget, int]) -> None:
    """Put panels next to each other, each with its share of the width."""
    for place, (panel, share) in enumerate(panels):
        page.inside.put(panel)
        page.inside.setStretch(place, share)

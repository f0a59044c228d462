"""What things lie on: surfaces, cards, the banner, the toast and the empty state."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QFrame, QSizePolicy, QStackedWidget, QWidget

from clerk_app.design.tokens import SIZE, SPACE, TOAST_MS
from clerk_app.ui.kit.buttons import Button
from clerk_app.ui.kit.labels import Divider, ElidedLabel, IconLabel, KeyCap, KeyHint, Pill, Text
from clerk_app.ui.kit.layout import Column, Margins, Row
from clerk_app.ui.kit.paint import State
from clerk_app.ui.kit.style import mark
from clerk_app.ui.kit.theme import px


class Surface(QFrame):
    """A filled area: ``paper``, ``sunk``, ``canvas``, ``desk``, ``rail``, ``night``, ``ticket``, ``card``,
    ``quiet``, ``picked``, ``notice``, ``dashed``; ``edges`` draws lines, e.g. ``"right bottom"``.

    ``height`` and ``width`` fix a side in token px and follow the clerk's factor.
    """

    def __init__(self, kind: str = "paper", *, edges: str = "", height: int = 0, width: int = 0) -> None:
        super().__init__()
        self._height, self._width = height, width
        self.setProperty("surface", kind)
        if edges:
            self.setProperty("edges", edges)
        self.setSizePolicy(
            QSizePolicy.Policy.Fixed if width else QSizePolicy.Policy.Preferred,
            QSizePolicy.Policy.Fixed if height else QSizePolicy.Policy.Preferred,
        )

    def set_kind(self, kind: str) -> None:
        """Change the fill."""
        mark(self, "surface", kind)

    def sizeHint(self) -> QSize:
        return self._fixed(super().sizeHint())

    def minimumSizeHint(self) -> QSize:
        return self._fixed(super().minimumSizeHint())

    def _fixed(self, hint: QSize) -> QSize:
        return QSize(
            px(self._width) if self._width else hint.width(), px(self._height) if self._height else hint.height()
        )


class Card(Surface):
    """Paper with a thin line; with a title it has a head of 40 px and a line below.

    Fill ``card.body`` (a Column); things at the right of the head go to ``card.head.put(...)``.
    """

    def __init__(
        self,
        title: str = "",
        *,
        count: int | None = None,
        note: str = "",
        padding: Margins = SPACE.card,
        gap: int = 0,
        kind: str = "card",
    ) -> None:
        super().__init__(kind)
        self.body = Column(gap=gap, margins=padding)
        self.head = Row(gap=SPACE.x8, margins=(SPACE.x8, SPACE.card))
        self.count = Pill("", State.BAD)
        self.note = Text(note, "note", "ink7")
        outer = Column()
        if title:
            self.title = Text(title, "item", strong=True)
            self.head.put(self.title, self.count, None, self.note)
            outer.put(self.head, Divider())
        outer.put(self.body)
        self.setLayout(outer)
        self.set_count(count)

    def set_count(self, count: int | None) -> None:
        """The red number beside the title; ``None`` or 0 hides it."""
        self.count.set(str(count or ""), State.BAD)
        self.count.setVisible(bool(count))


class Banner(Surface):
    """A condition that changes how to work: what, since when, what still works. One at a time, the worst.

    ``show_condition(...)`` shows it, ``clear()`` hides it. ``acted`` is emitted by its button.
    """

    acted = Signal()

    def __init__(self) -> None:
        super().__init__("warn", height=SIZE.banner)
        self._icon = IconLabel("triangle-alert", "warn", SIZE.icon_large)
        self.what = Text("", "body", strong=True)
        self.still = ElidedLabel("", "body", "warn")
        self.note = Text("", "note", "warn")
        self.more = Text("", "note", "warn", strong=True)
        self.button = Button("看详情", key="Alt+N", compact=False)
        self.button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.button.clicked.connect(self.acted)
        self._row = Row(
            self._icon,
            SPACE.x2,
            self.what,
            self.still,
            self.note,
            self.more,
            self.button,
            gap=SPACE.x8,
            margins=(SPACE.x4, SPACE.x16),
        )
        self.setLayout(self._row)
        self.setVisible(False)

    def show_condition(
        self,
        what: str,
        still: str,
        *,
        icon: str = "cloud-off",
        severe: bool = False,
        note: str = "",
        others: int = 0,
        button: str = "看详情",
        key: str = "Alt+N",
    ) -> None:
        """``what`` in bold, ``still`` (what goes on working) after it; ``others`` gives 「还有 2 条」."""
        tone = "bad" if severe else "warn"
        self.set_kind("bad" if severe else "warn")
        self._icon.set(icon, tone)
        self.what.setText(what)
        self.still.setText(still)
        self.note.setText(note)
        self.more.setText(f"还有 {others} 条" if others else "")
        for label in (self.still, self.note, self.more):
            label.set_tone(tone)
        self.note.setVisible(bool(note))
        self.more.setVisible(bool(others))
        self.button.setText(button)
        self.button.set_key(key)
        self.button.setVisible(bool(button))
        self.setAccessibleName(what + still)
        self.setVisible(True)

    def clear(self) -> None:
        """The condition is over."""
        self.setVisible(False)


class Toast(Surface):
    """Only to undo: 「已挂起 A047  Ctrl+Z 撤销」 at the bottom of the middle, five seconds, never takes the focus.

    A child of ``host`` outside its layout; ``undo`` is emitted when it is clicked, ``gone`` when it has left.
    """

    undo = Signal()
    gone = Signal()

    def __init__(self, host: QWidget, *, lift: int = 0) -> None:
        super().__init__("toast")
        self.setParent(host)
        self._host, self._lift = host, lift
        self.words = Text("", "body", "paper")
        self.cap = KeyCap("Ctrl+Z", dark=True)
        self.action = Text("撤销", "body", "focus", strong=True)
        self.setLayout(Row(self.words, SPACE.x8, self.cap, self.action, gap=SPACE.x6, margins=(SPACE.x8, SPACE.x16)))
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self.dismiss)
        host.installEventFilter(self)
        if isinstance(host, QStackedWidget):
            # A page that comes up is raised above everything else in the stack.
            host.currentChanged.connect(lambda _: self.raise_())
        self.setVisible(False)

    def say(self, words: str, *, key: str = "Ctrl+Z", action: str = "撤销", milliseconds: int = TOAST_MS) -> None:
        """Show for five seconds what was done and how it is undone."""
        self.words.setText(words)
        self.cap.setText(key)
        self.cap.setVisible(bool(key))
        self.action.setText(action)
        self.setAccessibleName(f"{words} {key} {action}")
        self.setVisible(True)
        self._place()
        self.raise_()
        self._timer.start(milliseconds)

    def dismiss(self) -> None:
        """Leave at once."""
        self._timer.stop()
        if self.isVisible() or not self.isHidden():
            self.setVisible(False)
            self.gone.emit()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self.dismiss()
        self.undo.emit()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self._host and event.type() == QEvent.Type.Resize:
            self._place()
        return super().eventFilter(watched, event)

    def _place(self) -> None:
        self.adjustSize()
        size = self.sizeHint().boundedTo(self._host.size())
        self.resize(size)
        self.move(
            (self._host.width() - size.width()) // 2, self._host.height() - size.height() - px(self._lift or SPACE.x24)
        )


class EmptyState(QWidget):
    """What is normal, and the next key: ``EmptyState("没有待补正的办件", caps=("F2",), then="叫下一位")``."""

    def __init__(self, words: str, *, icon: str | None = None, caps: tuple[str, ...] = (), then: str = "") -> None:
        super().__init__()
        self.words = Text(words, "item", "ink7", centre=True)
        column = Column(None, gap=SPACE.x8, margins=SPACE.x24)
        if icon:
            column.addWidget(IconLabel(icon, "ink5", SIZE.icon_call), 0, Qt.AlignmentFlag.AlignHCenter)
        column.put(self.words)
        if then:
            column.addWidget(KeyHint(caps, then), 0, Qt.AlignmentFlag.AlignHCenter)
        column.put(None)
        self.setLayout(column)

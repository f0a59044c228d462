"""Words on a surface: text, titles, key caps, pills, lights and dividers."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QFontMetricsF, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QFrame, QLabel, QSizePolicy, QWidget

from clerk_app.design.tokens import COLOR, SIZE, SPACE
from clerk_app.ui.kit import paint
from clerk_app.ui.kit.layout import Row
from clerk_app.ui.kit.paint import Lamp, State
from clerk_app.ui.kit.style import mark
from clerk_app.ui.kit.theme import px, theme


class Text(QLabel):
    """A label by type role and colour token: ``Text("企业准入", "note", "ink7")``.

    ``strong`` overrides the role's weight; ``wrap`` lets it take several lines. Numbers are set with ``right``.
    """

    def __init__(
        self,
        words: str = "",
        role: str = "body",
        tone: str = "ink9",
        *,
        strong: bool | None = None,
        wrap: bool = False,
        right: bool = False,
        centre: bool = False,
    ) -> None:
        super().__init__(words)
        self._role = role
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setProperty("type", role)
        self.setProperty("tone", tone)
        if strong is not None:
            self.setProperty("strong", "true" if strong else "false")
        self.setWordWrap(wrap)
        side = Qt.AlignmentFlag.AlignRight if right else Qt.AlignmentFlag.AlignLeft
        self.setAlignment((Qt.AlignmentFlag.AlignHCenter if centre else side) | Qt.AlignmentFlag.AlignVCenter)
        if wrap:
            self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)

    def set_tone(self, tone: str) -> None:
        """Change the colour token."""
        mark(self, "tone", tone)

    def set_strong(self, strong: bool) -> None:
        """Change the weight."""
        mark(self, "strong", "true" if strong else "false")

    def sizeHint(self) -> QSize:
        return self._line(super().sizeHint())

    def minimumSizeHint(self) -> QSize:
        return self._line(super().minimumSizeHint())

    def _line(self, hint: QSize) -> QSize:
        # The typeface's own line is 1.45 of its size; roles have theirs.
        if not self.wordWrap() and self.text() and "\n" not in self.text():
            hint.setHeight(theme().fonts.line(self._role))
        return hint


class ElidedLabel(Text):
    """One line that is cut with 「…」 when there is no room; the whole text is then the tooltip."""

    def __init__(
        self,
        words: str = "",
        role: str = "body",
        tone: str = "ink9",
        *,
        strong: bool | None = None,
        right: bool = False,
    ) -> None:
        super().__init__("", role, tone, strong=strong, right=right)
        self._whole = ""
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setText(words)

    def setText(self, words: str) -> None:
        self._whole = words
        self.setAccessibleName(words)
        self._cut()
        self.updateGeometry()

    def whole_text(self) -> str:
        """The text before cutting."""
        return self._whole

    def is_cut(self) -> bool:
        """Whether some of the text is hidden at the moment."""
        return self.text() != self._whole

    def sizeHint(self) -> QSize:
        self.ensurePolished()
        return QSize(int(QFontMetricsF(self.font()).horizontalAdvance(self._whole)) + 2, theme().fonts.line(self._role))

    def minimumSizeHint(self) -> QSize:
        self.ensurePolished()
        return QSize(int(QFontMetricsF(self.font()).horizontalAdvance("…")) + 2, theme().fonts.line(self._role))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._cut()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() in (QEvent.Type.StyleChange, QEvent.Type.FontChange):
            self._cut()

    def _cut(self) -> None:
        self.ensurePolished()
        room = self.contentsRect().width() + 0.5
        shown = QFontMetricsF(self.font()).elidedText(self._whole, Qt.TextElideMode.ElideRight, room)
        if shown != self.text():
            super().setText(shown)
        self.setToolTip(self._whole if shown != self._whole else "")


class SectionTitle(QWidget):
    """Head of a section: a bold word, an optional icon before it and whatever stands at the right."""

    def __init__(self, words: str, *, icon: str | None = None, side: QWidget | None = None, note: str = "") -> None:
        super().__init__()
        self.label = Text(words, "note", "ink7", strong=True)
        self.note = ElidedLabel(note, "note", "ink7", right=True)
        row = Row(gap=SPACE.x6)
        if icon:
            row.put(IconLabel(icon, "ink7", SIZE.icon))
        row.put(self.label, self.note)
        if side is not None:
            row.put(side)
        self.setLayout(row)

    def set_note(self, words: str) -> None:
        """Text at the right, e.g. 「10:17 时的情况」."""
        self.note.setText(words)


class Divider(QFrame):
    """A 1 px line, decoration only."""

    def __init__(self, *, vertical: bool = False) -> None:
        super().__init__()
        self.setProperty("divider", "v" if vertical else "h")


class IconLabel(QWidget):
    """A Lucide icon in a colour token: ``IconLabel("printer", "ink7", SIZE.icon)``."""

    def __init__(self, name: str, tone: str = "ink7", size: int = SIZE.icon, *, stroke: float = 2.0) -> None:
        super().__init__()
        self._name, self._tone, self._size, self._stroke = name, tone, size, stroke
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def set(self, name: str, tone: str | None = None) -> None:
        """Change the icon and, if given, its colour token."""
        self._name, self._tone = name, tone or self._tone
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(px(self._size), px(self._size))

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        paint.icon(painter, self.rect(), self._name, getattr(COLOR, self._tone), stroke=self._stroke)
        painter.end()


class KeyCap(QLabel):
    """A key as it looks on the keyboard: ``KeyCap("F9")``; ``dark`` on dark fills."""

    def __init__(self, words: str, *, dark: bool = False, big: bool = False) -> None:
        super().__init__(words)
        self._dark, self._big = dark, big
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        return paint.cap_size(self.text(), big=self._big)

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        paint.cap(painter, self.rect(), self.text(), dark=self._dark, big=self._big)
        painter.end()


class KeyHint(QWidget):
    """Key caps with what they do: ``KeyHint(("F5",), "手工录入")``; a range is ``("1", "–", "6")``."""

    def __init__(self, caps: tuple[str, ...], words: str, *, dark: bool = False, tone: str = "ink7") -> None:
        super().__init__()
        row = Row(gap=SPACE.x4)
        for word in caps:
            row.put(Text("–", "note", tone) if word == "–" else KeyCap(word, dark=dark))
        self.words = Text(words, "note", tone)
        row.put(2, self.words)
        self.setLayout(row)
        self.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Maximum)


class Pill(QWidget):
    """A state as text on its tint, never clickable: ``Pill("已收 · 原件", State.OK)``."""

    def __init__(self, words: str = "", state: State = State.NEUTRAL, *, icon: str | None = None) -> None:
        super().__init__()
        self._words, self._state, self._icon = words, state, icon
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(words)

    def set(self, words: str, state: State | None = None, *, icon: str | None = None) -> None:
        """Change text, state and icon together."""
        self._words, self._state, self._icon = words, state or self._state, icon
        self.setAccessibleName(words)
        self.updateGeometry()
        self.update()

    def text(self) -> str:
        """The text shown."""
        return self._words

    def state(self) -> State:
        """The state shown."""
        return self._state

    def sizeHint(self) -> QSize:
        return paint.pill_size(self._words, self._icon)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        paint.pill(painter, self.rect(), self._words, self._state, self._icon)
        painter.end()


class Light(QWidget):
    """A device or the server at a glance: shape, name, and a word whenever it is not all right.

    ``Light("读卡器")`` is for the status bar; with ``icon`` the name stands left and shape and word right, as in the
    list of devices, where ``good`` is the word for all right (「就绪」).
    """

    def __init__(self, name: str, *, good: str = "", icon: str | None = None, on_rail: bool = False) -> None:
        super().__init__()
        self._good, self._state, self._on_rail = good, Lamp.OFF, on_rail
        self.lamp = _LampDot(on_rail)
        self.name = Text(name, "note", "paper" if on_rail else "ink9")
        self.word = _LightWord(icon is not None)
        row = Row(gap=SPACE.x6)
        if icon:
            row.put(IconLabel(icon, "ink7", SIZE.icon_middle), SPACE.x4, self.name, None, self.lamp, self.word)
        else:
            row.put(self.lamp, self.name, self.word)
            self.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Maximum)
        self.setLayout(row)
        self._spread = icon is not None
        self.set(Lamp.OFF, "未连接")

    def set(self, state: Lamp, word: str = "") -> None:
        """Show a state; anything but OK needs its word, e.g. 「缺纸」, 「10:17 断开」."""
        if state is not Lamp.OK and not word:
            raise ValueError("a light that is not all right says why")
        self._state = state
        shown = word or self._good
        self.lamp.show_state(state)
        self.word.setText(shown)
        self.word.setVisible(bool(shown))
        tone = {Lamp.BAD: "bad", Lamp.WARN: "warn"}.get(state)
        dark = "paper" if self._on_rail else "ink9"
        loud = state in (Lamp.BAD, Lamp.WARN)
        self.name.set_tone(dark if self._spread or self._on_rail else tone or dark)
        self.name.set_strong(loud and not self._spread)
        self.word.set_tone(dark if self._on_rail else tone or ("ink5" if state is Lamp.OFF else "ink9"))
        self.word.set_strong(loud and self._spread)
        self.setAccessibleName(f"{self.name.text()} {shown}".strip())

    def state(self) -> Lamp:
        """The state shown."""
        return self._state


class _LightWord(Text):
    """In a list the words begin below each other, so that the lamps stand in one column."""

    def __init__(self, listed: bool) -> None:
        super().__init__("", "note", "ink9")
        self._listed = listed

    def _line(self, hint: QSize) -> QSize:
        hint = super()._line(hint)
        if self._listed:
            hint.setWidth(max(hint.width(), theme().fonts.width("note", "未连接")))
        return hint


class _LampDot(QWidget):
    def __init__(self, on_rail: bool) -> None:
        super().__init__()
        self._state, self._on_rail = Lamp.OFF, on_rail
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def show_state(self, state: Lamp) -> None:
        self._state = state
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(px(SIZE.light), px(SIZE.light))

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        paint.lamp(painter, QRect(self.rect()), self._state, on_rail=self._on_rail)
        painter.end()


class MarkLabel(QWidget):
    """A checklist or step mark outside a delegate: ``MarkLabel(Mark.DONE)``."""

    def __init__(self, kind: paint.Mark, number: int = 0, size: int = SIZE.mark) -> None:
        super().__init__()
        self._kind, self._number, self._size = kind, number, size
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def set(self, kind: paint.Mark, number: int = 0) -> None:
        """Change the mark."""
        self._kind, self._number = kind, number
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(px(self._size), px(self._size))

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        paint.mark(painter, QRectF(self.rect()), self._kind, self._number)
        painter.end()

"""Things to press: buttons with their key inside, chips and choices."""

from __future__ import annotations

from enum import StrEnum

from PySide6.QtCore import QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QKeyEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QPushButton, QSizePolicy

from clerk_app.design.tokens import COLOR, RADIUS, SIZE, SPACE
from clerk_app.ui.kit import paint
from clerk_app.ui.kit.theme import px, theme


class ButtonRole(StrEnum):
    """One primary per screen; danger is outlined, never the default."""

    PRIMARY = "primary"
    SECONDARY = "secondary"
    DANGER = "danger"


class Button(QPushButton):
    """Verb and object, with its key as a cap inside: ``Button("去结论", ButtonRole.PRIMARY, key="F9")``.

    ``compact`` is for rails and rows (32 high, key before the text), ``large`` makes a secondary button as high as
    the primary beside it. A disabled button stays readable; say the reason beside it. ``key_first`` puts the cap
    before the text. While the work runs, ``busy("正在打印…")`` changes the text and takes no press.
    """

    def __init__(
        self,
        words: str,
        role: ButtonRole = ButtonRole.SECONDARY,
        *,
        key: str = "",
        icon: str | None = None,
        compact: bool = False,
        large: bool = False,
        key_first: bool = False,
    ) -> None:
        super().__init__(words)
        self._role, self._key, self._icon, self._compact = role, key, icon, compact
        self._large = large or role is ButtonRole.PRIMARY
        self._key_first = key_first or compact
        self._at_rest: str | None = None
        self.setProperty("role", role.value)
        self.setAutoDefault(False)
        self.setSizePolicy(QSizePolicy.Policy.Minimum, QSizePolicy.Policy.Fixed)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setAccessibleDescription(key)

    def key(self) -> str:
        """The text on the cap."""
        return self._key

    def set_key(self, key: str) -> None:
        """Change the cap."""
        self._key = key
        self.setAccessibleDescription(key)
        self.updateGeometry()
        self.update()

    def busy(self, words: str) -> None:
        """Say what is going on and take no press until ``ready``."""
        if self._at_rest is None:
            self._at_rest = self.text()
        self.setText(words)
        self.setEnabled(False)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        # Qt lets Enter press a button in dialogs only; here the focused button is the next thing to do.
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and not event.isAutoRepeat():
            self.click()
        else:
            super().keyPressEvent(event)

    def ready(self) -> None:
        """Back to the text before ``busy``."""
        if self._at_rest is not None:
            self.setText(self._at_rest)
            self._at_rest = None
        self.setEnabled(True)

    def sizeHint(self) -> QSize:
        height = SIZE.compact if self._compact else SIZE.primary if self._large else SIZE.control
        pad = SPACE.x8 if self._compact else SPACE.x20 if self._large else SPACE.x12
        return QSize(self._content_width() + 2 * px(pad), px(height))

    def minimumSizeHint(self) -> QSize:
        hint = self.sizeHint()
        hint.setWidth(self._content_width() + 2 * px(SPACE.x6))
        return hint

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        fill, edge, ink = self._look()
        focused = self.hasFocus()
        width = px(SIZE.frame if focused else SIZE.hairline)
        dark = self._role is ButtonRole.PRIMARY and self.isEnabled()
        half = width / 2
        radius = px(RADIUS.button)
        painter.setBrush(QColor(fill))
        painter.setPen(QPen(QColor(COLOR.pri if focused and not dark else edge), width))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(half, half, -half, -half), radius, radius)
        if focused and dark:
            paint.focus_frame(painter, self.rect(), dark=True)
        self._draw_content(painter, ink, dark)
        painter.end()

    def _look(self) -> tuple[str, str, str]:
        if not self.isEnabled():
            return COLOR.sunk, COLOR.line, COLOR.ink5
        if self._role is ButtonRole.PRIMARY:
            fill = COLOR.pri_press if self.isDown() else COLOR.pri_hover if self.underMouse() else COLOR.pri
            return fill, fill, COLOR.paper
        fill = COLOR.canvas if self.isDown() else COLOR.sunk if self.underMouse() else COLOR.paper
        if self._role is ButtonRole.DANGER:
            return (COLOR.bad_soft if self.isDown() or self.underMouse() else COLOR.paper), COLOR.bad_solid, COLOR.bad
        return fill, COLOR.edge, COLOR.ink9

    def _type(self) -> str:
        return "action" if self._large and not self._compact else "body"

    def _gap(self) -> int:
        return px(SPACE.x4 if self._compact else SPACE.x8)

    def _content_width(self) -> int:
        width = theme().fonts.width(self._type(), self.text())
        if self._key:
            width += self._gap() + paint.cap_size(self._key).width()
        if self._icon:
            width += self._gap() + px(SIZE.icon)
        return width

    def _draw_content(self, painter: QPainter, ink: str, dark: bool) -> None:
        left = (self.width() - self._content_width()) // 2
        middle = self.height() / 2
        cap = paint.cap_size(self._key) if self._key else QSize(0, 0)
        if self._icon:
            size = px(SIZE.icon)
            paint.icon(painter, QRectF(left, middle - size / 2, size, size), self._icon, ink)
            left += size + self._gap()
        if self._key and self._key_first:
            paint.cap(
                painter, QRectF(left, round(middle - cap.height() / 2), cap.width(), cap.height()), self._key, dark=dark
            )
            left += cap.width() + self._gap()
        width = theme().fonts.width(self._type(), self.text())
        paint.text(painter, QRectF(left, 0, width, self.height()), self.text(), self._type(), ink)
        if self._key and not self._key_first:
            left += width + self._gap()
            paint.cap(
                painter, QRectF(left, round(middle - cap.height() / 2), cap.width(), cap.height()), self._key, dark=dark
            )


class CallButton(QPushButton):
    """The big blue button of the free window: icon, words, key below."""

    def __init__(self, words: str, *, key: str, icon: str = "volume-2") -> None:
        super().__init__(words)
        self._key, self._icon = key, icon
        self.setAutoDefault(False)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setAccessibleDescription(key)

    def set_icon(self, icon: str) -> None:
        """Change the icon."""
        if icon != self._icon:
            self._icon = icon
            self.update()

    def sizeHint(self) -> QSize:
        return QSize(self._line_width() + 2 * px(SPACE.x32), px(4 * SIZE.cap_big))

    def minimumSizeHint(self) -> QSize:
        return QSize(self._line_width() + 2 * px(SPACE.x8), px(3 * SIZE.cap_big))

    def _line_width(self) -> int:
        return px(SIZE.icon_call) + px(SPACE.x12) + theme().fonts.width("call", self.text())

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        on = self.isEnabled()
        fill = COLOR.pri_press if self.isDown() else COLOR.pri_hover if self.underMouse() else COLOR.pri
        ink = COLOR.paper if on else COLOR.ink5
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(fill if on else COLOR.sunk))
        radius = px(RADIUS.button)
        painter.drawRoundedRect(self.rect(), radius, radius)
        line, cap = theme().fonts.line("call"), paint.cap_size(self._key, big=True)
        top = (self.height() - line - px(SPACE.x12) - cap.height()) // 2
        left = (self.width() - self._line_width()) // 2
        size = px(SIZE.icon_call)
        paint.icon(painter, QRectF(left, top + (line - size) / 2, size, size), self._icon, ink)
        left += size + px(SPACE.x12)
        paint.text(painter, QRectF(left, top, self.width() - left, line), self.text(), "call", ink)
        at = QRect((self.width() - cap.width()) // 2, top + line + px(SPACE.x12), cap.width(), cap.height())
        paint.cap(painter, at, self._key, dark=on, big=True)
        if self.hasFocus():
            paint.focus_frame(painter, self.rect(), dark=True)
        painter.end()


class Chip(QAbstractButton):
    """A short choice with its digit: ``Chip("未标注操作流向", key="1", bad=True)``; checked is filled or framed."""

    def __init__(self, words: str, *, key: str = "", bad: bool = False) -> None:
        super().__init__()
        self._key, self._bad = key, bad
        self.setText(words)
        self.setCheckable(True)
        self.setAccessibleName(words)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        width = theme().fonts.width("body", self.text(), bold=not self._bad) + 2 * px(SPACE.x8)
        if self._key:
            width += paint.cap_size(self._key).width() + px(SPACE.x6)
        return QSize(width, px(SIZE.chip if self._bad else SIZE.compact))

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        chosen, filled = self.isChecked(), self.isChecked() and self._bad
        fill = COLOR.bad_solid if filled else COLOR.pri_soft if chosen else COLOR.paper
        edge = COLOR.bad_solid if filled else COLOR.pri if chosen else COLOR.edge
        ink = COLOR.paper if filled else COLOR.pri if chosen else COLOR.ink9
        if not self.isEnabled():
            fill, edge, ink = COLOR.sunk, COLOR.line, COLOR.ink5
        width = px(SIZE.frame if (chosen and not filled) or self.hasFocus() else SIZE.hairline)
        half, radius = width / 2, px(RADIUS.button)
        painter.setBrush(QColor(fill))
        painter.setPen(QPen(QColor(COLOR.pri if self.hasFocus() and not filled else edge), width))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(half, half, -half, -half), radius, radius)
        if filled and self.hasFocus():
            paint.focus_frame(painter, self.rect(), dark=True)
        left = px(SPACE.x8)
        if self._key:
            cap = paint.cap_size(self._key)
            at = QRect(left, (self.height() - cap.height()) // 2, cap.width(), cap.height())
            paint.cap(painter, at, self._key, dark=filled)
            left += cap.width() + px(SPACE.x6)
        area = QRectF(left, 0, self.width() - left - px(SPACE.x4), self.height())
        paint.text(painter, area, self.text(), "body", ink, bold=chosen and not self._bad)
        painter.end()


class Choice(QAbstractButton):
    """One of several answers in two lines: a digit, what it is, what follows.

    ``lock("材料 5 有问题")`` shows the lock and the reason in red instead and takes no press.
    """

    def __init__(self, words: str, follows: str = "", *, key: str = "", framed: bool = False) -> None:
        super().__init__()
        self._key, self._follows, self._framed = key, follows, framed
        self._reason = ""
        self.setText(words)
        self.setCheckable(not framed)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._tell()

    def lock(self, reason: str) -> None:
        """The law or the state forbids it: show why; an empty reason unlocks."""
        self._reason = reason
        self.setEnabled(not reason)
        if reason:
            self.setChecked(False)
        self._tell()
        self.update()

    def reason(self) -> str:
        """Why it is locked, or an empty string."""
        return self._reason

    def set_follows(self, words: str) -> None:
        """Change the second line."""
        self._follows = words
        self._tell()
        self.update()

    def sizeHint(self) -> QSize:
        fonts = theme().fonts
        inner = max(fonts.width("item", self.text(), bold=True), fonts.width("note", self._reason or self._follows))
        return QSize(inner + self._left() + px(SPACE.x16), self._height())

    def minimumSizeHint(self) -> QSize:
        return QSize(self._left() + px(SIZE.row_table), self._height())

    def _height(self) -> int:
        fonts = theme().fonts
        return fonts.line("item") + fonts.line("note") + 2 * px(SPACE.x4) + px(SPACE.x2)

    def _left(self) -> int:
        return px(SPACE.x12) + max(paint.cap_size(self._key).width(), px(SIZE.mark)) + px(SPACE.x12)

    def _tell(self) -> None:
        follows = f"不能选：{self._reason}" if self._reason else self._follows
        self.setAccessibleName("，".join(part for part in (self._key, self.text(), follows) if part))

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        chosen, focused = self.isChecked(), self.hasFocus()
        radius = px(RADIUS.button)
        width = px(SIZE.frame if chosen or focused else SIZE.hairline)
        painter.setBrush(
            QColor(
                COLOR.pri_soft
                if chosen or self.isDown()
                else COLOR.sunk
                if self.underMouse() and self.isEnabled()
                else COLOR.paper
            )
        )
        edge = COLOR.pri if chosen or focused else COLOR.edge if self._framed else None
        painter.setPen(QPen(QColor(edge), width) if edge else Qt.PenStyle.NoPen)
        half = width / 2
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(half, half, -half, -half), radius, radius)
        fonts, left = theme().fonts, self._left()
        item, note = fonts.line("item"), fonts.line("note")
        top = (self.height() - item - note - px(SPACE.x2)) // 2
        cap = paint.cap_size(self._key)
        cap.setWidth(max(cap.width(), px(SIZE.mark)))
        cap_top = (self.height() - cap.height()) // 2 if self._framed else top
        paint.cap(painter, QRect(px(SPACE.x12), cap_top, cap.width(), cap.height()), self._key)
        room = self.width() - left - px(SPACE.x12)
        ink = COLOR.ink5 if self._reason else COLOR.pri if chosen else COLOR.ink9
        paint.text(painter, QRectF(left, top, room, item), self.text(), "item", ink, bold=chosen)
        if self._reason:
            size = px(SIZE.icon_small)
            at = left + fonts.width("item", self.text()) + px(SPACE.x6)
            paint.icon(painter, QRectF(at, top + (item - size) / 2, size, size), "lock", COLOR.ink5)
        cut = paint.text(
            painter,
            QRectF(left, top + item + px(SPACE.x2), room, note),
            self._reason or self._follows,
            "note",
            COLOR.bad if self._reason else COLOR.ink7,
        )
        self.setToolTip((self._reason or self._follows) if cut else "")
        painter.end()

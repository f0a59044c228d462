"""An input: label above, the line, and below it what is wrong with it."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QAction, QIcon
from PySide6.QtWidgets import QLineEdit, QWidget

from clerk_app.design.tokens import COLOR, SIZE, SPACE
from clerk_app.ui.kit.labels import IconLabel, Text
from clerk_app.ui.kit.layout import Column, Row
from clerk_app.ui.kit.style import mark
from clerk_app.ui.kit.theme import px, theme

ID_GROUPS = (6, 8, 4)  # GB 11643: address code, date of birth, sequence and check character
ID_LENGTH = sum(ID_GROUPS)


def group_id(plain: str) -> str:
    """An identity number in groups of 6, 8 and 4 as far as it is typed; a small x becomes X."""
    kept = plain_id(plain)
    parts, at = [], 0
    for length in ID_GROUPS:
        if kept[at : at + length]:
            parts.append(kept[at : at + length])
        at += length
    return " ".join(parts)


def plain_id(shown: str) -> str:
    """The number without its gaps: ASCII digits and X only, 18 at most."""
    wide = str.maketrans("０１２３４５６７８９ｘＸ", "0123456789XX")
    kept = [char for char in shown.translate(wide).upper() if char in "0123456789X"]
    return "".join(kept)[:ID_LENGTH]


class Field(QWidget):
    """``Field("姓名")``; ``id_number`` groups 6-8-4 while typing and keeps the input method off.

    ``edited`` carries the plain value (without gaps) when a person changes it, ``entered`` comes with Enter.
    An error leaves the text and the focus where they are.
    """

    edited = Signal(str)
    entered = Signal(str)

    def __init__(
        self,
        label: str,
        *,
        value: str = "",
        hint: str = "",
        id_number: bool = False,
        latin: bool = False,
        max_length: int = 200,
    ) -> None:
        super().__init__()
        self._id = id_number
        self._good: QAction | None = None
        self.label = Text(label, "note", "ink5")
        self.edit = QLineEdit()
        self.edit.setPlaceholderText(hint)
        self.edit.setMaxLength(max_length)
        self.edit.setAccessibleName(label)
        if id_number or latin:
            self.edit.setAttribute(Qt.WidgetAttribute.WA_InputMethodEnabled, False)
        self.label.setBuddy(self.edit)
        self._icon = IconLabel("circle-alert", "bad", SIZE.icon_small)
        self.error = Text("", "note", "bad", wrap=True)
        error_row = Row(self._icon, self.error, gap=SPACE.x4)
        error_row.setStretch(1, 1)
        self.setLayout(Column(self.label, self.edit, error_row, gap=SPACE.x4))
        self.setFocusProxy(self.edit)
        self.set_error("")
        self.set_value(value)
        self.edit.textEdited.connect(self._typed)
        self.edit.returnPressed.connect(lambda: self.entered.emit(self.value()))

    def value(self) -> str:
        """What was typed, without gaps and outer blanks."""
        return plain_id(self.edit.text()) if self._id else self.edit.text().strip()

    def set_value(self, value: str) -> None:
        """Fill in; ``edited`` is not emitted."""
        self.edit.setText(group_id(value) if self._id else value)

    def set_error(self, sentence: str) -> None:
        """Say what is wrong below the field; an empty sentence clears it."""
        self.error.setText(sentence)
        self.error.setVisible(bool(sentence))
        self._icon.setVisible(bool(sentence))
        self.edit.setAccessibleDescription(sentence)
        mark(self.edit, "error", "true" if sentence else "false")
        if sentence:
            self.set_good(False)

    def has_error(self) -> bool:
        """Whether an error is shown."""
        return bool(self.error.text())

    def set_good(self, good: bool) -> None:
        """A green check inside at the right: the value has been checked."""
        if good and self._good is None:
            icons = theme().icons
            icon: QIcon = icons.icon("check", COLOR.ok_solid, px(SIZE.icon), self.devicePixelRatioF())
            self._good = self.edit.addAction(icon, QLineEdit.ActionPosition.TrailingPosition)
        elif not good and self._good is not None:
            self.edit.removeAction(self._good)
            # The edit owns it still, and would keep one for every value that was ever checked.
            self._good.deleteLater()
            self._good = None

    def _typed(self, shown: str) -> None:
        if self._id:
            before = len(plain_id(shown[: self.edit.cursorPosition()]))
            grouped = group_id(shown)
            if grouped != shown:
                self.edit.setText(grouped)
                self.edit.setCursorPosition(_cursor_after(grouped, before))
        if self.has_error():
            self.set_error("")
        self.set_good(False)
        self.edited.emit(self.value())


def _cursor_after(grouped: str, count: int) -> int:
    """Position after the ``count``-th character that is not a gap."""
    seen = 0
    for at, char in enumerate(grouped):
        if seen == count:
            return at
        seen += char != " "
    return len(grouped)

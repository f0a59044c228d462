"""Layouts whose gaps and margins are tokens and follow the clerk's factor."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QBoxLayout, QGridLayout, QLayout, QWidget

from clerk_app.ui.kit.theme import px, theme

Margins = int | tuple[int, int] | tuple[int, int, int, int]
Item = QWidget | QLayout | int | None


def _four(margins: Margins) -> tuple[int, int, int, int]:
    """As in CSS: all, (vertical, horizontal) or (top, right, bottom, left); returned as Qt wants them."""
    if isinstance(margins, int):
        return margins, margins, margins, margins
    if len(margins) == 2:
        return margins[1], margins[0], margins[1], margins[0]
    top, right, bottom, left = margins
    return left, top, right, bottom


class _Box(QBoxLayout):
    def __init__(self, direction: QBoxLayout.Direction, items: tuple[Item, ...], gap: int, margins: Margins) -> None:
        super().__init__(direction)
        self._gap = gap
        self._margins = margins
        self._spacers: list[tuple[int, int]] = []
        self._fit()
        theme().changed.connect(self._fit)
        self.put(*items)

    def put(self, *items: Item) -> None:
        """Append widgets and layouts; a number is a fixed gap in px, ``None`` is stretch."""
        for item in items:
            if item is None:
                self.addStretch(1)
            elif isinstance(item, int):
                self._spacers.append((self.count(), item))
                self.addSpacing(px(item))
            elif isinstance(item, QLayout):
                self.addLayout(item)
            else:
                self.addWidget(item)

    def set_margins(self, margins: Margins) -> None:
        """Change the margins, in token px."""
        self._margins = margins
        self._fit()

    def empty(self) -> None:
        """Remove and delete everything inside."""
        self._spacers.clear()
        _clear(self)

    def _fit(self) -> None:
        self.setSpacing(px(self._gap))
        self.setContentsMargins(*(px(side) for side in _four(self._margins)))
        vertical = self.direction() in (QBoxLayout.Direction.TopToBottom, QBoxLayout.Direction.BottomToTop)
        for at, size in self._spacers:
            item = self.itemAt(at)
            spacer = item.spacerItem() if item is not None else None
            if spacer is not None:
                spacer.changeSize(0 if vertical else px(size), px(size) if vertical else 0)
        self.invalidate()


class Row(_Box):
    """Left to right: ``Row(a, b, None, c, gap=SPACE.x8, margins=(SPACE.x12, SPACE.x16))``."""

    def __init__(self, *items: Item, gap: int = 0, margins: Margins = 0) -> None:
        super().__init__(QBoxLayout.Direction.LeftToRight, items, gap, margins)


class Column(_Box):
    """Top to bottom, arguments as for ``Row``."""

    def __init__(self, *items: Item, gap: int = 0, margins: Margins = 0) -> None:
        super().__init__(QBoxLayout.Direction.TopToBottom, items, gap, margins)


class Grid(QGridLayout):
    """A grid with token gaps: ``Grid(across=SPACE.x12, down=SPACE.x8)``."""

    def __init__(self, *, across: int = 0, down: int = 0, margins: Margins = 0) -> None:
        super().__init__()
        self._across, self._down, self._margins = across, down, margins
        self._fit()
        theme().changed.connect(self._fit)

    def _fit(self) -> None:
        self.setHorizontalSpacing(px(self._across))
        self.setVerticalSpacing(px(self._down))
        self.setContentsMargins(*(px(side) for side in _four(self._margins)))


def centred(widget: QWidget) -> Row:
    """The widget in the middle of its line."""
    row = Row()
    row.addWidget(widget, 0, Qt.AlignmentFlag.AlignCenter)
    return row


def _clear(layout: QLayout) -> None:
    while (item := layout.takeAt(0)) is not None:
        inner, widget = item.layout(), item.widget()
        if widget is not None:
            widget.hide()
            widget.setParent(None)
            widget.deleteLater()
        elif inner is not None:
            _clear(inner)

"""The legend line: always the keys of the mode that is on."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtWidgets import QSizePolicy, QWidget

from clerk_app.design.tokens import SIZE, SPACE
from clerk_app.ui.keys import Key, Page, keys_of
from clerk_app.ui.kit.labels import KeyHint, Text
from clerk_app.ui.kit.layout import Row
from clerk_app.ui.kit.surfaces import Surface


class Legend(Surface):
    """``legend.show_keys("正在选问题", keys_of(Page.REASONS), tone="bad")`` fills the line anew."""

    def __init__(self) -> None:
        super().__init__("sunk", edges="top", height=SIZE.legend)
        self._row = Row(gap=SPACE.x12, margins=(0, SPACE.page))
        # A line of hints never makes a page wider than it is.
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.setLayout(self._row)

    def show_keys(self, title: str, keys: Iterable[Key], *, tone: str = "ink7") -> None:
        """Title of the mode and its keys; hints that find no room at the right are cut with the line."""
        hints: list[QWidget] = [KeyHint(entry.caps, entry.text) for entry in keys]
        self._row.empty()
        if title:
            self._row.put(Text(title, "note", tone, strong=True))
        self._row.put(*hints, None)
        self.setAccessibleName(title)

    def show_page(self, title: str, page: Page, *, tone: str = "ink7") -> None:
        """All keys of the page itself."""
        self.show_keys(title, keys_of(page), tone=tone)

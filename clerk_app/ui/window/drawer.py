"""The right column where three columns have no room: a drawer over the page, which keeps its width."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject
from PySide6.QtWidgets import QWidget

from clerk_app.ui.kit.layout import Row


class Drawer(QObject):
    """``column`` is the last of ``columns`` while these are wide, else it lies over ``host`` when it is open."""

    def __init__(self, host: QWidget, columns: Row, column: QWidget) -> None:
        super().__init__(host)
        self._host, self._columns, self._column = host, columns, column
        self._narrow, self._open = False, False
        host.installEventFilter(self)

    def set_narrow(self, narrow: bool) -> None:
        """Whether there is no room for the column beside the others."""
        if narrow != self._narrow:
            self._narrow = narrow
            if narrow:
                self._columns.removeWidget(self._column)
            else:
                self._columns.addWidget(self._column)
        self._show()

    def toggle(self) -> None:
        """Open or close; the column of a wide window stays as it is."""
        self._open = self._narrow and not self._open
        self._show()

    def close(self) -> bool:
        """Close; False when it was not open."""
        was_open, self._open = self._open and self._narrow, False
        self._show()
        return was_open

    def _show(self) -> None:
        self._column.setVisible(self._open or not self._narrow)
        if self._narrow:
            width = self._column.sizeHint().width()
            self._column.setGeometry(self._host.width() - width, 0, width, self._host.height())
            self._column.raise_()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() is QEvent.Type.Resize and self._narrow:
            self._show()
        return super().eventFilter(watched, event)

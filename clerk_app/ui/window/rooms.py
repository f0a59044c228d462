"""Pages beside the open case: consultation, collection, hand-over, work lists. They lie over what was shown before."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QStackedWidget, QWidget

from clerk_app.ui.keys import Page


class Room(QWidget):
    """One of these pages. ``left`` asks to be closed; what was typed in it stays until it is opened anew."""

    left = Signal()
    page = Page.EVERYWHERE
    """Whose keys the F1 page shows; a room with modes changes it."""

    def start(self) -> None:
        """The focus goes where the next key belongs."""
        raise NotImplementedError

    def escape(self) -> bool:
        """Esc: one step back inside; False when the room itself is the step."""
        return False

    def find(self) -> bool:
        """F6: look for something inside; False when there is nothing to look for."""
        return False


class Rooms(QObject):
    """At most one room is open; ``changed`` follows each opening and closing."""

    changed = Signal()

    def __init__(self, stack: QStackedWidget) -> None:
        super().__init__()
        self._stack = stack
        self._current: Room | None = None

    @property
    def current(self) -> Room | None:
        """The open room, None while the free page or the case is shown."""
        return self._current

    def add(self, room: Room) -> None:
        """Make the room known."""
        self._stack.addWidget(room)
        room.left.connect(lambda: self.close_room(room))

    def open(self, room: Room) -> None:
        """Show the room in front of everything."""
        self._current = room
        self._stack.setCurrentWidget(room)
        self.changed.emit()
        room.start()

    def close_room(self, room: Room | None = None) -> None:
        """Close the open room, or that one if it is the open one."""
        if self._current is None or room not in (None, self._current):
            return
        self._current = None
        self.changed.emit()

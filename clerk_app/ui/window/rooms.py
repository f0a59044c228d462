"""Pages beside the open case: consultation, collection, hand-over, work lists. They lie over what was shown before."""

from __future__ import annotations

from typing import TypeVar

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QStackedWidget, QWidget

from clerk_app.ui.keys import Key, Page, keys_of


class Room(QWidget):
    """One of these pages. ``left`` asks to be closed; what was typed in it stays until it is opened anew."""

    left = Signal()
    page = Page.EVERYWHERE
    """Whose keys the F1 page shows; a room with modes changes it."""

    def keys(self) -> tuple[Key, ...]:
        """The keys that are on now, those of its page for most rooms."""
        return keys_of(self.page)

    def start(self) -> None:
        """The focus goes where the next key belongs."""
        raise NotImplementedError

    def escape(self) -> bool:
        """Esc: one step back inside; False when the room itself is the step."""
        return False

    def undo(self) -> bool:
        """Ctrl+Z: take back the last step inside; False when the room has no steps of its own."""
        return False

    def seek(self) -> bool:
        """F6: look for something inside; False when there is nothing to look for."""
        return False


R = TypeVar("R", bound=Room)


class Rooms(QObject):
    """One room is shown; closing it gives the one below back. ``changed`` follows each opening and closing."""

    changed = Signal()

    def __init__(self, stack: QStackedWidget) -> None:
        super().__init__()
        self._stack = stack
        self._open: list[Room] = []

    @property
    def current(self) -> Room | None:
        """The room that is shown, None while the free page or the case is."""
        return self._open[-1] if self._open else None

    def has(self, room: Room) -> bool:
        """Whether the room is open, shown or below."""
        return room in self._open

    def add(self, room: R) -> R:
        """Make the room known; gives it back."""
        self._stack.addWidget(room)
        room.left.connect(lambda: self.close_room(room))
        return room

    def open(self, room: Room) -> None:
        """Show the room in front of everything; one that lies below is brought up."""
        if room in self._open:
            self._open.remove(room)
        self._open.append(room)
        self._show(room)

    def open_below(self, room: Room) -> None:
        """Let the room lie below the open ones; without any it is shown."""
        if not self._open:
            self.open(room)
        elif room not in self._open:
            self._open.insert(0, room)

    def close_room(self, room: Room | None = None) -> None:
        """Close the room that is shown, or that one if it is open; the one below comes back."""
        here = self.current
        gone = room or here
        if gone is None or gone not in self._open:
            return
        self._open.remove(gone)
        below = self.current
        if below is not None and gone is here:
            self._show(below)
        elif below is None:
            self.changed.emit()

    def close_all(self) -> None:
        """The visit is over: no room stays open."""
        if self._open:
            self._open.clear()
            self.changed.emit()

    def _show(self, room: Room) -> None:
        self._stack.setCurrentWidget(room)
        self.changed.emit()
        room.start()

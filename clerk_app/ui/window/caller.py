"""The keypad on the clerk's desk: its keys do what the keyboard's do, its digits say who is served or how many wait."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping

from PySide6.QtCore import QObject, QTimer

from clerk_app.ports.counter_devices import CallerKey, CallerKeypad
from clerk_app.ui.lanes import Failure, Lane
from clerk_app.ui.window.control import DeskControl

KEY_WAIT_S = 0.3
"""Short, because what is to be shown waits on the same lane."""

PAUSE_MS = 1_000
_NOT_NOW = "先办结、挂起或过号这一位，再按“呼叫”"


class CallerKeys(QObject):
    """``acts``: what each key does; a key pressed while nobody is logged in does nothing."""

    def __init__(
        self, control: DeskControl, lane: Lane, keypad: CallerKeypad, acts: Mapping[CallerKey, Callable[[], object]]
    ) -> None:
        super().__init__()
        self._control, self._lane, self._keypad = control, lane, keypad
        self._acts: dict[str, Callable[[], object]] = {CallerKey.CALL: self._call, **acts}
        self._closing = threading.Event()
        self._shown: str | int | None = None
        for news in (control.ticket_changed, control.view_changed, control.session_changed, control.session_ended):
            news.connect(self._show)

    def start(self) -> None:
        """Wait for keys until ``stop``."""
        if not self._closing.is_set():
            self._lane.run(
                self._keypad.wait_for_key, KEY_WAIT_S, self._closing, done=self._came, failed=self._not_heard
            )

    def stop(self) -> None:
        """No more keys; the digits go out."""
        if not self._closing.is_set():
            self._closing.set()
            self._lane.run(self._keypad.show_number, "", failed=lambda _failure: None)

    def _came(self, key: str | None) -> None:
        act = self._acts.get(key or "")
        if act is not None and self._control.session is not None and not self._closing.is_set():
            act()
        self._show()
        self.start()

    def _not_heard(self, _failure: Failure) -> None:
        # The light says what is the matter; the keyboard's keys work all the same.
        self._shown = None
        QTimer.singleShot(PAUSE_MS, self, self.start)

    def _call(self) -> None:
        if self._control.serving:
            self._control.said.emit(_NOT_NOW)
        else:
            self._control.call_next()

    def _show(self, *_news: object) -> None:
        wanted = self._wanted()
        if wanted == self._shown or self._closing.is_set():
            return
        self._shown = wanted

        def not_shown(_failure: Failure) -> None:
            self._shown = None

        tell = self._keypad.show_number if isinstance(wanted, str) else self._keypad.show_waiting
        self._lane.run(tell, wanted, failed=not_shown, key="digits")

    def _wanted(self) -> str | int:
        """The ticket while somebody is served, else how many this window may call; nothing without a login."""
        control = self._control
        by_hand = control.emergency.current
        if control.session is None:
            return ""
        if control.ticket is not None:
            return control.ticket.number
        if by_hand is not None:
            return by_hand.number
        return control.view.eligible if control.view is not None else ""

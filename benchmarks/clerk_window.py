"""``clerk window`` itself, with a watch on its first paint and a hand that logs in and presses F2.

``python -m benchmarks.clerk_window START_NS FOLDER NUMBER LOGIN PASSWORD`` prints one line of JSON and is gone;
``prepare`` instead of START_NS only waits until the window is enrolled and has its catalogue.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QApplication

from benchmarks.first_paint import FirstPaint, milliseconds_since
from clerk_app import cli
from clerk_app.ui.window.shell import WindowShell

_LOOK_MS = 5


class Measured(WindowShell):
    """The window with its times, in milliseconds since the start of the process."""

    started: int
    login: tuple[str, str]

    def show(self) -> None:
        self.times: dict[str, float] = {}
        self._pressed = False
        self._looking = QTimer(self)
        self._looking.setInterval(_LOOK_MS)
        self._looking.timeout.connect(self._look)
        FirstPaint(self, self._painted)
        super().show()

    def _painted(self) -> None:
        self.times["painted"] = milliseconds_since(self.started)
        self.login_page.login.emit(*self.login)
        self._looking.start()

    def _look(self) -> None:
        """Press F2 as soon as the login is through, until the window takes it."""
        control = self.control
        if control is None:
            return
        if "ready" not in self.times:
            self.times["ready"] = milliseconds_since(self.started)
            control.calling.connect(self._taken)
            control.ticket_changed.connect(self._answered)
        if control.session is not None and not self._pressed:
            self.times.setdefault("logged_in", milliseconds_since(self.started))
            # not before the first paint: the program itself does not import it
            from PySide6.QtTest import QTest

            QTest.keyClick(self.focusWidget() or self, Qt.Key.Key_F2)

    def _taken(self) -> None:
        self._pressed = True
        self._looking.stop()

    def _answered(self) -> None:
        control = self.control
        if control is None or control.ticket is None or "answered" in self.times:
            return
        self.repaint()
        self.times["answered"] = milliseconds_since(self.started)
        print(json.dumps(self.times), flush=True)
        control.desk.calling.finish(control.ticket.ticket_id, "accepted")
        os._exit(0)


class Prepared(WindowShell):
    """The window of the first start: closes itself when it has everything."""

    def show(self) -> None:
        self._looking = QTimer(self)
        self._looking.setInterval(_LOOK_MS)
        self._looking.timeout.connect(self._look)
        self._looking.start()
        super().show()

    def _look(self) -> None:
        if self.control is not None and self.control.desk.catalogue.count:
            self._looking.stop()
            print(json.dumps({}), flush=True)
            self.close()
            QApplication.quit()


def main() -> int:
    start, folder, number, name, password = sys.argv[1:6]
    shell: Callable[..., WindowShell] = Prepared
    if start != "prepare":
        shell, Measured.started, Measured.login = Measured, int(start), (name, password)
    # bootstrap takes the class from its module when it makes the window
    sys.modules[WindowShell.__module__].WindowShell = shell  # type: ignore[attr-defined]
    return cli.main(["window", "--data", folder, "--number", number])


if __name__ == "__main__":
    sys.exit(main())

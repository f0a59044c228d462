"""``clerk window`` with a watch on its event loop, for ``device_faults_gui``.

``python -m benchmarks.faulty_window FOLDER NUMBER LOGIN PASSWORD`` logs in, opens the device page and says ``ready``.
Each line on standard input is a measurement: ``idle SECONDS``, or ``busy SECONDS``, in which test papers are printed
and the rating keypad is asked how it is without a pause; one line of JSON answers it. The end of the input ends the
window.
"""

from __future__ import annotations

import json
import os
import sys
import threading
import time

from PySide6.QtCore import QObject, Qt, QTimer, Signal

from clerk_app import cli
from clerk_app.ui.window.shell import WindowShell

_BEAT_MS = 5
_LOOK_MS = 20


class _Orders(QObject):
    """Lines of the standard input, on the GUI's thread."""

    came = Signal(str)
    ended = Signal()

    def read(self) -> None:
        for line in sys.stdin:
            self.came.emit(line.strip())
        self.ended.emit()


class Watched(WindowShell):
    """The window; ``late`` are the delays of the event loop's beats in milliseconds."""

    login: tuple[str, str]

    def show(self) -> None:
        self._late: list[float] = []
        self._done = {"prints": 0, "asked": 0}
        self._busy = False
        self._looking = QTimer(self)
        self._looking.setInterval(_LOOK_MS)
        self._looking.timeout.connect(self._look)
        self._beat = QTimer(self)
        self._beat.setTimerType(Qt.TimerType.PreciseTimer)
        self._beat.setInterval(_BEAT_MS)
        self._beat.timeout.connect(self._beaten)
        self._orders = _Orders()
        self._orders.came.connect(self._measure)
        self._orders.ended.connect(lambda: os._exit(0))
        super().show()
        self.login_page.login.emit(*self.login)
        self._looking.start()

    def _look(self) -> None:
        if self.control is None or self.control.session is None or self.screens is None:
            return
        self._looking.stop()
        self.screens._open_devices()
        threading.Thread(target=self._orders.read, daemon=True).start()
        print("ready", flush=True)

    # --- one measurement --------------------------------------------------------------------------------------
    def _measure(self, order: str) -> None:
        kind, seconds = order.split()
        self._late, self._done, self._busy = [], {"prints": 0, "asked": 0}, kind == "busy"
        self._last = time.perf_counter()
        self._beat.start()
        if self._busy:
            self._print()
            self._ask()
        QTimer.singleShot(round(float(seconds) * 1000), self._over)

    def _beaten(self) -> None:
        now = time.perf_counter()
        self._late.append(max(0.0, (now - self._last) * 1000 - _BEAT_MS))
        self._last = now

    def _over(self) -> None:
        self._beat.stop()
        self._busy = False
        assert self.control is not None
        states = {key: health.state.value for key, health in self.control.devices.items()}
        print(json.dumps({"late": self._late, "done": self._done, "states": states}), flush=True)

    def _print(self, *_: object) -> None:
        self._again("printer", "receipt_printer", "prints", self._print)

    def _ask(self, *_: object) -> None:
        self._again("evaluator", "evaluator", "asked", self._ask)

    def _again(self, lane: str, key: str, counted: str, then: object) -> None:
        if not self._busy:
            return
        assert self.control is not None
        care = self.control.desk.care
        assert care is not None
        assert callable(then)

        def done(*_: object) -> None:
            self._done[counted] += 1
            QTimer.singleShot(50, then)

        self.lanes.lane(lane).run(care.try_out, key, done=done, failed=done)


def main() -> int:
    folder, number, name, password = sys.argv[1:5]
    Watched.login = (name, password)
    # bootstrap takes the class from its module when it makes the window
    sys.modules[WindowShell.__module__].WindowShell = Watched  # type: ignore[attr-defined]
    return cli.main(["window", "--data", folder, "--number", number])


if __name__ == "__main__":
    sys.exit(main())

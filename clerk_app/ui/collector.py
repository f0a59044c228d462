"""Python's cycle collector, on the GUI thread only.

Left alone it runs on whatever thread allocates, and there it may destroy widgets and timers that hang in reference
cycles: Qt then crashes, because its objects belong to the GUI thread.
"""

from __future__ import annotations

import gc

from PySide6.QtCore import QObject, QTimer

INTERVAL_MS = 500


class GuiCollector(QObject):
    """Switches the automatic collector off and collects from a timer by the interpreter's own thresholds."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._thresholds = gc.get_threshold()
        gc.disable()
        self._timer = QTimer(self)
        self._timer.setInterval(INTERVAL_MS)
        self._timer.timeout.connect(self.collect)
        self._timer.start()

    def collect(self) -> None:
        """Collect the oldest generation that is due; cheap when none is."""
        counts = gc.get_count()
        for generation in (2, 1, 0):
            if counts[generation] > self._thresholds[generation]:
                gc.collect(generation)
                return

    def release(self) -> None:
        """Give the interpreter its own collector back."""
        self._timer.stop()
        gc.enable()

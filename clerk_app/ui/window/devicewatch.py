"""The devices' lights: what each last told, and those asked that nobody talks to at the moment."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QObject, QTimer, Signal

from clerk_app.ports.devices import DeviceHealth
from clerk_app.ui.lanes import Lanes
from clerk_app.ui.window.desk import DeviceLine

LOOK_MS = 1_000
PROBE_MS = 5_000


class DeviceWatch(QObject):
    """``changed`` when a light does."""

    changed = Signal()

    def __init__(self, lines: Sequence[DeviceLine], lanes: Lanes) -> None:
        super().__init__()
        self._lines, self._lanes = lines, lanes
        self.seen: dict[str, DeviceHealth] = {}
        self._lights = QTimer(self)
        self._lights.setInterval(LOOK_MS)
        self._lights.timeout.connect(self._look)
        self._probes = QTimer(self)
        self._probes.setInterval(PROBE_MS)
        self._probes.timeout.connect(self._probe)

    def start(self) -> None:
        """Look and ask now, then again and again."""
        self._look()
        self._lights.start()
        self._probe()
        self._probes.start()

    def ask_now(self) -> None:
        """Something was plugged in or pulled: whoever is meant shall show it at once."""
        if self._probes.isActive():
            self._probe()

    def stop(self) -> None:
        """Ask nobody any more."""
        self._lights.stop()
        self._probes.stop()

    def _look(self) -> None:
        now = {line.key: line.health() for line in self._lines}
        if now != self.seen:
            self.seen = now
            self.changed.emit()

    def _probe(self) -> None:
        """The reader is asked by waiting for a card."""
        for line in self._lines:
            if line.probe is not None and line.lane != "reader":
                self._lanes.lane(line.lane).run(line.probe, key=("probe", line.key))

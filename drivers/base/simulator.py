"""A simulated device in a thread of its own."""

from __future__ import annotations

import collections
import logging
import threading
from abc import ABC, abstractmethod
from typing import Self

from drivers.base.simports import SimulatedPort

_LOG = logging.getLogger(__name__)


class Simulator(ABC):
    """A device in a thread of its own behind a SimulatedPort. The thread outlives every exception: each is kept in
    ``errors`` (tests assert that it stays empty) and the device goes on.
    """

    def __init__(self, port: SimulatedPort) -> None:
        self.line = port
        self.errors: collections.deque[Exception] = collections.deque(maxlen=20)
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name=type(self).__name__, daemon=True)

    @property
    def port(self) -> str:
        """What the host puts in its settings."""
        return self.line.port

    def start(self) -> None:
        """Switch the device on."""
        self._thread.start()

    def stop(self) -> None:
        """Switch the device off and remove its port. No effect the second time."""
        if self._stop.is_set():
            return
        self._stop.set()
        if self._thread.is_alive():
            self._thread.join()
        self.line.close()

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    @abstractmethod
    def receive(self, data: bytes) -> None:
        """Bytes have come from the host."""

    def accepts_input(self) -> bool:
        """Whether the device takes bytes now; what it does not take waits in the line."""
        return True

    def tick(self) -> float:
        """Called after every read; does what is due and returns how many seconds the next read may wait."""
        return 0.02

    def _run(self) -> None:
        wait = 0.0
        while not self._stop.is_set():
            try:
                if not self.accepts_input():
                    self._stop.wait(wait)
                elif data := self.line.read(wait):
                    self.receive(data)
                wait = self.tick()
            except Exception as exc:  # noqa: BLE001 - a device's thread reports and goes on
                self.errors.append(exc)
                _LOG.exception("%s goes on after an error", type(self).__name__)
                wait = 0.02

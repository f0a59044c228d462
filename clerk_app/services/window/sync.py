"""The thread that keeps the server informed: pushes the outbox, and after each failure waits longer."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Sequence
from dataclasses import replace

from clerk_app.domain.errors import Fault
from clerk_app.ports.clock import Entropy
from clerk_app.services.sending import next_delay
from clerk_app.services.window.outbox import Outbox, SyncStatus

_log = logging.getLogger(__name__)


class SyncRunner:
    """Runs in a thread of its own; ``wake`` makes it push at once."""

    def __init__(
        self,
        outbox: Outbox,
        entropy: Entropy,
        on_status: Callable[[SyncStatus], None] = lambda status: None,
        also: Sequence[Callable[[], object]] = (),
    ) -> None:
        """``on_status`` is called from the thread after each run; ``also`` are further chores after each push that
        went through (the catalogue), whose ``Fault`` counts as a failure."""
        self._outbox = outbox
        self._entropy = entropy
        self._on_status = on_status
        self._also = tuple(also)
        self._wake = threading.Event()
        self._stop = threading.Event()
        self._failures = 0
        self._thread = threading.Thread(target=self._run, name="sync", daemon=True)

    def start(self) -> None:
        """Begin; the first push starts at once."""
        self._thread.start()

    def wake(self) -> None:
        """Something new waits, or the server came back."""
        self._wake.set()

    def stop(self, timeout_s: float = 5.0) -> bool:
        """End after the entry in progress; False when it did not end in time (the thread is a daemon)."""
        self._stop.set()
        self._wake.set()
        if self._thread.is_alive():
            self._thread.join(timeout_s)
        return not self._thread.is_alive()

    def run_once(self) -> float:
        """One push with its chores; returns the seconds until the next try. Reports every exception and goes on."""
        try:
            went_through = self._chores()
        except Fault as fault:
            _log.warning("sync stopped: %s", fault)
            went_through = False
        except Exception:  # noqa: BLE001  the loop reports and goes on; the next round tries again
            _log.exception("sync failed")
            went_through = False
        self._failures = 0 if went_through else self._failures + 1
        delay = next_delay(self._failures, self._entropy.bytes(1)[0] / 255)
        self._report(delay)
        return delay

    def _chores(self) -> bool:
        if self._outbox.push_once().stopped:
            return False
        for chore in self._also:
            chore()
        return True

    def _report(self, delay: float) -> None:
        try:
            self._on_status(replace(self._outbox.status(), next_try_s=delay))
        except Exception:  # noqa: BLE001  a screen that is closing must not end the thread
            _log.exception("the sync status could not be shown")

    def _run(self) -> None:
        while not self._stop.is_set():
            self._wake.clear()
            delay = self.run_once()
            if not self._stop.is_set():
                self._wake.wait(delay)

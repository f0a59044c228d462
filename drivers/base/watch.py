"""Hot-plug: what hangs on this PC is looked for again and again; who listens hears what came and what went.

The difference between two looks is what counts, so a device that is pulled and put back within one look is not noticed
here: its driver notices by itself. The thread survives every exception.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable

from drivers.base.registry import Found

_LOG = logging.getLogger(__name__)
EVERY_S = 2.0
_STOPPING_PATIENCE = 3.0

Changed = Callable[[tuple[Found, ...], tuple[Found, ...]], None]
"""Told (what came, what went) from the watch's thread; never both empty."""


class PlugWatch:
    """Looks every ``every`` seconds by ``look``."""

    def __init__(self, look: Callable[[], tuple[Found, ...]], changed: Changed, every: float = EVERY_S) -> None:
        self._look = look
        self._changed = changed
        self._every = every
        self._known: tuple[Found, ...] = ()
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="plug-watch", daemon=True)

    @property
    def known(self) -> tuple[Found, ...]:
        """What hung there at the last look."""
        return self._known

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """No more looks; a look that hangs is not waited for."""
        self._stop.set()
        if self._thread.is_alive():
            self._thread.join(_STOPPING_PATIENCE)

    def look_now(self) -> None:
        """One look on the caller's thread; what raises is logged and changes nothing."""
        try:
            seen = self._look()
            known, self._known = self._known, seen
            came = tuple(one for one in seen if one not in known)
            went = tuple(one for one in known if one not in seen)
            if came or went:
                self._changed(came, went)
        except Exception:  # noqa: BLE001 - the watch reports and goes on
            _LOG.exception("looking for devices failed")

    def _run(self) -> None:
        while not self._stop.is_set():
            self.look_now()
            self._stop.wait(self._every)

"""The thread that keeps the second copy of a one-PC hall's store (``[server] second_copy``), and what is known of it.

Whatever happens to the other disk, the hall goes on: a copy that cannot be written is said in the log, in the figures
and on the status page, and is begun anew as soon as the disk is there again.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from clerk_app.domain.errors import StoreFault
from db.second_copy import Follower, LogLost, Source, Target

_LOG = logging.getLogger(__name__)
_LOOK_S = 0.2
_AGAIN_S = 5.0
_TOO_SLOW_S = 20.0
"""So long a write to the other disk may take before the store stops waiting for it."""


@dataclass(frozen=True, slots=True)
class CopyState:
    """``lag_s``: everything that was committed so many seconds ago is on the other disk. ``trouble`` is empty while it
    follows."""

    lag_s: float
    written: int
    trouble: str = ""


class SecondCopy:
    """Follows one store. ``start`` and ``stop`` once each; ``release`` when the store itself is closed."""

    def __init__(self, store: Path, key: bytes, folder: Path, identity: Callable[[], bytes]) -> None:
        """``identity`` gives the sealed certificates that go along."""
        self._source = Source(store, key)
        self._folder = folder
        self._identity = identity
        self._lock = threading.Lock()
        self._caught_up = time.monotonic()
        self._written = 0
        self._trouble = "第二份还没有做好，正在拷贝"
        self._busy_since: float | None = None
        self._target: Target | None = None
        self._stop = threading.Event()
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._run, name="second-copy", daemon=True)
        self._watch = threading.Thread(target=self._keep_watch, name="second-copy-watch", daemon=True)

    def start(self) -> None:
        self._thread.start()
        self._watch.start()

    def state(self) -> CopyState:
        with self._lock:
            return CopyState(time.monotonic() - self._caught_up, self._written, self._trouble)

    def stop(self, patience_s: float = 10.0) -> None:
        """Copy what is committed by now, then end; a disk that hangs is not waited for."""
        self._stop.set()
        if self._thread.is_alive():
            self._thread.join(patience_s)
        self._ended.set()
        if not self._thread.is_alive():
            self._source.close()

    def release(self) -> None:
        """After the store is closed."""
        if not self._thread.is_alive():
            self._source.release()

    # --- the thread -------------------------------------------------------------------------------------------
    def _run(self) -> None:
        while True:
            try:
                self._follow()
                return
            except LogLost as lost:
                _LOG.info("the second copy is made anew: %s", lost)
                self._tell("第二份没有跟上，正在重新拷贝")
            except OSError as error:
                self._tell(f"第二份写不进 {self._folder}（{error.strerror}）。大厅照常，请检查那块磁盘")
            except Exception as error:  # noqa: BLE001 - reported, and begun anew; the hall goes on
                _LOG.exception("the second copy failed")
                self._tell(f"第二份没有做成（{type(error).__name__}），请看日志")
            self._busy_since = None
            self._source.let_go()
            if self._stop.wait(_AGAIN_S):
                return

    def _follow(self) -> None:
        if not self._folder.parent.exists():
            # A disk that is not plugged in: its folder must not be made on the disk that holds the mount point.
            raise OSError(None, "那块磁盘不在")
        target = self._target = Target(self._folder)
        follower = Follower(self._source, target)
        try:
            self._step(follower.begin, target)
            target.identity(self._identity())
            while not self._stop.wait(_LOOK_S):
                self._step(follower.step, target)
            # What was committed until the stop goes along.
            self._step(follower.step, target)
        finally:
            target.close()

    def _step(self, step: Callable[[], object], target: Target) -> None:
        began = time.monotonic()
        self._busy_since = began
        step()
        self._busy_since = None
        with self._lock:
            told, self._trouble = self._trouble, ""
            self._caught_up = began
            self._written = target.written
        if told:
            _LOG.info("the second copy follows")

    def _tell(self, trouble: str) -> None:
        with self._lock:
            told, self._trouble = self._trouble, trouble
        if told != trouble:
            _LOG.warning("second copy: %s", trouble)

    def _keep_watch(self) -> None:
        """A disk that hangs in the middle of a write must not make the store's log grow for ever."""
        while not self._ended.wait(1.0):
            since, target = self._busy_since, self._target
            if since is None or target is None:
                continue
            if time.monotonic() - max(since, target.last_write) > _TOO_SLOW_S:
                try:
                    self._source.let_go()
                except Exception:  # noqa: BLE001 - the watch goes on
                    _LOG.exception("the store's log is still held")
                self._tell(f"第二份写得太慢（{_TOO_SLOW_S:.0f} 秒没有写完），大厅照常，请检查那块磁盘")


def second_copy(store: Path, key: bytes, folder: Path, identity: Callable[[], bytes]) -> SecondCopy:
    """``SecondCopy`` on an open store. ``StoreFault`` when the copy would lie beside the store."""
    if folder.resolve().is_relative_to(store.parent.resolve()):
        raise StoreFault("第二份要放在另一块磁盘上，不能放在服务器自己的文件夹里")
    return SecondCopy(store, key, folder, identity)

"""What one server process knows about itself: readiness, figures, housekeeping, and the second copy of its file."""

from __future__ import annotations

import logging
import shutil
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from concurrent.futures import TimeoutError as TooLate
from datetime import datetime, timedelta
from pathlib import Path

from fastapi import FastAPI

from clerk_app.bootstrap import settings
from clerk_app.bootstrap.second_copy import SecondCopy, second_copy
from clerk_app.bootstrap.server_files import identity_files, server_folder
from clerk_app.bootstrap.server_logs import tidy_logs
from clerk_app.bootstrap.settings import ServerSettings
from clerk_app.crypto.keyfile import open_keyring
from clerk_app.crypto.provider import NationalCrypto
from clerk_app.domain.errors import Fault, Refusal
from clerk_app.ports.clock import SystemEntropy
from clerk_app.ports.stores_hall import HallUnit
from clerk_app.server import routes_health
from clerk_app.server.feed import FeedHub
from clerk_app.server.metrics import Figure, Metrics, Watched
from clerk_app.server.routes_health import Check
from clerk_app.services.hall.desk import HallDesk
from clerk_app.services.hall.retention import Retention
from db.second_copy import CONTEXT, pack

_LOG = logging.getLogger(__name__)
_FRESH_S = 2.0
"""An answer of ``/readyz`` is good for so long: whoever asks more often gets the same one, and no further write."""
_PATIENCE_S = 5.0
_LATEST_S = 10.0
_HOUR_S = 3600.0
_JUMP = timedelta(seconds=60)
_MB = 1024 * 1024
_PROBE = "readyz"


def watched(app: FastAPI, desk: HallDesk, hall_id: str, hub: FeedHub, folder: Path, database: str) -> ServerHealth:
    """The health of a server whose application this is, with the second copy that its settings ask for."""
    told = settings.load(folder).server
    copy = None if database or not told.second_copy else _second_copy(folder, folder / told.second_copy)
    health = ServerHealth(desk, hall_id, hub, folder, told, copy)
    health.attach(app)
    return health


def _second_copy(folder: Path, target: Path) -> SecondCopy:
    home, entropy = server_folder(folder), SystemEntropy()
    crypto = NationalCrypto(entropy)
    keys = open_keyring(home / "keys" / "hall.key", home / "hall.db", crypto, entropy)

    def identity() -> bytes:
        return crypto.seal(keys.key("backup", 16), pack(dict(identity_files(home))), CONTEXT)

    return second_copy(home / "hall.db", keys.key("sqlcipher"), target, identity)


class ServerHealth:
    """``Operations`` of one process. ``start`` begins its thread, ``stop`` ends it; both are quick."""

    def __init__(
        self,
        desk: HallDesk,
        hall_id: str,
        hub: FeedHub,
        folder: Path,
        told: ServerSettings,
        copy: SecondCopy | None = None,
    ) -> None:
        """``folder`` is where the process keeps its files: the disk that may run full."""
        self.metrics_token = told.metrics_token
        self.metrics = Metrics(self._figures)
        self.more_figures: Callable[[], Iterator[Figure]] = lambda: iter(())
        self._desk = desk
        self._hall_id = hall_id
        self._hub = hub
        self._folder = folder
        self._settings = told
        self._copy = copy
        self._retention = Retention(desk.store, desk.tools)
        # The clock of the computer against the one that nobody can set, since the start.
        self._began = (desk.tools.now(), desk.tools.clock.monotonic())
        self._lock = threading.Lock()
        self._known: tuple[float, tuple[Check, ...]] | None = None
        self._probing = ThreadPoolExecutor(1, thread_name_prefix="readyz")
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._keep_house, name="housekeeping", daemon=True)
        hub.on_pushed = self.metrics.pushed

    def attach(self, app: FastAPI) -> None:
        """Give the application its endpoints and watch all of them."""
        app.state.operations = self
        app.include_router(routes_health.router)
        app.add_middleware(Watched, metrics=self.metrics)

    def start(self) -> None:
        if self._copy is not None:
            self._copy.start()
        self._thread.start()

    def stop(self) -> None:
        """After the last write and before the store is closed: the second copy gets that write too."""
        self._stop.set()
        if self._thread.is_alive():
            self._thread.join()
        self._probing.shutdown(wait=False, cancel_futures=True)
        if self._copy is not None:
            self._copy.stop()

    def release(self) -> None:
        """After the store is closed."""
        if self._copy is not None:
            self._copy.release()

    # --- readiness --------------------------------------------------------------------------------------------
    def ready(self) -> tuple[Check, ...]:
        with self._lock:
            now = time.monotonic()
            if self._known is None or now - self._known[0] > _FRESH_S:
                self._known = (now, tuple(self._checks()))
            return self._known[1]

    def _checks(self) -> Iterator[Check]:
        yield Check("store", self._in_time(self._write))
        yield Check("sequencer", self._in_time(self._sequencer))
        yield Check("disk", self._disk())
        yield Check("clock", self._clock())
        if self._copy is not None:
            yield Check("second_copy", self._copy.state().trouble, needed=False)

    def _in_time(self, check: Callable[[], str]) -> str:
        asked = self._probing.submit(check)
        try:
            return asked.result(_PATIENCE_S)
        except TooLate:
            asked.cancel()
            return f"数据库 {_PATIENCE_S:.0f} 秒没有回答"
        except (Refusal, Fault) as known:
            return str(known)
        except Exception as error:  # noqa: BLE001 - a check that fails in an unknown way is a check that fails
            _LOG.exception("a check of readiness failed")
            return f"检查没有做成（{type(error).__name__}）"

    def _write(self) -> str:
        at = self._desk.tools.now().isoformat()
        self._desk.store.write(
            self._hall_id, _PROBE, lambda unit: unit.running.set_setting(_PROBE, {"at": at}), patient=True
        )
        return ""

    def _sequencer(self) -> str:
        lag = self._lag_s()
        return f"日志的编号落后 {lag:.0f} 秒，大厅屏会慢" if lag > _LATEST_S else ""

    def _disk(self) -> str:
        free = shutil.disk_usage(self._folder).free // _MB
        least = self._settings.disk_free_mb
        return f"磁盘只剩 {free} MB（至少要 {least} MB），请技术员清出空间" if free < least else ""

    def _clock(self) -> str:
        at, since = self._began
        expected = at + timedelta(seconds=self._desk.tools.clock.monotonic() - since)
        off = self._desk.tools.now() - expected
        if abs(off) > _JUMP:
            return f"电脑的时间比启动时跳了 {off.total_seconds():.0f} 秒，请核对时间"
        return ""

    # --- figures ----------------------------------------------------------------------------------------------
    def figures(self) -> bytes:
        return self.metrics.page()

    def _figures(self) -> Iterator[Figure]:
        usage = shutil.disk_usage(self._folder)
        yield Figure("disk_free_bytes", "Free space where the server keeps its files", usage.free)
        yield Figure("feed_subscribers", "Open feed connections of this process", self._hub.listening)
        store = self._desk.store
        yield Figure("writer_waiting", "Writes that wait for their turn in this process", store.writes_waiting)
        try:
            size = store.size_bytes()
            waiting, free, lag = store.read(self._hall_id, self._queue)
        except Fault:
            yield Figure("store_up", "Whether the store answers", 0)
        else:
            yield Figure("store_up", "Whether the store answers", 1)
            yield Figure("store_bytes", "Size of the store", size)
            yield Figure("tickets_waiting", "Tickets that wait now", waiting)
            yield Figure("windows_free", "Windows that wait for a ticket", free)
            yield Figure("sequencer_lag_seconds", "Age of the oldest entry without a feed number", lag)
            yield from self.more_figures()
        if self._copy is not None:
            state = self._copy.state()
            yield Figure("second_copy_up", "Whether the second copy follows", float(not state.trouble))
            yield Figure("second_copy_lag_seconds", "How far the second copy is behind", state.lag_s)
            yield Figure("second_copy_bytes", "Bytes written to the second copy since the start", state.written)

    def _queue(self, unit: HallUnit) -> tuple[int, int, float]:
        waiting = sum(count.waiting for count in unit.tickets.waiting(self._desk.days.today(unit)))
        return waiting, unit.counters.free_count(), self._lag(unit)

    def _lag_s(self) -> float:
        return self._desk.store.read(self._hall_id, self._lag)

    def _lag(self, unit: HallUnit) -> float:
        oldest = unit.journal.unsequenced(1)
        return max(0.0, (self._desk.tools.now() - oldest[0].at).total_seconds()) if oldest else 0.0

    # --- housekeeping -----------------------------------------------------------------------------------------
    def _keep_house(self) -> None:
        while True:
            try:
                self.housekeeping(self._desk.tools.now())
            except Exception:  # noqa: BLE001 - reported, and tried again in an hour
                _LOG.exception("housekeeping goes on after an error")
            if self._stop.wait(_HOUR_S):
                return

    def housekeeping(self, now: datetime) -> None:
        """What is past its time goes; logs of past days are packed."""
        tidy_logs(self._folder / "log", now.date(), self._settings.log_days)
        for hall_id in self._desk.store.halls():
            gone = self._retention.sweep(hall_id)
            if any(gone.values()):
                _LOG.info("past their time: %s", ", ".join(f"{count} {what}" for what, count in gone.items() if count))

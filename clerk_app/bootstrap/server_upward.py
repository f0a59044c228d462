"""A running server that sends on to the server of its city, and ``clerk upstream``: how far it is, and trying again."""

from __future__ import annotations

import argparse
import logging
import socket
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

from clerk_app.bootstrap import settings
from clerk_app.bootstrap.console import say
from clerk_app.bootstrap.enrolled import Device, open_device
from clerk_app.bootstrap.server_files import server_folder
from clerk_app.bootstrap.server_health import ServerHealth
from clerk_app.client.hall import HallClient
from clerk_app.domain.actor import DeviceKind
from clerk_app.domain.errors import Fault, NotAllowed, Refusal
from clerk_app.ports.clock import SystemClock, SystemEntropy
from clerk_app.ports.feed import FeedEntry
from clerk_app.server.feed import FeedHub
from clerk_app.server.metrics import Figure
from clerk_app.services.hall.desk import HallDesk
from clerk_app.services.hall.upward import UpwardStatus
from clerk_app.services.hall.upward_push import UpwardPush
from clerk_app.services.hall.upward_records import FILES, RECORDS
from clerk_app.services.sending import next_delay

_LOG = logging.getLogger(__name__)
_BREATH_S = 1.0
"""Between two runs: a busy hall sends a batch a second, not a request for each record."""
_JOIN_S = 10.0
_HOLDER = 64
_NO_CODE = "这台服务器还没有在上级服务器上登记。请在上级服务器上运行 clerk enrol hall，再用 --upstream-code 启动一次"


class UpwardThread:
    """Connects, enrols when there is a code, and sends on: at once when something is new, later and later after a
    failure. Nothing of it holds up the counter."""

    def __init__(self, desk: HallDesk, hall_id: str, folder: Path, home: Path, address: str, code: str) -> None:
        """``home`` is the process's own folder, which tells it from others; the enrolment is all processes'."""
        self._desk, self._hall, self._address, self._code = desk, hall_id, address, code
        self._upward = desk.upward(hall_id)
        self._folder = server_folder(folder) / "upstream"
        self._holder = desk.tools.digest(f"{socket.gethostname()} {home.resolve()}")[:_HOLDER]
        self._entropy = SystemEntropy()
        self._device: Device | None = None
        self._client: HallClient | None = None
        self._failures = 0
        self._wake, self._ended = threading.Event(), threading.Event()
        self._thread = threading.Thread(target=self._work, name="upward", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def wake(self, entries: tuple[FeedEntry, ...]) -> None:
        """Called with what got feed numbers."""
        if any(entry.kind in RECORDS or entry.kind in FILES for entry in entries):
            self._wake.set()

    def stop(self) -> None:
        """What is on its way is waited for a while; it would only be sent again."""
        self._ended.set()
        self._wake.set()
        self._thread.join(_JOIN_S)
        if self._client is not None:
            self._client.close()
        try:
            self._upward.let_go(self._holder)
        except Fault:
            _LOG.warning("another process takes over when the lease of this one ends")

    # --- the thread -----------------------------------------------------------------------------------------------
    def _work(self) -> None:
        while not self._ended.is_set():
            self._wake.clear()
            went_through = self._run()
            self._failures = 0 if went_through else self._failures + 1
            # What comes new while the city is away does not make the tries come closer together.
            woken_by = self._wake if went_through else self._ended
            woken_by.wait(next_delay(self._failures, self._entropy.bytes(1)[0] / 255))
            self._ended.wait(_BREATH_S)

    def _run(self) -> bool:
        trouble = ""
        try:
            push = self._pushed()
            if not push.mine:
                return True
            trouble = push.stopped
            if push.records or push.files or push.set_aside:
                _LOG.info("sent on: %s records, %s files, set aside: %s", push.records, push.files, push.set_aside)
        except (Fault, Refusal) as known:
            trouble = str(known)
        except Exception:  # noqa: BLE001 - reported, and the loop goes on
            _LOG.exception("sending on goes on after an error")
            return False
        if trouble:
            _LOG.warning("sending on stopped: %s", trouble)
        try:
            self._upward.failed(trouble)
        except Fault:
            _LOG.warning("the store does not keep why nothing goes up")
        return not trouble

    def _pushed(self) -> UpwardPush:
        device = self._enrolled()
        if self._client is None:
            self._client = device.client(SystemClock(), self._entropy)
        return self._upward.push_once(self._client, device.enrolment.enrolled.device_id, self._holder)

    def _enrolled(self) -> Device:
        """This server at the city's. The code is used once; a start with an old one changes nothing."""
        if self._device is None:
            hall = self._desk.store.read(self._hall, lambda unit: unit.setup.profile())
            try:
                device = open_device(
                    self._folder,
                    DeviceKind.HALL,
                    hall.name[:_HOLDER],
                    self._entropy,
                    address=self._address,
                    code=self._code,
                    hall=hall,
                )
            except NotAllowed as refused:
                raise refused if self._code else NotAllowed(_NO_CODE) from None
            self._device, self._code = device, ""
        return self._device


def start(
    args: argparse.Namespace,
    folder: Path,
    home: Path,
    desk: HallDesk,
    hall_id: str,
    hub: FeedHub,
    health: ServerHealth,
) -> Callable[[], None]:
    """Start the thread when ``args.upstream`` or ``[server] upstream`` names a server; gives back what stops it."""
    told = settings.load(folder).server.upstream if args.upstream is None else args.upstream
    if not told:
        return lambda: None
    thread = UpwardThread(desk, hall_id, folder, home, told, args.upstream_code or "")
    health.more_figures = lambda: figures(desk, hall_id)
    before = hub.on_pushed

    def pushed(entries: tuple[FeedEntry, ...]) -> None:
        before(entries)
        thread.wake(entries)

    hub.on_pushed = pushed
    thread.start()
    return thread.stop


def figures(desk: HallDesk, hall_id: str) -> Iterator[Figure]:
    """What ``/metrics`` tells of it."""
    status = desk.upward(hall_id).status()
    yield Figure("upstream_up", "Whether the latest run to the server above got through", float(not status.run.trouble))
    waiting = status.records + status.files
    yield Figure("upstream_waiting", "Records and files that the server above does not have", waiting)
    yield Figure("upstream_set_aside", "Records and files that the server above refused", len(status.set_aside))


# --- clerk upstream ---------------------------------------------------------------------------------------------------
def run(args: argparse.Namespace) -> int:
    """``clerk upstream status|retry``: 0; 1 when something needs a person, or with a sentence."""
    from clerk_app.bootstrap import logs
    from clerk_app.bootstrap.server import open_hall

    folder: Path = args.data or settings.default_folder()
    logs.start(folder, "administration")
    try:
        hall = open_hall(folder)
        try:
            upward = hall.desk.upward(hall.hall_id)
            if args.verb == "retry":
                say(f"{upward.retry()} 条再传一次；服务器在一分钟内上传")
                return 0
            status = upward.status()
            for line in status_lines(status):
                say(line)
            return 1 if status.run.trouble or status.set_aside else 0
        finally:
            hall.close()
    except (Fault, Refusal) as known:
        say(str(known))
        return 1


def status_lines(status: UpwardStatus) -> list[str]:
    """The state in words; no names and no numbers of persons."""
    run = status.run
    lines = []
    if not run.epoch and not run.trouble:
        lines.append("还没有向上级服务器传过")
    if run.done_at is not None:
        lines.append(f"最近一次传完 {run.done_at:%Y-%m-%d %H:%M:%S}")
    if run.trouble:
        since = f"（{run.trouble_since:%Y-%m-%d %H:%M} 起）" if run.trouble_since else ""
        lines.append(f"现在传不上去{since}：{run.trouble}")
    waiting = f"等候 {status.records} 条记录、{status.files} 份文件"
    oldest = f"，最早的 {status.oldest_since:%Y-%m-%d %H:%M}" if status.oldest_since else ""
    lines.append(waiting + oldest)
    for one in status.set_aside:
        lines.append(f"没有收：{one.number or one.record_id}  {one.kind}  {one.since:%Y-%m-%d %H:%M}  {one.reason}")
    if status.set_aside:
        lines.append("处理好以后运行 clerk upstream retry 再传")
    return lines

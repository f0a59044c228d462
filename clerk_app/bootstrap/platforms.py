"""Exports in a running server and by hand: the adapter that the settings name, its schedule, ``clerk export``."""

from __future__ import annotations

import argparse
import logging
import random
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from clerk_app.bootstrap import settings
from clerk_app.bootstrap.console import say
from clerk_app.bootstrap.platform_settings import OFF, PlatformSettings
from clerk_app.domain.errors import Fault, Refusal, Rejected
from clerk_app.domain.platform_schedule import Schedule
from clerk_app.platforms.registry import Platforms
from clerk_app.ports.platform import PlatformAdapter
from clerk_app.ports.stores_hall_exports import ExportState
from clerk_app.services.hall.desk import HallDesk
from clerk_app.services.hall.export_parts import Told
from clerk_app.services.hall.export_run import ExportReport
from clerk_app.services.hall.exports import ExportStatus
from clerk_app.services.hall.tools import system_actor

_LOG = logging.getLogger(__name__)
_LOOK_SECONDS = 5.0
_FIRST_PAUSE, _LONGEST_PAUSE = 60.0, 1800.0
_OFF = "没有设置要导出到哪个系统。请在 clerk.toml 里写 [platform]，见 docs/platforms.md"
_STATES = {
    ExportState.SENT: "已导出",
    ExportState.WAITING: "等候",
    ExportState.PACKED: "已打包，对方还没有回答",
    ExportState.REFUSED: "没有导出",
    ExportState.SUPERSEDED: "被后来的修改代替",
}


@dataclass(frozen=True, slots=True)
class Exporter:
    """One adapter of one hall, made from the settings."""

    name: str
    title: str
    adapter: PlatformAdapter
    told: Told
    batch: int
    schedule: Schedule

    def run(self, desk: HallDesk, hall_id: str, *, again: bool = False) -> ExportReport:
        """As ``Exports.run``."""
        try:
            return desk.exports.run(hall_id, self.name, self.adapter, self.told, batch=self.batch, again=again)
        finally:
            desk.committed(hall_id)


def exporter(folder: Path) -> Exporter | None:
    """What ``[platform]`` of a data folder says, None when it is off. ``Rejected`` names what cannot be read."""
    told: PlatformSettings = settings.load(folder).platform
    if told.adapter == OFF:
        return None
    platform = Platforms().get(told.adapter)
    adapter = platform.make(told.made(folder, platform.fields))
    facts = Told(told.area_code, told.bodies)
    return Exporter(platform.name, platform.title, adapter, facts, told.batch, told.schedule())


class ExportThread:
    """Runs exports when they are due: by the schedule, and again after a failure, later and later."""

    def __init__(self, desk: HallDesk, hall_id: str, exporter: Exporter, look_every: float = _LOOK_SECONDS) -> None:
        self._desk, self._hall, self._exporter = desk, hall_id, exporter
        self._look_every = look_every
        self._ended = threading.Event()
        self._failures = 0
        self._not_before = 0.0
        self._thread = threading.Thread(target=self._work, name="export", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """Between two looks at once; a batch that is on its way is waited for a while."""
        self._ended.set()
        self._thread.join(timeout=10.0)
        self._exporter.adapter.close()

    def _work(self) -> None:
        while not self._ended.wait(self._look_every):
            try:
                self._look()
            except (Fault, Refusal) as known:
                # Its sentence may quote the platform; who asks for the state reads it there.
                self._put_off(type(known).__name__)
            except Exception:  # noqa: BLE001 - reported, and the loop goes on
                _LOG.exception("the export goes on after an error")
                self._put_off("error")

    def _look(self) -> None:
        desk = self._desk
        run = desk.store.read(self._hall, lambda unit: unit.exports.run(self._exporter.name))
        if run.held_until is not None and run.held_until > desk.tools.now():
            return
        retry = bool(run.trouble) and time.monotonic() >= self._not_before
        if not retry and not self._exporter.schedule.due(run.began_at, desk.tools.now()):
            return
        report = self._exporter.run(desk, self._hall)
        self._failures = 0
        _LOG.info("exported %s changes in %s batches, %s refused", report.sent, report.batches, report.refused)

    def _put_off(self, why: str) -> None:
        self._failures += 1
        pause = min(_LONGEST_PAUSE, _FIRST_PAUSE * 2 ** (self._failures - 1)) * random.uniform(0.8, 1.2)
        self._not_before = time.monotonic() + pause
        _LOG.warning("the export did not get through (%s), again in %.0f s", why, pause)


def start(folder: Path, desk: HallDesk, hall_id: str) -> Callable[[], None]:
    """Start the export thread of a server when the settings want one; gives back what stops it.

    A slip in ``[platform]`` keeps no counter from working: it is logged and told by ``clerk export status``.
    """
    try:
        found = exporter(folder)
    except Refusal as slip:
        _LOG.error("no export: %s", slip)
        return lambda: None
    if found is None or found.schedule == Schedule():
        return lambda: None
    thread = ExportThread(desk, hall_id, found)
    thread.start()
    return thread.stop


# --- clerk export -----------------------------------------------------------------------------------------------------
def run(args: argparse.Namespace) -> int:
    """``clerk export now|status|refused``: 0; 1 with a sentence when it did not get through."""
    from clerk_app.bootstrap import logs
    from clerk_app.bootstrap.server import open_hall

    folder: Path = args.data or settings.default_folder()
    logs.start(folder, "administration")
    try:
        found = exporter(folder)
        if found is None:
            raise Rejected("platform", _OFF)
        hall = open_hall(folder)
        try:
            return _VERBS[args.verb](found, hall.desk, hall.hall_id, args)
        finally:
            found.adapter.close()
            hall.close()
    except (Fault, Refusal) as known:
        say(str(known))
        return 1


def _now(found: Exporter, desk: HallDesk, hall_id: str, args: argparse.Namespace) -> int:
    # What was committed and has no number yet would otherwise wait for a running server.
    desk.sequencer.run(hall_id)
    report = found.run(desk, hall_id, again=args.again)
    say(f"导出到{found.title}：{report.sent} 项变更，{report.batches} 批")
    if report.refused:
        say(f"没有导出 {report.refused} 项，原因见 clerk export refused")
    return 0


def _status(found: Exporter, desk: HallDesk, hall_id: str, args: argparse.Namespace) -> int:
    actor = system_actor(hall_id)
    status = desk.store.read(hall_id, lambda unit: desk.exports.status(unit, actor, found.name))
    for line in (*status_lines(status, found.title), *Platforms().broken):
        say(line)
    return 1 if status.run.trouble else 0


def status_lines(status: ExportStatus, title: str) -> list[str]:
    """The state in words."""
    run = status.run
    lines = [f"导出到{title}（{status.adapter}）"]
    if run.began_at is None:
        return [*lines, "还没有导出过"]
    lines.append(f"最近一次 {run.began_at:%Y-%m-%d %H:%M}，" + (f"没有完成：{run.trouble}" if run.trouble else "完成"))
    if run.done_at is not None:
        lines.append(f"最近一次完成 {run.done_at:%Y-%m-%d %H:%M}")
    lines += [f"{word} {status.counts[state]} 项" for state, word in _STATES.items() if status.counts.get(state)]
    for batch in status.batches:
        when = f"{batch.sent_at:%Y-%m-%d %H:%M}" if batch.sent_at else "未送达"
        lines.append(f"第 {batch.number} 批 {when}，{len(batch.change_ids)} 项，退回 {batch.refused} 项，{batch.name}")
        lines += [
            f"  注意：{one.sentence}（{one.count} 项，如 {one.case_number}），已照原样导出" for one in batch.doubts
        ]
    return lines


def _refused(found: Exporter, desk: HallDesk, hall_id: str, args: argparse.Namespace) -> int:
    actor = system_actor(hall_id)
    lines = desk.store.read(hall_id, lambda unit: desk.exports.refused(unit, actor, found.name))
    if not lines:
        say("没有被退回的")
    for one in lines:
        who = "对方退回" if one.by == "platform" else "没有导出"
        say(f"{one.case_number}  {one.at:%Y-%m-%d %H:%M}  {who}  {one.field or '-'}  {one.sentence}")
    return 0


_VERBS = {"now": _now, "status": _status, "refused": _refused}

"""``clerk verify-dispatch DAY``: recompute a day's draws, on the server's computer from the journal, anywhere else from
the published file, and say in plain words what was found."""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterable, Mapping
from datetime import date
from pathlib import Path
from typing import Any

from clerk_app.bootstrap import logs, settings
from clerk_app.bootstrap.console import say
from clerk_app.domain.dispatch_check import check
from clerk_app.domain.dispatch_report import LOADS, Report, Share
from clerk_app.domain.errors import Fault, Refusal, Rejected

_MOST_FINDINGS = 100


def run(args: argparse.Namespace) -> int:
    """0 when everything fits, 1 with findings or when there is nothing to check."""
    try:
        day = date.fromisoformat(args.day)
    except ValueError:
        say("日期写成 2026-11-23 的样子")
        return 1
    try:
        return _of_file(args.file, day) if args.file else _of_hall(args.data, day, args.save)
    except (Refusal, Fault) as known:
        say(str(known))
        return 1


def _of_file(path: Path, day: date) -> int:
    from clerk_app.crypto.provider import NationalCrypto
    from clerk_app.ports.clock import SystemEntropy

    log = read_log(path)
    if log.get("day") != day.isoformat():
        raise Rejected("file", f"{path.name} 是 {log.get('day')} 的日志，不是 {day} 的")
    crypto = NationalCrypto(SystemEntropy())
    report = check(log, crypto.mac, crypto.digest)
    return _told(day, path.name, report, "日志文件里没有日志链，链由大厅在服务器上核对", ())


def read_log(path: Path) -> Mapping[str, Any]:
    """The published log in a file; ``Rejected("file", …)`` when it is none."""
    try:
        log = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise Rejected("file", f"{path} 读不了（{error.strerror}），请核对文件名") from None
    except (ValueError, RecursionError):
        raise Rejected("file", f"{path.name} 不是完整的 JSON，请重新下载") from None
    if not isinstance(log, Mapping):
        raise Rejected("file", f"{path.name} 不是分派日志")
    return log


def _of_hall(folder: Path | None, day: date, save: Path | None) -> int:
    from clerk_app.bootstrap.server import open_hall
    from clerk_app.services.hall.dispatch_log import as_file
    from clerk_app.services.hall.tools import system_actor

    folder = folder or settings.default_folder()
    logs.start(folder, "administration")
    hall = open_hall(folder)
    try:
        actor = system_actor(hall.hall_id)
        name = hall.desk.store.read(hall.hall_id, lambda unit: unit.setup.profile().name)
        found = hall.desk.store.read(hall.hall_id, lambda unit: hall.desk.dispatch.verify(unit, actor, day))
    finally:
        hall.close()
    if save is not None:
        save.write_text(json.dumps(as_file(found.log), ensure_ascii=False, indent=1), encoding="utf-8")
        say(f"日志已存到 {save}")
    chain = found.chain
    if chain.broken_at is None:
        return _told(day, name, found.report, f"日志链完整，核对到第 {chain.checked} 条", ())
    return _told(day, name, found.report, "", (f"日志链在第 {chain.broken_at} 条断了：{chain.reason}",))


def _told(day: date, name: str, report: Report, chain: str, broken: Iterable[str]) -> int:
    say(f"{day} {name} 随机分派核对")
    if report.sealed:
        say("承诺、种子和每次抽取的 HMAC 都重新算过")
    else:
        say("这一天还没有关门，种子没有公布：候选名单都核对了，承诺和 HMAC 要等关门以后再核对")
    if chain:
        say(chain)
    say(f"取号 {report.tickets} 个，随机抽取 {_share(report.draws)}")
    for load in LOADS:
        if load in report.by_load:
            say(f"  窗口空了、{load.replace('-', '～')} 个号在等：{_share(report.by_load[load])}")
    for windows, share in report.by_free.items():
        say(f"  来了新号、{windows} 个窗口空着：{_share(share)}")
    say(f"不经抽取：撤销以后重叫 {report.pinned} 次，没有号直接办理 {report.walk_ins} 次，应急合并 {report.merged} 次")
    for count, words in (
        (report.unheard, "空闲窗口因为失去联系没有列入候选"),
        (report.late, "抽取发生在公布种子以后，可以预知"),
        (report.excused, "候选因为别的窗口同时在抽没有列入"),
    ):
        if count:
            say(f"注意：{words}，{count} 次")
    findings = [*broken, *map(str, report.findings)]
    if not findings:
        say("结论：没有发现问题")
        return 0
    say(f"结论：发现 {len(findings)} 处问题")
    for line in findings[:_MOST_FINDINGS]:
        say(f"  {line}")
    if len(findings) > _MOST_FINDINGS:
        say(f"  …… 另外 {len(findings) - _MOST_FINDINGS} 处没有列出")
    return 1


def _share(share: Share) -> str:
    return f"{share.draws} 次，其中只有一个候选 {share.alone} 次（{share.part * 100:.0f} %）"

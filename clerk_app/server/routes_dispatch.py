"""The day's dispatch for everybody to recompute: ``/dispatch/<day>`` as a page and as a file, without a login.

No person is in it: tickets and windows by their numbers, clerks as c1, c2 …, the secret only after the closing.
Enrolled devices read the same under ``/v1/dispatch/<day>``.
"""

from __future__ import annotations

import base64
import hashlib
import json
import threading
import time
from dataclasses import dataclass
from datetime import date
from html import escape
from typing import Any, Final

from fastapi import APIRouter, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse

from clerk_app.design.tokens import css_variables
from clerk_app.domain.errors import NotFound
from clerk_app.ports.hall_running import DispatchLog
from clerk_app.server.calls import Reading
from clerk_app.server.web import RateLimit, asker, page_headers
from clerk_app.services.hall.desk import HallDesk
from clerk_app.services.hall.dispatch_log import as_file
from clerk_app.services.hall.tools import system_actor

router = APIRouter()

_FRESH_S: Final = 30.0
_KEPT: Final = 4
_LATEST: Final = 40
_STYLE: Final = (
    css_variables(1.1)
    + """
* { box-sizing: border-box; }
body { margin: 0; background: var(--canvas); color: var(--ink9);
  font: var(--type-action)/1.6 "PingFang SC", "Microsoft YaHei", var(--family); overflow-wrap: anywhere; }
main, header div { max-width: 60rem; margin: 0 auto; padding: 0 var(--space-page); }
main { padding-bottom: var(--space-x32); }
header { background: var(--rail); color: var(--paper); padding: var(--space-page) 0; }
header p { margin: 0; color: var(--rail-sub); }
h1 { margin: 0; font-size: var(--type-person); line-height: 1.3; }
h2 { margin: var(--space-x24) 0 var(--space-x8); font-size: var(--type-title); }
section { background: var(--paper); border: var(--size-hairline) solid var(--line);
  border-radius: var(--radius-card); padding: var(--space-card); margin-top: var(--space-x8); }
dl { display: grid; grid-template-columns: max-content 1fr; gap: var(--space-x4) var(--space-x16); margin: 0; }
dt { color: var(--ink7); } dd { margin: 0; }
code, td:last-child { font-family: monospace; font-size: var(--type-note); }
table { border-collapse: collapse; width: 100%; }
th, td { text-align: left; padding: var(--space-x4) var(--space-x8) var(--space-x4) 0; vertical-align: top;
  border-top: var(--size-hairline) solid var(--line); }
th { color: var(--ink7); font-weight: normal; border-top: 0; }
p { margin: var(--space-x4) 0 0; }
a { color: inherit; }
"""
)
_STYLE_HASH: Final = base64.b64encode(hashlib.sha256(_STYLE.encode()).digest()).decode()
_POLICY: Final = f"style-src 'sha256-{_STYLE_HASH}'"
_BUSY: Final = "看的人多，请等一会儿再试"
_UNKNOWN: Final = "这一天没有分派记录。日期写成 2026-11-23 的样子，或者打开 /dispatch 看今天的"


@dataclass(frozen=True, slots=True)
class _Shown:
    """A day as it was made: the file's bytes and the page."""

    at: float
    closed: bool
    content: bytes
    page: str


class PublicLogs:
    """Makes a day's log at most every half minute and keeps the latest few: a crowd of readers costs the hall's own
    devices nothing. A closed day does not change any more."""

    def __init__(self, desk: HallDesk) -> None:
        self._desk = desk
        self._limit = RateLimit(burst=60, per_second=1.0)
        self._making = threading.Lock()
        self._kept: dict[date, _Shown] = {}

    def admits(self, who: str) -> bool:
        """Whether this address may ask now."""
        return self._limit.allows(who)

    def today(self) -> date:
        """The day of the first hall of this server."""
        store = self._desk.store
        for hall_id in store.halls():
            return store.read(hall_id, self._desk.days.today)
        raise NotFound(_UNKNOWN)

    def find(self, day: date) -> _Shown:
        """``NotFound`` for a day without dispatch."""
        with self._making:
            known = self._kept.get(day)
            if known is not None and (known.closed or time.monotonic() - known.at < _FRESH_S):
                return known
            shown = self._made(day)
            self._kept.pop(day, None)
            self._kept[day] = shown
            while len(self._kept) > _KEPT:
                del self._kept[next(iter(self._kept))]
            return shown

    def _made(self, day: date) -> _Shown:
        store = self._desk.store
        for hall_id in store.halls():
            try:
                name, log = store.read(
                    hall_id,
                    lambda unit: (
                        unit.setup.profile().name,
                        self._desk.dispatch.log(unit, system_actor(unit.hall_id), day),
                    ),
                )
            except NotFound:
                continue
            content = json.dumps(as_file(log), ensure_ascii=False, indent=1).encode()
            return _Shown(time.monotonic(), log.day.closed_at is not None, content, _page(name, log))
        raise NotFound(_UNKNOWN)


@router.get("/v1/dispatch/{day}", tags=["queue"])
def dispatch(call: Reading, day: date) -> DispatchLog:
    """All that the day's draws depend on; any enrolled device."""
    return call.read(lambda unit, actor: call.desk.dispatch.log(unit, actor, day))


@router.get("/dispatch", include_in_schema=False)
def current(request: Request) -> Response:
    logs: PublicLogs = request.app.state.public_logs
    try:
        return RedirectResponse(f"/dispatch/{logs.today()}", 303, page_headers(_POLICY))
    except NotFound:
        return _sentence(_UNKNOWN, 404)


@router.get("/dispatch/{wanted}", include_in_schema=False)
def published(request: Request, wanted: str) -> Response:
    """The page of a day, or with ``.json`` behind the day the file that ``clerk verify-dispatch --file`` takes."""
    logs: PublicLogs = request.app.state.public_logs
    if not logs.admits(asker(request)):
        return _sentence(_BUSY, 429)
    as_json = wanted.endswith(".json")
    try:
        shown = logs.find(date.fromisoformat(wanted.removesuffix(".json")))
    except (ValueError, NotFound):
        return _sentence(_UNKNOWN, 404)
    headers = page_headers(_POLICY)
    if as_json:
        name = f'attachment; filename="dispatch-{wanted}"'
        return Response(shown.content, headers=headers | {"Content-Disposition": name}, media_type="application/json")
    return HTMLResponse(shown.page, headers=headers)


def _sentence(text: str, status: int) -> Response:
    body = f"<main><h2>随机分派公示</h2><section>{escape(text)}</section></main>"
    return HTMLResponse(_document("随机分派公示", body), status, page_headers(_POLICY))


def _document(title: str, body: str) -> str:
    return (
        '<!doctype html><html lang="zh-CN"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width,initial-scale=1">'
        f"<title>{escape(title)}</title><style>{_STYLE}</style></head><body>{body}</body></html>"
    )


def _page(hall: str, log: DispatchLog) -> str:
    day = log.day
    drawn = [entry for entry in log.entries if entry.get("draw")]
    alone = sum(len(entry["draw"]["candidates"]) == 1 for entry in drawn)
    share = f"，其中 {alone} 次只有一个候选（{alone * 100 // len(drawn)} %）" if drawn else ""
    facts = [
        ("早上公布的承诺", f"<code>{escape(day.commitment)}</code>"),
        ("大厅以外的数值", escape(f"{day.outside}（{day.outside_source}）" if day.outside else "没有用")),
        ("种子", f"<code>{escape(day.secret)}</code>" if day.secret else "关门以后公布"),
        ("随机抽取", f"{len(drawn)} 次{share}"),
        ("日志摘要（SM3）", f"<code>{log.digest}</code>"),
    ]
    listed = "".join(f"<dt>{name}</dt><dd>{value}</dd>" for name, value in facts)
    name = f"{day.day}.json"
    how = (
        "窗口按一个键，只表示「空了」；叫哪个号、号到哪个窗口，由公布的种子和候选名单算出来，谁也挑不了。"
        "想自己核对：下载日志，用开源程序运行"
    )
    command = f"clerk verify-dispatch {day.day} --file dispatch-{name}"
    check = f'<p>{how} <code>{command}</code></p><p><a href="/dispatch/{name}">下载当天的分派日志（JSON）</a></p>'
    rows = "".join(_row(entry) for entry in reversed(drawn[-_LATEST:]))
    head = "<tr><th>时间</th><th>号</th><th>窗口</th><th>从哪些里抽</th><th>HMAC-SM3（前 16 位）</th></tr>"
    table = f"<h2>最近的抽取</h2><section><table>{head}{rows}</table></section>" if rows else ""
    top = f"<header><div><p>{escape(hall)}</p><h1>{day.day.month} 月 {day.day.day} 日 随机分派公示</h1></div></header>"
    return _document(
        f"{day.day} 随机分派公示",
        f"{top}<main><h2>公示</h2><section><dl>{listed}</dl></section><h2>怎么核对</h2><section>{check}</section>"
        f"{table}</main>",
    )


def _row(entry: dict[str, Any]) -> str:
    draw = entry["draw"]
    among = "、".join(draw["candidates"]) if draw["kind"] == "ticket" else f"窗口 {'、'.join(draw['candidates'])}"
    cells = (str(entry["at"])[11:19], entry["number"], entry["window_no"], among, draw["mac"][:16])
    return f"<tr>{''.join(f'<td>{escape(str(cell))}</td>' for cell in cells)}</tr>"

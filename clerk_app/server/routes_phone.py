"""The phone page that follows one ticket: ``/q/<ticket id>``, the address that the ticket's QR code carries.

For everybody who has the id, without a login; it names no person. Whole without a script (it loads itself again);
with one, the parts that changed are exchanged in place. Who asks for numbers that do not exist is soon not answered.
"""

from __future__ import annotations

import hashlib
import re
import threading
from collections import OrderedDict
from html import escape
from typing import Final

from fastapi import APIRouter, Request, Response
from fastapi.responses import HTMLResponse

from clerk_app.domain.errors import NotFound
from clerk_app.domain.queue import QUEUED, HoldKind, TicketState
from clerk_app.ports.hall_queue import CalledNumber
from clerk_app.server.routes_progress import prefilled
from clerk_app.server.web import RateLimit, asker, page_headers, web_files
from clerk_app.services.hall.following import FollowedTicket, Following

router = APIRouter(include_in_schema=False)

_TICKET: Final = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")
_POLICY: Final = "script-src 'self'; style-src 'self'; connect-src 'self'"
_SOON, _LATER, _ENDED_S = 5, 10, 60
_NEAR: Final = 3
"""People ahead from which on the page asks more often."""
_AT_ONCE: Final = 8
"""Reads of phones at the same time: the hall's own devices share the server with them."""
_PATIENCE_S: Final = 0.2
_FOLLOWED: Final = 10_000
_UNKNOWN: Final = "没有这个号，或者已经过了今天"
_UNKNOWN_HINT: Final = "请对一对小票上的二维码。要办事请到大厅重新取号；查办件进度请报办件编号。"
_BUSY: Final = "看的人多，请等一会儿"
_BUSY_HINT: Final = "本页会自己再试；叫号以大厅屏幕和广播为准。"


class PhoneGuard:
    """Who may read how often. Behind a hall's Wi-Fi many people have one address: reading has a wide limit, asking for
    what does not exist a narrow one, and that one never shuts out who follows a ticket already."""

    def __init__(self) -> None:
        self._reads = RateLimit(burst=300, per_second=100)
        self._misses = RateLimit(burst=20, per_second=0.2)
        self._followed: OrderedDict[str, None] = OrderedDict()
        self._lock = threading.Lock()
        self.room = threading.BoundedSemaphore(_AT_ONCE)

    def admits(self, who: str, ticket_id: str) -> bool:
        """Whether this address may ask for this id now."""
        with self._lock:
            followed = ticket_id in self._followed
        return self._reads.allows(who) and (followed or self._misses.allows(who, 0))

    def found(self, ticket_id: str) -> None:
        """Somebody follows this ticket."""
        with self._lock:
            self._followed[ticket_id] = None
            self._followed.move_to_end(ticket_id)
            if len(self._followed) > _FOLLOWED:
                self._followed.popitem(last=False)

    def missed(self, who: str) -> None:
        """There was nothing under the id."""
        self._misses.allows(who)


@router.get("/q/web/{version}/{name}")
def web_file(version: str, name: str) -> Response:
    return web_files("phone").answer(version, name)


@router.get("/q/{ticket_id}", response_class=HTMLResponse)
def ticket(request: Request, ticket_id: str) -> Response:
    """The ticket as it stands; 304 when nothing changed, 404 with one page for every id that leads nowhere, 429 or 503
    when the asker or the server is busy. A case number, from the papers of a case, gets the form of the citizen's page.
    """
    if (form := prefilled(request, ticket_id)) is not None:
        return form
    guard: PhoneGuard = request.app.state.phone_guard
    following: Following = request.app.state.following
    who = asker(request)
    if not guard.admits(who, ticket_id):
        return _sentence(_BUSY, _BUSY_HINT, 429, _ENDED_S)
    if not guard.room.acquire(timeout=_PATIENCE_S):
        return _sentence(_BUSY, _BUSY_HINT, 503, _LATER)
    try:
        if not _TICKET.fullmatch(ticket_id):
            raise NotFound(_UNKNOWN)
        found = following.find(ticket_id)
    except NotFound:
        guard.missed(who)
        return _sentence(_UNKNOWN, _UNKNOWN_HINT, 404, 0)
    finally:
        guard.room.release()
    guard.found(ticket_id)
    return _answer(request, ticket_page(found))


def _answer(request: Request, text: str) -> Response:
    mark = f'"{hashlib.sha256(text.encode()).hexdigest()[:24]}"'
    headers = page_headers(_POLICY) | {"ETag": mark, "Cache-Control": "private, no-cache"}
    if mark in request.headers.get("if-none-match", ""):
        return Response(status_code=304, headers=headers)
    return HTMLResponse(text, headers=headers)


def _sentence(title: str, hint: str, status: int, again_s: int) -> Response:
    body = f'<p class="state plain">{escape(title)}</p><p class="hint">{escape(hint)}</p>'
    headers = page_headers(_POLICY) | ({"Retry-After": str(again_s)} if again_s else {})
    return HTMLResponse(_document(title, _main(body, again_s), again_s), status, headers)


def _next(found: FollowedTicket) -> int:
    if found.state in (TicketState.FINISHED, TicketState.CANCELLED):
        return _ENDED_S
    near = found.state not in QUEUED or found.people_ahead <= _NEAR
    return _SOON if near else _LATER


def _document(title: str, body: str, again_s: int) -> str:
    base = f"web/{web_files('phone').version}"
    again = f'<noscript><meta http-equiv="refresh" content="{again_s}"></noscript>' if again_s else ""
    return (
        '<!doctype html><html lang="zh-CN"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width,initial-scale=1">'
        f"<title>{escape(title)}</title>{again}"
        f'<link rel="stylesheet" href="{base}/tokens.css"><link rel="stylesheet" href="{base}/queue.css">'
        f'<script src="{base}/queue.js" defer></script></head><body>{body}</body></html>'
    )


def _main(body: str, again_s: int) -> str:
    return (
        f'<main data-next="{again_s}"><p class="stale" id="stale" role="status" hidden></p>'
        f'<div id="live">{body}</div></main>'
    )


def ticket_page(found: FollowedTicket) -> str:
    """The whole page of one ticket."""
    parts = [_state(found), _bring(found), _recent(found.recent)]
    foot = "叫号以大厅屏幕和广播为准。本页自己更新，不用刷新。"
    phone = f"<p>咨询电话 {escape(found.phone)}</p>" if found.phone else ""
    body = f"{''.join(parts)}<footer><p>{foot}</p>{phone}</footer>"
    again_s = _next(found)
    head = f"<header><p>{escape(found.hall)}</p></header>"
    return _document(found.number, head + _main(body, again_s), again_s)


def _state(found: FollowedTicket) -> str:
    kind, word, hint = _words(found)
    queued = found.state in QUEUED
    facts = []
    if queued:
        minutes = -(-found.expected_wait_s // 60)
        facts = [("前面还有", found.people_ahead, "人"), ("大约再等", minutes, "分钟")]
    row = "".join(f"<p><span>{name}</span><b>{value}</b> {unit}</p>" for name, value, unit in facts)
    title = "、".join(one.name for one in found.matters) or found.group
    place = f'<p class="place">请在{escape(found.place)}等候</p>' if found.place and queued else ""
    return (
        f'<section class="ticket {kind}"><p class="group">{escape(title)}</p>'
        f'<p class="number">{escape(found.number)}</p><div aria-live="polite"><p class="state">{word}</p>'
        f'{f"""<p class="hint">{hint}</p>""" if hint else ""}</div>'
        f'{f"""<div class="facts">{row}</div>""" if row else ""}{place}</section>'
    )


def _words(found: FollowedTicket) -> tuple[str, str, str]:
    """Class, state in words and what to do, as HTML."""
    window = escape(found.window_no)
    there = f"{window} 号窗口" if window else "窗口"
    match found.state:
        case TicketState.WAITING:
            return "wait", "等候中", "" if found.people_ahead else "快到您了，请在屏幕附近等"
        case TicketState.TRANSFERRED:
            return "wait", f"已转到 {there}" if window else "已转到别的窗口", "不用重新取号，请等叫号"
        case TicketState.CALLED:
            again = f"第 {found.recalls + 1} 次叫号了，请现在过去" if found.recalls else "叫到您了，请现在过去"
            return "go", f"请到 <b>{window}</b> 号窗口", again
        case TicketState.SERVING:
            return "busy", f"正在 {there}办理", ""
        case TicketState.HELD:
            back = "任一窗口" if found.hold is HoldKind.TAKEN_AWAY else there
            return "busy", "先放一放", f"回来时不用重新取号，到{back}说这个号"
        case TicketState.MISSED:
            return "missed", "已过号", "请到导办台说这个号，由工作人员安排"
        case TicketState.FINISHED:
            return "done", "已办结", "领结果请看窗口给您的单子"
        case TicketState.CANCELLED:
            return "done", "这个号已作废", "要办事请重新取号"


def _bring(found: FollowedTicket) -> str:
    """Until it is called: afterwards the papers lie on the counter."""
    if found.state not in QUEUED:
        return ""
    sections = []
    for matter in found.matters:
        lines = "".join(
            f"<li><b>{escape(item.name)}</b>{_small(item.form)}{_small(item.exempt)}</li>" for item in matter.bring
        )
        name = f"<p>{escape(matter.name)}</p>" if len(found.matters) > 1 else ""
        if lines:
            head = f"<h2>要带的材料（{len(matter.bring)} 件）</h2>{name}"
            sections.append(f"<section>{head}<ol>{lines}</ol></section>")
    return "".join(sections)


def _small(text: str) -> str:
    return f"<small>{escape(text)}</small>" if text else ""


def _recent(calls: tuple[CalledNumber, ...]) -> str:
    if not calls:
        return ""
    rows = "".join(
        f"<tr><th>{escape(call.number)}{_missed(call)}</th><td><b>{escape(call.window_no)}</b> 号窗口</td></tr>"
        for call in calls
    )
    return f'<section><h2>刚才叫过</h2><table class="recent">{rows}</table></section>'


def _missed(call: CalledNumber) -> str:
    return ' <span class="tag">过号</span>' if call.state is TicketState.MISSED else ""

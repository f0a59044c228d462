"""Plain web pages for phones: the personalised list of a consultation (一次性告知单).

Open to everybody who has the page's token, which nobody finds by trying. No script, nothing loaded from elsewhere,
no person named; every text is escaped. Colours are the tokens of ``design``.
"""

from __future__ import annotations

import base64
import hashlib
from html import escape
from typing import Final

from fastapi import APIRouter, Request, Response
from fastapi.responses import HTMLResponse

from clerk_app.design.tokens import css_variables
from clerk_app.domain.errors import NotFound
from clerk_app.ports.hall_cases import GuidanceMaterial, GuidanceSection
from clerk_app.services.hall.desk import HallDesk
from clerk_app.services.hall.visits import ShownPage

router = APIRouter(include_in_schema=False)

_LARGE: Final = 1.25
"""The factor of large font: a phone is read at arm's length, often by older people."""

_STYLE: Final = (
    css_variables(_LARGE)
    + """
* { box-sizing: border-box; }
body { margin: 0; background: var(--canvas); color: var(--ink9);
  font: var(--type-action)/1.6 "PingFang SC", "Microsoft YaHei", var(--family); overflow-wrap: anywhere; }
main, header div { max-width: 42rem; margin: 0 auto; padding: 0 var(--space-page); }
main { padding-bottom: var(--space-x32); }
header { background: var(--rail); color: var(--paper); padding: var(--space-page) 0; }
header p { margin: 0; color: var(--rail-sub); }
h1 { margin: 0; font-size: var(--type-person); line-height: 1.3; }
h2 { margin: var(--space-x24) 0 var(--space-x8); font-size: var(--type-title); }
h3 { margin: 0; font-size: var(--type-title); }
p { margin: var(--space-x4) 0 0; }
section, li, .sentence { background: var(--paper); border: var(--size-hairline) solid var(--line);
  border-radius: var(--radius-card); padding: var(--space-card); margin-top: var(--space-x8); }
section h2 { margin: 0; }
ol { list-style: none; counter-reset: n; margin: 0; padding: 0; }
li { counter-increment: n; }
h3::before { content: counter(n) ". "; }
.form { color: var(--ink7); }
.note { color: var(--ok); background: var(--ok-soft); border-radius: var(--radius-button);
  padding: var(--space-x4) var(--space-x8); }
footer { margin-top: var(--space-x24); color: var(--ink5); font-size: var(--type-note); }
"""
)
_STYLE_HASH: Final = base64.b64encode(hashlib.sha256(_STYLE.encode()).digest()).decode()
_HEADERS: Final = {
    "Content-Security-Policy": f"default-src 'none'; style-src 'sha256-{_STYLE_HASH}'; base-uri 'none'",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Robots-Tag": "noindex, nofollow",
    "Cache-Control": "private, max-age=300",
}
_UNKNOWN: Final = "没有这张告知单，可能链接没有复制全。请重新扫纸上的二维码，或到导办台再要一张"


@router.get("/p/{token}", response_class=HTMLResponse)
def guidance(request: Request, token: str) -> Response:
    """The list that belongs to a token; a page with one sentence and status 404 when there is none."""
    desk: HallDesk = request.app.state.desk
    try:
        found = desk.visits.page(desk.store, token)
    except NotFound:
        body = f'<main><h2>一次性告知单</h2><p class="sentence">{escape(_UNKNOWN)}</p></main>'
        return HTMLResponse(_document("没有这张告知单", body), 404, _HEADERS)
    return HTMLResponse(_document(found.page.title, _guidance(found)), headers=_HEADERS)


def _document(title: str, body: str) -> str:
    return (
        '<!doctype html><html lang="zh-CN"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width,initial-scale=1">'
        f"<title>{escape(title)}</title><style>{_STYLE}</style></head><body>{body}</body></html>"
    )


def _guidance(found: ShownPage) -> str:
    page = found.page
    line = f"{found.hall_name} · {page.title}"
    head = f"<header><div><p>{escape(line)}</p><h1>{escape(page.matter)}</h1></div></header>"
    materials = "".join(_material(one) for one in page.materials)
    listed = f"<h2>要带的材料（{len(page.materials)} 件）</h2><ol>{materials}</ol>" if materials else ""
    sections = "".join(_section(one) for one in page.sections)
    foot = [page.footer, f"{found.number}，{found.given_at:%Y-%m-%d} 告知", found.phone and f"咨询电话 {found.phone}"]
    footer = "".join(f"<p>{escape(line)}</p>" for line in foot if line)
    return f"{head}<main>{listed}{sections}<footer>{footer}</footer></main>"


def _material(one: GuidanceMaterial) -> str:
    form = f'<p class="form">{escape(one.form)}</p>' if one.form else ""
    criterion = f"<p>接件标准：{escape(one.criterion)}</p>" if one.criterion else ""
    note = f'<p class="note">{escape(one.note)}</p>' if one.note else ""
    return f"<li><h3>{escape(one.name)}</h3>{form}{criterion}{note}</li>"


def _section(one: GuidanceSection) -> str:
    lines = "".join(f"<p>{escape(line)}</p>" for line in one.lines)
    return f"<section><h2>{escape(one.heading)}</h2>{lines}</section>"

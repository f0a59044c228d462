"""The hall display as a web page, for TV boxes: ``/display``, enrolled once by a typed code, then run by its cookie.

The page is the same call screen as ``clerk display`` (``ui/display``): it follows ``/v1/feed`` and repairs itself from
``/v1/snapshot``. The cookie holds the device's token where no script can read it, and only reads (``server/calls``).
"""

from __future__ import annotations

import re
from html import escape
from string import Template
from typing import Annotated, Final
from urllib.parse import parse_qs

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import FileResponse, HTMLResponse, RedirectResponse

from clerk_app import __version__
from clerk_app.design.resources import resource
from clerk_app.design.words import LISTEN_AFTER, LISTEN_TO_WINDOWS
from clerk_app.domain.actor import DeviceKind
from clerk_app.domain.enrolment import read_secret
from clerk_app.domain.errors import Fault, Refusal
from clerk_app.ports.hall import DeviceUnknown, EnrolRequest
from clerk_app.ports.problems import to_problem
from clerk_app.server.calls import SCREEN_COOKIE, authenticate
from clerk_app.server.web import FOR_EVER, RateLimit, asker, of_own_page, page_headers, web_files
from clerk_app.typefaces import TypefaceFault, variable_font

router = APIRouter(prefix="/display", include_in_schema=False)

_POLICY: Final = (
    "script-src 'self'; style-src 'self'; font-src 'self'; img-src data:; form-action 'self'; "
    "connect-src 'self'{socket}"
)
_HOST: Final = re.compile(r"[0-9A-Za-z.\-]{1,253}(:\d{1,5})?|\[[0-9A-Fa-f:.]{2,45}\](:\d{1,5})?")
_COOKIE_LIFE: Final = 400 * 24 * 3600
"""Seconds: what browsers keep at most (RFC 6265bis); each start of the page renews it."""
_FORM_BYTES: Final = 4096
_NAME: Final = "大厅屏（网页）"
_TOO_OFTEN: Final = "试得太多了，请过几分钟再试"
_STRANGE: Final = "登记要在这台屏自己的页面上做，请重新打开本页"


def enrol_limit() -> RateLimit:
    """Tries of a code: ten at once, then one in half a minute."""
    return RateLimit(burst=10, per_second=1 / 30)


@router.get("", response_class=HTMLResponse)
def display(request: Request) -> Response:
    """The call screen where the cookie is a live display's, else the form that asks for the code."""
    token = request.cookies.get(SCREEN_COOKIE)
    if token is None:
        return _form(request)
    state = request.app.state
    try:
        authenticate(state.desk, state.activity, None, None, token)
    except DeviceUnknown as unknown:
        return _form(request, str(unknown))
    text = _filled(
        "board.html",
        now=state.desk.tools.now().isoformat(),
        version=__version__,
        listen=LISTEN_TO_WINDOWS,
        listen_after=str(int(LISTEN_AFTER.total_seconds())),
    )
    return _with_cookie(HTMLResponse(text, headers=_headers(request)), token)


async def _content(request: Request) -> bytes:
    content = b""
    async for part in request.stream():
        content += part
        if len(content) > _FORM_BYTES:
            return b""
    return content


@router.post("/enrol")
def enrol(request: Request, content: Annotated[bytes, Depends(_content)]) -> Response:
    """Use up the typed code; the token goes into the cookie and nowhere else."""
    state = request.app.state
    if not of_own_page(request.headers):
        return _form(request, _STRANGE, 403)
    if not state.enrol_limit.allows(asker(request)):
        return _form(request, _TOO_OFTEN, 429)
    fields = parse_qs(content.decode("utf-8", "replace"))
    typed, name = (fields.get(key, [""])[0] for key in ("code", "name"))
    try:
        wish = EnrolRequest(read_secret(typed), DeviceKind.DISPLAY, name.strip()[:40] or _NAME)
        enrolled = state.desk.devices.enrol(wish)
    except (Refusal, Fault) as refused:
        status, problem = to_problem(refused)
        return _form(request, problem.sentence, status, typed)
    state.desk.committed(enrolled.hall.hall_id)
    state.activity.touch()
    return _with_cookie(RedirectResponse("/display", 303), enrolled.token)


@router.get("/web/{version}/{name}")
def web_file(version: str, name: str) -> Response:
    return web_files("display").answer(version, name)


@router.get("/font.ttf")
def font() -> Response:
    """Noto Sans SC for boxes that have no Chinese font; 404 where this installation lacks it."""
    try:
        path = variable_font()
    except TypefaceFault:
        return Response("", 404, media_type="text/plain")
    return FileResponse(path, media_type="font/ttf", headers={"Cache-Control": FOR_EVER})


def _with_cookie(answer: Response, token: str) -> Response:
    answer.set_cookie(
        SCREEN_COOKIE, token, max_age=_COOKIE_LIFE, path="/", secure=True, httponly=True, samesite="strict"
    )
    return answer


def _headers(request: Request) -> dict[str, str]:
    # Older browsers do not count the WebSocket of the same host as 'self'.
    host = request.headers.get("host", "")
    socket = f" wss://{host}" if _HOST.fullmatch(host) else ""
    # The form's own request needs its Origin, which no-referrer would hide.
    return page_headers(_POLICY.format(socket=socket), referrer="same-origin")


def _filled(file: str, **values: str) -> str:
    """A page of ``resources/web`` with its ``$`` places filled, every value as text."""
    text = resource("web", file).read_text(encoding="utf-8")
    base = f"/display/web/{web_files('display').version}"
    return Template(text).substitute({name: escape(value) for name, value in values.items()}, base=base)


def _form(request: Request, problem: str = "", status: int = 200, typed: str = "") -> Response:
    text = _filled("enrol.html", problem=problem, typed=typed[:64], name=_NAME)
    return HTMLResponse(text, status, _headers(request))

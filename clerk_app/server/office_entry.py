"""The way into the back office's pages: enrolling a browser, logging in and out, and errors as pages.

A form that was filled in while the login ended is not lost: the login page carries it on (``kept``).
"""

from __future__ import annotations

import contextlib
import json
import threading
from collections.abc import Callable, Coroutine, Mapping
from dataclasses import dataclass, field
from typing import Annotated, Any, Final
from urllib.parse import parse_qsl

from fastapi import APIRouter, Depends, Request, Response
from fastapi.concurrency import run_in_threadpool
from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute

from clerk_app.domain.actor import DeviceKind
from clerk_app.domain.enrolment import read_secret
from clerk_app.domain.errors import Fault, NotAllowed, NotFound, Refusal, Rejected
from clerk_app.ports.hall import DeviceUnknown, EnrolRequest, SessionEnded
from clerk_app.ports.problems import to_problem
from clerk_app.server.calls import unexpected
from clerk_app.server.office_pages import (
    DEVICE_COOKIE,
    LOGIN_COOKIE,
    office_files,
    page,
    problem_page,
    to,
    with_cookie,
    without_cookie,
)
from clerk_app.server.web import RateLimit, asker, of_own_page
from clerk_app.services.hall.access import Caller
from clerk_app.services.hall.desk import HallDesk
from clerk_app.services.hall.office import BackOffice
from clerk_app.services.hall.office_access import OfficeAccess
from clerk_app.services.hall.office_routing import OfficeRouting

_FORM_BYTES: Final = 64 * 1024
_FIELDS: Final = 200
_NAME: Final = "后台电脑"
_TOO_OFTEN: Final = "试得太多了，请过几分钟再试"
_STRANGE: Final = "这一步要在后台自己的页面上做，请重新打开本页"
_LOG_IN: Final = "请登录"
_NO_OFFICE: Final = "这个服务器没有开后台页面，请技术员看服务器的设置"
_NOT_KEPT: Final = frozenset({"password", "key", "seen", "do"})


@dataclass
class OfficeState:
    """What the pages work with; made by bootstrap as ``app.state.office``. ``warm_up`` loads what papers are drawn
    with; it is called at logins, off their thread."""

    desk: HallDesk
    office: BackOffice
    access: OfficeAccess
    routing: OfficeRouting
    warm_up: Callable[[], None]
    enrolling: RateLimit = field(default_factory=lambda: RateLimit(burst=10, per_second=1 / 30))
    logging_in: RateLimit = field(default_factory=lambda: RateLimit(burst=30, per_second=1 / 6))


@dataclass(frozen=True, slots=True)
class OfficeCall:
    """A request of a person who is logged in."""

    state: OfficeState
    caller: Caller


def office_state(request: Request) -> OfficeState:
    found: OfficeState | None = getattr(request.app.state, "office", None)
    if found is None:
        raise NotFound(_NO_OFFICE)
    return found


def office_call(request: Request) -> OfficeCall:
    """Who asks, by both cookies. ``DeviceUnknown``, ``SessionEnded``."""
    state = office_state(request)
    token, login = request.cookies.get(DEVICE_COOKIE), request.cookies.get(LOGIN_COOKIE)
    if token is None:
        raise DeviceUnknown("")
    if login is None:
        state.access.device(token)
        raise SessionEnded(_LOG_IN)
    caller = state.access.caller(token, login)
    request.app.state.activity.touch()
    return OfficeCall(state, caller)


async def read_form(request: Request) -> dict[str, str]:
    """The fields of a form, the values of one name joined with line breaks; read once, so that an error page can carry
    them on. ``Rejected`` for one that is too large."""
    known: dict[str, str] | None = getattr(request.state, "office_form", None)
    if known is not None:
        return known
    content = b""
    async for part in request.stream():
        content += part
        if len(content) > _FORM_BYTES:
            raise Rejected("form", "写得太多了，没有提交；请把长的内容写在材料里")
    found: dict[str, str] = {}
    try:
        pairs = parse_qsl(content.decode("utf-8", "replace"), keep_blank_values=True, max_num_fields=_FIELDS)
    except ValueError:
        raise Rejected("form", "这一页的内容不对，没有提交；请重新打开再填") from None
    for name, value in pairs:
        plain = value.replace("\r\n", "\n")
        found[name] = f"{found[name]}\n{plain}" if name in found else plain
    request.state.office_form = found
    return found


def own_form(request: Request, form: Annotated[dict[str, str], Depends(read_form)]) -> dict[str, str]:
    """The fields of a form of these very pages; ``NotAllowed`` for one that comes from elsewhere."""
    if not of_own_page(request.headers):
        raise NotAllowed(_STRANGE)
    return form


Called = Annotated[OfficeCall, Depends(office_call)]
Form = Annotated[dict[str, str], Depends(own_form)]
State = Annotated[OfficeState, Depends(office_state)]


class OfficeRoute(APIRoute):
    """Errors of these pages are pages."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        handle = super().get_route_handler()

        async def handled(request: Request) -> Response:
            try:
                return await handle(request)
            except Exception as error:  # noqa: BLE001 - the last one is logged by ``unexpected``
                if isinstance(error, SessionEnded) and request.method == "POST" and of_own_page(request.headers):
                    with contextlib.suppress(Rejected):
                        await read_form(request)
                return await run_in_threadpool(_error_page, request, error)

        return handled


def _error_page(request: Request, error: Exception) -> Response:
    if isinstance(error, DeviceUnknown):
        return _enrol_page(str(error), 401)
    if isinstance(error, SessionEnded):
        kept: Mapping[str, str] = getattr(request.state, "office_form", None) or {}
        ended = without_cookie(_login_page(_where(request), kept, str(error), status=401), LOGIN_COOKIE)
        return ended
    if isinstance(error, Refusal | Fault):
        status, problem = to_problem(error)
        return problem_page(_who(request), problem.sentence, status)
    if isinstance(error, RequestValidationError):
        return problem_page(_who(request), "没有这一页，请从工作列表进入", 404)
    told: dict[str, str] = json.loads(bytes(unexpected(request, error).body))
    return problem_page(_who(request), told["sentence"], 500)


def _who(request: Request) -> Caller | None:
    """Who sees the error page, for its menu; nobody when that cannot be told."""
    try:
        return office_call(request).caller
    except (Refusal, Fault):
        return None


def _where(request: Request) -> str:
    """Where to go on after logging in: a page, or the form that was sent."""
    path = request.url.path
    if path in ("/office/login", "/office/logout", "/office/enrol"):
        return "/office"
    query = request.url.query
    return f"{path}?{query}" if query and request.method == "GET" else path


router = APIRouter(prefix="/office", include_in_schema=False, route_class=OfficeRoute)


# --- enrolling ----------------------------------------------------------------------------------------------------
@router.post("/enrol")
def enrol(request: Request, state: State, form: Form) -> Response:
    """Use up the typed code; the token goes into the cookie and nowhere else."""
    if not state.enrolling.allows(asker(request)):
        return _enrol_page(_TOO_OFTEN, 429)
    typed, name = form.get("code", ""), form.get("name", "").strip()[:40] or _NAME
    try:
        enrolled = state.desk.devices.enrol(EnrolRequest(read_secret(typed), DeviceKind.OFFICE, name))
    except (Refusal, Fault) as refused:
        status, problem = to_problem(refused)
        return _enrol_page(problem.sentence, status, typed, name)
    state.desk.committed(enrolled.hall.hall_id)
    return with_cookie(to("/office/login"), DEVICE_COOKIE, enrolled.token)


def _enrol_page(problem: str, status: int, typed: str = "", name: str = _NAME) -> Response:
    return page("enrol.html", "登记这台后台电脑", status=status, problem=problem, typed=typed[:64], name=name)


# --- logging in and out -------------------------------------------------------------------------------------------
@router.get("/login")
def login_form(request: Request, state: State) -> Response:
    token = request.cookies.get(DEVICE_COOKIE)
    if token is None:
        raise DeviceUnknown("")
    state.access.device(token)
    return _login_page("/office", {}, "")


@router.post("/login")
def login(request: Request, state: State, form: Form) -> Response:
    """Log in, and go on where one wanted to go; a form that was sent when the login had ended comes back filled in."""
    token = request.cookies.get(DEVICE_COOKIE)
    if token is None:
        raise DeviceUnknown("")
    name, target = form.get("login_name", ""), form.get("then", "")
    kept = {key[5:]: value for key, value in form.items() if key.startswith("kept_")}
    if not state.logging_in.allows(asker(request)):
        return _login_page(target, kept, _TOO_OFTEN, name, 429)
    device = state.access.device(token)
    try:
        session = state.access.login(device, name, form.get("password", ""))
    except (Refusal, Fault) as refused:
        status, problem = to_problem(refused)
        return _login_page(target, kept, problem.sentence, name, status)
    finally:
        state.desk.committed(device.actor.hall_id)
    threading.Thread(target=state.warm_up, name="office-warm-up", daemon=True).start()
    answer: Response
    if kept and _is_own(target):
        answer = page("kept.html", "接着办", target=target, kept=kept)
    else:
        answer = to(target if _is_own(target) else "/office")
    return with_cookie(with_cookie(answer, LOGIN_COOKIE, session.token), DEVICE_COOKIE, token)


@router.post("/logout")
def logout(call: Called, form: Form) -> Response:
    call.state.access.logout(call.caller)
    call.state.desk.committed(call.caller.actor.hall_id)
    return without_cookie(to("/office/login"), LOGIN_COOKIE)


def _login_page(target: str, kept: Mapping[str, str], problem: str, name: str = "", status: int = 200) -> Response:
    shown = {key: value for key, value in kept.items() if key not in _NOT_KEPT}
    return page("login.html", "登录后台", status=status, then=target, kept=shown, problem=problem, login_name=name[:64])


def _is_own(target: str) -> bool:
    """A page of the office and of nobody else."""
    return (target == "/office" or target.startswith(("/office/", "/office?"))) and "//" not in target.split("?")[0]


@router.get("/web/{version}/{name:path}")
def web_file(version: str, name: str) -> Response:
    return office_files().answer(version, name)

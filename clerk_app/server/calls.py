"""What every endpoint shares: who calls, reading, changing once per key, and errors as answers."""

from __future__ import annotations

import json
import logging
import secrets
import time
from collections.abc import Callable
from functools import cache
from typing import Annotated, Any, TypeVar

from fastapi import Depends, FastAPI, Header, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import TypeAdapter
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect

from clerk_app.domain.actor import Actor, DeviceKind
from clerk_app.domain.errors import Fault, NotAllowed, Refusal
from clerk_app.ports.hall import DeviceUnknown
from clerk_app.ports.problems import UNEXPECTED, Problem, to_problem
from clerk_app.ports.stores_hall import HallUnit
from clerk_app.server.metrics import route_of
from clerk_app.services.hall.access import Caller
from clerk_app.services.hall.desk import HallDesk

T = TypeVar("T")
_LOG = logging.getLogger(__name__)
_QUOTABLE = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
_QUOTABLE_LENGTH = 5
_CUT_OFF = 499
_FOR_HALLS = frozenset(
    {("GET", "/v1/time"), ("POST", "/v1/batches"), ("POST", "/v1/files"), ("PUT", "/v1/files/{file_id}")}
)
"""All that the server of a hall may ask."""
SCREEN_COOKIE = "__Host-display"
"""Holds the token of a display that is a web page; good for reading only, and only for devices of that kind."""


class Activity:
    """When an enrolled device was last heard of, for ``--exit-when-idle``."""

    def __init__(self) -> None:
        self._last = time.monotonic()
        self._open_feeds = 0

    def touch(self) -> None:
        self._last = time.monotonic()

    def feed_opened(self) -> None:
        """Called on the event loop only, as is ``feed_closed``."""
        self._open_feeds += 1

    def feed_closed(self) -> None:
        self._open_feeds -= 1
        self.touch()

    def idle_seconds(self) -> float:
        """0 while a feed is open."""
        return 0.0 if self._open_feeds else time.monotonic() - self._last


@cache
def adapter(kind: Any) -> TypeAdapter[Any]:
    """The JSON form of a type, built once."""
    return TypeAdapter(kind)


class Read:
    """An authenticated call that reads."""

    def __init__(self, desk: HallDesk, caller: Caller) -> None:
        self.desk = desk
        self.caller = caller

    def read(self, work: Callable[[HallUnit, Actor], T]) -> T:
        """Run on a consistent view."""
        return self.desk.store.read(self.caller.actor.hall_id, lambda unit: work(unit, self.caller.actor))

    def write(self, work: Callable[[HallUnit, Actor], T]) -> T:
        """Run in a transaction without a key: only for what may be repeated (log out, traces of looking)."""
        hall_id = self.caller.actor.hall_id
        result = self.desk.store.write(hall_id, self.caller.device_id, lambda unit: work(unit, self.caller.actor))
        self.desk.committed(hall_id)
        return result


class Change(Read):
    """An authenticated call that changes something, at most once per idempotency key."""

    def __init__(self, desk: HallDesk, caller: Caller, key: str, content: bytes) -> None:
        super().__init__(desk, caller)
        self._key = key
        self._content = content

    def sent(self) -> dict[str, Any]:
        """The body as it came, with what this server does not know of it."""
        body: dict[str, Any] = json.loads(self._content.partition(b"\0")[2])
        return body

    def once(self, kind: Any, work: Callable[[HallUnit, Actor], Any], *, patient: bool = False) -> Response:
        """Run, keep and give the answer; ``kind`` is the type of what ``work`` returns. ``patient`` for what windows
        upload by themselves: it lets calls and everything that somebody waits for go first."""

        def encoded(unit: HallUnit) -> str:
            return adapter(kind).dump_json(work(unit, self.caller.actor)).decode()

        text = self.desk.requests.once(self.caller, self._key, self._content, encoded, patient=patient)
        return Response(text, media_type="application/json")


def authenticate(
    desk: HallDesk,
    activity: Activity,
    authorization: str | None,
    session: str | None,
    screen: str | None = None,
    *,
    hall_may: bool = False,
) -> Caller:
    """The caller of a request by its headers, or by ``screen``, the cookie of a display's web page;
    ``DeviceUnknown`` or ``SessionEnded``. ``NotAllowed`` for the server of a hall unless ``hall_may``: it sends records
    and files, everything else here is for people and for other devices."""
    scheme, _, token = (authorization or "").partition(" ")
    by_cookie = authorization is None and screen is not None
    if by_cookie:
        token, session = screen or "", None
    elif scheme.lower() != "bearer" or not token:
        raise DeviceUnknown("这台设备没有登记，请技术员登记后再用")
    caller = desk.access.caller(token, session)
    if by_cookie and caller.kind is not DeviceKind.DISPLAY:
        raise DeviceUnknown("这台设备不是大厅屏，请技术员重新登记")
    activity.touch()
    if caller.kind is DeviceKind.HALL and not hall_may:
        raise NotAllowed("下级服务器只能上传记录和文件")
    return caller


def _hall_may(request: Request) -> bool:
    return (request.method, request.scope["route"].path) in _FOR_HALLS


def read_call(
    request: Request,
    authorization: Annotated[str | None, Header()] = None,
    x_session: Annotated[str | None, Header()] = None,
) -> Read:
    """Dependency of reading endpoints; a cookie counts where nothing can be changed."""
    state = request.app.state
    screen = request.cookies.get(SCREEN_COOKIE) if request.method == "GET" else None
    caller = authenticate(state.desk, state.activity, authorization, x_session, screen, hall_may=_hall_may(request))
    request.state.device_id = caller.device_id
    return Read(state.desk, caller)


async def _content(request: Request) -> bytes:
    return b"%s %s\0%s" % (request.method.encode(), request.url.path.encode(), await request.body())


def change_call(
    request: Request,
    content: Annotated[bytes, Depends(_content)],
    idempotency_key: Annotated[str, Header()],
    authorization: Annotated[str | None, Header()] = None,
    x_session: Annotated[str | None, Header()] = None,
) -> Change:
    """Dependency of changing endpoints; the header ``Idempotency-Key`` is required."""
    state = request.app.state
    caller = authenticate(state.desk, state.activity, authorization, x_session, hall_may=_hall_may(request))
    request.state.device_id = caller.device_id
    return Change(state.desk, caller, idempotency_key, content)


Reading = Annotated[Read, Depends(read_call)]
Changing = Annotated[Change, Depends(change_call)]


def _answer(status: int, problem: Problem) -> JSONResponse:
    return JSONResponse({"kind": problem.kind, "sentence": problem.sentence, "field": problem.field}, status)


def refused(request: Request, error: Exception) -> JSONResponse:
    """Refusals and faults of the environment, as they are."""
    assert isinstance(error, Refusal | Fault)
    return _answer(*to_problem(error))


def malformed(request: Request, error: Exception) -> JSONResponse:
    """A body or header that does not fit the API: names the place, never echoes the value."""
    assert isinstance(error, RequestValidationError)
    first = error.errors()[0]
    field = ".".join(str(part) for part in first["loc"] if part not in ("body", "query", "header", "path"))
    return _answer(422, Problem("rejected", f"请求里的 {field or '内容'} 不对（程序错误，请报技术员）", field))


def unserved(request: Request, error: Exception) -> JSONResponse:
    """What no endpoint answers: an address or method that this version does not have is a fault, so that a record
    that was sent there waits for an upgrade and is not taken for refused."""
    assert isinstance(error, HTTPException)
    if error.status_code in (404, 405):
        answer = _answer(error.status_code, Problem("fault", "服务器没有这个功能，可能版本不一样，请技术员检查"))
    else:
        answer = _answer(422, Problem("rejected", "请求的内容读不出来（程序错误，请报技术员）", ""))
    answer.headers.update(error.headers or {})
    return answer


def unexpected(request: Request, error: Exception) -> JSONResponse:
    """Ours: logged with an id that the clerk can read out; no detail leaves the server."""
    quotable = "".join(secrets.choice(_QUOTABLE) for _ in range(_QUOTABLE_LENGTH))
    # The path may hold what a citizen typed: the log names the route.
    _LOG.error("unexpected %s at %s %s", quotable, request.method, route_of(request.scope), exc_info=error)
    return _answer(500, Problem(UNEXPECTED, f"这一步没做成，内容都在。报编号 {quotable} 给技术员"))


def cut_off(request: Request, error: Exception) -> Response:
    """The connection broke before the request was whole: nothing was done, nobody reads the answer, nobody is to
    blame."""
    assert isinstance(error, ClientDisconnect)
    return Response(status_code=_CUT_OFF)


def install_errors(app: FastAPI) -> None:
    """The one place that turns exceptions into answers."""
    app.add_exception_handler(ClientDisconnect, cut_off)
    app.add_exception_handler(Refusal, refused)
    app.add_exception_handler(Fault, refused)
    app.add_exception_handler(RequestValidationError, malformed)
    app.add_exception_handler(HTTPException, unserved)
    app.add_exception_handler(Exception, unexpected)

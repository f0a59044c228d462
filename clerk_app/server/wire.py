"""What holds for every request: levels of the API are told and compared, compressed bodies are opened with a limit."""

from __future__ import annotations

import json
import zlib
from typing import Any

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from clerk_app import __version__
from clerk_app.domain.errors import Fault, Refusal, Rejected
from clerk_app.ports.problems import to_problem
from clerk_app.ports.speaking import API, API_HEADER, OLDEST_API, VERSION_HEADER, VersionApart, apart, common, spoken

MOST_INFLATED = 16 * 1024 * 1024
"""Bytes of a compressed body once it is opened; sixteen times what a window sends."""

_API, _VERSION = API_HEADER.lower().encode(), VERSION_HEADER.lower().encode()
_OURS = ((_API, f"{OLDEST_API}-{API}".encode()), (_VERSION, __version__.encode()))
_OPEN_TO_ALL = "/v1/health"


class Speaking:
    """Middleware: tells our levels with every answer of the API and refuses who speaks none of them."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or not scope["path"].startswith("/v1/"):
            await self._app(scope, receive, send)
            return

        async def told(message: Message) -> None:
            if message["type"] == "http.response.start":
                message = {**message, "headers": [*message.get("headers", ()), *_OURS]}
            await send(message)

        theirs = spoken(_header(scope, _API), _header(scope, _VERSION))
        if common(theirs) is None and scope["path"] != _OPEN_TO_ALL:
            sentence = apart(theirs.version, __version__, window_is_older=theirs.newest < OLDEST_API)
            await refuse(told, VersionApart(sentence))
            return
        await self._app(scope, receive, told)


class Inflating:
    """Middleware: opens a body that came with ``Content-Encoding: gzip`` and refuses one that grows too large."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        packing = _header(scope, b"content-encoding") if scope["type"] == "http" else None
        if not packing or packing.lower() == "identity":
            await self._app(scope, receive, send)
            return
        if packing.lower() != "gzip":
            await refuse(send, Rejected("content-encoding", "服务器只认 gzip 压缩（程序错误，请报技术员）"))
            return
        try:
            body = await _opened(receive)
        except Rejected as refusal:
            await refuse(send, refusal)
            return
        dropped = (b"content-encoding", b"content-length")
        headers = [(name, value) for name, value in scope["headers"] if name not in dropped]
        scope = {**scope, "headers": [*headers, (b"content-length", str(len(body)).encode())]}
        unread = [body]

        async def whole() -> Message:
            if unread:
                return {"type": "http.request", "body": unread.pop(), "more_body": False}
            return await receive()

        await self._app(scope, whole, send)


async def _opened(receive: Receive) -> bytes:
    """The body, opened as it comes: a bomb is noticed before it is in memory."""
    unpack = zlib.decompressobj(wbits=31)
    made = bytearray()
    more = True
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            break
        more = message.get("more_body", False)
        try:
            made += unpack.decompress(message.get("body", b""), MOST_INFLATED + 1 - len(made))
        except zlib.error:
            raise Rejected("body", "请求的压缩内容坏了，没有处理；会自动重传") from None
        if len(made) > MOST_INFLATED:
            most = MOST_INFLATED // 1048576
            raise Rejected("body", f"请求解压后超过 {most} MB，没有处理（程序错误，请报技术员）")
    if not unpack.eof or unpack.unused_data:
        raise Rejected("body", "请求的压缩内容不完整，没有处理；会自动重传")
    return bytes(made)


def _header(scope: Scope, name: bytes) -> str | None:
    found: Any = next((value for key, value in scope["headers"] if key == name), None)
    return None if found is None else found.decode("latin-1")


async def refuse(send: Send, error: Refusal | Fault) -> None:
    """Answer with a problem from where no endpoint is reached."""
    status, problem = to_problem(error)
    told = {"kind": problem.kind, "sentence": problem.sentence, "field": problem.field}
    body = json.dumps(told, ensure_ascii=False).encode()
    headers = [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})

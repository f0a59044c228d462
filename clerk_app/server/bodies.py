"""What no request may hold, whatever endpoint it is for: what cannot be stored, hashed or shown again.

JSON lets through half characters (``"\\ud800"``), NUL, NaN and numbers without end; PostgreSQL, digests and the next
reader of the record do not. Looking at every text of every record would cost more than storing it, so only bodies are
parsed in which such a thing can stand.
"""

from __future__ import annotations

import json
import re
from typing import Any, Final, NoReturn

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from clerk_app.domain.errors import Rejected
from clerk_app.server.wire import refuse

MOST_BODY: Final = 64 * 1024 * 1024
"""Bytes of one body; a catalogue of 50,000 matters has a third of it."""

_ESCAPED: Final = b"\\u"
_NO_NUMBERS: Final = (b"NaN", b"Infinity")
_LONG_NUMBER: Final = re.compile(rb"[:\[,]\s*-?[0-9]{16}")
_LARGEST: Final = 2**53
"""Whole numbers beyond it are not the same in every program (RFC 8259, 6)."""
_EACH_ALONE: Final = "/v1/batches"
"""There one record that cannot be kept is refused alone."""
_UNREADABLE: Final = "请求的内容里有存不下的字符或数字，没有处理（程序错误，请报技术员）"
_TOO_LARGE: Final = f"请求的内容超过 {MOST_BODY // 1048576} MB，没有处理（程序错误，请报技术员）"


class Storable:
    """Middleware: refuses addresses and JSON bodies with what cannot be stored, and bodies without end."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        if "\x00" in scope["path"] or b"%00" in scope.get("query_string", b""):
            await refuse(send, Rejected("", _UNREADABLE))
            return
        # A piece of a file is counted by its own endpoint, as it comes.
        if scope["method"] != "POST":
            await self._app(scope, receive, send)
            return
        body = bytearray()
        more = True
        while more:
            message = await receive()
            if message["type"] == "http.disconnect":
                return
            body += message.get("body", b"")
            more = message.get("more_body", False)
            if len(body) > MOST_BODY:
                await refuse(send, Rejected("", _TOO_LARGE))
                return
        if scope["path"] != _EACH_ALONE and not storable(bytes(body)):
            await refuse(send, Rejected("", _UNREADABLE))
            return
        unread = [bytes(body)]

        async def whole() -> Message:
            if unread:
                return {"type": "http.request", "body": unread.pop(), "more_body": False}
            return await receive()

        await self._app(scope, whole, send)


def storable(body: bytes) -> bool:
    """Whether JSON holds only what can be kept; what is no JSON at all is the endpoint's to refuse."""
    escapes = _ESCAPED in body
    if not (escapes or any(one in body for one in _NO_NUMBERS) or _LONG_NUMBER.search(body)):
        return True
    try:
        found = json.loads(body, parse_constant=_no_number, parse_int=_whole)
        return not escapes or _fits(found)
    except _Unstorable:
        return False
    except (ValueError, RecursionError):
        return True


class _Unstorable(Exception):
    """Found one."""


def _no_number(text: str) -> NoReturn:
    raise _Unstorable


def _whole(text: str) -> int:
    if len(text) > len(str(-_LARGEST)) or abs(int(text)) > _LARGEST:
        raise _Unstorable
    return int(text)


def _fits(value: Any) -> bool:
    waiting = [value]
    while waiting:
        one = waiting.pop()
        if isinstance(one, str):
            if "\x00" in one or any("\ud800" <= letter <= "\udfff" for letter in one):
                return False
        elif isinstance(one, dict):
            waiting += (*one.keys(), *one.values())
        elif isinstance(one, list):
            waiting += one
    return True

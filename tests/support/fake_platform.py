"""Another people's platform on the loopback: takes batches as docs/platforms.md says, in whatever mood it is."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from enum import StrEnum
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from clerk_app.domain.platform import FieldMap
from clerk_app.domain.platform_standard import GB_T_39046
from clerk_app.platforms.contract import read_back


class Mood(StrEnum):
    """How it answers."""

    WELL = "well"
    REFUSES_ALL = "refuses all"
    LOSES_ANSWERS = "loses answers"
    RESETS = "resets"
    BROKEN = "broken"
    CUTS_OFF = "cuts off"
    NONSENSE = "nonsense: text"
    NONSENSE_PAGE = "nonsense: a page"
    NONSENSE_LIST = "nonsense: a list"
    NONSENSE_BATCH = "nonsense: another batch"
    NONSENSE_ROWS = "nonsense: rows that are none"
    NONSENSE_FAILED = "nonsense: 200 with a code"
    NONSENSE_NOTHING = "nonsense: nothing"
    NONSENSE_REDIRECT = "nonsense: look elsewhere"


_ANSWERS: dict[Mood, bytes] = {
    Mood.NONSENSE: "好的".encode("gb18030"),
    Mood.NONSENSE_PAGE: b"<html><body>Welcome</body></html>",
    Mood.NONSENSE_LIST: b"[1, 2",
    Mood.NONSENSE_FAILED: b'{"code": "500", "msg": "error"}',
    Mood.NONSENSE_NOTHING: b"",
}


class FakePlatform:
    """Keeps each change once, as a platform must."""

    def __init__(self, form: str, fields: FieldMap = GB_T_39046) -> None:
        self.form, self.fields = form, fields
        self.token = "platform-token-1"
        self.url = ""
        self.mood = Mood.WELL
        self.heard: list[dict[str, str]] = []
        self.batches: list[tuple[str, bytes]] = []
        self.refusing: dict[str, tuple[str, str]] = {}
        self.reason = ""
        self.lock = threading.Lock()
        self._cases: dict[str, Any] = {}

    # --- as the contract asks for it ------------------------------------------------------------------------------
    def cases(self) -> list[Any]:
        return list(self._cases.values())

    def ids(self) -> list[str]:
        return list(self._cases)

    def go_away(self) -> None:
        self.mood = Mood.RESETS

    def come_back(self) -> None:
        self.mood = Mood.WELL

    def refuse(self, change_id: str, field: str, reason: str) -> None:
        self.refusing[change_id] = (field, reason)

    def refuse_all(self, reason: str) -> None:
        self.mood, self.reason = Mood.REFUSES_ALL, reason

    def lose_answers(self) -> None:
        self.mood = Mood.LOSES_ANSWERS

    def talk_nonsense(self) -> None:
        self.mood = Mood.NONSENSE_FAILED

    # --- what it does ---------------------------------------------------------------------------------------------
    def take(self, batch_id: str, content: bytes) -> dict[str, Any]:
        refused = []
        for case in read_back(content, self.form, self.fields):
            change_id = case["change"]["change_id"]
            if change_id in self.refusing:
                field, reason = self.refusing[change_id]
                refused.append({"change_id": change_id, "field": field, "reason": reason})
            else:
                self._cases.setdefault(change_id, case)
        return {"batch_id": batch_id, "refused": refused}


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    platform: FakePlatform

    def log_message(self, *args: object) -> None:
        """Silent."""

    def do_POST(self) -> None:
        platform = self.platform
        content = self.rfile.read(int(self.headers["Content-Length"]))
        batch_id = self.headers["Idempotency-Key"]
        with platform.lock:
            platform.heard.append({name.lower(): value for name, value in self.headers.items()})
            platform.batches.append((batch_id, content))
            self._answer(platform, batch_id, content)

    def _answer(self, platform: FakePlatform, batch_id: str, content: bytes) -> None:
        mood = platform.mood
        if self.headers["Authorization"] != f"Bearer {platform.token}":
            self._say(401, b'{"message": "token"}')
        elif mood is Mood.RESETS:
            self._cut()
        elif mood is Mood.BROKEN:
            self._say(502, b"bad gateway")
        elif mood is Mood.REFUSES_ALL:
            self._say(422, json.dumps({"message": platform.reason}).encode())
        elif mood is Mood.NONSENSE_REDIRECT:
            self._say(302, b"", Location=platform.url + "/elsewhere")
        elif mood is Mood.NONSENSE_BATCH:
            self._say(200, json.dumps({"batch_id": "another", "refused": []}).encode())
        elif mood is Mood.NONSENSE_ROWS:
            self._say(200, json.dumps({"batch_id": batch_id, "refused": [7]}).encode())
        elif mood in _ANSWERS:
            self._say(200, _ANSWERS[mood])
        else:
            told = json.dumps(platform.take(batch_id, content), ensure_ascii=False).encode()
            if mood is Mood.LOSES_ANSWERS:
                self._cut()
            elif mood is Mood.CUTS_OFF:
                self.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(told) + told[:20])
                self._cut()
            else:
                self._say(200, told)

    def _say(self, status: int, content: bytes, **headers: str) -> None:
        self.send_response(status)
        for name, value in {**headers, "Content-Length": str(len(content))}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(content)

    def _cut(self) -> None:
        self.close_connection = True
        self.connection.shutdown(socket.SHUT_RDWR)


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A caller that gave up is no news."""


@contextmanager
def fake_platform(form: str = "json", fields: FieldMap = GB_T_39046) -> Iterator[FakePlatform]:
    """On a free port of the loopback, gone afterwards."""
    platform = FakePlatform(form, fields)
    handler = type("Handler", (_Handler,), {"platform": platform})
    server = _Server(("127.0.0.1", 0), handler)
    platform.url = f"http://127.0.0.1:{server.server_address[1]}/cases"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield platform
    finally:
        server.shutdown()
        server.server_close()
        thread.join()

"""The page's server: four files and three calls, for one tablet in the same network.

::

    GET  /                    the page; /page.css, /page.js
    POST /pair  {"code"}      200 with the cookie, 403 for a wrong code
    GET  /state?seen=N        waits for news: {"version", "asking", "window"}; 401 when not paired
    POST /rate  {"asking", "level"}   200 taken, 409 when that asking is over

Every answer forbids scripts and loads from elsewhere, framing and keeping. Requests are small, few and short, or
refused; nothing that a stranger sends keeps more than one of a few threads for more than seconds.
"""

from __future__ import annotations

import json
import logging
import os
import re
import ssl
import threading
import time
from collections import Counter
from collections.abc import Callable
from http import HTTPStatus
from http.cookies import CookieError, SimpleCookie
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

from drivers.evaluator.tablet.asking import AskingPlace
from drivers.evaluator.tablet.pairing import Pairing

_LOG = logging.getLogger(__name__)
_PAGE = Path(__file__).parent / "page"
_FILES = {
    "/": ("page.html", "text/html; charset=utf-8"),
    "/page.css": ("page.css", "text/css; charset=utf-8"),
    "/page.js": ("page.js", "text/javascript; charset=utf-8"),
}
COOKIE = "rating"
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src data:; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
_HEADERS = {
    "Content-Security-Policy": _POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
    "Cache-Control": "no-store",
}
_LARGEST_BODY = 256
_MOST_AT_ONCE = 32
_MOST_OF_ONE = 8
_IDLE_S = 10.0
LOOK_S = 20.0
_ASKERS = 64


class Bucket:
    """``burst`` calls at once and ``per_second`` afterwards for each asker; forgets the oldest askers."""

    def __init__(self, burst: int, per_second: float, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._burst, self._per_second, self._monotonic = float(burst), per_second, monotonic
        self._lock = threading.Lock()
        self._left: dict[str, tuple[float, float]] = {}

    def allows(self, who: str) -> bool:
        """Whether one more call of theirs is served now."""
        with self._lock:
            now = self._monotonic()
            left, at = self._left.pop(who, (self._burst, now))
            left = min(self._burst, left + (now - at) * self._per_second)
            self._left[who] = (left - 1 if left >= 1 else left, now)
            while len(self._left) > _ASKERS:
                del self._left[next(iter(self._left))]
            return left >= 1


class TabletServer(ThreadingHTTPServer):
    """Serves from its making until ``stop``; OSError when the port is taken."""

    daemon_threads = True
    # On Windows the same word would let another program take the port as well.
    allow_reuse_address = os.name == "posix"
    request_queue_size = 8

    def __init__(
        self,
        address: tuple[str, int],
        place: AskingPlace,
        pairing: Pairing,
        *,
        window: str,
        look_s: float = LOOK_S,
        certificate: Path | None = None,
        key: Path | None = None,
        told: Callable[[str], object] = lambda _: None,
    ) -> None:
        self.place, self.pairing, self.window, self.look_s, self.told = place, pairing, window, look_s, told
        self.secure = certificate is not None
        self.closing = False
        self.calls = Bucket(burst=60, per_second=5.0)
        self.codes = Bucket(burst=5, per_second=1 / 20)
        self.files = {path: ((_PAGE / name).read_bytes(), kind) for path, (name, kind) in _FILES.items()}
        self._room = threading.Lock()
        self._here: Counter[str] = Counter()
        context = _tls(certificate, key)
        super().__init__(address, TabletHandler)
        if context is not None:
            # The handshake belongs to the connection's thread: a silent stranger must not stop the others.
            self.socket = context.wrap_socket(self.socket, server_side=True, do_handshake_on_connect=False)
        self._thread = threading.Thread(target=self.serve_forever, args=(0.2,), name="tablet", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Give the port back."""
        # Lines that are kept open must not talk to a window that is gone.
        self.closing = True
        self.place.close()
        self.shutdown()
        self.server_close()
        self._thread.join()

    def process_request(self, request: Any, client_address: Any) -> None:
        who = str(client_address[0])
        with self._room:
            full = self._here.total() >= _MOST_AT_ONCE or self._here[who] >= _MOST_OF_ONE
            if not full:
                self._here[who] += 1
        if full:
            self.shutdown_request(request)
        else:
            super().process_request(request, client_address)

    def process_request_thread(self, request: Any, client_address: Any) -> None:
        try:
            super().process_request_thread(request, client_address)
        finally:
            with self._room:
                self._here -= Counter([str(client_address[0])])

    def handle_error(self, request: Any, client_address: Any) -> None:
        # A tablet that goes away in mid-sentence is no event; the address of who asked is not logged.
        _LOG.debug("a call of the tablet's page broke off", exc_info=True)


def _tls(certificate: Path | None, key: Path | None) -> ssl.SSLContext | None:
    """Read before anything listens; raises SSLError and FileNotFoundError."""
    if certificate is None:
        return None
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.load_cert_chain(certificate, key)
    return context


class TabletHandler(BaseHTTPRequestHandler):
    """One call."""

    server: TabletServer
    timeout = _IDLE_S
    protocol_version = "HTTP/1.1"
    server_version, sys_version = "window", ""

    def do_GET(self) -> None:
        if not self.server.calls.allows(self._who()):
            self._answer(HTTPStatus.TOO_MANY_REQUESTS, {})
            return
        where = urlsplit(self.path)
        if where.path in self.server.files:
            self._send(HTTPStatus.OK, *self.server.files[where.path])
        elif where.path == "/state":
            self._state(parse_qs(where.query).get("seen", ["0"])[0])
        else:
            self._answer(HTTPStatus.NOT_FOUND, {})

    def do_POST(self) -> None:
        asked = self._body()
        if asked is None:
            return
        if not self.server.calls.allows(self._who()):
            self._answer(HTTPStatus.TOO_MANY_REQUESTS, {})
        elif self.path == "/pair":
            self._pair(asked)
        elif self.path == "/rate":
            self._rate(asked)
        else:
            self._answer(HTTPStatus.NOT_FOUND, {})

    def _state(self, seen: str) -> None:
        if not self._paired():
            self._answer(HTTPStatus.UNAUTHORIZED, {"window": self.server.window})
            return
        known = int(seen) if re.fullmatch(r"\d{1,9}", seen, re.ASCII) else 0
        moment = self.server.place.look(known, self.server.look_s)
        if self.server.closing:
            self._answer(HTTPStatus.SERVICE_UNAVAILABLE, {})
            return
        told = {"version": moment.version, "asking": moment.asking, "window": self.server.window}
        self._answer(HTTPStatus.OK, told)

    def _pair(self, asked: dict[str, Any]) -> None:
        code = asked.get("code")
        if not self.server.codes.allows("everybody"):
            self._answer(HTTPStatus.TOO_MANY_REQUESTS, {})
            return
        token = self.server.pairing.redeem(code) if isinstance(code, str) else None
        if token is None:
            self._answer(HTTPStatus.FORBIDDEN, {})
            return
        self.server.place.saw_tablet()
        self.server.told("平板已配对")
        secure = "; Secure" if self.server.secure else ""
        kept = f"{COOKIE}={token}; Path=/; Max-Age=31536000; HttpOnly; SameSite=Strict{secure}"
        self._answer(HTTPStatus.OK, {}, {"Set-Cookie": kept})

    def _rate(self, asked: dict[str, Any]) -> None:
        asking, level = asked.get("asking"), asked.get("level")
        if not self._paired():
            self._answer(HTTPStatus.UNAUTHORIZED, {})
        elif not isinstance(asking, str) or type(level) is not int:
            self._answer(HTTPStatus.BAD_REQUEST, {})
        elif self.server.place.choose(asking, level):
            self._answer(HTTPStatus.OK, {})
        else:
            self._answer(HTTPStatus.CONFLICT, {})

    def _body(self) -> dict[str, Any] | None:
        """What was sent as JSON from this page itself; None when it was answered with a refusal."""
        length = self.headers.get("Content-Length", "")
        size = int(length) if length.isascii() and length.isdigit() and len(length) < 6 else -1
        origin = urlsplit(self.headers.get("Origin", "")).netloc
        own = not origin or origin == self.headers.get("Host", "")
        if not 0 < size <= _LARGEST_BODY or not own or self.headers.get("Content-Type") != "application/json":
            self.close_connection = True
            self._answer(HTTPStatus.BAD_REQUEST, {})
            return None
        try:
            asked = json.loads(self.rfile.read(size))
        except (ValueError, RecursionError):
            asked = None
        if not isinstance(asked, dict):
            self._answer(HTTPStatus.BAD_REQUEST, {})
            return None
        return asked

    def _paired(self) -> bool:
        cookies: SimpleCookie = SimpleCookie()
        try:
            cookies.load(self.headers.get("Cookie", ""))
        except CookieError:
            return False
        return COOKIE in cookies and self.server.pairing.knows(cookies[COOKIE].value)

    def _who(self) -> str:
        return str(self.client_address[0])

    def _answer(self, status: HTTPStatus, told: dict[str, Any], extra: dict[str, str] | None = None) -> None:
        self._send(status, json.dumps(told).encode(), "application/json", extra)

    def _send(self, status: HTTPStatus, data: bytes, kind: str, extra: dict[str, str] | None = None) -> None:
        self.close_connection = self.close_connection or self.server.closing
        self.send_response(status)
        for name, value in {**_HEADERS, **(extra or {}), "Content-Type": kind}.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(data)))
        if self.close_connection:
            self.send_header("Connection", "close")
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, format: str, *args: Any) -> None:
        """Nothing is logged of who touched what and when."""

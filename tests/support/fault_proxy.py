"""A bad network between PCs and a server: a proxy on the loopback that spoils requests and answers.

It ends TLS with the server's own certificate, as a reverse proxy in a hall would, because only whole requests can be
doubled, overtaken and answered with 500; resets and cut-off bytes happen on the connection itself. What happens to
which request comes from a seed.
"""

from __future__ import annotations

import contextlib
import http.client
import socket
import ssl
import struct
import threading
import time
from collections import Counter
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from random import Random
from typing import Self

from clerk_app.domain.enrolment import SERVER_NAME

FATES = (
    "dropped",
    "delayed",
    "doubled",
    "overtaken",
    "reset before",
    "reset after",
    "request truncated",
    "answer truncated",
    "500 before",
    "500 after",
    "garbage",
)
_LATE_S = (0.05, 0.4)
_HOP = frozenset({"connection", "host", "content-length", "transfer-encoding", "keep-alive", "accept-encoding"})


@dataclass(frozen=True, slots=True)
class _Asked:
    method: str
    path: str
    headers: dict[str, str]
    body: bytes


@dataclass(frozen=True, slots=True)
class _Answered:
    status: int
    headers: dict[str, str]
    body: bytes


class FaultProxy:
    """Listens on ``port`` for HTTPS and passes on to ``server_port``. ``trouble`` is the share of requests that
    something happens to; ``fates`` counts what did. A context manager."""

    def __init__(self, server_port: int, certificate: Path, private_key: Path, seed: int, trouble: float) -> None:
        self.server_port = server_port
        self.trouble = trouble
        self.fates: Counter[str] = Counter()
        self.requests = 0
        self._random = Random(seed)
        self._lock = threading.Lock()
        self._late: list[threading.Thread] = []
        self._context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self._context.load_cert_chain(certificate, private_key)
        self._listening = _Listening(("127.0.0.1", 0), self._handler())
        self.port: int = self._listening.server_address[1]

    @property
    def address(self) -> str:
        """What the PCs dial."""
        return f"https://127.0.0.1:{self.port}"

    def __enter__(self) -> Self:
        threading.Thread(target=self._listening.serve_forever, name="fault proxy", daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._listening.shutdown()
        self._listening.server_close()
        for thread in self._late:
            thread.join(10)

    def fate(self) -> tuple[str, float]:
        """Of the next request, with a time for those that come late."""
        with self._lock:
            self.requests += 1
            found = self._random.choice(FATES) if self._random.random() < self.trouble else ""
            late = self._random.uniform(*_LATE_S)
            if found:
                self.fates[found] += 1
            return found, late

    def forward(self, asked: _Asked) -> _Answered:
        """One request to the server, on a connection of its own."""
        connection = self._dialled()
        try:
            connection.request(asked.method, asked.path, asked.body or None, asked.headers)
            answer = connection.getresponse()
            headers = {name: value for name, value in answer.getheaders() if name.lower() not in _HOP}
            return _Answered(answer.status, headers, answer.read())
        finally:
            connection.close()

    def begin_only(self, asked: _Asked) -> None:
        """Half of a request, then the connection is gone."""
        connection = self._dialled()
        with contextlib.suppress(OSError, http.client.HTTPException):
            connection.putrequest(asked.method, asked.path)
            for name, value in asked.headers.items():
                connection.putheader(name, value)
            connection.putheader("Content-Length", str(len(asked.body)))
            connection.endheaders(asked.body[: len(asked.body) // 2])
        connection.close()

    def later(self, asked: _Asked, seconds: float) -> None:
        """The request comes to the server when others have overtaken it; nobody reads the answer."""

        def send() -> None:
            time.sleep(seconds)
            with contextlib.suppress(OSError, http.client.HTTPException):
                self.forward(asked)

        thread = threading.Thread(target=send, name="late request", daemon=True)
        with self._lock:
            self._late.append(thread)
        thread.start()

    def secured(self, near: socket.socket) -> ssl.SSLSocket:
        """The PC's end, after the handshake."""
        return self._context.wrap_socket(near, server_side=True)

    def nonsense(self) -> bytes:
        with self._lock:
            return self._random.randbytes(self._random.randrange(1, 400))

    def _dialled(self) -> http.client.HTTPSConnection:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
        return http.client.HTTPSConnection("127.0.0.1", self.server_port, timeout=10, context=context)

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        proxy = self

        class Handler(_Handler):
            spoils = proxy

        return Handler


class _Listening(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request: object, client_address: object) -> None:
        """Broken connections are what this proxy is for."""


class _Handler(BaseHTTPRequestHandler):
    spoils: FaultProxy
    protocol_version = "HTTP/1.1"
    server_version = SERVER_NAME

    def setup(self) -> None:
        self.request.settimeout(15)
        self.request = self.spoils.secured(self.request)
        super().setup()

    def log_message(self, *_: object) -> None:
        """Nothing."""

    def do_GET(self) -> None:
        self._spoil()

    def do_POST(self) -> None:
        self._spoil()

    def do_PUT(self) -> None:
        self._spoil()

    def _spoil(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        headers = {name: value for name, value in self.headers.items() if name.lower() not in _HOP}
        asked = _Asked(self.command, self.path, headers, body)
        fate, late = self.spoils.fate()
        try:
            self._happens(asked, fate, late)
        except (OSError, http.client.HTTPException):
            # The server is not there, or went away in the middle.
            self._cut(reset=False)

    def _happens(self, asked: _Asked, fate: str, late: float) -> None:
        if fate == "dropped":
            return self._cut(reset=False)
        if fate == "reset before":
            return self._cut(reset=True)
        if fate == "overtaken":
            self.spoils.later(asked, late)
            return self._cut(reset=True)
        if fate == "request truncated":
            self.spoils.begin_only(asked)
            return self._cut(reset=False)
        if fate == "500 before":
            return self._answer(_BAD_GATEWAY)
        if fate == "delayed":
            time.sleep(late)
        if fate == "doubled":
            self.spoils.forward(asked)
        answer = self.spoils.forward(asked)
        if fate == "reset after":
            return self._cut(reset=True)
        if fate == "500 after":
            return self._answer(_BAD_GATEWAY)
        if fate == "garbage":
            return self._answer(_Answered(200, {"Content-Type": "application/json"}, self.spoils.nonsense()))
        if fate == "answer truncated":
            self._answer(answer, len(answer.body) // 2)
            return self._cut(reset=False)
        return self._answer(answer)

    def _answer(self, answer: _Answered, sent: int | None = None) -> None:
        self.send_response(answer.status)
        for name, value in answer.headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(answer.body)))
        self.end_headers()
        self.wfile.write(answer.body[:sent])

    def _cut(self, *, reset: bool) -> None:
        self.close_connection = True
        with contextlib.suppress(OSError):
            if reset:
                self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            self.connection.close()


_BAD_GATEWAY = _Answered(500, {"Content-Type": "text/html"}, b"<h1>Bad Gateway</h1>")

"""The network of the simulated world: the program's own HTTP client at one end, its own endpoints at the other.

Between them a request may be dropped, delayed, doubled, overtaken, cut short, answered by 500 or by nonsense, and so
may its answer. ``serve`` hands a request to the server's ASGI application without a socket.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from random import Random
from typing import Any

import httpx2

from simulation.moments import Kind, Moments, PowerCut, Side

_HOP = frozenset({"host", "connection", "accept-encoding", "user-agent", "content-length", "transfer-encoding"})


@dataclass(frozen=True, slots=True)
class Sent:
    """A request on the wire."""

    node: str
    method: str
    path: str
    query: bytes
    headers: tuple[tuple[bytes, bytes], ...]
    body: bytes
    cut: bool = False
    """The connection breaks after half of the body."""


@dataclass(frozen=True, slots=True)
class Answered:
    """An answer on the wire."""

    status: int
    headers: tuple[tuple[bytes, bytes], ...]
    body: bytes


FATES = (
    "dropped",
    "delayed",
    "doubled",
    "doubled later",
    "answer lost",
    "500 before",
    "500 after",
    "nonsense",
    "answer cut",
    "request cut",
)


@dataclass
class Network:
    """``trouble`` is the share of requests that something happens to; ``pulled`` are nodes without a cable.

    ``late`` are requests that are still on their way: ``arrive`` delivers one of them, whoever has given up by then.
    """

    moments: Moments
    random: Random
    handle: Callable[[Sent], Answered] | None = None
    server_down: Callable[[], None] = lambda: None
    trouble: float = 0.0
    pulled: set[str] = field(default_factory=set)
    late: list[Sent] = field(default_factory=list)
    fates: dict[str, int] = field(default_factory=dict)
    requests: int = 0
    wishes: set[bytes] = field(default_factory=set)
    """The keys of all requests for a ticket that came to the server."""

    def client(self, node: str) -> httpx2.Client:
        """In place of the client's connections."""
        return httpx2.Client(base_url=f"https://{node}", transport=_Wire(self, node), trust_env=False)

    def ask(self, sent: Sent) -> Answered:
        """One request of a node as its PC lives it. Raises the transport's errors, ``PowerCut`` of the PC itself."""
        self.requests += 1
        what = f"{sent.method} {sent.path.split('?')[0]}"
        self.moments.passed(sent.node, Kind.REQUEST, Side.BEFORE, what)
        if sent.node in self.pulled:
            raise httpx2.ConnectError("the cable is out")
        fate = self._fate()
        if fate == "dropped":
            raise httpx2.ConnectTimeout("dropped")
        if fate == "delayed":
            self.late.append(sent)
            raise httpx2.ReadTimeout("delayed")
        if fate == "500 before":
            return _FIVE_HUNDRED
        if fate == "request cut":
            self._delivered(replace(sent, cut=True), what)
            raise httpx2.WriteError("cut in the middle")
        if fate == "doubled":
            self._delivered(sent, what)
        answer = self._delivered(sent, what)
        if fate == "doubled later":
            self.late.append(sent)
        self.moments.passed(sent.node, Kind.ANSWER, Side.BEFORE, what)
        return self._back(answer, fate)

    def arrive(self) -> bool:
        """One of the late requests comes to the server, in any order; nobody reads the answer."""
        if not self.late:
            return False
        sent = self.late.pop(self.random.randrange(len(self.late)))
        try:
            self._delivered(sent, f"late {sent.method} {sent.path}")
        except httpx2.TransportError:
            return False
        return True

    def _fate(self) -> str:
        if self.random.random() >= self.trouble:
            return ""
        fate = self.random.choice(FATES)
        self.fates[fate] = self.fates.get(fate, 0) + 1
        return fate

    def _delivered(self, sent: Sent, what: str) -> Answered:
        if self.handle is None:
            raise httpx2.ConnectError("nobody listens")
        try:
            self.moments.passed("server", Kind.HANDLING, Side.BEFORE, what)
            before = set(self.wishes)
            if (sent.method, sent.path) == ("POST", "/v1/tickets"):
                self.wishes |= {value for name, value in sent.headers if name == b"idempotency-key"}
            answer = self.handle(sent)
            if answer.status >= 400 and sent.path == "/v1/tickets":
                self.wishes -= {value for name, value in sent.headers if name == b"idempotency-key"} - before
            self.moments.passed("server", Kind.HANDLING, Side.AFTER, what)
        except PowerCut as cut:
            if cut.node != "server":
                raise
            self.server_down()
            raise httpx2.RemoteProtocolError("the server is gone") from None
        return answer

    def _back(self, answer: Answered, fate: str) -> Answered:
        if fate == "answer lost":
            raise httpx2.ReadTimeout("lost")
        if fate == "500 after":
            return _FIVE_HUNDRED
        if fate == "nonsense":
            return Answered(200, _JSON, self.random.randbytes(self.random.randrange(200)))
        if fate == "answer cut":
            return Answered(answer.status, _JSON, answer.body[: len(answer.body) // 2])
        return answer


_JSON = ((b"content-type", b"application/json"),)
_NOBODY = Answered(499, (), b"")
_FIVE_HUNDRED = Answered(500, ((b"content-type", b"text/html"),), b"<h1>Bad Gateway</h1>")


class _Wire(httpx2.BaseTransport):
    def __init__(self, network: Network, node: str) -> None:
        self._network = network
        self._node = node

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        headers = tuple((name.lower().encode(), value.encode()) for name, value in request.headers.items())
        kept = tuple((name, value) for name, value in headers if name.decode() not in _HOP)
        answer = self._network.ask(
            Sent(self._node, request.method, request.url.path, request.url.query, kept, request.read())
        )
        return httpx2.Response(answer.status, headers=list(answer.headers), content=answer.body, request=request)


def serve(app: Any, sent: Sent) -> Answered:
    """Run an ASGI application for one request, in this thread and without an event loop: nothing in it may wait."""
    scope = {
        "type": "http",
        "asgi": {"version": "3.0", "spec_version": "2.3"},
        "http_version": "1.1",
        "method": sent.method,
        "scheme": "https",
        "path": sent.path,
        "raw_path": sent.path.encode(),
        "query_string": sent.query,
        "root_path": "",
        "headers": [*sent.headers, (b"host", b"server"), (b"content-length", str(len(sent.body)).encode())],
        "client": (sent.node, 1),
        "server": ("server", 443),
        "state": {},
    }
    told: list[dict[str, Any]] = []
    body = sent.body[: len(sent.body) // 2] if sent.cut else sent.body
    coming: list[dict[str, Any]] = [{"type": "http.request", "body": body, "more_body": sent.cut}]

    async def receive() -> dict[str, Any]:
        return coming.pop() if coming else {"type": "http.disconnect"}

    async def send(message: dict[str, Any]) -> None:
        told.append(message)

    running = app(scope, receive, send)
    failed: Exception | None = None
    try:
        running.send(None)
    except StopIteration:
        pass
    except Exception as error:  # noqa: BLE001  the framework answers 500 and raises on, for the server's log
        failed = error
    else:
        running.close()
        raise AssertionError(f"{sent.method} {sent.path} waits for something")
    if sent.cut:
        return _NOBODY
    if not told:
        raise AssertionError(f"{sent.method} {sent.path} was not answered") from failed
    body = b"".join(message.get("body", b"") for message in told if message["type"] == "http.response.body")
    answer = Answered(told[0]["status"], tuple(told[0]["headers"]), body)
    if failed is not None or answer.status >= 500:
        raise_unless_fault(sent, answer, failed)
    return answer


def raise_unless_fault(sent: Sent, answer: Answered, failed: Exception | None) -> None:
    """An answer of 500 is a fault of ours, whatever the client makes of it; 503 tells of a disk or a clock."""
    if failed is not None or answer.status == 500:
        raise AssertionError(f"{sent.method} {sent.path} failed in the server: {answer.body.decode()}") from failed

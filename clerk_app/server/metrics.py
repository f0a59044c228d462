"""What a server tells of itself: figures for Prometheus, and one log line for each request by its route's template.

Nothing here names a person, a device's token, a ticket or a path as it was asked: the routes of the API are few and
known, what stands in them is not. Each process has its own registry.
"""

from __future__ import annotations

import logging
import secrets
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.metrics_core import GaugeMetricFamily, Metric
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from clerk_app.ports.feed import FeedEntry

_LOG = logging.getLogger("clerk.requests")
_SECONDS = (0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
_UNMATCHED = "unmatched"
_QUIET = frozenset({"/healthz", "/readyz", "/metrics", "/v1/health", "/v1/window/here"})
"""Asked every few seconds by machines: a line for each that went well would bury the rest."""
CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"


@dataclass(frozen=True, slots=True)
class Figure:
    """One measured value: ``name`` without the prefix, ``words`` what it is and its unit."""

    name: str
    words: str
    value: float


class _Standing:
    """Asks for the figures at the moment somebody looks."""

    def __init__(self, ask: Callable[[], Iterable[Figure]]) -> None:
        self._ask = ask

    def collect(self) -> Iterable[Metric]:
        for figure in self._ask():
            yield GaugeMetricFamily(f"clerk_{figure.name}", figure.words, value=figure.value)


class Metrics:
    """The registry of one process. ``ask`` gives the figures that are looked up (store, disk, second copy)."""

    def __init__(self, ask: Callable[[], Iterable[Figure]]) -> None:
        self._registry = CollectorRegistry(auto_describe=False)
        self._requests = Counter(
            "clerk_http_requests", "Answered requests", ("method", "route", "status"), registry=self._registry
        )
        self._seconds = Histogram(
            "clerk_http_request_seconds",
            "Time to answer",
            ("method", "route"),
            buckets=_SECONDS,
            registry=self._registry,
        )
        self.running = Gauge("clerk_http_requests_running", "Requests being answered", registry=self._registry)
        self._entries = Counter(
            "clerk_journal_entries",
            "Journal entries that this process pushed to its feeds, by kind (calls: ticket.called)",
            ("kind",),
            registry=self._registry,
        )
        self._registry.register(_Standing(ask))  # type: ignore[arg-type]

    def answered(self, method: str, route: str, status: int, seconds: float) -> None:
        self._requests.labels(method, route, str(status)).inc()
        self._seconds.labels(method, route).observe(seconds)

    def pushed(self, entries: Iterable[FeedEntry]) -> None:
        """Called by the sequencer's thread with what it has just pushed."""
        for entry in entries:
            self._entries.labels(entry.kind).inc()

    def page(self) -> bytes:
        """All of it in the text format of Prometheus."""
        return generate_latest(self._registry)


class Watched:
    """ASGI middleware: counts, times and logs every request, and gives it an id that the answer carries too."""

    def __init__(self, app: ASGIApp, metrics: Metrics) -> None:
        self._app = app
        self._metrics = metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        began = time.perf_counter()
        request_id = secrets.token_hex(6)
        state: dict[str, Any] = scope.setdefault("state", {})
        state["request_id"] = request_id
        status = 0

        async def told(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                message["headers"] = [*message.get("headers", ()), (b"x-request-id", request_id.encode())]
            await send(message)

        self._metrics.running.inc()
        try:
            await self._app(scope, receive, told)
        except BaseException:
            # What answers for an unexpected error stands outside of this.
            status = status or 500
            raise
        finally:
            self._metrics.running.dec()
            seconds = time.perf_counter() - began
            # Neither a method nor a path of somebody's own making may become a label.
            route = route_of(scope)
            method = scope["method"] if route != _UNMATCHED else "ANY"
            self._metrics.answered(method, route, status, seconds)
            if status >= 400 or route not in _QUIET:
                self._log(request_id, method, route, status, seconds, state.get("device_id"))

    def _log(
        self, request_id: str, method: str, route: str, status: int, seconds: float, device_id: str | None
    ) -> None:
        facts = {
            "request": request_id,
            "method": method,
            "route": route,
            "status": status,
            "ms": round(seconds * 1000, 1),
            "device": device_id,
        }
        _LOG.log(logging.ERROR if status >= 500 else logging.INFO, "request", extra={"facts": facts})


def route_of(scope: Scope) -> str:
    """The template of the route that answers, e.g. ``/v1/cases/{case_id}``; never the path as it was asked."""
    path = getattr(scope.get("route"), "path", None)
    return path if isinstance(path, str) else _UNMATCHED

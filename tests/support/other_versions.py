"""Servers of another version, played over the real one: what an older one lacks is taken away, what a newer one has is
added. Put between a ``HallClient`` and its connection (``play``)."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import httpx2

from clerk_app.client.hall import HallClient
from clerk_app.ports.speaking import API, API_HEADER, VERSION_HEADER

FOREIGN = "of_a_later_version"
MAPS = ("names", "conclusion", "detail", "agency_short")
"""Their keys are data, no fields."""


class OlderServer:
    """Before levels were told: no headers, no levels in the time, no batches and no files; it reads a body as the
    server of then did, so it must not come packed."""

    gone = ("/v1/batches", "/v1/files")

    def __init__(self, client: httpx2.Client) -> None:
        self._client = client
        self.asked: list[str] = []

    def request(self, method: str, path: str, **options: Any) -> httpx2.Response:
        self.asked.append(path)
        headers = options["headers"]
        assert "Content-Encoding" not in headers
        if path.startswith(self.gone):
            return httpx2.Response(404, json={"detail": "Not Found"})
        options["headers"] = {k: v for k, v in headers.items() if k not in (API_HEADER, VERSION_HEADER)}
        answer = self._client.request(method, path, **options)
        answer.headers.pop(API_HEADER, None)
        answer.headers.pop(VERSION_HEADER, None)
        return _changed(answer, lambda found: _without(found, ("api", "oldest_api"))) if path == "/v1/time" else answer

    def close(self) -> None:
        self._client.close()


class NewerServer:
    """One level above ours: it says so, and every object in its answers has a field that we do not know."""

    def __init__(self, client: httpx2.Client, above: int = 1) -> None:
        self._client = client
        self.levels = (API + above - 1, API + above)

    def request(self, method: str, path: str, **options: Any) -> httpx2.Response:
        answer = self._client.request(method, path, **options)
        oldest, newest = self.levels
        answer.headers[API_HEADER] = f"{oldest}-{newest}"
        answer.headers[VERSION_HEADER] = "9.9.0"
        if answer.headers.get("content-type") != "application/json":
            return answer
        more = {"api": newest, "oldest_api": oldest, "version": "9.9.0"} if path == "/v1/time" else {}
        return _changed(answer, lambda found: _with(found) | more if isinstance(found, dict) else _with(found))

    def close(self) -> None:
        self._client.close()


def play(client: HallClient, make: Callable[[httpx2.Client], Any]) -> Any:
    """Let the client talk to a server of another version from now on; returns it."""
    other = make(client._transport._client)
    client._transport._client = other
    return other


def _changed(answer: httpx2.Response, change: Callable[[Any], Any]) -> httpx2.Response:
    body = json.dumps(change(json.loads(answer.content))).encode()
    kept = {k: v for k, v in answer.headers.items() if k not in ("content-length", "content-encoding")}
    return httpx2.Response(answer.status_code, headers=kept, content=body)


def _without(found: dict[str, Any], names: tuple[str, ...]) -> dict[str, Any]:
    return {name: value for name, value in found.items() if name not in names}


def _with(found: Any) -> Any:
    if isinstance(found, dict):
        known = {name: value if name in MAPS else _with(value) for name, value in found.items()}
        return known | {FOREIGN: {"what": ["ever"]}}
    return [_with(one) for one in found] if isinstance(found, list) else found
